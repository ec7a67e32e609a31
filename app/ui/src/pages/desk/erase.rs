//! Erasing a person at the desk: the form on their page, and what to tell them afterwards (GDPR art. 17, S-54).

use leptos::prelude::*;

use super::super::insight::kept_lines;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::erasing::Erasing as Words;
use words::views::centre::Erasure;
use words::views::desk::people::PersonCard;

/// The form; it wants a written reason, because staff go by more than a code (S-54, level 3).
pub(super) fn form(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let words = Words::of(language);
    let help = format!("known-by-{}", person.subject);
    view! {
        <details>
            <summary>{words.heading}</summary>
            <form class="narrow-form" method="post" action=in_language(&Endpoint::DeskPersonErase.under(path), language) autocomplete="off">
                <input type="hidden" name="subject" value=person.subject.clone() />
                <input type="hidden" name="shown" value=person.shown() />
                <p class="quiet">{words.help}</p>
                <label>
                    <span>{words.known_by}</span>
                    <input name="known_by" maxlength="200" required aria-describedby=help.clone() />
                </label>
                <p class="quiet" id=help>{words.known_by_help}</p>
                <label class="box">
                    <input type="checkbox" name="decline" value="yes" />
                    <span>{words.decline}</span>
                </label>
                <label class="box">
                    <input type="checkbox" name="asked" value="yes" required />
                    <span>{words.asked}</span>
                </label>
                <button>{words.button}</button>
            </form>
        </details>
    }
    .into_any()
}

/// What was done, and what the person is to be told.
pub(super) fn done(erased: &Erasure, language: Language) -> AnyView {
    let words = Words::of(language);
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
