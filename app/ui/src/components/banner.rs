//! The first layer: who asks, for what, and the actions; or what a browser is told that asks not to be tracked.
//!
//! The same pieces make the banner that `embed.js` builds in a page and the one that a server includes as HTML,
//! so a refusal looks the same as an acceptance in both.

use leptos::prelude::*;

use model::choice::Control;
use model::language::Language;
use model::notice::{NoticePurpose, NoticeStrings, SignalStrings};
use model::paths::Endpoint;
use model::purpose::Regime;

/// The heading that names the banner's region; unique in a page.
const HEADING_ID: &str = "keuze-heading";

/// What the first layer says: the question, or what is told in its place.
struct FirstLayer {
    language: Language,
    heading: String,
    body: Vec<String>,
    refuse: String,
    /// Whoever is not asked has nothing to accept.
    accept: Option<String>,
    settings: String,
    close: Option<String>,
}

impl FirstLayer {
    fn from_strings(strings: NoticeStrings, signalled: bool) -> Self {
        let NoticeStrings { language, heading, settings, .. } = strings;
        match strings.signal.filter(|_| signalled) {
            Some(SignalStrings { body, refuse }) => {
                Self { language, heading, body: vec![body], refuse, accept: None, settings, close: None }
            }
            None => Self {
                language,
                heading,
                body: strings.body,
                refuse: strings.refuse,
                accept: Some(strings.accept),
                settings,
                close: strings.close_refuse,
            },
        }
    }
}

/// The first layer as `embed.js` shows it: in a shadow root, its buttons answered by script.
#[component]
pub fn Banner(
    strings: NoticeStrings,
    /// The browser asks not to be tracked.
    signalled: bool,
) -> impl IntoView {
    let FirstLayer { language, heading, body, refuse, accept, settings, close } =
        FirstLayer::from_strings(strings, signalled);
    view! {
        <section id="keuze" part="banner" lang=language.tag() aria-labelledby=HEADING_ID>
            <Told heading body />
            <div>
                <Answers refuse accept />
                <button part="settings" value="settings">
                    {settings}
                </button>
                <Close label=close />
            </div>
        </section>
    }
}

/// The first layer as HTML: what a policy freezes, and what `embed.js` shows.
#[cfg(feature = "ssr")]
pub fn first_layer(strings: &NoticeStrings) -> String {
    crate::html::to_html(|| Banner(BannerProps { strings: strings.clone(), signalled: false }))
}

/// The first layer of a browser that asks not to be tracked, where that answers all of the question. It is made of words that
/// the notice keeps.
#[cfg(feature = "ssr")]
pub fn told_by_signal(strings: &NoticeStrings) -> Option<String> {
    strings.signal.as_ref()?;
    Some(crate::html::to_html(|| Banner(BannerProps { strings: strings.clone(), signalled: true })))
}

/// The first layer in the flow of a page, as a plain form that needs no script (R-4.2-1).
#[component]
pub fn BannerForm(
    strings: NoticeStrings,
    /// The browser asks not to be tracked.
    signalled: bool,
    /// The policy's id in the API.
    policy: String,
    /// The banner's build, for the record of the answer.
    made_by: String,
    /// The same-origin path to come back to, where the page named one.
    return_to: Option<String>,
) -> impl IntoView {
    let offered = strings.purposes.clone();
    let FirstLayer { language, heading, body, refuse, accept, settings, close } =
        FirstLayer::from_strings(strings, signalled);
    let back = return_to.map(|path| view! { <input type="hidden" name="return" value=path /> });
    view! {
        <section id="keuze" part="banner" lang=language.tag() aria-labelledby=HEADING_ID>
            <Told heading body />
            <form method="post" action=Endpoint::ChoicesForm.path()>
                <input type="hidden" name="policy" value=policy />
                <input type="hidden" name="language" value=language.tag() />
                <input type="hidden" name="surface" value="banner" />
                <input type="hidden" name="build" value=made_by />
                {back}
                <Offered purposes=offered />
                <Answers refuse accept />
                <a part="settings" href=Endpoint::Preferences.in_language(language)>
                    {settings}
                </a>
                <Close label=close />
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

/// Refuse first; Accept where something is asked.
#[component]
fn Answers(refuse: String, accept: Option<String>) -> impl IntoView {
    view! {
        <Answer control=Control::RefuseAll label=refuse />
        {accept.map(|label| view! { <Answer control=Control::AcceptAll label /> })}
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

/// Takes the notice away, and does what Refuse does, on the same road: its words say both.
#[component]
fn Close(label: Option<String>) -> impl IntoView {
    label.map(|label| {
        view! {
            <button part="close" name="control" value="refuse_all">
                {label}
            </button>
        }
    })
}

/// The purposes that the two answers are about: what was not offered is never recorded as an answer.
#[component]
fn Offered(purposes: Vec<NoticePurpose>) -> impl IntoView {
    let optional = purposes.into_iter().filter(|purpose| purpose.regime != Regime::Necessary);
    optional.map(|purpose| view! { <input type="hidden" name="offered" value=purpose.id.to_string() /> }).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings() -> NoticeStrings {
        let text = |name: &str| name.to_owned();
        NoticeStrings {
            language: Language::En,
            heading: text("heading"),
            body: vec![text("question")],
            refuse: text("refuse"),
            accept: text("accept"),
            settings: text("settings"),
            close_refuse: Some(text("close and refuse")),
            signal: Some(SignalStrings { body: text("told"), refuse: text("refuse the rest") }),
            refuse_all: text("refuse all"),
            accept_all: text("accept all"),
            save: text("save"),
            panel_heading: text("panel"),
            close: text("close"),
            close_chosen: text("close, chosen"),
            necessary: text("necessary"),
            object: text("object"),
            on: text("on"),
            off: text("off"),
            details: text("details"),
            save_is_refusal: text("save is refusal"),
            purposes: Vec::new(),
        }
    }

    #[test]
    fn who_asks_not_to_be_tracked_is_told_and_offered_nothing_to_accept() {
        let told = FirstLayer::from_strings(strings(), true);
        assert_eq!((told.body, told.refuse.as_str()), (vec!["told".to_owned()], "refuse the rest"));
        assert_eq!((told.accept, told.close), (None, None));
        let asked = FirstLayer::from_strings(strings(), false);
        assert_eq!((asked.body, asked.refuse.as_str()), (vec!["question".to_owned()], "refuse"));
        assert_eq!((asked.accept.as_deref(), asked.close.as_deref()), (Some("accept"), Some("close and refuse")));
        let without_words = FirstLayer::from_strings(NoticeStrings { signal: None, ..strings() }, true);
        assert_eq!(without_words.accept.as_deref(), Some("accept"), "a policy of before the signal asks");
    }
}
