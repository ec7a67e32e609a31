//! What is counted so that nobody is flooded with mails and no code can be guessed, without locking out who is meant.
//!
//! Strangers can use up what may be sent to an address. So the message that leaves nothing for whoever asks next brings a spare
//! code, which works in any browser until one may be sent again ([`super::codes`]): whoever reads the mailbox gets in with what
//! strangers had sent there.
//!
//! Counts by client are in memory alone: no address of a client stands on disk, not even hashed. Those by code and by folded
//! address survive a restart, so that none gives a guesser new tries: in a small file beside the journal (never in it), each
//! line of it under a keyed hash, and gone with the window that it counts in.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

use ledger::formats::attempts::{Counted, LINE, Name};

/// A client, by a keyed hash of its address under a key of this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source(pub [u8; 16]);

/// How often one may try a code: with six digits a stranger hits one in 200,000 times.
const TRIES: u8 = 5;
/// For how long a second press of the same button meets the code as used by the first.
const DOUBLE: Duration = Duration::seconds(10);
const SHORT: Duration = Duration::minutes(15);
/// The longest window, and with it how long a message is counted.
const LONG: Duration = Duration::days(1);
/// How many messages one client can have sent to one address.
const BY_CLIENT: [(Duration, usize); 2] = [(SHORT, 3), (LONG, 6)];
/// How many messages go to one address, whoever asks: three strangers who use up theirs leave some for whoever has it, and
/// one more with a spare code where the last one did not go to the mailbox itself.
const BY_ADDRESS: [(Duration, usize); 2] = [(SHORT, 12), (LONG, 24)];
/// Above this many entries a table forgets what is over.
const MOST: usize = 50_000;
/// Above this many lines the file is written anew without what is over.
const MOST_LINES: usize = 200_000;
/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was the code, for the first time.
    Right,
    /// It was the code, which a press of the same button has just used.
    Again,
    /// It was another one; so many tries are left.
    Wrong(u8),
    /// Its time is over, it was used, or tried too often.
    Over,
}

/// All counts.
#[derive(Default)]
pub struct AttemptLimits {
    /// Guards the file, and the order in which it is written: held while a try or a send is counted and written, and always
    /// taken before `counts`.
    kept: Mutex<Option<AttemptsFile>>,
    /// Guards the counts in memory, for one look or one change; never while the file is written.
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    tries: HashMap<Name, CountedCode>,
    /// When messages went to an address, by anybody.
    sends: HashMap<Name, Vec<OffsetDateTime>>,
    /// The same by one client; in memory only.
    near: HashMap<(Source, Name), Vec<OffsetDateTime>>,
    /// Until when a spare code works that went to an address itself, and not to one with a tag.
    spares: HashMap<Name, OffsetDateTime>,
}

/// Whom a message floods, and whether it gets there what it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The mailbox, without a tag.
    pub name: Name,
    /// With a tag it may be another mailbox after all: only its host knows.
    pub is_tagged: bool,
}

#[derive(Clone, Copy)]
struct CountedCode {
    tries: u8,
    until: OffsetDateTime,
    /// When it was used; not known after a restart.
    used: Option<OffsetDateTime>,
}

impl AttemptLimits {
    /// Takes up what was counted before; with no file, everything is in memory.
    pub fn open(file: Option<PathBuf>, now: OffsetDateTime) -> Self {
        let (mut counts, mut kept) = (Counts::default(), None);
        if let Some(path) = file {
            let lines = match std::fs::read(&path) {
                Ok(lines) => lines,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                Err(error) => {
                    tracing::warn!(%error, "what was counted before the start cannot be read");
                    Vec::new()
                }
            };
            lines.chunks_exact(LINE).filter_map(Counted::decode).for_each(|fact| counts.count_line(fact));
            kept = Some(AttemptsFile { path, out: None, lines: 0 });
        }
        let limits = Self { kept: Mutex::new(kept), counts: Mutex::new(counts) };
        limits.sweep(now);
        limits
    }

    /// Nothing in a table is ever half done, so what a panicking thread left is right.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Option<AttemptsFile>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a code can still be tried.
    pub fn is_open(&self, code: Name) -> bool {
        self.counts().tries.get(&code).is_none_or(|code| code.tries < TRIES)
    }

    /// Counts a try of a code that works until then.
    pub fn try_code(&self, code: Name, until: OffsetDateTime, is_right: bool, now: OffsetDateTime) -> Tried {
        let mut kept = self.kept();
        let (tried, fact) = self.counts().try_code(code, until, is_right, now);
        if let Some(fact) = fact {
            self.keep(&mut kept, fact, now);
        }
        tried
    }

    /// Counts a message to an address that a client asks for, unless so many went there lately. Gives until when it may be the
    /// last: then it must bring a spare code that works until then.
    ///
    /// # Errors
    /// After so many minutes one may go again; nothing was counted.
    pub fn send(&self, by: Source, to: Mailbox, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, u32> {
        let mut kept = self.kept();
        let until = self.counts().send(by, to, now)?;
        self.keep(&mut kept, Counted::Send(to.name, now), now);
        if let Some(until) = until.filter(|_| !to.is_tagged) {
            self.keep(&mut kept, Counted::Spare(to.name, until), now);
        }
        Ok(until)
    }

    /// A spare code was used: whoever asks next gets another.
    pub fn spare_used(&self, to: Mailbox, now: OffsetDateTime) {
        let mut kept = self.kept();
        if self.counts().spares.remove(&to.name).is_some() {
            self.keep(&mut kept, Counted::Spare(to.name, now), now);
        }
    }

    /// Forgets what is over, in memory and in the file.
    pub fn sweep(&self, now: OffsetDateTime) {
        self.sweep_into(&mut self.kept(), now);
    }

    fn sweep_into(&self, kept: &mut Option<AttemptsFile>, now: OffsetDateTime) {
        let facts = self.counts().sweep(now);
        if let Some(kept) = kept {
            kept.rewrite(&facts);
        }
    }

    /// Keeps what was counted for the next start.
    fn keep(&self, kept: &mut Option<AttemptsFile>, fact: Counted, now: OffsetDateTime) {
        match kept {
            Some(kept) if kept.lines <= MOST_LINES => kept.append(fact),
            Some(_) => self.sweep_into(kept, now),
            None if self.counts().is_full() => self.sweep_into(kept, now),
            None => {}
        }
    }
}

fn is_recent(times: &[OffsetDateTime], now: OffsetDateTime) -> bool {
    times.last().is_some_and(|last| now - *last < LONG)
}

/// Minutes to wait where one of the budgets is used up.
fn wait(times: &[OffsetDateTime], budgets: [(Duration, usize); 2], now: OffsetDateTime) -> Option<u32> {
    let minutes = |(span, most): (Duration, usize)| {
        let within: Vec<_> = times.iter().filter(|time| now - **time < span).collect();
        let oldest = within.get(within.len().checked_sub(most)?)?;
        let seconds = (**oldest + span - now).whole_seconds().max(1);
        Some(u32::try_from(seconds).unwrap_or(u32::MAX).div_ceil(60))
    };
    budgets.into_iter().filter_map(minutes).max()
}

impl Counts {
    fn count_line(&mut self, fact: Counted) {
        match fact {
            Counted::Tries(name, until, tries) => _ = self.tries.insert(name, CountedCode { tries, until, used: None }),
            Counted::Send(name, at) => self.sends.entry(name).or_default().push(at),
            Counted::Spare(name, until) => _ = self.spares.insert(name, until),
        }
    }

    /// What a try comes to, and what is to be kept of it.
    fn try_code(
        &mut self,
        code: Name,
        until: OffsetDateTime,
        is_right: bool,
        now: OffsetDateTime,
    ) -> (Tried, Option<Counted>) {
        let known = *self.tries.entry(code).or_insert(CountedCode { tries: 0, until, used: None });
        if is_right && known.used.is_some_and(|used| now - used < DOUBLE) {
            return (Tried::Again, None);
        }
        if now >= until || known.tries >= TRIES {
            return (Tried::Over, None);
        }
        let tries = if is_right { TRIES } else { known.tries + 1 };
        self.tries.insert(code, CountedCode { tries, until, used: is_right.then_some(now) });
        let outcome = match TRIES - tries {
            _ if is_right => Tried::Right,
            0 => Tried::Over,
            left => Tried::Wrong(left),
        };
        (outcome, Some(Counted::Tries(code, until, tries)))
    }

    /// Until when a message that goes may be the last, or after how many minutes one may go. Whoever asks for the mailbox itself
    /// and could find no spare code there gets one more.
    fn send(&mut self, by: Source, to: Mailbox, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, u32> {
        if self.near.len() > MOST {
            self.near.retain(|_, times| is_recent(times, now));
        }
        let has_spare = self.spares.get(&to.name).is_some_and(|until| now < *until);
        if let Some(minutes) = self.wait(by, to.name, now).filter(|_| to.is_tagged || has_spare) {
            return Err(minutes);
        }
        let near = self.near.entry((by, to.name)).or_default();
        near.retain(|time| now - *time < LONG);
        near.push(now);
        self.count_line(Counted::Send(to.name, now));
        let until = self.wait(by, to.name, now).map(|minutes| now + Duration::minutes(minutes.into()));
        if let Some(until) = until.filter(|_| !to.is_tagged) {
            self.count_line(Counted::Spare(to.name, until));
        }
        Ok(until)
    }

    /// Minutes until a client may have a message sent to an address.
    fn wait(&self, by: Source, to: Name, now: OffsetDateTime) -> Option<u32> {
        let wait = |times: Option<&Vec<OffsetDateTime>>, budget| wait(times.map_or(&[], Vec::as_slice), budget, now);
        wait(self.near.get(&(by, to)), BY_CLIENT).max(wait(self.sends.get(&to), BY_ADDRESS))
    }

    fn is_full(&self) -> bool {
        self.tries.len() > MOST || self.sends.len() > MOST
    }

    /// Forgets what is over; gives what still counts.
    fn sweep(&mut self, now: OffsetDateTime) -> Vec<Counted> {
        self.near.retain(|_, times| is_recent(times, now));
        self.tries.retain(|_, code| now < code.until);
        for times in self.sends.values_mut() {
            times.retain(|time| now - *time < LONG);
        }
        self.sends.retain(|_, times| !times.is_empty());
        self.spares.retain(|_, until| now < *until);
        let tries = self.tries.iter().map(|(name, code)| Counted::Tries(*name, code.until, code.tries));
        let sends = self.sends.iter().flat_map(|(name, times)| times.iter().map(|time| Counted::Send(*name, *time)));
        let spares = self.spares.iter().map(|(name, until)| Counted::Spare(*name, *until));
        tries.chain(sends).chain(spares).collect()
    }
}

/// The file. That it cannot be written is said and holds nobody up: what is counted in memory holds until the next start.
struct AttemptsFile {
    path: PathBuf,
    out: Option<File>,
    lines: usize,
}

impl AttemptsFile {
    fn append(&mut self, fact: Counted) {
        if let Err(error) = self.try_append(fact) {
            tracing::warn!(%error, "tries and sends cannot be kept for the next start");
            self.out = None;
        }
    }

    fn try_append(&mut self, fact: Counted) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => out,
            None => self.out.insert(File::options().append(true).create(true).mode(0o600).open(&self.path)?),
        };
        self.lines += 1;
        out.write_all(&fact.encode())
    }

    /// Writes what still counts, or no file where nothing does.
    fn rewrite(&mut self, facts: &[Counted]) {
        (self.out, self.lines) = (None, facts.len());
        if let Err(error) = written(&self.path, facts) {
            tracing::warn!(%error, "what is over cannot be taken out of the counts");
        }
    }
}

fn written(path: &Path, facts: &[Counted]) -> io::Result<()> {
    if facts.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let new = path.with_extension("new");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&facts.iter().flat_map(|fact| fact.encode()).collect::<Vec<u8>>())?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
    const VICTIM: Mailbox = Mailbox { name: [7; 16], is_tagged: false };
    const TAGGED: Mailbox = Mailbox { is_tagged: true, ..VICTIM };

    fn stranger(number: u8) -> Source {
        Source([number; 16])
    }

    /// Everything that a client can send in the shortest window, and then in the longest.
    fn use_up(limits: &AttemptLimits, client: Source, now: OffsetDateTime) -> usize {
        (0..100).take_while(|_| limits.send(client, VICTIM, now).is_ok()).count()
    }

    #[test]
    fn three_strangers_lock_nobody_out() {
        for hours in [0, 1] {
            let limits = AttemptLimits::default();
            for step in 0..4 {
                for number in 1..=3 {
                    use_up(&limits, stranger(number), NOW + Duration::minutes(16 * step * hours));
                }
            }
            let later = NOW + Duration::minutes(16 * 3 * hours);
            assert!(limits.send(stranger(9), VICTIM, later).is_ok(), "{hours}");
        }
    }

    #[test]
    fn one_client_and_one_address_have_an_end() {
        let limits = AttemptLimits::default();
        assert_eq!(use_up(&limits, stranger(1), NOW), 3);
        assert_eq!(limits.send(stranger(1), VICTIM, NOW), Err(15));
        let other = Mailbox { name: [8; 16], is_tagged: false };
        assert_eq!(limits.send(stranger(1), other, NOW), Ok(None), "another address");
        let later = NOW + Duration::minutes(15);
        assert_eq!(use_up(&limits, stranger(1), later), 3);
        assert_eq!(limits.send(stranger(1), VICTIM, later + Duration::minutes(15)), Err(23 * 60 + 30));
        let all: usize = (2..100).map(|number| use_up(&limits, stranger(number), later)).sum();
        assert_eq!(all, 12 - 3, "many clients are one flood");
    }

    /// What a mailbox got, whatever strangers asked for: at any moment its owner is sent a message, or has one with a spare code.
    fn the_owner_always_has_a_way_in(asked: &[(u8, bool, i64)], file: Option<PathBuf>) -> usize {
        let mut limits = AttemptLimits::open(file.clone(), NOW);
        let (mut now, mut sent, mut spare) = (NOW, 0, NOW);
        for (client, is_tagged, minutes) in asked {
            now += Duration::minutes(*minutes);
            let to = if *is_tagged { TAGGED } else { VICTIM };
            if let Ok(until) = limits.send(stranger(*client), to, now) {
                sent += 1;
                spare = until.filter(|_| !is_tagged).unwrap_or(spare).max(spare);
            }
            if file.is_some() {
                limits = AttemptLimits::open(file.clone(), now);
            }
            // From a network of their own, or from the one that a stranger asks from.
            for source in [stranger(0), stranger(*client)] {
                let Counts { sends, near, spares, .. } = &*limits.counts();
                let (sends, near, spares) = (sends.clone(), near.clone(), spares.clone());
                let got = Counts { sends, near, spares, ..Counts::default() }.send(source, VICTIM, now);
                assert!(got.is_ok() || spare > now, "{now}: {got:?}, though no spare code is there");
            }
        }
        sent
    }

    proptest::proptest! {
        #[test]
        fn whatever_strangers_ask_the_owner_gets_in(
            asked in proptest::collection::vec((1..6u8, proptest::bool::ANY, 0..40i64), 0..120),
            many in proptest::collection::vec((1..200u8, proptest::bool::weighted(0.9), 0..3i64), 0..200),
        ) {
            the_owner_always_has_a_way_in(&asked, None);
            let sent = the_owner_always_has_a_way_in(&many, None);
            // 24 a day, and one more for each spare code that went to a tag instead.
            let days = many.iter().map(|(_, _, minutes)| minutes).sum::<i64>() / (24 * 60) + 1;
            proptest::prop_assert!(i64::try_from(sent).expect("few") <= 2 * 24 * days, "{sent} in {days} days");
        }
    }

    #[test]
    fn a_restart_takes_no_way_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let asked: Vec<(u8, bool, i64)> = (0..30).map(|at| (at % 7 + 1, at % 3 > 0, i64::from(at % 2))).collect();
        the_owner_always_has_a_way_in(&asked, Some(folder.path().join("attempts")));
    }

    #[test]
    fn a_tag_uses_up_no_more_than_leaves_one_with_a_spare_code() {
        let limits = AttemptLimits::default();
        let tagged = (1..=50).filter(|number| limits.send(stranger(*number), TAGGED, NOW).is_ok()).count();
        assert_eq!(tagged, 12);
        let until = limits.send(stranger(60), VICTIM, NOW).expect("one more").expect("with a spare code");
        assert_eq!(until, NOW + Duration::minutes(15));
        assert_eq!(limits.send(stranger(61), VICTIM, NOW), Err(15), "it is there");
        limits.spare_used(VICTIM, NOW);
        assert!(limits.send(stranger(61), VICTIM, NOW).is_ok(), "another one, for another browser");
        assert_eq!(limits.send(stranger(62), VICTIM, NOW), Err(15));
    }

    #[test]
    fn a_code_has_five_tries_and_is_used_once() {
        let limits = AttemptLimits::default();
        let until = NOW + Duration::minutes(10);
        let wrong: Vec<Tried> = (0..5).map(|_| limits.try_code([1; 16], until, false, NOW)).collect();
        assert_eq!(wrong, [Tried::Wrong(4), Tried::Wrong(3), Tried::Wrong(2), Tried::Wrong(1), Tried::Over]);
        assert_eq!(limits.try_code([1; 16], until, true, NOW), Tried::Over);
        assert!(!limits.is_open([1; 16]) && limits.is_open([2; 16]));
        assert_eq!(limits.try_code([2; 16], until, true, NOW), Tried::Right);
        assert_eq!(limits.try_code([2; 16], until, true, NOW + Duration::seconds(9)), Tried::Again);
        assert_eq!(limits.try_code([2; 16], until, false, NOW + Duration::seconds(9)), Tried::Over);
        assert_eq!(limits.try_code([2; 16], until, true, NOW + Duration::seconds(10)), Tried::Over);
        assert_eq!(limits.try_code([3; 16], until, true, until), Tried::Over);
    }

    /// A restart gives nobody new tries; what is over leaves no file behind, and no client ever stands in one.
    #[test]
    fn counts_survive_a_restart_and_end_with_their_window() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("attempts");
        let until = NOW + Duration::minutes(10);
        let open = |now| AttemptLimits::open(Some(path.clone()), now);
        let limits = open(NOW);
        assert!(!path.exists());
        for number in 1..=4 {
            assert_eq!(use_up(&limits, stranger(number), NOW), 3);
        }
        limits.try_code([1; 16], until, true, NOW);
        (0..4).for_each(|_| _ = limits.try_code([2; 16], until, false, NOW));
        let file = std::fs::read(&path).expect("kept");
        assert_eq!(file.len(), (12 + 4 + 1 + 4) * LINE, "sends, the spare code of each client's last, tries");
        assert!(
            (1..=4).all(|number| file.windows(16).all(|window| window != [number; 16] || number <= 2)),
            "codes 1 and 2 alone"
        );
        // A line that a power cut broke off is none.
        std::fs::write(&path, [&file[..], &[1, 2, 3]].concat()).expect("written");
        let limits = open(NOW + Duration::seconds(1));
        assert_eq!(limits.send(stranger(9), VICTIM, NOW), Err(15));
        assert_eq!(limits.try_code([1; 16], until, true, NOW + Duration::seconds(1)), Tried::Over, "used");
        assert_eq!(limits.try_code([2; 16], until, false, NOW), Tried::Over, "the fifth");
        assert!(
            std::fs::read(&path).expect("kept").len() < file.len(),
            "a code is one line once the file is made anew"
        );
        let limits = open(NOW + LONG);
        assert!(!path.exists(), "nothing of it counts any more");
        assert_eq!(limits.send(stranger(1), VICTIM, NOW + LONG), Ok(None));
        limits.sweep(NOW + LONG + LONG);
        assert!(!path.exists());
    }

    /// Whoever looks whether a code is open, as a page does, waits for no file.
    #[test]
    fn whether_a_code_is_open_is_known_while_the_file_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("attempts");
        let limits = AttemptLimits::open(Some(path.clone()), NOW);
        // Whoever writes to a pipe waits until somebody reads it.
        assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("coreutils").success());
        let (let_go, held) = std::sync::mpsc::channel::<()>();
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| limits.try_code([1; 16], NOW + Duration::minutes(10), true, NOW));
            let (path, is_over) = (&path, &is_over);
            scope.spawn(move || {
                let _given_up = held.recv_timeout(std::time::Duration::from_mins(1));
                is_over.store(true, std::sync::atomic::Ordering::SeqCst);
                File::open(path)?.read_exact(&mut [0; LINE])
            });
            while limits.is_open([1; 16]) {
                std::thread::yield_now();
            }
            assert!(!is_over.load(std::sync::atomic::Ordering::SeqCst), "it was told while the file was waited for");
            let_go.send(()).expect("it waits");
        });
    }
}
