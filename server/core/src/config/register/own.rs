//! Our own cookies: the register has them like all others (S-03), and says of them what is so.

use std::collections::BTreeSet;

use model::controller::Cookie;
use model::cookie::{DAYS, DAYS_WITH_OBJECTION};
use model::purpose::Regime;

use crate::config::Host;
use crate::config::reader::{At, Section};
use crate::service::known_browsers;

/// A cookie that Keuze itself sets.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// Its name over https.
    pub secure: &'static str,
    /// Its name over http, on this machine alone.
    pub plain: &'static str,
    /// How long it lives at most, in days; 0 is until the browser closes.
    pub days: u32,
    /// Out of a script's reach.
    pub http_only: bool,
}

/// What was answered.
pub const CHOICE: Own = Own { secure: "__Host-keuze", plain: "keuze", days: DAYS_WITH_OBJECTION, http_only: false };
/// The notice that was seen.
pub const SEEN: Own = Own { secure: "__Host-keuze_seen", plain: "keuze_seen", days: DAYS, http_only: false };
pub const CONSENT_ID: Own = Own { secure: "__Secure-keuze_id", plain: "keuze_id", days: DAYS, http_only: true };
/// What belongs to a code that was mailed.
pub const CODE: Own = Own { secure: "__Secure-keuze_code", plain: "keuze_code", days: 1, http_only: true };
/// The session of whoever proved an address.
pub const PERSON: Own = Own { secure: "__Secure-keuze_person", plain: "keuze_person", days: 1, http_only: true };
/// The session of a staff member.
pub const DESK: Own = Own { secure: "__Secure-keuze_desk", plain: "keuze_desk", days: 0, http_only: true };
/// That a browser is known to the desk.
pub const DESK_KNOWN: Own =
    Own { secure: "__Host-keuze_desk_known", plain: "keuze_desk_known", days: known_browsers::DAYS, http_only: true };
/// The probe of `embed.js`: whether cookies are kept at all, and for seconds that a press is under way.
pub const PROBE: Own = Own { secure: "keuze_probe", plain: "keuze_probe", days: 1, http_only: false };

/// All of them. What sets one takes its name from here, and nothing else is stored on a device.
pub const OWN: [Own; 8] = [CHOICE, SEEN, CONSENT_ID, CODE, PERSON, DESK, DESK_KNOWN, PROBE];

impl Own {
    /// Its name on a host that is served over https, or is not.
    pub const fn on(self, secure: bool) -> &'static str {
        if secure { self.secure } else { self.plain }
    }

    fn name(self, hosts: &[Host]) -> &'static str {
        self.on(is_secure(hosts))
    }
}

/// Whether the site is served over https; hosts of this machine are for trying out beside it.
pub(super) fn is_secure(hosts: &[Host]) -> bool {
    hosts.iter().any(|host| !host.is_local())
}

/// Notes each one of ours that the register lacks.
pub(super) fn refuse_without(root: &Section<'_>, registered: &BTreeSet<String>, hosts: &[Host]) {
    if hosts.is_empty() {
        return;
    }
    for own in OWN.iter().filter(|own| !registered.contains(own.name(hosts))) {
        let name = own.name(hosts);
        let what = format!("the register lacks the cookie `{name}`, which Keuze sets");
        let mend = format!(
            "add [[cookies]] with name = \"{name}\", a necessary purpose, days = {}, http_only = {}; `keuze check --example` has it",
            own.days, own.http_only
        );
        root.note(root.at(), what, mend);
    }
}

/// Notes what the register says of one of ours that is not so.
pub(super) fn refuse_other_facts(s: &Section<'_>, cookie: &Cookie, regime: Option<Regime>, name: &At<String>) {
    // By its other name, too: a site is tried out on this machine over http.
    let Some(own) = OWN.iter().find(|own| [own.secure, own.plain].contains(&cookie.name.as_str())) else { return };
    let as_it_is = (cookie.days, cookie.http_only) == (own.days, own.http_only) && cookie.first_party;
    if !as_it_is || !cookie.vendors.is_empty() || regime.is_some_and(|regime| regime != Regime::Necessary) {
        let what = format!("the register says of our cookie `{}` what is not so", cookie.name);
        let mend = format!(
            "write a necessary purpose, days = {}, first_party = true, http_only = {} and no vendors",
            own.days, own.http_only
        );
        s.note(name.at, what, mend);
    }
}

/// Our own names, with and without their prefix, that a name of the register stands for: what expires one of these throws
/// away answers.
pub fn covered(name: &str) -> impl Iterator<Item = &'static str> {
    let stands_for = move |own: &&str| match name.strip_suffix('*') {
        Some(start) => own.starts_with(start),
        None => *own == name,
    };
    OWN.into_iter().flat_map(|own| [own.secure, own.plain]).filter(move |own| stands_for(own))
}

/// Notes a pattern that takes one of ours for a cookie of the site.
pub(super) fn refuse_covering(s: &Section<'_>, name: &At<String>) {
    if let Some(own) = covered(&name.value).next().filter(|own| *own != name.value) {
        let what = format!("`{}` stands for our own cookie `{own}`, too", name.value);
        s.note(
            name.at,
            what,
            "write the names that the other software gives, so that none of Keuze's begins like them",
        );
    }
}
