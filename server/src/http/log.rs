//! The public side of the ledger: signed checkpoints and tiles (C2SP tlog-checkpoint, tlog-tiles).

use std::sync::Arc;

use app::model::identity::ShardNumber;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::problem::{Problem, Slug};
use crate::service::Keuze;

/// `/keuze/log/{shard}/checkpoint` and `/keuze/log/{shard}/tile/{level}/{index}`.
pub fn router() -> Router<Arc<Keuze>> {
    Router::new()
        .route("/keuze/log/{shard}/checkpoint", get(checkpoint))
        .route("/keuze/log/{shard}/tile/{level}/{*index}", get(tile))
}

async fn checkpoint(State(keuze): State<Arc<Keuze>>, Path(shard): Path<String>) -> Result<Response, Problem> {
    let note = keuze.scribe.checkpoint(read_shard(&shard)?).ok_or(Slug::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, note).into_response())
}

async fn tile(
    State(keuze): State<Arc<Keuze>>,
    Path((shard, level, index)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let level = decimal(&level).filter(|level| *level <= 63).and_then(|level| u8::try_from(level).ok());
    let place = level.zip(TilePlace::read(&index));
    let (level, TilePlace { index, width }) = place.ok_or(Slug::NotFound)?;
    let tile = keuze.scribe.tile(read_shard(&shard)?, level, index, width).ok_or(Slug::NotFound)?;
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
    fn read(path: &str) -> Option<Self> {
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

    #[test]
    fn tiles_are_named_as_the_specification_does() {
        let tile = |path| TilePlace::read(path).map(|tile| (tile.index, tile.width));
        assert_eq!(tile("000"), Some((0, 256)));
        assert_eq!(tile("x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(tile("x001/067.p/8"), Some((1_067, 8)));
        for wrong in ["0", "0000", "x000/001", "001/002", "x001", "000.p/0", "000.p/256", "000.p/08", "", "x1/002"] {
            assert_eq!(tile(wrong), None, "{wrong}");
        }
    }
}
