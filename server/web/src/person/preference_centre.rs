//! The buttons of the preference centre, and the page that says what one changed.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use model::channel::Channel;
use model::paths::{self, Endpoint};
use ui::pages::preference_centre::{Done, DoneProps};
use words::views::preference_centre::Next;
use words::views::unmatched::Unmatched;

use super::{not_recorded, see_other, session};
use crate::app::{App, RequestHistory};
use crate::cookies::Jar;
use crate::form::{Form, LenientForm};
use crate::mount::Mount as _;
use crate::objection::without_referrer_elsewhere;
use crate::pages::OpenedLink;
use crate::problem::Problem;
use crate::provenance::sent_from;
use crate::render;
use crate::visit::Visit;
use keuze_core::config::Config;
use keuze_core::service::codes::{Fit, Verification};
use keuze_core::service::consent::SentFrom;
use keuze_core::service::people::ActOutcome;
use keuze_core::service::preference_centre::{PreferenceCentre, PreferenceChange, ShownState};
use keuze_core::service::receipt::Receipts;
use keuze_core::service::site::SiteInfo;
use words::problem::Slug;

pub(super) fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::PreferenceChange, post(act).get(back))
        .mount(Endpoint::SignOut, post(sign_out).get(back))
        .mount(Endpoint::PreferenceChanged, get(done))
}

/// Whoever reloads the answer to a form comes back to the page.
async fn back(visit: Visit) -> Response {
    see_other(&Endpoint::Preferences.in_language(visit.language))
}

#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
async fn act(
    State(preference_centre): State<Arc<PreferenceCentre>>,
    State(verification): State<Arc<Verification>>,
    State(receipts): State<Arc<Receipts>>,
    State(site): State<Arc<SiteInfo>>,
    State(config): State<Arc<Config>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    headers: HeaderMap,
    LenientForm(form): LenientForm,
) -> Result<Response, Problem> {
    let (wish, about) = parse_change(form)?;
    let from_here = matches!(sent_from(&headers, &config)?, SentFrom::Site);
    if matches!(wish, PreferenceChange::Start(..)) && !from_here {
        return Err(Slug::ConsentNotFromHere.into());
    }
    let Some(session) = session(&verification, &visit, &headers) else {
        return Ok(not_recorded(&site, &visit, Unmatched::Ended(Next::Preferences)));
    };
    match (verification.about(&session).fit(&about), &wish) {
        // A no to an address is meant whoever is known there.
        (Fit::Whole, _) | (Fit::Point, PreferenceChange::Stop(_)) => {}
        (Fit::Point, PreferenceChange::Start(..)) => match preference_centre.just_wished(&history, &session, &wish)? {
            Some(acted) => return Ok(see_other(&paths::in_language(&done_path(&receipts, &acted), visit.language))),
            None => return Ok(not_recorded(&site, &visit, Unmatched::OtherPerson)),
        },
        (Fit::Not, _) => return Ok(not_recorded(&site, &visit, Unmatched::OtherAddress)),
    }
    let acted = preference_centre.wish(&history, &session, &wish, visit.language).await?;
    Ok(see_other(&paths::in_language(&done_path(&receipts, &acted), visit.language)))
}

/// What is wished, and what the form says that it is about. A no counts whatever else stands there; a yes is read strictly.
fn parse_change(mut form: Form) -> Result<(PreferenceChange, String), Problem> {
    if form.says("act", "stop_all") {
        return Ok((PreferenceChange::Stop(Channel::ALL.to_vec()), form.first("about")));
    }
    let is_no = form.says("act", "stop");
    let words = form.all("channel");
    let known: Vec<Channel> = words.iter().filter_map(|word| Channel::from_word(word)).collect();
    let all_known = known.len() == words.len();
    if is_no && (all_known || words.iter().all(|word| word.is_empty() || Channel::from_word(word).is_some())) {
        return Ok((PreferenceChange::Stop(known), form.first("about")));
    }
    // Of several channels that were ticked none is swallowed.
    if !all_known {
        return Err(Problem::with(Slug::MalformedRequest, "channel"));
    }
    let (about, act, shown) = (form.field("about")?, form.field("act")?, ShownState::parse(&form.field("shown")?));
    form.end()?;
    match act.as_str() {
        "start" => Ok((PreferenceChange::Start(known, shown), about)),
        _ => Err(Problem::with(Slug::MalformedRequest, "act")),
    }
}

/// The page that says what an act changed; its token is the receipt's own.
pub(super) fn done_path(receipts: &Receipts, acted: &ActOutcome) -> String {
    paths::preference_changed(receipts.number(acted.record), receipts.token(acted.record))
}

async fn done(
    State(preference_centre): State<Arc<PreferenceCentre>>,
    State(verification): State<Arc<Verification>>,
    link: OpenedLink,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let OpenedLink { recorded, history, visit, frame, lives, .. } = link;
    // A repeat leads to the record of the first time, which may be years old: only somebody else needs the link to live.
    let session = session(&verification, &visit, &headers);
    if session.is_none() && !lives {
        return Err(Slug::ReceiptGone.into());
    }
    let page = preference_centre.what_changed(&history, frame, &recorded, session.as_ref())?.ok_or(Slug::NotFound)?;
    let page = render::page(StatusCode::OK, visit.language, || Done(DoneProps { page }));
    Ok(without_referrer_elsewhere(page))
}

async fn sign_out(State(verification): State<Arc<Verification>>, visit: Visit, headers: HeaderMap) -> Response {
    if let Some(session) = session(&verification, &visit, &headers) {
        verification.end_session(&session);
    }
    let mut response = see_other(&Endpoint::Preferences.in_language(visit.language));
    let mut jar = Jar::new(visit.names());
    jar.forget_person();
    jar.write(response.headers_mut());
    response
}
