//! The second layer: the settings panel, mounted in the banner's shadow root.
//!
//! Every element carries the global class `k`: with it `view!` builds nodes one by one instead of parsing HTML, so
//! the panel also works where a page requires Trusted Types.

use std::collections::BTreeSet;

use leptos::prelude::*;

use model::choice::{Answers, Control};
use model::notice::{NoticePurpose, NoticeStrings};
use model::purpose::{PurposeId, Regime};
use words::device;

/// What a press in the panel asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelAction {
    Answer(Control, Answers),
    /// Close; nothing is granted.
    Close,
}

/// What a device says of itself when the panel opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// What was answered and still holds; without an answer every switch is off.
    pub answers: Answers,
    /// What runs by continued use: without an answer, so its switch is off too.
    pub runs: BTreeSet<PurposeId>,
    /// The browser asks not to be tracked.
    pub gpc: bool,
}

/// A purpose with what its switch says.
#[derive(Clone)]
struct PurposeRow {
    shown: NoticePurpose,
    on: RwSignal<bool>,
    /// It runs by continued use.
    runs: bool,
}

#[component]
pub fn Panel(
    /// All words.
    strings: NoticeStrings,
    /// The device as it is.
    earlier: Earlier,
    /// Told of every press.
    act: impl Fn(PanelAction) + Clone + Send + 'static,
) -> impl IntoView {
    let language = strings.language;
    let row = |purpose: &NoticePurpose| PurposeRow {
        on: RwSignal::new(earlier.answers.get(&purpose.id).copied().unwrap_or_default()),
        runs: earlier.runs.contains(&purpose.id),
        shown: purpose.clone(),
    };
    let rows: Vec<PurposeRow> = strings.purposes.iter().map(row).collect();
    let answer = {
        let rows = rows.clone();
        let act = act.clone();
        move |control: Control| {
            let optional = rows.iter().filter(|row| row.shown.regime != Regime::Necessary);
            let say = |row: &PurposeRow| match control {
                Control::AcceptAll => true,
                Control::RefuseAll => false,
                Control::Save => row.on.get_untracked(),
            };
            act(PanelAction::Answer(control, optional.map(|row| (row.shown.id.clone(), say(row))).collect()));
        }
    };
    let [refuse, accept, save] = [Control::RefuseAll, Control::AcceptAll, Control::Save].map(|control| {
        let answer = answer.clone();
        move |_| answer(control)
    });
    let fields: Vec<_> = rows.into_iter().map(|row| purpose(row, &strings)).collect();
    let gpc = earlier.gpc.then(|| view! { class="k", <p part="gpc">{device::gpc(language)}</p> });
    view! { class="k",
        <div part="head">
            <h2 tabindex="-1">{strings.panel_heading}</h2>
            <button part="close" on:click=move |_| act(PanelAction::Close)>{strings.close}</button>
        </div>
        {gpc}
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

/// A purpose: its name, what it is for, its switch, and behind a press its cookies and who gets at them.
fn purpose(row: PurposeRow, strings: &NoticeStrings) -> impl IntoView + use<> {
    let PurposeRow { shown, on: is_on, runs } = row;
    let id = format!("k-{}", shown.id);
    let (on, off) = (strings.on.clone(), strings.off.clone());
    let state = move || if is_on.get() { on.clone() } else { off.clone() };
    let flip = move |event| is_on.set(event_target_checked(&event));
    let about = match shown.regime {
        Regime::Necessary => Some(&strings.necessary),
        Regime::LowImpact => Some(&strings.object),
        Regime::Consent => None,
    };
    let told = about.map_or_else(|| shown.description.clone(), |about| format!("{} {about}", shown.description));
    // The name stands above already; here it is for whoever hears the switch and does not see where it stands.
    let name = shown.name.clone();
    let control = (shown.regime != Regime::Necessary).then(|| {
        view! { class="k",
            <label>
                <i>{name}": "</i><span>{state}</span>
                <input type="checkbox" role="switch" id=id prop:checked=is_on on:change=flip/>
            </label>
        }
    });
    let runs = runs.then(|| view! { class="k", <p part="runs">{device::runs(strings.language)}</p> });
    let cookies: Vec<_> = shown.cookies.into_iter().map(|cookie| view! { class="k", <li>{cookie}</li> }).collect();
    view! { class="k",
        <fieldset>
            <legend>{shown.name}</legend>
            <div part="row">
                <p>{told}</p>
                {control}
            </div>
            {runs}
            <details>
                <summary>{strings.details.clone()}</summary>
                <ul>{cookies}</ul>
            </details>
        </fieldset>
    }
}
