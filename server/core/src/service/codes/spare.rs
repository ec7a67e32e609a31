//! Spare codes: twelve characters in the message that may be the last for a while. They work in any browser that asks for the
//! same mailbox, once, until messages go there again; so nobody who asks for messages keeps their reader out.
//!
//! None is kept: it is made out of the mailbox and the quarter of an hour in which it ends. 55 bits are guessed by nobody
//! who may try some times a second, so wrong tries are not counted, and no stranger can use up the tries of its owner.

use contact::ContactPoint;
use model::letter::LetterCode;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::{CODE_LIVES, Verification, reached};
use crate::service::attempt_limits::Tried;
use ledger::formats::attempts::Name;
use vault::key::{SecretName, purpose::Mac};
use vault::mac::mac;

/// The key that they are made under.
const SPARE: SecretName<Mac> = SecretName::new("spare code");
/// One ends where a quarter of an hour does.
const QUARTER: Duration = Duration::minutes(15);
/// None works for longer: the longest wait, and as many quarters again for those that were used meanwhile.
const LIVES: Duration = Duration::hours(48);

/// A spare code.
pub(super) struct Spare {
    pub(super) code: LetterCode,
    /// How long it works.
    pub(super) until: OffsetDateTime,
    /// Under which its use is counted.
    name: Name,
}

impl Verification {
    /// One that was not used yet and works until then at least, with some time to type it.
    pub(super) fn new_spare(&self, to: &ContactPoint, until: OffsetDateTime) -> Option<Spare> {
        let last = self.clock.now().at + LIVES;
        self.spares(to, until + CODE_LIVES, last).find(|spare| self.limits.is_open(spare.name))
    }

    /// Takes one for a mailbox; `None` if it is none that works there.
    pub(super) fn take_spare(&self, to: &ContactPoint, typed: LetterCode) -> Option<Tried> {
        let now = self.clock.now().at;
        let typed = typed.to_string();
        let is_it = |spare: &Spare| bool::from(spare.code.to_string().as_bytes().ct_eq(typed.as_bytes()));
        let spare = self.spares(to, now, now + LIVES).find(is_it)?;
        Some(self.limits.try_code(spare.name, spare.until, true, now))
    }

    /// All of a mailbox that end between two moments.
    fn spares(
        &self,
        to: &ContactPoint,
        from: OffsetDateTime,
        last: OffsetDateTime,
    ) -> impl Iterator<Item = Spare> + use<> {
        let (key, mailbox) = (self.ledger.secret(SPARE), reached(to));
        let past = Duration::seconds(from.unix_timestamp().rem_euclid(QUARTER.whole_seconds()));
        let ends = std::iter::successors(Some(from - past + QUARTER), |end| Some(*end + QUARTER));
        ends.take_while(move |end| *end <= last).map(move |until| {
            let end = until.unix_timestamp().to_be_bytes();
            let mac = mac(&key, &[b"keuze spare code ", &end, mailbox.as_bytes()]);
            let (code, name) = (mac.first_chunk().expect("32 bytes"), mac.last_chunk().expect("32 bytes"));
            Spare { code: LetterCode::from_bits(u64::from_be_bytes(*code)), until, name: *name }
        })
    }
}
