//! Rotating keys: the root key after every day on which something was erased, and at an operator's word.

use app::model::event::{Actor, Event, EventKind, Route};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::Keuze;
use super::people::BACKUPS_LIVE;
use super::people::hash::rotate_index_key;
use crate::scribe::{AppendError, Draft, Fact, FactKind, ReadError, Written};

/// The setting that tells of the last rotation.
const ROOT: &[u8] = b"root key";

/// Why a key was not rotated.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key files could not be written.
    #[error("{0}")]
    Files(String),
    /// The rotation could not be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// What is known of the last rotation could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The last rotation of the root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Rotated {
    /// Which key it was made to.
    check: String,
    /// How many buckets of the key ring had ended by then.
    ended: usize,
    /// On which day.
    on: time::Date,
}

impl Keuze {
    /// Puts a new root key in the place of the old one. The old one is kept beside it for as long as a backup made
    /// today may live.
    ///
    /// # Errors
    /// When files or ledger cannot be written; the next start finishes it or takes it back.
    pub async fn rotate_root(&self, actor: Actor) -> Result<Written, KeyError> {
        self.scribe.rotate_root(self.clock.now().today + BACKUPS_LIVE).map_err(KeyError::Files)?;
        self.record_root(actor).await
    }

    /// Rotates the root key if something was erased since the last rotation, at most once a day; records one that a kill
    /// left without its event. Gives whether there was anything to do.
    ///
    /// # Errors
    /// As [`Self::rotate_root`].
    pub async fn rotate_root_if_due(&self) -> Result<bool, KeyError> {
        let today = self.clock.now().today;
        let last = self.last_rotation()?;
        let (check, ended) = (self.scribe.root_check(), self.scribe.buckets_ended());
        if last.as_ref().is_some_and(|last| last.check != check) {
            self.record_root(Actor::System).await?;
            return Ok(true);
        }
        let before = last.as_ref().map_or(0, |last| last.ended);
        if ended <= before || last.is_some_and(|last| last.on == today) {
            return Ok(false);
        }
        // Up to a day after the erasure; whoever was erased was told the day of the erasure itself.
        self.scribe.rotate_root(today + BACKUPS_LIVE - Duration::days(1)).map_err(KeyError::Files)?;
        self.record_root(Actor::System).await?;
        Ok(true)
    }

    /// Begins a new index key; objections made under the older ones stand and are still asked for.
    ///
    /// # Errors
    /// When it cannot be recorded; it is begun all the same.
    pub async fn rotate_index(&self, actor: Actor) -> Result<Written, KeyError> {
        rotate_index_key(&self.scribe);
        Ok(self.scribe.append(Draft::new(self.rotated("index", actor))).await?)
    }

    fn last_rotation(&self) -> Result<Option<Rotated>, ReadError> {
        let kept = self.scribe.fact(FactKind::Setting, ROOT)?;
        Ok(kept.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    async fn record_root(&self, actor: Actor) -> Result<Written, KeyError> {
        let (check, ended) = (self.scribe.root_check(), self.scribe.buckets_ended());
        let rotated = Rotated { check, ended, on: self.clock.now().today };
        let value = serde_json::to_vec(&rotated).expect("a rotation is always JSON");
        let fact = Fact { kind: FactKind::Setting, key: ROOT.to_vec(), value: Some(value) };
        Ok(self.scribe.append(Draft::with(self.rotated("root", actor), vec![fact])).await?)
    }

    fn rotated(&self, key: &str, actor: Actor) -> Event {
        let mut event = Event::new(EventKind::KeyRotated, self.clock.now().at, actor, Route::System);
        event.object = Some(key.to_owned());
        event
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use app::model::channel::Channel;
    use app::model::evidence::IdentityLevel;
    use app::model::identity::{RecordAddress, ShardNumber};

    use super::*;
    use crate::scribe::verify::verify;
    use crate::service::fixture::House;
    use crate::service::people::tests::{customer, email, may_i};
    use crate::service::people::{Act, Who};

    /// Erased records are skipped over.
    fn rotations(house: &House) -> Vec<Event> {
        let at = |index| RecordAddress { shard: ShardNumber::FIRST, index };
        let records = (0..100).filter_map(|index| house.keuze.scribe.record(at(index)).expect("readable"));
        records.map(|recorded| recorded.event).filter(|event| event.kind == EventKind::KeyRotated).collect()
    }

    fn old_keys(data: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(data.parent().expect("a folder")).expect("readable");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.contains(".until-")).collect();
        names.sort();
        names
    }

    /// Beside a server that goes on: an erasure is followed by a rotation, and its day ends the old key.
    #[tokio::test]
    async fn an_erasure_brings_a_rotation_and_its_day_ends_the_old_root() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, key) = (folder.path().join("data"), folder.path().join("data.root"));
        let house = House::at(Some(&data), 1).await;
        let person = customer(&house, "1", &[email("anna@example.nl")]).await;
        house.keuze.maintain().await;
        assert_eq!((rotations(&house).len(), old_keys(&data)), (0, Vec::new()), "nothing was erased");
        let act = Act::by_person(Route::PreferencePage, IdentityLevel::Possession);
        let erased = house.keuze.erase(person, true, &act).await.expect("erased");
        let before = std::fs::read(&key).expect("there");
        house.clock.advance(3600);
        house.keuze.maintain().await;
        house.keuze.maintain().await;
        assert_eq!(rotations(&house).len(), 1);
        assert_ne!(std::fs::read(&key).expect("there"), before);
        assert_eq!(old_keys(&data), ["data.root.until-2026-12-28"]);
        assert!(erased.backups_until >= time::macros::date!(2026 - 12 - 28));
        customer(&house, "2", &[email("bert@example.nl")]).await;
        verify(&data, Some(&key)).expect("adds up beside a running server");
        house.keuze.scribe.close().await;
        verify(&data, Some(&key)).expect("adds up");
        let house = House::at(Some(&data), 2).await;
        let no = Who::point(email("anna@example.nl"));
        assert!(!may_i(&house, &no, Channel::Email).allow && house.keuze.customer("2").is_some());
        house.clock.advance(34 * 86_400);
        house.keuze.maintain().await;
        assert_eq!((old_keys(&data), rotations(&house).len()), (Vec::new(), 1));
        house.keuze.scribe.close().await;
    }

    /// A kill between the rotation and its event: the next maintenance records it.
    #[tokio::test]
    async fn a_rotation_that_was_not_recorded_is_recorded_later() {
        let house = House::new().await;
        house.keuze.rotate_root(Actor::System).await.expect("rotated");
        house.keuze.scribe.rotate_root(house.keuze.clock.now().today).expect("rotated");
        assert!(house.keuze.rotate_root_if_due().await.expect("recorded"));
        assert!(!house.keuze.rotate_root_if_due().await.expect("nothing left"));
        assert_eq!(rotations(&house).len(), 2);
    }

    #[tokio::test]
    async fn a_new_index_key_is_recorded_and_old_objections_stand() {
        let house = House::new().await;
        let act = Act::by_person(Route::OneClick, IdentityLevel::Possession);
        let no = Who::point(email("anna@example.nl"));
        house.keuze.object(&no, &Channel::ALL, &act).await.expect("recorded");
        house.keuze.rotate_index(Actor::System).await.expect("rotated");
        let event = rotations(&house).pop().expect("an event");
        assert_eq!((event.object.as_deref(), event.subject), (Some("index"), None));
        assert!(!may_i(&house, &no, Channel::Email).allow);
    }
}
