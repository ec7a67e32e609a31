//! What the pages for a known person show: the code, the channels, what was done, the newsletter, and what is held.

use time::{Date, PrimitiveDateTime};

use super::frame::PageFrame;
use super::objection::GoesOn;
use model::channel::Channel;
use model::controller::Recipient;
use model::decision::Reason;
use model::event::Route;
use model::evidence::Evidence;
use model::language::Localized;
use model::paths::Endpoint;
use model::told::ToldEvent;

/// A social medium on which people can block us or leave (S-15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    pub name: String,
    /// Where it explains how to stop following.
    pub unfollow_url: String,
    /// Where it explains how to block.
    pub block_url: String,
}

/// What another system keeps because a law says so (S-38).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedElsewhere {
    pub what: Localized,
    /// Which law.
    pub ground: Localized,
    pub until: Localized,
}

/// Which page a code leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// The preference page.
    #[default]
    Preferences,
    Insight,
}

impl Next {
    /// As it stands in an address and in a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Preferences => "voorkeuren",
            Self::Insight => "inzage",
        }
    }

    /// What [`Self::word`] gave; anything else leads to the preference page.
    pub fn from_word(word: &str) -> Self {
        if word == "inzage" { Self::Insight } else { Self::Preferences }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Preferences => Endpoint::Preferences.path(),
            Self::Insight => Endpoint::DataAccess.path(),
        }
    }
}

/// What is wrong with a form about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// It is no e-mail address.
    Form,
    /// It is neither an e-mail address nor a mobile number.
    AddressOrNumber,
    /// It is a number that gets no text messages from us.
    NoMobile,
    /// So many messages went there that no more go out for some minutes.
    TooMany {
        /// After so many minutes.
        minutes: u32,
    },
    /// No mail can be sent.
    NoMail,
    /// The name is too long.
    Name,
    /// The code that was sent there is past its ten minutes, was tried too often, or was used.
    Over,
}

/// The page that asks for an address or number to send a code to.
#[derive(Clone)]
pub struct AskCodeView {
    pub frame: PageFrame,
    pub next: Next,
    /// Whether a mobile number will do, too.
    pub mobile: bool,
    pub typed: String,
    /// What is wrong with it.
    pub fault: Option<AddressFault>,
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// It is not the one that was sent.
    Wrong {
        /// How often one may still try.
        left: u8,
    },
    /// It is no spare code that works there.
    WrongSpare,
}

/// What there is to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSent {
    /// A code that was mailed.
    Mail,
    /// A code that came by text message.
    Text,
    /// A spare code that was sent before; nothing was sent now, and can be after so many minutes, where that is known.
    Before(Option<u32>),
}

/// The page that takes the code.
#[derive(Clone)]
pub struct EnterCodeView {
    pub frame: PageFrame,
    /// Which code its form is about; a random number.
    pub asked: String,
    /// Where it was sent.
    pub address: String,
    pub sent: CodeSent,
    pub next: Next,
    pub typed: String,
    /// What is wrong with it.
    pub fault: Option<CodeFault>,
}

/// Who is known at a proven address.
#[derive(Clone, PartialEq, Eq)]
pub enum KnownAs {
    /// One person.
    One {
        /// Their name, as far as known.
        name: Option<String>,
    },
    /// Nobody: acts apply to the address.
    Nobody,
    /// Several people share it: acts apply to the address, for all of them.
    Several,
    /// It joined later, and it is not certain that it is the person's: nothing of theirs is shown.
    Uncertain,
}

/// The channels of whoever proved an address.
#[derive(Clone)]
pub struct CentreView {
    /// What the forms of the page say that they are about.
    pub about: String,
    /// The proven address or number, as it was given.
    pub address: String,
    /// Who is known there.
    pub whose: KnownAs,
    /// One a channel.
    pub cards: Vec<Card>,
    /// The last record shown, for all channels.
    pub shown: String,
    /// Social media with their own ways out.
    pub platforms: Vec<Platform>,
}

/// Addresses and numbers of people: they stand in no log.
impl std::fmt::Debug for CentreView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CentreView").finish_non_exhaustive()
    }
}

/// One channel.
#[derive(Clone)]
pub struct Card {
    pub channel: Channel,
    /// Where it reaches the person now.
    pub points: Vec<String>,
    /// Where it does not.
    pub not_at: Vec<String>,
    /// What a yes that is offered here would be for.
    pub covers: Vec<String>,
    /// Whether it may be used now.
    pub allow: bool,
    pub reason: Reason,
    /// The article.
    pub basis: String,
    pub since: Option<Date>,
    /// Until when, if it ends.
    pub until: Option<Date>,
    /// What was shown about it last: the record, and what a yes would be for.
    pub shown: String,
    /// Whether it can be switched on here, and what that would be for.
    pub offer: Offer,
}

/// What saying yes would mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It cannot be said here: we have nothing to reach the person at.
    None,
    /// Advertising by that channel.
    Plain,
    /// Taking an objection off the address or number; it is nobody's consent.
    Lift,
    /// Calls about these products, for so many months.
    Calls {
        products: String,
        /// How long.
        months: u32,
    },
}

/// What an act changed.
#[derive(Clone, Debug)]
pub struct DoneView {
    pub frame: PageFrame,
    pub what: DoneAct,
    pub channels: Vec<Channel>,
    /// The addresses and numbers where a yes holds now: whole for whoever sees their data here, else only a hint of each.
    pub points: Vec<String>,
    /// Since when it holds.
    pub since: Date,
    /// Of what was started: what is denied all the same, because somebody else's objection stands there.
    pub still_denied: Vec<StillDenied>,
    /// Whether a code to one of those addresses or numbers can lift it.
    pub can_prove: bool,
    pub number: String,
    /// The receipt's page.
    pub receipt: String,
    /// What everything that stopped did not reach.
    pub goes_on: Option<GoesOn>,
    /// What would undo it, if the person can do that here: these channels, and the record to undo.
    pub undo: Option<Undo>,
}

/// A channel that was started and is denied all the same.
#[derive(Clone, Debug)]
pub struct StillDenied {
    pub channel: Channel,
    /// The addresses and numbers of the yes where it is denied, told as the others are.
    pub points: Vec<String>,
    /// Whether it is allowed at none of them.
    pub everywhere: bool,
}

/// What an act did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneAct {
    /// Something was stopped.
    Stopped,
    /// Something was started.
    Started,
    /// An objection was taken off an address or number.
    Lifted,
}

/// What would undo an act.
#[derive(Clone, Debug)]
pub struct Undo {
    /// What its form says that it is about.
    pub about: String,
    pub channels: Vec<Channel>,
    /// What was shown last.
    pub shown: String,
    /// What a yes among them would be for.
    pub covers: Vec<String>,
    /// What an opt-in to calls among them would be about.
    pub calls: Option<(String, u32)>,
}

/// The newsletter's sign-up form, or its answer.
#[derive(Clone)]
pub struct NewsletterView {
    pub frame: PageFrame,
    pub address: String,
    /// The name that was typed.
    pub name: String,
    /// What is wrong with it.
    pub fault: Option<AddressFault>,
    /// After so many days an unconfirmed sign-up vanishes.
    pub days: u32,
}

/// Which page of the newsletter's sign-up.
#[derive(Clone)]
pub enum NewsletterStep {
    Form,
    /// A mail is on its way.
    Asked,
    /// The confirmation's button; its link.
    Confirm(String),
    /// The link is of no use (any more).
    Stale,
}

/// Everything that is held of a person.
#[derive(Clone)]
pub struct InsightView {
    pub frame: PageFrame,
    /// The proven address.
    pub address: String,
    /// Who is known there.
    pub whose: KnownAs,
    /// Names, numbers and addresses.
    pub details: Vec<Detail>,
    /// What holds for each channel.
    pub cards: Vec<Card>,
    /// What happened, newest first.
    pub history: Vec<Happened>,
    /// Something joined their customer number later that may be somebody else's, and is not shown.
    pub joined_later: bool,
    /// The objections that stand on the address itself: the channels, and since when.
    pub blocked: Vec<(Vec<Channel>, Date)>,
    /// What other systems keep.
    pub kept: Vec<RetainedElsewhere>,
    /// Who else gets personal data.
    pub recipients: Vec<Recipient>,
}

/// A detail that is held.
#[derive(Clone, PartialEq, Eq)]
pub struct Detail {
    pub kind: DetailKind,
    pub value: String,
}

/// What a detail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailKind {
    Name,
    /// A customer number.
    Customer,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A postal address.
    Post,
    /// The language that is used.
    Language,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// When, in the site's time zone.
    pub at: PrimitiveDateTime,
    /// What; `None` is that details were learned.
    pub what: ToldEvent,
    /// What it rests on, where it is an opt-in or a customer relation.
    pub evidence: Option<Evidence>,
    /// Where it came in.
    pub route: Route,
    pub channels: Vec<Channel>,
    /// For which addresses and numbers, where it was said for some.
    pub points: Vec<String>,
    /// The number under which support finds it.
    pub number: String,
}

/// The pages around an erasure.
#[derive(Clone)]
pub struct EraseView {
    pub frame: PageFrame,
    /// What its form says that it is about.
    pub about: String,
    /// The proven address.
    pub address: String,
    /// Something joined their customer number later that may be somebody else's, and stays.
    pub joined_later: bool,
    /// What other systems keep.
    pub kept: Vec<RetainedElsewhere>,
    /// The day on which the last copy in a backup can be opened no more.
    pub backups_until: Date,
    /// Whether the confirming box was left open.
    pub unconfirmed: bool,
}

/// The page that answers an erasure.
#[derive(Clone, Debug)]
pub struct ErasedView {
    pub frame: PageFrame,
    pub erasure: Erasure,
}

/// What an erasure came to, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub number: String,
    /// What other systems keep.
    pub kept: Vec<RetainedElsewhere>,
    /// The day on which the last copy in a backup can be opened no more.
    pub backups_until: Date,
    /// Whether the addresses are on the blocking list.
    pub keeps_no: bool,
}
