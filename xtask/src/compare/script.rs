//! The requests as they are written: `who GET path`, `who POST path form|json|mail|text body`, `who press N fields` for the Nth form
//! of the page that they have before them, `who follow` to where the last answer leads, `who wait path` until what is to be kept is there. Indented below, `header Name: value` (an
//! empty one takes it out) and `keep name after|until`, what stands between two texts of the answer, for `$name` further on.

use anyhow::{Context as _, Result, bail};

use crate::client::ClientResponse;

/// One request.
#[derive(Debug, PartialEq, Eq)]
pub struct ScriptStep {
    /// Counted from 1.
    pub line: usize,
    /// Whose cookies go with it.
    pub who: String,
    pub ask: Ask,
    pub headers: Vec<(String, String)>,
    pub keeps: Vec<Keep>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Ask {
    Get(String),
    /// Asks again until there is what is to be kept.
    Wait(String),
    Post {
        path: String,
        content_type: &'static str,
        body: String,
    },
    /// Sends the form, counted from 1, with its hidden fields and these.
    Press {
        form: usize,
        fields: String,
    },
    Follow,
}

/// What is kept of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Keep {
    pub name: String,
    after: String,
    until: String,
}

impl Keep {
    /// What stands first between the two texts in headers or body.
    pub fn find(&self, answer: &ClientResponse) -> Option<String> {
        let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let all = headers.chain([answer.text()]).collect::<Vec<_>>().join("\n");
        let (_, rest) = all.split_once(&self.after)?;
        Some(rest.split_once(&self.until)?.0.to_owned())
    }
}

pub fn parse(text: &str) -> Result<Vec<ScriptStep>> {
    let mut steps: Vec<ScriptStep> = Vec::new();
    for (line, written) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let wrong = || format!("line {line}: `{written}` is no request");
        if let Some(more) = written.strip_prefix("    ") {
            let step = steps.last_mut().with_context(wrong)?;
            let (what, rest) = more.split_once(' ').with_context(wrong)?;
            match what {
                "header" => {
                    let (name, value) = rest.split_once(':').with_context(wrong)?;
                    step.headers.push((name.to_owned(), value.trim().to_owned()));
                }
                "keep" => {
                    let (name, rest) = rest.split_once(' ').with_context(wrong)?;
                    let (after, until) = rest.split_once('|').with_context(wrong)?;
                    let [name, after, until] = [name, after, until].map(str::to_owned);
                    step.keeps.push(Keep { name, after, until });
                }
                _ => bail!(wrong()),
            }
        } else {
            let (who, rest) = written.split_once(' ').with_context(wrong)?;
            let ask = ask(rest).with_context(wrong)?;
            steps.push(ScriptStep { line, who: who.to_owned(), ask, headers: Vec::new(), keeps: Vec::new() });
        }
    }
    Ok(steps)
}

fn ask(text: &str) -> Option<Ask> {
    let (what, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some(match what {
        "GET" => Ask::Get(rest.to_owned()),
        "wait" => Ask::Wait(rest.to_owned()),
        "POST" => {
            let (path, rest) = rest.split_once(' ')?;
            let (kind, body) = rest.split_once(' ').unwrap_or((rest, ""));
            let content_type = match kind {
                "form" => "application/x-www-form-urlencoded",
                "json" => "application/json",
                "mail" => "message/rfc822",
                "text" => "text/plain",
                _ => return None,
            };
            Ask::Post { path: path.to_owned(), content_type, body: body.replace("\\n", "\r\n") }
        }
        "press" => {
            let (form, fields) = rest.split_once(' ').unwrap_or((rest, ""));
            Ask::Press { form: form.parse().ok()?, fields: fields.to_owned() }
        }
        "follow" => Ask::Follow,
        _ => return None,
    })
}
