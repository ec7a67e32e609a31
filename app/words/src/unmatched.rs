//! The words for an act that does not fit what is open: it was not recorded, and this leads back.

use crate::views::unmatched::Unmatched;
use model::language::Language::{self, En, Nl};

#[derive(Clone, Copy, Debug)]
pub struct UnmatchedWords {
    pub title: &'static str,
    pub happened: &'static str,
    pub to_do: &'static str,
}

impl UnmatchedWords {
    /// Of one case in one language.
    pub fn in_language(why: Unmatched, language: Language) -> Self {
        let title = match (why, language) {
            (Unmatched::NotOpen, Nl) => "Dit is hier niet open",
            (Unmatched::NotOpen, En) => "This is not open here",
            (_, Nl) => "Dit is niet vastgelegd",
            (_, En) => "This was not recorded",
        };
        let (happened, to_do) = match language {
            Nl => dutch(why),
            En => english(why),
        };
        Self { title, happened, to_do }
    }
}

fn dutch(why: Unmatched) -> (&'static str, &'static str) {
    match why {
        Unmatched::LookUp => (
            "Deze opzoeking is hier niet (meer) open. Er is niets vastgelegd en niets gewist.",
            "Zoek de persoon opnieuw op en leg het dan vast.",
        ),
        Unmatched::Changed => (
            "Bij deze persoon is iets veranderd sinds u de pagina zag. Er is niets vastgelegd en niets gewist.",
            "Bekijk de persoon opnieuw. Klopt het nog, leg het dan vast.",
        ),
        Unmatched::Call => (
            "Dit gesprek is hier niet (meer) open. Er is niets vastgelegd, ook niet bij een ander gesprek.",
            "Zoek de persoon op en leg het daar vast, of open het gesprek opnieuw.",
        ),
        Unmatched::CallChanged => (
            "In een ander venster is in dit gesprek iets anders gekozen. Er is niets vastgelegd.",
            "Ga naar het gesprek en druk daar opnieuw.",
        ),
        Unmatched::NotOpen => (
            "Een opzoeking of gesprek opent alleen voor wie het opende, en niet langer dan die aangemeld is.",
            "Zoek opnieuw op.",
        ),
        Unmatched::OtherStaff => (
            "In een ander venster meldde iemand anders zich aan. Er is niets vastgelegd en niets veranderd.",
            "Meld u af en weer aan onder uw eigen naam. Doe het daarna opnieuw.",
        ),
        Unmatched::Ended(_) => (
            "U bent niet (meer) ingelogd. Er is niets vastgelegd, veranderd of gewist.",
            "Bevestig uw e-mailadres opnieuw. Reclame stoppen kan ook zonder code.",
        ),
        Unmatched::OtherAddress => (
            "In een ander venster is een ander adres of nummer bevestigd. Er is niets vastgelegd, veranderd of gewist.",
            "Ga naar de keuzes van het adres dat nu is bevestigd, of bevestig het andere opnieuw.",
        ),
        Unmatched::OtherPerson => (
            "Bij dit adres of nummer hoort nu iemand anders dan toen u de pagina zag. Er is niets vastgelegd, veranderd of gewist.",
            "Bekijk opnieuw wat er staat en kies dan.",
        ),
        Unmatched::OtherCode => (
            "In een ander venster is om een andere code gevraagd. Uw code is niet gebruikt. Er is niets vastgelegd.",
            "Vul de nieuwste code in, of vraag een nieuwe.",
        ),
    }
}

fn english(why: Unmatched) -> (&'static str, &'static str) {
    match why {
        Unmatched::LookUp => (
            "This look-up is not open here (any more). Nothing was recorded and nothing erased.",
            "Look the person up again and record it then.",
        ),
        Unmatched::Changed => (
            "Something about this person changed since you saw the page. Nothing was recorded and nothing erased.",
            "Look at the person again. If it is still right, record it then.",
        ),
        Unmatched::Call => (
            "This call is not open here (any more). Nothing was recorded, not in another call, either.",
            "Look the person up and record it there, or open the call again.",
        ),
        Unmatched::CallChanged => (
            "In another window something else was chosen in this call. Nothing was recorded.",
            "Go to the call and press again there.",
        ),
        Unmatched::NotOpen => (
            "A look-up or call opens only for whoever opened it, and no longer than they are signed in.",
            "Look up again.",
        ),
        Unmatched::OtherStaff => (
            "In another window somebody else signed in. Nothing was recorded and nothing changed.",
            "Sign out, and sign in under your own name. Then do it again.",
        ),
        Unmatched::Ended(_) => (
            "You are not signed in (any more). Nothing was recorded, changed or erased.",
            "Confirm your e-mail address again. Advertising can also be stopped without a code.",
        ),
        Unmatched::OtherAddress => (
            "In another window another address or number was confirmed. Nothing was recorded, changed or erased.",
            "Go to the choices of the address that is confirmed now, or confirm the other one again.",
        ),
        Unmatched::OtherPerson => (
            "Somebody else belongs to this address or number than when you saw the page. Nothing was recorded, changed or erased.",
            "Look again at what stands there, and choose then.",
        ),
        Unmatched::OtherCode => (
            "In another window another code was asked for. Your code was not used, and nothing was recorded.",
            "Enter the newest code, or ask for a new one.",
        ),
    }
}

/// The link to what is to be looked at again.
pub fn back(why: Unmatched, language: Language) -> &'static str {
    match (why, language) {
        (Unmatched::Call | Unmatched::CallChanged, Nl) => "Naar het gesprek",
        (Unmatched::Call | Unmatched::CallChanged, En) => "To the call",
        (_, Nl) => "Terug naar de persoon",
        (_, En) => "Back to the person",
    }
}

/// The link to what holds for the address that is confirmed now.
pub fn to_choices(language: Language) -> &'static str {
    match language {
        Nl => "Naar uw keuzes",
        En => "To your choices",
    }
}

/// The link to the page that takes a code.
pub fn to_code(language: Language) -> &'static str {
    match language {
        Nl => "Code invullen",
        En => "Enter a code",
    }
}
