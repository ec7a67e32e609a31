//! The public side of the ledger: signed checkpoints and tiles (C2SP tlog-checkpoint, tlog-tiles), and the keys that they are
//! signed with.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use model::identity::ShardNumber;
use model::paths::{self, Endpoint};
use serde_json::json;

use super::mount::Mount as _;
use super::problem::Problem;
use super::visit::Visit;
use crate::App;
use keuze_core::service::site::SiteInfo;
use ledger::Ledger;
use tlog::tile::{TileOf, TilePath};
use words::problem::Slug;

/// What a program needs to find the logs; also outside `/keuze/`, for whoever knows the host alone.
const LOGS: [Endpoint; 2] = [Endpoint::Logs, Endpoint::LogsWellKnown];

/// `/keuze/log/keys`, `/keuze/log/{shard}/checkpoint` and `/keuze/log/{shard}/tile/{level}/{index}`.
pub fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::LogKeys, get(keys))
        .mount(LOGS[0], get(logs))
        .mount(LOGS[1], get(logs))
        .mount(Endpoint::Checkpoint, get(checkpoint))
        .mount(Endpoint::Tile, get(tile))
}

async fn keys(State(ledger): State<Ledger>) -> Result<Response, Problem> {
    let key = ledger.verifier_key(ShardNumber::FIRST).ok_or(Slug::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static(SOON_STALE)),
    ];
    Ok((headers, key + "\n").into_response())
}

/// `{"logs": [{"origin", "verifier_key", "checkpoint", "tiles"}]}`.
async fn logs(
    State(site): State<Arc<SiteInfo>>,
    State(ledger): State<Ledger>,
    visit: Visit,
) -> Result<Response, Problem> {
    let shard = ShardNumber::FIRST;
    let key = ledger.verifier_key(shard).ok_or(Slug::NotFound)?;
    let at = format!("{}{}", site.origin_of_links(&visit.host), paths::log(shard));
    let log = json!({
        "origin": key.split('+').next(),
        "verifier_key": key,
        "checkpoint": format!("{at}/checkpoint"),
        "tiles": format!("{at}/tile"),
    });
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static(SOON_STALE))];
    Ok((headers, Json(json!({ "logs": [log] }))).into_response())
}

/// A new shard brings a new key.
const SOON_STALE: &str = "public, max-age=600";

async fn checkpoint(State(ledger): State<Ledger>, Path(shard): Path<String>) -> Result<Response, Problem> {
    let note = ledger.checkpoint(read_shard(&shard)?).ok_or(Slug::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, note).into_response())
}

async fn tile(
    State(ledger): State<Ledger>,
    Path((shard, level, index)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let TilePath { of, index, width } = TilePath::parse(&level, &index).ok_or(Slug::NotFound)?;
    let TileOf::Hashes(level) = of else { return Err(Slug::NotFound.into()) };
    let tile = ledger.tile(read_shard(&shard)?, level, index, width).ok_or(Slug::NotFound)?;
    // A tile never changes: a fuller one has another address.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, tile).into_response())
}

fn read_shard(text: &str) -> Result<ShardNumber, Problem> {
    text.parse().map_err(|_| Slug::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Browser;
    use keuze_core::service::fixture::TestApp;
    use tlog::checkpoint::{Checkpoint, read_verifier_key};

    /// With what stands at these addresses a stranger opens the published checkpoint, and with nothing else.
    #[tokio::test]
    async fn the_key_of_the_log_is_published_beside_its_checkpoint() {
        let app = TestApp::new().await;
        let mut browser = Browser::new(&app);
        let note = browser.get("/keuze/log/0001/checkpoint").await.body;
        let keys = browser.get(Endpoint::LogKeys.path()).await;
        assert_eq!(keys.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        let (name, key) = read_verifier_key(keys.body.trim_end()).expect("a verifier key");
        let opened = Checkpoint::open(&note, &key).expect("signed with it");
        assert_eq!(opened.origin, name);
        let other = TestApp::at(None, 2).await;
        let (_, another) =
            read_verifier_key(Browser::new(&other).get(Endpoint::LogKeys.path()).await.body.trim_end()).expect("a key");
        assert!(Checkpoint::open(&note, &another).is_none(), "the test can fail");
        for address in LOGS {
            let logs: serde_json::Value = serde_json::from_str(&browser.get(address.path()).await.body).expect("JSON");
            let log = &logs["logs"][0];
            assert_eq!(
                (log["verifier_key"].as_str(), log["origin"].as_str()),
                (Some(keys.body.trim_end()), Some(&*name))
            );
            assert_eq!(log["checkpoint"], "https://www.voipro.nl/keuze/log/0001/checkpoint");
        }
    }
}
