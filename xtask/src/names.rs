//! Names that we took leave of, because each had several meanings, or none that the field knows: nothing is defined under one of
//! them any more.

mod definitions;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::Result;

use crate::faults;
use crate::requirements::{self, File};

/// Structs, enums, unions, traits and aliases.
const TYPES: &str = "\
    Act Acted Asked Book Came Courier Device Draft Entropy Found Gate House Kept Keuze Outcome Owner Passed Post \
    Proven Ring Scribe Sent Submitted Taken Told Wanted Way Who Why Wish Written";

/// Functions and methods. `of`, `read` and `take` need their object.
const FUNCTIONS: &str = "\
    acting asked_under dress fold found_under insight last_word life may_i may_i_use of perform read scribe \
    stands_on stop_at take take_away weigh";

/// Modules, and so files and folders.
const MODULES: &str = "\
    ambient api centre doors flips fold gate insight known lives machine matters_most rot scribe stop wrong";

/// The rest, each with what it is.
const OTHERS: [&str; 4] = ["const NOON", "field bell", "variant Class::Machines", "variant Reading::Beside"];

/// Looks at every definition of the repository.
pub fn check() -> Result<()> {
    let files = requirements::files()?;
    faults::told(&name_faults(&files), "the names of definitions")?;
    println!("{} names are gone for good", left().len());
    Ok(())
}

/// All of them, each with its kind, as the definitions have it.
fn left() -> BTreeSet<String> {
    let kinds = [("type", TYPES), ("fn", FUNCTIONS), ("mod", MODULES)];
    let all = kinds.iter().flat_map(|(kind, names)| names.split(' ').map(move |name| format!("{kind} {name}")));
    all.chain(OTHERS.map(str::to_owned)).collect()
}

fn name_faults(files: &[File]) -> Vec<String> {
    let (left, mut faults) = (left(), Vec::new());
    for file in files.iter().filter(|file| file.is_rust()) {
        let found = match definitions::in_text(&file.text) {
            Ok(found) => found,
            Err(error) => {
                faults.push(format!("{}: cannot be parsed: {error}", file.path));
                continue;
            }
        };
        faults.extend(found.into_iter().filter(|(_, name)| left.contains(name)).map(|(line, name)| {
            format!("{}:{line}: defines `{name}`. Mend: give it the name that the field has for it.", file.path)
        }));
    }
    faults
}
