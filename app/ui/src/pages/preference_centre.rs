//! The preference centre of whoever proved an address: one card a channel (S-10), one press for all, and what was done.

use leptos::prelude::*;

use super::code::ask;
use super::shell::{Here, Shell};
use model::channel::Channel;
use model::decision::Reason;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::ground::ground;
use words::isolate::isolated;
use words::objection::ObjectionWords;
use words::preference_centre::{self as text, Centre as Words};
use words::views::preference_centre::{
    Card, CentreView, DoneAct as Act, DoneView, KnownAs, Next, Offer, Platform, StillDenied, Undo,
};

/// For somebody who is not known here: the two ways to their channels.
pub(super) fn ways(language: Language) -> AnyView {
    let words = Words::in_language(language);
    view! {
        <section aria-labelledby="ways">
            <h2 id="ways">{words.other_ways}</h2>
            <ul>
                <li><a href=ask(Next::Preferences, language)>{words.with_code}</a></li>
                <li><a href=Endpoint::Objection.in_language(language)>{words.without_code}</a></li>
            </ul>
        </section>
    }
    .into_any()
}

/// The cards.
pub(super) fn centre(page: &CentreView, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let note = match page.whose {
        KnownAs::One { .. } => None,
        KnownAs::Nobody => Some(words.nobody),
        KnownAs::Several => Some(words.several),
        KnownAs::Uncertain => Some(words.uncertain),
    };
    let note = note.map(|note| view! { <p class="note">{note}</p> });
    let cards = page.cards.iter().map(|of| card(of, &page.about, language)).collect_view();
    view! {
        <section aria-labelledby="channels">
            <h2 id="channels">{words.heading}</h2>
            <form method="post" action=Endpoint::SignOut.in_language(language) class="withdraw">
                <span>{(words.signed_in)(&isolated(&page.address))}</span>
                <button class="quiet-button">{words.sign_out}</button>
            </form>
            <p><a href=in_language(Next::Insight.path(), language)>{words.insight}</a></p>
            {note}
            {cards}
            {stop_all(page, language)}
        </section>
        {platforms(&page.platforms, language)}
        <h2 class="device">{words.device}</h2>
    }
    .into_any()
}

fn stop_all(page: &CentreView, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let one_person = matches!(page.whose, KnownAs::One { .. });
    let help = if one_person { words.stop_all_help } else { words.stop_all_there };
    view! {
        <section class="now" aria-labelledby="stop-all">
            <h3 id="stop-all">{words.stop_all_heading}</h3>
            <p>{help}</p>
            <form method="post" action=Endpoint::PreferenceChange.in_language(language)>
                <input type="hidden" name="about" value=page.about.clone() />
                <input type="hidden" name="shown" value=page.shown.clone() />
                <button name="act" value="stop_all">{words.stop_all}</button>
            </form>
            <p class="quiet">{words.service}</p>
        </section>
    }
    .into_any()
}

/// Name, what holds, since when and why, and the one button that changes it.
fn card(card: &Card, about: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let since = card.since.map(words.since);
    let until = card.until.filter(|_| card.allow).map(words.until);
    let dates: Vec<String> = since.into_iter().chain(until).collect();
    let reaches = (card.allow && !card.points.is_empty()).then(|| (words.reaches)(&points(&card.points)));
    let not_at = (card.allow && !card.not_at.is_empty()).then(|| (words.not_at)(&points(&card.not_at)));
    let not_at = not_at.map(|not_at| view! { <p>{not_at}</p> });
    view! {
        <article class="purpose" aria-labelledby=card.channel.word()>
            <h3 id=card.channel.word()>{text::name(card.channel, language)}</h3>
            <p>
                <strong>{text::standing(card.channel, card.allow, language)}</strong>
                {format!(" {}", dates.join(" "))}
            </p>
            {not_at}
            {why(card, reaches, language)}
            {button(card, about, language)}
        </article>
    }
    .into_any()
}

fn points(of: &[String]) -> String {
    of.iter().map(|point| isolated(point)).collect::<Vec<_>>().join("; ")
}

fn why(card: &Card, reaches: Option<String>, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let basis = (!card.basis.is_empty()).then(|| format!(" {}", (words.basis)(&ground(&card.basis, language))));
    let reaches = reaches.map(|reaches| view! { <p>{reaches}</p> });
    view! {
        <details>
            <summary>
                {words.why}
                <span class="hidden">{format!(" {}", text::name(card.channel, language))}</span>
            </summary>
            <p>{text::because(card.reason, language)} {basis}</p>
            {reaches}
        </details>
    }
    .into_any()
}

/// What stops it while it runs; else a no and a yes that cost the same, as far as they are open.
fn button(card: &Card, of: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let objected = matches!(card.reason, Reason::Objected | Reason::Withdrawn) || card.offer == Offer::Lift;
    let offered = card.offer != Offer::None;
    let stop = if card.allow { text::stop(card.channel, language) } else { words.never };
    let stop = (!objected).then(|| view! { <button name="act" value="stop">{stop}</button> });
    let start = if card.offer == Offer::Lift { words.lift } else { text::start(card.channel, language) };
    let start = offered.then(|| view! { <button name="act" value="start">{start}</button> });
    let about = offered.then(|| yes(&card.offer, &card.covers, language));
    let no_point = (!card.allow && !offered).then(|| view! { <p class="quiet">{words.no_point}</p> });
    view! {
        {no_point}
        {about}
        <form method="post" action=Endpoint::PreferenceChange.in_language(language)>
            <input type="hidden" name="about" value=of.to_owned() />
            {channels(&[card.channel])}
            <input type="hidden" name="shown" value=card.shown.clone() />
            <div class="actions two-at-most">{stop} {start}</div>
        </form>
    }
    .into_any()
}

/// What a yes is about and for, and what lifting does; it stands before the button that says it (R-2.4-11).
fn yes(offer: &Offer, covers: &[String], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let about = match offer {
        Offer::Calls { products, months } => Some((words.calls_for)(products, *months)),
        Offer::Lift => Some(words.lift_help.to_owned()),
        Offer::None | Offer::Plain => None,
    };
    let covers = (!covers.is_empty()).then(|| (words.covers)(&points(covers)));
    let lines = about.into_iter().chain(covers).map(|line| view! { <p>{line}</p> });
    lines.collect_view().into_any()
}

fn channels(of: &[Channel]) -> AnyView {
    let inputs = of.iter().map(|channel| view! { <input type="hidden" name="channel" value=channel.word() /> });
    inputs.collect_view().into_any()
}

/// Links only: nothing of a platform is loaded (S-15, S-58).
fn platforms(platforms: &[Platform], language: Language) -> Option<AnyView> {
    if platforms.is_empty() {
        return None;
    }
    let words = Words::in_language(language);
    let links = platforms.iter().map(|platform| {
        view! {
            <li>
                <a href=platform.unfollow_url.clone() rel="noreferrer">{(words.unfollow)(&platform.name)}</a>
                <br />
                <a href=platform.block_url.clone() rel="noreferrer">{(words.block)(&platform.name)}</a>
            </li>
        }
    });
    let links = links.collect_view();
    let section = view! {
        <section aria-labelledby="social-media">
            <h2 id="social-media">{words.social}</h2>
            <p>{words.social_help}</p>
            <ul class="plain">{links}</ul>
        </section>
    };
    Some(section.into_any())
}

/// What an act changed, since when, how to undo it, and the receipt to keep.
#[component]
pub fn Done(page: DoneView) -> impl IntoView {
    let frame = page.frame.clone();
    let language = frame.language;
    let words = Words::in_language(language);
    let (title, what) = match page.what {
        Act::Stopped => (words.stopped, words.what_stopped),
        Act::Started => (words.started, words.what_started),
        Act::Lifted => (words.lifted, words.what_lifted),
    };
    let nowhere = |channel: &&Channel| page.still_denied.iter().any(|no| no.everywhere && no.channel == **channel);
    let holds: Vec<_> = page.channels.iter().filter(|channel| !nowhere(channel)).collect();
    let given_for = (!page.points.is_empty()).then(|| (words.given_for)(&points(&page.points)));
    let given_for = given_for.map(|given_for| view! { <p>{given_for}</p> });
    let since = (!holds.is_empty()).then(|| view! { <p>{(words.holds_since)(page.since)}</p> });
    let denied = (!page.still_denied.is_empty())
        .then(|| view! { <p>{words.still_denied}</p> {denied(&page.still_denied, language)} });
    // What came of a press is told where the reader is led; that is the no where nothing started.
    let (first, denied) = if since.is_some() { (None, denied) } else { (denied, None) };
    let holds = (!holds.is_empty()).then(|| view! { <p>{what}</p> {list(holds.into_iter(), language)} });
    let prove = page.can_prove.then(|| view! { <p><a href=ask(Next::Preferences, language)>{words.prove}</a></p> });
    let phone = frame.controller.phone.clone();
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            <div class="message" role="status" id="outcome" tabindex="-1" autofocus=true>
                {since}
                {first}
            </div>
            {holds}
            {given_for}
            {denied}
            {prove}
            {super::objection::goes_on(page.goes_on.as_ref(), language, ObjectionWords::in_language(language))}
            <p class="receipt-number">
                <span>{words.number}</span>
                <strong class="code">{page.number.clone()}</strong>
            </p>
            <p>{(words.number_help)(&phone)}</p>
            <p><a href=in_language(&page.receipt, language)>{words.receipt}</a></p>
            {undo(page.undo.as_ref(), page.what == Act::Stopped, language)}
            <p class="no-print"><a href=Endpoint::Preferences.in_language(language)>{words.back}</a></p>
        </Shell>
    }
}

fn list<'a>(channels: impl Iterator<Item = &'a Channel>, language: Language) -> AnyView {
    let items = channels.map(|channel| view! { <li>{text::name(*channel, language)}</li> }).collect_view();
    view! { <ul>{items}</ul> }.into_any()
}

/// Each channel with where it is denied.
fn denied(those: &[StillDenied], language: Language) -> AnyView {
    let items = those.iter().map(|StillDenied { channel, points: at, .. }| {
        let at = (!at.is_empty()).then(|| format!(": {}", points(at)));
        view! { <li>{text::name(*channel, language)}{at}</li> }
    });
    view! { <ul>{items.collect_view()}</ul> }.into_any()
}

fn undo(undo: Option<&Undo>, stopped: bool, language: Language) -> Option<AnyView> {
    let undo = undo?;
    let words = Words::in_language(language);
    let after_a_no = ("start", words.undo_stop, words.undo_help);
    let after_a_yes = ("stop", words.undo_start, words.undo_start_help);
    let (act, label, help) = if stopped { after_a_no } else { after_a_yes };
    let about = undo.calls.clone().map(|(products, months)| Offer::Calls { products, months });
    let about = yes(&about.unwrap_or(Offer::Plain), &undo.covers, language);
    let section = view! {
        <section class="now no-print" aria-labelledby="undo">
            <h2 id="undo">{words.undo}</h2>
            <p>{help}</p>
            {about}
            <form method="post" action=Endpoint::PreferenceChange.in_language(language)>
                <input type="hidden" name="about" value=undo.about.clone() />
                {channels(&undo.channels)}
                <input type="hidden" name="shown" value=undo.shown.clone() />
                <button name="act" value=act>{label}</button>
            </form>
        </section>
    };
    Some(section.into_any())
}
