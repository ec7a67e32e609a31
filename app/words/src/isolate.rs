//! Names, addresses and references as people gave them, so that no directional control in them turns what stands around
//! them (Unicode UAX #9): each is shut in by itself.

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';
const POP_EMBEDDING: char = '\u{202c}';

/// What was opened inside a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenedIsolate {
    Embedding,
    Isolate,
}

/// The text with every directional control in it closed, and none that would close something outside.
///
/// It is meant for an element of its own (`<bdi>`), which isolates it only as long as the text cannot end the isolation.
pub fn balanced(text: &str) -> String {
    let mut open: Vec<OpenedIsolate> = Vec::new();
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push(OpenedIsolate::Embedding),
            '\u{2066}'..='\u{2068}' => open.push(OpenedIsolate::Isolate),
            POP_EMBEDDING if open.last() != Some(&OpenedIsolate::Embedding) => continue,
            POP_EMBEDDING => _ = open.pop(),
            // The end of an isolate ends what was opened within it, too.
            POP_ISOLATE => match open.iter().rposition(|of| *of == OpenedIsolate::Isolate) {
                Some(at) => open.truncate(at),
                None => continue,
            },
            _ => {}
        }
        kept.push(c);
    }
    let ends = open.into_iter().rev();
    kept.extend(ends.map(|of| if of == OpenedIsolate::Isolate { POP_ISOLATE } else { POP_EMBEDDING }));
    kept
}

/// The text as part of a sentence: isolated by characters where something in it has a direction of its own to give.
pub fn isolated(text: &str) -> String {
    if text.chars().any(turns) {
        format!("{FIRST_STRONG_ISOLATE}{}{POP_ISOLATE}", balanced(text))
    } else {
        text.to_owned()
    }
}

/// Whether a character gives text around it another direction: a control, or a letter of a script that runs to the left.
fn turns(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How deep the controls of a text are open at its end, and whether one ever closes more than was opened.
    fn closes_itself(text: &str) -> bool {
        let mut open = Vec::new();
        for c in text.chars() {
            match c {
                '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push('e'),
                '\u{2066}'..='\u{2068}' => open.push('i'),
                POP_EMBEDDING if open.pop() != Some('e') => return false,
                POP_ISOLATE => {
                    while open.last() == Some(&'e') {
                        open.pop();
                    }
                    if open.pop() != Some('i') {
                        return false;
                    }
                }
                _ => {}
            }
        }
        open.is_empty()
    }

    /// Every text of up to four characters out of all controls and a letter.
    #[test]
    fn no_text_reaches_beyond_itself() {
        let all = ['a', '\u{202a}', '\u{202e}', '\u{202c}', '\u{2066}', '\u{2068}', '\u{2069}'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            texts = texts
                .iter()
                .flat_map(|text| all.iter().map(move |c| format!("{text}{c}")))
                .chain(texts.clone())
                .collect();
        }
        assert!(texts.iter().any(|text| !closes_itself(text)), "the control");
        for text in &texts {
            assert!(closes_itself(&balanced(text)), "{text:?}");
            let isolated = isolated(text);
            assert!(closes_itself(&isolated), "{text:?}");
            assert_eq!(text.contains(|c| c != 'a'), isolated.starts_with(FIRST_STRONG_ISOLATE), "{text:?}");
            let letters = |text: &str| text.chars().filter(|c| *c == 'a').count();
            assert_eq!(letters(&isolated), letters(text), "nothing that can be read is lost");
        }
    }

    #[test]
    fn plain_names_are_left_as_they_are_and_others_isolated() {
        for plain in ["Anna de Vries", "Zoë Ågren", "C-1001", "1033 RW 12-A", "Ελένη"] {
            assert_eq!(isolated(plain), plain);
        }
        for turning in ["נועה", "مريم", "Anna \u{202e}seirV", "a\u{200f}"] {
            assert!(isolated(turning).starts_with(FIRST_STRONG_ISOLATE), "{turning:?}");
        }
    }
}
