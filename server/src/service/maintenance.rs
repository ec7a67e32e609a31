//! What ends by itself: run at the start and every hour.

use super::Keuze;

impl Keuze {
    /// Ends what is to end. What fails is said and tried again the next time.
    pub async fn maintain(&self) {
        self.forget_counts();
        if let Err(error) = self.record_counts().await {
            tracing::warn!(%error, "how often notices were shown could not be recorded; it is counted on");
        }
        if let Err(error) = self.end_days().await {
            tracing::warn!(%error, "the keys of past days could not be ended");
        }
        if let Err(error) = self.forget_unconfirmed().await {
            tracing::warn!(%error, "sign-ups that nobody confirmed could not be forgotten");
        }
        if let Err(error) = self.scribe.forget_answers(self.clock.now().at) {
            tracing::error!(%error, "the keys of what was answered yesterday could not be ended: nothing more is recorded");
        }
        if let Err(error) = self.rotate_root_if_due().await {
            tracing::error!(%error, "the root key could not be rotated");
        }
        self.record_failed_sign_ins(false).await;
        match self.scribe.drop_old_roots(self.clock.now().today) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old root keys were deleted: their day has come"),
            Err(error) => tracing::error!(%error, "an old root key could not be deleted"),
        }
    }
}
