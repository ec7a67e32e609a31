//! Reading a TOML table into a typed section without stopping at the first fault.
//!
//! Every getter notes its own fault and answers `None`; a section first asks for all of its keys and only then
//! builds its value. Keys that nobody asked for are faults too, so a misspelt option never goes unnoticed.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use model::language::Localized;
use time::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Faults;

/// A value and the byte where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// One table of the file while it is read.
pub(super) struct Section<'r> {
    faults: &'r Faults<'r>,
    /// As people see it: `[site]`, `[[cookies]]`.
    name: String,
    /// What stands before the names of the sections in it.
    path: String,
    at: usize,
    entries: &'r DeTable<'r>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'r> Section<'r> {
    /// The whole file.
    pub(super) fn root(faults: &'r Faults<'r>, entries: &'r DeTable<'r>) -> Self {
        Self { faults, name: "the file".to_owned(), path: String::new(), at: 0, entries, asked: RefCell::default() }
    }

    /// The table of a key, called what `call` makes of the key with what stands before it.
    fn inner(&self, key: &str, call: fn(&str) -> String, at: usize, entries: &'r DeTable<'r>) -> Self {
        let path = format!("{}{key}", self.path);
        Self { faults: self.faults, name: call(&path), path: path + ".", at, entries, asked: RefCell::default() }
    }

    /// Where the section starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The faults of the file.
    pub(super) fn faults(&self) -> &'r Faults<'r> {
        self.faults
    }

    /// Notes a fault at a byte of the text.
    pub(super) fn note(&self, at: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.faults.note(at, what, mend);
    }

    /// Whether an optional key is there.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    fn find(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'r>>> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    fn need(&self, key: &'static str, example: &str) -> Option<&'r Spanned<DeValue<'r>>> {
        let found = self.find(key);
        if found.is_none() {
            self.note(self.at, format!("{} has no `{key}`", self.name), format!("add `{key} = {example}`"));
        }
        found
    }

    /// A required text that is not empty, with where it stands.
    pub(super) fn text_at(&self, key: &'static str) -> Option<At<String>> {
        self.text_of(key, self.need(key, "\"…\"")?)
    }

    /// A required text that is not empty.
    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        self.text_at(key).map(|text| text.value)
    }

    fn text_of(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
        let at = value.span().start;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "a text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.note(at, format!("`{key}` is empty"), "write the text");
            return None;
        }
        Some(At { value: text.clone().into_owned(), at })
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let what = format!("`{key}` is not {wanted}, but of the type {}", value.get_ref().type_str());
        self.note(value.span().start, what, format!("write {wanted}"));
    }

    /// A required text in a written form of its own.
    pub(super) fn parsed<T>(&self, key: &'static str) -> Option<At<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text_at(key)?;
        self.parse_text(&text, key)
    }

    /// Reads a text in a written form of its own.
    pub(super) fn parse_text<T>(&self, text: &At<String>, key: &str) -> Option<At<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        match text.value.parse() {
            Ok(value) => Some(At { value, at: text.at }),
            Err(error) => {
                self.note(text.at, format!("`{key}`: \"{}\" does not fit", text.value), error.to_string());
                None
            }
        }
    }

    /// A required word out of a closed list.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text_at(key)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(At { value: *value, at: text.at });
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.note(text.at, format!("`{key}`: \"{}\" is unknown", text.value), choose(&text.value, &known));
        None
    }

    /// A required whole number within bounds, with where it stands.
    pub(super) fn number_at(&self, key: &'static str, bounds: RangeInclusive<u32>) -> Option<At<u32>> {
        let value = self.need(key, &bounds.start().to_string())?;
        let DeValue::Integer(digits) = value.get_ref() else {
            self.wrong_type(key, value, "a whole number");
            return None;
        };
        let at = value.span().start;
        let number = u32::from_str_radix(digits.as_str(), digits.radix()).ok();
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            let most = *bounds.end();
            let bounds = if most == u32::MAX {
                format!("at least {}", bounds.start())
            } else {
                format!("{} to {most}", bounds.start())
            };
            self.note(at, format!("`{key}` is {digits}"), format!("write a number of {bounds}"));
        }
        within.map(|value| At { value, at })
    }

    /// A required whole number within bounds.
    pub(super) fn number(&self, key: &'static str, bounds: RangeInclusive<u32>) -> Option<u32> {
        self.number_at(key, bounds).map(|number| number.value)
    }

    /// A required `true` or `false`, with where it stands.
    pub(super) fn flag_at(&self, key: &'static str) -> Option<At<bool>> {
        let value = self.need(key, "false")?;
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type(key, value, "true or false");
            return None;
        };
        Some(At { value: *flag, at: value.span().start })
    }

    /// A required `true` or `false`.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        self.flag_at(key).map(|flag| flag.value)
    }

    /// A required civil date, with where it stands.
    pub(super) fn date_at(&self, key: &'static str) -> Option<At<Date>> {
        let value = self.need(key, "2026-07-01")?;
        let date = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(civil),
            _ => None,
        };
        if date.is_none() {
            self.wrong_type(key, value, "a date such as 2026-07-01, without quotes");
        }
        date.map(|date| At { value: date, at: value.span().start })
    }

    /// A required civil date on which something was done; whether it is over is for whoever knows what day it is.
    pub(super) fn past_date(&self, key: &'static str) -> Option<Date> {
        let day = self.date_at(key)?;
        self.faults.note_day(day.at, key, day.value);
        Some(day.value)
    }

    /// A list of texts that are not empty, each with where it stands. Empty when the key is absent.
    pub(super) fn texts(&self, key: &'static str) -> Vec<At<String>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, "a list such as [\"…\"]");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.text_of(key, item)).collect()
    }

    /// A list of texts with at least one entry.
    pub(super) fn some_texts(&self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.need(key, "[\"…\"]")?;
        let texts = self.texts(key);
        if matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()) {
            self.note(value.span().start, format!("`{key}` is empty"), "write at least one entry");
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// A text in every language.
    pub(super) fn localized(&self, key: &'static str) -> Option<Localized> {
        self.localized_at(key).map(|text| text.value)
    }

    /// A text in every language, with where it stands.
    pub(super) fn localized_at(&self, key: &'static str) -> Option<At<Localized>> {
        let value = self.need(key, "{ nl = \"…\", en = \"…\" }")?;
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type(key, value, "a text in both languages, { nl = \"…\", en = \"…\" }");
            return None;
        };
        let read = self.inner(key, quoted, value.span().start, entries).finish(|s| {
            let (nl, en) = (s.text("nl"), s.text("en"));
            Some(Localized { nl: nl?, en: en? })
        });
        read.map(|text| At { value: text, at: value.span().start })
    }

    /// A table in one line, `{ … }`.
    pub(super) fn inline<T>(&self, key: &'static str, read: impl FnOnce(&Section<'r>) -> Option<T>) -> Option<T> {
        let value = self.need(key, "{ … }")?;
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type(key, value, "a table such as { … }");
            return None;
        };
        self.inner(key, quoted, value.span().start, entries).finish(read)
    }

    /// An optional text that is not empty, with where it stands.
    pub(super) fn optional_text(&self, key: &'static str) -> Option<At<String>> {
        self.text_of(key, self.find(key)?)
    }

    /// An optional `true` or `false`, with where it stands.
    pub(super) fn optional_flag(&self, key: &'static str) -> Option<At<bool>> {
        if self.has(key) { self.flag_at(key) } else { None }
    }

    /// A required table.
    pub(super) fn table<T>(&self, key: &'static str, read: impl FnOnce(&Section<'r>) -> Option<T>) -> Option<T> {
        let Some(value) = self.find(key) else {
            let section = format!("[{}{key}]", self.path);
            self.note(self.at, format!("{} has no {section}", self.name), format!("add the section {section}"));
            return None;
        };
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a section [{key}]"));
            return None;
        };
        self.inner(key, |path| format!("[{path}]"), value.span().start, entries).finish(read)
    }

    /// A list of tables; empty when the key is absent. What cannot be read is left out, its faults noted.
    pub(super) fn tables<T>(&self, key: &'static str, read: impl Fn(&Section<'r>) -> Option<T>) -> Vec<T> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a list of sections [[{key}]]"));
            return Vec::new();
        };
        let read_item = |item: &'r Spanned<DeValue<'r>>| {
            let DeValue::Table(entries) = item.get_ref() else {
                self.wrong_type(key, item, &format!("a section [[{key}]]"));
                return None;
            };
            self.inner(key, |path| format!("[[{path}]]"), item.span().start, entries).finish(&read)
        };
        items.iter().filter_map(read_item).collect()
    }

    /// Reads the section and notes the keys that nothing asked for.
    pub(super) fn finish<T>(self, read: impl FnOnce(&Self) -> Option<T>) -> Option<T> {
        let value = read(&self);
        let asked = self.asked.borrow();
        for key in self.entries.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let name: &str = key.get_ref();
            self.note(key.span().start, format!("{} has an unknown key `{name}`", self.name), choose(name, &asked));
        }
        value
    }
}

/// How a table in one line is called: by its own key.
fn quoted(path: &str) -> String {
    format!("`{}`", path.rsplit('.').next().unwrap_or(path))
}

/// Offers what was probably meant, else everything there is.
pub(super) fn choose(wrong: &str, known: &[&str]) -> String {
    let near = known.iter().map(|word| (strsim::jaro_winkler(wrong, word), *word));
    let best = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.85);
    if let Some((_, word)) = best {
        return format!("did you mean `{word}`");
    }
    let mut all: Vec<&str> = known.to_vec();
    all.sort_unstable();
    all.dedup();
    format!("one of: {}", all.join(", "))
}

fn civil(date: toml::value::Date) -> Option<Date> {
    let month = time::Month::try_from(date.month).ok()?;
    Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
}
