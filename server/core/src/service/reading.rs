//! Turns what is stored into what people read: events, notices and proofs, as they were and not as they are today.

use std::sync::Arc;

use model::channel::Channel;
use model::choice::Answer;
use model::decision::Recorded;
use model::event::{Answered, Body, Event, EventKind};
use model::identity::RecordAddress;
use model::language::Language;
use model::notice::NoticeRef;
use model::paths::{self, Endpoint};
use model::policy::Policy;
use model::purpose::PurposeId;
use model::told::ToldEvent;
use words::views::receipt::{AnswerLine, ChannelLine, ProofView, RecordedAnswer, ShownNotice, Today};

use super::people::{ActError, Contactability, People};
use crate::publish::Published;
use crate::service::history::PersonHistory;
use ledger::clock::wall_clock;
use ledger::{Ledger, ReadError};

/// What is stored, as people read it.
pub struct Records {
    ledger: Ledger,
    published: Arc<Published>,
    people: Arc<People>,
    contactability: Arc<Contactability>,
}

impl Records {
    /// On what it may touch.
    pub fn new(
        ledger: Ledger,
        published: Arc<Published>,
        people: Arc<People>,
        contactability: Arc<Contactability>,
    ) -> Self {
        Self { ledger, published, people, contactability }
    }
}

impl Records {
    /// An event as people read it, its notice and the names of its purposes as they were shown.
    ///
    /// # Errors
    /// When a stored content cannot be read.
    pub fn readable(
        &self,
        history: &PersonHistory,
        recorded: &Recorded,
        language: Language,
    ) -> Result<RecordedAnswer, ReadError> {
        let event = &recorded.event;
        let notice = event.notice().map(|notice| self.shown_notice(notice)).transpose()?.flatten();
        let policy = event.policy().and_then(|hash| self.published.by_hash(hash)).map(|published| &published.policy);
        Ok(RecordedAnswer {
            address: recorded.address.to_string(),
            what: ToldEvent::from_event(event),
            at: wall_clock(event.head.at),
            route: event.head.route,
            control: event.choice().and_then(|choice| choice.control),
            gpc: event.gpc(),
            channels: self.channel_lines(history, event)?,
            evidence: event.evidence(),
            lines: lines(event, notice.as_ref(), policy, language),
            notice,
            policy: event.policy().map(|hash| hash.to_string()),
        })
    }

    /// What an event says about channels, with what holds today.
    fn channel_lines(&self, history: &PersonHistory, event: &Event) -> Result<Vec<ChannelLine>, ReadError> {
        let line = |channel: &Channel| {
            let (channel, point) = (*channel, channel.point());
            let named = self.people.points_in(event).into_iter().filter(|named| Some(named.kind()) == point);
            let hints = named.map(|named| named.hint()).collect();
            Ok(ChannelLine { channel, point, hints, today: self.today(history, event, channel)? })
        };
        event.channels().iter().map(line).collect()
    }

    fn today(&self, history: &PersonHistory, event: &Event, channel: Channel) -> Result<Today, ReadError> {
        let person = event.head.subject.filter(|person| self.people.known_person(*person).is_some());
        match person
            .map(|person| self.contactability.decision(history, &self.people.given_in(event, person, channel), channel))
        {
            Some(Ok(decision)) => Ok(Today::Decided(decision)),
            Some(Err(ActError::Read(error))) => Err(error),
            _ if event.kind() == EventKind::Objected => Ok(Today::Denied),
            _ => Ok(Today::Open),
        }
    }

    /// A notice from the ledger, exactly as it was stored when it was published.
    fn shown_notice(&self, notice: NoticeRef) -> Result<Option<ShownNotice>, ReadError> {
        let strings = self.ledger.content(notice.strings)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let html = self.ledger.content(notice.html)?.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(strings.zip(html).map(|(strings, html)| ShownNotice {
            language: notice.language,
            strings,
            html,
            strings_hash: notice.strings.to_string(),
            html_hash: notice.html.to_string(),
        }))
    }

    /// What a stranger needs to check a record; `origin` is the one that the page is seen under.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn proof_view(
        &self,
        history: &PersonHistory,
        address: RecordAddress,
        origin: &str,
    ) -> Result<Option<ProofView>, ReadError> {
        let proven = history.proof(address)?;
        Ok(proven.map(|proven| ProofView {
            record: String::from_utf8_lossy(&proven.record).into_owned(),
            salt: proven.salt.to_string(),
            text: proven.proof,
            checkpoint_url: format!("{origin}{}", paths::checkpoint(address.shard)),
            keys_url: format!("{origin}{}", Endpoint::LogKeys.path()),
        }))
    }
}

/// The answers in the order in which they were shown.
fn lines(event: &Event, notice: Option<&ShownNotice>, policy: Option<&Policy>, language: Language) -> Vec<AnswerLine> {
    let place = |id: &PurposeId| {
        policy.and_then(|policy| policy.purposes.iter().position(|purpose| purpose.id == *id)).unwrap_or(usize::MAX)
    };
    let mut answers = answers(event);
    answers.sort_by_key(|(id, _)| place(id));
    let line = |(id, answered): (&PurposeId, Answered)| AnswerLine {
        name: name(id, notice, policy, language),
        answer: answered.answer,
        until: answered.until,
    };
    answers.into_iter().map(line).collect()
}

/// What was answered; to what was only shown, nothing.
fn answers(event: &Event) -> Vec<(&PurposeId, Answered)> {
    let nothing = |revision| Answered { answer: Answer::NotOffered, revision, until: None };
    match &event.body {
        Body::ContinuedUse(used) => used.questions.iter().map(|(id, revision)| (id, nothing(*revision))).collect(),
        _ => event.answers().map(|(id, answered)| (id, answered.clone())).collect(),
    }
}

/// A purpose's name: as it was shown, else as the policy of then has it, else its id.
fn name(id: &PurposeId, notice: Option<&ShownNotice>, policy: Option<&Policy>, language: Language) -> String {
    let shown = notice.and_then(|notice| notice.strings.purposes.iter().find(|purpose| purpose.id == *id));
    let named = policy.and_then(|policy| policy.purpose(id));
    shown
        .map(|purpose| purpose.name.clone())
        .or_else(|| named.map(|purpose| purpose.name.get(language).to_owned()))
        .unwrap_or_else(|| id.to_string())
}

#[cfg(test)]
mod tests {
    use model::language::Language;
    use model::told::MADE;
    use words::act;

    /// Every event that something makes, by every way in, as it is read aloud; `House::ledger` sees to it that no test
    /// makes another.
    #[test]
    fn every_event_is_told_in_the_right_words_in_both_languages() {
        let mut lines = Vec::new();
        for (what, routes) in MADE {
            for route in *routes {
                let told = |language| format!("{}: {}", act::route(*route, language), act::what(*what, language));
                lines.push(format!("{what:?} by {route:?}\n  {}\n  {}", told(Language::Nl), told(Language::En)));
            }
        }
        let words: Vec<&str> = MADE.iter().map(|(what, _)| act::what(*what, Language::Nl)).collect();
        let different: std::collections::BTreeSet<&&str> = words.iter().collect();
        assert_eq!(different.len(), words.len(), "two things are told alike: {words:?}");
        insta::assert_snapshot!("events-in-words", lines.join("\n"));
    }
}
