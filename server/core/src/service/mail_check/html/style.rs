//! Whether styles leave something to be seen where an element stands.

use super::paint::Paint;

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
    colour: Option<Paint>,
    background: Option<Paint>,
}

/// Whether something is seen where an element stands.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each hides in a way of its own")]
pub struct Sight {
    /// It and everything in it is gone.
    pub is_gone: bool,
    /// What stands in it is folded away, but for its summary.
    pub is_folded: bool,
    /// It is not drawn, but what is in it may be.
    is_invisible: bool,
    /// Its letters have no size.
    is_tiny: bool,
    colour: Paint,
    background: Paint,
}

impl Sight {
    /// Inside an element with a style.
    pub fn within(self, style: Style) -> Self {
        let is_flat = style.flat == Some(true) && style.cut == Some(true);
        let hides = [style.display, style.opacity, style.away].contains(&Some(false));
        let inherited = |own: Option<Paint>, outer: Paint| own.filter(|own| *own != Paint::Inherited).unwrap_or(outer);
        Self {
            is_gone: self.is_gone || hides || is_flat,
            is_folded: false,
            is_invisible: style.visibility.map_or(self.is_invisible, |visible| !visible),
            is_tiny: style.font.map_or(self.is_tiny, |has_size| !has_size),
            colour: inherited(style.colour, self.colour),
            // What is behind shines through.
            background: inherited(style.background.filter(|own| *own != Paint::Clear), self.background),
        }
    }

    /// Whether a picture is.
    pub fn shows_pictures(self) -> bool {
        !(self.is_gone || self.is_folded || self.is_invisible)
    }

    /// Whether words are.
    pub fn shows_words(self) -> bool {
        self.shows_pictures() && !self.is_tiny && !self.colour.vanishes_on(self.background)
    }
}

impl Style {
    /// What hides an element that no style speaks of.
    pub const HIDDEN: Self = Self { display: Some(false), ..Self::SILENT };
    /// The colour that browsers give a link of themselves.
    pub const LINK: Self = Self { colour: Some(Paint::Other), ..Self::SILENT };
    const SILENT: Self = Self {
        display: None,
        visibility: None,
        font: None,
        opacity: None,
        flat: None,
        cut: None,
        away: None,
        colour: None,
        background: None,
    };

    /// What the old attributes for colours say.
    pub fn of_colours(colour: Option<&str>, background: Option<&str>) -> Self {
        let paint = |value: &str| Paint::of_attribute(&value.trim().to_ascii_lowercase());
        Self { colour: colour.map(paint), background: background.map(paint), ..Self::SILENT }
    }

    fn add_declaration(&mut self, property: &str, value: &str) {
        match property {
            "color" => self.colour = Some(Paint::parse_value(value)),
            "background-color" => self.background = Some(Paint::parse_value(value)),
            "background" => self.background = Some(Paint::behind(value)),
            "background-image" if value != "none" => self.background = Some(Paint::Other),
            _ => self.take_shape(property, value),
        }
    }

    fn take_shape(&mut self, property: &str, value: &str) {
        match property {
            "display" => self.display = Some(value != "none"),
            "visibility" if value == "inherit" => {}
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
            "clip-path" if is_cut_off(value) => self.away = Some(false),
            "transform" if value.starts_with("scale") && is_nothing(value) => self.away = Some(false),
            "filter" if value.starts_with("opacity(") && is_nothing(value) => self.away = Some(false),
            "scale" | "zoom" if is_zero(value) => self.away = Some(false),
            _ => {}
        }
    }

    /// The same with what another one says, which outranks it.
    pub fn and(self, other: Self) -> Self {
        Self {
            display: other.display.or(self.display),
            visibility: other.visibility.or(self.visibility),
            font: other.font.or(self.font),
            opacity: other.opacity.or(self.opacity),
            flat: other.flat.or(self.flat),
            cut: other.cut.or(self.cut),
            away: other.away.or(self.away),
            colour: other.colour.or(self.colour),
            background: other.background.or(self.background),
        }
    }
}

/// What an element's declarations say, and which of it outranks what others say without insisting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    pub plain: Style,
    pub important: Style,
}

impl Declared {
    /// Reads declarations; a later one outranks an earlier one.
    pub fn parse_declarations(declarations: &str) -> Self {
        let plain = unescaped(&without_comments(declarations)).to_ascii_lowercase();
        let mut declared = Self::default();
        for declaration in plain.split(';') {
            let Some((property, value)) = declaration.split_once(':') else { continue };
            let (value, rank) = value.split_once('!').unwrap_or((value, ""));
            let style = if rank.trim() == "important" { &mut declared.important } else { &mut declared.plain };
            style.add_declaration(property.trim(), value.trim());
        }
        declared
    }
}

/// The number at the start of a length.
pub(super) fn number(value: &str) -> Option<f64> {
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

/// A shape of nothing.
fn is_cut_off(value: &str) -> bool {
    let inside = value.split_once('(').map_or("", |(_, inside)| inside).trim_end_matches(')');
    let first = inside.split([',', ' ']).next().unwrap_or_default();
    match value.split('(').next() {
        Some("inset") => first.ends_with('%') && number(first).is_some_and(|part| part >= 50.0),
        Some("circle" | "ellipse") => is_zero(first),
        _ => false,
    }
}

/// Arguments of which each is nothing.
fn is_nothing(value: &str) -> bool {
    let inside = value.split_once('(').map_or("", |(_, inside)| inside).trim_end_matches(')');
    inside.split([',', ' ']).filter(|part| !part.is_empty()).all(is_zero)
}

pub(super) fn without_comments(css: &str) -> String {
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
