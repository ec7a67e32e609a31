//! HTML token by token (WHATWG HTML, section 13.2.5), as far as it tells what is shown. Each byte is looked at a bounded
//! number of times; html5ever's own tokenizer compares every attribute of a tag with every other.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// A piece of HTML. Comments are none.
pub enum HtmlToken<'a> {
    /// Text, not decoded.
    Text(&'a str),
    /// What stands in a `style` element.
    Raw(&'a str),
    Start(Tag<'a>),
    /// An end tag, by its name.
    End(&'a str),
}

/// A start tag, with the attributes that matter here; of two with one name the first counts.
#[derive(Default)]
pub struct Tag<'a> {
    pub name: &'a str,
    pub href: Option<&'a str>,
    pub style: Option<&'a str>,
    pub class: Option<&'a str>,
    pub id: Option<&'a str>,
    pub alt: Option<&'a str>,
    pub width: Option<&'a str>,
    pub height: Option<&'a str>,
    pub media: Option<&'a str>,
    pub color: Option<&'a str>,
    pub bgcolor: Option<&'a str>,
    pub background: Option<&'a str>,
    pub is_hidden: bool,
    pub is_open: bool,
}

impl<'a> Tag<'a> {
    fn add_attribute(&mut self, name: &str, value: &'a str) {
        let slot = match name.to_ascii_lowercase().as_str() {
            "hidden" => {
                self.is_hidden = true;
                return;
            }
            "open" => {
                self.is_open = true;
                return;
            }
            "href" => &mut self.href,
            "style" => &mut self.style,
            "class" => &mut self.class,
            "id" => &mut self.id,
            "alt" => &mut self.alt,
            "width" => &mut self.width,
            "height" => &mut self.height,
            "media" => &mut self.media,
            "color" => &mut self.color,
            "bgcolor" => &mut self.bgcolor,
            "background" => &mut self.background,
            _ => return,
        };
        slot.get_or_insert(value);
    }
}

/// Elements whose content is text up to their own end tag.
const RAW: [&str; 9] = ["style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// Reads tokens.
pub struct TokenReader<'a> {
    rest: &'a str,
    /// The raw element whose content comes next.
    raw: Option<&'static str>,
}

impl<'a> TokenReader<'a> {
    pub fn new(html: &'a str) -> Self {
        Self { rest: html, raw: None }
    }

    fn skip_to(&mut self, at: usize) {
        self.rest = &self.rest[at..];
    }

    fn text(&mut self) -> HtmlToken<'a> {
        let end = self.rest[1..].find('<').map_or(self.rest.len(), |at| at + 1);
        self.token_up_to(end)
    }

    fn token_up_to(&mut self, end: usize) -> HtmlToken<'a> {
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        HtmlToken::Text(text)
    }

    fn raw(&mut self, name: &str) -> Option<HtmlToken<'a>> {
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(|at| {
            let behind = &self.rest.as_bytes()[at + 2..];
            let is_name = behind.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            is_name && behind.get(name.len()).is_none_or(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte))
        });
        let end = end.unwrap_or(self.rest.len());
        let content = &self.rest[..end];
        self.skip_to(end);
        (name == "style").then_some(HtmlToken::Raw(content))
    }

    /// Behind `<!--`.
    fn comment(&mut self) {
        let bytes = self.rest.as_bytes();
        if let Some(length) = [">", "->"].into_iter().find(|end| self.rest.starts_with(end)).map(str::len) {
            return self.skip_to(length);
        }
        let mut at = 0;
        while let Some(found) = bytes[at..].windows(2).position(|pair| pair == b"--").map(|found| found + at) {
            match (bytes.get(found + 2), bytes.get(found + 3)) {
                (Some(b'>'), _) => return self.skip_to(found + 3),
                (Some(b'!'), Some(b'>')) => return self.skip_to(found + 4),
                _ => at = found + 1,
            }
        }
        self.rest = "";
    }

    fn skip_behind(&mut self, mark: char) {
        let end = self.rest.find(mark).map_or(self.rest.len(), |at| at + mark.len_utf8());
        self.skip_to(end);
    }

    /// A name up to white space, `/` or `>`.
    fn name(&mut self) -> &'a str {
        let is_end = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    /// Behind `<`, at a letter; `None` where the file ends in the tag.
    fn tag(&mut self) -> Option<Tag<'a>> {
        let mut tag = Tag { name: self.name(), ..Tag::default() };
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with('>') {
                self.skip_to(1);
                return Some(tag);
            }
            let (name, value) = self.attribute()?;
            tag.add_attribute(name, value);
        }
    }

    fn attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
        // An equals sign at the start is part of the name.
        let end = self.rest[1..].find(is_end).map_or(self.rest.len(), |at| at + 1);
        let end = if self.rest.is_char_boundary(1) { end } else { self.rest.find(is_end).unwrap_or(self.rest.len()) };
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(value) = behind.strip_prefix('=') else { return Some((name, "")) };
        self.rest = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        match self.rest.chars().next()? {
            quote @ ('"' | '\'') => {
                let (value, rest) = self.rest[1..].split_once(quote)?;
                self.rest = rest;
                Some((name, value))
            }
            '>' => Some((name, "")),
            _ => {
                let end = self.rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
                let (value, rest) = self.rest.split_at(end);
                self.rest = rest;
                Some((name, value))
            }
        }
    }

    fn markup(&mut self) -> Option<HtmlToken<'a>> {
        let behind = &self.rest[1..];
        match behind.chars().next() {
            Some('!') if behind.starts_with("!--") => {
                self.skip_to(4);
                self.comment();
                None
            }
            Some('!' | '?') => {
                self.skip_behind('>');
                None
            }
            Some('/') if behind[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                self.skip_to(2);
                Some(HtmlToken::End(self.tag_or_end()?.name))
            }
            Some('/') if behind.len() > 1 => {
                self.skip_behind('>');
                None
            }
            Some(c) if c.is_ascii_alphabetic() => {
                self.skip_to(1);
                let tag = self.tag_or_end()?;
                self.raw = RAW.into_iter().find(|raw| tag.name.eq_ignore_ascii_case(raw));
                Some(HtmlToken::Start(tag))
            }
            _ => Some(self.text()),
        }
    }

    /// What is not finished when the file ends is nothing.
    fn tag_or_end(&mut self) -> Option<Tag<'a>> {
        let tag = self.tag();
        if tag.is_none() {
            self.rest = "";
        }
        tag
    }
}

impl<'a> Iterator for TokenReader<'a> {
    type Item = HtmlToken<'a>;

    fn next(&mut self) -> Option<HtmlToken<'a>> {
        while !self.rest.is_empty() {
            let token = match self.raw.take() {
                Some(name) => self.raw(name),
                None if self.rest.starts_with('<') => self.markup(),
                None => Some(self.token_up_to(self.rest.find('<').unwrap_or(self.rest.len()))),
            };
            if token.is_some() {
                return token;
            }
        }
        None
    }
}

/// A text with its character references resolved (WHATWG HTML, section 13.2.5.72 and on), each byte looked at a bounded number
/// of times; html5ever knows the names.
pub fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match reference(rest) {
            Some((characters, length)) => {
                decoded.extend(characters.into_iter().flatten());
                rest = &rest[length..];
            }
            None => decoded.push('&'),
        }
    }
    decoded + rest
}

/// What a reference stands for, and how long it is.
type CharacterReference = ([Option<char>; 2], usize);

/// Behind `&`.
fn reference(text: &str) -> Option<CharacterReference> {
    match text.strip_prefix('#') {
        Some(number) => numeric(number).map(|(c, length)| ([Some(c), None], length + 1)),
        None => named(text),
    }
}

/// The longest name that is one; html5ever lists the beginnings of names, too, and those stand for nothing.
fn named(text: &str) -> Option<CharacterReference> {
    let mut found = None;
    for length in 1..=text.len() {
        let Some((one, other)) = text.get(..length).and_then(|name| NAMED_ENTITIES.get(name)) else { break };
        if *one != 0 {
            found = Some(([char::from_u32(*one), char::from_u32(*other).filter(|_| *other != 0)], length));
        }
    }
    found
}

/// Behind `&#`. A number that no character has stands for the one that says so.
fn numeric(text: &str) -> Option<(char, usize)> {
    let (digits, radix) = text.strip_prefix(['x', 'X']).map_or((text, 10), |digits| (digits, 16));
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if length == 0 {
        return None;
    }
    let number = digits[..length].bytes().fold(0u32, |number, byte| {
        let digit = char::from(byte).to_digit(radix).unwrap_or_default();
        number.saturating_mul(radix).saturating_add(digit)
    });
    let written = number.checked_sub(0x80).and_then(|at| *C1_REPLACEMENTS.get(usize::try_from(at).ok()?)?);
    let character = written.or_else(|| char::from_u32(number).filter(|c| *c != '\0')).unwrap_or('\u{fffd}');
    let end = usize::from(digits[length..].starts_with(';'));
    Some((character, text.len() - digits.len() + length + end))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use html5ever::tendril::StrTendril;
    use html5ever::tokenizer::{BufferQueue, Token as Html, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

    use super::*;

    struct Text(RefCell<String>);

    impl TokenSink for Text {
        type Handle = ();

        fn process_token(&self, token: Html, _line: u64) -> TokenSinkResult<()> {
            if let Html::CharacterTokens(text) = token {
                self.0.borrow_mut().push_str(&text);
            }
            TokenSinkResult::Continue
        }
    }

    /// html5ever's own reading, which costs some microseconds a reference.
    fn by_html5ever(text: &str) -> String {
        let tokenizer = Tokenizer::new(Text(RefCell::default()), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(text));
        let _fed = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for text in [
            "&",
            "&&",
            "&;",
            "& ",
            "&#",
            "&#;",
            "&#x",
            "&#x;",
            "&#xg;",
            "&a",
            "&amp",
            "&amp;",
            "&ampamp;",
            "&ampx",
            "&AMP;",
            "&not",
            "&notit;",
            "&notin;",
            "&noti",
            "&nbsp;",
            "&NotEqualTilde;",
            "&lt;b&gt;",
            "&euro;",
            "&euro",
            "&eur",
            "&#65;",
            "&#65",
            "&#65x",
            "&#x41;",
            "&#X41",
            "&#0;",
            "&#128;",
            "&#x80",
            "&#129;",
            "&#150;",
            "&#xd800;",
            "&#xdfff",
            "&#x10ffff;",
            "&#x110000;",
            "&#99999999999999999999;",
            "&#4294967361;",
            "&é;",
            "&ampé",
            "a&b=c&d",
            "&&amp;amp;",
            "&CounterClockwiseContourIntegral;x",
            "&CounterClockwiseContourIntegra;",
            "&thorn&THORN",
            "&#x1F600;&#xFE0F;",
        ] {
            assert_eq!(decoded(text), by_html5ever(text), "{text}");
        }
    }

    /// As many references as a mail can hold: what costs microseconds each does not come back.
    #[test]
    fn references_are_cheap() {
        for piece in ["&", "&a", "&amp;", "&#", "&#1", "&CounterClockwiseContourIntegra", "&#x41;"] {
            let many = piece.repeat(8 * 1024 * 1024 / piece.len());
            assert!(decoded(&many).len() <= many.len(), "{piece}");
        }
    }
}
