//! Where choices come in: the API's JSON and the plain forms. Both read, and then `service::consent` does the rest.

mod form;
mod json;

pub(super) use self::form::is_own_page;

use std::collections::BTreeSet;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use model::cookie::ChoiceCookie;
use model::date::Moment;
use model::device;
use model::paths::Endpoint;
use model::policy::Policy;
use model::purpose::PurposeId;

use super::cookies::{self, Jar, RequestCookies};
use super::mount::Mount as _;
use super::problem::Problem;
use super::provenance::sent_from;
use super::visit::Visit;
use crate::App;
use keuze_core::config::Config;
use keuze_core::service::consent::{ChooseError, Consent, RecordedAnswer, RequestContext};
use keuze_core::service::history::PersonHistory;
use keuze_core::service::preferences::Remembered;
use ledger::clock::Clock;
use words::problem::Slug;

/// `POST /keuze/api/v1/choices`.
pub fn api() -> Router<App> {
    Router::new().mount(Endpoint::Choices, post(json::choose))
}

/// `POST /keuze/choices`.
pub fn forms() -> Router<App> {
    Router::new().mount(Endpoint::ChoicesForm, post(form::choose))
}

/// What came along with a choice, and what is needed to answer it.
struct ChoiceSender {
    visit: Visit,
    came: RequestCookies,
    device: RequestContext,
}

impl ChoiceSender {
    fn for_request(
        history: &PersonHistory,
        consent: &Consent,
        config: &Config,
        clock: &dyn Clock,
        visit: Visit,
        headers: &HeaderMap,
        gpc: bool,
    ) -> Result<Self, Problem> {
        let came = cookies::parse_cookies(headers, visit.names());
        let said = came.said(clock.now().at);
        let device = RequestContext {
            sent_from: sent_from(headers, config)?,
            gpc,
            ids: consent.own_ids(history, &came.consent_ids, &said).map_err(ChooseError::from)?,
            said,
        };
        Ok(Self { visit, came, device })
    }

    /// The same as the preference page reads it.
    fn remembered(&self) -> Remembered {
        let RequestContext { said, gpc, ids, .. } = self.device.clone();
        Remembered { device: device::DeviceState { said, seen: self.came.seen, gpc }, consent_id: ids.first() }
    }

    /// Takes away what somebody else wrote beside ours, so that what is answered next can be read.
    fn take_planted(&self, request: &HeaderMap, answer: &mut HeaderMap) {
        let mut planted = self.came.planted(self.visit.names()).peekable();
        if planted.peek().is_none() {
            return;
        }
        let mut jar = Jar::new(self.visit.names());
        let page = referer_path(&self.visit, request);
        let paths = all_paths([page.as_deref().unwrap_or("/"), Endpoint::Choices.path(), Endpoint::ChoicesForm.path()]);
        for name in planted {
            jar.expire_planted(name, authority(&self.visit), &paths);
        }
        jar.write(answer);
    }

    /// The cookies of the answer, in a fixed order.
    fn set_cookies(&self, done: &RecordedAnswer, request: &HeaderMap, answer: &mut HeaderMap) {
        self.take_planted(request, answer);
        if done.outlived {
            return;
        }
        let mut jar = Jar::new(self.visit.names());
        jar.choice(done.cookie.clone(), done.cookie_days);
        if done.forget_seen {
            jar.forget_seen();
        }
        match done.consent_id {
            Some(subject) => jar.consent_id(subject),
            None if self.came.any_id => jar.forget_consent_id(),
            None => {}
        }
        let host = authority(&self.visit);
        let paths = paths(referer_path(&self.visit, request).as_deref());
        for registered in &done.expire {
            for name in self.came.under(registered) {
                jar.expire(&name, host, &paths);
            }
        }
        jar.write(answer);
    }

    /// Takes away what scripts of the site left behind and nothing allows any more: after a form none of ours may run that
    /// would. Of those that came along, on the root, where vendors write; `embed.js` takes the rest on every page.
    fn take_disallowed(&self, done: &RecordedAnswer, policy: &Policy, now: Moment, answer: &mut HeaderMap) {
        if done.outlived {
            return;
        }
        let said = ChoiceCookie::parse_choice_cookie(done.cookie.as_bytes(), now.at);
        let device =
            device::DeviceState { said, seen: self.came.seen.filter(|_| !done.forget_seen), gpc: self.device.gpc };
        let allowed = |purpose: &PurposeId| device.standing(policy, purpose, now).decision.allow;
        let within_reach = policy.cookies.iter().filter(|cookie| cookie.first_party && !cookie.http_only);
        let mut jar = Jar::new(self.visit.names());
        for registered in within_reach.filter(|cookie| !allowed(&cookie.purpose)) {
            for name in self.came.along(&registered.name) {
                jar.expire_at_the_root(&name, authority(&self.visit));
            }
        }
        jar.write(answer);
    }
}

impl From<ChooseError> for Problem {
    fn from(error: ChooseError) -> Self {
        match error {
            ChooseError::UnknownPurpose => Self::with(Slug::UnknownPurpose, "purposes"),
            ChooseError::Contradiction => Self::with(Slug::ControlContradiction, "control"),
            ChooseError::NoticeChanged => Slug::NoticeChanged.into(),
            ChooseError::ChangedSince => Slug::ChangedSince.into(),
            ChooseError::ConsentNotFromHere => Slug::ConsentNotFromHere.into(),
            ChooseError::Append(error) => error.into(),
            ChooseError::Read(error) => error.into(),
        }
    }
}

fn purpose(name: &str) -> Result<PurposeId, Problem> {
    name.parse().map_err(|_| Problem::with(Slug::UnknownPurpose, "purposes"))
}

/// A build or variant is a short word of the banner's own; nothing else is recorded of it.
fn label(value: Option<String>, field: &'static str) -> Result<Option<String>, Problem> {
    let is_word = |text: &String| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (1..=64).contains(&text.len()) && text.bytes().all(allowed)
    };
    match value {
        Some(text) if !is_word(&text) => Err(Problem::with(Slug::MalformedRequest, field)),
        value => Ok(value),
    }
}

fn authority(visit: &Visit) -> &str {
    visit.host.origin.split_once("://").map_or(visit.host.origin.as_str(), |(_, authority)| authority)
}

/// The path and query of a Referer of the same origin; other software may have added another.
fn referer_path(visit: &Visit, headers: &HeaderMap) -> Option<String> {
    let origin = visit.host.origin.as_bytes();
    let mut lines = headers.get_all(header::REFERER).iter().map(|line| line.as_bytes().trim_ascii());
    let path = lines.find_map(|line| line.strip_prefix(origin).filter(|path| path.starts_with(b"/")))?;
    Some(String::from_utf8_lossy(path).into_owned())
}

/// The paths on which a page can have set a cookie: the root, and every folder above the page.
fn paths(page: Option<&str>) -> Vec<String> {
    let path = page.and_then(|page| page.split(['?', '#']).next()).unwrap_or("/");
    let folders = path.match_indices('/').skip(1).map(|(end, _)| &path[..end]).take(5);
    let all = ["/"].into_iter().chain(folders.filter(|folder| can_be_named(folder)));
    all.map(str::to_owned).collect()
}

/// The paths whose cookies come along with any of these: each folder above, with its slash and without, and itself.
fn all_paths<const N: usize>(asked: [&str; N]) -> BTreeSet<String> {
    let path = |asked: &'_ str| asked.split(['?', '#']).next().unwrap_or_default().to_owned();
    let above = |path: String| {
        let ends: Vec<usize> = path.match_indices('/').take(6).flat_map(|(at, _)| [at, at + 1]).collect();
        ends.into_iter().chain([path.len()]).map(move |end| path[..end].to_owned()).collect::<Vec<_>>()
    };
    asked.into_iter().map(path).flat_map(above).filter(|path| !path.is_empty() && can_be_named(path)).collect()
}

fn can_be_named(folder: &str) -> bool {
    folder.bytes().all(|byte| byte.is_ascii_graphic() && !b"%;".contains(&byte))
}

#[cfg(test)]
mod tests;
