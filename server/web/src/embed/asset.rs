//! One file for browsers, in its encodings.

use std::io::Write as _;

use sha2::{Digest as _, Sha256};

/// One file that the site serves to host pages, in its encodings.
#[derive(Clone, Debug)]
pub struct Asset {
    pub plain: Vec<u8>,
    /// Brotli, quality 11.
    pub brotli: Vec<u8>,
    pub gzip: Vec<u8>,
    /// Strong `ETag` with its quotes, without the encoding.
    pub etag: String,
    pub content_type: &'static str,
}

impl Asset {
    /// Compresses a content once, so that no request has to.
    pub fn new(plain: Vec<u8>, content_type: &'static str) -> Self {
        let etag = format!("\"{}\"", short_hash(&plain));
        Self { brotli: brotli(&plain), gzip: gzip(&plain), etag, plain, content_type }
    }
}

/// The first 16 hexadecimal digits of the SHA-256: 64 bits tell the versions of one file apart.
pub(super) fn short_hash(content: &[u8]) -> String {
    let start = Sha256::digest(content).first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(start))
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut compressed, &params).expect("writing to memory does not fail");
    compressed
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}
