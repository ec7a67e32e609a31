//! What browsers fetch for host pages: `embed.js`, `later.js`, the panel, styles, the notice's strings, and the fragment.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use model::language::Language;
use model::notice::NoticeStrings;
use model::paths::Endpoint;
use ui::components::banner::told_by_signal;

use super::cookies;
use super::elements::elements;
use super::mount::Mount as _;
use super::problem::Problem;
use super::visit::{GlobalPrivacyControl, Visit, asks_not_to_be_tracked, thousandths};
use crate::App;
use crate::embed::files::SiteFile;
use crate::embed::{Asset, CookieNames, embed_js, fragment, later_js};
use keuze_core::config::Config;
use keuze_core::publish::{Published, PublishedPolicy};
use keuze_core::service::consent::Consent;
use ledger::clock::Clock;
use words::problem::Slug;

/// Ten minutes without asking, then a day in which a stale one may be used while a new one is fetched.
const FRESH: &str = "public, max-age=600, stale-while-revalidate=86400";

/// The same, in the visitor's own cache alone.
const FRESH_HERE: &str = "private, max-age=600, stale-while-revalidate=86400";

/// What an address that names its content by a hash may do: it never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Everything that is made once, at the start.
pub struct MadeFiles {
    /// Each at the first request for it.
    embeds: HashMap<EmbedKey, OnceLock<Asset>>,
    laters: HashMap<Language, Asset>,
    /// By policy: whoever answers under an older one is shown what that one asked.
    notices: HashMap<(String, Language), Asset>,
}

impl MadeFiles {
    /// From the policy in force.
    pub fn from_policy(published: &Published, config: &Config) -> Self {
        let current = published.current();
        let mut made = Self { embeds: HashMap::new(), laters: HashMap::new(), notices: HashMap::new() };
        for policy in published.all() {
            for strings in &policy.strings {
                let json =
                    serde_json_canonicalizer::to_vec(strings).expect("strings and numbers have a canonical form");
                made.notices.insert((policy.id(), strings.language), Asset::new(json, "application/json"));
            }
        }
        for strings in &current.strings {
            for secure in [true, false] {
                let asked = EmbedKey { language: strings.language, names: CookieNames { secure }, signalled: false };
                for key in [asked, EmbedKey { signalled: true, ..asked }] {
                    made.embeds.insert(key, OnceLock::new());
                }
            }
            let later = later_js(&current.policy, strings, &config.site.no_notice);
            made.laters.insert(strings.language, later);
        }
        made
    }
}

/// What `embed.js` differs by under one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct EmbedKey {
    language: Language,
    names: CookieNames,
    /// For browsers that ask not to be tracked.
    signalled: bool,
}

impl MadeFiles {
    fn embed(&self, published: &PublishedPolicy, key: EmbedKey) -> Option<&Asset> {
        let strings = published.strings_in(key.language)?;
        let html = || html(published, strings, key);
        let make = || embed_js(&published.policy, published.hash, strings, &html(), key.names, key.signalled);
        Some(self.embeds.get(&key)?.get_or_init(make))
    }
}

fn html(published: &PublishedPolicy, strings: &NoticeStrings, key: EmbedKey) -> Vec<u8> {
    if let Some(html) = told_by_signal(strings).filter(|_| key.signalled) {
        return html.into_bytes();
    }
    let html = published.html.iter().find(|(of, _)| *of == key.language);
    html.map(|(_, html)| html.clone()).unwrap_or_default()
}

/// `embed.js`, `notice.json`, `fragment` and the files of `target/site`.
pub fn router(made: Arc<MadeFiles>) -> Router<App> {
    let made_once = Router::new()
        .mount(Endpoint::Embed, get(embed))
        .mount(Endpoint::Later, get(later))
        .mount(Endpoint::Notice, get(notice))
        .layer(Extension(made));
    let built = SiteFile::ALL.into_iter().filter_map(|file| Some((file, file.address()?)));
    let router = Router::new().mount(Endpoint::Fragment, get(fragment_page)).merge(made_once);
    built.fold(router, |router, (file, address)| {
        router.mount(address, get(move |headers: HeaderMap| async move { built_file(file, &headers) }))
    })
}

async fn embed(
    State(consent): State<Arc<Consent>>,
    State(published): State<Arc<Published>>,
    State(clock): State<Arc<dyn Clock>>,
    Extension(made): Extension<Arc<MadeFiles>>,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = EmbedKey { language: visit.language, names: visit.names(), signalled: gpc };
    let current = published.current();
    let asset = made.embed(current, key).ok_or(Slug::NotFound)?;
    let is_told = gpc && current.strings_in(visit.language).is_some_and(|strings| strings.signal.is_some());
    if !is_told && asks(&published, &*clock, &visit, &headers) {
        consent.count_notice(visit.language);
    }
    let mut response = varying(serve(asset, &headers), &visit);
    // Not for a cache that others share (R-3.5-5).
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(FRESH_HERE));
    response.headers_mut().append(header::VARY, HeaderValue::from_static("sec-gpc"));
    Ok(response)
}

async fn later(
    Extension(made): Extension<Arc<MadeFiles>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = made.laters.get(&visit.language).ok_or(Slug::NotFound)?;
    Ok(varying(serve(asset, &headers), &visit))
}

/// The words of a notice, of the policy that `?policy=` names: the panel shows what its answer will be recorded under.
async fn notice(
    State(published): State<Arc<Published>>,
    Extension(made): Extension<Arc<MadeFiles>>,
    visit: Visit,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let named = query.into_owned().find(|(name, _)| name == "policy").map(|(_, id)| id);
    let stays = named.is_some() && visit.language_is_named;
    let id = named.unwrap_or_else(|| published.current().id());
    let asset = made.notices.get(&(id, visit.language)).ok_or(Slug::UnknownPolicy)?;
    let mut response = varying(serve(asset, &headers), &visit);
    if stays {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    }
    Ok(response)
}

fn built_file(file: SiteFile, headers: &HeaderMap) -> Result<Response, Problem> {
    let asset = file.asset().ok_or(Slug::NotFound)?;
    Ok(serve(asset, headers))
}

/// The banner as HTML for a server-side include, empty for somebody who has answered. The including server forwards
/// the visitor's `Cookie` header, and the page's path as `return`.
async fn fragment_page(
    State(consent): State<Arc<Consent>>,
    State(published): State<Arc<Published>>,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
    uri: Uri,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let return_to = query.into_owned().find(|(name, _)| name == "return").map(|(_, path)| path);
    let html = fragment_for(&consent, &published, &*clock, &visit, &request, return_to.as_deref())?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(visit.language.tag())),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::VARY, HeaderValue::from_static("sec-gpc")),
    ];
    Ok((headers, html).into_response())
}

/// Whether a question is open on the device that sent this.
fn asks(published: &Published, clock: &dyn Clock, visit: &Visit, request: &HeaderMap) -> bool {
    let now = clock.now();
    // Whether the browser asks not to be tracked changes what is allowed and how it is told, not whether an answer is there.
    let device = cookies::parse_cookies(request, visit.names()).device(false, now.at);
    !device.to_ask(&published.current().policy, now).is_empty()
}

/// What an include puts into a page for this visitor.
pub(super) fn fragment_for(
    consent: &Consent,
    published: &Published,
    clock: &dyn Clock,
    visit: &Visit,
    request: &HeaderMap,
    return_to: Option<&str>,
) -> Result<String, Problem> {
    let current = published.current();
    if !asks(published, clock, visit, request) {
        return Ok(String::new());
    }
    let strings = current.strings.iter().find(|strings| strings.language == visit.language);
    let strings = strings.ok_or(Slug::NotFound)?;
    let return_to = return_to.filter(|path| super::choices::is_own_page(path));
    let signalled = asks_not_to_be_tracked(request);
    if !signalled || strings.signal.is_none() {
        consent.count_notice(visit.language);
    }
    Ok(fragment(&current.id(), strings, return_to, signalled))
}

/// Names what else the answer depends on, unless `?lang=` decided it.
fn varying(mut response: Response, visit: &Visit) -> Response {
    if !visit.language_is_named {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    response
}

/// One of a file's forms on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

fn serve(asset: &Asset, request: &HeaderMap) -> Response {
    let encoding = best(request);
    let (body, name) = match encoding {
        Encoding::Brotli => (&asset.brotli, Some("br")),
        Encoding::Gzip => (&asset.gzip, Some("gzip")),
        Encoding::Plain => (&asset.plain, None),
    };
    let etag = etag(asset, name);
    let unchanged = matches(request, &etag);
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { body.clone().into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FRESH));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    match name {
        Some(name) if !unchanged => _ = headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name)),
        _ => {}
    }
    response
}

/// A strong validator names one sequence of bytes, so each encoding has its own (RFC 9110 section 8.8.3).
fn etag(asset: &Asset, encoding: Option<&str>) -> String {
    match encoding {
        Some(name) => format!("{}-{name}\"", asset.etag.trim_end_matches('"')),
        None => asset.etag.clone(),
    }
}

fn matches(request: &HeaderMap, etag: &str) -> bool {
    let mut known = elements(request, header::IF_NONE_MATCH, b',').flatten();
    known.any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// The smallest form that the browser takes (RFC 9110 section 12.5.3).
fn best(request: &HeaderMap) -> Encoding {
    let takes = |wanted: &str| {
        elements(request, header::ACCEPT_ENCODING, b',').flatten().any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let quality = quality.trim().strip_prefix(['q', 'Q']).and_then(|quality| quality.strip_prefix('='));
            name.trim().eq_ignore_ascii_case(wanted) && quality.and_then(thousandths).is_some_and(|weight| weight > 0)
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))])
    }

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        assert_eq!(best(&accepting("gzip, deflate, br")), Encoding::Brotli);
        assert_eq!(best(&accepting("gzip;q=1.0, br;q=0")), Encoding::Gzip);
        assert_eq!(best(&accepting("gzip; q=1.0, br; Q=0")), Encoding::Gzip);
        assert_eq!(best(&accepting("identity")), Encoding::Plain);
        assert_eq!(best(&HeaderMap::new()), Encoding::Plain);
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let asset = Asset::new(b"let banner".to_vec(), "text/javascript; charset=utf-8");
        let mut request = accepting("br");
        let first = serve(&asset, &request);
        assert_eq!(first.status(), StatusCode::OK);
        let etag = first.headers()[header::ETAG].clone();
        request.insert(header::IF_NONE_MATCH, etag.clone());
        let second = serve(&asset, &request);
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(second.headers()[header::ETAG], etag);
        let mut other = accepting("gzip");
        other.insert(header::IF_NONE_MATCH, etag);
        assert_eq!(serve(&asset, &other).status(), StatusCode::OK);
    }
}
