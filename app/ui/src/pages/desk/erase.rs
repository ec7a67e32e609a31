//! Erasing a person at the desk: the form on their page, and what to tell them afterwards (GDPR art. 17, S-54).

use leptos::prelude::*;

use super::super::data_access::kept_lines;
use super::folded::{Folded, confirmed, folded, known_by};
use model::language::Language;
use model::paths::Endpoint;
use words::erasing::Erasing as Words;
use words::views::desk::people::PersonCard;
use words::views::preference_centre::Erasure;

/// The form; it wants a written reason, because staff go by more than a code (S-54, level 3).
pub(super) fn form(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let fields = view! {
        {known_by(&person.subject, words.known_by, words.known_by_help)}
        <label class="box">
            <input type="checkbox" name="decline" value="yes" />
            <span>{words.decline}</span>
        </label>
        {confirmed("asked", words.asked)}
    };
    let form = Folded {
        summary: words.heading.to_owned(),
        endpoint: Endpoint::DeskPersonErase,
        help: words.help,
        fields: fields.into_any(),
        button: words.button,
    };
    folded(person, path, form, language)
}

/// What was done, and what the person is to be told.
pub(super) fn done(erased: &Erasure, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let list = if erased.keeps_no { words.on_list } else { words.not_on_list };
    let kept = (!erased.kept.is_empty()).then(|| view! { <p>{words.kept}</p> {kept_lines(&erased.kept, language)} });
    view! {
        <div class="message" role="status" id="outcome" tabindex="-1" autofocus=true>
            <p><strong>{(words.done)(&erased.number)}</strong></p>
            <p>{list} " " {(words.backups)(erased.backups_until)}</p>
            {kept}
        </div>
    }
    .into_any()
}
