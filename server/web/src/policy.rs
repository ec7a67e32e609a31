//! `policy` of API v1: what is in force, for programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use model::language::{Language, Localized};
use model::notice::NoticeRef;
use model::paths::Endpoint;
use model::policy::Policy;
use model::purpose::{Purpose, PurposeId, Regime};
use serde::Serialize;

use super::mount::Mount as _;
use super::visit::Visit;
use crate::App;
use keuze_core::publish::Published;

/// The route of `policy`.
pub fn router() -> Router<App> {
    Router::new().mount(Endpoint::Policy, get(policy))
}

#[derive(Serialize)]
struct InForce<'a> {
    id: String,
    hash: String,
    revision: u32,
    notice_revision: u32,
    site: &'a str,
    validity_months: u32,
    purposes: Vec<PurposeInForce<'a>>,
    notices: &'a BTreeMap<Language, NoticeRef>,
}

#[derive(Serialize)]
struct PurposeInForce<'a> {
    id: &'a PurposeId,
    regime: Regime,
    revision: u32,
    name: &'a Localized,
}

impl<'a> PurposeInForce<'a> {
    fn from_purpose(purpose: &'a Purpose) -> Self {
        Self { id: &purpose.id, regime: purpose.regime, revision: purpose.revision, name: &purpose.name }
    }
}

async fn policy(State(published): State<Arc<Published>>, _: Visit) -> Response {
    let current = published.current();
    let body = Json(in_force(current.id(), current.hash.to_string(), &current.policy));
    ([(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))], body).into_response()
}

fn in_force(id: String, hash: String, policy: &Policy) -> InForce<'_> {
    InForce {
        id,
        hash,
        revision: policy.revision,
        notice_revision: policy.notice_revision,
        site: &policy.site,
        validity_months: policy.validity_months,
        purposes: policy.purposes.iter().map(PurposeInForce::from_purpose).collect(),
        notices: &policy.notices,
    }
}
