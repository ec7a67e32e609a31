//! Which styles are for the screens that people read mail on.

use super::style::number;

/// A screen: its width and height in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    width: f64,
    height: f64,
}

impl Screen {
    /// A telephone, and a window on a desk.
    pub const ORDINARY: [Self; 2] = [Self { width: 390.0, height: 760.0 }, Self { width: 1280.0, height: 800.0 }];

    /// Whether what stands under these queries is for it. What cannot be told counts as no.
    pub fn shows(self, queries: &str) -> bool {
        let queries = queries.to_ascii_lowercase();
        queries.trim().is_empty() || queries.split(',').any(|query| self.fits(query.trim()) == Some(true))
    }

    /// `None` where it cannot be told.
    fn fits(self, query: &str) -> Option<bool> {
        let (negated, query) = query.strip_prefix("not ").map_or((false, query), |query| (true, query));
        let query = query.trim().trim_start_matches("only ");
        let mut all = Some(true);
        for part in query.split(" and ").map(str::trim) {
            match self.has(part) {
                Some(true) => {}
                Some(false) => return Some(negated),
                None => all = None,
            }
        }
        all.map(|all| all != negated)
    }

    fn has(self, part: &str) -> Option<bool> {
        let Some(feature) = part.strip_prefix('(') else {
            return match part {
                "all" | "screen" => Some(true),
                "print" | "speech" | "tty" | "tv" | "projection" | "handheld" | "braille" | "embossed" | "aural" => {
                    Some(false)
                }
                _ => None,
            };
        };
        let feature = feature.trim_end_matches(')');
        let (name, value) = feature.split_once(':').unwrap_or((feature, ""));
        let (name, value) = (name.trim(), value.trim());
        match name {
            "min-width" | "min-device-width" => length(value).map(|least| self.width >= least),
            "max-width" | "max-device-width" => length(value).map(|most| self.width <= most),
            "min-height" | "min-device-height" => length(value).map(|least| self.height >= least),
            "max-height" | "max-device-height" => length(value).map(|most| self.height <= most),
            "orientation" => Some((value == "portrait") == (self.height > self.width)),
            "color" | "min-color" => Some(true),
            "prefers-color-scheme" => Some(value == "light"),
            "-webkit-min-device-pixel-ratio" | "min-device-pixel-ratio" => {
                number(value).filter(|least| *least <= 1.0).map(|_| true)
            }
            _ => None,
        }
    }
}

/// In CSS pixels.
fn length(value: &str) -> Option<f64> {
    let units = [("px", 1.0), ("rem", 16.0), ("em", 16.0), ("pt", 96.0 / 72.0), ("cm", 96.0 / 2.54), ("in", 96.0)];
    let number = number(value)?;
    let unit = units.into_iter().find(|(unit, _)| value.ends_with(unit)).map(|(_, pixels)| pixels);
    unit.map(|pixels| number * pixels).or((number == 0.0).then_some(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_which_screen() {
        let [phone, desk] = Screen::ORDINARY;
        for (queries, expected) in [
            ("", [true, true]),
            ("all", [true, true]),
            ("screen", [true, true]),
            ("ONLY screen and (min-width: 1px)", [true, true]),
            ("print, screen", [true, true]),
            ("not print", [true, true]),
            ("not screen", [false, false]),
            ("print", [false, false]),
            ("(max-width:600px)", [true, false]),
            ("screen and (max-width: 37.5em)", [true, false]),
            ("(min-width: 601px)", [false, true]),
            ("not all and (min-width: 601px)", [true, false]),
            ("(max-width: 320px)", [false, false]),
            ("(min-width:0) and (max-width:9999px)", [true, true]),
            ("(orientation:portrait)", [true, false]),
            ("(prefers-color-scheme: dark)", [false, false]),
            ("(-webkit-min-device-pixel-ratio:0)", [true, true]),
            ("(hover: hover)", [false, false]),
            ("yahoo", [false, false]),
        ] {
            assert_eq!([phone, desk].map(|screen| screen.shows(queries)), expected, "{queries}");
        }
    }
}
