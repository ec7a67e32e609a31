//! Connections of every kind, at a server of its own.

use std::future::pending;

use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

const SOON: Duration = Duration::from_millis(300);
const ASKS: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async fn serve_app(change: impl FnOnce(&mut ConnectionLimits)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut limits = ConnectionLimits {
        first_within: SOON,
        next_within: SOON,
        most: 100,
        most_by_client: Some(50),
        sources: Sources::new(MacKey::known(7)),
        is_proxy: Box::new(|_| false),
    };
    change(&mut limits);
    #[expect(clippy::disallowed_methods, reason = "addresses of this test alone")]
    let app = Router::new()
        .route("/", get(async || "yes"))
        .route("/long", get(pending::<()>))
        .route("/body", post(async |body: axum::body::Bytes| body.len().to_string()));
    tokio::spawn(serve(listener, app, limits, pending()));
    address
}

async fn says(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("listening");
    stream.write_all(bytes).await.expect("sent");
    stream
}

/// Reads until the other side closes, which is what the test waits for; nothing here looks at a clock.
async fn is_closed(mut stream: TcpStream) -> String {
    let mut read = Vec::new();
    let _reset = stream.read_to_end(&mut read).await;
    String::from_utf8_lossy(&read).into_owned()
}

async fn answers(stream: &mut TcpStream) -> bool {
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.is_ok() && start.starts_with(b"HTTP/1.1 200")
}

/// Nothing, half a request, the first letter of two protocols, a preface and silence, one byte after the other.
#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let address = serve_app(|_| {}).await;
    let h2 = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    for start in [b"".as_slice(), b"P", b"G", b"PRI * HTTP/2.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: b", &h2] {
        let said = is_closed(says(address, start).await).await;
        assert!(!said.contains("200"), "{said}");
    }
    let mut slow = says(address, b"GET / HTTP/1.1\r\n").await;
    while slow.write_all(b"a: b\r\n").await.is_ok() {
        tokio::time::sleep(SOON / 10).await;
    }
}

/// An answered one waits for the next request and no longer, and a header that trickles is none.
#[tokio::test]
async fn a_connection_that_asks_no_more_is_closed() {
    let address = serve_app(|_| {}).await;
    assert!(is_closed(says(address, ASKS).await).await.ends_with("yes"));
    let mut slow = says(address, ASKS).await;
    assert!(answers(&mut slow).await);
    while slow.write_all(b"G").await.is_ok() {
        tokio::time::sleep(SOON / 10).await;
    }
}

/// Control: who asks again in time, and who waits for an answer, stays.
#[tokio::test]
async fn a_connection_that_is_used_stays() {
    let address = serve_app(|_| {}).await;
    let mut busy = says(address, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut used = says(address, b"").await;
    for _ in 0..10 {
        used.write_all(ASKS).await.expect("still open");
        let mut answer = vec![0; 512];
        assert!(used.read(&mut answer).await.expect("answered") > 0);
        tokio::time::sleep(SOON / 5).await;
    }
    let waits = tokio::time::timeout(Duration::from_millis(1), busy.read_u8()).await;
    assert!(waits.is_err(), "nothing came, and nothing was closed");
}

/// Whoever is silent makes room for whoever asks: in all, and for one client.
#[tokio::test]
async fn the_silent_make_room_for_those_who_ask() {
    let long = Duration::from_hours(1);
    for (most, by_client) in [(4, None), (100, Some(4))] {
        let address = serve_app(|limits| {
            (limits.first_within, limits.next_within) = (long, long);
            (limits.most, limits.most_by_client) = (most, by_client);
        })
        .await;
        let mut silent = Vec::new();
        for _ in 0..20 {
            silent.push(says(address, b"").await);
            let mut asks = says(address, ASKS).await;
            assert!(answers(&mut asks).await, "{most}");
        }
        let first = silent.remove(0);
        assert_eq!(is_closed(first).await, "");
    }
    // Nobody who waits for an answer is sent away for somebody new.
    let address = serve_app(|limits| limits.most = 2).await;
    let _busy = [
        says(address, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").await,
        says(address, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").await,
    ];
    tokio::time::sleep(SOON / 3).await;
    assert_eq!(is_closed(says(address, b"").await).await, "");
}

/// What a proxy brings is counted by the requests' own clients, not by its connections.
#[tokio::test]
async fn a_trusted_proxy_is_no_client() {
    let address = serve_app(|limits| {
        limits.most_by_client = Some(1);
        limits.is_proxy = Box::new(|_| true);
    })
    .await;
    let mut busy = Vec::new();
    for _ in 0..5 {
        busy.push(says(address, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").await);
    }
    let mut asks = says(address, ASKS).await;
    assert!(answers(&mut asks).await);
}

#[test]
fn as_many_files_as_the_system_allows() {
    let allowed = getrlimit(Resource::Nofile).maximum;
    assert!(raise_open_files() as u64 >= allowed.unwrap_or(u64::MAX).min(1024));
    assert_eq!(getrlimit(Resource::Nofile).current, allowed);
}

/// Whatever is left for everything else is never less than what a server needs to start.
#[test]
fn connections_leave_files_for_everything_else() {
    for (files, connections) in [(FEWEST_FILES, 64), (512, 128), (1024, 512), (20_000, MOST), (usize::MAX, MOST)] {
        assert_eq!(connections_for(files), connections, "{files}");
    }
    assert!((FEWEST_FILES..100_000).all(|files| files - connections_for(files) >= FEWEST_FILES * 3 / 4));
}
