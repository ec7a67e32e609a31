//! The demo's outbox: a folder in which mails stay instead of leaving. Cleared at every start.

use std::path::PathBuf;

use super::QueuedMail;

/// The folder.
#[derive(Clone)]
pub struct Outbox {
    folder: PathBuf,
}

/// Why there is no outbox.
#[derive(Debug, thiserror::Error)]
#[error("the outbox {} cannot be made: {error}", .folder.display())]
pub struct OutboxError {
    folder: PathBuf,
    error: std::io::Error,
}

/// A mail in the outbox, as the demo shows it.
#[derive(Clone)]
pub struct OutboxMail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Outbox {
    /// An empty one.
    ///
    /// # Errors
    /// What the file system said.
    pub fn cleared(folder: PathBuf) -> Result<Self, OutboxError> {
        let fault = |error| OutboxError { folder: folder.clone(), error };
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(fault)?;
        }
        std::fs::create_dir_all(&folder).map_err(fault)?;
        Ok(Self { folder })
    }

    /// The outbox that [`Self::cleared`] made.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a mail.
    ///
    /// # Errors
    /// What the file system said.
    pub fn keep(&self, mail: &QueuedMail) -> std::io::Result<()> {
        let number = self.names().len() + 1;
        let text = format!("To: {}\nSubject: {}\n\n{}", mail.to.given(), mail.subject, mail.text);
        std::fs::write(self.folder.join(format!("{number:06}.txt")), text)
    }

    fn names(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let mut names: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        names.sort();
        names
    }

    /// What lies in it, the newest first.
    pub fn mails(&self) -> Vec<OutboxMail> {
        let texts = self.names().into_iter().rev().filter_map(|name| std::fs::read_to_string(name).ok());
        texts.filter_map(|text| parse_mail(&text)).collect()
    }
}

fn parse_mail(text: &str) -> Option<OutboxMail> {
    let (head, body) = text.split_once("\n\n")?;
    let (to, subject) = head.split_once('\n')?;
    Some(OutboxMail {
        to: to.strip_prefix("To: ")?.to_owned(),
        subject: subject.strip_prefix("Subject: ")?.to_owned(),
        text: body.to_owned(),
    })
}
