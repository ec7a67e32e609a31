//! What every page shows around its content.

use model::controller::Controller;
use model::language::{Language, Localized};

/// Around every page: in which language, of which site, and whom to turn to.
#[derive(Clone, Debug)]
pub struct PageFrame {
    /// The language of the page.
    pub language: Language,
    /// The page's own path, without the query: the language switch leads to it.
    pub path: String,
    /// Whether the address can be opened again by GET; an answer to a POST cannot be shown in the other language.
    pub reopens: bool,
    /// What was given and goes along to the other language; it then goes by a form, and never into an address.
    pub carries: Option<Carried>,
    /// The site's name for people.
    pub site: String,
    /// Who is responsible (S-56).
    pub controller: Controller,
    /// The supervisors to whom people can complain (S-55).
    pub authorities: Vec<Authority>,
}

/// A field that goes along to the other language.
#[derive(Clone)]
pub struct Carried {
    /// The field's name in the form of the page.
    pub name: &'static str,
    /// What was given.
    pub value: String,
}

/// What people give stands in no log.
impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Carried").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    pub name: String,
    /// What to turn to it for, as the end of "complaints about …".
    pub about: Localized,
    /// Where a complaint can be made.
    pub url: String,
}
