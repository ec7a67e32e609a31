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
use ledger::{AppendError, AppendRequest, Appended, Fact, FactName, Ledger, ReadError};
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
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    links: Arc<Links>,
    letters: Arc<LetterCodes>,
}

impl KeyRotation {
    /// On what it may touch.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, links: Arc<Links>, letters: Arc<LetterCodes>) -> Self {
        Self { ledger, clock, links, letters }
    }
}

impl KeyRotation {
    /// Puts a new root key in the place of the old one. The old one is kept beside it for as long as a backup made
    /// today may live.
    ///
    /// # Errors
    /// When files or ledger cannot be written; the next start finishes it or takes it back.
    pub async fn rotate_root(&self, actor: Actor) -> Result<Appended, KeyError> {
        let today = self.clock.now().today;
        // Whoever was erased since the last rotation was told the day of their erasure, which may be a while ago.
        let told = self.first_erasure_since(self.last_rotation()?.as_ref()).map(|day| day + BACKUPS_LIVE);
        let until = told.map_or(today + BACKUPS_LIVE, |told| told.min(today + BACKUPS_LIVE));
        self.ledger.rotate_root(until)?;
        self.record_root(actor).await
    }

    /// The day of the first erasure that no rotation followed yet.
    fn first_erasure_since(&self, last: Option<&RootRotation>) -> Option<Date> {
        let erasures = self.ledger.erasures();
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
        if last.as_ref().is_some_and(|last| last.check != self.ledger.root_check()) {
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
        if self.ledger.buckets_ended() <= last.map_or(0, |last| last.ended) {
            return Ok(false);
        }
        let since = last.map_or_else(|| self.first_day(), |last| Ok(Some(last.on)))?;
        Ok(since.is_none_or(|since| today - since >= SCHEDULE))
    }

    /// The day of the first record.
    fn first_day(&self) -> Result<Option<Date>, ReadError> {
        let first = self.ledger.record(RecordAddress { shard: ShardNumber::FIRST, index: 0 })?;
        Ok(first.map(|first| moment(first.event.head.at.unix_timestamp()).today))
    }

    /// Begins a new index key; objections made under the older ones stand and are still asked for.
    ///
    /// # Errors
    /// When it cannot be recorded; it is begun all the same.
    pub async fn rotate_index(&self, actor: Actor) -> Result<Appended, KeyError> {
        rotate_index_key(&self.ledger);
        Ok(self.ledger.append(AppendRequest::new(self.rotated(RotatedKey::Index, actor))).await?)
    }

    /// Begins new keys for the links in mails and the codes in letters. What was made under the older ones keeps working, as
    /// mails and letters are opened years later (S-57); the person's own code becomes another one.
    ///
    /// # Errors
    /// When it cannot be recorded; they are begun all the same.
    pub async fn rotate_tokens(&self, actor: Actor) -> Result<Appended, KeyError> {
        self.links.rotate();
        self.letters.rotate_letter_secret();
        Ok(self.ledger.append(AppendRequest::new(self.rotated(RotatedKey::Tokens, actor))).await?)
    }

    fn last_rotation(&self) -> Result<Option<RootRotation>, ReadError> {
        Ok(match self.ledger.fact(&FactName::RootRotation)? {
            Some(Fact::RootRotation(rotation)) => Some(rotation),
            _ => None,
        })
    }

    async fn record_root(&self, actor: Actor) -> Result<Appended, KeyError> {
        let (check, ended) = (self.ledger.root_check(), self.ledger.buckets_ended());
        let erasures = self.ledger.erasures().len();
        let fact = Fact::RootRotation(RootRotation { check, ended, erasures, on: self.clock.now().today });
        Ok(self.ledger.append(AppendRequest::with(self.rotated(RotatedKey::Root, actor), vec![fact])).await?)
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
    use crate::service::fixture::TestApp;
    use crate::service::fixture::people::{customer, email, may_contact, objected};
    use crate::service::mail::MailOutcome;
    use crate::service::people::{Addressee, Provenance};
    use contact::Email;
    use ledger::formats::fact::QueuedMail;
    use ledger::verify::verify;

    /// Erased records are skipped over.
    fn rotations(app: &TestApp) -> Vec<Event> {
        let at = |index| RecordAddress { shard: ShardNumber::FIRST, index };
        let records = (0..100).filter_map(|index| app.services.ledger.record(at(index)).expect("readable"));
        records.map(|recorded| recorded.event).filter(|event| event.kind() == EventKind::KeyRotated).collect()
    }

    fn mail(app: &TestApp) -> QueuedMail {
        QueuedMail {
            what: "code".to_owned(),
            to: Email::parse("anna@example.nl").expect("an address"),
            language: "nl".to_owned(),
            subject: "Uw code".to_owned(),
            text: "123456".to_owned(),
            until: app.clock_now() + Duration::minutes(10),
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
        let app = TestApp::at(Some(&data), 1).await;
        let person = customer(&app, "1", &[email("anna@example.nl")]).await;
        app.services.maintenance.maintain().await;
        assert_eq!((rotations(&app).len(), old_keys(&data)), (0, Vec::new()), "nothing was erased");
        let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
        let erased = app.services.erasures.erase(&app.history(), person, true, &act).await.expect("erased");
        let before = std::fs::read(&key).expect("there");
        app.clock.advance(3600);
        app.services.maintenance.maintain().await;
        app.services.maintenance.maintain().await;
        assert_eq!(rotations(&app).len(), 1);
        assert_ne!(std::fs::read(&key).expect("there"), before);
        assert_eq!(old_keys(&data), ["data.root.until-2026-12-29"]);
        assert_eq!(erased.backups_until, time::macros::date!(2026 - 12 - 29));
        customer(&app, "2", &[email("bert@example.nl")]).await;
        verify(&data, Some(&key)).expect("adds up beside a running server");
        app.services.ledger.close().await;
        verify(&data, Some(&key)).expect("adds up");
        let app = TestApp::at(Some(&data), 2).await;
        let no = Addressee::point(email("anna@example.nl"));
        assert!(!may_contact(&app, &no, Channel::Email).allow && app.services.people.customer("2").is_some());
        app.clock.advance(35 * 86_400);
        app.services.maintenance.maintain().await;
        assert_eq!((old_keys(&data), rotations(&app).len()), (Vec::new(), 1));
        app.services.ledger.close().await;
    }

    /// A mail's day ends its key nearly every night: that alone rotates once a week, so that old root keys stay few.
    #[tokio::test]
    async fn the_end_of_a_mails_day_waits_for_the_week() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let mut counted = Vec::new();
        for _ in 0..22 {
            let ended = app.services.ledger.buckets_ended();
            app.services.mail.queue_mail(mail(&app)).await.expect("queued");
            let (id, mail) = app.services.mail.waiting().pop().expect("queued");
            app.services.mail.mail_ended(&id, &mail, MailOutcome::Sent).await.expect("sent");
            app.clock.advance(86_400);
            app.services.maintenance.maintain().await;
            assert!(app.services.ledger.buckets_ended() > ended, "the key of the day ended");
            counted.push(rotations(&app).len());
        }
        assert_eq!((counted[5], counted[6], counted[12], counted[13], counted[21]), (0, 1, 1, 2, 3));
        // An erasure does not wait.
        let person = customer(&app, "1", &[email("anna@example.nl")]).await;
        let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
        app.services.erasures.erase(&app.history(), person, true, &act).await.expect("erased");
        app.clock.advance(86_400);
        app.services.maintenance.maintain().await;
        assert_eq!((rotations(&app).len(), old_keys(&data).len()), (4, 4));
        app.services.ledger.close().await;
        let app = TestApp::at(Some(&data), 2).await;
        app.clock.advance(24 * 86_400);
        app.services.maintenance.maintain().await;
        assert_eq!(rotations(&app).len(), 4, "an erasure is not counted a second time after a restart");
        app.services.ledger.close().await;
    }

    /// A server that stood still after an erasure: the old key goes on the day that was told all the same.
    #[tokio::test]
    async fn a_late_rotation_keeps_the_day_that_was_told() {
        for by_hand in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let data = folder.path().join("data");
            let app = TestApp::at(Some(&data), 1).await;
            let person = customer(&app, "1", &[email("anna@example.nl")]).await;
            let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
            let erased = app.services.erasures.erase(&app.history(), person, true, &act).await.expect("erased");
            app.services.ledger.close().await;
            let app = TestApp::at(Some(&data), 2).await;
            app.clock.advance(9 * 86_400);
            if by_hand {
                app.services.key_rotation.rotate_root(Actor::System).await.expect("rotated");
            }
            app.services.maintenance.maintain().await;
            let told = format!("data.root.until-{}", erased.backups_until);
            assert_eq!((old_keys(&data), rotations(&app).len()), (vec![told], 1));
            app.services.ledger.close().await;
        }
    }

    /// A kill between the rotation and its event: the next maintenance records it.
    #[tokio::test]
    async fn a_rotation_that_was_not_recorded_is_recorded_later() {
        let app = TestApp::new().await;
        app.services.key_rotation.rotate_root(Actor::System).await.expect("rotated");
        app.services.ledger.rotate_root(app.services.clock.now().today).expect("rotated");
        assert!(app.services.key_rotation.rotate_root_if_due().await.expect("recorded"));
        assert!(!app.services.key_rotation.rotate_root_if_due().await.expect("nothing left"));
        assert_eq!(rotations(&app).len(), 2);
    }

    #[tokio::test]
    async fn a_new_index_key_is_recorded_and_old_objections_stand() {
        let app = TestApp::new().await;
        let act = Provenance::by_person(Route::OneClick, IdentityLevel::Possession);
        let no = Addressee::point(email("anna@example.nl"));
        objected(&app.services, &no, &Channel::ALL, &act).await;
        app.services.key_rotation.rotate_index(Actor::System).await.expect("rotated");
        let event = rotations(&app).pop().expect("an event");
        assert_eq!((event.body, event.head.subject), (KeyRotated { key: RotatedKey::Index }.into(), None));
        assert!(!may_contact(&app, &no, Channel::Email).allow);
    }
}
