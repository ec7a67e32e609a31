//! What host pages get: `embed.js`, generated per policy and language from the banner as Leptos rendered it, and the
//! same banner as HTML for a server-side include.

pub mod asset;
pub mod files;
mod script;
mod tree;

use model::language::Language;
use model::notice::NoticeStrings;
use model::paths::Endpoint;
use ui::components::banner::{BannerForm, BannerFormProps};
use ui::html::to_html;

pub use asset::Asset;
pub use script::{build, embed_js, later_js};

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
/// `signalled` says that the browser asks not to be tracked.
pub fn fragment(policy: &str, strings: &NoticeStrings, return_to: Option<&str>, signalled: bool) -> String {
    let props = BannerFormProps {
        strings: strings.clone(),
        signalled,
        policy: policy.to_owned(),
        made_by: build().to_owned(),
        return_to: return_to.map(str::to_owned),
    };
    format!("<link rel=\"stylesheet\" href=\"{}\">{}", Endpoint::BannerCss.path(), to_html(|| BannerForm(props)))
}

/// The languages that a site's notices exist in.
fn languages() -> impl Iterator<Item = &'static str> {
    Language::ALL.into_iter().map(Language::tag)
}

#[cfg(test)]
pub(crate) mod cases;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
