//! The disk images that a power cut can leave behind.

use std::collections::{BTreeMap, HashMap, HashSet};
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

/// A file or a folder, whatever it is called at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Node(usize);

/// The folder that was recorded. It was there before.
const TOP: Node = Node(0);

const PAGE: usize = 4096;

/// A name in a folder.
type Name = (Node, String);

/// What an operation did, told by files and folders in place of their paths.
enum DiskChange<'a> {
    Enter(Name, Node),
    Leave(Name),
    Move { node: Node, from: Name, to: Name },
    Write { node: Node, at: usize, data: &'a [u8] },
    Truncate { node: Node, len: usize },
    Synced { node: Node, begun: u64 },
    AllSynced { begun: u64 },
    RangeSynced { node: Node, begun: u64, at: usize, end: usize },
}

/// A recording whose paths were followed through every rename, of folders too.
pub struct History<'a> {
    /// Each with its place in the order, and the number of the operation that it is of.
    acts: Vec<(u64, usize, DiskChange<'a>)>,
    folders: HashSet<Node>,
}

/// The names as the program saw them.
struct Names {
    entries: BTreeMap<Name, Node>,
    nodes: usize,
}

impl Names {
    fn find(&self, path: &str) -> Option<Node> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts.into_iter().try_fold(TOP, |node, part| self.entries.get(&(node, part.to_owned())).copied())
    }

    fn name(&self, path: &str) -> Option<Name> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Some((self.find(folder)?, name.to_owned()))
    }

    fn enter(&mut self, name: &Name) -> Node {
        self.nodes += 1;
        self.entries.insert(name.clone(), Node(self.nodes));
        Node(self.nodes)
    }
}

impl<'a> History<'a> {
    pub fn read_operations(operations: &'a [Operation]) -> Self {
        let mut names = Names { entries: BTreeMap::new(), nodes: 0 };
        let mut history = Self { acts: Vec::new(), folders: HashSet::from([TOP]) };
        for (number, operation) in operations.iter().enumerate() {
            // What is written to a file that was removed reaches nobody.
            if let Some(act) = history.act(&mut names, operation) {
                history.acts.push((operation.seq, number, act));
            }
        }
        history
    }

    fn act(&mut self, names: &mut Names, Operation { what, path, .. }: &'a Operation) -> Option<DiskChange<'a>> {
        Some(match what {
            What::Created | What::FolderMade => {
                let name = names.name(path)?;
                let node = names.enter(&name);
                if matches!(what, What::FolderMade) {
                    self.folders.insert(node);
                }
                DiskChange::Enter(name, node)
            }
            What::Unlinked => {
                let name = names.name(path)?;
                names.entries.remove(&name)?;
                DiskChange::Leave(name)
            }
            What::Renamed { to } => {
                let (from, to) = (names.name(path)?, names.name(to)?);
                let node = names.entries.remove(&from)?;
                names.entries.insert(to.clone(), node);
                DiskChange::Move { node, from, to }
            }
            What::Written { at, data } => DiskChange::Write { node: names.find(path)?, at: *at, data },
            What::Truncated { len } => DiskChange::Truncate { node: names.find(path)?, len: *len },
            What::Synced { begun } => DiskChange::Synced { node: names.find(path)?, begun: *begun },
            What::AllSynced { begun } => DiskChange::AllSynced { begun: *begun },
            What::RangeSynced { begun, at, len } => {
                DiskChange::RangeSynced { node: names.find(path)?, begun: *begun, at: *at, end: at + len }
            }
            What::SyncBegun | What::Acknowledged(_) => return None,
        })
    }

    /// What is there when the power goes after so many operations.
    pub fn image(&self, operations: usize, model: Model, rng: &mut StdRng) -> Image {
        let acts: Vec<_> = self.acts.iter().take_while(|(_, number, _)| *number < operations).collect();
        let durable = Durable::read_changes(&acts);
        let mut image = Image { entries: BTreeMap::new(), files: HashMap::new(), folders: self.folders.clone() };
        let mut late = Vec::new();
        for (seq, _, act) in acts {
            if model == Model::All {
                image.apply(act, true, true);
                continue;
            }
            let keeps = |folder: Node| *seq < if model == Model::Strict { durable.synced(folder) } else { durable.any };
            match act {
                DiskChange::Write { node, .. } | DiskChange::Truncate { node, .. } if *seq < durable.synced(*node) => {
                    image.apply(act, true, true);
                }
                DiskChange::Write { .. } | DiskChange::Truncate { .. } => late.push((*seq, act)),
                DiskChange::Enter((folder, _), _) | DiskChange::Leave((folder, _)) => {
                    let kept = keeps(*folder) || model == Model::Torn && rng.random_bool(0.5);
                    image.apply(act, kept, kept);
                }
                DiskChange::Move { from: (from, _), to: (to, _), .. } => {
                    let torn = model == Model::Torn && rng.random_bool(0.5);
                    image.apply(act, keeps(*from) || torn, keeps(*to) || torn);
                }
                DiskChange::Synced { .. } | DiskChange::AllSynced { .. } | DiskChange::RangeSynced { .. } => {}
            }
        }
        match model {
            Model::Range => image.apply_ranges(&late, &durable),
            Model::Torn => image.apply_torn(&late, rng),
            Model::Strict | Model::All => {}
        }
        image
    }
}

/// Which operations are durable at a moment: syncs that had returned by then, by what they cover.
#[derive(Default)]
struct Durable {
    /// The begin of its last sync.
    synced: HashMap<Node, u64>,
    /// The begin of the last sync of the whole file system.
    all: u64,
    /// The begin of the last sync of anything: the file system's journal was committed then.
    any: u64,
    /// Node, begin, from, to.
    ranges: Vec<(Node, u64, usize, usize)>,
}

impl Durable {
    fn read_changes(acts: &[&(u64, usize, DiskChange<'_>)]) -> Self {
        let mut durable = Self::default();
        for (_, _, act) in acts {
            match act {
                DiskChange::Synced { node, begun } => {
                    let synced = durable.synced.entry(*node).or_default();
                    *synced = (*synced).max(*begun);
                    durable.any = durable.any.max(*begun);
                }
                DiskChange::AllSynced { begun } => {
                    durable.all = durable.all.max(*begun);
                    durable.any = durable.any.max(*begun);
                }
                DiskChange::RangeSynced { node, begun, at, end } => durable.ranges.push((*node, *begun, *at, *end)),
                _ => {}
            }
        }
        durable
    }

    fn synced(&self, node: Node) -> u64 {
        self.synced.get(&node).copied().unwrap_or_default().max(self.all)
    }
}

/// What a disk holds: names in folders, and what stands in files whether anything is called after them or not.
pub struct Image {
    entries: BTreeMap<Name, Node>,
    files: HashMap<Node, Vec<u8>>,
    folders: HashSet<Node>,
}

impl Image {
    /// Does what was done; of a name it is told apart whether it is gone from where it was and has come where it is.
    fn apply(&mut self, act: &DiskChange<'_>, leaves: bool, enters: bool) {
        match act {
            DiskChange::Enter(name, node) if enters => _ = self.entries.insert(name.clone(), *node),
            DiskChange::Leave(name) if leaves => _ = self.entries.remove(name),
            DiskChange::Move { node, from, to } => {
                if leaves {
                    self.entries.remove(from);
                }
                if enters {
                    self.entries.insert(to.clone(), *node);
                }
            }
            DiskChange::Write { node, at, data } => self.put(*node, *at, data),
            DiskChange::Truncate { node, len } => self.files.entry(*node).or_default().resize(*len, 0),
            _ => {}
        }
    }

    fn put(&mut self, node: Node, at: usize, data: &[u8]) {
        let file = self.files.entry(node).or_default();
        if file.len() < at + data.len() {
            file.resize(at + data.len(), 0);
        }
        file[at..at + data.len()].copy_from_slice(data);
    }

    /// A range sync makes data durable, but not a new length.
    fn apply_ranges(&mut self, late: &[(u64, &DiskChange<'_>)], durable: &Durable) {
        for (seq, act) in late {
            let DiskChange::Write { node, at, data } = act else { continue };
            let end = at + data.len();
            let covers = |(of, begun, from, to): &(Node, u64, usize, usize)| {
                of == node && begun > seq && from <= at && end <= *to
            };
            if !durable.ranges.iter().any(covers) {
                continue;
            }
            let end = self.files.get(node).map_or(0, |file| file.len().min(end));
            if end > *at {
                self.put(*node, *at, &data[..end - at]);
            }
        }
    }

    /// The disk took later pages and lengths in any order, and the power went in the middle of it.
    fn apply_torn(&mut self, late: &[(u64, &DiskChange<'_>)], rng: &mut StdRng) {
        let share = [0.1, 0.5, 0.9][rng.random_range(0..3)];
        for (_, act) in late {
            match act {
                DiskChange::Write { node, at, data } => {
                    let mut at = *at;
                    let mut rest = *data;
                    while !rest.is_empty() {
                        let (page, after) = rest.split_at(rest.len().min(PAGE - at % PAGE));
                        if rng.random_bool(share) {
                            self.put(*node, at, page);
                        }
                        at += page.len();
                        rest = after;
                    }
                }
                DiskChange::Truncate { .. } if rng.random_bool(share) => self.apply(act, true, true),
                _ => {}
            }
        }
    }

    /// Puts it into a folder.
    pub fn lay_out(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("made");
        self.lay_out_in(TOP, folder);
    }

    fn lay_out_in(&self, of: Node, folder: &Path) {
        let names = self.entries.range((of, String::new())..).take_while(|((folder, _), _)| *folder == of);
        for ((_, name), node) in names {
            let path = folder.join(name);
            if self.folders.contains(node) {
                std::fs::create_dir(&path).expect("made");
                self.lay_out_in(*node, &path);
            } else {
                std::fs::write(path, self.files.get(node).map_or(&[][..], Vec::as_slice)).expect("written");
            }
        }
    }
}
