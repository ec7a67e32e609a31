//! Reading a file row by row: CSV with a header, or JSON Lines.

use std::io::{BufRead, Read as _};
use std::path::Path;

use super::row::{Column, Mend, RowFault, RowFields};
use super::table::{HeaderFault, Table, is_utf16};
use crate::json::Node;

/// A row as it stands in the file.
pub struct FileRow {
    /// The number of its first line, from 1.
    pub number: u64,
    /// The number of its last line.
    pub last: u64,
    /// What it says, as far as it can be read.
    pub fields: RowFields,
    /// Why it cannot be read as a whole.
    pub fault: Option<RowFault>,
    /// Whether what cannot be read of it may say a no.
    pub may_say_no: bool,
    /// Whether it says nothing at all: separators alone.
    pub is_blank: bool,
    /// A member that there is not, by its name.
    pub unknown: Option<String>,
}

impl FileRow {
    /// One line, read.
    pub fn new(number: u64, fields: RowFields, fault: Option<RowFault>) -> Self {
        Self { number, last: number, fields, fault, may_say_no: false, is_blank: false, unknown: None }
    }
}

/// Rows, one by one.
pub type FileRows<'a> = Box<dyn Iterator<Item = FileRow> + Send + 'a>;

/// Longer than any honest row.
pub const LONGEST: usize = 64 << 10;

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct FileFault {
    pub file: String,
    pub fault: HeaderFault,
}

/// The rows of a file. What it is shows in its name, else in its first character.
///
/// # Errors
/// When the header cannot be right; nothing is read then.
pub fn rows<'a>(name: &Path, mut file: impl BufRead + Send + 'a) -> Result<FileRows<'a>, FileFault> {
    let fault = |fault| FileFault { file: name.display().to_string(), fault };
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let whole = file.fill_buf().map_err(|error| fault(HeaderFault::Unreadable(error.to_string())))?;
    if is_utf16(whole) {
        return Err(fault(HeaderFault::Utf16));
    }
    let start = whole.strip_prefix(b"\xef\xbb\xbf").unwrap_or(whole);
    let is_json = match extension.as_str() {
        "csv" | "tsv" | "txt" => false,
        "jsonl" | "ndjson" | "json" => true,
        _ => start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{'),
    };
    if is_json {
        return Ok(json_lines(file));
    }
    Ok(Box::new(Table::open(file).map_err(fault)?))
}

/// The rows of JSON Lines.
pub fn json_lines<'a>(file: impl BufRead + Send + 'a) -> FileRows<'a> {
    Box::new(JsonLines { file, number: 0, over: false })
}

/// A row of which nothing can be read.
pub fn nothing(mend: Mend) -> (RowFields, Option<RowFault>) {
    (RowFields::default(), Some(RowFault { column: None, mend }))
}

struct JsonLines<R> {
    file: R,
    number: u64,
    over: bool,
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = FileRow;

    fn next(&mut self) -> Option<FileRow> {
        while !self.over {
            let mut bytes = Vec::new();
            self.number += 1;
            let Ok(read) = self.file.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes) else {
                self.over = true;
                return Some(self.unread(Mend::Unreadable));
            };
            self.over = read == 0;
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii();
            if read > LONGEST {
                self.skip_line();
                return Some(self.unread(Mend::TooLong));
            }
            if !text.is_empty() {
                return Some(json_row(self.number, text));
            }
        }
        None
    }
}

impl<R: BufRead> JsonLines<R> {
    fn unread(&self, mend: Mend) -> FileRow {
        let (fields, fault) = nothing(mend);
        FileRow { may_say_no: true, ..FileRow::new(self.number, fields, fault) }
    }

    fn skip_line(&mut self) {
        let mut rest = Vec::new();
        while let Ok(read) = self.file.by_ref().take(LONGEST as u64).read_until(b'\n', &mut rest) {
            if read == 0 || rest.ends_with(b"\n") {
                return;
            }
            rest.clear();
        }
    }
}

/// A row of JSON, as far as it can be read.
pub fn json_row(number: u64, text: &[u8]) -> FileRow {
    let node = Node::parse_json(text).ok();
    let Some(members) = node.as_ref().and_then(Node::members) else {
        let (fields, fault) = nothing(Mend::Json);
        return FileRow { may_say_no: true, ..FileRow::new(number, fields, fault) };
    };
    let mut line = FileRow::new(number, RowFields::default(), None);
    for (name, value) in members {
        line.add_field(name, value);
    }
    line
}

impl FileRow {
    fn add_field(&mut self, name: &str, value: &Node) {
        let Some(column) = Column::from_name(name) else {
            self.may_say_no |= Column::close_to(name).is_some_and(Column::may_say_no);
            self.unknown = self.unknown.take().or_else(|| Some(name.to_owned()));
            let meant = Column::close_to(name).map(Column::name);
            return self.refuse(RowFault { column: None, mend: Mend::Member(meant) });
        };
        if self.fields.has(column) {
            self.refuse(RowFault { column: Some(column), mend: Mend::Twice });
        }
        let (text, is_whole) = plain(column, value);
        if !is_whole {
            self.may_say_no |= column.may_say_no();
            self.refuse(RowFault { column: Some(column), mend: Mend::Value });
        }
        self.fields.push(column, text);
    }

    fn refuse(&mut self, fault: RowFault) {
        self.fault = self.fault.or(Some(fault));
    }
}

/// A value as it would stand in CSV, and whether that is all of it.
fn plain(column: Column, value: &Node) -> (String, bool) {
    let between = if column == Column::Lines { "|" } else { " " };
    match value {
        Node::Null => (String::new(), true),
        Node::Bool(yes) => (if *yes { "yes" } else { "no" }.to_owned(), true),
        Node::Number(number) => (number.to_string(), true),
        Node::Text(text) => (text.clone(), true),
        Node::List(values) => {
            let texts: Vec<&str> = values.iter().filter_map(Node::text).collect();
            (texts.join(between), texts.len() == values.len())
        }
        Node::Object(_) => (String::new(), false),
    }
}
