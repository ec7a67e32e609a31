//! `app/words/src/effects.txt` against the texts of the product: every text is in it, as one that states no effect or with the
//! tests that perform what it says.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{File, Tests};

/// Where the list stands, beside the texts.
pub const LIST: &str = "app/words/src/effects.txt";

/// Where the texts stand.
const TEXTS: &str = "app/words/src/";

/// What is wrong with the list, in words that say how to mend it.
pub fn faults(list: &str, files: &[File]) -> Vec<String> {
    let tests = Tests::from_files(files);
    let mut faults = Vec::new();
    let mut listed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut of = "";
    for (at, line) in (1..).zip(list.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        let entries = match (line.strip_prefix("  - "), line.strip_prefix("  ").and_then(|line| line.split_once(": ")))
        {
            (Some(names), _) => names.split(' ').map(|name| (name, Vec::new())).collect(),
            (None, Some((name, shown))) => vec![(name, shown.split("; ").collect())],
            (None, None) if !line.starts_with(' ') => {
                of = line;
                Vec::new()
            }
            (None, None) => {
                faults.push(format!("{LIST}:{at}: neither `- names` nor `name: tests`."));
                Vec::new()
            }
        };
        for (name, shown) in entries {
            let missing = shown.iter().filter(|test| tests.anywhere(test) == 0);
            faults.extend(
                missing.map(|test| format!("{LIST}:{at}: there is no test `{test}`. Mend: name one that runs.")),
            );
            if listed.insert(format!("{of} {name}"), shown).is_some() {
                faults.push(format!("{LIST}:{at}: `{of} {name}` stands here twice."));
            }
        }
    }
    let there: BTreeSet<String> =
        files.iter().filter_map(of_texts).flat_map(|(file, text)| names(file, text)).collect();
    let unlisted = there.iter().filter(|text| !listed.contains_key(*text));
    faults.extend(unlisted.map(|text| {
        format!("{LIST}: `{text}` is missing. Mend: say that it states no effect, or name the test that performs it.")
    }));
    let gone = listed.keys().filter(|name| !there.contains(*name));
    faults.extend(gone.map(|name| format!("{LIST}: there is no text `{name}`. Mend: take the line out.")));
    faults
}

/// A file of texts: its name and what is in it, without its tests.
fn of_texts(file: &File) -> Option<(&str, &str)> {
    let name = file.path.strip_prefix(TEXTS)?.strip_suffix(".rs")?;
    if name == "views" || name.starts_with("views/") {
        return None;
    }
    Some((name, file.text.split("#[cfg(test)]").next().unwrap_or_default()))
}

/// The texts of a file: the fields of its structs, the slugs of problems, its functions.
fn names(file: &str, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut of: Option<(&str, bool)> = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split([' ', '<', ';', '(']).next().unwrap_or_default();
            of = rest.ends_with('{').then_some((name, true));
        } else if let Some(rest) = line.strip_prefix("pub enum ") {
            of = Some((rest.trim_end_matches(" {"), false));
        } else if line == "}" {
            of = None;
        } else if let Some(name) = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn ")) {
            names.push(format!("{file}.() {}", name.split(['(', '<']).next().unwrap_or_default()));
        }
        match of {
            Some((of, true)) => {
                let name = line.strip_prefix("    pub ").and_then(|field| field.split_once(": "));
                names.extend(name.map(|(name, _)| format!("{file}.{of} {name}")));
            }
            Some((of, false)) => {
                let name = line.strip_prefix("    ").and_then(|variant| variant.strip_suffix(','));
                let is_name = |name: &&str| name.starts_with(char::is_uppercase);
                names.extend(name.filter(is_name).map(|name| format!("{file}.{of} {name}")));
            }
            None => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirements::tree;
    use crate::run;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn every_text_of_the_product_states_no_effect_or_names_the_test_that_performs_it() {
        let files = tree::read_files(&run::root()).expect("readable");
        let list = std::fs::read_to_string(run::root().join(LIST)).expect("readable");
        let found = faults(&list, &files);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    /// The control: each way in which the list can be behind is seen.
    #[test]
    fn a_list_that_is_behind_is_told_so() {
        let files = [
            file(
                "app/words/src/page.rs",
                "pub struct Page {\n    /// It.\n    pub stopped: &'static str,\n}\n\npub fn told() {}\n",
            ),
            file("server/src/a.rs", "#[test]\nfn it_stops() {}\n"),
        ];
        let right = "page.()\n  - told\n\npage.Page\n  stopped: it_stops\n";
        assert_eq!(faults(right, &files), Vec::<String>::new());
        for (wrong, says) in [
            (right.replace("  stopped: it_stops\n", ""), "`page.Page stopped` is missing"),
            (right.replace("it_stops", "it_goes"), "there is no test `it_goes`"),
            (format!("{right}  - begun\n"), "there is no text `page.Page begun`"),
            (format!("{right}  - stopped\n"), "stands here twice"),
            (right.replace("  - told", "  told"), "neither"),
        ] {
            let found = faults(&wrong, &files).join("\n");
            assert!(found.contains(says), "{says} in {found}");
        }
    }
}
