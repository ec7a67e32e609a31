//! What people gave, such as a name: in an element of its own, so that nothing in it turns what stands around it.

use leptos::prelude::*;

use words::isolate::balanced;

/// A name, address, number or reference as it was given.
pub(super) fn given(text: &str) -> AnyView {
    view! { <bdi>{balanced(text)}</bdi> }.into_any()
}
