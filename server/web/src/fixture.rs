//! Asks the whole router, as a browser would; for tests.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use cookie::{Cookie, SameSite};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use keuze_core::config::OWN;
use keuze_core::service::fixture::TestApp;

#[derive(Debug)]
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// One browser with its cookies, on `http://localhost` unless told otherwise.
pub struct Browser {
    router: axum::Router,
    /// The host it is on.
    pub host: &'static str,
    /// Its cookies, as `name=value`; what an answer sets or removes is followed.
    pub cookies: Vec<(String, String)>,
    /// Whether it keeps cookies at all.
    pub keeps_cookies: bool,
    /// The address that it comes from, where that matters.
    pub peer: Option<std::net::IpAddr>,
}

impl Browser {
    /// A fresh one, with a server process of its own: they share what the ledger keeps.
    pub fn new(app: &TestApp) -> Self {
        Self::at_router(crate::router(&app.services, false))
    }

    /// A fresh one at this router.
    pub fn at_router(router: axum::Router) -> Self {
        Self { router, host: "localhost", cookies: Vec::new(), keeps_cookies: true, peer: None }
    }

    /// A fresh one at the same server process.
    pub fn beside(&self) -> Self {
        Self { router: self.router.clone(), host: self.host, cookies: Vec::new(), keeps_cookies: true, peer: self.peer }
    }

    pub async fn get(&mut self, path: &str) -> TestResponse {
        self.send("GET", path, "").await
    }

    /// POST of a form, from a page of the same origin.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> TestResponse {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send("POST", path, &body).await
    }

    /// Sends the form of a page that has this mark in it, as a browser would: its hidden fields, and what is filled in.
    pub async fn submit(&mut self, page: &TestResponse, mark: &str, filled: &[(&str, &str)]) -> TestResponse {
        let (action, hidden) = page.form(mark);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(filled.iter().copied()).collect();
        self.post(&action, &all).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> TestResponse {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
        self.ask(method, path, &headers, body).await
    }

    /// Any request: only its host and its cookies are added.
    pub async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> TestResponse {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.ask_in_bytes(method, path, &headers, body).await
    }

    /// The same with headers of any bytes.
    pub async fn ask_in_bytes(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &[u8])],
        body: &str,
    ) -> TestResponse {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header(header::HOST, self.host);
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; ").as_bytes());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(peer) = self.peer {
            request = request.extension(axum::extract::ConnectInfo(std::net::SocketAddr::new(peer, 4711)));
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request that can be sent");
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        set_cookies(&parts.headers).for_each(|set| refuse_unregistered(&set));
        let bytes = body.collect().await.expect("a body in memory").to_bytes();
        if self.keeps_cookies {
            self.keep(&parts.headers);
        }
        TestResponse {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for set in set_cookies(headers) {
            self.cookies.retain(|(name, _)| name != set.name());
            if set.max_age() != Some(time::Duration::ZERO) {
                self.cookies.push((set.name().to_owned(), set.value().to_owned()));
            }
        }
    }
}

fn set_cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'static>> {
    let lines = headers.get_all(header::SET_COOKIE).iter();
    lines.map(|line| Cookie::parse(line.to_str().expect("ASCII").to_owned()).expect("a cookie"))
}

/// Whatever a test is about: what is kept on a device stands in the register, and is what that says (S-03).
fn refuse_unregistered(set: &Cookie<'_>) {
    if set.max_age() == Some(time::Duration::ZERO) {
        return;
    }
    let secure = set.secure() == Some(true);
    let own = OWN.into_iter().find(|own| own.on(secure) == set.name());
    let own = own.unwrap_or_else(|| panic!("{} is not in the register", set.name()));
    assert_eq!(set.http_only() == Some(true), own.http_only, "{set}");
    match set.max_age() {
        None => assert_eq!(own.days, 0, "{set} stays until the browser closes"),
        Some(age) => assert!(age <= time::Duration::days(own.days.into()), "{set} outlives its {} days", own.days),
    }
    assert!(set.same_site().is_some_and(|site| site != SameSite::None), "{set}");
}

impl TestResponse {
    /// The path that it leads to, without the query.
    pub fn location(&self) -> &str {
        let location = self.headers[header::LOCATION].to_str().expect("ASCII");
        location.split('?').next().expect("split gives at least one piece")
    }

    /// Status, the headers that say something about the request, and the body.
    pub fn snapshot(&self) -> String {
        let told = [header::CONTENT_TYPE, header::CACHE_CONTROL, header::LOCATION, header::SET_COOKIE];
        let lines = told.iter().flat_map(|name| self.headers.get_all(name).iter().map(move |value| (name, value)));
        let lines: Vec<_> = lines.map(|(name, value)| format!("{name}: {}", value.to_str().expect("ASCII"))).collect();
        format!("{}\n{}\n\n{}", self.status, lines.join("\n"), self.body)
    }

    /// The words of the page, a line for each block; no markup.
    pub fn words(&self) -> String {
        words(&self.body)
    }

    /// Where the form that has this mark in it posts to, and its hidden fields.
    pub fn form(&self, mark: &str) -> (String, Vec<(String, String)>) {
        let forms = self.body.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
        let form =
            forms.into_iter().find(|form| form.contains(mark)).unwrap_or_else(|| panic!("{mark} in {}", self.body));
        let attribute = |tag: &str, name: &str| {
            let value = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            value.map(|value| value.replace("&amp;", "&"))
        };
        let hidden = form.split("<input ").skip(1).filter_map(|tag| tag.split('>').next());
        let hidden = hidden.filter(|tag| tag.contains("type=\"hidden\"") && tag.contains("name=\""));
        let pair = |tag: &str| (attribute(tag, "name").expect("a name"), attribute(tag, "value").unwrap_or_default());
        (attribute(form, "action").expect("an action"), hidden.map(pair).collect())
    }

    /// The text between two marks of the source.
    pub fn between<'a>(&'a self, from: &str, to: &str) -> &'a str {
        let start = self.body.find(from).unwrap_or_else(|| panic!("no {from} in {}", self.body)) + from.len();
        &self.body[start..start + self.body[start..].find(to).expect("an end")]
    }
}

/// The text with every receipt's number and link masked: they follow what was recorded, to the last word of the policy.
pub fn masked(text: &str) -> String {
    let is_number = |word: &str| word.len() == 17 && word.parse::<model::receipt::ReceiptNumber>().is_ok();
    let is_token = |word: &str| word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut masked = String::new();
    for piece in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let word = piece.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let mask = [("NUMBER", is_number(word)), ("TOKEN", is_token(word))].into_iter().find(|(_, is)| *is);
        masked.push_str(mask.map_or(word, |(mask, _)| mask));
        masked.push_str(&piece[word.len()..]);
    }
    masked
}

fn words(html: &str) -> String {
    const INLINE: [&str; 7] = ["bdi", "a", "strong", "span", "br", "td", "th"];
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let body = body.split_once('>').map_or(body, |(_, body)| body);
    let mut text = String::new();
    for piece in body.split('<') {
        let Some((tag, rest)) = piece.split_once('>') else { continue };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        text.push(if INLINE.contains(&name) { ' ' } else { '\n' });
        text.push_str(rest);
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    let lines = plain.replace("&amp;", "&");
    let lines = lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The control of [`refuse_unregistered`]: it can fail.
#[test]
fn a_cookie_that_the_register_does_not_tell_truly_is_noticed() {
    let noticed = |line: &'static str| {
        let set = Cookie::parse(line).expect("a cookie");
        std::panic::catch_unwind(|| refuse_unregistered(&set)).is_err()
    };
    for ours in [
        "keuze=x; Max-Age=34560000; SameSite=Lax; Path=/",
        "__Secure-keuze_desk=x; Secure; HttpOnly; SameSite=Strict; Path=/keuze/desk",
        "_pk_id.1=; Max-Age=0",
    ] {
        assert!(!noticed(ours), "{ours}");
    }
    for other in [
        "keuze_new=x; Max-Age=60; SameSite=Lax",
        "keuze=x; Max-Age=34560001; SameSite=Lax",
        "keuze=x; SameSite=Lax",
        "keuze=x; HttpOnly; Max-Age=60; SameSite=Lax",
        "keuze=x; Secure; Max-Age=60; SameSite=Lax",
        "keuze=x; Max-Age=60",
        "keuze_id=x; Max-Age=60; SameSite=Lax",
        "__Secure-keuze_desk=x; Secure; HttpOnly; Max-Age=60; SameSite=Strict",
    ] {
        assert!(noticed(other), "{other}");
    }
}
