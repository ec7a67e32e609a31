//! Where people say no: by the link of a mail (RFC 8058), and with nothing in hand.

use std::sync::Arc;

use crate::App;
use crate::app::RequestHistory;
use axum::Router;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
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

use super::form::{AnyForm, Form, LenientForm};
use super::mount::Mount as _;
use super::problem::Problem;
use super::render;
use super::visit::Visit;
use contact::{ContactError, ContactPoint, DutchAddress, Email, Phone, PostalAddress};
use keuze_core::service::objection::{ObjectionScope, Objections};
use keuze_core::service::site::SiteInfo;
use keuze_core::service::tokens::Links;
use words::problem::Slug;

/// `/keuze/afmelden/{token}`: outside the layer that looks at a form's origin, because mail providers press the
/// button from anywhere and the token alone is the authority (RFC 8058 section 3.2).
pub fn links() -> Router<App> {
    let link = || get(link).post(stop);
    // With a slash behind it, too: a redirect is not allowed (RFC 8058 section 3.1).
    Router::new().mount(Endpoint::ObjectionLink, link()).mount(Endpoint::ObjectionLinkSlash, link())
}

/// `/keuze/afmelden`.
pub fn forms() -> Router<App> {
    Router::new().mount(Endpoint::Objection, get(form).post(object))
}

/// Mail scanners fetch every link, so looking at it never acts.
async fn link(
    State(links): State<Arc<Links>>,
    State(site): State<Arc<SiteInfo>>,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let state = links.resolve(&token).map_or(LinkState::Unknown, |link| LinkState::Asks(link.channel));
    link_page(&site, visit.language, uri.path(), state)
}

/// One press; a mail provider's or the person's own. Repeats succeed.
#[expect(clippy::too_many_arguments, reason = "each is taken from the request or named to the router")]
async fn stop(
    State(objections): State<Arc<Objections>>,
    State(links): State<Arc<Links>>,
    State(site): State<Arc<SiteInfo>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
    AnyForm(form): AnyForm,
) -> Result<Response, Problem> {
    let said = LinkPress::parse_link_press(&form);
    let state = match links.resolve(&token) {
        Some(link) => match objections.stop_by_link(&history, link, said.scope, said.route).await {
            Ok(acted) => {
                let is_all = acted.channels.len() == Channel::ALL.len();
                LinkState::Stopped(objections.told(&acted, is_all.then_some(GoesOn::NotKnown(PointKind::Email))))
            }
            // Erased since the link was read.
            Err(keuze_core::service::people::ActError::NoPerson) => LinkState::Unknown,
            Err(error) => return Err(error.into()),
        },
        None => LinkState::Unknown,
    };
    Ok(link_page(&site, visit.language, uri.path(), state))
}

fn link_page(site: &SiteInfo, language: Language, path: &str, state: LinkState) -> Response {
    let status = if matches!(state, LinkState::Unknown) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let page = LinkView { frame: site.frame(language, path), state };
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
struct LinkPress {
    scope: ObjectionScope,
    route: Route,
}

impl LinkPress {
    /// `List-Unsubscribe=One-Click` comes from a mail provider, in either form (RFC 8058 section 3.2); `scope` from our
    /// own page. Whatever else is in it, the press counts: the token says what to stop.
    fn parse_link_press(form: &Form) -> Self {
        Self {
            scope: if form.says("scope", "all") { ObjectionScope::All } else { ObjectionScope::Own },
            route: if form.says("List-Unsubscribe", "One-Click") { Route::OneClick } else { Route::MailLink },
        }
    }
}

async fn form(State(site): State<Arc<SiteInfo>>, visit: Visit) -> Response {
    page(&site, visit.language, StatusCode::OK, ObjectionState::Asks(ObjectionForm::default()))
}

async fn object(
    State(objections): State<Arc<Objections>>,
    State(site): State<Arc<SiteInfo>>,
    RequestHistory(history): RequestHistory,
    visit: Visit,
    LenientForm(form): LenientForm,
) -> Result<Response, Problem> {
    let sent = ObjectionFields::parse_objection_form(form)?;
    let (points, channels) = match sent.checked() {
        Ok(checked) => checked,
        Err(faults) => {
            let read_as = sent.read_as().filter(|_| faults.contains(&Fault::IsThisRight));
            let lines_read_as = sent.lines_read_as().filter(|_| faults.contains(&Fault::LinesChanged));
            let state = ObjectionState::Asks(ObjectionForm { faults, read_as, lines_read_as, ..sent.form });
            return Ok(page(&site, visit.language, StatusCode::UNPROCESSABLE_ENTITY, state));
        }
    };
    let named: Vec<PointKind> = points.iter().map(ContactPoint::kind).chain(sent.form.done.iter().copied()).collect();
    let acted = objections.object_at(&history, points, &channels).await?;
    let goes_on = if sent.all { GoesOn::without(&named) } else { None };
    let stopped = objections.told(&acted, goes_on);
    Ok(page(&site, visit.language, StatusCode::OK, ObjectionState::Stopped(stopped)))
}

fn page(site: &SiteInfo, language: Language, status: StatusCode, state: ObjectionState) -> Response {
    let page = ObjectionView { frame: site.frame(language, Endpoint::Objection.path()), state };
    render::page(status, language, || ObjectionPage(ObjectionProps { page }))
}

/// The form as it was sent.
struct ObjectionFields {
    form: ObjectionForm,
    /// Further numbers and addresses, where the field stood there several times.
    more_phones: Vec<String>,
    more_emails: Vec<String>,
    /// The house number that the person was asked about, and says is right.
    confirmed: String,
    /// The same for the lines of an address.
    confirmed_lines: String,
    all: bool,
}

impl ObjectionFields {
    /// Whatever else stands there, the no counts; only what would be swallowed, or be half an address, is refused by its name.
    fn parse_objection_form(mut sent: Form) -> Result<Self, Problem> {
        let mut form = ObjectionForm::default();
        let (mut phones, mut emails) = (distinct(&mut sent, "phone"), distinct(&mut sent, "email"));
        // What cannot be read comes first, so that the page shows it.
        phones.sort_by_key(|typed| Phone::parse(typed).is_ok());
        emails.sort_by_key(|typed| Email::parse(typed).is_ok());
        let mut phones = phones.into_iter();
        let mut emails = emails.into_iter();
        form.phone = phones.next().unwrap_or_default();
        form.email = emails.next().unwrap_or_default();
        form.postcode = one(&mut sent, "postcode")?;
        form.house = one(&mut sent, "house")?;
        form.addition = one(&mut sent, "addition")?;
        form.lines = one(&mut sent, "lines")?;
        form.country = one(&mut sent, "country")?;
        form.done = sent.all("done").iter().filter_map(|word| PointKind::from_word(word)).collect();
        // No button was pressed, or none of ours: what was ticked is meant, else everything.
        let ticked = distinct(&mut sent, "channel");
        let all = sent.says("scope", "all") || (!sent.says("scope", "ticked") && ticked.is_empty());
        form.channels = ticked.iter().filter_map(|word| Channel::from_word(word)).collect();
        if !all && form.channels.len() < ticked.len() {
            return Err(Problem::with(Slug::MalformedRequest, "channel"));
        }
        let (confirmed, confirmed_lines) = (sent.first("read"), sent.first("read-lines"));
        Ok(Self { form, more_phones: phones.collect(), more_emails: emails.collect(), confirmed, confirmed_lines, all })
    }

    /// The contact points and channels, or everything that is wrong, in the order of the form.
    fn checked(&self) -> Result<(Vec<ContactPoint>, Vec<Channel>), Vec<Fault>> {
        let mut faults = Vec::new();
        let reads = self.phones().chain([self.post(), self.post_elsewhere()]).chain(self.emails());
        let points: Vec<ContactPoint> =
            reads.filter_map(|read| read.map_err(|fault| faults.push(fault)).ok().flatten()).collect();
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

    fn phones(&self) -> impl Iterator<Item = Result<Option<ContactPoint>, Fault>> {
        [&self.form.phone].into_iter().chain(&self.more_phones).map(|typed| {
            let read = filled(typed).map(Phone::parse).transpose();
            read.map(|phone| phone.map(ContactPoint::Phone)).map_err(|_| Fault::Phone)
        })
    }

    fn emails(&self) -> impl Iterator<Item = Result<Option<ContactPoint>, Fault>> {
        [&self.form.email].into_iter().chain(&self.more_emails).map(|typed| {
            let read = filled(typed).map(Email::parse).transpose();
            read.map(|email| email.map(ContactPoint::Email)).map_err(|_| Fault::Email)
        })
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
            Ok(address) => Ok(Some(ContactPoint::Post(PostalAddress::Dutch(address)))),
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

    fn lines_as_written(&self) -> Result<PostalAddress, ContactError> {
        PostalAddress::of_lines_as_written(&self.form.lines, filled(&self.form.country))
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
        let read = match PostalAddress::of_lines(lines, filled(country)) {
            Err(ContactError::Spreadsheet) if self.confirmed_lines == self.typed_lines() => self.lines_as_written(),
            read => read,
        };
        match read {
            Ok(address) => Ok(Some(ContactPoint::Post(address))),
            Err(ContactError::Country | ContactError::NoCountry) => Err(Fault::Country),
            Err(ContactError::DutchLines) => Err(Fault::InNetherlands),
            Err(ContactError::Script) => Err(Fault::Letters),
            Err(ContactError::Spreadsheet) => Err(Fault::LinesChanged),
            Err(_) => Err(Fault::Lines),
        }
    }
}

/// Everything that was typed into a field, each once.
fn distinct(form: &mut Form, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    for value in form.all(name) {
        if filled(&value).is_some() && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The one thing that was typed into a part of an address. Of two, nobody knows which belongs to the rest.
fn one(form: &mut Form, name: &'static str) -> Result<String, Problem> {
    let mut values = distinct(form, name);
    let value = values.pop().unwrap_or_default();
    if values.is_empty() { Ok(value) } else { Err(Problem::with(Slug::MalformedRequest, name)) }
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
