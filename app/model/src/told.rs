//! What an event tells, for the words: kinds of which one is made for several things are told apart.

use super::event::{Event, EventKind, Route};

/// The object of an event that says of a contact point that joined a person later that it is theirs.
pub const SAME_PERSON: &str = "same-person";

/// What happened, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The kind says it all.
    Kind(EventKind),
    /// `imported`: details of a person were taken down.
    Details,
    /// `imported`: staff said that what joined a person later is theirs.
    SamePerson,
    /// `imported`: a code was made for a person's letters.
    LetterCode,
    /// `staff_changed`: a program's key was given out or taken back.
    ApiKey,
    /// `retention_run`: the keys of days that are over.
    Days,
    /// `retention_run`: sign-ups that nobody confirmed.
    Unconfirmed,
    /// `sign_in_failed`: whose name it was has been told.
    FailuresTold,
    /// `mailed`, given to the mail server.
    MailSent,
    /// `mailed`, put into the queue.
    MailQueued,
    /// `mailed`, not delivered.
    MailGivenUp,
}

impl What {
    /// Of an event.
    pub fn of(event: &Event) -> Self {
        let object = event.object.as_deref().unwrap_or_default();
        match event.kind {
            // An import tells of a relation and of details at once; the relation is what the channels are about.
            EventKind::Imported if object == "profile" && event.channels.is_empty() => Self::Details,
            EventKind::Imported if object == SAME_PERSON => Self::SamePerson,
            EventKind::Imported if object == "letter-code" => Self::LetterCode,
            EventKind::StaffChanged if object.starts_with("client/") => Self::ApiKey,
            EventKind::RetentionRun if object == "days" => Self::Days,
            EventKind::RetentionRun if object == "newsletter/unconfirmed" => Self::Unconfirmed,
            EventKind::Mailed if object.ends_with(" sent") => Self::MailSent,
            EventKind::Mailed if object.ends_with(" queued") => Self::MailQueued,
            EventKind::Mailed if object.starts_with("mail/") => Self::MailGivenUp,
            EventKind::SignInFailed if object.contains(" told ") => Self::FailuresTold,
            kind => Self::Kind(kind),
        }
    }
}

/// Everything that something makes, with the ways in by which it is made. The words of each stand in a golden file, and
/// no test of the system may record anything else.
pub const MADE: &[(What, &[Route])] = {
    use EventKind as K;
    use Route as R;
    use What::Kind;
    const CHOICE: &[Route] = &[R::Banner, R::Settings, R::PreferencePage, R::Unknown];
    &[
        (Kind(K::ChoiceMade), CHOICE),
        (Kind(K::Withdrawn), CHOICE),
        (Kind(K::Renewed), CHOICE),
        (Kind(K::NoticeShown), &[R::Banner]),
        (Kind(K::ContinuedUse), &[R::Banner]),
        (
            Kind(K::Objected),
            &[
                R::PreferencePage,
                R::ObjectionPage,
                R::MailLink,
                R::OneClick,
                R::LetterCode,
                R::PhoneIn,
                R::PhoneOut,
                R::Letter,
                R::EmailIn,
                R::Api,
                R::Import,
            ],
        ),
        (Kind(K::ObjectionLifted), &[R::PreferencePage]),
        (Kind(K::OptInRequested), &[R::NewsletterPage, R::Letter, R::EmailIn, R::PhoneIn, R::PhoneOut, R::Api]),
        (Kind(K::OptInConfirmed), &[R::MailLink, R::PreferencePage]),
        (Kind(K::Imported), &[R::Import]),
        (What::Details, &[R::PreferencePage, R::Import, R::Api]),
        (What::SamePerson, &[R::Desk]),
        (What::LetterCode, &[R::Api, R::System]),
        (Kind(K::Merged), &[R::Import, R::Desk]),
        (Kind(K::Erased), &[R::InsightPage, R::Desk, R::System]),
        (Kind(K::LookedUp), &[R::Desk]),
        (Kind(K::CallClosed), &[R::PhoneIn, R::PhoneOut]),
        (Kind(K::MessageClassified), &[R::Api]),
        (Kind(K::LetterChecked), &[R::Api]),
        (Kind(K::PolicyPublished), &[R::System]),
        (Kind(K::StaffChanged), &[R::System, R::Desk]),
        (What::ApiKey, &[R::System]),
        (Kind(K::SignInFailed), &[R::Desk]),
        (What::FailuresTold, &[R::Desk]),
        (Kind(K::KeyRotated), &[R::System]),
        (What::Days, &[R::System]),
        (What::Unconfirmed, &[R::System]),
        (What::MailQueued, &[R::System]),
        (What::MailSent, &[R::System]),
        (What::MailGivenUp, &[R::System]),
    ]
};

/// Whether something makes this by that way in.
pub fn is_made(what: What, route: Route) -> bool {
    MADE.iter().any(|(made, routes)| *made == what && routes.contains(&route))
}
