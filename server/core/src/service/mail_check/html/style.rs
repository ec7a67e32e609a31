//! Whether styles leave something to be seen: those of an element, and of the simplest rules of its style sheet.

use std::collections::HashMap;

use super::decoded;
use super::token::{Reader, Tag, Token};

/// What styles say of one element, as far as it can hide it; `None` where they say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    display: Option<bool>,
    visibility: Option<bool>,
    font: Option<bool>,
    opacity: Option<bool>,
    /// A height or width of nothing.
    flat: Option<bool>,
    /// What does not fit is cut off.
    cut: Option<bool>,
    /// Moved out of sight, or cut to nothing.
    away: Option<bool>,
}

/// Whether something is seen where an element stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// It and everything in it is gone.
    pub is_gone: bool,
    /// It is not drawn, but what is in it may be.
    is_invisible: bool,
    /// Its letters have no size.
    is_tiny: bool,
}

impl Sight {
    /// Inside an element with a style.
    pub fn within(self, style: Style) -> Self {
        let is_flat = style.flat == Some(true) && style.cut == Some(true);
        let hides = [style.display, style.opacity, style.away].contains(&Some(false));
        Self {
            is_gone: self.is_gone || hides || is_flat,
            is_invisible: style.visibility.map_or(self.is_invisible, |visible| !visible),
            is_tiny: style.font.map_or(self.is_tiny, |has_size| !has_size),
        }
    }

    /// Whether it is.
    pub fn is_seen(self) -> bool {
        !(self.is_gone || self.is_invisible || self.is_tiny)
    }
}

impl Style {
    /// Reads declarations; a later one outranks an earlier one.
    fn read(declarations: &str) -> Self {
        let plain = unescaped(&without_comments(declarations)).to_ascii_lowercase();
        let mut style = Self::default();
        for declaration in plain.split(';') {
            if let Some((property, value)) = declaration.split_once(':') {
                style.take(property.trim(), value.split('!').next().unwrap_or_default().trim());
            }
        }
        style
    }

    fn take(&mut self, property: &str, value: &str) {
        match property {
            "display" => self.display = Some(value != "none"),
            "visibility" => self.visibility = Some(!matches!(value, "hidden" | "collapse")),
            "content-visibility" if value == "hidden" => self.away = Some(false),
            "mso-hide" if value == "all" => self.away = Some(false),
            "opacity" => self.opacity = Some(!is_zero(value)),
            // Relative to letters without size nothing has any.
            "font-size" if is_relative(value) && !is_zero(value) => {}
            "font-size" => self.font = Some(!is_zero(value)),
            "font" => {
                let is_size_zero = |part: &str| is_zero(part.split('/').next().unwrap_or_default());
                self.font = Some(!value.split_whitespace().any(is_size_zero));
            }
            "height" | "max-height" | "width" | "max-width" => {
                self.flat = Some(self.flat == Some(true) || is_zero(value));
            }
            "overflow" | "overflow-x" | "overflow-y" => self.cut = Some(matches!(value, "hidden" | "clip")),
            "left" | "right" | "top" | "bottom" | "text-indent" | "margin-left" | "margin-top" if is_far(value) => {
                self.away = Some(false);
            }
            "clip" if value.starts_with("rect(") && is_nothing(value) => self.away = Some(false),
            "transform" if value.starts_with("scale(0") && is_nothing(value) => self.away = Some(false),
            _ => {}
        }
    }

    /// The same with what another one says, which outranks it.
    fn and(self, other: Self) -> Self {
        Self {
            display: other.display.or(self.display),
            visibility: other.visibility.or(self.visibility),
            font: other.font.or(self.font),
            opacity: other.opacity.or(self.opacity),
            flat: other.flat.or(self.flat),
            cut: other.cut.or(self.cut),
            away: other.away.or(self.away),
        }
    }
}

/// The number at the start of a length.
fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(value.len());
    value[..end].parse().ok()
}

fn is_zero(value: &str) -> bool {
    number(value) == Some(0.0)
}

fn is_relative(value: &str) -> bool {
    (value.ends_with("em") && !value.ends_with("rem"))
        || value.ends_with('%')
        || matches!(value, "inherit" | "larger" | "smaller" | "unset")
}

fn is_far(value: &str) -> bool {
    number(value).is_some_and(|number| number <= -500.0)
}

/// Arguments of which each is nothing.
fn is_nothing(value: &str) -> bool {
    let inside = value.split_once('(').map_or("", |(_, inside)| inside).trim_end_matches(')');
    inside.split([',', ' ']).filter(|part| !part.is_empty()).all(is_zero)
}

fn without_comments(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, behind)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// `\6e` is n.
fn unescaped(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, behind)) = rest.split_once('\\') {
        plain.push_str(before);
        let is_hex = |at: &usize| behind.as_bytes().get(*at).is_some_and(u8::is_ascii_hexdigit);
        let length = (0..6).take_while(is_hex).count();
        let letter = u32::from_str_radix(&behind[..length], 16).ok().and_then(char::from_u32);
        plain.extend(letter);
        rest = behind[length..].strip_prefix(' ').filter(|_| length > 0).unwrap_or(&behind[length..]);
    }
    plain + rest
}

/// What the rules of a body's style sheets say of single elements: by tag, class or id. Rules for some widths only, and for
/// what stands within something else, are left out: they hide from some readers, or need a tree.
#[derive(Default)]
pub struct Sheet(HashMap<String, Style>);

impl Sheet {
    /// The style sheets of a body.
    pub fn of(html: &str) -> Self {
        let mut sheet = Self::default();
        let mut is_for_all = true;
        for token in Reader::new(html) {
            match token {
                Token::Start(tag) => {
                    let media = tag.media.unwrap_or("all").to_ascii_lowercase();
                    is_for_all = ["all", "screen", ""].contains(&media.trim());
                }
                Token::Raw(css) if is_for_all => sheet.take(&without_comments(css)),
                Token::Raw(_) | Token::Text(_) | Token::End(_) => {}
            }
        }
        sheet
    }

    fn take(&mut self, css: &str) {
        let mut rest = css.trim_start_matches("<!--");
        while let Some((selector, behind)) = rest.split_once('{') {
            if selector.trim_start().starts_with('@') {
                rest = behind_block(behind);
                continue;
            }
            let (declarations, next) = behind.split_once('}').unwrap_or((behind, ""));
            rest = next;
            let style = Style::read(declarations);
            if style != Style::default() {
                // An at-rule without a block may stand before it.
                let selector = selector.rsplit(';').next().unwrap_or_default();
                selector.split(',').for_each(|one| self.add(one.trim(), style));
            }
        }
    }

    fn add(&mut self, selector: &str, style: Style) {
        let is_simple =
            !selector.is_empty() && selector.bytes().all(|b| b.is_ascii_alphanumeric() || b".#-_*".contains(&b));
        let parts = selector.matches(['.', '#']).count();
        if is_simple && parts <= 1 {
            let tag = selector.split(['.', '#']).next().unwrap_or_default();
            let key = format!("{}{}", tag.to_ascii_lowercase().trim_start_matches('*'), &selector[tag.len()..]);
            let known = self.0.entry(key).or_default();
            *known = known.and(style);
        }
    }

    /// What is said of an element, its own style last.
    pub fn style_of(&self, tag: &Tag<'_>) -> Style {
        let mut style = Style::default();
        if !self.0.is_empty() {
            let name = tag.name.to_ascii_lowercase();
            let classes = tag.class.unwrap_or_default().split_ascii_whitespace().map(|class| format!(".{class}"));
            let parts = classes.chain(tag.id.map(|id| format!("#{id}")));
            let keys = [String::new(), name.clone()]
                .into_iter()
                .chain(parts.flat_map(|part| [part.clone(), format!("{name}{part}")]));
            style = keys.filter_map(|key| self.0.get(&key)).fold(style, |style, rule| style.and(*rule));
        }
        match tag.style {
            Some(own) => style.and(Style::read(&decoded(own))),
            None => style,
        }
    }
}

/// What follows a block, with the blocks in it.
fn behind_block(css: &str) -> &str {
    let mut depth = 1;
    for (at, mark) in css.match_indices(['{', '}']) {
        depth += if mark == "{" { 1 } else { -1 };
        if depth == 0 {
            return &css[at + 1..];
        }
    }
    ""
}
