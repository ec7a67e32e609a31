//! Two presses of one button at the same moment: it is done once, or each time truly, and the second is told no failure of
//! what succeeded.

use super::presses::{SentPress, ready};
use super::*;

/// What is recorded each time, and why.
fn each_time(press: SentPress) -> Option<&'static str> {
    match press {
        SentPress::Choice | SentPress::ChoiceForm => {
            Some("two people who refuse are not told apart; a script sends a key")
        }
        SentPress::ContinuedUse => Some("the cookie of the first says that it was counted"),
        SentPress::ObjectionForm => Some("an older record would tell a visitor that somebody had said it before"),
        SentPress::CodeMail => Some("each code is sealed in the answer that asks for it"),
        SentPress::DeskLookUp | SentPress::DeskLookUpOfSeveral | SentPress::DeskLookUpOfARecord => {
            Some("each shows the person")
        }
        SentPress::OptIn => Some("a program sends a key"),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pressed_twice_at_once_it_is_done_once_and_told_so() {
    for press in SentPress::all() {
        let once = {
            let app = TestApp::new().await;
            let ready = ready(press, &app).await;
            let before = app.records();
            ready.send().await;
            app.records() - before
        };
        let app = TestApp::new().await;
        let ready = ready(press, &app).await;
        let before = app.records();
        let sent: Vec<_> = (0..2)
            .map(|_| {
                let ready = ready.again();
                tokio::spawn(async move { ready.send().await })
            })
            .collect();
        for sent in sent {
            let answer = sent.await.expect("answered");
            let well = answer.status.is_success() || answer.status.is_redirection();
            assert!(well || press.is_refused(), "{press:?}: {} {}", answer.status, answer.words());
        }
        // And once more, afterwards.
        let answer = ready.send().await;
        let well = answer.status.is_success() || answer.status.is_redirection();
        assert!(well || press.is_refused(), "{press:?}: {} {}", answer.status, answer.words());
        let made = app.records() - before;
        match each_time(press) {
            Some(_) => assert_eq!(made, 3 * once, "{press:?}"),
            None => assert_eq!(made, once, "{press:?}"),
        }
    }
}

/// A second press, or the same request once more, from a browser that has the first answer and its cookies.
#[tokio::test]
async fn sent_again_after_its_answer_it_is_done_once_and_told_so() {
    for press in SentPress::all() {
        let app = TestApp::new().await;
        let mut ready = ready(press, &app).await;
        let before = app.records();
        let first = ready.send_and_keep().await;
        let once = app.records() - before;
        assert!(once > 0, "{press:?}: {}", first.words());
        for _ in 0..2 {
            let answer = ready.send_and_keep().await;
            let well = answer.status.is_success() || answer.status.is_redirection();
            assert!(well || press.is_refused(), "{press:?}: {} {}", answer.status, answer.words());
        }
        let made = app.records() - before;
        match each_time(press).filter(|_| press != SentPress::ContinuedUse) {
            Some(_) => assert_eq!(made, 3 * once, "{press:?}"),
            None => assert_eq!(made, once, "{press:?}"),
        }
    }
}
