//! Fields of forms: each with its label, its help and its fault, and a summary of the faults on top.

use leptos::prelude::*;

/// What is wrong, on top, with the focus, each leading to its field.
pub(super) fn summary<T: AsRef<str>>(faults: &[(&'static str, T)], heading: &'static str) -> Option<AnyView> {
    if faults.is_empty() {
        return None;
    }
    let fault = |(field, text): &(&'static str, T)| {
        let text = text.as_ref().to_owned();
        view! { <li><a href=format!("#{field}")>{text}</a></li> }
    };
    let faults = faults.iter().map(fault);
    let faults = faults.collect_view();
    let summary = view! {
        <div class="message fault" role="alert" id="outcome" tabindex="-1" autofocus=true>
            <p><strong>{heading}</strong></p>
            <ul>{faults}</ul>
        </div>
    };
    Some(summary.into_any())
}

/// A line of text with its label, and below it what helps or what is wrong.
pub(super) struct Line<'a> {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: &'a str,
    pub(super) help: Option<&'static str>,
    pub(super) fault: Option<&'a str>,
    /// `inputmode`: which keys a phone shows.
    pub(super) keys: &'static str,
    /// `autocomplete` (WCAG 1.3.5).
    pub(super) fills: &'static str,
    pub(super) class: &'static str,
}

pub(super) fn line(line: Line<'_>) -> AnyView {
    let Line { name, label, value, help, fault, keys, fills, class } = line;
    let id = format!("{name}-help");
    let fault = fault.map(str::to_owned);
    let invalid = fault.as_ref().map(|_| "true");
    let described = (help.is_some() || fault.is_some()).then(|| id.clone());
    let help = match (fault, help) {
        (Some(fault), _) => Some(view! { <span class="fault" id=id>{fault}</span> }.into_any()),
        (None, Some(help)) => Some(view! { <span class="quiet" id=id>{help}</span> }.into_any()),
        (None, None) => None,
    };
    view! {
        <div class=format!("field {class}")>
            <label for=name>{label}</label>
            <input
                type="text"
                id=name
                name=name
                value=value.to_owned()
                inputmode=keys
                autocomplete=fills
                spellcheck="false"
                autocapitalize="off"
                aria-invalid=invalid
                aria-describedby=described
            />
            {help}
        </div>
    }
    .into_any()
}
