//! Signing in: slowed and never locked out, recorded by counts, told to whom it concerns; and new passwords.

use super::*;
use model::event::{Body, FailedSignIns};

const WRONG: &str = "niet dit wachtwoord";

async fn fails(browser: &Browser, name: &str, times: usize) -> Vec<StatusCode> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(sign_in_as(&mut browser.beside(), name, WRONG).await.status);
    }
    statuses
}

fn told(app: &TestApp) -> Vec<String> {
    let said = |what: &str, FailedSignIns { name, count }: FailedSignIns| {
        format!("{} {what} {count}", name.unwrap_or_else(|| "somebody".to_owned()))
    };
    let failed = app.ledger().into_iter().filter_map(|event| match event.body {
        Body::SignInFailed(failed) => Some(said("failed", failed)),
        Body::SignInFailuresTold(told) => Some(said("told", told)),
        _ => None,
    });
    failed.collect()
}

const SAID: &str = "met uw naam een verkeerd wachtwoord geprobeerd";

/// However many attempts there were, from wherever: the right password opens, a little later.
#[tokio::test]
async fn an_account_is_slowed_and_its_owner_still_gets_in() {
    let app = house_of_anna().await;
    let browser = Browser::new(&app);
    let known = fails(&browser, "anna", 30).await;
    assert_eq!(known[..5], [StatusCode::FORBIDDEN; 5]);
    assert_eq!(known[5..], [StatusCode::TOO_MANY_REQUESTS; 25]);
    assert_eq!(fails(&browser, "bert", 30).await, known, "a name that nobody has is slowed alike");
    let mut owner = browser.beside();
    assert_eq!(sign_in_as(&mut owner, "anna", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fails(&browser, "anna", 1).await, [StatusCode::FORBIDDEN], "and then it is over");
}

/// Each series is an event by its count, and whoever signs in next is told, once.
#[tokio::test]
async fn failures_are_recorded_by_counts_and_told_at_the_next_sign_in() {
    let app = house_of_anna().await;
    let mut desk = Browser::new(&app);
    let before = app.ledger().len();
    fails(&desk, "anna", 4).await;
    assert_eq!(app.ledger().len(), before, "not each by itself");
    fails(&desk, "anna", 2).await;
    assert_eq!(told(&app), ["anna failed 5"]);
    sign_in_as(&mut desk, "anna", PASSWORD).await;
    assert_eq!(told(&app), ["anna failed 5", "anna failed 1", "anna told 6"]);
    let home = desk.get(DESK).await.words();
    assert!(home.contains(&format!("is 6 keer {SAID}, het laatst op 24 november 2026, 14:05.")), "{home}");
    assert!(desk.get("/keuze/desk?lang=en").await.words().contains("a wrong password was tried 6 times"));
    let mut again = desk.beside();
    sign_in_as(&mut again, "anna", PASSWORD).await;
    assert!(!again.get(DESK).await.words().contains(SAID), "told once");
    assert_eq!(told(&app).len(), 3);
}

/// What was counted outlives the server, and a series that is quiet is put on record.
#[tokio::test]
async fn a_series_is_recorded_when_it_is_over_and_told_after_a_restart() {
    let app = house_of_anna().await;
    fails(&Browser::new(&app), "anna", 2).await;
    app.services.sign_ins.record_failed_sign_ins(false).await;
    assert!(told(&app).is_empty(), "it may go on");
    app.clock.advance(15 * 60);
    app.services.maintenance.maintain().await;
    assert_eq!(told(&app), ["anna failed 2"]);
    fails(&Browser::new(&app), "anna", 1).await;
    app.services.sign_ins.record_failed_sign_ins(true).await;
    assert_eq!(told(&app), ["anna failed 2", "anna failed 1"], "before the server stops");
    let restarted = app.republished(keuze_core::config::Config::clone(&app.services.config)).await;
    let mut desk = annas_desk(&restarted, "localhost").await;
    let home = desk.get(DESK).await.words();
    assert!(home.contains(&format!("is 3 keer {SAID}")), "{home}");
    assert_eq!(staff(&restarted).list().expect("readable").len(), 1, "what is kept of failures is no staff member");
}

/// People type their password into the field for the name.
#[tokio::test]
async fn a_name_that_nobody_has_is_kept_nowhere() {
    const TYPED: &str = "mijn-eigen-wachtwoord";
    let folder = tempfile::tempdir().expect("a folder");
    let app = TestApp::at(Some(&folder.path().join("data")), 1).await;
    employ_anna(&app).await;
    fails(&Browser::new(&app), TYPED, 6).await;
    fails(&Browser::new(&app), "zeven groene fietsen!", 1).await;
    app.services.sign_ins.record_failed_sign_ins(true).await;
    assert_eq!(told(&app), ["somebody failed 5", "somebody failed 2"]);
    for event in app.ledger() {
        let json = serde_json::to_string(&event).expect("JSON");
        assert!(!json.contains(TYPED) && !json.contains("fietsen"), "{json}");
    }
    for kind in [ledger::FactKind::StaffMember, ledger::FactKind::MissedSignIns] {
        for stored in app.services.ledger.facts(kind).expect("readable") {
            assert!(!String::from_utf8_lossy(&stored.fact.body().expect("it stands")).contains(TYPED));
        }
    }
}

/// Whoever finds the desk open cannot change the password.
#[tokio::test]
async fn a_new_password_needs_the_current_one() {
    const NEW: &str = "vijf andere woorden aan elkaar";
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "localhost").await;
    let form = desk.get("/keuze/desk/password").await;
    assert!(form.words().contains("Huidig wachtwoord"), "{}", form.words());
    let new = [("password", NEW), ("again", NEW)];
    for current in [vec![], vec![("current", "")], vec![("current", WRONG)], vec![("current", NEW)]] {
        let refused = desk.post("/keuze/desk/password", &[&current[..], &new].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.words().contains("Het huidige wachtwoord klopt niet."), "{}", refused.words());
    }
    let changed = desk.post("/keuze/desk/password", &[&[("current", PASSWORD)][..], &new].concat()).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert_eq!(sign_in_as(&mut desk.beside(), "anna", PASSWORD).await.status, StatusCode::FORBIDDEN);
    let mut again = desk.beside();
    sign_in_as(&mut again, "anna", NEW).await;
    assert!(again.get(DESK).await.words().contains(&format!("is 5 keer {SAID}")), "guesses at it count as well");
    desk.cookies.clear();
    let ended = desk.post("/keuze/desk/password", &[&[("current", NEW)][..], &new].concat()).await;
    assert_eq!(ended.status, StatusCode::CONFLICT);
    assert!(ended.words().contains("Dit is niet vastgelegd."), "{}", ended.words());
}

/// "Het is niet bewaard": the one before still opens the desk, and the one that was refused does not.
#[tokio::test]
async fn a_password_that_is_refused_is_not_saved() {
    let app = house_of_anna().await;
    let mut desk = annas_desk(&app, "localhost").await;
    let long = "veel te lang ".repeat(20);
    for (new, again, told) in [
        (&*long, &*long, "Dit wachtwoord is te lang. Het is niet bewaard."),
        ("te kort", "te kort", "te kort"),
        ("vijf woorden aan elkaar en nog een", "vijf andere woorden aan elkaar", "niet gelijk. Er is niets bewaard."),
        ("hier is anna de baas", "hier is anna de baas", "te raden. Het is niet bewaard."),
    ] {
        let before = app.ledger().len();
        let form = [("current", PASSWORD), ("password", new), ("again", again)];
        let refused = desk.post("/keuze/desk/password", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.words().contains(told), "{told}: {}", refused.words());
        assert_eq!(app.ledger().len(), before, "{told}");
        assert_eq!(sign_in_as(&mut desk.beside(), "anna", new).await.status, StatusCode::FORBIDDEN, "{told}");
        assert_eq!(sign_in_as(&mut desk.beside(), "anna", PASSWORD).await.status, StatusCode::SEE_OTHER, "{told}");
    }
}

/// A one-time password opens for a day, and then says what to do; its session lasts just long enough to choose another.
#[tokio::test]
async fn a_one_time_password_expires() {
    let app = TestApp::new().await;
    let issued = staff(&app).issue(&anna(), Existing::Refuse).await.expect("added");
    let mut desk = Browser::new(&app);
    assert_eq!(sign_in_as(&mut desk, "anna", &issued).await.status, StatusCode::SEE_OTHER);
    app.clock.advance(10 * 60);
    assert!(desk.get(DESK).await.words().contains("Aanmelden bij de balie"));
    app.clock.advance(24 * 60 * 60);
    let expired = sign_in_as(&mut desk, "anna", &issued).await;
    assert_eq!(expired.status, StatusCode::FORBIDDEN);
    assert!(expired.words().contains("ouder dan 24 uur"), "{}", expired.words());
    assert!(!expired.headers.contains_key(header::SET_COOKIE));
    let unknown = sign_in_as(&mut desk, "anna", WRONG).await;
    assert!(!unknown.words().contains("24 uur"), "only whoever has it is told");
}

const KNOWN: &str = "keuze_desk_known";

/// A browser on which somebody signed in before, and out again.
async fn known_to(app: &TestApp, name: &str) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(sign_in_as(&mut browser, name, PASSWORD).await.status, StatusCode::SEE_OTHER);
    browser.post("/keuze/desk/sign-out", &[]).await;
    let names: Vec<&str> = browser.cookies.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [KNOWN], "what is known of a browser stays");
    browser
}

async fn employ_bert(app: &TestApp) {
    let bert: StaffName = "bert".parse().expect("a name");
    staff(app).issue(&bert, Existing::Refuse).await.expect("added");
    staff(app).replace(&bert, None, Zeroizing::new(PASSWORD.to_owned()), PASSWORD).await.expect("replaced");
}

fn is_known(app: &TestApp, name: &str, browser: &Browser) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in &browser.cookies {
        headers.append(header::COOKIE, format!("{name}={value}").parse().expect("can be sent"));
    }
    app.services.known_browsers.known_browser(name, &known_browsers::tokens(&headers, false)).is_some()
}

/// Whoever guesses elsewhere holds up nobody on a browser that they signed in from before, and is not freed by them.
#[tokio::test]
async fn the_owner_is_not_slowed_on_a_browser_that_is_known() {
    let app = house_of_anna().await;
    let mut owner = known_to(&app, "anna").await;
    let attacker = Browser::new(&app);
    assert_eq!(fails(&attacker, "anna", 30).await[5..], [StatusCode::TOO_MANY_REQUESTS; 25]);
    assert_eq!(sign_in_as(&mut owner, "anna", WRONG).await.status, StatusCode::FORBIDDEN, "looked at without a wait");
    assert_eq!(sign_in_as(&mut owner, " Anna", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert!(owner.get(DESK).await.words().contains(SAID), "and told of it");
    assert_eq!(fails(&attacker, "anna", 3).await, [StatusCode::TOO_MANY_REQUESTS; 3]);
    // Guesses on the known browser itself wait like others.
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(sign_in_as(&mut owner, "anna", WRONG).await.status);
    }
    assert_eq!(statuses[5..], [StatusCode::TOO_MANY_REQUESTS; 2]);
}

/// A token is for its account: with somebody else's, or with one that was changed, an attempt waits like any other.
#[tokio::test]
async fn a_token_of_another_account_is_worth_nothing() {
    let app = house_of_anna().await;
    employ_bert(&app).await;
    let (annas, berts) = (known_to(&app, "anna").await, known_to(&app, "bert").await);
    assert!(is_known(&app, "anna", &annas) && is_known(&app, "bert", &berts), "the test can fail");
    assert!(!is_known(&app, "bert", &annas) && !is_known(&app, "anna", &berts));
    assert!(!is_known(&app, "niemand", &annas));
    fails(&annas, "anna", 6).await;
    let mut stolen = Browser::new(&app);
    let token = annas.cookies[0].1.clone();
    assert!(!token.contains("anna") && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    for at in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
        stolen.cookies = vec![(KNOWN.to_owned(), String::from_utf8(altered).expect("ASCII"))];
        assert!(!is_known(&app, "anna", &stolen), "{at}");
    }
    for cookie in [berts.cookies[0].clone(), stolen.cookies[0].clone(), ("__Host-keuze_desk_known".to_owned(), token)] {
        stolen.cookies = vec![cookie];
        assert_eq!(sign_in_as(&mut stolen, "anna", WRONG).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

/// It ends with the password and with the access, and after its days.
#[tokio::test]
async fn a_known_browser_is_so_for_one_password_and_ninety_days() {
    const NEW: &str = "vijf andere woorden aan elkaar";
    let app = house_of_anna().await;
    let before = known_to(&app, "anna").await;
    app.clock.advance(89 * 86_400);
    assert!(is_known(&app, "anna", &before));
    app.clock.advance(86_400);
    assert!(!is_known(&app, "anna", &before));

    let before = known_to(&app, "anna").await;
    let mut desk = annas_desk(&app, "localhost").await;
    assert!(is_known(&app, "anna", &before) && is_known(&app, "anna", &desk));
    let change = [("current", PASSWORD), ("password", NEW), ("again", NEW)];
    assert_eq!(desk.post("/keuze/desk/password", &change).await.status, StatusCode::SEE_OTHER);
    assert!(!is_known(&app, "anna", &before), "changed");
    assert!(is_known(&app, "anna", &desk), "where it was changed");

    let issued = staff(&app).reset(&anna()).await.expect("reset");
    assert!(!is_known(&app, "anna", &desk), "reset");
    let mut first = Browser::new(&app);
    sign_in_as(&mut first, "anna", &issued).await;
    assert!(first.cookies.iter().all(|(name, _)| name != KNOWN), "not by a one-time password");
    first.post("/keuze/desk/password", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert!(is_known(&app, "anna", &first));
    staff(&app).remove(&anna()).await.expect("removed");
    assert!(!is_known(&app, "anna", &first), "removed");
    employ_anna(&app).await;
    assert!(!is_known(&app, "anna", &first), "another one of the same name");
}

/// At one workplace several people sign in.
#[tokio::test]
async fn a_browser_is_known_to_everybody_who_signed_in_there() {
    let app = house_of_anna().await;
    employ_bert(&app).await;
    let mut browser = known_to(&app, "anna").await;
    for _ in 0..6 {
        sign_in_as(&mut browser, "bert", PASSWORD).await;
    }
    assert!(is_known(&app, "anna", &browser) && is_known(&app, "bert", &browser));
}

#[tokio::test]
async fn the_cookie_of_a_known_browser_is_out_of_reach_and_of_this_host_alone() {
    let app = house_of_anna().await;
    for (host, name, secure) in [("localhost", KNOWN, ""), ("www.voipro.nl", "__Host-keuze_desk_known", " Secure;")] {
        let mut browser = Browser::new(&app);
        browser.host = host;
        let refused = sign_in_as(&mut browser, "anna", WRONG).await;
        assert!(!refused.headers.contains_key(header::SET_COOKIE));
        let answer = sign_in_as(&mut browser, "anna", PASSWORD).await;
        let set = answer.headers.get_all(header::SET_COOKIE).iter().map(|set| set.to_str().expect("ASCII"));
        let set = set.into_iter().find(|set| set.starts_with(&format!("{name}="))).expect("set");
        let (_, attributes) = set.split_once(';').expect("attributes");
        assert_eq!(attributes, format!(" HttpOnly; SameSite=Strict;{secure} Path=/; Max-Age=7776000"));
    }
}

/// Another tab signs somebody else in, both with a one-time password: the first one's form is not the second one's.
#[tokio::test]
async fn a_form_for_a_new_password_changes_nobody_elses() {
    let app = TestApp::new().await;
    let [jan, els] = ["jan", "els"].map(|name| name.parse::<StaffName>().expect("a name"));
    let first = staff(&app).issue(&jan, Existing::Refuse).await.expect("added");
    let second = staff(&app).issue(&els, Existing::Refuse).await.expect("added");
    let mut browser = Browser::new(&app);
    sign_in_as(&mut browser, "jan", &first).await;
    let page = browser.get(DESK).await;
    sign_in_as(&mut browser, "els", &second).await;
    let typed = [("password", "vijf woorden aan elkaar"), ("again", "vijf woorden aan elkaar")];
    let before = app.ledger().len();
    let answer = browser.submit(&page, "name=\"again\"", &typed).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.words());
    assert!(answer.words().contains("iemand anders zich aan. Er is niets vastgelegd"), "{}", answer.words());
    assert_eq!(app.ledger().len(), before);
    assert_eq!(sign_in_as(&mut browser.beside(), "els", typed[0].1).await.status, StatusCode::FORBIDDEN);
    // The control: her own form is.
    let page = browser.get(DESK).await;
    assert_eq!(browser.submit(&page, "name=\"again\"", &typed).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sign_in_as(&mut browser.beside(), "els", typed[0].1).await.status, StatusCode::SEE_OTHER);
}
