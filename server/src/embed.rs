//! `embed.js`: generated per policy and language from the banner as Leptos rendered it.

use app::model::identity::ContentHash;
use app::model::language::Language;
use app::model::notice::{NoticeRef, NoticeStrings};
use app::model::policy::Policy;

/// The notice of one language: what was hashed, and its hashes.
#[derive(Clone, Debug)]
pub struct RenderedNotice {
    /// The hashes that go into events.
    pub reference: NoticeRef,
    /// Canonical JSON of the [`NoticeStrings`].
    pub strings: Vec<u8>,
    /// The first layer's HTML.
    pub html: Vec<u8>,
}

/// Renders the first layer and hashes both contents. The policy need not have its `notices` yet.
pub fn render_notice(_policy: &Policy, _strings: &NoticeStrings) -> RenderedNotice {
    unimplemented!()
}

/// One file that the site serves to host pages, in its encodings.
#[derive(Clone, Debug)]
pub struct Asset {
    /// As it is.
    pub plain: Vec<u8>,
    /// Brotli, quality 11.
    pub brotli: Vec<u8>,
    /// gzip.
    pub gzip: Vec<u8>,
    /// Strong ETag with its quotes, without the encoding.
    pub etag: String,
    /// Content-Type.
    pub content_type: &'static str,
}

/// What a host's origin changes about the cookies' names (`__Host-` only over https).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CookieNames {
    /// Whether the host's configured origin is https.
    pub secure: bool,
}

/// Makes `embed.js` for one language.
pub fn embed_js(
    _policy: &Policy,
    _policy_id: ContentHash,
    _strings: &NoticeStrings,
    _html: &[u8],
    _names: CookieNames,
    _language: Language,
) -> Asset {
    unimplemented!()
}
