//! Two people turned out to be one.

use app::model::event::EventKind;
use app::model::identity::Subject;

use super::profile::Part;
use super::{Act, ActError, Acted};
use crate::scribe::Draft;
use crate::service::Keuze;
use crate::vault::ring::Owner;

impl Keuze {
    /// Makes one person of two: contact points and customer numbers of both, and every objection of both.
    ///
    /// # Errors
    /// When one of them is not known, or they are one already.
    pub async fn merge(&self, kept: Subject, other: Subject, act: &Act) -> Result<Acted, ActError> {
        let _one_at_a_time = self.people.acting.lock().await;
        let kept = self.known_person(kept).ok_or(ActError::NoPerson)?;
        let other = self.known_person(other).ok_or(ActError::NoPerson)?;
        if kept.subject == other.subject {
            return Err(ActError::Nothing);
        }
        let mut facts = Vec::new();
        for (class, theirs) in &other.parts {
            let known = kept.part(*class).cloned();
            let mut whole = known.unwrap_or_else(|| Part::new(kept.subject, *class, theirs.language));
            whole.take(theirs.as_ref().clone());
            if let Some(key) = self.scribe.find_key(Owner::Class(other.subject, *class)) {
                facts.push(Part::gone(key));
            }
            facts.push(whole.fact(self.scribe.ensure_key(Owner::Class(kept.subject, *class))));
        }
        let now = self.clock.now();
        let mut event = act.event(EventKind::Merged, now.at);
        event.subject = Some(kept.subject);
        event.merged = Some(other.subject);
        let written = self.perform(Draft::with(event, facts)).await?;
        Ok(Acted { record: written.address, changed: true, since: now.today, channels: Vec::new() })
    }
}
