//! A view as HTML, rendered in one go on the server: no hydration, no script of its own.

use leptos::prelude::{IntoView, Owner, RenderHtml as _};

/// The HTML of a view, without the empty comments by which Leptos would find its place again in the browser.
///
/// `view` runs inside a reactive owner of its own, so components may use context and signals.
pub fn to_html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().into_view().to_html()).replace("<!>", "")
}
