//! What a receipt shows.

use time::{Date, PrimitiveDateTime};

use super::frame::PageFrame;
use model::channel::Channel;
use model::choice::{Answer, Control};
use model::contact::PointKind;
use model::decision::Decision;
use model::event::Route;
use model::evidence::Evidence;
use model::language::Language;
use model::notice::NoticeStrings;
use model::told::ToldEvent;

/// One recorded answer, for whoever gave it.
#[derive(Clone, Debug)]
pub struct ReceiptView {
    pub frame: PageFrame,
    pub number: String,
    /// Whether the browser sent the choice cookie along: otherwise it keeps none, and will be asked again.
    pub cookie_kept: bool,
    pub answer: RecordedAnswer,
    /// What proves it.
    pub proof: ProofView,
}

/// An event as people read it.
#[derive(Clone, Debug)]
pub struct RecordedAnswer {
    /// Where it stands, such as `0001/42`.
    pub address: String,
    pub what: ToldEvent,
    /// When, in the site's time zone.
    pub at: PrimitiveDateTime,
    /// Where it came in.
    pub route: Route,
    pub control: Option<Control>,
    /// The browser asked not to be tracked.
    pub gpc: bool,
    /// The channels it is about, and what holds today; then nothing was asked by a notice.
    pub channels: Vec<ChannelLine>,
    /// What an opt-in or a customer relation rests on.
    pub evidence: Option<Evidence>,
    /// What was answered, purpose by purpose, what was not offered included.
    pub lines: Vec<AnswerLine>,
    /// The notice that was shown; absent if it is not known.
    pub notice: Option<ShownNotice>,
    /// The policy's hash; absent on an event without a policy.
    pub policy: Option<String>,
}

/// A channel that an event is about.
#[derive(Clone, Debug)]
pub struct ChannelLine {
    pub channel: Channel,
    /// The class of the contact points that it reaches people at; none for social media.
    pub point: Option<PointKind>,
    /// A hint of each that the event is for, where it is for some: enough for whoever knows them, and no contact detail.
    pub hints: Vec<String>,
    /// Whether it may be used today.
    pub today: Today,
}

/// What holds today for a channel that an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Today {
    /// For the person of the event.
    Decided(Decision),
    /// The event names nobody: it is about an address or number that it does not hold, which stays denied for as long as
    /// the objection stands there.
    Denied,
    /// The event names nobody, and took an objection off an address or number: whoever uses it decides.
    Open,
}

/// The answer for one purpose.
#[derive(Clone, Debug)]
pub struct AnswerLine {
    /// The purpose's name as it was shown, or its id when the notice is not known.
    pub name: String,
    pub answer: Answer,
    /// Its last day.
    pub until: Option<Date>,
}

/// A notice exactly as it was stored when it was published.
#[derive(Clone, Debug)]
pub struct ShownNotice {
    /// The language it was shown in.
    pub language: Language,
    pub strings: NoticeStrings,
    /// The first layer's HTML.
    pub html: String,
    /// SHA-256 of the strings' canonical JSON.
    pub strings_hash: String,
    /// SHA-256 of the HTML.
    pub html_hash: String,
}

/// What a stranger needs to check a record.
#[derive(Clone, Debug)]
pub struct ProofView {
    /// The canonical JSON that was committed to.
    pub record: String,
    /// The salt of the commitment, in hexadecimal digits.
    pub salt: String,
    /// The proof (C2SP tlog-proof).
    pub text: String,
    /// Where the log's checkpoints are published.
    pub checkpoint_url: String,
    /// Where the key is published that they are signed with.
    pub keys_url: String,
}
