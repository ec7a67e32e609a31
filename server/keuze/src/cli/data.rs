//! Which ledger a command works on. Whose it is stands in the ledger itself; the configuration that it was last published
//! or served with is kept beside it, so no command has to be told either.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::refusal::Refusal;
use super::say;
use super::serve::{self, Configured};
use keuze_core::service::Services;
use ledger::clock::{Clock as _, SystemClock};
use ledger::files::Layout;
use ledger::formats::mark::{Mark, MarkKind};
use ledger::origin::site_of;
use ledger::{Ledger, Opening, marks};
use vault::random::SystemRandom;

/// Which ledger.
#[derive(Args, Clone, Debug)]
pub struct LedgerArguments {
    /// The data directory.
    #[arg(long, default_value = "./data")]
    pub data: PathBuf,
    /// The file with the root key; without it, a file beside the data directory.
    #[arg(long, env = "KEUZE_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The site configuration, where the one that is kept with the ledger is lost.
    #[arg(long, hide = true)]
    pub config: Option<PathBuf>,
}

impl LedgerArguments {
    /// The site whose ledger it is.
    ///
    /// # Errors
    /// There is no ledger, or the configuration that was named is another site's.
    pub fn site(&self) -> Result<String, Refusal> {
        let site = site_of(&self.data)?.ok_or_else(|| Refusal::NoLedger(self.data.clone()))?;
        if let Some(file) = &self.config {
            refuse_another_site(&self.data, &site, &Configured::load_configuration(Some(file))?)?;
        }
        Ok(site)
    }

    /// The file with the root key, named or not.
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| Layout(self.data.clone()).default_root_key())
    }

    /// Notes beside the root key that something was done with so many records, for `keuze doctor`. Without that key some of it
    /// was left out, and nothing is noted.
    pub fn note(&self, kind: MarkKind, records: u64) {
        if let Err(error) = self.keep_mark(kind, records) {
            say(format_args!("That this was done could not be noted, so `keuze doctor` does not know of it: {error}."));
        }
    }

    fn keep_mark(&self, kind: MarkKind, records: u64) -> Result<(), Refusal> {
        let key_file = self.key_path();
        let Some(site) = site_of(&self.data)?.filter(|_| key_file.exists()) else { return Ok(()) };
        let mark = Mark { kind, at: SystemClock.now().at, detail: format!("{records} records") };
        marks::keep(&key_file, &site, &mark).map_err(Refusal::told)
    }

    /// Opens it; it must be there.
    ///
    /// # Errors
    /// Such as that a running server holds it.
    pub fn open(&self) -> Result<Ledger, Refusal> {
        let origin = self.site()?;
        open(&self.data, self.key_file.clone(), origin)
    }

    /// Opens it with databases that are made anew from the journal.
    ///
    /// # Errors
    /// As [`Self::open`]; nothing was moved then.
    pub fn open_anew(&self) -> Result<Ledger, Refusal> {
        Ok(Ledger::open_anew(&opening(&self.data, self.key_file.clone(), self.site()?)?)?)
    }

    /// Everything that a command needs which acts on people.
    ///
    /// # Errors
    /// Such as that nothing was published yet.
    pub fn services(&self) -> Result<Services, Refusal> {
        self.site()?;
        let kept = Layout(self.data.clone()).configuration();
        let configured = match &self.config {
            Some(file) => Configured::load_configuration(Some(file))?,
            None => {
                Configured::load_configuration(Some(&kept)).map_err(|_| Refusal::NoConfiguration(self.data.clone()))?
            }
        };
        let ledger = self.open()?;
        serve::assemble(ledger, configured.config, false, None)
    }
}

/// Opens a site's ledger, or makes it.
pub fn open(data: &Path, key_file: Option<PathBuf>, origin: String) -> Result<Ledger, Refusal> {
    Ok(Ledger::open(opening(data, key_file, origin)?)?)
}

fn opening(data: &Path, key_file: Option<PathBuf>, origin: String) -> Result<Opening, Refusal> {
    serve::refuse_postgres()?;
    if key_file.is_none() {
        tracing::warn!("KEUZE_KEY_FILE is not set: the root key is kept beside the data directory");
    }
    Ok(Opening { data: Some(data.to_path_buf()), key_file, origin, random: Arc::new(SystemRandom) })
}

/// A configuration works on its own site's ledger, or on the demo's of that site.
pub fn refuse_another_site(data: &Path, ledger: &str, configured: &Configured) -> Result<(), Refusal> {
    let own = configured.site();
    if ledger == own || ledger == demo_of(&own) {
        return Ok(());
    }
    Err(Refusal::OtherSite { data: data.to_path_buf(), ledger: ledger.to_owned(), configured: own })
}

/// The log origin of a site's demo: `serve` refuses a demo ledger, and the demo a real one.
pub fn demo_of(site: &str) -> String {
    format!("demo.{site}")
}

/// Keeps the configuration in force with the ledger, readable by its owner alone. The caller holds the ledger.
///
/// # Errors
/// When it cannot be written.
pub fn keep_configuration(data: &Path, text: &str) -> Result<(), Refusal> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = Layout(data.to_path_buf()).configuration();
    if std::fs::read_to_string(&path).is_ok_and(|kept| kept == text) {
        return Ok(());
    }
    let new = path.with_extension("toml.new");
    let write = || {
        let mut file = std::fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        ledger::files::sync_folder(data)
    };
    write().map_err(|error| Refusal::File { path, error })
}
