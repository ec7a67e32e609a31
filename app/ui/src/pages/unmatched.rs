//! What is shown to a person whose press does not fit what their browser has proved by now: nothing was recorded.

use leptos::prelude::*;

use super::code::ask;
use super::shell::{Here, Shell};
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::code::CodeWords;
use words::preference_centre::Centre;
use words::unmatched::{UnmatchedWords, to_choices, to_code};
use words::views::preference_centre::Next;
use words::views::unmatched::{Unmatched, UnmatchedView};

/// What happened, what did not, and the ways back.
#[component]
pub fn NotRecorded(page: UnmatchedView) -> impl IntoView {
    let language = page.frame.language;
    let words = UnmatchedWords::in_language(page.why, language);
    let ways = ways(page.why, language).into_iter().map(|(href, text)| view! { <li><a href=href>{text}</a></li> });
    let ways = ways.collect_view();
    view! {
        <Shell frame=page.frame title=words.title.to_owned() here=Here::Elsewhere>
            <h1>{words.title}</h1>
            <div class="message" role="alert">
                <p>{words.happened}</p>
                <p>{words.to_do}</p>
            </div>
            <ul>{ways}</ul>
        </Shell>
    }
}

fn ways(why: Unmatched, language: Language) -> Vec<(String, &'static str)> {
    let code = |next| (ask(next, language), CodeWords::in_language(language).again);
    let choices = (in_language(Next::Preferences.path(), language), to_choices(language));
    let without = (Endpoint::Objection.in_language(language), Centre::in_language(language).without_code);
    match why {
        Unmatched::Ended(next) => vec![code(next), without],
        Unmatched::OtherCode => {
            vec![(Endpoint::CodeEntry.in_language(language), to_code(language)), code(Next::Preferences)]
        }
        _ => vec![choices, code(Next::Preferences), without],
    }
}
