//! The cookies that Keuze reads and writes (design, "How an answer is treated"): by Set-Cookie only.

use app::model::cookie::{Given, parse};
use app::model::identity::Subject;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, CookieBuilder, Expiration, SameSite};
use time::{Duration, OffsetDateTime};

use crate::embed::CookieNames;
use crate::service::codes::{CODE_LIVES, SESSION_LIVES};

/// How long a device keeps our cookies. Answers have their own last day, which is never later by much.
const LIVES: Duration = Duration::days(186);

impl CookieNames {
    /// The choice cookie.
    pub fn choice(self) -> &'static str {
        if self.secure { "__Host-keuze" } else { "keuze" }
    }

    /// The notice revision that was seen.
    pub fn seen(self) -> &'static str {
        if self.secure { "__Host-keuze_seen" } else { "keuze_seen" }
    }

    /// The consent id.
    pub fn id(self) -> &'static str {
        if self.secure { "__Secure-keuze_id" } else { "keuze_id" }
    }

    /// What belongs to a code that was mailed.
    pub fn code(self) -> &'static str {
        if self.secure { "__Secure-keuze_code" } else { "keuze_code" }
    }

    /// The session of whoever proved an address.
    pub fn person(self) -> &'static str {
        if self.secure { "__Secure-keuze_person" } else { "keuze_person" }
    }
}

/// What came along. What cannot be read counts as not there, and is replaced at the next answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// What the choice cookie says.
    pub given: Option<Given>,
    /// The notice revision that was seen.
    pub seen: Option<u32>,
    /// The consent id.
    pub consent_id: Option<Subject>,
    /// Whether a consent id cookie came along, readable or not.
    pub any_id: bool,
    /// What belongs to a code that was mailed, sealed.
    pub code: Option<String>,
    /// The session of whoever proved an address, sealed.
    pub person: Option<String>,
    /// The names of everything that came along.
    names: Vec<String>,
}

/// Reads the request's cookies.
pub fn read(headers: &HeaderMap, names: CookieNames) -> Came {
    let mut came = Came::default();
    for (name, value) in pairs(headers) {
        came.names.push(name.to_owned());
        if name == names.choice() {
            came.given = came.given.or_else(|| parse(value));
        } else if name == names.seen() {
            came.seen = came.seen.or_else(|| value.parse().ok());
        } else if name == names.id() {
            came.any_id = true;
            came.consent_id = came.consent_id.or_else(|| value.parse().ok());
        } else if name == names.code() {
            came.code = came.code.or_else(|| Some(value.to_owned()));
        } else if name == names.person() {
            came.person = came.person.or_else(|| Some(value.to_owned()));
        }
    }
    came
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';')).filter_map(|cookie| cookie.split_once('='));
    cookies.map(|(name, value)| (name.trim(), value.trim()))
}

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
    pub fn choice(&mut self, value: String) {
        self.keep(Cookie::build((self.names.choice(), value)).path("/"));
    }

    /// The notice that was seen.
    pub fn seen(&mut self, notice_revision: u32) {
        self.keep(Cookie::build((self.names.seen(), notice_revision.to_string())).path("/"));
    }

    /// The consent id: out of reach of the host's pages and logs.
    pub fn consent_id(&mut self, subject: Subject) {
        self.keep(Cookie::build((self.names.id(), subject.to_string())).path("/keuze/").http_only(true));
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
        let cookie = Cookie::build((name, value)).path("/keuze/").http_only(true);
        self.push(cookie.max_age(lives).same_site(SameSite::Lax));
    }

    fn forget(&mut self, name: &'static str) {
        let gone = Cookie::build((name, "")).path("/keuze/").http_only(true);
        self.push(expired(gone).same_site(SameSite::Lax));
    }

    /// Expires a cookie of the site on every path and domain where it may have been set: a browser removes only the
    /// variant whose domain and path match.
    pub fn expire(&mut self, name: &str, host: &str, paths: &[String]) {
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

    /// The Set-Cookie headers, in order.
    pub fn write(self, headers: &mut HeaderMap) {
        let lines = self.cookies.into_iter().map(|cookie| HeaderValue::try_from(cookie.to_string()));
        for line in lines.filter_map(Result::ok) {
            headers.append(header::SET_COOKIE, line);
        }
    }

    fn keep(&mut self, cookie: CookieBuilder<'static>) {
        self.push(cookie.max_age(LIVES).same_site(SameSite::Lax));
    }

    fn push(&mut self, cookie: CookieBuilder<'static>) {
        self.cookies.push(cookie.secure(self.names.secure).build());
    }
}

impl Came {
    /// The names that came along under a registered name: itself, or all that begin as one with a trailing `*` does.
    pub fn under(&self, registered: &str) -> Vec<String> {
        match registered.strip_suffix('*') {
            Some(start) => self.names.iter().filter(|name| name.starts_with(start)).cloned().collect(),
            None => vec![registered.to_owned()],
        }
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

    const PLAIN: CookieNames = CookieNames { secure: false };

    fn came(line: &'static str) -> Came {
        read(&HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))]), PLAIN)
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        assert_eq!(came("keuze=%%%; keuze_seen=x; keuze_id=12").given, None);
        assert_eq!(came("keuze=%%%; keuze_seen=x; keuze_id=12").seen, None);
        let id = came("keuze=%%%; keuze_seen=x; keuze_id=12");
        assert!(id.any_id && id.consent_id.is_none());
        assert!(came("keuze=statistics.1.o.20270524").given.is_some());
        assert_eq!(came("__Host-keuze=statistics.1.o.20270524").given, None);
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
    fn an_address_or_a_bare_name_has_no_parent_domain() {
        assert_eq!(domains("127.0.0.1:8020").count(), 0);
        assert_eq!(domains("localhost:8020").count(), 0);
        assert_eq!(domains("www.voipro.nl").collect::<Vec<_>>(), ["www.voipro.nl", "voipro.nl"]);
    }

    #[test]
    fn a_star_stands_for_the_names_that_came_along() {
        let came = came("_pk_id.1=a; _pk_ses.1=b; other=c");
        assert_eq!(came.under("_pk_*"), ["_pk_id.1", "_pk_ses.1"]);
        assert_eq!(came.under("_fbp"), ["_fbp"]);
    }
}
