//! Erasing a person ends every key of theirs, and nobody else's.

use model::identity::Subject;
use vault::ring::{KeyId, KeyPurpose, RetentionClass};

use super::*;

/// The keys that concern somebody, made where they are not there yet.
fn keys(app: &TestApp, subject: Subject) -> Vec<KeyPurpose> {
    let classes = RetentionClass::ALL.map(|class| KeyPurpose::Class(subject, class));
    let all: Vec<KeyPurpose> = std::iter::once(KeyPurpose::Proof(subject)).chain(classes).collect();
    all.iter().for_each(|purpose| _ = app.services.ledger.ensure_key(*purpose));
    all
}

fn left(app: &TestApp, keys: &[KeyPurpose]) -> Vec<KeyId> {
    keys.iter().filter_map(|purpose| app.services.ledger.find_key(*purpose)).collect()
}

/// R-2.2-15: of somebody who was two customers once, too, and of every class.
#[tokio::test]
async fn an_erasure_ends_the_keys_of_every_customer_that_the_person_was() {
    let app = TestApp::new().await;
    let (anna, bert) = (email("anna@example.nl"), email("bert@example.nl"));
    let person = customer(&app, "1", std::slice::from_ref(&anna)).await;
    let other = customer(&app, "2", &[email("a.jansen@example.nl")]).await;
    let somebody = customer(&app, "3", std::slice::from_ref(&bert)).await;
    let theirs = [keys(&app, person), keys(&app, other)].concat();
    let beside = keys(&app, somebody);
    app.services.merging.merge(&app.history(), person, other, &by_import(), Vec::new()).await.expect("merged");
    assert_eq!((left(&app, &theirs).len(), left(&app, &beside).len()), (theirs.len(), beside.len()));
    app.services.erasures.erase(&app.history(), other, true, &own(Route::PreferencePage)).await.expect("erased");
    assert_eq!(left(&app, &theirs), [], "nothing of either can be read any more");
    assert_eq!(left(&app, &beside).len(), beside.len(), "somebody else's are as they were");
}
