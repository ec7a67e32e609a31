//! Events for tests of what holds for every kind.

use std::collections::BTreeMap;

use model::event::{Actor, Body, Circumstances, Erased, Event, RecordedChoice, Route};
use model::evidence::IdentityLevel;
use model::identity::ContentHash;
use time::OffsetDateTime;

/// An answer to nothing, on a device that is not known.
pub fn choice(at: OffsetDateTime) -> Event {
    let nothing = RecordedChoice::new(ContentHash([0; 32]), BTreeMap::new());
    Event::new(at, Actor::Visitor, Route::Banner, Body::ChoiceMade(nothing))
}

/// The same with a name by which it is told from others.
pub fn named_choice(at: OffsetDateTime, name: &str) -> Event {
    let named =
        RecordedChoice { variant: Some(name.to_owned()), ..RecordedChoice::new(ContentHash([0; 32]), BTreeMap::new()) };
    Event::new(at, Actor::Visitor, Route::Banner, Body::ChoiceMade(named))
}

/// An erasure that ends nothing yet.
pub fn erasure(at: OffsetDateTime) -> Event {
    let said = Circumstances::at(IdentityLevel::Unverified);
    Event::new(at, Actor::System, Route::System, Erased { about: None, keys: Vec::new(), said })
}
