//! How long ago something was done that is to be done again and again.

use ledger::formats::mark::MarkKind;
use ledger::marks;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::examination::Installation;
use super::report::{Check, Finding};

/// What is to be done, and how often.
struct Chore {
    check: Check,
    kind: MarkKind,
    /// What was not done, or was.
    never: &'static str,
    done: &'static str,
    mend: &'static str,
    warn_after: Duration,
    fault_after: Option<Duration>,
}

const CHORES: [Chore; 3] = [
    Chore {
        check: Check::Backup,
        kind: MarkKind::BackedUp,
        never: "no backup was ever made from this machine",
        done: "the last backup was made",
        mend: "back up every day with `keuze backup DIR` (docs/operating.md, \"Keys and backups\")",
        warn_after: Duration::days(2),
        fault_after: Some(Duration::days(14)),
    },
    Chore {
        check: Check::KeptAway,
        kind: MarkKind::KeptAway,
        never: "what must outlive a restore was never kept away from this machine: a restore would not know of erasures and objections \
                since the backup",
        done: "what must outlive a restore was last kept away",
        mend: "name a folder in `[kept_away]`, to which it is kept away at an interval (docs/operating.md, \"Keys and backups\")",
        warn_after: Duration::days(2),
        fault_after: Some(Duration::days(14)),
    },
    Chore {
        check: Check::Verification,
        kind: MarkKind::Verified,
        never: "`keuze verify` never said ok with this root key",
        done: "`keuze verify` last said ok",
        mend: "run `keuze verify`, beside the server if it runs; once a month is enough",
        warn_after: Duration::days(35),
        fault_after: None,
    },
];

/// Looks at all of them.
pub fn all(installation: &Installation<'_>) -> Vec<Finding> {
    CHORES.iter().map(|chore| chore.finding(installation)).collect()
}

impl Chore {
    fn finding(&self, installation: &Installation<'_>) -> Finding {
        let asked = installation.asked;
        match marks::load(&asked.key_file, &installation.site, self.kind) {
            Ok(mark) => self.judge(mark.map(|mark| (mark.at, mark.detail)), asked.now),
            Err(error) => {
                let mend = "do it again, which writes the note anew; or delete the file";
                Finding::unchecked(self.check, error.to_string(), mend)
            }
        }
    }

    fn judge(&self, done: Option<(OffsetDateTime, String)>, now: OffsetDateTime) -> Finding {
        let Some((at, detail)) = done else {
            return Finding::warning(self.check, self.never, self.mend).with("at", None::<String>);
        };
        let (age, what) = (now - at, format!("{} {}, of {detail}", self.done, ago(now, at)));
        let finding = if self.fault_after.is_some_and(|after| age > after) {
            Finding::fault(self.check, what, self.mend)
        } else if age > self.warn_after {
            Finding::warning(self.check, what, self.mend)
        } else if age < -Duration::DAY {
            Finding::warning(self.check, format!("{what}: the clock is behind, or was ahead then"), "see clock")
        } else {
            Finding::ok(self.check, what)
        };
        finding.with("at", written(at)).with("age_seconds", age.whole_seconds())
    }
}

/// How long something took or takes, to the unit that matters.
pub fn span(lasts: Duration) -> String {
    let seconds = lasts.whole_seconds().max(0);
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// How long ago something was.
pub fn ago(now: OffsetDateTime, at: OffsetDateTime) -> String {
    if at > now { format!("{} from now", span(at - now)) } else { format!("{} ago", span(now - at)) }
}

/// A time in whole seconds.
pub fn written(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}
