//! Every address that is answered, once: the router is built from this list, links are made from it, and each address says
//! here which limit its requests share and what a POST to it may change. docs/routes.md is checked against it.

use std::fmt::{Display, Write as _};

use strum::VariantArray;

use crate::language::Language;

/// Below this path stands everything but the two files of `/.well-known/` and the demo's host pages.
pub const ROOT: &str = "/keuze/";

/// Where people look at a page; what stands below these is asked by programs and by browsers' own fetches.
const FOR_PROGRAMS: [&str; 2] = ["/keuze/api/", "/keuze/log/"];

/// An address, with `{…}` for what is put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Endpoint {
    /// The banner for one language.
    Embed,
    /// What only later moments need of the banner.
    Later,
    /// Release of what was held back, and the panel's place.
    Release,
    /// The settings panel's glue.
    Panel,
    /// The settings panel.
    PanelWasm,
    /// The notice's words for the panel.
    Notice,
    /// The banner as HTML, for a server-side include.
    Fragment,
    /// The banner's styles.
    BannerCss,
    /// The styles of our own pages.
    PageCss,
    /// The mark in a browser's tab.
    Icon,

    /// A choice by a plain form.
    ChoicesForm,
    /// A choice by script.
    Choices,
    /// That somebody went on using the site.
    ContinuedUse,
    /// The policy in force.
    Policy,
    /// Whether the server is ready.
    Health,

    /// May somebody be contacted?
    Decisions,
    /// A no that was said elsewhere.
    Objections,
    /// What is known of a customer.
    Customers,
    /// An opt-in that waits for its confirmation.
    OptIns,
    /// The headers and links of a mail.
    MailHeaders,
    /// Whether a mail carries them.
    MailChecks,
    /// The paragraph and code of a letter.
    LetterBlocks,
    /// Whether a letter carries them.
    LetterChecks,

    /// What this device allows, and the channels of whoever proved an address.
    Preferences,
    /// Every cookie and every party.
    Register,
    Receipt,
    /// What a problem means.
    ProblemType,

    /// A change of the channels.
    PreferenceChange,
    /// What a change came to.
    PreferenceChanged,
    /// The end of a session.
    SignOut,
    /// Where a code is asked for.
    Code,
    /// Where it is entered.
    CodeEntry,
    /// What is held of a person.
    DataAccess,
    /// The same as a file.
    DataExport,
    /// Erasing it.
    Erasure,
    /// The newsletter's sign-up; hosts may post to it from a form of their own.
    Newsletter,
    /// The link that confirms it.
    NewsletterLink,

    /// A no with nothing in hand.
    Objection,
    /// A no by the link of a mail (RFC 8058).
    ObjectionLink,
    /// The same with a slash behind it: a redirect is not allowed (RFC 8058 section 3.1).
    ObjectionLinkSlash,
    /// A no by the code of a letter.
    Letter,
    /// The same with a slash behind it, as it may be typed from paper.
    LetterSlash,

    /// The desk: looking up.
    Desk,
    DeskSignIn,
    DeskSignOut,
    /// A new password.
    DeskPassword,
    DeskLookUp,
    /// The form that opens a call.
    DeskCall,
    DeskCallOpen,
    /// An open call.
    DeskCallScreen,
    /// Where a look-up's address without its id leads.
    DeskPeople,
    /// People who were looked up, and what is entered for them.
    DeskPerson,
    /// Two who are one.
    DeskPersonMerge,
    /// What joined a person later is their own.
    DeskPersonSame,
    DeskPersonErase,

    /// The verifier keys of the logs.
    LogKeys,
    /// The logs, for programs.
    Logs,
    /// The same outside [`ROOT`], for whoever knows the host alone.
    LogsWellKnown,
    /// The checkpoint of the log of logs (C2SP tlog-checkpoint).
    LogsCheckpoint,
    /// A tile of it (C2SP tlog-tiles).
    LogsTile,
    /// A shard's checkpoint.
    Checkpoint,
    /// A tile of a shard.
    Tile,
    /// Where somebody says that they found a hole (RFC 9116).
    SecurityTxt,

    /// The demo's first page.
    DemoHome,
    /// The demo's second page.
    DemoSecond,
    /// The demo's page without scripts.
    DemoNoScript,
    /// What stands in a frame of the demo.
    DemoVideo,
    /// The demo's mails.
    DemoOutbox,
    /// The demo's styles.
    DemoCss,
    /// What the demo holds back until marketing is allowed.
    DemoMarketing,
    /// What measures the frame's size.
    DemoFrame,
    /// What the demo holds back until statistics are allowed.
    DemoStatistics,
}

/// Requests that share a limit, each client by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum RateClass {
    /// Answers, by form and by script.
    Choices,
    ContinuedUse,
    /// Saying no with nothing in hand, or by the code of a letter.
    Objections,
    /// The links of mails: a mail provider presses them for very many people from few addresses (RFC 8058).
    Links,
    /// What programs with an API key ask.
    ApiClients,
    /// Signing in, and what sends a mail or takes a code: slow enough to make guessing and flooding pointless.
    SignIn,
    /// Pages, receipts and the rest that is made for each request.
    Pages,
    /// `embed.js` and the other files, which browsers ask for by themselves and which cost nothing to serve.
    Files,
    /// Health alone.
    Unlimited,
}

/// What a POST may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Nothing,
    /// Who is signed in, and nothing else.
    Session,
    /// What is on record, or waits to be sent.
    Record,
    /// The same, and a no is among what it takes: whatever else is sent with it, the no counts.
    Objection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostMethod {
    /// The limit.
    pub class: RateClass,
    /// What it may change.
    pub effect: Effect,
}

/// An address and its methods; no method without a class.
struct Spec {
    path: &'static str,
    get: Option<RateClass>,
    post: Option<PostMethod>,
}

const fn spec(path: &'static str, get: Option<RateClass>, post: Option<PostMethod>) -> Spec {
    Spec { path, get, post }
}

const fn get(path: &'static str, class: RateClass) -> Spec {
    spec(path, Some(class), None)
}

const fn page(path: &'static str) -> Spec {
    get(path, RateClass::Pages)
}

const fn file(path: &'static str) -> Spec {
    get(path, RateClass::Files)
}

const fn post(path: &'static str, class: RateClass, effect: Effect) -> Spec {
    spec(path, None, Some(PostMethod { class, effect }))
}

/// A page and what is sent to its address.
const fn form(path: &'static str, class: RateClass, effect: Effect) -> Spec {
    spec(path, Some(RateClass::Pages), Some(PostMethod { class, effect }))
}

impl Endpoint {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    const fn spec(self) -> Spec {
        use Effect::{Nothing, Objection, Record, Session};
        use RateClass::{ApiClients, Choices, ContinuedUse, Links, Objections, Pages, SignIn, Unlimited};
        match self {
            Self::Embed => file("/keuze/embed.js"),
            Self::Later => file("/keuze/later.js"),
            Self::Release => file("/keuze/release.js"),
            Self::Panel => file("/keuze/panel.js"),
            Self::PanelWasm => file("/keuze/panel_bg.wasm"),
            Self::Notice => file("/keuze/notice.json"),
            Self::Fragment => page("/keuze/fragment"),
            Self::BannerCss => file("/keuze/banner.css"),
            Self::PageCss => file("/keuze/page.css"),
            Self::Icon => file("/keuze/icon.svg"),

            Self::ChoicesForm => post("/keuze/choices", Choices, Objection),
            Self::Choices => post("/keuze/api/v1/choices", Choices, Objection),
            Self::ContinuedUse => post("/keuze/api/v1/continued-use", ContinuedUse, Record),
            Self::Policy => page("/keuze/api/v1/policy"),
            Self::Health => get("/keuze/health", Unlimited),

            Self::Decisions => {
                let asks = PostMethod { class: ApiClients, effect: Record };
                spec("/keuze/api/v1/decisions", Some(ApiClients), Some(asks))
            }
            Self::Objections => post("/keuze/api/v1/objections", ApiClients, Objection),
            Self::Customers => post("/keuze/api/v1/customers", ApiClients, Objection),
            Self::OptIns => post("/keuze/api/v1/opt-ins", ApiClients, Record),
            Self::MailHeaders => post("/keuze/api/v1/mail-headers", ApiClients, Nothing),
            Self::MailChecks => post("/keuze/api/v1/mail-checks", ApiClients, Nothing),
            Self::LetterBlocks => post("/keuze/api/v1/letter-blocks", ApiClients, Record),
            Self::LetterChecks => post("/keuze/api/v1/letter-checks", ApiClients, Record),

            Self::Preferences => page("/keuze/voorkeuren"),
            Self::Register => page("/keuze/cookies"),
            Self::Receipt => page("/keuze/bewijs/{number}/{token}"),
            Self::ProblemType => page("/keuze/problems/{slug}"),

            Self::PreferenceChange => form("/keuze/voorkeuren/reclame", Pages, Objection),
            Self::PreferenceChanged => page("/keuze/voorkeuren/gedaan/{number}/{token}"),
            Self::SignOut => form("/keuze/voorkeuren/uitloggen", Pages, Session),
            Self::Code => form("/keuze/voorkeuren/code", SignIn, Record),
            Self::CodeEntry => form("/keuze/voorkeuren/code/invullen", SignIn, Record),
            Self::DataAccess => page("/keuze/inzage"),
            Self::DataExport => page("/keuze/inzage/gegevens"),
            Self::Erasure => form("/keuze/inzage/wissen", Pages, Record),
            Self::Newsletter => form("/keuze/nieuwsbrief", SignIn, Record),
            Self::NewsletterLink => form("/keuze/nieuwsbrief/{token}", Pages, Record),

            Self::Objection => form("/keuze/afmelden", Objections, Objection),
            Self::ObjectionLink => {
                spec("/keuze/afmelden/{token}", Some(Links), Some(PostMethod { class: Links, effect: Objection }))
            }
            Self::ObjectionLinkSlash => {
                spec("/keuze/afmelden/{token}/", Some(Links), Some(PostMethod { class: Links, effect: Objection }))
            }
            Self::Letter => form("/keuze/brief", Objections, Objection),
            Self::LetterSlash => page("/keuze/brief/"),

            Self::Desk => page("/keuze/desk"),
            Self::DeskSignIn => form("/keuze/desk/sign-in", SignIn, Session),
            Self::DeskSignOut => form("/keuze/desk/sign-out", Pages, Session),
            Self::DeskPassword => form("/keuze/desk/password", SignIn, Record),
            Self::DeskLookUp => form("/keuze/desk/look-up", Pages, Record),
            Self::DeskCall => page("/keuze/desk/call"),
            Self::DeskCallOpen => form("/keuze/desk/call/open", Pages, Record),
            Self::DeskCallScreen => form("/keuze/desk/call/{id}", Pages, Objection),
            Self::DeskPeople => page("/keuze/desk/person"),
            Self::DeskPerson => form("/keuze/desk/person/{id}", Pages, Objection),
            Self::DeskPersonMerge => form("/keuze/desk/person/{id}/merge", Pages, Record),
            Self::DeskPersonSame => form("/keuze/desk/person/{id}/same-person", Pages, Record),
            Self::DeskPersonErase => form("/keuze/desk/person/{id}/erase", Pages, Record),

            Self::LogKeys => file("/keuze/log/keys"),
            Self::Logs => file("/keuze/log/logs.json"),
            Self::LogsWellKnown => file("/.well-known/keuze-log.json"),
            Self::LogsCheckpoint => file("/keuze/log/checkpoint"),
            Self::LogsTile => file("/keuze/log/tile/{level}/{*index}"),
            Self::Checkpoint => file("/keuze/log/{shard}/checkpoint"),
            Self::Tile => file("/keuze/log/{shard}/tile/{level}/{*index}"),
            Self::SecurityTxt => file("/.well-known/security.txt"),

            Self::DemoHome => page("/"),
            Self::DemoSecond => page("/tweede"),
            Self::DemoNoScript => page("/zonder-javascript"),
            Self::DemoVideo => page("/demo/video"),
            Self::DemoOutbox => page("/demo/outbox"),
            Self::DemoCss => file("/demo/host.css"),
            Self::DemoMarketing => file("/demo/marketing.js"),
            Self::DemoFrame => file("/demo/frame.js"),
            Self::DemoStatistics => file("/demo/statistics.js"),
        }
    }

    /// The path; with `{…}` where something is put into it, as the router reads it.
    pub const fn path(self) -> &'static str {
        self.spec().path
    }

    /// The path that leads to a page in a language.
    pub fn in_language(self, language: Language) -> String {
        in_language(self.path(), language)
    }

    /// The address of this kind below its parent's: `…/person/{id}` gives `…/person/{id}/merge`.
    pub fn under(self, parent: &str) -> String {
        let last = self.path().rsplit('/').next().unwrap_or_default();
        format!("{parent}/{last}")
    }

    /// The limit of a GET; `None` where there is none.
    pub const fn get(self) -> Option<RateClass> {
        self.spec().get
    }

    /// What is sent by POST; `None` where nothing is.
    pub const fn post(self) -> Option<PostMethod> {
        self.spec().post
    }

    /// The limit of a request; one with a method that is not answered counts as one that is.
    pub fn class(self, is_safe: bool) -> RateClass {
        let Spec { get, post, .. } = self.spec();
        let (get, post) = (get, post.map(|post| post.class));
        let class = if is_safe { get.or(post) } else { post.or(get) };
        class.expect("every address has a method: checked by a test")
    }

    /// Only the demo answers it.
    pub fn is_demo(self) -> bool {
        !self.path().starts_with(ROOT) && !self.path().starts_with("/.well-known/")
    }

    /// The address that the router matched.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.path() == path)
    }

    /// With what stands in it, in order. Private: each address with parts has a function of its own below.
    fn filled(self, parts: &[&dyn Display]) -> String {
        let (mut parts, mut filled) = (parts.iter(), String::with_capacity(96));
        for (at, segment) in self.path().split('/').enumerate() {
            filled.push_str(if at == 0 { "" } else { "/" });
            match segment.starts_with('{').then(|| parts.next()).flatten() {
                Some(part) => _ = write!(filled, "{part}"),
                None => filled.push_str(segment),
            }
        }
        filled
    }
}

/// The limit of what leads nowhere: a file that is not there costs as little as one that is.
pub fn unmatched_class(path: &str) -> RateClass {
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if is_file { RateClass::Files } else { RateClass::Pages }
}

/// Whether a path is asked by programs and browsers' own fetches, which a problem document answers; people get a page.
pub fn is_for_programs(path: &str) -> bool {
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    is_file || path == Endpoint::Health.path() || FOR_PROGRAMS.iter().any(|start| path.starts_with(start))
}

/// Whether a browser that was sent to a path by a form of ours finds something there.
pub fn answers_browsers(path: &str) -> bool {
    !path.starts_with(Endpoint::ChoicesForm.path()) && !path.starts_with(FOR_PROGRAMS[0])
}

/// A path of ours that leads to a page in a language.
pub fn in_language(path: &str, language: Language) -> String {
    format!("{path}?lang={}", language.tag())
}

pub fn receipt(number: impl Display, token: impl Display) -> String {
    Endpoint::Receipt.filled(&[&number, &token])
}

/// What a change of the channels came to; its token is the receipt's own.
pub fn preference_changed(number: impl Display, token: impl Display) -> String {
    Endpoint::PreferenceChanged.filled(&[&number, &token])
}

/// What a problem means.
pub fn problem_type(slug: impl Display) -> String {
    Endpoint::ProblemType.filled(&[&slug])
}

/// The link of a mail that says no.
pub fn objection_link(token: impl Display) -> String {
    Endpoint::ObjectionLink.filled(&[&token])
}

/// The link that confirms a newsletter.
pub fn newsletter_link(token: impl Display) -> String {
    Endpoint::NewsletterLink.filled(&[&token])
}

/// An open call at the desk.
pub fn desk_call(id: impl Display) -> String {
    Endpoint::DeskCallScreen.filled(&[&id])
}

/// A look-up at the desk.
pub fn desk_person(id: impl Display) -> String {
    Endpoint::DeskPerson.filled(&[&id])
}

pub fn checkpoint(shard: impl Display) -> String {
    Endpoint::Checkpoint.filled(&[&shard])
}

/// The log of logs: as [`log`].
pub const LOGS: &str = "/keuze/log";

/// A log: its checkpoint and tiles stand below it, and its name is the site with this behind it.
pub fn log(shard: impl Display) -> String {
    let checkpoint = checkpoint(shard);
    checkpoint.strip_suffix("/checkpoint").unwrap_or(&checkpoint).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn every_address_stands_once_and_answers_something() {
        let paths: BTreeSet<_> = Endpoint::ALL.iter().map(|endpoint| endpoint.path()).collect();
        assert_eq!(paths.len(), Endpoint::ALL.len());
        for endpoint in Endpoint::ALL {
            assert!(endpoint.get().or(endpoint.post().map(|post| post.class)).is_some(), "{endpoint:?}");
            assert_eq!(Endpoint::of_path(endpoint.path()), Some(*endpoint));
        }
    }

    #[test]
    fn a_path_with_parts_is_its_template_filled() {
        let filled = [
            (Endpoint::Receipt, receipt(1, 2), "/keuze/bewijs/1/2"),
            (Endpoint::PreferenceChanged, preference_changed(1, 2), "/keuze/voorkeuren/gedaan/1/2"),
            (Endpoint::ProblemType, problem_type(1), "/keuze/problems/1"),
            (Endpoint::ObjectionLink, objection_link(1), "/keuze/afmelden/1"),
            (Endpoint::NewsletterLink, newsletter_link(1), "/keuze/nieuwsbrief/1"),
            (Endpoint::DeskCallScreen, desk_call(1), "/keuze/desk/call/1"),
            (Endpoint::DeskPerson, desk_person(1), "/keuze/desk/person/1"),
            (Endpoint::Checkpoint, checkpoint("0001"), "/keuze/log/0001/checkpoint"),
        ];
        for (endpoint, path, expected) in &filled {
            assert_eq!(path, expected, "{endpoint:?}");
            assert_eq!(endpoint.path().matches('{').count(), path.matches(['1', '2']).count().min(2), "{endpoint:?}");
        }
        assert_eq!(log("0001"), "/keuze/log/0001");
    }

    #[test]
    fn what_programs_ask_gets_a_document_and_what_people_ask_a_page() {
        for endpoint in Endpoint::ALL {
            let for_people = [Some(RateClass::Pages), Some(RateClass::Links)].contains(&endpoint.get());
            let is_policy = *endpoint == Endpoint::Policy;
            let sent_by_people = *endpoint == Endpoint::ChoicesForm;
            let expected = !(for_people || sent_by_people) || is_policy;
            assert_eq!(is_for_programs(endpoint.path()), expected, "{endpoint:?}");
        }
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn files(folder: &Path, kinds: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !["target", "node_modules", "tests", "fixture", "examples"].contains(&name) {
                    files(&path, kinds, found);
                }
            } else if kinds.iter().any(|kind| name.ends_with(kind)) {
                found.push(path);
            }
        }
    }

    fn read_folders(folders: &[&str], kinds: &[&str]) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        folders.iter().for_each(|folder| files(&root().join(folder), kinds, &mut found));
        found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).expect("readable"))).collect()
    }

    /// The code of a Rust file, without its comments and its tests.
    fn code(text: &str) -> String {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn no_path_is_spelled_out_anywhere_else() {
        let sources = read_folders(&["app", "server", "frontend/panel"], &[".rs"]);
        assert!(sources.len() > 200, "{}", sources.len());
        // In a sentence an address stands after a space; it must be one that is there.
        let spelled = |text: &str| {
            let code = code(text);
            code.match_indices(ROOT).any(|(at, _)| {
                let rest = &code[at..];
                let is_path = rest[ROOT.len()..].starts_with(|next: char| next.is_ascii_lowercase());
                let is_sentence =
                    code[..at].ends_with(' ') && paths_in(rest).first().is_some_and(|path| leads_somewhere(path));
                is_path && !is_sentence
            })
        };
        let is_here = |path: &Path| path.ends_with("app/model/src/paths.rs");
        let is_test = |path: &Path| ["tests.rs", "fixture.rs", "golden.rs"].iter().any(|name| path.ends_with(name));
        for (path, text) in &sources {
            if is_here(path) {
                assert!(spelled(text), "the test can fail");
            } else if !is_test(path) {
                assert!(!spelled(text), "{}", path.display());
            }
        }
    }

    /// Every path in a text that stands below [`ROOT`].
    fn paths_in(text: &str) -> Vec<String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "/-_.{}*…".contains(c);
        // Not a file of ours, as `server/keuze/src`.
        let is_file = |at: usize| text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        let rests = text.match_indices(ROOT).filter(|(at, _)| !is_file(*at)).map(|(at, _)| &text[at + ROOT.len()..]);
        let rests = rests.filter(|rest| rest.starts_with(|next: char| next.is_ascii_lowercase()));
        let path = |rest: &str| rest.split(|c| !is_part(c)).next().unwrap_or_default().trim_end_matches('.').to_owned();
        rests.map(|rest| format!("{ROOT}{}", path(rest))).collect()
    }

    fn leads_somewhere(path: &str) -> bool {
        Endpoint::ALL.iter().any(|endpoint| {
            let (mut asked, mut ours) = (path.split('/'), endpoint.path().split('/'));
            loop {
                match (asked.next(), ours.next()) {
                    (None, None) => return true,
                    (Some(_), Some(part)) if part.starts_with("{*") => return true,
                    (Some(asked), Some(part)) if asked == part || (part.starts_with('{') && !asked.is_empty()) => {}
                    _ => return false,
                }
            }
        })
    }

    #[test]
    fn what_the_browser_files_ask_for_is_there() {
        let mut asked = 0;
        for (path, text) in read_folders(&["frontend/embed", "server/web/src/demo"], &[".js", ".html"]) {
            for at in paths_in(&text) {
                let whole = at.trim_end_matches(['{', '}']);
                let whole = if whole.ends_with('/') { format!("{whole}x") } else { whole.to_owned() };
                assert!(leads_somewhere(&whole), "{}: {at}", path.display());
                asked += 1;
            }
        }
        assert!(asked > 10, "{asked}");
        assert!(!leads_somewhere("/keuze/nowhere") && leads_somewhere("/keuze/afmelden/x"), "the test can fail");
    }

    #[test]
    fn what_the_documents_name_is_there() {
        let mut named = 0;
        let documents = read_folders(&["docs"], &[".md"]).into_iter().chain([(root(), String::new())]);
        for (path, text) in documents.filter(|(path, _)| !path.to_string_lossy().contains("decisions")) {
            for at in paths_in(&text) {
                let is_start = Endpoint::ALL.iter().any(|endpoint| endpoint.path().starts_with(&at));
                assert!(leads_somewhere(&at) || is_start, "{}: {at}", path.display());
                named += 1;
            }
        }
        assert!(named > 10, "{named}");
    }

    /// docs/routes.md, as this list makes it.
    fn table() -> String {
        let class = |class: RateClass| format!("{class:?}");
        let rows = Endpoint::ALL.iter().map(|endpoint| {
            let get = endpoint.get().map(class).unwrap_or_default();
            let (post, effect) = match endpoint.post() {
                None => (String::new(), ""),
                Some(PostMethod { class: of, effect }) => (
                    class(of),
                    match effect {
                        Effect::Nothing => "nothing",
                        Effect::Session => "a session",
                        Effect::Record => "the record",
                        Effect::Objection => "the record; takes a no",
                    },
                ),
            };
            format!("| `{}` | {get} | {post} | {effect} |\n", endpoint.path())
        });
        rows.collect()
    }

    #[test]
    fn the_documentation_lists_every_address() {
        let page = fs::read_to_string(root().join("docs/routes.md")).expect("docs/routes.md");
        assert!(page.contains(&table()), "docs/routes.md must hold this table:\n{}", table());
    }
}
