//! What stands around the content of every page: head, header, footer.

use leptos::prelude::*;

use model::controller::Controller;
use model::language::Language;
use model::paths::{Endpoint, in_language};
use words::shell::Shell as Words;
use words::views::frame::{Authority, Carried, PageFrame};

/// Which page of ours is shown, so that the navigation can say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// The preference page.
    Preferences,
    Register,
    /// A page that the navigation does not list.
    Elsewhere,
    /// The desk, which has no footer for visitors.
    Desk,
}

/// A whole document around the content of a page.
#[component]
pub fn Shell(
    frame: PageFrame,
    /// What the page is called.
    title: String,
    /// Which page it is.
    here: Here,
    /// The content of the page.
    children: Children,
) -> impl IntoView {
    let language = frame.language;
    let words = Words::in_language(language);
    let class = if here == Here::Desk { "desk" } else { "people" };
    let footer = (here != Here::Desk).then(|| footer(&frame, words));
    view! {
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <title>{format!("{title} – {}", frame.site)}</title>
                <link rel="icon" href="data:," />
                <link rel="icon" href=Endpoint::Icon.path() />
                <link rel="stylesheet" href=Endpoint::PageCss.path() />
            </head>
            <body class=class>
                <a class="skip" href="#content">{words.skip}</a>
                {header(&frame, here, words)}
                <main id="content" tabindex="-1">{children()}</main>
                {footer}
            </body>
        </html>
    }
}

fn header(frame: &PageFrame, here: Here, words: &'static Words) -> AnyView {
    let language = frame.language;
    let others = Language::ALL.into_iter().filter(|other| frame.reopens && *other != language);
    let switches = others.map(|other| switch(frame, other)).collect_view();
    let navigation = (here != Here::Desk).then(|| navigation(here, language, words));
    view! {
        <header>
            <a class="site" href="/">{frame.site.clone()}</a>
            {navigation}
            {switches}
        </header>
    }
    .into_any()
}

/// Leads to the page in another language.
fn switch(frame: &PageFrame, other: Language) -> AnyView {
    let href = in_language(&frame.path, other);
    let name = Words::in_language(other).language;
    match &frame.carries {
        Some(carried) => carrying(href, carried, other, name),
        None => view! { <a class="language" href=href lang=other.tag() hreflang=other.tag()>{name}</a> }.into_any(),
    }
}

/// The switch where something was given that must not be lost, and stands in no address.
fn carrying(action: String, carried: &Carried, other: Language, name: &'static str) -> AnyView {
    view! {
        <form method="post" action=action class="language">
            <input type="hidden" name=carried.name value=carried.value.clone() />
            <button name="scope" value="language" lang=other.tag()>{name}</button>
        </form>
    }
    .into_any()
}

fn navigation(here: Here, language: Language, words: &'static Words) -> AnyView {
    let link = move |to: Here, page: Endpoint, name: &'static str| {
        let href = page.in_language(language);
        view! { <a href=href aria-current=(here == to).then_some("page")>{name}</a> }
    };
    view! {
        <nav aria-label=words.pages>
            {link(Here::Preferences, Endpoint::Preferences, words.preferences)}
            {link(Here::Register, Endpoint::Register, words.register)}
        </nav>
    }
    .into_any()
}

fn footer(frame: &PageFrame, words: &'static Words) -> AnyView {
    let language = frame.language;
    let authorities = frame.authorities.iter().map(|authority| supervisor(authority, language)).collect_view();
    view! {
        <footer>
            <div class="columns">
                {contact(&frame.controller, language, words)}
                <section>
                    <h2>{words.complain}</h2>
                    <ul class="plain">{authorities}</ul>
                </section>
            </div>
        </footer>
    }
    .into_any()
}

fn contact(controller: &Controller, language: Language, words: &'static Words) -> AnyView {
    let address = controller.address.iter().cloned().map(|line| view! { <br />{line} }).collect_view();
    view! {
        <section>
            <h2>{words.contact}</h2>
            <address>{controller.legal_name.clone()} {address}</address>
            <p>
                <a href=format!("mailto:{}", controller.email)>{controller.email.clone()}</a>
                <br />
                <a href=tel(&controller.phone)>{controller.phone.clone()}</a>
                <br />
                <a href=controller.statement_url.clone()>{words.statement}</a>
                <br />
                <a href=Endpoint::Objection.in_language(language)>{words.objection}</a>
            </p>
        </section>
    }
    .into_any()
}

fn supervisor(authority: &Authority, language: Language) -> AnyView {
    let words = Words::in_language(language);
    view! {
        <li>
            <a href=authority.url.clone() rel="noreferrer">{authority.name.clone()}</a>
            <br />
            {format!("{} {}", words.complain_about, authority.about.get(language))}
        </li>
    }
    .into_any()
}

/// The number to dial: what people write as `+31 (0)20` is dialled without the zero.
fn tel(phone: &str) -> String {
    let digits: String = phone.replace("(0)", "").chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{digits}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_number_is_dialled_without_the_zero_in_brackets() {
        assert_eq!(super::tel("+31 (0)20 788 4000"), "tel:+31207884000");
        assert_eq!(super::tel("020 - 788 40 00"), "tel:0207884000");
    }
}
