//! `POST /keuze/choices`: every plain form that answers, without JavaScript.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::choice::{Answers, Control, Surface};
use model::cookie::ChoiceCookie;
use model::language::Language;
use model::paths::{self, Endpoint};
use model::policy::Policy;
use model::purpose::PurposeId;
use words::views::preferences::Overtaken;

use super::{ChoiceSender, purpose, referer_path};
use crate::app::RequestHistory;
use crate::embed::build;
use crate::form::{Form, LenientForm};
use crate::pages::PreferencePage;
use crate::problem::Problem;
use crate::visit::{GlobalPrivacyControl, Visit};
use keuze_core::config::Config;
use keuze_core::publish::Published;
use keuze_core::service::consent::{Choice, ChooseError, Consent, RecordedAnswer};
use keuze_core::service::history::PersonHistory;
use ledger::clock::Clock;
use words::problem::Slug;

/// The fields of a form, each read once.
#[derive(Default)]
struct ChoiceFields {
    policy: Option<String>,
    language: Option<String>,
    control: Option<String>,
    surface: Option<String>,
    build: Option<String>,
    return_to: Option<String>,
    before: Option<String>,
    offered: BTreeSet<PurposeId>,
    grant: BTreeSet<PurposeId>,
    /// It grants nothing: purposes that are not asked about are left out, not refused.
    refuses: bool,
}

#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
pub(super) async fn choose(
    State(consent): State<Arc<Consent>>,
    State(page): State<PreferencePage>,
    State(published): State<Arc<Published>>,
    State(config): State<Arc<Config>>,
    State(clock): State<Arc<dyn Clock>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    GlobalPrivacyControl(gpc): GlobalPrivacyControl,
    headers: HeaderMap,
    LenientForm(form): LenientForm,
) -> Result<Response, Problem> {
    let fields = ChoiceFields::parse_fields(form)?;
    let choice = fields.choice(&published, visit.language)?;
    let visit = Visit { language: choice.language, ..visit };
    let sender = ChoiceSender::for_request(&history, &consent, &config, &*clock, visit, &headers, gpc)?;
    let choice = Choice { before: sender.came.seen_by_page(choice.before), ..choice };
    let done = match consent.choose(&history, &choice, &sender.device, None).await {
        Ok(done) => done,
        Err(ChooseError::ChangedSince) => {
            return overtaken(&page, &history, &*clock, &sender, &headers, None);
        }
        Err(error) => return Err(error.into()),
    };
    if done.overtaken {
        return overtaken(&page, &history, &*clock, &sender, &headers, Some(&done));
    }
    let location = fields.location(&choice, &done, &sender, &headers);
    let mut response = StatusCode::SEE_OTHER.into_response();
    sender.set_cookies(&done, &headers, response.headers_mut());
    sender.take_disallowed(&done, &published.current().policy, clock.now(), response.headers_mut());
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What the form was about is no longer so: the page as it is now, and what was taken of the answer. Without `done`
/// nothing was.
fn overtaken(
    page: &PreferencePage,
    history: &PersonHistory,
    clock: &dyn Clock,
    sender: &ChoiceSender,
    headers: &HeaderMap,
    done: Option<&RecordedAnswer>,
) -> Result<Response, Problem> {
    let mut remembered = sender.remembered();
    if let Some(done) = done {
        remembered.device.said = ChoiceCookie::parse_choice_cookie(done.cookie.as_bytes(), clock.now().at);
        remembered.consent_id = done.consent_id;
    }
    let taken = done.map_or(Overtaken::Whole, |_| Overtaken::NoesTaken);
    let mut response = page.now(history, &sender.visit, headers, &remembered, Some(taken))?;
    *response.status_mut() = StatusCode::CONFLICT;
    match done {
        Some(done) => sender.set_cookies(done, headers, response.headers_mut()),
        None => sender.take_planted(headers, response.headers_mut()),
    }
    Ok(response)
}

impl ChoiceFields {
    fn parse_fields(form: Form) -> Result<Self, Problem> {
        let grants = form.pairs().iter().any(|(name, value)| name == "grant" && !value.is_empty());
        match () {
            () if form.says("control", "refuse_all") => Ok(Self::refusal(form, "refuse_all")),
            () if form.says("control", "save") && !grants && !form.says("control", "accept_all") => {
                Ok(Self::refusal(form, "save"))
            }
            () => Self::strict(form),
        }
    }

    /// What grants nothing counts whatever else stands there.
    fn refusal(mut form: Form, control: &str) -> Self {
        let mut known = |name: &str| Some(form.first(name)).filter(|value| !value.is_empty());
        let surface = known("surface").filter(|name| read_surface(Some(name)).is_ok());
        Self {
            policy: known("policy"),
            language: known("language"),
            control: Some(control.to_owned()),
            surface,
            build: known("build"),
            return_to: known("return"),
            before: known("before"),
            offered: form.all("offered").iter().filter_map(|name| name.parse().ok()).collect(),
            grant: BTreeSet::new(),
            refuses: true,
        }
    }

    fn strict(mut form: Form) -> Result<Self, Problem> {
        let mut field = |name| form.has(name).then(|| form.field(name)).transpose();
        let mut fields = Self {
            policy: field("policy")?,
            language: field("language")?,
            control: field("control")?,
            surface: field("surface")?,
            build: field("build")?,
            return_to: field("return")?,
            before: field("before")?,
            ..Self::default()
        };
        let purposes = |names: Vec<String>| names.iter().map(|name| purpose(name)).collect::<Result<_, _>>();
        fields.offered = purposes(form.all("offered"))?;
        fields.grant = purposes(form.all("grant"))?;
        form.end()?;
        Ok(fields)
    }

    /// The choice that the form makes. A withdrawal button on a host page sends its control alone.
    fn choice(&self, published: &Published, visited: Language) -> Result<Choice, Problem> {
        let control = control(self.control.as_deref())?;
        let policy = self.policy.clone().unwrap_or_default();
        let asked = published.by_id(&policy).unwrap_or_else(|| published.current());
        // A form in a language that we don't have was shown with what we have; its no counts.
        let language = self.language.as_deref().and_then(Language::from_tag).unwrap_or(visited);
        let surface = read_surface(self.surface.as_deref())?;
        Ok(Choice {
            language,
            purposes: self.answers(control, &asked.policy)?,
            surface,
            policy,
            control,
            // A form that was made by another build, or by nobody we know, is recorded without: its answer counts.
            build: self.build.clone().filter(|named| *named == build()),
            variant: surface.and_then(variant).map(str::to_owned),
            before: self.before.clone(),
        })
    }

    /// A button for all says so whatever is switched on; else each switch says what it stands on.
    fn answers(&self, control: Control, asked: &Policy) -> Result<Answers, Problem> {
        if !self.grant.is_subset(&self.offered) {
            return Err(Problem::with(Slug::ControlContradiction, "offered"));
        }
        let answerable = |id: &PurposeId| asked.optional().any(|purpose| purpose.id == *id);
        if self.refuses {
            return Ok(self.offered.iter().filter(|id| answerable(id)).map(|id| (id.clone(), false)).collect());
        }
        if control == Control::Save && !self.offered.iter().all(answerable) {
            return Err(Problem::with(Slug::UnknownPurpose, "offered"));
        }
        let yes = |id: &PurposeId| match control {
            Control::AcceptAll => true,
            Control::RefuseAll => false,
            Control::Save => self.grant.contains(id),
        };
        Ok(self.offered.iter().map(|id| (id.clone(), yes(id))).collect())
    }

    /// Where the browser goes next; never to another origin.
    fn location(
        &self,
        choice: &Choice,
        done: &RecordedAnswer,
        sender: &ChoiceSender,
        headers: &HeaderMap,
    ) -> HeaderValue {
        const PREFERENCES: &str = Endpoint::Preferences.path();
        let path = match choice.surface {
            Some(Surface::Page) => paths::in_language(&done.receipt_path, choice.language),
            _ => {
                let named = self.return_to.clone().filter(|path| is_own_page(path));
                let came_from = || referer_path(&sender.visit, headers).filter(|path| is_own_page(path));
                named.or_else(came_from).unwrap_or_else(|| PREFERENCES.to_owned())
            }
        };
        HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static(PREFERENCES))
    }
}

/// A path on this origin that a browser can be sent to. `//host` and `/\host` are other origins to a browser, and
/// so is anything with characters in it that browsers strip.
pub(crate) fn is_own_page(path: &str) -> bool {
    let ours = path.starts_with('/') && !path.starts_with("//") && path.len() <= 2048;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    ours && plain && paths::answers_browsers(path)
}

fn control(name: Option<&str>) -> Result<Control, Problem> {
    match name {
        Some("accept_all") => Ok(Control::AcceptAll),
        Some("refuse_all") => Ok(Control::RefuseAll),
        Some("save") => Ok(Control::Save),
        _ => Err(Problem::with(Slug::MalformedRequest, "control")),
    }
}

fn read_surface(name: Option<&str>) -> Result<Option<Surface>, Problem> {
    match name {
        Some("banner") => Ok(Some(Surface::Banner)),
        Some("page") => Ok(Some(Surface::Page)),
        Some(_) => Err(Problem::with(Slug::MalformedRequest, "surface")),
        None => Ok(None),
    }
}

/// Where a plain form of ours stands: in the flow of a page that included the banner, or on a page of our own.
fn variant(surface: Surface) -> Option<&'static str> {
    match surface {
        Surface::Banner => Some("included"),
        Surface::Page => Some("page"),
        Surface::Settings | Surface::Placeholder => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn only_paths_of_the_own_origin_are_returned_to() {
        for path in ["/", "/winkel?kleur=rood#top", "/a/b%20c"] {
            assert!(is_own_page(path), "{path}");
        }
        let others = ["", "winkel", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"];
        for path in others.into_iter().chain(["/keuze/choices", "/keuze/api/v1/policy", "/é"]) {
            assert!(!is_own_page(path), "{path}");
        }
    }
}
