//! `keuze erase`: erases a person, by customer number or address given on stdin, so that neither stands in a shell's history.

use std::io::{BufRead, BufReader};

use clap::Args;
use model::event::{Actor, Route};
use model::evidence::IdentityLevel;
use model::language::Language;
use serde::{Deserialize, Serialize};

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::task::{self, Printed, Talk};
use keuze_core::service::Services;
use keuze_core::service::people::Provenance;

/// Whom to erase is read from stdin: a line with a customer number, an e-mail address or a phone number, and then a line
/// with the word `erase`.
#[derive(Args)]
pub struct Erase {
    /// Why; it is recorded with the erasure, so write no personal data into it.
    #[arg(long)]
    reason: String,
    /// The person does not want to be on the list of who wants no advertising: a later import may reach them again.
    #[arg(long)]
    decline_blocking_list: bool,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// What is asked of whoever holds the ledger.
#[derive(Debug, Serialize, Deserialize)]
pub struct EraseCommand {
    /// Why.
    pub reason: String,
    /// Whether the person declines the list of who wants no advertising.
    pub decline_blocking_list: bool,
}

/// Why nobody was erased.
#[derive(Debug, thiserror::Error)]
enum NotErased {
    #[error("an erasure needs a reason: --reason \"…\". Nothing was erased")]
    NoReason,
    #[error("nobody is known by that. Nothing was erased")]
    Unknown,
    #[error("several people have that; give a customer number or address that one alone has. Nothing was erased")]
    Several,
    #[error("not confirmed. Nothing was erased")]
    NotConfirmed,
}

/// Runs it.
///
/// # Errors
/// A sentence that says what is in the way; nothing was erased then.
pub async fn run(Erase { reason, decline_blocking_list, ledger }: Erase) -> Result<(), Refusal> {
    let asked = task::ControlCommand::Erase(EraseCommand { reason, decline_blocking_list });
    task::run(&ledger, asked, Box::new(BufReader::new(std::io::stdin())), &mut Printed).await
}

/// Asks whom, asks again, and erases.
///
/// # Errors
/// A sentence that says what is in the way; nothing was erased then.
pub async fn erase(services: &Services, asked: &EraseCommand, talk: Talk<'_>) -> Result<(), Refusal> {
    let Talk { mut input, say } = talk;
    let reason = asked.reason.trim();
    if reason.is_empty() {
        return Err(Refusal::told(NotErased::NoReason));
    }
    say.say("Whom? A customer number, an e-mail address or a phone number:")?;
    let found = services
        .look_ups
        .contact(&line(&mut input)?)
        .map(|contact| services.look_ups.people_by(&contact))
        .unwrap_or_default();
    let known = match found.as_slice() {
        [person] => person,
        [] => return Err(Refusal::told(NotErased::Unknown)),
        _ => return Err(Refusal::told(NotErased::Several)),
    };
    let (person, history) = (known.subject, &services.people.history());
    let records = services.people.records_of(history, person).map_err(Refusal::told)?.len();
    say.say(&format!("One person: {} contact points, {records} records.", known.points().len()))?;
    say.say("This cannot be undone. Write erase to go on:")?;
    if line(&mut input)? != "erase" {
        return Err(Refusal::told(NotErased::NotConfirmed));
    }
    let act = Provenance {
        route: Route::System,
        actor: Actor::System,
        level: IdentityLevel::Further,
        call: None,
        reason: Some(reason.to_owned()),
        request: None,
    };
    let erased =
        services.erasures.erase(history, person, !asked.decline_blocking_list, &act).await.map_err(Refusal::told)?;
    say.say(&format!("Erased. Receipt {}.", services.receipts.number(erased.record)))?;
    let list = if erased.keeps_no { "are" } else { "are not" };
    say.say(&format!("Their contact points {list} on the list of who wants no advertising."))?;
    say.say(&format!("Backups can be opened until {}.", erased.backups_until))?;
    for kept in &services.config.kept_elsewhere {
        let [what, ground, until] = [&kept.what, &kept.ground, &kept.until].map(|text| text.get(Language::En));
        say.say(&format!("Kept elsewhere: {what}, {until} ({ground})."))?;
    }
    Ok(())
}

/// What stands on the next line of the input; nothing at its end.
fn line(input: &mut impl BufRead) -> Result<String, Refusal> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| Refusal::File { path: "stdin".into(), error })?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use model::channel::Channel;
    use model::decision::Reason;
    use model::event::EventKind;

    use super::*;
    use crate::cli::task::tests::Report;
    use keuze_core::service::fixture::TestApp;
    use keuze_core::service::fixture::people::{customer, email, may_contact, phone};
    use keuze_core::service::people::Addressee;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        erase: Erase,
    }

    async fn told(app: &TestApp, options: &[&str], input: &str) -> (Result<(), Refusal>, String) {
        let Erase { reason, decline_blocking_list, .. } = Line::parse_from(["keuze"].iter().chain(options)).erase;
        let mut said = Report::default();
        let talk = Talk { input: Box::new(input.as_bytes()), say: &mut said };
        let ended = erase(&app.services, &EraseCommand { reason, decline_blocking_list }, talk).await;
        (ended, said.0)
    }

    #[tokio::test]
    async fn a_person_is_erased_with_a_reason_and_a_confirmation() {
        let app = TestApp::new().await;
        let shared = email("thuis@example.nl");
        let person = customer(&app, "K-1001", &[shared.clone(), phone("06 12345678")]).await;
        customer(&app, "K-1002", std::slice::from_ref(&shared)).await;
        for (options, input, why) in [
            (["--reason", " "], "K-1001\nerase\n", "needs a reason"),
            (["--reason", "brief"], "K-1001\n", "not confirmed"),
            (["--reason", "brief"], "K-1001\nja\n", "not confirmed"),
            (["--reason", "brief"], "K-1001\nerase K-1001\n", "not confirmed"),
            (["--reason", "brief"], "K-1003\nerase\n", "nobody is known"),
            (["--reason", "brief"], "thuis@example.nl\nerase\n", "several people"),
        ] {
            let (ended, _) = told(&app, &options, input).await;
            assert!(ended.expect_err("refused").to_string().contains(why), "{why}");
        }
        assert!(app.services.people.known_person(person).is_some());
        let (ended, text) = told(&app, &["--reason", "brief"], "06-12345678\nerase\n").await;
        ended.expect("erased");
        assert!(app.services.people.known_person(person).is_none());
        assert!(
            text.contains("Backups can be opened until 2026-12-29")
                && text.contains("Kept elsewhere: Subscriptions, until two years after you ended"),
            "{text}"
        );
        assert!(!text.contains("thuis@") && !text.contains("12345678"), "{text}");
        let record = text.split("Receipt ").nth(1).and_then(|rest| rest.get(..17)).expect("a number");
        let address = app.services.receipts.check(record.parse().expect("a number")).expect("ours");
        let event = app.services.ledger.record(address).expect("readable").expect("kept").event;
        assert_eq!((event.kind(), event.reason()), (EventKind::Erased, Some("brief")));
    }

    /// A person's no outlives their erasure, unless they do not want that.
    #[tokio::test]
    async fn the_points_of_whoever_is_erased_are_forbidden_unless_they_decline_that() {
        let options: [(&[&str], &str); 2] = [
            (&["--reason", "brief"], "are on the list"),
            (&["--reason", "brief", "--decline-blocking-list"], "are not on"),
        ];
        for (options, says) in options {
            let app = TestApp::new().await;
            let point = email("anna@example.nl");
            customer(&app, "K-1001", std::slice::from_ref(&point)).await;
            let (ended, text) = told(&app, options, "K-1001\nerase\n").await;
            ended.expect("erased");
            assert!(text.contains(says), "{text}");
            customer(&app, "K-1001", std::slice::from_ref(&point)).await;
            let later = may_contact(&app, &Addressee::point(point), Channel::Email);
            let is_forbidden = later.reason == Reason::PointObjected;
            assert_eq!((later.allow, is_forbidden), (options.len() == 3, options.len() == 2), "{options:?}");
        }
    }
}
