//! Whether the links of a configuration are still there (S-05): an operator asks for it, the server never does.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use keuze_core::config::{Config, ConfigFault};

/// For so long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a link is dead.
#[derive(Debug, thiserror::Error)]
enum Dead {
    /// It names no host.
    #[error("is no address of a page")]
    NoAddress,
    /// Its host is unknown or does not answer.
    #[error("cannot be reached: {0}")]
    Unreachable(#[from] std::io::Error),
    /// It does not speak HTTP.
    #[error("does not answer as a web server: {0}")]
    NoHttp(#[from] hyper::Error),
    /// Nothing came in time.
    #[error("does not answer")]
    Silent,
    /// There is no such page.
    #[error("answers with the status {0}")]
    Status(u16),
}

/// Every place with a link that is dead.
///
/// # Errors
/// When nothing can be asked from here at all.
pub fn dead(config: &Config) -> std::io::Result<Vec<ConfigFault>> {
    let connector = connector()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let asked = config.links().into_iter().map(|url| {
            let (connector, url) = (connector.clone(), url.to_owned());
            tokio::spawn(async move {
                let outcome = timeout(PATIENCE, follow(&connector, &url)).await.unwrap_or(Err(Dead::Silent));
                (url, outcome)
            })
        });
        let mut faults = Vec::new();
        for asked in asked.collect::<Vec<_>>() {
            if let Ok((url, Err(dead))) = asked.await {
                faults.extend(config.faults_at_link(&url, &dead.to_string()));
            }
        }
        faults.sort();
        Ok(faults)
    })
}

/// Trusts whom this machine trusts; `SSL_CERT_FILE` names a private authority.
fn connector() -> std::io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(std::io::Error::other)?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

async fn follow(connector: &TlsConnector, url: &str) -> Result<(), Dead> {
    let uri: Uri = url.parse().map_err(|_| Dead::NoAddress)?;
    let host = uri.host().ok_or(Dead::NoAddress)?;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| Dead::NoAddress)?;
    let socket = TcpStream::connect((host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(443))).await?;
    judge_answer(status(connector.connect(name, socket).await?, &uri).await?)
}

async fn status(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, uri: &Uri) -> Result<u16, Dead> {
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let request = Request::get(path).header(header::HOST, authority).header(header::ACCEPT, "*/*");
    let request = request.header(header::USER_AGENT, concat!("keuze-check/", env!("CARGO_PKG_VERSION")));
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| Dead::NoAddress)?;
    Ok(sender.send_request(request).await?.status().as_u16())
}

/// A page that does not let programs in is there all the same; where another one is shown, somebody has to look.
fn judge_answer(status: u16) -> Result<(), Dead> {
    match status {
        100..=399 | 401 | 403 | 405 | 406 | 429 => Ok(()),
        _ => Err(Dead::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use keuze_core::config::{EXAMPLE, parse};

    #[tokio::test]
    async fn the_page_of_the_link_is_asked_for() {
        let server = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = server.local_addr().expect("bound");
        let asked = tokio::spawn(async move {
            let (mut socket, _) = server.accept().await.expect("somebody comes");
            let mut request = vec![0; 4096];
            let length = socket.read(&mut request).await.expect("readable");
            socket.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await.expect("written");
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let uri: Uri = "https://vendor.example/privacy?lang=nl".parse().expect("an address");
        let found = status(TcpStream::connect(address).await.expect("it listens"), &uri).await.expect("an answer");
        let request = asked.await.expect("it answered");
        assert!(request.starts_with("GET /privacy?lang=nl HTTP/1.1\r\nhost: vendor.example\r\n"), "{request}");
        assert!(matches!(judge_answer(found), Err(Dead::Status(404))));
    }

    #[test]
    fn a_page_that_keeps_programs_out_is_there() {
        assert!([200, 301, 403, 429].into_iter().all(|status| judge_answer(status).is_ok()));
        assert!([404, 410, 500, 503].into_iter().all(|status| judge_answer(status).is_err()));
    }

    /// Nobody listens there: each place with the link is named, and no other.
    #[test]
    fn a_dead_link_is_told_at_its_place() {
        let mut text = EXAMPLE.to_owned();
        let config = parse("keuze.toml", EXAMPLE).expect("valid");
        let links = config.links();
        assert!(links.len() > 8, "{links:?}");
        for link in links {
            text = text.replace(&format!("\"{link}\""), "\"https://127.0.0.1:9/gone\"");
        }
        let config = parse("keuze.toml", &text).expect("valid");
        let faults = dead(&config).expect("asked");
        assert_eq!(faults.len(), text.matches("https://127.0.0.1:9/gone").count());
        let line = text.lines().position(|line| line.contains("https://127.0.0.1:9/gone")).expect("there") + 1;
        assert_eq!(faults[0].line, line);
        assert!(faults[0].what.starts_with("https://127.0.0.1:9/gone cannot be reached"), "{}", faults[0]);
    }
}
