//! What a decision rests on, in the words of a language. Rules are cited as the configuration and the law do: Dutch law in Dutch, the
//! regulation in either language; programs get them as they stand.

use model::language::Language;

/// A citation as people of that language read it: `AVG 21 lid 2 en 3` is `GDPR 21(2) and (3)`, and the other way round. What is not a
/// citation that we know stays as it is.
pub fn ground(cited: &str, language: Language) -> String {
    match language {
        Language::Nl => dutch(cited),
        Language::En => english(cited),
    }
}

fn english(cited: &str) -> String {
    let mut said = String::new();
    let mut words = cited.split(' ').peekable();
    let mut in_paragraphs = false;
    while let Some(word) = words.next() {
        let number = |word: Option<&&str>| word.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let part = match word {
            "lid" if number(words.peek()) => {
                in_paragraphs = true;
                said.push_str(&in_brackets(words.next().unwrap_or_default()));
                continue;
            }
            "en" if in_paragraphs && number(words.peek()) => {
                format!("and {}", in_brackets(words.next().unwrap_or_default()))
            }
            "onder" if words.peek().is_some_and(|word| word.len() == 1) => {
                said.push_str(&in_brackets(words.next().unwrap_or_default()));
                continue;
            }
            "AVG" => "GDPR".to_owned(),
            "en" => "and".to_owned(),
            "geen" if words.next_if_eq(&"reclame:").is_some() => "no advertising:".to_owned(),
            "buiten" => "outside".to_owned(),
            "(klantrelatie)" => "(customer relation)".to_owned(),
            word => word.to_owned(),
        };
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&part);
    }
    said
}

/// `3` is `(3)`, and a mark behind it stays behind.
fn in_brackets(word: &str) -> String {
    let bare = word.trim_end_matches([';', ',']);
    format!("({bare}){}", &word[bare.len()..])
}

fn dutch(cited: &str) -> String {
    let word = |word: &str| match word {
        "GDPR" => "AVG".to_owned(),
        word => {
            let pieces: Vec<&str> = word.split(['(', ')']).filter(|piece| !piece.is_empty()).collect();
            let is_article = word.contains('(') && word.starts_with(|c: char| c.is_ascii_digit());
            match pieces.as_slice() {
                [article, paragraph] if is_article => format!("{article} lid {paragraph}"),
                [article, paragraph, point] if is_article => format!("{article} lid {paragraph} onder {point}"),
                _ => word.to_owned(),
            }
        }
    };
    cited.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::decision::OBJECTION;

    #[test]
    fn a_ground_is_told_in_the_language_of_its_reader() {
        for (cited, nl, en) in [
            (OBJECTION, "AVG 21 lid 2 en 3", "GDPR 21(2) and (3)"),
            ("AVG 21 lid 2", "AVG 21 lid 2", "GDPR 21(2)"),
            ("AVG 21", "AVG 21", "GDPR 21"),
            ("Tw 11.7 lid 1", "Tw 11.7 lid 1", "Tw 11.7(1)"),
            ("Tw 11.7 (klantrelatie)", "Tw 11.7 (klantrelatie)", "Tw 11.7 (customer relation)"),
            ("Tw art. 11.7a lid 3 onder b", "Tw art. 11.7a lid 3 onder b", "Tw art. 11.7a(3)(b)"),
            (
                "Tw art. 11.7a lid 1; GDPR art. 6(1)(a)",
                "Tw art. 11.7a lid 1; AVG art. 6 lid 1 onder a",
                "Tw art. 11.7a(1); GDPR art. 6(1)(a)",
            ),
            ("GDPR art. 7(3)", "AVG art. 7 lid 3", "GDPR art. 7(3)"),
            ("GDPR art. 21(5)", "AVG art. 21 lid 5", "GDPR art. 21(5)"),
            (
                "geen reclame: buiten Tw 11.7 en AVG 21 lid 2",
                "geen reclame: buiten Tw 11.7 en AVG 21 lid 2",
                "no advertising: outside Tw 11.7 and GDPR 21(2)",
            ),
            ("UWG § 7 Abs. 2", "UWG § 7 Abs. 2", "UWG § 7 Abs. 2"),
            ("", "", ""),
        ] {
            assert_eq!((ground(cited, Language::Nl).as_str(), ground(cited, Language::En).as_str()), (nl, en));
        }
    }
}
