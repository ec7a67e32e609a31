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
        let told = ExportedRecords {
            kept_elsewhere: config.kept_elsewhere.clone(),
            recipients: config.recipients.clone(),
            authorities: config.authorities.clone(),
        };
        let receipts = Arc::new(Receipts::new(ledger.clone()));
        let people = Arc::new(People::load(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy))?);
        let links = Arc::new(Links::new(ledger.clone(), Arc::clone(&people)));
        let letters =
            Arc::new(LetterCodes::new(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy), Arc::clone(&people)));
        let contactability = Arc::new(Contactability::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&published),
            Arc::clone(&people),
        ));
        let merging = Arc::new(Merging::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&people),
            Arc::clone(&contactability),
        ));
        let days = Arc::new(Days::new(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy)));
        let mail = Arc::new(MailQueue::load(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&days),
            config.sms.clone(),
            sends_mail,
        )?);
        let verification = Arc::new(Verification::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&published),
            Arc::clone(&people),
            Arc::clone(&mail),
            limits,
        ));
        let newsletter = Arc::new(Newsletter::new(
            Arc::clone(&clock),
            Arc::clone(&published),
            Arc::clone(&links),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&mail),
            Arc::clone(&days),
            Arc::clone(&verification),
            config.newsletter.unconfirmed_days,
        ));
        let erasures = Arc::new(Erasures::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&newsletter),
            Arc::clone(&mail),
        ));
        let records = Arc::new(Records::new(
            ledger.clone(),
            Arc::clone(&published),
            Arc::clone(&people),
            Arc::clone(&contactability),
        ));
        let public_host = config.site.hosts.iter().find(|host| !host.is_local()).filter(|_| !demo);
        let public_origin = public_host.map(|host| format!("https://{}", host.name()));
        let site = Arc::new(SiteInfo::new(
            Arc::clone(&published),
            config.authorities.clone(),
            config.recipients.clone(),
            public_origin,
        ));
        let consent = Arc::new(Consent::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&published),
            Arc::clone(&receipts),
        ));
        let preferences = Arc::new(Preferences::new(
            Arc::clone(&clock),
            Arc::clone(&published),
            Arc::clone(&records),
            Arc::clone(&receipts),
        ));
        let messages = Arc::new(Messages::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&people),
            Arc::clone(&contactability),
        ));
        let mailings = Arc::new(Mailings::new(
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&links),
            config.controller.clone(),
        ));
        let objections =
            Arc::new(Objections::new(Arc::clone(&contactability), Arc::clone(&letters), Arc::clone(&receipts)));
        let preference_centre = Arc::new(PreferenceCentre::new(
            Arc::clone(&clock),
            Arc::clone(&published),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&verification),
            Arc::clone(&newsletter),
            Arc::clone(&receipts),
            Arc::clone(&mail),
            config.social.clone(),
        ));
        let data_access = Arc::new(DataAccess::new(
            Arc::clone(&clock),
            Arc::clone(&published),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&receipts),
            Arc::clone(&verification),
            Arc::clone(&preference_centre),
            told,
        ));
        let look_ups = Arc::new(LookUps::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&published),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&merging),
            Arc::clone(&records),
            Arc::clone(&receipts),
        ));
        let calls = Arc::new(Calls::load(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&days),
            Arc::clone(&contactability),
            Arc::clone(&look_ups),
        )?);
        let contact_import = Arc::new(ContactImport::new(
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&people),
            Arc::clone(&contactability),
            Arc::clone(&merging),
        ));
        let staff = Arc::new(Staff::new(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy)));
        let sign_ins = Arc::new(SignIns::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&staff),
            sign_in_pause,
        ));
        let known_browsers =
            Arc::new(KnownBrowsers::new(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy), Arc::clone(&staff)));
        let clients = Arc::new(ApiClients::load(ledger.clone(), Arc::clone(&clock), Arc::clone(&entropy))?);
        let key_rotation =
            Arc::new(KeyRotation::new(ledger.clone(), Arc::clone(&clock), Arc::clone(&links), Arc::clone(&letters)));
        let maintenance = Arc::new(Maintenance::new(
            ledger.clone(),
            Arc::clone(&clock),
            Arc::clone(&days),
            Arc::clone(&mail),
            Arc::clone(&calls),
            Arc::clone(&consent),
            Arc::clone(&verification),
            Arc::clone(&erasures),
            Arc::clone(&key_rotation),
            Arc::clone(&sign_ins),
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
