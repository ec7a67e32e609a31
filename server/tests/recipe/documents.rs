//! What the documents tell somebody to type.

/// The front page.
pub const README: &str = include_str!("../../../README.md");
/// The operator's guide.
pub const OPERATING: &str = include_str!("../../../docs/operating.md");

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

/// The first block of that language.
pub fn fenced(document: &str, language: &str) -> String {
    let (_, block) = document.split_once(&format!("```{language}\n")).expect("there is such a block");
    block.split_once("```").expect("it ends").0.to_owned()
}
