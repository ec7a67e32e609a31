//! `keuze erase`: erases a person, by customer number or address given on stdin, so that neither stands in a shell's history.

use std::io::{BufRead, BufReader, Write};

use app::model::event::{Actor, Route};
use app::model::evidence::IdentityLevel;
use app::model::language::Language;
use clap::Args;

use super::{Serving, serve};
use crate::service::Keuze;
use crate::service::people::Act;

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
    serving: Serving,
}

/// Runs it; the server must be stopped, since it holds the ledger.
///
/// # Errors
/// A sentence that says what is in the way; nothing was erased then.
pub async fn run(erase: &Erase) -> Result<(), String> {
    let config = serve::configuration(erase.serving.config.as_deref())?;
    let scribe = serve::open_for_command(&erase.serving, &config)?;
    let keuze = serve::assemble(scribe.clone(), config, false, None)?;
    let ended = ask(&keuze, erase, &mut BufReader::new(std::io::stdin()), &mut std::io::stdout()).await;
    scribe.close().await;
    ended
}

async fn ask(
    keuze: &Keuze,
    erase: &Erase,
    input: &mut (impl BufRead + Send),
    output: &mut (impl Write + Send),
) -> Result<(), String> {
    let say = |output: &mut dyn Write, text: &str| writeln!(output, "{text}").map_err(|error| error.to_string());
    let reason = erase.reason.trim();
    if reason.is_empty() {
        return Err("an erasure needs a reason: --reason \"…\". Nothing was erased".into());
    }
    say(output, "Whom? A customer number, an e-mail address or a phone number:")?;
    let found = keuze.contact(&line(input)?).map(|contact| keuze.people_by(&contact)).unwrap_or_default();
    let known = match found.as_slice() {
        [person] => person,
        [] => return Err("nobody is known by that. Nothing was erased".into()),
        _ => return Err("several people have that; give the customer number of one. Nothing was erased".into()),
    };
    let person = known.subject;
    let records = keuze.life(person).map_err(|error| error.to_string())?.len();
    say(output, &format!("One person: {} contact points, {records} records.", known.points().len()))?;
    say(output, "This cannot be undone. Write erase to go on:")?;
    if line(input)? != "erase" {
        return Err("not confirmed. Nothing was erased".into());
    }
    let act = Act {
        route: Route::System,
        actor: Actor::System,
        level: IdentityLevel::Further,
        call: None,
        reason: Some(reason.to_owned()),
    };
    let erased = keuze.erase(person, !erase.decline_blocking_list, &act).await.map_err(|error| error.to_string())?;
    say(output, &format!("Erased. Receipt {}.", keuze.receipts().number(erased.record)))?;
    let list = if erased.keeps_no { "are" } else { "are not" };
    say(output, &format!("Their contact points {list} on the list of who wants no advertising."))?;
    say(output, &format!("Backups can be opened until {}.", erased.backups_until))?;
    for kept in &keuze.config.kept_elsewhere {
        let [what, ground, until] = [&kept.what, &kept.ground, &kept.until].map(|text| text.get(Language::En));
        say(output, &format!("Kept elsewhere: {what}, {until} ({ground})."))?;
    }
    Ok(())
}

fn line(input: &mut impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| format!("stdin cannot be read: {error}"))?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use app::model::event::EventKind;
    use clap::Parser;

    use super::*;
    use crate::service::fixture::House;
    use crate::service::people::tests::{customer, email, phone};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        erase: Erase,
    }

    async fn told(house: &House, options: &[&str], input: &str) -> (Result<(), String>, String) {
        let line = Line::parse_from(["keuze"].iter().chain(options));
        let mut output = Vec::new();
        let ended = ask(&house.keuze, &line.erase, &mut input.as_bytes(), &mut output).await;
        (ended, String::from_utf8(output).expect("text"))
    }

    #[tokio::test]
    async fn a_person_is_erased_with_a_reason_and_a_confirmation() {
        let house = House::new().await;
        let shared = email("thuis@example.nl");
        let person = customer(&house, "K-1001", &[shared.clone(), phone("06 12345678")]).await;
        customer(&house, "K-1002", std::slice::from_ref(&shared)).await;
        for (options, input, why) in [
            (["--reason", " "], "K-1001\nerase\n", "needs a reason"),
            (["--reason", "brief"], "K-1001\n", "not confirmed"),
            (["--reason", "brief"], "K-1003\nerase\n", "nobody is known"),
            (["--reason", "brief"], "thuis@example.nl\nerase\n", "several people"),
        ] {
            let (ended, _) = told(&house, &options, input).await;
            assert!(ended.expect_err("refused").contains(why), "{why}");
        }
        assert!(house.keuze.known_person(person).is_some());
        let (ended, text) = told(&house, &["--reason", "brief"], "06-12345678\nerase\n").await;
        ended.expect("erased");
        assert!(house.keuze.known_person(person).is_none());
        assert!(
            text.contains("Backups can be opened until 2026-12-29") && text.contains("Invoices and orders"),
            "{text}"
        );
        assert!(!text.contains("thuis@") && !text.contains("12345678"), "{text}");
        let record = text.split("Receipt ").nth(1).and_then(|rest| rest.get(..17)).expect("a number");
        let address = house.keuze.receipts().check(record.parse().expect("a number")).expect("ours");
        let event = house.keuze.scribe.record(address).expect("readable").expect("kept").event;
        assert_eq!((event.kind, event.reason.as_deref()), (EventKind::Erased, Some("brief")));
    }
}
