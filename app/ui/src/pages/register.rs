//! `/keuze/cookies`: every cookie and every party with access, from the policy in force.

use leptos::prelude::*;

use super::shell::{Here, Shell};
use super::table::table;
use model::controller::{Cookie, Recipient, Vendor};
use model::language::Language;
use model::paths::Endpoint;
use model::policy::Policy;
use model::purpose::Purpose;
use words::register::Register as Words;
use words::views::register::RegisterView;
use words::{shell, when};

#[component]
pub fn Register(page: RegisterView) -> impl IntoView {
    let language = page.frame.language;
    let words = Words::in_language(language);
    let policy = &page.policy;
    let title = (words.title)(&page.frame.site);
    let purposes = policy.purposes.iter().map(|purpose| purpose_section(purpose, policy, language)).collect_view();
    let parties = parties(policy, language);
    let version = (words.version)(policy.revision);
    view! {
        <Shell frame=page.frame.clone() title=title.clone() here=Here::Register>
            <h1>{title}</h1>
            <p class="lead">{words.lead}</p>
            <p><a href=Endpoint::Preferences.in_language(language)>{words.change}</a></p>
            {purposes}
            {parties}
            {recipients(&page.recipients, language)}
            <p class="quiet">{version} <span class="code">{page.hash.clone()}</span></p>
        </Shell>
    }
}

fn purpose_section(purpose: &Purpose, policy: &Policy, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let rows: Vec<_> = policy.cookies_of(&purpose.id).map(|cookie| row(cookie, policy, language)).collect();
    let table = if rows.is_empty() {
        view! { <p class="quiet">{words.no_cookies}</p> }.into_any()
    } else {
        table(&[words.cookie, words.does, words.duration, words.access], rows)
    };
    view! {
        <section class="cookies">
            <h2>{purpose.name.get(language).to_owned()}</h2>
            <p>{purpose.description.get(language).to_owned()}</p>
            {purpose.kept_months().map(|months| view! { <p>{when::kept(months, language)}</p> })}
            <p class="quiet">{format!("{} {}", words.regime(purpose.regime), (words.basis)(&purpose.legal_basis))}</p>
            {table}
        </section>
    }
    .into_any()
}

/// On small screens a row is a card: `data-label` repeats the column's name there.
fn row(cookie: &Cookie, policy: &Policy, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let access = policy.with_access(cookie).collect::<Vec<_>>().join(", ");
    view! {
        <tr>
            <th scope="row" class="code">{cookie.name.clone()}</th>
            <td data-label=words.does>{cookie.description.get(language).to_owned()}</td>
            <td data-label=words.duration>{when::duration(cookie.days, language)}</td>
            <td data-label=words.access>{access}</td>
        </tr>
    }
    .into_any()
}

fn parties(policy: &Policy, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let content = if policy.vendors.is_empty() {
        view! { <p>{(words.no_parties)(&policy.controller.name)}</p> }.into_any()
    } else {
        let vendors = policy.vendors.iter().map(|vendor| party(vendor, language)).collect_view();
        view! { <p>{words.parties_help}</p> {vendors} }.into_any()
    };
    view! { <section><h2>{words.parties}</h2>{content}</section> }.into_any()
}

/// Who else gets data, whatever somebody chose about cookies.
pub(super) fn recipients(recipients: &[Recipient], language: Language) -> Option<AnyView> {
    if recipients.is_empty() {
        return None;
    }
    let words = Words::in_language(language);
    let lines = recipients.iter().map(|recipient| {
        let (name, why) = (recipient.name.get(language).to_owned(), recipient.why.get(language).to_owned());
        view! { <li><strong>{name}</strong>": "{why}</li> }
    });
    Some(view! { <section><h2>{words.recipients}</h2><ul>{lines.collect_view()}</ul></section> }.into_any())
}

fn party(vendor: &Vendor, language: Language) -> AnyView {
    let words = Words::in_language(language);
    let row = |name: &'static str, value: Option<String>| value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> });
    let contract = row(words.contract, vendor.contract_ref.clone());
    let checked = row(words.checked, vendor.checked_at.map(|day| when::date(day, language)));
    let transfer = vendor.transfer_basis.clone().unwrap_or_else(|| words.no_transfer.to_owned());
    view! {
        <div class="party">
            <h3>{vendor.name.clone()}</h3>
            <dl class="facts">
                <dt>{words.role}</dt>
                <dd>{vendor.role.get(language).to_owned()}</dd>
                <dt>{words.country}</dt>
                <dd>{shell::country(&vendor.country, language)}</dd>
                <dt>{words.transfer}</dt>
                <dd>{transfer}</dd>
                <dt>{words.statement}</dt>
                <dd>
                    <a href=vendor.statement_url.clone() rel="noreferrer">{vendor.statement_url.clone()}</a>
                </dd>
                {checked}
                {contract}
            </dl>
        </div>
    }
    .into_any()
}
