//! The formats on disk: each file is documented, and a directory of an earlier build is refused.

use std::path::Path;

use ledger::formats::frame::{Frame, Read};
use ledger::verify::verify;

use crate::fixture::{everything, made, refused, root_of, used};

/// Whether a file is the one that a row names; `<…>` stands for anything within a name.
fn is_named(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('<') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let (_, rest) = rest.split_once('>').expect("what is opened is closed");
    while let Some(next) = name.chars().next().filter(|next| *next != '/') {
        name = &name[next.len_utf8()..];
        if is_named(rest, name) {
            return true;
        }
    }
    false
}

/// The files that the tables of docs/formats.md name in their first column.
fn documented() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository");
    let document = std::fs::read_to_string(root.join("docs/formats.md")).expect("docs/formats.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
    rows.flat_map(|(cell, _)| cell.split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn every_file_of_a_data_directory_is_documented() {
    let folder = tempfile::tempdir().expect("a folder");
    made(&folder.path().join("data")).await;
    let documented: Vec<String> = documented().iter().map(|name| name.replace("<key file>", "data.root")).collect();
    let is_documented = |name: &str| documented.iter().any(|pattern| is_named(pattern, name));
    let mut files = 0;
    for path in everything(folder.path()).keys().filter(|path| path.is_file()) {
        let name = path.strip_prefix(folder.path()).expect("within it").to_str().expect("text");
        let name = name.strip_prefix("data/").unwrap_or(name);
        assert!(is_documented(name), "docs/formats.md lacks {name}");
        files += 1;
    }
    assert!(files > 7, "the files are found: {files}");
    assert!(!is_documented("journal/0001/more/000000000000.log") && !is_documented("diary"), "not everything is");
}

/// The entries of a file of the ring without their versions: so an earlier build wrote them.
fn without_versions(path: &Path, entry: usize) {
    let bytes = std::fs::read(path).expect("is there");
    std::fs::write(path, bytes.chunks(entry).flat_map(|entry| &entry[1..]).copied().collect::<Vec<u8>>())
        .expect("written");
}

/// A journal as an earlier build wrote it: frames with the kinds 1, 2 and 3, and no version.
fn earlier_journal(path: &Path) {
    let bytes = std::fs::read(path).expect("is there");
    let (mut earlier, mut at) = (Vec::new(), 0);
    while let Read::Frame(_, next) = Frame::parse_frame(&bytes[..used(&bytes)], at) {
        let (index, kind, body) = (&bytes[at + 8..at + 16], bytes[at + 16], &bytes[at + 18..next]);
        let kind = match kind {
            b'R' => 1,
            b'F' => 2,
            _ => 3,
        };
        let len = u32::try_from(body.len() + 1).expect("short").to_le_bytes();
        let crc = [&len[..], index, &[kind], body].iter().fold(0, |crc, part| crc32c::crc32c_append(crc, part));
        earlier.extend([&len[..], &crc.to_le_bytes(), index, &[kind], body].concat());
        at = next;
    }
    assert!(at > 0, "there were frames");
    std::fs::write(path, earlier).expect("written");
}

#[tokio::test]
async fn a_directory_of_an_earlier_build_is_refused_and_left_as_it_is() {
    const SAYS: &str = "it was written by an earlier build of Keuze, whose formats this one does not read: go on with that \
                        build, or start with a new data directory";
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    made(&data).await;
    let said = |key: Option<&Path>| verify(&data, key).expect_err("it is refused").to_string();
    // The journal alone: told by whoever has no root key, too.
    earlier_journal(&data.join("journal/0001/000000000000.log"));
    std::fs::remove_dir_all(data.join("sled")).expect("removed");
    let before = everything(folder.path());
    for told in [refused(&data), said(Some(&root_of(&data))), said(None)] {
        assert!(told.contains(SAYS), "{told}");
    }
    assert!(everything(folder.path()) == before, "nothing was changed");
    without_versions(&data.join("keys/root-0001"), 77);
    without_versions(&data.join("keys/bucket-000001"), 106);
    let ring = everything(folder.path());
    for told in [refused(&data), said(Some(&root_of(&data)))] {
        assert!(told.contains(SAYS) && told.contains("keys/root-0001"), "{told}");
    }
    assert!(everything(folder.path()) == ring, "nothing was changed");
}
