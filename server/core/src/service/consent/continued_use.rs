//! Continued use: notice was given, the site was used further, and no answer came. Never a consent (R-2.5-2).

use model::date::Moment;
use model::device::DeviceState;
use model::event::{Actor, ContinuedUse, Event, Route};
use model::language::Language;
use model::policy::Policy;

use super::SentFrom;
use crate::service::consent::Consent;
use ledger::formats::fact::Reply;
use ledger::{AnswerName, AppendError, AppendRequest, StoredResponse};

/// What a page told about further use of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The policy that was shown, by its id in the API.
    pub policy: String,
    /// The language it was shown in, as far as told.
    pub language: Option<Language>,
    /// Where the request was sent from.
    pub sent_from: SentFrom,
    /// What came along from the device.
    pub device: DeviceState,
    /// Whether the browser fetched the page without anybody looking (`Sec-Purpose`).
    pub ahead: bool,
}

impl Consent {
    /// Records it once per notice, without any id; returns the notice revision that the device may remember.
    ///
    /// `None` is no fault: what does not count is ignored and leaves everything off.
    /// A request that was answered before gets the same answer.
    ///
    /// # Errors
    /// It was not recorded, or it is not known whether it was.
    pub async fn continue_use(&self, further: &Use, request: Option<AnswerName>) -> Result<Option<u32>, AppendError> {
        let current = self.published.current();
        let Some(shown) = self.published.by_id(&further.policy) else { return Ok(None) };
        let revision = Some(shown.policy.notice_revision);
        let now = self.clock.now().at;
        if request.is_some_and(|name| self.ledger.was_answered(&name, now)) {
            return Ok(revision);
        }
        if !counts(further, &current.policy, shown.policy.notice_revision, self.clock.now()) {
            return Ok(None);
        }
        let used = ContinuedUse {
            policy: current.hash,
            notice: further.language.and_then(|language| shown.policy.notices.get(&language).copied()),
            gpc: further.device.gpc,
            questions: shown.policy.optional().map(|purpose| (purpose.id.clone(), purpose.revision)).collect(),
        };
        let draft = AppendRequest::new(Event::new(self.clock.now().at, Actor::Visitor, Route::Banner, used));
        match request {
            // The policy that it names says what it is answered.
            Some(name) => {
                _ = self.ledger.append_once(vec![draft], StoredResponse { name, at: now, reply: Reply::Done }).await?;
            }
            None => _ = self.ledger.append(draft).await?,
        }
        Ok(revision)
    }
}

/// An answer that stands outranks it, and so does one that cannot be read; a notice that was seen is not counted again, a
/// newer one is.
fn counts(further: &Use, policy: &Policy, shown: u32, now: Moment) -> bool {
    let DeviceState { said, seen, gpc } = &further.device;
    policy.continued_use.record
        && further.sent_from == SentFrom::Site
        && !further.ahead
        && seen.is_none_or(|seen| seen < shown)
        && !said.unreadable
        && further.device.to_ask(policy, now).len() == policy.optional().count()
        && !(*gpc && policy.gpc.also_object_low_impact)
}
