//! The configuration in force, as it is kept with the ledger, and what of it can only be seen on this machine.

use std::fs;
use std::path::PathBuf;

use keuze_core::config::mail::PasswordPlace;
use keuze_core::config::{Config, ConfigFault, parse};
use time::Date;

use super::examination::{Examination, Installation, Server};
use super::permissions::{OTHERS, mode};
use super::report::{Check, Finding};

/// The configuration as it was found.
pub struct FoundConfiguration {
    path: PathBuf,
    read: Read,
}

enum Read {
    Config(Box<Config>),
    Faults(Vec<ConfigFault>),
    Unreadable(std::io::Error),
}

impl FoundConfiguration {
    /// The one that was named, else the one that is kept.
    pub fn load(asked: &Examination<'_>) -> Self {
        let path = asked.configuration.map_or_else(|| asked.layout.configuration(), PathBuf::from);
        let read = match fs::read_to_string(&path) {
            Err(error) => Read::Unreadable(error),
            Ok(text) => match parse(&path.display().to_string(), &text) {
                Ok(config) => Read::Config(Box::new(config)),
                Err(faults) => Read::Faults(faults),
            },
        };
        Self { path, read }
    }
}

/// Whether it holds today.
pub fn finding(kept: &FoundConfiguration, today: Date) -> Finding {
    let (check, path) = (Check::Configuration, kept.path.display());
    let told = |faults: &[ConfigFault]| {
        let first = faults.first().map(|fault| format!("line {}: {}", fault.line, fault.what)).unwrap_or_default();
        format!("{path} has {} to mend, the first in {first}", faults.len())
    };
    let mend = format!("`keuze check {path}` names each with its mend; then publish and serve the mended one");
    match &kept.read {
        Read::Unreadable(error) => {
            let what = format!("the configuration {path} cannot be read: {error}");
            Finding::warning(check, what, "start the server with --config once, which keeps it with the ledger")
        }
        Read::Faults(faults) => Finding::fault(check, told(faults), mend).with("faults", faults.len()),
        Read::Config(config) => {
            let faults = config.faults_on(today);
            let finding = if faults.is_empty() {
                Finding::ok(check, format!("the configuration {path} has no faults"))
            } else {
                Finding::warning(check, told(&faults), mend)
            };
            finding.with("faults", faults.len())
        }
    }
}

/// Whether mail can leave the house.
pub fn mail(installation: &Installation<'_>, kept: &FoundConfiguration) -> Finding {
    let check = Check::Mail;
    let Read::Config(config) = &kept.read else {
        return Finding::unchecked(
            check,
            "without a configuration nobody can tell how mail is sent",
            "see configuration",
        );
    };
    let Some(mail) = &config.mail else {
        if installation.site.starts_with("demo.") {
            return Finding::ok(check, "the demo keeps its mails in its outbox");
        }
        let what =
            "there is no [mail]: no code and no confirmation can be sent, so nobody can show who they are or sign up";
        return Finding::warning(
            check,
            what,
            "add [mail] to the configuration (`keuze check --example` shows it), publish and serve it",
        );
    };
    let what = format!("mail goes to {} at port {}", mail.host, mail.port);
    let Some(sign_in) = &mail.sign_in else { return Finding::ok(check, format!("{what}, without signing in")) };
    match &sign_in.password {
        PasswordPlace::Variable(name) if std::env::var_os(name).is_none() => {
            if installation.server == Server::Stopped {
                let what = format!("{what}; its password is in {name}, which is not set here");
                Finding::unchecked(
                    check,
                    what,
                    format!("set {name} where the server is started; it does not start without"),
                )
            } else {
                Finding::ok(check, format!("{what}; the server found its password in {name} when it started"))
            }
        }
        PasswordPlace::File(path) if fs::metadata(path).is_ok_and(|there| mode(&there) & OTHERS != 0) => {
            let what =
                format!("others than its owner may use {}, with the password of the mail server", path.display());
            Finding::fault(
                check,
                what,
                format!("chmod 600 {}, and change the password if others could read it", path.display()),
            )
        }
        place => match place.load_password() {
            Ok(_) => Finding::ok(check, format!("{what}, with a password")),
            Err(error) => Finding::fault(
                check,
                error.to_string(),
                "put the password where the configuration says; see docs/operating.md, \"Mail\"",
            ),
        },
    }
}
