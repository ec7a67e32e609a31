//! S-57: no address, number, name, token, code or key in a log, whatever is asked and wherever it is put.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

use super::walk::paths;
use super::*;
use crate::person::tests::known;
use keuze_core::logging::may_be_written;
use keuze_core::service::clients::{ClientName, ClientScope};
use keuze_core::service::fixture::people::{customer, email, phone};

/// Everything that is logged, kept.
#[derive(Clone, Default)]
struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics while logging").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl CapturedLog {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no test panics while logging")).into_owned()
    }
}

/// What stands for anything that a person or program sends.
const SECRETS: [&str; 5] = ["geheim", "GEHEIM", "87654321", "Jansen", "zz9plural"];

/// A path with something in each of its places.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for piece in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(if piece.starts_with('{') { "geheim87654321zz9plural" } else { piece });
    }
    filled
}

/// Bodies in which everything is a secret.
fn bodies() -> [(&'static str, String); 6] {
    let form = "contact=geheim%40example.nl&email=geheim%40example.nl&phone=06+87654321&postcode=1033RW&house=87654321&name=Jansen\
                &code=zz9plural&asked=geheim&who=geheim&q=geheim&number=geheim&token=zz9plural&password=geheim&scope=all&act=stop_all";
    let json = r#"{"who":{"email":"geheim@example.nl","phone":"06 87654321"},"customer":"geheim","name":"Jansen","email":"geheim@",
                   "channels":["email"],"policy":"geheim","text":"geheim","purposes":{"geheim":true},"objected_channels":"geheim"}"#;
    [
        ("application/x-www-form-urlencoded", form.to_owned()),
        ("application/x-www-form-urlencoded", "email=geheim%40example.nl&scope=all".to_owned()),
        ("application/json", json.to_owned()),
        ("application/json", r#"{"who":{"email":"geheim@example.nl"},"channels":["email"]}"#.to_owned()),
        ("message/rfc822", "From: Jansen <geheim@example.nl>\r\n\r\nzz9plural".to_owned()),
        ("text/plain; geheim", "geheim".to_owned()),
    ]
}

#[tokio::test]
async fn no_route_logs_anything_that_was_sent() {
    let app = TestApp::new().await;
    let app = app.made(|parts| parts.demo = true);
    customer(&app, "K-geheim", &[email("anna@geheim.nl"), phone("06 87654321")]).await;
    let services = &app.services;
    let clients = &services.clients;
    let name: ClientName = "crm".parse().expect("a name");
    let until = services.clock.now().today + time::Duration::days(3);
    let key = clients.add(&name, &ClientScope::ALL, until).await.expect("added").to_string();
    let signed_in = known(&app, "anna@geheim.nl").await;

    let kept = CapturedLog::default();
    let log = kept.clone();
    let writer = move || log.clone();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter_fn(may_be_written)));
    let _logging = tracing::subscriber::set_default(subscriber);
    // Whether a line is wanted is asked once, by whichever test comes first to it; here it is asked again.
    signed_in.beside().get("/keuze/health").await;
    tracing::callsite::rebuild_interest_cache();

    let paths = paths();
    assert!(paths.len() > 40, "{paths:?}");
    let bearer = format!("Bearer {key}");
    let wrong = "Bearer zz9plural-geheim";
    for path in &paths {
        let asked = format!("{}?lang=en&code=geheim&next=zz9plural&q=Jansen&geheim=87654321", filled(path));
        for method in ["GET", "POST", "DELETE", "zz9plural", "GEHEIM"] {
            for (kind, body) in bodies().iter().take(if method == "POST" { 6 } else { 1 }) {
                for authorization in [bearer.as_str(), wrong] {
                    let mut browser = signed_in.beside();
                    browser.cookies.clone_from(&signed_in.cookies);
                    browser.cookies.push(("keuze_desk".to_owned(), "zz9plural".to_owned()));
                    browser.keeps_cookies = false;
                    let headers = [
                        ("content-type", *kind),
                        ("authorization", authorization),
                        ("sec-fetch-site", "same-origin"),
                        ("referer", "http://localhost/geheim?Jansen"),
                        ("user-agent", "Jansen 87654321"),
                        ("x-forwarded-for", "198.51.100.77"),
                        ("idempotency-key", "zz9plural"),
                        ("accept-language", "geheim"),
                    ];
                    browser.ask(method, &asked, &headers, body).await;
                }
            }
        }
    }
    signed_in.beside().get("/nowhere/geheim").await;
    let log = kept.text();
    for path in &paths {
        assert!(log.contains(path.as_str()), "control: {path} was asked");
    }
    let session = signed_in.cookies.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    for secret in SECRETS.into_iter().chain(session).chain([key.as_str(), "anna@", "198.51.100", "06 8", "+316"]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    tracing::info!("geheim");
    assert!(kept.text().contains("geheim"), "control: what is logged is seen");
}
