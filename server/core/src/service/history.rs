//! What is on record of people, read once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::decision::Recorded;
use model::identity::{RecordAddress, Subject};

use ledger::{InclusionProof, Ledger, OpenedRecord, ReadError};

/// What is on record of the people that a request is about. Each record is read and unsealed when it is first needed, and once,
/// however many questions rest on it. What is recorded after that is not in it: an act begins with one of its own.
pub struct PersonHistory {
    ledger: Ledger,
    /// Guards what was read, for a look or while one record is read; `None` for one that was erased.
    records: Mutex<BTreeMap<RecordAddress, Option<OpenedRecord>>>,
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
        self.ledger.addresses(subject).into_iter().filter_map(|address| self.record(address).transpose()).collect()
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
        Ok(self.opened(address)?.map(|opened| self.ledger.proof_of(opened)))
    }

    fn opened(&self, address: RecordAddress) -> Result<Option<OpenedRecord>, ReadError> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = records.get(&address) {
            return Ok(known.clone());
        }
        let opened = self.ledger.open_record(address)?;
        records.insert(address, opened.clone());
        Ok(opened)
    }
}
