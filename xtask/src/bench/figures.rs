//! What is measured, and how it is shown.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    ChoicesTogether,
    ChoicesInTurn,
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
            Self::ChoicesTogether => "choices, 64 clients",
            Self::ChoicesInTurn => "choices, one client",
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
            Self::ChoicesTogether | Self::ChoicesInTurn => "append and sync as many bytes in as many batches",
            Self::Fragment | Self::Preferences | Self::SignedIn | Self::LookUp | Self::Decisions => "GET /keuze/health",
            Self::Import => "read the same file",
        }
    }
}

/// How often a second something went, and its floor.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub rate: f64,
    pub floor: f64,
}

impl Rates {
    /// For so many of something.
    pub fn of_times(count: usize, took: std::time::Duration, floor_took: std::time::Duration) -> Self {
        let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        Self { rate: count / took.as_secs_f64(), floor: count / floor_took.as_secs_f64() }
    }

    fn share(self) -> f64 {
        self.rate / self.floor
    }
}

/// Every figure of a binary, with each round of it.
#[derive(Default)]
pub struct Measured(BTreeMap<Figure, Vec<Rates>>);

impl Measured {
    pub fn add(&mut self, figure: Figure, rates: Rates) {
        self.0.entry(figure).or_default().push(rates);
    }

    /// The round whose share of the floor is the middle one.
    fn middles(&self) -> impl Iterator<Item = (Figure, Rates)> {
        self.0.iter().filter_map(|(figure, rounds)| {
            let mut rounds = rounds.clone();
            rounds.sort_by(|a, b| a.share().total_cmp(&b.share()));
            Some((*figure, *rounds.get(rounds.len() / 2)?))
        })
    }

    pub fn to_json(&self) -> Vec<Value> {
        let middles = self.middles().map(|(figure, rates)| {
            json!({
                "name": figure.name(), "per_second": rates.rate, "floor": figure.floor(),
                "floor_per_second": rates.floor, "share_of_floor": rates.share(),
            })
        });
        middles.collect()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28} {:>10} {:>10} {:>8}  floor", "", "a second", "floor", "share")?;
        for (figure, rates) in self.middles() {
            let Rates { rate, floor } = rates;
            write!(f, "\n{:<28} {rate:>10.0} {floor:>10.0} {:>8.4}  {}", figure.name(), rates.share(), figure.floor())?;
        }
        Ok(())
    }
}
