//! `keuze.toml`: typed sections, each with its validation; every fault with file, line and mend.
//!
//! [`parse`] reads the whole file and tells all faults at once. What it returns is valid: nothing behind it checks
//! again.

mod channels;
mod choice;
mod fault;
mod kept_away;
pub mod mail;
mod memory;
mod network;
mod purposes;
mod reader;
mod register;
mod sentences;
mod server;
mod shards;
mod site;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use ledger::shards::ShardRules;
use model::channel::{Channel, ChannelRule};
use model::controller::{Controller, Cookie, Recipient, Vendor};
use model::language::Language;
use model::notice::{NoticePurpose, NoticeStrings, SignalStrings};
use model::policy::{ContinuedUseRule, Gpc};
use model::purpose::{Purpose, PurposeId, Regime};
use time::Date;
use toml::de::DeTable;
use words::embed::{control_words, signal};
use words::views::frame::Authority;
use words::views::preference_centre::{Platform, RetainedElsewhere};

use fault::{Faults, TextPlace};
use reader::Section;

pub use choice::CloseControl;
pub use fault::ConfigFault;
pub use kept_away::KeptAwaySettings;
pub use mail::{MailSettings, NewsletterSettings, Sms};
pub use memory::MemorySettings;
pub use network::{Network, NetworkError};
pub use register::{CHOICE, CODE, CONSENT_ID, DESK, DESK_KNOWN, OWN, Own, PERSON, PROBE, SEEN, covered, is_in_eea};
pub use server::{Rate, RateLimits, ServerSettings};
pub use site::{Host, HostError, HostOrigin, Site};
pub use texts::{NoticeTexts, Texts};

/// The annotated example, as `keuze check --example` prints it: the configuration that is built in.
pub const EXAMPLE: &str = include_str!("config/example.toml");

/// A whole, valid configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The web property.
    pub site: Site,
    pub controller: Controller,
    /// In the order in which they are shown.
    pub purposes: Vec<Purpose>,
    /// Every cookie of every purpose.
    pub cookies: Vec<Cookie>,
    /// Everybody with access.
    pub vendors: Vec<Vendor>,
    /// Rules per channel with their effective dates.
    pub channels: Vec<ChannelRule>,
    /// For how many calendar months an answer holds.
    pub validity_months: u32,
    /// What takes the banner away beside its answers.
    pub close_control: CloseControl,
    /// What continued use is recorded for and unlocks.
    pub continued_use: ContinuedUseRule,
    /// What Global Privacy Control denies.
    pub gpc: Gpc,
    /// Where people can complain.
    pub authorities: Vec<Authority>,
    /// Who gets personal data whatever somebody chose about cookies (GDPR art. 13(1)(e)).
    pub recipients: Vec<Recipient>,
    /// Where somebody says that they found a hole, as an address that starts with `mailto:` or `https://`.
    pub security: Option<String>,
    /// Where people can block us or leave on social media.
    pub social: Vec<Platform>,
    /// What is kept in other systems because a law says so.
    pub kept_elsewhere: Vec<RetainedElsewhere>,
    /// The newsletter's sign-up.
    pub newsletter: NewsletterSettings,
    /// How mail leaves the house; without it, it does not.
    pub mail: Option<MailSettings>,
    /// How a code reaches a phone; without it, it does not.
    pub sms: Option<Sms>,
    /// Where that is kept which must outlive a restore.
    pub kept_away: Option<KeptAwaySettings>,
    /// The words of the notice.
    pub texts: Texts,
    /// What the server itself needs to know.
    pub server: ServerSettings,
    /// When a shard of the ledger closes.
    pub shards: ShardRules,
    /// How much is kept at hand.
    pub memory: MemorySettings,
    places: Places,
}

/// Where things stand in the file, for faults that are found later.
#[derive(Clone, Debug)]
struct Places {
    file: String,
    questions: BTreeMap<PurposeId, TextPlace>,
    channels: Vec<TextPlace>,
    links: Vec<(TextPlace, String)>,
    days: Vec<fault::Day>,
}

/// Reads a configuration; `name` is the file's, for the faults. All faults are told at once, in the order of the file.
pub fn parse(name: &str, text: &str) -> Result<Config, Vec<ConfigFault>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let faults = Faults::new(name, text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        faults.note(at, format!("this is not TOML: {}", error.message()), "correct the notation (https://toml.io)");
    }
    // What could be recovered from broken notation would only give faults that are none.
    if !errors.is_empty() {
        return Err(faults.into_sorted());
    }
    let config = Section::root(&faults, document.get_ref()).finish(|root| read_config(root, name));
    let faults = faults.into_sorted();
    config.filter(|_| faults.is_empty()).ok_or(faults)
}

fn read_config(root: &Section<'_>, file: &str) -> Option<Config> {
    let site = root.table("site", site::read_site);
    let controller = root.table("controller", register::read_controller);
    let (purposes, known) = purposes::read_all(root);
    let (vendors, vendor_ids) = register::read_vendors(root);
    let hosts = site.as_ref().map(|site| site.hosts.clone()).unwrap_or_default();
    let cookies = register::read_cookies(root, &known, &vendor_ids, &hosts);
    let channels = channels::read_all(root);
    let choice = root.table("choice", choice::read_choice);
    let continued_use = root.table("continued_use", |s| purposes::read_continued_use(s, &known));
    let gpc = root.table("gpc", |s| purposes::read_gpc(s, &known));
    refuse_silent_overrides(root);
    let authorities = read_authorities(root);
    let recipients = root.tables("recipients", read_recipient);
    let security = root.has("security");
    let security = if security { root.table("security", |s| read_security(s, controller.as_ref())) } else { None };
    let social = root.tables("social", mail::read_platform);
    let kept_elsewhere = root.tables("kept_elsewhere", mail::read_kept);
    let newsletter = root.table("newsletter", mail::read_newsletter);
    let sends_mail = root.has("mail");
    let mail = if sends_mail { root.table("mail", mail::read_mail) } else { None };
    let sends_texts = root.has("sms");
    let sms = if sends_texts { root.table("sms", |s| mail::read_sms(s, sends_mail)) } else { None };
    let keeps_away = root.has("kept_away");
    let kept_away =
        if keeps_away { root.table("kept_away", |s| kept_away::read_kept_away(s, sends_mail)) } else { None };
    let must_name = must_name(controller.as_ref(), &purposes);
    let texts = root.table("texts", |s| texts::read_texts(s, &must_name));
    let server = root.table("server", server::read_server);
    let shards = shards::read_rules(root);
    let memory = memory::read_memory(root);
    let questions = known.into_iter().map(|(id, known)| (id, known.place)).collect();
    let places = Places {
        file: file.to_owned(),
        questions,
        channels: channels.iter().map(|c| c.place).collect(),
        links: root.faults().links(),
        days: root.faults().days(),
    };
    Some(Config {
        site: site?,
        controller: controller?,
        purposes,
        cookies,
        vendors,
        channels: channels.into_iter().map(|placed| placed.rule).collect(),
        validity_months: choice.as_ref()?.validity_months,
        close_control: choice?.close_control,
        continued_use: continued_use?,
        gpc: gpc?,
        authorities,
        recipients,
        security,
        social,
        kept_elsewhere,
        newsletter: newsletter?,
        mail,
        sms,
        kept_away,
        texts: texts?,
        server: server?,
        shards: shards?,
        memory: memory?,
        places,
    })
}

fn must_name(controller: Option<&Controller>, purposes: &[Purpose]) -> texts::MustName {
    let optional = purposes.iter().filter(|purpose| purpose.regime != Regime::Necessary);
    texts::MustName {
        controller: controller.map(|controller| controller.name.clone()),
        purposes: optional.map(|purpose| purpose.name.clone()).collect(),
    }
}

/// People are told of their right to complain everywhere (GDPR art. 13(2)(d)), so there is somebody to complain to.
fn read_authorities(root: &Section<'_>) -> Vec<Authority> {
    let described = std::cell::Cell::new(false);
    let authorities = root.tables("authorities", |s| {
        described.set(true);
        read_authority(s)
    });
    if !described.get() {
        let what = "there is no supervisor that people can complain to";
        root.note(root.at(), what, "describe it in [[authorities]]; `keuze check --example` has two");
    }
    authorities
}

/// What leaves consent without a reason on record cannot be explained later (R-2.5.3-5).
fn refuse_silent_overrides(root: &Section<'_>) {
    let read = |s: &Section<'_>| {
        let required = s.flag_at("require_reason")?;
        if !required.value {
            s.note(
                required.at,
                "`require_reason` is false",
                "write true, or leave the section out: it is always required",
            );
        }
        Some(())
    };
    if root.has("regime_override") {
        let _read = root.table("regime_override", read);
    }
}

fn read_recipient(s: &Section<'_>) -> Option<Recipient> {
    let (name, why) = (s.localized("name"), s.localized("why"));
    Some(Recipient { name: name?, why: why? })
}

/// Not the address for questions about privacy: a hole is for other people, and at once (R-3.11-2).
fn read_security(s: &Section<'_>, controller: Option<&Controller>) -> Option<String> {
    let contact = s.text_at("contact")?;
    let address = contact.value.strip_prefix("mailto:").unwrap_or(&contact.value);
    if controller.is_some_and(|controller| controller.email.eq_ignore_ascii_case(address)) {
        let mend = "write the address of who mends holes, such as security@example.nl";
        s.note(contact.at, "`contact` is the address for questions about privacy", mend);
    }
    if contact.value.starts_with("https://") {
        return register::read_url(s, "contact");
    }
    if contact::Email::parse(address).is_err() {
        let what = format!("`contact`: \"{}\" is neither an e-mail address nor a link", contact.value);
        s.note(contact.at, what, "write security@example.nl, or an address that starts with https://");
    }
    Some(format!("mailto:{address}"))
}

fn read_authority(s: &Section<'_>) -> Option<Authority> {
    let (name, about, url) = (s.text("name"), s.localized("about"), register::read_url(s, "url"));
    Some(Authority { name: name?, about: about?, url: url? })
}

impl Config {
    /// The built-in configuration: Voipro, which also answers on this machine.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn example() -> Self {
        parse("example.toml", EXAMPLE).expect("the built-in example has no fault")
    }

    /// The origin for a request's Host header (with or without a port); `None` for a host that is not the site's.
    pub fn host(&self, host: &str) -> Option<HostOrigin> {
        let (name, port) = site::split_host(host)?;
        self.site.hosts.iter().find_map(|host| host.origin(name, port))
    }

    /// The site's first host, which names the ledger.
    ///
    /// # Panics
    /// Never: a configuration without hosts is not valid.
    pub fn first_host(&self) -> &Host {
        self.site.hosts.first().expect("a valid configuration has a host")
    }

    /// Whether reading that path says nothing about somebody's wishes (R-2.5.2-2).
    pub fn is_no_notice(&self, path: &str) -> bool {
        site::covers(&self.site.no_notice, path)
    }

    /// Every string of both layers in one language, as the notice freezes them.
    pub fn notice_strings(&self, language: Language) -> NoticeStrings {
        let texts = self.texts.get(language).clone();
        let own = control_words(language);
        NoticeStrings {
            language,
            heading: texts.heading,
            body: texts.body,
            refuse: texts.refuse,
            accept: texts.accept,
            settings: texts.settings,
            close_refuse: self.close_control.words(own),
            signal: self.signal(language),
            refuse_all: own.refuse_all.to_owned(),
            accept_all: own.accept_all.to_owned(),
            save: texts.save,
            panel_heading: texts.panel_heading,
            close: texts.close,
            close_chosen: own.close.to_owned(),
            necessary: texts.necessary,
            object: texts.object,
            on: texts.on,
            off: texts.off,
            details: texts.details,
            save_is_refusal: texts.save_is_refusal,
            purposes: self.purposes.iter().map(|purpose| self.notice_purpose(purpose, language)).collect(),
        }
    }

    /// What stands in place of the question where `Sec-GPC` has answered all of it: every purpose that asks for consent.
    fn signal(&self, language: Language) -> Option<SignalStrings> {
        let denied = |id: &PurposeId| self.gpc.deny.contains(id);
        let mut asked = self.purposes.iter().filter(|purpose| purpose.regime == Regime::Consent).peekable();
        asked.peek()?;
        if !asked.all(|purpose| denied(&purpose.id)) {
            return None;
        }
        let by_use = |id: &PurposeId| self.continued_use.unlocks.contains(id) && !denied(id);
        let still = self.purposes.iter().filter(|purpose| !self.gpc.also_object_low_impact && by_use(&purpose.id));
        let still: Vec<&str> = still.map(|purpose| purpose.name.get(language)).collect();
        let refuse = control_words(language).close_refuse.to_owned();
        Some(SignalStrings { body: signal(&still, language), refuse })
    }

    fn notice_purpose(&self, purpose: &Purpose, language: Language) -> NoticePurpose {
        let cookies = self.cookies.iter().filter(|cookie| cookie.purpose == purpose.id);
        NoticePurpose {
            id: purpose.id.clone(),
            regime: purpose.regime,
            revision: purpose.revision,
            name: purpose.name.get(language).to_owned(),
            description: sentences::purpose(purpose, language),
            cookies: cookies.map(|cookie| sentences::cookie(self, cookie, language)).collect(),
        }
    }

    /// What is wrong on that day: channels without a rule, and something that was done on a day to come.
    pub fn faults_on(&self, today: Date) -> Vec<ConfigFault> {
        let to_come = self.places.days.iter().filter(|(_, _, day)| *day > today).map(|(place, key, day)| {
            let what = format!("`{key}` is {day}, a day to come");
            place.fault(&self.places.file, what, "write the day on which it was done")
        });
        let mut faults: Vec<ConfigFault> = self.without_rule(today).into_iter().chain(to_come).collect();
        faults.sort();
        faults
    }

    /// The channels whose rules all lie in the future: each would be without a rule today.
    fn without_rule(&self, today: Date) -> Vec<ConfigFault> {
        let missing = Channel::ALL
            .into_iter()
            .filter(|channel| !self.channels.iter().any(|rule| rule.channel == *channel && rule.from <= today));
        missing.map(|channel| self.future_only(channel, today)).collect()
    }

    /// Every link that people are led along, once.
    pub fn links(&self) -> BTreeSet<&str> {
        self.places.links.iter().map(|(_, url)| url.as_str()).collect()
    }

    /// A fault at each place where that link stands.
    pub fn faults_at_link(&self, url: &str, what: &str) -> Vec<ConfigFault> {
        let places = self.places.links.iter().filter(|(_, link)| link == url);
        let mend = "look whether it moved, write the new address, and `checked_at` with the day";
        places.map(|(place, _)| place.fault(&self.places.file, format!("{url} {what}"), mend)).collect()
    }

    fn future_only(&self, channel: Channel, today: Date) -> ConfigFault {
        let first = self.channels.iter().position(|rule| rule.channel == channel);
        let place = first.and_then(|at| self.places.channels.get(at)).copied().unwrap_or_default();
        let what = format!("the channel `{}` has no rule that is in force on {today}", channel.word());
        place.fault(&self.places.file, what, "add the rule that holds now")
    }

    /// A fault at the place where a purpose's question revision stands.
    pub(crate) fn fault_at_question(&self, purpose: &PurposeId, what: String, mend: String) -> ConfigFault {
        let place = self.places.questions.get(purpose).copied().unwrap_or(TextPlace { line: 1, column: 1 });
        place.fault(&self.places.file, what, mend)
    }

    /// A fault of the configuration as a whole.
    pub(crate) fn fault(&self, what: String, mend: String) -> ConfigFault {
        TextPlace { line: 1, column: 1 }.fault(&self.places.file, what, mend)
    }
}

#[cfg(test)]
mod tests;
