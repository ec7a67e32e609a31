//! `[memory]`: what is kept at hand besides what must be.

use super::reader::Section;

/// How much is kept at hand of what could be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemorySettings {
    /// As many people as this stay opened who were asked about last: one and a half kilobytes each.
    pub opened_people: usize,
}

impl Default for MemorySettings {
    fn default() -> Self {
        Self { opened_people: 10_000 }
    }
}

/// With fewer, one question would open the same people again and again.
const FEWEST: u32 = 100;
/// They take one and a half gigabytes.
const MOST: u32 = 1_000_000;

/// The section, or what holds without it.
pub(super) fn read_memory(root: &Section<'_>) -> Option<MemorySettings> {
    if root.has("memory") { root.table("memory", read_settings) } else { Some(MemorySettings::default()) }
}

fn read_settings(s: &Section<'_>) -> Option<MemorySettings> {
    let opened_people = s.number("opened_people", FEWEST..=MOST)?;
    Some(MemorySettings { opened_people: usize::try_from(opened_people).ok()? })
}
