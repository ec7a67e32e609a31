//! What errors mean: one entry a slug, for problem documents (RFC 9457) and for `/keuze/problems/{slug}`.
//!
//! Every error says what happened, what did not happen, and what to do.

use model::language::Language;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The last part of a problem's `type`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Slug {
    /// The Host is not one of the site's.
    UnknownHost,
    /// No such page.
    NotFound,
    /// The page exists, but not for this method.
    MethodNotAllowed,
    /// What was sent cannot be read.
    MalformedRequest,
    /// What was sent is too large.
    TooLarge,
    /// What was sent is of another media type.
    UnsupportedMediaType,
    /// A purpose that the policy does not have.
    UnknownPurpose,
    /// A language that we do not speak.
    UnknownLanguage,
    /// A policy that was never published.
    UnknownPolicy,
    /// A control that says something else than its purposes.
    ControlContradiction,
    /// The notice changed, and nothing of the answer could be taken.
    NoticeChanged,
    /// A yes from where only a no is taken.
    ConsentNotFromHere,
    /// A form that was posted from another site.
    CrossSite,
    /// The request did not come in whole in time.
    TimedOut,
    /// Too many requests in a short time.
    RateLimited,
    /// More is coming in than can be written.
    Busy,
    /// The ledger takes nothing at the moment.
    Closed,
    /// Whether it was recorded is not known yet.
    OutcomeUnknown,
    /// An Idempotency-Key that cannot tell one request from all others.
    MalformedIdempotencyKey,
    /// The consent id was erased.
    Erased,
    /// The receipt's link is older than a day.
    ReceiptGone,
    /// A fault of ours.
    Internal,
    /// A configuration lists a consent purpose under continued use (R-2.5.3-1).
    ContinuedUseCannotGrantConsent,
    /// The request came without an API key.
    ApiKeyMissing,
    /// The API key is none of ours, or was removed.
    ApiKeyUnknown,
    /// The API key is past its last day.
    ApiKeyExpired,
    /// The API key is not for this.
    ScopeMissing,
    /// The recipient may not be reached this way.
    SendingDenied,
    /// A mail cannot be stopped as it must (S-14, RFC 8058).
    UnsubscribeHeadersMissing,
    /// A letter does not say how to object (S-13).
    LetterIncomplete,
    /// A service message without its template, or without who classed it (S-19).
    MessageClassIncomplete,
    /// Only the person can sign up there (S-11).
    SelfSignupRequired,
    /// A customer without all evidence of a soft opt-in (S-21); a warning, not an answer of its own.
    SoftOptInEvidenceMissing,
    /// A customer number came with another name and another address than before; a warning, not an answer of its own.
    CustomerNumberReused,
    /// An address or number joined a customer, and no name says that it is the same person's; a warning, not an answer of its
    /// own.
    JoinedLater,
    /// Something was said since the page was shown.
    ChangedSince,
}

/// The words for one error in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemWords {
    pub title: &'static str,
    pub happened: &'static str,
    /// What did not happen.
    pub not_happened: &'static str,
    pub to_do: &'static str,
}

impl Slug {
    /// Every slug.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The words in one language.
    pub fn words(self, language: Language) -> ProblemWords {
        match language {
            Language::Nl => dutch(self),
            Language::En => english(self),
        }
    }

    /// The words for a program, which has no page to go back to.
    pub fn words_for_programs(self, language: Language) -> ProblemWords {
        let words = self.words(language);
        match (self, language) {
            (Self::MalformedRequest, Language::Nl) => ProblemWords {
                happened: "Wat verstuurd is, heeft niet de vorm die dit adres leest.",
                to_do: "Verbeter wat bij `field` staat en stuur het opnieuw.",
                ..words
            },
            (Self::MalformedRequest, Language::En) => ProblemWords {
                happened: "What was sent does not have the form that this address reads.",
                to_do: "Mend what `field` names and send it again.",
                ..words
            },
            (Self::TooLarge, Language::Nl) => ProblemWords {
                happened: "Wat verstuurd is, is groter dan dit adres aanneemt.",
                to_do: "Stuur minder in een keer.",
                ..words
            },
            (Self::TooLarge, Language::En) => ProblemWords {
                happened: "What was sent is larger than this address takes.",
                to_do: "Send less at a time.",
                ..words
            },
            (Self::Closed | Self::Busy, Language::Nl) => ProblemWords {
                not_happened: "Er is niets opgeslagen. Elke beslissing blijft zoals zij was.",
                to_do: "Stuur het later opnieuw, met dezelfde Idempotency-Key. Staat er een nee in, houd u daar dan nu al aan.",
                ..words
            },
            (Self::Closed | Self::Busy, Language::En) => ProblemWords {
                not_happened: "Nothing was saved. Every decision stays as it was.",
                to_do: "Send it again later, with the same Idempotency-Key. If there is a no in it, keep to it from now on.",
                ..words
            },
            _ => words,
        }
    }
}

/// What did not happen where a request was refused and the no in it was taken.
pub fn no_taken(language: Language) -> &'static str {
    match language {
        Language::Nl => "Het nee dat erin stond, is wel vastgelegd en geldt. De rest is niet bewaard.",
        Language::En => "The no that it told of is recorded all the same, and holds. The rest was not kept.",
    }
}

const fn problem(
    title: &'static str,
    happened: &'static str,
    not_happened: &'static str,
    to_do: &'static str,
) -> ProblemWords {
    ProblemWords { title, happened, not_happened, to_do }
}

fn dutch(slug: Slug) -> ProblemWords {
    const NOTHING: &str = "Er is niets opgeslagen. Alles blijft zoals het was.";
    const AGAIN: &str = "Ga terug naar de vorige pagina en probeer het opnieuw.";
    match slug {
        Slug::UnknownHost => problem(
            "Deze website kennen wij niet",
            "De aanvraag kwam binnen onder een naam die niet bij deze website hoort.",
            NOTHING,
            "Controleer het adres. Bent u de beheerder: zet de naam bij de hosts in keuze.toml, en laat de proxy één Host sturen.",
        ),
        Slug::NotFound => problem(
            "Deze pagina is er niet",
            "Op dit adres staat niets. Misschien is het adres niet helemaal overgenomen.",
            NOTHING,
            "Controleer het adres, of ga naar uw cookiekeuze.",
        ),
        Slug::MethodNotAllowed => problem(
            "Zo werkt dit adres niet",
            "Dit adres bestaat, maar niet voor deze soort aanvraag.",
            NOTHING,
            "Ga naar uw cookiekeuze en gebruik daar de knoppen.",
        ),
        Slug::MalformedRequest => problem(
            "Wij konden dit niet lezen",
            "Wat uw browser stuurde, heeft niet de vorm die wij verwachten.",
            NOTHING,
            AGAIN,
        ),
        Slug::TooLarge => {
            problem("Dit is te groot", "Wat uw browser stuurde, is groter dan wij aannemen.", NOTHING, AGAIN)
        }
        Slug::UnsupportedMediaType => problem(
            "Dit soort bericht lezen wij niet",
            "De aanvraag had een ander Content-Type dan dit adres leest.",
            NOTHING,
            "Stuur application/json naar de API, of gebruik het formulier op onze pagina.",
        ),
        Slug::UnknownPurpose => problem(
            "Dit doel kennen wij niet",
            "Het antwoord noemt een doel dat niet in het beleid staat.",
            NOTHING,
            "Laad de pagina opnieuw en kies daarna nog eens.",
        ),
        Slug::UnknownLanguage => problem(
            "Deze taal spreken wij niet",
            "De aanvraag noemt een taal die deze website niet heeft.",
            NOTHING,
            "Gebruik nl of en.",
        ),
        Slug::UnknownPolicy => problem(
            "Dit beleid kennen wij niet",
            "Het antwoord hoort bij een beleid dat hier nooit is gepubliceerd.",
            "Er is geen toestemming opgeslagen. Een weigering nemen wij altijd aan.",
            "Laad de pagina opnieuw en kies daarna nog eens.",
        ),
        Slug::ControlContradiction => problem(
            "Knop en keuze spreken elkaar tegen",
            "De knop zegt iets anders dan wat per doel is gekozen.",
            NOTHING,
            AGAIN,
        ),
        Slug::NoticeChanged => problem(
            "De vraag is veranderd",
            "Sinds u de melding zag, is de vraag veranderd. Uw antwoord past daar niet meer bij.",
            NOTHING,
            "Lees de nieuwe melding en kies daarna opnieuw.",
        ),
        Slug::ConsentNotFromHere => problem(
            "Toestemming kan hier niet vandaan komen",
            "Wij konden niet zien dat dit antwoord van een pagina van deze website kwam.",
            "Er is geen toestemming opgeslagen. Weigeren en intrekken kan altijd.",
            "Open de website zelf en kies daar opnieuw.",
        ),
        Slug::CrossSite => problem(
            "Dit formulier kwam van een andere website",
            "Formulieren nemen wij alleen aan van onze eigen pagina’s.",
            NOTHING,
            "Open de pagina op deze website en vul het formulier daar in.",
        ),
        Slug::TimedOut => problem(
            "Het duurde te lang",
            "De aanvraag kwam niet binnen een halve minuut helemaal binnen.",
            "Er is niets bevestigd.",
            "Controleer uw verbinding en probeer het opnieuw.",
        ),
        Slug::RateLimited => problem(
            "Te veel aanvragen",
            "In korte tijd kwamen er veel aanvragen van uw aansluiting.",
            "De laatste aanvraag is niet uitgevoerd. Alles blijft zoals het was.",
            "Wacht een minuut en probeer het opnieuw.",
        ),
        Slug::Busy => problem(
            "Het is nu erg druk",
            "Er komt meer binnen dan wij kunnen opslaan.",
            NOTHING,
            "Probeer het over een paar seconden opnieuw.",
        ),
        Slug::Closed => problem(
            "Wij kunnen nu niets opslaan",
            "Het logboek is op dit moment gesloten.",
            "Er is niets opgeslagen. Alles blijft zoals het was: wat aan stond, staat nog aan, en reclame die u kreeg, gaat door.",
            "Probeer het later opnieuw. Lukt dat niet en wilt u ergens nee tegen zeggen? Bel of mail ons dan. Cookies van deze \
             website kunt u ook zelf wissen, in uw browser.",
        ),
        Slug::OutcomeUnknown => problem(
            "Wij weten nog niet of dit is opgeslagen",
            "Tijdens het opslaan ging er bij ons iets mis.",
            "Het kan zijn dat uw aanvraag is opgeslagen, en het kan zijn van niet. Dat weten wij over een paar minuten.",
            "Wacht een paar minuten en probeer het dan opnieuw. Dat kan geen kwaad als het al is opgeslagen.",
        ),
        Slug::MalformedIdempotencyKey => problem(
            "Deze Idempotency-Key kunnen wij niet gebruiken",
            "In de header Idempotency-Key staat iets dat deze aanvraag niet van andere onderscheidt.",
            NOTHING,
            "Stuur voor elke aanvraag een nieuwe sleutel: 128 willekeurige bits, bijvoorbeeld 32 hexadecimale cijfers of een UUID. \
             Of laat de header weg.",
        ),
        Slug::Erased => problem(
            "Deze gegevens zijn gewist",
            "De gegevens onder dit nummer zijn gewist. Daar kan niets meer bij.",
            NOTHING,
            "Wis de cookies van deze website in uw browser en kies daarna opnieuw.",
        ),
        Slug::ReceiptGone => problem(
            "Dit bewijs is niet meer te zien",
            "De link naar een bewijs werkt 24 uur. Die tijd is voorbij.",
            "Uw keuze staat nog in het logboek en geldt nog.",
            "Bel of mail ons en noem het nummer van uw bewijs. Dan zoeken wij het op.",
        ),
        Slug::Internal => problem(
            "Er ging bij ons iets mis",
            "Door een fout bij ons konden wij uw aanvraag niet afmaken.",
            "Wij weten niet zeker of er iets is opgeslagen. Het kan dus zijn dat alles is zoals het was.",
            "Probeer het later opnieuw. Dat kan geen kwaad als het al is opgeslagen. Blijft het misgaan, bel of mail ons dan.",
        ),
        Slug::ContinuedUseCannotGrantConsent => problem(
            "Verder gebruik is geen toestemming",
            "De configuratie zet een doel met toestemming bij verder gebruik.",
            "De server start niet met deze configuratie.",
            "Haal het doel weg onder continued_use in keuze.toml.",
        ),
        Slug::ApiKeyMissing => problem(
            "Er is geen sleutel meegestuurd",
            "Dit adres is voor programma’s met een API-sleutel. De aanvraag had er geen die wij konden lezen, of twee verschillende.",
            "Er is niets opgezocht en niets opgeslagen.",
            "Stuur de sleutel mee: Authorization: Bearer, en dan de sleutel. De beheerder maakt er een met keuze client add.",
        ),
        Slug::ApiKeyUnknown => problem(
            "Deze sleutel kennen wij niet",
            "De API-sleutel is niet van ons, of de beheerder heeft hem verwijderd.",
            "Er is niets opgezocht en niets opgeslagen.",
            "Controleer of de sleutel helemaal is overgenomen. Vraag de beheerder anders om een nieuwe.",
        ),
        Slug::ApiKeyExpired => problem(
            "Deze sleutel is verlopen",
            "De laatste dag van deze API-sleutel is voorbij.",
            "Er is niets opgezocht en niets opgeslagen.",
            "Vraag de beheerder om een nieuwe sleutel. Die maakt hij met keuze client add.",
        ),
        Slug::ScopeMissing => problem(
            "Deze sleutel mag dit niet",
            "De API-sleutel geldt niet voor dit adres. Wat ontbreekt, staat bij scope.",
            "Er is niets opgezocht en niets opgeslagen.",
            "Gebruik een sleutel met deze scope. De beheerder maakt er een met keuze client add NAAM --scope.",
        ),
        Slug::SendingDenied => problem(
            "Dit bericht mag niet weg",
            "Deze ontvanger mag langs deze weg geen reclame krijgen. De reden staat bij reason.",
            "Er is geen link of code gemaakt.",
            "Stuur deze ontvanger niets langs deze weg.",
        ),
        Slug::UnsubscribeHeadersMissing => problem(
            "Deze e-mail kan niet worden gestopt zoals het moet",
            "In elke e-mail met reclame staat hoe u die stopt, en wie de afzender is. Hier ontbreekt iets. Wat, staat bij missing.",
            "De e-mail is niet goedgekeurd.",
            "Zet headers en tekst van /keuze/api/v1/mail-headers in de e-mail, en onderteken beide headers met DKIM.",
        ),
        Slug::LetterIncomplete => problem(
            "In deze brief staat niet hoe bezwaar maken moet",
            "In elke brief met reclame staat hoe u bezwaar maakt. Hier ontbreekt iets. Wat, staat bij missing.",
            "De brief is niet goedgekeurd.",
            "Zet de alinea, het korte adres en de code in de brief. U krijgt ze van /keuze/api/v1/letter-blocks.",
        ),
        Slug::MessageClassIncomplete => problem(
            "Van dit servicebericht ontbreekt iets",
            "Een servicebericht heeft een template, en de naam van wie bepaalde dat het geen reclame is.",
            "Er is niets beslist en niets opgeslagen.",
            "Stuur template en decided_by mee met POST. De velden zijn namen, geen adressen. Reclame is commercial.",
        ),
        Slug::SelfSignupRequired => problem(
            "Hiervoor meldt iemand zich zelf aan",
            "Voor reclame via social media kan alleen de persoon zelf zich aanmelden.",
            "Er is niets opgeslagen.",
            "Laat social media weg uit de aanvraag.",
        ),
        Slug::SoftOptInEvidenceMissing => problem(
            "Er ontbreekt bewijs voor reclame aan een klant",
            "Een klant krijgt alleen reclame als alle bewijs er is. Dat is de verkoop of het contract, en hetzelfde bedrijf. \
             Ook hoort erbij dat de klant uitleg kreeg en nee kon zeggen toen het adres werd gevraagd. En het gaat om eigen \
             producten die erop lijken.",
            "De klant is bewaard, maar niet aangemeld voor reclame.",
            "Vul aan wat bij missing staat, voor dit adres of nummer. Bewijs voor een ander adres telt hier niet. Is het er \
             niet? Dan kan de klant zich alleen zelf aanmelden.",
        ),
        Slug::CustomerNumberReused => problem(
            "Dit klantnummer had een andere naam en een ander adres",
            "Misschien is het nummer nu van een andere klant. Daarom bewaren wij dit apart. De twee delen geen toestemming, \
             geen bewijs, geen naam en geen gegevens. Een nee van de een geldt ook voor de ander.",
            "Er is niets bij de eerste klant gezet.",
            "Is het toch dezelfde persoon? Stuur dezelfde gegevens nog eens met same_person op yes. Of voeg de twee samen aan \
             de balie.",
        ),
        Slug::JoinedLater => problem(
            "Dit adres of nummer kwam later bij deze klant",
            "Geen naam zegt dat het van dezelfde persoon is. Misschien is het klantnummer nu van een ander. Een nee van de een \
             geldt ook voor de ander. Toestemming en bewijs gelden alleen waarvoor ze zijn gegeven.",
            "Wie het oude adres heeft, ziet het nieuwe niet. En andersom ook niet.",
            "Is het dezelfde persoon? Stuur dezelfde gegevens nog eens met same_person op yes. Of zeg het aan de balie.",
        ),
        Slug::ChangedSince => problem(
            "Er is intussen iets veranderd",
            "Sinds u deze pagina opende, is er een andere keuze vastgelegd.",
            "Er is nu niets veranderd. De latere keuze geldt.",
            "Laad de pagina opnieuw en kies daarna nog eens.",
        ),
    }
}

fn english(slug: Slug) -> ProblemWords {
    const NOTHING: &str = "Nothing was saved. Everything stays as it was.";
    const AGAIN: &str = "Go back to the previous page and try again.";
    match slug {
        Slug::UnknownHost => problem(
            "We do not know this website",
            "The request came in under a name that does not belong to this website.",
            NOTHING,
            "Check the address. If you are the operator: add the name to the hosts in keuze.toml, and have the proxy send one Host.",
        ),
        Slug::NotFound => problem(
            "This page does not exist",
            "There is nothing at this address. Perhaps the address was not copied completely.",
            NOTHING,
            "Check the address, or go to your cookie choice.",
        ),
        Slug::MethodNotAllowed => problem(
            "This address does not work that way",
            "This address exists, but not for this kind of request.",
            NOTHING,
            "Go to your cookie choice and use the buttons there.",
        ),
        Slug::MalformedRequest => problem(
            "We could not read this",
            "What your browser sent does not have the form that we expect.",
            NOTHING,
            AGAIN,
        ),
        Slug::TooLarge => {
            problem("This is too large", "What your browser sent is larger than we take.", NOTHING, AGAIN)
        }
        Slug::UnsupportedMediaType => problem(
            "We do not read this kind of message",
            "The request had another Content-Type than this address reads.",
            NOTHING,
            "Send application/json to the API, or use the form on our page.",
        ),
        Slug::UnknownPurpose => problem(
            "We do not know this purpose",
            "The answer names a purpose that is not in the policy.",
            NOTHING,
            "Load the page again and then choose once more.",
        ),
        Slug::UnknownLanguage => problem(
            "We do not speak this language",
            "The request names a language that this website does not have.",
            NOTHING,
            "Use nl or en.",
        ),
        Slug::UnknownPolicy => problem(
            "We do not know this policy",
            "The answer belongs to a policy that was never published here.",
            "No consent was saved. A refusal is always taken.",
            "Load the page again and then choose once more.",
        ),
        Slug::ControlContradiction => problem(
            "Button and choice contradict each other",
            "The button says something else than what was chosen for each purpose.",
            NOTHING,
            AGAIN,
        ),
        Slug::NoticeChanged => problem(
            "The question has changed",
            "The question changed since you saw the notice. Your answer no longer fits it.",
            NOTHING,
            "Read the new notice and then choose again.",
        ),
        Slug::ConsentNotFromHere => problem(
            "Consent cannot come from there",
            "We could not see that this answer came from a page of this website.",
            "No consent was saved. Refusing and withdrawing are always possible.",
            "Open the website itself and choose there again.",
        ),
        Slug::CrossSite => problem(
            "This form came from another website",
            "We take forms from our own pages only.",
            NOTHING,
            "Open the page on this website and fill in the form there.",
        ),
        Slug::TimedOut => problem(
            "It took too long",
            "The request did not come in whole within half a minute.",
            "Nothing was confirmed.",
            "Check your connection and try again.",
        ),
        Slug::RateLimited => problem(
            "Too many requests",
            "Many requests came from your connection in a short time.",
            "The last request was not carried out. Everything stays as it was.",
            "Wait a minute and try again.",
        ),
        Slug::Busy => problem(
            "It is very busy now",
            "More is coming in than we can save.",
            NOTHING,
            "Try again in a few seconds.",
        ),
        Slug::Closed => problem(
            "We cannot save anything now",
            "The log is closed at the moment.",
            "Nothing was saved. Everything stays as it was: what was on is still on, and advertising that you got goes on.",
            "Please try again later. If that does not work and you want to say no to something, call or mail us. You can also \
             clear the cookies of this website yourself, in your browser.",
        ),
        Slug::OutcomeUnknown => problem(
            "We do not know yet whether this was saved",
            "Something went wrong on our side while we were saving.",
            "Your request may have been saved, or it may not. We will know in a few minutes.",
            "Wait a few minutes and then try again. That does no harm if it was saved already.",
        ),
        Slug::MalformedIdempotencyKey => problem(
            "We cannot use this Idempotency-Key",
            "The header Idempotency-Key holds something that does not tell this request from others.",
            NOTHING,
            "Send a new key with each request: 128 random bits, such as 32 hexadecimal digits or a UUID. Or leave the header out.",
        ),
        Slug::Erased => problem(
            "These data were erased",
            "The data under this number were erased. Nothing can be added to them.",
            NOTHING,
            "Clear the cookies of this website in your browser and then choose again.",
        ),
        Slug::ReceiptGone => problem(
            "This receipt can no longer be seen",
            "The link to a receipt works for 24 hours. That time has passed.",
            "Your choice is still in the log and still holds.",
            "Call or mail us and give the number of your receipt. We can then look it up.",
        ),
        Slug::Internal => problem(
            "Something went wrong on our side",
            "Because of a fault of ours we could not finish your request.",
            "We are not sure whether anything was saved. So everything may be as it was.",
            "Please try again later. That does no harm if it was saved already. If it keeps failing, call or mail us.",
        ),
        Slug::ContinuedUseCannotGrantConsent => problem(
            "Continued use is not consent",
            "The configuration lists a purpose that needs consent under continued use.",
            "The server does not start with this configuration.",
            "Remove the purpose under continued_use in keuze.toml.",
        ),
        Slug::ApiKeyMissing => problem(
            "No key came along",
            "This address is for programs with an API key. The request had none that we could read, or two that differ.",
            "Nothing was looked up and nothing was saved.",
            "Send the key along: Authorization: Bearer, and then the key. The operator makes one with keuze client add.",
        ),
        Slug::ApiKeyUnknown => problem(
            "We do not know this key",
            "The API key is not ours, or the operator removed it.",
            "Nothing was looked up and nothing was saved.",
            "Check that the key was copied completely. Otherwise ask the operator for a new one.",
        ),
        Slug::ApiKeyExpired => problem(
            "This key has expired",
            "The last day of this API key has passed.",
            "Nothing was looked up and nothing was saved.",
            "Ask the operator for a new key. It is made with keuze client add.",
        ),
        Slug::ScopeMissing => problem(
            "This key is not for this",
            "The API key does not hold for this address. What it lacks stands under scope.",
            "Nothing was looked up and nothing was saved.",
            "Use a key with this scope. The operator makes one with keuze client add NAME --scope.",
        ),
        Slug::SendingDenied => problem(
            "This message must not be sent",
            "This recipient must not get advertising this way. The reason stands under reason.",
            "No link or code was made.",
            "Send this recipient nothing this way.",
        ),
        Slug::UnsubscribeHeadersMissing => problem(
            "This mail cannot be stopped as it must",
            "Every mail with advertising says how to stop it, and who it is from. Something is missing here. What it is stands under missing.",
            "The mail did not pass.",
            "Put headers and text from /keuze/api/v1/mail-headers into the mail, and sign both headers with DKIM.",
        ),
        Slug::LetterIncomplete => problem(
            "This letter does not say how to object",
            "Every letter with advertising says how to object. Something is missing here. What it is stands under missing.",
            "The letter did not pass.",
            "Put paragraph, short address and code into the letter. /keuze/api/v1/letter-blocks gives them.",
        ),
        Slug::MessageClassIncomplete => problem(
            "Something is missing from this service message",
            "A service message has a template, and the name of who decided that it is no advertising.",
            "Nothing was decided and nothing was saved.",
            "Send template and decided_by along by POST. Both are names, no addresses. Advertising is commercial.",
        ),
        Slug::SelfSignupRequired => problem(
            "People sign up for this themselves",
            "Only the person themselves can sign up for advertising on social media.",
            "Nothing was saved.",
            "Leave social media out of the request.",
        ),
        Slug::SoftOptInEvidenceMissing => problem(
            "Evidence for advertising to a customer is missing",
            "A customer gets advertising only where all evidence is there. That is the sale or contract, and the same company. \
             The customer was told and could say no when the address was collected. And it is about own, similar products.",
            "The customer is kept, but not signed up for advertising.",
            "Add what stands under missing, for this address or number. Evidence for another one does not count here. If there \
             is none, only the customer can sign up.",
        ),
        Slug::CustomerNumberReused => problem(
            "This customer number had another name and another address",
            "The number may be another customer's by now. So this is kept apart. The two share no consent, no evidence, no \
             name and no data. A no of either holds for both.",
            "Nothing was added to the first customer.",
            "Is it the same person after all? Send the same again with same_person set to yes. Or merge the two at the desk.",
        ),
        Slug::JoinedLater => problem(
            "This address or number joined this customer later",
            "No name says that it is the same person's. The customer number may be somebody else's by now. A no of either holds \
             for both. Consent and evidence hold only where they were given.",
            "Whoever has the old address is not shown the new one, nor the other way round.",
            "Is it the same person? Send the same again with same_person set to yes. Or say so at the desk.",
        ),
        Slug::ChangedSince => problem(
            "Something changed meanwhile",
            "Another choice was recorded since you opened this page.",
            "Nothing was changed now. The later choice holds.",
            "Load the page again and then choose once more.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_reads_back_and_is_used_once() {
        for &slug in Slug::ALL {
            assert_eq!(slug.as_str().parse(), Ok(slug));
        }
        assert!("nothing".parse::<Slug>().is_err());
    }

    /// An error is told to whoever keeps a yes on their device, and to whoever gets letters, as well as to anybody else.
    #[test]
    fn no_error_says_that_anything_is_off() {
        const CLAIMS: [&str; 8] =
            ["blijft uit", "staat uit", "is uit", "eerdere keuze", "stays off", "is off", "are off", "earlier choice"];
        let claims = |text: &str| CLAIMS.iter().any(|claim| text.contains(claim));
        assert!(claims("Alles wat u kunt weigeren, blijft uit.") && claims("Your earlier choice has not changed."));
        for &slug in Slug::ALL {
            for language in Language::ALL {
                for words in [slug.words(language), slug.words_for_programs(language)] {
                    for text in [words.title, words.happened, words.not_happened, words.to_do] {
                        assert!(!claims(text), "{slug}: {text}");
                    }
                }
            }
        }
    }
}
