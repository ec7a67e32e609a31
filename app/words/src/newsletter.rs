//! The words of the newsletter's sign-up.

use model::language::Language;

/// The words of the newsletter's sign-up.
pub struct NewsletterWords {
    /// Title of the form.
    pub title: &'static str,
    /// What one gets, and how to end it.
    pub lead: fn(&str) -> String,
    pub address: &'static str,
    pub name: &'static str,
    /// The name is not needed.
    pub name_help: &'static str,
    pub sign_up: &'static str,
    /// What happens next.
    pub next: fn(u32) -> String,
    /// Title when the mail is on its way.
    pub asked_title: &'static str,
    /// What to do now.
    pub asked: fn(&str, u32) -> Vec<String>,
    /// Title behind the link of the mail.
    pub confirm_title: &'static str,
    /// What the button does.
    pub confirm_lead: fn(&str) -> String,
    pub confirm: &'static str,
    /// Title when the link does not work.
    pub stale_title: &'static str,
    /// Why, and what to do.
    pub stale: &'static [&'static str],
}

pub const NL: NewsletterWords = NewsletterWords {
    title: "Aanmelden voor de nieuwsbrief",
    lead: |site| format!("U krijgt dan de nieuwsbrief van {site}. In elke nieuwsbrief staat een link om te stoppen."),
    address: "Uw e-mailadres",
    name: "Uw naam",
    name_help: "Mag leeg blijven.",
    sign_up: "Aanmelden",
    next: |days| {
        format!(
            "Wij sturen u eerst een mail. Pas als u daarin bevestigt, krijgt u de nieuwsbrief. Doet u niets, dan wissen wij uw aanmelding na {days} dagen."
        )
    },
    asked_title: "Kijk in uw mail",
    asked: |address, days| {
        vec![
            format!("Wij stuurden een mail naar {address}. Open de link in die mail en druk op de knop."),
            format!("Daarna krijgt u de nieuwsbrief. Doet u niets, dan wissen wij uw aanmelding na {days} dagen."),
        ]
    },
    confirm_title: "Wilt u de nieuwsbrief?",
    confirm_lead: |site| format!("Druk op de knop. Dan krijgt u de nieuwsbrief van {site}. U kunt altijd stoppen."),
    confirm: "Ja, stuur mij de nieuwsbrief",
    stale_title: "Deze link werkt niet meer",
    stale: &[
        "Door deze link krijgt u geen nieuwsbrief. Hij is te oud, of de aanmelding is gestopt of gewist.",
        "Wilt u de nieuwsbrief? Meld u dan opnieuw aan.",
    ],
};

pub const EN: NewsletterWords = NewsletterWords {
    title: "Sign up for the newsletter",
    lead: |site| format!("You then get the newsletter of {site}. Every newsletter has a link that stops it."),
    address: "Your e-mail address",
    name: "Your name",
    name_help: "May stay empty.",
    sign_up: "Sign up",
    next: |days| {
        format!(
            "We first send you a mail. You get the newsletter only when you confirm in it. If you do nothing, we erase your sign-up after {days} days."
        )
    },
    asked_title: "Look in your mail",
    asked: |address, days| {
        vec![
            format!("We sent a mail to {address}. Open the link in that mail and press the button."),
            format!("After that you get the newsletter. If you do nothing, we erase your sign-up after {days} days."),
        ]
    },
    confirm_title: "Do you want the newsletter?",
    confirm_lead: |site| {
        format!("Press the button. Then you get the newsletter of {site}. You can stop it at any time.")
    },
    confirm: "Yes, send me the newsletter",
    stale_title: "This link does not work any more",
    stale: &[
        "You get no newsletter by this link. It is too old, or the sign-up was stopped or erased.",
        "Do you want the newsletter? Then sign up again.",
    ],
};

impl NewsletterWords {
    pub fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }
}
