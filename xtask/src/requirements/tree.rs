//! The files of the repository, and the tests in them.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Folders that hold nothing of our own writing.
const SKIPPED: [&str; 4] = ["target", "node_modules", "demo-data", "test-results"];

/// What is read for ids.
const READ: [&str; 8] = ["rs", "mjs", "js", "css", "toml", "md", "html", "c"];

/// Holds ids that no row has, on purpose.
const OWN_TESTS: &str = "xtask/src/requirements/tests.rs";

/// A file that was read.
pub struct File {
    /// From the repository's folder, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|kind| kind == "rs")
    }

    /// Lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// Every file under a folder in which a person may have named a requirement.
pub fn read_files(root: &Path) -> Result<Vec<File>> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() && path.extension().is_some_and(|kind| READ.iter().any(|read| kind == *read)) {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                files.push(File { path: path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    files.retain(|file| file.path != OWN_TESTS);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Finds tests by the names that the document gives them.
pub struct Tests<'a>(&'a [File]);

impl<'a> Tests<'a> {
    pub fn from_files(files: &'a [File]) -> Self {
        Self(files)
    }

    /// How many tests have that name: `end/of/path.rs::function`, or `name.spec.mjs: title`; none if it is no such name.
    pub fn count(&self, name: &str) -> Option<usize> {
        if let Some((path, function)) = name.split_once("::") {
            return Some(self.ending(path).filter(|file| has_function(&file.text, function)).count());
        }
        let (path, title) = name.split_once(".spec.mjs: ")?;
        Some(self.ending(&format!("{path}.spec.mjs")).filter(|file| has_title(&file.text, title)).count())
    }

    /// How many have that name in whichever file, or under `name.spec.mjs: title`.
    pub fn anywhere(&self, name: &str) -> usize {
        let functions = || self.0.iter().filter(|file| has_function(&file.text, name)).count();
        self.count(name).unwrap_or_else(functions)
    }

    fn ending(&self, path: &str) -> impl Iterator<Item = &'a File> {
        let end = format!("/{path}");
        self.0.iter().filter(move |file| format!("/{}", file.path).ends_with(&end))
    }
}

/// A function of that name that is marked as a test, and not as one to be left out.
fn has_function(text: &str, name: &str) -> bool {
    let defined = format!("fn {name}(");
    if !text.contains(&defined) {
        return false;
    }
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let places = (0..lines.len())
        .filter(|at| ["", "async "].iter().any(|kind| lines[*at].starts_with(&format!("{kind}{defined}"))));
    places.map(|at| &lines[..at]).any(|before| {
        let attributes: Vec<_> =
            before.iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
        let marked = |what: &str| attributes.iter().any(|line| attribute(line) == Some(what));
        (marked("test") || marked("tokio::test")) && !marked("ignore")
    })
}

/// The path in an attribute.
fn attribute(line: &str) -> Option<&str> {
    line.strip_prefix("#[")?.split([']', '(', ' ']).next()
}

/// A call of `test`, or of what a spec made of it, with that title as it stands in the source; `test.skip` is none.
fn has_title(text: &str, title: &str) -> bool {
    let starts = ["test", "desk", "demo"]
        .iter()
        .flat_map(|call| ['\'', '`', '"'].map(|quote| format!("{call}({quote}{title}{quote}")));
    let starts: Vec<String> = starts.collect();
    text.lines().any(|line| starts.iter().any(|start| line.trim_start().starts_with(start)))
}
