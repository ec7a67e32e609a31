//! Sealing: XChaCha20-Poly1305 with a random nonce in front.
//!
//! The first 16 bytes of the nonce make a key of its own for the text (`HChaCha20`), under which the rest is the nonce of
//! ChaCha20-Poly1305. The latter is `ring`'s, which takes a fifth of the time for a text as short as ours (decision 58).

use chacha20::cipher::consts::U10;
use chacha20::hchacha;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::{Zeroize as _, Zeroizing};

use crate::key::{SecretKey, purpose::Seals};
use crate::random::SecureRandom;

/// What sealing adds to a text: a nonce of 24 bytes and a tag of 16.
pub const OVERHEAD: usize = NONCE + TAG;

const NONCE: usize = 24;
const TAG: usize = 16;

/// Seals a text; `context` must be the same when it is opened.
///
/// # Panics
/// Never for texts below 256 GB.
pub fn seal<P: Seals>(key: &SecretKey<P>, context: &[u8], text: &[u8], random: &dyn SecureRandom) -> Vec<u8> {
    seal_parts(key, context, &[text], random)
}

/// The same of a text in parts, one behind the other.
///
/// # Panics
/// As [`seal`].
pub fn seal_parts<P: Seals>(key: &SecretKey<P>, context: &[u8], text: &[&[u8]], random: &dyn SecureRandom) -> Vec<u8> {
    let nonce: [u8; NONCE] = random.bytes();
    let mut sealed = Vec::with_capacity(OVERHEAD + text.iter().map(|part| part.len()).sum::<usize>());
    sealed.extend_from_slice(&nonce);
    text.iter().for_each(|part| sealed.extend_from_slice(part));
    let (key, rest) = key_of_text(key, &nonce);
    let tag = key.seal_in_place_separate_tag(rest, Aad::from(context), &mut sealed[NONCE..]);
    sealed.extend_from_slice(tag.expect("the text is short").as_ref());
    sealed
}

/// Opens what [`seal`] made; `None` for another key, another context or an altered byte.
pub fn open<P: Seals>(key: &SecretKey<P>, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let (text, tag) = sealed.split_last_chunk::<TAG>()?;
    let mut text = text.to_vec();
    open_in_place(key, context, (nonce, *tag), &mut text)?;
    Some(text)
}

/// As [`open`], for a text of a known length, which needs no memory beyond the stack; `None` for another length as well.
pub(crate) fn open_fixed<P: Seals, const N: usize>(
    key: &SecretKey<P>,
    context: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<[u8; N]>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let (text, tag) = sealed.split_first_chunk::<N>()?;
    let mut text = Zeroizing::new(*text);
    open_in_place(key, context, (nonce, tag.try_into().ok()?), text.as_mut_slice())?;
    Some(text)
}

fn open_in_place<P: Seals>(
    key: &SecretKey<P>,
    context: &[u8],
    (nonce, tag): (&[u8; NONCE], [u8; TAG]),
    text: &mut [u8],
) -> Option<()> {
    let (key, rest) = key_of_text(key, nonce);
    key.open_in_place_separate_tag(rest, Aad::from(context), tag.into(), text, 0..).ok().map(|_| ())
}

/// The key that a text has for itself, and its nonce under that.
fn key_of_text<P: Seals>(key: &SecretKey<P>, nonce: &[u8; NONCE]) -> (LessSafeKey, Nonce) {
    let (first, rest) = nonce.split_at(16);
    let mut own = hchacha::<U10>(key.expose().into(), first.into());
    let unbound = UnboundKey::new(&CHACHA20_POLY1305, &own).expect("a key of that length");
    own.zeroize();
    let mut nonce = [0; NONCE_LEN];
    nonce[4..].copy_from_slice(rest);
    (LessSafeKey::new(unbound), Nonce::assume_unique_for_key(nonce))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SealingKey;
    use crate::random::{SeededRandom, SystemRandom};

    /// What another implementation makes is what ours makes, and each opens the other's.
    #[test]
    fn what_is_sealed_is_xchacha20_poly1305() {
        use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
        use chacha20poly1305::{XChaCha20Poly1305, XNonce};
        let random: &dyn SecureRandom = &SeededRandom::new(1);
        for length in (0..300).chain([1000, 4095, 4096, 4097, 100_000]) {
            let key = SealingKey::random(random);
            let (mut text, mut context) = (vec![0; length], vec![0; length % 67]);
            random.fill(&mut text);
            random.fill(&mut context);
            let sealed = seal(&key, &context, &text, random);
            let (nonce, rest) = sealed.split_at(NONCE);
            let other = XChaCha20Poly1305::new(key.expose().into());
            let theirs = other.encrypt(XNonce::from_slice(nonce), Payload { msg: &text, aad: &context });
            assert_eq!(theirs.expect("is sealed"), rest, "{length} bytes");
            assert_eq!(open(&key, &context, &sealed), Some(text), "{length} bytes");
        }
    }

    #[test]
    fn a_text_of_a_known_length_opens_as_any_does() {
        let [key, other] = [(), ()].map(|()| SealingKey::random(&SystemRandom));
        let sealed = seal(&key, b"here", b"a text", &SystemRandom);
        let opens = |key: &SealingKey, context: &[u8], sealed: &[u8]| open_fixed::<_, 6>(key, context, sealed);
        assert_eq!(opens(&key, b"here", &sealed).as_deref(), Some(b"a text"));
        assert_eq!(opens(&other, b"here", &sealed), None);
        assert_eq!(opens(&key, b"there", &sealed), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(opens(&key, b"here", &altered), None, "byte {at}");
            assert_eq!(opens(&key, b"here", &sealed[..at]), None, "the first {at} bytes");
        }
        assert_eq!(open_fixed::<_, 5>(&key, b"here", &sealed), None, "another length");
        assert_eq!(open_fixed::<_, 7>(&key, b"here", &sealed), None, "another length");
    }

    #[test]
    fn what_was_sealed_opens_under_its_key_and_context_alone_and_not_altered() {
        let [key, other] = [(), ()].map(|()| SealingKey::random(&SystemRandom));
        let sealed = seal(&key, b"here", b"a text", &SystemRandom);
        assert_eq!(sealed.len(), b"a text".len() + OVERHEAD);
        assert_eq!(open(&key, b"here", &sealed).as_deref(), Some(&b"a text"[..]));
        assert_eq!(open(&other, b"here", &sealed), None);
        assert_eq!(open(&key, b"there", &sealed), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(open(&key, b"here", &altered), None, "byte {at}");
        }
        assert_eq!(open(&key, b"here", &sealed[..sealed.len() - 1]), None);
        assert_eq!(open(&key, b"here", &[]), None);
    }

    /// Two texts under one nonce would show in what they differ.
    #[test]
    fn no_text_is_sealed_alike_twice() {
        let key = SealingKey::random(&SystemRandom);
        let [one, other] = [(), ()].map(|()| seal(&key, b"here", b"a text", &SystemRandom));
        assert_ne!(one[..24], other[..24], "a nonce of its own");
        assert_ne!(one[24..], other[24..]);
    }
}
