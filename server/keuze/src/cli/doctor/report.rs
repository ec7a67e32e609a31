//! What was found: a finding for each check, in sentences for people and under stable names for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;
use strum::IntoStaticStr;
use time::OffsetDateTime;

/// The version of the JSON.
const VERSION: u8 = 1;

/// What is checked. The names are what monitoring goes by: none is ever used for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Check {
    Ledger,
    OneWriter,
    Shards,
    DataPermissions,
    RootKey,
    RootKeyPermissions,
    RootKeyEscrow,
    IndexKeyEscrow,
    OldRootKeys,
    LastCheckpoint,
    Configuration,
    Mail,
    Clock,
    FileSystem,
    DiskSpace,
    SyncTime,
    OpenFiles,
    Backup,
    KeptAway,
    Verification,
}

/// How it stands, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    Ok,
    /// It could not be looked at.
    Unchecked,
    /// Somebody should do something, in days.
    Warning,
    /// Something is broken, or will be lost.
    Fault,
}

/// What was found by a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub check: Check,
    pub status: Status,
    /// In a sentence without a full stop.
    pub what: String,
    /// What to do about it; none where all is well.
    pub mend: Option<String>,
    /// The figures behind it.
    pub values: BTreeMap<&'static str, Value>,
}

impl Finding {
    fn new(check: Check, status: Status, what: impl Into<String>, mend: Option<String>) -> Self {
        Self { check, status, what: what.into(), mend, values: BTreeMap::new() }
    }

    /// All is well.
    pub fn ok(check: Check, what: impl Into<String>) -> Self {
        Self::new(check, Status::Ok, what, None)
    }

    /// It could not be looked at.
    pub fn unchecked(check: Check, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(check, Status::Unchecked, what, Some(mend.into()))
    }

    /// Somebody should do something.
    pub fn warning(check: Check, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(check, Status::Warning, what, Some(mend.into()))
    }

    /// Something is broken.
    pub fn fault(check: Check, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(check, Status::Fault, what, Some(mend.into()))
    }

    /// With a figure.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, check): (&str, &str) = (self.status.into(), self.check.into());
        write!(f, "{status:<9} {check:<20} {}.", self.what)?;
        self.mend.as_ref().map_or(Ok(()), |mend| write!(f, " Mend: {mend}."))
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    version: u8,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// The data directory.
    data: String,
    /// Whose ledger it is, if there is one.
    site: Option<String>,
    /// Whether a server runs on it.
    running: Option<bool>,
    status: Status,
    checks: Vec<Finding>,
}

impl Report {
    /// Of these findings.
    pub fn new(
        at: OffsetDateTime,
        data: &std::path::Path,
        site: Option<String>,
        running: Option<bool>,
        checks: Vec<Finding>,
    ) -> Self {
        let status = checks.iter().map(|finding| finding.status).max().unwrap_or(Status::Unchecked);
        let at = at.replace_nanosecond(0).unwrap_or(at);
        Self { version: VERSION, at, data: data.display().to_string(), site, running, status, checks }
    }

    /// What was found, in the order of the checks.
    #[cfg(test)]
    pub fn findings(&self) -> &[Finding] {
        &self.checks
    }

    /// As plugins of monitoring end: 0 where all is well, 1 for warnings and what could not be looked at, 2 for faults.
    pub fn exit_code(&self) -> ExitCode {
        match self.status {
            Status::Ok => ExitCode::SUCCESS,
            Status::Unchecked | Status::Warning => ExitCode::from(1),
            Status::Fault => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.checks {
            writeln!(f, "{finding}")?;
        }
        let count = |status| self.checks.iter().filter(|finding| finding.status == status).count();
        let [ok, unchecked, warnings, faults] =
            [Status::Ok, Status::Unchecked, Status::Warning, Status::Fault].map(count);
        write!(f, "{}: {faults} faults, {warnings} warnings, {unchecked} not looked at, {ok} in order", self.data)
    }
}
