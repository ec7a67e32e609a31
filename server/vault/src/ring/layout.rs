//! The ring's files as whoever copies them sees them: append-only, of entries that have a fixed size.

use std::io;
use std::path::Path;

pub use super::files::ROOT;
pub use crate::formats::ring::{BUCKET_ENTRY, KEY_ENTRY};

/// The files of the buckets that are there: each with its number, counted from 0, in order.
///
/// # Errors
/// What the file system said.
pub fn bucket_files(folder: &Path) -> io::Result<Vec<(usize, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("bucket-")?.parse::<usize>().ok());
        if let (Some(number), Some(name)) = (number.and_then(|number| number.checked_sub(1)), name.to_str()) {
            files.push((number, name.to_owned()));
        }
    }
    files.sort_unstable();
    Ok(files)
}
