//! The first layer: who asks, for what, and the three actions.
//!
//! The same pieces make the banner that `embed.js` builds in a page and the one that a server includes as HTML,
//! so a refusal looks the same as an acceptance in both.

use leptos::prelude::*;

use crate::model::choice::Control;
use crate::model::notice::{NoticePurpose, NoticeStrings};
use crate::model::purpose::Regime;

/// The heading that names the banner's region; unique in a page.
const HEADING_ID: &str = "keuze-heading";

/// The first layer as `embed.js` shows it: in a shadow root, its buttons answered by script.
#[component]
pub fn Banner(
    /// The notice.
    strings: NoticeStrings,
) -> impl IntoView {
    let NoticeStrings { language, heading, body, refuse, accept, settings, .. } = strings;
    view! {
        <section id="keuze" part="banner" lang=language.tag() aria-labelledby=HEADING_ID>
            <Told heading body />
            <div>
                <Answer control=Control::RefuseAll label=refuse />
                <Answer control=Control::AcceptAll label=accept />
                <button part="settings" value="settings">
                    {settings}
                </button>
            </div>
        </section>
    }
}

/// The first layer as HTML: what a policy freezes, and what `embed.js` shows.
#[cfg(feature = "ssr")]
pub fn first_layer(strings: &NoticeStrings) -> String {
    crate::html::to_html(|| Banner(BannerProps { strings: strings.clone() }))
}

/// The first layer in the flow of a page, as a plain form that needs no script (R-4.2-1).
#[component]
pub fn BannerForm(
    /// The notice.
    strings: NoticeStrings,
    /// The policy's id in the API.
    policy: String,
    /// The same-origin path to come back to, where the page named one.
    return_to: Option<String>,
) -> impl IntoView {
    let NoticeStrings { language, heading, body, refuse, accept, settings, purposes, .. } = strings;
    let back = return_to.map(|path| view! { <input type="hidden" name="return" value=path /> });
    view! {
        <section id="keuze" part="banner" lang=language.tag() aria-labelledby=HEADING_ID>
            <Told heading body />
            <form method="post" action="/keuze/choices">
                <input type="hidden" name="policy" value=policy />
                <input type="hidden" name="language" value=language.tag() />
                <input type="hidden" name="surface" value="banner" />
                {back}
                <Offered purposes />
                <Answer control=Control::RefuseAll label=refuse />
                <Answer control=Control::AcceptAll label=accept />
                <a part="settings" href=format!("/keuze/voorkeuren?lang={}", language.tag())>
                    {settings}
                </a>
            </form>
        </section>
    }
}

/// Who asks, for what, and how to change one's mind.
#[component]
fn Told(heading: String, body: Vec<String>) -> impl IntoView {
    let paragraphs = body.into_iter().map(|text| view! { <p>{text}</p> }).collect_view();
    view! {
        <div>
            <h2 id=HEADING_ID>{heading}</h2>
            {paragraphs}
        </div>
    }
}

/// Refuse and Accept: one component, without a variant that could set one above the other.
#[component]
fn Answer(control: Control, label: String) -> impl IntoView {
    let (part, value) = match control {
        Control::RefuseAll => ("refuse", "refuse_all"),
        Control::AcceptAll => ("accept", "accept_all"),
        Control::Save => ("save", "save"),
    };
    view! {
        <button part=part name="control" value=value>
            {label}
        </button>
    }
}

/// The purposes that the two answers are about: what was not offered is never recorded as an answer.
#[component]
fn Offered(purposes: Vec<NoticePurpose>) -> impl IntoView {
    let optional = purposes.into_iter().filter(|purpose| purpose.regime != Regime::Necessary);
    optional.map(|purpose| view! { <input type="hidden" name="offered" value=purpose.id.to_string() /> }).collect_view()
}
