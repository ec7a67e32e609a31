//! An HTTP/1.1 client on one connection, with a browser's cookies. Whatever comes back is shown; redirects are not followed.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{COOKIE, HOST, SET_COOKIE};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What is asked; headers beside `Host` and `Cookie`.
#[derive(Clone, Debug)]
pub struct ClientRequest {
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl ClientRequest {
    pub fn get(path: &str) -> Self {
        Self { method: "GET".to_owned(), path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    /// A form of this site's own pages.
    pub fn form(origin: &str, path: &str, body: &str) -> Self {
        Self::post(path, "application/x-www-form-urlencoded", body).with("Origin", origin)
    }

    pub fn post(path: &str, content_type: &str, body: &str) -> Self {
        let asked = Self { method: "POST".to_owned(), body: body.to_owned(), ..Self::get(path) };
        asked.with("Content-Type", content_type)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientResponse {
    pub status: u16,
    /// In their order, in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl ClientResponse {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One connection, made again when the other side has closed it.
pub struct Client {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// Whatever path they are for.
    pub cookies: BTreeMap<String, String>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, sender: None, cookies: BTreeMap::new() }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// The request is none, or the other side broke off.
    pub async fn send(&mut self, asked: &ClientRequest) -> Result<ClientResponse> {
        let mut request = hyper::Request::builder().method(asked.method.as_str()).uri(&asked.path);
        if !asked.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header(HOST, self.address.to_string());
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::from(asked.body.clone()))?;
        let answer = self.connected().await?.send_request(request).await.context("no answer")?;
        let (head, body) = answer.into_parts();
        for cookie in head.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str()?);
        }
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let headers = headers.collect();
        Ok(ClientResponse { status: head.status.as_u16(), headers, body: body.collect().await?.to_bytes().to_vec() })
    }

    async fn connected(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let open = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !open {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(async move { _ = connection.await });
            self.sender = Some(sender);
        }
        self.sender.as_mut().context("it was just made")
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        if cookie.to_ascii_lowercase().contains("max-age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
