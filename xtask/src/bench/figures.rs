//! What is measured, and how it is shown.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::load::Loaded;
use super::usage::Usage;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Refusals,
    Acceptances,
    ChoicesInTurn,
    ContinuedUse,
    Fragment,
    Preferences,
    SignedIn,
    LookUp,
    Decisions,
    Import,
}

impl Figure {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refusals => "refusals, 64 clients",
            Self::Acceptances => "acceptances, 64 clients",
            Self::ChoicesInTurn => "refusals, one client",
            Self::ContinuedUse => "continued use",
            Self::Fragment => "banner fragment",
            Self::Preferences => "preference page",
            Self::SignedIn => "preference page, signed in",
            Self::LookUp => "desk look-up, recorded",
            Self::Decisions => "decisions by API",
            Self::Import => "rows of an import",
        }
    }

    pub const fn floor(self) -> &'static str {
        match self {
            Self::Refusals | Self::Acceptances | Self::ChoicesInTurn => "the same by axum, one append, one shared sync",
            Self::ContinuedUse
            | Self::Fragment
            | Self::Preferences
            | Self::SignedIn
            | Self::LookUp
            | Self::Decisions => "GET /keuze/health",
            Self::Import => "read the same file",
        }
    }
}

/// What one of something took on average.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub per_second: f64,
    /// Milliseconds; 0 where they come one after another.
    pub p50: f64,
    pub p99: f64,
    /// Of the server, for a thousand.
    pub cpu_seconds: f64,
    /// Bytes.
    pub journal: f64,
    pub disk: f64,
}

impl Cost {
    pub fn of_load(loaded: &Loaded, used: Usage) -> Self {
        let count = count(loaded.count);
        let milliseconds = |share| loaded.within(share).as_secs_f64() * 1000.0;
        #[expect(clippy::cast_precision_loss, reason = "bytes of a few minutes")]
        let each = |bytes: u64| bytes as f64 / count;
        Self {
            per_second: count / loaded.took.as_secs_f64(),
            p50: milliseconds(0.5),
            p99: milliseconds(0.99),
            cpu_seconds: used.cpu.as_secs_f64() * 1000.0 / count,
            journal: each(used.journal),
            disk: each(used.disk),
        }
    }

    /// For so many of something, one after another.
    pub fn in_turn(times: usize, took: std::time::Duration) -> Self {
        Self { per_second: count(times) / took.as_secs_f64(), ..Self::default() }
    }

    fn to_json(self) -> Value {
        let Self { per_second, p50, p99, cpu_seconds, journal, disk } = self;
        json!({
            "per_second": per_second, "p50_milliseconds": p50, "p99_milliseconds": p99,
            "cpu_seconds_per_thousand": cpu_seconds, "journal_bytes": journal, "disk_bytes": disk,
        })
    }
}

fn count(times: usize) -> f64 {
    f64::from(u32::try_from(times).unwrap_or(u32::MAX))
}

/// Something and its floor, in one round.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub cost: Cost,
    pub floor: Cost,
}

impl Pair {
    fn share(self) -> f64 {
        self.cost.per_second / self.floor.per_second
    }
}

/// Every figure of a binary, with each round of it, and what stands alone.
#[derive(Default)]
pub struct Measured {
    pairs: BTreeMap<Figure, Vec<Pair>>,
    /// Such as how long a start takes.
    pub alone: Vec<(String, String)>,
}

impl Measured {
    pub fn add(&mut self, figure: Figure, cost: Cost, floor: Cost) {
        self.pairs.entry(figure).or_default().push(Pair { cost, floor });
    }

    /// The round whose share of the floor is the middle one, and the lowest and the highest share.
    fn middles(&self) -> impl Iterator<Item = (Figure, Pair, [f64; 2])> {
        self.pairs.iter().filter_map(|(figure, rounds)| {
            let mut rounds = rounds.clone();
            rounds.sort_by(|a, b| a.share().total_cmp(&b.share()));
            let spread = [rounds.first()?.share(), rounds.last()?.share()];
            Some((*figure, *rounds.get(rounds.len() / 2)?, spread))
        })
    }

    pub fn to_json(&self) -> Value {
        let middles = self.middles().map(|(figure, pair, spread)| {
            json!({
                "name": figure.name(), "measured": pair.cost.to_json(), "floor": figure.floor(),
                "floor_measured": pair.floor.to_json(), "share_of_floor": pair.share(), "spread": spread,
            })
        });
        json!({ "figures": middles.collect::<Vec<_>>(), "alone": self.alone })
    }

    /// Each share beside the one of before: `figures` as [`Self::to_json`] has them.
    pub fn compared(&self, before: &Value) -> Vec<String> {
        let before = |name: &str| {
            let figures = before["figures"].as_array()?;
            figures.iter().find(|figure| figure["name"] == name)?["share_of_floor"].as_f64()
        };
        let lines = self.middles().filter_map(|(figure, pair, _)| {
            let (then, now) = (before(figure.name())?, pair.share());
            let word = if now >= then { "better" } else { "worse" };
            Some(format!("{:<28} {then:>8.4} before, {now:>8.4} now: {word}", figure.name()))
        });
        lines.collect()
    }
}

impl fmt::Display for Measured {
    /// A table in Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: &str = "| | a second | p50 / p99 ms | CPU s of 1,000 | bytes: journal / disk | floor a second | floor's CPU | share (spread) | floor |";
        writeln!(f, "{HEAD}\n|---|---|---|---|---|---|---|---|---|")?;
        for (figure, Pair { cost, floor }, [low, high]) in self.middles() {
            let share = Pair { cost, floor }.share();
            writeln!(
                f,
                "| {} | {:.0} | {:.1} / {:.1} | {:.3} | {:.0} / {:.0} | {:.0} | {:.3} | {share:.3} ({low:.3} to {high:.3}) | {} |",
                figure.name(),
                cost.per_second,
                cost.p50,
                cost.p99,
                cost.cpu_seconds,
                cost.journal,
                cost.disk,
                floor.per_second,
                floor.cpu_seconds,
                figure.floor()
            )?;
        }
        self.alone.iter().try_for_each(|(name, told)| write!(f, "\n{name}: {told}"))
    }
}
