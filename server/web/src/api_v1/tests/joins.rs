//! What joins a customer number later may be somebody else's: whoever was there first is not shown it, nor the other way
//! round, until the operator says that it is the same person's.

use super::*;
use crate::person::tests::{erase, known, press, shown};

const CUSTOMERS: &str = "/keuze/api/v1/customers";
const DECISIONS: &str = "/keuze/api/v1/decisions";
/// What shows somebody's data by an address that they proved.
const PAGES: [&str; 4] = ["/keuze/inzage", "/keuze/inzage/gegevens", "/keuze/voorkeuren", "/keuze/inzage/wissen"];

/// What is told of the second, and the evidence that comes with it, as it can stand on a page.
const SECRETS: [&str; 8] =
    ["b@example.nl", "87654321", "8765 4321", "1012 AB", "1012AB", "Piet", "GEHEIM", "Bellen geheim"];

/// A row of the customer, of a kind for each letter: mailbox, number, letter box, name.
fn row(kinds: &str) -> Value {
    let mut row = json!({ "customer": "K-7" });
    for kind in kinds.chars() {
        let (column, value) = match kind {
            'a' => ("email", "a@example.nl"),
            'b' => ("email", "b@example.nl"),
            'p' => ("phone", "06 87654321"),
            'l' => ("postcode", "1012AB"),
            'w' => ("name", "Wilma Worst"),
            _ => ("name", "Piet Geheim"),
        };
        row[column] = json!(value);
        if kind == 'l' {
            row["house_number"] = json!("77");
        }
    }
    row
}

/// With evidence that names a contract and products.
fn with_evidence(mut row: Value) -> Value {
    let evidence = json!({
        "channels": "newsletter email post", "contract": "GEHEIM-1", "same_entity": true, "informed_on": "2026-01-05",
        "opt_out_offered_on": "2026-01-05", "opt_out_used": false, "products": "Bellen geheim",
    });
    row.as_object_mut().expect("a row").extend(evidence.as_object().expect("members").clone());
    row
}

async fn proved(office: &Office, address: &str) -> Browser {
    office.app.clock.advance(1);
    known(&office.app, address).await
}

/// Which of these stand on a page that whoever proved the address can see.
async fn found(office: &Office, address: &str, secrets: &[&str]) -> Vec<String> {
    let mut browser = proved(office, address).await;
    let mut stand = Vec::new();
    for path in PAGES {
        let page = browser.get(path).await.body;
        stand.extend(secrets.iter().filter(|secret| page.contains(**secret)).map(|secret| format!("{path}: {secret}")));
    }
    stand
}

fn warnings(told: &Value) -> Vec<String> {
    let kind = |of: &Value| of["type"].as_str().and_then(|kind| kind.rsplit('/').next()).expect("a type").to_owned();
    told["warnings"].as_array().expect("a list").iter().map(kind).collect()
}

/// In whatever order and company it comes, with and without evidence, whatever name the first had.
#[tokio::test]
async fn whoever_was_there_first_is_not_shown_what_joined_later() {
    for first in ["a", "aw"] {
        for rows in ["b", "p", "l", "bpl", "bplg", "bw", "b bg", "g p", "p bp lg", "b bp lp", "wb gl", "bg a"] {
            for has_evidence in [false, true] {
                let office = Office::new().await;
                office.told(CUSTOMERS, &row(first)).await;
                for kinds in rows.split(' ') {
                    let row = if has_evidence { with_evidence(row(kinds)) } else { row(kinds) };
                    office.told(CUSTOMERS, &row).await;
                }
                let what = format!("{rows:?} after {first:?}, with evidence: {has_evidence}");
                // What it is told of a@ with, in the last of them, is of a@.
                let own = rows.ends_with('a') && has_evidence;
                let secrets: Vec<&str> =
                    SECRETS.into_iter().filter(|secret| !own || !secret.to_lowercase().contains("geheim")).collect();
                assert_eq!(found(&office, "a@example.nl", &secrets).await, [] as [String; 0], "{what}");
                let page = proved(&office, "a@example.nl").await.get("/keuze/inzage").await.words();
                assert!(page.contains("a@example.nl") && page.contains("K-7"), "{what}: {page}");
                assert_eq!(page.contains("Wilma"), first == "aw", "{what}");
                let theirs = ["a@example.nl", "Wilma"];
                if rows.contains('b') {
                    assert_eq!(found(&office, "b@example.nl", &theirs).await, [] as [String; 0], "{what}");
                }
            }
        }
    }
}

/// The control: what came with a mailbox is shown to whoever proves it, and all of it once somebody says that it is one
/// person.
#[tokio::test]
async fn what_came_with_a_mailbox_or_is_said_to_be_the_same_persons_is_shown_there() {
    for rows in ["ap", "al", "apl", "b ap", "p ap"] {
        let office = Office::new().await;
        office.told(CUSTOMERS, &row("a")).await;
        for kinds in rows.split(' ') {
            office.told(CUSTOMERS, &row(kinds)).await;
        }
        let page = proved(&office, "a@example.nl").await.get("/keuze/inzage").await.words();
        assert_eq!(page.contains("8765 4321") || page.contains("87654321"), rows.contains('p'), "{rows}: {page}");
        assert_eq!(page.contains("1012"), rows.contains('l'), "{rows}: {page}");
        assert!(!page.contains("b@example.nl"), "{rows}: {page}");
        assert_eq!(page.contains("kwam later nog iets binnen"), rows.contains('b'), "{rows}: {page}");
    }
    for first in ["a", "aw"] {
        for same in ["bplg", "bpl", ""] {
            let office = Office::new().await;
            office.told(CUSTOMERS, &row(first)).await;
            office.told(CUSTOMERS, &with_evidence(row(if first == "a" { "bplg" } else { "bpl" }))).await;
            assert_eq!(found(&office, "a@example.nl", &SECRETS).await, [] as [String; 0], "{first} {same}");
            let mut said = row(same);
            said["same_person"] = json!(true);
            office.told(CUSTOMERS, &said).await;
            for address in ["a@example.nl", "b@example.nl"] {
                let page = proved(&office, address).await.get("/keuze/inzage").await.words();
                for held in ["a@example.nl", "b@example.nl", "87654321", "1012 AB"] {
                    assert!(
                        page.replace("8765 4321", "87654321").contains(held),
                        "{first} {same} {address}: {held}: {page}"
                    );
                }
                assert!(!page.contains("kwam later nog iets binnen"), "{first} {same} {address}: {page}");
            }
        }
    }
}

/// Where no name says that it is the same person, the operator is told; where two names say that it is not, as well.
#[tokio::test]
async fn the_operator_is_told_what_is_kept_apart() {
    for (first, second, expected) in [
        ("a", "b", Some("joined-later")),
        ("a", "p", Some("joined-later")),
        ("a", "l", Some("joined-later")),
        ("a", "bplg", Some("joined-later")),
        ("aw", "b", Some("joined-later")),
        ("aw", "bpl", Some("joined-later")),
        ("aw", "bplg", Some("customer-number-reused")),
        ("aw", "bw", None),
        ("a", "ap", None),
        ("a", "ag", None),
        ("a", "a", None),
    ] {
        let office = Office::new().await;
        office.told(CUSTOMERS, &row(first)).await;
        let told = office.told(CUSTOMERS, &row(second)).await;
        let apart = warnings(&told)
            .into_iter()
            .find(|kind| ["joined-later", "customer-number-reused"].contains(&kind.as_str()));
        assert_eq!(apart.as_deref(), expected, "{second} after {first}: {told}");
        let mut said = row(second);
        said["same_person"] = json!(true);
        assert_eq!(warnings(&office.told(CUSTOMERS, &said).await).len(), 0, "{second} after {first}");
    }
}

/// A yes is for what is shown: at what joined later nothing is switched on by whoever was there first.
#[tokio::test]
async fn whoever_was_there_first_says_yes_for_nothing_that_joined_later() {
    let office = Office::new().await;
    office.told(CUSTOMERS, &row("aw")).await;
    office.told(CUSTOMERS, &row("bpl")).await;
    let mut wilma = proved(&office, "a@example.nl").await;
    for channel in ["phone", "post"] {
        let form = [("act", "start"), ("channel", channel), ("shown", "0001/900")];
        assert!(!press(&mut wilma, &form).await.status.is_redirection(), "{channel}");
    }
    let page = wilma.get("/keuze/voorkeuren").await;
    let page_shown = shown(&page, "newsletter");
    let form = [("act", "start"), ("channel", "newsletter"), ("shown", page_shown.as_str())];
    let started = press(&mut wilma, &form).await;
    assert!(started.status.is_redirection(), "{}", started.body);
    let asks = |who: Value| json!({ "who": who, "channel": "newsletter" });
    let decided = office.told(DECISIONS, &asks(json!({ "email": "a@example.nl" }))).await;
    assert_eq!(decided["reason"], json!("opted_in"));
    let decided = office.told(DECISIONS, &asks(json!({ "email": "b@example.nl" }))).await;
    assert_eq!(decided["allow"], json!(false));
    // A no is for both.
    assert!(press(&mut wilma, &[("act", "stop_all")]).await.status.is_redirection());
    let decided = office.told(DECISIONS, &json!({ "who": { "phone": "06 87654321" }, "channel": "phone" })).await;
    assert_eq!(decided["allow"], json!(false));
}

/// Whoever erases what an address opens does not erase what may be somebody else's.
#[tokio::test]
async fn whoever_was_there_first_erases_nothing_that_joined_later() {
    for declines in [false, true] {
        let office = Office::new().await;
        office.told(CUSTOMERS, &row("aw")).await;
        office.told(CUSTOMERS, &with_evidence(row("bpl"))).await;
        let mut wilma = proved(&office, "a@example.nl").await;
        let sure = wilma.get("/keuze/inzage/wissen").await.words();
        assert!(sure.contains("Daarom wissen wij dat hier niet."), "{sure}");
        let form: &[(&str, &str)] =
            if declines { &[("confirm", "yes"), ("decline", "yes")] } else { &[("confirm", "yes")] };
        assert_eq!(erase(&mut wilma, form).await.status, StatusCode::OK);
        assert_eq!(office.app.services.people.people_at(&email("a@example.nl")).len(), 0);
        for point in [email("b@example.nl"), phone("06 87654321")] {
            let there = office.app.services.people.people_at(&point);
            assert_eq!(there.len(), 1, "it stays");
            assert!(there[0].is_later(&point), "and opens nothing");
        }
        let decided = office.told(DECISIONS, &json!({ "who": { "customer": "K-7" }, "channel": "newsletter" })).await;
        assert_eq!(decided["allow"], json!(false), "what was agreed to is gone, or was never there");
        assert_eq!(found(&office, "b@example.nl", &["Wilma", "a@example.nl"]).await, [] as [String; 0]);
    }
}
