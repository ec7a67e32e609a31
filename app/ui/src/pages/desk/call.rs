//! The call screen: in the order of a conversation, so that Enter, Enter is what most calls need (S-16).

use leptos::prelude::*;

use super::super::given::given;
use super::super::shell::{Here, Shell};
use super::{EntryButton, Tab, alert, bar, object, press, said, status};
use model::channel::Channel;
use model::contact::PointKind;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::call::CallWords as Words;
use words::isolate::isolated;
use words::objection;
use words::views::desk::people::{CallCard, CallForm, CallState, CallView, Reach};

/// The call screen.
#[component]
pub fn Call(page: CallView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let fault = page.fault.map(|fault| alert(words.fault(fault)));
    let tab = if matches!(page.state, CallState::Open(_)) { Tab::Call } else { Tab::NewCall };
    let (heading, content) = match &page.state {
        CallState::Closed { form, closed } => {
            let closed = closed.as_deref().map(|reference| status((words.closed)(&isolated(reference))));
            let form = form_of(form, &page.bar.staff, page.fault.is_some(), language);
            (words.title.to_owned(), view! { {closed} {fault} {form} }.into_any())
        }
        CallState::Open(card) => {
            let heading = format!("{} {}", words.title, isolated(&card.reference));
            (heading, view! { {fault} {open(card, language)} }.into_any())
        }
    };
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            {bar(&page.bar, language, tab)}
            <h1>{heading}</h1>
            {content}
        </Shell>
    }
}

fn form_of(form: &CallForm, staff: &str, is_faulty: bool, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let faulty = is_faulty.then_some("fault");
    view! {
        <form
            class="look-up call"
            method="post"
            action=Endpoint::DeskCallOpen.in_language(language)
            autocomplete="off"
            aria-describedby=faulty
        >
            {super::whose(staff)}
            <label>
                <span>{words.reference}</span>
                <input
                    name="reference"
                    value=form.reference.clone()
                    maxlength="60"
                    aria-describedby="reference-help"
                    autofocus
                    required
                />
                <span class="quiet" id="reference-help">{words.reference_help}</span>
            </label>
            <label>
                <span>{words.direction}</span>
                <select name="direction">
                    <option value="in">{words.incoming}</option>
                    <option value="out" selected=form.outgoing>{words.outgoing}</option>
                </select>
            </label>
            <label>
                <span>{words.query}</span>
                <input name="query" value=form.query.clone() maxlength="254" aria-describedby="query-help" required />
                <span class="quiet" id="query-help">{words.query_help}</span>
            </label>
            <button>{words.begin}</button>
        </form>
    }
    .into_any()
}

fn open(card: &CallCard, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let said = card.said.as_ref().map(|said| self::said(said, language));
    let close = EntryButton {
        act: "close".to_owned(),
        text: words.close,
        key: Some("8"),
        is_next: card.right_offered.is_some() && card.said.is_some(),
        about: None,
    };
    view! {
        <form class="aside" method="post" action=in_language(&card.path, language)>
            <input type="hidden" name="shown" value=card.shown.clone() />
            {person(card, language)}
            <div>
                {right(card, language)}
                {channels(card, language)}
                {said}
                <p class="buttons end">{press(close)} <span class="quiet">{words.keys}</span></p>
            </div>
        </form>
    }
    .into_any()
}

fn right(card: &CallCard, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let answer = card.right_offered.map(|offered| {
        view! { <strong role="status">{if offered { words.was_offered } else { words.was_not_offered }}</strong> }
    });
    let is_next = card.right_offered.is_none();
    let [offered, not_offered] =
        [("offered", words.offered, "1", is_next), ("not_offered", words.not_offered, "0", false)].map(
            |(act, text, key, is_next)| {
                press(EntryButton { act: act.to_owned(), text, key: Some(key), is_next, about: None })
            },
        );
    view! {
        <section>
            <h2>{words.right}</h2>
            <p>{words.right_help}</p>
            <p class="buttons">{offered} {not_offered} {answer}</p>
        </section>
    }
    .into_any()
}

/// Calls first: it is what a call is about.
fn channels(card: &CallCard, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let mut sorted = card.reach.clone();
    sorted.sort_by_key(|reach| reach.channel != Channel::Phone);
    let is_next = card.right_offered.is_some() && card.said.is_none();
    let next = sorted.first().map(|reach| reach.channel).filter(|_| is_next);
    let button = |points: &[Reach]| {
        let channel = points.first().map(|reach| reach.channel);
        object(channel, channel.map(key), channel == next && next.is_some(), language)
    };
    let is_only = sorted.iter().all(|reach| Some(reach.channel) == sorted.first().map(|first| first.channel));
    let all = (!is_only).then(|| object(None, Some("9"), false, language));
    view! {
        <section>
            <h2>{words.objection}</h2>
            {super::channels(&sorted, button, language)}
            <p class="buttons">{all}</p>
            <p class="quiet">{beyond(card, language)}</p>
        </section>
    }
    .into_any()
}

/// What even an objection to everything does not reach.
fn beyond(card: &CallCard, language: Language) -> String {
    let words = Words::in_language(language);
    let named = |kind: &PointKind| card.reach.iter().any(|reach| reach.channel.point() == Some(*kind));
    let kinds = [PointKind::Post, PointKind::Email, PointKind::Phone].into_iter().filter(|kind| !named(kind));
    let kinds: Vec<PointKind> = kinds.collect();
    match (&card.person, kinds.is_empty()) {
        (None, false) => (words.goes_on)(&objection::goes_on(&kinds, language)),
        _ => words.known_only.to_owned(),
    }
}

fn person(card: &CallCard, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let who = match (&card.person, card.people.len()) {
        (Some((_, name)), _) => view! { <p><strong>{given(name)}</strong></p> }.into_any(),
        (None, 0) => view! { <p>{words.unknown}</p> }.into_any(),
        (None, _) => view! { <p>{words.several}</p> }.into_any(),
    };
    let others = card.people.iter().filter(|other| card.people.len() > 1 && Some(*other) != card.person.as_ref());
    let choices = others.map(|(subject, name)| {
        view! { <button name="act" value=format!("person:{subject}")>{(words.is_this)(&isolated(name))}</button> }
    });
    let direction = if card.outgoing { words.outgoing } else { words.incoming };
    let point = card.point.as_deref().map(|point| view! { <dt>{words.found_by}</dt> <dd>{given(point)}</dd> });
    view! {
        <section>
            <h2>{words.person}</h2>
            {who}
            <p class="buttons">{choices.collect_view()}</p>
            <dl class="facts">{point} <dt>{words.direction}</dt> <dd>{direction}</dd></dl>
            <p class="quiet">{(words.looked_up)(&card.audit)}</p>
        </section>
    }
    .into_any()
}

/// The access key of a channel; calls come right after the 1 of the right to object.
fn key(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "2",
        Channel::Newsletter => "3",
        Channel::Email => "4",
        Channel::Post => "5",
        Channel::Social => "6",
    }
}
