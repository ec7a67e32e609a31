//! What leaves the house: mails, from the queue to the mail server, tried again until they are taken or of no use.
//!
//! A mail that is refused blocks nothing: whoever objected has objected.

mod smtp;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;

use time::{Duration, OffsetDateTime};

use keuze_core::config::Config;
use keuze_core::service::Services;
use keuze_core::service::mail::outbox::{Outbox, OutboxError};
use keuze_core::service::mail::{MailId, MailOutcome};
use ledger::formats::fact::QueuedMail;

pub use smtp::Smtp;

/// How a mail goes out.
pub enum MailTransport {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into a folder; the demo only.
    Outbox(Outbox),
}

/// Why a mail did not go out. It says nothing of the mail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotSent {
    /// Trying again changes nothing (a 5xx of the server, an address it cannot take).
    pub for_good: bool,
    /// What happened, without any address.
    pub what: String,
}

/// Why mails have no way out.
#[derive(Debug, thiserror::Error)]
pub enum MailTransportError {
    /// By the configured mail server.
    #[error(transparent)]
    Smtp(#[from] smtp::SmtpError),
    /// By the demo's folder.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl MailTransport {
    /// The way that a configuration names; the demo without one has its outbox, and anything else has none.
    ///
    /// # Errors
    /// Such as that the password is missing.
    pub fn from_config(config: &Config, demo_folder: Option<PathBuf>) -> Result<Option<Self>, MailTransportError> {
        match (&config.mail, demo_folder) {
            (Some(mail), _) => Ok(Some(Self::Smtp(Box::new(Smtp::from_settings(mail)?)))),
            (None, Some(folder)) => Ok(Some(Self::Outbox(Outbox::cleared(folder)?))),
            (None, None) => Ok(None),
        }
    }

    async fn send(&self, id: &MailId, mail: &QueuedMail) -> Result<(), NotSent> {
        match self {
            Self::Smtp(smtp) => smtp.send(id, mail).await,
            Self::Outbox(outbox) => outbox
                .keep(mail)
                .map_err(|error| NotSent { for_good: false, what: format!("the outbox cannot be written: {error}") }),
        }
    }
}

/// Carries what waits, as long as it lives.
pub struct MailDelivery {
    services: Services,
    way: MailTransport,
    /// When a mail that was not taken is tried again, and how often it was; forgotten by a restart, which tries at once.
    later: HashMap<MailId, (OffsetDateTime, u32)>,
}

/// The first wait; each is twice the one before.
const FIRST_WAIT: Duration = Duration::seconds(30);
const LONGEST_WAIT: Duration = Duration::hours(1);
/// Between two looks at the queue when nothing rings.
const LOOK: std::time::Duration = std::time::Duration::from_secs(15);

impl MailDelivery {
    /// With a way out.
    pub fn new(services: Services, way: MailTransport) -> Self {
        Self { services, way, later: HashMap::new() }
    }

    /// Never ends by itself.
    pub async fn run(mut self) {
        loop {
            self.round().await;
            let services = self.services.clone();
            let _looks_again = tokio::time::timeout(LOOK, services.mail.wake.notified()).await;
        }
    }

    /// Tries everything that is due, once.
    pub async fn round(&mut self) {
        let waiting = self.services.mail.waiting();
        self.later.retain(|id, _| waiting.iter().any(|(waits, _)| waits == id));
        for (id, mail) in waiting {
            self.carry(&id, &mail).await;
        }
    }

    async fn carry(&mut self, id: &MailId, mail: &QueuedMail) {
        let now = self.services.clock.now().at;
        if self.later.get(id).is_some_and(|(at, _)| now < *at && now < mail.until) {
            return;
        }
        if now >= mail.until {
            return self.end(id, mail, MailOutcome::GivenUp).await;
        }
        match self.way.send(id, mail).await {
            Ok(()) => self.end(id, mail, MailOutcome::Sent).await,
            Err(error) if error.for_good => {
                tracing::warn!(%error, what = mail.what, "a mail was refused for good");
                self.end(id, mail, MailOutcome::GivenUp).await;
            }
            Err(error) => {
                let tries = self.later.get(id).map_or(0, |(_, tries)| *tries);
                tracing::warn!(%error, what = mail.what, tries, "a mail was not taken; it is tried again");
                self.later.insert(*id, (now + wait(tries), tries + 1));
            }
        }
    }

    async fn end(&self, id: &MailId, mail: &QueuedMail, outcome: MailOutcome) {
        if let Err(error) = self.services.mail.mail_ended(id, mail, outcome).await {
            tracing::warn!(%error, "what became of a mail could not be recorded; it may go out once more");
        }
    }
}

fn wait(tries: u32) -> Duration {
    (FIRST_WAIT * 2_i32.saturating_pow(tries.min(10))).min(LONGEST_WAIT)
}
