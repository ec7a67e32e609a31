//! Writes the table of cases for `embed.js` as JSON, with the scripts of each policy as they are served over https, and as over
//! http, where a cookie can have another of its name beside it; the browser tests run it through Chromium.

#[path = "../src/embed/cases.rs"]
#[expect(dead_code, reason = "the pages are tried with the rest of it")]
mod cases;

use keuze_core::config::{EXAMPLE, parse};
use keuze_core::publish::{PublishPlan, PublishedPolicy, plan};
use ledger::clock::moment;
use model::language::Language;
use model::policy::ChangeClass;
use serde_json::{Map, Value, json};
use ui::components::banner::first_layer;
use web::embed::{CookieNames, embed_js, later_js};

use cases::{Case, POLICIES, Record, cases};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let file = std::env::args().nth(1).ok_or("name the file to write to")?;
    let policies = POLICIES.iter().map(|(name, changes)| Ok((*name, published(changes)?)));
    let policies = policies.collect::<Result<Vec<_>, Failure>>()?;
    let files = policies.iter().map(|(name, policy)| {
        Ok(((*name).to_owned(), json!({ "https": files(policy, true)?, "http": files(policy, false)? })))
    });
    let files = files.collect::<Result<Map<String, Value>, Failure>>()?;
    let rows = cases().into_iter().filter(|case| case.record == Record::Nothing).map(|case| {
        let policy = policies.iter().find(|(name, _)| *name == case.policy);
        row(&case, &policy.expect("every case names a policy of the table").1)
    });
    let table = json!({ "files": files, "cases": rows.collect::<Vec<_>>() });
    Ok(std::fs::write(file, table.to_string())?)
}

fn published(changes: &[(&str, &str)]) -> Result<PublishedPolicy, Failure> {
    let text = changes.iter().fold(EXAMPLE.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
    let config = parse("keuze.toml", &text).map_err(|_| "the example so changed has faults")?;
    match plan(&config, None, ChangeClass::Purpose, first_layer) {
        Ok(PublishPlan::New(publication)) => Ok(publication.policy),
        _ => Err("the example so changed cannot be published".into()),
    }
}

/// The scripts of a policy by their addresses.
fn files(published: &PublishedPolicy, secure: bool) -> Result<Value, Failure> {
    let html = published.html.iter().find(|(language, _)| *language == Language::Nl).ok_or("a Dutch notice")?;
    let strings = published.strings_in(Language::Nl).ok_or("Dutch strings")?;
    let names = CookieNames { secure };
    let embed = embed_js(&published.policy, published.hash, strings, &html.1, names, false);
    let later = later_js(&published.policy, strings, &[]);
    Ok(
        json!({ "/keuze/embed.js": String::from_utf8(embed.plain)?, "/keuze/later.js": String::from_utf8(later.plain)? }),
    )
}

fn row(case: &Case, published: &PublishedPolicy) -> Value {
    let now = moment(case.now);
    let decisions = case.decisions(&published.policy, None, now).into_iter();
    let allowed = decisions.map(|(id, decision)| (id, decision.allow));
    let allowed: Map<String, Value> = allowed.map(|(id, allow)| (id.to_string(), allow.into())).collect();
    json!({
        "policy": case.policy,
        "cookies": case.cookies,
        "seen": case.seen,
        "gpc": case.gpc,
        "now": case.now,
        "clock": case.clock,
        "allowed": allowed,
        "ask": case.asks(&published.policy, now),
    })
}
