//! Pages for people.

use std::sync::Arc;

use app::doors::frame::Frame;
use app::doors::problem::ProblemView;
use app::model::language::Language;
use app::pages::problem::{Problem, ProblemProps};
use app::text::problem::Slug;
use axum::Router;
use axum::response::Response;

use super::problem::status;
use super::render;
use crate::service::Keuze;

/// All pages for people.
pub fn router() -> Router<Arc<Keuze>> {
    Router::new()
}

/// The page instead of what was asked for.
pub fn problem(keuze: &Keuze, slug: Slug, language: Language, path: &str, reopens: bool) -> Response {
    let policy = &keuze.published.current().policy;
    let frame = Frame {
        language,
        path: path.to_owned(),
        reopens,
        site: policy.site.clone(),
        controller: policy.controller.clone(),
        authorities: Vec::new(),
    };
    let page = ProblemView { frame, slug, happened: true };
    render::page(status(slug), language, || Problem(ProblemProps { page }))
}
