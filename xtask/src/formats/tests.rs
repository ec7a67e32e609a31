use super::*;

fn sources() -> Vec<File> {
    let file =
        |path: &&str| File { path: (*path).to_owned(), text: format!("//! # {path}\n//!\n//! Says it.\n\nuse x;\n") };
    SOURCES.iter().map(file).collect()
}

#[test]
fn the_document_is_what_the_formats_say() {
    let mut files = sources();
    let whole = document(&files).expect("made");
    assert!(whole.starts_with(
        "# server/ledger/src/formats.rs\n\nSays it.\n\n## server/vault/src/formats/root_key.rs\n\n`server/vault/"
    ));
    assert_eq!(found(&files, Some(&whole)), Vec::<String>::new());
    files[3].text = files[3].text.replace("Says it", "Says more");
    assert_eq!(found(&files, Some(&whole)).len(), 1, "what changed");
    assert_eq!(found(&files, None).len(), 1, "a document that is not there");
    files[3].text = "use x;\n".to_owned();
    assert!(found(&files, Some(&whole))[0].contains("frame.rs does not begin with"));
}

#[test]
fn a_format_that_the_document_lacks_is_noticed() {
    let mut files = sources();
    let whole = document(&files).expect("made");
    for (path, is_one) in [
        ("server/ledger/src/formats/new.rs", true),
        ("server/ledger/src/formats/fact/body.rs", false),
        ("server/ledger/src/formats/golden.rs", false),
        ("server/ledger/src/new.rs", false),
    ] {
        files.push(File { path: path.to_owned(), text: String::new() });
        assert_eq!(found(&files, Some(&whole)).len(), usize::from(is_one), "{path}");
        files.pop();
    }
}
