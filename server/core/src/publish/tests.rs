use insta::assert_snapshot;
use model::event::{Actor, Event, KeyRotated, PolicyPublished, RotatedKey, Route};
use model::policy::ChangeClass;
use ui::components::banner::first_layer;

use super::*;
use crate::config::{EXAMPLE, parse};
use ledger::clock::{Clock as _, FixedClock};
use ledger::{AppendRequest, Fact, Ledger, Opening};
use vault::random::SeededRandom;

fn ledger() -> Ledger {
    let random = Arc::new(SeededRandom::new(1));
    Ledger::open(Opening { data: None, key_file: None, origin: "voipro.test".into(), random }).expect("opens")
}

fn clock() -> FixedClock {
    FixedClock::at(1_795_525_509)
}

/// The example with these changes.
fn changed(changes: &[(&str, &str)]) -> Config {
    let mut text = EXAMPLE.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the example has {from}");
        text = text.replacen(from, to, 1);
    }
    parse("keuze.toml", &text).unwrap_or_else(|faults| panic!("{}", lines(&faults)))
}

fn planned(config: &Config, previous: Option<&PublishedPolicy>, change: ChangeClass) -> Publication {
    match plan(config, previous, change, first_layer) {
        Ok(PublishPlan::New(publication)) => *publication,
        Ok(PublishPlan::UpToDate) => panic!("nothing changed"),
        Err(faults) => panic!("{}", lines(&faults)),
    }
}

fn first() -> PublishedPolicy {
    planned(&Config::example(), None, ChangeClass::Editorial).policy
}

fn refused(config: &Config, change: ChangeClass) -> String {
    lines(&plan(config, Some(&first()), change, first_layer).expect_err("refused"))
}

const LONGER: (&str, &str) =
    ("name = \"_fbp\"\npurpose = \"marketing\"\ndays = 90", "name = \"_fbp\"\npurpose = \"marketing\"\ndays = 390");
const SHORTER: (&str, &str) =
    ("name = \"_fbp\"\npurpose = \"marketing\"\ndays = 90", "name = \"_fbp\"\npurpose = \"marketing\"\ndays = 30");
const ASKED_ANEW: (&str, &str) = (
    "id = \"marketing\"\nregime = \"consent\"\nrevision = 1",
    "id = \"marketing\"\nregime = \"consent\"\nrevision = 2",
);
const WORDS: (&str, &str) = ("heading = \"Cookies op voipro.nl\"", "heading = \"Uw cookies op voipro.nl\"");

#[test]
fn the_same_configuration_freezes_to_the_same_bytes() {
    let mut policy = first().policy;
    // The notices are hashed over markup, which may change with the banner.
    policy.notices.clear();
    assert_snapshot!(hash(&canonical(&policy)), @"6af697d9468ef8ea193ee4432f83ca5d43f6e632c45f851d8c5016fe85c3f95d");
    let json = String::from_utf8(canonical(&policy)).expect("JSON is UTF-8");
    assert_snapshot!(&json[json.find("\"channels\"").expect("it has channels")..][..110], @r#""channels":[{"article":"Tw 11.7 lid 3","channel":"newsletter","from":"2022-11-01","need":"soft_opt_in"},{"arti"#);
}

#[test]
fn the_first_policy_tells_what_it_holds() {
    assert_snapshot!(planned(&Config::example(), None, ChangeClass::Editorial).differences.join("\n"), @r#"
the first policy of voipro.nl
purpose necessary (necessary): __Host-keuze, __Host-keuze_seen, __Secure-keuze_id, __Secure-keuze_code, __Secure-keuze_person, __Secure-keuze_desk, __Host-keuze_desk_known, keuze_probe, voipro_session
purpose statistics (low_impact): voipro_counted
purpose marketing (consent): _gcl_au, _fbp
purpose profiling (consent): voipro_interests
purpose third_party_embeds (consent): VISITOR_INFO1_LIVE, YSC
party google_ireland: Google Ireland Limited
party google_llc: Google LLC
party meta_ireland: Meta Platforms Ireland Limited
"#);
}

#[test]
fn the_same_configuration_is_nothing_to_publish() {
    for change in [ChangeClass::Editorial, ChangeClass::Material, ChangeClass::Purpose] {
        assert!(matches!(plan(&Config::example(), Some(&first()), change, first_layer), Ok(PublishPlan::UpToDate)));
    }
}

#[test]
fn a_changed_question_needs_a_new_revision() {
    assert_snapshot!(refused(&changed(&[LONGER]), ChangeClass::Purpose), @"keuze.toml:114:12: the question of `marketing` changed (the cookie _fbp lives longer) but has no new revision. Mend: write `revision = 2`.");
    let publication = planned(&changed(&[LONGER, ASKED_ANEW]), Some(&first()), ChangeClass::Purpose);
    assert_snapshot!(publication.differences.join("\n"), @r#"
cookies._fbp.days: 90 → 390
purposes.marketing.revision: 1 → 2
"#);
}

#[test]
fn a_revision_never_goes_back() {
    let later = planned(&changed(&[ASKED_ANEW]), Some(&first()), ChangeClass::Purpose).policy;
    let faults = plan(&Config::example(), Some(&later), ChangeClass::Purpose, first_layer).expect_err("it goes back");
    assert_snapshot!(lines(&faults), @"example.toml:114:12: the question of `marketing` goes back from revision 2. Mend: write `revision = 2`.");
}

#[test]
fn a_change_is_never_called_less_than_it_is() {
    assert_snapshot!(refused(&changed(&[SHORTER]), ChangeClass::Editorial), @"keuze.toml:1:1: this is a change of the class material, not editorial. Mend: publish it with `--change material`.");
    assert_snapshot!(refused(&changed(&[ASKED_ANEW]), ChangeClass::Material), @"keuze.toml:1:1: this is a change of the class purpose, not material. Mend: publish it with `--change purpose`.");
    planned(&changed(&[SHORTER]), Some(&first()), ChangeClass::Material);
}

#[test]
fn only_wording_leaves_the_notice_revision() {
    let revisions = |change| {
        let policy = planned(&changed(&[WORDS]), Some(&first()), change).policy.policy;
        (policy.revision, policy.notice_revision)
    };
    assert_eq!(revisions(ChangeClass::Editorial), (2, 1));
    assert_eq!(revisions(ChangeClass::Material), (2, 2));
    assert_eq!(revisions(ChangeClass::Purpose), (2, 2));
}

#[test]
fn every_change_is_told_in_a_line() {
    let config = changed(&[
        SHORTER,
        WORDS,
        ("phone = \"+31 (0)20 788 4000\"", "phone = \"+31 (0)20 788 4001\""),
        ("deny = [\"marketing\", \"profiling\", \"third_party_embeds\"]", "deny = [\"marketing\"]"),
        ("validity_months = 6", "validity_months = 5"),
        ("from = 2026-07-01\narticle = \"Tw 11.7 lid 1\"", "from = 2026-06-01\narticle = \"Tw 11.7 lid 1\""),
        (
            "name = \"Meta Platforms Ireland Limited\"\nrole = { nl = \"Advertenties",
            "name = \"Meta Platforms Ireland Limited\"\nrole = { nl = \"Reclame",
        ),
    ]);
    assert_snapshot!(planned(&config, Some(&first()), ChangeClass::Material).differences.join("\n"), @r#"
channels.phone from 2026-07-01: removed
channels.phone from 2026-06-01: added
controller.phone: “+31 (0)20 788 4000” → “+31 (0)20 788 4001”
cookies._fbp.days: 90 → 30
gpc.deny: “marketing”, “profiling”, “third_party_embeds” → “marketing”
notice.en.signal: removed
notice.nl.heading: “Cookies op voipro.nl” → “Uw cookies op voipro.nl”
notice.nl.signal: removed
validity_months: 6 → 5
vendors.meta_ireland.role.nl: “Advertenties op Facebook en Instagram” → “Reclame op Facebook en Instagram”
"#);
}

#[tokio::test]
async fn a_policy_is_published_once_and_read_back_as_it_was() {
    let (ledger, clock, config) = (ledger(), clock(), Config::example());
    let nothing = Published::load(&ledger).expect("an empty ledger");
    assert!(matches!(nothing.refuse_another(&config), Err(PublishError::Nothing)));
    publish_if_new(&ledger, &config, &clock, first_layer).await.expect("published");
    publish_if_new(&ledger, &config, &clock, first_layer).await.expect("nothing to do");
    let published = Published::load(&ledger).expect("it loads");
    published.refuse_another(&config).expect("it is in force");
    assert_eq!(published.policies.len(), 1);
    assert_eq!(**published.current(), first());
    assert_eq!(published.by_id(&first().id()).map(|policy| policy.hash), Some(first().hash));

    let other = changed(&[WORDS]);
    assert!(matches!(published.refuse_another(&other), Err(PublishError::Another)));
    publish_if_new(&ledger, &other, &clock, first_layer).await.expect("published");
    let published = Published::load(&ledger).expect("it loads");
    assert_eq!(published.policies.len(), 2);
    assert!(published.is_current(&other) && !published.is_current(&config));
    assert_eq!(published.by_hash(first().hash).map(|policy| &policy.policy), Some(&first().policy));
}

#[tokio::test]
async fn the_event_names_the_policy_and_the_class() {
    let ledger = ledger();
    let publication = planned(&Config::example(), None, ChangeClass::Purpose);
    let written = publish(&ledger, &publication, Actor::System, &clock()).await.expect("published");
    let recorded = ledger.record(written.address).expect("it reads").expect("it is there").event;
    let published = PolicyPublished { policy: publication.policy.hash, change: ChangeClass::Purpose };
    assert_eq!(recorded.body, published.into());
    assert_eq!(ledger.content(publication.policy.hash).expect("it reads"), Some(canonical(&publication.policy.policy)));
}

#[tokio::test]
async fn newer_markup_of_the_same_words_does_not_stop_a_server_but_can_be_published() {
    let mut older = first();
    older.html[0].1 = b"<p>older</p>".to_vec();
    let dutch = older.policy.notices.get_mut(&Language::Nl).expect("it has a Dutch notice");
    dutch.html = hash(&older.html[0].1);
    older.hash = hash(&canonical(&older.policy));
    assert!(Published::new(vec![older.clone()]).is_current(&Config::example()));
    let publication = planned(&Config::example(), Some(&older), ChangeClass::Editorial);
    assert_eq!(publication.differences, ["notice.nl: another markup of the same words"]);
}

#[tokio::test]
async fn a_content_that_is_not_what_its_name_says_is_refused() {
    let (ledger, clock) = (ledger(), clock());
    publish_if_new(&ledger, &Config::example(), &clock, first_layer).await.expect("published");
    let rotated = KeyRotated { key: RotatedKey::Root };
    let event = Event::new(clock.now().at, Actor::System, Route::System, rotated);
    let html = first().policy.notices[&Language::Nl].html;
    let wrong = Fact::Content { hash: html, bytes: b"<p>other</p>".to_vec() };
    ledger.append(AppendRequest::with(event, vec![wrong])).await.expect("written");
    let error = Published::load(&ledger).expect_err("it is damaged");
    assert!(matches!(&error, PublishError::Damaged(name) if *name == html.to_string()), "{error}");
}

/// A policy or notice with a member more was written by another build: what it says there is not passed over.
#[tokio::test]
async fn a_content_of_another_build_is_refused_and_says_so() {
    let (ledger, clock) = (ledger(), clock());
    publish_if_new(&ledger, &Config::example(), &clock, first_layer).await.expect("published");
    let policy = canonical(&first().policy);
    let text = String::from_utf8(policy).expect("JSON");
    for (at, more) in [
        (r#"{"channels""#, r#"{"more":1,"channels""#),
        (r#""regime":"low_impact""#, r#""more":1,"regime":"low_impact""#),
        (r#""first_party""#, r#""more":1,"first_party""#),
        (r#""language":"nl","strings""#, r#""more":1,"language":"nl","strings""#),
    ] {
        let other = text.replacen(at, more, 1);
        let other = Fact::content(serde_json_canonicalizer::to_vec(&json(&other)).expect("JSON"));
        let Fact::Content { hash, .. } = &other else { panic!("a content") };
        let policies = Fact::Policies(vec![*hash]);
        let name = hash.to_string();
        let event = Event::new(clock.now().at, Actor::System, Route::System, KeyRotated { key: RotatedKey::Root });
        ledger.append(AppendRequest::with(event, vec![other, policies])).await.expect("written");
        let error = Published::load(&ledger).expect_err("it is of another build");
        assert!(matches!(&error, PublishError::OtherBuild { name: of, .. } if *of == name), "{more}: {error}");
        assert!(error.to_string().ends_with("holds what this one does not know: go on with that build"), "{error}");
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

/// R-2.5.3-5: what no longer asks for consent says why, who decided it and when, in the policy for ever.
#[test]
fn nothing_leaves_consent_without_a_reason() {
    let moved = (
        "name = \"voipro_interests\"\npurpose = \"profiling\"\ndays = 180",
        "name = \"voipro_interests\"\npurpose = \"statistics\"\ndays = 30",
    );
    let anew = (
        "id = \"statistics\"\nregime = \"low_impact\"\nrevision = 1",
        "id = \"statistics\"\nregime = \"low_impact\"\nrevision = 2",
    );
    assert_snapshot!(refused(&changed(&[moved, anew]), ChangeClass::Purpose), @r#"keuze.toml:1:1: the cookie `voipro_interests` would no longer ask for consent, and nothing says why. Mend: say why at the cookie or its purpose: regime_override = { reason = "…", by = "…", on = 2026-11-27 }."#);
    let why = "regime_override = { reason = \"telt zonder nummer\", by = \"Dirk\", on = 2026-11-02 }";
    let (cookie, purpose) = (format!("{}\n{why}", moved.1), format!("{}\n{why}", anew.1));
    for changes in [[(moved.0, &*cookie), anew], [moved, (anew.0, &*purpose)]] {
        let published = planned(&changed(&changes), Some(&first()), ChangeClass::Purpose);
        assert!(String::from_utf8(canonical(&published.policy.policy)).expect("JSON").contains("telt zonder nummer"));
        assert!(
            published.differences.iter().any(|line| line.contains("regime_override")),
            "{:?}",
            published.differences
        );
        // Had it been said before, and consent been asked since, the old reason would be none for this time.
        let mut again = first();
        let said = &published.policy.policy;
        for cookie in &mut again.policy.cookies {
            let of = said.cookies.iter().find(|of| of.name == cookie.name);
            cookie.regime_override = of.and_then(|of| of.regime_override.clone());
        }
        for purpose in &mut again.policy.purposes {
            purpose.regime_override = said.purpose(&purpose.id).and_then(|of| of.regime_override.clone());
        }
        let faults =
            plan(&changed(&changes), Some(&again), ChangeClass::Purpose, first_layer).expect_err("it is the old one");
        assert!(lines(&faults).contains("nothing says why"), "{}", lines(&faults));
    }
    // Staying exempt, or beginning to ask, needs no reason.
    assert!(plan(&changed(&[WORDS]), Some(&first()), ChangeClass::Editorial, first_layer).is_ok());
}

/// A cookie under another name is the same cookie: by a pattern that covers both, or for the same party in its place.
#[test]
fn a_cookie_that_is_renamed_does_not_leave_consent_in_silence() {
    let was = "name = \"_gcl_au\"\npurpose = \"marketing\"\ndays = 90";
    let own = "name = \"voipro_interests\"\npurpose = \"profiling\"\ndays = 180";
    let anew = |of: &str, regime: &str| {
        let id = |revision: u32| format!("id = \"{of}\"\nregime = \"{regime}\"\nrevision = {revision}");
        (id(1), id(2))
    };
    let (necessary, statistics) = (anew("necessary", "necessary"), anew("statistics", "low_impact"));
    for (from, name, purpose, days) in [
        (was, "_gcl_a*", "necessary", 90),
        (was, "_gcl*", "necessary", 90),
        (was, "_gcl_aw", "necessary", 90),
        (was, "ads_id", "necessary", 90),
        (own, "voipro_i*", "statistics", 1),
        (own, "voipro_views", "statistics", 1),
    ] {
        let now = format!("name = \"{name}\"\npurpose = \"{purpose}\"\ndays = {days}");
        let renamed = |more: &str| {
            let moved = format!("{now}\n{more}");
            let revisions = [&necessary, &statistics].map(|(from, to)| (from.as_str(), to.as_str()));
            changed(&[(from, &*moved), revisions[0], revisions[1]])
        };
        let told = refused(&renamed(""), ChangeClass::Purpose);
        assert!(told.contains(&format!("the cookie `{name}` would no longer ask for consent")), "{name}: {told}");
        let why = "regime_override = { reason = \"telt zonder nummer\", by = \"Dirk\", on = 2026-11-02 }";
        planned(&renamed(why), Some(&first()), ChangeClass::Purpose);
    }
    // The control: a further cookie, while the other one goes on asking.
    let further = "[[cookies]]\nname = \"_gcl_x\"\npurpose = \"necessary\"\ndays = 1\nvendors = [\"google_ireland\"]\nfirst_party = true\n\
                   http_only = false\ndescription = { nl = \"x\", en = \"x\" }\n\n[[cookies]]\nname = \"_gcl_au\"";
    let config = changed(&[("[[cookies]]\nname = \"_gcl_au\"", further), (&necessary.0, &necessary.1)]);
    planned(&config, Some(&first()), ChangeClass::Purpose);
}

#[test]
fn what_was_done_was_not_done_on_a_day_to_come() {
    let today = time::macros::date!(2026 - 11 - 24);
    let faults = |change: (&str, &str)| lines(&changed(&[change]).faults_on(today));
    let statistics = "id = \"statistics\"\nregime = \"low_impact\"\nrevision = 1";
    let why = |day: &str| format!("{statistics}\nregime_override = {{ reason = \"x\", by = \"Dirk\", on = {day} }}");
    for (change, key) in [
        (("checked_at = 2026-11-02", "checked_at = 2030-01-01"), "checked_at"),
        (("attested_on = 2026-11-02", "attested_on = 2026-11-25"), "attested_on"),
        ((statistics, &*why("2031-11-02")), "on"),
    ] {
        let told = faults(change);
        assert!(told.contains(&format!("`{key}` is 20")) && told.contains("a day to come"), "{key}: {told}");
    }
    assert_eq!(faults((statistics, &*why("2026-11-24"))), "");
}

#[test]
fn data_that_is_kept_longer_is_another_question() {
    let longer = ("data_months = 12\ndescription", "data_months = 13\ndescription");
    assert_snapshot!(refused(&changed(&[longer]), ChangeClass::Purpose), @"keuze.toml:122:12: the question of `profiling` changed (data is kept longer) but has no new revision. Mend: write `revision = 2`.");
    let untold = ("data_months = 12\ndescription", "description");
    assert!(refused(&changed(&[untold]), ChangeClass::Purpose).contains("data is kept longer"));
    let shorter = ("data_months = 12\ndescription", "data_months = 6\ndescription");
    planned(&changed(&[shorter]), Some(&first()), ChangeClass::Material);
}

/// What the operator files about a party is nobody's question.
#[test]
fn looking_at_a_statement_again_is_editorial() {
    let looked = ("checked_at = 2026-11-02", "checked_at = 2026-11-27");
    planned(&changed(&[looked, ("VP-2022-034", "VP-2026-001")]), Some(&first()), ChangeClass::Editorial);
}

#[test]
fn both_contents_of_a_notice_are_named_by_their_hashes() {
    let published = first();
    for (language, html) in &published.html {
        let strings = published.strings_in(*language).expect("every notice has its strings");
        let named = &published.policy.notices[language];
        assert_eq!(named.html, hash(html));
        assert_eq!(named.strings, hash(&canonical(strings)));
        assert_eq!(
            serde_json::from_slice::<NoticeStrings>(&canonical(strings)).expect("canonical JSON is JSON"),
            *strings
        );
    }
    assert_ne!(published.policy.notices[&Language::Nl].html, published.policy.notices[&Language::En].html);
}
