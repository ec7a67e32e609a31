//! What of HTML a reader sees and can press. Mail comes from anybody, so every step is linear in its length: this reads
//! tokens and keeps a stack, and builds no tree (the rules by which browsers mend one are not linear).

mod style;
mod token;

use std::collections::HashMap;

use self::style::{Sheet, Sight};
use self::token::{Reader, Tag, Token};

/// What a reader has of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The addresses of links that have words or a picture that says something, decoded.
    pub links: Vec<String>,
    /// The text.
    pub text: String,
}

/// Reads HTML as a mail program shows it.
pub fn shown(html: &str) -> Shown {
    let sheet = Sheet::of(html);
    let mut page = Page { sheet, ..Page::default() };
    for token in Reader::new(html) {
        page.see(token);
    }
    page.end_link();
    Shown { links: page.links, text: decoded(&page.text) }
}

#[derive(Default)]
struct Page<'a> {
    sheet: Sheet,
    open: Vec<Open<'a>>,
    /// How many elements of a name are open.
    counts: HashMap<String, usize>,
    link: Option<Link>,
    links: Vec<String>,
    text: String,
}

/// An element that is open.
struct Open<'a> {
    name: &'a str,
    sight: Sight,
}

struct Link {
    address: String,
    says_something: bool,
}

/// Elements that never have content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements whose content no mail program shows.
const UNSEEN: [&str; 8] = ["template", "datalist", "dialog", "audio", "video", "canvas", "select", "head"];
/// Elements within a line.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "big", "code", "em", "font", "i", "img", "label", "mark", "s", "small", "span", "strike",
    "strong", "sub", "sup", "tt", "u", "wbr",
];
/// What ends itself where another of its kind begins.
const ENDS_ITSELF: [&str; 8] = ["p", "li", "td", "th", "tr", "option", "dd", "dt"];

fn is_one(name: &str, of: &[&str]) -> bool {
    of.iter().any(|other| name.eq_ignore_ascii_case(other))
}

impl<'a> Page<'a> {
    fn see(&mut self, token: Token<'a>) {
        match token {
            Token::Text(text) => self.see_text(text),
            Token::Raw(_) => {}
            Token::Start(tag) => self.start(&tag),
            Token::End(name) => self.end(name),
        }
    }

    fn sight(&self) -> Sight {
        self.open.last().map_or(Sight::default(), |open| open.sight)
    }

    fn see_text(&mut self, text: &str) {
        if !self.sight().is_seen() {
            return;
        }
        self.text.push_str(text);
        if let Some(link) = self.link.as_mut().filter(|link| !link.says_something) {
            link.says_something = says(&decoded(text));
        }
    }

    fn start(&mut self, tag: &Tag<'a>) {
        if is_one(tag.name, &ENDS_ITSELF)
            && self.open.last().is_some_and(|open| open.name.eq_ignore_ascii_case(tag.name))
        {
            self.pop();
        }
        if !is_one(tag.name, &INLINE) {
            self.text.push('\n');
        }
        let mut sight = self.sight().within(self.sheet.style_of(tag));
        sight.is_gone |= tag.is_hidden || is_one(tag.name, &UNSEEN);
        match () {
            () if tag.name.eq_ignore_ascii_case("a") => self.start_link(tag, sight),
            () if tag.name.eq_ignore_ascii_case("img") => self.see_picture(tag, sight),
            () => {}
        }
        if !is_one(tag.name, &VOID) {
            *self.counts.entry(tag.name.to_ascii_lowercase()).or_default() += 1;
            self.open.push(Open { name: tag.name, sight });
        }
    }

    fn start_link(&mut self, tag: &Tag<'_>, sight: Sight) {
        self.end_link();
        let address = tag.href.filter(|_| sight.is_seen()).map(decoded);
        self.link = address.map(|address| Link { address, says_something: false });
    }

    fn see_picture(&mut self, tag: &Tag<'_>, sight: Sight) {
        // A picture of one dot counts openings.
        let is_dot =
            |size: Option<&str>| size.is_some_and(|size| ["0", "1"].contains(&size.trim().trim_end_matches("px")));
        let is_seen = sight.is_seen() && !is_dot(tag.width) && !is_dot(tag.height);
        let alt = tag.alt.map(decoded).unwrap_or_default();
        if let Some(link) = self.link.as_mut().filter(|_| is_seen) {
            link.says_something |= says(&alt);
        }
    }

    fn end(&mut self, name: &str) {
        if !is_one(name, &INLINE) {
            self.text.push('\n');
        }
        if name.eq_ignore_ascii_case("a") {
            self.end_link();
        }
        // An end without a beginning ends nothing.
        if self.counts.get(&name.to_ascii_lowercase()).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(open) = self.pop() {
            if open.name.eq_ignore_ascii_case(name) {
                return;
            }
        }
    }

    fn pop(&mut self) -> Option<Open<'a>> {
        let open = self.open.pop()?;
        if let Some(count) = self.counts.get_mut(&open.name.to_ascii_lowercase()) {
            *count -= 1;
        }
        Some(open)
    }

    fn end_link(&mut self) {
        self.links.extend(self.link.take().filter(|link| link.says_something).map(|link| link.address));
    }
}

fn says(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// With its character references resolved.
pub(super) fn decoded(text: &str) -> String {
    if text.contains('&') { token::decoded(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(html: &str) -> Vec<String> {
        shown(html).links
    }

    #[test]
    fn links_are_read_as_a_mail_program_reads_them() {
        for html in [
            r#"<a href="https://x">Stop</a>"#,
            r#"<A HREF = "https://x" >Stop</A>"#,
            "<a href=https://x>Stop</a>",
            "<a\nclass='>' title=\"a > b\" href='https://x'>Stop</a>",
            "<a href=&quot; href=y></a><a href=\"&#104;ttps&colon;//x\">Stop</a>",
            "<a href=\"&#x68;ttps:&sol;&#47;x\">St&oacute;p</a>",
            "<a href='https://x'><img src=y alt=Stop></a>",
            "<a href='https://x'><b></b><i>Stop",
            "<a href='https://x' href='https://y'>Stop</a>",
            "<p style='display:none'>voor<p><a href='https://x'>Stop</a>",
            "<div style='font-size:0'><span style='font-size:14px'><a href='https://x'>Stop</a></span></div>",
            "<td style='visibility:hidden'><a style='visibility: visible' href='https://x'>Stop</a></td>",
            "<style>@media (max-width:600px){.m{display:none}} a.n{color:red}</style><a class='m n' href='https://x'>Stop</a>",
            "<!-- > --><!--><!---><!-- --!><a href='https://x'>Stop</a>",
            "<![if !mso]><a href='https://x'>Stop</a><![endif]>",
            "</x></p><br/><a href='https://x'>Stop</a>",
            "a < b <3 <a href='https://x'>Stop</a>",
            "<a style='display:none;display:block' href='https://x'>Stop</a>",
        ] {
            assert_eq!(links(html), ["https://x"], "{html}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_link() {
        let hidden = [
            "display:none",
            "DISPLAY : None !important",
            "display:/**/none",
            "color:red;display:none",
            "visibility:hidden",
            "visibility:collapse",
            "font-size:0",
            "font-size:0px",
            "font-size: 0.0em",
            "font:0/0 a",
            "opacity:0",
            "opacity:0.0",
            "max-height:0;overflow:hidden",
            "height:0px;overflow:hidden",
            "width:0;overflow:hidden",
            "mso-hide:all",
            "text-indent:-9999px",
            "position:absolute;left:-10000px",
            "display:&#110;one",
            "clip:rect(0,0,0,0)",
            "transform:scale(0)",
            "display:n\\6fne",
        ];
        for style in hidden {
            for html in [
                format!("<a style=\"{style}\" href='https://x'>Stop</a>"),
                format!("<div style='{style}'><p><a href='https://x'>Stop</a></p></div>"),
                format!("<a href='https://x'><span style='{style}'>Stop</span></a>"),
                format!("<style>.k, td.z {{ {style} }}</style><div class='a k'><a href='https://x'>Stop</a></div>"),
                format!("<style>#k{{{style}}}</style><a id=k href='https://x'>Stop</a>"),
            ] {
                if html.contains("<style>") && style.contains('&') {
                    continue;
                }
                assert_eq!(links(&html), Vec::<String>::new(), "{html}");
            }
        }
        for html in [
            "<a hidden href='https://x'>Stop</a>",
            "<div hidden=''><a href='https://x'>Stop</a></div>",
            "<!-- <a href='https://x'>Stop</a> -->",
            "<!--[if mso]><a href='https://x'>Stop</a><![endif]-->",
            "<template><a href='https://x'>Stop</a></template>",
            "<script><a href='https://x'>Stop</a></script>",
            "<title><a href='https://x'>Stop</a></title>",
            "<textarea><a href='https://x'>Stop</a></textarea>",
            "<style><a href='https://x'>Stop</a>",
            "<a href='https://x'> &nbsp;<b></b></a>",
            "<a href='https://x'><!-- Stop --></a>",
            "<a href='https://x'><img src=y alt=''></a>",
            "<a href='https://x'><img src=y alt=Stop width=1 height=1></a>",
            "<a href='https://x'></a>Stop",
            "<a data-href='https://x'>Stop</a>",
            "<b href='https://x'>Stop</b>",
            "<a href='https://x",
        ] {
            assert_eq!(links(html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn the_text_is_what_is_seen() {
        let html =
            "<head><title>T</title></head><p>Voipro&nbsp;<b>B</b>V</p><div hidden>nee</div><td>a<td>b&amp;c &copy;";
        assert_eq!(shown(html).text.split_whitespace().collect::<Vec<_>>().join(" "), "Voipro BV a b&c ©");
    }

    /// Half a megabyte of each: anything that is not linear does not come back.
    #[test]
    fn nothing_takes_longer_than_its_length() {
        let size = 512 * 1024;
        let many = |piece: &str| piece.repeat(size / piece.len());
        let numbered = |start: &str, end: &str| {
            (0..size / (start.len() + end.len() + 6)).map(|n| format!("{start}{n}{end}")).collect::<Vec<_>>().concat()
        };
        for html in [
            many("<!---->"),
            many("<!--"),
            many("<!-- - -- >"),
            many("<"),
            many("</"),
            many("<a"),
            many("<a "),
            many("&"),
            many("&a"),
            many("&ampamp"),
            many("<div>"),
            many("</div>"),
            many("<b><p>"),
            many("<style>"),
            many("<style>a{"),
            many("<script>x"),
            many("<a href=x>"),
            many("<a href=\"&amp;\">&amp;"),
            many("<p hidden>x"),
            many("<div></x>"),
            many("<table><a>"),
            many("-"),
            many("<a x='"),
            format!("<a {}>", numbered("a", " ")),
            format!("<a {}>", numbered("a", "='' ")),
            numbered("<x", ">"),
            format!("{}{}", numbered("<x", ">"), numbered("</y", ">")),
            format!("<style>{}</style>{}", numbered(".a", "{opacity:0}"), many("<i class=a1>")),
            format!("<i class='{}'>", numbered("a", " ")),
            format!("<i style='{}'>", many("color:red;")),
            format!("<i style='{}'>", many("/*")),
            format!("<style>{}</style>", many("/**/@")),
            format!("<style>{}", many("{}}{")),
            format!("<i style='{}'>", many("\\6f")),
        ] {
            let _ = shown(&html);
        }
    }
}
