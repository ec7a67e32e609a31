//! Errors are types below the command line: no function answers with a sentence in place of one, which a caller could only print.

#[cfg(test)]
mod tests;

use anyhow::Result;
use syn::visit::{self, Visit};
use syn::{Attribute, GenericArgument, ItemMod, ItemType, PathArguments, PathSegment, Signature, Type};

use crate::faults;
use crate::requirements::{self, File};

/// Where sentences are made for whoever sits there.
const COMMAND_LINE: &str = "server/keuze/src/cli";

/// Looks at every function of the repository that is no test's.
pub fn check() -> Result<()> {
    faults::told(&error_faults(&requirements::files()?), "the errors of functions")
}

fn error_faults(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() && !is_apart(&file.path)) {
        let mut found = Strings::default();
        match syn::parse_file(&file.text) {
            Ok(tree) => found.visit_file(&tree),
            Err(error) => faults.push(format!("{}: cannot be parsed: {error}", file.path)),
        }
        faults.extend(found.lines.into_iter().map(|line| {
            format!(
                "{}:{line}: an error that is a text. Mend: an enum with thiserror, a variant a way to fail.",
                file.path
            )
        }));
    }
    faults
}

fn is_apart(path: &str) -> bool {
    path.starts_with(COMMAND_LINE) || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The lines with a `Result` whose error is a text, in what a function returns or an alias stands for.
#[derive(Default)]
struct Strings {
    lines: Vec<usize>,
    /// Within a return type or an alias.
    inside: bool,
}

impl<'a> Visit<'a> for Strings {
    fn visit_signature(&mut self, signature: &'a Signature) {
        self.inside = true;
        visit::visit_return_type(self, &signature.output);
        self.inside = false;
    }

    fn visit_item_type(&mut self, item: &'a ItemType) {
        self.inside = true;
        visit::visit_type(self, &item.ty);
        self.inside = false;
    }

    fn visit_path_segment(&mut self, segment: &'a PathSegment) {
        if self.inside && segment.ident == "Result" && error_of(segment).is_some_and(is_text) {
            self.lines.push(segment.ident.span().start().line);
        }
        visit::visit_path_segment(self, segment);
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// The second of the two types that a `Result` names.
fn error_of(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.skip(1).last()
}

/// `String`, `str` behind whatever, or several of them.
fn is_text(kind: &Type) -> bool {
    match kind {
        Type::Reference(reference) => is_text(&reference.elem),
        Type::Paren(inner) => is_text(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let holder = ["Box", "Cow", "Vec", "Arc", "Rc"].iter().any(|name| last.ident == name);
            let mut inner = Vec::new();
            if let (true, PathArguments::AngleBracketed(arguments)) = (holder, &last.arguments) {
                inner.extend(arguments.args.iter());
            }
            let inside = |argument: &&GenericArgument| matches!(argument, GenericArgument::Type(kind) if is_text(kind));
            last.ident == "String" || last.ident == "str" || inner.iter().any(inside)
        }),
        _ => false,
    }
}

/// `#[cfg(test)]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|what| what == "test")
}
