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
use ledger::files::Log;
use tlog::tile::{TileOf, TilePath};
use words::problem::Slug;

/// What a program needs to find the logs; also outside `/keuze/`, for whoever knows the host alone.
const LOGS: [Endpoint; 2] = [Endpoint::Logs, Endpoint::LogsWellKnown];

/// `/keuze/log/keys`, and for the log of logs and each shard its checkpoint and tiles.
pub fn router() -> Router<App> {
    Router::new()
        .mount(Endpoint::LogKeys, get(keys))
        .mount(LOGS[0], get(logs))
        .mount(LOGS[1], get(logs))
        .mount(Endpoint::LogsCheckpoint, get(logs_checkpoint))
        .mount(Endpoint::LogsTile, get(logs_tile))
        .mount(Endpoint::Checkpoint, get(checkpoint))
        .mount(Endpoint::Tile, get(tile))
}

/// The verifier keys of all logs, a line each: the shards in order, then the log of logs.
async fn keys(State(ledger): State<Ledger>) -> Result<Response, Problem> {
    let keys: String = all_logs(&ledger).filter_map(|log| ledger.verifier_key(log)).map(|key| key + "\n").collect();
    if keys.is_empty() {
        return Err(Slug::NotFound.into());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static(SOON_STALE)),
    ];
    Ok((headers, keys).into_response())
}

fn all_logs(ledger: &Ledger) -> impl Iterator<Item = Log> {
    ledger.shards().into_iter().map(Log::Shard).chain([Log::Logs])
}

/// `{"logs": [{"origin", "verifier_key", "checkpoint", "tiles"}]}`: the shards in order, then the log of logs.
async fn logs(
    State(site): State<Arc<SiteInfo>>,
    State(ledger): State<Ledger>,
    visit: Visit,
) -> Result<Response, Problem> {
    let origin = site.origin_of_links(&visit.host);
    let described = |log: Log| {
        let key = ledger.verifier_key(log)?;
        let path = match log {
            Log::Shard(shard) => paths::log(shard),
            Log::Logs => paths::LOGS.to_owned(),
        };
        Some(json!({
            "origin": key.split('+').next(),
            "verifier_key": key,
            "checkpoint": format!("{origin}{path}/checkpoint"),
            "tiles": format!("{origin}{path}/tile"),
        }))
    };
    let logs: Vec<_> = all_logs(&ledger).filter_map(described).collect();
    if logs.is_empty() {
        return Err(Slug::NotFound.into());
    }
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static(SOON_STALE))];
    Ok((headers, Json(json!({ "logs": logs }))).into_response())
}

/// A new shard brings a new key.
const SOON_STALE: &str = "public, max-age=600";

async fn logs_checkpoint(State(ledger): State<Ledger>) -> Result<Response, Problem> {
    checkpoint_of(&ledger, Log::Logs)
}

async fn checkpoint(State(ledger): State<Ledger>, Path(shard): Path<String>) -> Result<Response, Problem> {
    checkpoint_of(&ledger, read_shard(&shard)?)
}

fn checkpoint_of(ledger: &Ledger, log: Log) -> Result<Response, Problem> {
    let note = ledger.checkpoint(log).ok_or(Slug::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, note).into_response())
}

async fn logs_tile(
    State(ledger): State<Ledger>,
    Path((level, index)): Path<(String, String)>,
) -> Result<Response, Problem> {
    tile_of(&ledger, Log::Logs, &level, &index)
}

async fn tile(
    State(ledger): State<Ledger>,
    Path((shard, level, index)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    tile_of(&ledger, read_shard(&shard)?, &level, &index)
}

fn tile_of(ledger: &Ledger, log: Log, level: &str, index: &str) -> Result<Response, Problem> {
    let TilePath { of, index, width } = TilePath::parse(level, index).ok_or(Slug::NotFound)?;
    let tile = match of {
        TileOf::Hashes(level) => ledger.tile(log, level, index, width)?,
        TileOf::Entries => ledger.bundle(log, index, width)?,
    };
    let tile = tile.ok_or(Slug::NotFound)?;
    // A tile never changes: a fuller one has another address.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, tile).into_response())
}

fn read_shard(text: &str) -> Result<Log, Problem> {
    text.parse::<ShardNumber>().map(Log::Shard).map_err(|_| Slug::NotFound.into())
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
        let (name, key) = read_verifier_key(keys.body.lines().next().unwrap_or_default()).expect("a verifier key");
        let opened = Checkpoint::open(&note, &key).expect("signed with it");
        assert_eq!(opened.origin, name);
        let other = TestApp::at(None, 2).await;
        let (_, another) = read_verifier_key(
            Browser::new(&other).get(Endpoint::LogKeys.path()).await.body.lines().next().unwrap_or_default(),
        )
        .expect("a key");
        assert!(Checkpoint::open(&note, &another).is_none(), "the test can fail");
        for address in LOGS {
            let logs: serde_json::Value = serde_json::from_str(&browser.get(address.path()).await.body).expect("JSON");
            let log = &logs["logs"][0];
            assert_eq!(
                (log["verifier_key"].as_str(), log["origin"].as_str()),
                (keys.body.lines().next(), Some(&*name))
            );
            assert_eq!(log["checkpoint"], "https://www.voipro.nl/keuze/log/0001/checkpoint");
            let log = &logs["logs"][1];
            assert_eq!(
                (log["verifier_key"].as_str(), &log["origin"]),
                (keys.body.lines().nth(1), &json!("voipro.test/keuze/log"))
            );
            assert_eq!(log["checkpoint"], "https://www.voipro.nl/keuze/log/checkpoint");
            assert_eq!(log["tiles"], "https://www.voipro.nl/keuze/log/tile");
        }
    }

    /// The log of logs holds the checkpoints of the shards, and is checked in the same way.
    #[tokio::test]
    async fn the_log_of_logs_is_published_as_the_shards_are() {
        let app = TestApp::new().await;
        let mut browser = Browser::new(&app);
        let note = browser.get("/keuze/log/checkpoint").await.body;
        let keys = browser.get(Endpoint::LogKeys.path()).await.body;
        let (_, key) = read_verifier_key(keys.lines().nth(1).unwrap_or_default()).expect("a verifier key");
        let opened = Checkpoint::open(&note, &key).expect("signed with it");
        assert_eq!((&*opened.origin, opened.size), ("voipro.test/keuze/log", 1), "the opening of the first shard");
        assert_eq!(browser.get("/keuze/log/tile/0/000.p/1").await.status, 200);
        for none in [
            "/keuze/log/tile/0/000.p/2",
            "/keuze/log/tile/0/000",
            "/keuze/log/0002/checkpoint",
            "/keuze/log/0002/tile/0/000.p/1",
        ] {
            assert_eq!(browser.get(none).await.status, 404, "{none}");
        }
    }
}
