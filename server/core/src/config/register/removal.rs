//! Whether a withdrawal can remove a cookie: a browser removes only what names it as it was set (RFC 6265bis section 5.7).

use model::controller::Cookie;
use model::purpose::Regime;

use super::own::is_secure;
use crate::config::Host;
use crate::config::reader::{At, Section};

/// With which attributes a cookie is set, as far as the register says so.
pub(super) struct Set {
    pub(super) path: Option<At<String>>,
    domain: Option<At<String>>,
    secure: Option<At<bool>>,
    partitioned: Option<At<bool>>,
}

pub(super) fn read_removal(s: &Section<'_>) -> Set {
    Set {
        path: s.optional_text("path"),
        domain: s.optional_text("domain"),
        secure: s.optional_flag("secure"),
        partitioned: s.optional_flag("partitioned"),
    }
}

/// Notes a cookie that no browser takes, and one that a withdrawal could not remove.
pub(super) fn refuse(
    s: &Section<'_>,
    cookie: &Cookie,
    set: &Set,
    name: &At<String>,
    regime: Option<Regime>,
    hosts: &[Host],
) {
    if !cookie.first_party {
        return;
    }
    refuse_what_no_browser_takes(s, set, name, hosts);
    if matches!(regime, Some(Regime::Necessary) | None) {
        return;
    }
    if let Some(partitioned) = set.partitioned.as_ref().filter(|partitioned| partitioned.value) {
        let what = format!("no withdrawal can remove the partitioned cookie `{}`", name.value);
        s.note(partitioned.at, what, "set it without Partitioned, which a first-party cookie does not need");
    }
    if let Some(domain) = set.domain.as_ref().filter(|domain| !hosts.iter().any(|host| covers(&domain.value, host))) {
        let what = format!("`domain`: no host of the site can remove a cookie of {}", domain.value);
        s.note(domain.at, what, "write a host of the site or a domain above it, or first_party = false");
    }
    // Of one that starts with __Host- it was told already.
    let path = set.path.as_ref().filter(|path| path.value != "/" && !starts(name, "__Host-"));
    if let Some(path) = path {
        refuse_path(s, path, name);
    }
}

/// A host, or a domain above it, with or without a dot before it.
fn covers(domain: &str, host: &Host) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    let name = host.name();
    let name = name.rsplit_once(':').map_or(name.as_str(), |(name, _)| name);
    domain.contains('.') && name.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn refuse_path(s: &Section<'_>, path: &At<String>, name: &At<String>) {
    if !path.value.starts_with('/') || path.value.contains([';', '*', '?', '#']) {
        s.note(path.at, format!("`path`: \"{}\" is no path", path.value), "write one such as /shop");
    } else {
        // A browser shows it to the pages below that path alone, and removes it by a line with that path alone.
        let what =
            format!("no withdrawal on another page can remove the cookie `{}` of the path {}", name.value, path.value);
        s.note(path.at, what, "set it for the path /");
    }
}

/// The prefixes hold in any letters (RFC 6265bis section 4.1.3).
fn starts(name: &At<String>, prefix: &str) -> bool {
    name.value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn refuse_what_no_browser_takes(s: &Section<'_>, set: &Set, name: &At<String>, hosts: &[Host]) {
    let is_host = starts(name, "__Host-");
    let is_secure_name = is_host || starts(name, "__Secure-");
    if !is_secure_name {
        return;
    }
    if let Some(secure) = set.secure.as_ref().filter(|secure| !secure.value) {
        let what = format!("no browser takes `{}` without Secure", name.value);
        s.note(secure.at, what, "write secure = true and set it so, or give it a name without the prefix");
    }
    if !hosts.is_empty() && !is_secure(hosts) {
        let what = format!("no browser takes `{}` over http", name.value);
        s.note(name.at, what, "give the site a host with https, or the cookie a name without the prefix");
    }
    if is_host {
        let path = set.path.as_ref().filter(|path| path.value != "/");
        for at in path.map(|path| path.at).into_iter().chain(set.domain.as_ref().map(|domain| domain.at)) {
            let what = format!("no browser takes `{}` with a domain, or with another path than /", name.value);
            s.note(at, what, "remove it and set the cookie so, or give it a name that starts with __Secure-");
        }
    }
}
