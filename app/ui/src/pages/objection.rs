//! Saying no: `/keuze/afmelden`, `/keuze/afmelden/{token}` and `/keuze/brief`. Plain forms; at most two steps (S-12).

use leptos::prelude::*;

use super::fields::{TextLine, area, line, summary};
use super::shell::{Here, Shell};
use model::channel::Channel;
use model::contact::PointKind;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::objection::{self, ObjectionWords as Words};
use words::views::frame::PageFrame;
use words::views::objection::{
    GoesOn, LetterCodeFault, LetterState, LetterView, LinkState, LinkView, ObjectionFault, ObjectionForm,
    ObjectionState, ObjectionView, Stopped,
};

/// The page behind the link of a mail.
#[component]
pub fn Link(page: LinkView) -> impl IntoView {
    let frame = page.frame;
    let words = Words::in_language(frame.language);
    let (title, content) = match page.state {
        LinkState::Asks(channel) => {
            let title = channel.map_or(words.all_title, words.link_title);
            let button = channel.map_or(words.stop_all, words.stop);
            let scope = if channel.is_none() { "all" } else { "channel" };
            let content = view! {
                <p class="lead">{words.link_lead}</p>
                <form method="post" action=in_language(&frame.path, frame.language)>
                    <button name="scope" value=scope>{button}</button>
                </form>
                <p class="quiet">{words.service}</p>
            };
            (title, content.into_any())
        }
        LinkState::Stopped(stopped) => {
            let all = stopped.channels.len() == Channel::ALL.len();
            let title = title_of(&stopped, words);
            let offer = (!all).then(|| offer(&frame, words));
            let rest = goes_on(stopped.goes_on.as_ref(), frame.language, words);
            (title, view! { {done(&stopped, &frame, words)} {rest} {offer} {undo(frame.language, words)} }.into_any())
        }
        LinkState::Unknown => {
            let lines = words.unknown.iter().map(|line| view! { <p>{*line}</p> }).collect_view();
            let content = view! { {lines} <p>{elsewhere(words.elsewhere, frame.language)}</p> };
            (words.unknown_title, content.into_any())
        }
    };
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            {content}
        </Shell>
    }
}

/// The page for whoever has nothing in hand.
#[component]
pub fn Objection(page: ObjectionView) -> impl IntoView {
    let frame = page.frame;
    let words = Words::in_language(frame.language);
    let content = match page.state {
        ObjectionState::Asks(form) => asks(&form, frame.language, words),
        ObjectionState::Stopped(stopped) => {
            let rest = goes_on(stopped.goes_on.as_ref(), frame.language, words);
            view! { {done(&stopped, &frame, words)} {rest} {undo(frame.language, words)} }.into_any()
        }
    };
    view! {
        <Shell frame=frame title=words.all_title.to_owned() here=Here::Elsewhere>
            <h1>{words.all_title}</h1>
            {content}
        </Shell>
    }
}

/// The page for the code of a letter.
#[component]
pub fn Letter(page: LetterView) -> impl IntoView {
    let frame = page.frame;
    let words = Words::in_language(frame.language);
    let (title, content) = match page.state {
        LetterState::Asks { code, fault } => (words.letter_title, asks_code(code, fault, frame.language, words)),
        LetterState::Stopped(stopped) => {
            let rest = goes_on(stopped.goes_on.as_ref(), frame.language, words);
            let content = view! { {done(&stopped, &frame, words)} {rest} {undo(frame.language, words)} };
            (title_of(&stopped, words), content.into_any())
        }
    };
    view! {
        <Shell frame=frame title=title.to_owned() here=Here::Elsewhere>
            <h1>{title}</h1>
            {content}
        </Shell>
    }
}

/// What no longer comes, as a heading.
fn title_of(stopped: &Stopped, words: &'static Words) -> &'static str {
    match stopped.channels.as_slice() {
        [channel] => (words.link_title)(*channel),
        _ => words.all_title,
    }
}

/// What changed, since when, and the number to keep. It has the focus, so that whoever hears the page hears it first.
fn done(stopped: &Stopped, frame: &PageFrame, words: &'static Words) -> AnyView {
    let language = frame.language;
    let said = if stopped.changed { words.stopped } else { words.stopped_before };
    let channels = stopped.channels.iter().map(|channel| view! { <li>{objection::channel(*channel, language)}</li> });
    let channels = channels.collect_view();
    view! {
        <div class="message" role="status" id="outcome" tabindex="-1" autofocus=true>
            <p><strong>{said}</strong> {format!(" {}", (words.since)(stopped.since))}</p>
        </div>
        <p>{words.what_stopped}</p>
        <ul>{channels}</ul>
        <p class="quiet">{words.service}</p>
        <p class="receipt-number">
            <span>{words.number}</span>
            <strong class="code">{stopped.number.clone()}</strong>
        </p>
        <p>{(words.number_help)(&frame.controller.phone)}</p>
    }
    .into_any()
}

/// What did not stop, with the fields that stop it right there.
pub(super) fn goes_on(rest: Option<&GoesOn>, language: Language, words: &'static Words) -> Option<AnyView> {
    let rest = rest?;
    let (said, social) = match rest {
        GoesOn::NotNamed(kinds) => {
            (objection::fill_in_as_well(kinds, language), Some(view! { <p class="quiet">{words.social_goes_on}</p> }))
        }
        GoesOn::NotKnown(_) => (words.not_known.to_owned(), None),
    };
    let kinds = rest.kinds();
    let stopped: Vec<PointKind> = PointKind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    let form = ObjectionForm { done: stopped, ..ObjectionForm::default() };
    let none = |_: &str| None;
    let fields = [PointKind::Post, PointKind::Email, PointKind::Phone].into_iter().filter(|kind| kinds.contains(kind));
    let fields = fields.map(|kind| match kind {
        PointKind::Phone => line(phone(&form, &none, words)),
        PointKind::Email => line(email(&form, &none, words)),
        PointKind::Post => view! { {address(&form, &none, words)} {address_elsewhere(&form, &none, words)} }.into_any(),
    });
    let fields = fields.collect_view();
    let section = view! {
        <section class="now" aria-labelledby="goes-on">
            <h2 id="goes-on">{said}</h2>
            {social}
            <form method="post" action=format!("{}#outcome", Endpoint::Objection.in_language(language)) class="fields">
                {stopped_before(&form)}
                {fields}
                <div class="actions one">
                    <button name="scope" value="all">{words.stop_all}</button>
                </div>
            </form>
        </section>
    };
    Some(section.into_any())
}

/// So that the next page knows what is left; nothing else comes of it.
fn stopped_before(form: &ObjectionForm) -> AnyView {
    let done = form.done.iter().map(|kind| view! { <input type="hidden" name="done" value=kind.word() /> });
    done.collect_view().into_any()
}

/// The same link stops everything, too.
fn offer(frame: &PageFrame, words: &'static Words) -> AnyView {
    view! {
        <section class="now">
            <h2>{words.offer}</h2>
            <p>{words.offer_help}</p>
            <form method="post" action=in_language(&frame.path, frame.language)>
                <button name="scope" value="all">{words.stop_all}</button>
            </form>
        </section>
    }
    .into_any()
}

fn undo(language: Language, words: &'static Words) -> AnyView {
    view! {
        <section class="no-print">
            <h2>{words.undo}</h2>
            <p>{words.undo_help}</p>
            <p><a href=Endpoint::Preferences.in_language(language)>{words.undo_link}</a></p>
        </section>
    }
    .into_any()
}

fn elsewhere(text: &'static str, language: Language) -> AnyView {
    view! { <a href=Endpoint::Objection.in_language(language)>{text}</a> }.into_any()
}

/// The field that a fault leads to.
fn field_of(fault: ObjectionFault) -> &'static str {
    use ObjectionFault as Fault;
    match fault {
        Fault::Empty | Fault::Phone => "phone",
        Fault::Postcode => "postcode",
        Fault::House | Fault::IsThisRight => "house",
        Fault::Addition => "addition",
        Fault::Lines | Fault::Letters | Fault::LinesChanged => "lines",
        Fault::Country | Fault::InNetherlands => "country",
        Fault::Email => "email",
        Fault::WithoutPoint(channel) => match channel.point() {
            Some(PointKind::Phone) => "phone",
            Some(PointKind::Post) => "postcode",
            Some(PointKind::Email) | None => "email",
        },
        Fault::NoChannel | Fault::WithoutChannel(_) => "channels",
    }
}

fn asks(form: &ObjectionForm, language: Language, words: &'static Words) -> AnyView {
    let text = |fault: ObjectionFault| match (fault, &form.read_as, &form.lines_read_as) {
        (ObjectionFault::IsThisRight, Some(read), _) => (words.is_this_right)(read),
        (ObjectionFault::LinesChanged, _, Some(read)) => (words.are_these_right)(read),
        _ => (words.fault)(fault).to_owned(),
    };
    let faults: Vec<(&'static str, String)> =
        form.faults.iter().map(|fault| (field_of(*fault), text(*fault))).collect();
    let of = |field: &str| faults.iter().find(|(of, _)| *of == field).map(|(_, text)| text.as_str());
    let nothing_shown = words.nothing_shown.iter().map(|line| view! { <p class="quiet">{*line}</p> }).collect_view();
    let said = match form.done.as_slice() {
        [] => words.faults.to_owned(),
        done => (words.faults_after)(&objection::stopped_there(done, language)),
    };
    view! {
        {summary(&faults, &said)}
        <p class="lead">{words.lead}</p>
        <form method="post" action=format!("{}#outcome", Endpoint::Objection.in_language(language)) class="fields">
            // Enter in a field presses a form's first button. It must not stop more than what was ticked.
            <button name="scope" value="enter" class="hidden" tabindex="-1" aria-hidden="true"></button>
            <p>{words.fields_help}</p>
            {line(phone(form, &of, words))}
            {address(form, &of, words)}
            {address_elsewhere(form, &of, words)}
            {line(email(form, &of, words))}
            {stopped_before(form)}
            <div class="actions one">
                <button name="scope" value="all" aria-describedby="all-help">{words.stop_all}</button>
            </div>
            <p class="quiet" id="all-help">{words.all_help}</p>
            {boxes(form, of("channels"), language, words)}
        </form>
        {nothing_shown}
    }
    .into_any()
}

fn phone<'a>(form: &'a ObjectionForm, of: &dyn Fn(&str) -> Option<&'a str>, words: &'static Words) -> TextLine<'a> {
    TextLine {
        name: "phone",
        label: words.phone.to_owned(),
        value: &form.phone,
        help: Some(words.phone_help),
        fault: of("phone"),
        keys: "tel",
        fills: "tel",
        class: "",
    }
}

fn email<'a>(form: &'a ObjectionForm, of: &dyn Fn(&str) -> Option<&'a str>, words: &'static Words) -> TextLine<'a> {
    TextLine {
        name: "email",
        label: words.email.to_owned(),
        value: &form.email,
        help: None,
        fault: of("email"),
        keys: "email",
        fills: "email",
        class: "",
    }
}

fn address<'a>(form: &'a ObjectionForm, of: &dyn Fn(&str) -> Option<&'a str>, words: &'static Words) -> AnyView {
    let postcode = TextLine {
        name: "postcode",
        label: words.postcode.to_owned(),
        value: &form.postcode,
        help: None,
        fault: of("postcode"),
        keys: "text",
        fills: "postal-code",
        class: "short",
    };
    let house = TextLine {
        name: "house",
        label: words.house.to_owned(),
        value: &form.house,
        help: None,
        fault: of("house"),
        keys: "text",
        fills: "off",
        class: "short",
    };
    let addition = TextLine {
        name: "addition",
        label: format!("{} ({})", words.addition, words.optional),
        value: &form.addition,
        help: None,
        fault: of("addition"),
        keys: "text",
        fills: "off",
        class: "short",
    };
    let read = form.read_as.as_ref().map(|read| it_is("read", &read.typed, read.scope, words));
    view! {
        <fieldset class="row">
            <legend>{words.post}</legend>
            {line(postcode)}
            {line(house)}
            {line(addition)}
        </fieldset>
        {read}
    }
    .into_any()
}

/// The button that says yes to what was asked. A press on a form that still says this is a yes, too.
fn it_is(name: &'static str, typed: &str, scope: &'static str, words: &'static Words) -> AnyView {
    view! {
        <input type="hidden" name=name value=typed.to_owned() />
        <div class="actions one">
            <button name="scope" value=scope>{words.it_is}</button>
        </div>
    }
    .into_any()
}

/// Closed for most; open once something is in it, so that nothing that was typed or is wrong lies hidden.
fn address_elsewhere<'a>(
    form: &'a ObjectionForm,
    of: &dyn Fn(&str) -> Option<&'a str>,
    words: &'static Words,
) -> AnyView {
    let lines = TextLine {
        name: "lines",
        label: words.lines.to_owned(),
        value: &form.lines,
        help: Some(words.lines_help),
        fault: of("lines"),
        keys: "text",
        fills: "street-address",
        class: "",
    };
    let country = TextLine {
        name: "country",
        label: words.country.to_owned(),
        value: &form.country,
        help: None,
        fault: of("country"),
        keys: "text",
        fills: "country-name",
        class: "",
    };
    let open = !form.lines.trim().is_empty() || !form.country.trim().is_empty();
    let read = form.lines_read_as.as_ref().map(|read| it_is("read-lines", &read.typed, read.scope, words));
    view! {
        <details open=open>
            <summary>{words.elsewhere_post}</summary>
            {area(lines)}
            {line(country)}
            {read}
        </details>
    }
    .into_any()
}

/// What can be stopped by itself; nothing comes ticked.
fn boxes(form: &ObjectionForm, fault: Option<&str>, language: Language, words: &'static Words) -> AnyView {
    let offered = Channel::ALL.into_iter().filter(|channel| channel.point().is_some());
    let boxes = offered.map(|channel| {
        let ticked = form.channels.contains(&channel);
        view! {
            <label class="box">
                <input type="checkbox" name="channel" value=channel.word() checked=ticked />
                <span>{objection::channel(channel, language)}</span>
            </label>
        }
    });
    let boxes = boxes.collect_view();
    let fault = fault.map(|fault| view! { <p class="fault">{fault.to_owned()}</p> });
    view! {
        <fieldset class="purpose" id="channels" tabindex="-1">
            <legend>{words.only}</legend>
            {fault}
            {boxes}
            <div class="actions one">
                <button name="scope" value="ticked">{words.stop_ticked}</button>
            </div>
        </fieldset>
    }
    .into_any()
}

fn asks_code(code: String, fault: Option<LetterCodeFault>, language: Language, words: &'static Words) -> AnyView {
    let fault = fault.map(words.code_fault);
    let field = TextLine {
        name: "code",
        label: words.code.to_owned(),
        value: &code,
        help: Some(words.code_help),
        fault,
        keys: "text",
        fills: "off",
        class: "code",
    };
    view! {
        {summary(&fault.map(|fault| ("code", fault)).into_iter().collect::<Vec<_>>(), words.faults)}
        <p class="lead">{words.letter_lead}</p>
        <form method="post" action=format!("{}#outcome", Endpoint::Letter.in_language(language)) class="fields">
            {line(field)}
            <label class="box">
                <input type="checkbox" name="scope" value="all" />
                <span>{words.also_rest}</span>
            </label>
            <div class="actions one">
                <button>{words.stop_post}</button>
            </div>
            <p class="quiet">{words.service}</p>
        </form>
        <p>{format!("{} ", words.no_code)} {elsewhere(words.elsewhere, language)}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::to_html;
    use words::views::objection::Field;

    /// A form that comes back with a fault has lost no no.
    #[test]
    fn what_was_ticked_comes_back_ticked() {
        let offered = Channel::ALL.into_iter().filter(|channel| channel.point().is_some());
        for ticked in offered.clone() {
            let form = ObjectionForm { channels: vec![ticked], ..ObjectionForm::default() };
            let html = to_html(|| boxes(&form, None, Language::Nl, Words::in_language(Language::Nl)));
            for channel in offered.clone() {
                let value = format!("value=\"{}\"", channel.word());
                let mut boxes = html.split("<label").filter(|label| label.contains(&value));
                let found = boxes.next().map(|label| label.contains("checked"));
                assert_eq!((found, boxes.next()), (Some(channel == ticked), None), "{channel:?}: {html}");
            }
        }
    }

    /// What a fault says stands at its field: a missing entry would leave somebody searching.
    #[test]
    fn every_fault_leads_to_a_field_of_the_form() {
        let fields = ["phone", "postcode", "house", "lines", "country", "email", "channels"];
        let faults = [
            ObjectionFault::Empty,
            ObjectionFault::House,
            ObjectionFault::Lines,
            ObjectionFault::Country,
            ObjectionFault::WithoutChannel(Field::Post),
        ];
        assert!(faults.into_iter().all(|fault| fields.contains(&field_of(fault))));
    }
}
