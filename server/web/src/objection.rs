//! Where people say no: by the link of a mail (RFC 8058), and with nothing in hand.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Multipart, OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use model::channel::Channel;
use model::contact::PointKind;
use model::event::Route;
use model::language::Language;
use model::paths::Endpoint;
use ui::pages::objection::{Link as LinkPage, LinkProps, Objection as ObjectionPage, ObjectionProps};
use words::views::objection::{
    Field, GoesOn, LinkState, LinkView, ObjectionFault as Fault, ObjectionForm, ObjectionState, ObjectionView,
    ReadHouse, ReadLines,
};

use super::body;
use super::elements::{essence, media_type};
use super::mount::Mount as _;
use super::problem::Problem;
use super::render;
use super::visit::Visit;
use contact::{ContactError, ContactPoint, DutchAddress, Email, Phone, Post};
use keuze_core::service::Keuze;
use keuze_core::service::stop::Scope;
use words::problem::Slug;

/// `/keuze/afmelden/{token}`: outside the layer that looks at a form's origin, because mail providers press the
/// button from anywhere and the token alone is the authority (RFC 8058 section 3.2).
pub fn links() -> Router<Arc<Keuze>> {
    let link = || get(link).post(stop);
    // With a slash behind it, too: a redirect is not allowed (RFC 8058 section 3.1).
    Router::new().mount(Endpoint::ObjectionLink, link()).mount(Endpoint::ObjectionLinkSlash, link())
}

/// `/keuze/afmelden`.
pub fn forms() -> Router<Arc<Keuze>> {
    Router::new().mount(Endpoint::Objection, get(form).post(object))
}

/// Mail scanners fetch every link, so looking at it never acts.
async fn link(
    State(keuze): State<Arc<Keuze>>,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let state = keuze.link(&token).map_or(LinkState::Unknown, |link| LinkState::Asks(link.channel));
    link_page(&keuze, visit.language, uri.path(), state)
}

/// One press; a mail provider's or the person's own. Repeats succeed.
async fn stop(
    State(keuze): State<Arc<Keuze>>,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Problem> {
    let said = Said::read(request).await?;
    let state = match keuze.link(&token) {
        Some(link) => match keuze.stop_by_link(link, said.scope, said.route).await {
            Ok(acted) => {
                let is_all = acted.channels.len() == Channel::ALL.len();
                LinkState::Stopped(keuze.told(&acted, is_all.then_some(GoesOn::NotKnown(PointKind::Email))))
            }
            // Erased since the link was read.
            Err(keuze_core::service::people::ActError::NoPerson) => LinkState::Unknown,
            Err(error) => return Err(error.into()),
        },
        None => LinkState::Unknown,
    };
    Ok(link_page(&keuze, visit.language, uri.path(), state))
}

fn link_page(keuze: &Keuze, language: Language, path: &str, state: LinkState) -> Response {
    let status = if matches!(state, LinkState::Unknown) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let page = LinkView { frame: keuze.frame(language, path), state };
    without_referrer(render::page(status, language, || LinkPage(LinkProps { page })))
}

/// A page with a token in its address tells no other site of it, not even that somebody came from here.
pub(super) fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The same for a page whose forms must tell where they come from: other sites alone learn nothing.
pub(super) fn without_referrer_elsewhere(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// What a POST on a link says.
struct Said {
    scope: Scope,
    route: Route,
}

impl Said {
    /// `List-Unsubscribe=One-Click` comes from a mail provider, in either form (RFC 8058 section 3.2); `scope` from our
    /// own page. Whatever else is in it, the press counts: the token says what to stop.
    async fn read(request: Request) -> Result<Self, Problem> {
        let pairs = if is_multipart(media_type(request.headers())) {
            parts(request).await
        } else {
            let body = body::bytes(Bytes::from_request(request, &()).await)?;
            form_urlencoded::parse(&body).into_owned().collect()
        };
        let has = |name: &str, value: &str| pairs.iter().any(|(n, v)| n == name && v == value);
        Ok(Self {
            scope: if has("scope", "all") { Scope::All } else { Scope::Own },
            route: if has("List-Unsubscribe", "One-Click") { Route::OneClick } else { Route::MailLink },
        })
    }
}

fn is_multipart(media: Option<&str>) -> bool {
    media.is_some_and(|media| media.to_ascii_lowercase().starts_with("multipart/"))
}

/// The parts of a multipart body, as far as they can be read.
async fn parts(mut request: Request) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    // The line that names what stands between the parts, whatever else came along.
    let mut lines = request.headers().get_all(header::CONTENT_TYPE).iter();
    let line = lines.find(|line| is_multipart(line.to_str().ok().and_then(essence))).cloned();
    if let Some(line) = line {
        request.headers_mut().insert(header::CONTENT_TYPE, line);
    }
    if let Ok(mut parts) = Multipart::from_request(request, &()).await {
        while let Ok(Some(part)) = parts.next_field().await {
            let name = part.name().unwrap_or_default().to_owned();
            let Ok(value) = part.text().await else { break };
            pairs.push((name, value));
        }
    }
    pairs
}

async fn form(State(keuze): State<Arc<Keuze>>, visit: Visit) -> Response {
    page(&keuze, visit.language, StatusCode::OK, ObjectionState::Asks(ObjectionForm::default()))
}

async fn object(
    State(keuze): State<Arc<Keuze>>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sent = Sent::read(body::form(&headers, body)?)?;
    let (points, channels) = match sent.checked() {
        Ok(checked) => checked,
        Err(faults) => {
            let read_as = sent.read_as().filter(|_| faults.contains(&Fault::IsThisRight));
            let lines_read_as = sent.lines_read_as().filter(|_| faults.contains(&Fault::LinesChanged));
            let state = ObjectionState::Asks(ObjectionForm { faults, read_as, lines_read_as, ..sent.form });
            return Ok(page(&keuze, visit.language, StatusCode::UNPROCESSABLE_ENTITY, state));
        }
    };
    let named: Vec<PointKind> = points.iter().map(ContactPoint::kind).chain(sent.form.done.iter().copied()).collect();
    let acted = keuze.stop_at(points, &channels).await?;
    let goes_on = if sent.all { GoesOn::without(&named) } else { None };
    let stopped = keuze.told(&acted, goes_on);
    Ok(page(&keuze, visit.language, StatusCode::OK, ObjectionState::Stopped(stopped)))
}

fn page(keuze: &Keuze, language: Language, status: StatusCode, state: ObjectionState) -> Response {
    let page = ObjectionView { frame: keuze.frame(language, Endpoint::Objection.path()), state };
    render::page(status, language, || ObjectionPage(ObjectionProps { page }))
}

/// The form as it was sent.
struct Sent {
    form: ObjectionForm,
    /// The house number that the person was asked about, and says is right.
    confirmed: String,
    /// The same for the lines of an address.
    confirmed_lines: String,
    all: bool,
}

impl Sent {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let (mut form, mut scope) = (ObjectionForm::default(), None);
        let (mut confirmed, mut confirmed_lines) = (String::new(), String::new());
        let wrong = |field| Problem::with(Slug::MalformedRequest, field);
        let mut seen = HashSet::new();
        for (name, value) in pairs {
            // Of two, one would be swallowed.
            if name != "channel" && name != "done" && !seen.insert(name.clone()) {
                return Err(Problem::unknown_field(&name));
            }
            match name.as_str() {
                "phone" => form.phone = value,
                "postcode" => form.postcode = value,
                "house" => form.house = value,
                "addition" => form.addition = value,
                "read" => confirmed = value,
                "read-lines" => confirmed_lines = value,
                "lines" => form.lines = value,
                "country" => form.country = value,
                "email" => form.email = value,
                "channel" => form.channels.push(Channel::from_word(&value).ok_or(wrong("channel"))?),
                "done" => form.done.push(PointKind::from_word(&value).ok_or(wrong("done"))?),
                "scope" => scope = Some(value),
                _ => return Err(Problem::unknown_field(&name)),
            }
        }
        let all = match scope.as_deref() {
            Some("all") => true,
            Some("ticked") => false,
            // No button was pressed: what was ticked is meant, else everything.
            Some("enter") => form.channels.is_empty(),
            _ => return Err(wrong("scope")),
        };
        Ok(Self { form, confirmed, confirmed_lines, all })
    }

    /// The contact points and channels, or everything that is wrong, in the order of the form.
    fn checked(&self) -> Result<(Vec<ContactPoint>, Vec<Channel>), Vec<Fault>> {
        let mut faults = Vec::new();
        let points: Vec<ContactPoint> = [self.phone(), self.post(), self.post_elsewhere(), self.email()]
            .into_iter()
            .filter_map(|read| read.map_err(|fault| faults.push(fault)).ok().flatten())
            .collect();
        let is_empty = points.is_empty() && faults.is_empty();
        if is_empty && (self.all || self.form.channels.is_empty()) {
            faults.push(Fault::Empty);
        }
        if !self.all && faults.is_empty() {
            faults = self.mismatches(&points);
        }
        let channels = if self.all { Channel::ALL.to_vec() } else { self.form.channels.clone() };
        if faults.is_empty() { Ok((points, channels)) } else { Err(faults) }
    }

    /// What is ticked without anything that it could stop, and what is filled in without anything ticked for it: either
    /// would leave somebody believing that it stopped.
    fn mismatches(&self, points: &[ContactPoint]) -> Vec<Fault> {
        let ticked = &self.form.channels;
        if ticked.is_empty() {
            return vec![Fault::NoChannel];
        }
        let mut filled: Vec<PointKind> = points.iter().map(ContactPoint::kind).collect();
        filled.dedup();
        let lacking = |kind: PointKind| {
            let channel = kind.channels().iter().find(|channel| ticked.contains(channel));
            channel.filter(|_| !filled.contains(&kind)).map(|channel| Fault::WithoutPoint(*channel))
        };
        let idle = |kind: &PointKind| !kind.channels().iter().any(|channel| ticked.contains(channel));
        let lacking = [PointKind::Phone, PointKind::Post, PointKind::Email].into_iter().filter_map(lacking);
        lacking.chain(filled.iter().filter(|kind| idle(kind)).map(|kind| Fault::WithoutChannel(field(*kind)))).collect()
    }

    fn phone(&self) -> Result<Option<ContactPoint>, Fault> {
        let read = filled(&self.form.phone).map(Phone::parse).transpose();
        read.map(|phone| phone.map(ContactPoint::Phone)).map_err(|_| Fault::Phone)
    }

    fn email(&self) -> Result<Option<ContactPoint>, Fault> {
        let read = filled(&self.form.email).map(Email::parse).transpose();
        read.map(|email| email.map(ContactPoint::Email)).map_err(|_| Fault::Email)
    }

    fn post(&self) -> Result<Option<ContactPoint>, Fault> {
        let ObjectionForm { postcode, house, addition, .. } = &self.form;
        if [postcode, house, addition].into_iter().all(|text| filled(text).is_none()) {
            return Ok(None);
        }
        let read = match DutchAddress::parse(postcode, house, addition) {
            Err(ContactError::Spreadsheet) => match DutchAddress::as_written(postcode, house, addition) {
                Ok(_) if self.confirmed != self.typed_house() => return Err(Fault::IsThisRight),
                read => read,
            },
            read => read,
        };
        match read {
            Ok(address) => Ok(Some(ContactPoint::Post(Post::Dutch(address)))),
            Err(ContactError::Postcode) => Err(Fault::Postcode),
            Err(_) if DutchAddress::parse(postcode, house, "").is_ok() => Err(Fault::Addition),
            Err(_) => Err(Fault::House),
        }
    }

    /// As it is shown, and sent back with the answer to what was asked.
    fn typed_house(&self) -> String {
        let ObjectionForm { house, addition, .. } = &self.form;
        [house.trim(), addition.trim()].join(" ").trim().to_owned()
    }

    /// How the house number is read; the person is asked whether that is right.
    fn read_as(&self) -> Option<Box<ReadHouse>> {
        let ObjectionForm { postcode, house, addition, .. } = &self.form;
        let read = DutchAddress::as_written(postcode, house, addition).ok()?;
        let (number, addition) = read.house();
        let addition = addition.map(str::to_owned);
        Some(Box::new(ReadHouse { typed: self.typed_house(), number, addition, scope: self.scope() }))
    }

    /// The button that was pressed.
    fn scope(&self) -> &'static str {
        if self.all { "all" } else { "ticked" }
    }

    /// The lines as they are sent back with the answer to what was asked.
    fn typed_lines(&self) -> String {
        let lines = self.form.lines.lines().chain([self.form.country.as_str()]);
        lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
    }

    fn lines_as_written(&self) -> Result<Post, ContactError> {
        Post::of_lines_as_written(&self.form.lines, filled(&self.form.country))
    }

    /// How the lines are read; the person is asked whether that is right.
    fn lines_read_as(&self) -> Option<Box<ReadLines>> {
        let read = self.lines_as_written().ok()?.lines_as_read().join(", ");
        Some(Box::new(ReadLines { typed: self.typed_lines(), read, scope: self.scope() }))
    }

    fn post_elsewhere(&self) -> Result<Option<ContactPoint>, Fault> {
        let ObjectionForm { lines, country, .. } = &self.form;
        if [lines, country].into_iter().all(|text| filled(text).is_none()) {
            return Ok(None);
        }
        let read = match Post::of_lines(lines, filled(country)) {
            Err(ContactError::Spreadsheet) if self.confirmed_lines == self.typed_lines() => self.lines_as_written(),
            read => read,
        };
        match read {
            Ok(address) => Ok(Some(ContactPoint::Post(address))),
            Err(ContactError::Country | ContactError::NoCountry) => Err(Fault::Country),
            Err(ContactError::DutchLines) => Err(Fault::InNetherlands),
            Err(ContactError::Spreadsheet) => Err(Fault::LinesChanged),
            Err(_) => Err(Fault::Lines),
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn field(kind: PointKind) -> Field {
    match kind {
        PointKind::Phone => Field::Phone,
        PointKind::Post => Field::Post,
        PointKind::Email => Field::Email,
    }
}

#[cfg(test)]
mod tests;
