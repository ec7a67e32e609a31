//! What can be asked of the system: a service for each kind of thing, which has what it may touch from its constructor.
//!
//! A service stands on lower ones only. At the bottom are the ledger, the clock, randomness and the published policies;
//! then [`People`] (who is known, and what is on record of them), [`Contactability`] (what may be sent to whom, and what changes
//! it) and [`MailQueue`]; above them whatever the pages, programs and the desk ask for. [`Services`] makes them all, and hands a
//! handler the ones that it names.

pub mod attempt_limits;
pub mod call;
pub mod clients;
pub mod codes;
pub mod consent;
pub mod data_access;
pub mod days;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod history;
pub mod keys;
pub mod known_browsers;
pub mod look_up;
pub mod mail;
pub mod mail_check;
pub mod maintenance;
pub mod message;
pub mod newsletter;
pub mod objection;
pub mod people;
pub mod preference_centre;
pub mod preferences;
pub mod reading;
pub mod receipt;
pub mod send;
pub mod sign_ins;
pub mod site;
pub mod staff;
pub mod tokens;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use self::attempt_limits::AttemptLimits;
use self::call::Calls;
use self::clients::ApiClients;
use self::codes::Verification;
use self::consent::Consent;
use self::data_access::{DataAccess, ExportedRecords};
use self::days::Days;
use self::keys::KeyRotation;
use self::known_browsers::KnownBrowsers;
use self::look_up::LookUps;
use self::mail::MailQueue;
use self::maintenance::Maintenance;
use self::message::Messages;
use self::newsletter::Newsletter;
use self::objection::Objections;
use self::people::import::ContactImport;
use self::people::{Contactability, Erasures, LetterCodes, Merging, People};
use self::preference_centre::PreferenceCentre;
use self::preferences::Preferences;
use self::reading::Records;
use self::receipt::Receipts;
use self::send::Mailings;
use self::sign_ins::SignIns;
use self::site::SiteInfo;
use self::staff::Staff;
use self::tokens::Links;
use crate::config::Config;
use crate::publish::Published;
use ledger::clock::Clock;
use ledger::{Ledger, ReadError};
use vault::random::SecureRandom;

/// What the services are made of.
#[derive(Clone)]
pub struct ServiceParts {
    /// The one writer, and every read.
    pub ledger: Ledger,
    /// The configuration the server was started with.
    pub config: Arc<Config>,
    /// The policies that were ever published, with the one in force.
    pub published: Arc<Published>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn SecureRandom>,
    /// The demo's folder for mails that stay.
    pub outbox: Option<PathBuf>,
    /// Whether this is the demo: host page, invented people, a log origin of its own.
    pub demo: bool,
    /// The shortest pause of a sign-in that is slowed.
    pub sign_in_pause: Duration,
}

/// Every service, and what they were made of; cheap to clone. A handler names the ones that it needs.
#[derive(Clone)]
pub struct Services {
    /// Receipt numbers and links, and what they lead to.
    pub receipts: Arc<Receipts>,
    /// Who is known, and the order in which acts on them are taken.
    pub people: Arc<People>,
    /// The tokens in links of mails.
    pub links: Arc<Links>,
    /// The codes on letters.
    pub letters: Arc<LetterCodes>,
    /// What may be sent to whom, and what changes it: saying no, and saying yes.
    pub contactability: Arc<Contactability>,
    /// Two people who turned out to be one, and what is theirs for certain.
    pub merging: Arc<Merging>,
    /// Makes what waits under the key of its day, and holds a day while something of it is added.
    pub days: Arc<Days>,
    /// The mails that wait to be sent.
    pub mail: Arc<MailQueue>,
    /// What is known of codes and sessions beside the browsers that have them.
    pub verification: Arc<Verification>,
    /// Who signs up, and who confirms it.
    pub newsletter: Arc<Newsletter>,
    /// Ends the keys of people.
    pub erasures: Arc<Erasures>,
    /// What is stored, as people read it.
    pub records: Arc<Records>,
    /// Who asks, under which policy, and who else gets data.
    pub site: Arc<SiteInfo>,
    /// What people answer, and that they were asked.
    pub consent: Arc<Consent>,
    /// What a browser has answered, as its preference page shows it.
    pub preferences: Arc<Preferences>,
    /// What programs said of their messages.
    pub messages: Arc<Messages>,
    /// Whether somebody may be sent something, and how they stop it.
    pub mailings: Arc<Mailings>,
    /// Saying no by what a person has in hand.
    pub objections: Arc<Objections>,
    /// What holds for whoever proved an address or number, and what they change of it.
    pub preference_centre: Arc<PreferenceCentre>,
    /// What is held of somebody, for themselves.
    pub data_access: Arc<DataAccess>,
    /// What the desk looks up, each look on record.
    pub look_ups: Arc<LookUps>,
    /// The calls that are open at the desk.
    pub calls: Arc<Calls>,
    /// Takes over people and earlier choices.
    pub contact_import: Arc<ContactImport>,
    /// Who may use the desk.
    pub staff: Arc<Staff>,
    /// What is counted, in memory.
    pub sign_ins: Arc<SignIns>,
    /// The browsers from which somebody signed in before.
    pub known_browsers: Arc<KnownBrowsers>,
    /// Programs that ask and tell.
    pub clients: Arc<ApiClients>,
    /// Makes new keys, and says so in the ledger.
    pub key_rotation: Arc<KeyRotation>,
    /// What ends or is recorded by itself.
    pub maintenance: Arc<Maintenance>,
    /// The one writer, and every read.
    pub ledger: Ledger,
    /// The configuration the server was started with.
    pub config: Arc<Config>,
    /// The policies that were ever published, with the one in force.
    pub published: Arc<Published>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn SecureRandom>,
    /// The demo's folder for mails that stay.
    pub outbox: Option<PathBuf>,
    /// Whether this is the demo.
    pub demo: bool,
}

impl Services {
    /// Makes them, the lowest first.
    ///
    /// # Errors
    /// When a fact beside the ledger cannot be read.
    #[expect(clippy::too_many_lines, reason = "one statement a service")]
    pub fn new(parts: ServiceParts) -> Result<Self, ReadError> {
        let ServiceParts { ledger, config, published, clock, entropy, outbox, demo, sign_in_pause } = parts;
        let sends_mail = config.mail.is_some() || outbox.is_some();
        let limits = AttemptLimits::open(ledger.layout().map(|layout| layout.attempts()), clock.now().at);
        let exported = ExportedRecords {
            kept_elsewhere: config.kept_elsewhere.clone(),
            recipients: config.recipients.clone(),
            authorities: config.authorities.clone(),
        };
        let receipts = Arc::new(Receipts::new(ledger.clone()));
        let people = Arc::new(People::load(ledger.clone(), clock.clone(), entropy.clone())?);
        let links = Arc::new(Links::new(ledger.clone(), people.clone()));
        let letters = Arc::new(LetterCodes::new(ledger.clone(), clock.clone(), entropy.clone(), people.clone()));
        let contactability = Arc::new(Contactability::new(
            ledger.clone(),
            clock.clone(),
            entropy.clone(),
            published.clone(),
            people.clone(),
        ));
        let merging = Arc::new(Merging::new(
            ledger.clone(),
            clock.clone(),
            entropy.clone(),
            people.clone(),
            contactability.clone(),
        ));
        let days = Arc::new(Days::new(ledger.clone(), clock.clone(), entropy.clone()));
        let mail =
            Arc::new(MailQueue::load(ledger.clone(), clock.clone(), days.clone(), config.sms.clone(), sends_mail)?);
        let verification = Arc::new(Verification::new(
            ledger.clone(),
            clock.clone(),
            entropy.clone(),
            published.clone(),
            people.clone(),
            mail.clone(),
            limits,
        ));
        let newsletter = Arc::new(Newsletter::new(
            clock.clone(),
            published.clone(),
            links.clone(),
            people.clone(),
            contactability.clone(),
            mail.clone(),
            days.clone(),
            verification.clone(),
            config.newsletter.unconfirmed_days,
        ));
        let erasures = Arc::new(Erasures::new(
            ledger.clone(),
            clock.clone(),
            entropy.clone(),
            people.clone(),
            contactability.clone(),
            newsletter.clone(),
            mail.clone(),
        ));
        let records = Arc::new(Records::new(ledger.clone(), published.clone(), people.clone(), contactability.clone()));
        let public_host = config.site.hosts.iter().find(|host| !host.is_local()).filter(|_| !demo);
        let public_origin = public_host.map(|host| format!("https://{}", host.name()));
        let site = Arc::new(SiteInfo::new(
            published.clone(),
            config.authorities.clone(),
            config.recipients.clone(),
            public_origin,
        ));
        let consent =
            Arc::new(Consent::new(ledger.clone(), clock.clone(), entropy.clone(), published.clone(), receipts.clone()));
        let preferences =
            Arc::new(Preferences::new(clock.clone(), published.clone(), records.clone(), receipts.clone()));
        let messages = Arc::new(Messages::new(
            ledger.clone(),
            clock.clone(),
            entropy.clone(),
            people.clone(),
            contactability.clone(),
        ));
        let mailings =
            Arc::new(Mailings::new(people.clone(), contactability.clone(), links.clone(), config.controller.clone()));
        let objections = Arc::new(Objections::new(contactability.clone(), letters.clone(), receipts.clone()));
        let preference_centre = Arc::new(PreferenceCentre::new(
            clock.clone(),
            published.clone(),
            people.clone(),
            contactability.clone(),
            verification.clone(),
            newsletter.clone(),
            receipts.clone(),
            mail.clone(),
            config.social.clone(),
        ));
        let data_access = Arc::new(DataAccess::new(
            clock.clone(),
            published.clone(),
            people.clone(),
            contactability.clone(),
            receipts.clone(),
            verification.clone(),
            preference_centre.clone(),
            exported,
        ));
        let look_ups = Arc::new(LookUps::new(
            ledger.clone(),
            clock.clone(),
            published.clone(),
            people.clone(),
            contactability.clone(),
            merging.clone(),
            records.clone(),
            receipts.clone(),
        ));
        let calls = Arc::new(Calls::load(
            ledger.clone(),
            clock.clone(),
            days.clone(),
            contactability.clone(),
            look_ups.clone(),
        )?);
        let contact_import = Arc::new(ContactImport::new(
            clock.clone(),
            entropy.clone(),
            people.clone(),
            contactability.clone(),
            merging.clone(),
        ));
        let staff = Arc::new(Staff::new(ledger.clone(), clock.clone(), entropy.clone()));
        let sign_ins =
            Arc::new(SignIns::new(ledger.clone(), clock.clone(), entropy.clone(), staff.clone(), sign_in_pause));
        let known_browsers =
            Arc::new(KnownBrowsers::new(ledger.clone(), clock.clone(), entropy.clone(), staff.clone()));
        let clients = Arc::new(ApiClients::load(ledger.clone(), clock.clone(), entropy.clone())?);
        let key_rotation = Arc::new(KeyRotation::new(ledger.clone(), clock.clone(), links.clone(), letters.clone()));
        let maintenance = Arc::new(Maintenance::new(
            ledger.clone(),
            clock.clone(),
            days.clone(),
            mail.clone(),
            calls.clone(),
            consent.clone(),
            verification.clone(),
            erasures.clone(),
            key_rotation.clone(),
            sign_ins.clone(),
        ));
        Ok(Self {
            receipts,
            people,
            links,
            letters,
            contactability,
            merging,
            days,
            mail,
            verification,
            newsletter,
            erasures,
            records,
            site,
            consent,
            preferences,
            messages,
            mailings,
            objections,
            preference_centre,
            data_access,
            look_ups,
            calls,
            contact_import,
            staff,
            sign_ins,
            known_browsers,
            clients,
            key_rotation,
            maintenance,
            ledger,
            config,
            published,
            clock,
            entropy,
            outbox,
            demo,
        })
    }
}
