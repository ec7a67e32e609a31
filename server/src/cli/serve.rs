//! `keuze serve` and `keuze demo`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::Serving;
use crate::ambient::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::config::{Config, Sms};
use crate::courier::{Courier, Way};
use crate::embed::files::SiteFile;
use crate::http;
use crate::publish::{self, Published};
use crate::scribe::files::Layout;
use crate::scribe::{Opening, Scribe};
use crate::service::Keuze;
use crate::service::call::Calls;
use crate::service::clients::{ClientError, ClientName, Clients, Scope};
use crate::service::codes::Codes;
use crate::service::days::Days;
use crate::service::mail::Post;
use crate::service::people::People;
use crate::service::staff::{Existing, Staff, StaffName};

/// Runs until a signal ends it; nothing that was accepted is left unfinished.
pub fn run(serving: &Serving, demo: bool) -> ExitCode {
    block_on(serve(serving, demo))
}

/// Runs a command to its end and says what went wrong.
pub fn block_on(command: impl Future<Output = Result<(), String>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the server cannot be started: {error}")),
    };
    match runtime.block_on(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => refuse(&what),
    }
}

fn refuse(what: &str) -> ExitCode {
    eprintln!("keuze: {what}");
    ExitCode::FAILURE
}

/// The configuration that was named, else the built-in example.
///
/// # Errors
/// Every fault, a line each.
pub fn configuration(file: Option<&Path>) -> Result<Config, String> {
    let Some(file) = file else { return Ok(Config::example()) };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    crate::config::parse(&file.display().to_string(), &text).map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

fn open(serving: &Serving, data: PathBuf, config: &Config, demo: bool) -> Result<Scribe, String> {
    refuse_postgres()?;
    if serving.key_file.is_none() {
        tracing::warn!("KEUZE_KEY_FILE is not set: the root key is kept beside the data directory");
    }
    // A log origin of its own: `serve` refuses a demo ledger, and the demo a real one.
    let host = config.first_host().name();
    let origin = if demo { format!("demo.{host}") } else { host };
    let opening =
        Opening { data: Some(data), key_file: serving.key_file.clone(), origin, entropy: Arc::new(SystemEntropy) };
    Scribe::open(opening).map_err(|error| error.to_string())
}

/// Opens the ledger that `serve` would, or the demo's of the same site, for a command beside it: in the demo everything
/// can be tried.
///
/// # Errors
/// A sentence, such as that a running server holds it.
pub fn open_for_command(serving: &Serving, config: &Config) -> Result<Scribe, String> {
    let data = serving.data.clone().unwrap_or_else(|| PathBuf::from("./data"));
    let opened = |demo| open(serving, data.clone(), config, demo);
    opened(false).or_else(|first| opened(true).map_err(|_| first))
}

/// Looks whether configuration and root key are there, before anything is moved.
pub fn can_be_opened(serving: &Serving, data: &Path) -> Result<(), String> {
    configuration(serving.config.as_deref())?;
    refuse_postgres()?;
    let key = serving.key_file.clone().unwrap_or_else(|| Layout(data.to_path_buf()).default_root_key());
    match crate::vault::root::read(&key)? {
        Some(_) => Ok(()),
        None => Err(format!("the root key {} is missing; nothing was moved", key.display())),
    }
}

fn refuse_postgres() -> Result<(), String> {
    if std::env::var_os("KEUZE_DATABASE_URL").is_some() {
        return Err("KEUZE_DATABASE_URL is set, but there is no PostgreSQL engine yet. Unset it".into());
    }
    Ok(())
}

/// Everything that a command needs which acts on people, beside a server that is stopped.
///
/// # Errors
/// A sentence, such as that the configuration is not published.
pub fn keuze_for_command(serving: &Serving) -> Result<Keuze, String> {
    let config = configuration(serving.config.as_deref())?;
    let scribe = open_for_command(serving, &config)?;
    assemble(scribe, config, false, None)
}

/// Opens a ledger once, which makes its databases anew, and closes it.
pub fn reopen(serving: &Serving) -> Result<(), String> {
    let config = configuration(serving.config.as_deref())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let scribe = open_for_command(serving, &config)?;
    runtime.block_on(scribe.close());
    Ok(())
}

async fn serve(serving: &Serving, demo: bool) -> Result<(), String> {
    let mut config = configuration(serving.config.as_deref())?;
    let folder = if demo { "./demo-data" } else { "./data" };
    let data = serving.data.clone().unwrap_or_else(|| PathBuf::from(folder));
    let scribe = open(serving, data.clone(), &config, demo)?;
    if demo {
        publish::publish_if_new(&scribe, &config, &SystemClock).await?;
    }
    let outbox = (demo && config.mail.is_none()).then(|| outbox_beside(&data));
    if outbox.is_some() {
        config.sms = Some(Sms::of_the_demo());
    }
    let way = Way::of(&config, outbox.clone())?;
    let keuze = Arc::new(assemble(scribe.clone(), config, demo, outbox)?);
    let listener = TcpListener::bind(serving.listen).await;
    let listener = listener.map_err(|error| format!("{} cannot be listened on: {error}", serving.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let limited = std::env::var("KEUZE_RATE_LIMITS").as_deref() != Ok("off");
    if !limited {
        tracing::warn!("KEUZE_RATE_LIMITS=off: nobody is slowed down. For load tests only");
    }
    // Beside the first requests: in a build without optimisation it takes a second.
    tokio::task::spawn_blocking(SiteFile::prepare);
    let app = http::router(&keuze, limited);
    if demo {
        announce(&keuze, address).await?;
    }
    start_chores(&keuze, way);
    println!("listening on http://{address}");
    http::serve::serve(listener, app, stop(scribe.clone())).await;
    let failed = !scribe.is_open();
    scribe.close().await;
    if failed { Err("the ledger stopped by itself; the log says why".into()) } else { Ok(()) }
}

/// The system on an open ledger, whose policy must be the configuration's.
///
/// # Errors
/// A sentence, such as that the configuration is not published.
pub fn assemble(scribe: Scribe, config: Config, demo: bool, outbox: Option<PathBuf>) -> Result<Keuze, String> {
    let published = Published::load(&scribe)?;
    published.refuse_another(&config)?;
    let people = People::of(&scribe).map_err(|error| error.to_string())?;
    let post = Post::of(&scribe).map_err(|error| error.to_string())?;
    let calls = Calls::of(&scribe).map_err(|error| error.to_string())?;
    let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let (codes, days) = (Codes::default(), Days::default());
    Ok(Keuze { scribe, config, published, people, post, calls, days, outbox, codes, clock, entropy, demo })
}

/// Outside the data directory, which holds no address in the clear.
fn outbox_beside(data: &Path) -> PathBuf {
    data.with_extension("outbox")
}

/// What runs beside the answers: the mails, and what is to end by itself.
fn start_chores(keuze: &Arc<Keuze>, way: Option<Way>) {
    const BETWEEN: Duration = Duration::from_hours(1);
    match way {
        Some(way) => _ = tokio::spawn(Courier::new(Arc::clone(keuze), way).run()),
        None => tracing::warn!("no [mail] in the configuration: codes and confirmations cannot be sent"),
    }
    let keuze = Arc::clone(keuze);
    tokio::spawn(async move {
        loop {
            keuze.maintain().await;
            tokio::time::sleep(BETWEEN).await;
        }
    });
}

/// What a newcomer opens first.
async fn announce(keuze: &Keuze, address: std::net::SocketAddr) -> Result<(), String> {
    keuze.invent_people().await.map_err(|error| error.to_string())?;
    http::demo::letter_code(keuze).await.map_err(|error| error.to_string())?;
    let staff = Staff { scribe: &keuze.scribe, clock: &*keuze.clock, entropy: &*keuze.entropy };
    let name: StaffName = "demo".parse().expect("a name of small letters");
    let password = staff.issue(&name, Existing::Replace).await.map_err(|error| error.to_string())?;
    println!("host page with the banner   http://{address}/");
    println!("preference page             http://{address}/keuze/voorkeuren");
    if keuze.outbox.is_some() {
        println!("mails that stay here        http://{address}/demo/outbox");
    }
    println!("desk                        http://{address}/keuze/desk");
    println!("  sign in as demo, one-time password {}", password.as_str());
    println!("  invented customers K-1001 to K-1006");
    println!("API key for every scope       {}", demo_key(keuze).await?.as_str());
    Ok(())
}

/// A key for whoever tries the addresses for programs; the one of the last start ends.
async fn demo_key(keuze: &Keuze) -> Result<zeroize::Zeroizing<String>, String> {
    let clients = Clients { scribe: &keuze.scribe, clock: &*keuze.clock, entropy: &*keuze.entropy };
    let name: ClientName = "demo".parse().expect("a name of small letters");
    match clients.remove(&name).await {
        Ok(()) | Err(ClientError::Gone) => {}
        Err(error) => return Err(error.to_string()),
    }
    let until = keuze.clock.now().today + time::Duration::days(30);
    clients.add(&name, &Scope::ALL, until).await.map_err(|error| error.to_string())
}

/// Ends at a signal, or when the ledger has stopped by itself.
async fn stop(scribe: Scribe) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).expect("the process may listen to signals");
    let ledger_stopped = async {
        while scribe.is_open() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = ledger_stopped => {}
    }
}

#[cfg(test)]
mod tests {
    use app::model::event::Actor;

    use super::*;

    fn serving(folder: &Path) -> Serving {
        let listen = "127.0.0.1:0".parse().expect("an address");
        Serving { config: None, data: Some(folder.join("data")), listen, key_file: Some(folder.join("root")) }
    }

    /// What a newcomer tries with the demo's data must not be refused as another site's; a server is.
    #[tokio::test]
    async fn a_command_takes_the_demo_ledger_of_the_same_site() {
        let folder = tempfile::tempdir().expect("a folder");
        let (serving, config) = (serving(folder.path()), Config::example());
        let opened = |demo| open(&serving, folder.path().join("data"), &config, demo);
        let demo = opened(true).expect("a new one");
        publish::publish_if_new(&demo, &config, &SystemClock).await.expect("published");
        demo.close().await;
        let refused = opened(false).map(|_| ()).expect_err("no server on a demo's");
        assert!(refused.contains("this is the ledger of demo."), "{refused}");
        let keuze = keuze_for_command(&serving).expect("a command");
        keuze.rotate_index(Actor::System).await.expect("recorded");
        let held = keuze_for_command(&serving).map(|_| ()).expect_err("it is in use");
        assert!(!held.contains("this is the ledger of"), "{held}");
        keuze.scribe.close().await;
    }

    #[tokio::test]
    async fn a_command_refuses_the_ledger_of_another_site() {
        let folder = tempfile::tempdir().expect("a folder");
        let (serving, entropy) = (serving(folder.path()), Arc::new(SystemEntropy));
        let (data, key_file) = (serving.data.clone(), serving.key_file.clone());
        let other = Scribe::open(Opening { data, key_file, origin: "demo.example.nl".into(), entropy }).expect("opens");
        publish::publish_if_new(&other, &Config::example(), &SystemClock).await.expect("published");
        other.close().await;
        let refused = open_for_command(&serving, &Config::example()).map(|_| ()).expect_err("another site's");
        assert!(refused.contains("not of www.voipro.nl"), "{refused}");
    }
}
