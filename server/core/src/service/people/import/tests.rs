//! Imports, as a file brings them.

use std::path::Path;

use model::event::{Body, Event};
use model::evidence::IdentityCheck;

use super::*;
use crate::config::MemorySettings;
use crate::service::fixture::TestApp;
use crate::service::fixture::people::{confirmation, customer, door, email, may_contact, objected, opted_in, phone};
use crate::service::people::Addressee;
use crate::service::people::hash;
use contact::PostalAddress;

const HEADER: &str = "customer,name,language,email,phone,postcode,house_number,addition,street,place,country,lines,\
                      channels,contract,same_entity,informed_on,opt_out_offered_on,opt_out_used,products,\
                      objected_channels,objected_on";

/// A file by its name, which stands for its source, too.
pub async fn import(app: &TestApp, name: &str, text: impl AsRef<[u8]>, mode: Mode) -> (Summary, Vec<RowReport>) {
    let mut reports = Vec::new();
    let lines = rows(Path::new(name), text.as_ref()).expect("a header that is right");
    let mut each = |report: &RowReport| reports.push(report.clone());
    let summary = app.services.contact_import.import(lines, name, mode, Actor::System, &mut each).await;
    (summary.expect("readable"), reports)
}

async fn csv(app: &TestApp, rows: &[&str]) -> (Summary, Vec<RowReport>) {
    import(app, "people.csv", &format!("{HEADER}\n{}\n", rows.join("\n")), Mode::Write).await
}

/// With all five pieces of evidence.
fn whole(number: &str, email: &str) -> String {
    format!("{number},,nl,{email},,,,,,,,,newsletter email,K-{number},yes,2026-01-05,2026-01-05,no,Bellen,,")
}

fn reason(app: &TestApp, who: &Addressee, channel: Channel) -> (bool, Reason) {
    let decision = may_contact(app, who, channel);
    (decision.allow, decision.reason)
}

fn imported(app: &TestApp) -> Vec<Event> {
    let own = |event: &Event| event.head.route == Route::Import;
    app.ledger().into_iter().filter(own).collect()
}

#[tokio::test]
async fn a_row_is_one_event_and_a_file_that_comes_again_records_nothing() {
    let app = TestApp::new().await;
    let first = "1,Anna Jansen,nl,anna@example.nl,06 12345678,1033 RW,12,A,Straat,Amsterdam,,,newsletter email post,K-1,yes,2026-01-05,2026-01-05,no,Bellen,,";
    let second = "2,,en,bob@example.org,,,,,,,Germany,Weg 1|10115 Berlin,post,,,,,,,phone email,2024-05-01";
    let (summary, reports) = csv(&app, &[first, second]).await;
    assert_eq!((summary.rows, summary.recorded, summary.refused), (2, 2, 0), "{reports:?}");
    let events = imported(&app);
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(kinds, [EventKind::Imported, EventKind::Imported, EventKind::Objected]);
    assert!(events.iter().all(|event| event.head.facts.is_some()));
    let Body::Objected(objection) = &events[2].body else { panic!("{:?}", events[2]) };
    assert_eq!(objection.since, Some(time::macros::date!(2024 - 05 - 01)));
    let anna = app.services.people.customer("1").expect("known");
    assert_eq!((anna.name(), anna.points().len()), (Some("Anna Jansen"), 3));
    let bob = Addressee::person(app.services.people.customer("2").expect("known").subject);
    assert_eq!(reason(&app, &Addressee::person(anna.subject), Channel::Newsletter), (true, Reason::SoftOptIn));
    assert_eq!(reason(&app, &bob, Channel::Email), (false, Reason::Objected));
    assert_eq!(reason(&app, &bob, Channel::Post), (true, Reason::OptOut));
    let before = app.ledger().len();
    app.clock.advance(86_400);
    let (again, _) = csv(&app, &[first, second]).await;
    assert_eq!((again.recorded, again.nothing_new), (0, 2));
    assert_eq!(app.ledger().len(), before);
}

/// A dry run is the default, says what the import will say, and leaves no trace.
#[tokio::test]
async fn a_dry_run_says_the_same_and_records_nothing() {
    let app = TestApp::new().await;
    let objected = ",,,anna@example.nl,,,,,,,,,,,,,,,,all,2020-01-01";
    let text = format!("{HEADER}\n{objected}\n{}\n{}\n", whole("1", "Anna@example.nl"), whole("1", "Anna@example.nl"));
    let before = app.ledger().len();
    let (dry, dry_reports) = import(&app, "x.csv", &text, Mode::DryRun).await;
    assert_eq!(app.ledger().len(), before);
    assert!(app.services.people.everybody().is_empty());
    assert!(hash::index_keys(&app.services.ledger).is_empty(), "no key either");
    let (wet, wet_reports) = import(&app, "x.csv", &text, Mode::Write).await;
    assert_eq!((dry.met_a_no, dry.rows), (wet.met_a_no, wet.rows));
    assert_eq!(dry_reports[..2], wet_reports[..2]);
    let met = vec![Note::StandingNo(vec![Channel::Newsletter, Channel::Email])];
    assert_eq!((wet_reports[1].line, &wet_reports[1].notes), (3, &met));
    assert_eq!(wet_reports[2].came_to, CameTo::NothingNew);
}

/// S-18: lines are a Dutch address where they are one, so a no by postcode and house number stands on them.
#[tokio::test]
async fn s_18_a_dutch_address_in_lines_meets_the_no_that_stands_on_it() {
    let app = TestApp::new().await;
    let act = Provenance { actor: Actor::System, ..Provenance::by_person(Route::Import, IdentityLevel::Unverified) };
    app.services
        .contactability
        .object(&app.history(), &Addressee::point(door("12 A")), &[Channel::Post], &act)
        .await
        .expect("taken");
    let lines = [
        "1,,,,,,,,,,,Modemstraat 12 A|1033 RW Amsterdam,post,,,,,,,,",
        "2,,,,,,,,,,Nederland,Modemstraat 12 A|1033 RW Amsterdam,post,,,,,,,,",
        "3,,,,,1033 RW,12,A,,,,t.a.v. Anna|Gebouw B,post,,,,,,,,",
        "4,,,,,,,,,,NL,Modemstraat|Amsterdam,post,,,,,,,,",
        "5,,,,,1000,16,,Rue de la Loi,Bruxelles,Belgique,,post,,,,,,,,",
    ];
    let (summary, reports) = csv(&app, &lines).await;
    assert_eq!((summary.recorded, summary.refused, summary.met_a_no), (4, 1, 3), "{reports:?}");
    for number in ["1", "2", "3"] {
        let person = Addressee::person(app.services.people.customer(number).expect("known").subject);
        assert_eq!(reason(&app, &person, Channel::Post), (false, Reason::PointObjected), "{number}");
    }
    let CameTo::Refused(fault) = reports[3].came_to else { panic!("a Dutch address without a postcode") };
    assert!(fault.to_string().starts_with("lines: this is read as a Dutch address"), "{fault}");
    let abroad = Addressee::person(app.services.people.customer("5").expect("known").subject);
    assert_eq!(reason(&app, &abroad, Channel::Post), (true, Reason::OptOut));
}

/// What a spreadsheet changed is refused with its field, and so that its no is not taken for recorded.
#[tokio::test]
async fn what_a_spreadsheet_changed_is_refused_and_its_no_named() {
    let app = TestApp::new().await;
    let changed = [
        ("U1,,,,,1033 RW,12-mrt,,,,,,post,,,,,,,post,", "house_number"),
        ("U2,,,,,1033 RW,44624,,,,,,post,,,,,,,post,", "house_number"),
        ("U3,,,,,1033 RW,1.2E+01,,,,,,post,,,,,,,post,", "house_number"),
        ("U4,,,,,1033 RW,12,2-jan,,,,,post,,,,,,,post,", "addition"),
        ("U5,,,,3.16E+10,,,,,,,,phone,,,,,,,phone,", "phone"),
        ("U6,,,,,9000,12-mrt,,Kerkstraat,Gent,België,,post,,,,,,,post,", "house_number"),
        ("U7,,,,,,,,,,,Modemstraat 12-mrt|1033 RW Amsterdam,post,,,,,,,post,", "lines"),
        ("U8,,,,,9000,3,,Kerkstraat,Gent,Belgï€,,post,,,,,,,post,", "country"),
    ];
    let rows: Vec<&str> = changed.iter().map(|(row, _)| *row).collect();
    let (summary, reports) = csv(&app, &rows).await;
    assert_eq!((summary.refused, summary.recorded), (changed.len() as u64, 0));
    for ((row, field), report) in changed.iter().zip(&reports) {
        let CameTo::Refused(fault) = report.came_to else { panic!("{row} is taken") };
        let text = fault.to_string();
        let is_said = text.contains("looks changed by a spreadsheet") || *field == "country";
        assert!(text.starts_with(&format!("{field}: ")) && is_said, "{row}: {text}");
        assert!(!report.notes.is_empty(), "{row}: its no is named");
    }
    let rows = [
        "V1,,,,,1033 RW,12.0,,,,,,post,,,,,,,post,",
        "V2,,,,,1033 RW,\"14,0\",,,,,,post,,,,,,,post,",
        "V3,,,,612345678.0,,,,,,,,phone,,,,,,,phone,",
        "V4,,,,,1033 RW,44624,,Postbus,Amsterdam,,,post,,,,,,,post,",
        "V5,,,,,1067.0,12.0,,Hauptstr.,Dresden,Duitsland,,post,,,,,,,post,",
    ];
    let (summary, reports) = csv(&app, &rows).await;
    assert_eq!((summary.refused, summary.recorded), (0, 5), "{reports:?}");
    for (point, channel) in
        [(door("12"), Channel::Post), (door("14"), Channel::Post), (phone("06 12345678"), Channel::Phone)]
    {
        assert_eq!(reason(&app, &Addressee::point(point), channel).1, Reason::PointObjected);
    }
    let dresden =
        PostalAddress::of_lines("Anna Jansen\nHauptstraße 12\nD-01067 Dresden\nGermany", None).expect("an address");
    let dresden = Addressee::point(ContactPoint::Post(dresden));
    assert_eq!(reason(&app, &dresden, Channel::Post).1, Reason::PointObjected);
}

/// S-18: an import of 1,000 rows with a suppressed address reports it and leaves it suppressed.
#[tokio::test]
async fn s_18_a_thousand_rows_lift_nothing() {
    let app = TestApp::new().await;
    let act = Provenance::by_person(Route::OneClick, IdentityLevel::Possession);
    let no = Addressee::point(email("Person500@example.nl"));
    objected(&app.services, &no, &Channel::ALL, &act).await;
    let rows: Vec<String> =
        (0..1000).map(|number| whole(&number.to_string(), &format!("person{number}@example.nl"))).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (summary, reports) = csv(&app, &rows).await;
    assert_eq!((summary.recorded, summary.met_a_no), (1000, 1));
    let met: Vec<u64> = reports.iter().filter(|report| !report.notes.is_empty()).map(|report| report.line).collect();
    assert_eq!(met, [502]);
    assert_eq!(reason(&app, &no, Channel::Newsletter), (false, Reason::PointObjected));
    let person = |number: &str| Addressee::person(app.services.people.customer(number).expect("known").subject);
    assert_eq!(reason(&app, &person("500"), Channel::Newsletter), (false, Reason::PointObjected));
    assert_eq!(reason(&app, &person("501"), Channel::Newsletter), (true, Reason::SoftOptIn));
}

/// S-18: a row that only brings an address is told of the no that stands on it, too.
#[tokio::test]
async fn s_18_a_row_without_channels_meets_a_no_as_well() {
    let app = TestApp::new().await;
    let act = Provenance::by_person(Route::OneClick, IdentityLevel::Possession);
    objected(&app.services, &Addressee::point(email("anna@example.nl")), &Channel::ALL, &act).await;
    for mode in [Mode::DryRun, Mode::Write] {
        let text = format!("{HEADER}\n1,,,ANNA@example.nl,,,,,,,,,,,,,,,,,\n2,,,bert@example.nl,,,,,,,,,,,,,,,,,\n");
        let (summary, reports) = import(&app, "x.csv", &text, mode).await;
        assert_eq!((summary.recorded, summary.met_a_no), (2, 1));
        assert_eq!(reports[0].notes, [Note::StandingNo(vec![Channel::Newsletter, Channel::Email])]);
    }
}

/// S-11: a file that wants a social opt-in for somebody is refused there, and the other rows are not.
#[tokio::test]
async fn s_11_nobody_is_signed_up_on_social_media() {
    let app = TestApp::new().await;
    let (summary, reports) =
        csv(&app, &["1,,,a@example.nl,,,,,,,,,email social,,,,,,,,", "2,,,b@example.nl,,,,,,,,,,,,,,,,,"]).await;
    assert_eq!((summary.refused, summary.recorded), (1, 1));
    let CameTo::Refused(fault) = reports[0].came_to else { panic!("refused") };
    assert!(fault.to_string().starts_with("channels: self-signup-required"), "{fault}");
    assert!(app.services.people.customer("1").is_none());
}

/// S-21: without all the evidence somebody is a customer without a basis, and the report names the pieces.
#[tokio::test]
async fn s_21_evidence_is_never_invented() {
    let app = TestApp::new().await;
    let (summary, reports) = csv(
        &app,
        &[
            "1,,,a@example.nl,,,,,,,,,newsletter,K-1,yes,2026-01-05,,no,Bellen,,",
            "2,,,b@example.nl,,,,,,,,,newsletter,,,,,,,,",
            "3,,,c@example.nl,020 788 4000,,,,,,,,newsletter phone,K-3,yes,2026-01-05,2026-01-05,yes,Bellen,,",
        ],
    )
    .await;
    assert_eq!((summary.without_basis, summary.recorded), (3, 3));
    assert_eq!(reports[0].notes, [Note::NoBasis(vec![Channel::Newsletter], vec![Piece::OptOutOfferedOn])]);
    assert_eq!(reports[1].notes, [Note::NoBasis(vec![Channel::Newsletter], SoftOptIn::default().missing())]);
    let third = [Note::StandingNo(vec![Channel::Newsletter]), Note::NoBasis(vec![Channel::Phone], Vec::new())];
    assert_eq!(reports[2].notes, third);
    let person = |number: &str| Addressee::person(app.services.people.customer(number).expect("known").subject);
    assert_eq!(reason(&app, &person("1"), Channel::Newsletter), (false, Reason::EvidenceMissing));
    assert_eq!(reason(&app, &person("2"), Channel::Newsletter), (false, Reason::EvidenceMissing));
    assert_eq!(reason(&app, &person("3"), Channel::Newsletter), (false, Reason::Refused));
    assert!(!may_contact(&app, &Addressee::point(email("C@example.nl")), Channel::Email).allow);
}

/// The report names line, field and mend, and nothing that stands there.
#[tokio::test]
async fn faults_name_the_field_and_never_what_it_holds() {
    let app = TestApp::new().await;
    let bad = [
        ("1,,,geheim@,,,,,,,,,,,,,,,,,", "email: this is no e-mail address; it looks like name@example.nl"),
        (
            "1,,,,06-geheim,,,,,,,,,,,,,,,,",
            "phone: this is no phone number; it looks like 020 788 4000 or +31 20 788 4000",
        ),
        ("1,,,,,geheim,1,,,,,,,,,,,,,,", "postcode: this is no Dutch postcode; it looks like 1033 RW"),
        (
            "1,,,,,1033RW,geheim,,,,,,,,,,,,,,",
            "house_number: this is no house number; it is a number from 1 to 99999, with an addition if there is one",
        ),
        (
            "1,,,,,,,,,,Frankrijk,geheim,,,,,,,,,",
            "lines: this is no postal address; write street, place and country, each on its line",
        ),
        (
            "1,,,,,,,,,,Geheimland,Weg 1|9000 Gent,,,,,,,,,",
            "country: this is no country that we know; write its name in Dutch, English, French or German, or its code, such \
             as BE",
        ),
        (
            "1,,,,,,,,,,,Weg 1|9000 Gent,,,,,,,,,",
            "country: the country is missing; write its name as the last line, or, in the Netherlands, a postcode such as \
             1033 RW",
        ),
        ("1,,geheim,,,,,,,,,,,,,,,,,,", "language: write nl or en"),
        (
            "1,,,,,,,,,,,,geheim,,,,,,,,",
            "channels: write newsletter, email, post, phone or social, with a space between two",
        ),
        ("1,,,,,,,,,,,,email,,geheim,,,,,,", "same_entity: write yes or no"),
        (
            "1,,,,,,,,,,,,email,,,geheim,,,,,",
            "informed_on: write the date as 2026-11-24; no day before 1990 and none to come",
        ),
        (
            "1,,,,,,,,,,,,email,,,2026-11-25,,,,,",
            "informed_on: write the date as 2026-11-24; no day before 1990 and none to come",
        ),
        ("1,,,,,,,,,,,,,K-1,,,,,,,", "channels: say in channels what the evidence is for"),
        (",geheim,,,,,,,,,,,,,,,,,,,", "add a customer number, or at least one address or number"),
        (
            ",,,geheim@example.nl,,,,,,,,,,,,,,,,post,",
            "objected_channels: none of these reaches an address or number of this row; add one, or a customer number",
        ),
        ("1,,,,,,,,,,,,,,,,,,,,2020-01-01", "objected_on: say what was objected to in objected_channels"),
        (
            "1,,,,,,,,,,,,,,,,,,,,,geheim",
            "the row has more or fewer fields than the header; look for a missing quotation mark or separator",
        ),
    ];
    let lines: Vec<&str> = bad.iter().map(|(row, _)| *row).collect();
    let (summary, reports) = csv(&app, &lines).await;
    assert_eq!((summary.refused, summary.recorded), (bad.len() as u64, 0));
    for (number, ((_, expected), report)) in (2u64..).zip(bad.iter().zip(&reports)) {
        assert_eq!(report.line, number);
        if let CameTo::Refused(fault) = report.came_to {
            assert_eq!(fault.to_string(), *expected);
        }
        assert!(!format!("{report:?}").contains("geheim"));
    }
    for header in ["customer,e-mail", "customer,customer", "objected_chanels,customer"] {
        let refused = rows(Path::new("x.csv"), header.as_bytes()).map(|_| ()).expect_err("a wrong header");
        assert!(refused.to_string().starts_with("x.csv: line 1"), "{refused}");
    }
    let refused = rows(Path::new("x.csv"), "objected_chanels".as_bytes()).map(|_| ()).expect_err("mistyped");
    assert!(refused.to_string().contains("did you mean objected_channels?"), "{refused}");
}

#[tokio::test]
async fn json_lines_and_other_separators_say_the_same() {
    let json = "\u{feff}{\"customer\": 1, \"email\": \"a@example.nl\", \"channels\": [\"newsletter\", \"email\"], \"contract\": \"K-1\",\
                \"same_entity\": true, \"informed_on\": \"2026-01-05\", \"opt_out_offered_on\": \"2026-01-05\",\
                \"opt_out_used\": false, \"products\": \"Bellen\", \"phone\": null}\n\n[1]\n{\"unknown\": 1}\n";
    let app = TestApp::new().await;
    let (summary, reports) = import(&app, "people", json, Mode::Write).await;
    assert_eq!((summary.recorded, summary.refused), (1, 2));
    assert_eq!(reports.iter().map(|report| report.line).collect::<Vec<_>>(), [1, 3, 4]);
    let semicolons = format!("\u{feff}{}\r\n{}\r\n", HEADER, whole("1", "a@example.nl")).replace(',', ";");
    let (same, _) = import(&app, "people.csv", &semicolons, Mode::Write).await;
    assert_eq!((same.nothing_new, same.rows), (1, 1));
}

/// A row's number is that of its line in an editor, whichever way lines end.
#[tokio::test]
async fn a_row_is_named_by_its_line() {
    let app = TestApp::new().await;
    let long = format!("a,b\r\n{}", "\r\n".repeat(9000));
    let long = long.replace("a,b", "customer,email") + "A-1,bad1";
    for (text, lines) in [
        ("customer,email\r\nA-1,bad1\r\nA-2,bad2\r\n", vec![2, 3]),
        ("customer,email\nA-1,bad1\nA-2,bad2", vec![2, 3]),
        ("customer,email\rA-1,bad1\rA-2,bad2\r", vec![2, 3]),
        ("\u{feff}customer,email\r\n\r\n\r\nA-1,bad1\r\n\r\nA-2,bad2\r\n", vec![4, 6]),
        ("\n\ncustomer,email\n\nA-1,bad1\n", vec![5]),
        ("customer,email\r\n\"A\r\n1\",bad1\r\nA-2,bad2\r\n", vec![2, 4]),
        ("sep=;\r\ncustomer;email\r\nA-1;bad1\r\nA-2;bad2\r\n", vec![3, 4]),
        ("\u{feff}sep=\t\ncustomer\temail\nA-1\tbad1\n", vec![3]),
        (long.as_str(), vec![9002]),
    ] {
        let (summary, reports) = import(&app, "x.csv", text, Mode::DryRun).await;
        assert_eq!(reports.iter().map(|report| report.line).collect::<Vec<_>>(), lines, "{text:?}");
        assert_eq!(summary.refused, lines.len() as u64);
    }
}

#[tokio::test]
async fn rows_about_the_same_person_are_taken_one_after_the_other() {
    let app = TestApp::new().await;
    let (summary, _) = csv(
        &app,
        &[
            "1,Anna,,anna@example.nl,,,,,,,,,,,,,,,,,",
            "1,,,,06 12345678,,,,,,,,phone,,,,,,,,",
            ",,,ANNA@example.nl,,,,,,,,,,,,,,,,newsletter,2020-02-02",
            ",Anna,,anna@example.nl,06 12345678,,,,,,,,,,,,,,,,",
        ],
    )
    .await;
    // The last says that mailbox and number are one person's.
    assert_eq!((summary.recorded, summary.nothing_new), (4, 0));
    let again = csv(&app, &[",Anna,,anna@example.nl,06 12345678,,,,,,,,,,,,,,,,"]).await.0;
    assert_eq!((again.recorded, again.nothing_new), (0, 1));
    let people = app.services.people.everybody();
    assert_eq!((people.len(), people[0].points().len()), (1, 2));
    let who = Addressee::person(people[0].subject);
    assert_eq!(reason(&app, &who, Channel::Newsletter), (false, Reason::PointObjected));
    let merged = customer(&app, "2", &[door("1")]).await;
    let act = Provenance { actor: Actor::System, ..Provenance::by_person(Route::Import, IdentityLevel::Unverified) };
    app.services.merging.merge(&app.history(), people[0].subject, merged, &act, Vec::new()).await.expect("merged");
    let (summary, _) = csv(&app, &["1,,,x@example.nl,,,,,,,,,,,,,,,,,", "2,,,y@example.nl,,,,,,,,,,,,,,,,,"]).await;
    assert_eq!(summary.recorded, 2);
    assert_eq!(
        app.services.people.customer("2").expect("known").points().len(),
        5,
        "neither row forgot what the other added"
    );
}

/// A yes that the person proved after the objection stands, however often the old list comes again.
#[tokio::test]
async fn an_old_objection_does_not_undo_a_later_yes() {
    let app = TestApp::new().await;
    let dated = "1,,,anna@example.nl,,,,,,,,,,,,,,,,newsletter,2026-11-01";
    let undated = "2,,,bert@example.nl,,,,,,,,,,,,,,,,newsletter,";
    csv(&app, &[dated, undated]).await;
    let person = |number: &str| app.services.people.customer(number).expect("known").subject;
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    for number in ["1", "2"] {
        let denied = reason(&app, &Addressee::person(person(number)), Channel::Newsletter);
        assert_eq!(denied, (false, Reason::Objected));
        let yes = app
            .services
            .contactability
            .opt_in(&app.history(), person(number), &[Channel::Newsletter], confirmation(), &[], &act, None)
            .await;
        yes.expect("recorded");
    }
    let (summary, reports) = csv(&app, &[dated, undated]).await;
    assert_eq!(summary.nothing_new, 2);
    assert!(reports.iter().all(|report| report.notes == [Note::AgreedSince(vec![Channel::Newsletter])]));
    for number in ["1", "2"] {
        let allowed = reason(&app, &Addressee::person(person(number)), Channel::Newsletter);
        assert_eq!(allowed, (true, Reason::OptedIn));
    }
    // One of today is newer than the yes of today, as far as days can tell.
    csv(&app, &["1,,,anna@example.nl,,,,,,,,,,,,,,,,newsletter,2026-11-24"]).await;
    let denied = reason(&app, &Addressee::person(person("1")), Channel::Newsletter);
    assert_eq!(denied, (false, Reason::Objected));
    assert_eq!(confirmation().verified, IdentityCheck::MailCode);
    assert!(!may_contact(&app, &Addressee::point(phone("020 788 4001")), Channel::Phone).allow);
}

/// Whatever else is wrong with a row: where it can be read and says no, that no is taken, and nothing else.
#[tokio::test]
async fn a_no_is_not_lost_with_the_row_that_says_it() {
    let app = TestApp::new().await;
    csv(&app, &[&whole("1", "known@example.nl")]).await;
    let text = [
        "2,Anna,,a@example.nl,06-geheim,,,,,,,,newsletter,,,,,,,newsletter,2020-02-02",
        ",,,b@example.nl,,,,,,,,,,,,,,,,all,geheim",
        "1,,,,,geheim,1,,,,,,,,,,,,,post,2020-02-02",
        "3,,,c@example.nl,,,,,,,,,newsletter,K-1,yes,geheim,,yes,,,",
        "4,,,geheim@,06 12345678,,,,,,,,social,,,,,,,phone,",
        ",,,d@example.nl,,,,,,,,,,,,,,,,newsletter geheim,",
        "5,Ren\u{e9},,e@example.nl,,,,,,,,,,,,,,,,email,",
        "6,,,geheim@,,,,,,,,,,,,,,,,newsletter,",
        "7,,,f@example.nl,,,,,,,,,,,,,,,,social,geheim",
    ];
    // One name is in Latin 1, as old systems write it.
    let text = format!("{HEADER}\n{}\n", text.join("\n"));
    let text: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1")).collect();
    let before = app.ledger().len();
    let dry = import(&app, "x.csv", &text, Mode::DryRun).await;
    assert_eq!(app.ledger().len(), before);
    let (summary, reports) = import(&app, "x.csv", &text, Mode::Write).await;
    assert_eq!(dry, (summary, reports.clone()), "the dry run says the same");
    assert_eq!((summary.refused, summary.recorded, summary.no_all_the_same), (9, 0, 7));
    let messages = [Channel::Newsletter, Channel::Email];
    let taken: [&[Channel]; 7] = [
        &messages[..1],
        &messages,
        &[Channel::Post],
        &messages[..1],
        &[Channel::Phone],
        &messages[..1],
        &messages[1..],
    ];
    for (report, channels) in reports.iter().zip(taken) {
        assert!(matches!(report.came_to, CameTo::Refused(_)));
        assert_eq!(report.notes[0], Note::NoAllTheSame(channels.to_vec()), "line {}", report.line);
        let has_unread = report.line == 7;
        assert_eq!(report.notes[1..] == [Note::Unread], has_unread, "{report:?}");
    }
    let nowhere = [Channel::Newsletter, Channel::Social].map(|channel| vec![Note::NotRecorded(vec![channel])]);
    assert!(reports[7..].iter().map(|report| &report.notes).eq(&nowhere), "there is nothing for it to stand on");
    let at = [("a", 0), ("b", 0), ("b", 1), ("c", 0), ("d", 0), ("e", 1)];
    for (name, channel) in at {
        let denied = reason(&app, &Addressee::point(email(&format!("{name}@example.nl"))), messages[channel]);
        assert_eq!(denied, (false, Reason::PointObjected), "{name}");
    }
    let denied = reason(&app, &Addressee::point(phone("06 12345678")), Channel::Phone);
    assert_eq!(denied, (false, Reason::PointObjected));
    let known = Addressee::person(app.services.people.customer("1").expect("known").subject);
    assert_eq!(reason(&app, &known, Channel::Post), (false, Reason::Objected));
    assert_eq!(app.services.people.everybody().len(), 1, "nobody is made of a row that is refused");
    let before = app.ledger().len();
    let again = import(&app, "x.csv", &text, Mode::Write).await;
    assert_eq!((again, app.ledger().len()), ((summary, reports), before));
    let mended = "2,Anna,,a@example.nl,06 12345679,,,,,,,,newsletter,,,,,,,newsletter,2020-02-02";
    assert_eq!(csv(&app, &[mended]).await.0.recorded, 1);
    let anna = Addressee::person(app.services.people.customer("2").expect("known").subject);
    assert_eq!(reason(&app, &anna, Channel::Newsletter), (false, Reason::Objected));
}

/// A blocking list without dates comes again after somebody on it agreed: from the same source it is the same no, from
/// another it may be a newer one.
#[tokio::test]
async fn a_lifted_no_without_a_date_does_not_come_back_with_the_same_list() {
    let app = TestApp::new().await;
    let list = format!("{HEADER}\n,,,Anna@example.nl,,,,,,,,,,,,,,,,newsletter email,\n");
    let again = async |source: &str, mode| import(&app, source, &list, mode).await;
    let anna = customer(&app, "1", &[email("anna@example.nl")]).await;
    let (taken, _) = again("crm.csv", Mode::Write).await;
    assert_eq!(taken.recorded, 1);
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    let yes = async |channel: Channel| {
        let controlled = [email("anna@example.nl")];
        opted_in(&app.services, anna, &[channel], confirmation(), &controlled, &act).await;
    };
    let stands = |channel| {
        !may_contact(&app, &Addressee { person: Some(anna), points: vec![email("ANNA@example.nl")] }, channel).allow
    };
    yes(Channel::Newsletter).await;
    // As remembered after a restart, and under an older index key.
    hash::rotate_index_key(&app.services.ledger);
    *app.services.people.book.write().expect("whole") =
        ContactDirectory::load(&app.services.ledger, MemorySettings::default()).expect("readable");
    let before = app.ledger().len();
    for mode in [Mode::DryRun, Mode::Write] {
        let (summary, reports) = again("CRM.csv ", mode).await;
        assert_eq!((summary.recorded, summary.nothing_new), (0, 1));
        assert_eq!(reports[0].notes, [Note::AgreedSince(vec![Channel::Newsletter])]);
    }
    assert_eq!((app.ledger().len(), stands(Channel::Newsletter), stands(Channel::Email)), (before, false, true));
    yes(Channel::Email).await;
    assert_eq!(again("crm.csv", Mode::Write).await.0.nothing_new, 1);
    assert!(!stands(Channel::Newsletter) && !stands(Channel::Email));
    assert!(app.services.people.blocked(&app.services.people.known_person(anna).expect("known")).is_empty());
    // What was not on the list before is new, as is another list.
    let wider = format!("{HEADER}\n,,,anna@example.nl,06 12345678,,,,,,,,,,,,,,,all,\n");
    let (summary, reports) = import(&app, "crm.csv", &wider, Mode::Write).await;
    assert_eq!(
        (summary.recorded, &reports[0].notes),
        (1, &vec![Note::AgreedSince(vec![Channel::Newsletter, Channel::Email])])
    );
    assert!(
        !may_contact(&app, &Addressee::point(phone("06 12345678")), Channel::Phone).allow && !stands(Channel::Email)
    );
    assert_eq!(again("shop.csv", Mode::Write).await.0.recorded, 1);
    assert!(stands(Channel::Newsletter) && stands(Channel::Email));
    // What was lifted twice is still remembered once.
    yes(Channel::Newsletter).await;
    yes(Channel::Email).await;
    assert_eq!(again("shop.csv", Mode::Write).await.0.nothing_new, 1);
    assert_eq!(again("crm.csv", Mode::Write).await.0.nothing_new, 1);
    assert!(!stands(Channel::Newsletter) && !stands(Channel::Email));
}

/// Found by a random life: one row lists a mailbox and a phone, and whoever has the phone agreed to mail at their own.
#[tokio::test]
async fn a_yes_of_whoever_has_the_phone_says_nothing_of_the_mailbox() {
    let app = TestApp::new().await;
    let bert = customer(&app, "1", &[phone("06 12345678"), email("bert@example.nl")]).await;
    let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
    opted_in(&app.services, bert, &Channel::ALL, confirmation(), &[], &act).await;
    let (_, reports) = csv(&app, &[",,,anna@example.nl,06 12345678,,,,,,,,,,,,,,,all,2020-02-02"]).await;
    assert_eq!(reports[0].notes, [Note::AgreedSince(vec![Channel::Phone])]);
    let late = customer(&app, "2", &[email("anna@example.nl")]).await;
    assert_eq!(reason(&app, &Addressee::person(late), Channel::Email), (false, Reason::PointObjected));
    assert_eq!(reason(&app, &Addressee::person(bert), Channel::Phone), (true, Reason::OptedIn));
}

/// Rows are streamed, and share the syncs of a batch: 256 rows a checkpoint, not one.
#[tokio::test]
async fn many_rows_on_disk_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let app = TestApp::at(Some(&data), 1).await;
    let rows: Vec<String> =
        (0..1500).map(|number| whole(&number.to_string(), &format!("p{number}@example.nl"))).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (summary, _) = csv(&app, &rows).await;
    assert_eq!(summary.recorded, 1500);
    app.services.ledger.close().await;
    let app = TestApp::at(Some(&data), 2).await;
    let (again, _) = csv(&app, &rows).await;
    assert_eq!((again.nothing_new, app.services.people.everybody().len()), (1500, 1500));
    app.services.ledger.close().await;
    ledger::verify::verify(&data, Some(&data.with_extension("root"))).expect("adds up");
}

/// What a newcomer can try in the demo; a second start invents nobody.
#[tokio::test]
async fn the_demo_has_six_people_with_something_to_see() {
    let app = TestApp::new().await;
    let summary = app.services.contact_import.invent_people().await.expect("made");
    assert_eq!((summary.rows, summary.recorded, summary.refused), (7, 7, 0));
    assert_eq!(app.services.people.everybody().len(), 6);
    let about = |number: &str, channel| {
        let person = app.services.people.customer(number).expect("known").subject;
        reason(&app, &Addressee::person(person), channel).1
    };
    assert_eq!(about("K-1001", Channel::Newsletter), Reason::SoftOptIn);
    assert_eq!(about("K-1002", Channel::Newsletter), Reason::EvidenceMissing);
    assert_eq!(about("K-1003", Channel::Newsletter), Reason::SoftOptIn);
    assert_eq!(about("K-1004", Channel::Post), Reason::Objected);
    assert_eq!(about("K-1005", Channel::Email), Reason::Refused);
    assert_eq!(about("K-1006", Channel::Post), Reason::OptOut);
    assert_eq!(app.services.people.people_at(&email("thuis@example.nl")).len(), 2);
    let before = app.ledger().len();
    app.services.contact_import.invent_people().await.expect("nothing to do");
    assert_eq!(app.ledger().len(), before);
}

/// Each row says no at a mailbox of its own.
fn noes(count: usize) -> String {
    let row = |number| format!("U{number},,,u{number}@example.nl,,,,,,,,,,,,,,,,newsletter,\n");
    std::iter::once(format!("{HEADER}\n")).chain((1..=count).map(row)).collect()
}

fn is_denied(app: &TestApp, name: &str) -> bool {
    reason(app, &Addressee::point(email(&format!("{name}@example.nl"))), Channel::Newsletter)
        == (false, Reason::PointObjected)
}

/// A row that breaks off before its no, with nothing to show it but where the no then stands.
#[tokio::test]
async fn the_end_of_a_row_is_no_customer() {
    let header = "customer,email,objected_channels,objected_on";
    for end in ["newsletter", "newsletter,", "Alle kanalen", "post,2024-01-01", "ja", "WAAR"] {
        let app = TestApp::new().await;
        let (_, reports) = import(&app, "x.csv", &format!("{header}\nU1,u1@example.nl\n{end}\n"), Mode::Write).await;
        let told = reports.iter().find(|report| report.line == 3).expect("told");
        let is_an_end = told.came_to == CameTo::Refused(RowFault { column: None, mend: Mend::EndOfAnother });
        assert!(is_an_end, "{end}: {told:?}");
        assert!(told.notes.contains(&Note::Unread), "{end}: {:?}", told.notes);
    }
    // A customer number is no such word, in a row of any length.
    for row in ["U1", "U1,u1@example.nl", "1,u1@example.nl", "post,u1@example.nl,newsletter,2024-01-01"] {
        let app = TestApp::new().await;
        let (_, reports) = import(&app, "x.csv", &format!("{header}\n{row}\n"), Mode::Write).await;
        let refused = |report: &RowReport| matches!(report.came_to, CameTo::Refused(_));
        assert!(!reports.iter().any(refused), "{row}: {reports:?}");
    }
}

/// What tells of the file is nobody's row, whatever else is short of it; its no is named.
#[tokio::test]
async fn a_total_or_a_remark_is_no_customer() {
    let header = "customer,name,email,objected_channels";
    let remarks = [
        "Totaal: 1",
        "Totaal",
        "totaal,1",
        "Totaal 12",
        "TOTAL=12",
        "Subtotaal: 3",
        "Aantal: 12",
        "12 rijen",
        "(12 rows)",
        "# einde",
        "#comment",
        "// end",
        "-- 12 rows",
        "=== END ===",
        "Einde bestand",
        "EOF",
        "Pagina 1 van 1",
        "Opmerking: zie blad 2",
        "Gemaakt op 24 november 2026",
        "Export van klanten",
        "% klanten",
        "Let op:",
    ];
    for remark in remarks {
        for (row, says_no) in
            [(remark.to_owned(), false), (format!("{remark}{}post", ",".repeat(3 - remark.matches(',').count())), true)]
        {
            let app = TestApp::new().await;
            let text = format!("{header}\nU1,,u1@example.nl,\n{row}\n");
            let before = app.ledger().len();
            let (summary, reports) = import(&app, "x.csv", &text, Mode::Write).await;
            let told = reports.iter().find(|report| report.line == 3);
            let is_refused = told.is_some_and(|told| matches!(told.came_to, CameTo::Refused(_)));
            let is_sentence = says_no && !words::is_remark(remark.split(',').next().expect("a piece"));
            if is_sentence {
                continue;
            }
            assert!(is_refused && summary.refused == 1, "{row}: {told:?}");
            assert_eq!(app.ledger().len(), before + 1, "{row}");
            assert!(!says_no || !told.expect("refused").notes.is_empty(), "{row}: its no is named");
        }
    }
    let numbers = [
        "U1",
        "K-1001",
        "#1001",
        "1158 4467",
        "n7 ab",
        "020 788 4001",
        "NL:123",
        "2024/118",
        "ABC",
        "Jansen",
        "K 1001",
        "EOF-12",
        "(12)",
        "total12",
    ];
    for number in numbers {
        for row in [number.to_owned(), format!("{number},,,post"), format!("{number},,u1@example.nl,post")] {
            let app = TestApp::new().await;
            let (summary, reports) = import(&app, "x.csv", &format!("{header}\n{row}\n"), Mode::Write).await;
            assert_eq!(summary.refused, 0, "{row}: {reports:?}");
        }
    }
    // With an address it is somebody's, whatever they are called.
    let app = TestApp::new().await;
    let (summary, _) = import(&app, "x.csv", &format!("{header}\nTotaal: 1,,u1@example.nl,post\n"), Mode::Write).await;
    assert_eq!(summary.refused, 0);
    let (summary, _) = import(&app, "x.jsonl", "{\"customer\": \"Totaal: 1\"}\n", Mode::Write).await;
    assert_eq!(summary.refused, 1, "in a line of JSON, too");
}

/// In whatever form, it is told once and not row by row.
#[test]
fn utf_16_is_told_of_the_whole_file() {
    let lines = "{\"customer\": \"K-1\"}\n{\"customer\": \"K-2\"}\n";
    let little: Vec<u8> = lines.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = lines.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for name in ["x.jsonl", "x.ndjson", "x.json", "x.csv", "x", "63"] {
        for bytes in [&[b"\xff\xfe", &little[..]].concat(), &[b"\xfe\xff", &big[..]].concat(), &little, &big] {
            let fault = rows(Path::new(name), &bytes[..]).err().expect("refused").fault;
            assert_eq!(fault, table::HeaderFault::Utf16, "{name}");
        }
    }
}

/// A quotation mark that stays open, a line that breaks off: no row behind it is swallowed.
#[tokio::test]
async fn a_broken_line_swallows_no_other() {
    let header = "customer,email,lines,objected_channels";
    for (text, lines, denied) in [
        // One that is never closed.
        (
            "1,a@example.nl,\"Weg 1|X,all\n2,b@example.nl,,all\n3,c@example.nl,,all\n",
            vec![(2, 4), (3, 3), (4, 4)],
            "abc",
        ),
        // One that the next mark seems to close.
        ("1,a@example.nl,\"Weg 1,\n2,b@example.nl,\"Weg 2\",all\n3,c@example.nl,,all\n", vec![(2, 3), (3, 3)], "bc"),
        ("1,a@example.nl,\"Weg 1,\n2,b@example.nl,Weg 2\",all\n", vec![(2, 3), (3, 3)], "ab"),
        // A line break in quotation marks, of each kind.
        ("1,a@example.nl,\"Weg 1\n1000 AA X\",all\n2,b@example.nl,,all\n", vec![(2, 3)], "ab"),
        ("1,a@example.nl,\"Weg 1\r\n1000 AA X\",all\n2,b@example.nl,,all\n", vec![(2, 3)], "ab"),
        ("1,a@example.nl,\"Weg 1\r1000 AA X\",all\n2,b@example.nl,,all\n", vec![(2, 3)], "ab"),
        ("1,a@example.nl,Weg 1\r1000 AA X,all\n2,b@example.nl,,all\n", vec![(2, 3)], "ab"),
        ("1,a@example.nl,Weg 1\u{2028}1000 AA X,all\n2,b@example.nl,,all\n", vec![(2, 2)], "ab"),
        ("1,a@example.nl,,all\r2,b@example.nl,,all\n3,c@example.nl,,all\n", vec![(2, 3), (3, 3)], "abc"),
        // Marks where none may stand.
        ("1,a@example.nl,Weg \"1\",all\n2,b@example.nl,,all\n", vec![(2, 2)], "ab"),
        ("1,a@example.nl,\"Weg\" 1,all\n2,b@example.nl,,all\n", vec![(2, 2)], "ab"),
        ("1,a@example.nl,We\0g,all\n2,b@example.nl,,al\0l\n", vec![(2, 2), (3, 3)], "ab"),
        // Of another separator; once more the header.
        ("1;a@example.nl;;all\n2,b@example.nl,,all\n", vec![(2, 2)], "b"),
        ("customer,email,lines,objected_channels\n2,b@example.nl,,all\n", vec![(2, 2)], "b"),
        ("1,a@example.nl,,,,all\n2,b@example.nl,,all\n", vec![(2, 2)], "b"),
    ] {
        let app = TestApp::new().await;
        let (summary, reports) = import(&app, "x.csv", format!("{header}\n{text}"), Mode::Write).await;
        let refused: Vec<_> = reports.iter().filter(|report| matches!(report.came_to, CameTo::Refused(_))).collect();
        assert_eq!(refused.iter().map(|report| (report.line, report.last)).collect::<Vec<_>>(), lines, "{text:?}");
        assert_eq!(summary.refused, lines.len() as u64);
        for name in ["a", "b", "c"] {
            assert_eq!(is_denied(&app, name), denied.contains(name), "{name} of {text:?}: {reports:?}");
        }
        for report in &refused {
            assert!(!format!("{report:?}").contains("Weg"));
        }
        let named = refused
            .iter()
            .any(|report| report.notes.iter().any(|note| matches!(note, Note::Unread | Note::NotRecorded(_))));
        assert!(
            named || denied.contains('a') || text.starts_with("customer") || text.contains("Weg 1,\n"),
            "{text:?}: {reports:?}"
        );
    }
}

/// Spaces before a quotation mark, doubled ones, cells that are missing or empty at the end, `sep=` in quotation marks.
/// A header of one program above the rows of another: no quotation mark is to blame.
#[tokio::test]
async fn lines_that_end_in_different_ways_are_told_as_that() {
    let app = TestApp::new().await;
    for text in [
        "customer,objected_channels\nA-1,email\rA-2,post\r",
        "customer,objected_channels\r\nA-1,email\rA-2,post\rA-3,all",
        "customer,objected_channels\rA-1,email\nA-2,post\n",
    ] {
        let (_, reports) = import(&app, "x.csv", text, Mode::DryRun).await;
        assert!(!reports.is_empty());
        for report in reports {
            let CameTo::Refused(fault) = report.came_to else { panic!("{text:?}: taken") };
            assert_eq!(fault.mend, Mend::LineEnds, "{text:?}");
        }
    }
    let open = import(&app, "x.csv", "customer,name\nA-1,\"Anna\nA-2,Bert\n", Mode::DryRun).await.1;
    assert!(matches!(open[0].came_to, CameTo::Refused(RowFault { mend: Mend::OpenQuote, .. })), "the control");
}

#[tokio::test]
async fn what_programs_write_is_read() {
    for text in [
        "customer,email,objected_channels,lines\n1,a@example.nl,newsletter\n",
        "customer,email,objected_channels,lines,,\n1,a@example.nl,newsletter,,,\n",
        "customer, email ,\"objected_channels\"\n1, \"a@example.nl\" ,\"newsletter\"",
        "\"sep=;\"\ncustomer;email;name;objected_channels\n1;a@example.nl;\"Jan \"\"J\"\"; jr\";NIEUWSBRIEF\n",
        "customer;name;email;objected_channels\n1;Jansen, A.;a@example.nl;alle\n",
        "customer\temail\tobjected_channels\r1\ta@example.nl\tE-mail en nieuwsbrief\r",
        "customer|email|objected_channels\n1|a@example.nl|newsletter\n",
    ] {
        let app = TestApp::new().await;
        let text = if text.contains('|') && !text.contains(';') { format!("sep=|\n{text}") } else { text.to_owned() };
        let (summary, reports) = import(&app, "x.csv", &text, Mode::Write).await;
        assert_eq!((summary.recorded, summary.refused), (1, 0), "{text:?}: {reports:?}");
        assert!(is_denied(&app, "a"), "{text:?}");
    }
}

/// Without a header the first line is a person, who stands in no error.
#[tokio::test]
async fn a_file_without_a_header_is_refused_without_its_first_row() {
    let utf16: Vec<u8> = noes(1).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        "K-1,Anna Geheim,anna@geheim.nl,06 12345678\n".as_bytes(),
        b"K-1;Anna Geheim;nl\n",
        b"customer,Anna Geheim\n",
        b"name,,email\n",
        b"customer,\"name\n",
        b"custom\xe9r,name\n",
        b"",
        b"\n\n",
        b",,,\n,,,\n",
        &utf16,
    ] {
        let refused = rows(Path::new("x.csv"), text).map(|_| ()).expect_err("no header").to_string();
        assert!(!refused.to_lowercase().contains("geheim") && !refused.contains("K-1"), "{refused}");
        assert!(refused.starts_with("x.csv: ") && refused.len() > 20, "{refused}");
    }
}

/// A row of nothing but separators is passed over and counted, and is no row.
#[tokio::test]
async fn separators_alone_are_no_row() {
    let app = TestApp::new().await;
    let (summary, reports) = import(&app, "x.csv", format!("{}{}\n;\n", noes(1), ",".repeat(20)), Mode::Write).await;
    assert_eq!((summary.rows, summary.blank, summary.refused), (2, 1, 1), "{reports:?}");
    let (summary, _) = import(&app, "x.csv", format!("{HEADER}\n{}\n,,\n", ",".repeat(20)), Mode::Write).await;
    assert_eq!((summary.rows, summary.blank), (0, 2));
}

/// No day before anybody could have said it, and none to come.
#[tokio::test]
async fn a_day_that_cannot_be_is_refused_and_its_no_is_not_lost() {
    for day in [
        "0000-01-01",
        "0001-01-01",
        "1899-12-30",
        "1900-01-01",
        "1970-01-01",
        "1989-12-31",
        "2026-11-25",
        "9999-12-31",
        "2026-02-30",
        "2026-W48-2",
        "2026-328",
        "20261124",
        "+002026-11-24",
        "24-11-2026",
        "2026-11-24T00:00",
    ] {
        let app = TestApp::new().await;
        for (row, column) in [
            (format!("1,,,a@example.nl,,,,,,,,,,,,,,,,newsletter,{day}"), Column::ObjectedOn),
            (format!("2,,,b@example.nl,,,,,,,,,newsletter,K,yes,{day},2026-01-05,yes,X,,"), Column::InformedOn),
            (format!("3,,,c@example.nl,,,,,,,,,newsletter,K,yes,2026-01-05,{day},yes,X,,"), Column::OptOutOfferedOn),
        ] {
            let (_, reports) = csv(&app, &[&row]).await;
            assert_eq!(
                reports[0].came_to,
                CameTo::Refused(RowFault { column: Some(column), mend: Mend::Date }),
                "{day}"
            );
            assert_eq!(reports[0].notes, [Note::NoAllTheSame(vec![Channel::Newsletter])], "{day}");
        }
        assert!(["a", "b", "c"].iter().all(|name| is_denied(&app, name)), "{day}");
    }
    let app = TestApp::new().await;
    let (summary, _) = csv(&app, &["1,,,a@example.nl,,,,,,,,,,,,,,,,newsletter,1990-01-01"]).await;
    assert_eq!(summary.recorded, 1);
}

/// A name that stands twice says two things: neither is taken, and every no of them is.
#[tokio::test]
async fn a_member_that_stands_twice_is_named_and_its_no_is_taken() {
    for (text, column) in [
        (
            r#"{"email":"a@example.nl","objected_channels":"newsletter","objected_channels":""}"#,
            Column::ObjectedChannels,
        ),
        (
            r#"{"email":"a@example.nl","objected_channels":"","objected_channels":"newsletter"}"#,
            Column::ObjectedChannels,
        ),
        (
            r#"{"email":"a@example.nl","objected_channels":"newsletter","objected_ch\u0061nnels":null}"#,
            Column::ObjectedChannels,
        ),
        (
            r#"{"email":"a@example.nl","objected_channels":"newsletter"," Objected_Channels":[]}"#,
            Column::ObjectedChannels,
        ),
        (r#"{"email":"a@example.nl","name":"A","objected_channels":"alle","name":"B"}"#, Column::Name),
        (
            r#"{"customer":1,"email":"a@example.nl","channels":"newsletter","opt_out_used":"WAAR","opt_out_used":false}"#,
            Column::OptOutUsed,
        ),
    ] {
        let app = TestApp::new().await;
        let (_, reports) = import(&app, "x.jsonl", text, Mode::Write).await;
        assert_eq!(reports[0].came_to, CameTo::Refused(RowFault { column: Some(column), mend: Mend::Twice }), "{text}");
        assert!(is_denied(&app, "a"), "{text}");
    }
}

/// Whatever is refused is told with the no that it says, or that it may say one.
#[tokio::test]
async fn a_no_that_cannot_be_taken_is_told() {
    for (text, expected) in [
        (r#"{"customer":"9","objected_channels":"post","phone":"x"}"#, Note::NotRecorded(vec![Channel::Post])),
        (r#"{"email":"a@example.nl","objected_channels":["phone"]}"#, Note::NotRecorded(vec![Channel::Phone])),
        (
            r#"{"email":"a@example.nl","objected_channels":["newsletter","post"]}"#,
            Note::NotRecorded(vec![Channel::Post]),
        ),
        (r#"{"email":"a@example.nl","objected_channels":{"post":true}}"#, Note::Unread),
        (r#"{"email":"a@example.nl","objected_channels":["newsletter",1]}"#, Note::Unread),
        (r#"{"email":"a@example.nl","objected_chanels":"all"}"#, Note::Unread),
        (r#"{"email":"a@example.nl","objected_channels":"nee"}"#, Note::Unread),
        (r#"{"email":"a@example.nl","opt_out_used":"misschien"}"#, Note::Unread),
        (r#"{"email":"a@example.nl","objected_channels":"all""#, Note::Unread),
        (
            r#"{"email":"a@example.nl","objected_channels":"ja"}"#,
            Note::NoAllTheSame(vec![Channel::Newsletter, Channel::Email]),
        ),
    ] {
        let app = TestApp::new().await;
        let (summary, reports) = import(&app, "x.jsonl", text, Mode::Write).await;
        assert!(reports[0].notes.contains(&expected), "{text}: {reports:?}");
        let not_recorded = matches!(expected, Note::Unread | Note::NotRecorded(_));
        assert_eq!(summary.no_not_recorded == 1, not_recorded || text.contains("\"ja\""), "{text}");
    }
    let said = Note::NotRecorded(vec![Channel::Post]).to_string();
    assert!(said.starts_with("it says no to post; not recorded"), "{said}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]
    /// Whatever is put into a file or taken out at one place: each no stands, or its line is told of with a no.
    #[test]
    fn no_damage_swallows_a_no(
        count in 1usize..5,
        place in 0.0f64..1.0,
        damage in proptest::sample::select(vec!["", "\"", "\"\"", "\n", "\r", "\r\n", "\0", ",", ";", "\t", "\u{feff}", "\u{2028}", "é", " "]),
    ) {
        let text = noes(count);
        let rows = HEADER.len() + 1;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let at = rows + ((text.len() - rows) as f64 * place) as usize;
        let damaged = if damage.is_empty() {
            format!("{}{}", &text[..at], &text[at + 1..])
        } else {
            format!("{}{damage}{}", &text[..at], &text[at..])
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let app = TestApp::new().await;
            let (_, reports) = import(&app, "x.csv", &damaged, Mode::Write).await;
            for number in 1..=count {
                // Where the row stands now; one that was cut in two stands in two lines.
                let start = text.match_indices('\n').nth(number - 1).map_or(0, |(at, _)| at + 1);
                let end = start + text[start..].find('\n').expect("a line end");
                let shift = |place: usize| if place > at && damage.is_empty() { place - 1 } else if place >= at { place + damage.len() } else { place };
                let line = |place: usize| 1 + damaged[..place].replace("\r\n", "\n").matches(['\n', '\r']).count() as u64;
                let (first, last) = (line(if start == at && !damage.is_empty() { start } else { shift(start) }), line(shift(end)));
                // A mailbox that reads as another one is another one; its row is there all the same.
                let mailbox = start + text[start..].find('@').expect("a mailbox");
                let alters = (mailbox - 3..=mailbox + "@example.nl".len()).contains(&at);
                let told = reports.iter().filter(|report| report.line <= last && first <= report.last).any(|report| {
                    let no = |note: &Note| matches!(note, Note::NoAllTheSame(_) | Note::NotRecorded(_) | Note::Unread);
                    report.notes.iter().any(no) || alters && report.came_to == CameTo::Recorded
                });
                assert!(is_denied(&app, &format!("u{number}")) || told, "row {number} of {damaged:?}: {reports:?}");
            }
        });
    }
}

/// What a spreadsheet made of a customer number is the number where that is certain; else its no is named, and nobody is
/// made of it.
#[tokio::test]
async fn a_customer_number_that_a_spreadsheet_changed_loses_no_no() {
    let app = TestApp::new().await;
    for (number, written) in [("7712345", "7712345.0"), ("44624", "44624,00"), ("12", "12.0"), ("13", "'13")] {
        let person = customer(&app, number, &[email(&format!("k{number}@example.nl"))]).await;
        let file = format!("customer;objected_channels\n{written};email\n");
        let (summary, reports) = import(&app, "people.csv", file, Mode::Write).await;
        assert_eq!((summary.recorded, summary.refused), (1, 0), "{written}: {reports:?}");
        assert!(!may_contact(&app, &Addressee::person(person), Channel::Email).allow, "{written}");
    }
    for written in ["7,71E+06", "1.2E+01", "1,23E+08", "12-mrt", "#NAAM?"] {
        let before = app.ledger().len();
        let file = format!("customer;objected_channels\n{written};email\n");
        let (summary, reports) = import(&app, "people.csv", file, Mode::Write).await;
        assert_eq!((summary.recorded, summary.refused, app.ledger().len()), (0, 1, before), "{written}");
        assert_eq!(reports[0].notes, [Note::NotRecorded(vec![Channel::Email])], "{written}");
        let CameTo::Refused(fault) = reports[0].came_to else { panic!("{written}") };
        assert!(fault.to_string().starts_with("customer: this looks changed by a spreadsheet"), "{fault}");
    }
}

/// A no by a customer number that nobody has is told, and holds once the customer is told of.
#[tokio::test]
async fn a_no_of_an_unknown_number_is_told_and_kept() {
    let app = TestApp::new().await;
    let no = "customer,objected_channels\n77,email\n";
    let (_, reports) = import(&app, "no.csv", no, Mode::Write).await;
    assert_eq!(reports[0].notes, [Note::UnknownCustomer]);
    let anna = "customer,name,email\n77,Anna,anna@example.nl\n";
    import(&app, "anna.csv", anna, Mode::Write).await;
    let who = Addressee { person: None, points: vec![email("anna@example.nl")] };
    assert!(!may_contact(&app, &who, Channel::Email).allow && may_contact(&app, &who, Channel::Email).reason.is_no());
    let (_, reports) = import(&app, "again.csv", no, Mode::Write).await;
    assert!(!reports[0].notes.contains(&Note::UnknownCustomer), "control: {reports:?}");
}

/// A country that is none is told of where no address stands beside it, and a row's no is taken all the same.
#[tokio::test]
async fn a_country_that_is_none_is_named() {
    let app = TestApp::new().await;
    customer(&app, "1", &[email("anna@example.nl")]).await;
    let file = "customer,country,objected_channels\n1,Narnia,email\n";
    let (summary, reports) = import(&app, "people.csv", file, Mode::Write).await;
    assert_eq!((summary.refused, reports[0].notes.clone()), (1, vec![Note::NoAllTheSame(vec![Channel::Email])]));
}
