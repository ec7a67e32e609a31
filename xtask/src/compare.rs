//! `cargo xtask compare OLD NEW`: asks two built binaries the same, each with a clock that stands still and random numbers from one
//! seed, and shows in what their answers differ: status, headers, body. The requests are those of `xtask/requests.txt`, and then
//! every address of docs/routes.md with nothing in it, with nonsense, and from another site.

pub mod plain;
mod script;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use script::{Ask, Keep, ScriptStep};

use crate::client::{Client, ClientRequest, ClientResponse};
use crate::demo::Demo;
use crate::{forms, run};

/// What people and programs ask, in their order.
const REQUESTS: &str = "xtask/requests.txt";

/// The table of every address.
const ROUTES: &str = "docs/routes.md";

/// What holds clock and random numbers, as the linker finds it before the system's own.
const STILL: &str = include_str!("compare/still.c");

/// What was asked, and what came back.
struct Exchange {
    asked: String,
    answer: ClientResponse,
}

/// All of it, and what was kept on the way.
#[derive(Default)]
struct Conversation {
    told: Vec<Exchange>,
    kept: BTreeMap<String, String>,
    /// What could not be asked or kept, because the page before was another one.
    missed: Vec<String>,
}

/// Asks both and prints every difference; an error only where a binary could not be asked.
pub fn compare(binaries: [PathBuf; 2]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let still = compiled(folder.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut told = Vec::new();
    for (at, binary) in binaries.iter().enumerate() {
        let own = folder.path().join(at.to_string());
        std::fs::create_dir(&own)?;
        told.push(runtime.block_on(ask(binary, &own, &still)).with_context(|| binary.display().to_string())?);
    }
    let (new, old) = (told.pop().context("two")?, told.pop().context("two")?);
    let different = differences(&old, &new);
    for (conversation, binary) in [&old, &new].into_iter().zip(&binaries) {
        for missed in &conversation.missed {
            println!("{}: {missed}", binary.display());
        }
    }
    for (asked, lines) in &different {
        println!("{asked}");
        for line in lines {
            println!("    {line}");
        }
    }
    println!("{} requests, {} answered differently", old.told.len(), different.len());
    Ok(())
}

fn compiled(folder: &Path) -> Result<PathBuf> {
    let (source, library) = (folder.join("still.c"), folder.join("still.so"));
    std::fs::write(&source, STILL)?;
    let mut cc = Command::new("cc");
    let status = cc.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).status();
    if !status.is_ok_and(|status| status.success()) {
        bail!("cc is needed: on Debian, apt-get install gcc");
    }
    Ok(library)
}

/// Everything that one binary answers.
async fn ask(binary: &Path, folder: &Path, still: &Path) -> Result<Conversation> {
    let demo = Demo::start(binary, folder, &[("LD_PRELOAD", OsString::from(still))])?;
    let read = |path: &str| std::fs::read_to_string(run::root().join(path)).with_context(|| path.to_owned());
    let mut asking = Asking::new(&demo);
    for step in script::parse(&read(REQUESTS)?)? {
        asking.step(&step).await?;
    }
    for request in everywhere(&read(ROUTES)?) {
        asking.send("nobody", request).await?;
    }
    let all = asking.all;
    demo.stop()?;
    Ok(all)
}

/// Every address with nothing in it, with nonsense, and as another site's page would send it.
fn everywhere(table: &str) -> Vec<ClientRequest> {
    let paths = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let filled = paths.map(|path| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "niets" } else { part });
        parts.collect::<Vec<_>>().join("/")
    });
    let requests = filled.flat_map(|path| {
        let form = "application/x-www-form-urlencoded";
        let post = |body| ClientRequest::post(&path, form, body);
        let elsewhere = post("onzin=1").with("Origin", "https://elders.example").with("Sec-Fetch-Site", "cross-site");
        [
            ClientRequest::get(&path),
            ClientRequest::get(&format!("{path}?lang=en&onzin=%00")),
            post("onzin=1&a=%ff"),
            elsewhere,
        ]
    });
    requests.collect()
}

/// A conversation of several clients with one server.
struct Asking {
    origin: String,
    clients: BTreeMap<String, Client>,
    pages: BTreeMap<String, ClientResponse>,
    all: Conversation,
    address: std::net::SocketAddr,
}

impl Asking {
    fn new(demo: &Demo) -> Self {
        let known = [("origin", demo.origin()), ("password", demo.password.clone()), ("key", demo.api_key.clone())];
        Self {
            origin: demo.origin(),
            clients: BTreeMap::new(),
            pages: BTreeMap::new(),
            all: Conversation {
                kept: known.map(|(name, value)| (name.to_owned(), value)).into(),
                ..Conversation::default()
            },
            address: demo.address,
        }
    }

    async fn step(&mut self, step: &ScriptStep) -> Result<()> {
        let request = match self.request(step) {
            Ok(request) => request,
            Err(error) => {
                self.miss(step, &error.to_string());
                // In its place, so that what follows stays beside what follows in the other conversation.
                let answer = ClientResponse { status: 0, headers: Vec::new(), body: Vec::new() };
                self.all.told.push(Exchange { asked: format!("{:?}", step.ask), answer });
                return Ok(());
            }
        };
        if let Ask::Wait(_) = step.ask {
            self.wait(&request, &step.keeps).await?;
        }
        let answer = self.send(&step.who, request).await?;
        for keep in &step.keeps {
            match keep.find(&answer) {
                Some(value) => _ = self.all.kept.insert(keep.name.clone(), value),
                None => self.miss(step, &format!("{} answered nothing to keep as {}", answer.status, keep.name)),
            }
        }
        Ok(())
    }

    fn miss(&mut self, step: &ScriptStep, what: &str) {
        self.all.missed.push(format!("{REQUESTS}:{}: {what}", step.line));
    }

    /// For what comes by itself, such as a mail.
    async fn wait(&self, request: &ClientRequest, keeps: &[Keep]) -> Result<()> {
        let mut client = Client::new(self.address);
        for _ in 0..100 {
            let answer = client.send(request).await?;
            if keeps.iter().all(|keep| keep.find(&answer).is_some()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    fn request(&self, step: &ScriptStep) -> Result<ClientRequest> {
        let page = || self.pages.get(&step.who).with_context(|| format!("{} has no page yet", step.who));
        let mut request = match &step.ask {
            Ask::Get(path) | Ask::Wait(path) => ClientRequest::get(&self.filled(path)),
            Ask::Post { path, content_type, body } => {
                ClientRequest::post(&self.filled(path), content_type, &self.filled(body)).with("Origin", &self.origin)
            }
            Ask::Press { form, fields } => {
                let (path, body) = forms::pressed(&page()?.text(), *form, &self.filled(fields))?;
                ClientRequest::form(&self.origin, &path, &body)
            }
            Ask::Follow => {
                let answer = page()?;
                let to = answer.headers.iter().find(|(name, _)| name == "location");
                let to = to.with_context(|| format!("{} leads nowhere", answer.status))?;
                ClientRequest::get(to.1.trim_start_matches(&self.origin).split('#').next().unwrap_or_default())
            }
        };
        for (name, value) in &step.headers {
            request.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            if !value.is_empty() {
                request = request.with(name, &self.filled(value));
            }
        }
        Ok(request)
    }

    async fn send(&mut self, who: &str, request: ClientRequest) -> Result<ClientResponse> {
        let client = self.clients.entry(who.to_owned()).or_insert_with(|| Client::new(self.address));
        let asked = format!("{}. {who}: {} {} {}", self.all.told.len() + 1, request.method, request.path, request.body);
        let answer = client.send(&request).await.with_context(|| asked.clone())?;
        self.pages.insert(who.to_owned(), answer.clone());
        self.all.told.push(Exchange { asked, answer: answer.clone() });
        Ok(answer)
    }

    /// With what was kept in place of `$name`.
    fn filled(&self, text: &str) -> String {
        let longest_first = self.all.kept.iter().rev();
        longest_first.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
    }
}

/// Each request that was answered differently, and in what.
fn differences(old: &Conversation, new: &Conversation) -> Vec<(String, Vec<String>)> {
    let pairs = old.told.iter().zip(&new.told).map(|(was, is)| {
        let lines = |told: &Exchange, all: &Conversation| plain::lines(&told.answer, &all.kept);
        (plain::asked(&is.asked, &new.kept), plain::difference(&lines(was, old), &lines(is, new)))
    });
    pairs.filter(|(_, lines)| !lines.is_empty()).collect()
}
