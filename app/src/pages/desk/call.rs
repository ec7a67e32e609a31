//! The call screen: in the order of a conversation, so that Enter, Enter is what most calls need (S-16).

use leptos::prelude::*;

use super::super::shell::{Here, Shell, localized};
use super::{alert, bar, channel_names};
use crate::doors::desk::people::{CallCard, CallForm, CallState, CallView, Said};
use crate::model::channel::Channel;
use crate::model::decision::Decision;
use crate::model::language::Language;
use crate::text::call::Call as Words;
use crate::text::desk::Desk as DeskWords;
use crate::text::{act, objection, when};

/// The call screen.
#[component]
pub fn Call(
    /// What it shows.
    page: CallView,
) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::of(language);
    let fault = page.fault.map(|fault| alert(words.fault(fault)));
    let content = match &page.state {
        CallState::Closed { form, closed } => {
            let closed = closed.as_deref().map(|reference| status((words.closed)(reference)));
            view! { {closed} {fault} {form_of(form, page.fault.is_some(), language)} }.into_any()
        }
        CallState::Open(card) => view! { {fault} {open(card, language)} }.into_any(),
    };
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            {bar(&page.bar, language, true)}
            <h1>{words.title}</h1>
            {content}
        </Shell>
    }
}

fn status(text: String) -> AnyView {
    view! { <p class="message" role="status">{text}</p> }.into_any()
}

fn form_of(form: &CallForm, is_faulty: bool, language: Language) -> AnyView {
    let words = Words::of(language);
    let faulty = is_faulty.then_some("fault");
    view! {
        <form
            class="look-up"
            method="post"
            action=localized("/keuze/desk/call/open", language)
            autocomplete="off"
            aria-describedby=faulty
        >
            <div>
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
            </div>
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
    let words = Words::of(language);
    let direction = if card.outgoing { words.outgoing } else { words.incoming };
    let said = card.said.as_ref().map(|said| self::said(said, language));
    view! {
        <p class="quiet" role="status">{(words.looked_up)(&card.audit)}</p>
        {said}
        <form method="post" action=localized("/keuze/desk/call/act", language)>
            <div class="two">
                <section>
                    <h2>{format!("{} {}, {direction}", words.title, card.reference)}</h2>
                    {right(card, language)}
                    <h3>{words.objections}</h3>
                    {channels(card, language)}
                    {close(card, words)}
                </section>
                <section>
                    <h2>{words.person}</h2>
                    {person(card, language)}
                    <p class="quiet">{words.keys}</p>
                </section>
            </div>
        </form>
    }
    .into_any()
}

/// What was recorded, with the number that is read to the caller.
pub(super) fn said(said: &Said, language: Language) -> AnyView {
    let words = Words::of(language);
    let names = channel_names(&said.channels, language);
    let since = when::date(said.since, language);
    let text = if said.changed { (words.recorded)(&names, &since) } else { (words.recorded_before)(&names, &since) };
    view! {
        <div class="message" role="status">
            <p>{text}</p>
            <p class="receipt-number"><span>{words.read_out}</span> <strong class="code">{said.number.clone()}</strong></p>
        </div>
    }
    .into_any()
}

/// A button with its access key, which is shown.
fn button(act: String, text: String, key: &'static str, focused: bool) -> AnyView {
    view! {
        <button name="act" value=act accesskey=key autofocus=focused>
            {text}
            <kbd>{key}</kbd>
        </button>
    }
    .into_any()
}

fn right(card: &CallCard, language: Language) -> AnyView {
    let words = Words::of(language);
    let answer = card.right_offered.map(|offered| {
        view! { <p><strong>{if offered { words.was_offered } else { words.was_not_offered }}</strong></p> }
    });
    let asked = card.right_offered.is_none();
    view! {
        <h3>{words.right}</h3>
        <p class="quiet">{words.right_help}</p>
        {answer}
        <p class="buttons">
            {button("offered".to_owned(), words.offered.to_owned(), "1", asked)}
            {button("not_offered".to_owned(), words.not_offered.to_owned(), "0", false)}
        </p>
    }
    .into_any()
}

/// Calls first: it is what a call is about.
fn channels(card: &CallCard, language: Language) -> AnyView {
    let words = Words::of(language);
    let desk = DeskWords::of(language);
    let mut sorted: Vec<&(Channel, Decision)> = card.channels.iter().collect();
    sorted.sort_by_key(|(channel, _)| *channel != Channel::Phone);
    let first = sorted.first().map(|(channel, _)| *channel);
    let is_next = card.right_offered.is_some() && card.said.is_none();
    let row = |(channel, decision): &(Channel, Decision)| {
        let name = objection::channel(*channel, language);
        let focused = is_next && Some(*channel) == first;
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{if decision.allow { desk.allow } else { desk.deny }}</td>
                <td>{act::reason(decision.reason, language)}</td>
                <td>{button(format!("object:{}", channel_id(*channel)), (words.objects)(name), key(*channel), focused)}</td>
            </tr>
        }
    };
    let rows = sorted.into_iter().map(row).collect_view();
    let all =
        (card.channels.len() > 1).then(|| button("object:all".to_owned(), words.objects_all.to_owned(), "9", false));
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{words.channel}</th>
                    <th scope="col">{desk.decision}</th>
                    <th scope="col">{desk.why}</th>
                    <th scope="col">{words.action}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="buttons">{all}</p>
    }
    .into_any()
}

fn close(card: &CallCard, words: &'static Words) -> AnyView {
    let done = card.right_offered.is_some() && card.said.is_some();
    view! { <p class="buttons">{button("close".to_owned(), words.close.to_owned(), "8", done)}</p> }.into_any()
}

fn person(card: &CallCard, language: Language) -> AnyView {
    let words = Words::of(language);
    let point = card.point.as_ref().map(|point| view! { <p class="code">{point.clone()}</p> });
    let who = match (&card.person, card.people.len()) {
        (Some((_, name)), _) => view! { <p><strong>{name.clone()}</strong></p> }.into_any(),
        (None, 0) => view! { <p>{words.unknown}</p> }.into_any(),
        (None, _) => view! { <p>{words.several}</p> }.into_any(),
    };
    let others = card.people.iter().filter(|other| card.people.len() > 1 && Some(*other) != card.person.as_ref());
    let choices = others.map(|(subject, name)| {
        view! {
            <button class="quiet-button" name="act" value=format!("person:{subject}")>
                {(words.is_this)(name)}
            </button>
        }
    });
    view! { {point} {who} <p class="buttons">{choices.collect_view()}</p> }.into_any()
}

/// As the forms name it.
pub(super) fn channel_id(channel: Channel) -> &'static str {
    match channel {
        Channel::Newsletter => "newsletter",
        Channel::Email => "email",
        Channel::Post => "post",
        Channel::Phone => "phone",
        Channel::Social => "social",
    }
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
