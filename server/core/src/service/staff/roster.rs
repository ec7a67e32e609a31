//! Who may use the desk: the list, and taking access away.

use model::event::{Actor, Event, Route, StaffChange, StaffChanged};
use model::identity::RecordAddress;
use zeroize::Zeroizing;

use super::{Existing, Staff, StaffError, StaffName};
use ledger::formats::fact::StaffMember;
use ledger::{AppendRequest, Fact, ReadError, RecordDamage};

/// A staff member as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The sign-in name.
    pub name: StaffName,
    /// Whether the one-time password was not replaced yet.
    pub one_time: bool,
}

impl Staff {
    /// Everybody, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list(&self) -> Result<Vec<Member>, ReadError> {
        let member = |(_, stored, address): (_, StaffMember, _)| {
            let damaged = |_| ReadError::Damaged { address, damage: RecordDamage::Staff };
            Ok(Member { name: stored.name.parse().map_err(damaged)?, one_time: stored.one_time })
        };
        let mut members = self.members()?.into_iter().map(member).collect::<Result<Vec<Member>, ReadError>>()?;
        members.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        Ok(members)
    }

    /// The record under which somebody's access stands: another one once their password was replaced or reset, none once
    /// their access was taken away.
    pub fn access(&self, name: &str) -> Option<RecordAddress> {
        let name: StaffName = name.parse().ok()?;
        let members = self.members().ok()?;
        members.into_iter().find(|(_, stored, _)| stored.name == name.as_str()).map(|(_, _, record)| record)
    }

    /// Gives somebody who is there a new one-time password, which is kept nowhere.
    ///
    /// # Errors
    /// There is nobody of that name, or the ledger cannot be read or written.
    pub async fn reset(&self, name: &StaffName) -> Result<Zeroizing<String>, StaffError> {
        self.find(name)?.ok_or(StaffError::Gone)?;
        self.issue(name, Existing::Replace).await
    }

    /// Takes somebody's access away.
    ///
    /// # Errors
    /// There is nobody of that name, or the ledger cannot be read or written.
    pub async fn remove(&self, name: &StaffName) -> Result<(), StaffError> {
        let (id, _) = self.find(name)?.ok_or(StaffError::Gone)?;
        let removed = StaffChanged { name: name.to_string(), change: StaffChange::Removed };
        let event = Event::new(self.clock.now().at, Actor::System, Route::System, removed);
        let fact = Fact::StaffMember { id, member: None };
        self.ledger.append(AppendRequest::with(event, vec![fact])).await?;
        Ok(())
    }
}
