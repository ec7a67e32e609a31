//! `/keuze/brief`: the code from a letter, typed or scanned. It stops, and shows and lifts nothing.

use std::sync::{Arc, Mutex, PoisonError};

use crate::App;
use crate::app::RequestHistory;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use model::contact::PointKind;
use model::language::Language;
use model::letter::{LetterCode, LetterCodeError};
use model::paths::Endpoint;
use ui::pages::objection::{Letter as LetterPage, LetterProps};
use words::views::frame::{Carried, PageFrame};
use words::views::objection::{GoesOn, LetterCodeFault, LetterState, LetterView};

use super::form::{Form, LenientForm};
use super::limits::TokenBucket;
use super::mount::Mount as _;
use super::objection::without_referrer;
use super::problem::Problem;
use super::render;
use super::visit::Visit;
use keuze_core::config::Rate;
use keuze_core::service::objection::{ObjectionScope, Objections};
use keuze_core::service::site::SiteInfo;
use ledger::clock::Clock;

const LETTER: &str = Endpoint::Letter.path();

/// Longer than any way to type a code.
const LONGEST: usize = 60;

/// Outside the layer that looks at a form's origin: the page sends no referrer, so its own form may come with
/// `Origin: null`, and the code alone is the authority.
pub fn router() -> Router<App> {
    // Whoever types the address from paper may end it with a slash.
    let typed = get(async || Redirect::permanent(LETTER));
    let routes = Router::new().mount(Endpoint::Letter, get(form).post(stop)).mount(Endpoint::LetterSlash, typed);
    routes.layer(Extension(Arc::new(WrongCodes::default())))
}

/// How many wrong codes are told to be unknown, of everybody together; beyond that the answer is to wait. It attempts no right
/// code: with a million letters out one guess in 2^35 hits, and what it hits is a stop.
const WRONG: Rate = Rate { per_minute: 300, burst: 300 };

/// The lock guards the one bucket, for one code's count.
#[derive(Default)]
struct WrongCodes(Mutex<Option<TokenBucket>>);

impl WrongCodes {
    fn take_try(&self, now: i64) -> Result<(), u32> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = kept.get_or_insert_with(|| TokenBucket::full(WRONG, now));
        *bucket = bucket.filled(WRONG, now);
        bucket.take_token(WRONG)
    }
}

/// Scanned, the code comes in the address; the person still presses the button.
async fn form(State(site): State<Arc<SiteInfo>>, visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    let code = code.map(|(_, code)| code.chars().take(LONGEST).collect()).unwrap_or_default();
    page(&site, visit.language, StatusCode::OK, LetterState::Asks { code, fault: None })
}

async fn stop(
    State(objections): State<Arc<Objections>>,
    State(site): State<Arc<SiteInfo>>,
    State(clock): State<Arc<dyn Clock>>,
    Extension(wrong): Extension<Arc<WrongCodes>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    LenientForm(form): LenientForm,
) -> Result<Response, Problem> {
    let (typed, said) = parse_code_form(form);
    let LetterPress::Stop(scope) = said else {
        return Ok(page(&site, visit.language, StatusCode::OK, LetterState::Asks { code: typed, fault: None }));
    };
    let refused = |status, fault| {
        let state = LetterState::Asks { code: typed.clone(), fault: Some(fault) };
        Ok(page(&site, visit.language, status, state))
    };
    let code: LetterCode = match typed.parse() {
        Ok(code) => code,
        Err(error) => return refused(StatusCode::UNPROCESSABLE_ENTITY, fault(&typed, error)),
    };
    // Looked up before anything that strangers can use up: nobody's own code waits for them.
    let Some(acted) = objections.stop_by_letter(&history, code, scope).await? else {
        return match wrong.take_try(clock.now().at.unix_timestamp()) {
            Ok(()) => refused(StatusCode::UNPROCESSABLE_ENTITY, LetterCodeFault::Unknown),
            Err(_) => refused(StatusCode::TOO_MANY_REQUESTS, LetterCodeFault::Busy),
        };
    };
    let goes_on = (scope == ObjectionScope::All).then_some(GoesOn::NotKnown(PointKind::Post));
    Ok(page(&site, visit.language, StatusCode::OK, LetterState::Stopped(objections.told(&acted, goes_on))))
}

/// What a press says.
enum LetterPress {
    Stop(ObjectionScope),
    /// Show the page in the other language, with what was typed.
    Language,
}

/// The code counts whatever else stands there. Of two codes neither is swallowed: together they are none, and the page asks again.
fn parse_code_form(mut form: Form) -> (String, LetterPress) {
    let said = match () {
        () if form.says("scope", "all") => LetterPress::Stop(ObjectionScope::All),
        () if form.says("scope", "language") => LetterPress::Language,
        () => LetterPress::Stop(ObjectionScope::Own),
    };
    let mut codes = form.all("code");
    codes.retain(|code| !code.trim().is_empty());
    codes.dedup_by(|one, other| one.trim() == other.trim());
    (codes.join(" ").chars().take(LONGEST).collect(), said)
}

fn fault(typed: &str, error: LetterCodeError) -> LetterCodeFault {
    match error {
        LetterCodeError::Form if typed.trim().is_empty() => LetterCodeFault::Empty,
        LetterCodeError::Form => LetterCodeFault::Form,
        LetterCodeError::Typing => LetterCodeFault::Typing,
    }
}

fn page(site: &SiteInfo, language: Language, status: StatusCode, state: LetterState) -> Response {
    let carries = match &state {
        LetterState::Asks { code, .. } if !code.is_empty() => Some(Carried { name: "code", value: code.clone() }),
        _ => None,
    };
    let page = LetterView { frame: PageFrame { carries, ..site.frame(language, LETTER) }, state };
    without_referrer(render::page(status, language, || LetterPage(LetterProps { page })))
}
