//! Whom a program asks about: a customer number, a contact point, or both.

use serde::Deserialize;

use crate::problem::Problem;
use contact::{ContactError, ContactPoint, DutchAddress, Email, Phone, PostalAddress};
use keuze_core::service::people::{Addressee, People, customer_number};
use words::problem::Slug;

/// As it is sent; addresses stand in bodies and never in an address of ours.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedAddressee {
    customer: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    post: Option<SentPost>,
}

/// A Dutch address by postcode and house number, or the lines of any.
#[derive(Deserialize)]
#[serde(untagged)]
enum SentPost {
    Dutch(SentDutch),
    Lines(SentLines),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentDutch {
    postcode: String,
    number: String,
    #[serde(default)]
    addition: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentLines {
    lines: Vec<String>,
    /// Where it is no line.
    #[serde(default)]
    country: Option<String>,
}

/// Whom it turned out to be.
pub struct FoundAddressee {
    /// In the words of the rules.
    pub who: Addressee,
    /// A customer number was named that nobody has: then nothing is known, whatever else was named.
    pub is_nobody: bool,
}

impl NamedAddressee {
    /// A customer number alone.
    pub fn customer(number: String) -> Self {
        Self { customer: Some(number), ..Self::default() }
    }

    /// Finds them.
    ///
    /// # Errors
    /// A problem that names the field, never what was in it.
    pub fn find(&self, people: &People) -> Result<FoundAddressee, Problem> {
        let points = self.points()?;
        if self.customer.is_none() && points.is_empty() {
            return Err(Problem::with(Slug::MalformedRequest, "who"));
        }
        let number = self
            .customer
            .as_deref()
            .map(customer_number)
            .transpose()
            .map_err(|changed| Problem::with(Slug::MalformedRequest, "who.customer").mended_by(changed))?;
        let person = number.and_then(|number| people.customer_at(&number, &points));
        let is_nobody = self.customer.is_some() && person.is_none();
        let who = if is_nobody {
            Addressee::default()
        } else {
            Addressee { person: person.as_ref().map(|person| person.subject), points }
        };
        Ok(FoundAddressee { who, is_nobody })
    }

    fn points(&self) -> Result<Vec<ContactPoint>, Problem> {
        let wrong = |field: &'static str| {
            move |error: ContactError| Problem::with(Slug::MalformedRequest, field).mended_by(error)
        };
        let email = self.email.as_deref().map(Email::parse).transpose().map_err(wrong("who.email"))?;
        let phone = self.phone.as_deref().map(Phone::parse).transpose().map_err(wrong("who.phone"))?;
        let post = self.post.as_ref().map(SentPost::parse_address).transpose().map_err(wrong("who.post"))?;
        let email = email.map(ContactPoint::Email);
        Ok(email.into_iter().chain(phone.map(ContactPoint::Phone)).chain(post.map(ContactPoint::Post)).collect())
    }
}

impl SentPost {
    fn parse_address(&self) -> Result<PostalAddress, ContactError> {
        match self {
            Self::Dutch(SentDutch { postcode, number, addition }) => {
                DutchAddress::parse(postcode, number, addition).map(PostalAddress::Dutch)
            }
            Self::Lines(SentLines { lines, country }) => PostalAddress::of_lines(&lines.join("\n"), country.as_deref()),
        }
    }
}
