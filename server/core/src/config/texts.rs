//! `[texts.nl]` and `[texts.en]`: the words of the notice, both layers.

use model::language::{Language, Localized};

use super::reader::{At, Section};

/// More than this does not fit the third of a phone that the first layer may take.
const LONGEST_BODY: usize = 260;

/// The words of both layers in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    pub nl: NoticeTexts,
    pub en: NoticeTexts,
}

impl Texts {
    /// The words in one language.
    pub fn get(&self, language: Language) -> &NoticeTexts {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// The words of both layers in one language; [`model::notice::NoticeStrings`] says what each is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names and meanings are those of NoticeStrings")]
pub struct NoticeTexts {
    pub heading: String,
    /// Paragraphs; the last one ends with how to change one's mind (GDPR art. 7(3)).
    pub body: Vec<String>,
    pub refuse: String,
    pub accept: String,
    pub settings: String,
    pub save: String,
    pub panel_heading: String,
    pub close: String,
    pub necessary: String,
    pub object: String,
    pub on: String,
    pub off: String,
    pub details: String,
    pub save_is_refusal: String,
}

/// What the first layer must name (Tw art. 11.7a lid 1 a, GDPR art. 4(11); S-56).
#[derive(Clone, Debug, Default)]
pub(super) struct MustName {
    /// The controller's name.
    pub(super) controller: Option<String>,
    /// The names of the optional purposes.
    pub(super) purposes: Vec<Localized>,
}

pub(super) fn read_texts(s: &Section<'_>, must_name: &MustName) -> Option<Texts> {
    let nl = s.table("nl", |s| read_notice(s, Language::Nl, must_name));
    let en = s.table("en", |s| read_notice(s, Language::En, must_name));
    Some(Texts { nl: nl?, en: en? })
}

fn read_notice(s: &Section<'_>, language: Language, must_name: &MustName) -> Option<NoticeTexts> {
    let heading = s.text("heading");
    let body = read_body(s, language, must_name);
    let [refuse, accept, settings, save, panel_heading, close, necessary, object, on, off, details, save_is_refusal] =
        [
            "refuse",
            "accept",
            "settings",
            "save",
            "panel_heading",
            "close",
            "necessary",
            "object",
            "on",
            "off",
            "details",
            "save_is_refusal",
        ]
        .map(|key| s.text(key));
    Some(NoticeTexts {
        heading: heading?,
        body: body?,
        refuse: refuse?,
        accept: accept?,
        settings: settings?,
        save: save?,
        panel_heading: panel_heading?,
        close: close?,
        necessary: necessary?,
        object: object?,
        on: on?,
        off: off?,
        details: details?,
        save_is_refusal: save_is_refusal?,
    })
}

fn read_body(s: &Section<'_>, language: Language, must_name: &MustName) -> Option<Vec<String>> {
    let paragraphs = s.some_texts("body");
    let withdraw = s.text("withdraw");
    let (paragraphs, withdraw) = (paragraphs?, withdraw?);
    let at = paragraphs.first().map_or(s.at(), |first| first.at);
    let mut body: Vec<String> = paragraphs.into_iter().map(|paragraph| paragraph.value).collect();
    check_names(s, &At { value: body.join(" ").to_lowercase(), at }, language, must_name);
    if let Some(last) = body.last_mut() {
        *last = format!("{last} {withdraw}");
    }
    let length: usize = body.iter().map(|paragraph| paragraph.chars().count()).sum();
    if length > LONGEST_BODY {
        let what = format!("`body` and `withdraw` have {length} characters together");
        s.note(at, what, format!("write at most {LONGEST_BODY}, and about 170 so that a phone shows them well"));
    }
    Some(body)
}

fn check_names(s: &Section<'_>, body: &At<String>, language: Language, must_name: &MustName) {
    let missing = |name: &str| !body.value.contains(&name.to_lowercase());
    if let Some(name) = must_name.controller.as_ref().filter(|name| missing(name)) {
        s.note(body.at, format!("`body` does not say who asks: \"{name}\""), "name the controller");
    }
    for name in must_name.purposes.iter().map(|name| name.get(language)).filter(|name| missing(name)) {
        let mend = "name every purpose on the first layer by its own name";
        s.note(body.at, format!("`body` does not name the purpose \"{name}\""), mend);
    }
}
