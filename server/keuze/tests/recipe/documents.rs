//! What the documents tell somebody to type.

/// The front page.
pub const README: &str = include_str!("../../../../README.md");
/// For whoever sends.
pub const SENDING: &str = include_str!("../../../../docs/sending.md");
/// The walk with the demo.
pub const WALK: &str = include_str!("../../../../docs/walkthrough.md");
/// The operator's guide.
pub const OPERATING: &str = include_str!("../../../../docs/operating.md");

/// The commands that a document gives to be typed: the first piece of code of a step or of a table's row that begins with
/// the program's name, and the next ones of the same step.
pub fn commands(document: &str) -> Vec<String> {
    let given = document.lines().filter(|line| line.starts_with("| `keuze ") || is_step(line));
    let first_cell = |line: &str| match line.strip_prefix("| ") {
        Some(row) => row.split(" | ").next().unwrap_or_default().to_owned(),
        None => line.to_owned(),
    };
    given.flat_map(|line| code(&first_cell(line))).filter(|code| code.starts_with("keuze ")).collect()
}

fn is_step(line: &str) -> bool {
    line.split_once(". ").is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What stands between backticks.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The requests that stand in a document's blocks: method, address, and the body with everything that follows it.
pub fn requests(document: &str) -> Vec<(String, String, String)> {
    let blocks = document.split("```").skip(1).step_by(2);
    let mut found: Vec<(String, String, String)> = Vec::new();
    for block in blocks {
        let mut in_request = false;
        for line in block.lines() {
            let mut words = line.splitn(3, ' ').map(str::trim);
            match (words.next(), line) {
                (Some(method @ ("POST" | "GET")), _) => {
                    let rest = line[method.len()..].trim();
                    let (address, body) = rest.split_once(' ').unwrap_or((rest, ""));
                    found.push((method.to_owned(), address.to_owned(), body.trim().to_owned()));
                    in_request = true;
                }
                (_, line) if in_request && line.starts_with(' ') => {
                    found.last_mut().expect("just begun").2 += line.trim();
                }
                _ => in_request = false,
            }
        }
    }
    found
}

/// The first block of that language.
pub fn fenced(document: &str, language: &str) -> String {
    let (_, block) = document.split_once(&format!("```{language}\n")).expect("there is such a block");
    block.split_once("```").expect("it ends").0.to_owned()
}

/// What a document gives to be typed, block by block: those that name no language.
pub fn typed(document: &str) -> Vec<String> {
    let blocks = document.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix('\n')).map(str::to_owned).collect()
}
