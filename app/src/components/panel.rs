//! The second layer: the settings panel, mounted in the banner's shadow root.
//!
//! Every element carries the global class `k`: with it `view!` builds nodes one by one instead of parsing HTML, so
//! the panel also works where a page requires Trusted Types.

use leptos::prelude::*;

use crate::model::choice::{Answers, Control};
use crate::model::notice::{NoticePurpose, NoticeStrings};
use crate::model::purpose::Regime;

/// What a press in the panel asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelAction {
    /// An answer.
    Answer(Control, Answers),
    /// Close; nothing is granted.
    Close,
}

/// A purpose with what its control says: the switch of a `consent` purpose, the objection box of a `low_impact` one.
#[derive(Clone)]
struct Row {
    shown: NoticePurpose,
    ticked: RwSignal<bool>,
}

impl Row {
    /// Whether the purpose is allowed as the control stands.
    fn yes(&self) -> bool {
        match self.shown.regime {
            Regime::Necessary => true,
            Regime::LowImpact => !self.ticked.get_untracked(),
            Regime::Consent => self.ticked.get_untracked(),
        }
    }
}

/// The panel. `allowed` says what was answered before; without an answer every switch is off and no box is ticked.
#[component]
pub fn Panel(
    /// All words.
    strings: NoticeStrings,
    /// Earlier answers.
    allowed: Answers,
    /// Told of every press.
    act: impl Fn(PanelAction) + Clone + Send + 'static,
) -> impl IntoView {
    let earlier = |purpose: &NoticePurpose| match (purpose.regime, allowed.get(&purpose.id)) {
        (Regime::LowImpact, Some(yes)) => !yes,
        (Regime::Consent, Some(yes)) => *yes,
        _ => false,
    };
    let row = |purpose: &NoticePurpose| Row { ticked: RwSignal::new(earlier(purpose)), shown: purpose.clone() };
    let rows: Vec<Row> = strings.purposes.iter().map(row).collect();
    let answer = {
        let rows = rows.clone();
        let act = act.clone();
        move |control: Control| {
            let optional = rows.iter().filter(|row| row.shown.regime != Regime::Necessary);
            let say = |row: &Row| match control {
                Control::AcceptAll => true,
                Control::RefuseAll => false,
                Control::Save => row.yes(),
            };
            act(PanelAction::Answer(control, optional.map(|row| (row.shown.id.clone(), say(row))).collect()));
        }
    };
    let [refuse, accept, save] = [Control::RefuseAll, Control::AcceptAll, Control::Save].map(|control| {
        let answer = answer.clone();
        move |_| answer(control)
    });
    let fields: Vec<_> = rows.into_iter().map(|row| purpose(row, &strings)).collect();
    view! { class="k",
        <div part="head">
            <h2 tabindex="-1">{strings.panel_heading}</h2>
            <button part="close" on:click=move |_| act(PanelAction::Close)>{strings.close}</button>
        </div>
        {fields}
        <div part="foot">
            <p>{strings.save_is_refusal}</p>
            <div>
                <button part="refuse" on:click=refuse>{strings.refuse_all}</button>
                <button part="accept" on:click=accept>{strings.accept_all}</button>
                <button part="save" on:click=save>{strings.save}</button>
            </div>
        </div>
    }
}

/// A purpose: its name, what it is for, its control, and behind a press its cookies and who gets at them.
fn purpose(row: Row, strings: &NoticeStrings) -> impl IntoView + use<> {
    let Row { shown, ticked } = row;
    let id = format!("k-{}", shown.id);
    let (on, off) = (strings.on.clone(), strings.off.clone());
    let state = move || if ticked.get() { on.clone() } else { off.clone() };
    let flip = move |event| ticked.set(event_target_checked(&event));
    let control = match shown.regime {
        Regime::Necessary => ().into_any(),
        Regime::LowImpact => view! { class="k",
            <label><input type="checkbox" id=id prop:checked=ticked on:change=flip/>{strings.object.clone()}</label>
        }
        .into_any(),
        // The name stands above already; here it is for whoever hears the switch and does not see where it stands.
        Regime::Consent => view! { class="k",
            <label>
                <i>{shown.name.clone()}": "</i><span>{state}</span>
                <input type="checkbox" role="switch" id=id prop:checked=ticked on:change=flip/>
            </label>
        }
        .into_any(),
    };
    let told = match shown.regime {
        Regime::Necessary => format!("{} {}", shown.description, strings.necessary),
        _ => shown.description,
    };
    let cookies: Vec<_> = shown.cookies.into_iter().map(|cookie| view! { class="k", <li>{cookie}</li> }).collect();
    view! { class="k",
        <fieldset>
            <legend>{shown.name}</legend>
            <div part="row">
                <p>{told}</p>
                {control}
            </div>
            <details>
                <summary>{strings.details.clone()}</summary>
                <ul>{cookies}</ul>
            </details>
        </fieldset>
    }
}
