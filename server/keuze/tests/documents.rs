//! Every relative link of the documents leads somewhere, to the heading that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository").to_path_buf()
}

/// Those beside the README and everything under docs.
fn documents() -> Vec<PathBuf> {
    let beside = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
    let mut found: Vec<PathBuf> = beside.map(|name| root().join(name)).to_vec();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// What is written as text: without blocks and pieces of code.
fn prose(text: &str) -> String {
    let mut in_block = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        !in_block && !fence
    });
    let lines = lines.map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("code"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of all links and pictures.
fn targets(text: &str) -> Vec<String> {
    let text = prose(text);
    let links = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    links.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// A heading as an address names it: small letters, dashes for spaces, without other signs.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let slug = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
    };
    headings.map(slug).collect()
}

/// What is wrong with a document's links.
fn dead(document: &Path, text: &str) -> Vec<String> {
    let folder = document.parent().expect("a folder");
    let leads_nowhere = |target: &String| {
        let (file, anchor) =
            target.split_once('#').map_or((target.as_str(), None), |(file, anchor)| (file, Some(anchor)));
        if target.starts_with("https://") || target.starts_with("mailto:") {
            return false;
        }
        let path = if file.is_empty() { document.to_path_buf() } else { folder.join(file) };
        let has = |anchor: &str| std::fs::read_to_string(&path).is_ok_and(|text| anchors(&text).contains(anchor));
        !path.exists() || anchor.is_some_and(|anchor| !has(anchor))
    };
    targets(text).into_iter().filter(leads_nowhere).map(|target| format!("{}: {target}", document.display())).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("readable");
        links += targets(&text).len();
        assert_eq!(dead(&document, &text), Vec::<String>::new());
    }
    assert!(links > 20, "they are found: {links}");
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let document = root().join("docs/sending.md");
    for (text, is_dead) in [
        ("[columns](operating)", true),
        ("[columns](operating.md)", false),
        ("[columns](operating.md#taking-over-people-and-earlier-choices)", false),
        ("[columns](operating.md#taking-over)", true),
        ("![picture](pictures/none.png)", true),
        ("`[columns](operating)`", false),
    ] {
        assert_eq!(!dead(&document, text).is_empty(), is_dead, "{text}");
    }
}
