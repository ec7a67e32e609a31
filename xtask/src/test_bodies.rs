//! `cargo xtask test-bodies OLD NEW`: tests whose bodies differ between two commits in more than names. Whoever moves code reads
//! them: a test that was weakened is among them, one that only calls things by other names is not.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Attribute, ItemFn};

use crate::compare::plain;
use crate::run;

/// Macros and methods by which a test fails.
const CHECKS: [&str; 9] =
    ["assert", "assert_eq", "assert_ne", "panic", "expect", "expect_err", "unwrap", "prop_assert", "assert_snapshot"];

/// Of a line that is shown.
const WIDEST: usize = 160;

/// A test of a commit.
#[derive(Clone, Debug)]
struct Test {
    path: String,
    body: TokenStream,
}

/// Every test of a commit, by the last part of its name: several may share one.
type CommitTests = BTreeMap<String, Vec<Test>>;

/// Prints what differs, first what asks less or something else; of `whole` tests both bodies, too.
pub fn compare(old: &str, new: &str, whole: bool) -> Result<()> {
    let (before, now) = (tests_of(old)?, tests_of(new)?);
    let changed = changed(&before, &now);
    let (others, alike): (Vec<_>, Vec<_>) =
        changed.iter().partition(|(_, was, is)| asked(&was.body) != asked(&is.body));
    for (heading, tests) in [("other values or checks", &others), ("only other ways to come by them", &alike)] {
        println!("{heading}:");
        for (name, was, is) in tests {
            println!("{name} ({})", is.path);
            for line in plain::difference(&asked(&was.body), &asked(&is.body)) {
                println!("    {}", line.chars().take(WIDEST).collect::<String>());
            }
            if whole {
                println!("  - {}\n  + {}", was.body, is.body);
            }
        }
        println!();
    }
    let both = before.keys().filter(|name| now.contains_key(*name)).count();
    let (others, alike) = (others.len(), alike.len());
    println!(
        "of {both} tests that both commits have, {others} have other values or checks, {alike} only other ways to come by them"
    );
    browser_tests(old, new)
}

/// What a test asks: its values as they are written, and which checks it makes, in their order of the alphabet.
fn asked(body: &TokenStream) -> Vec<String> {
    let mut asked = Vec::new();
    for token in body.clone() {
        match token {
            TokenTree::Literal(value) => asked.push(value.to_string()),
            TokenTree::Ident(word) if CHECKS.contains(&word.to_string().as_str()) => asked.push(word.to_string()),
            TokenTree::Group(group) => asked.extend(self::asked(&group.stream())),
            _ => {}
        }
    }
    asked.sort();
    asked
}

/// The browser's, file by file: their titles stand in docs/tests.txt.
fn browser_tests(old: &str, new: &str) -> Result<()> {
    println!("\nlines of the browser tests that were taken away or put in:");
    print!("{}", git(&["diff", "-M", "--numstat", old, new, "--", "end2end/specs"])?);
    Ok(())
}

/// Those that both have and whose shapes differ: of several with one name, those that no test of the other side equals.
fn changed<'a>(before: &'a CommitTests, now: &'a CommitTests) -> Vec<(&'a str, &'a Test, &'a Test)> {
    let mut changed = Vec::new();
    for (name, was) in before {
        let Some(is) = now.get(name) else { continue };
        let unlike = |one: &&Test, others: &[Test]| !others.iter().any(|other| shape(&other.body) == shape(&one.body));
        let (was, is): (Vec<_>, Vec<_>) =
            (was.iter().filter(|one| unlike(one, is)).collect(), is.iter().filter(|one| unlike(one, was)).collect());
        changed.extend(was.into_iter().zip(is).map(|(was, is)| (name.as_str(), was, is)));
    }
    changed
}

/// A body without its names: a path, however long, is one name.
fn shape(body: &TokenStream) -> String {
    let mut shape = String::new();
    for token in body.clone() {
        match token {
            TokenTree::Ident(word) if is_name(&word.to_string()) => shape.push_str("n "),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Brace => ("{ ", "} "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::None => ("", ""),
                };
                shape += &[open, &self::shape(&group.stream()), close].concat();
            }
            other => shape += &[&other.to_string(), " "].concat(),
        }
    }
    while shape.contains("n : : n ") {
        shape = shape.replace("n : : n ", "n ");
    }
    shape
}

/// What Rust has words for is no name, but for those that begin a path.
fn is_name(word: &str) -> bool {
    ["self", "Self", "super", "crate"].contains(&word) || syn::parse_str::<syn::Ident>(word).is_ok()
}

fn tests_of(commit: &str) -> Result<CommitTests> {
    let mut tests = CommitTests::new();
    for path in git(&["ls-tree", "-r", "--name-only", commit])?.lines() {
        if Path::new(path).extension().is_some_and(|kind| kind == "rs") {
            let text = git(&["show", &format!("{commit}:{path}")])?;
            add(&mut tests, path, &text).with_context(|| format!("{commit}:{path}"))?;
        }
    }
    Ok(tests)
}

fn add(tests: &mut CommitTests, path: &str, text: &str) -> Result<()> {
    let mut found = Functions { path, tests };
    found.visit_file(&syn::parse_file(text)?);
    Ok(())
}

struct Functions<'a> {
    path: &'a str,
    tests: &'a mut CommitTests,
}

impl<'a> Visit<'a> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        if item.attrs.iter().any(is_test) {
            let test = Test { path: self.path.to_owned(), body: item.block.to_token_stream() };
            self.tests.entry(item.sig.ident.to_string()).or_default().push(test);
        }
        visit::visit_item_fn(self, item);
    }
}

/// `#[test]`, `#[tokio::test]`.
fn is_test(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "test")
}

fn git(arguments: &[&str]) -> Result<String> {
    run::output("git", arguments, &run::root())
}
