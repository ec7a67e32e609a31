//! `[site]`: the name, the hosts, and the paths whose reading says nothing.

use std::net::Ipv6Addr;
use std::str::FromStr;

use model::paths::ROOT;

use super::reader::{At, Section};

/// The web property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its name for people.
    pub name: String,
    /// Its hosts; the first one names the ledger.
    pub hosts: Vec<Host>,
    /// Paths, or starts of paths followed by `*`, that never count as continued use; `/keuze/*` is among them.
    pub no_notice: Vec<String>,
}

/// One configured origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// In small letters, without the port; IPv6 in brackets.
    name: String,
    /// `None` is the scheme's own, or any port on the machine itself.
    port: Option<u16>,
    secure: bool,
}

/// The origin that people see for one of the site's hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOrigin {
    /// Such as `https://www.voipro.nl`, without a path.
    pub origin: String,
    /// Whether it is https: then cookies are Secure and prefixed.
    pub secure: bool,
}

impl Host {
    /// The host as it stands in the ledger's origin, with the port if it has one of its own.
    pub fn name(&self) -> String {
        self.port.map_or_else(|| self.name.clone(), |port| format!("{}:{port}", self.name))
    }

    /// Whether it is this machine, for trying out.
    pub fn is_local(&self) -> bool {
        !self.secure
    }

    /// The origin that people see, if a Host header means this host.
    ///
    /// A header without a port means the configured one: a proxy may leave it out.
    pub(super) fn origin(&self, name: &str, port: Option<u16>) -> Option<HostOrigin> {
        let any_port = self.is_local() && self.port.is_none();
        let means_us = match port {
            None => true,
            Some(port) => any_port || port == self.port.unwrap_or(443),
        };
        if !means_us || !name.eq_ignore_ascii_case(&self.name) {
            return None;
        }
        let port = if any_port { port.filter(|port| *port != 80) } else { self.port };
        let scheme = if self.secure { "https" } else { "http" };
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        Some(HostOrigin { origin: format!("{scheme}://{}{port}", self.name), secure: self.secure })
    }
}

/// What was written is no origin that people can be served from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not `https://host` at all.
    #[error("write an origin such as https://www.example.nl, without a path")]
    Form,
    /// Cookies without Secure can be read and replaced on the way.
    #[error("write https://; http is for localhost, 127.0.0.1 and [::1] only")]
    Plain,
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let (scheme, authority) = text.split_once("://").ok_or(HostError::Form)?;
        let (name, port) = split_host(authority.strip_suffix('/').unwrap_or(authority)).ok_or(HostError::Form)?;
        let name = name.to_ascii_lowercase();
        match scheme {
            "https" => Ok(Self { name, port: port.filter(|port| *port != 443), secure: true }),
            "http" if ["localhost", "127.0.0.1", "[::1]"].contains(&name.as_str()) => {
                Ok(Self { name, port, secure: false })
            }
            "http" => Err(HostError::Plain),
            _ => Err(HostError::Form),
        }
    }
}

/// Name and port of a Host header or of an origin's authority; `None` when it is neither a name nor an address.
pub(super) fn split_host(authority: &str) -> Option<(&str, Option<u16>)> {
    let name_end = if authority.starts_with('[') { authority.find(']')? + 1 } else { 0 };
    let (name, port) = match authority[name_end..].find(':') {
        Some(colon) => (&authority[..name_end + colon], Some(&authority[name_end + colon + 1..])),
        None => (authority, None),
    };
    let port = match port {
        None => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    is_host(name).then_some((name, port))
}

fn is_host(name: &str) -> bool {
    if let Some(inner) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let letters = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        letters && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether a path is covered by a list of patterns: each a path, or the start of one followed by `*`.
pub(super) fn covers(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    })
}

pub(super) fn read_site(s: &Section<'_>) -> Option<Site> {
    let name = s.text("name");
    let written = s.some_texts("hosts");
    let hosts = written.map(|written| read_hosts(s, written));
    let no_notice = read_no_notice(s);
    if let (Some(name), Some(hosts)) = (&name, &hosts) {
        refuse_lone_subdomain(s, name, hosts);
    }
    let hosts = hosts.map(|hosts| hosts.into_iter().map(|host| host.value).collect());
    Some(Site { name: name?, hosts: hosts?, no_notice })
}

fn read_hosts(s: &Section<'_>, written: Vec<At<String>>) -> Vec<At<Host>> {
    let mut hosts: Vec<At<Host>> = Vec::new();
    for text in written {
        let Some(host) = s.parse_text::<Host>(&text, "hosts") else { continue };
        if hosts.iter().any(|other| other.value.name == host.value.name && other.value.port == host.value.port) {
            s.note(host.at, format!("the host {} is listed twice", host.value.name()), "remove one of the two");
        }
        hosts.push(host);
    }
    hosts
}

/// A host that only serves the embed gets cookies that the site's own hosts cannot read, over a connection of its
/// own (design, "The embed"): `/keuze/` must be forwarded on the hosts whose pages show the banner.
fn refuse_lone_subdomain(s: &Section<'_>, name: &str, hosts: &[At<Host>]) {
    let mut public = hosts.iter().filter(|host| !host.value.is_local());
    let (Some(host), None) = (public.next(), public.next()) else { return };
    let sub = host.value.name.strip_suffix(&name.to_ascii_lowercase()).and_then(|rest| rest.strip_suffix('.'));
    if sub.is_some_and(|sub| !sub.is_empty() && sub != "www") {
        let what = format!("{} would serve the banner for {name} from a lone other subdomain", host.value.name);
        s.note(host.at, what, "list the hosts whose pages show the banner, and forward /keuze/ on each of them");
    }
}

fn read_no_notice(s: &Section<'_>) -> Vec<String> {
    let ours = format!("{ROOT}*");
    let mut patterns = vec![ours];
    for text in s.texts("no_notice") {
        let path = text.value.strip_suffix('*').unwrap_or(&text.value);
        if !path.starts_with('/') || path.contains(['*', '?', '#']) {
            let what = format!("`no_notice`: \"{}\" is no path", text.value);
            s.note(text.at, what, "start it with / and use * at its end only");
        } else if !patterns.contains(&text.value) {
            patterns.push(text.value);
        }
    }
    patterns
}
