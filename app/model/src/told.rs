//! What an event tells, for the words: kinds of which one is made for several things are told apart.

use super::event::{Body, Ended, Event, EventKind, MailState, Route};

/// What happened, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToldEvent {
    /// The kind says it all.
    Kind(EventKind),
    /// `retention_run`.
    Ended(Ended),
    /// `mailed`.
    Mail(MailState),
}

impl ToldEvent {
    pub fn from_event(event: &Event) -> Self {
        match &event.body {
            Body::RetentionRun(run) => Self::Ended(run.ended),
            Body::Mailed(mailed) => Self::Mail(mailed.state),
            body => Self::Kind(body.kind()),
        }
    }
}

/// Everything that something makes, with the ways in by which it is made. The words of each stand in a golden file, and
/// no test of the system may record anything else.
pub const MADE: &[(ToldEvent, &[Route])] = {
    use EventKind as K;
    use Route as R;
    use ToldEvent::Kind;
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
        (Kind(K::DetailsRecorded), &[R::PreferencePage, R::Import, R::Api]),
        (Kind(K::PointConfirmed), &[R::Desk]),
        (Kind(K::LetterCodeMade), &[R::Api, R::System]),
        (Kind(K::Merged), &[R::Import, R::Desk]),
        (Kind(K::Erased), &[R::InsightPage, R::Desk, R::System]),
        (Kind(K::LookedUp), &[R::Desk]),
        (Kind(K::CallClosed), &[R::PhoneIn, R::PhoneOut]),
        (Kind(K::MessageClassified), &[R::Api]),
        (Kind(K::LetterChecked), &[R::Api]),
        (Kind(K::PolicyPublished), &[R::System]),
        (Kind(K::StaffChanged), &[R::System, R::Desk]),
        (Kind(K::ClientChanged), &[R::System]),
        (Kind(K::SignInFailed), &[R::Desk]),
        (Kind(K::SignInFailuresTold), &[R::Desk]),
        (Kind(K::KeyRotated), &[R::System]),
        (Kind(K::Restored), &[R::System]),
        (ToldEvent::Ended(Ended::Days), &[R::System]),
        (ToldEvent::Ended(Ended::UnconfirmedSignUps), &[R::System]),
        (ToldEvent::Mail(MailState::Queued), &[R::System]),
        (ToldEvent::Mail(MailState::Sent), &[R::System]),
        (ToldEvent::Mail(MailState::GivenUp), &[R::System]),
    ]
};

/// Whether something makes this by that way in.
pub fn is_made(what: ToldEvent, route: Route) -> bool {
    MADE.iter().any(|(made, routes)| *made == what && routes.contains(&route))
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;

    #[test]
    fn every_kind_is_made_by_something() {
        for kind in EventKind::VARIANTS {
            let is_its = |what: &ToldEvent| match what {
                ToldEvent::Kind(of) => of == kind,
                ToldEvent::Ended(_) => *kind == EventKind::RetentionRun,
                ToldEvent::Mail(_) => *kind == EventKind::Mailed,
            };
            let ways = MADE.iter().filter(|(what, _)| is_its(what)).flat_map(|(_, routes)| *routes);
            assert!(ways.count() > 0, "{kind:?} stands in no line of MADE");
        }
    }
}
