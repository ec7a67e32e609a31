//! Mail over a real SMTP connection, to a server that behaves well, late, badly, or not at all.

use model::event::{Body, Mailed};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;
use contact::Email;
use keuze_core::config::mail::Tls;
use keuze_core::service::fixture::TestApp;
use keuze_core::service::mail::PATIENCE;

/// How the server answers to RCPT TO, one a connection; the last one stays.
type RcptAnswers = Vec<&'static str>;

/// A mail server on a port of its own; it gives what was sent to it, one text a connection.
fn server(answers: RcptAnswers) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let (told, said) = channel();
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let answer = answers.get(at).or(answers.last()).copied().unwrap_or("250 ok");
            let _hung_up = stream.and_then(|stream| talk(&stream, answer, &told));
        }
    });
    (port, said)
}

fn talk(mut stream: &TcpStream, rcpt: &str, told: &Sender<String>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut said = String::new();
    let mut in_data = false;
    stream.write_all(b"220 mail.example ready\r\n")?;
    while let Some(Ok(line)) = lines.next() {
        said.push_str(&line);
        said.push('\n');
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            _ if in_data && line == "." => {
                in_data = false;
                "250 kept"
            }
            _ if in_data => continue,
            "EHLO" => "250-mail.example\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "RCPT" => rcpt,
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    let _nobody_listens = told.send(said);
    Ok(())
}

fn settings(port: u16, tls: Tls) -> keuze_core::config::MailSettings {
    keuze_core::config::MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        sign_in: None,
        from: "Voipro <noreply@voipro.nl>".parse().expect("a mailbox"),
        reply_to: Some("privacy@voipro.nl".parse().expect("a mailbox")),
    }
}

async fn queued(app: &TestApp, to: &str) {
    let mail = QueuedMail {
        what: "code".to_owned(),
        to: Email::parse(to).expect("an address"),
        language: "nl".to_owned(),
        subject: "Uw code voor voipro.nl – één keer".to_owned(),
        text: "Uw code is 123456.\n.\nEen punt alleen op een regel beëindigt niets.\n".to_owned(),
        until: app.clock_now() + PATIENCE,
    };
    app.services.mail.queue_mail(mail).await.expect("queued");
}

fn courier(app: &TestApp, port: u16, tls: Tls) -> MailDelivery {
    let smtp = Smtp::from_settings(&settings(port, tls)).expect("a way out");
    MailDelivery::new(app.services.clone(), MailTransport::Smtp(Box::new(smtp)))
}

fn told(app: &TestApp) -> Vec<String> {
    let mailed = app.ledger().into_iter().filter_map(|event| match event.body {
        Body::Mailed(Mailed { mail, state }) => Some(format!("{mail} {state:?}")),
        _ => None,
    });
    mailed.collect()
}

#[tokio::test]
async fn a_mail_arrives_whole_and_marked_as_a_machines() {
    let app = TestApp::new().await;
    let (port, said) = server(vec!["250 ok"]);
    queued(&app, "anna@example.nl").await;
    courier(&app, port, Tls::None).round().await;
    let said = said.recv().expect("a conversation");
    assert!(said.contains("RCPT TO:<anna@example.nl>"), "{said}");
    assert!(said.starts_with("EHLO voipro.nl\n") && said.contains("Message-ID: <"), "{said}");
    for header in ["From: Voipro <noreply@voipro.nl>", "Reply-To: privacy@voipro.nl", "Auto-Submitted: auto-generated"]
    {
        assert!(said.contains(header), "{header} in {said}");
    }
    assert!(
        said.contains("Content-Language: nl") && said.contains("Subject: Uw code voor voipro.nl =?utf-8?"),
        "{said}"
    );
    // A dot alone on a line is doubled on the way (RFC 5321 section 4.5.2), so it ends nothing.
    assert!(said.contains("123456") && said.contains("\n..\n") && said.contains("be=C3=ABindigt"), "{said}");
    assert_eq!(told(&app), ["code Queued", "code Sent"]);
    assert!(app.services.mail.waiting().is_empty());
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_and_waits_longer_each_time() {
    let app = TestApp::new().await;
    let (port, said) = server(vec!["451 greylisted", "451 greylisted", "250 ok"]);
    queued(&app, "anna@example.nl").await;
    let mut courier = courier(&app, port, Tls::None);
    courier.round().await;
    courier.round().await;
    said.recv().expect("a conversation");
    assert!(said.try_recv().is_err(), "it is not tried again at once");
    app.clock.advance(30);
    courier.round().await;
    app.clock.advance(30);
    courier.round().await;
    assert_eq!(told(&app), ["code Queued"], "the second wait is twice the first");
    app.clock.advance(30);
    courier.round().await;
    assert_eq!(told(&app), ["code Queued", "code Sent"]);
}

#[tokio::test]
async fn a_bounce_or_a_silent_server_ends_the_mail_and_nothing_else() {
    let app = TestApp::new().await;
    let (port, _said) = server(vec!["550 no such mailbox <anna@example.nl>"]);
    queued(&app, "anna@example.nl").await;
    courier(&app, port, Tls::None).round().await;
    assert_eq!(told(&app), ["code Queued", "code GivenUp"]);

    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    queued(&app, "anna@example.nl").await;
    let mut courier = courier(&app, nobody, Tls::None);
    courier.round().await;
    assert_eq!(app.services.mail.waiting().len(), 1);
    app.clock.advance(PATIENCE.whole_seconds());
    courier.round().await;
    assert_eq!(told(&app)[2..], ["code Queued", "code GivenUp"]);
}

/// A server that offers no STARTTLS, or somebody in between who took the offer out, gets no address and no code.
#[tokio::test]
async fn nothing_goes_out_in_the_clear_where_tls_is_wanted() {
    let app = TestApp::new().await;
    let (port, said) = server(vec!["250 ok"]);
    queued(&app, "anna@example.nl").await;
    courier(&app, port, Tls::StartTls).round().await;
    let said = said.recv().expect("a conversation");
    assert!(!said.contains("anna") && !said.contains("123456"), "{said}");
    assert_eq!(app.services.mail.waiting().len(), 1, "it waits for a server that is set up");
}

#[test]
fn the_outbox_is_cleared_and_shows_the_newest_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("outbox");
    std::fs::create_dir(&path).expect("made");
    std::fs::write(path.join("000001.txt"), "of yesterday").expect("written");
    let outbox = Outbox::cleared(path.clone()).expect("cleared");
    assert!(outbox.mails().is_empty());
    for subject in ["One", "Two"] {
        let mail = QueuedMail {
            what: "code".to_owned(),
            to: Email::parse("anna@example.nl").expect("an address"),
            language: "en".to_owned(),
            subject: subject.to_owned(),
            text: "A\n\nB".to_owned(),
            until: OffsetDateTime::UNIX_EPOCH,
        };
        outbox.keep(&mail).expect("kept");
    }
    let subjects: Vec<_> = Outbox::at(path).mails().into_iter().map(|mail| (mail.subject, mail.text)).collect();
    assert_eq!(subjects, [("Two".to_owned(), "A\n\nB".to_owned()), ("One".to_owned(), "A\n\nB".to_owned())]);
}
