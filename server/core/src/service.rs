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
pub mod keep_away;
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
use self::keep_away::KeepAway;
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
    pub random: Arc<dyn SecureRandom>,
    /// The demo's folder for mails that stay.
    pub outbox: Option<PathBuf>,
    /// Whether this is the demo: host page, invented people, a log origin of its own.
    pub demo: bool,
    /// The shortest pause of a sign-in that is slowed.
    pub sign_in_pause: Duration,
}

/// Hands out a service, or what they were made of.
pub trait Provides<T> {
    fn provide(&self) -> Arc<T>;
}

impl Provides<Config> for Services {
    fn provide(&self) -> Arc<Config> {
        self.config.clone()
    }
}

impl Provides<Published> for Services {
    fn provide(&self) -> Arc<Published> {
        self.published.clone()
    }
}

/// What is loaded reads facts beside the ledger, and may fail.
macro_rules! made {
    ($Service:ident load($($of:ident),*)) => { Arc::new($Service::load($($of.clone()),*)?) };
    ($Service:ident new($($of:ident),*)) => { Arc::new($Service::new($($of.clone()),*)) };
}

/// Makes [`Services`] of one line a service: what it is called, and the constructor with all that it may touch. That stands in
/// `given` and `settings`, or among the services above it.
macro_rules! services {
    (
        given { $($(#[$given_doc:meta])* $given:ident: $Given:ty,)* }
        settings($parts:ident) { $($settings:tt)* }
        $($(#[$doc:meta])* $name:ident: $Service:ident::$make:ident($($of:ident),* $(,)?);)*
    ) => {
        /// Every service, and what they were made of; cheap to clone. A handler names the ones that it needs.
        #[derive(Clone)]
        pub struct Services {
            $($(#[$doc])* pub $name: Arc<$Service>,)*
            $($(#[$given_doc])* pub $given: $Given,)*
        }

        impl Services {
            /// Makes them, the lowest first.
            ///
            /// # Errors
            /// When a fact beside the ledger cannot be read.
            pub fn new(parts: ServiceParts) -> Result<Self, ReadError> {
                let $parts = &parts;
                $($settings)*
                $(let $given = parts.$given.clone();)*
                $(let $name = made!($Service $make($($of),*));)*
                Ok(Self { $($name,)* $($given,)* })
            }
        }

        $(
            impl Provides<$Service> for Services {
                fn provide(&self) -> Arc<$Service> {
                    self.$name.clone()
                }
            }
        )*
    };
}

services! {
    given {
        /// The one writer, and every read.
        ledger: Ledger,
        /// The configuration the server was started with.
        config: Arc<Config>,
        /// The policies that were ever published, with the one in force.
        published: Arc<Published>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn SecureRandom>,
        /// The demo's folder for mails that stay.
        outbox: Option<PathBuf>,
        /// Whether this is the demo.
        demo: bool,
    }
    settings(parts) {
        let config = &parts.config;
        let sign_in_pause = parts.sign_in_pause;
        let sends_mail = config.mail.is_some() || parts.outbox.is_some();
        let limits = Arc::new(AttemptLimits::open(parts.ledger.layout().map(|at| at.attempts()), parts.clock.now().at));
        let exported = ExportedRecords {
            kept_elsewhere: config.kept_elsewhere.clone(),
            recipients: config.recipients.clone(),
            authorities: config.authorities.clone(),
        };
        let public_host = config.site.hosts.iter().find(|host| !host.is_local()).filter(|_| !parts.demo);
        let public_origin = public_host.map(|host| format!("https://{}", host.name()));
        let (authorities, recipients) = (config.authorities.clone(), config.recipients.clone());
        let (controller, sms, platforms) = (config.controller.clone(), config.sms.clone(), config.social.clone());
        let unconfirmed_days = config.newsletter.unconfirmed_days;
        let memory = config.memory;
    }
    /// Receipt numbers and links, and what they lead to.
    receipts: Receipts::new(ledger);
    /// Who is known, and the order in which acts on them are taken.
    people: People::load(ledger, clock, random, memory);
    /// The tokens in links of mails.
    links: Links::new(ledger, people);
    /// The codes on letters.
    letters: LetterCodes::new(ledger, clock, random, people);
    /// What may be sent to whom, and what changes it: saying no, and saying yes.
    contactability: Contactability::new(ledger, clock, random, published, people);
    /// Two people who turned out to be one, and what is theirs for certain.
    merging: Merging::new(ledger, clock, random, people, contactability);
    /// Makes what waits under the key of its day, and holds a day while something of it is added.
    days: Days::new(ledger, clock, random);
    /// The mails that wait to be sent.
    mail: MailQueue::load(ledger, clock, days, sms, sends_mail);
    /// What is known of codes and sessions beside the browsers that have them.
    verification: Verification::new(ledger, clock, random, published, people, mail, limits);
    /// Who signs up, and who confirms it.
    newsletter: Newsletter::new(clock, published, links, people, contactability, mail, days, verification, unconfirmed_days);
    /// Ends the keys of people.
    erasures: Erasures::new(ledger, clock, random, people, contactability, newsletter, mail);
    /// What is stored, as people read it.
    records: Records::new(ledger, published, people, contactability);
    /// Who asks, under which policy, and who else gets data.
    site: SiteInfo::new(published, authorities, recipients, public_origin);
    /// What people answer, and that they were asked.
    consent: Consent::new(ledger, clock, random, published, receipts);
    /// What a browser has answered, as its preference page shows it.
    preferences: Preferences::new(clock, published, records, receipts);
    /// What programs said of their messages.
    messages: Messages::new(ledger, clock, random, people, contactability);
    /// Whether somebody may be sent something, and how they stop it.
    mailings: Mailings::new(people, contactability, links, controller);
    /// Saying no by what a person has in hand.
    objections: Objections::new(contactability, letters, receipts);
    /// What holds for whoever proved an address or number, and what they change of it.
    preference_centre: PreferenceCentre::new(
        clock, published, people, contactability, verification, newsletter, receipts, mail, platforms,
    );
    /// What is held of somebody, for themselves.
    data_access: DataAccess::new(
        clock, published, people, contactability, receipts, verification, preference_centre, exported,
    );
    /// What the desk looks up, each look on record.
    look_ups: LookUps::new(ledger, clock, published, people, contactability, merging, records, receipts);
    /// The calls that are open at the desk.
    calls: Calls::load(ledger, clock, days, contactability, look_ups);
    /// Takes over people and earlier choices.
    contact_import: ContactImport::new(clock, random, people, contactability, merging);
    /// Who may use the desk.
    staff: Staff::new(ledger, clock, random);
    /// What is counted, in memory.
    sign_ins: SignIns::new(ledger, clock, random, staff, sign_in_pause);
    /// The browsers from which somebody signed in before.
    known_browsers: KnownBrowsers::new(ledger, clock, random, staff);
    /// Programs that ask and tell.
    clients: ApiClients::load(ledger, clock, random);
    /// Makes new keys, and says so in the ledger.
    key_rotation: KeyRotation::new(ledger, clock, links, letters);
    /// Keeps away what must outlive a restore.
    keep_away: KeepAway::new(ledger, clock, config, people, mail);
    /// What ends or is recorded by itself.
    maintenance: Maintenance::new(
        ledger, clock, days, mail, calls, consent, verification, erasures, key_rotation, sign_ins,
    );
}
