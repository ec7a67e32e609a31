//! Checks a proof as a stranger would: from its text alone, and the key of the log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::VerifyingKey;
use model::identity::RecordAddress;
use words::views::desk::CheckedProof;

use ledger::InclusionProof;
use tlog::checkpoint::{Checkpoint, read_proof};
use tlog::entry::commitment;
use tlog::tree::root_from_inclusion;

/// Why a proof proves nothing of a record.
#[derive(Debug, thiserror::Error)]
enum ProofFault {
    #[error("the proof cannot be read")]
    Unreadable,
    #[error("the proof is of another record")]
    OtherRecord,
    #[error("the checkpoint's signature is not that of this log")]
    Signature,
    #[error("the record's leaf does not lead to the signed root")]
    Root,
}

/// Recomputes leaf, path and signature.
pub(super) fn check(proven: &InclusionProof, address: RecordAddress, key: &VerifyingKey) -> CheckedProof {
    match verified(proven, address, key) {
        Ok(checkpoint) => CheckedProof::Right { size: checkpoint.size, root: BASE64.encode(checkpoint.root.0) },
        Err(fault) => CheckedProof::Wrong(fault.to_string()),
    }
}

fn verified(proven: &InclusionProof, address: RecordAddress, key: &VerifyingKey) -> Result<Checkpoint, ProofFault> {
    let (index, path, note) = read_proof(&proven.proof).ok_or(ProofFault::Unreadable)?;
    if index != address.index {
        return Err(ProofFault::OtherRecord);
    }
    let checkpoint = Checkpoint::open(note, key).ok_or(ProofFault::Signature)?;
    let leaf = commitment(&proven.salt, &proven.record).leaf();
    match root_from_inclusion(leaf, index, checkpoint.size, &path) {
        Some(root) if root == checkpoint.root => Ok(checkpoint),
        _ => Err(ProofFault::Root),
    }
}

#[cfg(test)]
mod tests {
    use ledger::fixture::choice;
    use std::sync::Arc;

    use model::identity::ShardNumber;

    use super::*;
    use ledger::clock::moment;
    use ledger::{AppendRequest, Ledger, Opening};
    use vault::random::SeededRandom;

    async fn proven(index: u64) -> (InclusionProof, RecordAddress, VerifyingKey) {
        let random = Arc::new(SeededRandom::new(5));
        let opening = Opening { data: None, key_file: None, origin: "voipro.test".into(), random };
        let ledger = Ledger::open(opening).unwrap();
        for second in 0..7 {
            ledger.append(AppendRequest::new(choice(moment(second).at))).await.unwrap();
        }
        let address = RecordAddress { shard: ShardNumber::FIRST, index };
        (ledger.prove(address).unwrap().unwrap(), address, ledger.log_key(address.shard).unwrap())
    }

    #[tokio::test]
    async fn a_proof_of_ours_is_right() {
        for index in 0..7 {
            let (proven, address, key) = proven(index).await;
            assert!(matches!(check(&proven, address, &key), CheckedProof::Right { size: 7, .. }));
        }
    }

    #[tokio::test]
    async fn anything_altered_is_wrong() {
        let (proven, address, key) = proven(3).await;
        let wrong = |altered: InclusionProof, address| matches!(check(&altered, address, &key), CheckedProof::Wrong(_));
        let mut record = proven.clone();
        record.record[9] ^= 1;
        assert!(wrong(record, address));
        let mut salt = proven.clone();
        salt.salt.0[31] ^= 1;
        assert!(wrong(salt, address));
        for at in 0..proven.proof.len() {
            let mut bytes = proven.proof.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(proof) = String::from_utf8(bytes) else { continue };
            assert!(wrong(InclusionProof { proof, ..proven.clone() }, address), "byte {at}");
        }
        assert!(wrong(proven.clone(), RecordAddress { index: 2, ..address }));
    }
}
