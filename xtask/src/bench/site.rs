//! A running demo, and what is asked of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::figures::{Cost, Figure, Measured};
use super::floor::{self, Floor, FloorOrder};
use super::load::Load;
use super::usage::Usage;
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
const CHOICES_TOGETHER: usize = 16_000;
const CHOICES_IN_TURN: usize = 300;
const PAGES: usize = 1_200;

/// What is asked again and again, and by whom.
struct AskedAgain {
    request: ClientRequest,
    cookies: Client,
    status: u16,
}

/// A choice of somebody who comes for the first time, and its floor.
struct MeasuredChoice {
    load: Load,
    floor: Floor,
    floor_load: Load,
}

/// A running demo with everything ready to be asked.
pub struct BenchSite {
    demo: Demo,
    refusal: MeasuredChoice,
    acceptance: MeasuredChoice,
    health: AskedAgain,
    pages: Vec<(Figure, AskedAgain)>,
}

impl BenchSite {
    /// Starts it, with so many refusals recorded before anything is measured.
    pub async fn open(binary: &Path, folder: &Path, recorded: usize) -> Result<Self> {
        let demo = Demo::start(binary, folder, &[])?;
        let asked = |request, status| AskedAgain { request, cookies: Client::new(demo.address), status };
        let refused = choice(&demo, "refuse_all").await?;
        fill(&demo, &refused, recorded).await?;
        let refusal = MeasuredChoice::open(&demo, folder, &refused).await?;
        let acceptance = MeasuredChoice::open(&demo, folder, &choice(&demo, "accept_all").await?).await?;
        let decision = ClientRequest::post(
            "/keuze/api/v1/decisions",
            "application/json",
            r#"{"who": {"customer": "K-1001"}, "channel": "email"}"#,
        );
        let pages = vec![
            (Figure::ContinuedUse, asked(continued_use(&demo).await?, 204)),
            (Figure::Fragment, asked(ClientRequest::get("/keuze/fragment?lang=nl"), 200)),
            (Figure::Preferences, asked(ClientRequest::get("/keuze/voorkeuren?lang=nl"), 200)),
            (Figure::SignedIn, signed_in(&demo).await?),
            (Figure::LookUp, look_up(&demo, &asked(refused, 201)).await?),
            (Figure::Decisions, asked(decision.with("Authorization", &format!("Bearer {}", demo.api_key)), 200)),
        ];
        Ok(Self { health: asked(ClientRequest::get(HEALTH), 200), refusal, acceptance, pages, demo })
    }

    /// Measures everything once.
    pub async fn round(&self, measured: &mut Measured) -> Result<()> {
        for (figure, choice, count, clients) in [
            (Figure::Refusals, &self.refusal, CHOICES_TOGETHER, MANY),
            (Figure::Acceptances, &self.acceptance, CHOICES_TOGETHER, MANY),
            (Figure::ChoicesInTurn, &self.refusal, CHOICES_IN_TURN, 1),
        ] {
            let floor = cost(&choice.floor_load, choice.floor.id(), None, count, clients).await?;
            measured.add(figure, self.cost(&choice.load, count, clients).await?, floor);
        }
        for (figure, asked) in &self.pages {
            let floor = self.cost(&self.load(&self.health), PAGES, FEW).await?;
            measured.add(*figure, self.cost(&self.load(asked), PAGES, FEW).await?, floor);
        }
        Ok(())
    }

    fn load(&self, asked: &AskedAgain) -> Load {
        Load::new(self.demo.address, &asked.request, &asked.cookies.cookies, asked.status)
    }

    async fn cost(&self, load: &Load, count: usize, clients: usize) -> Result<Cost> {
        cost(load, self.demo.id(), Some(self.demo.data()), count, clients).await
    }

    /// Ends it; the data directory that it leaves.
    pub fn close(self) -> Result<PathBuf> {
        let data = self.demo.data().to_owned();
        self.demo.stop()?;
        Ok(data)
    }
}

impl MeasuredChoice {
    /// The floor appends and answers as much as the product did for the first few.
    async fn open(demo: &Demo, folder: &Path, asked: &ClientRequest) -> Result<Self> {
        const FIRST: usize = 640;
        let answer = Client::new(demo.address).send(asked).await?;
        expect(&answer, 201)?;
        let load = Load::new(demo.address, asked, &Client::new(demo.address).cookies, 201);
        let first = cost(&load, demo.id(), Some(demo.data()), FIRST, MANY).await?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred bytes")]
        let floor = Floor::start(folder, &FloorOrder::as_answered(first.journal as usize, &answer))?;
        let floor_load = Load::new(floor.address, asked, &Client::new(demo.address).cookies, 201);
        Ok(Self { load, floor, floor_load })
    }
}

/// What it costs the process, once every connection has been answered.
async fn cost(load: &Load, process: u32, data: Option<&Path>, count: usize, clients: usize) -> Result<Cost> {
    let ready = load.ready(clients).await?;
    let before = Usage::of_process(process, data)?;
    let loaded = ready.run(count).await?;
    Ok(Cost::of_load(&loaded, Usage::of_process(process, data)?.since(before)))
}

/// Records refusals beforehand.
async fn fill(demo: &Demo, refused: &ClientRequest, recorded: usize) -> Result<()> {
    if recorded < MANY {
        return Ok(());
    }
    let load = Load::new(demo.address, refused, &Client::new(demo.address).cookies, 201);
    let start = Instant::now();
    let loaded = load.ready(MANY).await?.run(recorded).await?;
    println!("xtask: {} refusals recorded beforehand in {:.1} s", loaded.count, start.elapsed().as_secs_f64());
    Ok(())
}

fn expect(answer: &ClientResponse, status: u16) -> Result<()> {
    if answer.status == status {
        return Ok(());
    }
    bail!("answered {}, not {status}: {}", answer.status, answer.text());
}

async fn policy(demo: &Demo) -> Result<Value> {
    let policy = Client::new(demo.address).send(&ClientRequest::get("/keuze/api/v1/policy")).await?;
    Ok(serde_json::from_slice(&policy.body)?)
}

/// A page used further after the notice.
async fn continued_use(demo: &Demo) -> Result<ClientRequest> {
    let body = serde_json::json!({ "policy": policy(demo).await?["id"], "language": "nl" });
    Ok(ClientRequest::post("/keuze/api/v1/continued-use", "application/json", &body.to_string())
        .with("Origin", &demo.origin()))
}

/// A yes or a no to everything.
async fn choice(demo: &Demo, control: &str) -> Result<ClientRequest> {
    let policy = policy(demo).await?;
    let mut purposes = serde_json::Map::new();
    for purpose in policy["purposes"].as_array().context("a policy has purposes")? {
        if purpose["regime"] != "necessary" {
            let yes = control == "accept_all";
            purposes.insert(purpose["id"].as_str().context("a purpose has an id")?.to_owned(), yes.into());
        }
    }
    let body = serde_json::json!({
        "policy": policy["id"], "language": "nl", "control": control, "purposes": purposes, "surface": "banner",
    });
    Ok(ClientRequest::post(floor::PATH, "application/json", &body.to_string()).with("Origin", &demo.origin()))
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
