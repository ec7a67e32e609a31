//! The desk decides by contact point, as programs are told: no staff member reads "ja" where the answer is no.

use super::*;
use crate::desk::tests::{annas_desk, employ_anna, look_up_for};
use crate::fixture::TestResponse;
use contact::ContactPoint;
use vault::random::{SecureRandom, SeededRandom};

const CUSTOMERS: &str = "/keuze/api/v1/customers";
const DECISIONS: &str = "/keuze/api/v1/decisions";

/// A contact point with how a row and a question name it.
type NamedPoint = (ContactPoint, Value, Value);

fn pool() -> Vec<NamedPoint> {
    let mail = |text: &str| (email(text), json!({ "email": text }), json!({ "email": text }));
    let line = |text: &str| (phone(text), json!({ "phone": text }), json!({ "phone": text }));
    let app = |number: &str| {
        let asked = json!({ "post": { "postcode": "1033RW", "number": number } });
        (door(number), json!({ "postcode": "1033RW", "house_number": number }), asked)
    };
    vec![
        mail("a@example.nl"),
        mail("b@example.nl"),
        mail("c@example.nl"),
        line("06 12345671"),
        line("06 12345672"),
        app("9"),
        app("11"),
    ]
}

/// What a screen says of a contact point by a channel.
#[derive(Debug)]
struct ScreenLine {
    channel: String,
    at: String,
    allow: bool,
    why: String,
}

fn text_of(html: &str) -> String {
    html.split('<').filter_map(|piece| piece.split_once('>').map_or(Some(piece), |(_, text)| Some(text))).collect()
}

fn lines(html: &str) -> Vec<ScreenLine> {
    let mut lines = Vec::new();
    for row in html.split("<tr>").filter(|row| row.contains("class=\"points\"")) {
        let channel = text_of(row.split("</th>").next().expect("a header"));
        for item in row.split("<li>").skip(1).filter_map(|rest| rest.split("</li>").next()) {
            let (at, rest) = item.split_once("<strong>").expect("a decision");
            let (said, why) = rest.split_once("</strong>").expect("closed");
            assert!(["ja", "nee"].contains(&said), "{item}");
            let (at, why) = (text_of(at).trim().to_owned(), text_of(why).trim().to_owned());
            lines.push(ScreenLine { channel: channel.clone(), at, allow: said == "ja", why });
        }
    }
    assert!(!lines.is_empty(), "{html}");
    lines
}

fn word(name: &str) -> &'static str {
    let words = [
        ("nieuwsbrief", "newsletter"),
        ("andere reclame per e-mail", "email"),
        ("reclame per post", "post"),
        ("telefoontjes met aanbiedingen", "phone"),
    ];
    words.iter().find(|(said, _)| *said == name).unwrap_or_else(|| panic!("{name}")).1
}

impl Office {
    async fn asked(&self, who: &Value, channel: &str) -> (bool, String) {
        let told = self.told(DECISIONS, &json!({ "who": who, "channel": channel })).await;
        (told["allow"] == json!(true), told["reason"].as_str().expect("told").to_owned())
    }

    /// One thing that another system tells, or that somebody does.
    async fn live(&self, chance: &dyn SecureRandom, pool: &[NamedPoint]) {
        let number = |most: usize| usize::from(chance.bytes::<1>()[0]) % most;
        let customer = ["K-7", "K-8"][number(2)];
        let (_, row, asked) = &pool[number(pool.len())];
        match number(6) {
            0 => {
                let told = json!({ "who": asked, "channels": "all" });
                self.post("/keuze/api/v1/objections", &told).await;
            }
            1 => {
                let Some(person) = self.app.services.people.customer(customer) else { return };
                let Some(point) = person.points().into_iter().next().cloned() else { return };
                let channels = point.kind().channels().to_vec();
                let proof = keuze_core::service::fixture::people::confirmation();
                let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
                let yes = self
                    .app
                    .services
                    .contactability
                    .opt_in(&self.app.history(), person.subject, &channels, proof, &[point], &act, None)
                    .await;
                yes.expect("recorded");
            }
            _ => {
                let mut sent = row.clone();
                let members = sent.as_object_mut().expect("a row");
                members.insert("customer".into(), json!(customer));
                if number(2) == 0 {
                    members.insert("name".into(), json!(["Wilma Worst", "Bert Bos"][number(2)]));
                }
                if number(3) == 0 {
                    members.insert("same_person".into(), json!(true));
                }
                if number(2) == 0 {
                    let evidence = json!({
                        "channels": "newsletter email post", "contract": "C-1", "same_entity": true,
                        "informed_on": "2026-01-05", "opt_out_offered_on": "2026-01-05", "opt_out_used": false,
                        "products": "Bellen thuis",
                    });
                    members.extend(evidence.as_object().expect("members").clone());
                }
                self.post(CUSTOMERS, &sent).await;
            }
        }
    }

    /// Every line is what a program is told of that point: of this customer's, and of whoever has it.
    async fn agrees(&self, customer: &str, shown: &[ScreenLine], pool: &[NamedPoint]) {
        for line in shown {
            let Some((_, _, asked)) = pool.iter().find(|(point, _, _)| point.given() == line.at) else { continue };
            let channel = word(&line.channel);
            let mut of_customer = asked.clone();
            of_customer["customer"] = json!(customer);
            let (allow, reason) = self.asked(&of_customer, channel).await;
            assert_eq!(line.allow, allow, "{customer} {line:?}: {reason}");
            assert!(!line.allow || self.asked(asked, channel).await.0, "{customer} {line:?}");
            if reason == "evidence_missing" {
                assert!(line.why.contains("ontbreekt") || line.why.contains("kwam later"), "{line:?}");
            } else {
                assert!(!line.why.contains("kwam later"), "{line:?}: {reason}");
            }
        }
    }
}

/// How often one channel has a point with yes and one with no: without, one answer for the channel would do.
fn mixed(shown: &[ScreenLine]) -> usize {
    shown.iter().filter(|yes| yes.allow && shown.iter().any(|no| !no.allow && no.channel == yes.channel)).count()
}

async fn page_of(desk: &mut Browser, query: &str) -> TestResponse {
    let found = look_up_for(desk, query, "klant belt").await;
    desk.get(found.location()).await
}

/// Whoever is on the line, by a point of theirs; the call is closed again.
async fn call_at(desk: &mut Browser, point: &ContactPoint) -> TestResponse {
    let given = point.given();
    let form = [("reference", "T-1"), ("direction", "in"), ("query", given.as_str())];
    let opened = desk.post("/keuze/desk/call/open", &form).await;
    let screen = desk.get(opened.location()).await;
    let offered = desk.submit(&screen, "name=\"shown\"", &[("act", "offered")]).await;
    let closed = desk.submit(&offered, "name=\"shown\"", &[("act", "close")]).await;
    assert!(closed.words().contains("is gesloten"), "{}", closed.words());
    screen
}

#[tokio::test]
async fn what_the_desk_says_of_a_point_is_what_programs_are_told_of_it() {
    let pool = pool();
    let (mut several, mut later) = (0, 0);
    for seed in 0..10 {
        let office = Office::new().await;
        employ_anna(&office.app).await;
        let mut desk = annas_desk(&office.app, "localhost").await;
        let chance = SeededRandom::new(seed);
        for _ in 0..14 {
            office.live(&chance, &pool).await;
        }
        for customer in ["K-7", "K-8"].iter().filter(|number| office.app.services.people.customer(number).is_some()) {
            let page = page_of(&mut desk, customer).await;
            // A reused number is several people's: each of them has a card.
            for card in page.body.split("<h2>").skip(1) {
                let shown = lines(card);
                office.agrees(customer, &shown, &pool).await;
                several += mixed(&shown);
                later += shown.iter().filter(|line| line.why.contains("kwam later")).count();
            }
        }
        for (point, _, asked) in &pool {
            let screen = call_at(&mut desk, point).await;
            for line in lines(&screen.body).iter().filter(|line| line.at == point.given()) {
                let told = office.asked(asked, word(&line.channel)).await;
                assert!(!line.allow || told.0, "{line:?}: {told:?}");
            }
            if let [person] = &office.app.services.people.people_at(point)[..] {
                let customer = person.customers().first().map(ToString::to_string).expect("told of by number");
                office.agrees(&customer, &lines(&screen.body), &pool).await;
            }
        }
    }
    assert!(several > 0 && later > 0, "{several} {later}");
}

/// A number that joins later is not called because the first one may be.
#[tokio::test]
async fn a_call_screen_says_of_the_number_on_the_line_whether_it_may_be_called() {
    let office = Office::new().await;
    employ_anna(&office.app).await;
    let point = [phone("06 12345678")];
    let proof = keuze_core::service::fixture::people::confirmation();
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    office
        .app
        .services
        .contactability
        .opt_in(&office.app.history(), office.anna, &[Channel::Phone], proof, &point, &act, None)
        .await
        .expect("recorded");
    office.told(CUSTOMERS, &json!({ "customer": "K-1", "phone": "06 22222222" })).await;
    let mut desk = annas_desk(&office.app, "localhost").await;
    for at in ["06 12345678", "06 22222222"] {
        let screen = call_at(&mut desk, &phone(at)).await;
        let shown = lines(&screen.body);
        let of_phone: Vec<&ScreenLine> = shown.iter().filter(|line| line.channel.starts_with("telefoontjes")).collect();
        assert_eq!(of_phone[0].at, phone(at).given(), "the one on the line comes first");
        for line in of_phone {
            assert_eq!(line.allow, line.at == phone("06 12345678").given(), "{line:?}");
            assert!(line.allow || line.why.starts_with("dit nummer kwam later bij deze klant"), "{line:?}");
        }
    }
}
