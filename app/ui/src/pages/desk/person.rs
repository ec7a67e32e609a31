//! A person at the desk: what is known, what holds, what happened, and what can be entered for them.

use leptos::prelude::*;

use super::super::given::given;
use super::super::receipt;
use super::super::shell::{Here, Shell};
use super::folded::{Folded, confirmed, folded};
use super::{EntryButton, Tab, alert, bar, channel_names, channels, object, press, said, status};
use super::{erase, same_person};
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::call::{CallWords as Words, point};
use words::desk::DeskWords;
use words::receipt::Receipt;
use words::same_person::SamePerson;
use words::views::desk::people::{DoneForPerson, PersonCard, PersonView, Reach};
use words::{act, objection, when};

/// The page of people who were looked up.
#[component]
pub fn Person(page: PersonView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let done = page.done.as_ref().map(|done| done_view(done, language));
    let fault = page.fault.map(|fault| alert(words.person_fault(fault)));
    let people = page.people.iter().map(|person| card(person, &page.path, language)).collect_view();
    // After an erasure that is no wonder.
    let nobody = (page.people.is_empty() && page.done.is_none()).then(|| {
        view! {
            <div class="message" role="status">
                <p><strong>{words.nobody}</strong></p>
                <p>{words.nobody_help}</p>
            </div>
        }
    });
    view! {
        <Shell frame=page.frame.clone() title=words.person_title.to_owned() here=Here::Desk>
            {bar(&page.bar, language, Tab::LookUp)}
            <h1>{words.person_title}</h1>
            <p class="quiet">{(words.looked_up)(&page.audit)}</p>
            {done}
            {fault}
            {nobody}
            {people}
        </Shell>
    }
}

fn done_view(done: &DoneForPerson, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let text = match done {
        DoneForPerson::Objected(objected) => return said(objected, language),
        DoneForPerson::Requested(channel) => (words.asked_opt_in)(objection::channel(*channel, language)),
        DoneForPerson::Merged => words.merged.to_owned(),
        DoneForPerson::SamePerson(at) => (SamePerson::in_language(language).done)(at),
        DoneForPerson::Erased(erasure) => return erase::done(erasure, language),
    };
    status(text)
}

fn card(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let desk = DeskWords::in_language(language);
    let name = person.name.as_deref().unwrap_or("–");
    view! {
        <section>
            <h2>{given(name)}</h2>
            <div class="aside">
                {facts(person, language)}
                {entry(person, path, language)}
            </div>
            {evidence(person, language)}
            <h3>{desk.history}</h3>
            {super::found::history(&person.history, language)}
            {same_person::forms(person, path, language)}
            {merge(person, path, language)}
            {erase::form(person, path, language)}
        </section>
    }
    .into_any()
}

/// What opt-ins and customer relations rest on, newest first.
fn evidence(person: &PersonCard, language: Language) -> AnyView {
    let told = person.history.iter().filter(|line| line.evidence.is_some());
    let told = told.map(|line| {
        let about = format!(
            "{}: {}, {}",
            act::what(line.what, language),
            channel_names(&line.channels, language),
            when::date(line.at.date(), language)
        );
        view! {
            <details>
                <summary>{format!("{}. {about}", Receipt::in_language(language).evidence)}</summary>
                {receipt::evidence(line.evidence.as_ref(), language)}
            </details>
        }
    });
    told.collect_view().into_any()
}

fn facts(person: &PersonCard, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let later = SamePerson::in_language(language).later;
    let customers = person.customers.iter().map(|number| (words.customer, number.clone(), None));
    let points = person.points.iter();
    let points = points.map(|at| (point(at.kind, language), at.given.clone(), at.later.as_ref().map(|_| later)));
    let language_row = (words.language, person.language.tag().to_owned(), None);
    let rows = customers.chain(std::iter::once(language_row)).chain(points);
    let row = |(name, value, note): (&'static str, String, Option<&'static str>)| {
        let note = note.map(|note| view! { " " <span class="quiet">{note}</span> });
        view! { <dt>{name}</dt> <dd>{given(&value)} {note}</dd> }
    };
    let rows = rows.map(row).collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// One form: how it came in, and a button for each channel.
fn entry(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    view! {
        <form method="post" action=in_language(path, language)>
            <input type="hidden" name="subject" value=person.subject.clone() />
            <label>
                <span>{words.came_by}</span>
                <select name="route" required>
                    <option value=""></option>
                    <option value="letter">{words.by_letter}</option>
                    <option value="email_in">{words.by_email}</option>
                    <option value="phone_in">{words.by_phone}</option>
                    <option value="phone_out">{words.by_our_call}</option>
                </select>
            </label>
            {channels(&person.reach, |points| buttons(points, language), language)}
            <p class="buttons">{object(None, None, false, language)}</p>
            <p class="quiet">{words.ask_opt_in_help}</p>
        </form>
    }
    .into_any()
}

/// Those of a channel, with its contact points.
fn buttons(points: &[Reach], language: Language) -> AnyView {
    let words = Words::in_language(language);
    let channel = points.first().map(|reach| reach.channel);
    // Nobody but the person signs up on social media (S-11).
    let is_open = |reach: &Reach| !reach.channel.is_by_own_sign_up() && !reach.decision.allow;
    let opt_in = channel.filter(|_| points.iter().any(is_open)).map(|channel| {
        press(EntryButton {
            act: format!("opt_in:{}", channel.word()),
            text: words.ask_opt_in,
            about: Some(objection::channel(channel, language)),
            ..EntryButton::default()
        })
    });
    view! { {object(channel, None, false, language)} {opt_in} }.into_any()
}

fn merge(person: &PersonCard, path: &str, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let fields = view! {
        <label>
            <span>{words.other}</span>
            <input name="other" maxlength="60" required />
        </label>
        {confirmed("same", words.same)}
    };
    let form = Folded {
        summary: words.merge.to_owned(),
        endpoint: Endpoint::DeskPersonMerge,
        help: words.merge_help,
        fields: fields.into_any(),
        button: words.merge_button,
    };
    folded(person, path, form, language)
}
