//! A stored notice as it reads: both layers, word for word.

use leptos::prelude::*;

use model::language::Language;
use model::notice::{NoticePurpose, NoticeStrings};
use model::purpose::Regime;
use words::receipt::Receipt as Words;
use words::views::receipt::ShownNotice;

/// Both layers of a notice, in the language it was shown in; the words around it in the page's.
pub(super) fn layers(notice: &ShownNotice, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let shown = notice.language.tag();
    let strings = &notice.strings;
    view! {
        <figure class="shown">
            <figcaption>{words.first_layer}</figcaption>
            <div lang=shown>{first_layer(strings, words, language)}</div>
        </figure>
        <figure class="shown">
            <figcaption>{words.second_layer}</figcaption>
            <div lang=shown>{second_layer(strings, words, language)}</div>
        </figure>
    }
    .into_any()
}

fn first_layer(strings: &NoticeStrings, words: &'static Words, language: Language) -> AnyView {
    let body = strings.body.iter().cloned().map(|line| view! { <p>{line}</p> }).collect_view();
    let controls = [&strings.refuse, &strings.accept, &strings.settings];
    view! {
        <p class="shown-heading">{strings.heading.clone()}</p>
        {body}
        {control_list(&controls, words, language)}
    }
    .into_any()
}

fn second_layer(strings: &NoticeStrings, words: &'static Words, language: Language) -> AnyView {
    let purposes =
        strings.purposes.iter().map(|purpose| shown_purpose(purpose, strings, words, language)).collect_view();
    let controls = [&strings.refuse_all, &strings.accept_all, &strings.save];
    view! {
        <p class="shown-heading">{strings.panel_heading.clone()}</p>
        <dl class="shown-purposes">{purposes}</dl>
        {control_list(&controls, words, language)}
        <p>{strings.save_is_refusal.clone()}</p>
    }
    .into_any()
}

fn control_list(controls: &[&String], words: &'static Words, language: Language) -> AnyView {
    let controls = controls.iter().map(|label| view! { <li>{(*label).clone()}</li> }).collect_view();
    view! {
        <div class="shown-controls">
            <span lang=language.tag()>{words.controls}</span>
            <ul>{controls}</ul>
        </div>
    }
    .into_any()
}

fn shown_purpose(
    purpose: &NoticePurpose,
    strings: &NoticeStrings,
    words: &'static Words,
    language: Language,
) -> AnyView {
    let (before, control) = match purpose.regime {
        Regime::Necessary => (None, strings.necessary.clone()),
        Regime::LowImpact | Regime::Consent => (Some(words.switch), format!("{} / {}", strings.off, strings.on)),
    };
    let about = (purpose.regime == Regime::LowImpact).then(|| view! { <p class="quiet">{strings.object.clone()}</p> });
    let before = before.map(|text| view! { <span lang=language.tag()>{text}</span>" " });
    let cookies = purpose.cookies.iter().cloned().map(|cookie| view! { <li>{cookie}</li> }).collect_view();
    let list = (!purpose.cookies.is_empty()).then(|| view! { <ul>{cookies}</ul> });
    view! {
        <dt>{purpose.name.clone()}</dt>
        <dd>
            <p>{purpose.description.clone()}</p>
            {about}
            <p class="quiet">{before}{control}</p>
            {list}
        </dd>
    }
    .into_any()
}
