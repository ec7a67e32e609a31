//! The difference between two policies in lines that a person can read (S-51).
//!
//! It walks both as JSON, so nothing that goes into the policy can change unseen.

use serde_json::{Map, Value};

use super::PublishedPolicy;
use model::language::Language;

/// What a new policy changes, a line each; for the first one, what it holds.
pub(super) fn differences(old: Option<&PublishedPolicy>, new: &PublishedPolicy) -> Vec<String> {
    let Some(old) = old else { return first(new) };
    let mut lines = Vec::new();
    compare("", &content(old), &content(new), &mut lines);
    for language in Language::ALL {
        let markup = |policy: &PublishedPolicy| policy.html.iter().find(|(of, _)| *of == language).cloned();
        let words = |policy: &PublishedPolicy| policy.strings_in(language).cloned();
        if words(old) == words(new) && markup(old) != markup(new) {
            lines.push(format!("notice.{}: another markup of the same words", language.tag()));
        }
    }
    lines
}

fn first(new: &PublishedPolicy) -> Vec<String> {
    let policy = &new.policy;
    let mut lines = vec![format!("the first policy of {}", policy.site)];
    for purpose in &policy.purposes {
        let cookies: Vec<&str> = policy.cookies_of(&purpose.id).map(|cookie| cookie.name.as_str()).collect();
        let cookies = if cookies.is_empty() { "no cookies".to_owned() } else { cookies.join(", ") };
        lines.push(format!(
            "purpose {} ({}): {cookies}",
            purpose.id,
            json(&purpose.regime).as_str().unwrap_or_default()
        ));
    }
    lines.extend(policy.vendors.iter().map(|vendor| format!("party {}: {}", vendor.id, vendor.name)));
    lines
}

/// Everything that is compared: the policy, with the words of its notices in place of their hashes.
fn content(policy: &PublishedPolicy) -> Value {
    let Value::Object(mut content) = json(&policy.policy) else { return Value::Null };
    for counted in ["revision", "notice_revision", "notices"] {
        content.remove(counted);
    }
    let notices = policy.strings.iter().map(|strings| {
        let mut strings_json = json(strings);
        if let Value::Object(entries) = &mut strings_json {
            // They repeat what stands in the policy itself.
            entries.remove("purposes");
        }
        (strings.language.tag().to_owned(), strings_json)
    });
    content.insert("notice".to_owned(), Value::Object(notices.collect()));
    Value::Object(content)
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("policies and notices hold texts, whole numbers and lists only")
}

fn compare(path: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => compare_entries(path, old, new, lines),
        (Value::Array(old_items), Value::Array(new_items)) => match (named(old_items), named(new_items)) {
            (Some(old_named), Some(new_named)) => {
                let before = lines.len();
                compare_entries(path, &old_named, &new_named, lines);
                if lines.len() == before {
                    lines.push(format!("{path}: in another order"));
                }
            }
            _ => lines.push(format!("{path}: {} → {}", word(old), word(new))),
        },
        _ => lines.push(format!("{path}: {} → {}", word(old), word(new))),
    }
}

fn compare_entries(path: &str, old: &Map<String, Value>, new: &Map<String, Value>, lines: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, before) in old {
        match new.get(key) {
            Some(now) => compare(&below(key), before, now, lines),
            None => lines.push(format!("{}: removed", below(key))),
        }
    }
    for (key, now) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        let value = if now.is_object() { "added".to_owned() } else { format!("added, {}", word(now)) };
        lines.push(format!("{}: {value}", below(key)));
    }
}

/// Items by what people know them by; `None` for a list of plain values or an empty one beside such.
fn named(items: &[Value]) -> Option<Map<String, Value>> {
    items.iter().map(|item| Some((name(item)?, item.clone()))).collect()
}

fn name(item: &Value) -> Option<String> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    match (text("channel"), text("from")) {
        (Some(channel), Some(from)) => Some(format!("{channel} from {from}")),
        _ => text("id").or_else(|| text("name")).or_else(|| text("date")).map(str::to_owned),
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => format!("“{text}”"),
        Value::Array(items) if items.is_empty() => "nothing".to_owned(),
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
