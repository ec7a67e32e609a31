//! Accepting connections: nobody who dawdles holds one, nobody holds them all, and a stop ends in bounded time.

mod connection_slots;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use self::connection_slots::{ConnectionSlot, ConnectionSlots};
use super::limits::Sources;
use keuze_core::config::ServerSettings;
use vault::key::MacKey;
use vault::random::SecureRandom;

/// A browser sends its first request at once.
const FIRST_WITHIN: Duration = Duration::from_secs(10);
/// For how long a connection may wait for its next request; longer than proxies keep theirs, so that none sends one into a
/// connection that is just being closed.
const NEXT_WITHIN: Duration = Duration::from_secs(75);
/// What was accepted is finished; whoever has not finished sending by then was not accepted.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// How many connections are open at most, if the system allows so many files.
const MOST: usize = 16_384;
/// Files that are needed for everything else.
const OTHER_FILES: usize = 512;
/// With fewer open files nothing is served. The journal of a shard has a file for 16 MiB, a hundred where people are imported, and all
/// of them stay open; one that finds no file for what comes next stops.
pub const FEWEST_FILES: usize = 256;
/// How many connections one client has at most: a company behind one address needs no more at a time.
const MOST_BY_CLIENT: usize = 256;
/// What one connection sends before its request is whole.
const LARGEST_HEAD: usize = 64 * 1024;
/// Requests at once in one connection.
const MOST_STREAMS: u32 = 100;

/// Who gets a connection, and for how long.
pub struct ConnectionLimits {
    first_within: Duration,
    next_within: Duration,
    most: usize,
    /// `None` where nobody is slowed down.
    most_by_client: Option<usize>,
    sources: Sources,
    is_proxy: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl ConnectionLimits {
    /// As many connections as the system allows, which is raised as far as it can be. `limited` is false for load tests only.
    pub fn with_limits(server: &ServerSettings, random: &dyn SecureRandom, limited: bool) -> Self {
        let proxies = server.trusted_proxies.clone();
        Self {
            first_within: FIRST_WITHIN,
            next_within: NEXT_WITHIN,
            most: connections_for(raise_open_files()),
            most_by_client: limited.then_some(MOST_BY_CLIENT),
            sources: Sources::new(MacKey::random(random)),
            is_proxy: Box::new(move |peer| proxies.iter().any(|network| network.contains(peer.to_canonical()))),
        }
    }
}

/// How many connections are good for so many open files; a quarter of them where there are few.
pub fn connections_for(files: usize) -> usize {
    MOST.min(files.saturating_sub(OTHER_FILES).max(files / 4))
}

/// How many files this process may have open, raised as far as the system lets it.
pub fn raise_open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the number of open files cannot be raised");
    }
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}

/// Serves until `stop` ends, then finishes what was accepted.
pub async fn serve(listener: TcpListener, app: Router, doors: ConnectionLimits, stop: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let slots = ConnectionSlots::new(doors);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            // Whoever gets no slot is closed here.
            Ok((stream, peer)) => {
                if let Some(slot) = slots.take_seat(peer.ip()) {
                    talk(stream, peer, slot, app.clone(), &open);
                }
            }
            Err(error) => {
                // Too many open files, most likely: somebody who does nothing has to go.
                tracing::warn!("a connection was not accepted: {error}");
                slots.make_room();
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP_WITHIN, open.shutdown()).await.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
}

fn talk(stream: TcpStream, peer: SocketAddr, slot: ConnectionSlot, app: Router, open: &GracefulShutdown) {
    let slot = Arc::new(slot);
    let asking = Arc::clone(&slot);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let busy = asking.busy();
        let answering = app.clone().oneshot(request);
        async move {
            let answered = answering.await;
            drop(busy);
            answered
        }
    });
    // Answers are small and wait for nothing.
    let _ignored = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(LARGEST_HEAD);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(MOST_STREAMS);
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = open.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            // A broken connection is the client's affair, and its address stands in no log.
            _ended = watched => {}
            () = slot.is_left() => {}
        }
    });
}

#[cfg(test)]
mod tests;
