//! The words of the preference centre: one card a channel, and what an act changed.

use time::Date;

use super::when;
use model::channel::Channel;
use model::decision::Reason;
use model::language::Language::{self, En, Nl};

/// The words of the preference centre.
pub struct Centre {
    /// Heading of the two ways for somebody who is not known here.
    pub other_ways: &'static str,
    /// What a code opens.
    pub with_code: &'static str,
    /// What goes without.
    pub without_code: &'static str,
    pub heading: &'static str,
    /// Who is signed in.
    pub signed_in: fn(&str) -> String,
    /// Ends the session.
    pub sign_out: &'static str,
    pub insight: &'static str,
    /// Nobody is known at the address.
    pub nobody: &'static str,
    /// Several people are.
    pub several: &'static str,
    /// It is not certain whose the address is.
    pub uncertain: &'static str,
    /// Before the date since which something holds.
    pub since: fn(Date) -> String,
    /// Until when an opt-in holds.
    pub until: fn(Date) -> String,
    /// Unfolds the reason.
    pub why: &'static str,
    /// Names the article.
    pub basis: fn(&str) -> String,
    /// Where the channel reaches the person.
    pub reaches: fn(&str) -> String,
    /// Where it does not reach them, beside where it does.
    pub not_at: fn(&str) -> String,
    /// The button that says no to what does not run.
    pub never: &'static str,
    /// We have nothing to reach the person at.
    pub no_point: &'static str,
    /// Before what an opt-in to calls is about: products and months.
    pub calls_for: fn(&str, u32) -> String,
    /// Before the button of a yes: what it would be for.
    pub covers: fn(&str) -> String,
    /// What a yes that was said is for.
    pub given_for: fn(&str) -> String,
    /// Heading of the one press for everything.
    pub stop_all_heading: &'static str,
    pub stop_all_help: &'static str,
    /// The same at an address or number that is not one person's.
    pub stop_all_there: &'static str,
    pub stop_all: &'static str,
    /// What goes on all the same.
    pub service: &'static str,
    /// Heading of the social media.
    pub social: &'static str,
    /// What people can do there.
    pub social_help: &'static str,
    /// The link to stop following, with the platform's name.
    pub unfollow: fn(&str) -> String,
    /// The link to block.
    pub block: fn(&str) -> String,
    /// Heading of what concerns this device alone.
    pub device: &'static str,
    /// Title after something was stopped.
    pub stopped: &'static str,
    /// Title after something was started.
    pub started: &'static str,
    /// Title after an objection was taken off an address or number.
    pub lifted: &'static str,
    /// Since when it holds.
    pub holds_since: fn(Date) -> String,
    pub what_stopped: &'static str,
    pub what_started: &'static str,
    /// For what an objection was taken off.
    pub what_lifted: &'static str,
    /// The button that takes an objection off.
    pub lift: &'static str,
    pub lift_help: &'static str,
    /// What is denied all the same.
    pub still_denied: &'static str,
    /// The link to lifting that, for whoever has the address or number.
    pub prove: &'static str,
    pub number: &'static str,
    /// What it is good for.
    pub number_help: fn(&str) -> String,
    /// The link to the receipt.
    pub receipt: &'static str,
    /// Heading of the undoing.
    pub undo: &'static str,
    /// What it does after a no.
    pub undo_help: &'static str,
    /// What it does after a yes.
    pub undo_start_help: &'static str,
    /// The button that takes a no back.
    pub undo_stop: &'static str,
    /// The button that takes a yes back.
    pub undo_start: &'static str,
    /// Leads back.
    pub back: &'static str,
}

pub const NL: Centre = Centre {
    other_ways: "Reclame per post, e-mail of telefoon",
    with_code: "Zien en veranderen wat u van ons krijgt",
    without_code: "Reclame stoppen zonder code",
    heading: "Wat u van ons krijgt",
    signed_in: |address| format!("U bevestigde {address}."),
    sign_out: "Uitloggen",
    insight: "Wat wij van u bewaren",
    nobody: "Hierbij kennen wij niemand. Wat u hier kiest, geldt voor het adres of nummer zelf.",
    several: "Meer mensen gebruiken dit adres of nummer. Daarom tonen wij geen persoonlijke keuzes. Wat u hier kiest, geldt voor het adres of nummer zelf, dus voor iedereen die het gebruikt.",
    uncertain: "Dit adres is later bij een klant opgegeven. Wij weten niet zeker of het van die klant is. Daarom tonen wij alleen wat voor dit adres geldt. Een ja geldt alleen voor dit adres, een nee ook voor die klant.",
    since: |day| format!("Sinds {}.", when::date(day, Nl)),
    until: |day| format!("Dit geldt tot en met {}.", when::date(day, Nl)),
    why: "Waarom?",
    basis: |article| format!("Regel: {article}."),
    reaches: |points| format!("Wij gebruiken hiervoor: {points}."),
    not_at: |points| format!("Niet op {points}: daarvoor is geen toestemming gegeven."),
    never: "Nee, ook later niet",
    no_point: "Wij hebben hiervoor geen gegevens van u.",
    calls_for: |products, months| {
        format!(
            "Zegt u ja, dan mogen wij u bellen over {products}. Dat geldt {months} maanden. U kunt het altijd stoppen."
        )
    },
    covers: |points| format!("Uw ja geldt alleen voor: {points}."),
    given_for: |points| format!("Dit geldt voor: {points}."),
    stop_all_heading: "Alles in één keer stoppen",
    stop_all_help: "U krijgt dan geen reclame meer van ons, op geen enkele manier. U hoeft geen reden te geven.",
    stop_all_there: "Dan sturen of bellen wij hierheen geen reclame meer. U hoeft geen reden te geven.",
    stop_all: "Alles stoppen",
    service: "Berichten over uw bestelling, uw factuur of een storing krijgt u nog wel.",
    social: "Social media",
    social_help: "Op social media stopt u ons ook bij het platform zelf. Deze links gaan naar hun uitleg.",
    unfollow: |name| format!("Niet meer volgen op {name}"),
    block: |name| format!("Blokkeren op {name}"),
    device: "Cookies op dit apparaat",
    stopped: "Uw bezwaar is vastgelegd",
    started: "Uw toestemming is vastgelegd",
    lifted: "Het bezwaar is opgeheven",
    holds_since: |day| format!("Dit geldt sinds {}, meteen en overal.", when::date(day, Nl)),
    what_stopped: "Dit stopt:",
    what_started: "Dit mag nu:",
    what_lifted: "Op dit adres of nummer staat geen bezwaar meer tegen:",
    lift: "Bezwaar opheffen",
    lift_help: "Heft u het bezwaar op, dan geldt weer wat ieder die dit adres of nummer gebruikt zelf koos.",
    still_denied: "Dit mag nog niet: op het adres of nummer staat een bezwaar van iemand anders.",
    prove: "Is het adres of nummer van u alleen? Bevestig het met een code en zeg nog eens ja",
    number: "Nummer",
    number_help: |phone| format!("Bewaar dit nummer. Belt u {phone}, dan vinden wij hiermee uw keuze terug."),
    receipt: "Het bewijs bekijken en bewaren",
    undo: "Toch niet?",
    undo_help: "Met deze knop maakt u het ongedaan. Dan mag weer wat hiervoor mocht.",
    undo_start_help: "Met deze knop stopt het meteen weer.",
    undo_stop: "Ongedaan maken",
    undo_start: "Weer stoppen",
    back: "Terug naar uw keuzes",
};

pub const EN: Centre = Centre {
    other_ways: "Advertising by post, e-mail or phone",
    with_code: "See and change what you get from us",
    without_code: "Stop advertising without a code",
    heading: "What you get from us",
    signed_in: |address| format!("You confirmed {address}."),
    sign_out: "Sign out",
    insight: "What we hold about you",
    nobody: "We know nobody there. What you choose here applies to the address or number itself.",
    several: "Several people use this address or number. So we show no personal choices. What you choose here applies to the address or number itself, and so to everybody who uses it.",
    uncertain: "This address was given for a customer later. We are not certain that it is that customer's. So we show only what holds for this address. A yes is for this address alone, a no for that customer as well.",
    since: |day| format!("Since {}.", when::date(day, En)),
    until: |day| format!("This holds until {} inclusive.", when::date(day, En)),
    why: "Why?",
    basis: |article| format!("Rule: {article}."),
    reaches: |points| format!("We use for this: {points}."),
    not_at: |points| format!("Not at {points}: no consent was given for that."),
    never: "No, not later either",
    no_point: "We have no details of yours for this.",
    calls_for: |products, months| {
        format!(
            "If you say yes, we may call you about {products}. That holds for {months} months. You can stop it at any time."
        )
    },
    covers: |points| format!("Your yes is for this alone: {points}."),
    given_for: |points| format!("This is for: {points}."),
    stop_all_heading: "Stop everything at once",
    stop_all_help: "You then get no advertising from us any more, in no way. You need not give a reason.",
    stop_all_there: "We then send no advertising there any more, and make no calls. You need not give a reason.",
    stop_all: "Stop everything",
    service: "You still get messages about your order, your invoice or an outage.",
    social: "Social media",
    social_help: "On social media you can also stop us at the platform itself. These links lead to their explanations.",
    unfollow: |name| format!("Stop following on {name}"),
    block: |name| format!("Block on {name}"),
    device: "Cookies on this device",
    stopped: "Your objection is recorded",
    started: "Your consent is recorded",
    lifted: "The objection is lifted",
    holds_since: |day| format!("This holds since {}, at once and everywhere.", when::date(day, En)),
    what_stopped: "This stops:",
    what_started: "This is allowed now:",
    what_lifted: "No objection stands at this address or number any more to:",
    lift: "Lift the objection",
    lift_help: "If you lift the objection, what everybody who uses this address or number chose themselves holds again.",
    still_denied: "This is not allowed yet: somebody else objected at this address or number.",
    prove: "Is the address or number yours alone? Confirm it with a code and say yes once more",
    number: "Number",
    number_help: |phone| format!("Keep this number. If you call {phone}, we find your choice with it."),
    receipt: "See and keep the receipt",
    undo: "Changed your mind?",
    undo_help: "This button undoes it. What was allowed before is then allowed again.",
    undo_start_help: "This button stops it again at once.",
    undo_stop: "Undo",
    undo_start: "Stop again",
    back: "Back to your choices",
};

impl Centre {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Nl => &NL,
            En => &EN,
        }
    }
}

/// The heading of a card.
pub fn name(channel: Channel, language: Language) -> &'static str {
    let (nl, en) = match channel {
        Channel::Newsletter => ("Nieuwsbrief", "Newsletter"),
        Channel::Email => ("Andere reclame per e-mail", "Other advertising by e-mail"),
        Channel::Post => ("Reclame per post", "Advertising by post"),
        Channel::Phone => ("Telefoontjes met aanbiedingen", "Calls with offers"),
        Channel::Social => ("Reclame via social media", "Advertising on social media"),
    };
    pick(language, nl, en)
}

/// What holds for a channel, as a sentence.
pub fn standing(channel: Channel, allow: bool, language: Language) -> &'static str {
    let (nl, en) = match (channel, allow) {
        (Channel::Newsletter, true) => ("U krijgt onze nieuwsbrief.", "You get our newsletter."),
        (Channel::Newsletter, false) => ("U krijgt geen nieuwsbrief.", "You get no newsletter."),
        (Channel::Email, true) => ("U krijgt aanbiedingen per e-mail.", "You get offers by e-mail."),
        (Channel::Email, false) => ("U krijgt geen aanbiedingen per e-mail.", "You get no offers by e-mail."),
        (Channel::Post, true) => ("U krijgt aanbiedingen per post.", "You get offers by post."),
        (Channel::Post, false) => ("U krijgt geen aanbiedingen per post.", "You get no offers by post."),
        (Channel::Phone, true) => ("U krijgt telefoontjes met aanbiedingen.", "You get calls with offers."),
        (Channel::Phone, false) => ("U krijgt geen telefoontjes met aanbiedingen.", "You get no calls with offers."),
        (Channel::Social, true) => ("U krijgt berichten via social media.", "You get messages on social media."),
        (Channel::Social, false) => {
            ("U krijgt geen berichten via social media.", "You get no messages on social media.")
        }
    };
    pick(language, nl, en)
}

/// The button that stops a channel.
pub fn stop(channel: Channel, language: Language) -> &'static str {
    let (nl, en) = match channel {
        Channel::Newsletter => ("Nieuwsbrief stoppen", "Stop the newsletter"),
        Channel::Email => ("Reclame per e-mail stoppen", "Stop advertising by e-mail"),
        Channel::Post => ("Reclame per post stoppen", "Stop advertising by post"),
        Channel::Phone => ("Telefoontjes stoppen", "Stop the calls"),
        Channel::Social => ("Social media stoppen", "Stop social media"),
    };
    pick(language, nl, en)
}

/// The button that starts a channel.
pub fn start(channel: Channel, language: Language) -> &'static str {
    let (nl, en) = match channel {
        Channel::Newsletter => ("Ja, stuur mij de nieuwsbrief", "Yes, send me the newsletter"),
        Channel::Email => ("Ja, stuur mij aanbiedingen", "Yes, send me offers"),
        Channel::Post => ("Ja, stuur mij post", "Yes, send me post"),
        Channel::Phone => ("Ja, bel mij hierover", "Yes, call me about this"),
        Channel::Social => ("Ja, dat mag", "Yes, you may"),
    };
    pick(language, nl, en)
}

/// Why it holds, as a sentence to the person; it names nobody else.
pub fn because(reason: Reason, language: Language) -> &'static str {
    let (nl, en) = match reason {
        Reason::Objected | Reason::Withdrawn => ("U maakte bezwaar.", "You objected."),
        Reason::Refused => ("U weigerde dit toen u klant werd.", "You refused this when you became a customer."),
        Reason::OptedIn => ("U gaf hiervoor toestemming.", "You consented to this."),
        Reason::SoftOptIn => (
            "U bent klant, en u maakte geen bezwaar toen u uw adres gaf.",
            "You are a customer, and you did not object when you gave your address.",
        ),
        Reason::OptOut => {
            ("U bent klant. U kunt altijd bezwaar maken.", "You are a customer. You can object at any time.")
        }
        Reason::PointObjected => (
            "Op dit adres of nummer staat een bezwaar. Wij gebruiken het daarom voor niemand.",
            "An objection stands at this address or number. So we use it for nobody.",
        ),
        Reason::Unconfirmed => ("U hebt uw aanmelding nog niet bevestigd.", "You have not confirmed your sign-up yet."),
        Reason::EvidenceMissing => (
            "U gaf hiervoor geen toestemming die wij kunnen bewijzen.",
            "You gave no consent to this that we can prove.",
        ),
        Reason::NoPoint => ("Wij hebben hiervoor geen gegevens van u.", "We have no details of yours for this."),
        Reason::Expired => ("Uw toestemming is verlopen.", "Your consent has expired."),
        Reason::RevokedByController | Reason::QuestionChanged => ("Wij zijn hiermee gestopt.", "We have stopped this."),
        _ => ("U vroeg hier nooit om.", "You never asked for this."),
    };
    pick(language, nl, en)
}

fn pick(language: Language, nl: &'static str, en: &'static str) -> &'static str {
    match language {
        Nl => nl,
        En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever said no must read that it holds.
    #[test]
    fn what_may_not_be_sent_is_told_with_a_no_and_what_may_be_without() {
        for channel in Channel::ALL {
            for (language, no) in [(Nl, " geen "), (En, " no ")] {
                let told = [true, false].map(|allow| standing(channel, allow, language));
                assert_eq!(told.map(|text| text.contains(no)), [false, true], "{told:?}");
            }
        }
    }
}
