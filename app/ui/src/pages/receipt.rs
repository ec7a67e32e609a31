//! `/keuze/bewijs/{number}/{token}`: what was asked, what was answered and when, to keep and to check.

use leptos::prelude::*;

use super::notice;
use super::shell::{Here, Shell};
use super::table::table;
use model::channel::Channel;
use model::choice::Answer;
use model::decision::{OBJECTION, Reason};
use model::evidence::Evidence;
use model::language::Language;
use model::paths::Endpoint;
use words::ground::ground;
use words::isolate::isolated;
use words::receipt::Receipt as Words;
use words::views::receipt::{AnswerLine, ChannelLine, ProofView, ReceiptView, RecordedAnswer, Today};
use words::{act, call, evidence, preference_centre, when};

/// The receipt page.
#[component]
pub fn Receipt(page: ReceiptView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let by_notice = page.answer.channels.is_empty();
    let no_cookie = (by_notice && !page.cookie_kept).then(|| {
        let lines = words.no_cookie.iter().map(|line| view! { <p>{*line}</p> }).collect_view();
        view! { <div class="note">{lines}</div> }
    });
    view! {
        <Shell frame=page.frame.clone() title=words.title.to_owned() here=Here::Elsewhere>
            <div class="message" role="status">
                <p>
                    <strong>{(words.saved)(&when::date_time(page.answer.at, language))}</strong>
                    {format!(" {}", words.holds)}
                </p>
            </div>
            {no_cookie}
            <h1>{words.title}</h1>
            <p class="receipt-number">
                <span>{words.number}</span>
                <strong class="code">{page.number.clone()}</strong>
            </p>
            <p>{words.keep}</p>
            <p class="no-print"><a href=Endpoint::Preferences.in_language(language)>{words.change}</a></p>
            {said(&page.answer, language)}
            <section>
                <h2>{words.facts}</h2>
                {facts(&page.answer, language)}
            </section>
            {check(&page.proof, words)}
        </Shell>
    }
}

/// What was said: about channels, or in answer to a notice, which is shown then.
fn said(answer: &RecordedAnswer, language: Language) -> AnyView {
    let words = Words::in_language(language);
    if answer.channels.is_empty() {
        return view! {
            <section>
                <h2>{words.answers}</h2>
                {answers(&answer.lines, language)}
            </section>
            {asked(answer, language)}
        }
        .into_any();
    }
    let name = |channel| preference_centre::name(channel, language).to_owned();
    view! {
        <section>
            <h2>{words.channels}</h2>
            <div class="cookies">{channels(&answer.channels, name, preference_centre::because, language)}</div>
            {evidence(answer.evidence.as_ref(), language)}
        </section>
    }
    .into_any()
}

/// The channels that an event is about, and what holds today.
pub(super) fn channels(
    lines: &[ChannelLine],
    name: impl Fn(Channel) -> String,
    because: fn(Reason, Language) -> &'static str,
    language: Language,
) -> AnyView {
    let words = Words::in_language(language);
    let rows = lines.iter().map(|line| {
        let point = line.point.map_or(words.account, |kind| call::point(kind, language));
        let hints = line.hints.iter().map(|hint| isolated(hint)).collect::<Vec<_>>().join("; ");
        let point = if hints.is_empty() { point.to_owned() } else { format!("{point}: {hints}") };
        let (today, why, cited) = match &line.today {
            Today::Decided(decision) => (
                if decision.allow { words.allow } else { words.deny },
                because(decision.reason, language),
                ground(&decision.basis, language),
            ),
            Today::Denied => (words.deny, words.while_it_stands, ground(OBJECTION, language)),
            Today::Open => ("–", words.whoever, String::new()),
        };
        view! {
            <tr>
                <th scope="row">{name(line.channel)}</th>
                <td data-label=words.point>{point}</td>
                <td data-label=words.today>{today}</td>
                <td data-label=words.why>{why}</td>
                <td data-label=words.ground>{cited}</td>
            </tr>
        }
    });
    table(&[words.channel, words.point, words.today, words.why, words.ground], rows.collect_view())
}

/// What an opt-in or a customer relation rests on.
pub(super) fn evidence(evidence: Option<&Evidence>, language: Language) -> Option<AnyView> {
    let rows = evidence::rows(evidence?, language).into_iter().map(|(name, value)| {
        view! { <dt>{name}</dt> <dd>{value}</dd> }
    });
    let rows = rows.collect_view();
    Some(view! { <h3>{Words::in_language(language).evidence}</h3> <dl class="facts">{rows}</dl> }.into_any())
}

/// The table of answers.
pub(super) fn answers(lines: &[AnswerLine], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let rows = lines.iter().map(|line| {
        view! {
            <tr>
                <th scope="row">{line.name.clone()}</th>
                <td>{act::answer(line.answer, language)}</td>
                <td>{until(line, words)}</td>
            </tr>
        }
    });
    table(&[words.purpose, words.answer, words.until], rows.collect_view())
}

fn until(line: &AnswerLine, words: &'static Words) -> Option<String> {
    let no_end = line.answer == Answer::Objected;
    line.until.map(words.through).or_else(|| no_end.then(|| words.no_end.to_owned()))
}

fn asked(answer: &RecordedAnswer, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let content = match &answer.notice {
        Some(shown) => view! { <p>{words.asked_help}</p> {notice::layers(shown, language)} }.into_any(),
        None => view! { <p>{words.notice_unknown}</p> }.into_any(),
    };
    view! { <section><h2>{words.asked}</h2>{content}</section> }.into_any()
}

fn facts(answer: &RecordedAnswer, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let notice = answer.notice.as_ref();
    let rows = [
        (words.kind, Some(act::what(answer.what, language).to_owned())),
        (words.at, Some(when::date_time(answer.at, language))),
        (words.route, Some(act::route(answer.route, language).to_owned())),
        (words.control, answer.control.map(|control| act::control(control, language).to_owned())),
        (words.gpc, answer.gpc.then(|| words.gpc_on.to_owned())),
        (words.language, notice.map(|notice| notice.language.tag().to_owned())),
        (words.address, Some(answer.address.clone())),
    ];
    let hashes = [
        (words.policy, answer.policy.clone()),
        (words.strings_hash, notice.map(|notice| notice.strings_hash.clone())),
        (words.html_hash, notice.map(|notice| notice.html_hash.clone())),
    ];
    view! { <dl class="facts">{facts_of(rows)} {hashes_of(hashes)}</dl> }.into_any()
}

/// Rows of a list of facts; a row without a value is left out.
pub(super) fn facts_of<const N: usize>(rows: [(&'static str, Option<String>); N]) -> AnyView {
    let row = |(name, value): (&'static str, Option<String>)| Some(view! { <dt>{name}</dt><dd>{value?}</dd> });
    rows.into_iter().filter_map(row).collect_view().into_any()
}

/// The same for hashes and ids, which may break anywhere.
pub(super) fn hashes_of<const N: usize>(rows: [(&'static str, Option<String>); N]) -> AnyView {
    let row =
        |(name, value): (&'static str, Option<String>)| Some(view! { <dt>{name}</dt><dd class="code">{value?}</dd> });
    rows.into_iter().filter_map(row).collect_view().into_any()
}

fn check(proof: &ProofView, words: &'static Words) -> AnyView {
    let steps = words.check_steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
    view! {
        <section class="check">
            <h2>{words.check}</h2>
            <ol>{steps}</ol>
            <p>
                {format!("{}: ", words.checkpoint)}
                <a href=proof.checkpoint_url.clone()>{proof.checkpoint_url.clone()}</a>
            </p>
            <p>
                {format!("{}: ", words.keys)}
                <a href=proof.keys_url.clone()>{proof.keys_url.clone()}</a>
            </p>
            {texts(proof, words)}
        </section>
    }
    .into_any()
}

/// Record, salt and proof as texts to copy.
pub(super) fn texts(proof: &ProofView, words: &'static Words) -> AnyView {
    let text = |name: &'static str, value: &str| {
        let value = value.to_owned();
        view! { <h3>{name}</h3><pre tabindex="0" role="region" aria-label=name>{value}</pre> }
    };
    view! {
        {text(words.record, &proof.record)}
        {text(words.salt, &proof.salt)}
        {text(words.proof, &proof.text)}
    }
    .into_any()
}
