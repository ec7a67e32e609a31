//! What a crate offers at its root is documented. Deeper down a doc is written where the name does not say it all: units, errors, a
//! source, an invariant; formats and rules ask for all of theirs with `#![warn(missing_docs)]`.

use anyhow::Result;
use syn::{Attribute, Item, Visibility};

use crate::faults;
use crate::requirements::{self, File};

/// Looks at the root of every crate.
pub fn check() -> Result<()> {
    let files = requirements::files()?;
    let roots: Vec<&File> = files.iter().filter(|file| file.path.ends_with("src/lib.rs")).collect();
    faults::told(&root_faults(&roots), "the documentation of crates' roots")?;
    println!("{} roots of crates say what they offer", roots.len());
    Ok(())
}

fn root_faults(roots: &[&File]) -> Vec<String> {
    let faults = roots.iter().map(|File { path, text }| match syn::parse_file(text) {
        Ok(file) => undocumented(path, &file),
        Err(error) => vec![format!("{path}: cannot be parsed: {error}")],
    });
    faults.flatten().collect()
}

fn undocumented(path: &str, file: &syn::File) -> Vec<String> {
    let root =
        (!is_documented(&file.attrs)).then(|| format!("{path}: says nothing of the crate. Mend: `//!` at its head."));
    let items = file.items.iter().filter_map(|item| {
        let (name, attributes, visibility) = offered(item)?;
        (matches!(visibility, Visibility::Public(_)) && !is_documented(attributes)).then(|| {
            let line = name.span().start().line;
            format!("{path}:{line}: `{name}` has no documentation. Mend: say what its name can't.")
        })
    });
    root.into_iter().chain(items).collect()
}

/// What has a name of its own there; a module's documentation stands in its file.
fn offered(item: &Item) -> Option<(&syn::Ident, &[Attribute], &Visibility)> {
    Some(match item {
        Item::Const(item) => (&item.ident, &item.attrs, &item.vis),
        Item::Enum(item) => (&item.ident, &item.attrs, &item.vis),
        Item::Fn(item) => (&item.sig.ident, &item.attrs, &item.vis),
        Item::Static(item) => (&item.ident, &item.attrs, &item.vis),
        Item::Struct(item) => (&item.ident, &item.attrs, &item.vis),
        Item::Trait(item) => (&item.ident, &item.attrs, &item.vis),
        Item::Type(item) => (&item.ident, &item.attrs, &item.vis),
        _ => return None,
    })
}

fn is_documented(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        root_faults(&[&File { path: "src/lib.rs".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn what_a_root_offers_without_a_word_is_told_at_its_line() {
        for item in [
            "struct A;",
            "enum A {}",
            "fn A() {}",
            "const A: u8 = 1;",
            "static A: u8 = 1;",
            "type A = u8;",
            "trait A {}",
        ] {
            let found = told(&format!("//! A crate.\n\npub {item}"));
            assert!(found.len() == 1 && found[0].starts_with("src/lib.rs:3: `A`"), "{item}: {found:?}");
            let kept = [format!("//! A crate.\n/// Said.\npub {item}"), format!("//! A crate.\n{item}")];
            for text in kept {
                assert_eq!(told(&text), Vec::<String>::new(), "{text}");
            }
        }
        assert!(told("mod a;")[0].contains("says nothing of the crate"));
        assert!(told("struct {")[0].contains("cannot be parsed"));
    }
}
