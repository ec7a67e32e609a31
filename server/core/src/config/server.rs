//! `[server]`: what the server itself needs to know.

use super::network::Network;
use super::reader::Section;

/// What the server itself needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// Proxies whose client header is believed.
    pub trusted_proxies: Vec<Network>,
    /// How often one client may come.
    pub rate_limits: RateLimits,
}

/// How often one client may come, per kind of route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Answers, by form and by script.
    pub choices: Rate,
    pub continued_use: Rate,
    /// Pages, receipts and the rest that is made for each request.
    pub pages: Rate,
    /// Attempts to sign in at the desk.
    pub sign_in: Rate,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// That many are filled in per minute.
    pub per_minute: u32,
    /// That many fit.
    pub burst: u32,
}

pub(super) fn read_server(s: &Section<'_>) -> Option<ServerSettings> {
    let proxies = s.texts("trusted_proxies");
    let networks = proxies.iter().filter_map(|text| s.parse_text::<Network>(text, "trusted_proxies"));
    let trusted_proxies = networks.map(|network| network.value).collect();
    let rate_limits = s.table("rate_limits", |s| {
        let [choices, continued_use, pages, sign_in] =
            ["choices", "continued_use", "pages", "sign_in"].map(|key| s.table(key, read_rate));
        Some(RateLimits { choices: choices?, continued_use: continued_use?, pages: pages?, sign_in: sign_in? })
    });
    Some(ServerSettings { trusted_proxies, rate_limits: rate_limits? })
}

fn read_rate(s: &Section<'_>) -> Option<Rate> {
    let (per_minute, burst) = (s.number("per_minute", 1..=1_000_000), s.number("burst", 1..=1_000_000));
    Some(Rate { per_minute: per_minute?, burst: burst? })
}
