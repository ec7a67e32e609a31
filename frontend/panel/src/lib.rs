//! The settings panel as WebAssembly: mounted by `embed.js` in a div of the banner's shadow root.
//!
//! JSON is read with the browser's own parser, which is already there; serde would cost the visitor a quarter more.

use js_sys::{Array, Function, JSON, Object, Reflect};
use leptos::mount::mount_to;
use model::choice::Answers;
use model::language::Language;
use model::notice::{NoticePurpose, NoticeStrings};
use model::purpose::Regime;
use ui::components::panel::{Earlier, Panel, PanelAction, PanelProps};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Mounts the panel in `root`.
///
/// `notice` is the notice's JSON as it was published, `state` what holds as `{"id": "g" | "r" | "n" | "o" | "c"}`, `c` for
/// what runs by continued use. `gpc` says that the browser asks not to be tracked.
/// `act` is called with a control (`accept_all`, `refuse_all`, `save`, `close`) and the answers as JSON.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, notice: &str, state: &str, gpc: bool, act: Function) -> Result<(), JsValue> {
    let strings = strings(&JSON::parse(notice)?);
    let earlier = Earlier { gpc, ..earlier(&JSON::parse(state)?) };
    let act = send_wrapper(act);
    mount_to(root, move || Panel(PanelProps::builder().strings(strings).earlier(earlier).act(act).build())).forget();
    Ok(())
}

/// Hands a press on to the page.
fn send_wrapper(act: Function) -> impl Fn(PanelAction) + Clone + Send + 'static {
    let act = leptos::__reexports::send_wrapper::SendWrapper::new(act);
    move |action| {
        let (control, purposes) = match action {
            PanelAction::Close => ("close", Answers::new()),
            PanelAction::Answer(control, purposes) => (name(control), purposes),
        };
        let object = Object::new();
        for (id, yes) in purposes {
            let _set = Reflect::set(&object, &id.as_str().into(), &yes.into());
        }
        let json = JSON::stringify(&object).unwrap_or_default();
        let _answer = act.call2(&JsValue::NULL, &control.into(), &json);
    }
}

fn name(control: model::choice::Control) -> &'static str {
    use model::choice::Control;
    match control {
        Control::AcceptAll => "accept_all",
        Control::RefuseAll => "refuse_all",
        Control::Save => "save",
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn text(object: &JsValue, name: &str) -> String {
    field(object, name).as_string().unwrap_or_default()
}

fn texts(object: &JsValue, name: &str) -> Vec<String> {
    Array::from(&field(object, name)).iter().filter_map(|text| text.as_string()).collect()
}

fn strings(notice: &JsValue) -> NoticeStrings {
    NoticeStrings {
        language: Language::from_tag(&text(notice, "language")).unwrap_or_default(),
        heading: text(notice, "heading"),
        body: Vec::new(),
        refuse: text(notice, "refuse"),
        accept: text(notice, "accept"),
        settings: text(notice, "settings"),
        close_refuse: None,
        signal: None,
        refuse_all: text(notice, "refuse_all"),
        accept_all: text(notice, "accept_all"),
        save: text(notice, "save"),
        panel_heading: text(notice, "panel_heading"),
        close: text(notice, "close"),
        close_chosen: text(notice, "close_chosen"),
        necessary: text(notice, "necessary"),
        object: text(notice, "object"),
        on: text(notice, "on"),
        off: text(notice, "off"),
        details: text(notice, "details"),
        save_is_refusal: text(notice, "save_is_refusal"),
        purposes: Array::from(&field(notice, "purposes")).iter().filter_map(|one| purpose(&one)).collect(),
    }
}

fn purpose(purpose: &JsValue) -> Option<NoticePurpose> {
    Some(NoticePurpose {
        id: text(purpose, "id").parse().ok()?,
        regime: match text(purpose, "regime").as_str() {
            "necessary" => Regime::Necessary,
            "low_impact" => Regime::LowImpact,
            _ => Regime::Consent,
        },
        revision: 0,
        name: text(purpose, "name"),
        description: text(purpose, "description"),
        cookies: texts(purpose, "cookies"),
    })
}

fn earlier(state: &JsValue) -> Earlier {
    let keys = state.dyn_ref::<Object>().map(Object::keys).unwrap_or_default();
    let mut earlier = Earlier::default();
    for id in keys.iter().filter_map(|id| id.as_string()) {
        let said = text(state, &id);
        let Ok(id) = id.parse() else { continue };
        match said.as_str() {
            "g" | "n" => _ = earlier.answers.insert(id, true),
            "c" => _ = earlier.runs.insert(id),
            _ => {}
        }
    }
    earlier
}
