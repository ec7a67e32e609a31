//! What a problem page shows.

use super::frame::Frame;

/// A page about an error. Its words come from the server's list of problems, so that a page and a problem
/// document (RFC 9457) say the same.
#[derive(Clone, Debug)]
pub struct ProblemView {
    /// Around the page.
    pub frame: Frame,
    /// What is wrong, in a few words.
    pub title: String,
    /// What happened, what did not, what to do.
    pub detail: String,
    /// The last part of the problem's address.
    pub slug: String,
    /// Whether it just happened, or is explained to whoever looked it up.
    pub happened: bool,
}
