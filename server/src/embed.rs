//! What host pages get: `embed.js`, generated per policy and language from the banner as Leptos rendered it, and the
//! same banner as HTML for a server-side include.

pub mod asset;
pub mod files;
mod script;
mod tree;

use app::components::banner::{Banner, BannerForm, BannerFormProps, BannerProps};
use app::model::identity::ContentHash;
use app::model::language::Language;
use app::model::notice::{NoticeRef, NoticeStrings};
use app::model::policy::Policy;
use leptos::prelude::{IntoView, Owner, RenderHtml as _};
use sha2::{Digest as _, Sha256};

pub use asset::Asset;
pub use script::{embed_js, later_js};

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
pub fn render_notice(_policy: &Policy, strings: &NoticeStrings) -> RenderedNotice {
    let html = to_html(|| Banner(BannerProps { strings: strings.clone() })).into_bytes();
    let canonical = serde_json_canonicalizer::to_vec(strings).expect("strings and numbers have a canonical form");
    let reference = NoticeRef { language: strings.language, strings: hash(&canonical), html: hash(&html) };
    RenderedNotice { reference, strings: canonical, html }
}

/// What a host's origin changes about the cookies' names (`__Host-` only over https).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CookieNames {
    /// Whether the host's configured origin is https.
    pub secure: bool,
}

impl CookieNames {
    /// What the names of the cookies that a page can read begin with.
    fn prefix(self) -> &'static str {
        if self.secure { "__Host-" } else { "" }
    }
}

/// The banner in the flow of a page, for a server-side include: a plain form to `/keuze/choices`.
///
/// `policy` is the policy's id in the API; `return_to` the same-origin path to come back to, already checked.
pub fn fragment(policy: &str, strings: &NoticeStrings, return_to: Option<&str>) -> String {
    let props = BannerFormProps {
        strings: strings.clone(),
        policy: policy.to_owned(),
        return_to: return_to.map(str::to_owned),
    };
    format!("<link rel=\"stylesheet\" href=\"/keuze/banner.css\">{}", to_html(|| BannerForm(props)))
}

/// The languages that a site's notices exist in.
fn languages() -> impl Iterator<Item = &'static str> {
    Language::ALL.into_iter().map(Language::tag)
}

/// A view as HTML, without the empty comments by which Leptos would find its place again in the browser.
fn to_html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().into_view().to_html()).replace("<!>", "")
}

fn hash(content: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(content).into())
}

#[cfg(test)]
pub(crate) mod cases;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
