//! `[kept_away]`: where that is kept which must outlive a restore.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use contact::Email;

use super::reader::{At, Section};

/// Where that is kept which must outlive a restore: one way at least.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAwaySettings {
    /// A folder on another disk.
    pub folder: Option<PathBuf>,
    /// A mailbox; goes out by `[mail]`.
    pub mail: Option<Email>,
    /// A program with its arguments, which gets it on its standard input.
    pub command: Option<Vec<String>>,
    /// How often, where nobody was erased and nobody objected.
    pub every: Duration,
}

impl fmt::Debug for KeptAwaySettings {
    /// A mailbox is shown nowhere by itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, command, every, .. } = self;
        write!(f, "KeptAwaySettings {{ {folder:?}, {command:?}, {every:?} }}")
    }
}

fn read_mailbox(s: &Section<'_>, mail: &At<String>) -> Option<Email> {
    let parsed = Email::parse(&mail.value);
    if let Err(error) = &parsed {
        s.note(mail.at, format!("`mail`: \"{}\" does not fit", mail.value), error.to_string());
    }
    parsed.ok()
}

const MINUTES: u32 = 60;

/// The section, `None` where there is none.
pub(super) fn read_kept_away(s: &Section<'_>, sends_mail: bool) -> Option<KeptAwaySettings> {
    let folder = s.optional_text("folder");
    let mail = s.optional_text("mail");
    let command = if s.has("command") { Some(s.some_texts("command")?) } else { None };
    let minutes = if s.has("minutes") { s.number("minutes", 1..=1_440)? } else { MINUTES };
    if folder.is_none() && mail.is_none() && command.is_none() {
        s.note(
            s.at(),
            "[kept_away] names no place",
            "add `folder = \"/mnt/apart/keuze\"`, `mail = \"…\"` or `command = [\"…\"]`",
        );
        return None;
    }
    if let Some(folder) = folder.as_ref().filter(|folder| !folder.value.starts_with('/')) {
        let what = format!("`folder`: \"{}\" depends on where the server is started", folder.value);
        s.note(folder.at, what, "write a path that begins with /");
        return None;
    }
    if let Some(program) = command.as_ref().and_then(|command| command.first())
        && !program.value.starts_with('/')
    {
        let what = format!("`command`: \"{}\" depends on where the server is started", program.value);
        s.note(program.at, what, "write the program's path, beginning with /; no shell reads it");
        return None;
    }
    if let Some(mail) = mail.as_ref().filter(|_| !sends_mail) {
        s.note(mail.at, "`mail` needs [mail], and there is none", "add the section [mail], or name a `folder` instead");
        return None;
    }
    let mail = match mail {
        Some(mail) => Some(read_mailbox(s, &mail)?),
        None => None,
    };
    Some(KeptAwaySettings {
        folder: folder.map(|folder| PathBuf::from(folder.value)),
        mail,
        command: command.map(|command| command.into_iter().map(|part| part.value).collect()),
        every: Duration::from_mins(minutes.into()),
    })
}
