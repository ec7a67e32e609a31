//! `docs/formats.md`, made of what each format says of itself at the head of its source: so the document cannot tell of other
//! bytes than the code, and nothing is written down twice.

use anyhow::{Context as _, Result};

use crate::requirements::{self, File};
use crate::{faults, run};

#[cfg(test)]
mod tests;

const DOCUMENT: &str = "docs/formats.md";

/// The sources, in the order of the document. The first one's head is the document's own.
const SOURCES: [&str; 28] = [
    "server/ledger/src/formats.rs",
    "server/vault/src/formats/root_key.rs",
    "server/vault/src/formats/ring.rs",
    "server/ledger/src/formats/frame.rs",
    "server/ledger/src/formats/record.rs",
    "server/ledger/src/formats/fact.rs",
    "server/core/src/service/people/hash.rs",
    "server/tlog/src/entry.rs",
    "server/tlog/src/checkpoint.rs",
    "server/tlog/src/tile.rs",
    "server/ledger/src/flat.rs",
    "server/ledger/src/verify/export.rs",
    "server/ledger/src/backup.rs",
    "server/ledger/src/kept_away.rs",
    "server/ledger/src/formats/checkpoint_slots.rs",
    "server/ledger/src/formats/last_checkpoint.rs",
    "server/ledger/src/formats/mark.rs",
    "server/ledger/src/store/sled_engine.rs",
    "server/ledger/src/formats/attempts.rs",
    "server/ledger/src/formats/token.rs",
    "app/model/src/letter.rs",
    "app/model/src/receipt.rs",
    "server/core/src/service/receipt.rs",
    "server/core/src/service/clients.rs",
    "server/web/src/cookies.rs",
    "app/model/src/cookie.rs",
    "server/ledger/src/formats/browser_cookie.rs",
    "server/ledger/src/formats/known_browser.rs",
];

/// Folders whose every source is a format, but for tests.
const FOLDERS: [&str; 2] = ["server/ledger/src/formats/", "server/vault/src/formats/"];

/// Holds the document against the sources.
pub fn check() -> Result<()> {
    let files = requirements::files()?;
    let stands = files.iter().find(|file| file.path == DOCUMENT).map(|file| file.text.as_str());
    faults::told(&found(&files, stands), DOCUMENT)
}

/// Writes the document anew.
pub fn write() -> Result<()> {
    let document = document(&requirements::files()?)?;
    std::fs::write(run::root().join(DOCUMENT), document).context(DOCUMENT)
}

fn found(files: &[File], stands: Option<&str>) -> Vec<String> {
    let in_folder = |path: &&str| FOLDERS.iter().any(|folder| path.strip_prefix(folder).is_some_and(is_format));
    let paths = files.iter().filter(|file| file.is_rust()).map(|file| file.path.as_str());
    let left_out = paths.filter(in_folder).filter(|path| !SOURCES.contains(path));
    let mut faults: Vec<String> = left_out
        .map(|path| format!("{path}: a format that {DOCUMENT} lacks. Mend: name it in xtask/src/formats.rs."))
        .collect();
    match document(files) {
        Err(error) => faults.push(format!("{DOCUMENT}: {error}.")),
        Ok(document) if stands != Some(&document) => faults.push(format!(
            "{DOCUMENT}: it is not what the formats say of themselves. Mend: `cargo xtask formats`, and read what changed."
        )),
        Ok(_) => {}
    }
    faults
}

/// A source beside the others; what stands in a folder of its own belongs to one of them, and the golden bytes are tests.
fn is_format(name: &str) -> bool {
    !name.contains('/') && name != "golden.rs"
}

fn document(files: &[File]) -> Result<String> {
    let mut sections = Vec::new();
    for (place, source) in SOURCES.iter().enumerate() {
        let file = files.iter().find(|file| file.path == *source).with_context(|| format!("there is no {source}"))?;
        let head = head(&file.text).with_context(|| format!("{source} does not begin with `//! # ` and a title"))?;
        sections.push(if place == 0 { head } else { below(&head, source) });
    }
    Ok(sections.join("\n"))
}

/// What a source says of itself.
fn head(text: &str) -> Option<String> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.first()?.strip_prefix("# ")?;
    Some(lines.join("\n") + "\n")
}

/// The same as a section, under its title the source that says it.
fn below(head: &str, source: &str) -> String {
    let (title, rest) = head.split_once('\n').unwrap_or((head, ""));
    format!("#{title}\n\n`{source}`\n{rest}")
}
