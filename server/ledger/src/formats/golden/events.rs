//! One event of each kind with everything that it can say, and each word that stands for one of several things: what records say
//! for ever.

use model::channel::Channel;
use model::choice::{Answer, Control, Surface};
use model::contact::{GivenAt, PointKind};
use model::event::{
    Actor, Answered, Body, Call, CallClosed, Circumstances, ClientChange, ClientChanged, ContinuedUse, Ended, Erased,
    Event, EventKind, FailedSignIns, Head, KeyRotated, LookUpTarget, LookedUp, MailState, Mailed, Merged, NoticeShown,
    Objection, ObjectionLifted, OptInConfirmed, OptInRequested, PointConfirmed, PolicyPublished, PutBack,
    RecordedChoice, Relation, Restored, RetentionRun, RotatedKey, Route, StaffChange, StaffChanged,
};
use model::evidence::{IdentityCheck, IdentityLevel, OptIn, SoftOptIn};
use model::identity::{ContentHash, PointName, RecordAddress, ShardNumber, Subject};
use model::language::Language;
use model::message::{CheckedLetter, Classified, MessageClass};
use model::notice::NoticeRef;
use model::policy::ChangeClass;
use serde::Serialize;
use time::macros::{date, datetime};

use crate::formats::record;

const POLICY: ContentHash = ContentHash([1; 32]);
const NOTICE: NoticeRef =
    NoticeRef { language: Language::Nl, strings: ContentHash([2; 32]), html: ContentHash([3; 32]) };
const PLACE: RecordAddress = RecordAddress { shard: ShardNumber::FIRST, index: 7 };

/// Each under its name in the golden file.
pub fn events() -> Vec<(String, Event)> {
    let bodies = bodies();
    let mut met: Vec<EventKind> = bodies.iter().map(Body::kind).collect();
    met.sort_unstable();
    met.dedup();
    assert_eq!(met.len(), last_kind() as usize + 1, "each kind stands there");
    let named = |(number, body): (usize, Body)| (format!("event {}: {:?}", number + 1, body.kind()), event(body));
    bodies.into_iter().enumerate().map(named).collect()
}

/// The kinds are counted from 0 in their order; whoever adds one behind it names it here.
fn last_kind() -> EventKind {
    EventKind::Restored
}

fn event(body: Body) -> Event {
    let head = Head {
        v: 1,
        at: datetime!(2026-11-27 12:00 UTC),
        subject: Some(Subject([0xA5; 16])),
        actor: Actor::Agent { name: "anna".to_owned() },
        route: Route::PhoneIn,
        previous: Some(PLACE),
        facts: Some(ContentHash([5; 32])),
    };
    Event { head, body }
}

fn said() -> Circumstances {
    let call = Call { reference: "PBX-1".to_owned(), right_offered: Some(true) };
    Circumstances { level: IdentityLevel::Further, call: Some(call), reason: Some("asked for it".to_owned()) }
}

fn answered() -> RecordedChoice {
    let until = Some(date!(2027 - 05 - 27));
    let answers = [
        ("statistics", Answered { answer: Answer::Objected, revision: 2, until: None }),
        ("marketing", Answered { answer: Answer::Granted, revision: 1, until }),
    ];
    let id = |name: &str| name.parse().expect("a name");
    RecordedChoice {
        notice: Some(NOTICE),
        control: Some(Control::Save),
        surface: Some(Surface::Settings),
        build: Some("b1".to_owned()),
        variant: Some("fixed".to_owned()),
        gpc: true,
        ..RecordedChoice::new(POLICY, answers.map(|(name, answered)| (id(name), answered)).into())
    }
}

fn bodies() -> Vec<Body> {
    let (channels, points) = (vec![Channel::Email, Channel::Phone], [PointKind::Email, PointKind::Phone]);
    let points: Vec<GivenAt> = points.map(|kind| GivenAt { kind, name: PointName([4; 16]) }).into();
    let (about, keys) = (|| Some("sealed".to_owned()), || vec!["00".repeat(16)]);
    let looked_up = |target| Body::LookedUp(LookedUp { target, reason: "asked for it".to_owned() });
    let client = |change| Body::ClientChanged(ClientChanged { name: "mailer".to_owned(), change });
    let failed = |name: Option<&str>| FailedSignIns { name: name.map(str::to_owned), count: 5 };
    let day = date!(2026 - 11 - 27);
    let soft = SoftOptIn {
        contract: Some("C-1".to_owned()),
        same_entity: true,
        informed_on: Some(day),
        opt_out_offered_on: Some(day),
        opt_out_used: false,
        products: Some("telefonie".to_owned()),
    };
    let opt_in = OptIn { verified: IdentityCheck::MailLink, products: Some("telefonie".to_owned()), until: Some(day) };
    let mut bodies: Vec<Body> = vec![
        NoticeShown { policy: POLICY, notice: NOTICE, surface: Surface::Banner, count: 3 }.into(),
        ContinuedUse {
            policy: POLICY,
            notice: Some(NOTICE),
            gpc: true,
            questions: [("statistics".parse().expect("a name"), 2)].into(),
        }
        .into(),
        Body::ChoiceMade(answered()),
        Body::ChoiceMade(RecordedChoice::new(POLICY, [].into())),
        Body::Withdrawn(answered()),
        Body::Renewed(answered()),
        Objection { policy: POLICY, channels: channels.clone(), since: Some(day), said: said() }.into(),
        ObjectionLifted { policy: POLICY, channels: channels.clone(), said: said() }.into(),
        OptInRequested { policy: POLICY, channels: channels.clone(), points: points.clone(), said: said() }.into(),
        OptInConfirmed {
            policy: POLICY,
            channels: channels.clone(),
            points: points.clone(),
            evidence: opt_in,
            said: said(),
        }
        .into(),
        Relation { policy: POLICY, channels, points: points.clone(), evidence: Some(soft), said: said() }.into(),
        Body::DetailsRecorded(Circumstances::at(IdentityLevel::Unverified)),
        PointConfirmed { points, said: said() }.into(),
        Body::LetterCodeMade(said()),
        Merged { other: Subject([6; 16]), said: said() }.into(),
        Erased { about: about(), keys: keys(), said: said() }.into(),
        RetentionRun { ended: Ended::Days, keys: keys() }.into(),
        looked_up(LookUpTarget::Subject("sealed".to_owned())),
        looked_up(LookUpTarget::Record(PLACE)),
        looked_up(LookUpTarget::NoReceipt("00G01-AVTPV-XVR18".to_owned())),
        looked_up(LookUpTarget::NoConsentId),
        looked_up(LookUpTarget::NoPerson),
    ];
    bodies.extend([
        CallClosed { call: Call { reference: "PBX-1".to_owned(), right_offered: None }, about: about() }.into(),
        Classified { template: "T-1".to_owned(), class: MessageClass::Service, decided_by: Some("Dirk".to_owned()) }
            .into(),
        CheckedLetter { template: "L-1".to_owned(), block_version: 1 }.into(),
        PolicyPublished { policy: POLICY, change: ChangeClass::Purpose }.into(),
        StaffChanged { name: "anna".to_owned(), change: StaffChange::PasswordIssued }.into(),
        client(ClientChange::Added { rights: vec!["mail".to_owned()], until: day }),
        client(ClientChange::Removed),
        Body::SignInFailed(failed(Some("anna"))),
        Body::SignInFailuresTold(failed(None)),
        KeyRotated { key: RotatedKey::Index }.into(),
        Mailed { mail: "code".to_owned(), state: MailState::GivenUp }.into(),
        Restored {
            old_checkpoint: Some("what was signed\n".to_owned()),
            records: 7,
            lost_from: Some(datetime!(2026-11-26 12:00 UTC)),
            lost_until: Some(datetime!(2026-11-27 11:59 UTC)),
            put_back: Some(PutBack { until: datetime!(2026-11-27 11:58 UTC), objections: 2, keys: 3 }),
        }
        .into(),
    ]);
    bodies
}

/// Every word that stands in records for one of several things, a line each enumeration.
pub fn words() -> String {
    use Route as R;
    let agent = |name: &str| name.to_owned();
    [
        line(&[
            R::Banner,
            R::Settings,
            R::PreferencePage,
            R::ObjectionPage,
            R::NewsletterPage,
            R::InsightPage,
            R::MailLink,
            R::OneClick,
            R::LetterCode,
            R::PhoneIn,
            R::PhoneOut,
            R::Letter,
            R::EmailIn,
            R::Portal,
            R::Api,
            R::Import,
            R::Gpc,
            R::Desk,
            R::System,
            R::Unknown,
        ]),
        line(&[Actor::Visitor, Actor::Person, Actor::System, Actor::Agent { name: agent("a") }]),
        line(&[Actor::Client { name: agent("c") }]),
        line(&Channel::ALL),
        line(&PointKind::ALL),
        line(&Language::ALL),
        line(&[Control::AcceptAll, Control::RefuseAll, Control::Save]),
        line(&[Surface::Banner, Surface::Settings, Surface::Placeholder, Surface::Page]),
        line(&[Answer::Granted, Answer::Refused, Answer::NotObjected, Answer::Objected, Answer::NotOffered]),
        line(&[IdentityLevel::Unverified, IdentityLevel::Possession, IdentityLevel::Portal, IdentityLevel::Further]),
        line(&[IdentityCheck::MailLink, IdentityCheck::MailCode, IdentityCheck::TextCode, IdentityCheck::Portal]),
        line(&[MessageClass::Commercial, MessageClass::Service]),
        line(&[ChangeClass::Editorial, ChangeClass::Material, ChangeClass::Purpose]),
        line(&[StaffChange::Added, StaffChange::PasswordIssued, StaffChange::PasswordReplaced, StaffChange::Removed]),
        line(&[RotatedKey::Root, RotatedKey::Index, RotatedKey::Tokens]),
        line(&[Ended::Days, Ended::UnconfirmedSignUps]),
        line(&[MailState::Queued, MailState::Sent, MailState::GivenUp]),
    ]
    .concat()
}

fn line<T: Serialize>(words: &[T]) -> String {
    serde_json::to_string(words).expect("JSON") + "\n"
}

/// Reads back, and refuses a member more at every place that is ours: such a record was written by another build.
#[test]
fn every_kind_of_event_is_read_as_it_was_written_and_with_a_member_more_refused() {
    for (name, event) in events() {
        let canonical = record::canonical(&event);
        assert_eq!(record::read_event(&canonical), Ok(event), "{name}");
        let json: serde_json::Value = serde_json::from_slice(&canonical).expect("JSON");
        let places = ["", "/head", "/body", "/body/said", "/body/said/call", "/body/evidence", "/body/notice"];
        let more =
            places.into_iter().chain(["/body/call", "/body/put_back", "/body/points/0", "/body/answers/marketing"]);
        for place in more {
            let mut json = json.clone();
            let Some(object) = json.pointer_mut(place).and_then(serde_json::Value::as_object_mut) else { continue };
            object.insert("more".to_owned(), true.into());
            let read = record::read_event(&serde_json::to_vec(&json).expect("JSON"));
            assert!(read.is_err(), "{name}, more at {place}: {read:?}");
        }
    }
}
