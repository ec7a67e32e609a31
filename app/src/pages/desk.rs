//! `/keuze/desk`: dense and quiet, for people who answer the phone.

pub mod call;
mod found;
pub mod person;

use leptos::prelude::*;

use super::shell::{Here, Shell, localized};
use crate::doors::desk::{Bar, LookUpView, NewPasswordView, Outcome, SignInView};
use crate::model::channel::Channel;
use crate::model::language::Language;
use crate::text::call::Call as CallWords;
use crate::text::desk::Desk as Words;
use crate::text::objection;

/// The sign-in form.
#[component]
pub fn SignIn(
    /// What it shows.
    page: SignInView,
) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::of(language);
    let refusal = page.refusal.map(|refusal| alert(words.sign_in_refusal(refusal)));
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            <div class="narrow">
                <h1>{words.sign_in}</h1>
                {refusal}
                <form method="post" action=localized("/keuze/desk/sign-in", language)>
                    <label>
                        {words.name}
                        <input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required />
                    </label>
                    <label>
                        {words.password}
                        <input name="password" type="password" autocomplete="current-password" required />
                    </label>
                    <button>{words.sign_in_button}</button>
                </form>
                <p class="quiet">{words.sign_in_help}</p>
            </div>
        </Shell>
    }
}

/// The form that replaces a one-time password.
#[component]
pub fn NewPassword(
    /// What it shows.
    page: NewPasswordView,
) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::of(language);
    let refusal = page.refusal.map(|refusal| alert(words.password_refusal(refusal)));
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            <div class="narrow">
                <h1>{words.new_password}</h1>
                {refusal}
                <form method="post" action=localized("/keuze/desk/password", language)>
                    // For password managers: whose password it is.
                    <input type="hidden" name="name" value=page.staff.clone() autocomplete="username" />
                    <label>
                        {words.new_password_field}
                        <input
                            name="password"
                            type="password"
                            autocomplete="new-password"
                            aria-describedby="password-help"
                            required
                        />
                    </label>
                    <p class="quiet" id="password-help">{words.new_password_help}</p>
                    <label>
                        {words.again}
                        <input name="again" type="password" autocomplete="new-password" required />
                    </label>
                    <button>{words.save_password}</button>
                </form>
            </div>
        </Shell>
    }
}

/// The look-up form, with what it found.
#[component]
pub fn LookUp(
    /// What it shows.
    page: LookUpView,
) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::of(language);
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            {bar(&page.bar, language, false)}
            <h1>{words.look_up}</h1>
            {form(&page, words)}
            {outcome(page.outcome.as_ref(), language)}
        </Shell>
    }
}

/// Who is signed in, the desk's pages, and the call that is not closed yet; that last one on every page (S-16).
fn bar(bar: &Bar, language: Language, is_call: bool) -> AnyView {
    let words = Words::of(language);
    let call = CallWords::of(language);
    let open = bar.open_call.as_deref().filter(|_| !is_call).map(|reference| {
        view! {
            <p class="message" role="status">
                {(call.open)(reference)} " "
                <a href=localized("/keuze/desk/call", language)>{call.to_call}</a>
            </p>
        }
    });
    view! {
        <form class="who" method="post" action=localized("/keuze/desk/sign-out", language)>
            <span>{format!("{} {}", words.signed_in, bar.staff)}</span>
            <button class="quiet-button">{words.sign_out}</button>
        </form>
        <nav class="desk-pages" aria-label=words.title>
            <a href=localized("/keuze/desk", language)>{call.look_up}</a>
            <a href=localized("/keuze/desk/call", language) aria-current=is_call.then_some("page")>{call.title}</a>
        </nav>
        {open}
    }
    .into_any()
}

/// Channels as people call them, in one line.
fn channel_names(channels: &[Channel], language: Language) -> String {
    let names: Vec<_> = channels.iter().map(|channel| objection::channel(*channel, language)).collect();
    names.join(", ")
}

fn form(page: &LookUpView, words: &'static Words) -> AnyView {
    // What was mistyped is tied to its message (WCAG 3.3.1).
    let faulty = matches!(page.outcome, Some(Outcome::Fault(_))).then_some("fault");
    view! {
        <form
            class="look-up"
            method="post"
            action=localized("/keuze/desk/look-up", page.frame.language)
            autocomplete="off"
            aria-describedby=faulty
        >
            <label>
                <span>{words.query}</span>
                <input
                    name="query"
                    class="code"
                    value=page.query.clone()
                    spellcheck="false"
                    autocapitalize="none"
                    aria-describedby="query-help"
                    maxlength="254"
                    required
                />
                <span class="quiet" id="query-help">{words.query_help}</span>
            </label>
            <label>
                <span>{words.reason}</span>
                <input name="reason" value=page.reason.clone() aria-describedby="reason-help" maxlength="300" required />
                <span class="quiet" id="reason-help">{words.reason_help}</span>
            </label>
            <button>{words.look_up_button}</button>
        </form>
    }.into_any()
}

fn outcome(outcome: Option<&Outcome>, language: Language) -> AnyView {
    let words = Words::of(language);
    match outcome {
        None => ().into_any(),
        Some(Outcome::Fault(fault)) => alert(words.fault(*fault)),
        Some(Outcome::Nothing) => view! {
            <div class="message" role="status">
                <p><strong>{words.nothing}</strong></p>
                <p>{words.nothing_help}</p>
            </div>
        }
        .into_any(),
        Some(Outcome::Found(found)) => found::found(found, language),
    }
}

fn alert(text: &'static str) -> AnyView {
    view! { <p class="message fault" role="alert" id="fault">{text}</p> }.into_any()
}
