//! `/keuze/inzage`: everything that is held of a person, in plain words first; and erasing it (S-38, S-55).

use leptos::prelude::*;

use super::fields::summary;
use super::given::given;
use super::receipt;
use super::register::recipients;
use super::shell::{Here, Shell};
use model::language::Language;
use model::paths::Endpoint;
use words::code::CodeWords;
use words::data_access::Insight as Words;
use words::isolate::isolated;
use words::views::frame::PageFrame;
use words::views::preference_centre::{
    Card, Detail, EraseView, ErasedView, Happened, InsightView, KnownAs, RetainedElsewhere,
};
use words::{act, preference_centre as text, when};

#[component]
pub fn Insight(page: InsightView) -> impl IntoView {
    let frame = page.frame.clone();
    let language = frame.language;
    let words = Words::in_language(language);
    let address = isolated(&page.address);
    // Where what belongs to the address is kept back, "everything" would not be so.
    let lead = match page.whose {
        KnownAs::One { .. } | KnownAs::Nobody => (words.lead)(&address),
        KnownAs::Several | KnownAs::Uncertain => (text::Centre::in_language(language).signed_in)(&address),
    };
    let content = match page.whose {
        KnownAs::One { .. } => held(&page, words),
        KnownAs::Nobody => of_the_address(&page, words.nobody, words),
        KnownAs::Several => of_the_address(&page, words.several, words),
        KnownAs::Uncertain => of_the_address(&page, words.uncertain, words),
    };
    view! {
        <Shell frame=frame.clone() title=words.title.to_owned() here=Here::Elsewhere>
            <h1>{words.title}</h1>
            <p class="lead">{lead}</p>
            {content}
            {recipients(&page.recipients, language)}
            {kept(&page.kept, language)}
            {complain(&frame, words)}
        </Shell>
    }
}

/// Where no one person is known: what is held of the address itself, which is personal data as well.
fn of_the_address(page: &InsightView, note: &'static str, words: &'static Words) -> AnyView {
    let language = page.frame.language;
    let lines = page.blocked.iter().map(|(channels, since)| {
        let names: Vec<_> = channels.iter().map(|channel| text::name(*channel, language)).collect();
        view! { <p>{(words.blocked)(&names.join(", "), *since)}</p> }
    });
    let lines = lines.collect_view();
    let nothing = (page.blocked.is_empty() && page.whose == KnownAs::Nobody).then(|| view! { <p>{words.nothing}</p> });
    view! {
        <p class="note">{note}</p>
        {nothing}
        {lines}
        {download(words, language)}
    }
    .into_any()
}

fn download(words: &'static Words, language: Language) -> AnyView {
    view! {
        <section class="no-print">
            <h2>{words.download}</h2>
            <p>{words.download_help}</p>
            <p><a href=Endpoint::DataExport.in_language(language) download="">{words.download_link}</a></p>
        </section>
    }
    .into_any()
}

fn held(page: &InsightView, words: &'static Words) -> AnyView {
    let language = page.frame.language;
    let details = page.details.iter().map(|Detail { kind, value }| {
        view! { <dt>{(words.detail)(*kind)}</dt><dd>{given(value)}</dd> }
    });
    let details = details.collect_view();
    let also = words.also.iter().map(|line| view! { <li>{*line}</li> }).collect_view();
    view! {
        <section>
            <h2>{words.details}</h2>
            <dl class="facts">{details}</dl>
            {page.joined_later.then(|| view! { <p class="note">{words.joined_later}</p> })}
        </section>
        <section>
            <h2>{words.channels}</h2>
            <ul>{page.cards.iter().map(|card| standing(card, language)).collect_view()}</ul>
        </section>
        <section>
            <h2>{words.history}</h2>
            {history(&page.history, words, language)}
        </section>
        <section>
            <h2>{words.also_heading}</h2>
            <ul>{also}</ul>
        </section>
        {download(words, language)}
        <section class="no-print">
            <h2>{words.erase}</h2>
            <p>{words.erase_help}</p>
            <p><a href=Endpoint::Erasure.in_language(language)>{words.erase_link}</a></p>
        </section>
    }
    .into_any()
}

fn standing(card: &Card, language: Language) -> AnyView {
    let since = card.since.map(text::Centre::in_language(language).since).unwrap_or_default();
    let standing = text::standing(card.channel, card.allow, language);
    let because = text::because(card.reason, language);
    let not_at = (card.allow && !card.not_at.is_empty()).then(|| card.not_at.join("; "));
    let not_at = not_at.map(|points| (text::Centre::in_language(language).not_at)(&points)).unwrap_or_default();
    let line = [standing, because, since.as_str(), not_at.as_str()].into_iter().filter(|part| !part.is_empty());
    view! { <li>{line.collect::<Vec<_>>().join(" ")}</li> }.into_any()
}

fn history(history: &[Happened], words: &'static Words, language: Language) -> AnyView {
    if history.is_empty() {
        return view! { <p>{words.no_history}</p> }.into_any();
    }
    let happened = history.iter().map(|past| {
        let channels: Vec<_> = past.channels.iter().map(|channel| text::name(*channel, language)).collect();
        let channels = (!channels.is_empty()).then(|| view! { <p>{channels.join(", ")}</p> });
        let points = past.points.iter().map(|point| isolated(point)).collect::<Vec<_>>().join("; ");
        let points = (!points.is_empty()).then(|| (text::Centre::in_language(language).given_for)(&points));
        let points = points.map(|points| view! { <p>{points}</p> });
        let what = format!(" – {} ({})", act::what(past.what, language), act::route(past.route, language));
        view! {
            <li>
                <p><strong>{when::date_time(past.at, language)}</strong> {what}</p>
                {channels}
                {points}
                {receipt::evidence(past.evidence.as_ref(), language)}
                <p class="number">{format!("{} ", words.number)} <span class="code">{past.number.clone()}</span></p>
            </li>
        }
    });
    view! { <ol class="timeline">{happened.collect_view()}</ol> }.into_any()
}

fn kept(kept: &[RetainedElsewhere], language: Language) -> Option<AnyView> {
    if kept.is_empty() {
        return None;
    }
    let words = Words::in_language(language);
    let lines = kept_lines(kept, language);
    Some(view! { <section><h2>{words.kept}</h2>{lines}</section> }.into_any())
}

/// What other systems keep, by which law and until when.
pub(super) fn kept_lines(kept: &[RetainedElsewhere], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let lines = kept.iter().map(|kept| {
        let line = (words.kept_line)(kept.what.get(language), kept.ground.get(language), kept.until.get(language));
        view! { <li>{line}</li> }
    });
    view! { <ul>{lines.collect_view()}</ul> }.into_any()
}

fn complain(frame: &PageFrame, words: &'static Words) -> AnyView {
    let authorities = frame.authorities.iter().map(|authority| {
        view! { <li><a href=authority.url.clone() rel="noreferrer">{authority.name.clone()}</a></li> }
    });
    let authorities = authorities.collect_view();
    view! {
        <section>
            <h2>{words.complain}</h2>
            <p>{words.complain_help}</p>
            <ul>{authorities}</ul>
        </section>
    }
    .into_any()
}

/// Whether one is sure.
#[component]
pub fn Erase(page: EraseView) -> impl IntoView {
    let frame = page.frame.clone();
    let language = frame.language;
    let words = Words::in_language(language);
    let faults: Vec<_> = page.unconfirmed.then_some(("confirm", words.unconfirmed)).into_iter().collect();
    let sure = (words.sure)(&isolated(&page.address)).into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    let block = words.block_help.iter().map(|line| view! { <p>{*line}</p> }).collect_view();
    let invalid = page.unconfirmed.then_some("true");
    view! {
        <Shell frame=frame title=words.sure_title.to_owned() here=Here::Elsewhere>
            <h1>{words.sure_title}</h1>
            {summary(&faults, CodeWords::in_language(language).faults)}
            {sure}
            {page.joined_later.then(|| view! { <p class="note">{words.joined_later_stays}</p> })}
            <p>{(words.backups)(page.backups_until)}</p>
            {kept(&page.kept, language)}
            <form method="post" action=format!("{}#outcome", Endpoint::Erasure.in_language(language)) autocomplete="off">
                <input type="hidden" name="about" value=page.about.clone() />
                <fieldset class="purpose">
                    <legend>{words.block}</legend>
                    {block}
                    <label class="box">
                        <input type="checkbox" name="decline" value="yes" />
                        <span>{words.decline}</span>
                    </label>
                </fieldset>
                <label class="box">
                    <input type="checkbox" name="confirm" value="yes" id="confirm" aria-invalid=invalid />
                    <span>{words.confirm}</span>
                </label>
                <div class="actions one">
                    <button>{words.erase_button}</button>
                </div>
            </form>
            <p><a href=Endpoint::DataAccess.in_language(language)>{words.back}</a></p>
        </Shell>
    }
}

#[component]
pub fn Erased(page: ErasedView) -> impl IntoView {
    let frame = page.frame.clone();
    let language = frame.language;
    let words = Words::in_language(language);
    let erasure = page.erasure;
    let list = if erasure.keeps_no { words.on_list } else { words.not_on_list };
    view! {
        <Shell frame=frame.clone() title=words.erased_title.to_owned() here=Here::Elsewhere>
            <h1>{words.erased_title}</h1>
            <div class="message" role="status" id="outcome" tabindex="-1" autofocus=true>
                <p>{words.erased}</p>
                <p>{list}</p>
            </div>
            <p>{(words.backups)(erasure.backups_until)}</p>
            <p class="receipt-number">
                <span>{words.number}</span>
                <strong class="code">{erasure.number.clone()}</strong>
            </p>
            {kept(&erasure.kept, language)}
            {complain(&frame, words)}
        </Shell>
    }
}
