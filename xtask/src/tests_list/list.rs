//! The list as text: headings in brackets with the kind and the place, below each its tests in order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a line tells of. A test that is left out is of another kind, so leaving one out is seen like taking one away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    Rust,
    /// A test in Rust that runs only when asked for.
    Ignored,
    Browser,
    /// A browser test that does not run, or is expected to fail.
    Skipped,
    /// How often a test tries something.
    Count,
}

impl LineKind {
    const ALL: [Self; 5] = [Self::Rust, Self::Ignored, Self::Browser, Self::Skipped, Self::Count];

    /// The first word of its headings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Ignored => "ignored",
            Self::Browser => "browser",
            Self::Skipped => "skipped",
            Self::Count => "count",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Lines by kind and place: the folder of a crate, or a file of browser tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(BTreeMap<(LineKind, String), Vec<String>>);

impl List {
    pub fn add(&mut self, kind: LineKind, place: &str, name: String) {
        let lines = self.0.entry((kind, place.to_owned())).or_default();
        lines.insert(lines.partition_point(|line| *line <= name), name);
    }

    pub fn parse(text: &str) -> Self {
        let (mut list, mut at) = (Self::default(), None);
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let heading = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            if let Some((kind, place)) = heading.and_then(|heading| heading.split_once(' ')) {
                at = LineKind::named(kind).map(|kind| (kind, place));
            } else if let Some((kind, place)) = at {
                list.add(kind, place, line.to_owned());
            }
        }
        list
    }

    /// How many lines of each name there are, wherever they stand: a test may move from crate to crate.
    pub fn names(&self) -> BTreeMap<(LineKind, &str), usize> {
        let mut names = BTreeMap::new();
        for ((kind, _), lines) in &self.0 {
            for line in lines {
                *names.entry((*kind, line.as_str())).or_default() += 1;
            }
        }
        names
    }

    pub fn summary(&self) -> String {
        let count =
            |kind| self.0.iter().filter(|((of, _), _)| *of == kind).map(|(_, lines)| lines.len()).sum::<usize>();
        let crates: BTreeSet<_> = self.0.keys().filter(|(kind, _)| *kind == LineKind::Rust).collect();
        format!(
            "{} tests in {} crates and {} ignored, {} in browsers and {} left out, {} counts",
            count(LineKind::Rust),
            crates.len(),
            count(LineKind::Ignored),
            count(LineKind::Browser),
            count(LineKind::Skipped),
            count(LineKind::Count)
        )
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Every test there is, by crate or file. Made by `cargo xtask tests-list`, compared by `cargo xtask test`."
        )?;
        writeln!(f, "# A name that goes needs a line in tests-gone.txt.")?;
        writeln!(f, "#\n# {}.", self.summary())?;
        for ((kind, place), lines) in &self.0 {
            writeln!(f, "\n[{} {place}]", kind.name())?;
            lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        }
        Ok(())
    }
}
