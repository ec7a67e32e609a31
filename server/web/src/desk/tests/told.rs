//! What happened is told as it was: at the desk, on a receipt, and on the page of what is held.

use model::channel::Channel;
use model::event::Route;
use model::evidence::IdentityLevel;
use model::language::Language;

use super::*;
use crate::person::tests::known;
use contact::ContactPoint;
use keuze_core::service::fixture::people::{customer, email, objected, objected_at, opted_in, phone};
use keuze_core::service::people::{ActOutcome, Addressee, Provenance};
use ledger::formats::fact::Part;
use vault::ring::RetentionClass;

fn number(app: &TestApp, acted: &ActOutcome) -> String {
    app.services.receipts.number(acted.record).to_string()
}

/// What the desk and the receipt's own page show of a record.
async fn both(app: &TestApp, acted: &ActOutcome) -> [String; 2] {
    let mut desk = annas_desk(app, "localhost").await;
    let found = look_up_for(&mut desk, &number(app, acted), "klant belt").await;
    assert_eq!(found.status, StatusCode::OK);
    let receipt = desk.beside().get(&app.services.receipts.path(acted.record)).await;
    [found.words(), receipt.words()]
}

fn has_all(page: &str, needed: &[&str]) {
    for text in needed {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

/// An event about channels shows channel, class of contact point, today's decision and ground, and no cookies.
#[tokio::test]
async fn an_objection_is_told_by_channel_point_decision_and_ground() {
    let app = house_of_anna().await;
    let stopped = objected_at(&app.services, &[phone("06 12345678")], &[Channel::Phone]).await;
    for page in both(&app, &stopped).await {
        has_all(&page, &["formulier Reclame stoppen", "bezwaar gemaakt", "Telefoonnummer nee zolang het bezwaar"]);
        has_all(&page, &["AVG 21 lid 2 en 3"]);
        for cookies in ["Statistieken", "Geldt tot en met", "Wat de bezoeker zag", "Consent-id", "Welke tekst u zag"] {
            assert!(!page.contains(cookies), "{cookies}\n{page}");
        }
    }
    // The control: what was answered to a notice is told so.
    let (number, _) = visitor(&app, "refuse_all", &[]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    has_all(&look_up_for(&mut desk, &number, "klant belt").await.words(), &["Statistieken", "Consent-id"]);
}

/// Of a person today's decision is theirs, whatever was said since.
#[tokio::test]
async fn a_persons_event_shows_what_holds_for_them_today() {
    let app = house_of_anna().await;
    let person = customer(&app, "K-1", &[email("els@example.nl"), phone("06 12345671")]).await;
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    let channels = [Channel::Email, Channel::Social];
    let stopped = objected(&app.services, &Addressee::person(person), &channels, &act).await;
    let [desk, receipt] = both(&app, &stopped).await;
    has_all(&desk, &["andere reclame per e-mail E-mailadres nee bezwaar gemaakt AVG 21 lid 2 en 3"]);
    has_all(&desk, &["account op social media nee bezwaar gemaakt", &person.to_string()]);
    has_all(&receipt, &["Andere reclame per e-mail E-mailadres nee U maakte bezwaar. AVG 21 lid 2 en 3"]);
    let proof = keuze_core::service::fixture::people::confirmation();
    let point = [email("els@example.nl")];
    opted_in(&app.services, person, &[Channel::Email], proof, &point, &act).await;
    let [desk, receipt] = both(&app, &stopped).await;
    has_all(&desk, &["andere reclame per e-mail E-mailadres ja aangemeld"]);
    has_all(&receipt, &["Andere reclame per e-mail E-mailadres ja U gaf hiervoor toestemming."]);
}

/// Contract, days and products stand in words where staff and the person look.
#[tokio::test]
async fn the_evidence_of_a_soft_opt_in_is_shown_in_words() {
    let app = house_of_anna().await;
    customer(&app, "K-1", &[email("els@example.nl")]).await;
    let mut desk = annas_desk(&app, "localhost").await;
    let found = look_up_for(&mut desk, "K-1", "klant belt").await;
    let page = desk.get(found.location()).await.words();
    let relation = app.ledger().iter().rposition(|event| event.evidence().is_some()).expect("a relation");
    let address = RecordAddress { shard: ShardNumber::FIRST, index: relation as u64 };
    let record = look_up_for(&mut desk, &app.services.receipts.number(address).to_string(), "klant belt").await;
    let mut browser = known(&app, "els@example.nl").await;
    let held = browser.get("/keuze/inzage").await.words();
    for page in [page, record.words(), held] {
        has_all(&page, &["Verkoop of overeenkomst\nK-1", "Verteld waarvoor het adres dient\n5 januari 2026"]);
        has_all(&page, &["Afmelden aangeboden\n5 januari 2026", "Eigen, gelijksoortige producten\nBellen thuis"]);
        has_all(&page, &["klantrelatie vastgelegd"]);
    }
    let english = browser.get("/keuze/inzage?lang=en").await.words();
    has_all(&english, &["Sale or contract\nK-1", "Opt-out offered\n5 January 2026", "Own, similar products"]);
}

/// A code for letters is no import.
#[tokio::test]
async fn a_code_for_letters_is_told_as_one() {
    let app = house_of_anna().await;
    let person = customer(&app, "K-1", &[email("els@example.nl")]).await;
    let act = Provenance {
        actor: Actor::Client { name: "crm".into() },
        ..Provenance::by_person(Route::Api, IdentityLevel::Unverified)
    };
    app.services.letters.letter_code(person, &act).await.expect("made");
    let mut desk = annas_desk(&app, "localhost").await;
    let found = look_up_for(&mut desk, "K-1", "klant belt").await;
    let page = desk.get(found.location()).await.words();
    has_all(&page, &["code voor brieven gemaakt koppeling met een ander systeem"]);
}

/// Who called whom, on record and in words.
#[tokio::test]
async fn an_incoming_and_an_outgoing_call_are_told_apart() {
    for (direction, words) in [("in", "telefoon, de klant belde"), ("out", "telefoon, wij belden")] {
        let app = house_of_anna().await;
        let mut desk = annas_desk(&app, "localhost").await;
        let form = [("reference", "T-1"), ("direction", direction), ("query", "06 12345678")];
        let opened = desk.post("/keuze/desk/call/open", &form).await;
        let screen = desk.get(opened.location()).await;
        desk.submit(&screen, "name=\"shown\"", &[("act", "object:phone")]).await;
        let index = app.ledger().len() as u64 - 1;
        let number = app.services.receipts.number(RecordAddress { shard: ShardNumber::FIRST, index });
        has_all(&look_up_for(&mut desk, &number.to_string(), "klant belt").await.words(), &[words]);
    }
}

/// A name whose controls would turn the page around it is shut in, wherever it is shown.
#[tokio::test]
async fn directional_controls_in_what_people_gave_are_isolated_on_every_page() {
    const NAME: &str = "Anna \u{202e}seirV\u{2069}";
    /// Closed within itself: nothing of it reaches the text around it.
    const SHUT: &str = "Anna \u{202e}seirV\u{202c}";
    let app = house_of_anna().await;
    for number in ["K-1", "K-2"] {
        let subject = app.services.people.new_subject();
        let mut part = Part::new(subject, RetentionClass::Account, Language::Nl);
        part.name = Some(NAME.to_owned());
        part.customers.push(number.to_owned());
        part.points = match number {
            "K-1" => vec![email("els@example.nl"), phone("06 12345678")],
            _ => vec![phone("06 12345678")],
        };
        let act =
            Provenance { actor: Actor::System, ..Provenance::by_person(Route::Import, IdentityLevel::Unverified) };
        app.services.people.learn(part, &act).await.expect("learned");
    }
    assert_eq!(app.services.people.people_at(&ContactPoint::clone(&phone("06 12345678"))).len(), 2);
    let mut desk = annas_desk(&app, "localhost").await;
    let found = look_up_for(&mut desk, "K-1", "klant belt").await;
    let person = desk.get(found.location()).await;
    let form = [("reference", "T\u{202e}1"), ("direction", "in"), ("query", "06 12345678")];
    let opened = desk.post("/keuze/desk/call/open", &form).await;
    let call = desk.get(opened.location()).await;
    let chosen = call.between("value=\"person:", "\"").to_owned();
    let chosen = desk.submit(&call, "name=\"shown\"", &[("act", &format!("person:{chosen}"))]).await;
    let held = known(&app, "els@example.nl").await.get("/keuze/inzage").await;
    for page in [&person, &chosen, &held] {
        assert!(page.body.contains(&format!("<bdi>{SHUT}</bdi>")), "{}", page.body);
    }
    assert!(call.body.contains(&format!("Dit is \u{2068}{SHUT}\u{2069}")), "{}", call.body);
    let home = desk.get(DESK).await;
    for page in [&call, &home] {
        assert!(page.body.contains("Gesprek \u{2068}T\u{202e}1\u{202c}\u{2069}"), "{}", page.body);
    }
    // Nowhere else does it stand bare.
    for page in [&person, &call, &chosen, &held, &home] {
        let shut = page.body.replace(&format!("<bdi>{SHUT}</bdi>"), "").replace(&format!("\u{2068}{SHUT}\u{2069}"), "");
        let shut = shut.replace("\u{2068}T\u{202e}1\u{202c}\u{2069}", "");
        assert!(!shut.contains('\u{202e}'), "{shut}");
    }
}

/// A restore is on record in a shard of its own, and whoever signs in reads what is lost, in their language.
#[tokio::test]
async fn a_ledger_that_was_put_back_says_so_to_whoever_signs_in() {
    use ledger::AppendRequest;
    use ledger::clock::moment;
    use ledger::shards::ShardRules;
    use model::event::{Event, PutBack, Restored, Route};

    let app = house_of_anna().await;
    let mut browser = annas_desk(&app, "www.voipro.nl").await;
    let before = browser.get("/keuze/desk").await.body;
    assert!(!before.contains("reservekopie"), "the test can fail");
    let noon = 1_795_520_000;
    let restored = |put_back| Restored {
        old_checkpoint: None,
        records: 7,
        lost_from: Some(moment(noon).at),
        lost_until: Some(moment(noon + 3600).at),
        put_back,
    };
    let until = moment(noon + 3000).at;
    for put_back in [None, Some(PutBack { until, objections: 2, keys: 1 })] {
        app.services.ledger.follow(ShardRules { records: 0, ..ShardRules::default() });
        let event = Event::new(moment(noon + 7200).at, Actor::System, Route::System, restored(put_back));
        app.services.ledger.append(AppendRequest::new(event)).await.expect("recorded");
        app.services.ledger.follow(ShardRules::default());
        let nl = browser.get("/keuze/desk").await.body;
        assert!(nl.contains("is het register teruggezet uit een reservekopie"), "{nl}");
        assert!(nl.contains("is verloren. Daar kunnen bezwaren en intrekkingen bij zijn"), "{nl}");
        assert!(nl.contains("Neem dat aan en leg het opnieuw vast"), "{nl}");
        assert_eq!(nl.contains("opnieuw verwerkt"), put_back.is_some());
        let en = browser.get("/keuze/desk?lang=en").await.body;
        assert!(en.contains("the register was put back from a backup. What was recorded after "), "{en}");
        assert_eq!(en.contains("were dealt with again up to"), put_back.is_some());
    }
}
