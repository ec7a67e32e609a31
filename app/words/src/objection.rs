//! The words of the pages on which people say no.

use time::Date;

use super::when;
use crate::views::objection::{Field, LetterCodeFault, ObjectionFault, ReadHouse, ReadLines};
use model::channel::Channel;
use model::contact::PointKind;
use model::language::Language;

/// The words of the pages on which people say no.
#[derive(Clone, Copy, Debug)]
pub struct ObjectionWords {
    /// Heading behind a link that stops one channel.
    pub link_title: fn(Channel) -> &'static str,
    /// Heading behind a link that stops everything, and of the page with nothing in hand.
    pub all_title: &'static str,
    /// Below the heading behind a link.
    pub link_lead: &'static str,
    /// The button that stops one channel.
    pub stop: fn(Channel) -> &'static str,
    /// The button that stops everything.
    pub stop_all: &'static str,
    /// A link that we do not know.
    pub unknown_title: &'static str,
    /// Why, and what to do.
    pub unknown: &'static [&'static str],
    /// Leads to the page with nothing in hand.
    pub elsewhere: &'static str,

    pub stopped: &'static str,
    /// It had stopped before.
    pub stopped_before: &'static str,
    /// Since when it holds.
    pub since: fn(Date) -> String,
    /// Heading over what no longer comes.
    pub what_stopped: &'static str,
    /// What still comes.
    pub service: &'static str,
    /// Before the receipt number.
    pub number: &'static str,
    /// What it is for.
    pub number_help: fn(phone: &str) -> String,
    /// Heading over the offer to stop everything.
    pub offer: &'static str,
    pub offer_help: &'static str,
    /// After everything stopped that is known of somebody: what is not known goes on.
    pub not_known: &'static str,
    /// What only the person can have started, and stops elsewhere.
    pub social_goes_on: &'static str,
    /// Heading over how to undo it.
    pub undo: &'static str,
    /// How to undo it.
    pub undo_help: &'static str,
    /// Leads to the preference page.
    pub undo_link: &'static str,

    /// What can be done with nothing in hand.
    pub lead: &'static str,
    /// Before the fields.
    pub fields_help: &'static str,
    /// Legend: by phone.
    pub phone: &'static str,
    /// Example of a number.
    pub phone_help: &'static str,
    /// Legend over the three postal fields.
    pub post: &'static str,
    pub postcode: &'static str,
    /// House number.
    pub house: &'static str,
    pub addition: &'static str,
    /// That it may stay empty.
    pub optional: &'static str,
    /// Opens the fields for an address in another country.
    pub elsewhere_post: &'static str,
    /// The lines of that address.
    pub lines: &'static str,
    /// What they look like.
    pub lines_help: &'static str,
    pub country: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// What the button for everything does.
    pub all_help: &'static str,
    /// Legend over the boxes.
    pub only: &'static str,
    /// The button for what is ticked.
    pub stop_ticked: &'static str,
    /// That nothing is shown or looked up.
    pub nothing_shown: &'static [&'static str],
    /// Heading over what is wrong.
    pub faults: &'static str,
    /// The same below what stopped a moment ago, named by [`stopped_there`].
    pub faults_after: fn(&str) -> String,

    /// Heading of the page for letter codes.
    pub letter_title: &'static str,
    /// What can be done there.
    pub letter_lead: &'static str,
    pub code: &'static str,
    /// What it looks like.
    pub code_help: &'static str,
    /// The box for everything else.
    pub also_rest: &'static str,
    pub stop_post: &'static str,
    /// For whoever has no code.
    pub no_code: &'static str,
    /// What is wrong with a code, and the mend.
    pub code_fault: fn(LetterCodeFault) -> &'static str,
    /// What is wrong with the form, and the mend.
    pub fault: fn(ObjectionFault) -> &'static str,
    /// Asks whether a house number is right as it is read.
    pub is_this_right: fn(&ReadHouse) -> String,
    /// Asks the same about the lines of an address.
    pub are_these_right: fn(&ReadLines) -> String,
    /// The button that says that it is.
    pub it_is: &'static str,
}

pub const NL: ObjectionWords = ObjectionWords {
    link_title: |channel| match channel {
        Channel::Newsletter => "Geen nieuwsbrief meer",
        Channel::Email => "Geen reclame meer per e-mail",
        Channel::Post => "Geen reclame meer per post",
        Channel::Phone => "Geen telefoontjes meer met aanbiedingen",
        Channel::Social => "Geen reclame meer via social media",
    },
    all_title: "Geen reclame meer",
    link_lead: "Druk op de knop. U hoeft niet in te loggen en geen reden te geven.",
    stop: |channel| match channel {
        Channel::Newsletter => "Nieuwsbrief stoppen",
        Channel::Email => "Reclame per e-mail stoppen",
        Channel::Post => "Reclame per post stoppen",
        Channel::Phone => "Telefoontjes stoppen",
        Channel::Social => "Reclame via social media stoppen",
    },
    stop_all: "Alle reclame stoppen",
    unknown_title: "Deze link kennen wij niet",
    unknown: &[
        "Misschien is de link niet helemaal overgenomen. Open hem dan nog eens vanuit de mail.",
        "Of uw gegevens zijn gewist. Dan hoort deze link bij niemand meer.",
        "Er is nu niets veranderd.",
    ],
    elsewhere: "Reclame stoppen met uw e-mailadres, telefoonnummer of adres",

    stopped: "Opgeslagen.",
    stopped_before: "U had dit al gestopt.",
    since: |day| {
        format!("Dit geldt sinds {}. Het blijft gelden tot u zich zelf weer aanmeldt.", when::date(day, Language::Nl))
    },
    what_stopped: "Dit krijgt u niet meer:",
    service: "Berichten over uw contract of over een storing blijven wel komen. Dat is geen reclame.",
    number: "Nummer",
    number_help: |phone| {
        format!("Bewaar dit nummer. Noem het als u ons hierover belt: {phone}. Dan vinden wij het terug.")
    },
    offer: "Wilt u helemaal geen reclame meer?",
    offer_help: "Met één druk stopt u ook nieuwsbrief, e-mail, post, telefoon en social media.",
    not_known: "Dit geldt voor de adressen en nummers die wij van u kennen. Hebt u nog een ander adres of nummer? Daar kan reclame doorgaan: vul die ook in.",
    social_goes_on: "Reclame via social media krijgt u alleen als u zich daar zelf voor aanmeldde. Die stopt u bij uw voorkeuren.",
    undo: "Vergist u zich?",
    undo_help: "Aanmelden kan altijd weer. Wij vragen dan wel om een code uit uw mail, zodat niemand anders het doet.",
    undo_link: "Naar uw voorkeuren",

    lead: "Vul in waar u geen reclame meer wilt krijgen. U hoeft niet in te loggen en geen reden te geven.",
    fields_help: "Eén van de drie is genoeg. Wat u leeg laat, gaat door.",
    phone: "Telefoonnummer",
    phone_help: "Bijvoorbeeld 06 12345678.",
    post: "Adres in Nederland",
    postcode: "Postcode",
    house: "Huisnummer",
    addition: "Toevoeging",
    optional: "als u die hebt",
    elsewhere_post: "Ik woon niet in Nederland",
    lines: "Adres in een ander land",
    lines_help: "Schrijf het over van onze brief: straat en nummer, en op de volgende regel de plaats.",
    country: "Land",
    email: "E-mailadres",
    all_help: "Wij gebruiken wat u invulde dan nergens meer voor reclame.",
    only: "Of stop alleen wat u aankruist",
    stop_ticked: "Stoppen wat ik aankruis",
    nothing_shown: &[
        "Wij laten hier niet zien of wij iemand kennen. Iedereen krijgt hetzelfde antwoord.",
        "Wat u invult, bewaren wij alleen als een onleesbare code, om u niet meer te benaderen.",
    ],
    faults: "Er is nog niets gestopt. Dit klopt nog niet:",
    faults_after: |stopped| {
        format!("Wat u net stopte ({stopped}), blijft gestopt. Hiermee is nog niets extra gestopt. Dit klopt nog niet:")
    },

    letter_title: "Geen reclame meer per post",
    letter_lead: "Vul de code uit de brief in. U hoeft niet in te loggen en geen reden te geven.",
    code: "Code uit de brief",
    code_help: "Twaalf letters en cijfers. Hoofdletters, spaties en streepjes maken niet uit.",
    also_rest: "Ik wil ook geen nieuwsbrief, e-mail, telefoontjes en reclame via social media meer",
    stop_post: "Reclame stoppen",
    no_code: "Geen code bij de hand?",
    code_fault: |fault| match fault {
        LetterCodeFault::Empty => "Vul de code in. U vindt hem onder in de brief.",
        LetterCodeFault::Form => "Een code heeft twaalf letters en cijfers. Vergelijk hem met de brief.",
        LetterCodeFault::Typing => "Er zit een typefout in de code. Vergelijk hem met de brief.",
        LetterCodeFault::Unknown => "Deze code kennen wij niet. Vergelijk hem met de brief, of vul uw adres in.",
        LetterCodeFault::Busy => {
            "Er komen nu te veel verkeerde codes binnen. Probeer het over een paar tellen opnieuw."
        }
    },
    fault: |fault| match fault {
        ObjectionFault::Empty => "Vul een telefoonnummer, een adres of een e-mailadres in.",
        ObjectionFault::Phone => "Dit is geen telefoonnummer. Schrijf het als 06 12345678 of +31 6 12345678.",
        ObjectionFault::Postcode => "Dit is geen postcode. Schrijf vier cijfers en twee letters, zoals 1033 RW.",
        ObjectionFault::House => "Dit is geen huisnummer. Schrijf alleen het getal, zoals 12.",
        ObjectionFault::IsThisRight => "Klopt dit huisnummer? Het lijkt op een datum.",
        ObjectionFault::Addition => {
            "Dit is geen toevoeging. Schrijf alleen wat achter het getal staat, zoals A of bis."
        }
        ObjectionFault::Lines => "Schrijf het adres over: straat en nummer, en op de volgende regel de plaats.",
        ObjectionFault::Country => "Vul het land in met zijn gewone naam, zoals België.",
        ObjectionFault::LinesChanged => {
            "In dit adres staat iets dat op een datum lijkt. Schrijf het huisnummer zoals het op uw deur staat."
        }
        ObjectionFault::Letters => "Schrijf straat en plaats in Latijnse letters, of zet de postcode erbij.",
        ObjectionFault::InNetherlands => "Voor een adres in Nederland vult u postcode en huisnummer in.",
        ObjectionFault::Email => "Dit is geen e-mailadres. Het ziet eruit als naam@voorbeeld.nl.",
        ObjectionFault::NoChannel => "Kruis aan wat u wilt stoppen, of druk op ‘Alle reclame stoppen’.",
        ObjectionFault::WithoutPoint(Channel::Newsletter | Channel::Email | Channel::Social) => {
            "U kruiste e-mail of nieuwsbrief aan. Vul ook een e-mailadres in."
        }
        ObjectionFault::WithoutPoint(Channel::Post) => "U kruiste post aan. Vul ook een adres in.",
        ObjectionFault::WithoutPoint(Channel::Phone) => "U kruiste telefoon aan. Vul ook een telefoonnummer in.",
        ObjectionFault::WithoutChannel(Field::Phone) => {
            "U vulde een telefoonnummer in. Kruis ook telefoon aan, of maak het veld leeg."
        }
        ObjectionFault::WithoutChannel(Field::Post) => {
            "U vulde een adres in. Kruis ook post aan, of maak de velden leeg."
        }
        ObjectionFault::WithoutChannel(Field::Email) => {
            "U vulde een e-mailadres in. Kruis ook nieuwsbrief of e-mail aan, of maak het veld leeg."
        }
    },
    is_this_right: |read| {
        let addition = read.addition.as_ref().map(|addition| format!(", toevoeging {addition}")).unwrap_or_default();
        format!(
            "Klopt dit? U vulde ‘{}’ in. Wij lezen dat als huisnummer {}{addition}. Klopt het, druk dan op ‘Ja, dit \
             klopt’. Klopt het niet, verbeter het dan.",
            read.typed, read.number
        )
    },
    are_these_right: |read| {
        format!(
            "Klopt dit? In dit adres staat iets dat op een datum lijkt. Wij lezen het als ‘{}’. Klopt het, druk dan op \
             ‘Ja, dit klopt’. Klopt het niet, verbeter het dan.",
            read.read
        )
    },
    it_is: "Ja, dit klopt",
};

pub const EN: ObjectionWords = ObjectionWords {
    link_title: |channel| match channel {
        Channel::Newsletter => "No more newsletter",
        Channel::Email => "No more advertising by e-mail",
        Channel::Post => "No more advertising by post",
        Channel::Phone => "No more calls with offers",
        Channel::Social => "No more advertising on social media",
    },
    all_title: "No more advertising",
    link_lead: "Press the button. You need not sign in and need not give a reason.",
    stop: |channel| match channel {
        Channel::Newsletter => "Stop the newsletter",
        Channel::Email => "Stop advertising by e-mail",
        Channel::Post => "Stop advertising by post",
        Channel::Phone => "Stop the calls",
        Channel::Social => "Stop advertising on social media",
    },
    stop_all: "Stop all advertising",
    unknown_title: "We do not know this link",
    unknown: &[
        "Perhaps the link was not copied completely. Then open it once more from the mail.",
        "Or your data were erased. Then this link is nobody’s any more.",
        "Nothing was changed now.",
    ],
    elsewhere: "Stop advertising by your e-mail address, phone number or address",

    stopped: "Saved.",
    stopped_before: "You had stopped this already.",
    since: |day| {
        format!("This holds since {}. It holds until you sign up again yourself.", when::date(day, Language::En))
    },
    what_stopped: "This no longer comes to you:",
    service: "Messages about your contract or about an outage still come. They are no advertising.",
    number: "Number",
    number_help: |phone| format!("Keep this number. Give it when you call us about this: {phone}. We then find it."),
    offer: "No advertising at all any more?",
    offer_help: "One press also stops newsletter, e-mail, post, phone and social media.",
    not_known: "This holds for the addresses and numbers of yours that we know. Do you have another address or number? Advertising may go on there: fill that in as well.",
    social_goes_on: "You get advertising on social media only if you signed up for it yourself. You stop that at your preferences.",
    undo: "A mistake?",
    undo_help: "You can always sign up again. We then ask for a code from your mail, so that nobody else does it.",
    undo_link: "To your preferences",

    lead: "Fill in where you want no more advertising. You need not sign in and need not give a reason.",
    fields_help: "One of the three is enough. What you leave empty goes on.",
    phone: "Phone number",
    phone_help: "Such as 06 12345678.",
    post: "Address in the Netherlands",
    postcode: "Postcode",
    house: "House number",
    addition: "Addition",
    optional: "if you have one",
    elsewhere_post: "I do not live in the Netherlands",
    lines: "Address in another country",
    lines_help: "Copy it from our letter: street and number, and the place on the next line.",
    country: "Country",
    email: "E-mail address",
    all_help: "We then no longer use what you filled in for any advertising.",
    only: "Or stop only what you tick",
    stop_ticked: "Stop what I tick",
    nothing_shown: &[
        "We do not show here whether we know somebody. Everybody gets the same answer.",
        "What you fill in is kept as an unreadable code only, so that we no longer reach you.",
    ],
    faults: "Nothing has stopped yet. This is not right yet:",
    faults_after: |stopped| {
        format!(
            "What you just stopped ({stopped}) stays stopped. This has stopped nothing more yet. This is not right yet:"
        )
    },

    letter_title: "No more advertising by post",
    letter_lead: "Fill in the code from the letter. You need not sign in and need not give a reason.",
    code: "Code from the letter",
    code_help: "Twelve letters and digits. Capitals, spaces and dashes do not matter.",
    also_rest: "I also want no more newsletter, e-mail, calls and advertising on social media",
    stop_post: "Stop advertising",
    no_code: "No code at hand?",
    code_fault: |fault| match fault {
        LetterCodeFault::Empty => "Fill in the code. It stands at the end of the letter.",
        LetterCodeFault::Form => "A code has twelve letters and digits. Compare it with the letter.",
        LetterCodeFault::Typing => "There is a typing error in the code. Compare it with the letter.",
        LetterCodeFault::Unknown => "We do not know this code. Compare it with the letter, or fill in your address.",
        LetterCodeFault::Busy => "Too many wrong codes are coming in. Try again in a few seconds.",
    },
    fault: |fault| match fault {
        ObjectionFault::Empty => "Fill in a phone number, an address or an e-mail address.",
        ObjectionFault::Phone => "This is no phone number. Write it as 06 12345678 or +31 6 12345678.",
        ObjectionFault::Postcode => "This is no Dutch postcode. Write four digits and two letters, such as 1033 RW.",
        ObjectionFault::House => "This is no house number. Write the number only, such as 12.",
        ObjectionFault::IsThisRight => "Is this house number right? It looks like a date.",
        ObjectionFault::Addition => "This is no addition. Write only what stands behind the number, such as A or bis.",
        ObjectionFault::Lines => "Copy the address: street and number, and the place on the next line.",
        ObjectionFault::Country => "Fill in the country by its usual name, such as Belgium.",
        ObjectionFault::LinesChanged => {
            "Something in this address looks like a date. Write the house number as it stands on your door."
        }
        ObjectionFault::Letters => "Write street and place in Latin letters, or add the postcode.",
        ObjectionFault::InNetherlands => "For an address in the Netherlands fill in postcode and house number.",
        ObjectionFault::Email => "This is no e-mail address. It looks like name@example.com.",
        ObjectionFault::NoChannel => "Tick what you want to stop, or press ‘Stop all advertising’.",
        ObjectionFault::WithoutPoint(Channel::Newsletter | Channel::Email | Channel::Social) => {
            "You ticked e-mail or newsletter. Fill in an e-mail address as well."
        }
        ObjectionFault::WithoutPoint(Channel::Post) => "You ticked post. Fill in an address as well.",
        ObjectionFault::WithoutPoint(Channel::Phone) => "You ticked phone. Fill in a phone number as well.",
        ObjectionFault::WithoutChannel(Field::Phone) => {
            "You filled in a phone number. Tick phone as well, or empty the field."
        }
        ObjectionFault::WithoutChannel(Field::Post) => {
            "You filled in an address. Tick post as well, or empty the fields."
        }
        ObjectionFault::WithoutChannel(Field::Email) => {
            "You filled in an e-mail address. Tick newsletter or e-mail as well, or empty the field."
        }
    },
    is_this_right: |read| {
        let addition = read.addition.as_ref().map(|addition| format!(", addition {addition}")).unwrap_or_default();
        format!(
            "Is this right? You filled in ‘{}’. We read that as house number {}{addition}. If it is right, press ‘Yes, this \
             is right’. If not, correct it.",
            read.typed, read.number
        )
    },
    are_these_right: |read| {
        format!(
            "Is this right? Something in this address looks like a date. We read it as ‘{}’. If it is right, press ‘Yes, \
             this is right’. If not, correct it.",
            read.read
        )
    },
    it_is: "Yes, this is right",
};

impl ObjectionWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}

/// What comes to a contact point of a kind.
fn by(kind: PointKind, language: Language) -> &'static str {
    match (kind, language) {
        (PointKind::Post, _) => "post",
        (PointKind::Email, _) => "e-mail",
        (PointKind::Phone, Language::Nl) => "telefoontjes",
        (PointKind::Phone, Language::En) => "calls",
    }
}

/// What stopped by the form before this one, in the order in which it is named everywhere.
pub fn stopped_there(done: &[PointKind], language: Language) -> String {
    let kinds = PointKind::ALL.into_iter().filter(|kind| done.contains(kind));
    kinds.map(|kind| by(kind, language)).collect::<Vec<_>>().join(", ")
}

/// What goes on, of which nothing was named: `Post en e-mail gaan door`, without the full stop.
pub fn goes_on(kinds: &[PointKind], language: Language) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| by(*kind, language)).collect();
    let is_one = kinds.len() == 1 && kinds[0] != PointKind::Phone;
    let (and, go_on) = match (language, is_one) {
        (Language::Nl, true) => (" en ", "gaat door"),
        (Language::Nl, false) => (" en ", "gaan door"),
        (Language::En, true) => (" and ", "goes on"),
        (Language::En, false) => (" and ", "go on"),
    };
    let text = format!("{} {go_on}", names.join(and));
    let first = text.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + text.get(1..).unwrap_or_default()
}

/// The same, with what to do about it.
pub fn fill_in_as_well(kinds: &[PointKind], language: Language) -> String {
    let also = match language {
        Language::Nl => "vul die ook in",
        Language::En => "fill those in as well",
    };
    format!("{}: {also}.", goes_on(kinds, language))
}

/// A channel as people call it.
pub fn channel(channel: Channel, language: Language) -> &'static str {
    let (nl, en) = match channel {
        Channel::Newsletter => ("nieuwsbrief", "newsletter"),
        Channel::Email => ("andere reclame per e-mail", "other advertising by e-mail"),
        Channel::Post => ("reclame per post", "advertising by post"),
        Channel::Phone => ("telefoontjes met aanbiedingen", "calls with offers"),
        Channel::Social => ("reclame via social media", "advertising on social media"),
    };
    match language {
        Language::Nl => nl,
        Language::En => en,
    }
}
