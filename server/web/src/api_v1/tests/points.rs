//! A yes holds where it was given, and a no everywhere: what another system tells of a customer later opens nothing.

use super::*;
use crate::person::tests::{known, press, shown};
use model::event::{Body, RecordedChoice};

const CUSTOMERS: &str = "/keuze/api/v1/customers";
const DECISIONS: &str = "/keuze/api/v1/decisions";

/// With all the evidence for messages.
fn with_evidence(mut row: Value) -> Value {
    let evidence = json!({
        "channels": "newsletter email post", "contract": "C-1", "same_entity": true, "informed_on": "2026-01-05",
        "opt_out_offered_on": "2026-01-05", "opt_out_used": false, "products": "Bellen thuis",
    });
    row.as_object_mut().expect("a row").extend(evidence.as_object().expect("members").clone());
    row
}

impl Office {
    async fn decided(&self, who: Value, channel: &str) -> (bool, String) {
        let told = self.told(DECISIONS, &json!({ "who": who, "channel": channel })).await;
        (told["allow"].as_bool().expect("told"), told["reason"].as_str().expect("told").to_owned())
    }

    /// The kinds of its warnings, with their channels.
    async fn warned(&self, row: &Value) -> Vec<(String, Value)> {
        let told = self.told(CUSTOMERS, row).await;
        let kind =
            |of: &Value| of["type"].as_str().and_then(|kind| kind.rsplit('/').next()).expect("a type").to_owned();
        let warnings = told["warnings"].as_array().expect("a list");
        warnings.iter().map(|warning| (kind(warning), warning["channels"].clone())).collect()
    }

    async fn subscribe(&self, address: &str) {
        self.subscribe_as(address, "").await;
    }

    async fn subscribe_as(&self, address: &str, name: &str) {
        let mut browser = Browser::new(&self.app);
        browser.post("/keuze/nieuwsbrief", &[("email", address), ("name", name)]).await;
        let mails = self.app.services.mail.waiting();
        let mail = mails.into_iter().rfind(|(_, mail)| mail.to.given() == address).expect("a mail").1;
        let link = mail.text.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
        let path = link.trim_start_matches("http://localhost").split('?').next().expect("a path").to_owned();
        let confirmed = browser.post(&path, &[]).await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.body);
        let done = browser.get(confirmed.location()).await.words();
        assert!(done.contains("Dit mag nu:\nNieuwsbrief"), "{done}");
    }
}

/// A browser that proved an address, with a code newer than any before.
async fn proved(office: &Office, address: &str) -> Browser {
    office.app.clock.advance(1);
    known(&office.app, address).await
}

/// No name says that what joins is the same person's.
fn apart() -> (String, Value) {
    ("joined-later".to_owned(), json!([]))
}

fn allow(reason: &str) -> (bool, String) {
    (true, reason.to_owned())
}

fn deny(reason: &str) -> (bool, String) {
    (false, reason.to_owned())
}

#[tokio::test]
async fn a_newsletter_that_was_confirmed_at_one_mailbox_is_for_that_mailbox() {
    let office = Office::new().await;
    office.told(CUSTOMERS, &json!({ "customer": "K-7", "name": "Wilma Worst", "email": "a@example.nl" })).await;
    office.subscribe("a@example.nl").await;
    let at = |address: &str| json!({ "customer": "K-7", "email": address });
    assert_eq!(office.decided(json!({ "customer": "K-7" }), "newsletter").await, allow("opted_in"), "the only one");

    let warned = office.warned(&at("b@example.nl")).await;
    assert_eq!(warned, [("soft-opt-in-evidence-missing".to_owned(), json!(["newsletter"])), apart()]);
    for who in [json!({ "email": "b@example.nl" }), at("b@example.nl"), json!({ "customer": "K-7" })] {
        assert_eq!(office.decided(who.clone(), "newsletter").await, deny("evidence_missing"), "{who}");
        let headers = json!({ "who": who, "channel": "newsletter" });
        let (status, slug, document) = problem(&office.post("/keuze/api/v1/mail-headers", &headers).await);
        assert_eq!((status, slug.as_str()), (422, "sending-denied"));
        assert_eq!(document["reason"], json!("evidence_missing"));
    }
    for who in [json!({ "email": "A@example.nl" }), at("a@example.nl")] {
        assert_eq!(office.decided(who, "newsletter").await, allow("opted_in"));
    }
    assert_eq!(office.warned(&at("b@example.nl")).await, [], "said once, when it joins");
    // Its own yes, and that of the first is still there.
    office.subscribe("b@example.nl").await;
    for who in [at("a@example.nl"), at("b@example.nl"), json!({ "customer": "K-7" })] {
        assert_eq!(office.decided(who, "newsletter").await, allow("opted_in"));
    }
}

#[tokio::test]
async fn a_stranger_at_a_mailbox_that_joined_later_sees_and_changes_nothing_of_the_person() {
    let office = Office::new().await;
    let first = json!({ "customer": "K-7", "name": "Wilma Worst", "email": "a@example.nl", "phone": "06 87654321" });
    office.told(CUSTOMERS, &with_evidence(first)).await;
    let secrets = ["Wilma", "a@example.nl", "87654321", "K-7", "C-1", "Bellen thuis"];
    for row in [
        json!({ "customer": "K-7", "email": "b@example.nl" }),
        json!({ "customer": "K-7", "email": "c@example.nl", "name": "Wilma Worst" }),
        json!({ "customer": "K-7", "email": "d@example.nl", "phone": "06 87654321", "name": "Kees" }),
    ] {
        office.told(CUSTOMERS, &row).await;
        let address = row["email"].as_str().expect("an address");
        let mut stranger = proved(&office, address).await;
        for path in ["/keuze/inzage", "/keuze/inzage/gegevens", "/keuze/voorkeuren"] {
            let page = stranger.get(path).await;
            let found: Vec<_> = secrets.iter().filter(|secret| page.body.contains(**secret)).collect();
            assert!(page.status.is_success() && found.is_empty(), "{address}, {path}: {found:?}");
        }
        let erase = stranger.get("/keuze/inzage/wissen").await;
        assert_eq!((erase.status, erase.location()), (StatusCode::SEE_OTHER, "/keuze/inzage"));
        for channel in ["phone", "post", "social"] {
            let form = [("act", "start"), ("channel", channel), ("shown", "0001/900")];
            assert!(!press(&mut stranger, &form).await.status.is_redirection(), "{address}: {channel}");
        }
    }
    // Wilma sees all of hers, and nothing of what may be another's.
    let mut wilma = proved(&office, "a@example.nl").await;
    let page = wilma.get("/keuze/inzage").await;
    for held in ["Wilma", "a@example.nl", "87654321", "K-7", "kwam later nog iets binnen"] {
        assert!(page.body.contains(held), "{held}");
    }
    for path in ["/keuze/inzage", "/keuze/inzage/gegevens", "/keuze/voorkeuren"] {
        let page = wilma.get(path).await.body;
        for held in ["b@example.nl", "c@example.nl", "d@example.nl", "Kees"] {
            assert!(!page.contains(held), "{path}: {held}");
        }
    }
    // A no needs less: it stops all of it.
    let mut stranger = proved(&office, "b@example.nl").await;
    assert!(press(&mut stranger, &[("act", "stop_all")]).await.status.is_redirection());
    assert_eq!(office.decided(json!({ "email": "a@example.nl" }), "newsletter").await, deny("point_objected"));
    assert!(!office.decided(json!({ "phone": "06 87654321" }), "phone").await.0);
}

#[tokio::test]
async fn the_operator_can_say_that_a_mailbox_is_the_persons_own() {
    let office = Office::new().await;
    office.told(CUSTOMERS, &json!({ "customer": "K-7", "name": "Wilma Worst", "email": "a@example.nl" })).await;
    office.told(CUSTOMERS, &json!({ "customer": "K-7", "email": "b@example.nl" })).await;
    office.told(CUSTOMERS, &json!({ "customer": "K-7", "email": "c@example.nl", "same_person": true })).await;
    let sees = async |address: &str| proved(&office, address).await.get("/keuze/inzage").await.body.contains("Wilma");
    assert!(!sees("b@example.nl").await && sees("c@example.nl").await);
    let said =
        office.told(CUSTOMERS, &json!({ "customer": "K-7", "email": "b@example.nl", "same_person": "ja" })).await;
    assert_eq!(said["changed"], json!(true));
    assert!(sees("b@example.nl").await);
    let (status, _, document) =
        problem(&office.post(CUSTOMERS, &json!({ "email": "x@example.nl", "same_person": true })).await);
    assert_eq!((status, &document["field"]), (400, &json!("customer")));
}

#[tokio::test]
async fn evidence_of_one_row_is_none_for_a_point_of_a_later_row() {
    let office = Office::new().await;
    let first = json!({
        "customer": "K-7", "email": "a@example.nl", "phone": "06 87654321", "postcode": "1033RW", "house_number": "9",
    });
    office.told(CUSTOMERS, &with_evidence(first)).await;
    let door = |number: &str| json!({ "post": { "postcode": "1033RW", "number": number } });
    assert_eq!(office.decided(door("9"), "post").await, allow("opt_out"));
    for (row, who, channels) in [
        (json!({ "email": "b@example.nl" }), json!({ "email": "b@example.nl" }), json!(["newsletter", "email"])),
        (json!({ "postcode": "1033RW", "house_number": "11" }), door("11"), json!(["post"])),
        (json!({ "postcode": "1033RW", "house_number": "9", "addition": "A" }), door("9A"), json!(["post"])),
    ] {
        let mut row = row;
        row["customer"] = json!("K-7");
        let lacking = vec![("soft-opt-in-evidence-missing".to_owned(), channels.clone()), apart()];
        assert_eq!(office.warned(&row).await, lacking, "{row}");
        for channel in channels.as_array().expect("a list") {
            let channel = channel.as_str().expect("a channel");
            assert_eq!(office.decided(who.clone(), channel).await, deny("evidence_missing"), "{row}");
        }
        // With evidence of its own it has some.
        assert_eq!(office.warned(&with_evidence(row.clone())).await, []);
        for channel in channels.as_array().expect("a list") {
            let channel = channel.as_str().expect("a channel");
            assert!(office.decided(who.clone(), channel).await.0, "{row}");
        }
    }
    // A row without an address: for the only one there is, and for none of several.
    office.told(CUSTOMERS, &json!({ "customer": "K-8", "email": "e@example.nl" })).await;
    assert_eq!(office.warned(&with_evidence(json!({ "customer": "K-8" }))).await, []);
    assert_eq!(office.decided(json!({ "email": "e@example.nl" }), "email").await, allow("soft_opt_in"));
    let told = office.told(CUSTOMERS, &with_evidence(json!({ "customer": "K-7", "contract": "C-2" }))).await;
    assert_eq!(told["warnings"], json!([]), "the same evidence was told of them");
    office.told(CUSTOMERS, &json!({ "customer": "K-9", "email": "f@example.nl" })).await;
    office.told(CUSTOMERS, &json!({ "customer": "K-9", "email": "g@example.nl" })).await;
    let told = office.told(CUSTOMERS, &with_evidence(json!({ "customer": "K-9" }))).await;
    assert_eq!(told["warnings"][0]["missing"], json!(["point"]), "{told}");
    for address in ["f@example.nl", "g@example.nl"] {
        assert!(!office.decided(json!({ "email": address }), "email").await.0);
    }
}

/// Calls: the number and the person.
#[tokio::test]
async fn an_opt_in_to_calls_names_the_number_and_the_person() {
    let office = Office::new().await;
    let mut anna = proved(&office, "anna@example.nl").await;
    let page = anna.get("/keuze/voorkeuren").await;
    let page_shown = shown(&page, "phone");
    let yes = press(&mut anna, &[("act", "start"), ("channel", "phone"), ("shown", &page_shown)]).await;
    assert!(yes.status.is_redirection(), "{}", yes.body);
    let number = json!({ "phone": "06 12345678" });
    assert_eq!(office.decided(number.clone(), "phone").await, allow("opted_in"));
    // Another number of hers, and her number as somebody else's.
    let warned = office.warned(&json!({ "customer": "K-1", "phone": "06 11111111" })).await;
    assert_eq!(warned, [("soft-opt-in-evidence-missing".to_owned(), json!(["phone"])), apart()]);
    assert_eq!(office.decided(json!({ "phone": "06 11111111" }), "phone").await, deny("evidence_missing"));
    office.told(CUSTOMERS, &json!({ "customer": "K-2", "name": "Bert", "phone": "06 12345678" })).await;
    let bert = json!({ "customer": "K-2", "phone": "06 12345678" });
    assert!(!office.decided(bert, "phone").await.0);
    // A number that joined after the page was shown is not in the yes.
    let page = anna.get("/keuze/voorkeuren").await;
    let page_shown = shown(&page, "phone");
    let row = json!({ "customer": "K-1", "email": "anna@example.nl", "phone": "06 22222222" });
    office.told(CUSTOMERS, &row).await;
    let stale = press(&mut anna, &[("act", "start"), ("channel", "phone"), ("shown", &page_shown)]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(!office.decided(json!({ "phone": "06 22222222" }), "phone").await.0);
}

/// The page names the numbers before the press; the yes is for those, and whatever tells of it afterwards names them, too.
#[tokio::test]
async fn a_yes_to_calls_is_for_the_numbers_that_its_page_named() {
    let office = Office::new().await;
    let numbers = ["+31611110001", "+31611110002", "+31611110003"];
    let row = |customer: &str, number: &str| json!({ "customer": customer, "phone": number });
    let told = |number: &str| json!({ "customer": "K-20", "email": "els@example.nl", "phone": number });
    office.told(CUSTOMERS, &json!({ "customer": "K-20", "name": "Els", "email": "els@example.nl" })).await;
    for number in &numbers[..2] {
        office.told(CUSTOMERS, &told(number)).await;
    }
    let mut els = proved(&office, "els@example.nl").await;
    let page = els.get("/keuze/voorkeuren").await;
    let card = page.between("id=\"phone\"", "</article>");
    let before_the_button = card.split("value=\"start\"").next().expect("a piece");
    assert!(before_the_button.contains("Uw ja geldt alleen voor: +31611110001; +31611110002."), "{card}");
    let form = [("act", "start"), ("channel", "phone"), ("shown", &*shown(&page, "phone"))];
    // A page that named another set, and a form that says nothing of any.
    office.told(CUSTOMERS, &told(numbers[2])).await;
    let bare = form[2].1.split('-').next().expect("a piece");
    for stale in [form[2].1, bare, "0001/900", ""] {
        let answer = press(&mut els, &[form[0], form[1], ("shown", stale)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{stale}");
    }
    for number in numbers {
        assert!(!office.decided(json!({ "phone": number }), "phone").await.0, "{number}");
    }
    let page = els.get("/keuze/voorkeuren").await;
    let form = [("act", "start"), ("channel", "phone"), ("shown", &*shown(&page, "phone"))];
    let pressed = press(&mut els, &form).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
    for number in numbers {
        assert!(office.decided(row("K-20", number), "phone").await.0, "{number}");
    }
    // What joins now is in no yes, and in nothing that tells of it.
    office.told(CUSTOMERS, &told("+31611110004")).await;
    assert!(!office.decided(json!({ "phone": "+31611110004" }), "phone").await.0);
    let done = els.get(pressed.location()).await;
    let holds = "Dit geldt voor: +31611110001; +31611110002; +31611110003.";
    assert!(done.words().contains(holds), "{}", done.words());
    assert!(els.get("/keuze/inzage").await.words().contains(holds));
    // The receipt is kept and shown around: it says enough to tell them, and no number.
    let receipt = done.between("href=\"/keuze/bewijs/", "?");
    let receipt = Browser::new(&office.app).get(&format!("/keuze/bewijs/{receipt}")).await;
    assert!(receipt.words().contains("Telefoonnummer: …0001; …0002; …0003"), "{}", receipt.words());
    let elsewhere = Browser::new(&office.app).get(pressed.location()).await;
    assert!(elsewhere.words().contains("Dit geldt voor: …0001; …0002; …0003."), "{}", elsewhere.words());
    for page in [&receipt, &elsewhere] {
        assert!(!page.body.contains("+316"), "{}", page.body);
    }
}

/// A merge brings numbers without a word to the page that is open.
#[tokio::test]
async fn a_yes_is_not_for_numbers_that_a_merge_brought_behind_its_page() {
    let office = Office::new().await;
    let services = &office.app.services;
    for row in [
        json!({ "customer": "K-21", "email": "els@example.nl", "phone": "+31611110001" }),
        json!({ "customer": "K-22", "email": "bo@example.nl", "phone": "+31611110002" }),
    ] {
        office.told(CUSTOMERS, &row).await;
    }
    let mut els = proved(&office, "els@example.nl").await;
    let page = els.get("/keuze/voorkeuren").await;
    let [one, other] = ["K-21", "K-22"].map(|number| services.people.customer(number).expect("known").subject);
    let act = Provenance::by_person(Route::Desk, IdentityLevel::Unverified);
    services.merging.merge(&services.people.history(), one, other, &act, Vec::new()).await.expect("merged");
    let form = [("act", "start"), ("channel", "phone"), ("shown", &*shown(&page, "phone"))];
    assert_eq!(press(&mut els, &form).await.status, StatusCode::CONFLICT);
    assert!(!office.decided(json!({ "phone": "+31611110002" }), "phone").await.0);
    // The page as it is now names both.
    let page = els.get("/keuze/voorkeuren").await;
    assert!(page.words().contains("Uw ja geldt alleen voor: +31611110001; +31611110002."), "{}", page.words());
    let form = [("act", "start"), ("channel", "phone"), ("shown", &*shown(&page, "phone"))];
    assert_eq!(press(&mut els, &form).await.status, StatusCode::SEE_OTHER);
    assert!(office.decided(json!({ "phone": "+31611110002" }), "phone").await.0);
}

/// S-31: what somebody said to a purpose is not what the next one at a later address said.
#[tokio::test]
async fn a_yes_to_a_purpose_is_none_by_an_address_that_joined_later() {
    let office = Office::new().await;
    let services = &office.app.services;
    let purpose: PurposeId = "profiling".parse().expect("an id");
    let revision = services.published.current().policy.purpose(&purpose).expect("of the policy").revision;
    let until = Some(date!(2027 - 05 - 24));
    let answers = [(purpose, Answered { answer: Answer::Granted, revision, until })].into();
    let choice = Body::ChoiceMade(RecordedChoice::new(services.published.current().hash, answers));
    let event = Event::new(services.clock.now().at, Actor::Person, Route::PreferencePage, choice);
    let event = event.with_subject(Some(office.anna));
    services.ledger.append(AppendRequest::new(event)).await.expect("written");
    office.told(CUSTOMERS, &json!({ "customer": "K-1", "email": "b@example.nl" })).await;
    let ask = async |who: Value| {
        office.told(DECISIONS, &json!({ "who": who, "purpose": "profiling" })).await["allow"] == json!(true)
    };
    assert!(ask(json!({ "customer": "K-1" })).await && ask(json!({ "email": "anna@example.nl" })).await);
    assert!(!ask(json!({ "email": "b@example.nl" })).await);
    assert!(!ask(json!({ "customer": "K-1", "email": "b@example.nl" })).await);
}

/// Wilma has K-7 with all evidence; then Bert comes with it.
async fn recycled(office: &Office) -> Vec<(String, Value)> {
    let wilma = json!({ "customer": "K-7", "name": "Wilma Worst", "email": "a@example.nl", "phone": "06 87654321" });
    office.told(CUSTOMERS, &with_evidence(wilma)).await;
    office
        .warned(&json!({ "customer": "K-7", "name": "Bert Bos", "email": "b@example.nl", "phone": "06 22222222" }))
        .await
}

#[tokio::test]
async fn a_customer_number_that_comes_back_with_another_name_and_address_is_somebody_elses() {
    let office = Office::new().await;
    let warned = recycled(&office).await;
    assert_eq!(warned, [("customer-number-reused".to_owned(), json!([]))]);
    let about = office.server.beside().get("/keuze/problems/customer-number-reused").await;
    assert!(about.words().contains("same_person"), "{}", about.words());
    // No evidence, and none by the number alone.
    for who in [
        json!({ "email": "b@example.nl" }),
        json!({ "customer": "K-7", "email": "b@example.nl" }),
        json!({ "customer": "K-7" }),
    ] {
        assert!(!office.decided(who.clone(), "newsletter").await.0, "{who}");
    }
    assert_eq!(
        office.decided(json!({ "customer": "K-7", "email": "a@example.nl" }), "newsletter").await,
        allow("soft_opt_in")
    );
    // No name and no data, either way.
    for (address, own, other) in [
        ("a@example.nl", "Wilma", ["Bert", "b@example.nl", "22222222"]),
        ("b@example.nl", "Bert", ["Wilma", "a@example.nl", "87654321"]),
    ] {
        let mut browser = proved(&office, address).await;
        for path in ["/keuze/inzage", "/keuze/inzage/gegevens"] {
            let page = browser.get(path).await.body;
            assert!(page.contains(own) && !other.iter().any(|of| page.contains(of)), "{address}, {path}");
        }
    }
    // Each goes on by itself.
    let bert = json!({ "customer": "K-7", "name": "bert bos", "email": "b@example.nl" });
    assert_eq!(office.warned(&with_evidence(bert)).await, []);
    assert_eq!(office.decided(json!({ "email": "b@example.nl" }), "newsletter").await, allow("soft_opt_in"));
    assert_eq!(office.app.services.people.customers("K-7").len(), 2);
    assert_eq!(office.app.services.people.everybody().len(), 3, "and Anna");
}

#[tokio::test]
async fn a_no_of_either_holds_for_both_until_they_are_told_apart() {
    for (says_no, other) in [("a@example.nl", "b@example.nl"), ("b@example.nl", "a@example.nl")] {
        let office = Office::new().await;
        recycled(&office).await;
        let bert = json!({ "customer": "K-7", "name": "Bert Bos", "email": "b@example.nl" });
        office.told(CUSTOMERS, &with_evidence(bert)).await;
        assert!(office.decided(json!({ "email": other }), "email").await.0);
        let mut browser = proved(&office, says_no).await;
        assert!(press(&mut browser, &[("act", "stop_all")]).await.status.is_redirection());
        for who in
            [json!({ "email": other }), json!({ "customer": "K-7" }), json!({ "customer": "K-7", "email": other })]
        {
            assert!(!office.decided(who.clone(), "email").await.0, "{who}");
        }
        // Whoever is erased takes no no with them, the blocking list or not.
        let mut browser = proved(&office, says_no).await;
        let page = browser.get("/keuze/inzage/wissen").await;
        let about = page.between("name=\"about\" value=\"", "\"").to_owned();
        let form = [("about", about.as_str()), ("confirm", "yes"), ("decline", "yes")];
        assert_eq!(browser.post("/keuze/inzage/wissen", &form).await.status, StatusCode::OK);
        assert_eq!(office.decided(json!({ "email": other }), "email").await, deny("point_objected"));
    }
    // One that was said before the other came.
    let office = Office::new().await;
    let wilma = json!({ "customer": "K-7", "name": "Wilma Worst", "email": "a@example.nl", "phone": "06 87654321" });
    office.told(CUSTOMERS, &with_evidence(wilma)).await;
    press(&mut proved(&office, "a@example.nl").await, &[("act", "stop_all")]).await;
    let bert = json!({ "customer": "K-7", "name": "Bert Bos", "email": "b@example.nl" });
    let told = office.told(CUSTOMERS, &with_evidence(bert)).await;
    assert_eq!(told["standing_no"], json!(["newsletter", "email", "post"]), "{told}");
    assert!(!office.decided(json!({ "email": "b@example.nl" }), "email").await.0);
}

#[tokio::test]
async fn the_same_person_shares_the_name_and_still_no_yes() {
    let office = Office::new().await;
    recycled(&office).await;
    let same = json!({ "customer": "K-7", "name": "Bert Bos", "email": "b@example.nl", "same_person": true });
    let told = office.told(CUSTOMERS, &same).await;
    assert_eq!(told["changed"], json!(true), "{told}");
    assert_eq!(office.app.services.people.customers("K-7").len(), 1);
    assert_eq!(office.decided(json!({ "email": "b@example.nl" }), "email").await, deny("evidence_missing"));
    assert_eq!(office.decided(json!({ "email": "a@example.nl" }), "email").await, allow("soft_opt_in"));
    let page = proved(&office, "b@example.nl").await.get("/keuze/inzage").await;
    assert!(page.body.contains("a@example.nl"));
    let again = office.told(CUSTOMERS, &same).await;
    assert_eq!(again["changed"], json!(false), "{again}");
}

/// Whoever subscribed becomes a customer: they are one person, see what is held of them, and their yes is theirs.
#[tokio::test]
async fn a_subscriber_who_becomes_a_customer_is_one_person_and_sees_their_data() {
    for (named, told) in
        [("Anna Geheim", "Anna Geheim"), ("Anna Geheim", "anna geheim"), ("", "Anna Geheim"), ("Anna Geheim", "")]
    {
        let office = Office::new().await;
        office.subscribe_as("abo@example.nl", named).await;
        let mut row =
            json!({ "customer": "K-40", "email": "abo@example.nl", "channels": "newsletter", "phone": "+31611110009" });
        if !told.is_empty() {
            row["name"] = json!(told);
        }
        office.told(CUSTOMERS, &row).await;
        for who in [json!({ "customer": "K-40" }), json!({ "email": "abo@example.nl" })] {
            assert_eq!(office.decided(who, "newsletter").await, allow("opted_in"), "{named} {told}");
        }
        let page = proved(&office, "abo@example.nl").await.get("/keuze/inzage").await;
        for held in ["K-40", "abo@example.nl", "+31611110009"] {
            assert!(page.body.contains(held), "{named} {told}: {held}");
        }
        // What came with the customer is no yes of the subscriber's.
        assert!(!office.decided(json!({ "customer": "K-40" }), "phone").await.0);
    }
}

/// Another name at the mailbox, a second person there, or a sign-up that nobody confirmed: nobody sees what may be somebody else's.
#[tokio::test]
async fn a_customer_is_not_made_one_with_whoever_may_be_somebody_else() {
    let row =
        |email: &str, name: &str| json!({ "customer": "K-41", "name": name, "email": email, "channels": "newsletter" });
    let office = Office::new().await;
    office.subscribe_as("abo@example.nl", "Anna Geheim").await;
    office.told(CUSTOMERS, &row("abo@example.nl", "Bert Ander")).await;
    assert_eq!(office.decided(json!({ "customer": "K-41" }), "newsletter").await, deny("evidence_missing"));
    let page = proved(&office, "abo@example.nl").await.get("/keuze/inzage").await;
    assert!(!page.body.contains("K-41") && !page.body.contains("Geheim"), "{}", page.words());

    let office = Office::new().await;
    let mut stranger = Browser::new(&office.app);
    stranger.post("/keuze/nieuwsbrief", &[("email", "abo@example.nl"), ("name", "Bert Ander")]).await;
    office.told(CUSTOMERS, &row("abo@example.nl", "Anna Geheim")).await;
    assert!(!office.decided(json!({ "customer": "K-41" }), "newsletter").await.0);
    // What was typed by whoever it was vanishes with the sign-up, and takes no customer along.
    office.app.clock.advance(40 * 24 * 60 * 60);
    office.app.services.maintenance.maintain().await;
    assert!(office.app.services.people.customer("K-41").is_some());
}
