//! `keuze serve` and `keuze demo`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use ui::components::banner::first_layer;

use model::paths::Endpoint;
use tokio::net::TcpListener;

use super::data::demo_of;
use super::refusal::Refusal;
use super::{Serving, complain, control, data, say};
use crate::mail_delivery::{MailDelivery, MailTransport};
use keuze_core::config::{Config, Sms};
use keuze_core::publish::{self, PublishError, Published};
use keuze_core::service::clients::{ClientError, ClientName, ClientScope};
use keuze_core::service::sign_ins::UNIT;
use keuze_core::service::staff::{Existing, StaffName};
use keuze_core::service::{ServiceParts, Services};
use ledger::Ledger;
use ledger::clock::SystemClock;
use ledger::origin::site_of;
use vault::random::SystemRandom;
use web::embed::files::SiteFile;
use web::serve::{ConnectionLimits, FEWEST_FILES, connections_for, raise_open_files};

/// Runs until a signal ends it; nothing that was accepted is left unfinished.
pub fn run(serving: &Serving, demo: bool) -> ExitCode {
    block_on(serve(serving, demo))
}

/// Runs a command to its end and says what went wrong.
pub fn block_on<E: std::fmt::Display>(command: impl Future<Output = Result<(), E>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the server cannot be started: {error}")),
    };
    match runtime.block_on(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => refuse(&what.to_string()),
    }
}

fn refuse(what: &str) -> ExitCode {
    complain(format_args!("keuze: {what}"));
    ExitCode::FAILURE
}

/// A configuration, and the text that it was read from.
pub struct Configured {
    pub config: Config,
    /// As it stands in its file.
    pub text: String,
}

impl Configured {
    /// Of the file that was named, else of the built-in example.
    ///
    /// # Errors
    /// Every fault, a line each.
    pub fn load_configuration(file: Option<&Path>) -> Result<Self, Refusal> {
        let Some(path) = file else {
            return Ok(Self { config: Config::example(), text: keuze_core::config::EXAMPLE.to_owned() });
        };
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| Refusal::File { path: path.to_path_buf(), error })?;
        let config = keuze_core::config::parse(&path.display().to_string(), &text).map_err(PublishError::Faults)?;
        Ok(Self { config, text })
    }

    /// The site that it is of, as its ledger names it.
    pub fn site(&self) -> String {
        self.config.first_host().name()
    }
}

/// There is one engine.
pub fn refuse_postgres() -> Result<(), Refusal> {
    if std::env::var_os("KEUZE_DATABASE_URL").is_some() {
        return Err(Refusal::NoPostgres);
    }
    Ok(())
}

/// Whose ledger a server opens, and that it may: the demo makes its own, a server needs one in which something was
/// published.
fn site_to_serve(data: &Path, configured: &Configured, demo: bool) -> Result<String, Refusal> {
    let own = configured.site();
    let site = if demo { demo_of(&own) } else { own };
    match site_of(data)? {
        Some(ledger) if ledger != site => {
            Err(Refusal::OtherSite { data: data.to_path_buf(), ledger, configured: site })
        }
        None if !demo => Err(PublishError::Nothing.into()),
        _ => Ok(site),
    }
}

/// Says how many people can be connected at once, where that is few.
fn refuse_too_few_files(files: usize) -> Result<(), Refusal> {
    /// As many as browsers of a small site have open.
    const FEW: usize = 1024;
    if files < FEWEST_FILES {
        return Err(Refusal::TooFewFiles(files));
    }
    let connections = connections_for(files);
    if connections < FEW {
        tracing::warn!(
            "the system lets this process have {files} files open, which is good for {connections} connections at once: raise that \
             where it is started (LimitNOFILE in its systemd unit)"
        );
    }
    Ok(())
}

async fn serve(serving: &Serving, demo: bool) -> Result<(), Refusal> {
    refuse_too_few_files(raise_open_files())?;
    let configured = Configured::load_configuration(serving.config.as_deref())?;
    let folder = if demo { "./demo-data" } else { "./data" };
    let data = serving.data.clone().unwrap_or_else(|| PathBuf::from(folder));
    let site = site_to_serve(&data, &configured, demo)?;
    let ledger = data::open(&data, serving.key_file.clone(), site)?;
    let Configured { mut config, text } = configured;
    if demo {
        publish::publish_if_new(&ledger, &config, &SystemClock, first_layer).await?;
    }
    Published::load(&ledger)?.refuse_another(&config)?;
    data::keep_configuration(&data, &text)?;
    let outbox = (demo && config.mail.is_none()).then(|| outbox_beside(&data));
    if outbox.is_some() {
        config.sms = Some(Sms::of_the_demo());
    }
    let way = MailTransport::from_config(&config, outbox.clone())?;
    let services = assemble(ledger.clone(), config, demo, outbox)?;
    let listener = TcpListener::bind(serving.listen).await;
    let listener = listener.map_err(|error| format!("{} cannot be listened on: {error}", serving.listen))?;
    let address = listener.local_addr().map_err(Refusal::told)?;
    let limited = std::env::var("KEUZE_RATE_LIMITS").as_deref() != Ok("off");
    if !limited {
        tracing::warn!("KEUZE_RATE_LIMITS=off: nobody is slowed down. For load tests only");
    }
    // Beside the first requests: in a build without optimisation it takes a second.
    tokio::task::spawn_blocking(SiteFile::prepare);
    let app = web::router(&services, limited);
    if demo {
        announce(&services, address).await?;
    }
    start_chores(&services, way);
    let control = control::listen(&data, &services);
    if let Err(error) = &control {
        tracing::warn!(%error, "commands beside this server are not possible: its control socket cannot be made");
    }
    // Before anybody is told that there is something to stop.
    let stopped = stop(ledger.clone());
    let doors = ConnectionLimits::with_limits(&services.config.server, &*services.random, limited);
    say(format_args!("listening on http://{address}"));
    web::serve::serve(listener, app, doors, stopped).await;
    let failed = !ledger.is_open();
    services.maintenance.record_at_stop().await;
    // Before the ledger is let go, so that it is never the next server's that goes.
    drop(control);
    ledger.close().await;
    if failed { Err(Refusal::told("the ledger stopped by itself; the log says why")) } else { Ok(()) }
}

/// The system on an open ledger in which something was published.
///
/// # Errors
/// Such as that nothing was.
pub fn assemble(ledger: Ledger, config: Config, demo: bool, outbox: Option<PathBuf>) -> Result<Services, Refusal> {
    let published = Published::load(&ledger)?;
    if published.latest().is_none() {
        return Err(PublishError::Nothing.into());
    }
    ledger.follow(config.shards);
    let parts = ServiceParts {
        ledger,
        config: Arc::new(config),
        published: Arc::new(published),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        outbox,
        demo,
        sign_in_pause: UNIT,
    };
    Services::new(parts).map_err(Refusal::told)
}

/// Outside the data directory, which holds no address in the clear.
fn outbox_beside(data: &Path) -> PathBuf {
    data.with_extension("outbox")
}

/// What runs beside the answers: the mails, and what is to end by itself.
fn start_chores(services: &Services, way: Option<MailTransport>) {
    match way {
        Some(way) => _ = tokio::spawn(MailDelivery::new(services.clone(), way).run()),
        None => tracing::warn!("no [mail] in the configuration: codes and confirmations cannot be sent"),
    }
    let keeping = services.clone();
    tokio::spawn(async move {
        keeping.keep_away.keep_for_ever(tokio::time::sleep).await;
    });
    let services = services.clone();
    tokio::spawn(async move {
        services.maintenance.maintain_for_ever(tokio::time::sleep).await;
    });
}

/// What a newcomer opens first.
async fn announce(services: &Services, address: std::net::SocketAddr) -> Result<(), Refusal> {
    services.contact_import.invent_people().await.map_err(Refusal::told)?;
    web::demo::letter_code(&services.letters, &services.people).await.map_err(Refusal::told)?;
    let staff = &services.staff;
    let name: StaffName = "demo".parse().expect("a name of small letters");
    let password = staff.issue(&name, Existing::Replace).await.map_err(Refusal::told)?;
    say(format_args!("host page with the banner   http://{address}/"));
    say(format_args!("preference page             http://{address}{}", Endpoint::Preferences.path()));
    if services.outbox.is_some() {
        say(format_args!("mails that stay here        http://{address}{}", Endpoint::DemoOutbox.path()));
    }
    say(format_args!("desk                        http://{address}{}", Endpoint::Desk.path()));
    say(format_args!("  sign in as demo, one-time password {}", password.as_str()));
    say(format_args!("  invented customers K-1001 to K-1006"));
    say(format_args!("API key for every scope       {}", demo_key(services).await?.as_str()));
    Ok(())
}

/// A key for whoever tries the addresses for programs; the one of the last start ends.
async fn demo_key(services: &Services) -> Result<zeroize::Zeroizing<String>, Refusal> {
    let clients = &services.clients;
    let name: ClientName = "demo".parse().expect("a name of small letters");
    match clients.remove(&name).await {
        Ok(()) | Err(ClientError::Gone) => {}
        Err(error) => return Err(Refusal::told(error)),
    }
    let until = services.clock.now().today + time::Duration::days(30);
    clients.add(&name, &ClientScope::ALL, until).await.map_err(Refusal::told)
}

/// Ends at a signal, or when the ledger has stopped by itself. Signals are listened to from the call on.
fn stop(ledger: Ledger) -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).expect("the process may listen to signals");
    let (mut term, mut interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    async move {
        let ledger_stopped = async {
            while ledger.is_open() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
            () = ledger_stopped => {}
        }
    }
}
