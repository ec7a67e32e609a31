//! What the desk shows to a staff member.

pub mod people;

use time::PrimitiveDateTime;

use super::frame::PageFrame;
use super::receipt::{ProofView, RecordedAnswer};
use model::channel::Channel;
use model::decision::Decision;
use model::event::{Actor, Route};
use model::evidence::Evidence;
use model::told::ToldEvent;

/// The sign-in form.
#[derive(Clone, Debug)]
pub struct SignInView {
    pub frame: PageFrame,
    /// Why the form is shown again.
    pub refusal: Option<SignInRefusal>,
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    /// Name and password do not go together; which of the two is wrong is not told.
    Wrong,
    /// The same, after so many attempts that the next ones wait.
    Slowed,
    /// The one-time password is past its day.
    Expired,
    /// The session ended by itself, or there was none.
    Ended,
    /// The same, and something was to be entered.
    NotRecorded,
}

/// The form that replaces a one-time password.
#[derive(Clone, Debug)]
pub struct NewPasswordView {
    pub frame: PageFrame,
    /// The staff member.
    pub staff: String,
    /// Whether a one-time password is replaced, which was given a moment ago; else the one in force is asked for.
    pub one_time: bool,
    /// Why the form is shown again.
    pub refusal: Option<PasswordRefusal>,
}

/// Why a new password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRefusal {
    /// The password in force was not given.
    Current,
    /// Shorter than [`SHORTEST_PASSWORD`].
    Short,
    /// Longer than [`LONGEST_PASSWORD`].
    Long,
    /// The two fields differ.
    Different,
    /// It is the one-time password, or holds the name.
    Guessable,
}

/// The shortest password that is taken, in characters (NIST SP 800-63B-4, section 3.1.1.2: 15 where it is the
/// only factor).
pub const SHORTEST_PASSWORD: usize = 15;
/// The longest password that is taken, in characters.
pub const LONGEST_PASSWORD: usize = 200;

/// What stands on top of every page of the desk once somebody is signed in.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The staff member.
    pub staff: String,
    /// Their call, as long as it is not closed (S-16).
    pub open_call: Option<OpenCallLink>,
}

/// The way to a call that is not closed yet.
#[derive(Clone, Debug)]
pub struct OpenCallLink {
    pub reference: String,
    /// The path of its screen.
    pub path: String,
}

/// The look-up form, with what it found.
#[derive(Clone, Debug)]
pub struct LookUpView {
    pub frame: PageFrame,
    /// Who is at the desk.
    pub bar: Bar,
    /// What failed under their name before they signed in: how often, and when last, in the site's time zone.
    pub missed: Option<(u32, PrimitiveDateTime)>,
    /// The ledger was put back from a backup.
    pub restored: Option<RestoredLedger>,
    /// What was typed, to be mended.
    pub query: String,
    /// The reason that was typed.
    pub reason: String,
    /// What came of it; absent on the empty form.
    pub outcome: Option<LookUpResult>,
}

/// A ledger that was put back from a backup, with times in the site's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoredLedger {
    /// When.
    pub at: PrimitiveDateTime,
    /// What was recorded after this is lost.
    pub from: Option<PrimitiveDateTime>,
    /// Until when it recorded, where that is known.
    pub until: Option<PrimitiveDateTime>,
    /// Until when objections on contact points and erasures were put back.
    pub put_back: Option<PrimitiveDateTime>,
}

/// What came of a look-up.
#[derive(Clone, Debug)]
pub enum LookUpResult {
    /// Nothing was looked up, because something is missing or mistyped.
    Fault(LookUpFault),
    /// Looked up and recorded, but there is nothing to show.
    Nothing,
    Found(Box<FoundRecord>),
}

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUpFault {
    /// No reason, or one that says nothing.
    Reason,
    /// Longer than [`LONGEST_REASON`].
    ReasonTooLong,
    /// Nothing that can be looked up by.
    Form,
    /// A receipt number whose check character does not fit.
    Typing,
}

/// The shortest reason that is taken, in characters.
pub const SHORTEST_REASON: usize = 5;
/// The longest reason that is taken, in characters.
pub const LONGEST_REASON: usize = 300;

/// A record with everything that is known around it.
#[derive(Clone, Debug)]
pub struct FoundRecord {
    /// Its receipt number.
    pub number: String,
    pub record: RecordedAnswer,
    /// The consent id it stands under.
    pub consent_id: Option<String>,
    /// The name of the person it is about, as far as known.
    pub name: Option<String>,
    pub actor: Actor,
    /// The reference of the call in which it was done.
    pub call: Option<String>,
    /// Why staff did it.
    pub reason: Option<String>,
    /// On which surface, with which build and variant of the banner, as far as told.
    pub surface: Option<String>,
    /// Everything under the same consent id, newest first; only itself for a record without one.
    pub history: Vec<HistoryLine>,
    /// The decision per purpose of the policy in force, today; none for an event that is not about purposes.
    pub decisions: Vec<(String, Decision)>,
    /// Whether its proof checks out.
    pub checked: CheckedProof,
    /// The proof, for copying.
    pub proof: Option<ProofView>,
    /// Where this look-up itself was recorded.
    pub audit: String,
}

/// One line of a history.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    /// When, in the site's time zone.
    pub at: PrimitiveDateTime,
    pub what: ToldEvent,
    /// Where it came in.
    pub route: Route,
    pub channels: Vec<Channel>,
    /// For which addresses and numbers, where it was said for some.
    pub points: Vec<String>,
    /// What it rests on, where it is an opt-in or a customer relation.
    pub evidence: Option<Evidence>,
    pub actor: Actor,
    pub address: String,
    /// Its receipt number.
    pub number: String,
    /// Whether it is the record that is shown above.
    pub this: bool,
}

/// What checking a record's proof gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckedProof {
    /// Commitment, inclusion and signature were all recomputed and are right.
    Right {
        /// The size of the tree that the checkpoint signs.
        size: u64,
        /// Its root, base 64.
        root: String,
    },
    /// Something does not add up; what, in English for whoever mends it.
    Wrong(String),
}
