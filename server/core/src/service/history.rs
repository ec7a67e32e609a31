//! What is on record of people, read once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::decision::Recorded;
use model::identity::{RecordAddress, Subject};

use ledger::{InclusionProof, Ledger, OpenedRecord, ReadError};

/// What is on record of the people that a request is about. Each record is read and unsealed when it is first needed, and once,
/// however many questions rest on it: those of the request, and those of the act that it makes. A record never changes, so what
/// was read stays true. Which records there are is looked up each time, and what was erased since is not given any more: an act
/// that has its turn rests on what is on record then.
pub struct PersonHistory {
    ledger: Ledger,
    /// Guards what was read, for a look or while one record is read.
    records: Mutex<BTreeMap<RecordAddress, OpenedRecord>>,
}

impl PersonHistory {
    /// With nothing read yet.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, records: Mutex::default() }
    }

    /// Everything that stands under one subject, in the order of the ledger.
    ///
    /// # Errors
    /// When the store fails or a record does not add up.
    pub fn of_subject(&self, subject: Subject) -> Result<Vec<Recorded>, ReadError> {
        self.ledger.addresses(subject)?.into_iter().filter_map(|address| self.record(address).transpose()).collect()
    }

    /// The same of one who is known by all these subjects.
    ///
    /// # Errors
    /// As [`Self::of_subject`].
    pub fn of_all(&self, subjects: Vec<Subject>) -> Result<Vec<Recorded>, ReadError> {
        let mut events = Vec::new();
        for subject in subjects {
            events.extend(self.of_subject(subject)?);
        }
        events.sort_by_key(|recorded| recorded.address);
        Ok(events)
    }

    /// One record; `None` beyond the end or once erased.
    ///
    /// # Errors
    /// As [`Self::of_subject`].
    pub fn record(&self, address: RecordAddress) -> Result<Option<Recorded>, ReadError> {
        Ok(self.opened(address)?.map(|opened| opened.recorded))
    }

    /// One record with the proof that it is in the ledger as it is now.
    ///
    /// # Errors
    /// As [`Self::of_subject`].
    pub fn proof(&self, address: RecordAddress) -> Result<Option<InclusionProof>, ReadError> {
        self.opened(address)?.map(|opened| self.ledger.proof_of(opened)).transpose()
    }

    fn opened(&self, address: RecordAddress) -> Result<Option<OpenedRecord>, ReadError> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = records.get(&address).filter(|known| self.ledger.still_opens(known)) {
            return Ok(Some(known.clone()));
        }
        let opened = self.ledger.open_record(address)?;
        match &opened {
            Some(opened) => _ = records.insert(address, opened.clone()),
            None => _ = records.remove(&address),
        }
        Ok(opened)
    }
}

#[cfg(test)]
mod tests {
    use model::event::Route;
    use model::evidence::IdentityLevel;

    use crate::service::fixture::TestApp;
    use crate::service::fixture::people::{customer, email};
    use crate::service::people::{Addressee, Provenance};
    use model::channel::Channel;

    /// An act that waited for its turn rests on what is on record then, though the page was made before.
    #[tokio::test]
    async fn what_was_recorded_since_is_in_it_and_what_was_erased_since_is_not() {
        let app = TestApp::new().await;
        let anna = customer(&app, "K-1", &[email("anna@example.nl")]).await;
        let history = app.history();
        let before = history.of_subject(anna).expect("readable");
        let act = Provenance::by_person(Route::PreferencePage, IdentityLevel::Possession);
        let contactability = &app.services.contactability;
        let no = contactability.object(&app.history(), &Addressee::person(anna), &[Channel::Email], &act).await;
        let no = no.expect("recorded").record;
        app.services.ledger.take_unsealed();
        let after = history.of_subject(anna).expect("readable");
        assert_eq!(after.len(), before.len() + 1);
        assert_eq!(app.services.ledger.take_unsealed(), [no], "what was read before is not read again");
        app.services.erasures.erase(&app.history(), anna, false, &act).await.expect("erased");
        assert_eq!(history.of_subject(anna).expect("readable"), []);
        assert_eq!(history.record(no).expect("readable"), None);
        assert!(history.proof(no).expect("readable").is_none());
    }
}
