//! Everything that is held of whoever proved an address: shown, taken away, and erased (GDPR art. 15, 17 and 20).

use std::sync::Arc;

use model::channel::Channel;
use model::contact::PointKind;
use model::controller::Recipient;
use model::decision::{Decision, Recorded};
use model::event::Event;
use model::language::Language;
use model::told::ToldEvent;
use serde_json::{Value, json};
use words::views::frame::{Authority, PageFrame};
use words::views::preference_centre::{
    Detail, DetailKind, EraseView, Erasure, Happened, InsightView, RetainedElsewhere,
};

use super::codes::{PersonSession, Verification};
use super::people::{ActError, Addressee, BACKUPS_LIVE, Contactability, ErasureOutcome, People, Person, PersonSeen};
use super::preference_centre::PreferenceCentre;
use super::receipt::Receipts;
use crate::publish::Published;
use crate::service::history::PersonHistory;
use ledger::ReadError;
use ledger::clock::{Clock, wall_clock};
use ledger::formats::fact::Part;

/// What is held of somebody, for themselves.
pub struct DataAccess {
    clock: Arc<dyn Clock>,
    published: Arc<Published>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
    receipts: Arc<Receipts>,
    verification: Arc<Verification>,
    preference_centre: Arc<PreferenceCentre>,
    told: ExportedRecords,
}

impl DataAccess {
    /// On what it may touch.
    #[expect(clippy::too_many_arguments, reason = "each is something that it may touch")]
    pub fn new(
        clock: Arc<dyn Clock>,
        published: Arc<Published>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
        receipts: Arc<Receipts>,
        verification: Arc<Verification>,
        preference_centre: Arc<PreferenceCentre>,
        told: ExportedRecords,
    ) -> Self {
        Self { clock, published, people, contactability, receipts, verification, preference_centre, told }
    }
}

/// What the configuration says of what is kept, and of whom one can complain to.
#[derive(Clone)]
pub struct ExportedRecords {
    /// Kept in other systems because a law says so.
    pub kept_elsewhere: Vec<RetainedElsewhere>,
    /// Who gets personal data.
    pub recipients: Vec<Recipient>,
    /// Where people can complain.
    pub authorities: Vec<Authority>,
}

impl DataAccess {
    /// Everything that is held of whoever proved an address.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn data_access(&self, frame: PageFrame, session: &PersonSession) -> Result<InsightView, ActError> {
        let history = &self.people.history();
        let known = self.verification.known_at(session);
        let language = frame.language;
        let seen = self.verification.seen_in(session);
        let happened = seen.as_ref().map(|seen| self.happened(history, seen)).transpose()?;
        let joined_later = seen.as_ref().is_some_and(|seen| !seen.is_whole);
        let person = seen.map(|seen| seen.person);
        Ok(InsightView {
            address: session.point().given(),
            whose: self.preference_centre.whose(session, known),
            details: person.as_ref().map(|person| details(person, language)).unwrap_or_default(),
            cards: self.preference_centre.cards(history, session, known, language)?,
            history: happened.unwrap_or_default(),
            joined_later,
            blocked: self.people.blocked_at(&[session.point()]),
            kept: self.told.kept_elsewhere.clone(),
            recipients: self.told.recipients.clone(),
            frame,
        })
    }

    fn happened(&self, history: &PersonHistory, seen: &PersonSeen) -> Result<Vec<Happened>, ReadError> {
        let points = |event: &Event| {
            let those = self.people.points_in(event).into_iter().filter(|point| seen.person.has(point));
            those.map(|point| point.given()).collect()
        };
        let happened = |recorded: Recorded| Happened {
            at: wall_clock(recorded.event.head.at),
            what: ToldEvent::from_event(&recorded.event),
            evidence: recorded.event.evidence(),
            route: recorded.event.head.route,
            points: points(&recorded.event),
            channels: recorded.event.channels().to_vec(),
            number: self.receipts.number(recorded.address).to_string(),
        };
        let life = self.people.records_of(history, seen.person.subject)?.into_iter().rev();
        Ok(life.filter(|recorded| self.contactability.is_shown(&recorded.event, seen)).map(happened).collect())
    }

    /// Everything that is held, for taking away (GDPR art. 15 and 20). Where no one person is known that is what is held
    /// of the address itself.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn export_personal_data(&self, session: &PersonSession) -> Result<Value, ActError> {
        let history = &self.people.history();
        let seen = self.verification.seen_in(session);
        let person = seen.as_ref().map(|seen| &seen.person);
        let (points, channels) = match person {
            Some(person) => (person.points(), &Channel::ALL[..]),
            None => (vec![session.point()], session.point().kind().channels()),
        };
        let parts: Vec<Value> =
            person.iter().flat_map(|person| person.parts.values()).map(|part| json!(theirs(part))).collect();
        let decisions = channels.iter().map(|channel| {
            // At an address of several people the decision rests on records of theirs.
            let decision = match &seen {
                Some(PersonSeen { person, is_whole: true }) => {
                    self.contactability.decision(history, &Addressee::person(person.subject), *channel)?
                }
                Some(seen) => {
                    let points = seen.person.points_for(*channel).into_iter().cloned().collect();
                    self.contactability.may_i_shown(history, seen, points, *channel)?
                }
                None => self.contactability.decision(history, &Addressee::point(session.point().clone()), *channel)?,
            };
            let evidence = if person.is_some() { decision.evidence } else { Vec::new() };
            Ok(json!({ "channel": channel, "decision": Decision { evidence, ..decision } }))
        });
        let life = person
            .map(|person| self.people.records_of(history, person.subject))
            .transpose()?
            .unwrap_or_default()
            .into_iter();
        let may_see =
            |recorded: &Recorded| seen.as_ref().is_some_and(|seen| self.contactability.is_shown(&recorded.event, seen));
        let records = life.filter(may_see).map(|recorded| {
            let number = self.receipts.number(recorded.address).to_string();
            json!({ "address": recorded.address, "receipt": number, "event": recorded.event })
        });
        let blocked = self.people.blocked_at(&points).into_iter();
        let blocked: Vec<Value> =
            blocked.map(|(channels, since)| json!({ "channels": channels, "since": since })).collect();
        let kept = self.told.kept_elsewhere.iter();
        let kept = kept.map(|kept| json!({ "what": kept.what, "ground": kept.ground, "until": kept.until }));
        let recipients = self.told.recipients.iter();
        let recipients = recipients.map(|recipient| json!({ "name": recipient.name, "why": recipient.why }));
        let authorities = self.told.authorities.iter();
        let authorities = authorities.map(|of| json!({ "name": of.name, "about": of.about, "url": of.url }));
        Ok(json!({
            "made": wall_clock(self.clock.now().at).to_string(),
            "controller": self.published.current().policy.controller,
            "profile": parts,
            "joined_later": seen.as_ref().is_some_and(|seen| !seen.is_whole),
            "decisions": decisions.collect::<Result<Vec<_>, ActError>>()?,
            "records": records.collect::<Vec<_>>(),
            "blocking_list": blocked,
            "kept_elsewhere": kept.collect::<Vec<_>>(),
            "recipients": recipients.collect::<Vec<_>>(),
            "complaints": authorities.collect::<Vec<_>>(),
        }))
    }

    /// What an erasure came to, for whoever asked for it.
    pub fn erasure(&self, erased: &ErasureOutcome) -> Erasure {
        Erasure {
            number: self.receipts.number(erased.record).to_string(),
            kept: self.told.kept_elsewhere.clone(),
            backups_until: erased.backups_until,
            keeps_no: erased.keeps_no,
        }
    }

    /// Whether one is sure.
    pub fn erase_view(&self, frame: PageFrame, session: &PersonSession, unconfirmed: bool) -> EraseView {
        EraseView {
            about: self.verification.about(session).to_string(),
            address: session.point().given(),
            joined_later: self.verification.seen_in(session).is_some_and(|seen| !seen.is_whole),
            kept: self.told.kept_elsewhere.clone(),
            backups_until: self.clock.now().today + BACKUPS_LIVE,
            unconfirmed,
            frame,
        }
    }
}

/// Without the names of others that came with what joined later.
fn theirs(part: &Part) -> Part {
    Part { later: Vec::new(), ..part.clone() }
}

fn details(person: &Person, language: Language) -> Vec<Detail> {
    let detail = |kind, value: String| Detail { kind, value };
    let name = person.own_name().map(|name| detail(DetailKind::Name, name.to_owned()));
    let customers = person.customers().into_iter().map(|number| detail(DetailKind::Customer, number.to_owned()));
    let points = person.points().into_iter().map(|point| {
        let kind = match point.kind() {
            PointKind::Email => DetailKind::Email,
            PointKind::Phone => DetailKind::Phone,
            PointKind::Post => DetailKind::Post,
        };
        detail(kind, point.given())
    });
    let tongue = match (person.language(), language) {
        (Language::Nl, Language::Nl) => "Nederlands",
        (Language::Nl, Language::En) => "Dutch",
        (Language::En, Language::Nl) => "Engels",
        (Language::En, Language::En) => "English",
    };
    let tongue = detail(DetailKind::Language, tongue.to_owned());
    name.into_iter().chain(customers).chain(points).chain([tongue]).collect()
}
