//! The ledger that is looked at, and in what order.

use std::path::{Path, PathBuf};

use ledger::clock::moment;
use ledger::files::Layout;
use ledger::observe;
use ledger::origin::site_of;
use time::{Date, OffsetDateTime};

use super::processes::holder_of;
use super::report::{Check, Finding, Report};
use super::{age, clock, configuration, disk, keys, limits, permissions, processes, shards};

/// What is looked at, and when.
pub struct Examination<'a> {
    pub layout: Layout,
    pub key_file: PathBuf,
    /// Whether somebody said where the root key is.
    pub key_file_named: bool,
    /// The configuration that was named, in place of the one that is kept.
    pub configuration: Option<&'a Path>,
    pub now: OffsetDateTime,
    /// Whether a time service keeps the clock right, where the kernel tells it.
    pub synchronized: Option<bool>,
}

/// A ledger that is there.
pub struct Installation<'a> {
    pub asked: &'a Examination<'a>,
    pub site: String,
    pub server: Server,
}

/// The server on a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Stopped,
    /// With its process, where the system tells it.
    Running(Option<u32>),
}

impl Examination<'_> {
    /// Looks at everything, and changes nothing.
    pub fn report(&self) -> Report {
        let found = self.installation();
        match found {
            Ok(installation) => {
                let running = Some(installation.server != Server::Stopped);
                let checks = installation.findings();
                Report::new(self.now, &self.layout.0, Some(installation.site), running, checks)
            }
            Err(finding) => Report::new(self.now, &self.layout.0, None, None, vec![*finding]),
        }
    }

    fn installation(&self) -> Result<Installation<'_>, Box<Finding>> {
        let data = self.layout.0.display();
        let fault = |what: String, mend: &str| Box::new(Finding::fault(Check::Ledger, what, mend));
        let site = site_of(&self.layout.0);
        let site =
            site.map_err(|error| fault(error.to_string(), "see docs/operating.md, \"When the start is refused\""))?;
        let site = site.ok_or_else(|| {
            let mend =
                "name the data directory with --data; `keuze policy publish --yes` makes a ledger where there is none";
            fault(format!("there is no ledger in {data}"), mend)
        })?;
        let in_use = observe::is_in_use(&self.layout).map_err(|error| {
            fault(format!("{data} cannot be read: {error}"), "run this as the user that the server runs as")
        })?;
        let server = if in_use { Server::Running(holder_of(&self.layout.journals())) } else { Server::Stopped };
        Ok(Installation { asked: self, site, server })
    }

    /// The day in Amsterdam, by which keys end.
    pub fn today(&self) -> Date {
        moment(self.now.unix_timestamp()).today
    }
}

impl Installation<'_> {
    fn findings(&self) -> Vec<Finding> {
        let kept = configuration::FoundConfiguration::load(self.asked);
        let mut all = vec![self.ledger(), processes::one_writer(self), shards::numbers(&self.asked.layout)];
        all.push(permissions::data(&self.asked.layout));
        all.extend(keys::all(self));
        all.extend([configuration::finding(&kept, self.asked.today()), configuration::mail(self, &kept)]);
        all.push(clock::finding(self));
        all.extend(disk::all(self));
        all.push(limits::finding(self.server));
        all.extend(age::all(self));
        all
    }

    fn ledger(&self) -> Finding {
        let (running, process) = match self.server {
            Server::Stopped => ("no server runs on it".to_owned(), None),
            Server::Running(None) => ("a server runs on it".to_owned(), None),
            Server::Running(Some(process)) => (format!("a server runs on it, process {process}"), Some(process)),
        };
        Finding::ok(Check::Ledger, format!("this is the ledger of {}; {running}", self.site)).with("process", process)
    }
}
