//! Accepting connections: nobody who dawdles holds a connection, and a stop ends in bounded time.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// A browser sends a request's header at once.
const HEADER_WITHIN: Duration = Duration::from_secs(10);
/// What was accepted is finished; whoever has not finished sending by then was not accepted.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// Serves until `stop` ends, then finishes what was accepted.
pub async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => talk(stream, peer, app.clone(), &open),
            Err(error) => {
                // Too many open files, most likely: others have to end first.
                tracing::warn!("a connection was not accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP_WITHIN, open.shutdown()).await.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
}

fn talk(stream: TcpStream, peer: SocketAddr, app: Router, open: &GracefulShutdown) {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    // Answers are small and wait for nothing.
    let _ignored = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(HEADER_WITHIN * 2));
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = open.watch(connection);
    tokio::spawn(async move {
        // A broken connection is the client's affair, and its address stands in no log.
        let _ended = watched.await;
    });
}
