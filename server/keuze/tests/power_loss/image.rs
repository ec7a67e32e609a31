//! The disk images that a power cut can leave behind.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::recording::{Operation, What};

/// What a power cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// Only what POSIX promises: data of files that were synced, names in folders that were synced.
    Strict,
    /// Data as above and what `sync_file_range` covered; a name is durable with any later sync, as on ext4.
    Range,
    /// The durable, and a random part of the later 4 KiB pages, lengths and names: reordered and torn.
    Torn,
    /// Everything that was issued, as after `kill -9`.
    All,
}

impl Model {
    pub const EACH: [Self; 4] = [Self::Strict, Self::Range, Self::Torn, Self::All];
}

/// Files by their path, with their bytes.
type Files = BTreeMap<String, Vec<u8>>;

const PAGE: usize = 4096;

/// Which operations are durable at a moment: syncs that had returned by then, by what they cover.
struct Durable<'a> {
    /// Per path the begin of its last sync.
    synced: HashMap<&'a str, u64>,
    /// The begin of the last sync of anything: the file system's journal was committed then.
    any: u64,
    /// New names of renamed files.
    renamed: HashMap<&'a str, &'a str>,
    ranges: Vec<(&'a str, u64, usize, usize)>,
}

impl<'a> Durable<'a> {
    fn from_operations(operations: &'a [Operation]) -> Self {
        let mut durable = Self { synced: HashMap::new(), any: 0, renamed: HashMap::new(), ranges: Vec::new() };
        for Operation { what, path, .. } in operations {
            match what {
                What::Synced { begun } => {
                    let synced = durable.synced.entry(path).or_default();
                    *synced = (*synced).max(*begun);
                    durable.any = durable.any.max(*begun);
                }
                What::RangeSynced { begun, at, len } => durable.ranges.push((path, *begun, *at, at + len)),
                What::Renamed { to } => {
                    durable.renamed.insert(path, to);
                }
                _ => {}
            }
        }
        durable
    }

    fn synced(&self, path: &str) -> u64 {
        self.synced.get(path).copied().unwrap_or_default()
    }

    fn data(&self, operation: &Operation) -> bool {
        let later_name = self.renamed.get(operation.path.as_str());
        let synced = self.synced(&operation.path).max(later_name.map_or(0, |name| self.synced(name)));
        operation.seq < synced
    }

    fn name(&self, operation: &Operation, model: Model) -> bool {
        let folder = operation.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        operation.seq < if model == Model::Strict { self.synced(folder) } else { self.any }
    }
}

/// The files that are there when the power goes after the last of these operations.
pub fn build(operations: &[Operation], model: Model, rng: &mut StdRng) -> Files {
    let durable = Durable::from_operations(operations);
    let mut files = Files::new();
    let mut late = Vec::new();
    for operation in operations {
        let holds = match &operation.what {
            What::Written { .. } | What::Truncated { .. } => durable.data(operation),
            What::Created | What::Renamed { .. } | What::Unlinked => {
                durable.name(operation, model) || model == Model::Torn && rng.random_bool(0.5)
            }
            _ => false,
        };
        if holds || model == Model::All {
            apply(&mut files, operation);
        } else {
            late.push(operation);
        }
    }
    match model {
        Model::Range => apply_ranges(&mut files, &late, &durable),
        Model::Torn => apply_torn(&mut files, &late, rng),
        Model::Strict | Model::All => {}
    }
    files
}

fn apply(files: &mut Files, Operation { what, path, .. }: &Operation) {
    match what {
        What::Created => {
            files.entry(path.clone()).or_default();
        }
        What::Written { at, data } => put(files, path, *at, data),
        What::Truncated { len } => {
            if let Some(file) = files.get_mut(path) {
                file.resize(*len, 0);
            }
        }
        What::Renamed { to } => {
            if let Some(file) = files.remove(path) {
                files.insert(to.clone(), file);
            }
        }
        What::Unlinked => {
            files.remove(path);
        }
        _ => {}
    }
}

/// Writes into a file whose name is there; without its name nobody finds the data.
fn put(files: &mut Files, path: &str, at: usize, data: &[u8]) {
    let Some(file) = files.get_mut(path) else { return };
    if file.len() < at + data.len() {
        file.resize(at + data.len(), 0);
    }
    file[at..at + data.len()].copy_from_slice(data);
}

/// A range sync makes data durable, but not a new length.
fn apply_ranges(files: &mut Files, late: &[&Operation], durable: &Durable<'_>) {
    for Operation { what, seq, path } in late {
        let What::Written { at, data } = what else { continue };
        let end = at + data.len();
        let covers =
            |(of, begun, from, to): &(&str, u64, usize, usize)| of == path && begun > seq && from <= at && end <= *to;
        if !durable.ranges.iter().any(covers) {
            continue;
        }
        let end = files.get(path).map_or(0, |file| file.len().min(end));
        if end > *at {
            put(files, path, *at, &data[..end - at]);
        }
    }
}

/// The disk took later pages and lengths in any order, and the power went in the middle of it.
fn apply_torn(files: &mut Files, late: &[&Operation], rng: &mut StdRng) {
    let share = [0.1, 0.5, 0.9][rng.random_range(0..3)];
    for operation in late {
        match &operation.what {
            What::Written { at, data } => {
                let mut at = *at;
                let mut rest = &data[..];
                while !rest.is_empty() {
                    let (page, after) = rest.split_at(rest.len().min(PAGE - at % PAGE));
                    if rng.random_bool(share) {
                        put(files, &operation.path, at, page);
                    }
                    at += page.len();
                    rest = after;
                }
            }
            What::Truncated { .. } if rng.random_bool(share) => apply(files, operation),
            _ => {}
        }
    }
}

/// Puts the files into a folder, together with all folders that the program used.
pub fn lay_out(files: &Files, operations: &[Operation], folder: &Path) {
    let folders: BTreeSet<&str> =
        operations.iter().filter_map(|operation| Some(operation.path.rsplit_once('/')?.0)).collect();
    std::fs::create_dir_all(folder).expect("made");
    for name in folders {
        std::fs::create_dir_all(folder.join(name)).expect("made");
    }
    // sled expects its folder for long values; it never has any of ours.
    std::fs::create_dir_all(folder.join("data/sled/0001/blobs")).expect("made");
    for (path, bytes) in files {
        std::fs::write(folder.join(path), bytes).expect("written");
    }
}
