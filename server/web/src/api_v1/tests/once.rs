//! What programs tell under an Idempotency-Key happens once and is answered alike.

use super::*;
use ledger::verify::verify;

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

async fn send(office: &Office, path: &str, body: &Value, key: &str) -> (StatusCode, String) {
    let bearer = format!("Bearer {}", office.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    let answer = office.server.beside().ask("POST", path, &headers, &body.to_string()).await;
    (answer.status, answer.body)
}

fn writes() -> [(&'static str, Value); 4] {
    [
        ("/keuze/api/v1/customers", json!({"customer": "K-9", "email": "carla@example.nl"})),
        ("/keuze/api/v1/objections", json!({"who": {"customer": "K-1"}, "channels": ["post"]})),
        ("/keuze/api/v1/opt-ins", json!({"who": {"customer": "K-1"}, "channels": ["phone"]})),
        ("/keuze/api/v1/letter-blocks", json!({"who": {"customer": "K-1"}})),
    ]
}

/// Without the key the second answer of some says that nothing changed, or an event is recorded twice.
#[tokio::test]
async fn sent_again_it_happens_once_and_is_answered_alike() {
    for (path, body) in writes() {
        let office = Office::new().await;
        let first = send(&office, path, &body, KEY).await;
        let before = office.app.ledger().len();
        assert_eq!(send(&office, path, &body, KEY).await, first, "{path}");
        assert_eq!(office.app.ledger().len(), before, "{path}");
        let other = send(&office, path, &body, "another-key-of-22-chars").await;
        assert!(other != first || office.app.ledger().len() > before || path.ends_with("letter-blocks"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_the_same_time_it_happens_once() {
    let office = Arc::new(Office::new().await);
    let before = office.app.ledger().len();
    let (path, body) = writes()[2].clone();
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let (office, body) = (Arc::clone(&office), body.clone());
            tokio::spawn(async move { send(&office, path, &body, KEY).await })
        })
        .collect();
    let mut answers = std::collections::BTreeSet::new();
    for asked in asked {
        let (status, body) = asked.await.expect("answered");
        answers.insert((status.as_u16(), body));
    }
    assert_eq!((answers.len(), office.app.ledger().len()), (1, before + 1));
}

/// Answers that stand beside no record of their own are there after a restart, and the ledger adds up.
#[tokio::test]
async fn a_restart_forgets_no_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, root) = (folder.path().join("data"), folder.path().join("data.root"));
    let (path, body) = writes()[0].clone();
    let mut answers = Vec::new();
    let mut api_key = None;
    for seed in 1..4 {
        let app = TestApp::at(Some(&data), seed).await;
        let key = match api_key.take() {
            Some(key) => key,
            None => key(&app, "crm", &ClientScope::ALL).await,
        };
        api_key = Some(key.clone());
        let office = Office { anna: Subject([0; 16]), server: Browser::new(&app), app, key };
        answers.push(send(&office, path, &body, KEY).await);
        answers.push(send(&office, path, &body, &format!("{KEY}-{seed}")).await);
        office.app.services.ledger.close().await;
        verify(&data, Some(&root)).expect("adds up");
    }
    assert!(answers[0].1.contains("\"changed\":true"), "{answers:?}");
    assert!(answers[0] == answers[2] && answers[0] == answers[4], "{answers:?}");
    assert!(answers[1].1.contains("\"changed\":false"), "a new key asks anew: {answers:?}");
}

#[tokio::test]
async fn a_key_that_is_none_stops_everything_but_a_no() {
    let office = Office::new().await;
    for (path, body) in writes() {
        let before = office.app.ledger().len();
        let (status, told) = send(&office, path, &body, "1").await;
        let is_no = path.ends_with("objections");
        assert_eq!(status, if is_no { StatusCode::CREATED } else { StatusCode::BAD_REQUEST }, "{path}: {told}");
        assert_eq!(office.app.ledger().len() - before, usize::from(is_no), "{path}");
        assert_eq!(told.contains("malformed-idempotency-key"), !is_no, "{path}: {told}");
    }
    let row = json!({"customer": "K-8", "email": "dirk@example.nl", "objected_channels": "email"});
    let (status, _) = send(&office, "/keuze/api/v1/customers", &row, "1").await;
    assert_eq!(status, StatusCode::OK, "it says no");
}
