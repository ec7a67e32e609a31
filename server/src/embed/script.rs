//! `embed.js`: the hand-written runtime with one policy, one language and one notice put into it.

use app::model::identity::ContentHash;
use app::model::notice::NoticeStrings;
use app::model::policy::Policy;
use app::model::purpose::{Purpose, PurposeId, Regime};
use app::text::embed::words;
use serde_json::{Map, Value, json};

use super::files::SiteFile;
use super::{Asset, CookieNames, languages, tree};

/// Where the runtime expects its data (`frontend/js/embed.js`).
const PLACE: &str = "__KEUZE__";

/// Makes `embed.js` for one language, from the first layer's stored HTML.
///
/// `no_notice` are the configuration's path patterns (`*` stands for anything) on which a visit is not counted as
/// continued use. A server that was compiled without browser files gives a script that says so in the console.
pub fn embed_js(
    policy: &Policy,
    policy_id: ContentHash,
    strings: &NoticeStrings,
    html: &[u8],
    names: CookieNames,
    no_notice: &[String],
) -> Asset {
    let data = data(policy, policy_id, strings, html, names, no_notice);
    let script =
        SiteFile::Runtime.text().map_or_else(|| MISSING.to_owned(), |runtime| runtime.replacen(PLACE, &data, 1));
    Asset::new(script.into_bytes(), "text/javascript; charset=utf-8")
}

const MISSING: &str = "console.error('keuze: compiled without embed.min.js; build with cargo xtask build')";

/// The array that the runtime takes apart: JSON, but for the two regular expressions at its end.
fn data(
    policy: &Policy,
    policy_id: ContentHash,
    strings: &NoticeStrings,
    html: &[u8],
    names: CookieNames,
    no_notice: &[String],
) -> String {
    let language = strings.language;
    let others: Vec<_> = languages().filter(|tag| *tag != language.tag()).collect();
    let words = words(language);
    let fields = [
        json!(SiteFile::BannerCss.text().unwrap_or_default()),
        tree::compile(&String::from_utf8_lossy(html)).unwrap_or_default(),
        json!(words.saved),
        json!(words.receipt),
        json!(words.close),
        json!(words.failed),
        json!(words.blocked),
        json!(policy_id.to_string()[..20]),
        json!(language.tag()),
        json!(names.prefix()),
        json!(policy.notice_revision),
        json!(counted(policy)),
        purposes(policy),
    ];
    let fields = fields.map(|field| field.to_string()).join(",");
    format!("[{fields},/^({})\\b/i,{}]", others.join("|"), pattern(no_notice))
}

/// Whether continued use is counted: 0 never, 1 always, 2 unless the browser asks not to be tracked.
fn counted(policy: &Policy) -> u8 {
    match (policy.continued_use.record, policy.gpc.also_object_low_impact) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

/// Per purpose 1 when it needs no answer; else the question's revision, the letter that is a yes in the choice cookie,
/// what continued use does, and the names of its cookies that the page can expire, as a regular expression.
fn purposes(policy: &Policy) -> Value {
    let entries = policy.purposes.iter().map(|purpose| (purpose.id.to_string(), entry(policy, purpose)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn entry(policy: &Policy, purpose: &Purpose) -> Value {
    let yes = match purpose.regime {
        Regime::Necessary => return json!(1),
        Regime::LowImpact => "n",
        Regime::Consent => "g",
    };
    json!([purpose.revision, yes, unlocked(policy, purpose), cookies(policy, &purpose.id)])
}

/// What continued use unlocks: 0 nothing, 1 the purpose, 2 the purpose unless the browser asks not to be tracked.
///
/// Never a `consent` purpose, whatever a policy says (requirements 2.5.3).
fn unlocked(policy: &Policy, purpose: &Purpose) -> u8 {
    let unlocks = purpose.regime == Regime::LowImpact && policy.continued_use.unlocks.contains(&purpose.id);
    let denied = policy.gpc.also_object_low_impact || policy.gpc.deny.contains(&purpose.id);
    match (unlocks, denied) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

fn cookies(policy: &Policy, purpose: &PurposeId) -> String {
    let reachable = policy.cookies_of(purpose).filter(|cookie| cookie.first_party && !cookie.http_only);
    let names: Vec<_> = reachable.map(|cookie| expression(&cookie.name)).collect();
    if names.is_empty() { NOTHING.to_owned() } else { names.join("|") }
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

    #[test]
    fn patterns_become_expressions_that_match_whole_paths() {
        let patterns = ["/privacy*".to_owned(), "/a.b".to_owned()];
        assert_eq!(pattern(&patterns), r"/^(\/privacy.*|\/a\.b)$/");
    }
}
