//! The words of the call screen and of a person's page at the desk.

use super::{erasing, same_person};
use crate::views::desk::people::{CallFault, PersonFault};
use model::contact::PointKind;
use model::language::Language::{self, En, Nl};

/// The words of the call screen and of a person's page.
#[derive(Clone, Copy, Debug)]
pub struct CallWords {
    /// Title and heading of the call screen.
    pub title: &'static str,
    /// Link to the look-up.
    pub look_up: &'static str,
    /// Says that a call is open.
    pub open: fn(reference: &str) -> String,
    pub to_call: &'static str,
    /// Field: reference.
    pub reference: &'static str,
    pub reference_help: &'static str,
    /// Field: who called whom.
    pub direction: &'static str,
    /// The person called.
    pub incoming: &'static str,
    /// We called.
    pub outgoing: &'static str,
    /// Field: who is on the line.
    pub query: &'static str,
    /// What can be typed there.
    pub query_help: &'static str,
    /// Button that opens a call.
    pub begin: &'static str,
    /// A call was closed.
    pub closed: fn(reference: &str) -> String,
    /// Heading: the right to object.
    pub right: &'static str,
    /// What is said to the caller.
    pub right_help: &'static str,
    /// Button: it was offered.
    pub offered: &'static str,
    /// Button: it was not.
    pub not_offered: &'static str,
    pub was_offered: &'static str,
    pub was_not_offered: &'static str,
    /// Heading, and button of a channel: an objection.
    pub objection: &'static str,
    /// Button: objects to everything.
    pub objects_all: &'static str,
    /// Column: channel.
    pub channel: &'static str,
    /// Column: action.
    pub action: &'static str,
    /// Heading: who is on the line.
    pub person: &'static str,
    /// Row: the number or address that was typed.
    pub found_by: &'static str,
    /// Nobody is known under that.
    pub unknown: &'static str,
    pub several: &'static str,
    /// Button: it is this one.
    pub is_this: fn(name: &str) -> String,
    /// Names the button that closes the call.
    pub close: &'static str,
    /// Read this number to the person.
    pub read_out: &'static str,
    pub recorded: fn(channels: &str, since: &str) -> String,
    /// It was recorded before.
    pub recorded_before: fn(channels: &str, since: &str) -> String,
    /// Where the look-up was recorded.
    pub looked_up: fn(address: &str) -> String,
    /// Keyboard hints.
    pub keys: &'static str,
    /// Title and heading of a person's page.
    pub person_title: &'static str,
    pub nobody: &'static str,
    /// What that can mean.
    pub nobody_help: &'static str,
    /// Row: customer number.
    pub customer: &'static str,
    /// Row: language.
    pub language: &'static str,
    /// Where an objection came in.
    pub came_by: &'static str,
    pub by_letter: &'static str,
    /// By mail.
    pub by_email: &'static str,
    /// By phone, the customer called.
    pub by_phone: &'static str,
    /// By phone, we called.
    pub by_our_call: &'static str,
    /// Button: asks for an opt-in.
    pub ask_opt_in: &'static str,
    pub ask_opt_in_help: &'static str,
    /// An opt-in was asked for.
    pub asked_opt_in: fn(channel: &str) -> String,
    /// What an objection of a known person reaches.
    pub known_only: &'static str,
    /// What goes on where nobody is known: `Post en e-mail gaan door`, and what to ask.
    pub goes_on: fn(what: &str) -> String,
    /// Heading: merge.
    pub merge: &'static str,
    pub merge_help: &'static str,
    /// Field: the other's customer number.
    pub other: &'static str,
    /// Box: they are one.
    pub same: &'static str,
    pub merge_button: &'static str,
    /// It is done.
    pub merged: &'static str,
    /// Faults of a call.
    pub fault_reference: &'static str,
    /// See [`Self::fault_reference`].
    pub fault_query: &'static str,
    /// See [`Self::fault_reference`].
    pub fault_unanswered: &'static str,
    /// See [`Self::fault_reference`].
    pub fault_still_open: &'static str,
    /// Faults of a person's page.
    pub fault_route: &'static str,
    /// See [`Self::fault_route`].
    pub fault_self_sign_up: &'static str,
    /// See [`Self::fault_route`].
    pub fault_no_other: &'static str,
    /// See [`Self::fault_route`].
    pub fault_unconfirmed: &'static str,
    /// See [`Self::fault_route`].
    pub fault_same_person: &'static str,
    /// See [`Self::fault_route`].
    pub fault_erase: &'static str,
}

pub const NL: CallWords = CallWords {
    title: "Gesprek",
    look_up: "Opzoeken",
    open: |reference| format!("Gesprek {reference} is nog open."),
    to_call: "Naar het gesprek",
    reference: "Kenmerk van het gesprek",
    reference_help: "Uit de telefooncentrale. Komt in het logboek. Noem geen persoonsgegevens.",
    direction: "Wie belde",
    incoming: "De klant belde",
    outgoing: "Wij belden",
    query: "Wie is aan de lijn",
    query_help: "Telefoonnummer, klantnummer, e-mailadres, of postcode met huisnummer.",
    begin: "Gesprek openen",
    closed: |reference| format!("Gesprek {reference} is gesloten."),
    right: "Recht van bezwaar",
    right_help: "Zeg: “U kunt aangeven dat u niet meer gebeld wilt worden.”",
    offered: "Recht genoemd",
    not_offered: "Niet genoemd",
    was_offered: "Het recht is genoemd.",
    was_not_offered: "Het recht is niet genoemd.",
    objection: "Bezwaar",
    objects_all: "Bezwaar tegen alles",
    channel: "Kanaal",
    action: "Vastleggen",
    person: "Aan de lijn",
    found_by: "Gezocht met",
    unknown: "Wij kennen hier niemand. Bezwaar kan toch: het geldt dan voor dit nummer of adres.",
    known_only: "Bezwaar geldt voor de adressen en nummers die bij deze persoon bekend zijn. Vraag of er nog andere zijn.",
    goes_on: |what| {
        format!(
            "{what}: vraag ook naar dat adres of nummer en leg het daarvoor vast, of noem de pagina ‘Reclame stoppen’."
        )
    },
    several: "Meer mensen delen dit nummer of adres. Bezwaar geldt voor het nummer of adres, tot u kiest wie het is.",
    is_this: |name| format!("Dit is {name}"),
    close: "Gesprek sluiten",
    read_out: "Lees dit nummer voor",
    recorded: |channels, since| format!("Bezwaar vastgelegd tegen {channels}. Het geldt vanaf {since}."),
    recorded_before: |channels, since| format!("Er stond al een bezwaar tegen {channels}. Het geldt sinds {since}."),
    looked_up: |address| format!("Dit opzoeken is vastgelegd als {address}."),
    keys: "Enter drukt op de gemarkeerde knop. Tab gaat naar de volgende. De cijfers zijn sneltoetsen van uw browser.",
    person_title: "Persoon",
    nobody: "Hieronder kennen wij niemand.",
    nobody_help: "Vraag het nummer of adres nog een keer. Bezwaar van een onbekende kan op het scherm Gesprek.",
    customer: "Klantnummer",
    language: "Taal",
    came_by: "Hoe kwam dit binnen",
    by_letter: "Brief",
    by_email: "E-mail",
    by_phone: "Telefoon, de klant belde",
    by_our_call: "Telefoon, wij belden",
    ask_opt_in: "Aanmelding vragen",
    ask_opt_in_help: "Een aanmelding door u telt pas als de persoon die zelf bevestigt.",
    asked_opt_in: |channel| format!("Aanmelding gevraagd voor {channel}. Die telt pas na bevestiging door de persoon."),
    merge: "Samenvoegen",
    merge_help: "Bezwaren van beiden blijven staan. Dit is niet terug te draaien.",
    other: "Klantnummer van de ander",
    same: "Ik heb gecontroleerd dat dit dezelfde persoon is",
    merge_button: "Samenvoegen",
    merged: "De twee zijn samengevoegd. Bezwaren van beiden staan nog.",
    fault_reference: "Vul het kenmerk van het gesprek in, hoogstens 60 tekens. Er is niets opgezocht.",
    fault_query: "Dit is geen nummer en geen adres. Er is niets opgezocht. Controleer wat u typte.",
    fault_unanswered: "Het gesprek is nog open. Zeg eerst of het recht van bezwaar is genoemd.",
    fault_still_open: "Dit gesprek is nog open. Het nieuwe is niet geopend. Sluit dit eerst.",
    fault_route: "Kies hoe dit binnenkwam: brief, e-mail of telefoon. Er is niets vastgelegd.",
    fault_self_sign_up: "Voor social media kan alleen de persoon zich aanmelden. Er is niets vastgelegd.",
    fault_no_other: "Dit klantnummer is van niemand, of van deze persoon zelf. Er is niets samengevoegd.",
    fault_unconfirmed: "Bevestig dat dit dezelfde persoon is. Er is niets samengevoegd.",
    fault_same_person: same_person::NL.unconfirmed,
    fault_erase: erasing::NL.unconfirmed,
};

pub const EN: CallWords = CallWords {
    title: "Call",
    look_up: "Look up",
    open: |reference| format!("Call {reference} is still open."),
    to_call: "To the call",
    reference: "Reference of the call",
    reference_help: "From the phone system. Goes into the log. Give no personal data.",
    direction: "Who called",
    incoming: "The customer called",
    outgoing: "We called",
    query: "Who is on the line",
    query_help: "Phone number, customer number, e-mail address, or postcode with house number.",
    begin: "Open call",
    closed: |reference| format!("Call {reference} is closed."),
    right: "Right to object",
    right_help: "Say: “You can tell us that you do not want to be called any more.”",
    offered: "Right offered",
    not_offered: "Not offered",
    was_offered: "The right was offered.",
    was_not_offered: "The right was not offered.",
    objection: "Objection",
    objects_all: "Objects to everything",
    channel: "Channel",
    action: "Record",
    person: "On the line",
    found_by: "Searched by",
    unknown: "We know nobody here. Objecting is possible all the same: it then holds for this number or address.",
    known_only: "An objection holds for the addresses and numbers that are known of this person. Ask whether there are others.",
    goes_on: |what| {
        format!(
            "{what}: ask for that address or number, too, and enter it for that one, or name the page ‘Stop advertising’."
        )
    },
    several: "Several people share this number or address. An objection holds for it until you choose who this is.",
    is_this: |name| format!("This is {name}"),
    close: "Close call",
    read_out: "Read this number out",
    recorded: |channels, since| format!("Objection recorded against {channels}. It holds from {since}."),
    recorded_before: |channels, since| {
        format!("There was an objection against {channels} already. It holds since {since}.")
    },
    looked_up: |address| format!("This look-up was recorded as {address}."),
    keys: "Enter presses the marked button. Tab goes to the next. The digits are access keys of your browser.",
    person_title: "Person",
    nobody: "We know nobody under this.",
    nobody_help: "Ask for the number or address once more. Somebody unknown can object on the screen Call.",
    customer: "Customer number",
    language: "Language",
    came_by: "How this came in",
    by_letter: "Letter",
    by_email: "E-mail",
    by_phone: "Phone, the customer called",
    by_our_call: "Phone, we called",
    ask_opt_in: "Ask for a sign-up",
    ask_opt_in_help: "A sign-up by you counts only once the person confirms it.",
    asked_opt_in: |channel| format!("Sign-up asked for {channel}. It counts only after the person confirms it."),
    merge: "Merge",
    merge_help: "Objections of both stay. This cannot be undone.",
    other: "Customer number of the other",
    same: "I checked that this is the same person",
    merge_button: "Merge",
    merged: "The two are one now. Objections of both still stand.",
    fault_reference: "Fill in the reference of the call, at most 60 characters. Nothing was looked up.",
    fault_query: "This is neither a number nor an address. Nothing was looked up. Check what you typed.",
    fault_unanswered: "The call is still open. Say first whether the right to object was offered.",
    fault_still_open: "This call is still open. The new one was not opened. Close this one first.",
    fault_route: "Choose how this came in: letter, e-mail or phone. Nothing was recorded.",
    fault_self_sign_up: "For social media only the person can sign up. Nothing was recorded.",
    fault_no_other: "This customer number is nobody's, or this person's own. Nothing was merged.",
    fault_unconfirmed: "Confirm that this is the same person. Nothing was merged.",
    fault_same_person: same_person::EN.unconfirmed,
    fault_erase: erasing::EN.unconfirmed,
};

impl CallWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Nl => &NL,
            En => &EN,
        }
    }

    /// What is wrong in a call.
    pub fn fault(&self, fault: CallFault) -> &'static str {
        match fault {
            CallFault::Reference => self.fault_reference,
            CallFault::Query => self.fault_query,
            CallFault::Unanswered => self.fault_unanswered,
            CallFault::StillOpen => self.fault_still_open,
        }
    }

    /// What is wrong on a person's page.
    pub fn person_fault(&self, fault: PersonFault) -> &'static str {
        match fault {
            PersonFault::Route => self.fault_route,
            PersonFault::SelfSignUp => self.fault_self_sign_up,
            PersonFault::NoOther => self.fault_no_other,
            PersonFault::Unconfirmed => self.fault_unconfirmed,
            PersonFault::SamePersonUnconfirmed => self.fault_same_person,
            PersonFault::EraseUnconfirmed => self.fault_erase,
        }
    }
}

/// Nothing of this kind is known of the person.
pub fn no_point(kind: PointKind, language: Language) -> &'static str {
    match (kind, language) {
        (PointKind::Email, Nl) => "geen e-mailadres bekend",
        (PointKind::Email, En) => "no e-mail address known",
        (PointKind::Phone, Nl) => "geen telefoonnummer bekend",
        (PointKind::Phone, En) => "no phone number known",
        (PointKind::Post, Nl) => "geen postadres bekend",
        (PointKind::Post, En) => "no postal address known",
    }
}

/// A kind of contact point.
pub fn point(kind: PointKind, language: Language) -> &'static str {
    match (kind, language) {
        (PointKind::Email, Nl) => "E-mailadres",
        (PointKind::Email, En) => "E-mail address",
        (PointKind::Phone, Nl) => "Telefoonnummer",
        (PointKind::Phone, En) => "Phone number",
        (PointKind::Post, Nl) => "Postadres",
        (PointKind::Post, En) => "Postal address",
    }
}
