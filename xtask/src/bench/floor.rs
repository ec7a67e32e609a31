//! What a choice costs without Keuze: an axum server that parses the same body, appends as many bytes to one file, shares an
//! fdatasync with whoever came meanwhile, and gives the same answer. It runs as a process of its own, as the product does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::client::ClientResponse;

/// Where choices go; the same path as the product's.
pub const PATH: &str = "/keuze/api/v1/choices";

/// What the floor is told of the product.
#[derive(Serialize, Deserialize)]
pub struct FloorOrder {
    /// So many bytes stand in the journal for each choice.
    pub append: usize,
    /// Of the answer.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl FloorOrder {
    pub fn as_answered(append: usize, answer: &ClientResponse) -> Self {
        let ours = |name: &str| !["content-length", "date"].contains(&name);
        let headers = answer.headers.iter().filter(|(name, _)| ours(name)).cloned().collect();
        Self { append, headers, body: answer.body.clone() }
    }
}

/// A running floor.
pub struct Floor {
    process: Child,
    pub address: SocketAddr,
}

impl Floor {
    /// Starts it as a program of its own.
    pub fn start(folder: &Path, order: &FloorOrder) -> Result<Self> {
        fs::write(folder.join("order"), serde_json::to_vec(order)?)?;
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg("floor").arg(folder).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("it is piped")?).read_line(&mut line)?;
        let address = line.trim_end().parse().context("the floor did not start")?;
        Ok(Self { process, address })
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// The body of a choice.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is parsed, and that is all")]
struct Choice {
    policy: String,
    language: String,
    control: String,
    purposes: BTreeMap<String, bool>,
    surface: Option<String>,
    build: Option<String>,
}

#[derive(Clone)]
struct FloorState {
    queue: SyncSender<oneshot::Sender<()>>,
    headers: Arc<HeaderMap>,
    body: Bytes,
}

/// The floor itself; serves until it is ended.
pub fn serve(folder: &Path) -> Result<()> {
    let order: FloorOrder = serde_json::from_slice(&fs::read(folder.join("order"))?)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &order.headers {
        headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    let (queue, waiting) = sync_channel(4096);
    let file = File::create(folder.join("floor"))?;
    let append = vec![0x5a; order.append];
    std::thread::spawn(move || commit(&file, &append, &waiting).expect("the floor's file can be written"));
    let state = FloorState { queue, headers: Arc::new(headers), body: order.body.into() };
    // One address and nothing in between: there is nothing to mount.
    let router = Router::new().fallback(post(choose)).with_state(state);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| _ = stream.set_nodelay(true)), router)
            .await?)
    })
}

async fn choose(State(floor): State<FloorState>, body: Bytes) -> Response {
    if serde_json::from_slice::<Choice>(&body).is_err() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (done, durable) = oneshot::channel();
    if floor.queue.send(done).is_err() || durable.await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    (StatusCode::CREATED, HeaderMap::clone(&floor.headers), floor.body.clone()).into_response()
}

/// One append and one sync for whoever waits, again and again. Space is taken in steps, as a journal takes it.
fn commit(file: &File, append: &[u8], waiting: &Receiver<oneshot::Sender<()>>) -> std::io::Result<()> {
    const STEP: u64 = 1 << 20;
    let (mut end, mut allocated) = (0, 0);
    let mut frames = Vec::new();
    while let Ok(first) = waiting.recv() {
        let together: Vec<_> = std::iter::once(first).chain(waiting.try_iter()).collect();
        frames.clear();
        together.iter().for_each(|_| frames.extend_from_slice(append));
        let next = end + frames.len() as u64;
        if next > allocated {
            let wanted = next.next_multiple_of(STEP);
            file.write_all_at(&vec![0; usize::try_from(wanted - allocated).unwrap_or_default()], allocated)?;
            file.sync_all()?;
            allocated = wanted;
        }
        file.write_all_at(&frames, end)?;
        file.sync_data()?;
        end = next;
        together.into_iter().for_each(|done| _ = done.send(()));
    }
    Ok(())
}
