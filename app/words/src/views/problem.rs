//! What a problem page shows.

use super::frame::PageFrame;
use crate::problem::Slug;

/// A page about an error: what happened, what did not, what to do.
#[derive(Clone, Debug)]
pub struct ProblemView {
    pub frame: PageFrame,
    /// Which error.
    pub slug: Slug,
    /// Whether it just happened (then the page says so), or is explained to whoever looked it up.
    pub happened: bool,
}
