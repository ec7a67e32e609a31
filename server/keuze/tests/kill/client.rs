//! A client that speaks just enough HTTP/1.1: a connection a request.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// What a choice must name.
pub struct NamedPolicy {
    id: String,
    optional: Vec<String>,
}

pub struct KillClient {
    host: String,
}

impl KillClient {
    pub fn new(port: u16) -> Self {
        Self { host: format!("127.0.0.1:{port}") }
    }

    /// Status and body; an error if the server went before it had answered in full.
    fn send(&self, method: &str, path: &str, body: &str, key: &str) -> io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let (host, length) = (&self.host, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n\
             Idempotency-Key: {key:-<32}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        whole(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    pub fn policy(&self) -> NamedPolicy {
        self.try_policy().expect("answered")
    }

    /// The same of a server that may have gone.
    pub fn try_policy(&self) -> io::Result<NamedPolicy> {
        let (status, body) = self.send("GET", "/keuze/api/v1/policy", "", "")?;
        assert_eq!(status, 200, "{body}");
        let policy: Value = serde_json::from_str(&body).expect("JSON");
        let purposes = policy["purposes"].as_array().expect("a list").iter();
        let optional = purposes.filter(|purpose| purpose["regime"] != "necessary");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let optional = optional.map(|purpose| text(&purpose["id"])).collect();
        Ok(NamedPolicy { id: text(&policy["id"]), optional })
    }

    /// The host in the first line of the open shard's checkpoint.
    pub fn log_origin(&self) -> String {
        let (status, note) = self.send("GET", "/keuze/log/0001/checkpoint", "", "").expect("answered");
        assert_eq!(status, 200, "{note}");
        let origin = note.lines().next().and_then(|line| line.strip_suffix("/keuze/log/0001"));
        origin.expect("a checkpoint begins with its origin").to_owned()
    }

    /// Grants or refuses everything under a key of that name: the address in the 201, or nothing if the server was too busy.
    pub fn choose(&self, policy: &NamedPolicy, grant: bool, name: &str) -> io::Result<Option<(String, u64)>> {
        let purposes: serde_json::Map<_, _> = policy.optional.iter().map(|id| (id.clone(), json!(grant))).collect();
        let control = if grant { "accept_all" } else { "refuse_all" };
        let choice = json!({
            "policy": policy.id, "language": "nl", "control": control, "purposes": purposes,
            "surface": "banner", "variant": name,
        });
        let (status, body) = self.send("POST", "/keuze/api/v1/choices", &choice.to_string(), name)?;
        if status == 503 {
            return Ok(None);
        }
        assert_eq!(status, 201, "{body}");
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let shard = answer["shard"].as_str().expect("a shard").to_owned();
        Ok(Some((shard, answer["index"].as_u64().expect("an index"))))
    }
}

/// Status and body of an answer that is as long as it says it is.
fn whole(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    length.is_none_or(|length: usize| body.len() == length).then(|| (status, body.to_owned()))
}
