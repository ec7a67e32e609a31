//! One request asked again and again over open connections, by bytes alone: whoever measures takes as little of the machine as may be.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::ClientRequest;

/// What is asked, and the status that every answer must have.
#[derive(Clone)]
pub struct Load {
    address: SocketAddr,
    request: Arc<[u8]>,
    status: u16,
}

/// Connections that have been answered once.
pub struct ReadyLoad {
    load: Load,
    connections: Vec<Connection>,
}

/// How long it all took, and each answer.
pub struct Loaded {
    pub count: usize,
    pub took: Duration,
    /// In their order of length.
    latencies: Vec<Duration>,
}

impl Loaded {
    /// So long at most did this share of the answers take.
    pub fn within(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place"
        )]
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

impl Load {
    pub fn new(address: SocketAddr, asked: &ClientRequest, cookies: &BTreeMap<String, String>, status: u16) -> Self {
        let ClientRequest { method, path, headers, body } = asked;
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("host: {address}")];
        lines.extend((!pairs.is_empty()).then(|| format!("cookie: {}", pairs.join("; "))));
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(format!("content-length: {}", body.len()));
        let head = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        Self { address, request: head.into_bytes().into(), status }
    }

    /// Opens so many connections and asks once on each.
    ///
    /// # Errors
    /// An answer is another one.
    pub async fn ready(&self, clients: usize) -> Result<ReadyLoad> {
        let mut connections = Vec::new();
        for _ in 0..clients {
            let mut connection = Connection::open(self.address).await?;
            connection.ask(&self.request, self.status).await?;
            connections.push(connection);
        }
        Ok(ReadyLoad { load: self.clone(), connections })
    }
}

impl ReadyLoad {
    /// Asks so often in all; the connections share them.
    ///
    /// # Errors
    /// An answer is another one.
    pub async fn run(self, count: usize) -> Result<Loaded> {
        let each = count / self.connections.len();
        let start = Instant::now();
        let all = self.connections.into_iter().map(|mut connection| {
            let load = self.load.clone();
            tokio::spawn(async move {
                let mut latencies = Vec::with_capacity(each);
                for _ in 0..each {
                    let asked = Instant::now();
                    connection.ask(&load.request, load.status).await?;
                    latencies.push(asked.elapsed());
                }
                Ok::<_, anyhow::Error>(latencies)
            })
        });
        let mut latencies = Vec::new();
        for one in all.collect::<Vec<_>>() {
            latencies.extend(one.await??);
        }
        let took = start.elapsed();
        latencies.sort_unstable();
        Ok(Loaded { count: latencies.len(), took, latencies })
    }
}

struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(64 << 10) })
    }

    async fn ask(&mut self, request: &[u8], status: u16) -> Result<()> {
        self.stream.write_all(request).await?;
        self.read.clear();
        while !is_whole(&self.read)? {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server closed the connection");
            }
        }
        if status_of(&self.read) == Some(status) {
            return Ok(());
        }
        bail!("not answered {status}: {}", String::from_utf8_lossy(&self.read))
    }
}

fn status_of(answer: &[u8]) -> Option<u16> {
    str::from_utf8(answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()?.parse().ok()
}

const LENGTH: &[u8] = b"\r\ncontent-length: ";

/// Whether a head and as much of a body as it announces are there.
fn is_whole(answer: &[u8]) -> Result<bool> {
    let Some(end) = find(answer, b"\r\n\r\n") else { return Ok(false) };
    let Some(at) = find(&answer[..end], LENGTH) else {
        return if status_of(answer) == Some(204) { Ok(true) } else { bail!("an answer does not say its length") };
    };
    let at = at + LENGTH.len();
    let length = answer[at..].split(|byte| *byte == b'\r').next().unwrap_or_default();
    let length: usize = str::from_utf8(length)?.parse()?;
    Ok(answer.len() >= end + 4 + length)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let first = part[0];
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(part) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_once_all_that_it_announces_is_there() {
        let answer = b"HTTP/1.1 201 Created\r\ndate: now\r\ncontent-length: 5\r\nx: y\r\n\r\nhello";
        assert_eq!(status_of(answer), Some(201));
        for cut in 0..answer.len() {
            assert!(!is_whole(&answer[..cut]).expect("an answer"), "{cut}");
        }
        assert!(is_whole(answer).expect("an answer"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn of_a_hundred_answers_one_took_longer_than_p99() {
        let latencies = (1..=100).map(Duration::from_millis).collect();
        let loaded = Loaded { count: 100, took: Duration::from_secs(1), latencies };
        assert_eq!((loaded.within(0.5), loaded.within(0.99)), (Duration::from_millis(51), Duration::from_millis(99)));
    }
}
