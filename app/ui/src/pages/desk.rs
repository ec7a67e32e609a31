//! `/keuze/desk`: dense and quiet, for people who answer the phone.

pub mod call;
pub mod erase;
mod folded;
mod found;
pub mod person;
mod same_person;

use leptos::prelude::*;
use time::PrimitiveDateTime;

use super::given::given;
use super::shell::{Here, Shell};
use super::table::table;
use model::channel::Channel;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::call::{CallWords, no_point};
use words::desk::DeskWords as Words;
use words::isolate::isolated;
use words::views::desk::people::{Reach, SaidObjection};
use words::views::desk::{Bar, LookUpResult, LookUpView, NewPasswordView, RestoredLedger, SignInView};
use words::views::unmatched::UnmatchedView;
use words::{act, objection, unmatched, when};

/// The sign-in form.
#[component]
pub fn SignIn(page: SignInView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let refusal = page.refusal.map(|refusal| alert(words.sign_in_refusal(refusal)));
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            <div class="narrow">
                <h1>{words.sign_in}</h1>
                {refusal}
                <form method="post" action=Endpoint::DeskSignIn.in_language(language)>
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
pub fn NewPassword(page: NewPasswordView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let refusal = page.refusal.map(|refusal| alert(words.password_refusal(refusal)));
    let current = (!page.one_time).then(|| {
        view! {
            <label>
                {words.current}
                <input name="current" type="password" autocomplete="current-password" required />
            </label>
        }
    });
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            <div class="narrow">
                <h1>{words.new_password}</h1>
                {refusal}
                <form method="post" action=Endpoint::DeskPassword.in_language(language)>
                    {whose(&page.staff)}
                    {current}
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
pub fn LookUp(page: LookUpView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            {bar(&page.bar, language, Tab::LookUp)}
            {missed(page.missed, language)}
            {restored(page.restored, language)}
            <h1>{words.look_up}</h1>
            {form(&page, words)}
            {outcome(page.outcome.as_ref(), language)}
        </Shell>
    }
}

/// Whose form it is: another tab may sign somebody else in. Password managers read it, too.
fn whose(staff: &str) -> AnyView {
    view! { <input type="hidden" name="name" value=staff.to_owned() autocomplete="username" /> }.into_any()
}

/// What failed under the name of whoever signed in.
fn missed(missed: Option<(u32, PrimitiveDateTime)>, language: Language) -> Option<AnyView> {
    let words = Words::in_language(language);
    let (count, last) = missed?;
    let said = view! {
        <div class="message" role="status">
            <p>{(words.missed)(count, &when::date_time(last, language))}</p>
            <p>
                {format!("{} ", words.missed_help)}
                <a href=Endpoint::DeskPassword.in_language(language)>{words.change_password}</a>
            </p>
        </div>
    };
    Some(said.into_any())
}

/// What is lost of a ledger that was put back from a backup.
fn restored(restored: Option<RestoredLedger>, language: Language) -> Option<AnyView> {
    let words = Words::in_language(language);
    let RestoredLedger { at, from, until, put_back } = restored?;
    let time = |at| when::date_time(at, language);
    let lost = (words.restored_lost)(from.map(time).as_deref(), until.map(time).as_deref());
    let put_back = put_back.map(|until| (words.restored_put_back)(&time(until)));
    let said = view! {
        <div class="message" role="status">
            <p>{format!("{} {lost}", (words.restored)(&time(at)))}</p>
            {put_back.map(|put_back| view! { <p>{put_back}</p> })}
            <p>{words.restored_help}</p>
        </div>
    };
    Some(said.into_any())
}

/// Which of the desk's pages is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    LookUp,
    /// The form that opens a call.
    NewCall,
    /// An open call.
    Call,
}

/// Who is signed in, the desk's pages, and the call that is not closed yet; that last one on every page (S-16).
fn bar(bar: &Bar, language: Language, tab: Tab) -> AnyView {
    let words = Words::in_language(language);
    let call = CallWords::in_language(language);
    let open = bar.open_call.as_ref().filter(|_| tab != Tab::Call).map(|open| {
        view! {
            <p class="message" role="status">
                {(call.open)(&isolated(&open.reference))} " "
                <a href=in_language(&open.path, language)>{call.to_call}</a>
            </p>
        }
    });
    let current = |call: bool| (call == (tab != Tab::LookUp)).then_some("true");
    view! {
        <div class="bar">
            <nav aria-label=words.title>
                <a href=Endpoint::Desk.in_language(language) aria-current=current(false)>{call.look_up}</a>
                <a href=Endpoint::DeskCall.in_language(language) aria-current=current(true)>{call.title}</a>
            </nav>
            <form method="post" action=Endpoint::DeskSignOut.in_language(language)>
                <span>{format!("{} {}", words.signed_in, bar.staff)}</span>
                <a href=Endpoint::DeskPassword.in_language(language)>{words.change_password}</a>
                <button class="quiet-button">{words.sign_out}</button>
            </form>
        </div>
        {open}
    }
    .into_any()
}

/// An act that does not fit what is open: nothing was recorded, and the way back.
#[component]
pub fn Unmatched(page: UnmatchedView) -> impl IntoView {
    let language = page.frame.language;
    let words = unmatched::UnmatchedWords::in_language(page.why, language);
    let bar = page.bar.as_ref().map(|of| bar(of, language, Tab::LookUp));
    let back = page.back.as_deref().map(|path| {
        view! { <li><a href=in_language(path, language)>{unmatched::back(page.why, language)}</a></li> }
    });
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Desk>
            {bar}
            <h1>{words.title}</h1>
            <div class="message fault" role="alert">
                <p>{words.happened}</p>
                <p>{words.to_do}</p>
            </div>
            <ul>
                {back}
                <li><a href=Endpoint::Desk.in_language(language)>{Words::in_language(language).look_up}</a></li>
            </ul>
        </Shell>
    }
}

/// Channels as people call them, in one line.
fn channel_names(channels: &[Channel], language: Language) -> String {
    let names: Vec<_> = channels.iter().map(|channel| objection::channel(*channel, language)).collect();
    names.join(", ")
}

fn form(page: &LookUpView, words: &'static Words) -> AnyView {
    // What was mistyped is tied to its message (WCAG 3.3.1).
    let faulty = matches!(page.outcome, Some(LookUpResult::Fault(_))).then_some("fault");
    view! {
        <form
            class="look-up"
            method="post"
            action=Endpoint::DeskLookUp.in_language(page.frame.language)
            autocomplete="off"
            aria-describedby=faulty
        >
            {whose(&page.bar.staff)}
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

fn outcome(outcome: Option<&LookUpResult>, language: Language) -> AnyView {
    let words = Words::in_language(language);
    match outcome {
        None => ().into_any(),
        Some(LookUpResult::Fault(fault)) => alert(words.fault(*fault)),
        Some(LookUpResult::Nothing) => view! {
            <div class="message" role="status">
                <p><strong>{words.nothing}</strong></p>
                <p>{words.nothing_help}</p>
            </div>
        }
        .into_any(),
        Some(LookUpResult::Found(found)) => found::found(found, language),
    }
}

fn alert(text: &'static str) -> AnyView {
    view! { <p class="message fault" role="alert" id="fault">{text}</p> }.into_any()
}

fn status(text: String) -> AnyView {
    view! { <p class="message" role="status">{text}</p> }.into_any()
}

/// What was recorded, with the number that is read to the person.
fn said(said: &SaidObjection, language: Language) -> AnyView {
    let words = CallWords::in_language(language);
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

/// Channels with what holds at each contact point, and the buttons of each channel.
fn channels(reach: &[Reach], buttons: impl Fn(&[Reach]) -> AnyView, language: Language) -> AnyView {
    let (words, call) = (Words::in_language(language), CallWords::in_language(language));
    let of_one =
        reach.chunk_by(|a, b| a.channel == b.channel).filter_map(|points| Some((points.first()?.channel, points)));
    let rows = of_one.map(|(channel, points)| {
        let lines = points.iter().map(|point| holds(point, language)).collect_view();
        view! {
            <tr>
                <th scope="row">{objection::channel(channel, language)}</th>
                <td>
                    <ul class="points">{lines}</ul>
                </td>
                <td class="buttons">{buttons(points)}</td>
            </tr>
        }
    });
    table(&[call.channel, words.today, call.action], rows.collect_view())
}

/// What holds at one contact point, and why.
fn holds(reach: &Reach, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let kind = reach.channel.point();
    let none = kind.map_or("–", |kind| no_point(kind, language));
    let at = reach.at.as_deref().map_or_else(|| none.into_any(), given);
    view! {
        <li>
            <span class="at">{at}</span>
            " "
            <strong>{if reach.decision.allow { words.allow } else { words.deny }}</strong>
            " "
            <span>{act::reason_at(reach, language)}</span>
        </li>
    }
    .into_any()
}

/// A button that says by itself what it enters.
#[derive(Default)]
struct EntryButton {
    act: String,
    text: &'static str,
    /// The channel of its row, for whoever does not see the row.
    about: Option<&'static str>,
    /// Its access key, which is shown.
    key: Option<&'static str>,
    /// It is the one that Enter presses.
    is_next: bool,
}

fn press(press: EntryButton) -> AnyView {
    let EntryButton { act, text, about, key, is_next } = press;
    let about = about.map(|about| view! { <span class="hidden">{about}</span> });
    let shown = key.map(|key| view! { <kbd>{key}</kbd> });
    view! { <button name="act" value=act accesskey=key autofocus=is_next>{text} " " {about} " " {shown}</button> }
        .into_any()
}

/// Enters an objection: to one channel, or without one to all of them.
fn object(channel: Option<Channel>, key: Option<&'static str>, is_next: bool, language: Language) -> AnyView {
    let words = CallWords::in_language(language);
    let act = format!("object:{}", channel.map_or("all", Channel::word));
    let text = if channel.is_some() { words.objection } else { words.objects_all };
    let about = channel.map(|channel| objection::channel(channel, language));
    press(EntryButton { act, text, about, key, is_next })
}
