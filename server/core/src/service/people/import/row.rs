//! What a row says: its columns, and what is wrong with them in words that never repeat what was written.

use model::channel::Channel;
use model::evidence::SoftOptIn;
use model::language::Language;
use time::Date;
use time::format_description::well_known::Iso8601;
use time::macros::date;

use super::words::{self, Listed};
use crate::service::people::{Changed, customer_number};
use contact::{ContactError, ContactPoint, Country, DutchAddress, Email, Phone, PostalAddress, without_decimals};

/// A column of a file, or a member of a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The customer number; rows with the same one are about the same person.
    Customer,
    Name,
    /// `nl` or `en`.
    Language,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    Postcode,
    HouseNumber,
    /// What stands behind the house number.
    Addition,
    Street,
    Place,
    /// The country; the Netherlands where it is empty.
    Country,
    /// The lines of an address instead of its parts, with `|` between them.
    Lines,
    /// The channels for which the person is a customer.
    Channels,
    /// Evidence of a soft opt-in: the sale or contract.
    Contract,
    /// Evidence: the entity that sold is the one that sends.
    SameEntity,
    /// Evidence: when the person was told.
    InformedOn,
    /// Evidence: when refusing was offered.
    OptOutOfferedOn,
    /// Whether the person refused then.
    OptOutUsed,
    /// Evidence: which own, similar products.
    Products,
    /// The channels that the person objected to elsewhere; `all` for every one.
    ObjectedChannels,
    ObjectedOn,
    /// Whether somebody made sure that the address or number is the person's whom the customer number names.
    SamePerson,
}

impl Column {
    /// All of them, by the name in the header.
    pub const ALL: [(Self, &str); 22] = [
        (Self::Customer, "customer"),
        (Self::Name, "name"),
        (Self::Language, "language"),
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::Postcode, "postcode"),
        (Self::HouseNumber, "house_number"),
        (Self::Addition, "addition"),
        (Self::Street, "street"),
        (Self::Place, "place"),
        (Self::Country, "country"),
        (Self::Lines, "lines"),
        (Self::Channels, "channels"),
        (Self::Contract, "contract"),
        (Self::SameEntity, "same_entity"),
        (Self::InformedOn, "informed_on"),
        (Self::OptOutOfferedOn, "opt_out_offered_on"),
        (Self::OptOutUsed, "opt_out_used"),
        (Self::Products, "products"),
        (Self::ObjectedChannels, "objected_channels"),
        (Self::ObjectedOn, "objected_on"),
        (Self::SamePerson, "same_person"),
    ];

    /// As it stands in the header.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(column, _)| *column == self).map_or("", |(_, name)| name)
    }

    /// The column of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('\u{feff}').trim().to_lowercase();
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(column, _)| *column)
    }

    /// The column that a mistyped name may mean.
    pub fn close_to(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let alike = |known: &str| strsim::jaro_winkler(known, &name);
        let close = Self::ALL.into_iter().max_by(|(_, a), (_, b)| alike(a).total_cmp(&alike(b)));
        close.filter(|(_, known)| alike(known) > 0.8).map(|(column, _)| column)
    }

    /// Whether a no can stand in it.
    pub fn may_say_no(self) -> bool {
        matches!(self, Self::ObjectedChannels | Self::OptOutUsed)
    }
}

/// What is wrong with a row: the field and the mend. Nothing of the row was recorded but its no ([`ContactRow::no_of`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The field; none where it is the row as a whole.
    pub column: Option<Column>,
    pub mend: Mend,
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}: {}", column.name(), self.mend),
            None => write!(f, "{}", self.mend),
        }
    }
}

/// How to mend a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mend {
    /// Not an address or number.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// A customer number that a spreadsheet changed.
    #[error(transparent)]
    CustomerNumber(#[from] Changed),
    #[error("write nl or en")]
    Language,
    #[error("write the date as 2026-11-24; no day before 1990 and none to come")]
    Date,
    /// Neither yes nor no.
    #[error("write yes or no")]
    YesOrNo,
    #[error("write newsletter, email, post, phone or social, with a space between two")]
    Channel,
    /// A word that could mean two things, or says nothing of channels.
    #[error("\"{0}\" does not say which channel; write newsletter, email, post, phone or social")]
    UnclearChannel(&'static str),
    /// A word that may be mistyped.
    #[error("a word there is no channel; did you mean {0}?")]
    ChannelLike(&'static str),
    /// Every channel, where each needs its name.
    #[error("\"{0}\" cannot be taken here; name each channel that the person is a customer for")]
    NameEach(&'static str),
    /// S-11.
    #[error("self-signup-required: only the person themselves can sign up on social media; leave social out")]
    SelfSignUpRequired,
    /// Too long, or not one line of text.
    #[error("write one line of at most 200 characters")]
    Text,
    /// Nobody to be found again.
    #[error("add a customer number, or at least one address or number")]
    Nobody,
    /// A line that tells of the file and of nobody.
    #[error(
        "this looks like a total or a remark, and not like a customer; take the line out, or add an address or number"
    )]
    Remark,
    /// An objection that reaches nothing.
    #[error("none of these reaches an address or number of this row; add one, or a customer number")]
    ReachesNothing,
    /// A date without what happened then.
    #[error("say what was objected to in objected_channels")]
    DateWithoutChannels,
    /// The same person as who?
    #[error("say with a customer number whose addresses and numbers these are")]
    SameAsNobody,
    #[error("say in channels what the evidence is for")]
    EvidenceForNothing,
    /// The file broke off.
    #[error("the file cannot be read any further; nothing from here on was looked at")]
    Unreadable,
    /// Another number of fields than the header.
    #[error("the row has more or fewer fields than the header; look for a missing quotation mark or separator")]
    Fields,
    /// A quotation mark that is not closed.
    #[error(
        "a quotation mark is opened and not closed properly; put one at both ends of the field, and double one inside it"
    )]
    OpenQuote,
    /// A quotation mark inside a field.
    #[error("a quotation mark stands inside a field; put the field in quotation marks, and double the one inside it")]
    Quote,
    /// Another end of line than the header's.
    #[error("the lines of this file end in different ways; save it with one kind of line end")]
    LineEnds,
    /// A line break inside a field.
    #[error("a line breaks off inside a field; write the row as one line")]
    LineBreak,
    /// What stands where the customer number belongs says something of a channel.
    #[error("this looks like the end of the row above it, broken off; write that row as one line")]
    EndOfAnother,
    /// A line that an open quotation mark reaches.
    #[error("the quotation mark that is opened in line {0} reaches here; mend that line first")]
    InsideQuotes(u64),
    /// The names of the columns.
    #[error("the names of the columns stand here once more; take this line out")]
    HeaderAgain,
    /// A member that stands there twice.
    #[error("it stands there twice; say it once")]
    Twice,
    /// Not UTF-8.
    #[error("the row is not UTF-8; save the file as UTF-8")]
    Encoding,
    /// Not one JSON object.
    #[error("this is not one JSON object, such as {{\"customer\": \"K-1001\", \"objected_channels\": \"post\"}}")]
    Json,
    /// A member that there is not.
    #[error("there is no such member{}", .0.map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    Member(Option<&'static str>),
    /// A member whose value holds more than texts.
    #[error("write a text, a number, true or false, or a list of texts")]
    Value,
    /// Longer than any honest row.
    #[error("the row is longer than 64 KiB; look for a missing quotation mark or line end")]
    TooLong,
}

/// A row, understood. It holds contact details, so it has no Debug.
pub struct ContactRow {
    /// The customer number.
    pub customer: Option<String>,
    pub name: Option<String>,
    pub language: Language,
    /// Where the person can be reached.
    pub points: Vec<ContactPoint>,
    /// The channels for which the person is a customer.
    pub told: Vec<Channel>,
    /// What there is as evidence.
    pub evidence: Option<SoftOptIn>,
    /// What the person objected to elsewhere.
    pub objected: Vec<Channel>,
    /// Whether that was every channel, in one word.
    pub objected_to_all: bool,
    pub objected_on: Option<Date>,
    /// Whether what the row names is the same person's for certain.
    pub same_person: bool,
}

/// What can be read of the no of a row that is refused.
#[derive(Default)]
pub struct ReadNo {
    /// The no, with everything that can be read of whom and where.
    pub row: Option<ContactRow>,
    /// Whether something there may be a further no, and cannot be read.
    pub has_unread: bool,
}

/// The fields of a row, in their order; one that was sent twice stands here twice.
#[derive(Clone, Default)]
pub struct RowFields(Vec<(Column, String)>);

impl RowFields {
    pub fn push(&mut self, column: Column, text: String) {
        self.0.push((column, text));
    }

    /// Whether there is one, empty or not.
    pub fn has(&self, column: Column) -> bool {
        self.0.iter().any(|(of, _)| *of == column)
    }

    /// Whether none of them says anything.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, text)| text.trim().is_empty())
    }

    /// Whether they say the names of their own columns.
    pub fn is_the_header(&self, columns: &[Column]) -> bool {
        self.0.len() == columns.len() && self.0.iter().all(|(column, text)| Column::from_name(text) == Some(*column))
    }

    /// Whether a no stands there, or something that may be one.
    pub fn say_no(&self) -> bool {
        let listed = self.objected();
        !listed.at_least.is_empty() || listed.wrong.is_some() || self.opt_out_used().unwrap_or(true)
    }

    /// Whether a short row looks like the end of one that broke off: what stands where the customer number belongs names
    /// channels, or is a yes or no with nothing beside it.
    pub fn look_like_an_end(&self) -> bool {
        let Some(customer) = self.get(Column::Customer) else { return false };
        let is_alone = self.0.iter().all(|(column, text)| *column == Column::Customer || text.trim().is_empty());
        words::channels(customer, true).wrong.is_none() || is_alone && words::yes(customer).is_some()
    }

    fn get(&self, column: Column) -> Option<&str> {
        self.all(column).next()
    }

    fn all(&self, column: Column) -> impl Iterator<Item = &str> {
        let of = self.0.iter().filter(move |(of, _)| *of == column);
        of.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    fn text(&self, column: Column) -> Result<Option<String>, RowFault> {
        let is_line = |text: &str| text.chars().count() <= 200 && !text.contains(char::is_control);
        match self.get(column) {
            Some(text) if !is_line(text) => Err(fault(column, Mend::Text)),
            text => Ok(text.map(str::to_owned)),
        }
    }

    fn customer(&self) -> Result<Option<String>, RowFault> {
        let number = self.text(Column::Customer)?.map(|text| customer_number(&text)).transpose();
        let number = number.map_err(|changed| fault(Column::Customer, changed.into()))?;
        Ok(number.filter(|number| !number.is_empty()))
    }

    fn parse_column<T>(&self, column: Column, parse: impl Fn(&str) -> Result<T, Mend>) -> Result<Option<T>, RowFault> {
        self.get(column).map(parse).transpose().map_err(|mend| fault(column, mend))
    }

    fn yes(&self, column: Column) -> Result<Option<bool>, RowFault> {
        self.parse_column(column, |text| words::yes(text).ok_or(Mend::YesOrNo))
    }

    fn date(&self, column: Column, today: Date) -> Result<Option<Date>, RowFault> {
        self.parse_column(column, |text| date(text, today).ok_or(Mend::Date))
    }

    fn channels(&self, column: Column) -> Result<Listed, RowFault> {
        let listed = words::channels(self.get(column).unwrap_or_default(), column == Column::ObjectedChannels);
        match listed.wrong {
            None => Ok(listed),
            Some(mend) => Err(fault(column, mend)),
        }
    }

    /// What was objected to, wherever it stands.
    fn objected(&self) -> Listed {
        words::channels(&self.all(Column::ObjectedChannels).collect::<Vec<_>>().join(" "), true)
    }

    /// Whether the person refused when the address was collected; `None` where that cannot be read.
    fn opt_out_used(&self) -> Option<bool> {
        self.all(Column::OptOutUsed).map(words::yes).try_fold(false, |any, yes| yes.map(|yes| any || yes))
    }

    fn evidence(&self, today: Date) -> Result<Option<SoftOptIn>, RowFault> {
        let evidence = SoftOptIn {
            contract: self.text(Column::Contract)?,
            same_entity: self.yes(Column::SameEntity)?.unwrap_or_default(),
            informed_on: self.date(Column::InformedOn, today)?,
            opt_out_offered_on: self.date(Column::OptOutOfferedOn, today)?,
            opt_out_used: self.yes(Column::OptOutUsed)?.unwrap_or_default(),
            products: self.text(Column::Products)?,
        };
        Ok((evidence != SoftOptIn::default()).then_some(evidence))
    }

    /// The contact points, each on its own: one that cannot be right does not hide the others.
    fn points(&self) -> impl Iterator<Item = Result<ContactPoint, RowFault>> {
        let email = self.parse_column(Column::Email, |text| Ok(ContactPoint::Email(Email::parse(text)?)));
        let phone = self.parse_column(Column::Phone, |text| Ok(ContactPoint::Phone(Phone::parse(text)?)));
        let post = self.post().map(|post| post.map(ContactPoint::Post));
        [email, phone, post].into_iter().filter_map(Result::transpose)
    }

    /// The messages that somebody refused when the address was collected: those that they are a customer for, or both where
    /// that cannot be read.
    fn refused_messages(&self) -> Vec<Channel> {
        let told = words::channels(self.get(Column::Channels).unwrap_or_default(), false);
        let refused: Vec<Channel> = told.at_least.into_iter().filter(is_message).collect();
        if refused.is_empty() { vec![Channel::Newsletter, Channel::Email] } else { refused }
    }

    fn post(&self) -> Result<Option<PostalAddress>, RowFault> {
        let parts = [Column::Postcode, Column::HouseNumber, Column::Addition, Column::Street, Column::Place];
        let has_parts = parts.iter().any(|column| self.get(*column).is_some());
        let country = self.parse_column(Column::Country, |text| Ok(Country::parse(text)?));
        let is_dutch = || Ok(country?.is_none_or(|country| country == Country::NETHERLANDS));
        match self.get(Column::Lines) {
            // A country that is none is told of before an address comes to stand beside it.
            None if !has_parts => country.map(|_| None),
            // Postcode and house number say more than lines do.
            Some(_) if is_dutch()? && self.get(Column::Postcode).is_some() => self.dutch().map(Some),
            Some(lines) => self.of_lines(&lines.replace('|', "\n")).map(Some),
            None if is_dutch()? => self.dutch().map(Some),
            None => self.of_lines(&self.lines_of_parts()?).map(Some),
        }
    }

    fn lines_of_parts(&self) -> Result<String, RowFault> {
        let text = |column| without_decimals(self.get(column).unwrap_or_default());
        for column in [Column::HouseNumber, Column::Addition] {
            if contact::is_changed_by_a_spreadsheet(text(column)) {
                return Err(fault(column, ContactError::Spreadsheet.into()));
            }
        }
        let street = [text(Column::Street), text(Column::HouseNumber), text(Column::Addition)].join(" ");
        Ok(format!("{street}\n{} {}", text(Column::Postcode), text(Column::Place)))
    }

    fn of_lines(&self, lines: &str) -> Result<PostalAddress, RowFault> {
        PostalAddress::of_lines(lines, self.get(Column::Country)).map_err(|error| {
            let of_country = matches!(error, ContactError::Country | ContactError::NoCountry);
            fault(if of_country { Column::Country } else { Column::Lines }, error.into())
        })
    }

    fn dutch(&self) -> Result<PostalAddress, RowFault> {
        let text = |column| self.get(column).unwrap_or_default();
        let (number, addition) = (text(Column::HouseNumber), text(Column::Addition));
        // The number of a box may be long; the street says that it is one.
        let number =
            if DutchAddress::is_box(text(Column::Street)) { format!("postbus {number}") } else { number.to_owned() };
        let parsed = DutchAddress::parse(text(Column::Postcode), &number, addition).map_err(|error| {
            let of_addition = error == ContactError::Spreadsheet && contact::is_changed_by_a_spreadsheet(addition);
            let column = match error {
                ContactError::Postcode => Column::Postcode,
                _ if of_addition => Column::Addition,
                _ => Column::HouseNumber,
            };
            fault(column, error.into())
        })?;
        Ok(PostalAddress::Dutch(parsed.with_lines(self.text(Column::Street)?, self.text(Column::Place)?)))
    }
}

impl ContactRow {
    /// Reads the fields of a row.
    ///
    /// # Errors
    /// The first field that cannot be right.
    pub fn parse_row(fields: &RowFields, today: Date) -> Result<Self, RowFault> {
        let objected = fields.channels(Column::ObjectedChannels)?;
        let row = Self {
            customer: fields.customer()?,
            name: fields.text(Column::Name)?,
            language: fields
                .parse_column(Column::Language, |text| Language::from_tag(text).ok_or(Mend::Language))?
                .unwrap_or_default(),
            points: fields.points().collect::<Result<_, _>>()?,
            told: fields.channels(Column::Channels)?.channels,
            evidence: fields.evidence(today)?,
            objected: objected.channels,
            objected_to_all: objected.all,
            objected_on: fields.date(Column::ObjectedOn, today)?,
            same_person: fields.yes(Column::SamePerson)?.unwrap_or_default(),
        };
        row.check().map(|()| row)
    }

    /// What a row that is refused says no to, with everything that can be read of whom and where: a no must not be lost
    /// because another field is wrong.
    pub fn no_of(fields: &RowFields, today: Date) -> ReadNo {
        let listed = fields.objected();
        let opt_out_used = fields.opt_out_used();
        let mut objected = listed.at_least;
        if opt_out_used == Some(true) {
            objected.extend(fields.refused_messages());
            objected.sort_unstable();
            objected.dedup();
        }
        // What stands one column too far.
        let astray = |column| fields.all(column).any(|text| !words::channels(text, true).at_least.is_empty());
        let has_unread = listed.wrong.is_some() || opt_out_used.is_none() || astray(Column::ObjectedOn);
        let row = (!objected.is_empty()).then(|| Self {
            customer: fields.customer().unwrap_or_default(),
            name: None,
            language: Language::default(),
            points: fields.points().filter_map(Result::ok).collect(),
            told: Vec::new(),
            evidence: None,
            objected,
            objected_to_all: listed.all,
            objected_on: fields.date(Column::ObjectedOn, today).unwrap_or_default(),
            same_person: false,
        });
        ReadNo { row, has_unread }
    }

    fn reaches(&self, channel: Channel) -> bool {
        self.points.iter().any(|point| channel.point() == Some(point.kind()))
    }

    fn check(&self) -> Result<(), RowFault> {
        match () {
            () if self.told.iter().any(|channel| channel.is_by_own_sign_up()) => {
                Err(fault(Column::Channels, Mend::SelfSignUpRequired))
            }
            () if self.customer.is_none() && self.points.is_empty() => {
                Err(RowFault { column: None, mend: Mend::Nobody })
            }
            () if self.is_remark() => Err(fault(Column::Customer, Mend::Remark)),
            () if self.evidence.is_some() && self.told.is_empty() => {
                Err(fault(Column::Channels, Mend::EvidenceForNothing))
            }
            () if self.objected_on.is_some() && self.objected.is_empty() => {
                Err(fault(Column::ObjectedOn, Mend::DateWithoutChannels))
            }
            () if self.same_person && self.customer.is_none() => Err(fault(Column::Customer, Mend::SameAsNobody)),
            () if self.is_points_alone() && !self.objected.iter().any(|channel| self.reaches(*channel)) => {
                Err(fault(Column::ObjectedChannels, Mend::ReachesNothing))
            }
            () => Ok(()),
        }
    }

    /// Whether it has nothing but what stands where the customer number belongs, and that is a total or a remark.
    fn is_remark(&self) -> bool {
        let says_nothing = self.told.is_empty() && self.objected.is_empty() && self.evidence.is_none();
        let is_remark = |text: &String| words::is_remark(text) || (says_nothing && words::is_sentence(text));
        self.points.is_empty() && self.customer.as_ref().is_some_and(is_remark)
    }

    /// Whether it tells of an objection at an address or number, and of no person.
    pub fn is_points_alone(&self) -> bool {
        self.customer.is_none() && self.name.is_none() && self.told.is_empty() && !self.objected.is_empty()
    }
}

fn fault(column: Column, mend: Mend) -> RowFault {
    RowFault { column: Some(column), mend }
}

/// A refusal when the address was collected is one of messages to that address; it says nothing of letters and calls.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a filter passes a reference")]
pub fn is_message(channel: &Channel) -> bool {
    matches!(channel, Channel::Newsletter | Channel::Email)
}

/// Nobody is written about who objected, or was told anything, before this: an earlier day is the zero of some program.
const EARLIEST: Date = date!(1990 - 01 - 01);

/// A day as `2026-11-24`, in its one spelling.
fn date(text: &str, today: Date) -> Option<Date> {
    // ISO 8601 has weeks, too, and numbers days through the year.
    let date = Date::parse(text, &Iso8601::DATE).ok().filter(|date| date.to_string() == text)?;
    (EARLIEST <= date && date <= today).then_some(date)
}
