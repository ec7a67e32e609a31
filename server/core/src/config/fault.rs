//! Faults: what is wrong in a configuration, where, and how to mend it.

use std::cell::RefCell;
use std::fmt;

use time::Date;

/// One thing that is wrong in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigFault {
    /// The file's name, as it was given.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong, without a full stop.
    pub what: String,
    /// What to do about it, without a full stop.
    pub mend: String,
}

impl fmt::Display for ConfigFault {
    /// `keuze.toml:12:3: what. Mend: what to do.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}. Mend: {}.", self.file, self.line, self.column, self.what, self.mend)
    }
}

/// A place in the text: line and column, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextPlace {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl TextPlace {
    /// The place of a byte of the text.
    fn at_byte(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// A fault at this place.
    pub(crate) fn fault(self, file: &str, what: impl Into<String>, mend: impl Into<String>) -> ConfigFault {
        ConfigFault {
            file: file.to_owned(),
            line: self.line,
            column: self.column,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

/// Collects the faults of one file, so that all of them are told at once.
pub(super) struct Faults<'t> {
    file: &'t str,
    text: &'t str,
    list: RefCell<Vec<ConfigFault>>,
    links: RefCell<Vec<(TextPlace, String)>>,
    days: RefCell<Vec<Day>>,
}

/// A day on which something was done, by its key and place.
pub(super) type Day = (TextPlace, &'static str, Date);

impl<'t> Faults<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, list: RefCell::default(), links: RefCell::default(), days: RefCell::default() }
    }

    /// Notes a fault at a byte of the text.
    pub(super) fn note(&self, byte: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.list.borrow_mut().push(self.place(byte).fault(self.file, what, mend));
    }

    /// Remembers where a link of somebody else's stands.
    pub(super) fn note_link(&self, byte: usize, url: &str) {
        self.links.borrow_mut().push((self.place(byte), url.to_owned()));
    }

    /// Remembers a day on which something was done.
    pub(super) fn note_day(&self, byte: usize, key: &'static str, day: Date) {
        self.days.borrow_mut().push((self.place(byte), key, day));
    }

    /// The days that were read.
    pub(super) fn days(&self) -> Vec<Day> {
        self.days.borrow().clone()
    }

    /// The links that were read.
    pub(super) fn links(&self) -> Vec<(TextPlace, String)> {
        self.links.borrow().clone()
    }

    pub(super) fn place(&self, byte: usize) -> TextPlace {
        TextPlace::at_byte(self.text, byte)
    }

    /// What was found, in the order of the file.
    pub(super) fn into_sorted(self) -> Vec<ConfigFault> {
        let mut list = self.list.into_inner();
        list.sort_by_key(|fault| (fault.line, fault.column));
        list
    }
}
