//! A record with everything that is known around it.

use leptos::prelude::*;

use super::super::table::table;
use super::super::{notice, receipt};
use model::decision::Decision;
use model::language::Language;
use model::paths::Endpoint;
use words::call::CallWords;
use words::desk::DeskWords as Words;
use words::ground::ground;
use words::isolate::isolated;
use words::receipt::Receipt as ReceiptWords;
use words::views::desk::{CheckedProof, FoundRecord, HistoryLine};
use words::views::receipt::{AnswerLine, RecordedAnswer, ShownNotice};
use words::{act, objection, when};

/// What a look-up found.
pub(super) fn found(found: &FoundRecord, language: Language) -> AnyView {
    let words = Words::in_language(language);
    view! {
        <p class="quiet" role="status">{(words.recorded)(&found.audit)} {format!(" {}", words.zone)}</p>
        <div class="two">
            <section>
                <h2>{(words.record)(&found.record.address)}</h2>
                {facts(found, language)}
            </section>
            {about(found, language)}
        </div>
        <section>
            <h2>{words.history}</h2>
            {history(&found.history, language)}
        </section>
        {proof(found, language)}
        {by_notice(found).then(|| shown(found.record.notice.as_ref(), language))}
    }
    .into_any()
}

/// Whether it answers a notice, or tells that one was answered by nothing.
fn by_notice(found: &FoundRecord) -> bool {
    !found.record.lines.is_empty()
}

/// What it is about: purposes, or channels; an event about neither shows no table.
fn about(found: &FoundRecord, language: Language) -> AnyView {
    let (words, names) = (Words::in_language(language), ReceiptWords::in_language(language));
    let record = &found.record;
    if !record.channels.is_empty() {
        let name = |channel| objection::channel(channel, language).to_owned();
        return view! {
            <section>
                <h2>{names.channels}</h2>
                {receipt::channels(&record.channels, name, act::reason, language)}
                {receipt::evidence(record.evidence.as_ref(), language)}
            </section>
        }
        .into_any();
    }
    if !by_notice(found) {
        return ().into_any();
    }
    view! {
        <section>
            <h2>{words.answers}</h2>
            {answers(&record.lines, language)}
            <h2>{words.today}</h2>
            {decisions(&found.decisions, language)}
            <p class="quiet">{words.today_help}</p>
        </section>
    }
    .into_any()
}

fn facts(found: &FoundRecord, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let names = ReceiptWords::in_language(language);
    let RecordedAnswer { what, at, route, control, gpc, notice, policy, .. } = &found.record;
    let rows = [
        (names.kind, Some(act::what(*what, language).to_owned())),
        (names.at, Some(when::stamp(*at))),
        (words.actor, Some(act::actor(&found.actor, language))),
        (names.route, Some(act::route(*route, language).to_owned())),
        (CallWords::in_language(language).reference, found.call.as_deref().map(isolated)),
        (words.reason, found.reason.as_deref().map(isolated)),
        (words.name, found.name.as_deref().map(isolated)),
        (names.control, control.map(|control| act::control(control, language).to_owned())),
        (words.surface, found.surface.clone()),
        (names.gpc, gpc.then(|| names.gpc_on.to_owned())),
        (names.language, notice.as_ref().map(|notice| notice.language.tag().to_owned())),
    ];
    let none = by_notice(found).then(|| words.no_consent_id.to_owned());
    let id = if by_notice(found) { words.consent_id } else { words.person_id };
    let ids = [
        (words.number, Some(found.number.clone())),
        (id, found.consent_id.clone().or(none)),
        (names.policy, policy.clone()),
        (names.strings_hash, notice.as_ref().map(|notice| notice.strings_hash.clone())),
        (names.html_hash, notice.as_ref().map(|notice| notice.html_hash.clone())),
    ];
    view! { <dl class="facts">{receipt::facts_of(rows)} {receipt::hashes_of(ids)}</dl> }.into_any()
}

fn answers(lines: &[AnswerLine], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let rows = lines.iter().map(|line| {
        view! {
            <tr>
                <th scope="row">{line.name.clone()}</th>
                <td>{act::answer_noun(line.answer, language)}</td>
                <td class="figures">{line.until.map(|until| until.to_string())}</td>
            </tr>
        }
    });
    table(&[words.purpose, words.answers, words.until], rows.collect_view())
}

fn decisions(decisions: &[(String, Decision)], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let rows = decisions.iter().map(|(name, decision)| {
        view! {
            <tr>
                <th scope="row">{name.clone()}</th>
                <td>{if decision.allow { words.allow } else { words.deny }}</td>
                <td>{act::reason(decision.reason, language)}</td>
                <td>{ground(&decision.basis, language)}</td>
                <td class="figures">{decision.until.map(|until| until.to_string())}</td>
            </tr>
        }
    });
    table(&[words.purpose, words.decision, words.why, words.basis, words.until], rows.collect_view())
}

pub(super) fn history(lines: &[HistoryLine], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let rows = lines.iter().map(|line| history_row(line, words, language)).collect_view();
    table(&[words.time, words.act, words.route, words.actor, words.address, words.number], rows)
}

fn history_row(line: &HistoryLine, words: &'static Words, language: Language) -> AnyView {
    let place = if line.this { format!("{} ({})", line.address, words.this) } else { line.address.clone() };
    let kind = act::what(line.what, language);
    let about = super::channel_names(&line.channels, language);
    let what = if about.is_empty() { kind.to_owned() } else { format!("{kind}: {about}") };
    let points = line.points.iter().map(|point| isolated(point)).collect::<Vec<_>>().join("; ");
    let what = if points.is_empty() { what } else { format!("{what} ({points})") };
    view! {
        <tr aria-current=line.this.then_some("true")>
            <td class="figures">{when::stamp(line.at)}</td>
            <td>{what}</td>
            <td>{act::route(line.route, language)}</td>
            <td>{act::actor(&line.actor, language)}</td>
            <td class="figures">{place}</td>
            <td class="code">{line.number.clone()}</td>
        </tr>
    }
    .into_any()
}

fn proof(found: &FoundRecord, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let verdict = match &found.checked {
        CheckedProof::Right { size, root } => view! { <p>{(words.proof_right)(*size, root)}</p> }.into_any(),
        CheckedProof::Wrong(what) => view! {
            <p class="message fault" role="alert">{words.proof_wrong} {format!(" {what}")}</p>
        }
        .into_any(),
    };
    let texts = found.proof.as_ref().map(|proof| {
        view! {
            <details>
                <summary>{words.proof_text}</summary>
                {receipt::texts(proof, ReceiptWords::in_language(language))}
            </details>
        }
    });
    view! { <section><h2>{words.proof}</h2>{verdict} {texts}</section> }.into_any()
}

fn shown(shown: Option<&ShownNotice>, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let content = match shown {
        None => view! { <p>{ReceiptWords::in_language(language).notice_unknown}</p> }.into_any(),
        Some(shown) => view! {
            <p class="quiet">{words.notice_help}</p>
            {frame(shown, words)}
            <div class="two">{notice::layers(shown, language)}</div>
            <details>
                <summary>{words.notice_source}</summary>
                <pre tabindex="0" role="region" aria-label=words.notice_source>{shown.html.clone()}</pre>
            </details>
        }
        .into_any(),
    };
    view! { <section><h2>{words.notice}</h2>{content}</section> }.into_any()
}

/// The stored HTML itself, in a frame where no script runs and no form is sent; its style is today's. With
/// `allow-same-origin`, because a frame without an origin may not load our style sheet.
fn frame(shown: &ShownNotice, words: &'static Words) -> AnyView {
    let document = format!(
        "<!DOCTYPE html><html lang=\"{}\"><title>{}</title><link rel=\"stylesheet\" href=\"{}\">\
         <body>{}</body></html>",
        shown.language.tag(),
        words.notice_frame,
        Endpoint::BannerCss.path(),
        shown.html,
    );
    view! { <iframe class="shown-frame" sandbox="allow-same-origin" title=words.notice_frame srcdoc=document></iframe> }
        .into_any()
}
