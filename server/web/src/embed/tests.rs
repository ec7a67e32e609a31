use model::notice::SignalStrings;
use model::policy::ChangeClass;
use ui::components::banner::{first_layer, told_by_signal};

use super::*;
use fixture::{HASH, policy, strings};
use keuze_core::config;
use keuze_core::publish::{PublishPlan, plan};

/// The whole of `embed.js` in Dutch, brotli 11, at most 3.5 KiB.
const BUDGET: usize = 3_584;

/// A test of what is served proves nothing about files that are not there.
fn built() {
    files::check().expect("the browser files are built: cargo xtask build");
}

fn script(language: Language, secure: bool) -> Asset {
    let (policy, strings) = (policy(), strings(language));
    let html = first_layer(&strings);
    embed_js(&policy, HASH, &strings, html.as_bytes(), CookieNames { secure }, false)
}

#[test]
fn the_first_layer_offers_both_answers_alike() {
    insta::assert_snapshot!(first_layer(&strings(Language::Nl)), @r#"<section id="keuze" part="banner" lang="nl" aria-labelledby="keuze-heading"><div><h2 id="keuze-heading">Cookies op voorbeeld.nl</h2><p>Voorbeeld vraagt u toestemming voor marketing, profielen en video’s van anderen. Statistiek telt bezoek zonder u te volgen.</p><p>U kunt altijd terugkomen op uw keuze via Cookie-instellingen.</p></div><div><button part="refuse" name="control" value="refuse_all">Weigeren</button><button part="accept" name="control" value="accept_all">Accepteren</button><button part="settings" value="settings">Zelf instellen</button></div></section>"#);
}

#[test]
fn the_fragment_is_a_form_that_names_what_it_offers() {
    let html = fragment("a7a7", &strings(Language::En), Some("/a?b=\"c\"&d=<e>"), false).replace(build(), "BUILD");
    insta::assert_snapshot!(html, @r#"<link rel="stylesheet" href="/keuze/banner.css"><section id="keuze" part="banner" lang="en" aria-labelledby="keuze-heading"><div><h2 id="keuze-heading">Cookies on voorbeeld.nl</h2><p>Voorbeeld asks your consent for marketing, profiles and videos of others. Statistics count visits without following you.</p><p>You can always change your choice through Cookie settings.</p></div><form method="post" action="/keuze/choices"><input type="hidden" name="policy" value="a7a7"><input type="hidden" name="language" value="en"><input type="hidden" name="surface" value="banner"><input type="hidden" name="build" value="BUILD"><input type="hidden" name="return" value="/a?b=&quot;c&quot;&amp;d=&lt;e&gt;"><input type="hidden" name="offered" value="statistics"><input type="hidden" name="offered" value="marketing"><input type="hidden" name="offered" value="profiling"><input type="hidden" name="offered" value="third_party_embeds"><button part="refuse" name="control" value="refuse_all">Refuse</button><button part="accept" name="control" value="accept_all">Accept</button><a part="settings" href="/keuze/voorkeuren?lang=en">Choose myself</a></form></section>"#);
}

#[test]
fn the_script_fits_its_budget() {
    built();
    let size = script(Language::Nl, true).brotli.len();
    eprintln!("embed.js: {size} of {BUDGET} bytes");
    assert!(size <= BUDGET, "embed.js is {size} bytes, {} over its budget", size - BUDGET);
}

/// The shipped example after a change, as its site serves it.
fn shipped(from: &str, to: &str) -> Vec<(String, Asset)> {
    let config = config::parse("keuze.toml", &config::EXAMPLE.replacen(from, to, 1)).expect("no fault");
    let Ok(PublishPlan::New(publication)) = plan(&config, None, ChangeClass::Purpose, first_layer) else {
        panic!("it can be published")
    };
    let published = &publication.policy;
    let script = |strings: &NoticeStrings, html: &[u8], signalled| {
        embed_js(&published.policy, published.hash, strings, html, CookieNames { secure: true }, signalled)
    };
    let with_and_without = published.html.iter().flat_map(|(language, html)| {
        let strings = published.strings_in(*language).expect("every notice has its strings");
        let signalled = told_by_signal(strings)
            .map(|html| (format!("{language:?}, signalled"), script(strings, html.as_bytes(), true)));
        [(format!("{language:?}"), script(strings, html, false))].into_iter().chain(signalled)
    });
    with_and_without.collect()
}

#[test]
fn every_form_of_the_script_fits_its_budget() {
    built();
    let closing = shipped("close_control = \"none\"", "close_control = \"refuse\"");
    assert_eq!(closing.len(), 4);
    let all = closing.into_iter().chain(shipped("", ""));
    let sizes: Vec<_> = all.map(|(which, asset)| (which, asset.brotli.len())).collect();
    eprintln!("embed.js, of {BUDGET} bytes: {sizes:?}");
    assert!(sizes.iter().all(|(_, size)| *size <= BUDGET), "of {BUDGET} bytes: {sizes:?}");
}

/// R-2.5.3-3; in the script's banner and in the form that needs none.
#[test]
fn a_close_control_is_a_button_that_refuses_and_says_so() {
    const CLOSE: &str = "<button part=\"close\" name=\"control\" value=\"refuse_all\">Sluiten en weigeren</button>";
    let without = strings(Language::Nl);
    let with = NoticeStrings { close_refuse: Some("Sluiten en weigeren".to_owned()), ..without.clone() };
    let made = |strings: &NoticeStrings| [first_layer(strings), fragment("a7a7", strings, None, false)];
    for (with, without) in made(&with).into_iter().zip(made(&without)) {
        assert!(with.contains(CLOSE), "{with}");
        assert_eq!(with.replace(CLOSE, ""), without, "and nothing else is different");
        assert!(!without.contains("part=\"close\""));
    }
}

#[test]
fn whoever_is_told_in_place_of_the_question_can_refuse_and_set_but_is_not_asked_to_accept() {
    let told = SignalStrings { body: "Uw browser zei nee.".to_owned(), refuse: "Sluiten en weigeren".to_owned() };
    assert_eq!(told_by_signal(&strings(Language::Nl)), None, "where the signal does not answer everything");
    let strings = NoticeStrings { signal: Some(told), ..strings(Language::Nl) };
    insta::assert_snapshot!(told_by_signal(&strings).expect("a first layer"), @r#"<section id="keuze" part="banner" lang="nl" aria-labelledby="keuze-heading"><div><h2 id="keuze-heading">Cookies op voorbeeld.nl</h2><p>Uw browser zei nee.</p></div><div><button part="refuse" name="control" value="refuse_all">Sluiten en weigeren</button><button part="settings" value="settings">Zelf instellen</button></div></section>"#);
    let form = fragment("a7a7", &strings, None, true);
    assert!(
        form.contains("Uw browser zei nee.") && form.contains("value=\"refuse_all\"") && !form.contains("accept_all")
    );
    assert_eq!(form.matches("name=\"offered\"").count(), 4, "its refusal is about everything");
}

#[test]
fn the_script_carries_its_policy_and_its_cookies_prefix() {
    built();
    let [secure, plain] = [true, false].map(|secure| script(Language::Nl, secure));
    let text = String::from_utf8(secure.plain).expect("a script is text");
    assert!(text.contains(&format!("\"{}\"", &HASH.to_string()[..20])));
    assert!(text.contains("\"__Host-\""));
    assert!(!text.contains("__KEUZE__"));
    assert_ne!(secure.etag, plain.etag);
}

/// R-3.6-1: no page may take us for a part of such a framework.
#[test]
fn no_name_of_an_advertising_framework_is_in_the_scripts() {
    let scripts = [
        include_str!("../../../../frontend/embed/embed.js"),
        include_str!("../../../../frontend/embed/later.js"),
        include_str!("../../../../frontend/embed/release.js"),
    ];
    for name in ["__tcfapi", "__gpp", "__uspapi", "euconsent"] {
        assert!(scripts.iter().all(|script| !script.contains(name)), "{name}");
    }
    assert!(
        scripts.iter().any(|script| script.contains("globalPrivacyControl")),
        "names are found as they are written"
    );
}
