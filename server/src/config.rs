//! `keuze.toml`: typed sections, each with its validation; every fault with file, line and mend.

/// A whole, valid configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub site: Site,
    pub server: Server,
}

#[derive(Clone, Debug)]
pub struct Site {
    pub no_notice: Vec<String>,
}
#[derive(Clone, Debug)]
pub struct Server {
    pub trusted_proxies: Vec<Network>,
    pub rate_limits: RateLimits,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {}
impl Network {
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        unimplemented!()
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    pub choices: Rate,
    pub continued_use: Rate,
    pub pages: Rate,
    pub sign_in: Rate,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_minute: u32,
    pub burst: u32,
}

/// The origin that people see for one of the site's hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOrigin {
    /// Such as `https://www.voipro.nl`, without a path.
    pub origin: String,
    /// Whether it is https: then cookies are Secure and prefixed.
    pub secure: bool,
}

impl Config {
    /// The origin for a request's Host header (with or without a port); `None` for a host that is not the site's.
    pub fn host(&self, _host: &str) -> Option<HostOrigin> {
        unimplemented!()
    }
}
