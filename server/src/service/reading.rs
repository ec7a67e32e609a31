//! Turns what is stored into what people read: events, notices and proofs, as they were and not as they are today.

use app::doors::frame::Frame;
use app::doors::receipt::{AnswerLine, ProofView, RecordedAnswer, ShownNotice};
use app::model::decision::Recorded;
use app::model::event::{Answered, Event};
use app::model::identity::{ContentHash, RecordAddress};
use app::model::language::Language;
use app::model::notice::NoticeRef;
use app::model::policy::Policy;
use app::model::purpose::PurposeId;

use super::Keuze;
use crate::ambient::wall_clock;
use crate::scribe::ReadError;

impl Keuze {
    /// What stands around a page.
    pub fn frame(&self, language: Language, path: &str) -> Frame {
        let policy = &self.published.current().policy;
        Frame {
            language,
            path: path.to_owned(),
            reopens: true,
            carries: None,
            site: policy.site.clone(),
            controller: policy.controller.clone(),
            authorities: self.config.authorities.clone(),
        }
    }

    /// An event as people read it, its notice and the names of its purposes as they were shown.
    ///
    /// # Errors
    /// When a stored content cannot be read.
    pub fn readable(&self, recorded: &Recorded, language: Language) -> Result<RecordedAnswer, ReadError> {
        let event = &recorded.event;
        let notice = event.notice.map(|notice| self.shown_notice(notice)).transpose()?.flatten();
        let policy = event.policy.and_then(|hash| self.published.by_hash(hash)).map(|published| &published.policy);
        Ok(RecordedAnswer {
            address: recorded.address.to_string(),
            kind: event.kind,
            at: wall_clock(event.at),
            route: event.route,
            control: event.control,
            gpc: event.gpc,
            channels: event.channels.clone(),
            lines: lines(event, notice.as_ref(), policy, language),
            notice,
            policy: event.policy.map(|hash| hash.to_string()),
        })
    }

    /// A notice from the ledger, exactly as it was stored when it was published.
    fn shown_notice(&self, notice: NoticeRef) -> Result<Option<ShownNotice>, ReadError> {
        let strings = self.scribe.content(notice.strings)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let html = self.scribe.content(notice.html)?.and_then(|bytes| String::from_utf8(bytes).ok());
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
    pub fn proof_view(&self, address: RecordAddress, origin: &str) -> Result<Option<ProofView>, ReadError> {
        let proven = self.scribe.prove(address)?;
        Ok(proven.map(|proven| ProofView {
            record: String::from_utf8_lossy(&proven.record).into_owned(),
            salt: ContentHash(proven.salt).to_string(),
            text: proven.proof,
            checkpoint_url: format!("{origin}/keuze/log/{}/checkpoint", address.shard),
            keys_url: format!("{origin}{}", crate::service::LOG_KEYS),
        }))
    }
}

/// The answers in the order in which they were shown.
fn lines(event: &Event, notice: Option<&ShownNotice>, policy: Option<&Policy>, language: Language) -> Vec<AnswerLine> {
    let place = |id: &PurposeId| {
        policy.and_then(|policy| policy.purposes.iter().position(|purpose| purpose.id == *id)).unwrap_or(usize::MAX)
    };
    let mut answers: Vec<(&PurposeId, &Answered)> = event.answers.iter().collect();
    answers.sort_by_key(|(id, _)| place(id));
    let line = |(id, answered): (&PurposeId, &Answered)| AnswerLine {
        name: name(id, notice, policy, language),
        answer: answered.answer,
        until: answered.until,
    };
    answers.into_iter().map(line).collect()
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
