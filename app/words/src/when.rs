//! Dates, times and durations in words.

use time::{Date, Month, PrimitiveDateTime};

use model::language::Language;

/// `24 mei 2026`; `24 May 2026`.
pub fn date(date: Date, language: Language) -> String {
    format!("{} {} {}", date.day(), month(date.month(), language), date.year())
}

/// `24 mei 2026, 14:05`.
pub fn date_time(at: PrimitiveDateTime, language: Language) -> String {
    format!("{}, {:02}:{:02}", date(at.date(), language), at.hour(), at.minute())
}

/// `2026-05-24 14:05:09`, for tables.
pub fn stamp(at: PrimitiveDateTime) -> String {
    let day = at.date();
    let month = u8::from(day.month());
    let (hour, minute, second) = at.time().as_hms();
    format!("{:04}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02}", day.year(), day.day())
}

/// How long something is kept: `tot u de browser sluit`, `30 dagen`, `13 maanden`.
pub fn duration(days: u32, language: Language) -> String {
    let (session, one, many, about, months) = match language {
        Language::Nl => ("tot u de browser sluit", "1 dag", "dagen", "ongeveer", "maanden"),
        Language::En => ("until you close the browser", "1 day", "days", "about", "months"),
    };
    match days {
        0 => session.to_owned(),
        1 => one.to_owned(),
        2..60 => format!("{days} {many}"),
        // The mean month has 30.44 days.
        _ => format!("{days} {many} ({about} {} {months})", (days * 100 + 1522) / 3044),
    }
}

/// For how long what is learned is kept, as a sentence.
pub fn kept(months: u32, language: Language) -> String {
    let (years, rest) = (months / 12, months % 12);
    match (language, years, rest) {
        (Language::Nl, 0, 1) => "Wij bewaren deze gegevens hoogstens één maand.".to_owned(),
        (Language::Nl, 1, 0) => "Wij bewaren deze gegevens hoogstens één jaar.".to_owned(),
        (Language::Nl, years, 0) => format!("Wij bewaren deze gegevens hoogstens {years} jaar."),
        (Language::Nl, ..) => format!("Wij bewaren deze gegevens hoogstens {months} maanden."),
        (Language::En, 0, 1) => "We keep these data for one month at most.".to_owned(),
        (Language::En, 1, 0) => "We keep these data for one year at most.".to_owned(),
        (Language::En, years, 0) => format!("We keep these data for {years} years at most."),
        (Language::En, ..) => format!("We keep these data for {months} months at most."),
    }
}

fn month(month: Month, language: Language) -> &'static str {
    const NL: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let names = match language {
        Language::Nl => NL,
        Language::En => EN,
    };
    names[usize::from(u8::from(month)) - 1]
}

#[cfg(test)]
mod tests {
    use time::macros::{date as day, datetime};

    use super::*;

    #[test]
    fn dates_and_durations_read_as_people_write_them() {
        assert_eq!(date(day!(2026 - 03 - 01), Language::Nl), "1 maart 2026");
        assert_eq!(date(day!(2026 - 12 - 31), Language::En), "31 December 2026");
        assert_eq!(date_time(datetime!(2026-05-24 9:05:59), Language::Nl), "24 mei 2026, 09:05");
        assert_eq!(stamp(datetime!(2026-05-24 9:05:59)), "2026-05-24 09:05:59");
        assert_eq!(duration(0, Language::Nl), "tot u de browser sluit");
        assert_eq!(duration(1, Language::En), "1 day");
        assert_eq!(duration(59, Language::Nl), "59 dagen");
        assert_eq!(kept(12, Language::Nl), "Wij bewaren deze gegevens hoogstens één jaar.");
        assert_eq!(kept(24, Language::En), "We keep these data for 2 years at most.");
        assert_eq!(kept(14, Language::En), "We keep these data for 14 months at most.");
        assert_eq!(duration(90, Language::Nl), "90 dagen (ongeveer 3 maanden)");
        assert_eq!(duration(186, Language::Nl), "186 dagen (ongeveer 6 maanden)");
        assert_eq!(duration(396, Language::En), "396 days (about 13 months)");
    }
}
