//! `[choice]`: how long an answer holds, and what takes the banner away beside its answers.

use words::embed::ControlWords;

use super::reader::Section;

#[derive(Clone, Copy, Debug)]
pub(super) struct ChoiceSection {
    pub(super) validity_months: u32,
    pub(super) close_control: CloseControl,
}

/// What takes the banner away beside its answers (R-2.5.3-3). Nothing that closes leaves the question open: whoever
/// wants no question has said no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloseControl {
    /// Nothing.
    #[default]
    None,
    /// A control that refuses everything, and says so.
    Refuse,
}

impl CloseControl {
    /// What the control says, if there is one.
    pub(super) fn words(self, own: ControlWords) -> Option<String> {
        match self {
            Self::None => None,
            Self::Refuse => Some(own.close_refuse.to_owned()),
        }
    }
}

pub(super) fn read_choice(s: &Section<'_>) -> Option<ChoiceSection> {
    const WORDS: [(&str, CloseControl); 2] = [("none", CloseControl::None), ("refuse", CloseControl::Refuse)];
    let validity_months = s.number("validity_months", 1..=12);
    let close_control = if s.has("close_control") {
        s.one_of("close_control", &WORDS).map(|word| word.value)
    } else {
        Some(CloseControl::default())
    };
    Some(ChoiceSection { validity_months: validity_months?, close_control: close_control? })
}
