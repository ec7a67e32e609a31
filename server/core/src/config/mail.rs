//! `[mail]`, `[sms]`, `[newsletter]`, `[[social]]` and `[[kept_elsewhere]]`: what goes out, and what is told beside the rules.
//!
//! None of it is asked of anybody, so none of it stands in the policy.

use lettre::message::Mailbox;
use words::views::preference_centre::{Platform, RetainedElsewhere};

use super::reader::{At, Section};
use contact::{Email, Phone};

/// How mail leaves the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The server that takes it.
    pub host: String,
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// Whom to sign in as, and where the password is found.
    pub sign_in: Option<SignIn>,
    /// Whom mail is from.
    pub from: Mailbox,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<Mailbox>,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (RFC 8314, port 465).
    Implicit,
    /// By STARTTLS, or not at all (RFC 3207, port 587): a server that does not offer it gets nothing.
    StartTls,
    /// Not; on this machine only.
    None,
}

/// Whom to sign in as at the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The name.
    pub user: String,
    /// Where the password is.
    pub password: PasswordPlace,
}

/// Where the password of the mail server is found; it never stands in keuze.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordPlace {
    /// In an environment variable of that name.
    Variable(String),
    /// In a file, without the line's end.
    File(std::path::PathBuf),
}

impl PasswordPlace {
    /// The password.
    ///
    /// # Errors
    /// Where it was looked for.
    pub fn load_password(&self) -> Result<String, PasswordError> {
        let password = match self {
            Self::Variable(name) => std::env::var(name).map_err(|_| PasswordError::NoVariable(name.clone()))?,
            Self::File(path) => std::fs::read_to_string(path)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|_| PasswordError::NoFile(path.clone()))?,
        };
        if password.is_empty() { Err(PasswordError::Empty) } else { Ok(password) }
    }
}

/// Why there is no password of the mail server.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The variable is not set, or is no text.
    #[error(
        "the environment variable {0} with the mail password is missing or empty; set it, or take `user` out of [mail]"
    )]
    NoVariable(String),
    /// The file cannot be read.
    #[error(
        "the file {} with the mail password is missing or empty; set it, or take `user` out of [mail]", .0.display()
    )]
    NoFile(std::path::PathBuf),
    /// It is there, and nothing stands in it.
    #[error("the mail password is missing or empty; set it, or take `user` out of [mail]")]
    Empty,
}

const TLS: [(&str, Tls); 3] = [("implicit", Tls::Implicit), ("starttls", Tls::StartTls), ("none", Tls::None)];

pub(super) fn read_mail(s: &Section<'_>) -> Option<MailSettings> {
    let host = s.text_at("host");
    let port = s.number("port", 1..=65_535);
    let tls = s.one_of("tls", &TLS);
    let sign_in = read_sign_in(s);
    let from = read_mailbox(s, "from");
    let reply_to = if s.has("reply_to") { Some(read_mailbox(s, "reply_to")?) } else { None };
    if let (Some(host), Some(tls)) = (&host, &tls) {
        refuse_open_line(s, host, tls, sign_in.is_some());
    }
    Some(MailSettings {
        host: host?.value,
        port: u16::try_from(port?).ok()?,
        tls: tls?.value,
        sign_in,
        from: from?,
        reply_to,
    })
}

/// Addresses and a password would cross a network in the clear.
fn refuse_open_line(s: &Section<'_>, host: &At<String>, tls: &At<Tls>, signs_in: bool) {
    let local = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&host.value.as_str());
    if tls.value == Tls::None && (!local || signs_in) {
        let what = "`tls` is none: addresses and codes would cross the network in the clear";
        s.note(tls.at, what, "write \"implicit\" (port 465) or \"starttls\" (port 587); none is for this machine only");
    }
}

fn read_sign_in(s: &Section<'_>) -> Option<SignIn> {
    let (variable, file) = (s.has("password_variable"), s.has("password_file"));
    if !s.has("user") {
        if variable || file {
            s.note(s.at(), "[mail] has a password but no `user`", "add `user = \"…\"`, or take the password out");
        }
        return None;
    }
    let user = s.text("user");
    let password = match (variable, file) {
        (true, false) => PasswordPlace::Variable(s.text("password_variable")?),
        (false, true) => PasswordPlace::File(s.text("password_file")?.into()),
        _ => {
            let mend = "name exactly one of `password_variable` (environment) and `password_file`";
            s.note(s.at(), "[mail] signs in, and does not say with which password", mend);
            return None;
        }
    };
    Some(SignIn { user: user?, password })
}

fn read_mailbox(s: &Section<'_>, key: &'static str) -> Option<Mailbox> {
    let text = s.text_at(key)?;
    let mailbox = text.value.parse().ok();
    if mailbox.is_none() {
        let what = format!("`{key}`: \"{}\" is no sender", text.value);
        s.note(text.at, what, "write one such as Voipro <noreply@voipro.nl>");
    }
    mailbox
}

/// A gateway that turns a mail into a text message, so that a code can go to a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// The address for a number, with [`NUMBER`] in place of it.
    mail_to: String,
}

/// Stands for a number in E.164, without the plus.
const NUMBER: &str = "{number}";

impl Sms {
    /// Of this form; `None` if it makes no address of a number.
    fn parse(mail_to: &str) -> Option<Self> {
        let address = mail_to.replace(NUMBER, "31612345678");
        let fits = mail_to.matches(NUMBER).count() == 1 && Email::parse(&address).is_ok();
        fits.then(|| Self { mail_to: mail_to.to_owned() })
    }

    /// The gateway of the demo, whose mails stay in its outbox.
    ///
    /// # Panics
    /// Never: a test makes one.
    pub fn of_the_demo() -> Self {
        Self::parse("{number}@sms.example").expect("an address")
    }

    /// Where a text for this number is mailed to.
    ///
    /// # Panics
    /// Never: an address that takes one number takes any.
    pub fn address(&self, phone: &Phone) -> Email {
        let address = self.mail_to.replace(NUMBER, phone.e164().trim_start_matches('+'));
        Email::parse(&address).expect("an address that takes one number takes any")
    }
}

pub(super) fn read_sms(s: &Section<'_>, sends_mail: bool) -> Option<Sms> {
    if !sends_mail {
        s.note(s.at(), "[sms] sends its texts by mail, and there is no [mail]", "add [mail], or take [sms] out");
    }
    let mail_to = s.text_at("mail_to")?;
    let sms = Sms::parse(&mail_to.value);
    if sms.is_none() {
        let what = format!("`mail_to`: \"{}\" is no address of a number", mail_to.value);
        s.note(mail_to.at, what, "write one such as {number}@sms.example.nl; {number} becomes 31612345678");
    }
    sms
}

/// What the newsletter's sign-up promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewsletterSettings {
    /// After so many days a sign-up that nobody confirmed vanishes.
    pub unconfirmed_days: u32,
}

pub(super) fn read_newsletter(s: &Section<'_>) -> Option<NewsletterSettings> {
    Some(NewsletterSettings { unconfirmed_days: s.number("unconfirmed_days", 1..=60)? })
}

/// A social medium on which people can block or leave (S-15).
pub(super) fn read_platform(s: &Section<'_>) -> Option<Platform> {
    let name = s.text("name");
    let (unfollow, block) = (super::register::read_url(s, "unfollow_url"), super::register::read_url(s, "block_url"));
    Some(Platform { name: name?, unfollow_url: unfollow?, block_url: block? })
}

/// What is kept in other systems because a law says so (S-38).
pub(super) fn read_kept(s: &Section<'_>) -> Option<RetainedElsewhere> {
    let (what, ground, until) = (s.localized("what"), s.localized("ground"), s.localized("until"));
    Some(RetainedElsewhere { what: what?, ground: ground?, until: until? })
}
