//! The guard that every request passes, and every answer: which host, how often, and how it is answered and logged.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use model::language::Language;
use model::paths::{self, Endpoint, RateClass};

use super::client;
use super::limits::{ClientAddress, Limits, Sources};
use super::pages;
use super::problem::Problem;
use super::provenance;
use super::visit::{Visit, accepted_language};
use keuze_core::config::Config;
use keuze_core::service::attempt_limits::Source;
use keuze_core::service::site::SiteInfo;
use ledger::clock::Clock;
use words::problem::Slug;

/// What the guard stands on.
pub struct RequestGuard {
    /// What a problem's page stands on.
    pub site: Arc<SiteInfo>,
    /// The hosts, and whose word about a client is taken.
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
    /// What names clients.
    pub sources: Sources,
    /// The rate limits; `None` for load tests only.
    pub limits: Option<Limits>,
    /// So long a request may take to come in and be answered.
    pub longest: Duration,
}

/// The target of the line that every answer has in the log.
pub const ACCESS: &str = "web::access";

/// What everybody has.
pub const LONGEST: Duration = Duration::from_secs(30);

/// Lets a request through, or not; dresses problems, adds the security headers, and logs the answer.
pub async fn pass(State(guard): State<Arc<RequestGuard>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let method = told_method(&parts.method);
    let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let asked = ProblemContext::from_parts(&parts);
    provenance::settle(&mut parts.headers);
    let (visit, looked_at) = guard.visit(&mut parts);
    let client = guard.client(&parts);
    parts.extensions.insert(ClientAddress(client));
    let admitted = looked_at.and_then(|()| guard.limit(&parts, client));
    let response = match admitted {
        Ok(()) => in_time(guard.longest, async move { next.run(Request::from_parts(parts, body)).await }).await,
        Err(problem) => problem.into_response(),
    };
    let mut response = guard.render_problem(response, &asked, visit.as_ref());
    protect(&mut response);
    let status = response.status().as_u16();
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    tracing::info!(target: ACCESS, method, route, status, milliseconds = started.elapsed().as_secs_f64() * 1000.0, "answered");
    response
}

/// A method of the standard as it is; any other may hold whatever its sender wrote.
fn told_method(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 8] = [
        (Method::GET, "GET"),
        (Method::POST, "POST"),
        (Method::HEAD, "HEAD"),
        (Method::OPTIONS, "OPTIONS"),
        (Method::PUT, "PUT"),
        (Method::DELETE, "DELETE"),
        (Method::PATCH, "PATCH"),
        (Method::TRACE, "TRACE"),
    ];
    KNOWN.into_iter().find(|(known, _)| known == method).map_or("other", |(_, name)| name)
}

/// Whoever sends a request does so within this long; what was written by then stands, confirmed or not.
///
/// It is answered to its end, also when whoever asked has gone: what is recorded is taken note of.
pub(super) async fn in_time(longest: Duration, answering: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::time::timeout(longest, tokio::spawn(answering)).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panicked)) => Problem::from(Slug::Internal).into_response(),
        Err(_elapsed) => {
            let mut response = Problem::from(Slug::TimedOut).into_response();
            // What is still being sent is not waited for (RFC 9110 section 15.5.9).
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

/// What is remembered of a request for dressing its problem.
struct ProblemContext {
    path: String,
    language: Language,
    is_get: bool,
}

impl ProblemContext {
    fn from_parts(parts: &Parts) -> Self {
        let path = parts.uri.path().to_owned();
        Self { path, language: accepted_language(&parts.headers), is_get: parts.method.is_safe() }
    }

    /// Programs and browsers' own fetches get a problem document; people get a page.
    fn by_person(&self) -> bool {
        !paths::is_for_programs(&self.path)
    }
}

impl RequestGuard {
    /// Checks host and path; health answers to any host, so it has no [`Visit`].
    fn visit(&self, parts: &mut Parts) -> (Option<Visit>, Result<(), Problem>) {
        if parts.uri.path() == Endpoint::Health.path() {
            return (None, Ok(()));
        }
        let visit = match Visit::from_parts(&self.config, parts) {
            Ok(read) => read,
            Err(problem) => return (None, Err(problem)),
        };
        parts.extensions.insert(visit.clone());
        let readable = percent_encoding::percent_decode_str(parts.uri.path()).decode_utf8().is_ok();
        (Some(visit), if readable { Ok(()) } else { Err(Slug::NotFound.into()) })
    }

    fn client(&self, parts: &Parts) -> Source {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        self.sources.source_of(client::address(&parts.headers, peer, |address| self.trusts(address)))
    }

    fn limit(&self, parts: &Parts, client: Source) -> Result<(), Problem> {
        let Some(limits) = &self.limits else { return Ok(()) };
        let class = class(parts);
        let now = self.clock.now().at.unix_timestamp();
        let wait = limits.take_token(class, client, now);
        wait.map_err(|seconds| Problem { retry_after: Some(seconds), ..Slug::RateLimited.into() })
    }

    fn trusts(&self, proxy: IpAddr) -> bool {
        self.config.server.trusted_proxies.iter().any(|network| network.contains(proxy))
    }

    /// Gives a problem its words: a document for programs, a page for people.
    fn render_problem(&self, response: Response, asked: &ProblemContext, visit: Option<&Visit>) -> Response {
        let Some(problem) = problem_of(&response) else { return response };
        let language = visit.map_or(asked.language, |visit| visit.language);
        let mut dressed = match visit {
            Some(_) if asked.by_person() => {
                problem.with_retry(pages::problem(&self.site, problem.slug, language, &asked.path, asked.is_get))
            }
            Some(visit) => problem.document(&visit.host.origin, language),
            // Of a host that is not ours no address can be given: the type is relative (RFC 9457 section 3.1.1).
            None => problem.document("", language),
        };
        for name in [header::ALLOW, header::CONNECTION, header::SET_COOKIE] {
            for value in response.headers().get_all(&name) {
                dressed.headers_mut().append(&name, value.clone());
            }
        }
        dressed
    }
}

/// The limit that a request counts for.
fn class(parts: &Parts) -> RateClass {
    let matched = parts.extensions.get::<MatchedPath>().and_then(|path| Endpoint::of_path(path.as_str()));
    matched.map_or_else(|| paths::unmatched_class(parts.uri.path()), |endpoint| endpoint.class(parts.method.is_safe()))
}

/// The problem in an answer; what the router itself refused has none yet.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let undressed = !response.headers().contains_key(header::CONTENT_TYPE);
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED if undressed => Some(Slug::MethodNotAllowed.into()),
        StatusCode::NOT_FOUND if undressed => Some(Slug::NotFound.into()),
        _ => None,
    }
}

/// The headers of every answer; a handler that set one of them knows better.
fn protect(response: &mut Response) {
    const ALWAYS: [(HeaderName, &str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // The origin alone: a receipt's link must not reach the host's logs, and an Origin must not become `null`.
        (header::REFERRER_POLICY, "strict-origin"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A panic while answering: said in the log without what was asked, answered as our fault.
pub fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked; the place is in the panic message above");
    Problem::from(Slug::Internal).into_response()
}
