//! Finding people by what they say of themselves: a customer number, an address, a phone number. Every person who is
//! found gets an event of their own, before anything is shown.

use model::event::{Actor, LookUpTarget, Route};
use model::evidence::IdentityLevel;
use model::identity::{PointName, RecordAddress, Subject};
use model::typed;
use words::views::desk::people::{LaterCard, PersonCard, PointCard, Reach};

use super::{LookUpError, LookupReason};
use crate::service::history::PersonHistory;
use crate::service::look_up::LookUps;
use crate::service::people::{ActError, ActOutcome, Addressee, Person, Provenance, ReachedAt, customer_number, hash};
use crate::service::staff::StaffName;
use contact::{ContactPoint, DutchAddress, Email, Phone, PostalAddress};
use ledger::{AppendError, AppendRequest, Fact, ReadError};

/// By what somebody is found.
#[derive(Clone)]
pub enum Contact {
    /// A customer number.
    Customer(String),
    /// An address or number.
    Point(ContactPoint),
}

impl Contact {
    /// The address or number.
    pub fn point(&self) -> Option<&ContactPoint> {
        match self {
            Self::Customer(_) => None,
            Self::Point(point) => Some(point),
        }
    }

    /// Reads what somebody typed: an e-mail address has an `@`, a phone number begins with a zero or a plus, a
    /// postcode stands before a house number; anything else of one word is a customer number.
    fn parse(text: &str) -> Option<Self> {
        let text: String = typed::meant(text).collect();
        let text = text.trim();
        if text.contains('@') {
            return Email::parse(text).ok().map(|email| Self::Point(ContactPoint::Email(email)));
        }
        if let Some(address) = postal(text) {
            return Some(Self::Point(ContactPoint::Post(address)));
        }
        let is_phone = |text: &&str| text.starts_with(['0', '+', '(']) || text.to_lowercase().starts_with("tel:");
        let phone = Some(text).filter(is_phone).and_then(|text| Phone::parse(text).ok());
        if let Some(phone) = phone {
            return Some(Self::Point(ContactPoint::Phone(phone)));
        }
        let is_number = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let fits = (1..=60).contains(&text.chars().count()) && text.chars().all(is_number);
        fits.then(|| Self::Customer(text.to_owned()))
    }
}

/// `1033 RW 12-A`, or a whole address with a comma between its lines.
fn postal(text: &str) -> Option<PostalAddress> {
    let is_address =
        text.split_whitespace().count() > 1 || text.contains(',') || text.starts_with(|c: char| c.is_ascii_digit());
    let lines = text.replace([',', ';'], "\n");
    let glued = || DutchAddress::parse(text.get(..6)?, text.get(6..)?, "").ok().map(PostalAddress::Dutch);
    let read = PostalAddress::of_lines(text, None).or_else(|_| PostalAddress::of_lines(&lines, None)).ok();
    read.or_else(glued).filter(|_| is_address)
}

/// A look-up of people as a staff member asks for it.
#[derive(Clone)]
pub struct LookUpPeople {
    pub staff: StaffName,
    pub contact: Contact,
    pub why: LookupReason,
}

#[derive(Clone)]
pub struct FoundPeople {
    /// Who it may be.
    pub people: Vec<Subject>,
    /// Where the look-up was recorded: the last one, where several were found.
    pub audit: RecordAddress,
}

impl LookUps {
    /// Reads by what somebody is to be found; a customer number that somebody has is one, whatever else it looks like.
    pub fn contact(&self, text: &str) -> Option<Contact> {
        let number = customer_number(text).ok().filter(|number| self.people.customer(number).is_some());
        number.map(Contact::Customer).or_else(|| Contact::parse(text))
    }

    /// Everybody who is found by it.
    pub fn people_by(&self, contact: &Contact) -> Vec<Person> {
        match contact {
            Contact::Customer(number) => self.people.customers(number),
            Contact::Point(point) => self.people.people_at(point),
        }
    }

    /// Looks people up: first the look-ups are recorded, then who was found is given.
    ///
    /// # Errors
    /// A look-up could not be recorded; then nobody may be shown.
    pub async fn look_up_people(&self, asked: &LookUpPeople) -> Result<FoundPeople, LookUpError> {
        let people = self.who_it_may_be(&asked.contact);
        let audit = self.record_look_up(&asked.staff, &asked.why, &people, Vec::new()).await?;
        Ok(FoundPeople { people, audit })
    }

    /// Who may be meant; to be shown only once the look-up is recorded.
    pub(in crate::service) fn who_it_may_be(&self, contact: &Contact) -> Vec<Subject> {
        self.people_by(contact).iter().map(|person| person.subject).collect()
    }

    /// Records that people were looked up, each by an event of their own, or that nobody was found; gives where the last
    /// one stands, with the facts beside it.
    pub(in crate::service) async fn record_look_up(
        &self,
        staff: &StaffName,
        why: &LookupReason,
        people: &[Subject],
        facts: Vec<Fact>,
    ) -> Result<RecordAddress, AppendError> {
        let mut look_ups = self.look_ups(staff, why, people);
        look_ups.iter_mut().next_back().expect("one at least").facts = facts;
        let written = self.ledger.append_together(look_ups).await?;
        Ok(written.last().expect("one at least").address)
    }

    fn look_ups(&self, staff: &StaffName, why: &LookupReason, people: &[Subject]) -> Vec<AppendRequest> {
        // What was typed and not found is not written down: it may be the address of somebody who was erased.
        let looked_up = |about| self.looked_up(staff, why, about, || LookUpTarget::NoPerson);
        if people.is_empty() {
            return vec![looked_up(None)];
        }
        people.iter().map(|person| looked_up(Some(*person))).collect()
    }

    /// Makes one person of two, of whom the other is found by a customer number; that look-up is recorded with it. `None`
    /// where there is nobody else of that number: then the look-up alone is recorded.
    ///
    /// # Errors
    /// When the first is not known any more, or it cannot be recorded; then nothing is.
    pub async fn merge_with_customer(
        &self,
        history: &PersonHistory,
        kept: Subject,
        number: &str,
        staff: &StaffName,
        why: &LookupReason,
    ) -> Result<Option<ActOutcome>, ActError> {
        let people = self.who_it_may_be(&Contact::Customer(number.to_owned()));
        let other = people.iter().find(|other| **other != kept);
        let Some(other) = other.filter(|_| self.people.known_person(kept).is_some()) else {
            self.record_look_up(staff, why, &people, Vec::new()).await?;
            return if self.people.known_person(kept).is_some() { Ok(None) } else { Err(ActError::NoPerson) };
        };
        let act = entered(staff, Route::Desk, Some(why));
        self.merging.merge(history, kept, *other, &act, self.look_ups(staff, why, &people)).await.map(Some)
    }

    /// The last record of a person's, as their page shows it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_of(&self, history: &PersonHistory, subject: Subject) -> Result<Option<RecordAddress>, ReadError> {
        Ok(self.people.records_of(history, subject)?.last().map(|recorded| recorded.address))
    }

    /// What holds at every contact point, as the desk shows it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn reach(&self, history: &PersonHistory, who: &Addressee) -> Result<Vec<Reach>, ActError> {
        let shown = |at: ReachedAt| {
            let ReachedAt { channel, point, is_later, decision } = at;
            Reach { channel, at: point.map(|point| point.given()), is_later, decision }
        };
        Ok(self.contactability.all_channels(history, who)?.into_iter().map(shown).collect())
    }

    /// A person as the desk shows them, after they were looked up; `None` if they are not known any more.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn person_card(&self, history: &PersonHistory, subject: Subject) -> Result<Option<PersonCard>, ActError> {
        let Some(person) = self.people.known_person(subject) else { return Ok(None) };
        Ok(Some(PersonCard {
            subject: person.subject.to_string(),
            name: person.name().map(str::to_owned),
            customers: person.customers().into_iter().map(str::to_owned).collect(),
            language: person.language(),
            points: person.points().into_iter().map(|point| self.point_card(&person, point)).collect(),
            reach: self.reach(history, &Addressee::person(person.subject))?,
            history: self
                .people
                .records_of(history, person.subject)?
                .iter()
                .rev()
                .map(|past| self.history_line(past, None))
                .collect(),
        }))
    }
}

impl LookUps {
    fn point_card(&self, person: &Person, point: &ContactPoint) -> PointCard {
        let later = person
            .is_later(point)
            .then(|| LaterCard { at: self.name_of(point), name: person.later_name(point).map(str::to_owned) });
        PointCard { kind: point.kind(), given: point.given(), later }
    }

    fn name_of(&self, point: &ContactPoint) -> PointName {
        hash::name(&hash::newest_index_key(&self.ledger).1, point)
    }

    /// Which of the points that joined a person later a form names.
    pub fn joined_point(&self, person: &Person, named: PointName) -> Option<ContactPoint> {
        let mut joined = person.points().into_iter().filter(|point| person.is_later(point));
        joined.find(|point| self.name_of(point) == named).cloned()
    }
}

/// What a staff member enters for a person who wrote or called.
pub fn entered(staff: &StaffName, route: Route, why: Option<&LookupReason>) -> Provenance {
    Provenance {
        route,
        actor: Actor::Agent { name: staff.to_string() },
        level: IdentityLevel::Unverified,
        call: None,
        reason: why.map(|why| why.as_str().to_owned()),
        request: None,
    }
}

#[cfg(test)]
mod tests {
    use model::contact::PointKind;
    use model::event::EventKind;

    use super::*;
    use crate::service::fixture::TestApp;
    use crate::service::fixture::people::{customer, phone};

    /// S-34: a number that reads like a phone's finds its customer, at the desk as on the command line.
    #[tokio::test]
    async fn a_customer_number_is_one_whatever_it_looks_like() {
        let app = TestApp::new().await;
        let named = customer(&app, "020 788 4001", &[]).await;
        let called = customer(&app, "K-2", &[phone("020 788 4000")]).await;
        for (text, person) in [(" 020 788 4001 ", named), ("020 788 4000", called), ("K-2", called)] {
            let contact = app.services.look_ups.contact(text).expect("read");
            let found: Vec<Subject> =
                app.services.look_ups.people_by(&contact).iter().map(|person| person.subject).collect();
            assert_eq!(found, [person], "{text}");
        }
        assert!(app.services.look_ups.contact("jan jansen").is_none());
    }

    /// S-34: nobody is looked at without a record, the one with whom somebody is merged included.
    #[tokio::test]
    async fn every_way_to_find_somebody_records_the_look_up() {
        let app = TestApp::new().await;
        let anna = customer(&app, "K-1", &[phone("020 788 4000")]).await;
        customer(&app, "K-2", &[phone("020 788 4000")]).await;
        let staff: StaffName = "bas".parse().expect("a name");
        let why = LookupReason::parse("zij belde over een brief").expect("a reason");
        let look_ups = &app.services.look_ups;
        let looked_up = || {
            let events = app.ledger().into_iter().filter(|event| event.kind() == EventKind::LookedUp);
            let by_staff = events.inspect(|event| {
                assert_eq!((event.reason(), event.head.route), (Some(why.as_str()), Route::Desk));
                assert_eq!(event.head.actor, Actor::Agent { name: "bas".to_owned() });
            });
            by_staff.count()
        };
        for (text, people) in [("K-1", 1), ("020 788 4000", 2), ("K-9", 0)] {
            let (contact, before) = (look_ups.contact(text).expect("read"), looked_up());
            let asked = LookUpPeople { staff: staff.clone(), contact, why: why.clone() };
            let found = look_ups.look_up_people(&asked).await.expect("recorded");
            // Of whom nobody is found is on record, too.
            assert_eq!((found.people.len(), looked_up() - before), (people, people.max(1)), "{text}");
        }
        for (number, is_merged) in [("K-9", false), ("K-2", true)] {
            let before = looked_up();
            let merged =
                look_ups.merge_with_customer(&app.history(), anna, number, &staff, &why).await.expect("recorded");
            assert_eq!((merged.is_some(), looked_up() - before), (is_merged, 1), "{number}");
        }
    }

    #[test]
    fn what_callers_say_is_understood() {
        let kind = |text: &str| match Contact::parse(text) {
            Some(Contact::Point(point)) => Some(point.kind()),
            _ => None,
        };
        assert_eq!(kind(" anna@example.nl "), Some(PointKind::Email));
        assert_eq!(kind("020 788 4000"), Some(PointKind::Phone));
        assert_eq!(kind("+31 (0)20 788 4000"), Some(PointKind::Phone));
        assert_eq!(kind("TEL:020\u{202f}788\u{2011}4000"), Some(PointKind::Phone));
        assert_eq!(kind("anna＠example.nl"), Some(PointKind::Email));
        for text in [
            "1033 RW 12-A",
            "1033rw 12 a",
            "1033RW12",
            "NL-1033 RW 12 A",
            "Modemstraat 12 A, 1033 RW Amsterdam",
            "Kerkstraat 3, 9000 Gent, België",
        ] {
            assert_eq!(kind(text), Some(PointKind::Post), "{text}");
        }
        for text in ["12345", "C-12345", "0001"] {
            assert!(matches!(Contact::parse(text), Some(Contact::Customer(number)) if number == text), "{text}");
        }
        for text in ["", "anna@", "jan jansen"] {
            assert!(Contact::parse(text).is_none(), "{text}");
        }
    }
}
