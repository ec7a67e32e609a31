//! Acts, answers, routes and reasons in words.

use crate::views::desk::people::Reach;
use model::choice::{Answer, Control};
use model::contact::PointKind;
use model::decision::Reason;
use model::event::{Actor, Ended, EventKind, MailState, Route};
use model::language::Language::{self, En, Nl};
use model::told::ToldEvent;

/// What was answered for a purpose, as a person reads it back.
pub fn answer(answer: Answer, language: Language) -> &'static str {
    match (answer, language) {
        (Answer::Granted, Nl) => "U gaf toestemming",
        (Answer::Granted, En) => "You gave consent",
        (Answer::Refused, Nl) => "U weigerde",
        (Answer::Refused, En) => "You refused",
        (Answer::NotObjected, Nl) => "U maakte geen bezwaar",
        (Answer::NotObjected, En) => "You did not object",
        (Answer::Objected, Nl) => "U maakte bezwaar",
        (Answer::Objected, En) => "You objected",
        (Answer::NotOffered, Nl) => "Niet gevraagd",
        (Answer::NotOffered, En) => "Not asked",
    }
}

/// What was answered for a purpose, after its name and a colon.
pub fn answer_you(answer: Answer, language: Language) -> &'static str {
    let (nl, en) = match answer {
        Answer::Granted => ("u gaf toestemming", "you gave consent"),
        Answer::Refused => ("u weigerde", "you refused"),
        Answer::NotObjected => ("u maakte geen bezwaar", "you did not object"),
        Answer::Objected => ("u maakte bezwaar", "you objected"),
        Answer::NotOffered => ("niet gevraagd", "not asked"),
    };
    pick(language, nl, en)
}

/// What was answered, as the desk reads it.
pub fn answer_noun(answer: Answer, language: Language) -> &'static str {
    match (answer, language) {
        (Answer::Granted, Nl) => "aangeboden, toestemming gegeven",
        (Answer::Granted, En) => "offered, consent given",
        (Answer::Refused, Nl) => "aangeboden, geweigerd",
        (Answer::Refused, En) => "offered, refused",
        (Answer::NotObjected, Nl) => "aangeboden, geen bezwaar",
        (Answer::NotObjected, En) => "offered, no objection",
        (Answer::Objected, Nl) => "aangeboden, bezwaar gemaakt",
        (Answer::Objected, En) => "offered, objected",
        (Answer::NotOffered, Nl) => "niet aangeboden",
        (Answer::NotOffered, En) => "not offered",
    }
}

/// What happened, as a line of a timeline.
pub fn kind(kind: EventKind, language: Language) -> &'static str {
    let (nl, en) = match kind {
        EventKind::NoticeShown => ("melding getoond", "notice shown"),
        EventKind::ContinuedUse => ("site verder gebruikt, geen toestemming", "site used further, no consent"),
        EventKind::ChoiceMade => ("keuze gemaakt", "choice made"),
        EventKind::Withdrawn => ("toestemming ingetrokken", "consent withdrawn"),
        EventKind::Objected => ("bezwaar gemaakt", "objection made"),
        EventKind::OptInRequested => {
            ("aanmelding gevraagd, nog niet bevestigd", "sign-up asked for, not yet confirmed")
        }
        EventKind::ObjectionLifted => {
            ("bezwaar op een adres of nummer opgeheven", "objection on an address or number lifted")
        }
        EventKind::OptInConfirmed => ("aanmelding bevestigd", "sign-up confirmed"),
        EventKind::Renewed => ("opnieuw gekozen", "choice renewed"),
        EventKind::Merged => ("twee klanten samengevoegd", "two customers merged"),
        EventKind::Erased => ("gegevens gewist", "data erased"),
        EventKind::LookedUp => ("opgezocht door een medewerker", "looked up by a staff member"),
        EventKind::PolicyPublished => ("beleid gepubliceerd", "policy published"),
        EventKind::StaffChanged => ("toegang van een medewerker gewijzigd", "access of a staff member changed"),
        EventKind::KeyRotated => ("sleutel vervangen", "key rotated"),
        EventKind::Restored => ("register teruggezet uit een reservekopie", "register put back from a backup"),
        EventKind::DetailsRecorded => ("gegevens vastgelegd", "details recorded"),
        EventKind::PointConfirmed => {
            ("adres of nummer hoort bij dezelfde persoon", "address or number belongs to the same person")
        }
        EventKind::LetterCodeMade => ("code voor brieven gemaakt", "code for letters made"),
        EventKind::ClientChanged => ("toegang van een programma gewijzigd", "access of a program changed"),
        EventKind::SignInFailuresTold => {
            ("medewerker ingelicht over mislukte aanmeldingen", "staff member told of failed sign-ins")
        }
        EventKind::Imported => ("klantrelatie vastgelegd", "customer relation recorded"),
        EventKind::RetentionRun => ("bewaartermijn toegepast", "retention applied"),
        EventKind::Mailed => ("mail", "mail"),
        EventKind::CallClosed => ("gesprek gesloten", "call closed"),
        EventKind::MessageClassified => ("soort bericht vastgelegd", "kind of message recorded"),
        EventKind::SignInFailed => ("aanmelden mislukt", "sign-in failed"),
        EventKind::LetterChecked => ("brief goedgekeurd", "letter passed"),
    };
    pick(language, nl, en)
}

/// What an event tells, as a line of a timeline.
pub fn what(what: ToldEvent, language: Language) -> &'static str {
    let (nl, en) = match what {
        ToldEvent::Kind(of) => return kind(of, language),
        ToldEvent::Ended(Ended::Days) => ("sleutels van voorbije dagen vernietigd", "keys of past days destroyed"),
        ToldEvent::Ended(Ended::UnconfirmedSignUps) => {
            ("niet bevestigde aanmeldingen gewist", "unconfirmed sign-ups erased")
        }
        ToldEvent::Mail(MailState::Queued) => ("bericht klaargezet", "message queued"),
        ToldEvent::Mail(MailState::Sent) => ("bericht verstuurd", "message sent"),
        ToldEvent::Mail(MailState::GivenUp) => ("bericht niet verstuurd", "message not sent"),
    };
    pick(language, nl, en)
}

/// Where it came in.
pub fn route(route: Route, language: Language) -> &'static str {
    let (nl, en) = match route {
        Route::Banner => ("melding", "banner"),
        Route::Settings => ("instellingen", "settings"),
        Route::PreferencePage => ("voorkeurenpagina", "preference page"),
        Route::ObjectionPage => ("formulier Reclame stoppen", "form Stop advertising"),
        Route::NewsletterPage => ("formulier Nieuwsbrief", "form Newsletter"),
        Route::InsightPage => ("pagina Wat wij van u bewaren", "page What we hold about you"),
        Route::MailLink => ("link in een mail", "link in a mail"),
        Route::OneClick => ("afmeldknop in de mail", "one-click unsubscribe"),
        Route::LetterCode => ("code uit een brief", "code from a letter"),
        Route::PhoneIn => ("telefoon, de klant belde", "phone, the customer called"),
        Route::PhoneOut => ("telefoon, wij belden", "phone, we called"),
        Route::Letter => ("brief van de klant", "letter from the customer"),
        Route::EmailIn => ("e-mail van de klant", "e-mail from the customer"),
        Route::Portal => ("klantportaal", "customer portal"),
        Route::Api => ("koppeling met een ander systeem", "link with another system"),
        Route::Import => ("ingelezen uit een ander systeem", "read in from another system"),
        Route::Gpc => ("signaal van de browser (GPC)", "browser signal (GPC)"),
        Route::Desk => ("balie", "desk"),
        Route::System => ("systeem of beheerder", "system or operator"),
        Route::Unknown => ("niet vermeld", "not stated"),
    };
    pick(language, nl, en)
}

pub fn actor(actor: &Actor, language: Language) -> String {
    match actor {
        Actor::Visitor => pick(language, "bezoeker", "visitor").to_owned(),
        Actor::Person => pick(language, "bekende persoon", "known person").to_owned(),
        Actor::Agent { name } => format!("{} {name}", pick(language, "medewerker", "staff member")),
        Actor::System => pick(language, "systeem", "system").to_owned(),
        Actor::Client { name } => format!("API {name}"),
    }
}

/// The control that was used.
pub fn control(control: Control, language: Language) -> &'static str {
    let (nl, en) = match control {
        Control::AcceptAll => ("alles accepteren", "accept all"),
        Control::RefuseAll => ("alles weigeren", "refuse all"),
        Control::Save => ("eigen keuze bewaren", "save own choice"),
    };
    pick(language, nl, en)
}

/// Why a decision is what it is.
pub fn reason(reason: Reason, language: Language) -> &'static str {
    let (nl, en) = match reason {
        Reason::Necessary => ("strikt noodzakelijk", "strictly necessary"),
        Reason::Granted => ("toestemming gegeven", "consent given"),
        Reason::Refused => ("geweigerd", "refused"),
        Reason::Withdrawn => ("ingetrokken", "withdrawn"),
        Reason::Objected => ("bezwaar gemaakt", "objected"),
        Reason::NotObjected => ("gevraagd, geen bezwaar", "asked, no objection"),
        Reason::ContinuedUse => ("verder gebruik, geen bezwaar", "continued use, no objection"),
        Reason::Gpc => ("signaal van de browser (GPC)", "browser signal (GPC)"),
        Reason::Expired => ("antwoord verlopen", "answer expired"),
        Reason::QuestionChanged => ("vraag is gewijzigd", "question changed"),
        Reason::RevokedByController => ("gestopt door de organisatie", "stopped by the organisation"),
        Reason::NoAnswer => ("geen antwoord", "no answer"),
        Reason::Unknown => ("onbekend in dit beleid", "unknown in this policy"),
        Reason::Unreadable => ("onleesbaar antwoord op het apparaat", "unreadable answer on the device"),
        Reason::Unrecorded => ("niet in onze administratie", "not in our records"),
        Reason::Unconfirmed => ("niet bevestigd", "not confirmed"),
        Reason::OptedIn => ("aangemeld", "opted in"),
        Reason::SoftOptIn => ("klant, kon zich afmelden", "customer, was offered an opt-out"),
        Reason::OptOut => ("mag tot bezwaar", "allowed until objection"),
        Reason::PointObjected => ("bezwaar op dit adres of nummer", "an objection on this address or number"),
        Reason::NoPoint => (
            "dit adres of nummer kennen wij niet van deze persoon",
            "this address or number is not known to be the person's",
        ),
        Reason::Service => ("servicebericht, geen reclame", "service message, no advertising"),
        Reason::EvidenceMissing => ("bewijs van aanmelding ontbreekt", "evidence of the opt-in is missing"),
    };
    pick(language, nl, en)
}

/// Why somebody may be reached at a contact point, or may not.
pub fn reason_at(reach: &Reach, language: Language) -> &'static str {
    let point = reach.channel.point().filter(|_| reach.at.is_some());
    let (nl, en) = match (reach.decision.reason, point) {
        (Reason::EvidenceMissing, Some(kind)) if reach.is_later => later(kind),
        (Reason::EvidenceMissing, Some(kind)) => unproved(kind),
        (Reason::NoAnswer, _) => ("geen aanmelding of klantrelatie bekend", "no sign-up or customer relation is known"),
        // That there is none stands there already.
        (Reason::NoPoint, None) if reach.channel.point().is_some() => ("", ""),
        (other, _) => return reason(other, language),
    };
    pick(language, nl, en)
}

/// It joined the person later: what was given before was given elsewhere.
fn later(kind: PointKind) -> (&'static str, &'static str) {
    match kind {
        PointKind::Email => (
            "dit e-mailadres kwam later bij deze klant: een aanmelding of klantrelatie van eerder telt hier niet",
            "this e-mail address joined this customer later: an earlier sign-up or customer relation does not count here",
        ),
        PointKind::Phone => (
            "dit nummer kwam later bij deze klant: een aanmelding of klantrelatie van eerder telt hier niet",
            "this number joined this customer later: an earlier sign-up or customer relation does not count here",
        ),
        PointKind::Post => (
            "dit postadres kwam later bij deze klant: een aanmelding of klantrelatie van eerder telt hier niet",
            "this postal address joined this customer later: an earlier sign-up or customer relation does not count here",
        ),
    }
}

fn unproved(kind: PointKind) -> (&'static str, &'static str) {
    match kind {
        PointKind::Email => {
            ("bewijs van aanmelding ontbreekt voor dit e-mailadres", "evidence for this e-mail address is missing")
        }
        PointKind::Phone => ("bewijs van aanmelding ontbreekt voor dit nummer", "evidence for this number is missing"),
        PointKind::Post => {
            ("bewijs van een klantrelatie ontbreekt voor dit postadres", "evidence for this postal address is missing")
        }
    }
}

fn pick<'a>(language: Language, nl: &'a str, en: &'a str) -> &'a str {
    match language {
        Nl => nl,
        En => en,
    }
}
