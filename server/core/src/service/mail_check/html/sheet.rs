//! The style sheets of a body: rules for elements by tag, class and id, within others or right below them.
//!
//! What a rule asks of an element that has not come yet, of its siblings or of what somebody does with it is left out: it may
//! hide nothing.

use std::cell::Cell;
use std::collections::HashMap;

use super::media::Screen;
use super::style::{Declared, Style, without_comments};
use super::token::{HtmlToken, Tag, TokenReader};
use super::{OpenElement, decoded};

/// The rules for one screen.
#[derive(Default)]
pub struct Sheet {
    rules: Vec<StyleRule>,
    /// Which rules may be for an element, by its id, a class or its tag, as `#id`, `.class` or `tag`.
    by_key: HashMap<String, Vec<usize>>,
    /// So many comparisons are left: a few for each byte of the body, so that all work is linear.
    left: Cell<usize>,
}

struct StyleRule {
    /// From the outermost element to the one that it is for.
    steps: Vec<SelectorStep>,
    rank: Rank,
    declared: Declared,
}

/// Ids, classes and tags of a selector: what outranks what.
type Rank = (usize, usize, usize);

/// One element of a selector.
#[derive(Default)]
struct SelectorStep {
    tag: Option<String>,
    ids: Vec<String>,
    classes: Vec<String>,
    /// `:link`.
    is_link: bool,
    /// It stands right below the one before it.
    is_child: bool,
}

/// Longer selectors are not read.
const MOST_STEPS: usize = 12;
/// No honest body needs more of these for each of its bytes.
const COMPARISONS_A_BYTE: usize = 16;
const AT_LEAST: usize = 500_000;

impl Sheet {
    /// The style sheets of a body, for this screen.
    pub fn parse(html: &str, screen: Screen) -> Self {
        let mut sheet = Self { left: Cell::new(html.len() * COMPARISONS_A_BYTE + AT_LEAST), ..Self::default() };
        let mut is_shown = true;
        for token in TokenReader::new(html) {
            match token {
                HtmlToken::Start(tag) => is_shown = screen.shows(tag.media.unwrap_or_default()),
                HtmlToken::Raw(css) if is_shown => sheet.add_rules(&without_comments(css), screen),
                HtmlToken::Raw(_) | HtmlToken::Text(_) | HtmlToken::End(_) => {}
            }
        }
        sheet
    }

    fn add_rules(&mut self, css: &str, screen: Screen) {
        let mut rest = css.trim_start().trim_start_matches("<!--");
        while let Some((before, behind)) = rest.split_once('{') {
            // A block that is for this screen ends where a rule would begin, and so does an at-rule without one.
            let prelude = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
            if let Some(at_rule) = prelude.strip_prefix('@') {
                rest = if holds(at_rule, screen) { behind } else { behind_block(behind) };
                continue;
            }
            let (declarations, next) = behind.split_once('}').unwrap_or((behind, ""));
            rest = next;
            let declared = Declared::parse_declarations(declarations);
            if declared != Declared::default() {
                prelude.split(',').for_each(|selector| self.add(selector, declared));
            }
        }
    }

    fn add(&mut self, selector: &str, declared: Declared) {
        let Some(steps) = steps(selector) else { return };
        let Some(last) = steps.last() else { return };
        let key = match (last.ids.first(), last.classes.first(), &last.tag) {
            (Some(id), _, _) => format!("#{id}"),
            (_, Some(class), _) => format!(".{class}"),
            (_, _, tag) => tag.clone().unwrap_or_default(),
        };
        let sum = |count: fn(&SelectorStep) -> usize| steps.iter().map(count).sum::<usize>();
        let rank = (
            sum(|step| step.ids.len()),
            sum(|step| step.classes.len() + usize::from(step.is_link)),
            sum(|step| usize::from(step.tag.is_some())),
        );
        self.by_key.entry(key).or_default().push(self.rules.len());
        self.rules.push(StyleRule { steps, rank, declared });
    }

    /// What is said of an element within these, its own style included; `None` where it is not to be found out.
    pub fn style_of(&self, tag: &Tag<'_>, within: &[OpenElement<'_>]) -> Option<Style> {
        let mut rules = self.rules_for(tag, within)?;
        rules.sort_unstable_by_key(|at| (self.rules[*at].rank, *at));
        let rules = || rules.iter().map(|at| self.rules[*at].declared);
        let own = tag.style.map(|own| Declared::parse_declarations(&decoded(own))).unwrap_or_default();
        let plain = rules().map(|declared| declared.plain).chain([own.plain]);
        let important = rules().map(|declared| declared.important).chain([own.important]);
        Some(plain.chain(important).fold(of_attributes(tag), Style::and))
    }

    /// Those that are for an element.
    fn rules_for(&self, tag: &Tag<'_>, within: &[OpenElement<'_>]) -> Option<Vec<usize>> {
        if self.rules.is_empty() {
            return Some(Vec::new());
        }
        let element = OpenElement::from_tag(tag);
        let classes = tag.class.unwrap_or_default().split_ascii_whitespace().map(|class| format!(".{class}"));
        let keys = [String::new(), tag.name.to_ascii_lowercase()];
        let keys = keys.into_iter().chain(tag.id.map(|id| format!("#{}", id.trim()))).chain(classes);
        let mut found = Vec::new();
        for at in keys.filter_map(|key| self.by_key.get(&key)).flatten() {
            if self.is_for(&self.rules[*at].steps, &element, within)? {
                found.push(*at);
            }
        }
        Some(found)
    }

    /// Whether the last of these steps is this element, and the others stand around it.
    fn is_for(&self, steps: &[SelectorStep], element: &OpenElement<'_>, within: &[OpenElement<'_>]) -> Option<bool> {
        let Some((last, outer)) = steps.split_last() else { return Some(true) };
        self.count(element.class.map_or(1, |class| class.len() + 1))?;
        if !last.is(element) {
            return Some(false);
        }
        if outer.is_empty() {
            return Some(true);
        }
        let nearest = within.len().saturating_sub(1);
        for at in (0..within.len()).rev() {
            if last.is_child && at < nearest {
                break;
            }
            if self.is_for(outer, &within[at], &within[..at])? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn count(&self, comparisons: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(comparisons)?);
        Some(())
    }
}

impl SelectorStep {
    fn is(&self, element: &OpenElement<'_>) -> bool {
        let has = |class: &String| element.class.unwrap_or_default().split_ascii_whitespace().any(|own| own == class);
        self.tag.as_ref().is_none_or(|tag| element.name.eq_ignore_ascii_case(tag))
            && self.ids.iter().all(|id| element.id.is_some_and(|own| own.trim() == id))
            && self.classes.iter().all(has)
            && (!self.is_link || element.is_link)
    }
}

/// What the attributes of an element say; everything outranks them.
fn of_attributes(tag: &Tag<'_>) -> Style {
    let hidden = if tag.is_hidden { Style::HIDDEN } else { Style::default() };
    let is_link = tag.href.is_some() && tag.name.eq_ignore_ascii_case("a");
    let link = if is_link { Style::LINK } else { Style::default() };
    let colour = tag.color.filter(|_| tag.name.eq_ignore_ascii_case("font"));
    let picture = tag.background.map(|_| "");
    hidden.and(link).and(Style::of_colours(colour, picture.or(tag.bgcolor)))
}

/// Whether what stands in an at-rule is for this screen.
fn holds(at_rule: &str, screen: Screen) -> bool {
    let end = at_rule.find(|c: char| c.is_ascii_whitespace() || c == '(').unwrap_or(at_rule.len());
    let (name, condition) = at_rule.split_at(end);
    match name.to_ascii_lowercase().as_str() {
        "media" => screen.shows(condition),
        "layer" => true,
        "supports" => !condition.to_ascii_lowercase().contains("not"),
        _ => false,
    }
}

/// `None` for what is not read.
fn steps(selector: &str) -> Option<Vec<SelectorStep>> {
    let spaced = selector.replace('>', " > ");
    let (mut steps, mut is_child) = (Vec::new(), false);
    for word in spaced.split_ascii_whitespace() {
        if word == ">" {
            is_child = true;
            continue;
        }
        steps.push(SelectorStep { is_child, ..step(word)? });
        is_child = false;
    }
    (steps.len() <= MOST_STEPS).then_some(steps)
}

/// `td.a.b#c`.
fn step(word: &str) -> Option<SelectorStep> {
    let mut step = SelectorStep::default();
    let word = match word.strip_suffix(":link").or_else(|| word.strip_suffix(":any-link")) {
        Some(rest) => {
            step.is_link = true;
            rest
        }
        None => word,
    };
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b) || b >= 0x80)
    };
    let end = word.find(['.', '#']).unwrap_or(word.len());
    let (tag, mut rest) = word.split_at(end);
    if !["", "*"].contains(&tag) {
        step.tag = Some(tag.to_ascii_lowercase()).filter(|tag| is_name(tag));
        step.tag.as_ref()?;
    }
    while !rest.is_empty() {
        let end = rest[1..].find(['.', '#']).map_or(rest.len(), |at| at + 1);
        let (part, behind) = rest.split_at(end);
        let name = Some(part[1..].to_owned()).filter(|name| is_name(name))?;
        if part.starts_with('#') {
            step.ids.push(name);
        } else {
            step.classes.push(name);
        }
        rest = behind;
    }
    Some(step)
}

/// What follows a block, with the blocks in it.
fn behind_block(css: &str) -> &str {
    let mut depth = 1;
    for (at, mark) in css.match_indices(['{', '}']) {
        depth += if mark == "{" { 1 } else { -1 };
        if depth == 0 {
            return &css[at + 1..];
        }
    }
    ""
}
