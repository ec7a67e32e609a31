//! `embed.js`: the hand-written runtime with one policy, one language and one notice put into it; and `later.js`, what
//! its later moments need, with the words of one language.

use std::sync::OnceLock;

use model::identity::ContentHash;
use model::notice::NoticeStrings;
use model::policy::Policy;
use model::purpose::{Purpose, PurposeId, Regime};
use serde_json::{Map, Value, json};
use words::embed::words;

use super::asset::short_hash;
use super::files::SiteFile;
use super::{Asset, CookieNames, languages, tree};
use keuze_core::config::covered;

/// Where the runtime expects its data (`frontend/embed/embed.js`).
const PLACE: &str = "__KEUZE__";

/// Makes `embed.js` for one language, from the first layer's stored HTML.
///
/// `signalled` says that the browser that asks for it asks not to be tracked: whatever a page puts in the place of what says so
/// there.
///
/// A server that was compiled without browser files gives a script that says so in the console.
pub fn embed_js(
    policy: &Policy,
    policy_id: ContentHash,
    strings: &NoticeStrings,
    html: &[u8],
    names: CookieNames,
    signalled: bool,
) -> Asset {
    filled(SiteFile::Runtime, &data(policy, policy_id, strings, html, names, signalled))
}

/// Makes `later.js` for one language.
///
/// `no_notice` are the configuration's path patterns (`*` stands for anything) on which a visit is not counted as
/// continued use.
pub fn later_js(policy: &Policy, strings: &NoticeStrings, no_notice: &[String]) -> Asset {
    let optional = || strings.purposes.iter().filter(|purpose| purpose.regime != Regime::Necessary);
    let names: Map<_, _> = optional().map(|purpose| (purpose.id.to_string(), json!(purpose.name))).collect();
    let cookies: Map<_, _> =
        optional().map(|purpose| (purpose.id.to_string(), json!(cookies(policy, &purpose.id)))).collect();
    let fields = [json!(words(strings.language)), Value::Object(names), Value::Object(cookies), json!(counted(policy))];
    let fields = fields.map(|field| field.to_string()).join(",");
    filled(SiteFile::Later, &format!("[{fields},{}]", pattern(no_notice)))
}

fn filled(file: SiteFile, data: &str) -> Asset {
    let missing = || format!("console.error('keuze: compiled without {}; build with cargo xtask build')", file.name());
    let script = file.text().map_or_else(missing, |runtime| runtime.replacen(PLACE, data, 1));
    Asset::new(script.into_bytes(), "text/javascript; charset=utf-8")
}

/// The array that the runtime takes apart: JSON, but for the regular expression at its end.
fn data(
    policy: &Policy,
    policy_id: ContentHash,
    strings: &NoticeStrings,
    html: &[u8],
    names: CookieNames,
    signalled: bool,
) -> String {
    let language = strings.language;
    let optional = policy.purposes.iter().filter(|purpose| purpose.regime != Regime::Necessary);
    let optional: Vec<_> = optional.map(|purpose| purpose.id.to_string()).collect();
    let others: Vec<_> = languages().filter(|tag| *tag != language.tag()).collect();
    let fields = [
        json!(SiteFile::BannerCss.text().unwrap_or_default()),
        tree::compile(&String::from_utf8_lossy(html)).unwrap_or_default(),
        json!(first_sentence(words(language).unknown)),
        json!(build()),
        json!(policy_id.to_string()[..20]),
        json!(language.tag()),
        json!(names.prefix()),
        // As text: the cookie has it in one spelling.
        json!(policy.notice_revision.to_string()),
        purposes(policy),
        json!(optional),
        json!(u8::from(signalled)),
    ];
    let fields = fields.map(|field| field.to_string()).join(",");
    format!("[{fields},/^({})\\b/i]", others.join("|"))
}

/// Where `later.js` does not come, this much is said.
fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

/// Names the banner's build in the record of an answer (R-2.5.5-1): all that a browser was given.
pub fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let all: Vec<u8> = SiteFile::ALL.into_iter().filter_map(SiteFile::bytes).flatten().collect();
        short_hash(&all)[..8].to_owned()
    })
}

/// Whether continued use is counted: 0 never, 1 unless the browser asks not to be tracked, 2 always.
fn counted(policy: &Policy) -> u8 {
    match (policy.continued_use.record, policy.gpc.also_object_low_impact) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}

/// Per purpose 1 when it needs no answer; else the question's revision, the letters that answer it in the choice cookie,
/// what continued use does, and the names of its cookies that the page can expire, as a regular expression.
fn purposes(policy: &Policy) -> Value {
    let entries = policy.purposes.iter().map(|purpose| (purpose.id.to_string(), entry(policy, purpose)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn entry(policy: &Policy, purpose: &Purpose) -> Value {
    let letters = match purpose.regime {
        Regime::Necessary => return json!(1),
        Regime::LowImpact => "rn",
        Regime::Consent => "rg",
    };
    json!([purpose.revision, letters, unlocked(policy, purpose), cookies(policy, &purpose.id)])
}

/// What continued use unlocks: 0 nothing, 1 the purpose unless the browser asks not to be tracked, 2 the purpose.
///
/// Never a `consent` purpose, whatever a policy says (R-2.5.3-1).
fn unlocked(policy: &Policy, purpose: &Purpose) -> u8 {
    let unlocks = purpose.regime == Regime::LowImpact && policy.continued_use.unlocks.contains(&purpose.id);
    let denied = policy.gpc.also_object_low_impact || policy.gpc.deny.contains(&purpose.id);
    match (unlocks, denied) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}

fn cookies(policy: &Policy, purpose: &PurposeId) -> String {
    let reachable = policy.cookies_of(purpose).filter(|cookie| cookie.first_party && !cookie.http_only);
    let names: Vec<_> = reachable.map(|cookie| but_ours(&cookie.name)).collect();
    if names.is_empty() { NOTHING.to_owned() } else { names.join("|") }
}

/// The expression for a registered name, without the names of ours that it would stand for: the page throws away what it
/// matches, and an answer is not to be thrown away whatever a register says.
fn but_ours(name: &str) -> String {
    let ours: Vec<_> = covered(name).map(expression).collect();
    if ours.is_empty() { expression(name) } else { format!("(?!({})(=|$)){}", ours.join("|"), expression(name)) }
}

/// A regular expression that no text matches.
const NOTHING: &str = ".^";

fn pattern(no_notice: &[String]) -> String {
    let patterns: Vec<_> = no_notice.iter().map(|pattern| expression(pattern).replace('/', "\\/")).collect();
    if patterns.is_empty() { format!("/{NOTHING}/") } else { format!("/^({})$/", patterns.join("|")) }
}

/// `*` stands for anything, everything else for itself.
fn expression(pattern: &str) -> String {
    let escaped = pattern.chars().map(|c| match c {
        '*' => ".*".to_owned(),
        '\\' | '.' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' | '|' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keuze check` refuses such names; a policy of before it did may have them.
    #[test]
    fn no_pattern_takes_one_of_ours() {
        assert_eq!(but_ours("_pk_*"), "_pk_.*");
        assert_eq!(but_ours("keuze_of_another"), "keuze_of_another");
        assert!(but_ours("_*").starts_with("(?!(__Host-keuze|__Host-keuze_seen|__Secure-keuze_id"));
        assert_eq!(but_ours("keuze"), "(?!(keuze)(=|$))keuze");
    }

    #[test]
    fn patterns_become_expressions_that_match_whole_paths() {
        let patterns = ["/privacy*".to_owned(), "/a.b".to_owned()];
        assert_eq!(pattern(&patterns), r"/^(\/privacy.*|\/a\.b)$/");
    }
}
