//! What may stand in a log: no address, number, name, token or code, whatever level somebody looks for a fault at.

use tracing::{Level, Metadata};

/// The crates whose lines are our own.
const OURS: [&str; 9] = ["model", "words", "ui", "contact", "vault", "ledger", "keuze_core", "web", "keuze"];

/// Whether a line may be written. Below `info` other people's code writes whole addresses, with the tokens in them; our own
/// names routes.
pub fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().split("::").next().is_some_and(|name| OURS.contains(&name));
    is_ours || *metadata.level() <= Level::INFO
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::OURS;

    /// A crate that writes lines and is not in the list would be silent when somebody looks for a fault.
    #[test]
    fn every_crate_that_writes_lines_is_ours() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace");
        let mut writing = BTreeSet::new();
        for floor in ["app", "server"] {
            for folder in std::fs::read_dir(root.join(floor)).expect("readable") {
                let manifest = std::fs::read_to_string(folder.expect("readable").path().join("Cargo.toml"));
                let Ok(manifest) = manifest else { continue };
                if manifest.contains("\ntracing.workspace") {
                    let name = manifest.split('"').nth(1).expect("a name comes first");
                    writing.insert(name.to_owned());
                }
            }
        }
        assert!(writing.contains("web"), "{writing:?}");
        assert!(writing.iter().all(|name| OURS.contains(&name.as_str())), "{writing:?}");
    }
}
