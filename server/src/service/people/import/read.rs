//! Reading a file row by row: CSV with a header, or JSON Lines.

use std::collections::VecDeque;
use std::io::{BufRead, Read as _};
use std::path::Path;

use super::row::{Column, Fields, Mend, RowFault};

/// A row as it stands in the file.
pub struct Line {
    /// The number of its first line, from 1.
    pub number: u64,
    /// What it says, as far as it can be read.
    pub fields: Fields,
    /// Why it cannot be read as a whole.
    pub fault: Option<RowFault>,
}

/// Rows, one by one.
pub type Lines<'a> = Box<dyn Iterator<Item = Line> + Send + 'a>;

/// Longer than any honest row.
const LONGEST: usize = 64 << 10;

/// The rows of a file. What it is shows in its name, else in its first character.
///
/// # Errors
/// When the header cannot be right; nothing is read then.
pub fn rows<'a>(name: &Path, mut file: impl BufRead + Send + 'a) -> Result<Lines<'a>, String> {
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let whole = file.fill_buf().map_err(|error| format!("{} cannot be read: {error}", name.display()))?;
    let start = whole.strip_prefix(b"\xef\xbb\xbf").unwrap_or(whole);
    let mark = whole.len() - start.len();
    let is_json = match extension.as_str() {
        "csv" | "tsv" | "txt" => false,
        "jsonl" | "ndjson" | "json" => true,
        _ => start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{'),
    };
    if is_json {
        return Ok(json_lines(file));
    }
    let Some((separator, length)) = announced(start) else {
        let separator = separator(start);
        return csv_rows(name, Numbered::from(1, file), separator);
    };
    file.consume(mark + length);
    csv_rows(name, Numbered::from(2, file), separator)
}

/// The rows of JSON Lines.
pub fn json_lines<'a>(file: impl BufRead + Send + 'a) -> Lines<'a> {
    Box::new(JsonLines { file, number: 0, over: false })
}

/// The separator of the header: a comma, unless there is none and something else that tables are separated by.
fn separator(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    *[b',', b';', b'\t'].iter().find(|separator| header.contains(separator)).unwrap_or(&b',')
}

/// The separator that a first line `sep=;` names, as Excel writes it, and how many bytes that line has.
fn announced(start: &[u8]) -> Option<(u8, usize)> {
    let (name, rest) = start.split_at_checked(4)?;
    let (separator, rest) = rest.split_first()?;
    let end = [b"\r\n".as_slice(), b"\n", b"\r"].into_iter().find(|end| rest.starts_with(end))?;
    let is_one = name.eq_ignore_ascii_case(b"sep=") && b",;\t|".contains(separator);
    is_one.then_some((*separator, 5 + end.len()))
}

fn csv_rows<'a>(name: &Path, file: Numbered<impl BufRead + Send + 'a>, separator: u8) -> Result<Lines<'a>, String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(file);
    let header = reader.headers().map_err(|_| format!("{}: the header is not UTF-8", name.display()))?;
    let columns: Result<Vec<Column>, String> = header.iter().map(column).collect();
    let columns = columns.map_err(|what| format!("{}: {what}", name.display()))?;
    if let Some(twice) = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column)) {
        return Err(format!("{}: the column {} stands there twice", name.display(), twice.1.name()));
    }
    Ok(Box::new(CsvLines { records: reader.into_byte_records(), columns, over: false }))
}

/// Counts the lines of what is read through it. The reader of CSV cannot: it counts no bare CR, and a record's place is
/// that of the line end before it.
struct Numbered<R> {
    file: R,
    /// How many bytes were read.
    read: u64,
    line: u64,
    is_behind_cr: bool,
    is_at_start: bool,
    /// Where lines start that are not empty, and their numbers.
    starts: VecDeque<(u64, u64)>,
}

impl<R> Numbered<R> {
    fn from(line: u64, file: R) -> Self {
        Self { file, read: 0, line, is_behind_cr: false, is_at_start: true, starts: VecDeque::new() }
    }

    fn see(&mut self, byte: u8) {
        match byte {
            b'\n' if self.is_behind_cr => {}
            b'\n' | b'\r' => {
                self.line += 1;
                self.is_at_start = true;
            }
            _ if self.is_at_start => {
                self.starts.push_back((self.read, self.line));
                self.is_at_start = false;
            }
            _ => {}
        }
        self.is_behind_cr = byte == b'\r';
        self.read += 1;
    }

    /// The first line from a place on that is not empty; what lies before it is forgotten.
    fn line_from(&mut self, place: u64) -> u64 {
        while self.starts.front().is_some_and(|(start, _)| *start < place) {
            self.starts.pop_front();
        }
        self.starts.front().map_or(self.line, |(_, line)| *line)
    }
}

impl<R: std::io::Read> std::io::Read for Numbered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.file.read(buffer)?;
        buffer[..length].iter().for_each(|byte| self.see(*byte));
        Ok(length)
    }
}

struct CsvLines<R> {
    records: csv::ByteRecordsIntoIter<Numbered<R>>,
    columns: Vec<Column>,
    over: bool,
}

impl<R: std::io::Read> Iterator for CsvLines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.over {
            return None;
        }
        Some(match self.records.next()? {
            Ok(record) => {
                let (fields, fault) = fields_of(&self.columns, &record);
                let place = record.position().map_or(0, csv::Position::byte);
                Line { number: self.records.reader_mut().get_mut().line_from(place), fields, fault }
            }
            Err(_) => {
                self.over = true;
                let place = self.records.reader().position().byte();
                broken_off(self.records.reader_mut().get_mut().line_from(place))
            }
        })
    }
}

fn broken_off(number: u64) -> Line {
    let (fields, fault) = nothing(Mend::Unreadable);
    Line { number, fields, fault }
}

/// A row of which nothing can be read.
fn nothing(mend: Mend) -> (Fields, Option<RowFault>) {
    (Fields(Vec::new()), Some(RowFault { column: None, mend }))
}

/// A column of the header; a header is no personal data, so it may be repeated.
fn column(name: &str) -> Result<Column, String> {
    let name = name.trim_start_matches('\u{feff}').trim();
    Column::of(name).ok_or_else(|| {
        let alike = |known: &str| strsim::jaro_winkler(known, &name.to_lowercase());
        let close = Column::ALL.iter().map(|(_, known)| *known).max_by(|a, b| alike(a).total_cmp(&alike(b)));
        let meant = close.filter(|known| alike(known) > 0.8).map(|known| format!("; did you mean {known}?"));
        let short: String = name.chars().take(40).collect();
        format!("there is no column \"{short}\"{}", meant.unwrap_or_default())
    })
}

fn fields_of(columns: &[Column], record: &csv::ByteRecord) -> (Fields, Option<RowFault>) {
    if record.as_slice().len() > LONGEST {
        return nothing(Mend::TooLong);
    }
    // Which field stands in which column cannot be said then.
    if record.len() != columns.len() {
        return nothing(Mend::Fields);
    }
    let text = |(column, text): (&Column, &[u8])| match std::str::from_utf8(text) {
        Ok(text) => Ok((*column, text.to_owned())),
        Err(_) => Err(RowFault { column: Some(*column), mend: Mend::Encoding }),
    };
    readable(columns.iter().zip(record).map(text))
}

/// The fields that can be read, and the first that cannot.
fn readable(fields: impl Iterator<Item = Result<(Column, String), RowFault>>) -> (Fields, Option<RowFault>) {
    let mut read = Vec::new();
    let mut fault = None;
    for field in fields {
        match field {
            Ok(field) => read.push(field),
            Err(what) => fault = fault.or(Some(what)),
        }
    }
    (Fields(read), fault)
}

struct JsonLines<R> {
    file: R,
    number: u64,
    over: bool,
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.over {
            let mut bytes = Vec::new();
            self.number += 1;
            let Ok(read) = self.file.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes) else {
                self.over = true;
                return Some(broken_off(self.number));
            };
            self.over = read == 0;
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii();
            if read > LONGEST {
                self.skip_line();
                let (fields, fault) = nothing(Mend::TooLong);
                return Some(Line { number: self.number, fields, fault });
            }
            if !text.is_empty() {
                let (fields, fault) = members(text);
                return Some(Line { number: self.number, fields, fault });
            }
        }
        None
    }
}

impl<R: BufRead> JsonLines<R> {
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

fn members(text: &[u8]) -> (Fields, Option<RowFault>) {
    let object: serde_json::Map<String, serde_json::Value> = match serde_json::from_slice(text) {
        Ok(object) => object,
        Err(_) => return nothing(Mend::Json),
    };
    let member = |(name, value): (String, serde_json::Value)| {
        let column = Column::of(&name).ok_or(RowFault { column: None, mend: Mend::Json })?;
        let text = plain(column, value).ok_or(RowFault { column: Some(column), mend: Mend::Json })?;
        Ok((column, text))
    };
    readable(object.into_iter().map(member))
}

/// A value as it would stand in CSV.
fn plain(column: Column, value: serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let between = if column == Column::Lines { "|" } else { " " };
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        Value::Array(values) => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(between))
        }
        Value::Object(_) => None,
    }
}
