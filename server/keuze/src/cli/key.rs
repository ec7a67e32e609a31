//! `keuze key rotate`: a new root key, a new index key, or new keys for links and codes; and `keuze key escrowed`.

mod escrow;

use clap::{Args, Subcommand};
use model::event::Actor;
use serde::{Deserialize, Serialize};

use super::data::LedgerArguments;
use super::refusal::Refusal;
use super::task::{self, Printed, Say};
use keuze_core::service::Services;

/// What to do with the keys.
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Begins a new key.
    Rotate(Rotate),
    /// Says that copies of the keys are kept apart, for `keuze doctor` to know.
    Escrowed(escrow::Escrowed),
}

/// Which key.
#[derive(Args)]
#[group(id = "which", required = true, multiple = false, args = ["root", "index", "tokens"])]
pub struct Rotate {
    /// The root key: the old one is kept beside it for 35 days, for backups, and then goes.
    #[arg(long)]
    root: bool,
    /// The key under which blocked addresses and numbers are kept; what stands under the old ones stays.
    #[arg(long)]
    index: bool,
    /// The keys of the links in mails and the codes in letters; those that are under way keep working.
    #[arg(long)]
    tokens: bool,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Which key, as it is asked of whoever holds the ledger.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The root key.
    Root,
    /// The key of the blocked addresses and numbers.
    Index,
    /// The keys of links and letter codes.
    Tokens,
}

impl Rotate {
    fn which(&self) -> Which {
        match (self.root, self.tokens) {
            (true, _) => Which::Root,
            (false, true) => Which::Tokens,
            (false, false) => Which::Index,
        }
    }
}

/// Runs it. A server also rotates its root key by itself.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn run(asked: KeyCommand) -> Result<(), Refusal> {
    let asked = match asked {
        KeyCommand::Rotate(asked) => asked,
        KeyCommand::Escrowed(asked) => return escrow::run(&asked),
    };
    let which = task::ControlCommand::Rotate(asked.which());
    task::run(&asked.ledger, which, Box::new(std::io::empty()), &mut Printed).await
}

/// Begins the new key.
///
/// # Errors
/// A sentence that says what is in the way.
pub async fn rotate(services: &Services, which: Which, say: &mut dyn Say) -> Result<(), Refusal> {
    let (what, rotated) = match which {
        Which::Root => ("a new root key is", services.key_rotation.rotate_root(Actor::System).await),
        Which::Tokens => {
            ("new keys for links and letter codes are", services.key_rotation.rotate_tokens(Actor::System).await)
        }
        Which::Index => ("a new index key is", services.key_rotation.rotate_index(Actor::System).await),
    };
    let written = rotated.map_err(Refusal::told)?;
    Ok(say.say(&format!("{what} in use; record {}", written.address))?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use model::channel::Channel;
    use model::event::{KeyRotated, RotatedKey, Route};
    use model::evidence::IdentityLevel;

    use super::*;
    use crate::cli::task::tests::Report;
    use keuze_core::service::fixture::TestApp;
    use keuze_core::service::fixture::people::{customer, email};
    use keuze_core::service::people::Provenance;
    use ledger::formats::token::Token;

    #[derive(Parser)]
    struct TypedKey {
        #[command(flatten)]
        rotate: Rotate,
    }

    /// S-57: after a rotation links and codes are made under new keys, and those that were sent keep working, after a
    /// restart as well.
    #[tokio::test]
    async fn s_57_links_and_codes_outlive_a_rotation_by_the_command() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let anna = customer(&app, "K-1", &[email("anna@example.nl")]).await;
        let act = Provenance { actor: Actor::System, ..Provenance::by_person(Route::Api, IdentityLevel::Unverified) };
        let services = &app.services;
        let made = async || {
            let code = services.letters.letter_code(anna, &act).await.expect("a code");
            (services.links.stop(anna, Some(Channel::Newsletter)), code)
        };
        let (old_link, old_code) = made().await;
        let typed = TypedKey::try_parse_from(["rotate", "--tokens"]).expect("an option").rotate;
        let mut said = Report::default();
        rotate(services, typed.which(), &mut said).await.expect("rotated");
        let said = said.0;
        let event = app.ledger().pop().expect("an event");
        assert_eq!(event.body, KeyRotated { key: RotatedKey::Tokens }.into());
        assert!(said.starts_with("new keys for links and letter codes are in use; record 0001/"), "{said}");
        let (new_link, new_code) = made().await;
        assert!(new_link != old_link && new_code != old_code, "under new keys");
        app.services.ledger.close().await;
        let app = TestApp::at(Some(&data), 2).await;
        for link in [old_link, new_link] {
            let stop = Token::Stop { person: anna, channel: Some(Channel::Newsletter) };
            assert_eq!(app.services.links.open_token(&link), Some(stop));
        }
        for code in [old_code, new_code] {
            assert_eq!(app.services.letters.person_of_letter(code), Some(anna));
        }
        assert!(TypedKey::try_parse_from(["rotate", "--tokens", "--index"]).is_err(), "one at a time");
        assert!(TypedKey::try_parse_from(["rotate"]).is_err(), "which");
    }
}
