//! The words of what is held about a person, and of erasing it.

use time::Date;

use super::when;
use crate::views::preference_centre::DetailKind;
use model::language::Language::{self, En, Nl};

/// The words of what is held about a person, and of erasing it.
pub struct Insight {
    pub title: &'static str,
    pub lead: fn(&str) -> String,
    /// Nobody is known at the address.
    pub nobody: &'static str,
    /// Nothing is held there.
    pub nothing: &'static str,
    /// What is held there: an objection, to what and since when.
    pub blocked: fn(&str, Date) -> String,
    /// Several people are.
    pub several: &'static str,
    /// It joined a customer later, and it is not certain that it is theirs.
    pub uncertain: &'static str,
    /// Something joined the person's customer number later that may be somebody else's, and is not shown.
    pub joined_later: &'static str,
    /// The same, on the page about erasing.
    pub joined_later_stays: &'static str,
    /// Heading of details.
    pub details: &'static str,
    /// What a detail is.
    pub detail: fn(DetailKind) -> &'static str,
    /// Heading of what holds for each channel.
    pub channels: &'static str,
    /// Heading of what happened.
    pub history: &'static str,
    /// Nothing happened.
    pub no_history: &'static str,
    /// What else is held, in plain words.
    pub also: &'static [&'static str],
    /// Heading of what else is held.
    pub also_heading: &'static str,
    /// Heading of what other systems keep.
    pub kept: &'static str,
    /// One of those: what, ground, until.
    pub kept_line: fn(&str, &str, &str) -> String,
    /// Heading of the download.
    pub download: &'static str,
    pub download_help: &'static str,
    pub download_link: &'static str,
    /// Heading of the supervisors.
    pub complain: &'static str,
    /// When to turn to them.
    pub complain_help: &'static str,
    /// Heading of erasing.
    pub erase: &'static str,
    pub erase_help: &'static str,
    /// The link to it.
    pub erase_link: &'static str,
    /// Title of the page that asks whether one is sure.
    pub sure_title: &'static str,
    /// What will happen.
    pub sure: fn(&str) -> Vec<String>,
    /// When the last backup dies.
    pub backups: fn(Date) -> String,
    /// Heading of the blocking list.
    pub block: &'static str,
    pub block_help: &'static [&'static str],
    /// The box that declines it.
    pub decline: &'static str,
    /// The box that confirms.
    pub confirm: &'static str,
    /// Its fault.
    pub unconfirmed: &'static str,
    pub erase_button: &'static str,
    /// Leads back.
    pub back: &'static str,
    /// Title of the answer.
    pub erased_title: &'static str,
    pub erased: &'static str,
    /// The addresses are on the blocking list.
    pub on_list: &'static str,
    pub not_on_list: &'static str,
    /// The number to keep.
    pub number: &'static str,
}

pub const NL: Insight = Insight {
    title: "Wat wij van u bewaren",
    lead: |address| format!("Dit is alles wat bij {address} hoort."),
    nobody: "Bij dit adres kennen wij niemand.",
    nothing: "Wij bewaren bij dit adres niets.",
    blocked: |channels, day| {
        format!(
            "Het adres staat sinds {} op de lijst van wie geen reclame wil, voor: {channels}. Op die lijst staat alleen een vingerafdruk. Daaruit is het adres niet te lezen.",
            when::date(day, Nl)
        )
    },
    several: "Meer mensen gebruiken dit adres. Daarom tonen wij hier niets: u zou de gegevens van een ander zien. Bel of mail ons voor uw eigen gegevens.",
    uncertain: "Dit adres is later bij een klant opgegeven. Wij weten niet zeker of het van die klant is. Daarom tonen wij hier niets: u zou de gegevens van een ander zien. Bel of mail ons voor uw eigen gegevens.",
    joined_later: "Bij uw klantnummer kwam later nog iets binnen. Wij weten niet zeker of dat van u is. Daarom tonen wij het hier niet: u zou de gegevens van een ander zien. Denkt u dat het van u is? Bel of mail ons.",
    joined_later_stays: "Bij uw klantnummer kwam later nog iets binnen. Wij weten niet zeker of dat van u is. Daarom wissen wij dat hier niet. Is het van u? Bel of mail ons.",
    details: "Uw gegevens",
    detail: |kind| match kind {
        DetailKind::Name => "Naam",
        DetailKind::Customer => "Klantnummer",
        DetailKind::Email => "E-mailadres",
        DetailKind::Phone => "Telefoonnummer",
        DetailKind::Post => "Postadres",
        DetailKind::Language => "Taal",
    },
    channels: "Wat u van ons krijgt",
    history: "Wat er gebeurde",
    no_history: "Er is nog niets vastgelegd.",
    also_heading: "Wat er nog meer is",
    also: &[
        "Maakte u bezwaar, dan bewaren wij een vingerafdruk van uw adres of nummer. Daaruit is het adres niet te lezen. Zo krijgt u ook later geen reclame.",
        "De meldingen en verklaringen die u zag, bewaren wij als tekst. Daarin staat niets over u.",
        "De cookiekeuze van een apparaat staat los van uw naam. U ziet haar op de pagina met uw cookiekeuze.",
    ],
    kept: "Wat andere systemen bewaren",
    kept_line: |what, ground, until| format!("{what}: {until}. Dat moet van {ground}."),
    download: "Meenemen",
    download_help: "U kunt alles meenemen als bestand (JSON). Deze pagina kunt u afdrukken of bewaren.",
    download_link: "Alles downloaden",
    complain: "Niet tevreden?",
    complain_help: "Laat het ons weten. U kunt ook een klacht indienen:",
    erase: "Uw gegevens wissen",
    erase_help: "U kunt alles wat hier staat laten wissen.",
    erase_link: "Naar wissen",
    sure_title: "Uw gegevens wissen?",
    sure: |address| {
        vec![
            format!("Wij wissen alles wat bij {address} hoort: uw gegevens en wat u koos."),
            "Dit kunnen wij niet terugdraaien. Het wissen begint meteen.".to_owned(),
        ]
    },
    backups: |day| {
        format!(
            "In reservekopieën staat het nog tot en met {}. Daarna kan niemand het meer lezen.",
            when::date(day, Nl)
        )
    },
    block: "Ook later geen reclame",
    block_help: &[
        "Wij zetten uw adressen en nummers op een lijst van wie geen reclame wil. Op die lijst staan alleen vingerafdrukken, geen adressen.",
        "Wilt u dat niet? Dan onthouden wij alleen de bezwaren die er al waren. Krijgen wij uw adres opnieuw, dan kunt u verder weer reclame krijgen.",
    ],
    decline: "Zet mij niet op die lijst",
    confirm: "Ja, wis mijn gegevens",
    unconfirmed: "Zet een vinkje bij ‘Ja, wis mijn gegevens’. Er is nog niets gewist.",
    erase_button: "Wissen",
    back: "Terug zonder te wissen",
    erased_title: "Uw gegevens zijn gewist",
    erased: "Wij hebben de sleutels van uw gegevens vernietigd. Hier kan niemand ze nog lezen, ook wij niet. U bent uitgelogd.",
    on_list: "Uw adressen en nummers staan op de lijst van wie geen reclame wil.",
    not_on_list: "Wij hebben uw adressen en nummers niet op een lijst gezet. Wat daar al aan bezwaar op stond, blijft staan. Krijgen wij ze opnieuw, dan kunt u verder weer reclame krijgen.",
    number: "Nummer",
};

pub const EN: Insight = Insight {
    title: "What we hold about you",
    lead: |address| format!("This is everything that belongs to {address}."),
    nobody: "We know nobody at this address.",
    nothing: "We hold nothing at this address.",
    blocked: |channels, day| {
        format!(
            "Since {} the address is on the list of who wants no advertising, for: {channels}. Only a fingerprint stands on that list. The address cannot be read from it.",
            when::date(day, En)
        )
    },
    several: "Several people use this address. So we show nothing here: you would see the data of somebody else. Call or write to us for your own data.",
    uncertain: "This address was given for a customer later. We are not certain that it is that customer's. So we show nothing here: you would see the data of somebody else. Call or write to us for your own data.",
    joined_later: "Something else came in under your customer number later. We are not certain that it is yours. So we do not show it here: you would see the data of somebody else. Do you think that it is yours? Call or write to us.",
    joined_later_stays: "Something else came in under your customer number later. We are not certain that it is yours. So we do not erase that here. Is it yours? Call or write to us.",
    details: "Your details",
    detail: |kind| match kind {
        DetailKind::Name => "Name",
        DetailKind::Customer => "Customer number",
        DetailKind::Email => "E-mail address",
        DetailKind::Phone => "Phone number",
        DetailKind::Post => "Postal address",
        DetailKind::Language => "Language",
    },
    channels: "What you get from us",
    history: "What happened",
    no_history: "Nothing has been recorded yet.",
    also_heading: "What else there is",
    also: &[
        "If you objected, we keep a fingerprint of your address or number. The address cannot be read from it. So you get no advertising later, either.",
        "The notices and statements that you saw are kept as texts. Nothing in them is about you.",
        "The cookie choice of a device is not tied to your name. You see it on the page with your cookie choice.",
    ],
    kept: "What other systems keep",
    kept_line: |what, ground, until| format!("{what}: {until}. The law behind it is {ground}."),
    download: "Take it with you",
    download_help: "You can take everything with you as a file (JSON). You can print or keep this page.",
    download_link: "Download everything",
    complain: "Not satisfied?",
    complain_help: "Let us know. You can also complain to:",
    erase: "Erase your data",
    erase_help: "You can have everything that stands here erased.",
    erase_link: "To erasing",
    sure_title: "Erase your data?",
    sure: |address| {
        vec![
            format!("We erase everything that belongs to {address}: your details and what you chose."),
            "We cannot undo this. Erasing begins at once.".to_owned(),
        ]
    },
    backups: |day| {
        format!(
            "Backup copies still hold it until {} inclusive. After that nobody can read it any more.",
            when::date(day, En)
        )
    },
    block: "No advertising later, either",
    block_help: &[
        "We put your addresses and numbers on a list of who wants no advertising. Only fingerprints stand on that list, no addresses.",
        "You do not want that? Then we remember only the objections that are there already. If we get your address again, you may otherwise get advertising again.",
    ],
    decline: "Do not put me on that list",
    confirm: "Yes, erase my data",
    unconfirmed: "Tick ‘Yes, erase my data’. Nothing has been erased yet.",
    erase_button: "Erase",
    back: "Back without erasing",
    erased_title: "Your data are erased",
    erased: "We destroyed the keys of your data. Here nobody can read them any more, not even we. You are signed out.",
    on_list: "Your addresses and numbers are on the list of who wants no advertising.",
    not_on_list: "We did not put your addresses and numbers on a list. Objections that stood there before still stand. If we get them again, you may otherwise get advertising again.",
    number: "Number",
};

impl Insight {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Nl => &NL,
            En => &EN,
        }
    }
}
