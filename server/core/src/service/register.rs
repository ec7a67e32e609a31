//! The register of cookies and parties: the policy in force, as it was frozen.

use words::views::frame::Frame;
use words::views::register::RegisterView;

use super::Keuze;

impl Keuze {
    /// The register.
    pub fn register(&self, frame: Frame) -> RegisterView {
        let published = self.published.current();
        let recipients = self.config.recipients.clone();
        RegisterView { frame, policy: published.policy.clone(), hash: published.hash.to_string(), recipients }
    }
}
