//! `/keuze/problems/{slug}`, and the page instead of what was asked for.

use leptos::prelude::*;
use model::paths::Endpoint;

use super::shell::{Here, Shell};
use words::shell;
use words::views::problem::ProblemView;

/// What an error means: what happened, what did not, what to do.
#[component]
pub fn Problem(page: ProblemView) -> impl IntoView {
    let language = page.frame.language;
    let words = page.slug.words(language);
    let role = page.happened.then_some("alert");
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Elsewhere>
            <h1>{words.title}</h1>
            <div role=role>
                <p class="lead">{words.happened}</p>
                <p>{words.not_happened}</p>
                <p>{words.to_do}</p>
            </div>
            <p>
                <a href=Endpoint::Preferences.in_language(language)>{shell::Shell::in_language(language).preferences}</a>
            </p>
            <p class="quiet code">{page.slug.as_str()}</p>
        </Shell>
    }
}
