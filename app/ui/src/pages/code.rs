//! `/keuze/voorkeuren/code`: an address or mobile is proved by a code (S-54). Plain forms; the code can be pasted (WCAG 3.3.8).

use leptos::prelude::*;

use super::fields::{TextLine, line, summary};
use super::shell::{Here, Shell};
use model::language::Language;
use model::paths::Endpoint;
use words::code::CodeWords as Words;
use words::isolate::isolated;
use words::views::preference_centre::{AskCodeView, CodeSent, EnterCodeView, Next};

/// The field that takes an address or a number.
const CONTACT: &str = "contact";

/// The page that asks for an address.
#[component]
pub fn AskCode(page: AskCodeView) -> impl IntoView {
    let frame = page.frame;
    let language = frame.language;
    let words = Words::in_language(language);
    let fault = page.fault.map(words.address_fault);
    let faults: Vec<_> = fault.iter().map(|fault| (CONTACT, fault)).collect();
    let summary = summary(&faults, words.faults);
    let (title, label) =
        if page.mobile { (words.ask_title_mobile, words.address_mobile) } else { (words.ask_title, words.address) };
    let address = line(TextLine {
        name: CONTACT,
        label: label.to_owned(),
        value: &page.typed,
        help: None,
        fault: fault.as_deref(),
        keys: "email",
        fills: "email",
        class: "",
    });
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            {summary}
            <p class="lead">{words.ask_lead}</p>
            <form method="post" action=format!("{}#outcome", Endpoint::Code.in_language(language)) class="fields">
                {address}
                <input type="hidden" name="next" value=page.next.word() />
                <div class="actions one">
                    <button>{words.send}</button>
                </div>
            </form>
            <p class="quiet">{words.nothing_kept}</p>
            <p>
                {format!("{} ", words.without)}
                <a href=Endpoint::Objection.in_language(language)>{words.without_link}</a>
                "."
            </p>
        </Shell>
    }
}

/// The page that takes the code.
#[component]
pub fn EnterCode(page: EnterCodeView) -> impl IntoView {
    let frame = page.frame;
    let language = frame.language;
    let words = Words::in_language(language);
    let address = isolated(&page.address);
    let (title, lead, help) = match page.sent {
        CodeSent::Mail => (words.enter_title, (words.sent_to)(&address), words.enter_help),
        CodeSent::Text => (words.enter_title, (words.sent_to)(&address), words.enter_help_text),
        CodeSent::Before(minutes) => (words.spare_title, (words.spare_lead)(&address, minutes), words.spare_help),
    };
    let (label, form, keys) = match page.sent {
        CodeSent::Mail | CodeSent::Text => (words.code, words.code_help, "numeric"),
        CodeSent::Before(_) => (words.spare_code, words.spare_code_help, "text"),
    };
    let fault = page.fault.map(words.code_fault);
    let faults: Vec<_> = fault.iter().map(|fault| ("code", fault)).collect();
    let summary = summary(&faults, words.faults);
    let code = line(TextLine {
        name: "code",
        label: label.to_owned(),
        value: &page.typed,
        help: Some(form),
        fault: fault.as_deref(),
        keys,
        fills: "one-time-code",
        class: "short code",
    });
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            {summary}
            <p class="lead" role="status">{lead}</p>
            <p>{help}</p>
            <form method="post" action=format!("{}#outcome", Endpoint::CodeEntry.in_language(language)) class="fields">
                <input type="hidden" name="asked" value=page.asked />
                {code}
                <div class="actions one">
                    <button>{words.enter}</button>
                </div>
            </form>
            <p><a href=ask(page.next, language)>{words.again}</a></p>
        </Shell>
    }
}

/// The page that asks for an address and leads on from there.
pub fn ask(next: Next, language: Language) -> String {
    format!("{}&next={}", Endpoint::Code.in_language(language), next.word())
}
