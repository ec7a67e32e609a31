use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use contact::Phone;

/// A small site that is not Voipro.
const SMALL: &str = include_str!("fixture.toml");

fn told(faults: &[ConfigFault]) -> String {
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

/// What the example says in a section and in those within it, with what is said before it.
fn said_in(section: &str) -> String {
    let path = |header: &str| header.trim_matches(['[', ']']).to_owned();
    let (mut said, mut before, mut here) = (String::new(), String::new(), section == "the file");
    for line in EXAMPLE.lines().chain(["["]) {
        if line.starts_with('[') {
            let (own, asked) = (path(line), path(section));
            here = section == "the file" || own == asked || own.starts_with(&format!("{asked}."));
        }
        before.extend([line, "\n"]);
        if !line.starts_with('#') && !line.is_empty() {
            said.extend(here.then_some(before.as_str()));
            before.clear();
        }
    }
    said
}

/// Whoever writes a configuration begins with the example, and finds nowhere else what else there is.
#[test]
fn the_example_names_every_key_that_is_read() {
    let misspelt = |line: &str| if line.starts_with('[') { format!("{line}\nzzzz = 1\n") } else { format!("{line}\n") };
    let text: String = EXAMPLE.lines().map(misspelt).collect();
    let faults = parse("keuze.toml", &format!("zzzz = 1\n{text}")).expect_err("each section has a misspelt key");
    assert_eq!(faults.len(), 1 + EXAMPLE.lines().filter(|line| line.starts_with('[')).count());
    for fault in faults {
        let section = fault.what.strip_suffix(" has an unknown key `zzzz`").expect("there is no other fault");
        let keys = fault.mend.strip_prefix("one of: ").expect("it is like none of them");
        let said = said_in(section);
        let is_named = |key: &&str| said.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *key);
        let unnamed: Vec<&str> = keys.split(", ").filter(|key| !is_named(key)).collect();
        assert_eq!(unnamed, Vec::<&str>::new(), "the example says nothing of these keys of {section}");
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    assert_snapshot!(faults_after(&[("name = \"winkel.example\"", "name = winkel.example"), ("days = 90", "days = ")]), @r#"
keuze.toml:2:8: this is not TOML: string values must be quoted, expected literal string. Mend: correct the notation (https://toml.io).
keuze.toml:79:8: this is not TOML: string values must be quoted, expected literal string. Mend: correct the notation (https://toml.io).
"#);
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
    ]), @r#"
keuze.toml:1:1: the file has no [gpc]. Mend: add the section [gpc].
keuze.toml:4:1: [site] has an unknown key `no_notices`. Mend: did you mean `no_notice`.
keuze.toml:6:1: [controller] has no `phone`. Mend: add `phone = "…"`.
keuze.toml:50:10: `regime`: "concent" is unknown. Mend: did you mean `consent`.
keuze.toml:51:12: `revision` is not a whole number, but of the type string. Mend: write a whole number.
keuze.toml:68:1: [[cookies]] has an unknown key `months`. Mend: one of: days, description, domain, first_party, http_only, name, partitioned, path, purpose, regime_override, secure, vendors.
keuze.toml:71:15: `description` has no `en`. Mend: add `en = "…"`.
keuze.toml:103:8: `from` is not a date such as 2026-07-01, without quotes, but of the type string. Mend: write a date such as 2026-07-01, without quotes.
keuze.toml:138:10: `refuse` is empty. Mend: write the text.
"#);
}

#[test]
fn the_close_control_is_none_or_refuses() {
    let with = |line: &str| SMALL.replacen("validity_months = 6", &format!("validity_months = 6\n{line}"), 1);
    let close = |line: &str| {
        let config = parse("keuze.toml", &with(line)).expect("valid");
        Language::ALL.map(|language| config.notice_strings(language).close_refuse)
    };
    assert_eq!(close(""), [None, None]);
    assert_eq!(close("close_control = \"none\""), [None, None]);
    let words = ["Sluiten en weigeren", "Close and refuse"].map(|text| Some(text.to_owned()));
    assert_eq!(close("close_control = \"refuse\""), words);
    for (written, fault) in [
        ("\"refuses\"", "`close_control`: \"refuses\" is unknown. Mend: did you mean `refuse`."),
        ("\"dismiss\"", "`close_control`: \"dismiss\" is unknown. Mend: one of: none, refuse."),
        ("true", "`close_control` is not a text in quotes, but of the type boolean. Mend: write a text in quotes."),
        ("\"\"", "`close_control` is empty. Mend: write the text."),
    ] {
        let faults = parse("keuze.toml", &with(&format!("close_control = {written}"))).expect_err("it has a fault");
        assert_eq!(told(&faults), format!("keuze.toml:16:17: {fault}"));
    }
}

/// R-3.5-4: who said no through their browser is told, not asked, where that answers all of the question.
#[test]
fn a_signal_that_denies_everything_is_told_and_one_that_does_not_is_not() {
    let told = |from: &str, to: &str, language| {
        assert!(EXAMPLE.contains(from), "the example has {from}");
        let config = parse("keuze.toml", &EXAMPLE.replacen(from, to, 1)).expect("valid");
        config.notice_strings(language).signal.map(|signal| signal.body)
    };
    for language in Language::ALL {
        let still = told("", "", language).expect("the example denies everything that asks for consent");
        let all = told("also_object_low_impact = false", "also_object_low_impact = true", language).expect("told");
        assert!(still.starts_with(&all) && words::device::gpc(language).starts_with(&all), "{still} / {all}");
        assert_eq!(told("unlocks = [\"statistics\"]", "unlocks = []", language).as_deref(), Some(all.as_str()));
        assert_eq!(told("deny = [\"marketing\", ", "deny = [", language), None, "marketing is a question still");
    }
}

#[test]
fn hosts_are_https_and_where_the_banner_is() {
    assert_snapshot!(faults_after(&[
        ("\"https://winkel.example\", \"https://m.winkel.example:8443\"", "\"https://keuze.winkel.example\""),
        ("\"/help/*\"", "\"help\", \"/a*b\""),
        ("[\"10.0.0.0/8\"]", "[\"10.0.0.1/8\", \"proxy\"]"),
    ]), @r#"
keuze.toml:3:10: keuze.winkel.example would serve the banner for winkel.example from a lone other subdomain. Mend: list the hosts whose pages show the banner, and forward /keuze/ on each of them.
keuze.toml:4:26: `no_notice`: "help" is no path. Mend: start it with / and use * at its end only.
keuze.toml:4:34: `no_notice`: "/a*b" is no path. Mend: start it with / and use * at its end only.
keuze.toml:155:20: `trusted_proxies`: "10.0.0.1/8" does not fit. Mend: the address has bits beyond its prefix; write the first address of the range.
keuze.toml:155:34: `trusted_proxies`: "proxy" does not fit. Mend: write an address with the length of its prefix, such as 10.0.0.0/8 or ::1/128.
"#);
    assert_snapshot!(faults_after(&[(
        "\"https://m.winkel.example:8443\"",
        "\"http://m.winkel.example\", \"https://winkel.example/shop\", \"https://WINKEL.example:443\", \"winkel.example\"",
    )]), @r#"
keuze.toml:3:36: `hosts`: "http://m.winkel.example" does not fit. Mend: write https://; http is for localhost, 127.0.0.1 and [::1] only.
keuze.toml:3:63: `hosts`: "https://winkel.example/shop" does not fit. Mend: write an origin such as https://www.example.nl, without a path.
keuze.toml:3:94: the host winkel.example is listed twice. Mend: remove one of the two.
keuze.toml:3:124: `hosts`: "winkel.example" does not fit. Mend: write an origin such as https://www.example.nl, without a path.
"#);
}

#[test]
fn continued_use_never_grants_consent() {
    assert_snapshot!(faults_after(&[("unlocks = [\"counting\"]", "unlocks = [\"counting\", \"ads\", \"needed\", \"adds\"]")]), @r#"
keuze.toml:19:24: continued use would grant the `consent` purpose `ads` (problem continued-use-cannot-grant-consent). Mend: remove it; only a person's own act grants consent.
keuze.toml:19:31: the necessary purpose `needed` needs no unlocking. Mend: remove it.
keuze.toml:19:41: `unlocks`: there is no purpose `adds`. Mend: did you mean `ads`.
"#);
}

#[test]
fn a_low_impact_purpose_is_attested_wholly() {
    assert_snapshot!(faults_after(&[
        ("no_sharing = true", "no_sharing = false"),
        ("identifier_months = 6", "identifier_months = 14"),
        ("data_months = 25", "data_months = 26"),
    ]), @r#"
keuze.toml:45:14: `no_sharing` is not so. Mend: change the measuring until it is, or ask for consent.
keuze.toml:47:21: `identifier_months` is 14. Mend: write a number of 0 to 13.
keuze.toml:48:15: `data_months` is 26. Mend: write a number of 0 to 25.
"#);
    let start = SMALL.find("[purposes.attestation]").expect("it is attested");
    let end = start + SMALL[start..].find("\n\n").expect("something follows");
    assert_snapshot!(faults_after(&[(&SMALL[start..end], "")]), @"keuze.toml:35:10: a `low_impact` purpose without its attestation. Mend: add [purposes.attestation] (`keuze check --example` has one), or ask for consent.");
    assert_snapshot!(faults_after(&[
        ("days = 180\nfirst_party = true", "days = 300\nfirst_party = false"),
    ]), @r#"
keuze.toml:71:8: `days` is 300, longer than the 6 months that were attested. Mend: shorten it, or attest the true number of months.
keuze.toml:72:15: a cookie of a `low_impact` purpose that is not first-party, against its attestation. Mend: give it a purpose that asks for consent.
"#);
}

#[test]
fn purposes_are_one_thing_each() {
    assert_snapshot!(faults_after(&[
        ("id = \"ads\"", "id = \"counting\""),
        ("legal_basis = \"6(1)(a)\"", "legal_basis = \"6(1)(a), 6(1)(f)\""),
        ("legal_basis = \"6(1)(f)\"", "legal_basis = \"6(1)(a)\""),
        ("deny = [\"ads\"]", "deny = [\"needed\"]"),
    ]), @r#"
keuze.toml:1:1: no purpose has the regime `consent`. Mend: describe what needs consent; a site without it needs no banner.
keuze.toml:22:9: the necessary purpose `needed` cannot be denied. Mend: remove it.
keuze.toml:29:15: a purpose that is not asked for rests on consent. Mend: write its own basis, or make the regime `consent`.
keuze.toml:53:6: the purpose `counting` is described twice. Mend: give one of them another id.
keuze.toml:56:15: `legal_basis` names two: "6(1)(a), 6(1)(f)". Mend: choose one; what rests on two bases is two purposes.
keuze.toml:78:11: `purpose`: there is no purpose `ads`. Mend: one of: counting, needed.
"#);
    assert_snapshot!(faults_after(&[
        ("regime = \"consent\"", "regime = \"necessary\""),
        ("legal_basis = \"6(1)(a)\"", "legal_basis = \"6(1)(b)\""),
        ("deny = [\"ads\"]", "deny = []"),
    ]), @"keuze.toml:1:1: no purpose has the regime `consent`. Mend: describe what needs consent; a site without it needs no banner.");
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
    ]), @r#"
keuze.toml:60:1: [[vendors]] has no `statement_url`. Mend: add `statement_url = "…"`.
keuze.toml:64:11: `country` US is outside the European Economic Area and nothing allows the transfer. Mend: add `transfer_basis`, such as an adequacy decision (GDPR art. 45).
keuze.toml:75:8: the cookie `count` is described twice. Mend: keep one; a cookie has one purpose.
keuze.toml:76:11: `purpose`: there is no purpose `advertising`. Mend: one of: ads, counting, needed.
keuze.toml:77:8: `days` is 401. Mend: write a number of 0 to 400.
keuze.toml:78:12: `vendors`: there is no vendor `adko`. Mend: did you mean `adco`.
"#);
}

#[test]
fn channels_ask_what_the_law_asks() {
    assert_snapshot!(faults_after(&[
        ("channel = \"newsletter\"\nneed = \"opt_in\"", "channel = \"email\"\nneed = \"opt_out\""),
        ("channel = \"phone\"\nneed = \"opt_in\"", "channel = \"phone\"\nneed = \"opt_out\""),
        ("need = \"self_sign_up\"", "need = \"opt_in\""),
    ]), @r#"
keuze.toml:1:1: the channel `newsletter` has no rule. Mend: add a rule in [[channels]]; one that is not used has need = "opt_in".
keuze.toml:87:8: this `need` is not enough or does not exist for the channel `email`. Mend: one of: opt_in, soft_opt_in.
keuze.toml:94:8: two rules of `email` start on 2022-01-01. Mend: keep one of them, or give it another date.
keuze.toml:106:8: this rule would allow calls to customers without an opt-in on or after 2026-07-01. Mend: add a rule for `phone` with need = "opt_in" and from = 2026-07-01.
keuze.toml:112:8: this `need` is not enough or does not exist for the channel `social`. Mend: one of: self_sign_up.
"#);
}

#[test]
fn the_first_layer_says_who_asks_and_what_for_in_few_words() {
    let long = format!("body = [\"{}\"]", "De Winkel telt. ".repeat(20).trim());
    assert_snapshot!(faults_after(&[
        ("body = [\"De Winkel gebruikt cookies voor tellen en reclame.\"]", &long),
        ("body = [\"De Winkel uses cookies for counting and advertising.\"]", "body = [\"We value your privacy.\"]"),
        ("withdraw = \"You can always change your choice.\"\n", ""),
    ]), @r#"
keuze.toml:122:9: `body` does not name the purpose "Tellen". Mend: name every purpose on the first layer by its own name.
keuze.toml:122:9: `body` does not name the purpose "Reclame". Mend: name every purpose on the first layer by its own name.
keuze.toml:122:9: `body` and `withdraw` have 354 characters together. Mend: write at most 260, and about 170 so that a phone shows them well.
keuze.toml:137:1: [texts.en] has no `withdraw`. Mend: add `withdraw = "…"`.
"#);
}

#[test]
fn a_channel_without_a_rule_today_is_told() {
    let config = parse("keuze.toml", SMALL).expect("valid");
    assert_snapshot!(told(&config.faults_on(time::macros::date!(2026 - 06 - 30))), @r"
    keuze.toml:50:15: `attested_on` is 2026-11-02, a day to come. Mend: write the day on which it was done.
    keuze.toml:106:8: the channel `phone` has no rule that is in force on 2026-06-30. Mend: add the rule that holds now.
    ");
    assert!(!told(&config.faults_on(time::macros::date!(2026 - 07 - 01))).contains("no rule"));
    assert_eq!(config.faults_on(time::macros::date!(2026 - 11 - 02)), []);
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
    assert_snapshot!(cookies(Language::Nl), @r#"
__Host-keuze: Onthoudt wat u koos, zonder nummer dat u herkent. Met een bezwaar 400 dagen, anders 186. Blijft hoogstens 400 dagen. Toegang: Voipro.
__Host-keuze_seen: Onthoudt dat u de melding zag. Blijft hoogstens 186 dagen. Toegang: Voipro.
__Secure-keuze_id: Verbindt uw toestemming met het bewijs ervan; alleen als u iets toestond. Blijft hoogstens 186 dagen. Toegang: Voipro.
__Secure-keuze_code: Hoort bij de code die u van ons kreeg; tien minuten. Blijft hoogstens 1 dag. Toegang: Voipro.
__Secure-keuze_person: Onthoudt een dag lang dat u uw e-mailadres of nummer hebt bevestigd. Blijft hoogstens 1 dag. Toegang: Voipro.
__Secure-keuze_desk: Houdt medewerkers ingelogd; u krijgt hem niet. Blijft tot u de browser sluit. Toegang: Voipro.
__Host-keuze_desk_known: Herkent de browser van een medewerker, zodat wie elders wachtwoorden raadt die niet vertraagt; u krijgt hem niet. Blijft hoogstens 90 dagen. Toegang: Voipro.
keuze_probe: Laat zien of uw browser cookies bewaart, en hoogstens tien tellen lang dat uw keuze onderweg is. Er staat niets in. Blijft hoogstens 1 dag. Toegang: Voipro.
voipro_session: Houdt u ingelogd en onthoudt uw winkelmand. Blijft tot u de browser sluit. Toegang: Voipro.
voipro_counted: Onthoudt dat uw bezoek vandaag al geteld is. Er staat geen nummer in: bij iedereen staat hetzelfde. Blijft hoogstens 1 dag. Toegang: Voipro.
_gcl_au: Meet of u na een advertentie bij Google iets bestelde. Blijft hoogstens 90 dagen. Toegang: Voipro; Google Ireland Limited (IE); Google LLC (US, buiten de EER, EU-US Data Privacy Framework, (EU) 2023/1795).
_fbp: Herkent uw browser voor advertenties op Facebook en Instagram. Blijft hoogstens 90 dagen. Toegang: Voipro; Meta Platforms Ireland Limited (IE).
voipro_interests: Onthoudt welke abonnementen en toestellen u bekeek. Blijft hoogstens 180 dagen. Toegang: Voipro.
VISITOR_INFO1_LIVE: Herkent uw browser bij YouTube en meet uw verbinding. Blijft hoogstens 180 dagen. Toegang: Google Ireland Limited (IE); Google LLC (US, buiten de EER, EU-US Data Privacy Framework, (EU) 2023/1795).
YSC: Telt welke video’s u bij YouTube bekijkt. Blijft tot u de browser sluit. Toegang: Google Ireland Limited (IE); Google LLC (US, buiten de EER, EU-US Data Privacy Framework, (EU) 2023/1795).
"#);
    assert_snapshot!(cookies(Language::En), @r#"
__Host-keuze: Remembers what you chose, without a number that recognises you. With an objection 400 days, else 186. Stays for 400 days at most. Access: Voipro.
__Host-keuze_seen: Remembers that you saw the notice. Stays for 186 days at most. Access: Voipro.
__Secure-keuze_id: Ties your consent to its proof; only if you allowed something. Stays for 186 days at most. Access: Voipro.
__Secure-keuze_code: Belongs to the code that you got from us; ten minutes. Stays for 1 day at most. Access: Voipro.
__Secure-keuze_person: Remembers for a day that you confirmed your e-mail address or number. Stays for 1 day at most. Access: Voipro.
__Secure-keuze_desk: Keeps staff signed in; you do not get it. Stays until you close the browser. Access: Voipro.
__Host-keuze_desk_known: Recognises a staff member’s browser, so that others’ password guesses do not slow it; you do not get it. Stays for 90 days at most. Access: Voipro.
keuze_probe: Shows whether your browser keeps cookies, and for ten seconds at most that your choice is under way. It is empty. Stays for 1 day at most. Access: Voipro.
voipro_session: Keeps you signed in and remembers your basket. Stays until you close the browser. Access: Voipro.
voipro_counted: Remembers that your visit was counted today. There is no number in it: it is the same for everybody. Stays for 1 day at most. Access: Voipro.
_gcl_au: Measures whether you ordered something after an advertisement at Google. Stays for 90 days at most. Access: Voipro; Google Ireland Limited (IE); Google LLC (US, outside the EEA, EU-US Data Privacy Framework, (EU) 2023/1795).
_fbp: Recognises your browser for advertisements on Facebook and Instagram. Stays for 90 days at most. Access: Voipro; Meta Platforms Ireland Limited (IE).
voipro_interests: Remembers which plans and phones you looked at. Stays for 180 days at most. Access: Voipro.
VISITOR_INFO1_LIVE: Recognises your browser at YouTube and measures your connection. Stays for 180 days at most. Access: Google Ireland Limited (IE); Google LLC (US, outside the EEA, EU-US Data Privacy Framework, (EU) 2023/1795).
YSC: Counts which videos you watch at YouTube. Stays until you close the browser. Access: Google Ireland Limited (IE); Google LLC (US, outside the EEA, EU-US Data Privacy Framework, (EU) 2023/1795).
"#);
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

#[test]
fn mail_goes_out_over_tls_and_its_password_stands_elsewhere() {
    let faults = |lines: &[&str]| {
        let head = "[mail]\nhost = \"smtp.example\"\nport = 465\nfrom = \"De Winkel <no@winkel.example>\"\n";
        let text = format!("{SMALL}{head}{}\n", lines.join("\n"));
        told(&parse("keuze.toml", &text).err().unwrap_or_default())
    };
    assert_eq!(faults(&["tls = \"implicit\""]), "");
    let (user, variable) = ("user = \"keuze\"", "password_variable = \"MAIL_PASSWORD\"");
    assert_eq!(faults(&["tls = \"starttls\"", user, variable, "reply_to = \"x@winkel.example\""]), "");
    let wrong = [
        faults(&["tls = \"none\""]),
        faults(&["tls = \"implicit\"", user]),
        faults(&["tls = \"implicit\"", variable]),
        faults(&["tls = \"implicit\"", "password = \"geheim\""]),
        faults(&["tls = \"implicit\"", "reply_to = \"niemand\""]),
    ];
    assert_snapshot!(wrong.join("\n"), @r#"
    keuze.toml:237:7: `tls` is none: addresses and codes would cross the network in the clear. Mend: write "implicit" (port 465) or "starttls" (port 587); none is for this machine only.
    keuze.toml:233:1: [mail] signs in, and does not say with which password. Mend: name exactly one of `password_variable` (environment) and `password_file`.
    keuze.toml:233:1: [mail] has a password but no `user`. Mend: add `user = "…"`, or take the password out.
    keuze.toml:238:1: [mail] has an unknown key `password`. Mend: did you mean `password_file`.
    keuze.toml:238:12: `reply_to`: "niemand" is no sender. Mend: write one such as Voipro <noreply@voipro.nl>.
    "#);
}

#[test]
fn text_messages_go_out_by_mail_to_an_address_made_of_the_number() {
    let faults = |text: &str| told(&parse("keuze.toml", &format!("{SMALL}{text}")).err().unwrap_or_default());
    let mail = "[mail]\nhost = \"smtp.example\"\nport = 465\ntls = \"implicit\"\nfrom = \"no@winkel.example\"\n";
    let sms = |mail_to: &str| format!("{mail}[sms]\nmail_to = \"{mail_to}\"\n");
    assert_eq!(faults(&sms("{number}@sms.example")), "");
    let wrong = [
        faults(&sms("sms@sms.example")),
        faults(&sms("{number}")),
        faults("[sms]\nmail_to = \"{number}@a.example\"\n"),
    ];
    assert_snapshot!(wrong.join("\n"), @r#"
    keuze.toml:239:11: `mail_to`: "sms@sms.example" is no address of a number. Mend: write one such as {number}@sms.example.nl; {number} becomes 31612345678.
    keuze.toml:239:11: `mail_to`: "{number}" is no address of a number. Mend: write one such as {number}@sms.example.nl; {number} becomes 31612345678.
    keuze.toml:233:1: [sms] sends its texts by mail, and there is no [mail]. Mend: add [mail], or take [sms] out.
    "#);
    let number = Phone::parse("06 12345678").expect("a number");
    assert_eq!(Sms::of_the_demo().address(&number).given(), "31612345678@sms.example");
}

#[test]
fn an_opt_in_to_calls_says_about_what_and_for_how_long() {
    assert_snapshot!(faults_after(&[("months = 12\n", "")]), @r#"keuze.toml:105:8: an opt-in to calls says neither about which products nor for how long. Mend: add `products = { nl = "…", en = "…" }` and `months = 12`."#);
}

/// What a register says of our own cookies is what we set, so none can be left out or told otherwise.
#[test]
fn the_register_has_our_own_cookies_as_they_are() {
    let at = |name: &str| SMALL.find(&format!("\n[[cookies]]\nname = \"{name}\"")).expect("it is registered");
    for own in OWN {
        let start = at(own.secure);
        let end = SMALL[start + 2..].find("\n[[").map_or(SMALL.len(), |next| start + 2 + next);
        let faults = faults_after(&[(&SMALL[start..end], "\n")]);
        let lacks =
            format!("keuze.toml:1:1: the register lacks the cookie `{}`, which Keuze sets. Mend: add ", own.secure);
        assert!(faults.starts_with(&lacks) && faults.lines().count() == 1, "{faults}");
        let registered = &SMALL[start..end];
        for (is, not) in [
            ("purpose = \"needed\"", "purpose = \"counting\""),
            ("first_party = true", "first_party = false"),
            (&*format!("days = {}", own.days), "days = 7"),
            (&*format!("http_only = {}", own.http_only), &*format!("http_only = {}", !own.http_only)),
        ] {
            let faults = faults_after(&[(registered, &registered.replace(is, not))]);
            assert!(
                faults.contains(&format!("the register says of our cookie `{}` what is not so", own.secure)),
                "{faults}"
            );
        }
    }
    // On this machine alone, over http, they have no prefix; what has none over https either is registered already.
    let plain = SMALL.replace("\"https://winkel.example\", \"https://m.winkel.example:8443\"", "\"http://localhost\"");
    let faults = told(&parse("keuze.toml", &plain).expect_err("they are not registered"));
    for own in OWN {
        let lacks = faults.contains(&format!("lacks the cookie `{}`", own.plain));
        assert_eq!(lacks, own.plain != own.secure, "{}: {faults}", own.plain);
    }
}

/// What a withdrawal expires by such a name is the answer itself.
#[test]
fn no_name_of_the_site_stands_for_one_of_ours() {
    let registered = "name = \"ad*\"\npurpose = \"ads\"\ndays = 90\nvendors = [\"adco\"]\nfirst_party = false\n";
    let with = |name: &str, first_party: bool| {
        let cookie = format!(
            "name = \"{name}\"\npurpose = \"ads\"\ndays = 90\nvendors = [\"adco\"]\nfirst_party = {first_party}\n"
        );
        let text = SMALL.replacen(registered, &cookie, 1);
        assert_ne!(text, SMALL);
        parse("keuze.toml", &text).map_or_else(|faults| told(&faults), |_| String::new())
    };
    let patterns = [
        "_*",
        "__*",
        "__Host-*",
        "__Host-k*",
        "__Host-keuze*",
        "__Secure-*",
        "__Secure-keuze_*",
        "k*",
        "keuze*",
        "keuze_*",
        "keuze_s*",
    ];
    for pattern in patterns {
        assert!(with(pattern, true).contains(&format!("`{pattern}` stands for our own cookie `")), "{pattern}");
    }
    // By their own names, over https and over http, only as they are.
    for own in OWN {
        for name in [own.secure, own.plain] {
            assert!(with(name, true).contains(&format!("says of our cookie `{name}` what is not so")), "{name}");
        }
    }
    for other in ["_pk_*", "keuzehulp", "keuze-hulp*", "_keuze*", "Keuze*"] {
        assert!(!with(other, true).contains("our"), "{other}: {}", with(other, true));
    }
    assert!(!with("_*", false).contains("our own"), "nobody expires a third party's");
}

#[test]
fn a_cookie_that_no_withdrawal_can_remove_is_refused() {
    let with = |name: &str, lines: &str| {
        let cookie = format!("name = \"{name}\"\n{lines}\npurpose = \"ads\"\ndays = 90\nfirst_party = true\n");
        let registered = "name = \"ad*\"\npurpose = \"ads\"\ndays = 90\nvendors = [\"adco\"]\nfirst_party = false\n";
        let text = SMALL.replacen(registered, &cookie, 1);
        assert_ne!(text, SMALL);
        told(&parse("keuze.toml", &text).err().unwrap_or_default())
    };
    for (name, lines) in [
        ("__Secure-ad", ""),
        ("__Secure-ad", "secure = true"),
        ("__Host-ad", "secure = true\npath = \"/\""),
        ("ad", "path = \"/\""),
        ("ad*", "domain = \".winkel.example\""),
        ("ad", "secure = false\npartitioned = false"),
    ] {
        assert_eq!(with(name, lines), "", "{name} {lines}");
    }
    let refused = [
        with("__Secure-ad", "secure = false"),
        with("__secure-ad", "secure = false"),
        with("__Host-ad", "path = \"/shop\""),
        with("__Host-ad", "domain = \"winkel.example\""),
        with("ad", "partitioned = true"),
        with("ad*", "path = \"/shop\""),
        with("ad", "path = \"shop\""),
        with("ad", "domain = \"other.example\""),
        with("ad", "domain = \"example\""),
    ];
    assert_snapshot!(refused.join("\n"), @r#"
keuze.toml:78:10: no browser takes `__Secure-ad` without Secure. Mend: write secure = true and set it so, or give it a name without the prefix.
keuze.toml:78:10: no browser takes `__secure-ad` without Secure. Mend: write secure = true and set it so, or give it a name without the prefix.
keuze.toml:78:8: no browser takes `__Host-ad` with a domain, or with another path than /. Mend: remove it and set the cookie so, or give it a name that starts with __Secure-.
keuze.toml:78:10: no browser takes `__Host-ad` with a domain, or with another path than /. Mend: remove it and set the cookie so, or give it a name that starts with __Secure-.
keuze.toml:78:15: no withdrawal can remove the partitioned cookie `ad`. Mend: set it without Partitioned, which a first-party cookie does not need.
keuze.toml:78:8: no withdrawal on another page can remove the cookie `ad*` of the path /shop. Mend: set it for the path /.
keuze.toml:78:8: `path`: "shop" is no path. Mend: write one such as /shop.
keuze.toml:78:10: `domain`: no host of the site can remove a cookie of other.example. Mend: write a host of the site or a domain above it, or first_party = false.
keuze.toml:78:10: `domain`: no host of the site can remove a cookie of example. Mend: write a host of the site or a domain above it, or first_party = false.
"#);
}

#[test]
fn there_is_somebody_to_complain_to() {
    let start = SMALL.find("[[authorities]]").expect("there is one");
    let end = start + SMALL[start..].find("\n\n").expect("something follows");
    assert_snapshot!(faults_after(&[(&SMALL[start..end], "")]), @"keuze.toml:1:1: there is no supervisor that people can complain to. Mend: describe it in [[authorities]]; `keuze check --example` has two.");
    assert!(
        faults_after(&[("[site]\n", "authorities = []\n[site]\n"), (&SMALL[start..end], "")]).contains("no supervisor")
    );
}

#[test]
fn holes_are_told_to_somebody_else_than_questions_about_privacy() {
    let security = |contact: &str| {
        let text = format!("{SMALL}\n[security]\ncontact = \"{contact}\"\n");
        parse("keuze.toml", &text).map(|config| config.security.expect("there is one")).map_err(|faults| told(&faults))
    };
    assert_eq!(security("gat@winkel.example").as_deref(), Ok("mailto:gat@winkel.example"));
    assert_eq!(security("mailto:gat@winkel.example").as_deref(), Ok("mailto:gat@winkel.example"));
    assert_eq!(security("https://winkel.example/gat").as_deref(), Ok("https://winkel.example/gat"));
    assert!(security("Privacy@winkel.example").is_err_and(|what| what.contains("questions about privacy")));
    assert!(security("iemand").is_err_and(|what| what.contains("neither an e-mail address nor a link")));
}

/// The example says of the operator what its statement of 1 November 2022 says, and nothing against it.
#[test]
fn the_example_is_faithful_to_the_operators_statement() {
    let config = Config::example();
    let purpose = |id: &str| config.purposes.iter().find(|purpose| purpose.id.as_str() == id).expect("it is there");
    for (id, says) in [("statistics", "te allen tijde geanonimiseerd"), ("profiling", "met elkaar")] {
        assert!(purpose(id).description.nl.contains(says), "{id}");
        assert_eq!(purpose(id).kept_months(), Some(12), "één jaar");
        let strings = config.notice_strings(Language::Nl).purposes;
        let shown = strings.into_iter().find(|purpose| purpose.id.as_str() == id).expect("it is told");
        assert!(shown.description.ends_with("Wij bewaren deze gegevens hoogstens één jaar."), "{}", shown.description);
    }
    let counting: Vec<_> = config.cookies.iter().filter(|cookie| cookie.purpose.as_str() == "statistics").collect();
    assert!(counting.iter().all(|cookie| cookie.days <= 1 && cookie.description.nl.contains("geen nummer")));
    let kept: Vec<_> =
        config.kept_elsewhere.iter().map(|kept| (kept.what.nl.as_str(), kept.until.nl.as_str())).collect();
    let order = "tot twee jaar nadat uw bestelling is afgerond, en zeven jaar daarna";
    let subscription = "tot twee jaar nadat u het abonnement hebt opgezegd, en zeven jaar daarna";
    assert_eq!(kept, [("Bestellingen", order), ("In-app-aankopen", order), ("Abonnementen", subscription)]);
    let recipients: Vec<_> = config.recipients.iter().map(|recipient| recipient.name.nl.as_str()).collect();
    for who in ["bezorgdienst", "bank", "politie", "samenwerken"] {
        assert!(recipients.iter().any(|recipient| recipient.contains(who)), "{who}");
    }
    // What the statement does not say is marked where it stands.
    for section in ["[[vendors]]", "[security]", "[[social]]", "[newsletter]", "[server]", "[texts.nl]", "[choice]"] {
        let before = &EXAMPLE[..EXAMPLE.find(&format!("\n{section}\n")).expect("it is there")];
        let comment = before.rsplit("\n\n").take(2).collect::<String>();
        assert!(comment.contains("Invented"), "{section}");
    }
}

#[test]
fn shards_close_as_the_configuration_says() {
    use ledger::shards::{ShardPeriod, ShardRules};
    let rules = |text: &str| parse("a.toml", text).map(|config| config.shards);
    assert_eq!(rules(SMALL).expect("valid"), ShardRules { records: 250_000, period: ShardPeriod::Month });
    let without = SMALL.replace("[ledger]\nshard_records = 250000\nshard_period = \"month\"\n", "");
    assert_ne!(without, SMALL);
    assert_eq!(rules(&without).expect("valid"), ShardRules { records: 500_000, period: ShardPeriod::Quarter });
    for (was, is, said) in [
        ("250000", "999", "1000"),
        ("250000", "524289", "524288"),
        ("\"month\"", "\"week\"", "quarter"),
        ("shard_period", "period", "period"),
    ] {
        let faults = parse("a.toml", &SMALL.replace(was, is))
            .expect_err("refused")
            .iter()
            .map(ToString::to_string)
            .collect::<String>();
        assert!(faults.contains(said), "{is}: {faults}");
    }
}

#[test]
fn memory_is_as_the_configuration_says() {
    let opened = |text: &str| parse("a.toml", text).map(|config| config.memory.opened_people);
    let with = |section: &str| format!("{SMALL}\n[memory]\n{section}\n");
    assert_eq!(opened(SMALL).expect("valid"), 10_000);
    assert_eq!(opened(&with("opened_people = 500")).expect("valid"), 500);
    for (section, said) in [
        ("opened_people = 99", "100"),
        ("opened_people = 1000001", "1000000"),
        ("opened_people = \"many\"", "number"),
        ("people = 500", "opened_people"),
        ("", "opened_people"),
    ] {
        let faults = opened(&with(section)).expect_err("refused");
        assert!(faults.iter().any(|fault| fault.to_string().contains(said)), "{section}: {faults:?}");
    }
}

#[test]
fn what_must_outlive_a_restore_has_a_place_that_does_not_depend_on_where_the_server_is_started() {
    let with = |section: &str| parse("keuze.toml", &format!("{SMALL}\n[kept_away]\n{section}\n"));
    let kept = with("folder = \"/mnt/apart\"\nminutes = 15").expect("valid").kept_away.expect("there is one");
    assert_eq!(kept.folder.as_deref(), Some(std::path::Path::new("/mnt/apart")));
    assert_eq!((kept.command, kept.every), (None, std::time::Duration::from_mins(15)));
    let kept = with("command = [\"/bin/put\", \"voipro\"]").expect("valid").kept_away.expect("there is one");
    assert_eq!((kept.command.map(|parts| parts.len()), kept.every), (Some(2), std::time::Duration::from_hours(1)));
    assert!(parse("keuze.toml", SMALL).expect("valid").kept_away.is_none());
    let line = SMALL.lines().count() + 3;
    for (section, says) in [
        ("", "names no place"),
        ("minutes = 5", "names no place"),
        ("folder = \"apart\"", "write a path that begins with /"),
        ("folder = \"\"", "`folder` is empty"),
        ("folder = 7", "`folder` is not a text"),
        ("command = []", "`command` is empty"),
        ("command = \"/bin/put\"", "`command` is not a list"),
        ("command = [\"put\"]", "beginning with /"),
        ("mail = \"apart@example.nl\"", "add the section [mail]"),
        ("folder = \"/mnt/apart\"\nminutes = 0", "write a number of 1 to 1440"),
        ("folders = \"/mnt/apart\"", "unknown key `folders`"),
    ] {
        let told = told(&with(section).map(|_| ()).expect_err(section));
        let place = told.strip_prefix("keuze.toml:").and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
        assert!(told.contains(says) && told.contains("Mend: "), "{section}: {told}");
        assert!(place.is_some_and(|place| (line - 1..=line + 1).contains(&place)), "{section}: {told}");
    }
    let mail = "[mail]\nhost = \"smtp.example\"\nport = 465\ntls = \"implicit\"\nfrom = \"a@winkel.example\"\n";
    let mailed = |to: &str| parse("keuze.toml", &format!("{SMALL}\n[kept_away]\nmail = \"{to}\"\n{mail}"));
    assert!(mailed("apart@example.nl").expect("valid").kept_away.is_some_and(|kept| kept.mail.is_some()));
    assert!(told(&mailed("nobody").map(|_| ()).expect_err("no address")).contains("`mail`: \"nobody\" does not fit"));
}
