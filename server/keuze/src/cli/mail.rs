//! `keuze mail check FILE`: whether a mail can be stopped as it must. `keuze mail classes`: which templates are advertising.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use model::identity::RecordAddress;
use model::language::Language;
use model::message::Classified;

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::serve::Configured;
use super::task::{self, Printed, Say};
use super::{complain, say};
use keuze_core::service::Services;
use keuze_core::service::mail_check::{Finding, check};
use ledger::ReadError;
use ledger::files::Layout;
use ledger::formats::fact::Classification;

/// What to do with a mail.
#[derive(Subcommand)]
pub enum MailTask {
    /// Reads a raw message and says what it lacks: headers, signature, links, sender.
    Check(MailToCheck),
    /// Lists how the templates of messages were classed, by whom and on which record.
    Classes(Classes),
}

/// Where to look.
#[derive(Args)]
pub struct Classes {
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Which mail.
#[derive(Args)]
pub struct MailToCheck {
    /// The message as it left (`.eml`); `-` reads it from standard input.
    file: PathBuf,
    /// The site configuration; without it, the one that is kept in the data directory, else the built-in example.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data directory.
    #[arg(long, default_value = "./data")]
    data: PathBuf,
}

/// Prints how templates were classed.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn classes(Classes { ledger }: Classes) -> Result<(), Refusal> {
    task::run(&ledger, task::ControlCommand::Classes, Box::new(std::io::empty()), &mut Printed).await
}

/// Says how templates were classed.
///
/// # Errors
/// They cannot be read, or nobody listens any more.
pub fn list_classes(services: &Services, say: &mut dyn Say) -> Result<(), Refusal> {
    classified(services).map_err(Refusal::told)?.iter().try_for_each(|line| say.say(line))?;
    Ok(())
}

fn classified(services: &Services) -> Result<Vec<String>, ReadError> {
    let line = |(told, record): (Classification, RecordAddress)| {
        let Classified { template, class, decided_by } = told.classified;
        let decided_by = decided_by.unwrap_or_default();
        let by = words::act::actor(&told.by, Language::En);
        format!("{:10} {template:30} {:10} {decided_by:30} {by}", record.to_string(), class.word())
    };
    Ok(services.messages.classifications()?.into_iter().map(line).collect())
}

/// Prints each piece, and fails if one is missing.
pub fn run(check: &MailToCheck) -> ExitCode {
    match checked(check) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(what) => {
            complain(format_args!("keuze: {what}"));
            ExitCode::FAILURE
        }
    }
}

fn checked(MailToCheck { file, config, data }: &MailToCheck) -> Result<bool, Refusal> {
    let kept = Layout(data.clone()).configuration();
    let named = config.as_deref().or_else(|| kept.exists().then_some(kept.as_path()));
    let config = Configured::load_configuration(named)?.config;
    let raw = read_mail(file).map_err(|error| Refusal::File { path: file.clone(), error })?;
    let found = check(&raw, &config).ok_or_else(|| Refusal::Told(format!("{} is no mail", file.display())))?;
    for finding in &found {
        match &finding.mend {
            None => say(format_args!("ok       {}", finding.what)),
            Some(mend) => say(format_args!("missing  {}\n         {mend}", finding.what)),
        }
    }
    Ok(found.iter().all(Finding::holds))
}

fn read_mail(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut raw = Vec::new();
    std::io::stdin().lock().read_to_end(&mut raw)?;
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use model::channel::Channel;
    use model::event::{Actor, Route};
    use model::evidence::IdentityLevel;
    use model::message::MessageClass;

    use super::*;
    use keuze_core::service::fixture::TestApp;
    use keuze_core::service::people::{Addressee, Provenance};

    /// S-19: who said of a template that it is no advertising can be read back, and is known after a restart.
    #[tokio::test]
    async fn s_19_the_list_says_who_classed_what() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        for start in 1..=2 {
            let app = TestApp::at(Some(&data), start).await;
            let act = Provenance {
                actor: Actor::Client { name: "crm".into() },
                ..Provenance::by_person(Route::Api, IdentityLevel::Unverified)
            };
            let classified = Classified::parse_class(MessageClass::Service, "storing-1", Some("Dirk")).expect("read");
            let sent =
                app.services.messages.may_send(&Addressee::default(), Channel::Email, Some(classified), &act).await;
            let record = sent.expect("decided").evidence[0].to_string();
            let line = [record.as_str(), "storing-1", "service", "Dirk", "API", "crm"].join(" ");
            assert_eq!(classes_of(&app), [line], "start {start}");
            app.services.ledger.close().await;
        }
    }

    fn classes_of(app: &TestApp) -> Vec<String> {
        let words = |line: &String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        classified(&app.services).expect("readable").iter().map(words).collect()
    }
}
