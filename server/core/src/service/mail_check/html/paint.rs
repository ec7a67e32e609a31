//! Colours, as far as they tell whether letters differ from what is behind them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::style::number;

/// A colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// One that nobody declared, or that cannot be compared: part of it shines through, or a picture is there.
    #[default]
    Other,
    /// The one of what is around.
    Inherited,
    /// None at all.
    Clear,
    /// Red, green and blue.
    Plain([u8; 3]),
    /// A word that stands for a colour, whichever it is.
    Named(u64),
}

/// Words that are written as numbers, too.
const NAMES: [(&str, [u8; 3]); 17] = [
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
];

impl Paint {
    /// Reads a value in small letters.
    pub fn parse_value(value: &str) -> Self {
        match value {
            "transparent" => Self::Clear,
            "inherit" | "currentcolor" | "unset" => Self::Inherited,
            "initial" | "revert" | "revert-layer" | "" => Self::Other,
            _ => match value.strip_prefix('#') {
                Some(digits) => Self::of_digits(digits),
                None if value.starts_with("rgb") => Self::of_numbers(value),
                None if value.bytes().all(|byte| byte.is_ascii_alphabetic()) => Self::named(value),
                None => Self::Other,
            },
        }
    }

    /// The old attributes take numbers without a mark.
    pub fn of_attribute(value: &str) -> Self {
        match Self::of_digits(value) {
            Self::Other => Self::parse_value(value),
            plain => plain,
        }
    }

    /// The one colour of a `background`; beside a picture none can be told.
    pub fn behind(value: &str) -> Self {
        let is_picture = value.contains("url(") || value.contains("gradient(") || value.contains("image");
        let functions = value.starts_with("rgb").then(|| value.find(')').map_or(value, |end| &value[..=end]));
        let first = functions.unwrap_or_else(|| value.split_ascii_whitespace().next().unwrap_or_default());
        match Self::parse_value(first) {
            _ if is_picture => Self::Other,
            Self::Inherited if first != "inherit" => Self::Other,
            _ if first == "none" => Self::Clear,
            paint => paint,
        }
    }

    /// Whether letters of this colour cannot be told from what is behind them.
    pub fn vanishes_on(self, background: Self) -> bool {
        self == Self::Clear || (self == background && matches!(self, Self::Plain(_) | Self::Named(_)))
    }

    fn named(word: &str) -> Self {
        if let Some((_, plain)) = NAMES.iter().find(|(name, _)| *name == word) {
            return Self::Plain(*plain);
        }
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        Self::Named(hasher.finish())
    }

    fn of_digits(digits: &str) -> Self {
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Self::Other;
        }
        let wide: String = match digits.len() {
            3 | 4 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 | 8 => digits.to_owned(),
            _ => return Self::Other,
        };
        let parts: Vec<u8> =
            (0..wide.len() / 2).filter_map(|n| u8::from_str_radix(&wide[2 * n..2 * n + 2], 16).ok()).collect();
        Self::of_parts(&parts.iter().map(|part| f64::from(*part)).collect::<Vec<_>>(), 255.0)
    }

    /// `rgb(1, 2, 3)`, `rgba(1 2 3 / 0.5)`.
    fn of_numbers(value: &str) -> Self {
        let inside = value.split_once('(').map_or("", |(_, inside)| inside).trim_end_matches(')');
        let parts: Vec<&str> = inside.split([',', ' ', '/']).filter(|part| !part.is_empty()).collect();
        let scaled = parts.iter().enumerate().map(|(at, part)| {
            let share = match (part.ends_with('%'), at < 3) {
                (false, _) => 1.0,
                (true, true) => 2.55,
                (true, false) => 0.01,
            };
            number(part).map(|number| number * share)
        });
        scaled.collect::<Option<Vec<f64>>>().map_or(Self::Other, |parts| Self::of_parts(&parts, 1.0))
    }

    /// Of red, green, blue, and how much of it there is, up to `whole`.
    fn of_parts(parts: &[f64], whole: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 after the clamp")]
        let byte = |part: f64| part.clamp(0.0, 255.0).round() as u8;
        match parts {
            [red, green, blue] => Self::Plain([*red, *green, *blue].map(byte)),
            [_, _, _, alpha] if *alpha <= 0.0 => Self::Clear,
            [red, green, blue, alpha] if *alpha >= whole => Self::Plain([*red, *green, *blue].map(byte)),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_itself_in_every_spelling() {
        let white = Paint::Plain([255; 3]);
        for one in [
            "white",
            "#fff",
            "#ffff",
            "#ffffff",
            "#ffffffff",
            "rgb(255,255,255)",
            "rgba(255, 255, 255, 1)",
            "rgb(100% 100% 100% / 100%)",
        ] {
            assert_eq!(Paint::parse_value(one), white, "{one}");
            assert_eq!(Paint::behind(&format!("{one} no-repeat")), white, "{one}");
        }
        for clear in ["transparent", "#0000", "#ffffff00", "rgba(0,0,0,0)", "rgb(1 2 3 / 0%)"] {
            assert_eq!(Paint::parse_value(clear), Paint::Clear, "{clear}");
        }
        for other in ["rgba(255,255,255,0.5)", "#fffffffe", "#ff", "hsl(0,0%,100%)", "var(--x)", "initial", ""] {
            assert_eq!(Paint::parse_value(other), Paint::Other, "{other}");
        }
        assert_eq!(Paint::behind("url(x.png) #fff"), Paint::Other);
        assert_eq!(Paint::of_attribute("ffffff"), white);
        assert!(Paint::parse_value("papayawhip").vanishes_on(Paint::parse_value("papayawhip")));
        assert!(
            !Paint::parse_value("papayawhip").vanishes_on(Paint::parse_value("peachpuff"))
                && !Paint::Other.vanishes_on(Paint::Other)
        );
    }
}
