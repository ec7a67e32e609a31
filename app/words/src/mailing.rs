//! What stands in mails and letters that others send: how to stop them, and who they are from.

use model::channel::Channel;
use model::controller::Controller;
use model::language::Language;

/// The sentence in a mail that says how to stop it, without its link.
pub fn stop(channel: Channel, language: Language) -> &'static str {
    use Channel::{Email, Newsletter, Phone, Post, Social};
    match (language, channel) {
        (Language::Nl, Newsletter) => "Wilt u deze nieuwsbrief niet meer? Stoppen kan met één druk, zonder inloggen:",
        (Language::En, Newsletter) => "No more newsletter? Stop it with one press, without signing in:",
        // By the others no mail goes.
        (Language::Nl, Email | Post | Phone | Social) => {
            "Wilt u geen reclame meer per e-mail? Stoppen kan met één druk, zonder inloggen:"
        }
        (Language::En, Email | Post | Phone | Social) => {
            "No more advertising by e-mail? Stop it with one press, without signing in:"
        }
    }
}

/// The words of the link.
pub fn link(channel: Channel, language: Language) -> &'static str {
    use Channel::{Email, Newsletter, Phone, Post, Social};
    match (language, channel) {
        (Language::Nl, Newsletter) => "Nieuwsbrief stoppen",
        (Language::En, Newsletter) => "Stop the newsletter",
        (Language::Nl, Email | Post | Phone | Social) => "Reclame per e-mail stoppen",
        (Language::En, Email | Post | Phone | Social) => "Stop advertising by e-mail",
    }
}

/// Who a mail is from and where they can be reached (S-56).
pub fn sender(controller: &Controller) -> String {
    let Controller { legal_name, address, email, phone, .. } = controller;
    format!("{legal_name}, {}, {email}, {phone}", address.join(", "))
}

/// The paragraph of a letter that says how to object (S-13).
pub fn letter(controller: &Controller, address: &str, code: &str, language: Language) -> String {
    let Controller { name, email, phone, .. } = controller;
    match language {
        Language::Nl => format!(
            "Wilt u geen reclame meer per post van {name}? Ga naar {address} en vul deze code in: {code}. U hoeft niet \
             in te loggen. Bellen of mailen kan ook: {phone}, {email}."
        ),
        Language::En => format!(
            "No more advertising by post from {name}? Go to {address} and fill in this code: {code}. You need not sign \
             in. You can also call or mail us: {phone}, {email}."
        ),
    }
}
