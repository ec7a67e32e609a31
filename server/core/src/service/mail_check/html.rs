//! What of HTML a reader sees and can press. Mail comes from anybody, so every step is linear in its length: this reads
//! tokens and keeps a stack, and builds no tree (the rules by which browsers mend one are not linear).

mod media;
mod paint;
mod sheet;
mod style;
mod token;

use std::collections::{HashMap, HashSet};

use self::media::Screen;
use self::sheet::Sheet;
use self::style::Sight;
use self::token::{HtmlToken, Tag, TokenReader};

/// What a reader has of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct VisibleBody {
    /// The addresses of links that have words or a picture that says something, decoded.
    pub links: Vec<String>,
    pub text: String,
}

/// Reads HTML as a mail program shows it, on any of the screens that people have: a link that a narrow one hides may stand
/// there in another form, and counts.
pub fn shown(html: &str) -> VisibleBody {
    let mut all = VisibleBody::default();
    for screen in Screen::ORDINARY {
        let VisibleBody { links, text } = shown_on(html, screen);
        all.links.extend(links);
        if all.text != text {
            all.text.push_str(&text);
        }
    }
    let mut seen = HashSet::new();
    all.links.retain(|link| seen.insert(link.clone()));
    all
}

fn shown_on(html: &str, screen: Screen) -> VisibleBody {
    let mut page = Page { sheet: Sheet::parse(html, screen), ..Page::default() };
    for token in TokenReader::new(html) {
        page.see(token);
    }
    page.end_link();
    VisibleBody { links: page.links, text: decoded(&page.text) }
}

#[derive(Default)]
struct Page<'a> {
    sheet: Sheet,
    open: Vec<OpenElement<'a>>,
    /// How many elements of a name are open.
    counts: HashMap<String, usize>,
    link: Option<HtmlLink>,
    links: Vec<String>,
    text: String,
}

/// An element that is open.
struct OpenElement<'a> {
    name: &'a str,
    class: Option<&'a str>,
    id: Option<&'a str>,
    is_link: bool,
    sight: Sight,
}

impl<'a> OpenElement<'a> {
    fn from_tag(tag: &Tag<'a>) -> Self {
        let is_link = tag.href.is_some() && tag.name.eq_ignore_ascii_case("a");
        Self { name: tag.name, class: tag.class, id: tag.id, is_link, sight: Sight::default() }
    }
}

struct HtmlLink {
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
    fn see(&mut self, token: HtmlToken<'a>) {
        match token {
            HtmlToken::Text(text) => self.see_text(text),
            HtmlToken::Raw(_) => {}
            HtmlToken::Start(tag) => self.start(&tag),
            HtmlToken::End(name) => self.end(name),
        }
    }

    fn sight(&self) -> Sight {
        self.open.last().map_or(Sight::default(), |open| open.sight)
    }

    fn see_text(&mut self, text: &str) {
        if !self.sight().shows_words() {
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
        let sight = self.sight_of(tag);
        match () {
            () if tag.name.eq_ignore_ascii_case("a") => self.start_link(tag, sight),
            () if tag.name.eq_ignore_ascii_case("img") => self.see_picture(tag, sight),
            () => {}
        }
        if !is_one(tag.name, &VOID) {
            *self.counts.entry(tag.name.to_ascii_lowercase()).or_default() += 1;
            self.open.push(OpenElement { sight, ..OpenElement::from_tag(tag) });
        }
    }

    /// Of what stands in an element.
    fn sight_of(&self, tag: &Tag<'a>) -> Sight {
        let around = self.sight();
        let style = self.sheet.style_of(tag, &self.open);
        let mut sight = around.within(style.unwrap_or_default());
        let is_folded_away = around.is_folded && !tag.name.eq_ignore_ascii_case("summary");
        // Of styles that are too many to be looked through nobody can say what they leave to be seen.
        sight.is_gone |= style.is_none() || is_folded_away || is_one(tag.name, &UNSEEN);
        sight.is_folded = tag.name.eq_ignore_ascii_case("details") && !tag.is_open;
        sight
    }

    fn start_link(&mut self, tag: &Tag<'_>, sight: Sight) {
        self.end_link();
        let address = tag.href.filter(|_| !sight.is_gone).map(decoded);
        self.link = address.map(|address| HtmlLink { address, says_something: false });
    }

    fn see_picture(&mut self, tag: &Tag<'_>, sight: Sight) {
        // A picture of one dot counts openings.
        let is_dot =
            |size: Option<&str>| size.is_some_and(|size| ["0", "1"].contains(&size.trim().trim_end_matches("px")));
        let is_seen = sight.shows_pictures() && !is_dot(tag.width) && !is_dot(tag.height);
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

    fn pop(&mut self) -> Option<OpenElement<'a>> {
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
            // Hidden from some screens, or perhaps: in doubt it counts.
            "<style>@media (min-width:601px){.d{display:none}}</style><a class=d href='https://x'>Stop</a>",
            "<style>@media print{a{display:none}} @media (prefers-color-scheme:dark){a{display:none}}</style><a href='https://x'>Stop</a>",
            "<style>@media yahoo{a{display:none}} @supports not (x:y){a{display:none}}</style><a href='https://x'>Stop</a>",
            "<style>a:hover, a:visited{display:none} p + a{display:none} a[href]{display:none}</style><a href='https://x'>Stop</a>",
            "<style>.k>a{display:none} b a{display:none}</style><p class=k><i><a href='https://x'>Stop</a></i></p><b></b>",
            "<style>.a.c{display:none} #a{display:none}</style><a class='a b' href='https://x'>Stop</a>",
            "<style>#a a{display:block} .k a{display:none}</style><p id=a class=k><a href='https://x'>Stop</a></p>",
            "<style>.s{display:block!important}</style><a class=s style='display:none' href='https://x'>Stop</a>",
            "<style>.k{display:none} @media screen{.k{display:block}}</style><a class=k href='https://x'>Stop</a>",
            "<div hidden style='display:block'><a href='https://x'>Stop</a></div>",
            "<details open><a href='https://x'>Stop</a></details>",
            "<details><summary><a href='https://x'>Stop</a></summary>meer</details>",
            // Browsers give links a colour of their own.
            "<div style='color:transparent'><a href='https://x'>Stop</a></div>",
            "<div style='background:#fff;color:#fff'><a href='https://x'>Stop</a></div>",
            "<td background=x.png bgcolor='#fff'><a style='color:#fff' href='https://x'>Stop</a></td>",
            "<td style='background:#fff url(x.png)'><a style='color:#fff' href='https://x'>Stop</a></td>",
            "<td bgcolor=white><b style='background:#000'><a style='color:#fff' href='https://x'>Stop</a></b></td>",
            "<a style='color:#fff' href='https://x'>Stop</a>",
            "<a style='color:#fffffe;background:#fff' href='https://x'>Stop</a>",
            "<td style='font-size:0'><a href='https://x'><img src=y alt=Stop></a></td>",
            "<a style='font-size:0' href='https://x'><span style='font-size:14px'>Stop</span></a>",
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
            "transform:scale(0, 0)",
            "filter:opacity(0)",
            "clip-path:inset(100%)",
            "clip-path: circle(0)",
            "display:none!important;display:block",
            "display:n\\6fne",
        ];
        for style in hidden {
            for html in [
                format!("<a style=\"{style}\" href='https://x'>Stop</a>"),
                format!("<div style='{style}'><p><a href='https://x'>Stop</a></p></div>"),
                format!("<a href='https://x'><span style='{style}'>Stop</span></a>"),
                format!("<style>.k, td.z {{ {style} }}</style><div class='a k'><a href='https://x'>Stop</a></div>"),
                format!("<style>#k{{{style}}}</style><a id=k href='https://x'>Stop</a>"),
                format!("<style>@media screen{{.k{{{style}}}}}</style><a class=k href='https://x'>Stop</a>"),
                format!(
                    "<style>@media (min-width:1px){{@media all{{a{{{style}}}}}}}</style><a href='https://x'>Stop</a>"
                ),
                format!(
                    "<style>@media (max-width:600px){{.k{{{style}}}}} @media (min-width:601px){{.k{{{style}}}}}</style>\
                     <a class=k href='https://x'>Stop</a>"
                ),
                format!(
                    "<style>.z{{}}.k .l b{{color:red}} .k a{{{style}}}</style><p class='j k'><i><a href='https://x'>Stop</a></i></p>"
                ),
                format!(
                    "<style>td#f>p>a.l:link{{{style}}}</style><td id=f><p><a class=l href='https://x'>Stop</a></td>"
                ),
                format!(
                    "<style>.a.b{{{style}}} @charset 'x'; @font-face{{a:b}}</style><a class='b a' href='https://x'>Stop</a>"
                ),
                format!("<style media='only screen'>*{{{style}}}</style><a href='https://x'>Stop</a>"),
            ] {
                if html.contains("<style") && style.contains('&') {
                    continue;
                }
                assert_eq!(links(&html), Vec::<String>::new(), "{html}");
            }
        }
        for html in [
            "<details><a href='https://x'>Stop</a></details>",
            "<details><summary>Meer</summary><p><a href='https://x'>Stop</a></p></details>",
            "<details open><details><a href='https://x'>Stop</a></details></details>",
            "<a style='color:transparent' href='https://x'>Stop</a>",
            "<a style='color:rgba(0,0,0,0)' href='https://x'>Stop</a>",
            "<a style='color:#fff;background:white' href='https://x'>Stop</a>",
            "<td bgcolor=ffffff><p><a style='color:#FFF' href='https://x'>Stop</a></p></td>",
            "<div style='background-color:papayawhip'><a href='https://x'><font color=PapayaWhip>Stop</font></a></div>",
            "<style>div{background:#eee none} .f a{color:rgb(238,238,238)}</style><div class=f><a href='https://x'>Stop</a></div>",
            "<div style='color:transparent'><a style='color:inherit' href='https://x'>Stop</a></div>",
            "<div style='background:#fff'><div style='background:transparent'><a style='color:#fff' href='https://x'>Stop</a></div></div>",
            "<style>.s{display:block} .s{display:none}</style><a class=s href='https://x'>Stop</a>",
            "<style>.s{display:none!important}</style><a class=s style='display:block' href='https://x'>Stop</a>",
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
            format!("<style>{}</style>{}", numbered(".x", " .a{opacity:0}"), many("<i class=a>")),
            format!("<style>{}</style>{}", many(".a .a .a .a .b{opacity:0}"), many("<i class='a b'>")),
            format!(
                "<style>{}</style><i class='{}'>{}",
                many(".z .b{opacity:0}"),
                numbered("z", " "),
                many("<i class=b>")
            ),
            format!("<style>{}</style>{}", many("*{opacity:1}"), many("<i>")),
            format!("<style>{}", many("@media all{")),
            format!("<style>{}", many("@media print{")),
            format!("<style>@media {}", many("(min-width:1px) and ")),
            format!("<style>@media {}", many("screen,")),
            format!("<style>{}{{", many("a>")),
            format!("<style>{}{{", many(".a")),
        ] {
            let _ = shown(&html);
        }
    }
}
