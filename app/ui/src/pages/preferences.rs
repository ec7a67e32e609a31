//! `/keuze/voorkeuren`: what this device allows now, and every way to change it.

use leptos::prelude::*;

use super::preference_centre::{centre, ways};
use super::shell::{Here, Shell};
use model::controller::{Controller, Vendor};
use model::decision::Reason;
use model::language::Language;
use model::notice::NoticeStrings;
use model::paths::Endpoint;
use model::purpose::Regime;
use words::preferences::PreferencesWords as Words;
use words::views::preferences::{Overtaken, PastAnswer, PreferencesView, PurposeState, ShownStanding};
use words::{act, device, shell, when};

/// The preference page.
#[component]
pub fn Preferences(page: PreferencesView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let title = if page.centre.is_some() { words.known_title } else { words.title };
    let title = title(&page.frame.site);
    let ways = page.centre.is_none().then(|| ways(language));
    let centre = page.centre.as_ref().map(|page| centre(page, language));
    let gpc = page.gpc.then(|| view! { <p class="note">{device::gpc(language)}</p> });
    let explained = words.no_cookies_help.iter().map(|line| view! { <p>{*line}</p> }).collect_view();
    view! {
        <Shell frame=page.frame.clone() title=title.clone() here=Here::Preferences>
            <h1>{title}</h1>
            {overtaken(&page, words)}
            {centre}
            <p class="lead">{words.lead}</p>
            {now(&page, words)}
            {gpc}
            {change(&page, words)}
            {history(&page, words)}
            {ways}
            <section>
                <h2>{words.no_cookies}</h2>
                {explained}
            </section>
        </Shell>
    }
}

/// Why this page came instead of what was asked for.
fn overtaken(page: &PreferencesView, words: &'static Words) -> Option<AnyView> {
    let what = match page.overtaken? {
        Overtaken::Whole => words.overtaken_whole,
        Overtaken::NoesTaken => words.overtaken_noes,
    };
    let content = view! { <strong>{words.overtaken}</strong> {format!(" {what}")} };
    Some(view! { <p class="note" role="alert">{content}</p> }.into_any())
}

/// What holds now, in a sentence, with the one press that ends it.
fn now(page: &PreferencesView, words: &'static Words) -> AnyView {
    let on: Vec<&str> = page.purposes.iter().filter(|purpose| purpose.is_on()).map(|p| p.shown.name.as_str()).collect();
    let unanswered = (!page.answered()).then(|| view! { <p>{words.nothing_answered}</p> });
    let standing = if on.is_empty() {
        words.all_off.to_owned()
    } else {
        format!("{} {}", (words.is_on)(&enumerate(&on, words.and)), words.rest_off)
    };
    let withdraw = page.can_withdraw().then(|| withdraw(page, words));
    view! {
        <section class="now" aria-labelledby="now">
            <h2 id="now">{words.now}</h2>
            {unanswered}
            <p>{standing}</p>
            {withdraw}
        </section>
    }
    .into_any()
}

/// `a, b and c`.
fn enumerate(names: &[&str], and: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

fn withdraw(page: &PreferencesView, words: &'static Words) -> AnyView {
    view! {
        <form method="post" action=Endpoint::ChoicesForm.path() class="withdraw" data-keuze="withdraw">
            {hidden(page)}
            <button name="control" value="refuse_all">{words.withdraw}</button>
            <span class="quiet">{words.withdraw_help}</span>
        </form>
    }
    .into_any()
}

fn hidden(page: &PreferencesView) -> AnyView {
    view! {
        <input type="hidden" name="policy" value=page.policy.clone() />
        <input type="hidden" name="language" value=page.frame.language.tag() />
        <input type="hidden" name="surface" value="page" />
        <input type="hidden" name="build" value=page.build.clone() />
        <input type="hidden" name="before" value=page.before.clone() />
    }
    .into_any()
}

fn change(page: &PreferencesView, words: &'static Words) -> AnyView {
    let strings = &page.strings;
    let purposes = page.purposes.iter().map(|purpose| purpose_group(purpose, page, words)).collect_view();
    // autocomplete="off": Firefox would restore a switch that was on before the page was loaded again, and nothing
    // may come switched on that the person did not answer (R-2.2-1).
    view! {
        <section aria-labelledby="change">
            <h2 id="change">{words.change}</h2>
            <p>{words.change_help}</p>
            <form method="post" action=Endpoint::ChoicesForm.path() autocomplete="off">
                {hidden(page)}
                {purposes}
                <p class="quiet" id="save-help">{strings.save_is_refusal.clone()}</p>
                <div class="actions">
                    <button name="control" value="refuse_all">{strings.refuse.clone()}</button>
                    <button name="control" value="accept_all">{strings.accept.clone()}</button>
                    <button name="control" value="save" aria-describedby="save-help">{strings.save.clone()}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn purpose_group(purpose: &PurposeState, page: &PreferencesView, words: &'static Words) -> AnyView {
    let id = purpose.shown.id.to_string();
    let offered =
        (purpose.shown.regime != Regime::Necessary).then(|| view! { <input type="hidden" name="offered" value=id /> });
    view! {
        <fieldset class="purpose">
            <legend>{purpose.shown.name.clone()}</legend>
            <p>{purpose.shown.description.clone()}</p>
            <p class="standing">{standing(purpose, words)}</p>
            {offered}
            {control(purpose, &page.strings, page.frame.language)}
            {details(purpose, &page.strings, &page.frame.controller, page.frame.language)}
        </fieldset>
    }
    .into_any()
}

/// State and reason, as a sentence; nothing for what is strictly necessary, whose control is a sentence itself.
fn standing(purpose: &PurposeState, words: &'static Words) -> Option<AnyView> {
    let ShownStanding { allow, reason, until } = purpose.standing;
    let why = match reason {
        Reason::Necessary => return None,
        Reason::Granted => (words.granted)(until),
        Reason::Refused => (words.refused)(until),
        Reason::Withdrawn => (words.withdrawn)(until),
        Reason::NotObjected => (words.not_objected)(until),
        Reason::Objected => words.objected.to_owned(),
        Reason::Unrecorded => words.unrecorded.to_owned(),
        Reason::Unreadable => words.unreadable.to_owned(),
        Reason::Expired => words.expired.to_owned(),
        Reason::QuestionChanged => words.question_changed.to_owned(),
        Reason::Gpc => words.by_signal.to_owned(),
        Reason::ContinuedUse => words.continued.to_owned(),
        // What else a decision can rest on is about channels, or about purposes that are asked no more.
        _ => words.open.to_owned(),
    };
    let state = if allow { words.allowed } else { words.denied };
    Some(view! { <strong>{state}</strong> {format!(" {why}")} }.into_any())
}

/// The switch of what can be answered, on if the person switched it on; the sentence of what is necessary.
fn control(purpose: &PurposeState, strings: &NoticeStrings, language: Language) -> AnyView {
    let id = purpose.shown.id.to_string();
    let about = match purpose.shown.regime {
        Regime::Necessary => return view! { <p class="quiet">{strings.necessary.clone()}</p> }.into_any(),
        Regime::LowImpact => Some(view! { <p class="quiet">{strings.object.clone()}</p> }),
        Regime::Consent => None,
    };
    let reason = purpose.standing.reason;
    let answered_on = matches!(reason, Reason::Granted | Reason::NotObjected);
    let runs = (reason == Reason::ContinuedUse).then(|| view! { <p class="runs">{device::runs(language)}</p> });
    view! {
        {about}
        <label class="switch">
            <input type="checkbox" role="switch" name="grant" value=id checked=answered_on />
            <span class="label">{purpose.shown.name.clone()}</span>
            <span class="state on" aria-hidden="true">{strings.on.clone()}</span>
            <span class="state off" aria-hidden="true">{strings.off.clone()}</span>
        </label>
        {runs}
    }
    .into_any()
}

fn details(purpose: &PurposeState, strings: &NoticeStrings, controller: &Controller, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let cookies = purpose.shown.cookies.iter().cloned().map(|cookie| view! { <li>{cookie}</li> }).collect_view();
    let cookies = (!purpose.shown.cookies.is_empty()).then(|| view! { <ul>{cookies}</ul> });
    let parties = if purpose.vendors.is_empty() {
        view! { <p>{(words.only_us)(&controller.name)}</p> }.into_any()
    } else {
        let vendors = purpose.vendors.iter().map(|vendor| party(vendor, language)).collect_view();
        view! { <ul>{vendors}</ul> }.into_any()
    };
    // The summary names its purpose, so that a list of controls can be read without what stands around it.
    view! {
        <details>
            <summary>
                {strings.details.clone()}
                <span class="hidden">{format!(": {}", purpose.shown.name)}</span>
            </summary>
            {cookies}
            <p class="parties">{words.parties}</p>
            {parties}
        </details>
    }
    .into_any()
}

fn party(vendor: &Vendor, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let country = shell::country(&vendor.country, language);
    view! {
        <li>
            {format!("{} ({country}). {} ", vendor.name, sentence(vendor.role.get(language)))}
            <a href=vendor.statement_url.clone() rel="noreferrer">{(words.their_statement)(&vendor.name)}</a>
        </li>
    }
    .into_any()
}

/// Ends in a full stop, whether or not the configuration wrote one.
fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn history(page: &PreferencesView, words: &'static Words) -> Option<AnyView> {
    let content = if page.history.is_empty() { no_history(page, words)? } else { timeline(page, words) };
    Some(view! { <section><h2>{words.history}</h2>{content}</section> }.into_any())
}

/// Only whoever answered wonders where the list is.
fn no_history(page: &PreferencesView, words: &'static Words) -> Option<AnyView> {
    page.answered().then(|| view! { <p>{words.no_history}</p> }.into_any())
}

fn timeline(page: &PreferencesView, words: &'static Words) -> AnyView {
    let past = page.history.iter().map(|past| past_answer(past, page.frame.language)).collect_view();
    let help = (words.history_help)(&page.frame.controller.phone);
    view! {
        <p>{help}</p>
        <ol class="timeline">{past}</ol>
    }
    .into_any()
}

fn past_answer(past: &PastAnswer, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let answers = past.answers.iter().map(|(name, answer)| {
        view! { <li>{format!("{name}: {}", act::answer_you(*answer, language))}</li> }
    });
    let answers = answers.collect_view();
    view! {
        <li>
            <p>
                <strong>{when::date_time(past.at, language)}</strong>
                {format!(" – {}", act::kind(past.kind, language))}
            </p>
            <ul>{answers}</ul>
            <p class="number">{format!("{} ", words.number)} <span class="code">{past.receipt.clone()}</span></p>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_people_say_them() {
        assert_eq!(enumerate(&["a"], " en "), "a");
        assert_eq!(enumerate(&["a", "b"], " en "), "a en b");
        assert_eq!(enumerate(&["a", "b", "c"], " en "), "a, b en c");
    }
}
