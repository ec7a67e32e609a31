//! Whether a mail can be stopped as it must: RFC 8058, the links in its body, and who it is from.
//!
//! It reads the message as it left, and asks nobody: whether the DKIM signature itself is right is for a tool that asks
//! the DNS.

mod head;
mod html;

use mail_parser::{Message, MessageParser, PartType};

use self::head::HeadFault;
use crate::config::Config;

/// The [`Finding::word`] of the DKIM signature, which some mails get only on their way out.
pub const SIGNATURE: &str = "dkim-signature";

/// One thing that a mail must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In machine form.
    pub word: &'static str,
    pub what: &'static str,
    /// What to do, if it is not there.
    pub mend: Option<String>,
}

impl Finding {
    fn new(word: &'static str, what: &'static str, mend: Option<String>) -> Self {
        Self { word, what, mend }
    }

    /// Whether it is there.
    pub fn holds(&self) -> bool {
        self.mend.is_none()
    }
}

/// Everything that a mail must have, each found or not; `None` for what is no mail at all. Its work is linear in the length
/// of the mail, and long for a long one: not for a thread that answers others.
pub fn check(raw: &[u8], config: &Config) -> Option<Vec<Finding>> {
    if count_of_parts(raw) > MOST_PARTS {
        return None;
    }
    let message = MessageParser::default().parse(raw)?;
    message.headers().first()?;
    let bodies = bodies(&message);
    let tokens: Vec<Vec<&str>> = bodies.iter().map(|body| body.tokens(config)).collect();
    let link = head::link(&message).and_then(|uri| stop_token(uri, config).ok_or(HeadFault::Foreign));
    let fault = |result: Result<(), HeadFault>| result.err().map(|fault| fault.to_string());
    let unless = |holds: bool, mend: &str| (!holds).then(|| mend.to_owned());
    Some(vec![
        Finding::new("from", "a sender", fault(head::sender(&message))),
        Finding::new("list-unsubscribe", "List-Unsubscribe with one https link of this site", fault(link.map(|_| ()))),
        Finding::new(
            "list-unsubscribe-post",
            "List-Unsubscribe-Post, exactly List-Unsubscribe=One-Click",
            fault(head::one_click(&message)),
        ),
        Finding::new(
            SIGNATURE,
            "a DKIM signature that covers both headers",
            unless(
                head::is_signed(&message),
                "sign List-Unsubscribe and List-Unsubscribe-Post: both names belong into h= of one DKIM-Signature",
            ),
        ),
        Finding::new(
            "body-link",
            "the link in every body part",
            unless(
                !tokens.is_empty() && tokens.iter().all(|tokens| !tokens.is_empty()),
                "put text or html from /keuze/api/v1/mail-headers into the mail, keep its link out of click tracking, and give \
                 it words that are seen: a link in a comment, without words or in something hidden cannot be pressed",
            ),
        ),
        Finding::new(
            "same-link",
            "the same link in body and header",
            unless(
                link.is_err() || tokens.iter().flatten().all(|token| Ok(*token) == link),
                "take header and body from one answer of /keuze/api/v1/mail-headers: another link stops something else, or \
                 somebody else",
            ),
        ),
        Finding::new(
            "body-sender",
            "who it is from in every body part",
            unless(
                !bodies.is_empty() && bodies.iter().all(|body| body.names_sender(config)),
                "name the legal name with an address, mail address or phone number at the foot, where it is seen (S-56)",
            ),
        ),
    ])
}

/// More parts than any honest mail has. A message can stand in a message, and each level takes of the stack.
const MOST_PARTS: usize = 500;

fn count_of_parts(raw: &[u8]) -> usize {
    const NAME: &[u8] = b"content-type";
    raw.windows(NAME.len()).filter(|found| found.eq_ignore_ascii_case(NAME)).count()
}

/// A body that a reader may be shown.
struct MailBody {
    text: String,
    /// The addresses that a reader can press.
    addresses: Vec<String>,
}

fn bodies(message: &Message<'_>) -> Vec<MailBody> {
    let text = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let html = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(html) => Some(html.as_ref()),
        _ => None,
    });
    let (text, html): (Vec<&str>, Vec<&str>) = (text.collect(), html.collect());
    let text = (!text.is_empty()).then(|| MailBody::of_text(text.join("\n")));
    let html = (!html.is_empty()).then(|| MailBody::of_html(&html.join("\n")));
    text.into_iter().chain(html).collect()
}

impl MailBody {
    fn of_text(text: String) -> Self {
        let pieces = text.split(|c: char| c.is_whitespace() || "<>()[]\"".contains(c));
        // Mail programs leave the end of a sentence out of a link.
        let addresses =
            pieces.map(|piece| piece.trim_end_matches(['.', ',', ';', ':', '!', '\'']).to_owned()).collect();
        Self { text, addresses }
    }

    fn of_html(html: &str) -> Self {
        let html::VisibleBody { links, text } = html::shown(html);
        Self { text, addresses: links }
    }

    /// The tokens of the links that a reader can press.
    fn tokens(&self, config: &Config) -> Vec<&str> {
        self.addresses.iter().filter_map(|address| stop_token(address, config)).collect()
    }

    fn names_sender(&self, config: &Config) -> bool {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let controller = &config.controller;
        let reached = [&controller.email, &controller.phone].into_iter().chain(&controller.address);
        text.contains(&controller.legal_name) && reached.into_iter().any(|way| text.contains(way.as_str()))
    }
}

/// The token in a link of one of the site's hosts.
fn stop_token<'a>(address: &'a str, config: &Config) -> Option<&'a str> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let token = path.strip_prefix("keuze/afmelden/")?.split(['/', '?', '#']).next()?;
    let is_token = token.len() >= 40 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let origin = config.host(&authority).map(|host| host.origin)?;
    (is_token && origin.starts_with(&format!("{scheme}://"))).then_some(token)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::service::fixture::TestApp;
    use crate::service::fixture::mail::mail;

    fn missing(app: &TestApp, raw: &str) -> Vec<&'static str> {
        let found = check(raw.as_bytes(), &app.services.config).expect("a mail");
        found.into_iter().filter(|finding| !finding.holds()).map(|finding| finding.what).collect()
    }

    /// S-14 and R-3.7-1: each piece that is taken away or spoilt is missed, and nothing else.
    #[test]
    fn each_piece_that_is_missing_is_named() {
        let app = TestApp::bare(1);
        let mail = mail(&app);
        assert_eq!(missing(&app, &mail), Vec::<&str>::new());
        let header = "List-Unsubscribe with one https link of this site";
        let post = "List-Unsubscribe-Post, exactly List-Unsubscribe=One-Click";
        let signature = "a DKIM signature that covers both headers";
        let (link, sender) = ("the link in every body part", "who it is from in every body part");
        let same = "the same link in body and header";
        for (from, to, lacks) in [
            ("From: Voipro <nieuws@voipro.nl>\r\n", "", "a sender"),
            (",\r\n <https://www.voipro.nl", ",\r\n <http://www.voipro.nl", header),
            (",\r\n <https://www.voipro.nl", ",\r\n <https://evil.example", header),
            (",\r\n <https://www.voipro.nl/keuze", ",\r\n <https://www.voipro.nl/\r\n keuze", header),
            ("<mailto:afmelden@voipro.nl?subject=x>", "<https://lijst.example/x>", header),
            ("<mailto:afmelden@voipro.nl?subject=x>", "https://www.voipro.nl", header),
            ("Post: List-Unsubscribe=One-Click", "Post: List-Unsubscribe=one-click", post),
            ("MIME-Version", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version", post),
            ("\r\n List-Unsubscribe-Post; bh", "; bh", signature),
            ("DKIM-Signature: ", "X-Signature: ", signature),
            ("Stoppen: https", "Stoppen: klik.example/?u=https", link),
            ("<a href=\"https://www.voipro.nl", "<a href=\"https://klik.example", link),
            ("<a href=", "<b title=", link),
            ("<a href=", "<a data-href=", link),
            (">Stoppen</a>", "></a>", link),
            (">Stoppen</a>", "> &nbsp;<b></b></a>", link),
            (">Stoppen</a>", "><!-- Stoppen --></a>", link),
            (">Stoppen</a>", "><img src=\"x\" alt=\"\"></a>", link),
            ("Stoppen: https://www.voipro.nl/keuze/afmelden/", "Stoppen: https://www.voipro.nl/keuze/afmelden/x", same),
            (
                "<a href=\"https://www.voipro.nl/keuze/afmelden/",
                "<a href=\"https://www.voipro.nl/keuze/afmelden/x",
                same,
            ),
            ("</p><p>Voipro Communications Company B.V.", "</p><p>Voipro", sender),
        ] {
            let spoilt = mail.replacen(from, to, 1);
            assert_ne!(spoilt, mail, "{from}");
            assert_eq!(missing(&app, &spoilt), [lacks], "{from} {to}");
        }
        for (open, close) in [("<!--", "-->"), ("<template>", "</template>"), ("<STYLE>", "</STYLE>")] {
            let hidden = mail.replacen("<a href", &format!("{open}<a href"), 1);
            let hidden = hidden.replacen("Stoppen</a>", &format!("Stoppen</a>{close}"), 1);
            assert_eq!(missing(&app, &hidden), [link], "{open}");
        }
        for (from, to) in [
            ("<a href=\"", "<A class=x HREF=\""),
            (">Stoppen</a>", "><img src=\"x\" alt=\"Stoppen\"></a>"),
            (">Stoppen</a>", "><b>Stoppen</b></a><!-- einde -->"),
        ] {
            let fine = mail.replacen(from, to, 1);
            assert_ne!(fine, mail);
            assert_eq!(missing(&app, &fine), Vec::<&str>::new(), "{to}");
        }
        assert_eq!(check(b"", &app.services.config), None);
    }

    /// The one piece that is missing, and what is said of it.
    fn told(app: &TestApp, raw: &str) -> (&'static str, String) {
        let found = check(raw.as_bytes(), &app.services.config).expect("a mail");
        let lacking: Vec<_> = found.into_iter().filter(|finding| !finding.holds()).collect();
        let [one] = &lacking[..] else { panic!("{lacking:?}") };
        (one.word, one.mend.clone().unwrap_or_default())
    }

    /// What a library does to a header on the way out is named as its doing.
    #[test]
    fn the_cause_is_named_where_a_header_was_spoilt() {
        let app = TestApp::bare(1);
        let mail = mail(&app);
        let start = mail.find("List-Unsubscribe: <mailto").expect("there");
        let end = mail[start..].find("List-Unsubscribe-Post: L").expect("there") + start;
        let link = mail[start..end].split('<').nth(2).and_then(|rest| rest.split('>').next()).expect("a link");
        let with = |header: &str| format!("{}{header}{}", &mail[..start], &mail[end..]);
        let encoded: String = link.bytes().map(|byte| format!("={byte:02X}")).collect::<Vec<_>>().concat();
        for (header, cause) in [
            ("", HeadFault::Missing),
            (&*format!("List-Unsubscribe: =?utf-8?q?=3C{encoded}=3E?=\r\n"), HeadFault::Encoded),
            (
                "List-Unsubscribe: =?UTF-8?B?PGh0dHBzOi8vd3d3LnZvaXByby5ubD4=?=\r\n =?UTF-8?B?eA==?=\r\n",
                HeadFault::Encoded,
            ),
            (&*format!("List-Unsubscribe: <{}\r\n {}>\r\n", &link[..40], &link[40..]), HeadFault::Folded),
            (&*format!("List-Unsubscribe: <{}\r\n\t{}>\r\n", &link[..60], &link[60..]), HeadFault::Folded),
            (&*format!("List-Unsubscribe: {link}\r\n"), HeadFault::Brackets),
            (&*format!("List-Unsubscribe: <{link}\r\n"), HeadFault::Brackets),
            (&*format!("List-Unsubscribe: <{link}> <mailto:a@b.nl>\r\n"), HeadFault::Brackets),
            ("List-Unsubscribe: <mailto:a@b.nl>\r\n", HeadFault::NotHttps),
            (&*format!("List-Unsubscribe: <{}>\r\n", link.replace("https", "http")), HeadFault::NotHttps),
            (&*format!("List-Unsubscribe: <{link}>, <{link}>\r\n"), HeadFault::SeveralLinks),
            (&*format!("List-Unsubscribe: <{link}>\r\nlist-unsubscribe: <{link}>\r\n"), HeadFault::Repeated),
            (
                "List-Unsubscribe: <https://klik.example/?u=https://www.voipro.nl/keuze/afmelden/x>\r\n",
                HeadFault::Foreign,
            ),
        ] {
            assert_eq!(told(&app, &with(header)), ("list-unsubscribe", cause.to_string()), "{header}");
        }
        for header in [
            format!("List-Unsubscribe: <MAILTO:a@b.nl?subject=x,y>, <{link}>\r\n"),
            format!("List-Unsubscribe:\r\n <{link}>,\r\n\t<Mailto:a@b.nl>\r\n"),
            format!("LIST-UNSUBSCRIBE: (press this) < {link} >\r\n"),
            format!("List-Unsubscribe: <{}>\r\n", link.replace("https://www.voipro.nl", "HTTPS://WWW.Voipro.NL")),
        ] {
            assert_eq!(missing(&app, &with(&header)), Vec::<&str>::new(), "{header}");
        }
        let pair = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";
        for (to, cause) in [
            ("List-Unsubscribe-Post: =?us-ascii?Q?List-Unsubscribe=3DOne-Click?=", HeadFault::Encoded),
            ("List-Unsubscribe-Post: List-Unsubscribe=\r\n One-Click", HeadFault::Folded),
            ("List-Unsubscribe-Post: List-Unsubscribe=one-click", HeadFault::NotExact),
            ("X-Post: List-Unsubscribe=One-Click", HeadFault::Missing),
        ] {
            assert_eq!(told(&app, &mail.replace(pair, to)), ("list-unsubscribe-post", cause.to_string()), "{to}");
        }
        for (to, cause) in [
            ("From: Voipro <nieuws@voipro.nl>\r\nFROM: Voipro <nieuws@voipro.nl>", HeadFault::SeveralSenders),
            ("From: Voipro <nieuws@voipro.nl>, ander@example.nl", HeadFault::SeveralSenders),
            ("From: Voipro", HeadFault::NoSender),
        ] {
            assert_eq!(
                told(&app, &mail.replace("From: Voipro <nieuws@voipro.nl>", to)),
                ("from", cause.to_string()),
                "{to}"
            );
        }
    }

    /// A link that can be pressed is found however it is written, and one that nobody sees is none.
    #[test]
    fn a_link_counts_where_it_is_seen() {
        let app = TestApp::bare(1);
        let mail = mail(&app);
        let link = ("<a href=\"https://www.voipro.nl", ">Stoppen</a>");
        for (from, to) in [
            (link.0, "<a href = 'x' title=\"a > b\" HREF=\"https://www.voipro.nl".replace("href = 'x' ", "")),
            (link.0, "<a\ttitle='>' href =\"https&#58;&#x2F;/www.voipro.nl".to_owned()),
            (link.1, " style=\"color:red\">Stoppen</a>".to_owned()),
        ] {
            let fine = mail.replacen(from, &to, 1);
            assert_ne!(fine, mail);
            assert_eq!(missing(&app, &fine), Vec::<&str>::new(), "{to}");
        }
        for (from, to) in [
            (link.1, " style=\"display:none\">Stoppen</a>"),
            (link.1, " hidden>Stoppen</a>"),
            (link.1, "><span style='font-size:0'>Stoppen</span></a>"),
            ("<p>Nieuws.", "<p style=visibility:hidden>Nieuws."),
        ] {
            let spoilt = mail.replacen(from, to, 1);
            assert_ne!(spoilt, mail);
            assert_eq!(told(&app, &spoilt).0, "body-link", "{to}");
        }
    }

    /// Half a megabyte of each: anything that is not linear does not come back.
    #[test]
    fn no_mail_takes_longer_than_its_length() {
        let app = TestApp::bare(1);
        let size = 512 * 1024;
        let many = |piece: &str| piece.repeat(size / piece.len());
        let rest = "Content-Type: text/html\r\n\r\n<p>x";
        for raw in [
            format!("From: a@example.nl\r\nContent-Type: text/html\r\n\r\n{}", many("<!---->")),
            format!("From: {}\r\n{rest}", many("(")),
            format!("From: {}\r\n{rest}", many("a@b.nl,")),
            format!("From: {}\r\n{rest}", many("=?utf-8?q?x?= ")),
            format!("List-Unsubscribe: {}\r\n{rest}", many("=?a?q?x")),
            format!("List-Unsubscribe: {}\r\n{rest}", many("<mailto:a>,")),
            format!("List-Unsubscribe: {}\r\n{rest}", many("(<")),
            format!("DKIM-Signature: {}\r\n{rest}", many("h=a:")),
            format!("{}{rest}", many("From: a@example.nl\r\n")),
            format!("{}{rest}", many("a:\r\n")),
            format!("From: a@b.nl\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}", many("--b\r\n")),
            format!("From: a@b.nl\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}", many("--b\r\n\r\nx\r\n")),
            format!("From: a@b.nl\r\nContent-Type: text/plain\r\n\r\n{}", many("https://")),
            many("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"),
            many("Content-Type: message/rfc822\r\n\r\n"),
        ] {
            let _ = check(raw.as_bytes(), &app.services.config);
        }
    }
}
