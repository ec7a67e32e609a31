//! Commands beside a running server: a socket in the data directory, for its owner alone, at which whoever holds the ledger
//! does what commands ask.
//!
//! A command writes one line of JSON ([`ControlCommand`]) and then its input as it is; the answer is a line of JSON for every
//! line that the command prints, and one for how it ended ([`ControlAnswer`]).

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::refusal::Refusal;
use super::task::{ControlCommand, Say, Talk, carry_out};
use keuze_core::service::Services;
use ledger::files::Layout;

/// A path that is longer does not fit the kernel's address of a socket (`sun_path`, 108 bytes with the zero at its end).
const LONGEST_PATH: usize = 107;
/// More is no command of ours.
const LONGEST_COMMAND: u64 = 1 << 16;

/// What the server says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ControlAnswer {
    /// A line that the command prints.
    Say(String),
    /// All of it was done.
    Done,
    /// It was not, and why.
    Failed(String),
}

/// The socket of a running server; gone when this is dropped.
pub struct Control(PathBuf);

impl Drop for Control {
    fn drop(&mut self) {
        // One that stays is replaced by the next start.
        let _stays = std::fs::remove_file(&self.0);
    }
}

/// Takes commands until the process ends. The caller holds the ledger, so a socket that is there already is stale.
///
/// # Errors
/// What the system said; commands then wait until the server is stopped.
pub fn listen(data: &Path, services: &Services) -> io::Result<Control> {
    let path = Layout(data.to_path_buf()).control();
    let new = path.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(Reachable::at_path(&new)?.path)?;
    // Before it has the name that commands look for.
    std::fs::set_permissions(&new, Permissions::from_mode(0o600))?;
    std::fs::rename(&new, &path)?;
    let (services, runtime) = (services.clone(), Handle::current());
    // Threads of their own: what a command waits for must not hold up the end of the server.
    std::thread::Builder::new().name("control".into()).spawn(move || {
        for connection in listener.incoming().flatten() {
            let (services, runtime) = (services.clone(), runtime.clone());
            std::thread::spawn(move || {
                if let Err(error) = answer(connection, &services, &runtime) {
                    tracing::warn!(%error, "a command went away before it was answered");
                }
            });
        }
    })?;
    Ok(Control(path))
}

fn answer(connection: UnixStream, services: &Services, runtime: &Handle) -> io::Result<()> {
    let mut input = BufReader::new(connection.try_clone()?);
    let mut line = String::new();
    input.by_ref().take(LONGEST_COMMAND).read_line(&mut line)?;
    let mut wire = Wire(connection);
    let asked: ControlCommand = match serde_json::from_str(&line) {
        Ok(asked) => asked,
        Err(_) => {
            let what = "the running server does not know this command; is it another version of keuze?";
            return wire.send(&ControlAnswer::Failed(what.to_owned()));
        }
    };
    let talk = Talk { input: Box::new(input), say: &mut wire };
    match runtime.block_on(carry_out(services, asked, talk)) {
        Ok(()) => wire.send(&ControlAnswer::Done),
        Err(refusal) => wire.send(&ControlAnswer::Failed(refusal.to_string())),
    }
}

/// The server's side of a connection.
struct Wire(UnixStream);

impl Wire {
    fn send(&mut self, answer: &ControlAnswer) -> io::Result<()> {
        let mut line = serde_json::to_vec(answer)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

impl Say for Wire {
    fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(&ControlAnswer::Say(line.to_owned()))
    }
}

/// The running server that holds a ledger; `None` if there is none, or one that takes no commands.
///
/// # Errors
/// It runs as another user.
pub fn connect(data: &Path) -> Result<Option<UnixStream>, Refusal> {
    let path = Layout(data.to_path_buf()).control();
    let connected = Reachable::at_path(&path).and_then(|reachable| UnixStream::connect(reachable.path));
    match connected {
        Ok(server) => Ok(Some(server)),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => Ok(None),
            ErrorKind::PermissionDenied => Err(Refusal::NotOurs(data.to_path_buf())),
            _ => Err(Refusal::File { path, error }),
        },
    }
}

/// Has the server do it.
///
/// # Errors
/// What the server says is in the way, or that it answers no more.
pub fn ask(
    mut server: UnixStream,
    asked: &ControlCommand,
    mut input: Box<dyn BufRead + Send>,
    say: &mut dyn Say,
) -> Result<(), Refusal> {
    let mut line = serde_json::to_vec(asked).map_err(Refusal::told)?;
    line.push(b'\n');
    server.write_all(&line).map_err(Refusal::ServerGone)?;
    let mut out = server.try_clone().map_err(Refusal::ServerGone)?;
    // It may wait for somebody who types, so nobody waits for it.
    std::thread::spawn(move || {
        let _ended = io::copy(&mut input, &mut out).and_then(|_| out.shutdown(Shutdown::Write));
    });
    for line in BufReader::new(server).lines() {
        let line = line.map_err(Refusal::ServerGone)?;
        match serde_json::from_str(&line).map_err(Refusal::told)? {
            ControlAnswer::Say(line) => say.say(&line)?,
            ControlAnswer::Done => return Ok(()),
            ControlAnswer::Failed(what) => return Err(Refusal::Told(what)),
        }
    }
    Err(Refusal::ServerGone(ErrorKind::UnexpectedEof.into()))
}

/// A path that fits the address of a socket, however long the real one is.
struct Reachable {
    path: PathBuf,
    /// The folder that the path leads through.
    _folder: Option<File>,
}

impl Reachable {
    fn at_path(path: &Path) -> io::Result<Self> {
        if path.as_os_str().as_bytes().len() <= LONGEST_PATH {
            return Ok(Self { path: path.to_path_buf(), _folder: None });
        }
        let (folder, name) = (path.parent().unwrap_or(Path::new(".")), path.file_name().unwrap_or_default());
        let folder = OpenOptions::new().read(true).custom_flags(libc::O_PATH | libc::O_DIRECTORY).open(folder)?;
        let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
        Ok(Self { path, _folder: Some(folder) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::task::tests::Report;
    use crate::cli::task::{Access, ControlCommand};
    use crate::cli::{erase, staff};
    use keuze_core::service::fixture::TestApp;
    use keuze_core::service::fixture::people::{customer, email};

    fn asked(data: &Path, asked: ControlCommand, input: &'static str) -> (Result<(), Refusal>, String) {
        let mut said = Report::default();
        let server = connect(data).expect("ours").expect("it listens");
        let done = tokio::task::block_in_place(|| ask(server, &asked, Box::new(input.as_bytes()), &mut said));
        (done, said.0)
    }

    fn add(name: &str) -> ControlCommand {
        let name = name.parse().expect("a name");
        ControlCommand::Access(Access::Staff(staff::StaffCommand::Add { name, replace: false }))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn commands_are_done_by_the_server_that_holds_the_ledger() {
        let folder = tempfile::tempdir().expect("a folder");
        // Longer than the kernel's address of a socket.
        let data = folder.path().join("d".repeat(90)).join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let person = customer(&app, "K-1", &[email("anna@example.nl")]).await;
        assert!(connect(&data).expect("nothing in the way").is_none());
        // A killed server left one.
        drop(UnixListener::bind(Reachable::at_path(&data.join("control")).expect("short").path).expect("bound"));
        assert!(connect(&data).expect("a stale one").is_none());
        let control = listen(&data, &app.services).expect("it listens");
        let mode = std::fs::metadata(data.join("control")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let (done, said) = asked(&data, add("anna"), "");
        done.expect("added");
        assert!(said.starts_with("anna signs in with the one-time password "), "{said}");
        let (again, _) = asked(&data, add("anna"), "");
        assert_eq!(again.expect_err("taken").to_string(), "there is a staff member of that name already");

        let erase =
            || ControlCommand::Erase(erase::EraseCommand { reason: "brief".into(), decline_blocking_list: false });
        let (refused, _) = asked(&data, erase(), "K-1\n");
        assert!(refused.expect_err("not confirmed").to_string().contains("Nothing was erased"));
        assert!(app.services.people.known_person(person).is_some());
        let (done, said) = asked(&data, erase(), "K-1\nerase\n");
        done.expect("erased");
        assert!(said.contains("Erased. Receipt ") && app.services.people.known_person(person).is_none(), "{said}");
        drop(control);
        assert!(connect(&data).expect("nothing in the way").is_none());
        app.services.ledger.close().await;
    }

    /// A file that breaks off on its way is not the end of the file: its last row is not taken for a whole one.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_that_breaks_off_on_its_way_is_no_whole_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let _control = listen(&data, &app.services).expect("it listens");
        let file = "customer,email\nK-1,anna@example.nl\nK-2,bert@example.nl\n";
        let import = |bytes: usize| {
            let text = format!(r#"{{"import":{{"name":"p.csv","bytes":{bytes},"write":true,"source":null}}}}"#);
            serde_json::from_str::<ControlCommand>(&text).expect("a command")
        };
        let (broken, said) = asked(&data, import(file.len() + 4), file);
        assert!(broken.is_err() && said.contains("1 refused"), "{said}");
        let (whole, said) = asked(&data, import(file.len()), file);
        whole.expect("taken");
        assert!(said.contains("2 rows:"), "{said}");
        app.services.ledger.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_command_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let app = TestApp::at(Some(&data), 1).await;
        let _control = listen(&data, &app.services).expect("it listens");
        for garbage in ["\n", "{}\n", "{\"serve\":null}\n", "\u{1f4a9}", ""] {
            let mut server = connect(&data).expect("ours").expect("it listens");
            server.write_all(garbage.as_bytes()).expect("written");
            server.shutdown(Shutdown::Write).expect("ended");
            let mut answer = String::new();
            server.read_to_string(&mut answer).expect("answered");
            assert!(answer.starts_with("{\"failed\":"), "{garbage:?}: {answer}");
        }
        app.services.ledger.close().await;
    }
}
