//! Whether a message is advertising: only advertising is gated, and who said that something is none is on record (S-19).

use app::model::channel::Channel;
use app::model::decision::Decision;
use app::model::event::{Actor, Event, EventKind};
use app::model::identity::RecordAddress;
use app::model::message::{Classified, MessageClass};
use serde::{Deserialize, Serialize};

use super::Keuze;
use super::people::{Act, ActError, Who};
use crate::scribe::{Draft, Fact, FactKind};

/// A classification as somebody told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Who: a program.
    pub by: Actor,
    /// What.
    pub classified: Classified,
}

/// What is on record of a classification.
enum OnRecord {
    /// The same, there.
    At(RecordAddress),
    /// Nothing, and nothing is needed: it is advertising and never was anything else.
    Needless,
    /// Nothing yet.
    Missing,
}

impl Keuze {
    /// May this message go? Advertising by the state of its channel, which is the default; a service message to anybody,
    /// on the record of who classed its template.
    ///
    /// # Errors
    /// Nothing was decided then.
    pub async fn may_send(
        &self,
        who: &Who,
        channel: Channel,
        classified: Option<Classified>,
        act: &Act,
    ) -> Result<Decision, ActError> {
        let is_service = classified.as_ref().is_some_and(|it| it.class == MessageClass::Service);
        let record = match classified {
            Some(classified) => self.record_class(Told { by: act.actor.clone(), classified }, act).await?,
            None => None,
        };
        match record {
            Some(record) if is_service => Ok(Decision::service(record)),
            _ => self.may_i(who, channel),
        }
    }

    /// Every classification that was ever told, with its record, in their order.
    pub fn classifications(&self) -> Vec<(Told, RecordAddress)> {
        let kept = self.scribe.kept(FactKind::Message).into_iter();
        let told = kept.filter_map(|kept| Some((serde_json::from_slice(&kept.value).ok()?, kept.record)));
        let mut told: Vec<(Told, RecordAddress)> = told.collect();
        told.sort_by_key(|(_, record)| *record);
        told
    }

    /// Puts a classification on record, once for each template, class, name and program; it holds no recipient. That a
    /// template is advertising is recorded where the same program had it classed as service before.
    async fn record_class(&self, told: Told, act: &Act) -> Result<Option<RecordAddress>, ActError> {
        // Asked before each message, so nobody waits for what is on record already.
        let on_record = match self.on_record(&told) {
            OnRecord::Missing => {
                let _one_at_a_time = self.people.acting.lock().await;
                match self.on_record(&told) {
                    OnRecord::Missing => OnRecord::At(self.append_class(told, act).await?),
                    already => already,
                }
            }
            already => already,
        };
        Ok(match on_record {
            OnRecord::At(record) => Some(record),
            OnRecord::Needless | OnRecord::Missing => None,
        })
    }

    fn on_record(&self, told: &Told) -> OnRecord {
        let before = self.classifications();
        if let Some((_, record)) = before.iter().find(|(other, _)| other == told) {
            return OnRecord::At(*record);
        }
        let was_service = before.iter().any(|(other, _)| {
            let (its, this) = (&other.classified, &told.classified);
            other.by == told.by && its.template == this.template && its.class == MessageClass::Service
        });
        let is_needed = was_service || told.classified.class == MessageClass::Service;
        if is_needed { OnRecord::Missing } else { OnRecord::Needless }
    }

    async fn append_class(&self, told: Told, act: &Act) -> Result<RecordAddress, ActError> {
        let value = serde_json::to_vec(&told).expect("plain fields are always JSON");
        let fact = Fact { kind: FactKind::Message, key: self.entropy.bytes::<16>().to_vec(), value: Some(value) };
        let mut event = Event::new(EventKind::MessageClassified, self.clock.now().at, told.by, act.route);
        event.message = Some(told.classified);
        Ok(self.scribe.append(Draft::with(event, vec![fact])).await?.address)
    }
}
