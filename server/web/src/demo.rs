//! The demo's host pages: an invented shop that shows the banner as a real site would.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::channel::Channel;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::identity::Subject;
use model::language::Language;
use model::letter::LetterCode;
use model::paths::Endpoint;

use super::files;
use super::mount::Mount as _;
use super::problem::Problem;
use super::visit::Visit;
use crate::App;
use keuze_core::publish::Published;
use keuze_core::service::consent::Consent;
use keuze_core::service::mail::outbox::{Outbox, OutboxMail};
use keuze_core::service::people::{ActError, LetterCodes, People, Provenance};
use keuze_core::service::tokens::Links;
use ledger::clock::Clock;

/// The host's own policy: strict, as a careful site's would be, and enough for the banner.
const HOST_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                           img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The host pages; mounted in the demo only.
pub fn router(outbox: Option<PathBuf>) -> Router<App> {
    Router::new()
        .mount(Endpoint::DemoHome, get(start))
        .mount(Endpoint::DemoSecond, get(async || page("Onze abonnementen", &script(), "", "")))
        .mount(Endpoint::DemoNoScript, get(included))
        .mount(Endpoint::DemoVideo, get(async || framed(VIDEO)))
        .mount(Endpoint::DemoOutbox, get(async move || mails_in(outbox)))
        .mount(Endpoint::DemoCss, get(async || file("text/css; charset=utf-8", CSS)))
        .mount(Endpoint::DemoMarketing, get(async || file("text/javascript; charset=utf-8", MARKETING)))
        .mount(Endpoint::DemoFrame, get(async || file("text/javascript; charset=utf-8", FRAME)))
        .mount(Endpoint::DemoStatistics, get(async || file("text/javascript; charset=utf-8", STATISTICS)))
}

/// The banner, as a host puts it into its pages.
fn script() -> String {
    format!("<script src=\"{}?lang=nl\" async></script>", Endpoint::Embed.path())
}

const CSS: &str = include_str!("demo/host.css");
const MARKETING: &str = include_str!("demo/marketing.js");
const FRAME: &str = include_str!("demo/frame.js");
const STATISTICS: &str = include_str!("demo/statistics.js");
const VIDEO: &str = include_str!("demo/video.html");

/// The invented customer whose link and code the first page shows.
const CUSTOMER: &str = "K-1001";

/// The first page: the banner, and every way to say no with something to try it with.
async fn start(
    State(letters): State<Arc<LetterCodes>>,
    State(links): State<Arc<Links>>,
    State(people): State<Arc<People>>,
) -> Result<Response, Problem> {
    let ways = match letter_code(&letters, &people).await? {
        None => "<p>De verzonnen klant is gewist. Begin de demo opnieuw met een lege map.</p>".to_owned(),
        Some((person, code)) => {
            let token = links.stop(person, Some(Channel::Newsletter));
            include_str!("demo/ways.html").replace("{token}", &token).replace("{code}", &code.to_string())
        }
    };
    Ok(page("Bellen zonder verrassingen", &script(), "", &ways))
}

/// The invented customer's letter code, made at the start of the demo; `None` once they were erased.
///
/// # Errors
/// It could not be written.
pub async fn letter_code(letters: &LetterCodes, people: &People) -> Result<Option<(Subject, LetterCode)>, ActError> {
    let Some(person) = people.customer(CUSTOMER) else { return Ok(None) };
    let act = Provenance { actor: Actor::System, ..Provenance::by_person(Route::System, IdentityLevel::Unverified) };
    Ok(Some((person.subject, letters.letter_code(person.subject, &act).await?)))
}

/// The banner as HTML, as a server-side include would put it there; no script at all.
async fn included(
    State(consent): State<Arc<Consent>>,
    State(published): State<Arc<Published>>,
    State(clock): State<Arc<dyn Clock>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit { language: Language::Nl, ..visit };
    let fragment =
        files::fragment_for(&consent, &published, &*clock, &visit, &headers, Some(Endpoint::DemoNoScript.path()))?;
    Ok(page("Deze pagina werkt zonder JavaScript", "", &fragment, ""))
}

/// The mails that stay here instead of leaving, as text: what they link to can be copied.
fn mails_in(outbox: Option<PathBuf>) -> Response {
    let mails = outbox.map(|folder| Outbox::at(folder).mails()).unwrap_or_default();
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let shown = mails.iter().map(|mail| {
        let OutboxMail { to, subject, text: body } = mail;
        let lines = body.lines().map(|line| match line.trim() {
            link if link.starts_with("http") => format!("<a href=\"{0}\">{0}</a>", text(link)),
            _ => text(line),
        });
        let body = lines.collect::<Vec<_>>().join("<br>");
        format!("<section><h2>{}</h2><p>Aan {}</p><p>{body}</p></section>", text(subject), text(to))
    });
    let shown: String = shown.collect();
    let mails = if shown.is_empty() { "<p>Nog geen mails.</p>".to_owned() } else { shown };
    whole(include_str!("demo/outbox.html").replace("{mails}", &mails))
}

fn file(content_type: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// What stands in a frame of the host pages, as a video of somebody else would.
fn framed(html: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'; frame-ancestors 'self'"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    (headers, html).into_response()
}

fn page(title: &str, head: &str, start: &str, more: &str) -> Response {
    let page = include_str!("demo/host.html").replace("{title}", title).replace("{head}", head);
    whole(page.replace("{start}", start).replace("{more}", more))
}

fn whole(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, HOST_POLICY),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (headers, html).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use model::event::EventKind;

    use super::*;
    use crate::fixture::Browser;
    use keuze_core::service::fixture::TestApp;

    /// S-17: a newcomer finds a link and a code on the first page that stop what they say.
    #[tokio::test]
    async fn s_17_the_first_page_has_a_link_and_a_code_that_work() {
        let mut app = TestApp::new().await;
        app = app.made(|parts| parts.demo = true);
        app.services.contact_import.invent_people().await.expect("invented");
        letter_code(&app.services.letters, &app.services.people).await.expect("made");
        let mut browser = Browser::new(&app);
        let before = app.ledger().len();
        let page = browser.get("/").await;
        assert_eq!(app.ledger().len(), before, "looking at it writes nothing");
        let link = format!("/keuze/afmelden/{}", page.between("href=\"/keuze/afmelden/", "\""));
        let code = page.between("<code>", "</code>").to_owned();
        for (path, form, channel) in [
            (link.as_str(), ("scope", "channel"), Channel::Newsletter),
            ("/keuze/brief", ("code", code.as_str()), Channel::Post),
        ] {
            assert_eq!(browser.post(path, &[form]).await.status, StatusCode::OK);
            let event = app.ledger().pop().expect("an event");
            assert_eq!((event.kind(), event.channels()), (EventKind::Objected, &[channel][..]));
        }
    }
}
