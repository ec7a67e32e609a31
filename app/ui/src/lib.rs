//! Pages and components: Leptos around the words and views of `words`.
//!
//! [`pages`] are rendered on the server ([`html`]); [`components`] serve the banner and, in the browser, its panel.

pub mod components;
#[cfg(any(feature = "ssr", test))]
pub mod html;
pub mod pages;
