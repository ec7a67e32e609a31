//! The words of a receipt.

use time::Date;

use super::when;
use model::language::Language;

/// The words of a receipt.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    pub title: &'static str,
    /// The message on top.
    pub saved: fn(at: &str) -> String,
    /// Since when it holds.
    pub holds: &'static str,
    /// The browser sent no cookie along.
    pub no_cookie: &'static [&'static str],
    /// Before the number.
    pub number: &'static str,
    /// What the number is for, and how long the page can be seen.
    pub keep: &'static str,
    /// Leads to the preference page.
    pub change: &'static str,
    /// Heading over the answers.
    pub answers: &'static str,
    /// Heading of the channels that it is about.
    pub channels: &'static str,
    /// Column: channel.
    pub channel: &'static str,
    /// Column: the class of contact point.
    pub point: &'static str,
    /// In that column, for social media.
    pub account: &'static str,
    /// Column: whether it may be used today.
    pub today: &'static str,
    /// Column: why.
    pub why: &'static str,
    /// Column: the ground.
    pub ground: &'static str,
    /// It may be used today.
    pub allow: &'static str,
    pub deny: &'static str,
    /// Why it is denied where nobody is known.
    pub while_it_stands: &'static str,
    /// Nobody is known, and no objection is told of.
    pub whoever: &'static str,
    /// Heading of what an opt-in or a customer relation rests on.
    pub evidence: &'static str,
    /// Column: purpose.
    pub purpose: &'static str,
    /// Column: answer.
    pub answer: &'static str,
    /// Column: until.
    pub until: &'static str,
    /// In that column, of an objection: it has no end.
    pub no_end: &'static str,
    /// A last day.
    pub through: fn(Date) -> String,
    /// Heading over the notice.
    pub asked: &'static str,
    /// What stands below that heading.
    pub asked_help: &'static str,
    /// The notice is not known.
    pub notice_unknown: &'static str,
    /// The first layer's part.
    pub first_layer: &'static str,
    /// The second layer's part.
    pub second_layer: &'static str,
    /// Before the controls of a layer.
    pub controls: &'static str,
    /// Before the words of a switch that was off.
    pub switch: &'static str,
    /// Heading over the facts.
    pub facts: &'static str,
    pub kind: &'static str,
    /// When it was recorded.
    pub at: &'static str,
    /// Where it came in.
    pub route: &'static str,
    pub control: &'static str,
    /// The browser's signal.
    pub gpc: &'static str,
    /// It came along.
    pub gpc_on: &'static str,
    /// Where the record stands.
    pub address: &'static str,
    /// The policy's hash.
    pub policy: &'static str,
    /// The notice's hashes: the strings.
    pub strings_hash: &'static str,
    /// The notice's hashes: the first layer's HTML.
    pub html_hash: &'static str,
    /// The language the notice was shown in.
    pub language: &'static str,
    /// Heading over the proof.
    pub check: &'static str,
    /// How anybody can check this receipt, step by step.
    pub check_steps: &'static [&'static str],
    pub record: &'static str,
    pub salt: &'static str,
    pub proof: &'static str,
    /// Leads to the published checkpoint.
    pub checkpoint: &'static str,
    /// Leads to the key that checkpoints are signed with.
    pub keys: &'static str,
}

pub const NL: Receipt = Receipt {
    title: "Bewijs van uw keuze",
    saved: |at| format!("Uw keuze is opgeslagen op {at}."),
    holds: "Uw keuze geldt vanaf dat moment.",
    no_cookie: &[
        "Uw browser bewaart geen cookies van deze website.",
        "Wij hebben uw keuze wel vastgelegd, maar uw browser vergeet haar. Daarom kunnen wij het opnieuw vragen.",
        "Alles wat u kunt weigeren, blijft uit.",
    ],
    number: "Nummer",
    keep: "Bewaar dit nummer als u later wilt nagaan wat u koos. Deze pagina is 24 uur te zien. Print haar of bewaar haar als pdf.",
    change: "Uw keuze bekijken of veranderen",
    answers: "Wat u antwoordde",
    channels: "Waarover het gaat",
    channel: "Kanaal",
    point: "Soort adres of nummer",
    account: "account op social media",
    today: "Mag het vandaag?",
    why: "Waarom",
    ground: "Grond",
    allow: "ja",
    deny: "nee",
    while_it_stands: "zolang het bezwaar op dit adres of nummer staat",
    whoever: "hangt af van wie dit adres of nummer gebruikt",
    evidence: "Bewijs",
    purpose: "Doel",
    answer: "Antwoord",
    until: "Geldt tot en met",
    no_end: "tot u dit zelf weer aanzet",
    through: |day| when::date(day, Language::Nl),
    asked: "Wat wij vroegen",
    asked_help: "Dit is de tekst zoals u die kon lezen toen u koos.",
    notice_unknown: "Welke tekst u zag, weten wij niet. Uw keuze telt wel.",
    first_layer: "De melding",
    second_layer: "De instellingen",
    controls: "Knoppen:",
    switch: "Schakelaar:",
    facts: "Wat wij vastlegden",
    kind: "Wat",
    at: "Wanneer",
    route: "Waar",
    control: "Knop",
    gpc: "Signaal van uw browser",
    gpc_on: "Uw browser vroeg om u niet te volgen (GPC).",
    address: "Plaats in het logboek",
    policy: "Beleid (SHA-256)",
    strings_hash: "Tekst (SHA-256)",
    html_hash: "Melding (SHA-256)",
    language: "Taal",
    check: "Zelf nagaan of dit klopt",
    check_steps: &[
        "Ons logboek is openbaar en kan achteraf niet ongemerkt worden veranderd. Wie ons niet vertrouwt, kan dit nagaan.",
        "Bereken de SHA-256 van drie delen achter elkaar: de letters keuze-v1, het zout (32 bytes) en de vastlegging.",
        "Dat is het blad in het logboek. Het bewijs hieronder (C2SP tlog-proof) laat zien dat het daarin staat.",
        "Controleer met onze sleutel de handtekening onder de stand in het bewijs.",
        "Vergelijk die stand met de stand die wij publiceren.",
    ],
    record: "Vastlegging",
    salt: "Zout",
    proof: "Bewijs",
    checkpoint: "Gepubliceerde stand van het logboek",
    keys: "Sleutel waarmee die stand ondertekend is (C2SP signed-note)",
};

pub const EN: Receipt = Receipt {
    title: "Receipt of your choice",
    saved: |at| format!("Your choice was saved on {at}."),
    holds: "Your choice holds from that moment.",
    no_cookie: &[
        "Your browser keeps no cookies from this website.",
        "We did record your choice, but your browser forgets it. So we may ask you again.",
        "Everything that you can refuse stays off.",
    ],
    number: "Number",
    keep: "Keep this number if you want to find out later what you chose. This page can be seen for 24 hours. Print it or save it as a PDF.",
    change: "See or change your choice",
    answers: "What you answered",
    channels: "What it is about",
    channel: "Channel",
    point: "Kind of address or number",
    account: "account on social media",
    today: "Is it allowed today?",
    why: "Why",
    ground: "Ground",
    allow: "yes",
    deny: "no",
    while_it_stands: "as long as the objection stands on this address or number",
    whoever: "depends on who uses this address or number",
    evidence: "Evidence",
    purpose: "Purpose",
    answer: "Answer",
    until: "Holds until (inclusive)",
    no_end: "until you switch it on yourself",
    through: |day| when::date(day, Language::En),
    asked: "What we asked",
    asked_help: "This is the text as you could read it when you chose.",
    notice_unknown: "Which text you saw, we do not know. Your choice does count.",
    first_layer: "The notice",
    second_layer: "The settings",
    controls: "Buttons:",
    switch: "Switch:",
    facts: "What we recorded",
    kind: "What",
    at: "When",
    route: "Where",
    control: "Button",
    gpc: "Signal of your browser",
    gpc_on: "Your browser asked not to be tracked (GPC).",
    address: "Place in the log",
    policy: "Policy (SHA-256)",
    strings_hash: "Text (SHA-256)",
    html_hash: "Notice (SHA-256)",
    language: "Language",
    check: "Check for yourself that this is right",
    check_steps: &[
        "Our log is public and cannot be changed afterwards without being noticed. Whoever does not trust us can check this.",
        "Compute the SHA-256 of three parts in a row: the letters keuze-v1, the salt (32 bytes) and the record.",
        "That is the leaf in the log. The proof below (C2SP tlog-proof) shows that it stands there.",
        "Check the signature under the checkpoint in the proof with our key.",
        "Compare that checkpoint with the one that we publish.",
    ],
    record: "Record",
    salt: "Salt",
    proof: "Proof",
    checkpoint: "Published checkpoint of the log",
    keys: "Key that the checkpoint is signed with (C2SP signed-note)",
};

impl Receipt {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}
