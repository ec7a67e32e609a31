//! Saying at the desk that an address or number which joined a person later is theirs: a form for each.

use leptos::prelude::*;

use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::same_person::SamePerson as Words;
use words::views::desk::people::{LaterCard, PersonCard};

/// The forms; each wants a written reason, because whoever has the point sees the person's data from then on.
pub(super) fn forms(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let joined = person.points.iter().filter_map(|point| Some((&point.given, point.later.as_ref()?)));
    joined.map(|(given, later)| form(person, given, later, path, language)).collect_view().into_any()
}

fn form(person: &PersonCard, given: &str, later: &LaterCard, path: &str, language: Language) -> AnyView {
    let words = Words::of(language);
    let came_with = later.name.as_deref().map(|name| view! { <p>{(words.came_with)(name)}</p> });
    let help = format!("known-by-{}", later.at);
    view! {
        <details>
            <summary>{(words.heading)(given)}</summary>
            <form
                class="narrow-form"
                method="post"
                action=in_language(&Endpoint::DeskPersonSame.under(path), language)
                autocomplete="off"
            >
                <input type="hidden" name="subject" value=person.subject.clone() />
                <input type="hidden" name="shown" value=person.shown() />
                <input type="hidden" name="at" value=later.at.to_string() />
                <p class="quiet">{words.help}</p>
                {came_with}
                <label>
                    <span>{words.known_by}</span>
                    <input name="known_by" maxlength="200" required aria-describedby=help.clone() />
                </label>
                <p class="quiet" id=help>{words.known_by_help}</p>
                <label class="box">
                    <input type="checkbox" name="same" value="yes" required />
                    <span>{words.checked}</span>
                </label>
                <button>{words.button}</button>
            </form>
        </details>
    }
    .into_any()
}
