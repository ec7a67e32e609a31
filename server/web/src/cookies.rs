//! # Cookies
//!
//! Written by Set-Cookie alone, each `SameSite=Lax` and those of the desk `Strict`, without a domain. Where the host is served over
//! https they are `Secure`, and their names begin with the prefix, by which a browser keeps others from writing them (RFC 6265bis).
//!
//! | name | prefix | path | scripts | lives | value |
//! |---|---|---|---|---|---|
//! | `keuze` | `__Host-` | `/` | read it | 186 days, 400 with an objection in it | Choice cookie |
//! | `keuze_seen` | `__Host-` | `/` | read it | 186 days | the revision of the notice that was seen, in decimal digits |
//! | `keuze_id` | `__Secure-` | `/keuze/` | do not | 186 days | the consent id: 32 hexadecimal digits, small letters |
//! | `keuze_code` | `__Secure-` | `/keuze/` | do not | as long as the code | Sealed cookie |
//! | `keuze_person` | `__Secure-` | `/keuze/` | do not | as long as the session | Sealed cookie |
//! | `keuze_desk` | `__Secure-` | `/keuze/desk` | do not | until the browser closes | 64 hexadecimal digits, of which nothing is read but the hash |
//! | `keuze_desk_known` | `__Host-` | `/` | do not | 90 days | Token of a known browser; up to four, with dots between |
//! | `keuze_probe` | | `/` | write it | seconds | nothing: whether cookies are kept, and that a press is under way |
//!
//! Written with answers, read at each request; of several of one name that differ the choice is unreadable and the notice unseen.
//! A number that is not in its one spelling, and an id of another length, are as if there were none, so a second version of
//! either is one of those.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, CookieBuilder, Expiration, SameSite};
use model::cookie::{BESIDE, ChoiceCookie, put_beside};
use model::device::DeviceState;
use model::identity::Subject;
use model::paths::ROOT;
use time::{Duration, OffsetDateTime};

use crate::embed::CookieNames;
use keuze_core::config::{CHOICE, CODE, CONSENT_ID, PERSON, SEEN, covered};
use keuze_core::service::codes::{CODE_LIVES, SESSION_LIVES};

impl CookieNames {
    /// The choice cookie.
    pub fn choice(self) -> &'static str {
        CHOICE.on(self.secure)
    }

    /// The notice revision that was seen.
    pub fn seen(self) -> &'static str {
        SEEN.on(self.secure)
    }

    /// The consent id.
    pub fn id(self) -> &'static str {
        CONSENT_ID.on(self.secure)
    }

    /// What belongs to a code that was mailed.
    pub fn code(self) -> &'static str {
        CODE.on(self.secure)
    }

    /// The session of whoever proved an address.
    pub fn person(self) -> &'static str {
        PERSON.on(self.secure)
    }
}

/// What came along. What cannot be read counts as not there, and is replaced at the next answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestCookies {
    /// The choice cookie, and beside it whatever else came under its name.
    choice: Vec<u8>,
    /// The notice revision that was seen; of several cookies that differ none.
    pub seen: Option<u32>,
    /// The consent ids: more than one if somebody else wrote one.
    pub consent_ids: Vec<Subject>,
    /// Whether a consent id cookie came along, readable or not.
    pub any_id: bool,
    /// What belongs to a code that was mailed, sealed. Another host of the domain can plant a second one: the one that
    /// opens counts.
    pub code: Vec<String>,
    /// The session of whoever proved an address, sealed; likewise.
    pub person: Vec<String>,
    /// The names of everything that came along.
    names: Vec<String>,
}

/// Reads the request's cookies: ours by their names on this host, over https the prefixed ones alone.
pub fn parse_cookies(headers: &HeaderMap, names: CookieNames) -> RequestCookies {
    let mut came = RequestCookies::default();
    let mut seen = Vec::new();
    for (name, value) in pairs(headers) {
        came.names.push(name.to_owned());
        let text = std::str::from_utf8(value).ok();
        if name == names.choice() {
            put_beside(&mut came.choice, value);
        } else if name == names.seen() {
            put_beside(&mut seen, value);
        } else if name == names.id() {
            came.any_id = true;
            came.consent_ids.extend(text.and_then(|text| text.parse::<Subject>().ok()));
        } else if name == names.code() {
            came.code.extend(text.map(str::to_owned));
        } else if name == names.person() {
            came.person.extend(text.map(str::to_owned));
        }
    }
    came.seen = std::str::from_utf8(&seen).ok().and_then(revision);
    came
}

/// In its one spelling, as the page compares it.
fn revision(text: &str) -> Option<u32> {
    text.parse().ok().filter(|revision: &u32| revision.to_string() == text)
}

/// The names and values of everything that came along, whatever bytes another cookie has.
pub fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    let cookies = lines.flat_map(|line| line.split(|byte| *byte == b';'));
    cookies.filter_map(|cookie| {
        let end = cookie.iter().position(|byte| *byte == b'=')?;
        let name = std::str::from_utf8(cookie[..end].trim_ascii()).ok()?;
        Some((name, cookie[end + 1..].trim_ascii()))
    })
}

/// How many names of cookies are taken away under one registered name in one answer: a page can write hundreds, and a proxy in
/// front takes only so many bytes of headers. Of more the rest goes with the next answer.
const MOST_UNDER_ONE: usize = 8;

/// Writes cookies onto an answer.
pub struct Jar {
    names: CookieNames,
    cookies: Vec<Cookie<'static>>,
}

impl Jar {
    /// Nothing written yet.
    pub fn new(names: CookieNames) -> Self {
        Self { names, cookies: Vec::new() }
    }

    /// What was answered; readable by the site's own scripts and servers.
    pub fn choice(&mut self, value: String, days: u32) {
        self.keep(Cookie::build((self.names.choice(), value)).path("/"), days);
    }

    /// The notice that was seen.
    pub fn seen(&mut self, notice_revision: u32) {
        self.keep(Cookie::build((self.names.seen(), notice_revision.to_string())).path("/"), SEEN.days);
    }

    /// The notice counts as not seen: further use of the site starts nothing until it was shown again.
    pub fn forget_seen(&mut self) {
        self.push(expired(Cookie::build((self.names.seen(), "")).path("/")).same_site(SameSite::Lax));
    }

    /// The consent id: out of reach of the host's pages and logs.
    pub fn consent_id(&mut self, subject: Subject) {
        let cookie = Cookie::build((self.names.id(), subject.to_string())).path(ROOT).http_only(true);
        self.keep(cookie, CONSENT_ID.days);
    }

    /// Takes the consent id from the device.
    pub fn forget_consent_id(&mut self) {
        self.forget(self.names.id());
    }

    /// What belongs to a code, for as long as the code works.
    pub fn code(&mut self, sealed: String) {
        self.ours(self.names.code(), sealed, CODE_LIVES);
    }

    /// The session of whoever proved an address.
    pub fn person(&mut self, sealed: String) {
        self.ours(self.names.person(), sealed, SESSION_LIVES);
    }

    /// The code was taken.
    pub fn forget_code(&mut self) {
        self.forget(self.names.code());
    }

    /// The session ended.
    pub fn forget_person(&mut self) {
        self.forget(self.names.person());
    }

    fn ours(&mut self, name: &'static str, value: String, lives: Duration) {
        let cookie = Cookie::build((name, value)).path(ROOT).http_only(true);
        self.push(cookie.max_age(lives).same_site(SameSite::Lax));
    }

    fn forget(&mut self, name: &'static str) {
        let gone = Cookie::build((name, "")).path(ROOT).http_only(true);
        self.push(expired(gone).same_site(SameSite::Lax));
    }

    /// Expires a cookie of the site on every path and domain where it may have been set: a browser removes only the
    /// variant whose domain and path match. Never one of ours, whatever the register calls the site's.
    pub fn expire(&mut self, name: &str, host: &str, paths: &[String]) {
        if covered(name).next().is_some() {
            return;
        }
        for domain in std::iter::once(None).chain(domains(host).map(Some)) {
            for path in paths {
                let gone = expired(Cookie::build((name.to_owned(), "")).path(path.clone()));
                self.push(match domain {
                    Some(domain) => gone.domain(domain.to_owned()),
                    None => gone,
                });
            }
        }
    }

    /// The same on the root alone, in short lines.
    pub fn expire_at_the_root(&mut self, name: &str, host: &str) {
        if covered(name).next().is_some() {
            return;
        }
        for domain in std::iter::once(None).chain(domains(host).map(Some)) {
            let gone = Cookie::build((name.to_owned(), "")).path("/").max_age(Duration::ZERO);
            self.push(match domain {
                Some(domain) => gone.domain(domain.to_owned()),
                None => gone,
            });
        }
    }

    /// Expires what somebody else wrote under a name of ours, wherever that can have been but where ours is: on the root of
    /// the host alone. Short lines, for a proxy in front takes only so many bytes of headers.
    pub fn expire_planted(&mut self, name: &str, host: &str, paths: &BTreeSet<String>) {
        for domain in std::iter::once(None).chain(domains(host).map(Some)) {
            for path in paths.iter().filter(|path| domain.is_some() || *path != "/") {
                let gone = Cookie::build((name.to_owned(), "")).path(path.clone()).max_age(Duration::ZERO);
                self.push(match domain {
                    Some(domain) => gone.domain(domain.to_owned()),
                    None => gone,
                });
            }
        }
    }

    /// The Set-Cookie headers, in order.
    pub fn write(self, headers: &mut HeaderMap) {
        let lines = self.cookies.into_iter().map(|cookie| HeaderValue::try_from(cookie.to_string()));
        for line in lines.filter_map(Result::ok) {
            headers.append(header::SET_COOKIE, line);
        }
    }

    fn keep(&mut self, cookie: CookieBuilder<'static>, days: u32) {
        self.push(cookie.max_age(Duration::days(days.into())).same_site(SameSite::Lax));
    }

    fn push(&mut self, cookie: CookieBuilder<'static>) {
        self.cookies.push(cookie.secure(self.names.secure).build());
    }
}

impl RequestCookies {
    /// What the choice cookie says at a moment.
    pub fn said(&self, now: OffsetDateTime) -> ChoiceCookie {
        ChoiceCookie::parse_choice_cookie(&self.choice, now)
    }

    /// Whether the browser keeps an answer at all.
    pub fn keeps_choice(&self) -> bool {
        !self.choice.is_empty()
    }

    /// What the device says of itself, with the signal that came beside the cookies.
    pub fn device(&self, gpc: bool, now: OffsetDateTime) -> DeviceState {
        DeviceState { said: self.said(now), seen: self.seen, gpc }
    }

    /// The names of ours that came along more than once and that a page reads: somebody else wrote one. Over https none
    /// can.
    pub fn planted(&self, names: CookieNames) -> impl Iterator<Item = &'static str> {
        let times = |name: &str| self.names.iter().filter(|came| *came == name).count();
        [names.choice(), names.seen()].into_iter().filter(move |name| times(name) > 1)
    }

    /// What a page saw of the choice cookie when it was answered on. Of several a page can see more than come along, those
    /// on a path of its own: as long as everything that came is among what it saw, it saw what came.
    pub fn seen_by_page(&self, before: Option<String>) -> Option<String> {
        let parts = |text: &[u8]| text.split(|byte| *byte == b'~').map(<[u8]>::to_vec).collect::<BTreeSet<_>>();
        let saw_more =
            |before: &String| before.contains(BESIDE) && parts(&self.choice).is_subset(&parts(before.as_bytes()));
        match before {
            Some(before) if saw_more(&before) => Some(String::from_utf8_lossy(&self.choice).into_owned()),
            before => before,
        }
    }

    /// The names that may be there under a registered name: itself, or all that came along and begin as one with a trailing
    /// `*` does.
    pub fn under(&self, registered: &str) -> Vec<String> {
        if registered.ends_with('*') { self.along(registered) } else { vec![registered.to_owned()] }
    }

    /// The names that came along under a registered name, each once and no more than eight.
    pub fn along(&self, registered: &str) -> Vec<String> {
        let is_it = |name: &&String| match registered.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => *name == registered,
        };
        let along: BTreeSet<&String> = self.names.iter().filter(is_it).collect();
        along.into_iter().take(MOST_UNDER_ONE).cloned().collect()
    }
}

fn expired(cookie: CookieBuilder<'static>) -> CookieBuilder<'static> {
    cookie.max_age(Duration::ZERO).expires(Expiration::from(OffsetDateTime::UNIX_EPOCH))
}

/// The host without its port and every parent of it that can carry cookies.
fn domains(host: &str) -> impl Iterator<Item = &str> {
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_name = host.contains('.') && !host.ends_with(|last: char| last.is_ascii_digit());
    let parents = std::iter::successors(is_name.then_some(host), |name| name.split_once('.').map(|(_, rest)| rest));
    parents.take_while(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-24 13:00 UTC);
    const PLAIN: CookieNames = CookieNames { secure: false };

    fn came(line: &str) -> RequestCookies {
        sent(&[line.as_bytes()], PLAIN)
    }

    fn sent(lines: &[&[u8]], names: CookieNames) -> RequestCookies {
        let lines = lines.iter().map(|line| (header::COOKIE, HeaderValue::from_bytes(line).expect("can be sent")));
        parse_cookies(&lines.collect(), names)
    }

    /// Analytics tools write what was searched for into cookies, in any encoding.
    #[test]
    fn a_foreign_cookie_decides_nothing() {
        let ours = "keuze=statistics.1.o; keuze_seen=1; keuze_id=00112233445566778899aabbccddeeff; keuze_person=sealed; keuze_code=sealed";
        let alone = came(ours);
        assert!(
            alone.seen.is_some() && alone.consent_ids.len() == 1 && alone.person.len() == 1 && alone.code.len() == 1
        );
        let foreign: [&[u8]; 7] =
            [b"utm=s\xf8gelse", "utm=søgelse".as_bytes(), "søgelse=1".as_bytes(), b"=", b"\"", b"a=\"b", b"novalue"];
        for foreign in foreign {
            let ours = ours.as_bytes();
            for line in [&[foreign, ours].join(&b"; "[..])[..], &[ours, foreign].join(&b";"[..])[..]] {
                let came = sent(&[line], PLAIN);
                assert_eq!(
                    RequestCookies { names: Vec::new(), ..came },
                    RequestCookies { names: Vec::new(), ..alone.clone() }
                );
            }
            let came = sent(&[foreign, ours], PLAIN);
            assert_eq!(
                RequestCookies { names: Vec::new(), ..came },
                RequestCookies { names: Vec::new(), ..alone.clone() }
            );
        }
    }

    /// A plain name can be planted by whoever answers over http in the host's name, or on a host of the same domain.
    #[test]
    fn over_https_only_prefixed_names_count() {
        let secure = CookieNames { secure: true };
        let planted = "keuze=marketing.1.g.20270524; keuze_seen=1; keuze_id=00112233445566778899aabbccddeeff; \
                       keuze_person=p; keuze_code=c; __HOST-keuze_seen=1";
        let came = sent(&[planted.as_bytes()], secure);
        assert_eq!(RequestCookies { names: Vec::new(), ..came }, RequestCookies::default());
    }

    #[test]
    fn what_cannot_be_read_is_not_there_but_for_the_choice() {
        let came = came("keuze=%%%; keuze_seen=x; keuze_id=12");
        assert_eq!((came.seen, came.any_id, came.consent_ids.len()), (None, true, 0));
        assert!(came.said(NOW).unreadable, "it may have been an objection");
        for seen in ["+1", "01", "1 1", "1.0", "\"1\"", ""] {
            assert_eq!(self::came(&format!("keuze_seen={seen}")).seen, None, "{seen}");
        }
    }

    /// Whichever of two choice cookies is ours, no objection is lost and nothing is granted.
    #[test]
    fn two_choice_cookies_grant_nothing() {
        let (yes, no) = ("keuze=statistics.1.n.1795600000", "keuze=statistics.1.o");
        for lines in [[yes, no], [no, yes]] {
            let said = sent(&[lines.join("; ").as_bytes()], PLAIN).said(NOW);
            assert!(said.unreadable && said.given.len() == 1, "{said:?}");
            assert_eq!(sent(&lines.map(str::as_bytes), PLAIN).said(NOW), said);
        }
        assert_eq!(came(&format!("{no}; keuze=; {no}")).said(NOW), came(no).said(NOW));
        assert_eq!(came("keuze_seen=1; keuze_seen=2").seen, None, "nor does one of two start anything");
        assert_eq!(came("keuze_seen=1; keuze_seen=; keuze_seen=1").seen, Some(1));
    }

    #[test]
    fn a_cookie_is_expired_on_every_path_and_domain() {
        let mut jar = Jar::new(CookieNames { secure: true });
        jar.expire("_visit", "www.voipro.nl:443", &["/".to_owned(), "/winkel".to_owned()]);
        let mut headers = HeaderMap::new();
        jar.write(&mut headers);
        let lines: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        _visit=; Secure; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        _visit=; Secure; Path=/winkel; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        _visit=; Secure; Path=/; Domain=www.voipro.nl; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        _visit=; Secure; Path=/winkel; Domain=www.voipro.nl; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        _visit=; Secure; Path=/; Domain=voipro.nl; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        _visit=; Secure; Path=/winkel; Domain=voipro.nl; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
        ");
    }

    #[test]
    fn none_of_ours_is_expired_for_another() {
        for secure in [true, false] {
            let mut jar = Jar::new(CookieNames { secure });
            let ours = "__Host-keuze __Host-keuze_seen __Secure-keuze_id __Secure-keuze_desk keuze keuze_seen keuze_id";
            for name in ours.split(' ') {
                jar.expire(name, "www.voipro.nl", &["/".to_owned()]);
            }
            assert!(jar.cookies.is_empty());
            jar.expire("keuze_of_another", "www.voipro.nl", &["/".to_owned()]);
            assert!(!jar.cookies.is_empty());
        }
    }

    #[test]
    fn what_was_planted_beside_ours_is_expired_and_ours_is_not() {
        assert_eq!(came("keuze=a; keuze_seen=1; keuze=b").planted(PLAIN).collect::<Vec<_>>(), ["keuze"]);
        assert_eq!(came("keuze=a; keuze_seen=1").planted(PLAIN).count(), 0, "one is ours as far as anybody knows");
        let paths: BTreeSet<_> = ["/", "/winkel"].map(str::to_owned).into();
        let expired = |host| {
            let mut jar = Jar::new(PLAIN);
            jar.expire_planted("keuze", host, &paths);
            jar.cookies.iter().map(Cookie::to_string).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(expired("www.voipro.nl:80"), @r"
        keuze=; Path=/winkel; Max-Age=0
        keuze=; Path=/; Domain=www.voipro.nl; Max-Age=0
        keuze=; Path=/winkel; Domain=www.voipro.nl; Max-Age=0
        keuze=; Path=/; Domain=voipro.nl; Max-Age=0
        keuze=; Path=/winkel; Domain=voipro.nl; Max-Age=0
        ");
        assert_eq!(expired("localhost:8020"), "keuze=; Path=/winkel; Max-Age=0");
    }

    /// A yes counts only as long as the device says what it said when the page was shown; a page sees what lies on its path.
    #[test]
    fn a_page_that_saw_more_than_came_along_saw_what_came() {
        let saw = |came: &str, before: &str| self::came(came).seen_by_page(Some(before.to_owned()));
        assert_eq!(saw("keuze=a.1.o", "b.1.g.1~~a.1.o").as_deref(), Some("a.1.o"));
        assert_eq!(saw("keuze=a.1.o", "b.1.g.1~~a.1.r.1").as_deref(), Some("b.1.g.1~~a.1.r.1"), "answered since");
        assert_eq!(saw("keuze=a.1.o; keuze=c", "a.1.o~~b").as_deref(), Some("a.1.o~~b"), "answered since");
        assert_eq!(saw("keuze=a.1.o", "a.1.r.1").as_deref(), Some("a.1.r.1"));
        assert_eq!(saw("other=1", "").as_deref(), Some(""));
    }

    #[test]
    fn an_address_or_a_bare_name_has_no_parent_domain() {
        assert_eq!(domains("127.0.0.1:8020").count(), 0);
        assert_eq!(domains("localhost:8020").count(), 0);
        assert_eq!(domains("www.voipro.nl").collect::<Vec<_>>(), ["www.voipro.nl", "voipro.nl"]);
    }

    #[test]
    fn a_star_stands_for_the_names_that_came_along() {
        let few = came("_pk_id.1=a; _pk_ses.1=b; other=c");
        assert_eq!(few.under("_pk_*"), ["_pk_id.1", "_pk_ses.1"]);
        assert_eq!(few.under("_fbp"), ["_fbp"]);
        let many: Vec<String> = (0..200).map(|number| format!("_pk_{number}=1; _pk_{number}=2")).collect();
        let taken = came(&many.join("; ")).under("_pk_*");
        assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (MOST_UNDER_ONE, MOST_UNDER_ONE));
    }
}
