//! What took the place of tests that are gone.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::list::{LineKind, List};
use super::{GONE, LIST};

/// What the right of a line begins with where nothing took the place, followed by the reason.
const REMOVED: &str = "removed: ";

/// The lines of the file: what is gone, and on the right each that took its place, or why none had to.
pub struct Gone(BTreeMap<(LineKind, String), Vec<String>>);

impl Gone {
    /// Headings are the kinds in brackets; a line is `old -> new` or `old -> removed: why`.
    pub fn parse(text: &str) -> Result<Self> {
        let (mut gone, mut kind) = (BTreeMap::<_, Vec<String>>::new(), None);
        for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let wrong = || format!("{GONE}:{at}: neither `[kind]` nor `old -> new` nor `old -> removed: why`");
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                kind = Some(LineKind::named(name).with_context(wrong)?);
            } else {
                let (old, new) = line.split_once(" -> ").with_context(wrong)?;
                let (old, new) = ((kind.with_context(wrong)?, old.to_owned()), new.trim());
                let whole = !matches!(new, "" | "removed:" | "removed");
                gone.entry(old).or_default().push(Some(new).filter(|_| whole).with_context(wrong)?.to_owned());
            }
        }
        Ok(Self(gone))
    }
}

/// What is gone without a word, and words that are not true.
pub fn faults(committed: &List, there: &List, gone: &Gone) -> Vec<String> {
    let (before, now) = (committed.names(), there.names());
    let mut faults = Vec::new();
    for ((kind, name), count) in &before {
        let left = now.get(&(*kind, *name)).copied().unwrap_or(0);
        if left < *count && !gone.0.contains_key(&(*kind, (*name).to_owned())) {
            let kind = kind.name();
            faults.push(format!(
                "{LIST}: `{name}` ({kind}) is gone. Mend: bring it back, or say in {GONE} what took its place."
            ));
        }
    }
    for ((kind, old), new) in &gone.0 {
        if now.contains_key(&(*kind, old.as_str())) {
            faults.push(format!(
                "{GONE}: `{old}` is still there. Mend: take the line out, or rename what has that name."
            ));
        }
        let is_there = |name: &str| now.keys().any(|(_, other)| *other == name);
        let is_told = |name: &str| gone.0.keys().any(|(_, other)| other == name);
        let missing = new.iter().filter(|new| !new.starts_with(REMOVED) && !is_there(new) && !is_told(new));
        faults.extend(missing.map(|new| {
            format!("{GONE}: `{new}`, which took the place of `{old}`, is not there. Mend: name what runs.")
        }));
    }
    faults
}
