//! # Checkpoint, verifier key and proof
//!
//! Texts as C2SP specifies them, which any tool for those formats reads; their versions are those of the specifications.
//!
//! A checkpoint (tlog-checkpoint) is a signed note (signed-note) with one Ed25519 signature:
//!
//! | line | meaning |
//! |---|---|
//! | 1 | origin, the log's name: `<host>/keuze/log/<shard>` |
//! | 2 | number of records |
//! | 3 | root, in base64 |
//! | 4 | empty |
//! | 5 | `— <origin> <base64>`: four bytes that name the key, and 64 of signature |
//!
//! A verifier key is one line: `<origin>+<eight hexadecimal digits>+<base64>`, the digits the four bytes that name the key, the
//! base64 the byte 0x01 (Ed25519) and the 32 of the key.
//!
//! A proof (tlog-proof) is what a receipt is checked with:
//!
//! | line | meaning |
//! |---|---|
//! | 1 | `c2sp.org/tlog-proof@v1` |
//! | 2 | `index <number>` |
//! | 3 | each hash of the audit path in base64, a line each; then an empty line |
//! | then | the checkpoint |
//!
//! Written by the ledger's writer at each batch, and when somebody asks for a receipt; read at every start, by `keuze verify`
//! and by whoever checks us. A note that is not exactly what this key signs is none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::tree::{NodeHash, RootHash};

/// What a checkpoint states: this log has that many entries with that root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: `<site host>/keuze/log/<shard>`.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: RootHash,
}

/// The algorithm byte of Ed25519 in signed notes.
const ED25519: u8 = 1;

impl Checkpoint {
    /// The text that is signed: origin, size, root, each on its line.
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root.0))
    }

    /// The signed note.
    pub fn sign(&self, key: &SigningKey) -> String {
        signed_note(&self.origin, &self.body(), key)
    }

    /// Reads a signed note; `None` unless it is exactly what [`Self::sign`] writes with that key.
    pub fn open(note: &str, key: &VerifyingKey) -> Option<Self> {
        let checkpoint = Self::read_claim(note)?;
        let (body, signatures) = note.split_once("\n\n")?;
        let line = signatures.strip_prefix(&format!("\u{2014} {} ", checkpoint.origin))?.strip_suffix('\n')?;
        let bytes: [u8; 68] = BASE64.decode(line).ok()?.try_into().ok()?;
        let (id, signature) = bytes.split_at(4);
        let signature = Signature::from_slice(signature).ok()?;
        let genuine = id == key_hash(&checkpoint.origin, key)
            && checkpoint.body().trim_end_matches('\n') == body
            && key.verify_strict(checkpoint.body().as_bytes(), &signature).is_ok();
        genuine.then_some(checkpoint)
    }

    /// What a note says, whoever signed it: for one among many, the last of which is opened ([`Self::open`]).
    pub fn read_claim(note: &str) -> Option<Self> {
        let (body, _) = note.split_once("\n\n")?;
        let mut lines = body.split('\n');
        let origin = lines.next()?.to_owned();
        let size = lines.next()?.parse().ok()?;
        let root = RootHash(BASE64.decode(lines.next()?).ok()?.try_into().ok()?);
        lines.next().is_none().then_some(Self { origin, size, root })
    }
}

/// A signed note (C2SP signed-note): the text, an empty line, and one signature line.
fn signed_note(name: &str, body: &str, key: &SigningKey) -> String {
    let mut signature = key_hash(name, &key.verifying_key()).to_vec();
    signature.extend_from_slice(&key.sign(body.as_bytes()).to_bytes());
    format!("{body}\n\u{2014} {name} {}\n", BASE64.encode(signature))
}

/// The four bytes that name a key in a signed note.
fn key_hash(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest =
        Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.as_bytes()).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The verifier key of a log, to be given to whoever checks it: `<name>+<hash>+<base64 of algorithm and key>`.
pub fn verifier_key(name: &str, key: &VerifyingKey) -> String {
    let id = u32::from_be_bytes(key_hash(name, key));
    let bytes: Vec<u8> = [ED25519].into_iter().chain(key.to_bytes()).collect();
    format!("{name}+{id:08x}+{}", BASE64.encode(bytes))
}

/// Reads [`verifier_key`]: name and key; `None` for anything else.
pub fn read_verifier_key(text: &str) -> Option<(String, VerifyingKey)> {
    let (name, rest) = text.split_once('+')?;
    let (_, bytes) = rest.split_once('+')?;
    let bytes: [u8; 33] = BASE64.decode(bytes).ok()?.try_into().ok()?;
    let key = VerifyingKey::from_bytes(bytes.last_chunk()?).ok()?;
    (verifier_key(name, &key) == text).then(|| (name.to_owned(), key))
}

/// A proof that stands on its own: index, audit path and the checkpoint that it leads to.
pub fn proof_text(index: u64, path: &[NodeHash], checkpoint: &str) -> String {
    let path: String = path.iter().map(|hash| BASE64.encode(hash.0) + "\n").collect();
    format!("c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{checkpoint}")
}

/// Reads [`proof_text`]: index, audit path and checkpoint; `None` for anything else. Whether the path leads anywhere is another
/// question.
pub fn read_proof(text: &str) -> Option<(u64, Vec<NodeHash>, &str)> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n').skip(1);
    let index = lines.next()?.strip_prefix("index ")?.parse().ok()?;
    let hash = |line| Some(NodeHash(BASE64.decode(line).ok()?.try_into().ok()?));
    let path = lines.map(hash).collect::<Option<Vec<_>>>()?;
    (proof_text(index, &path, checkpoint) == text).then_some((index, path, checkpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (SigningKey, Checkpoint) {
        let checkpoint = Checkpoint { origin: "voipro.nl/keuze/log/0001".into(), size: 3, root: RootHash([7; 32]) };
        (SigningKey::from_bytes(&[9; 32]), checkpoint)
    }

    #[test]
    fn what_was_signed_opens_and_nothing_else_does() {
        let (key, checkpoint) = example();
        let note = checkpoint.sign(&key);
        assert_eq!(Checkpoint::open(&note, &key.verifying_key()), Some(checkpoint));
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            assert_eq!(Checkpoint::open(&altered, &key.verifying_key()), None, "byte {at}");
        }
        assert_eq!(Checkpoint::open(&note, &SigningKey::from_bytes(&[8; 32]).verifying_key()), None);
    }

    /// Key, text and signature of the example in the documentation of Go's sumdb/note.
    #[test]
    fn notes_are_those_of_sumdb() {
        let secret = BASE64.decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").expect("base64");
        let key = SigningKey::from_bytes(secret[1..].try_into().expect("32 bytes"));
        assert_eq!(
            verifier_key("PeterNeumann", &key.verifying_key()),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n";
        let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        assert_eq!(signed_note("PeterNeumann", text, &key), format!("{text}\n\u{2014} PeterNeumann {signature}\n"));
    }

    #[test]
    fn a_verifier_key_reads_back_and_no_other_text_does() {
        let (key, checkpoint) = example();
        let text = verifier_key(&checkpoint.origin, &key.verifying_key());
        assert_eq!(read_verifier_key(&text), Some((checkpoint.origin, key.verifying_key())));
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let Ok(altered) = String::from_utf8(bytes) else { continue };
                assert_eq!(read_verifier_key(&altered), None, "byte {at}");
            }
        }
    }

    /// The example of C2SP tlog-checkpoint is a tree head of Go's checksum database under another name; its public key
    /// is part of every Go toolchain.
    #[test]
    fn a_checkpoint_of_the_checksum_database_is_genuine() {
        let known = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        let (name, key) = read_verifier_key(known).expect("a verifier key");
        let root = BASE64.decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=").expect("base64");
        let checkpoint = Checkpoint {
            origin: "go.sum database tree".into(),
            size: 20_852_163,
            root: RootHash(root.try_into().expect("32 bytes")),
        };
        let line = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=";
        let bytes = BASE64.decode(line).expect("base64");
        let (id, signature) = bytes.split_at(4);
        assert_eq!(id, key_hash(&name, &key));
        let signature = Signature::from_slice(signature).expect("64 bytes");
        key.verify_strict(checkpoint.body().as_bytes(), &signature).expect("genuine");
        let other = Checkpoint { size: 20_852_164, ..checkpoint };
        key.verify_strict(other.body().as_bytes(), &signature).expect_err("of another size");
    }

    /// The example of C2SP tlog-proof, without the extra data that we have none of.
    #[test]
    fn a_proof_reads_as_specified() {
        let hashes = [
            "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
            "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
            "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=",
        ];
        let path = hashes.map(|hash| NodeHash(BASE64.decode(hash).expect("base64").try_into().expect("32 bytes")));
        let note = "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n\u{2014} …\n";
        let expected = format!("c2sp.org/tlog-proof@v1\nindex 73894\n{}\n\n{note}", hashes.join("\n"));
        assert_eq!(proof_text(73894, &path, note), expected);
        // The only entry of a log has an empty path.
        assert_eq!(proof_text(0, &[], note), format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"));
    }

    #[test]
    fn a_checkpoint_reads_as_specified() {
        let (key, checkpoint) = example();
        insta::assert_snapshot!(checkpoint.sign(&key).split_once("\n\n").expect("two parts").0, @r"
        voipro.nl/keuze/log/0001
        3
        BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=
        ");
    }
}
