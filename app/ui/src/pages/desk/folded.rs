//! Forms on a person's page that stay folded until they are wanted.

use leptos::prelude::*;

use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::views::desk::people::PersonCard;

pub(super) struct Folded {
    /// What it does, as its heading.
    pub summary: String,
    /// Where it posts to, under the page's own address.
    pub endpoint: Endpoint,
    /// What comes of it.
    pub help: &'static str,
    pub fields: AnyView,
    /// The words on its button.
    pub button: &'static str,
}

/// The form: it says whose page it is on, and the last record that the page shows.
pub(super) fn folded(person: &PersonCard, path: &str, form: Folded, language: Language) -> AnyView {
    let action = in_language(&form.endpoint.under(path), language);
    view! {
        <details>
            <summary>{form.summary}</summary>
            <form class="narrow-form" method="post" action=action autocomplete="off">
                <input type="hidden" name="subject" value=person.subject.clone() />
                <input type="hidden" name="shown" value=person.shown() />
                <p class="quiet">{form.help}</p>
                {form.fields}
                <button>{form.button}</button>
            </form>
        </details>
    }
    .into_any()
}

/// How staff know that it is so, in writing; `of` tells the fields of a page apart.
pub(super) fn known_by(of: &str, label: &'static str, help: &'static str) -> AnyView {
    let id = format!("known-by-{of}");
    view! {
        <label>
            <span>{label}</span>
            <input name="known_by" maxlength="200" required aria-describedby=id.clone() />
        </label>
        <p class="quiet" id=id>{help}</p>
    }
    .into_any()
}

/// What staff confirm, without which nothing is done.
pub(super) fn confirmed(name: &'static str, text: &'static str) -> AnyView {
    view! {
        <label class="box">
            <input type="checkbox" name=name value="yes" required />
            <span>{text}</span>
        </label>
    }
    .into_any()
}
