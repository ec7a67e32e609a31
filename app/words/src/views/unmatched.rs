//! What is shown for an act that does not fit what is open: nothing was recorded.

use super::desk::Bar;
use super::frame::PageFrame;
use super::preference_centre::Next;

/// Why nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// The look-up at the address is not open here, or it did not find that person.
    LookUp,
    /// The person changed since the page was shown.
    Changed,
    /// The call at the address is closed, or not this session's.
    Call,
    /// In another tab something else was pressed in the call.
    CallChanged,
    /// Nothing was asked to be recorded: the address of a look-up or call that is not open here.
    NotOpen,
    /// Another staff member signed in since the page was shown.
    OtherStaff,
    /// Nobody is signed in (any more) who proved an address; a new code leads there.
    Ended(Next),
    /// The browser proved another address or number since the page was shown.
    OtherAddress,
    /// Somebody else is known at the address than when the page was shown.
    OtherPerson,
    /// The browser asked for another code since the page was shown.
    OtherCode,
}

/// The page that says so.
#[derive(Clone, Debug)]
pub struct UnmatchedView {
    pub frame: PageFrame,
    /// Who is at the desk.
    pub bar: Option<Bar>,
    pub why: Unmatched,
    /// The path of what is to be looked at again, where there is something.
    pub back: Option<String>,
}
