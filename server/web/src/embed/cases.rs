//! The table of cases that rules, pages and the page's script are held to: what a device has and says, what day it is,
//! and from that what holds for each purpose, and whether there is anything to ask.
//!
//! The expectations come from the rules (`model::device`). The pages are tried in `http::pages`, `embed.js` in
//! Chromium (`end2end/specs/decider.spec.mjs`, by way of `examples/device_cases.rs`).

use model::choice::Answer;
use model::cookie::{ChoiceCookie, put_beside};
use model::date::Moment;
use model::decision::{Decision, Recorded};
use model::device::DeviceState;
use model::event::{Actor, Answered, Body, Event, RecordedChoice, Route};
use model::identity::ContentHash;
use model::policy::Policy;
use model::purpose::PurposeId;
use time::OffsetDateTime;
use time::macros::{date, datetime};

#[derive(Clone, Debug)]
pub struct Case {
    /// The name of its policy in [`POLICIES`].
    pub policy: &'static str,
    /// The choice cookie's value, if there is one; more than one where somebody else wrote one, in their order.
    pub cookies: Vec<String>,
    /// The values of the cookie that remembers the notice, likewise.
    pub seen: Vec<&'static str>,
    /// The browser asks not to be tracked.
    pub gpc: bool,
    /// What time it is, in seconds since 1970.
    pub now: i64,
    /// How many seconds the device's clock is ahead.
    pub clock: i64,
    /// What stands in the ledger under the device's consent id.
    pub record: Record,
}

/// What stands in the ledger under a device's consent id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// Nothing: the device has no consent id.
    Nothing,
    Accepted,
    /// It was, and refused later; the device missed that answer.
    Withdrawn,
}

/// The policies, as changes to the shipped example.
pub const POLICIES: [(&str, &[(&str, &str)]); 4] = [
    ("example", &[]),
    (
        "asked anew",
        &[
            (
                "id = \"statistics\"\nregime = \"low_impact\"\nrevision = 1",
                "id = \"statistics\"\nregime = \"low_impact\"\nrevision = 2",
            ),
            (
                "id = \"marketing\"\nregime = \"consent\"\nrevision = 1",
                "id = \"marketing\"\nregime = \"consent\"\nrevision = 2",
            ),
        ],
    ),
    ("gpc stops counting", &[("also_object_low_impact = false", "also_object_low_impact = true")]),
    ("nothing is counted", &[("unlocks = [\"statistics\"]", "unlocks = []")]),
];

/// 2026-11-24 14:05:09 in Amsterdam.
const CASES_NOW: i64 = datetime!(2026-11-24 13:05:09 UTC).unix_timestamp();
/// An answer that is given then holds through this second: 2027-05-24, when summer time is in force.
pub const UNTIL: i64 = datetime!(2027-05-24 21:59:59 UTC).unix_timestamp();
const DAY: i64 = 86_400;

/// Well written, by us or by an earlier form of us; `U` is [`UNTIL`], `E` has ended at noon.
const READABLE: &[&str] = &[
    "statistics.1.o~marketing.1.r.U~profiling.1.r.U~third_party_embeds.1.r.U",
    "statistics.1.n.U~marketing.1.g.U~profiling.1.g.U~third_party_embeds.1.g.U",
    "marketing.1.g.U",
    "statistics.1.o",
    "statistics.1.n.U",
    "statistics.1.o.20270524",
    "statistics.1.o.20200101",
    "statistics.1.o.99999999",
    "statistics.2.o~marketing.2.g.U",
    "statistics.7.n.U~marketing.7.r.U",
    "marketing.1.g.E~profiling.1.r.E",
    "statistics.1.n.E",
    "statistics.1.o~marketing.1.g.E",
    // Of purposes that the policy does not know, and answers that no such purpose is given.
    "unheard_of.1.g.U~marketing.1.g.U",
    "constructor.1.g.U~marketing.1.g.U",
    "necessary.1.o",
    "marketing.01.g.U~marketing_.1.g.U~Profiling.1.g.U",
    "marketing.0.g.U~__proto__.1.g.U~toString.1.o~4marketing.1.g.U",
    "marketing.4294967297.g.U",
    "statistics.99999999999999999999.n.U",
    "marketing.1.g.U~p23456789012345678901234567890123.1.g.U~mARKETING.1.g.U",
    "marketing.1.n.U~statistics.1.g.U",
    "marketing.1.o~statistics.1.r.U",
];

/// In some part not.
const UNREADABLE: &[&str] = &[
    "marketing.1.g.99999999",
    "marketing.1.g.20270524",
    "marketing.1.g.9999999999",
    "statistics.1.o.20270524~marketing.1.r.20270524~profiling.1.r.20270524~third_party_embeds.1.r.20270524",
    "marketing.1.x.U",
    "marketing.1.G.U",
    "marketing.1.gg.U",
    "marketing.1.g",
    "marketing.1.g.",
    "marketing.1.g.U.1",
    "marketing.1.g.U1",
    "marketing.1.g.-U",
    "marketing.1.g.1e9",
    "marketing.+1.g.U",
    "marketing..g.U",
    "marketing.1.g.U~",
    "~marketing.1.g.U",
    "marketing.1.g.U~~profiling.1.g.U",
    "marketing.1.g.U~marketing.1.g.U",
    "marketing.1.g.U~marketing.1.r.U",
    "unheard_of.1.g.U~unheard_of.1.g.U~marketing.1.g.U",
    "statistics.1.n.U~statistics.1.o",
    "statistics.1.o~statistics.1.n.U",
    "marketing.1.g.U~%%%",
    "statistics.1.o~%%%",
    "statistics.1.o.~marketing.1.g.U",
    "statistics.1.o.2027-05-24",
    "marketing.1.g.U|profiling.1.g.U",
    "marketing.1.g.U,profiling.1.g.U",
    "\"marketing.1.g.U\"",
    "market-ing.1.g.U",
    "marketing.1.g.U~søgelse",
    "{\"marketing\":true}",
    "undefined",
    "1",
    // Of a second version, which is told from the first by this.
    "2~",
    "2~statistics.1.n.U~marketing.1.g.U",
    "2~statistics.1.o~marketing.1.g.U",
];

/// More than one, as a path or a host of the same domain can plant beside ours where nothing but http is spoken.
const SEVERAL: &[&[&str]] = &[
    &["statistics.1.o", "statistics.1.o"],
    &["marketing.1.g.U", "marketing.1.g.U", "marketing.1.g.U"],
    &["", "marketing.1.g.U"],
    &["marketing.1.g.U", ""],
    &["statistics.1.o", "statistics.1.o.20270524"],
    &["statistics.1.o", "statistics.1.n.U"],
    &["statistics.1.n.U", "statistics.1.o"],
    &["marketing.1.g.U", "marketing.1.r.U"],
    &["marketing.1.r.U", "marketing.1.g.U"],
    &["marketing.1.g.U", "profiling.1.g.U"],
    &["marketing.1.g.U", "statistics.1.o"],
    &["marketing.1.g.U", "marketing.1.g.U", "statistics.1.n.U"],
    &["marketing.1.g.U", "marketing.1.g.E", "marketing.1.g.U"],
    &["marketing.1.g.U", "undefined"],
];

/// What `keuze_seen` can hold.
const SEEN: [&[&str]; 13] = [
    &[],
    &["1"],
    &["0"],
    &["2"],
    &["01"],
    &["+1"],
    &["1.0"],
    &["x"],
    &[""],
    &["1", "1"],
    &["1", "2"],
    &["x", "1"],
    &["", "1"],
];

/// Devices' clocks, in days ahead. One that is slow by less than the rest of an answer's time cannot be noticed; then the
/// answer holds for longer, at most until the cookie ends.
const CLOCKS: [i64; 6] = [-1, 1, 200, 1_100, -1_100, -7_000];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let first = Case {
        policy: "example",
        cookies: Vec::new(),
        seen: Vec::new(),
        gpc: false,
        now: CASES_NOW,
        clock: 0,
        record: Record::Nothing,
    };
    let all = || READABLE.iter().chain(UNREADABLE).map(|value| vec![filled(value)]);
    let several = SEVERAL.iter().map(|values| values.iter().map(|value| filled(value)).collect());
    for cookies in [Vec::new(), vec![String::new()]].into_iter().chain(all()).chain(several) {
        for (policy, gpc) in
            [("example", false), ("example", true), ("asked anew", false), ("gpc stops counting", true)]
        {
            for seen in [Vec::new(), vec!["1"]] {
                cases.push(Case { policy, cookies: cookies.clone(), seen, gpc, ..first.clone() });
            }
        }
        cases.push(Case { policy: "nothing is counted", cookies, seen: vec!["1"], ..first.clone() });
    }
    for seen in SEEN {
        cases.push(Case { seen: seen.to_vec(), ..first.clone() });
    }
    for cookies in READABLE.iter().map(|value| vec![filled(value)]) {
        for now in [UNTIL - DAY, UNTIL - 1, UNTIL, UNTIL + 1, UNTIL + DAY, UNTIL + 3_000 * DAY] {
            cases.push(Case { cookies: cookies.clone(), seen: vec!["1"], now, ..first.clone() });
        }
        for clock in CLOCKS {
            cases.push(Case { cookies: cookies.clone(), clock: clock * DAY, ..first.clone() });
        }
        for clock in [1, 200, -1_100] {
            cases.push(Case { cookies: cookies.clone(), now: UNTIL + DAY, clock: clock * DAY, ..first.clone() });
        }
        for record in [Record::Accepted, Record::Withdrawn] {
            cases.push(Case { cookies: cookies.clone(), record, ..first.clone() });
        }
    }
    cases
}

fn filled(value: &str) -> String {
    value.replace('U', &UNTIL.to_string()).replace('E', &(CASES_NOW - 1).to_string())
}

fn together<'a>(values: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut all = Vec::new();
    values.for_each(|value| put_beside(&mut all, value.as_bytes()));
    all
}

impl Case {
    /// The device, as the server reads it.
    pub fn device(&self) -> DeviceState {
        let now = OffsetDateTime::from_unix_timestamp(self.now).expect("a year that has four digits");
        let said = ChoiceCookie::parse_choice_cookie(&together(self.cookies.iter().map(String::as_str)), now);
        let seen = together(self.seen.iter().copied());
        let seen = ["0", "1", "2"].iter().position(|known| known.as_bytes() == seen);
        DeviceState { said, seen: seen.and_then(|seen| u32::try_from(seen).ok()), gpc: self.gpc }
    }

    /// For each purpose what holds: as the device alone says, or as it says together with its record.
    pub fn decisions(&self, policy: &Policy, record: Option<&[Recorded]>, now: Moment) -> Vec<(PurposeId, Decision)> {
        let device = self.device();
        let standing = |id: &PurposeId| match record {
            None => device.standing(policy, id, now),
            Some(record) => device.proved(record, policy, id, now),
        };
        policy.purposes.iter().map(|purpose| (purpose.id.clone(), standing(&purpose.id).decision)).collect()
    }

    /// Whether there is anything to ask.
    pub fn asks(&self, policy: &Policy, now: Moment) -> bool {
        !self.device().to_ask(policy, now).is_empty()
    }
}

impl Record {
    /// Its events, in order; without a subject yet.
    pub fn events(self, policy: &Policy) -> Vec<Event> {
        let at = OffsetDateTime::from_unix_timestamp(CASES_NOW).expect("a year that has four digits");
        let event = |kind: fn(RecordedChoice) -> Body, yes| {
            let answers = policy.optional().filter_map(|purpose| {
                let answer = Answer::from_yes(purpose.regime, yes)?;
                let until = (answer != Answer::Objected).then_some(date!(2027 - 05 - 24));
                Some((purpose.id.clone(), Answered { answer, revision: 1, until }))
            });
            let choice = RecordedChoice::new(ContentHash([0; 32]), answers.collect());
            Event::new(at, Actor::Visitor, Route::Banner, kind(choice))
        };
        let accepted = event(Body::ChoiceMade, true);
        match self {
            Self::Nothing => Vec::new(),
            Self::Accepted => vec![accepted],
            Self::Withdrawn => vec![accepted, event(Body::Withdrawn, false)],
        }
    }
}
