//! What the desk shows of people: a person's page, and the call screen.

use time::Date;

use super::{Bar, HistoryLine};
use crate::views::frame::PageFrame;
use crate::views::preference_centre::Erasure;
use model::channel::Channel;
use model::contact::PointKind;
use model::decision::Decision;
use model::identity::PointName;
use model::language::Language;

/// A person, with everything that a staff member may see after a look-up with a reason.
#[derive(Clone)]
pub struct PersonCard {
    /// The random id, for the forms.
    pub subject: String,
    /// The name, as far as known.
    pub name: Option<String>,
    /// Customer numbers.
    pub customers: Vec<String>,
    /// The language they are written to in.
    pub language: Language,
    /// Addresses and numbers, as given.
    pub points: Vec<PointCard>,
    /// Every channel at every contact point, with what holds today; the points of a channel one after the other.
    pub reach: Vec<Reach>,
    /// Everything that was recorded, newest first.
    pub history: Vec<HistoryLine>,
}

impl PersonCard {
    /// The last record that the page shows, for the forms of what cannot be undone.
    pub fn shown(&self) -> String {
        self.history.first().map(|line| line.address.clone()).unwrap_or_default()
    }
}

/// A contact point of a person.
#[derive(Clone)]
pub struct PointCard {
    pub kind: PointKind,
    /// The address or number, as given.
    pub given: String,
    /// Whether it joined later, and nobody said yet that it is the person's own.
    pub later: Option<LaterCard>,
}

/// What joined a person later.
#[derive(Clone)]
pub struct LaterCard {
    /// How the form names it: a keyed hash.
    pub at: PointName,
    /// The name that came with it, if it is not the person's.
    pub name: Option<String>,
}

/// A contact point by one channel, with what holds there today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub channel: Channel,
    /// The address or number, as given; none where none is known, and for social media, where people come to us.
    pub at: Option<String>,
    /// Whether it joined the person later, and nobody said yet that it is their own.
    pub is_later: bool,
    /// May they be reached there?
    pub decision: Decision,
}

/// The page of people who were looked up.
#[derive(Clone)]
pub struct PersonView {
    pub frame: PageFrame,
    /// Who is at the desk.
    pub bar: Bar,
    /// The look-up's own path, which its forms post to.
    pub path: String,
    /// Where the look-up was recorded.
    pub audit: String,
    /// Who was found; nobody, or several who share a contact point.
    pub people: Vec<PersonCard>,
    /// What was done last.
    pub done: Option<DoneForPerson>,
    /// What was not done.
    pub fault: Option<PersonFault>,
}

/// What was done for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoneForPerson {
    Objected(SaidObjection),
    /// An opt-in was asked for; it waits for the person.
    Requested(Channel),
    /// They are one with somebody else now.
    Merged,
    /// This address or number is theirs, although it joined later.
    SamePerson(String),
    Erased(Erasure),
}

/// An objection, as it is read to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidObjection {
    pub channels: Vec<Channel>,
    /// The number of its receipt.
    pub number: String,
    /// Since which day it holds.
    pub since: Date,
    /// Whether it was new.
    pub changed: bool,
}

/// What is wrong with what was asked for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonFault {
    /// Where it came in was not said.
    Route,
    /// Only the person can sign up on social media (S-11).
    SelfSignUp,
    /// Nobody has that customer number, or it is the person's own.
    NoOther,
    /// It was not confirmed that the two are one.
    Unconfirmed,
    /// It was not confirmed that what joined later is the same person's, or not said how that is known.
    SamePersonUnconfirmed,
    /// It was not confirmed that the person asked to be erased, or not said how that is known.
    EraseUnconfirmed,
}

/// The call screen.
#[derive(Clone)]
pub struct CallView {
    pub frame: PageFrame,
    /// Who is at the desk.
    pub bar: Bar,
    pub state: CallState,
    /// What is wrong with what was asked.
    pub fault: Option<CallFault>,
}

/// What the call screen shows.
#[derive(Clone)]
pub enum CallState {
    /// No call is open: the form that opens one, as it was filled in, and the call that was just closed.
    Closed {
        form: CallForm,
        /// The reference of the call that was closed.
        closed: Option<String>,
    },
    /// A call is open.
    Open(Box<CallCard>),
}

/// The form that opens a call.
#[derive(Clone, Default)]
pub struct CallForm {
    pub reference: String,
    /// Whether we called.
    pub outgoing: bool,
    /// Who is on the line.
    pub query: String,
}

/// A call that is open.
#[derive(Clone)]
pub struct CallCard {
    /// The path of its screen, which its form posts to.
    pub path: String,
    /// What its screen shows, for the form to say.
    pub shown: String,
    pub reference: String,
    /// Whether we called.
    pub outgoing: bool,
    /// The contact point that was looked up.
    pub point: Option<String>,
    /// Who it may be, by id and name.
    pub people: Vec<(String, String)>,
    /// Who it is: id and name.
    pub person: Option<(String, String)>,
    /// The channels that can be spoken of at their contact points, with what holds now.
    pub reach: Vec<Reach>,
    /// Whether the right to object was offered.
    pub right_offered: Option<bool>,
    /// What was recorded last.
    pub said: Option<SaidObjection>,
    /// Where the look-up was recorded.
    pub audit: String,
}

/// What is wrong with what was asked in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// No reference, or one that is too long.
    Reference,
    /// Neither a number nor an address.
    Query,
    /// It cannot be closed before it is said whether the right was offered (S-16).
    Unanswered,
    /// Another call is still open.
    StillOpen,
}
