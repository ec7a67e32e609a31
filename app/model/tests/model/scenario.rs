//! Random lives of one subject, and the runner that tries rules on them.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};

use model::channel::Channel;
use model::choice::Answer;
use model::contact::{AskedAt, GivenAt, PointKind, PointObjection};
use model::date::Moment;
use model::decision::{Decision, Question, Recorded};
use model::event::{
    Actor, Answered, Body, Circumstances, ContinuedUse, Event, EventKind, KeyRotated, LookUpTarget, LookedUp, Merged,
    Objection, OptInConfirmed, OptInRequested, RecordedChoice, Relation, RotatedKey, Route,
};
use model::evidence::{Evidence, IdentityCheck, IdentityLevel, OptIn, SoftOptIn};
use model::identity::{ContentHash, PointName, RecordAddress, ShardNumber, Subject};
use model::policy::Policy;
use model::purpose::PurposeId;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use time::{Date, Duration};

use crate::examples;

/// Anything that decides: the real rules, or deliberately wrong ones.
pub type Decider = dyn Fn(&[Recorded], &Policy, &Question, Moment) -> Decision;

/// What happened, what is in force and when it is asked.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub events: Vec<Recorded>,
    pub policy: Policy,
    pub now: Moment,
    /// A place among the events at which a property may insert something.
    pub place: usize,
    /// What stands on the contact point.
    pub objections: Vec<PointObjection>,
    /// What stands on another point of the same person.
    pub spread: Vec<PointObjection>,
}

impl Scenario {
    pub fn ask(&self, decide: &Decider, question: &Question) -> Decision {
        decide(&self.events, &self.policy, question, self.now)
    }

    /// The contact point that is asked about, with what stands on it.
    pub fn here(&self) -> AskedAt {
        asked_at(HERE, self.objections.clone())
    }

    /// The same point with what stands on another one of the person's.
    pub fn beside(&self) -> AskedAt {
        AskedAt { spread: self.spread.clone(), ..asked_at(HERE, Vec::new()) }
    }

    pub fn purposes(&self) -> impl Iterator<Item = &PurposeId> {
        self.policy.optional().map(|purpose| &purpose.id)
    }
}

pub fn address(index: usize) -> RecordAddress {
    RecordAddress { shard: ShardNumber::FIRST, index: index as u64 }
}

pub fn noon(day: Date) -> Moment {
    Moment { at: day.with_hms(12, 0, 0).expect("noon exists").assume_utc(), today: day }
}

/// Kinds that say something, each as often as it takes to meet the others in one life.
fn kind() -> impl Strategy<Value = EventKind> {
    use EventKind as Kind;
    prop_oneof![
        6 => Just(Kind::ChoiceMade),
        2 => Just(Kind::Renewed),
        2 => Just(Kind::Withdrawn),
        2 => Just(Kind::Objected),
        3 => Just(Kind::Imported),
        2 => Just(Kind::OptInRequested),
        3 => Just(Kind::OptInConfirmed),
        4 => Just(Kind::ContinuedUse),
        2 => Just(Kind::Merged),
        2 => select(vec![Kind::DetailsRecorded, Kind::LookedUp, Kind::KeyRotated]),
    ]
}

fn actor() -> impl Strategy<Value = Actor> {
    let staff = Actor::Agent { name: "a".to_owned() };
    let client = Actor::Client { name: "c".to_owned() };
    prop_oneof![6 => Just(Actor::Visitor), 2 => Just(Actor::Person), 1 => select(vec![staff, client, Actor::System])]
}

fn route() -> impl Strategy<Value = Route> {
    prop_oneof![
        8 => select(vec![Route::Banner, Route::Settings, Route::PreferencePage, Route::MailLink, Route::PhoneIn]),
        1 => select(vec![Route::Import, Route::Api, Route::Gpc]),
    ]
}

/// Revision, answer and for how many days it holds.
fn answered() -> impl Strategy<Value = (Answer, u32, i64)> {
    let answer = select(vec![
        Answer::Granted,
        Answer::Granted,
        Answer::Refused,
        Answer::NotObjected,
        Answer::Objected,
        Answer::NotOffered,
        Answer::NotOffered,
    ]);
    (answer, 1..=2u32, 0..200i64)
}

/// Evidence of both kinds, whole and with pieces missing.
fn evidence() -> impl Strategy<Value = Option<Evidence>> {
    let day = time::macros::date!(2026 - 01 - 10);
    let offers = prop::option::of(select(vec![-400, -1, 0, 0, 0, 1, 2, 400]));
    let pieces = (any::<[bool; 5]>(), offers);
    let soft = pieces.prop_map(move |([contract, same_entity, informed, products, used], offered)| {
        Evidence::SoftOptIn(SoftOptIn {
            contract: contract.then(|| "A-1".to_owned()),
            same_entity,
            informed_on: informed.then_some(day),
            opt_out_offered_on: offered.map(|days| day + Duration::days(days)),
            opt_out_used: used,
            products: products.then(|| "phones".to_owned()),
        })
    });
    let whole = SoftOptIn {
        contract: Some("A-1".to_owned()),
        same_entity: true,
        informed_on: Some(day),
        opt_out_offered_on: Some(day),
        opt_out_used: false,
        products: Some("phones".to_owned()),
    };
    // Pieces that are missing together hide each other.
    let nearly_whole =
        (select(vec![false, false, true]), select(vec![0, 0, -400, 2])).prop_map(move |(used, offered)| {
            let offered_on = Some(day + Duration::days(offered));
            Evidence::SoftOptIn(SoftOptIn { opt_out_used: used, opt_out_offered_on: offered_on, ..whole.clone() })
        });
    let opt_in = (any::<bool>(), 0..300i64).prop_map(move |(products, days)| {
        Evidence::OptIn(OptIn {
            verified: IdentityCheck::MailCode,
            products: products.then(|| "phones".to_owned()),
            until: Some(day + Duration::days(days)),
        })
    });
    prop_oneof![
        3 => Just(None),
        2 => soft.prop_map(Some),
        3 => nearly_whole.prop_map(Some),
        4 => opt_in.prop_map(Some),
    ]
}

/// One of two people, who may turn out to be one.
pub fn somebody(first: bool) -> Subject {
    Subject([if first { 1 } else { 2 }; 16])
}

/// The contact point that is asked about, and another one of the same people. What kind they are does not matter.
pub const HERE: PointName = PointName([7; 16]);
pub const ELSEWHERE: PointName = PointName([8; 16]);

/// A point that has an older name as well, under another key.
pub fn asked_at(name: PointName, objections: Vec<PointObjection>) -> AskedAt {
    AskedAt { names: vec![PointName([9; 16]), name], objections, spread: Vec::new() }
}

pub fn given_at(name: PointName) -> GivenAt {
    GivenAt { kind: PointKind::Email, name }
}

fn objection() -> impl Strategy<Value = PointObjection> {
    (subsequence(Channel::ALL.to_vec(), 0..=3), prop::option::of(any::<bool>())).prop_map(|(channels, by)| {
        let since = time::macros::date!(2026 - 01 - 15);
        PointObjection { channels, since, by: by.map(somebody), record: address(700) }
    })
}

#[derive(Clone, Debug)]
struct ScenarioStep {
    kind: EventKind,
    actor: Actor,
    route: Route,
    gpc: bool,
    days_later: i64,
    answers: Vec<(PurposeId, (Answer, u32, i64))>,
    channels: Vec<Channel>,
    first: bool,
    evidence: Option<Evidence>,
    points: Vec<PointName>,
}

fn step(names: &[PurposeId]) -> impl Strategy<Value = ScenarioStep> + use<> {
    let answers = subsequence(names.to_vec(), 0..=names.len())
        .prop_flat_map(|names| names.into_iter().map(|name| (Just(name), answered())).collect::<Vec<_>>());
    let channels = subsequence(Channel::ALL.to_vec(), 0..=3);
    let points = prop_oneof![5 => Just(vec![HERE]), 3 => subsequence(vec![HERE, ELSEWHERE], 0..=2)];
    let who = (prop::bool::weighted(0.7), evidence(), points);
    (kind(), actor(), route(), prop::bool::weighted(0.1), 0..60i64, answers, channels, who).prop_map(
        |(kind, actor, route, gpc, days_later, answers, channels, (first, evidence, points))| ScenarioStep {
            kind,
            actor,
            route,
            gpc,
            days_later,
            answers,
            channels,
            first,
            evidence,
            points,
        },
    )
}

/// What an event says, for whichever kind can say it.
#[derive(Clone, Debug, Default)]
pub struct Says {
    pub answers: BTreeMap<PurposeId, Answered>,
    pub gpc: bool,
    pub channels: Vec<Channel>,
    pub points: Vec<GivenAt>,
    pub evidence: Option<Evidence>,
    pub other: Option<Subject>,
}

/// No policy of a test is stored anywhere.
pub const UNSTORED: ContentHash = ContentHash([0; 32]);

/// A body of a kind that says this, as far as the kind can.
pub fn body(kind: EventKind, says: Says) -> Body {
    use EventKind as Kind;
    let Says { answers, gpc, channels, points, evidence, other } = says;
    let (policy, said) = (UNSTORED, Circumstances::at(IdentityLevel::Unverified));
    let choice = RecordedChoice { gpc, ..RecordedChoice::new(policy, answers.clone()) };
    match kind {
        Kind::ChoiceMade => Body::ChoiceMade(choice),
        Kind::Withdrawn => Body::Withdrawn(choice),
        Kind::Renewed => Body::Renewed(choice),
        Kind::ContinuedUse => {
            let questions = answers.into_iter().map(|(purpose, answered)| (purpose, answered.revision)).collect();
            ContinuedUse { policy, notice: None, gpc, questions }.into()
        }
        Kind::Objected => Objection { policy, channels, since: None, said }.into(),
        Kind::OptInRequested => OptInRequested { policy, channels, points, said }.into(),
        Kind::OptInConfirmed => {
            let bare = OptIn { verified: IdentityCheck::MailCode, products: None, until: None };
            let evidence = if let Some(Evidence::OptIn(proof)) = evidence { proof } else { bare };
            OptInConfirmed { policy, channels, points, evidence, said }.into()
        }
        Kind::Imported => {
            let evidence = if let Some(Evidence::SoftOptIn(soft)) = evidence { Some(soft) } else { None };
            Relation { policy, channels, points, evidence, said }.into()
        }
        Kind::Merged => Merged { other: other.expect("somebody"), said }.into(),
        Kind::DetailsRecorded => Body::DetailsRecorded(said),
        Kind::LookedUp => LookedUp { target: LookUpTarget::NoPerson, reason: "a call".to_owned() }.into(),
        _ => KeyRotated { key: RotatedKey::Root }.into(),
    }
}

/// The answers that an event carries.
pub fn answers_mut(event: &mut Event) -> impl Iterator<Item = (&PurposeId, &mut Answered)> {
    let answers = match &mut event.body {
        Body::ChoiceMade(choice) | Body::Withdrawn(choice) | Body::Renewed(choice) => Some(&mut choice.answers),
        _ => None,
    };
    answers.into_iter().flatten()
}

fn happened(step: ScenarioStep, day: Date) -> Event {
    let answered = |(name, (answer, revision, days)): (PurposeId, (Answer, u32, i64))| {
        let until = (answer != Answer::NotOffered).then(|| day + Duration::days(days));
        (name, Answered { answer, revision, until })
    };
    let says = Says {
        answers: step.answers.into_iter().map(answered).collect(),
        gpc: step.gpc,
        channels: step.channels,
        points: step.points.into_iter().map(given_at).collect(),
        evidence: step.evidence,
        other: Some(somebody(!step.first)),
    };
    Event::new(noon(day).at, step.actor, step.route, body(step.kind, says)).with_subject(Some(somebody(step.first)))
}

/// A life of up to six events under a policy whose GPC and continued-use settings vary.
pub fn scenario() -> impl Strategy<Value = Scenario> {
    let optional: Vec<PurposeId> = examples::policy().optional().map(|purpose| purpose.id.clone()).collect();
    let low_impact = vec![examples::id("statistics"), examples::id("quality")];
    let settings = (subsequence(low_impact, 0..=2), subsequence(optional.clone(), 0..=4), any::<bool>());
    let steps = prop::collection::vec(step(&optional), 0..=6);
    let objections = prop::collection::vec(objection(), 0..=2);
    let spread = prop::collection::vec(objection(), 0..=1);
    let rest = (0..250i64, any::<prop::sample::Index>(), objections, spread);
    (settings, steps, rest).prop_map(|(settings, steps, (later, place, objections, spread))| {
        let mut policy = examples::policy();
        (policy.continued_use.unlocks, policy.gpc.deny, policy.gpc.also_object_low_impact) = settings;
        let mut day = time::macros::date!(2026 - 01 - 20);
        let mut events = Vec::new();
        for step in steps {
            day += Duration::days(step.days_later);
            events.push(Recorded { address: address(events.len()), event: happened(step, day) });
        }
        let place = place.index(events.len() + 1);
        Scenario { events, policy, now: noon(day + Duration::days(later)), place, objections, spread }
    })
}

/// 2,000 cases, or 100,000 where `KEUZE_LONG` asks for the long counts.
pub fn cases() -> u32 {
    if std::env::var_os("KEUZE_LONG").is_some() { 100_000 } else { 2_000 }
}

/// The seed of this run: `KEUZE_SEED`, or a new one.
pub fn seed() -> u64 {
    let given = std::env::var("KEUZE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}

/// A runner that starts from a seed.
pub fn runner(cases: u32, seed: u64) -> TestRunner {
    let config = Config { cases, max_shrink_iters: 20_000, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
