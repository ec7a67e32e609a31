//! The clock, by which everything is recorded, and keys and choices end.

use ledger::observe::{LastRecord, last_record};
use time::{Duration, OffsetDateTime};

use super::age::{span, written};
use super::examination::Installation;
use super::report::{Check, Finding};

/// A clock that is set goes back by no more.
const SLACK: Duration = Duration::seconds(5);
/// Then records come into the wrong order.
const FAR: Duration = Duration::seconds(60);
/// Nothing was recorded for so long, or the clock is ahead.
const SILENT: Duration = Duration::days(30);

/// Looks at it, at the last record, and at whether the system keeps it right.
pub fn finding(installation: &Installation<'_>) -> Finding {
    let asked = installation.asked;
    judge(asked.now, &last_record(&asked.layout, &asked.key_file, &installation.site), asked.synchronized)
}

/// By what the kernel knows of the clock; `None` where it does not tell.
pub fn is_synchronized() -> Option<bool> {
    // SAFETY: all zeros is a value of it, and one that asks and sets nothing.
    #[expect(unsafe_code, reason = "the one way to ask the kernel")]
    let (state, asked) = unsafe {
        let mut asked: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&raw mut asked), asked)
    };
    (state >= 0).then_some(asked.status & libc::STA_UNSYNC == 0)
}

/// Against the last record.
pub fn judge(now: OffsetDateTime, last: &LastRecord, synchronized: Option<bool>) -> Finding {
    const SET: &str = "set it by a time service (`timedatectl set-ntp true`, or chrony), and compare: `date -u`";
    let check = Check::Clock;
    let last = if let LastRecord::At(last) = last { Some(*last) } else { None };
    let behind = last.map(|last| last - now);
    let zone = "(UTC; the zone of this machine does not matter)";
    let says = format!("the clock says {} {zone}", written(now));
    let finding = match behind {
        Some(behind) if behind > SLACK => {
            let what = format!("{says}, which is {} before the last record: it is behind, or was ahead", span(behind));
            let what = format!("{what}. What is recorded now seems older, and answers end later than they should");
            if behind > FAR { Finding::fault(check, what, SET) } else { Finding::warning(check, what, SET) }
        }
        Some(behind) if -behind > SILENT => {
            let what =
                format!("{says}; the last record is of {} ago: nobody came, or the clock is ahead", span(-behind));
            let what = format!("{what}, and then answers and keys end too early");
            Finding::warning(check, what, format!("compare: `date -u`. If it is wrong, {SET}"))
        }
        _ if synchronized == Some(false) => {
            Finding::warning(check, format!("{says}, and no time service keeps it right"), SET)
        }
        _ => {
            let kept = if synchronized == Some(true) { ", and a time service keeps it right" } else { "" };
            Finding::ok(check, format!("{says}{kept}"))
        }
    };
    let finding = finding.with("now", written(now)).with("last_record", last.map(written));
    finding.with("behind_seconds", behind.map(Duration::whole_seconds)).with("synchronized", synchronized)
}
