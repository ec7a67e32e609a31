//! `/keuze/nieuwsbrief`: an address and, if one likes, a name; nothing else (S-40).

use leptos::prelude::*;
use model::paths::{Endpoint, in_language};

use super::fields::{TextLine, line, summary};
use super::shell::{Here, Shell};
use words::code::CodeWords;
use words::isolate::isolated;
use words::newsletter::NewsletterWords as Words;
use words::views::preference_centre::{AddressFault, NewsletterStep, NewsletterView};

/// The sign-up, step by step.
#[component]
pub fn Newsletter(page: NewsletterView, step: NewsletterStep) -> impl IntoView {
    let frame = page.frame.clone();
    let language = frame.language;
    let words = Words::in_language(language);
    let (title, content) = match step {
        NewsletterStep::Form => (words.title, form(&page, words)),
        NewsletterStep::Asked => {
            let lines = (words.asked)(&isolated(&page.address), page.days);
            let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
            let content = view! { <div class="message" role="status" id="outcome">{lines}</div> };
            (words.asked_title, content.into_any())
        }
        NewsletterStep::Confirm(link) => {
            let content = view! {
                <p class="lead">{(words.confirm_lead)(&frame.site)}</p>
                <form method="post" action=in_language(&link, language)>
                    <button>{words.confirm}</button>
                </form>
            };
            (words.confirm_title, content.into_any())
        }
        NewsletterStep::Stale => {
            let lines = words.stale.iter().map(|line| view! { <p>{*line}</p> }).collect_view();
            let content = view! { {lines} <p><a href=Endpoint::Newsletter.in_language(language)>{words.title}</a></p> };
            (words.stale_title, content.into_any())
        }
    };
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            {content}
        </Shell>
    }
}

fn form(page: &NewsletterView, words: &'static Words) -> AnyView {
    let language = page.frame.language;
    let code = CodeWords::in_language(language);
    let fault = page.fault.map(code.address_fault);
    let at_name = page.fault == Some(AddressFault::Name);
    let faults: Vec<_> = fault.iter().map(|fault| (if at_name { "name" } else { "email" }, fault)).collect();
    let address = TextLine {
        name: "email",
        label: words.address.to_owned(),
        value: &page.address,
        help: None,
        fault: fault.as_deref().filter(|_| !at_name),
        keys: "email",
        fills: "email",
        class: "",
    };
    let name = TextLine {
        name: "name",
        label: words.name.to_owned(),
        value: &page.name,
        help: Some(words.name_help),
        fault: fault.as_deref().filter(|_| at_name),
        keys: "text",
        fills: "name",
        class: "",
    };
    view! {
        {summary(&faults, code.faults)}
        <p class="lead">{(words.lead)(&page.frame.site)}</p>
        <form method="post" action=format!("{}#outcome", Endpoint::Newsletter.in_language(language)) class="fields">
            {line(address)}
            {line(name)}
            <p class="quiet">{(words.next)(page.days)}</p>
            <div class="actions one">
                <button>{words.sign_up}</button>
            </div>
        </form>
    }
    .into_any()
}
