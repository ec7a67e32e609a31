//! Staff members: who may sit at the desk, and how they prove it.
//!
//! A password is kept as its argon2id hash, sealed under the audit key. Signing in takes the same work for a name
//! that does not exist, so the time of the answer tells nobody which names do.

mod roster;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use model::event::{Actor, Event, Route, StaffChange, StaffChanged};
use model::identity::RecordAddress;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::sync::Semaphore;
use words::views::desk::{LONGEST_PASSWORD, PasswordRefusal, SHORTEST_PASSWORD};
use zeroize::Zeroizing;

use ledger::clock::Clock;
use ledger::formats::fact::{FactId, StaffMember};
use ledger::{AppendError, AppendRequest, Fact, FactKind, Ledger, ReadError, StoredFact};
use vault::random::SecureRandom;

pub use roster::Member;

/// A sign-in name: small letters, digits, dots, dashes; at most 40.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffName(String);

impl StaffName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StaffName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StaffName {
    type Err = StaffNameError;

    fn from_str(text: &str) -> Result<Self, StaffNameError> {
        let name = text.trim().to_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        let well = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed) && name.len() <= 40;
        if well { Ok(Self(name)) } else { Err(StaffNameError) }
    }
}

/// What was typed is no sign-in name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sign-in name starts with a letter and has letters, digits, dots, dashes and _ only, at most 40 of them")]
pub struct StaffNameError;

/// Why a staff member was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The name is taken.
    #[error("there is a staff member of that name already")]
    Taken,
    /// There is no staff member of that name any more.
    #[error("there is no staff member of that name")]
    Gone,
    /// The new password is refused.
    #[error("the new password is not strong enough")]
    Refused(PasswordRefusal),
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The staff members could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What to do when the name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Refuse,
    /// Give that staff member a new one-time password.
    Replace,
}

/// For how long a one-time password opens the desk.
pub const ONE_TIME_LIVES: Duration = Duration::hours(24);

fn is_expired(stored: &StaffMember, now: OffsetDateTime) -> bool {
    let issued = stored.issued.unwrap_or_default();
    stored.one_time && now.unix_timestamp().saturating_sub(issued) >= ONE_TIME_LIVES.whole_seconds()
}

/// What a name and a password came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckedPassword {
    /// They go together.
    Right(SignedIn),
    /// They do, and the one-time password is past its day.
    Expired,
    /// They do not; with the staff member of that name, if there is one.
    Wrong(Option<StaffName>),
}

/// Somebody who proved to be a staff member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub name: StaffName,
    /// With a one-time password, which opens nothing but the form that replaces it.
    pub one_time: bool,
}

/// Who may use the desk.
pub struct Staff {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
}

impl Staff {
    /// On what it may touch.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>, random: Arc<dyn SecureRandom>) -> Self {
        Self { ledger, clock, random }
    }
}

/// Who waits for a password to be checked or hashed, at 19 MiB and a core each: however many guess, staff do not queue
/// behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Whoever types a name.
    Anybody,
    /// Whoever is signed in, or at a browser that they signed in from before.
    Staff,
}

/// How many are looked at at once, by lane.
static ANYBODYS: Semaphore = Semaphore::const_new(2);
static STAFFS: Semaphore = Semaphore::const_new(1);

/// The hash of a password that nobody knows, under the same cost as all others: what a sign-in under an unknown
/// name is checked against.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$a2V1emUtbmllbWFuZC4uLg$\
                      dQw6v1sY0nTqkM5uE8oFhR2jLx7iCzBpWa3gKyNe9Vs";

impl Staff {
    /// Adds a staff member, or replaces the password of one; gives the one-time password, which is kept nowhere.
    ///
    /// # Errors
    /// The name is taken, or the ledger cannot be read or written.
    pub async fn issue(&self, name: &StaffName, existing: Existing) -> Result<Zeroizing<String>, StaffError> {
        let found = self.find(name)?;
        if found.is_some() && existing == Existing::Refuse {
            return Err(StaffError::Taken);
        }
        let what = if found.is_some() { StaffChange::PasswordIssued } else { StaffChange::Added };
        let id = found.map_or_else(|| FactId(self.random.bytes()), |(id, _)| id);
        let password = one_time(&*self.random);
        let issued = Some(self.clock.now().at.unix_timestamp());
        let password_hash = self.hash(&password).await;
        let stored = StaffMember { name: name.to_string(), password: password_hash, one_time: true, issued };
        self.keep(id, stored, Actor::System, Route::System, what).await?;
        Ok(password)
    }

    /// Checks a name and a password.
    ///
    /// # Errors
    /// When the staff members cannot be read.
    pub async fn check(
        &self,
        name: &str,
        password: Zeroizing<String>,
        lane: Lane,
    ) -> Result<CheckedPassword, ReadError> {
        let found = match name.parse::<StaffName>() {
            Ok(name) => self.find(&name)?.map(|(_, stored)| (name, stored)),
            Err(StaffNameError) => None,
        };
        let hash = found.as_ref().map_or_else(|| NOBODY.to_owned(), |(_, stored)| stored.password.clone());
        let right = off_the_reactor(lane, move || verify(&hash, &password)).await;
        Ok(match found {
            Some((_, stored)) if right && is_expired(&stored, self.clock.now().at) => CheckedPassword::Expired,
            Some((name, stored)) if right => CheckedPassword::Right(SignedIn { name, one_time: stored.one_time }),
            found => CheckedPassword::Wrong(found.map(|(name, _)| name)),
        })
    }

    /// Replaces somebody's own password, for whoever gives the one in force. A one-time password was given a moment ago, at
    /// signing in, and need not be given again.
    ///
    /// # Errors
    /// The password is refused, or the ledger cannot be read or written.
    pub async fn replace(
        &self,
        name: &StaffName,
        current: Option<Zeroizing<String>>,
        new: Zeroizing<String>,
        again: &str,
    ) -> Result<(), StaffError> {
        let Some((id, stored)) = self.find(name)? else { return Err(StaffError::Gone) };
        if is_expired(&stored, self.clock.now().at) {
            return Err(StaffError::Gone);
        }
        let known = match current {
            None => stored.one_time,
            Some(current) => {
                let before = stored.password.clone();
                off_the_reactor(Lane::Staff, move || verify(&before, &current)).await
            }
        };
        if !known {
            return Err(StaffError::Refused(PasswordRefusal::Current));
        }
        acceptable(name, &new, again).map_err(StaffError::Refused)?;
        let (before, tried) = (stored.password, new.clone());
        if off_the_reactor(Lane::Staff, move || verify(&before, &tried)).await {
            return Err(StaffError::Refused(PasswordRefusal::Guessable));
        }
        let password = self.hash(&new).await;
        let stored = StaffMember { name: name.to_string(), password, one_time: false, issued: None };
        let actor = Actor::Agent { name: name.to_string() };
        self.keep(id, stored, actor, Route::Desk, StaffChange::PasswordReplaced).await
    }

    /// Few enough to look through; their keys are random, so that no name stands in the store in the clear.
    fn find(&self, name: &StaffName) -> Result<Option<(FactId, StaffMember)>, ReadError> {
        let found = self.members()?.into_iter().find(|(_, stored, _)| stored.name == name.as_str());
        Ok(found.map(|(id, stored, _)| (id, stored)))
    }

    /// Everybody, each with the record under which their access stands.
    fn members(&self) -> Result<Vec<(FactId, StaffMember, RecordAddress)>, ReadError> {
        let all = self.ledger.facts(FactKind::StaffMember)?.into_iter();
        let member = |StoredFact { fact, record }| match fact {
            Fact::StaffMember { id, member: Some(member) } => Some((id, member, record)),
            _ => None,
        };
        Ok(all.filter_map(member).collect())
    }

    /// Stores a staff member together with the event that says so.
    async fn keep(
        &self,
        id: FactId,
        stored: StaffMember,
        actor: Actor,
        route: Route,
        change: StaffChange,
    ) -> Result<(), StaffError> {
        let changed = StaffChanged { name: stored.name.clone(), change };
        let event = Event::new(self.clock.now().at, actor, route, changed);
        let fact = Fact::StaffMember { id, member: Some(stored) };
        self.ledger.append(AppendRequest::with(event, vec![fact])).await?;
        Ok(())
    }

    async fn hash(&self, password: &Zeroizing<String>) -> String {
        let salt = SaltString::encode_b64(&self.random.bytes::<16>()).expect("16 bytes are a salt");
        let password = password.clone();
        off_the_reactor(Lane::Staff, move || {
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
            hash.expect("the default cost and a 16-byte salt are valid").to_string()
        })
        .await
    }
}

fn verify(hash: &str, password: &str) -> bool {
    let hash = PasswordHash::new(hash).expect("only PHC strings are stored");
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// Runs what takes a core for tens of milliseconds where it holds up no other request.
async fn off_the_reactor<T: Send + 'static>(lane: Lane, work: impl FnOnce() -> T + Send + 'static) -> T {
    let permits = if lane == Lane::Staff { &STAFFS } else { &ANYBODYS };
    let _permit = permits.acquire().await.expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

/// 100 random bits in four groups of five of Crockford's base 32, to be read from a screen and typed.
fn one_time(random: &dyn SecureRandom) -> Zeroizing<String> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes = Zeroizing::new(random.bytes::<20>());
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Zeroizing::new(groups.join("-"))
}

/// Length counts and nothing else, but for the name itself (NIST SP 800-63B-4, section 3.1.1.2).
fn acceptable(name: &StaffName, new: &str, again: &str) -> Result<(), PasswordRefusal> {
    let length = new.chars().count();
    let distinct = new.chars().collect::<std::collections::BTreeSet<_>>().len();
    match () {
        () if length < SHORTEST_PASSWORD => Err(PasswordRefusal::Short),
        () if length > LONGEST_PASSWORD => Err(PasswordRefusal::Long),
        () if new != again => Err(PasswordRefusal::Different),
        () if distinct < 5 || new.to_lowercase().contains(name.as_str()) => Err(PasswordRefusal::Guessable),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests;
