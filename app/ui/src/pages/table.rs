//! Tables: the names of their columns, and rows.

use leptos::prelude::*;

/// A table; each row begins with its header.
pub(super) fn table(columns: &[&'static str], rows: impl IntoView + 'static) -> AnyView {
    let columns = columns.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view();
    view! {
        <table>
            <thead>
                <tr>{columns}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
