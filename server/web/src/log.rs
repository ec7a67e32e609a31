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
    let level = decimal(&level).filter(|level| *level <= 63).and_then(|level| u8::try_from(level).ok());
    let place = level.zip(TilePlace::parse_tile_path(&index));
    let (level, TilePlace { index, width }) = place.ok_or(Slug::NotFound)?;
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

/// Which tile of a level, and how many hashes of it.
#[derive(Debug, PartialEq, Eq)]
struct TilePlace {
    index: u64,
    width: u16,
}

impl TilePlace {
    /// tlog-tiles: the index in groups of three digits, all but the last with an `x` (`x001/x234/067`), and `.p/W`
    /// behind it for a tile of fewer than 256 hashes.
    fn parse_tile_path(path: &str) -> Option<Self> {
        let (index, width) = match path.split_once(".p/") {
            Some((index, width)) => (index, decimal(width).filter(|width| (1..256).contains(width))?),
            None => (path, 256),
        };
        let (head, last) = index.rsplit_once('/').map_or((None, index), |(head, last)| (Some(head), last));
        let groups = head.into_iter().flat_map(|head| head.split('/')).map(|group| group.strip_prefix('x'));
        let mut number = 0u64;
        for (place, group) in groups.chain([Some(last)]).enumerate() {
            let group = group.filter(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()))?;
            if place == 0 && group == "000" && head.is_some() {
                return None;
            }
            number = number.checked_mul(1000)?.checked_add(group.parse().ok()?)?;
        }
        Some(Self { index: number, width: u16::try_from(width).ok()? })
    }
}

/// A number in its one spelling.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
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

    #[test]
    fn tiles_are_named_as_the_specification_does() {
        let tile = |path| TilePlace::parse_tile_path(path).map(|tile| (tile.index, tile.width));
        assert_eq!(tile("000"), Some((0, 256)));
        assert_eq!(tile("x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(tile("x001/067.p/8"), Some((1_067, 8)));
        for wrong in ["0", "0000", "x000/001", "001/002", "x001", "000.p/0", "000.p/256", "000.p/08", "", "x1/002"] {
            assert_eq!(tile(wrong), None, "{wrong}");
        }
    }
}
