//! To a mail server: SMTP (RFC 5321) over TLS, with a sign-in where it is wanted.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as Line, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::NotSent;
use keuze_core::config::MailSettings as Settings;
use keuze_core::config::mail::{PasswordError, Tls};
use keuze_core::service::mail::MailId;
use ledger::formats::fact::QueuedMail;

/// How long a server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Why there is no way to a mail server.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// Its name is none that TLS knows, or this machine trusts nobody.
    #[error("TLS to the mail server {host} cannot be set up: {error}")]
    Tls {
        host: String,
        /// What the library said.
        error: lettre::transport::smtp::Error,
    },
    /// There is no password.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// A mail server that takes our mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Smtp {
    /// As configured; the password is read now.
    ///
    /// # Errors
    /// What is missing.
    pub fn from_settings(settings: &Settings) -> Result<Self, SmtpError> {
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| SmtpError::Tls { host: settings.host.clone(), error })
        };
        let line = match settings.tls {
            Tls::Implicit => Line::Wrapper(parameters()?),
            Tls::StartTls => Line::Required(parameters()?),
            Tls::None => Line::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(line)
            .hello_name(ClientId::Domain(settings.from.email.domain().to_owned()))
            .timeout(Some(TIMEOUT));
        if let Some(sign_in) = &settings.sign_in {
            builder = builder.credentials(Credentials::new(sign_in.user.clone(), sign_in.password.load_password()?));
        }
        Ok(Self { transport: builder.build(), from: settings.from.clone(), reply_to: settings.reply_to.clone() })
    }

    pub(super) async fn send(&self, id: &MailId, mail: &QueuedMail) -> Result<(), NotSent> {
        let to: Address = mail.to.given().parse().map_err(|_| for_good("the address cannot be used by SMTP"))?;
        let sender = self.from.email.clone();
        let envelope = Envelope::new(Some(sender), vec![to.clone()]).map_err(|_| for_good("there is no envelope"))?;
        let message = self.message(id, mail, to).map_err(|_| for_good("the message cannot be built"))?;
        let sent = self.transport.send_raw(&envelope, &message.formatted()).await;
        sent.map(|_| ()).map_err(|error| not_sent(&error))
    }

    /// The message as it goes out: plain text, marked as sent by a machine so that nobody's absence note answers
    /// (RFC 3834). A mail that is sent twice after a restart has the same id, so that a mailbox shows it once.
    fn message(&self, id: &MailId, mail: &QueuedMail, to: Address) -> Result<Message, lettre::error::Error> {
        let number = hex::encode(id.number);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{number}@{}>", self.from.email.domain())));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        builder
            .subject(mail.subject.clone())
            .header(AutoSubmitted)
            .header(ContentLanguage(mail.language.clone()))
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(mail.text.clone())
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// `Content-Language` (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// A server's words may repeat the address, so only its code is told.
fn not_sent(error: &lettre::transport::smtp::Error) -> NotSent {
    let code = error.status().map(|code| format!("the mail server answered {code}"));
    let what = code.unwrap_or_else(|| {
        let what = match () {
            () if error.is_timeout() => "the mail server did not answer in time",
            () if names_certificate(error) => "the mail server's certificate is not one that this machine trusts",
            () if error.is_tls() => "there is no secure connection to the mail server",
            () if error.is_client() => {
                "the mail server does not offer what is needed (TLS, sign-in, or its characters)"
            }
            () => "the mail server cannot be reached",
        };
        what.to_owned()
    });
    NotSent { for_good: error.is_permanent() && !is_sign_in(error), what }
}

/// A handshake that ended at the certificate looks like a connection that broke.
fn names_certificate(error: &lettre::transport::smtp::Error) -> bool {
    let first: Option<&dyn std::error::Error> = std::error::Error::source(error);
    std::iter::successors(first, |error| error.source()).any(|error| error.to_string().contains("certificate"))
}

/// A wrong password, or none where one is wanted (RFC 4954): that is ours to mend, and the mail is good.
fn is_sign_in(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()))
}

fn for_good(what: &str) -> NotSent {
    NotSent { for_good: true, what: what.to_owned() }
}
