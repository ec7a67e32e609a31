//! What the pages show on which people say no: by a link, by a code, or with nothing in hand.

use time::Date;

use super::frame::PageFrame;
use model::channel::Channel;
use model::contact::PointKind;

/// What an objection came to, for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// What stopped, in the order in which channels are shown.
    pub channels: Vec<Channel>,
    /// Since which day.
    pub since: Date,
    /// Whether it was new; a repeat says so.
    pub changed: bool,
    /// The number under which support finds it.
    pub number: String,
    /// What goes on all the same, where everything was to stop.
    pub goes_on: Option<GoesOn>,
}

/// What "everything" did not reach. It is said alike whether or not anything is known of whoever says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoesOn {
    /// Nothing of these kinds was named, so nothing of them stopped.
    NotNamed(Vec<PointKind>),
    /// It stopped for what is known of the person, found by something of this kind: they may have what is not known.
    NotKnown(PointKind),
}

impl GoesOn {
    /// After these were named; nothing, where that is all there is.
    pub fn without(named: &[PointKind]) -> Option<Self> {
        let others = [PointKind::Post, PointKind::Email, PointKind::Phone];
        let rest: Vec<PointKind> = others.into_iter().filter(|kind| !named.contains(kind)).collect();
        (!rest.is_empty()).then_some(Self::NotNamed(rest))
    }

    /// The kinds of which something can still be filled in.
    pub fn kinds(&self) -> Vec<PointKind> {
        match self {
            Self::NotNamed(kinds) => kinds.clone(),
            Self::NotKnown(by) => PointKind::ALL.into_iter().filter(|kind| kind != by).collect(),
        }
    }
}

/// The page behind the link of a mail.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// Around the page; its path is the link's own, to which the button posts.
    pub frame: PageFrame,
    pub state: LinkState,
}

/// What the page behind a link says.
#[derive(Clone, Debug)]
pub enum LinkState {
    /// One button; `None` is for everything.
    Asks(Option<Channel>),
    /// It stopped; what is left can be stopped as well.
    Stopped(Stopped),
    /// A link that we do not know, or whose person was erased.
    Unknown,
}

/// The page on which somebody says no with nothing in hand.
#[derive(Clone, Debug)]
pub struct ObjectionView {
    pub frame: PageFrame,
    pub state: ObjectionState,
}

/// What that page says.
#[derive(Clone, Debug)]
pub enum ObjectionState {
    /// The form, with what was typed and what is wrong with it.
    Asks(ObjectionForm),
    Stopped(Stopped),
}

#[derive(Clone, Default)]
pub struct ObjectionForm {
    /// A phone number.
    pub phone: String,
    /// A Dutch postcode.
    pub postcode: String,
    /// The house number.
    pub house: String,
    pub addition: String,
    /// The lines of an address elsewhere.
    pub lines: String,
    pub country: String,
    /// An e-mail address.
    pub email: String,
    /// What is ticked.
    pub channels: Vec<Channel>,
    /// The kinds of which something stopped on the page before.
    pub done: Vec<PointKind>,
    /// What is wrong, in the order of the form.
    pub faults: Vec<ObjectionFault>,
    /// How the house number is read, where that is asked.
    pub read_as: Option<Box<ReadHouse>>,
    /// How the lines are read, where that is asked.
    pub lines_read_as: Option<Box<ReadLines>>,
}

/// A house number that a spreadsheet seems to have changed, as it is read: the person is asked whether that is right.
#[derive(Clone)]
pub struct ReadHouse {
    /// What was typed, addition and all; it comes back with the answer, so that a yes is for this text alone.
    pub typed: String,
    pub number: u32,
    /// What stands behind it.
    pub addition: Option<String>,
    /// Which button was pressed: the one that says yes does the same.
    pub scope: &'static str,
}

/// The lines of an address that a spreadsheet seems to have changed, as they are read.
#[derive(Clone)]
pub struct ReadLines {
    /// What was typed, in one line; it comes back with the answer, so that a yes is for this text alone.
    pub typed: String,
    /// How it is read, in one line.
    pub read: String,
    /// Which button was pressed: the one that says yes does the same.
    pub scope: &'static str,
}

/// What people type here is where they can be reached: it stands in no log.
impl std::fmt::Debug for ObjectionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectionForm").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// What is wrong with the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionFault {
    /// No field is filled in.
    Empty,
    /// Not a phone number.
    Phone,
    /// Not a Dutch postcode, or none.
    Postcode,
    /// Not a house number, or none.
    House,
    /// A house number that looks like a date or a rounded number: is it right as it is read?
    IsThisRight,
    /// Longer than an addition, or nothing that can stand behind a number.
    Addition,
    /// Not the lines of an address, or none.
    Lines,
    /// Not a country, or none.
    Country,
    /// Lines in letters that nothing writes in Latin ones for certain, without a postcode.
    Letters,
    /// The country is the Netherlands.
    InNetherlands,
    /// Something in the lines looks like a date or a rounded number: is it right as it is read?
    LinesChanged,
    /// Not an e-mail address.
    Email,
    /// Nothing is ticked.
    NoChannel,
    /// The channel is ticked, but nothing is filled in that it could stop.
    WithoutPoint(Channel),
    /// A field is filled in for which nothing is ticked.
    WithoutChannel(Field),
}

/// A field, or a group of fields, of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The phone number.
    Phone,
    /// The postal address.
    Post,
    /// The e-mail address.
    Email,
}

/// The page for the code of a letter.
#[derive(Clone, Debug)]
pub struct LetterView {
    pub frame: PageFrame,
    pub state: LetterState,
}

/// What that page says.
#[derive(Clone)]
pub enum LetterState {
    /// The form, with what was typed and what is wrong with it.
    Asks {
        /// The code as it was typed or scanned.
        code: String,
        /// What is wrong with it.
        fault: Option<LetterCodeFault>,
    },
    Stopped(Stopped),
}

/// A code is a credential: it stands in no log.
impl std::fmt::Debug for LetterState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Asks { fault, .. } => f.debug_struct("Asks").field("fault", fault).finish_non_exhaustive(),
            Self::Stopped(stopped) => f.debug_tuple("Stopped").field(stopped).finish(),
        }
    }
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCodeFault {
    /// Nothing was typed.
    Empty,
    /// Not twelve characters, or characters that no code has.
    Form,
    /// A typing error: the check character does not fit.
    Typing,
    /// We do not know it.
    Unknown,
    /// So many wrong codes are coming in that nobody's is looked at for a moment.
    Busy,
}
