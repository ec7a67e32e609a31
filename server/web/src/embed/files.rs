//! The browser files that `cargo xtask build` makes, as they were when the server was compiled.

use std::fmt;
use std::sync::OnceLock;

use model::paths::Endpoint;
use rust_embed::RustEmbed;

use super::asset::Asset;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../target/site"]
struct EmbedSite;

/// A browser file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteFile {
    /// The settings panel's glue, an ES module.
    Panel,
    /// The settings panel.
    PanelWasm,
    /// The settings panel's place and the placeholders of frames, an ES module.
    Release,
    /// The banner's styles, for the server-side include.
    BannerCss,
    /// The styles of our own pages.
    PageCss,
    /// The mark in a browser's tab: two answers of one size.
    Icon,
    /// What only later moments need of `embed.js`, before the words of a language are put into it; has no address of its
    /// own.
    Later,
    /// The runtime of `embed.js`, before a notice is put into it; has no address of its own.
    Runtime,
}

impl SiteFile {
    pub const ALL: [Self; 8] = [
        Self::Panel,
        Self::PanelWasm,
        Self::Release,
        Self::BannerCss,
        Self::PageCss,
        Self::Icon,
        Self::Later,
        Self::Runtime,
    ];

    /// The file's name in `target/site`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panel => "panel.js",
            Self::PanelWasm => "panel_bg.wasm",
            Self::Release => "release.min.js",
            Self::BannerCss => "banner.min.css",
            Self::PageCss => "page.min.css",
            Self::Icon => "icon.svg",
            Self::Later => "later.min.js",
            Self::Runtime => "embed.min.js",
        }
    }

    /// Where it is served; `None` for what is only built upon.
    pub fn address(self) -> Option<Endpoint> {
        match self {
            Self::Panel => Some(Endpoint::Panel),
            Self::PanelWasm => Some(Endpoint::PanelWasm),
            Self::Release => Some(Endpoint::Release),
            Self::BannerCss => Some(Endpoint::BannerCss),
            Self::PageCss => Some(Endpoint::PageCss),
            Self::Icon => Some(Endpoint::Icon),
            Self::Later | Self::Runtime => None,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Panel | Self::Release | Self::Later | Self::Runtime => "text/javascript; charset=utf-8",
            Self::PanelWasm => "application/wasm",
            Self::Icon => "image/svg+xml",
            Self::BannerCss | Self::PageCss => "text/css; charset=utf-8",
        }
    }

    /// The file with its encodings, compressed on first use; `None` when it was not built.
    pub fn asset(self) -> Option<&'static Asset> {
        static ASSETS: [OnceLock<Option<Asset>>; SiteFile::ALL.len()] =
            [const { OnceLock::new() }; SiteFile::ALL.len()];
        let place = Self::ALL.iter().position(|file| *file == self)?;
        ASSETS[place].get_or_init(|| Some(Asset::new(self.bytes()?, self.content_type()))).as_ref()
    }

    /// Compresses all files, so that no visitor waits for it.
    pub fn prepare() {
        Self::ALL.into_iter().filter(|file| file.address().is_some()).for_each(|file| _ = file.asset());
    }

    /// The file as text; `None` when it was not built.
    pub(super) fn text(self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        EmbedSite::get(self.name()).map(|file| file.data.into_owned())
    }
}

/// Browser files that were not built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFiles(pub Vec<SiteFile>);

impl std::error::Error for MissingFiles {}

impl fmt::Display for MissingFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|file| file.name()).collect();
        write!(f, "this server was compiled without {}; build with `cargo xtask build`", names.join(", "))
    }
}

/// Whether all browser files are there; asked once, at the start.
pub fn check() -> Result<(), MissingFiles> {
    let missing: Vec<_> = SiteFile::ALL.into_iter().filter(|file| EmbedSite::get(file.name()).is_none()).collect();
    if missing.is_empty() { Ok(()) } else { Err(MissingFiles(missing)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_mend() {
        let missing = MissingFiles(vec![SiteFile::Panel, SiteFile::Runtime]).to_string();
        assert_eq!(missing, "this server was compiled without panel.js, embed.min.js; build with `cargo xtask build`");
    }
}
