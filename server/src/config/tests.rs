use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

/// A small site that is not Voipro.
const SMALL: &str = include_str!("fixture.toml");

fn told(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is told of the small site after these changes.
fn faults_after(changes: &[(&str, &str)]) -> String {
    let mut text = SMALL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the fixture has {from}");
        text = text.replacen(from, to, 1);
    }
    told(&parse("keuze.toml", &text).expect_err("it has faults"))
}

#[test]
fn the_example_and_the_fixture_have_no_fault() {
    for text in [EXAMPLE, SMALL] {
        assert_eq!(told(&parse("keuze.toml", text).err().unwrap_or_default()), "");
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    assert_snapshot!(faults_after(&[("name = \"winkel.example\"", "name = winkel.example"), ("days = 90", "days = ")]), @"");
}

#[test]
fn unknown_and_missing_keys_are_told_together() {
    assert_snapshot!(faults_after(&[
        ("no_notice = ", "no_notices = "),
        ("phone = \"020 123 4567\"\n", ""),
        ("regime = \"consent\"", "regime = \"concent\""),
        ("revision = 3", "revision = \"3\""),
        ("[gpc]\ndeny = [\"ads\"]\nalso_object_low_impact = false\n", ""),
        ("days = 180", "days = 180\nmonths = 6"),
        ("description = { nl = \"Telt.\", en = \"Counts.\" }", "description = { nl = \"Telt.\" }"),
        ("refuse = \"Refuse\"", "refuse = \"  \""),
        ("from = 2026-07-01", "from = \"2026-07-01\""),
    ]), @"");
}

#[test]
fn hosts_are_https_and_where_the_banner_is() {
    assert_snapshot!(faults_after(&[
        ("\"https://winkel.example\", \"https://m.winkel.example:8443\"", "\"https://keuze.winkel.example\""),
        ("\"/help/*\"", "\"help\", \"/a*b\""),
        ("[\"10.0.0.0/8\"]", "[\"10.0.0.1/8\", \"proxy\"]"),
    ]), @"");
    assert_snapshot!(faults_after(&[(
        "\"https://m.winkel.example:8443\"",
        "\"http://m.winkel.example\", \"https://winkel.example/shop\", \"https://WINKEL.example:443\", \"winkel.example\"",
    )]), @"");
}

#[test]
fn continued_use_never_grants_consent() {
    assert_snapshot!(faults_after(&[("unlocks = [\"counting\"]", "unlocks = [\"counting\", \"ads\", \"needed\", \"adds\"]")]), @"");
}

#[test]
fn a_low_impact_purpose_is_attested_wholly() {
    assert_snapshot!(faults_after(&[
        ("no_sharing = true", "no_sharing = false"),
        ("identifier_months = 6", "identifier_months = 14"),
        ("data_months = 25", "data_months = 26"),
    ]), @"");
    let start = SMALL.find("[purposes.attestation]").expect("it is attested");
    let end = start + SMALL[start..].find("\n\n").expect("something follows");
    assert_snapshot!(faults_after(&[(&SMALL[start..end], "")]), @"");
    assert_snapshot!(faults_after(&[
        ("days = 180\nfirst_party = true", "days = 300\nfirst_party = false"),
    ]), @"");
}

#[test]
fn purposes_are_one_thing_each() {
    assert_snapshot!(faults_after(&[
        ("id = \"ads\"", "id = \"counting\""),
        ("legal_basis = \"6(1)(a)\"", "legal_basis = \"6(1)(a), 6(1)(f)\""),
        ("legal_basis = \"6(1)(f)\"", "legal_basis = \"6(1)(a)\""),
        ("deny = [\"ads\"]", "deny = [\"needed\"]"),
    ]), @"");
    assert_snapshot!(faults_after(&[
        ("regime = \"consent\"", "regime = \"necessary\""),
        ("legal_basis = \"6(1)(a)\"", "legal_basis = \"6(1)(b)\""),
        ("deny = [\"ads\"]", "deny = []"),
    ]), @"");
}

#[test]
fn cookies_and_vendors_are_told_completely() {
    assert_snapshot!(faults_after(&[
        ("statement_url = \"https://adco.example/privacy\"\n", ""),
        ("transfer_basis = \"SCC\"\n", ""),
        ("purpose = \"ads\"", "purpose = \"advertising\""),
        ("days = 90", "days = 401"),
        ("vendors = [\"adco\"]", "vendors = [\"adko\"]"),
        ("name = \"ad*\"", "name = \"count\""),
    ]), @"");
}

#[test]
fn channels_ask_what_the_law_asks() {
    assert_snapshot!(faults_after(&[
        ("channel = \"newsletter\"\nneed = \"opt_in\"", "channel = \"email\"\nneed = \"opt_out\""),
        ("channel = \"phone\"\nneed = \"opt_in\"", "channel = \"phone\"\nneed = \"opt_out\""),
        ("need = \"self_sign_up\"", "need = \"opt_in\""),
    ]), @"");
}

#[test]
fn the_first_layer_says_who_asks_and_what_for_in_few_words() {
    let long = format!("body = [\"{}\"]", "De Winkel telt. ".repeat(20).trim());
    assert_snapshot!(faults_after(&[
        ("body = [\"De Winkel gebruikt cookies voor tellen en reclame.\"]", &long),
        ("body = [\"De Winkel uses cookies for counting and advertising.\"]", "body = [\"We value your privacy.\"]"),
        ("withdraw = \"You can always change your choice.\"\n", ""),
    ]), @"");
}

#[test]
fn a_channel_without_a_rule_today_is_told() {
    let config = parse("keuze.toml", SMALL).expect("valid");
    assert_snapshot!(told(&config.without_rule(time::macros::date!(2026 - 06 - 30))), @"");
    assert_eq!(config.without_rule(time::macros::date!(2026 - 07 - 01)), []);
}

#[test]
fn a_host_header_finds_its_origin() {
    let origin = |host: &str| Config::example().host(host).map(|host| (host.origin, host.secure));
    let https = |origin: &str| Some((origin.to_owned(), true));
    let http = |origin: &str| Some((origin.to_owned(), false));
    assert_eq!(origin("www.voipro.nl"), https("https://www.voipro.nl"));
    assert_eq!(origin("WWW.Voipro.NL"), https("https://www.voipro.nl"));
    assert_eq!(origin("mijn.voipro.nl:443"), https("https://mijn.voipro.nl"));
    assert_eq!(origin("localhost"), http("http://localhost"));
    assert_eq!(origin("localhost:8020"), http("http://localhost:8020"));
    assert_eq!(origin("127.0.0.1:80"), http("http://127.0.0.1"));
    assert_eq!(origin("[::1]:9000"), http("http://[::1]:9000"));
    for unknown in [
        "",
        "voipro.nl",
        "www.voipro.nl.evil.example",
        "evil.www.voipro.nl",
        "www.voipro.nl:8443",
        "www.voipro.nl:",
        "www.voipro.nl:443:443",
        "www.voipro.nl:99999",
        "www.voipro.nl.",
        "www.voipro.nl/",
        "a@www.voipro.nl",
        "[::2]",
        "[::1",
        "localhost:+80",
    ] {
        assert_eq!(origin(unknown), None, "{unknown}");
    }
}

#[test]
fn a_configured_port_is_the_one_that_people_see() {
    let config = parse("keuze.toml", SMALL).expect("valid");
    let origin = |host: &str| config.host(host).map(|host| host.origin);
    assert_eq!(origin("m.winkel.example:8443").as_deref(), Some("https://m.winkel.example:8443"));
    assert_eq!(origin("m.winkel.example").as_deref(), Some("https://m.winkel.example:8443"));
    assert_eq!(origin("m.winkel.example:443"), None);
    assert_eq!(origin("winkel.example:8443"), None);
}

#[test]
fn some_paths_say_nothing() {
    let config = parse("keuze.toml", SMALL).expect("valid");
    let says_nothing = ["/privacy", "/help/", "/help/cookies", "/keuze/voorkeuren"];
    let says_something = ["/", "/privacy2", "/help", "/keuzes", "/x/privacy"];
    assert!(says_nothing.into_iter().all(|path| config.is_no_notice(path)));
    assert!(!says_something.into_iter().any(|path| config.is_no_notice(path)));
}

#[test]
fn a_cookie_is_told_with_its_duration_and_who_gets_at_it() {
    let cookies = |language| {
        let purposes = Config::example().notice_strings(language).purposes;
        purposes.into_iter().flat_map(|purpose| purpose.cookies).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(cookies(Language::Nl), @"");
    assert_snapshot!(cookies(Language::En), @"");
}

#[test]
fn the_shipped_first_layer_fits_a_phone_and_does_not_shout() {
    for language in Language::ALL {
        let strings = Config::example().notice_strings(language);
        let body = strings.body.join(" ");
        assert!(body.chars().count() <= 180, "{} characters", body.chars().count());
        assert!(body.split_whitespace().count() <= 32, "{} words", body.split_whitespace().count());
        assert!(!serde_json::to_string(&strings).expect("plain JSON").contains('!'));
    }
}

proptest! {
    /// Whatever is cut away or written over, the file is told about or read, and a fault lies within it.
    #[test]
    fn no_file_makes_it_panic(at in 0..SMALL.len(), length in 0usize..80, with in "[ -~\n]{0,12}") {
        let end = (at + length).min(SMALL.len());
        let text = format!("{}{with}{}", &SMALL[..at], &SMALL[end..]);
        for fault in parse("keuze.toml", &text).err().unwrap_or_default() {
            prop_assert!((1..=text.lines().count().max(1) + 1).contains(&fault.line));
            prop_assert!(fault.column >= 1 && !fault.what.is_empty() && !fault.mend.is_empty());
        }
    }
}
