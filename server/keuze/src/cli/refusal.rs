//! Why a command did nothing, or not all of what it was asked.

use std::path::PathBuf;

use crate::mail_delivery::MailTransportError;
use keuze_core::publish::PublishError;
use ledger::error::RecoveryError;
use ledger::origin::OriginError;
use web::serve::FEWEST_FILES;

/// What is in the way, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A command that needs a ledger found none.
    #[error("there is no ledger in {}. `keuze policy publish --yes` makes one; `--data` names another directory", .0.display())]
    NoLedger(PathBuf),
    /// The configuration and the ledger are of two sites.
    #[error(
        "{} is the ledger of {ledger}, not of {configured}. Name that site's configuration (--config), or another directory (--data); nothing was changed",
        .data.display()
    )]
    OtherSite {
        /// The data directory.
        data: PathBuf,
        ledger: String,
        /// Whose the configuration is.
        configured: String,
    },
    /// No configuration was kept with the ledger.
    #[error("{} keeps no configuration that can be read. Name it: --config keuze.toml", .0.display())]
    NoConfiguration(PathBuf),
    /// Whose ledger it is cannot be read.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The ledger was not opened.
    #[error(transparent)]
    Open(#[from] RecoveryError),
    /// Mails have no way out.
    #[error(transparent)]
    Mail(#[from] MailTransportError),
    /// There is one engine, and another was asked for.
    #[error("KEUZE_DATABASE_URL is set, but there is no PostgreSQL engine yet. Unset it")]
    NoPostgres,
    /// The journal of a shard would find no file, with people connected.
    #[error(
        "the system lets this process have {0} files open, and a server needs {FEWEST_FILES}. Raise that where it is started \
         (`LimitNOFILE=20000` in its systemd unit, or `ulimit -n 20000` before it); nothing was opened or changed"
    )]
    TooFewFiles(usize),
    /// Nothing was published, or something else.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A file could not be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        path: PathBuf,
        /// What the file system said.
        error: std::io::Error,
    },
    /// The running server that holds the ledger is somebody else's.
    #[error("a running server holds {}, and it runs as another user. Run this command as that user", .0.display())]
    NotOurs(PathBuf),
    /// The connection to the running server ended too early.
    #[error("the running server answered no more ({0}). What it told until here is done; look before you ask again")]
    ServerGone(std::io::Error),
    /// Whoever asked went away.
    #[error("the command that asked has ended")]
    AskerGone(#[from] std::io::Error),
    /// What another part said, in its own sentence.
    #[error("{0}")]
    Told(String),
}

impl From<String> for Refusal {
    fn from(sentence: String) -> Self {
        Self::Told(sentence)
    }
}

impl Refusal {
    /// What an error of another part says.
    pub fn told(error: impl std::fmt::Display) -> Self {
        Self::Told(error.to_string())
    }
}
