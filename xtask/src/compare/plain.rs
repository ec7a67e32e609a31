//! Answers without what no two servers share: their address, and ids, tokens, codes and hashes, each under the number of its first
//! appearance in the answer, so that the same one stands for the same.

use std::collections::BTreeMap;

use crate::client::ClientResponse;

/// What is shorter is a word, but for hexadecimal.
const LONG: usize = 20;
const LONG_HEX: usize = 8;

/// What is longer is a drawing, such as a code to be photographed.
const DRAWING: usize = 400;

/// What is shown as one hash: nobody reads the difference of two scripts that were made small.
const FILES: [&str; 3] = ["text/javascript", "text/css", "application/wasm"];

/// Status, headers and body as lines; `kept` has what the conversation gave a name.
pub fn lines(answer: &ClientResponse, kept: &BTreeMap<String, String>) -> Vec<String> {
    let mut headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    // Their order means nothing, but for cookies, which are never of one name.
    headers.sort();
    // The one follows from the body, in which ids have their own lengths.
    headers.retain(|line| !line.starts_with("content-length: ") && !line.starts_with("etag: "));
    let is_file =
        headers.iter().any(|line| FILES.iter().any(|kind| line.starts_with(&format!("content-type: {kind}"))));
    let body = if is_file { format!("hash {}", hash(&answer.body)) } else { text(answer) };
    let all = std::iter::once(answer.status.to_string()).chain(headers).chain(body.lines().map(str::to_owned));
    let mut names = Names::default();
    all.map(|line| names.plain(&with_names(line, kept))).filter(|line| !line.trim().is_empty()).collect()
}

/// A page, a tag a line.
fn text(answer: &ClientResponse) -> String {
    without_drawings(&answer.text()).replace("><", ">\n<")
}

/// Enough to see whether two files are the same.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What was asked, likewise.
pub fn asked(text: &str, kept: &BTreeMap<String, String>) -> String {
    Names::default().plain(&with_names(text.to_owned(), kept))
}

fn with_names(text: String, kept: &BTreeMap<String, String>) -> String {
    let long = kept.iter().filter(|(_, value)| value.len() > 5);
    long.fold(text, |text, (name, value)| text.replace(value, &format!("${name}")))
}

/// The ids of an answer, in the order in which they appear.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn plain(&mut self, text: &str) -> String {
        let pieces = text.split_inclusive(|c: char| !in_base64(c)).map(|piece| {
            let run = piece.trim_end_matches(|c| !in_base64(c));
            let ends = &piece[run.len()..];
            if is_base64(run) { self.name(run) + ends } else { self.words(run) + ends }
        });
        without_port(&pieces.collect::<String>())
    }

    fn words(&mut self, text: &str) -> String {
        self.each(text, &['/', '+', '='], |names, run| names.each(run, &['-'], |_, part| part.to_owned()))
    }

    /// The ids between such signs by their names, and what becomes of the rest.
    fn each(&mut self, text: &str, signs: &[char], rest: impl Fn(&mut Self, &str) -> String) -> String {
        let pieces = text.split_inclusive(signs).map(|piece| {
            let run = piece.trim_end_matches(signs);
            let ends = &piece[run.len()..];
            if is_id(run) { self.name(run) + ends } else { rest(self, run) + ends }
        });
        pieces.collect()
    }

    fn name(&mut self, id: &str) -> String {
        let next = self.0.len() + 1;
        format!("<{}>", self.0.entry(id.to_owned()).or_insert(next))
    }
}

fn in_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=-_".contains(c)
}

/// Hashes and signatures: figures and letters of both kinds.
fn is_base64(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.bytes().any(|byte| is(&byte));
    let kinds = [u8::is_ascii_digit as fn(&u8) -> bool, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    run.len() > LONG && run.ends_with('=') && kinds.into_iter().all(has)
}

/// Ids, tokens, receipt numbers and codes.
fn is_id(run: &str) -> bool {
    let figures = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().any(|byte| byte.is_ascii_alphabetic());
    let hex = run.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
    let groups: Vec<&str> = run.split('-').collect();
    let grouped = groups.len() > 2 && groups.iter().all(|group| matches!(group.len(), 4 | 5) && is_code(group));
    grouped
        || (figures == 6 && run.len() == 6)
        || (figures > 1 && letters && run.len() >= if hex { LONG_HEX } else { LONG })
}

fn is_code(group: &str) -> bool {
    group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

fn without_drawings(text: &str) -> String {
    let pieces = text.split_inclusive('"').map(|piece| {
        let is_drawing = piece.len() > DRAWING && piece.starts_with(['M', 'm']);
        if is_drawing { "drawing\"" } else { piece }
    });
    pieces.collect()
}

/// The port that a server was given.
fn without_port(text: &str) -> String {
    let mut pieces = text.split("127.0.0.1:");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + "127.0.0.1:port" + piece.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// The lines that one has and the other has not.
pub fn difference(old: &[String], new: &[String]) -> Vec<String> {
    let (mut counts, mut lines) = (BTreeMap::<&str, i32>::new(), Vec::new());
    for line in new {
        *counts.entry(line).or_default() += 1;
    }
    for line in old {
        let count = counts.entry(line).or_default();
        if *count == 0 {
            lines.push(format!("- {line}"));
        } else {
            *count -= 1;
        }
    }
    for line in new {
        let count = counts.entry(line).or_default();
        if *count > 0 {
            *count -= 1;
            lines.push(format!("+ {line}"));
        }
    }
    lines
}
