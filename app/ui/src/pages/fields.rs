//! Fields of forms: each with its label, its help and its fault, and a summary of the faults on top.

use leptos::prelude::*;

/// What is wrong, on top, with the focus, each leading to its field.
pub(super) fn summary<T: AsRef<str>>(faults: &[(&'static str, T)], heading: &str) -> Option<AnyView> {
    if faults.is_empty() {
        return None;
    }
    let fault = |(field, text): &(&'static str, T)| {
        let text = text.as_ref().to_owned();
        view! { <li><a href=format!("#{field}")>{text}</a></li> }
    };
    let faults = faults.iter().map(fault);
    let faults = faults.collect_view();
    let heading = heading.to_owned();
    let summary = view! {
        <div class="message fault" role="alert" id="outcome" tabindex="-1" autofocus=true>
            <p><strong>{heading}</strong></p>
            <ul>{faults}</ul>
        </div>
    };
    Some(summary.into_any())
}

/// A line of text with its label, and below it what helps or what is wrong.
pub(super) struct TextLine<'a> {
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

pub(super) fn line(line: TextLine<'_>) -> AnyView {
    let TextLine { name, keys, fills, .. } = line;
    let (value, about) = (line.value.to_owned(), FieldNote::from_line(&line));
    let (invalid, described) = (about.invalid(), about.id());
    let input = view! {
        <input
            type="text"
            id=name
            name=name
            value=value
            inputmode=keys
            autocomplete=fills
            spellcheck="false"
            autocapitalize="off"
            aria-invalid=invalid
            aria-describedby=described
        />
    };
    labelled(line, input.into_any(), about)
}

/// The same for several lines.
pub(super) fn area(line: TextLine<'_>) -> AnyView {
    let TextLine { name, fills, .. } = line;
    // Leptos escapes no text inside a textarea; a reference there is read as its character (HTML, "RCDATA state").
    let value = line.value.replace('&', "&amp;").replace('<', "&lt;");
    let about = FieldNote::from_line(&line);
    let (invalid, described) = (about.invalid(), about.id());
    let input = view! {
        <textarea
            id=name
            name=name
            rows="3"
            autocomplete=fills
            spellcheck="false"
            autocapitalize="off"
            aria-invalid=invalid
            aria-describedby=described
        >
            {value}
        </textarea>
    };
    labelled(line, input.into_any(), about)
}

/// What stands below a field: what is wrong, else what helps.
struct FieldNote {
    name: &'static str,
    text: Option<String>,
    is_fault: bool,
}

impl FieldNote {
    fn from_line(line: &TextLine<'_>) -> Self {
        let text = line.fault.or(line.help).map(str::to_owned);
        Self { name: line.name, text, is_fault: line.fault.is_some() }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.is_fault.then_some("true")
    }

    fn id(&self) -> Option<String> {
        self.text.as_ref().map(|_| format!("{}-help", self.name))
    }
}

fn labelled(line: TextLine<'_>, input: AnyView, about: FieldNote) -> AnyView {
    let TextLine { name, label, class, .. } = line;
    let (id, tone) = (about.id(), if about.is_fault { "fault" } else { "quiet" });
    let below = about.text.map(|text| view! { <span class=tone id=id>{text}</span> });
    view! {
        <div class=format!("field {class}")>
            <label for=name>{label}</label>
            {input}
            {below}
        </div>
    }
    .into_any()
}
