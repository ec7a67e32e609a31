//! Rotating keys: the root key after every day on which somebody was erased, once a week if other keys ended (the mails of
//! a day), and at an operator's word.

use std::sync::Arc;

use model::event::{Actor, Event, KeyRotated, RotatedKey, Route};
use model::identity::{RecordAddress, ShardNumber};
use time::{Date, Duration};

use super::people::hash::rotate_index_key;
use super::people::{BACKUPS_LIVE, LetterCodes};
use super::tokens::Links;
use ledger::clock::{Clock, moment};
use ledger::formats::fact::RootRotation;
use ledger::{AppendError, Draft, Fact, FactName, ReadError, Scribe, Written};
use vault::error::RootKeyError;

/// How often the root key is rotated for keys that ended without an erasure. Nobody was told a day for them, and an old
/// key is kept beside the key file for every rotation: weekly, those are five at most.
const SCHEDULE: Duration = Duration::days(7);

/// Why a key was not rotated.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key files could not be written.
    #[error(transparent)]
    Files(#[from] RootKeyError),
    /// The rotation could not be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// What is known of the last rotation could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Makes new keys, and says so in the ledger.
pub struct KeyRotation {
    scribe: Scribe,
    clock: Arc<dyn Clock>,
    links: Arc<Links>,
    letters: Arc<LetterCodes>,
}

impl KeyRotation {
    /// On what it may touch.
    pub fn new(scribe: Scribe, clock: Arc<dyn Clock>, links: Arc<Links>, letters: Arc<LetterCodes>) -> Self {
        Self { scribe, clock, links, letters }
    }
}

impl KeyRotation {
    /// Puts a new root key in the place of the old one. The old one is kept beside it for as long as a backup made
    /// today may live.
    ///
    /// # Errors
    /// When files or ledger cannot be written; the next start finishes it or takes it back.
    pub async fn rotate_root(&self, actor: Actor) -> Result<Written, KeyError> {
        let today = self.clock.now().today;
        // Whoever was erased since the last rotation was told the day of their erasure, which may be a while ago.
        let told = self.first_erasure_since(self.last_rotation()?.as_ref()).map(|day| day + BACKUPS_LIVE);
        let until = told.map_or(today + BACKUPS_LIVE, |told| told.min(today + BACKUPS_LIVE));
        self.scribe.rotate_root(until)?;
        self.record_root(actor).await
    }

    /// The day of the first erasure that no rotation followed yet.
    fn first_erasure_since(&self, last: Option<&RootRotation>) -> Option<Date> {
        let erasures = self.scribe.erasures();
        let first = erasures.get(last.map_or(0, |last| last.erasures))?;
        Some(moment(first.unix_timestamp()).today)
    }

    /// Rotates the root key if somebody was erased since the last rotation, at most once a day, and if any other key ended,
    /// once a week. Records one that a kill left without its event. Gives whether there was anything to do.
    ///
    /// # Errors
    /// As [`Self::rotate_root`].
    pub async fn rotate_root_if_due(&self) -> Result<bool, KeyError> {
        let today = self.clock.now().today;
        let last = self.last_rotation()?;
        if last.as_ref().is_some_and(|last| last.check != self.scribe.root_check()) {
            self.record_root(Actor::System).await?;
            return Ok(true);
        }
        if !self.is_rotation_due(last.as_ref(), today)? {
            return Ok(false);
        }
        self.rotate_root(Actor::System).await?;
        Ok(true)
    }

    fn is_rotation_due(&self, last: Option<&RootRotation>, today: Date) -> Result<bool, ReadError> {
        if self.first_erasure_since(last).is_some() {
            return Ok(last.is_none_or(|last| last.on < today));
        }
        if self.scribe.buckets_ended() <= last.map_or(0, |last| last.ended) {
            return Ok(false);
        }
        let since = last.map_or_else(|| self.first_day(), |last| Ok(Some(last.on)))?;
        Ok(since.is_none_or(|since| today - since >= SCHEDULE))
    }

    /// The day of the first record.
    fn first_day(&self) -> Result<Option<Date>, ReadError> {
        let first = self.scribe.record(RecordAddress { shard: ShardNumber::FIRST, index: 0 })?;
        Ok(first.map(|first| moment(first.event.head.at.unix_timestamp()).today))
    }

    /// Begins a new index key; objections made under the older ones stand and are still asked for.
    ///
    /// # Errors
    /// When it cannot be recorded; it is begun all the same.
    pub async fn rotate_index(&self, actor: Actor) -> Result<Written, KeyError> {
        rotate_index_key(&self.scribe);
        Ok(self.scribe.append(Draft::new(self.rotated(RotatedKey::Index, actor))).await?)
    }

    /// Begins new keys for the links in mails and the codes in letters. What was made under the older ones keeps working, as
    /// mails and letters are opened years later (S-57); the person's own code becomes another one.
    ///
    /// # Errors
    /// When it cannot be recorded; they are begun all the same.
    pub async fn rotate_tokens(&self, actor: Actor) -> Result<Written, KeyError> {
        self.links.rotate();
        self.letters.rotate_letter_secret();
        Ok(self.scribe.append(Draft::new(self.rotated(RotatedKey::Tokens, actor))).await?)
    }

    fn last_rotation(&self) -> Result<Option<RootRotation>, ReadError> {
        Ok(match self.scribe.fact(&FactName::RootRotation)? {
            Some(Fact::RootRotation(rotation)) => Some(rotation),
            _ => None,
        })
    }

    async fn record_root(&self, actor: Actor) -> Result<Written, KeyError> {
        let (check, ended) = (self.scribe.root_check(), self.scribe.buckets_ended());
        let erasures = self.scribe.erasures().len();
        let fact = Fact::RootRotation(RootRotation { check, ended, erasures, on: self.clock.now().today });
        Ok(self.scribe.append(Draft::with(self.rotated(RotatedKey::Root, actor), vec![fact])).await?)
    }

    fn rotated(&self, key: RotatedKey, actor: Actor) -> Event {
        Event::new(self.clock.now().at, actor, Route::System, KeyRotated { key })
    }
}

#[cfg(test)]
mod tests {
    use model::event::EventKind;
    use std::path::Path;

    use model::channel::Channel;
    use model::evidence::IdentityLevel;

    use super::*;
    use crate::service::fixture::House;
    use crate::service::fixture::people::{customer, email, may_i};
    use crate::service::mail::Outcome;
    use crate::service::people::{Act, Who};
    use contact::Email;
    use ledger::formats::fact::Mail;
    use ledger::verify::verify;

    /// Erased records are skipped over.
    fn rotations(house: &House) -> Vec<Event> {
        let at = |index| RecordAddress { shard: ShardNumber::FIRST, index };
        let records = (0..100).filter_map(|index| house.services.scribe.record(at(index)).expect("readable"));
        records.map(|recorded| recorded.event).filter(|event| event.kind() == EventKind::KeyRotated).collect()
    }

    fn mail(house: &House) -> Mail {
        Mail {
            what: "code".to_owned(),
            to: Email::parse("anna@example.nl").expect("an address"),
            language: "nl".to_owned(),
            subject: "Uw code".to_owned(),
            text: "123456".to_owned(),
            until: house.clock_now() + Duration::minutes(10),
        }
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
        house.services.maintenance.maintain().await;
        assert_eq!((rotations(&house).len(), old_keys(&data)), (0, Vec::new()), "nothing was erased");
        let act = Act::by_person(Route::PreferencePage, IdentityLevel::Possession);
        let erased = house.services.erasures.erase(person, true, &act).await.expect("erased");
        let before = std::fs::read(&key).expect("there");
        house.clock.advance(3600);
        house.services.maintenance.maintain().await;
        house.services.maintenance.maintain().await;
        assert_eq!(rotations(&house).len(), 1);
        assert_ne!(std::fs::read(&key).expect("there"), before);
        assert_eq!(old_keys(&data), ["data.root.until-2026-12-29"]);
        assert_eq!(erased.backups_until, time::macros::date!(2026 - 12 - 29));
        customer(&house, "2", &[email("bert@example.nl")]).await;
        verify(&data, Some(&key)).expect("adds up beside a running server");
        house.services.scribe.close().await;
        verify(&data, Some(&key)).expect("adds up");
        let house = House::at(Some(&data), 2).await;
        let no = Who::point(email("anna@example.nl"));
        assert!(!may_i(&house, &no, Channel::Email).allow && house.services.people.customer("2").is_some());
        house.clock.advance(35 * 86_400);
        house.services.maintenance.maintain().await;
        assert_eq!((old_keys(&data), rotations(&house).len()), (Vec::new(), 1));
        house.services.scribe.close().await;
    }

    /// A mail's day ends its key nearly every night: that alone rotates once a week, so that old root keys stay few.
    #[tokio::test]
    async fn the_end_of_a_mails_day_waits_for_the_week() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let house = House::at(Some(&data), 1).await;
        let mut counted = Vec::new();
        for _ in 0..22 {
            let ended = house.services.scribe.buckets_ended();
            house.services.mail.queue_mail(mail(&house)).await.expect("queued");
            let (id, mail) = house.services.mail.waiting().pop().expect("queued");
            house.services.mail.mail_ended(&id, &mail, Outcome::Sent).await.expect("sent");
            house.clock.advance(86_400);
            house.services.maintenance.maintain().await;
            assert!(house.services.scribe.buckets_ended() > ended, "the key of the day ended");
            counted.push(rotations(&house).len());
        }
        assert_eq!((counted[5], counted[6], counted[12], counted[13], counted[21]), (0, 1, 1, 2, 3));
        // An erasure does not wait.
        let person = customer(&house, "1", &[email("anna@example.nl")]).await;
        let act = Act::by_person(Route::PreferencePage, IdentityLevel::Possession);
        house.services.erasures.erase(person, true, &act).await.expect("erased");
        house.clock.advance(86_400);
        house.services.maintenance.maintain().await;
        assert_eq!((rotations(&house).len(), old_keys(&data).len()), (4, 4));
        house.services.scribe.close().await;
        let house = House::at(Some(&data), 2).await;
        house.clock.advance(24 * 86_400);
        house.services.maintenance.maintain().await;
        assert_eq!(rotations(&house).len(), 4, "an erasure is not counted a second time after a restart");
        house.services.scribe.close().await;
    }

    /// A server that stood still after an erasure: the old key goes on the day that was told all the same.
    #[tokio::test]
    async fn a_late_rotation_keeps_the_day_that_was_told() {
        for by_hand in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let data = folder.path().join("data");
            let house = House::at(Some(&data), 1).await;
            let person = customer(&house, "1", &[email("anna@example.nl")]).await;
            let act = Act::by_person(Route::PreferencePage, IdentityLevel::Possession);
            let erased = house.services.erasures.erase(person, true, &act).await.expect("erased");
            house.services.scribe.close().await;
            let house = House::at(Some(&data), 2).await;
            house.clock.advance(9 * 86_400);
            if by_hand {
                house.services.key_rotation.rotate_root(Actor::System).await.expect("rotated");
            }
            house.services.maintenance.maintain().await;
            let told = format!("data.root.until-{}", erased.backups_until);
            assert_eq!((old_keys(&data), rotations(&house).len()), (vec![told], 1));
            house.services.scribe.close().await;
        }
    }

    /// A kill between the rotation and its event: the next maintenance records it.
    #[tokio::test]
    async fn a_rotation_that_was_not_recorded_is_recorded_later() {
        let house = House::new().await;
        house.services.key_rotation.rotate_root(Actor::System).await.expect("rotated");
        house.services.scribe.rotate_root(house.services.clock.now().today).expect("rotated");
        assert!(house.services.key_rotation.rotate_root_if_due().await.expect("recorded"));
        assert!(!house.services.key_rotation.rotate_root_if_due().await.expect("nothing left"));
        assert_eq!(rotations(&house).len(), 2);
    }

    #[tokio::test]
    async fn a_new_index_key_is_recorded_and_old_objections_stand() {
        let house = House::new().await;
        let act = Act::by_person(Route::OneClick, IdentityLevel::Possession);
        let no = Who::point(email("anna@example.nl"));
        house.services.contactability.object(&no, &Channel::ALL, &act).await.expect("recorded");
        house.services.key_rotation.rotate_index(Actor::System).await.expect("rotated");
        let event = rotations(&house).pop().expect("an event");
        assert_eq!((event.body, event.head.subject), (KeyRotated { key: RotatedKey::Index }.into(), None));
        assert!(!may_i(&house, &no, Channel::Email).allow);
    }
}
