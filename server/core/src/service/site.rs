//! What every page says of the site, and the register of cookies and parties: the policy in force, as it was frozen.

use std::sync::Arc;

use model::controller::Recipient;
use model::language::Language;
use words::views::frame::{Authority, PageFrame};
use words::views::register::RegisterView;

use crate::config::HostOrigin;
use crate::publish::Published;

/// Who asks, under which policy, and who else gets data.
pub struct SiteInfo {
    published: Arc<Published>,
    authorities: Vec<Authority>,
    recipients: Vec<Recipient>,
    public_origin: Option<String>,
}

impl SiteInfo {
    /// On what it may touch; `public_origin` is the one that others than this machine reach, if there is one.
    pub fn new(
        published: Arc<Published>,
        authorities: Vec<Authority>,
        recipients: Vec<Recipient>,
        public_origin: Option<String>,
    ) -> Self {
        Self { published, authorities, recipients, public_origin }
    }

    /// The origin that links in mails, letters and the like lead to: the one that was asked, unless that is only this machine.
    pub fn origin_of_links(&self, asked: &HostOrigin) -> String {
        let public = self.public_origin.clone().filter(|_| !asked.secure);
        public.unwrap_or_else(|| asked.origin.clone())
    }
}

impl SiteInfo {
    /// What stands around a page.
    pub fn frame(&self, language: Language, path: &str) -> PageFrame {
        let policy = &self.published.current().policy;
        PageFrame {
            language,
            path: path.to_owned(),
            reopens: true,
            carries: None,
            site: policy.site.clone(),
            controller: policy.controller.clone(),
            authorities: self.authorities.clone(),
        }
    }

    pub fn register(&self, frame: PageFrame) -> RegisterView {
        let published = self.published.current();
        let recipients = self.recipients.clone();
        RegisterView { frame, policy: published.policy.clone(), hash: published.hash.to_string(), recipients }
    }
}
