//! The words of the desk.

use crate::views::desk::{LookUpFault, PasswordRefusal, SignInRefusal};
use model::language::Language;

/// The words of the desk.
#[derive(Clone, Copy, Debug)]
pub struct DeskWords {
    /// The desk's name, title of its pages.
    pub title: &'static str,
    /// Heading of the sign-in form.
    pub sign_in: &'static str,
    /// Field: name.
    pub name: &'static str,
    /// Field: password.
    pub password: &'static str,
    pub sign_in_button: &'static str,
    /// How to get in.
    pub sign_in_help: &'static str,
    /// Name and password do not go together.
    pub wrong: &'static str,
    /// The same, after many attempts.
    pub slowed: &'static str,
    /// The one-time password is too old.
    pub expired: &'static str,
    /// Sign-ins under the name failed: how many, and when last.
    pub missed: fn(count: u32, last: &str) -> String,
    /// What to do about it.
    pub missed_help: &'static str,
    /// The ledger was put back from a backup, at that time.
    pub restored: fn(at: &str) -> String,
    /// What is lost of it: after when, and until when.
    pub restored_lost: fn(from: Option<&str>, until: Option<&str>) -> String,
    /// Until when objections on contact points and erasures stand again.
    pub restored_put_back: fn(until: &str) -> String,
    /// What to do where somebody speaks of it.
    pub restored_help: &'static str,
    /// Leads to the form for a new password.
    pub change_password: &'static str,
    /// Field: the password in force.
    pub current: &'static str,
    /// It was not right.
    pub current_wrong: &'static str,
    /// The session is over.
    pub ended: &'static str,
    /// The same, and something was to be entered.
    pub not_recorded: &'static str,
    /// Heading of the new password.
    pub new_password: &'static str,
    /// What makes a good one.
    pub new_password_help: &'static str,
    pub new_password_field: &'static str,
    /// Field: once more.
    pub again: &'static str,
    /// Button.
    pub save_password: &'static str,
    /// Why a password was not taken.
    pub short: &'static str,
    /// See [`Self::short`].
    pub long: &'static str,
    /// See [`Self::short`].
    pub different: &'static str,
    /// See [`Self::short`].
    pub guessable: &'static str,
    /// Before the name of whoever is signed in.
    pub signed_in: &'static str,
    /// Button.
    pub sign_out: &'static str,
    /// Heading of the look-up.
    pub look_up: &'static str,
    /// Field: what to look up.
    pub query: &'static str,
    /// What can be typed there.
    pub query_help: &'static str,
    /// Field: why.
    pub reason: &'static str,
    pub reason_help: &'static str,
    pub look_up_button: &'static str,
    /// A fault of what was typed.
    pub fault_reason: &'static str,
    /// See [`Self::fault_reason`].
    pub fault_reason_long: &'static str,
    /// See [`Self::fault_reason`].
    pub fault_form: &'static str,
    /// See [`Self::fault_reason`].
    pub fault_typing: &'static str,
    /// Nothing to show.
    pub nothing: &'static str,
    /// What that can mean.
    pub nothing_help: &'static str,
    /// The look-up itself was recorded at an address.
    pub recorded: fn(address: &str) -> String,
    /// Heading of a record.
    pub record: fn(address: &str) -> String,
    /// Receipt number.
    pub number: &'static str,
    pub consent_id: &'static str,
    /// The random number of a person.
    pub person_id: &'static str,
    pub no_consent_id: &'static str,
    pub actor: &'static str,
    /// Surface, build, variant.
    pub surface: &'static str,
    /// Column: time.
    pub time: &'static str,
    /// Column: act.
    pub act: &'static str,
    /// Column: route.
    pub route: &'static str,
    /// Column: place in the log.
    pub address: &'static str,
    /// The line that is shown above.
    pub this: &'static str,
    /// Heading: answers.
    pub answers: &'static str,
    /// Heading: history.
    pub history: &'static str,
    /// Heading: decision today.
    pub today: &'static str,
    /// What stands below that heading.
    pub today_help: &'static str,
    /// Column: purpose.
    pub purpose: &'static str,
    /// Column: decision.
    pub decision: &'static str,
    pub allow: &'static str,
    pub deny: &'static str,
    /// Column: why.
    pub why: &'static str,
    /// Column: basis.
    pub basis: &'static str,
    /// Column: until.
    pub until: &'static str,
    /// Heading: the notice.
    pub notice: &'static str,
    /// What stands below that heading.
    pub notice_help: &'static str,
    /// Names the frame with the first layer.
    pub notice_frame: &'static str,
    /// The stored HTML as text.
    pub notice_source: &'static str,
    /// Heading: the proof.
    pub proof: &'static str,
    /// It checks out.
    pub proof_right: fn(size: u64, root: &str) -> String,
    pub proof_wrong: &'static str,
    /// Unfolds the proof's text.
    pub proof_text: &'static str,
    /// The times are in this zone.
    pub zone: &'static str,
}

pub const NL: DeskWords = DeskWords {
    title: "Balie",
    sign_in: "Aanmelden bij de balie",
    name: "Naam",
    password: "Wachtwoord",
    sign_in_button: "Aanmelden",
    sign_in_help: "Voor medewerkers. Na 30 minuten zonder gebruik wordt u afgemeld.",
    wrong: "Deze naam en dit wachtwoord horen niet bij elkaar. U bent niet aangemeld. Probeer het opnieuw.",
    slowed: "Deze naam en dit wachtwoord horen niet bij elkaar. U bent niet aangemeld. Er waren veel pogingen met deze naam, daarom duurt elke volgende langer.",
    expired: "Dit eenmalige wachtwoord is ouder dan 24 uur en werkt niet meer. U bent niet aangemeld. Vraag de beheerder om een nieuw.",
    missed: |count, last| {
        let times = if count == 1 { "is 1 keer".to_owned() } else { format!("is {count} keer") };
        format!(
            "Sinds uw vorige aanmelding {times} met uw naam een verkeerd wachtwoord geprobeerd, het laatst op {last}."
        )
    },
    missed_help: "Was u dat niet zelf? Zeg het tegen de beheerder en kies een nieuw wachtwoord.",
    restored: |at| format!("Op {at} is het register teruggezet uit een reservekopie."),
    restored_lost: |from, until| {
        let from = from.map_or_else(String::new, |from| format!(" na {from}"));
        let until = until.map_or_else(String::new, |until| format!(" tot {until}"));
        format!("Wat er{from}{until} is vastgelegd, is verloren. Daar kunnen bezwaren en intrekkingen bij zijn.")
    },
    restored_put_back: |until| {
        format!("Bezwaren op adressen en nummers, en gewiste gegevens, zijn tot {until} opnieuw verwerkt.")
    },
    restored_help: "Zegt iemand in die tijd bezwaar te hebben gemaakt? Neem dat aan en leg het opnieuw vast.",
    change_password: "Wachtwoord wijzigen",
    current: "Huidig wachtwoord",
    current_wrong: "Het huidige wachtwoord klopt niet. Uw wachtwoord is niet veranderd.",
    ended: "U bent niet (meer) aangemeld. Er is niets opgezocht. Meld u opnieuw aan.",
    not_recorded: "U bent niet (meer) aangemeld. Dit is niet vastgelegd. Meld u opnieuw aan, zoek opnieuw op en leg het dan vast.",
    new_password: "Kies uw eigen wachtwoord",
    new_password_help: "Minstens 15 tekens. Een zin van vier of vijf woorden werkt goed. Een wachtwoordbeheerder ook.",
    new_password_field: "Nieuw wachtwoord",
    again: "Nog een keer",
    save_password: "Wachtwoord bewaren",
    short: "Dit wachtwoord is te kort. Het is niet bewaard. Neem minstens 15 tekens.",
    long: "Dit wachtwoord is te lang. Het is niet bewaard. Neem hoogstens 200 tekens.",
    different: "De twee wachtwoorden zijn niet gelijk. Er is niets bewaard. Typ ze opnieuw.",
    guessable: "Dit wachtwoord is te makkelijk te raden. Het is niet bewaard. Neem iets zonder uw naam.",
    signed_in: "Aangemeld als",
    sign_out: "Afmelden",
    look_up: "Een keuze of persoon opzoeken",
    query: "Nummer, consent-id of persoon",
    query_help: "Nummer van een vastlegging: 15 tekens in drie groepen. Of klantnummer, telefoon, e-mail, postcode met huisnummer.",
    reason: "Reden",
    reason_help: "Komt in het logboek, met uw naam. Noem geen persoonsgegevens.",
    look_up_button: "Opzoeken",
    fault_reason: "Zonder reden zoeken wij niets op. Vul in waarom u dit wilt zien.",
    fault_reason_long: "De reden is te lang. Er is niets opgezocht. Neem hoogstens 300 tekens.",
    fault_form: "Dit is geen nummer, geen consent-id en geen adres. Er is niets opgezocht. Controleer wat u typte.",
    fault_typing: "In dit nummer zit een typefout. Er is niets opgezocht. Vraag het nummer nog een keer.",
    nothing: "Hieronder staat niets in het logboek.",
    nothing_help: "Het nummer is nooit uitgegeven, of de gegevens zijn gewist. Vraag het nummer nog een keer.",
    recorded: |address| format!("Dit opzoeken is vastgelegd als {address}."),
    record: |address| format!("Vastlegging {address}"),
    number: "Nummer",
    consent_id: "Consent-id",
    person_id: "Persoon (willekeurig nummer)",
    no_consent_id: "geen: er is niets toegestaan",
    actor: "Wie",
    surface: "Weergave",
    time: "Tijd",
    act: "Wat",
    route: "Waar",
    address: "Plaats",
    this: "deze",
    answers: "Antwoord",
    history: "Geschiedenis",
    today: "Mag het vandaag?",
    today_help: "Volgens het beleid van vandaag en deze geschiedenis.",
    purpose: "Doel",
    decision: "Besluit",
    allow: "ja",
    deny: "nee",
    why: "Waarom",
    basis: "Artikel",
    until: "Tot en met",
    notice: "Wat de bezoeker zag",
    notice_help: "Uit de bewaarde versie, niet uit de instellingen van vandaag.",
    notice_frame: "De melding zoals bewaard",
    notice_source: "HTML van de melding",
    proof: "Bewijs",
    proof_right: |size, root| {
        format!(
            "Klopt. Het blad, het pad en de handtekening zijn opnieuw berekend. De boom heeft {size} bladen, wortel {root}."
        )
    },
    proof_wrong: "Klopt niet. Meld dit meteen aan de beheerder:",
    proof_text: "Vastlegging, zout en bewijs om te kopiëren",
    zone: "Tijden zijn in Nederlandse tijd.",
};

pub const EN: DeskWords = DeskWords {
    title: "Desk",
    sign_in: "Sign in to the desk",
    name: "Name",
    password: "Password",
    sign_in_button: "Sign in",
    sign_in_help: "For staff. You are signed out after 30 minutes without use.",
    wrong: "This name and this password do not go together. You are not signed in. Please try again.",
    slowed: "This name and this password do not go together. You are not signed in. There were many attempts under this name, so each further one takes longer.",
    expired: "This one-time password is older than 24 hours and does not work any more. You are not signed in. Ask the operator for a new one.",
    missed: |count, last| {
        let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
        format!(
            "Since you signed in last, a wrong password was tried {times} under your name, the last time on {last}."
        )
    },
    missed_help: "Was it not you? Tell the operator, and choose a new password.",
    restored: |at| format!("On {at} the register was put back from a backup."),
    restored_lost: |from, until| {
        let from = from.map_or_else(String::new, |from| format!(" after {from}"));
        let until = until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("What was recorded{from}{until} is lost. Objections and withdrawals may be among it.")
    },
    restored_put_back: |until| {
        format!("Objections on addresses and numbers, and erased data, were dealt with again up to {until}.")
    },
    restored_help: "Does somebody say that they objected in that time? Accept that, and record it again.",
    change_password: "Change password",
    current: "Current password",
    current_wrong: "The current password is not right. Your password was not changed.",
    ended: "You are not signed in (any more). Nothing was looked up. Please sign in again.",
    not_recorded: "You are not signed in (any more). This was not recorded. Sign in again, look up again and record it then.",
    new_password: "Choose your own password",
    new_password_help: "At least 15 characters. A sentence of four or five words works well. So does a password manager.",
    new_password_field: "New password",
    again: "Once more",
    save_password: "Save password",
    short: "This password is too short. It was not saved. Take at least 15 characters.",
    long: "This password is too long. It was not saved. Take at most 200 characters.",
    different: "The two passwords are not equal. Nothing was saved. Please type them again.",
    guessable: "This password is too easy to guess. It was not saved. Take one without your name.",
    signed_in: "Signed in as",
    sign_out: "Sign out",
    look_up: "Look up a choice or person",
    query: "Number, consent id or person",
    query_help: "Number of a record: 15 characters in three groups. Or customer number, phone, e-mail, postcode with house number.",
    reason: "Reason",
    reason_help: "Goes into the log, with your name. Give no personal data.",
    look_up_button: "Look up",
    fault_reason: "Without a reason we look up nothing. Fill in why you want to see this.",
    fault_reason_long: "The reason is too long. Nothing was looked up. Take at most 300 characters.",
    fault_form: "This is no number, no consent id and no address. Nothing was looked up. Check what you typed.",
    fault_typing: "This number has a typing error. Nothing was looked up. Ask for the number once more.",
    nothing: "The log has nothing under this.",
    nothing_help: "The number was never given out, or the data were erased. Ask for the number once more.",
    recorded: |address| format!("This look-up was recorded as {address}."),
    record: |address| format!("Record {address}"),
    number: "Number",
    consent_id: "Consent id",
    person_id: "Person (random number)",
    no_consent_id: "none: nothing was allowed",
    actor: "Who",
    surface: "Surface",
    time: "Time",
    act: "What",
    route: "Where",
    address: "Place",
    this: "this one",
    answers: "Answer",
    history: "History",
    today: "Is it allowed today?",
    today_help: "By the policy of today and this history.",
    purpose: "Purpose",
    decision: "Decision",
    allow: "yes",
    deny: "no",
    why: "Why",
    basis: "Article",
    until: "Until (inclusive)",
    notice: "What the visitor saw",
    notice_help: "From the stored version, not from the settings of today.",
    notice_frame: "The notice as stored",
    notice_source: "HTML of the notice",
    proof: "Proof",
    proof_right: |size, root| {
        format!("Right. Leaf, path and signature were computed again. The tree has {size} leaves, root {root}.")
    },
    proof_wrong: "Wrong. Report this to the operator at once:",
    proof_text: "Record, salt and proof for copying",
    zone: "Times are Dutch local time.",
};

impl DeskWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    /// Why somebody was not let in.
    pub fn sign_in_refusal(&self, refusal: SignInRefusal) -> &'static str {
        match refusal {
            SignInRefusal::Wrong => self.wrong,
            SignInRefusal::Slowed => self.slowed,
            SignInRefusal::Expired => self.expired,
            SignInRefusal::Ended => self.ended,
            SignInRefusal::NotRecorded => self.not_recorded,
        }
    }

    /// Why a password was not taken.
    pub fn password_refusal(&self, refusal: PasswordRefusal) -> &'static str {
        match refusal {
            PasswordRefusal::Current => self.current_wrong,
            PasswordRefusal::Short => self.short,
            PasswordRefusal::Long => self.long,
            PasswordRefusal::Different => self.different,
            PasswordRefusal::Guessable => self.guessable,
        }
    }

    /// What is wrong with what was typed.
    pub fn fault(&self, fault: LookUpFault) -> &'static str {
        match fault {
            LookUpFault::Reason => self.fault_reason,
            LookUpFault::ReasonTooLong => self.fault_reason_long,
            LookUpFault::Form => self.fault_form,
            LookUpFault::Typing => self.fault_typing,
        }
    }
}
