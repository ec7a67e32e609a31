//! What the preference page and the panel of the banner say alike of a device; short, because visitors download it.

use model::language::Language;

/// The browser asks not to be tracked, and what we make of it.
pub fn gpc(language: Language) -> &'static str {
    match language {
        Language::Nl => {
            "Uw browser vraagt websites om u niet te volgen. Daar houden wij ons aan. Zet u hieronder toch iets aan, dan geldt die keuze."
        }
        Language::En => {
            "Your browser asks websites not to track you. We follow that. If you switch something on below, that choice counts."
        }
    }
}

/// Beside a switch that is off, of what runs by continued use.
pub fn runs(language: Language) -> &'static str {
    match language {
        Language::Nl => "Dit loopt nu, omdat u verder ging; bewaren zet het uit.",
        Language::En => "This runs now, because you went on; keeping your choice switches it off.",
    }
}
