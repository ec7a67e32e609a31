//! `/keuze/problems/{slug}`, and the page instead of what was asked for.

use leptos::prelude::*;

use super::shell::{Here, Shell, localized};
use crate::doors::problem::ProblemView;
use crate::text::shell::Shell as Words;

/// What an error means: what happened, what did not, what to do.
#[component]
pub fn Problem(
    /// What it shows.
    page: ProblemView,
) -> impl IntoView {
    let language = page.frame.language;
    let role = page.happened.then_some("alert");
    view! {
        <Shell frame=page.frame title=page.title.clone() here=Here::Elsewhere>
            <h1>{page.title}</h1>
            <p class="lead" role=role>{page.detail}</p>
            <p><a href=localized("/keuze/voorkeuren", language)>{Words::of(language).preferences}</a></p>
            <p class="quiet code">{page.slug}</p>
        </Shell>
    }
}
