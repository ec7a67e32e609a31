//! # API key
//!
//! What a program proves itself with that asks and tells: `keuze_` and 256 random bits in base64 without padding (URL alphabet), 49
//! characters. What stands before tells tools that look for keys in source code what they found.
//!
//! Shown once; its SHA-256 is kept in hexadecimal digits, sealed under the audit key (Fact beside the ledger, kind 7), with scopes and
//! a last day. Nobody can guess one, so no slower hash is needed, and each question costs one. Nothing is read of a key but its
//! hash, so it needs no version: whatever else is sent is nobody's.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::event::{Actor, ClientChange, ClientChanged, Event, Route};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use strum::{EnumCount, IntoStaticStr};
use time::Date;
use zeroize::Zeroizing;

use super::staff::StaffName;
use ledger::clock::Clock;
use ledger::formats::fact::{ApiClient, FactId};
use ledger::{AppendError, AppendRequest, Fact, FactKind, Ledger, ReadError, RecordDamage, StoredFact};
use vault::random::SecureRandom;

/// What a key is good for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
    EnumCount,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ClientScope {
    /// To ask "may I?".
    Decisions,
    /// To get the links and headers of a mail.
    Mail,
    /// To get the block of a letter, and to have a letter checked.
    Letters,
    /// To pass on that somebody objected.
    Objections,
    /// To tell of customers, and to ask them for an opt-in.
    Customers,
}

impl ClientScope {
    /// All of them.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Decisions, Self::Mail, Self::Letters, Self::Objections, Self::Customers];

    /// Its name.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for ClientScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a program is called; under that name it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientName(StaffName);

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ClientName {
    type Err = ClientNameError;

    fn from_str(text: &str) -> Result<Self, ClientNameError> {
        text.parse().map(Self).map_err(|_| ClientNameError)
    }
}

/// What was typed is no name of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a client's name starts with a letter and has letters, digits, dots, dashes and _ only, at most 40 of them")]
pub struct ClientNameError;

/// A program with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedClient {
    /// What it is called.
    pub name: ClientName,
    /// What its key is good for.
    pub scopes: Vec<ClientScope>,
    /// The last civil day of its key.
    pub until: Date,
    /// SHA-256 of the key, in hexadecimal digits.
    hash: String,
}

impl KeyedClient {
    /// As it is kept.
    fn stored(&self) -> ApiClient {
        let Self { name, scopes, until, hash } = self;
        let scopes = scopes.iter().map(|scope| scope.word().to_owned()).collect();
        ApiClient { name: name.to_string(), scopes, until: *until, hash: hash.clone() }
    }

    /// Reads what was kept; `None` where a name or a scope is none.
    fn from_fact(stored: ApiClient) -> Option<Self> {
        #[cfg(test)]
        tests::READ.set(tests::READ.get() + 1);
        let ApiClient { name, scopes, until, hash } = stored;
        let scope = |word: &String| ClientScope::ALL.into_iter().find(|scope| scope.word() == word);
        let scopes = scopes.iter().map(scope).collect::<Option<_>>()?;
        Some(Self { name: name.parse().ok()?, scopes, until, hash })
    }
}

/// Why a client was not added or removed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The name is taken.
    #[error("there is a client of that name already; remove it first, or choose another name")]
    Taken,
    /// There is none.
    #[error("there is no client of that name")]
    Gone,
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// Programs that ask and tell, each found by the hash of its key.
pub struct ApiClients {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    /// Guards the clients for one look, or for taking note of one that was added or removed once that is durable.
    by_hash: RwLock<HashMap<KeyHash, (FactId, KeyedClient)>>,
}

/// SHA-256 of a key, in hexadecimal digits. Whoever can make one up for a key that they don't have breaks SHA-256, so it is
/// looked up like any name.
type KeyHash = String;

impl ApiClients {
    /// With those that are kept.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn load(ledger: Ledger, clock: Arc<dyn Clock>, random: Arc<dyn SecureRandom>) -> Result<Self, ReadError> {
        let mut by_hash = HashMap::new();
        for StoredFact { fact, record: address } in ledger.facts(FactKind::ApiClient)? {
            if let Fact::ApiClient { id, client: Some(stored) } = fact {
                let damaged = || ReadError::Damaged { address, damage: RecordDamage::Client };
                let client = KeyedClient::from_fact(stored).ok_or_else(damaged)?;
                by_hash.insert(client.hash.clone(), (id, client));
            }
        }
        Ok(Self { ledger, clock, random, by_hash: RwLock::new(by_hash) })
    }

    fn known(&self) -> RwLockReadGuard<'_, HashMap<KeyHash, (FactId, KeyedClient)>> {
        self.by_hash.read().expect("nobody panics while changing it")
    }
}

impl ApiClients {
    /// Adds a client and gives its key, which is kept nowhere.
    ///
    /// # Errors
    /// The name is taken, or the ledger cannot be read or written.
    pub async fn add(
        &self,
        name: &ClientName,
        scopes: &[ClientScope],
        until: Date,
    ) -> Result<Zeroizing<String>, ClientError> {
        if self.named(name).is_some() {
            return Err(ClientError::Taken);
        }
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let key = new_key(&*self.random);
        let rights = scopes.iter().map(|scope| scope.word().to_owned()).collect();
        let added = ClientChanged { name: name.to_string(), change: ClientChange::Added { rights, until } };
        let client = KeyedClient { name: name.clone(), scopes, until, hash: hash(&key) };
        let id = FactId(self.random.bytes());
        self.keep(id, Some(client.stored()), added).await?;
        self.by_hash.write().expect("nobody panics while changing it").insert(client.hash.clone(), (id, client));
        Ok(key)
    }

    /// Everybody with a key, by name.
    pub fn list(&self) -> Vec<KeyedClient> {
        let mut all: Vec<KeyedClient> = self.known().values().map(|(_, client)| client.clone()).collect();
        all.sort_by_key(|client| client.name.to_string());
        all
    }

    /// Takes a client's key away; it is refused from the next question on.
    ///
    /// # Errors
    /// There is none of that name, or the ledger cannot be written.
    pub async fn remove(&self, name: &ClientName) -> Result<(), ClientError> {
        let (id, client) = self.named(name).ok_or(ClientError::Gone)?;
        let removed = ClientChanged { name: name.to_string(), change: ClientChange::Removed };
        self.keep(id, None, removed).await?;
        self.by_hash.write().expect("nobody panics while changing it").remove(&client.hash);
        Ok(())
    }

    /// Whose key this is, expired or not.
    pub fn with_key(&self, key: &str) -> Option<KeyedClient> {
        self.known().get(&hash(key)).map(|(_, client)| client.clone())
    }

    fn named(&self, name: &ClientName) -> Option<(FactId, KeyedClient)> {
        self.known().values().find(|(_, client)| client.name == *name).cloned()
    }

    async fn keep(&self, id: FactId, client: Option<ApiClient>, what: ClientChanged) -> Result<(), ClientError> {
        let event = Event::new(self.clock.now().at, Actor::System, Route::System, what);
        self.ledger.append(AppendRequest::with(event, vec![Fact::ApiClient { id, client }])).await?;
        Ok(())
    }
}

pub(crate) fn new_key(random: &dyn SecureRandom) -> Zeroizing<String> {
    let secret = Zeroizing::new(random.bytes::<32>());
    Zeroizing::new(format!("keuze_{}", URL_SAFE_NO_PAD.encode(*secret)))
}

pub(crate) fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use time::macros::date;

    use super::*;
    use crate::service::fixture::TestApp;

    thread_local! {
        /// How many stored clients were read by this test.
        pub(super) static READ: Cell<usize> = const { Cell::new(0) };
    }

    /// A question costs a hash and a look into a map, however many clients there are: none of them is read again.
    #[tokio::test]
    async fn a_key_is_looked_up_without_reading_any_client_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let mut keys = Vec::new();
        {
            let app = TestApp::at(Some(&data), 1).await;
            for number in 0..40 {
                let name = format!("client-{number}").parse().expect("a name");
                let added = clients(&app).add(&name, &[ClientScope::Decisions], date!(2027 - 11 - 24)).await;
                keys.push(added.expect("added"));
            }
            app.services.ledger.close().await;
        }
        READ.set(0);
        let app = TestApp::at(Some(&data), 2).await;
        assert_eq!(READ.get(), 40, "each is read once, at the start");
        for (number, key) in keys.iter().enumerate() {
            let client = clients(&app).with_key(key).expect("known");
            assert_eq!(client.name.to_string(), format!("client-{number}"));
            assert_eq!(clients(&app).with_key("keuze_unknown"), None);
        }
        let name = "client-7".parse().expect("a name");
        clients(&app).remove(&name).await.expect("removed");
        assert_eq!((clients(&app).with_key(&keys[7]), clients(&app).list().len()), (None, 39));
        assert_eq!(READ.get(), 40, "and by no question");
    }

    fn clients(app: &TestApp) -> &ApiClients {
        let services = &app.services;
        &services.clients
    }

    /// The key is nowhere on disk, and works after a restart; who got one stands in the ledger.
    #[tokio::test]
    async fn a_key_is_shown_once_and_kept_as_its_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let name: ClientName = "mailer".parse().expect("a name");
        let key = {
            let app = TestApp::at(Some(&data), 1).await;
            let scopes = [ClientScope::Mail, ClientScope::Decisions, ClientScope::Mail];
            let key = clients(&app).add(&name, &scopes, date!(2027 - 11 - 24)).await.expect("added");
            let again = clients(&app).add(&name, &scopes, date!(2027 - 11 - 24)).await;
            assert!(matches!(again, Err(ClientError::Taken)));
            app.services.ledger.close().await;
            key
        };
        let app = TestApp::at(Some(&data), 2).await;
        let client = clients(&app).with_key(&key).expect("known");
        assert_eq!((client.name, client.scopes), (name.clone(), vec![ClientScope::Decisions, ClientScope::Mail]));
        assert_eq!(clients(&app).with_key("keuze_x"), None);
        let event = app.ledger().pop().expect("an event");
        let rights = vec!["decisions".to_owned(), "mail".to_owned()];
        let change = ClientChange::Added { rights, until: time::macros::date!(2027 - 11 - 24) };
        assert_eq!(event.body, ClientChanged { name: "mailer".to_owned(), change }.into());
        clients(&app).remove(&name).await.expect("removed");
        assert_eq!(clients(&app).with_key(&key), None);
        assert!(matches!(clients(&app).remove(&name).await, Err(ClientError::Gone)));
        app.services.ledger.close().await;
        let secret = key.trim_start_matches("keuze_").as_bytes();
        let mut left = vec![data];
        let mut files = 0;
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(std::fs::read_dir(path).expect("readable").map(|entry| entry.expect("readable").path()));
            } else {
                let bytes = std::fs::read(&path).expect("readable");
                assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
                files += 1;
            }
        }
        assert!(files > 3, "there is a journal and a key ring");
    }
}
