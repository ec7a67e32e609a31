//! What may stand in a log: no address, number, name, token or code, whatever level somebody looks for a fault at.

use tracing::{Level, Metadata};

/// Whether a line may be written. Below `info` other people's code writes whole addresses, with the tokens in them; our own
/// names routes.
pub fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().split("::").next().is_some_and(|name| ["server", "app", "keuze"].contains(&name));
    is_ours || *metadata.level() <= Level::INFO
}
