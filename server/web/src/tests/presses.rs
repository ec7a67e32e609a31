//! Everything that writes, each as somebody or a program would send it: one list for what must hold of all of them.

mod sent_press;

use std::collections::BTreeSet;

use model::channel::Channel;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::identity::Subject;
use model::paths::{Effect, Endpoint};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::*;
use crate::api_v1::tests::key;
use crate::desk::tests::{PASSWORD, annas_desk, employ_anna, look_up_for};
use crate::person::tests::known;
use keuze_core::service::clients::ClientScope;
use keuze_core::service::fixture::people::{customer, door, email, phone};
use keuze_core::service::people::Provenance;

/// Rows of which all is refused but the no.
pub const REFUSED_ROWS: [&str; 9] = [
    r#"{"customer":"K-1","email":"geen adres","objected_channels":"post"}"#,
    r#"{"customer":"K-1","phone":"12","objected_channels":"post"}"#,
    r#"{"customer":"K-1","postcode":"12","house_number":"1","objected_channels":"phone"}"#,
    r#"{"customer":"K-1","country":"Narnia","lines":"Weg 1","objected_channels":"all"}"#,
    r#"{"customer":"K-1","channels":"social","objected_channels":"post"}"#,
    r#"{"customer":"K-1","channels":"fax","objected_channels":"post"}"#,
    r#"{"customer":"K-1","shoe_size":"42","objected_channels":"post"}"#,
    r#"{"customer":"K-1","sold_on":"gisteren","objected_channels":"post"}"#,
    r#"{"email":"els@example.nl","phone":"12","objected_channels":"email"}"#,
];

pub use sent_press::SentPress;
use sent_press::SentPress::*;

impl SentPress {
    /// Each, of the rows that are refused every one.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter().chain((1..REFUSED_ROWS.len()).map(CustomerRefused))
    }

    /// Whether it is answered by a refusal that takes its no.
    pub fn is_refused(self) -> bool {
        matches!(self, CustomerRefused(_))
    }

    fn is_at_the_desk(self) -> bool {
        let of_people = [
            DeskLookUp,
            DeskLookUpOfSeveral,
            DeskLookUpOfARecord,
            DeskObjection,
            DeskOptIn,
            DeskMerge,
            DeskErase,
            DeskSamePerson,
        ];
        of_people.contains(&self) || [CallOpen, CallOfSeveral, CallObjection, CallClose, Password].contains(&self)
    }

    /// By a program with a key.
    pub fn by_program(self) -> bool {
        matches!(
            self,
            Customer
                | CustomerWithEverything
                | CustomerIsTheSame
                | CustomerRefused(_)
                | ProgramObjection
                | OptIn
                | LetterBlock
                | Classified
                | LetterChecked
        )
    }
}

/// A request that is ready to be sent.
pub struct Ready {
    browser: Browser,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ready {
    fn form(browser: Browser, path: &str, form: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = vec![
            ("sec-fetch-site", "same-origin".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        Self { browser, path: path.to_owned(), headers, body }
    }

    /// The form of a page that has this mark in it.
    fn filled(browser: Browser, page: &TestResponse, mark: &str, filled: &[(&str, &str)]) -> Self {
        let (action, hidden) = page.form(mark);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(filled.iter().copied()).collect();
        Self::form(browser, &action, &all)
    }

    fn json(browser: Browser, path: &str, body: &Value) -> Self {
        let headers =
            vec![("sec-fetch-site", "same-origin".to_owned()), ("content-type", "application/json".to_owned())];
        Self { browser, path: path.to_owned(), headers, body: body.to_string() }
    }

    /// The same with one more header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Whether it is a form of a page, and not a program's request.
    pub fn is_form(&self) -> bool {
        self.headers.iter().any(|(name, value)| *name == "content-type" && value.ends_with("form-urlencoded"))
    }

    /// What is sent.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Another body, said to be of this media type.
    pub fn sent_as(mut self, media_type: Option<&str>, body: String) -> Self {
        self.headers.retain(|(name, _)| *name != "content-type");
        self.headers.extend(media_type.map(|media_type| ("content-type", media_type.to_owned())));
        Self { body, ..self }
    }

    /// The same to another server process on the same ledger.
    pub fn at(self, app: &TestApp) -> Self {
        Self { browser: Browser::new(app), ..self }
    }

    /// As it is, from the same browser.
    pub fn again(&self) -> Self {
        let mut browser = self.browser.beside();
        browser.cookies.clone_from(&self.browser.cookies);
        Self { browser, path: self.path.clone(), headers: self.headers.clone(), body: self.body.clone() }
    }

    pub async fn send(&self) -> TestResponse {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut browser = self.browser.beside();
        browser.cookies.clone_from(&self.browser.cookies);
        browser.ask("POST", &self.path, &headers, &self.body).await
    }

    /// The same from a browser that keeps what the answers set.
    pub async fn send_and_keep(&mut self) -> TestResponse {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.browser.ask("POST", &self.path, &headers, &self.body).await
    }

    /// With one more line of a header, beside what it has or in its place.
    pub async fn in_bytes(&self, name: &str, line: &[u8], beside: bool) -> TestResponse {
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        let own = own.filter(|(own, _)| beside || *own != name);
        let headers: Vec<(&str, &[u8])> = own.chain([(name, line)]).collect();
        let mut browser = self.browser.beside();
        browser.cookies.clone_from(&self.browser.cookies);
        if !beside && name == "cookie" {
            browser.cookies.clear();
        }
        browser.ask_in_bytes("POST", &self.path, &headers, &self.body).await
    }

    /// The routed path that it goes to.
    pub fn route(&self) -> String {
        let pieces = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let own = pieces(self.path.split('?').next().expect("split gives at least one piece"));
        let fits = |path: &String| {
            let of = pieces(path);
            let same = |(of, own): (&String, &String)| of == own || of.starts_with('{');
            of.len() == own.len() && of.iter().zip(&own).all(same)
        };
        let paths: BTreeSet<String> = walk::paths().into_iter().filter(fits).collect();
        // A path without a placeholder before one with.
        paths.iter().min_by_key(|path| path.matches('{').count()).unwrap_or_else(|| panic!("{}", self.path)).clone()
    }
}

const OPTIONAL: [&str; 4] = ["statistics", "marketing", "profiling", "third_party_embeds"];

async fn of_program(app: &TestApp, path: &str, body: &Value) -> Ready {
    let key = key(app, "crm", &ClientScope::ALL).await;
    let ready = Ready::json(Browser::new(app), path, body);
    ready.with("authorization", &format!("Bearer {key}"))
}

/// Anna's page at the desk; she is staff, the customer is Els.
async fn persons_page(app: &TestApp, query: &str) -> (Browser, TestResponse) {
    let mut desk = annas_desk(app, "localhost").await;
    let found = look_up_for(&mut desk, query, "klant belt").await;
    let page = desk.get(found.location()).await;
    (desk, page)
}

async fn open_call(app: &TestApp) -> (Browser, TestResponse) {
    let mut desk = annas_desk(app, "localhost").await;
    let call = [("reference", "T-1"), ("direction", "in"), ("query", "K-1")];
    let opened = desk.post("/keuze/desk/call/open", &call).await;
    let screen = desk.get(opened.location()).await;
    let offered = desk.submit(&screen, "name=\"shown\"", &[("act", "offered")]).await;
    (desk, offered)
}

/// Who is known in every house.
async fn people(app: &TestApp) -> Subject {
    let els = customer(app, "K-1", &[email("els@example.nl"), phone("06 12345671"), door("1")]).await;
    customer(app, "K-2", &[email("samen@example.nl")]).await;
    customer(app, "K-3", &[email("samen@example.nl")]).await;
    els
}

/// Makes everything ready for a press; what comes then is the press alone.
pub async fn ready(press: SentPress, app: &TestApp) -> Ready {
    let els = people(app).await;
    let services = &app.services;
    if press.is_at_the_desk() {
        employ_anna(app).await;
    }
    let nobody = Browser::new(app);
    let policy = services.published.current().id();
    let nothing: serde_json::Map<_, _> = OPTIONAL.iter().map(|id| ((*id).to_owned(), json!(false))).collect();
    let page = async |query: &str| persons_page(app, query).await;
    let at_centre = async |address: &str, path: &str| {
        let mut browser = known(app, address).await;
        let page = browser.get(path).await;
        (browser, page)
    };
    match press {
        Choice => Ready::json(
            nobody,
            "/keuze/api/v1/choices",
            &json!({"policy": policy, "language": "nl", "control": "refuse_all", "purposes": nothing, "surface": "banner"}),
        ),
        ChoiceForm => {
            let form = [("policy", &*policy), ("language", "nl"), ("surface", "page"), ("control", "refuse_all")];
            let offered = OPTIONAL.map(|purpose| ("offered", purpose));
            Ready::form(nobody, "/keuze/choices", &[&form[..], &offered].concat())
        }
        ContinuedUse => {
            Ready::json(nobody, "/keuze/api/v1/continued-use", &json!({"policy": policy, "language": "nl"}))
        }
        ObjectionForm => {
            let form = [("email", "els@example.nl"), ("phone", "06 12345671"), ("scope", "all")];
            Ready::form(nobody, "/keuze/afmelden", &form)
        }
        OneClick | LinkForm => {
            let path = format!("/keuze/afmelden/{}", services.links.stop(els, None));
            let form = if press == OneClick { ("List-Unsubscribe", "One-Click") } else { ("scope", "all") };
            Ready::form(nobody, &path, &[form])
        }
        LetterCode => {
            let act = Provenance::by_person(Route::Api, IdentityLevel::Unverified);
            let code = services.letters.letter_code(els, &act).await.expect("a code").to_string();
            Ready::form(nobody, "/keuze/brief", &[("code", &code), ("scope", "all")])
        }
        Newsletter | NewsletterOfSomebodyKnown => {
            let address = if press == Newsletter { "nieuw@example.nl" } else { "els@example.nl" };
            Ready::form(nobody, "/keuze/nieuwsbrief", &[("email", address), ("name", "Nieuw")])
        }
        Confirmation => {
            let mut browser = nobody;
            browser.post("/keuze/nieuwsbrief", &[("email", "nieuw@example.nl"), ("name", "")]).await;
            let mail = &services.mail.waiting().pop().expect("a mail").1.text;
            let link = mail.split_whitespace().find(|word| word.contains("/keuze/nieuwsbrief/")).expect("a link");
            let path = &link[link.find("/keuze/").expect("a path")..];
            let page = browser.get(path).await;
            let action = page.form("<button").0;
            Ready::form(browser, &action, &[])
        }
        CodeMail => {
            Ready::form(nobody, "/keuze/voorkeuren/code", &[("contact", "els@example.nl"), ("next", "voorkeuren")])
        }
        StopAll => {
            let (browser, page) = at_centre("els@example.nl", "/keuze/voorkeuren").await;
            Ready::filled(browser, &page, "value=\"stop_all\"", &[("act", "stop_all")])
        }
        Stop => {
            let (browser, page) = at_centre("els@example.nl", "/keuze/voorkeuren").await;
            Ready::filled(browser, &page, "value=\"newsletter\"", &[("act", "stop")])
        }
        SignUp => {
            let (browser, page) = at_centre("nieuw@example.nl", "/keuze/voorkeuren").await;
            Ready::filled(browser, &page, "value=\"newsletter\"", &[("act", "start")])
        }
        Lift => {
            let who = keuze_core::service::people::Addressee::point(email("nieuw@example.nl"));
            let act = Provenance {
                actor: Actor::Visitor,
                ..Provenance::by_person(Route::ObjectionPage, IdentityLevel::Unverified)
            };
            services
                .contactability
                .object(&services.people.history(), &who, &[Channel::Email], &act)
                .await
                .expect("taken");
            let (browser, page) = at_centre("nieuw@example.nl", "/keuze/voorkeuren").await;
            Ready::filled(browser, &page, "value=\"email\"", &[("act", "start")])
        }
        Erase => {
            let (browser, page) = at_centre("els@example.nl", "/keuze/inzage/wissen").await;
            Ready::filled(browser, &page, "name=\"confirm\"", &[("confirm", "yes")])
        }
        DeskLookUp | DeskLookUpOfSeveral => {
            let query = if press == DeskLookUp { "K-1" } else { "samen@example.nl" };
            let desk = annas_desk(app, "localhost").await;
            Ready::form(desk, "/keuze/desk/look-up", &[("query", query), ("reason", "klant belt")])
        }
        DeskLookUpOfARecord => {
            let last = services.look_ups.last_of(&services.people.history(), els).expect("readable").expect("a record");
            let number = services.receipts.number(last).to_string();
            let desk = annas_desk(app, "localhost").await;
            Ready::form(desk, "/keuze/desk/look-up", &[("query", &number), ("reason", "klant belt")])
        }
        DeskObjection | DeskOptIn => {
            let (desk, page) = page("K-1").await;
            let act = if press == DeskObjection { "object:all" } else { "opt_in:newsletter" };
            Ready::filled(desk, &page, "name=\"route\"", &[("act", act), ("route", "letter")])
        }
        DeskMerge => {
            let (desk, page) = page("K-1").await;
            Ready::filled(desk, &page, "name=\"other\"", &[("other", "K-2"), ("same", "yes")])
        }
        DeskErase => {
            // A mail waits for them, which goes with them.
            Browser::new(app).post("/keuze/nieuwsbrief", &[("email", "els@example.nl"), ("name", "")]).await;
            let (desk, page) = page("K-1").await;
            let known_by = [("asked", "yes"), ("known_by", "paspoort gezien aan de balie")];
            Ready::filled(desk, &page, "name=\"known_by\"", &known_by)
        }
        DeskSamePerson => {
            let row = json!({"customer": "K-1", "email": "later@example.nl"});
            of_program(app, "/keuze/api/v1/customers", &row).await.send().await;
            let (desk, page) = page("K-1").await;
            let sure = [("same", "yes"), ("known_by", "noemde beide adressen")];
            Ready::filled(desk, &page, "name=\"at\"", &sure)
        }
        CallOpen | CallOfSeveral => {
            let query = if press == CallOpen { "K-1" } else { "samen@example.nl" };
            let call = [("reference", "T-1"), ("direction", "in"), ("query", query)];
            Ready::form(annas_desk(app, "localhost").await, "/keuze/desk/call/open", &call)
        }
        CallObjection | CallClose => {
            let (desk, screen) = open_call(app).await;
            let act = if press == CallObjection { "object:all" } else { "close" };
            Ready::filled(desk, &screen, "name=\"shown\"", &[("act", act)])
        }
        Password => {
            let new = "een heel ander wachtwoord";
            let form = [("current", PASSWORD), ("password", new), ("again", new)];
            Ready::form(annas_desk(app, "localhost").await, "/keuze/desk/password", &form)
        }
        Customer => {
            of_program(app, "/keuze/api/v1/customers", &json!({"customer": "K-9", "email": "carla@example.nl"})).await
        }
        // Told of, with a no: two records.
        CustomerWithEverything => {
            let row = json!({
                "customer": "K-9", "email": "carla@example.nl", "phone": "0612345679", "name": "Carla",
                "channels": "newsletter, email", "objected_channels": "phone"
            });
            of_program(app, "/keuze/api/v1/customers", &row).await
        }
        // Somebody else of that number turns out to be the same: a merge, and what is told.
        CustomerIsTheSame => {
            let ready = of_program(
                app,
                "/keuze/api/v1/customers",
                &json!({
                    "customer": "K-1", "email": "els@example.nl", "phone": "0612345699", "same_person": "yes",
                    "objected_channels": "post"
                }),
            )
            .await;
            customer(app, "K-1", &[email("ander@example.nl")]).await;
            ready
        }
        CustomerRefused(at) => {
            let row = serde_json::from_str(REFUSED_ROWS[at]).expect("JSON");
            of_program(app, "/keuze/api/v1/customers", &row).await
        }
        ProgramObjection => {
            let body = json!({"who": {"customer": "K-1"}, "channels": ["post"]});
            of_program(app, "/keuze/api/v1/objections", &body).await
        }
        OptIn => {
            let body = json!({"who": {"customer": "K-1"}, "channels": ["phone"]});
            of_program(app, "/keuze/api/v1/opt-ins", &body).await
        }
        LetterBlock => of_program(app, "/keuze/api/v1/letter-blocks", &json!({"who": {"customer": "K-1"}})).await,
        Classified => {
            let body = json!({
                "who": {"customer": "K-1"}, "channel": "email", "message_class": "service", "template": "storing",
                "decided_by": "juridisch"
            });
            of_program(app, "/keuze/api/v1/decisions", &body).await
        }
        LetterChecked => {
            let letter = of_program(app, "/keuze/api/v1/letter-blocks", &json!({"who": {"customer": "K-1"}})).await;
            let block: Value = serde_json::from_str(&letter.send().await.body).expect("JSON");
            let text = block["paragraph"]["nl"].as_str().expect("a paragraph");
            let body = json!({"text": format!("Geachte klant,\n{text}"), "template": "najaar"});
            let mut checked = letter;
            (checked.path, checked.body) = ("/keuze/api/v1/letter-checks".to_owned(), body.to_string());
            checked
        }
    }
}

/// Every path that takes a form or a request and writes is in the list.
#[tokio::test]
async fn whatever_writes_is_pressed_here() {
    // They write nothing, or what they write is about signing in, which has tests of its own.
    let others = [
        "/keuze/desk/sign-in",
        "/keuze/desk/sign-out",
        "/keuze/voorkeuren/uitloggen",
        "/keuze/voorkeuren/code/invullen",
        "/keuze/api/v1/mail-headers",
        "/keuze/api/v1/mail-checks",
        "/keuze/afmelden/{token}/",
        "/keuze/brief/",
    ];
    let mut pressed: BTreeSet<String> = others.map(str::to_owned).into();
    for press in SentPress::iter() {
        let route = ready(press, &TestApp::new().await).await.route();
        let effect = Endpoint::of_path(&route).and_then(Endpoint::post).map(|post| post.effect);
        assert!(matches!(effect, Some(Effect::Record | Effect::Objection)), "{press:?} {route}: {effect:?}");
        pressed.insert(route);
    }
    let app = TestApp::new().await;
    for path in walk::paths() {
        let at = path.replace(['{', '}', '*'], "");
        let answer = Browser::new(&app).post(&at, &[]).await;
        let takes = ![StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND].contains(&answer.status);
        assert!(!takes || pressed.contains(&path), "{path}: {}", answer.status);
    }
}
