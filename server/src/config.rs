//! `keuze.toml`: typed sections, each with its validation; every fault with file, line and mend.

/// A whole, valid configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The supervisors to whom people can complain (S-55).
    pub authorities: Vec<app::doors::frame::Authority>,
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
