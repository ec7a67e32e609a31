//! Reading CSV. A row is one line of the file: where a quotation mark stays open, or a line breaks off inside a field, what
//! is one row and what are several can only be guessed, so everything from there to where it adds up again is refused,
//! and each line's no is looked for on its own.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::read::{FileRow, LONGEST, nothing};
use super::row::{Column, Mend, RowFault, RowFields};

/// Why no row of a file can be read. Nothing in it repeats what the file says: without a header its first line is a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// Nothing is in it.
    #[error("it is empty; the first line of a table names its columns")]
    Empty,
    /// UTF-16.
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    /// Some other encoding.
    #[error("line {0}, the header, is not UTF-8; save the file as UTF-8")]
    Encoding(u64),
    /// No name of a column.
    #[error("line {0} is no header: the first line names the columns, out of {all}", all = every_column())]
    None(u64),
    /// One that there is not.
    #[error("line {line}, the header: there is no such column as its {}{}", ordinal(*.place), suggestion(*.meant))]
    Unknown {
        /// The line of the header.
        line: u64,
        /// Which column, from 1.
        place: usize,
        /// What it may mean.
        meant: Option<&'static str>,
    },
    /// One without a name.
    #[error("line {line}, the header: its {} has no name", ordinal(*.place))]
    Unnamed {
        /// The line of the header.
        line: u64,
        /// Which column, from 1.
        place: usize,
    },
    /// One that stands there twice.
    #[error("line {0}, the header: the column {1} stands there twice")]
    Twice(u64, &'static str),
    /// A quotation mark.
    #[error("line {0}, the header: a quotation mark is not closed in its line")]
    Quote(u64),
}

fn ordinal(place: usize) -> String {
    let end = match (place % 10, place % 100) {
        (1, n) if n != 11 => "st",
        (2, n) if n != 12 => "nd",
        (3, n) if n != 13 => "rd",
        _ => "th",
    };
    format!("{place}{end}")
}

fn every_column() -> String {
    Column::ALL.map(|(_, name)| name).join(", ")
}

fn suggestion(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// A line of a file, without its end.
struct Physical {
    number: u64,
    bytes: Vec<u8>,
    /// Longer than any honest row; the rest of it is not in `bytes`.
    is_cut: bool,
    end: TableEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TableEnd {
    /// LF, or CR and LF.
    Feed,
    /// CR alone, as old Macs write it.
    Return,
    /// Of the file.
    Nothing,
}

/// The lines of a file, whichever way they end.
struct Lines<R> {
    file: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<Physical>> {
        let mut line = Physical { number: self.number, bytes: Vec::new(), is_cut: false, end: TableEnd::Nothing };
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                let is_over = line.bytes.is_empty() && !line.is_cut;
                self.number += u64::from(!is_over);
                return Ok((!is_over).then_some(line));
            }
            let at = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = &buffer[..at.unwrap_or(buffer.len())];
            let room = LONGEST.saturating_sub(line.bytes.len());
            line.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
            line.is_cut |= piece.len() > room;
            let end = at.map(|at| buffer[at]);
            let read = piece.len() + usize::from(end.is_some());
            self.file.consume(read);
            if let Some(byte) = end {
                line.end = self.end(byte)?;
                self.number += 1;
                return Ok(Some(line));
            }
        }
    }

    fn end(&mut self, byte: u8) -> io::Result<TableEnd> {
        if byte == b'\n' {
            return Ok(TableEnd::Feed);
        }
        if self.file.fill_buf()?.first() != Some(&b'\n') {
            return Ok(TableEnd::Return);
        }
        self.file.consume(1);
        Ok(TableEnd::Feed)
    }
}

/// Reads the fields of a record, byte by byte, so that it can go on in a further line.
struct Scanner {
    separator: u8,
    fields: Vec<Vec<u8>>,
    field: Vec<u8>,
    at: TablePosition,
    /// A quotation mark stands where none may.
    is_stray: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TablePosition {
    /// The field has not begun; spaces before a quotation mark are nothing.
    Start,
    Bare,
    Quoted,
    /// Behind a quotation mark in a quoted field: its end, or half of a doubled one.
    Mark,
    /// Behind the end of a quoted field.
    Behind,
}

impl Scanner {
    fn new(separator: u8) -> Self {
        Self { separator, fields: Vec::new(), field: Vec::new(), at: TablePosition::Start, is_stray: false }
    }

    fn feed(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.see(*byte));
    }

    fn see(&mut self, byte: u8) {
        let is_separator = byte == self.separator;
        match self.at {
            TablePosition::Quoted if byte == b'"' => self.at = TablePosition::Mark,
            TablePosition::Quoted => self.field.push(byte),
            TablePosition::Mark if byte == b'"' => {
                self.field.push(byte);
                self.at = TablePosition::Quoted;
            }
            _ if is_separator => self.end_field(),
            TablePosition::Mark | TablePosition::Behind if byte == b' ' => self.at = TablePosition::Behind,
            TablePosition::Start if byte == b'"' => {
                self.field.clear();
                self.at = TablePosition::Quoted;
            }
            TablePosition::Start if byte == b' ' => self.field.push(byte),
            TablePosition::Mark | TablePosition::Behind => {
                self.is_stray = true;
                self.field.push(byte);
                self.at = TablePosition::Bare;
            }
            TablePosition::Start | TablePosition::Bare => {
                self.is_stray |= byte == b'"';
                self.field.push(byte);
                self.at = TablePosition::Bare;
            }
        }
    }

    fn end_field(&mut self) {
        self.fields.push(std::mem::take(&mut self.field));
        self.at = TablePosition::Start;
    }

    fn is_open(&self) -> bool {
        self.at == TablePosition::Quoted
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.end_field();
        self.fields
    }
}

/// The rows of a table.
pub struct Table<R> {
    lines: Lines<R>,
    separator: u8,
    columns: Vec<Column>,
    /// How many cells the header has, with empty ones at its end.
    width: usize,
    /// How the lines of this file end.
    end: TableEnd,
    /// Lines that were read with an earlier one and stand for themselves.
    waiting: VecDeque<FileRow>,
    over: bool,
}

impl<R: BufRead> Table<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it cannot be right; no row is read then.
    pub fn open(mut file: R) -> Result<Self, HeaderFault> {
        let unreadable = |error: io::Error| HeaderFault::Unreadable(error.to_string());
        let start = file.fill_buf().map_err(unreadable)?;
        if is_utf16(start) {
            return Err(HeaderFault::Utf16);
        }
        if start.starts_with(b"\xef\xbb\xbf") {
            file.consume(3);
        }
        let mut lines = Lines { file, number: 1 };
        let mut announced = None;
        loop {
            let line = lines.next().map_err(unreadable)?.ok_or(HeaderFault::Empty)?;
            if announced.is_none() && line.number == 1 {
                announced = announced_separator(&line.bytes);
                if announced.is_some() {
                    continue;
                }
            }
            if !line.bytes.trim_ascii().is_empty() {
                let separator = announced.unwrap_or_else(|| separator(&line.bytes));
                let (columns, width) = header(&line, separator)?;
                let (waiting, over) = (VecDeque::new(), line.end == TableEnd::Nothing);
                return Ok(Self { lines, separator, columns, width, end: line.end, waiting, over });
            }
        }
    }

    /// The next record: one line, unless a quotation mark stays open or a line ends as no other does.
    fn record(&mut self) -> io::Result<Option<FileRow>> {
        let first = loop {
            match self.lines.next()? {
                Some(line) if line.bytes.trim_ascii().is_empty() && !line.is_cut => {}
                Some(line) => break line,
                None => return Ok(None),
            }
        };
        if first.is_cut {
            return Ok(Some(self.refused(first.number, first.number, Mend::TooLong, None)));
        }
        let mut scanner = Scanner::new(self.separator);
        scanner.feed(&first.bytes);
        if !scanner.is_open() && !self.breaks_off(&first) {
            return Ok(Some(self.row(&first, scanner)));
        }
        let mut group = vec![first];
        let mut length = group[0].bytes.len();
        while length < LONGEST && (scanner.is_open() || group.last().is_some_and(|last| self.breaks_off(last))) {
            let Some(next) = self.lines.next()? else { break };
            if !scanner.is_open() {
                // The end of a line that is none of this file's: whatever follows is taken as part of the record.
                scanner.at = TablePosition::Bare;
            }
            scanner.feed(b" ");
            scanner.feed(&next.bytes);
            length += next.bytes.len() + 1;
            group.push(next);
        }
        Ok(Some(self.broken(&group, scanner)))
    }

    /// Whether a quotation mark stays open in a line.
    fn opens(&self, bytes: &[u8]) -> bool {
        let mut scanner = Scanner::new(self.separator);
        scanner.feed(bytes);
        scanner.is_open()
    }

    fn breaks_off(&self, line: &Physical) -> bool {
        line.end != self.end && line.end != TableEnd::Nothing
    }

    fn row(&self, line: &Physical, scanner: Scanner) -> FileRow {
        let number = line.number;
        if scanner.is_stray {
            let alone = self.fields_alone(&line.bytes);
            return self.refused(number, number, Mend::Quote, alone);
        }
        let cells = scanner.finish();
        match self.assigned(&cells, &line.bytes) {
            Some((fields, fault)) if fault.is_none() && fields.is_the_header(&self.columns) => {
                self.refused(number, number, Mend::HeaderAgain, Some(fields))
            }
            Some((fields, fault)) => {
                let is_blank = fault.is_none() && fields.is_empty();
                // Of a short row that is refused after all, a separator may be missing, and what follows stands elsewhere.
                let is_short = cells.len() < self.columns.len();
                let may_say_no = is_short && self.has_a_no();
                let is_an_end = is_short && fault.is_none() && fields.look_like_an_end();
                let fault = fault.or(is_an_end.then_some(RowFault { column: None, mend: Mend::EndOfAnother }));
                FileRow { may_say_no, is_blank, ..FileRow::new(number, fields, fault) }
            }
            None => self.refused(number, number, Mend::Fields, None),
        }
    }

    /// A record of several lines: refused, and every line of it looked at on its own.
    fn broken(&mut self, group: &[Physical], scanner: Scanner) -> FileRow {
        let (first, last) = (group[0].number, group.last().map_or(group[0].number, |line| line.number));
        let whole = (!scanner.is_open() && !scanner.is_stray).then(|| scanner.finish());
        let whole = whole.and_then(|cells| self.assigned(&cells, b""));
        let adds_up = whole.is_some();
        // Where no quotation mark is open, it is the ends of lines that do not go together.
        let (mend, below) = match adds_up {
            true => (Mend::LineBreak, Mend::InsideQuotes(first)),
            false if self.breaks_off(&group[0]) && !self.opens(&group[0].bytes) => (Mend::LineEnds, Mend::LineEnds),
            false => (Mend::OpenQuote, Mend::InsideQuotes(first)),
        };
        for line in &group[1..] {
            let alone = if line.is_cut { None } else { self.fields_alone(&line.bytes) };
            let says_no = alone.as_ref().is_some_and(RowFields::say_no);
            if !adds_up || says_no {
                let row = self.refused(line.number, line.number, below, alone);
                self.waiting.push_back(row);
            }
        }
        let fields = match whole {
            Some((fields, _)) => Some(fields),
            None => self.fields_alone(&group[0].bytes),
        };
        self.refused(first, last, mend, fields)
    }

    /// Whether a no can stand in this file.
    fn has_a_no(&self) -> bool {
        self.columns.iter().any(|column| column.may_say_no())
    }

    fn refused(&self, number: u64, last: u64, mend: Mend, fields: Option<RowFields>) -> FileRow {
        let may_say_no = fields.is_none() && self.has_a_no();
        let fault = Some(RowFault { column: None, mend });
        FileRow { last, may_say_no, ..FileRow::new(number, fields.unwrap_or_default(), fault) }
    }

    /// What a line says by itself, whatever its quotation marks say; `None` where that fits no header.
    fn fields_alone(&self, bytes: &[u8]) -> Option<RowFields> {
        let mut scanner = Scanner::new(self.separator);
        scanner.feed(bytes);
        let is_plain = !scanner.is_open() && !scanner.is_stray;
        let cells = if is_plain {
            scanner.finish()
        } else {
            let cells = bytes.split(|byte| *byte == self.separator);
            cells.map(|cell| cell.iter().copied().filter(|byte| *byte != b'"').collect()).collect()
        };
        self.assigned(&cells, bytes).map(|(fields, _)| fields)
    }

    /// The cells by their columns, and what is wrong with the first that cannot be read; `None` where which cell stands in
    /// which column cannot be said. Exports leave out empty cells at the end.
    fn assigned(&self, cells: &[Vec<u8>], line: &[u8]) -> Option<(RowFields, Option<RowFault>)> {
        let is_filled = |cell: &Vec<u8>| !cell.trim_ascii().is_empty();
        let beyond = cells.get(self.columns.len()..).unwrap_or_default();
        if cells.len() > self.width || beyond.iter().any(is_filled) || self.is_of_another_separator(cells, line) {
            return None;
        }
        let text = |(column, cell): (&Column, &Vec<u8>)| match std::str::from_utf8(cell) {
            Ok(text) if text.contains(is_no_text) => {
                Err((RowFault { column: Some(*column), mend: Mend::Text }, text.to_owned()))
            }
            Ok(text) => Ok((*column, text.to_owned())),
            Err(_) => {
                let fault = RowFault { column: Some(*column), mend: Mend::Encoding };
                Err((fault, String::from_utf8_lossy(cell).into_owned()))
            }
        };
        let mut fields = RowFields::default();
        let mut fault = None;
        for read in self.columns.iter().zip(cells).map(text) {
            match read {
                Ok((column, text)) => fields.push(column, text),
                // A no is looked for in what is left of it; nothing else is taken from there.
                Err((wrong, text)) => {
                    fault = fault.or(Some(wrong));
                    let of_a_no = wrong.column.filter(|column| column.may_say_no());
                    of_a_no.into_iter().for_each(|column| fields.push(column, text.clone()));
                }
            }
        }
        Some((fields, fault))
    }

    /// A short row that another separator cuts into more pieces was written for that one.
    fn is_of_another_separator(&self, cells: &[Vec<u8>], line: &[u8]) -> bool {
        let pieces = |separator: &u8| line.split(|byte| byte == separator).count();
        let others = [b',', b';', b'\t'].into_iter().filter(|other| *other != self.separator);
        cells.len() < self.columns.len() && others.map(|other| pieces(&other)).any(|pieces| pieces > cells.len())
    }
}

/// What stands in no line of text: NUL and the like, and every other way to break a line.
fn is_no_text(c: char) -> bool {
    c.is_control() && c != '\t' || matches!(c, '\u{2028}' | '\u{2029}')
}

impl<R: BufRead> Iterator for Table<R> {
    type Item = FileRow;

    fn next(&mut self) -> Option<FileRow> {
        if let Some(line) = self.waiting.pop_front() {
            return Some(line);
        }
        if self.over {
            return None;
        }
        match self.record() {
            Ok(Some(line)) => Some(line),
            Ok(None) => {
                self.over = true;
                None
            }
            Err(_) => {
                self.over = true;
                let (fields, fault) = nothing(Mend::Unreadable);
                Some(FileRow { may_say_no: true, ..FileRow::new(self.lines.number, fields, fault) })
            }
        }
    }
}

/// Whether a file that begins so is UTF-16, with its mark or without.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    let has_mark = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let early = &start[..start.len().min(64)];
    // Latin letters in UTF-16: every second byte is zero.
    let zeros = early.split(|byte| *byte == 0).count() - 1;
    has_mark || early.len() >= 4 && zeros * 3 > early.len()
}

/// The separator of the header: the one that it has most of.
fn separator(header: &[u8]) -> u8 {
    let count = |separator: u8| header.split(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The separator that a first line `sep=;` names, as Excel writes it.
fn announced_separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, separator) = line.split_at_checked(4)?;
    let [separator] = separator else { return None };
    (name.eq_ignore_ascii_case(b"sep=") && b",;\t|".contains(separator)).then_some(*separator)
}

/// The columns, and how many cells stand there with empty ones at the end.
fn header(line: &Physical, separator: u8) -> Result<(Vec<Column>, usize), HeaderFault> {
    let number = line.number;
    let mut scanner = Scanner::new(separator);
    scanner.feed(&line.bytes);
    if scanner.is_open() || scanner.is_stray || line.is_cut {
        return Err(HeaderFault::Quote(number));
    }
    let mut names = Vec::new();
    for cell in scanner.finish() {
        names.push(String::from_utf8(cell).map_err(|_| HeaderFault::Encoding(number))?);
    }
    let width = names.len();
    // Spreadsheets write the empty columns at the right of a table, too.
    while names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    if names.is_empty() {
        return Err(HeaderFault::Empty);
    }
    if names.iter().all(|name| Column::from_name(name).is_none() && Column::close_to(name).is_none()) {
        return Err(HeaderFault::None(number));
    }
    let mut columns = Vec::new();
    for (place, name) in (1..).zip(&names) {
        let column = match Column::from_name(name) {
            Some(column) => column,
            None if name.trim().is_empty() => return Err(HeaderFault::Unnamed { line: number, place }),
            None => {
                let meant = Column::close_to(name).map(Column::name);
                return Err(HeaderFault::Unknown { line: number, place, meant });
            }
        };
        if columns.contains(&column) {
            return Err(HeaderFault::Twice(number, column.name()));
        }
        columns.push(column);
    }
    Ok((columns, width))
}
