//! A running demo, and what is asked of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::figures::{Figure, Measured, Rates};
use super::floor::FloorJournal;
use crate::client::{Client, ClientRequest, ClientResponse};
use crate::demo::Demo;
use crate::forms;

/// As staff would choose it after the one-time password.
const PASSWORD: &str = "vier-losse-woorden-achter-elkaar";

/// The trivial route.
const HEALTH: &str = "/keuze/health";

/// How many ask at once where many do, and how many where it is about the work of one answer.
const MANY: usize = 64;
const FEW: usize = 4;

/// Of each figure in a round; the clients share them.
const CHOICES_TOGETHER: usize = 6_400;
const CHOICES_IN_TURN: usize = 300;
const PAGES: usize = 1_200;

/// What is asked again and again, and by whom.
struct AskedAgain {
    request: ClientRequest,
    cookies: Client,
    status: u16,
}

/// A running demo with everything ready to be asked.
pub struct BenchSite {
    demo: Demo,
    choice: AskedAgain,
    health: AskedAgain,
    pages: Vec<(Figure, AskedAgain)>,
}

impl BenchSite {
    pub async fn open(binary: &Path, folder: &Path) -> Result<Self> {
        let demo = Demo::start(binary, folder, &[])?;
        let asked = |request, status| AskedAgain { request, cookies: Client::new(demo.address), status };
        let choice = asked(choice(&demo).await?, 201);
        let decision = ClientRequest::post(
            "/keuze/api/v1/decisions",
            "application/json",
            r#"{"who": {"customer": "K-1001"}, "channel": "email"}"#,
        );
        let pages = vec![
            (Figure::Fragment, asked(ClientRequest::get("/keuze/fragment?lang=nl"), 200)),
            (Figure::Preferences, asked(ClientRequest::get("/keuze/voorkeuren?lang=nl"), 200)),
            (Figure::SignedIn, signed_in(&demo).await?),
            (Figure::LookUp, look_up(&demo, &choice).await?),
            (Figure::Decisions, asked(decision.with("Authorization", &format!("Bearer {}", demo.api_key)), 200)),
        ];
        Ok(Self { health: asked(ClientRequest::get(HEALTH), 200), choice, pages, demo })
    }

    /// Measures everything once.
    pub async fn round(&mut self, measured: &mut Measured) -> Result<()> {
        for (figure, count, clients) in
            [(Figure::ChoicesTogether, CHOICES_TOGETHER, MANY), (Figure::ChoicesInTurn, CHOICES_IN_TURN, 1)]
        {
            let journal = self.demo.data().join("journal");
            let before = FloorJournal::count_folder(&journal)?;
            let took = self.time(&self.choice, count, clients).await?;
            let floor = FloorJournal::count_folder(&journal)?
                .since(before)
                .time(self.demo.data().parent().context("a folder")?)?;
            measured.add(figure, Rates::of_times(count, took, floor));
        }
        for (figure, asked) in &self.pages {
            let floor = self.time(&self.health, PAGES, FEW).await?;
            measured.add(*figure, Rates::of_times(PAGES, self.time(asked, PAGES, FEW).await?, floor));
        }
        Ok(())
    }

    /// Ends it; the data directory that it leaves.
    pub fn close(self) -> Result<PathBuf> {
        let data = self.demo.data().to_owned();
        self.demo.stop()?;
        Ok(data)
    }

    /// How long so many clients take for so many requests, each on a connection that is open already.
    async fn time(&self, asked: &AskedAgain, count: usize, clients: usize) -> Result<Duration> {
        let mut ready = Vec::new();
        for _ in 0..clients {
            let mut client = Client::new(self.demo.address);
            client.cookies.clone_from(&asked.cookies.cookies);
            expect(&client.send(&asked.request).await?, asked.status)?;
            ready.push(client);
        }
        let start = Instant::now();
        let all = ready.into_iter().map(|mut client| {
            let (request, status) = (asked.request.clone(), asked.status);
            tokio::spawn(async move {
                for _ in 0..count / clients {
                    expect(&client.send(&request).await?, status)?;
                }
                Ok::<_, anyhow::Error>(())
            })
        });
        for one in all.collect::<Vec<_>>() {
            one.await??;
        }
        Ok(start.elapsed())
    }
}

fn expect(answer: &ClientResponse, status: u16) -> Result<()> {
    if answer.status == status {
        return Ok(());
    }
    bail!("answered {}, not {status}: {}", answer.status, answer.text());
}

/// A refusal of everything.
async fn choice(demo: &Demo) -> Result<ClientRequest> {
    let policy = Client::new(demo.address).send(&ClientRequest::get("/keuze/api/v1/policy")).await?;
    let policy: Value = serde_json::from_slice(&policy.body)?;
    let mut purposes = serde_json::Map::new();
    for purpose in policy["purposes"].as_array().context("a policy has purposes")? {
        if purpose["regime"] != "necessary" {
            purposes.insert(purpose["id"].as_str().context("a purpose has an id")?.to_owned(), false.into());
        }
    }
    let body = serde_json::json!({
        "policy": policy["id"], "language": "nl", "control": "refuse_all", "purposes": purposes, "surface": "banner",
    });
    Ok(ClientRequest::post("/keuze/api/v1/choices", "application/json", &body.to_string())
        .with("Origin", &demo.origin()))
}

/// The preference page of somebody who proved a mailbox.
async fn signed_in(demo: &Demo) -> Result<AskedAgain> {
    let mut person = Client::new(demo.address);
    let ask = person.send(&ClientRequest::get("/keuze/voorkeuren/code?lang=nl")).await?;
    person.send(&pressed(demo, &ask, "contact=anna%40example.nl")?).await?;
    let enter = person.send(&ClientRequest::get("/keuze/voorkeuren/code/invullen?lang=nl")).await?;
    let code = mailed_code(&mut person).await?;
    person.send(&pressed(demo, &enter, &format!("code={code}"))?).await?;
    let request = ClientRequest::get("/keuze/voorkeuren?lang=nl");
    let page = person.send(&request).await?.text();
    if !page.contains("/keuze/voorkeuren/uitloggen") {
        bail!("nobody is signed in with the code {code}: {page}");
    }
    Ok(AskedAgain { request, cookies: person, status: 200 })
}

/// The first form of a page, filled in.
fn pressed(demo: &Demo, page: &ClientResponse, fields: &str) -> Result<ClientRequest> {
    let (path, body) = forms::pressed(&page.text(), 1, fields)?;
    Ok(ClientRequest::form(&demo.origin(), &path, &body))
}

/// The six digits of the last mail that the demo kept.
async fn mailed_code(client: &mut Client) -> Result<String> {
    for _ in 0..100 {
        let mails = client.send(&ClientRequest::get("/demo/outbox")).await?.text();
        let mut words = mails.split(|c: char| !c.is_ascii_alphanumeric() && c != '#' && c != '&');
        let six = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(code) = words.find(six) {
            return Ok(code.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("no code was mailed within ten seconds")
}

/// A look-up at the desk of the receipt of one choice; each is an event of its own.
async fn look_up(demo: &Demo, choice: &AskedAgain) -> Result<AskedAgain> {
    let receipt: Value = serde_json::from_slice(&Client::new(demo.address).send(&choice.request).await?.body)?;
    let receipt = receipt["receipt"].as_str().context("a choice has a receipt")?;
    let mut staff = Client::new(demo.address);
    let form = |path: &str, body: &str| ClientRequest::form(&demo.origin(), path, body);
    staff.send(&form("/keuze/desk/sign-in", &format!("name=demo&password={}", demo.password))).await?;
    let new = format!("name=demo&current={}&password={PASSWORD}&again={PASSWORD}", demo.password);
    staff.send(&form("/keuze/desk/password", &new)).await?;
    let request = form("/keuze/desk/look-up", &format!("query={receipt}&reason=vraag+van+de+klant"));
    expect(&staff.send(&request).await?, 200)?;
    Ok(AskedAgain { request, cookies: staff, status: 200 })
}
