//! What the register of cookies and parties shows.

use super::frame::PageFrame;
use model::controller::Recipient;
use model::policy::Policy;

/// The register: all of the policy in force.
#[derive(Clone, Debug)]
pub struct RegisterView {
    pub frame: PageFrame,
    /// The policy in force.
    pub policy: Policy,
    pub hash: String,
    /// Who else gets personal data.
    pub recipients: Vec<Recipient>,
}
