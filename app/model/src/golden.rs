//! Golden bytes, for tests: what a format's bytes are stands in a committed file, a field a line, cut as the format's own
//! documentation draws them. So neither bytes nor drawing change without the other, or unseen.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

/// A field as a table of a format's documentation draws it.
struct Field {
    offset: Option<usize>,
    length: Option<usize>,
    meaning: String,
}

/// A table of offsets, lengths and meanings.
pub struct Drawing(Vec<Field>);

/// The first line of such a table.
const TABLE: &str = "//! | offset | length | meaning |";

impl Drawing {
    /// The table of that number, counted from 0, of the documentation at the head of a source.
    ///
    /// # Panics
    /// There is none.
    pub fn from_source(source: &str, number: usize) -> Self {
        let (at, _) = source.match_indices(TABLE).nth(number).expect("the documentation draws it");
        let rows = source[at..].lines().skip(2).map_while(|line| line.strip_prefix("//! | "));
        let field = |row: &str| {
            let cells: Vec<&str> = row.trim_end_matches(" |").splitn(3, " | ").collect();
            let [offset, length, meaning] = cells[..] else { panic!("{row} has three cells") };
            Field { offset: offset.parse().ok(), length: length.parse().ok(), meaning: meaning.to_owned() }
        };
        Self(rows.map(field).collect())
    }

    /// An example as it stands in the golden file. `open` gives the lengths that the drawing leaves open, in their order; the
    /// last of them is what is left.
    ///
    /// # Panics
    /// The bytes are not as they are drawn.
    pub fn section(&self, name: &str, bytes: &[u8], open: &[usize]) -> String {
        let (mut section, mut at, mut open) = (format!("== {name}\n"), 0, open.iter().copied());
        for Field { offset, length, meaning } in &self.0 {
            assert!(offset.is_none_or(|offset| offset == at), "{name}: {meaning} stands at {at}");
            let length = length.or_else(|| open.next()).unwrap_or(bytes.len() - at);
            let field = bytes.get(at..at + length).unwrap_or_else(|| panic!("{name} has {meaning}"));
            if let Some(version) = meaning.strip_prefix("version: ") {
                assert_eq!(version.parse(), Ok(field[0]), "{name} is of the version that is drawn");
            }
            writeln!(section, "-- {meaning}\n{}", lines(field)).expect("a String takes everything");
            at += length;
        }
        assert_eq!(at, bytes.len(), "{name} is drawn to its end");
        section
    }
}

/// A text as it stands in the golden file: each of its lines for people, and under it its bytes.
pub fn text_section(name: &str, text: &str) -> String {
    let line = |line: &str| format!("{}\n{}\n", format!("-- {line}").trim_end(), lines(line.as_bytes()));
    format!("== {name}\n{}", text.split_inclusive('\n').map(line).collect::<String>())
}

/// Bytes without parts as they stand in the golden file.
pub fn bytes_section(name: &str, bytes: &[u8]) -> String {
    format!("== {name}\n-- bytes\n{}\n", lines(bytes))
}

fn lines(bytes: &[u8]) -> String {
    bytes.chunks(48).map(hex::encode).collect::<Vec<_>>().join("\n")
}

/// The bytes of an example in a golden file.
///
/// # Panics
/// There is no such example.
pub fn bytes_of(golden: &str, name: &str) -> Vec<u8> {
    let section = golden.lines().skip_while(|line| line.strip_prefix("== ") != Some(name)).skip(1);
    let digits = section.take_while(|line| !line.starts_with("== ")).filter(|line| !line.starts_with("--"));
    let bytes = hex::decode(digits.collect::<String>()).expect("hexadecimal digits");
    assert!(!bytes.is_empty(), "{name} is in the golden file");
    bytes
}

/// Holds a golden file against what the code writes today.
///
/// # Panics
/// They differ; what the file would have to say is told.
pub fn check(golden: &str, sections: &[String]) {
    let written = sections.concat();
    assert!(golden == written, "the bytes of a format changed: that needs a new version. They would be:\n{written}");
}

/// The text of an example in a golden file.
///
/// # Panics
/// There is no such example, or it is no text.
pub fn text_of(golden: &str, name: &str) -> String {
    String::from_utf8(bytes_of(golden, name)).expect("text")
}

/// Every truncation and every flipped bit of a text that leaves one, each with what was done.
pub fn damaged_text(text: &str) -> impl Iterator<Item = (String, String)> {
    damaged(text.as_bytes()).filter_map(|(what, bytes)| Some((what, String::from_utf8(bytes).ok()?)))
}

/// Every truncation and every flipped bit, each with what was done.
pub fn damaged(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let cut = (0..bytes.len()).map(|len| (format!("cut to {len}"), bytes[..len].to_vec()));
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (format!("bit {} of byte {}", bit % 8, bit / 8), flipped)
    });
    cut.chain(flipped)
}
