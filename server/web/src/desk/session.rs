//! Who is signed in: a random token in a cookie, and a table in memory that knows its hash.
//!
//! The token is 256 random bits and says nothing, so there is nothing in the cookie to seal or sign.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use cookie::{Cookie, SameSite};
use model::identity::RecordAddress;
use model::paths::Endpoint;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use super::work::{FormHash, Work};
use crate::cookies;
use keuze_core::config::DESK;
use keuze_core::service::sign_ins::Missed;
use keuze_core::service::staff::{SignedIn, StaffName};
use vault::random::SecureRandom;

const NAME: &str = DESK.plain;
/// Over https: set by nobody who answers over plain http in the host's name.
const SECURE_NAME: &str = DESK.secure;
/// Without use a session ends after this long.
const IDLE: Duration = Duration::minutes(30);
/// A session ends after this long in any case: a working day.
const LONGEST: Duration = Duration::hours(10);

/// One that a one-time password opened: a new password is chosen within this long, and needs no other proof meanwhile.
const ONE_TIME: Duration = Duration::minutes(10);

/// A second press of the form for a new password comes within this long.
const REPEATED: Duration = Duration::minutes(1);

/// One staff member at one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StaffSession {
    pub(super) name: StaffName,
    /// Opens nothing but the form for a new password.
    pub(super) one_time: bool,
    /// The access that it was opened under; it ends with that.
    pub(super) access: RecordAddress,
    /// What failed under the name before it was opened.
    pub(super) missed: Option<Missed>,
    key: TokenHash,
}

/// The hash of a session's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct TokenHash([u8; 32]);

/// All sessions, by the hash of their token; gone when the server stops.
#[derive(Default)]
pub(super) struct Sessions {
    /// Guards the table of those that are open, for one look or change.
    open: Mutex<HashMap<TokenHash, StoredSession>>,
    /// Guards the table of those that a new password ended, and when; for one look or change.
    replaced: Mutex<HashMap<TokenHash, (StaffName, OffsetDateTime)>>,
}

/// What a session is opened with.
pub(super) struct SessionOpening {
    pub(super) signed_in: SignedIn,
    /// The access that it is opened under.
    pub(super) access: RecordAddress,
    /// What failed under the name before.
    pub(super) missed: Option<Missed>,
    /// The form for a new password that it comes of.
    pub(super) by: Option<FormHash>,
}

struct StoredSession {
    signed_in: SignedIn,
    access: RecordAddress,
    missed: Option<Missed>,
    /// The form for a new password that opened it; it names passwords, so it is kept hashed once more, under the session's key.
    by: Option<FormHash>,
    /// Opened over https: then only the prefixed cookie opens it.
    secure: bool,
    opened: OffsetDateTime,
    used: OffsetDateTime,
    /// What was looked up in it; ends with it.
    work: Work,
}

impl StoredSession {
    fn lives(&self, now: OffsetDateTime) -> bool {
        let longest = if self.signed_in.one_time { ONE_TIME } else { LONGEST };
        now - self.used < IDLE && now - self.opened < longest
    }
}

impl Sessions {
    fn table(&self) -> MutexGuard<'_, HashMap<TokenHash, StoredSession>> {
        // Nothing in here is ever half done, so what a panicking thread left is right.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a session; gives the Set-Cookie value.
    pub(super) fn open(
        &self,
        SessionOpening { signed_in, access, missed, by }: SessionOpening,
        now: OffsetDateTime,
        random: &dyn SecureRandom,
        secure: bool,
    ) -> String {
        let token = hex::encode(random.bytes::<32>());
        let mut table = self.table();
        table.retain(|_, kept| kept.lives(now));
        let key = hash(token.as_bytes());
        let by = by.map(|form| form.under(key));
        let kept =
            StoredSession { signed_in, access, missed, by, secure, opened: now, used: now, work: Work::default() };
        table.insert(key, kept);
        cookie(token, secure).to_string()
    }

    /// The session of a request, if it has one that lives; using it prolongs it.
    pub(super) fn find(&self, headers: &HeaderMap, now: OffsetDateTime) -> Option<StaffSession> {
        let mut table = self.table();
        let opens = |(name, key): &(&str, TokenHash)| {
            table.get(key).is_some_and(|kept| *name == cookie_name(kept.secure) && kept.lives(now))
        };
        let (_, key) = tokens(headers).find(opens)?;
        let kept = table.get_mut(&key)?;
        kept.used = now;
        let SignedIn { name, one_time } = kept.signed_in.clone();
        Some(StaffSession { name, one_time, access: kept.access, missed: kept.missed, key })
    }

    /// Does something with what was looked up in a session; `None` if it ended meanwhile.
    pub(super) fn work<T>(&self, session: &StaffSession, act: impl FnOnce(&mut Work) -> T) -> Option<T> {
        self.table().get_mut(&session.key).map(|kept| act(&mut kept.work))
    }

    /// Ends the session of a request; gives the Set-Cookie value that removes the cookie.
    pub(super) fn end(&self, headers: &HeaderMap, secure: bool) -> String {
        for (_, key) in tokens(headers) {
            self.table().remove(&key);
        }
        let mut gone = cookie(String::new(), secure);
        gone.make_removal();
        gone.set_expires(OffsetDateTime::UNIX_EPOCH);
        gone.to_string()
    }

    /// Ends every session of a staff member, for a new password.
    pub(super) fn end_all(&self, name: &StaffName, now: OffsetDateTime) {
        let mut replaced = self.replaced.lock().unwrap_or_else(PoisonError::into_inner);
        replaced.retain(|_, (_, at)| now - *at < REPEATED);
        self.table().retain(|key, kept| {
            let stays = kept.signed_in.name != *name;
            if !stays {
                replaced.insert(*key, (name.clone(), now));
            }
            stays
        });
    }

    /// Whether a session was opened just now by this form for a new password: then it was sent again.
    pub(super) fn is_opened_by(&self, session: &StaffSession, form: FormHash, now: OffsetDateTime) -> bool {
        let is_its = |kept: &StoredSession| kept.by == Some(form.under(session.key)) && now - kept.opened < REPEATED;
        self.table().get(&session.key).is_some_and(is_its)
    }

    /// Whose session a request has that a new password ended just now.
    pub(super) fn ended_by_password(&self, headers: &HeaderMap, now: OffsetDateTime) -> Option<StaffName> {
        let replaced = self.replaced.lock().unwrap_or_else(PoisonError::into_inner);
        let found = tokens(headers).find_map(|(_, key)| replaced.get(&key).cloned());
        found.filter(|(_, at)| now - *at < REPEATED).map(|(name, _)| name)
    }
}

impl FormHash {
    fn under(self, TokenHash(key): TokenHash) -> Self {
        Self(Sha256::new().chain_update(key).chain_update(self.0).finalize().into())
    }
}

pub(crate) fn cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build((cookie_name(secure), token))
        .path(Endpoint::Desk.path())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .build()
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { NAME }
}

/// What came along under either name, by the hashes of the tokens. Another host of the domain can plant one beside ours,
/// so each is tried.
fn tokens(headers: &HeaderMap) -> impl Iterator<Item = (&str, TokenHash)> {
    let ours = cookies::pairs(headers).filter(|(name, _)| [NAME, SECURE_NAME].contains(name));
    ours.map(|(name, token)| (name, hash(token)))
}

/// The table knows hashes only, so that looking one up by its hash tells nothing by its time.
fn hash(token: &[u8]) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}
