//! Saying at the desk that an address or number which joined a person later is theirs: a form for each.

use leptos::prelude::*;

use super::folded::{Folded, confirmed, folded, known_by};
use model::language::Language;
use model::paths::Endpoint;
use words::same_person::SamePerson as Words;
use words::views::desk::people::{LaterCard, PersonCard};

/// The forms; each wants a written reason, because whoever has the point sees the person's data from then on.
pub(super) fn forms(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let joined = person.points.iter().filter_map(|point| Some((&point.given, point.later.as_ref()?)));
    joined.map(|(given, later)| form(person, given, later, path, language)).collect_view().into_any()
}

fn form(person: &PersonCard, given: &str, later: &LaterCard, path: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let came_with = later.name.as_deref().map(|name| view! { <p>{(words.came_with)(name)}</p> });
    let fields = view! {
        <input type="hidden" name="at" value=later.at.to_string() />
        {came_with}
        {known_by(&later.at.to_string(), words.known_by, words.known_by_help)}
        {confirmed("same", words.checked)}
    };
    let form = Folded {
        summary: (words.heading)(given),
        endpoint: Endpoint::DeskPersonSame,
        help: words.help,
        fields: fields.into_any(),
        button: words.button,
    };
    folded(person, path, form, language)
}
