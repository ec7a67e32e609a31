//! Whether a mail can be stopped as it must: RFC 8058, the links in its body, and who it is from.
//!
//! It reads the message as it left, and asks nobody: whether the DKIM signature itself is right is for a tool that asks
//! the DNS.

use mail_parser::{Message, MessageParser, PartType};

use crate::config::Config;

/// The [`Finding::word`] of the DKIM signature, which some mails get only on their way out.
pub const SIGNATURE: &str = "dkim-signature";

/// One thing that a mail must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In machine form.
    pub word: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Whether it is there.
    pub holds: bool,
    /// What to do if it is not.
    pub mend: &'static str,
}

/// Everything that a mail must have, each found or not; `None` for what is no mail at all.
pub fn check(raw: &[u8], config: &Config) -> Option<Vec<Finding>> {
    let message = MessageParser::default().parse(raw)?;
    message.headers().first()?;
    let mail = Mail { message: &message, config };
    let finding = |word, what, holds, mend| Finding { word, what, holds, mend };
    let bodies = mail.bodies();
    Some(vec![
        finding("from", "a sender", mail.has_sender(), "put an address that people can answer to into From"),
        finding(
            "list-unsubscribe",
            "List-Unsubscribe with one https link of this site",
            mail.link().is_some(),
            "take the header from /keuze/api/v1/mail-headers: one header, one https link, no fold inside it",
        ),
        finding(
            "list-unsubscribe-post",
            "List-Unsubscribe-Post, exactly List-Unsubscribe=One-Click",
            mail.one("list-unsubscribe-post").as_deref() == Some("List-Unsubscribe=One-Click"),
            "add the header List-Unsubscribe-Post: List-Unsubscribe=One-Click, once",
        ),
        finding(
            SIGNATURE,
            "a DKIM signature that covers both headers",
            mail.is_signed(),
            "sign List-Unsubscribe and List-Unsubscribe-Post: both names belong into h= of one DKIM-Signature",
        ),
        finding(
            "body-link",
            "the link in every body part",
            !bodies.is_empty() && bodies.iter().all(|body| !body.tokens(config).is_empty()),
            "put text or html from /keuze/api/v1/mail-headers into the mail, keep its link out of click tracking, and give \
             it words: a link in a comment or without words cannot be pressed",
        ),
        finding(
            "same-link",
            "the same link in body and header",
            mail.link()
                .is_none_or(|link| bodies.iter().flat_map(|body| body.tokens(config)).all(|token| token == link)),
            "take header and body from one answer of /keuze/api/v1/mail-headers: another link stops something else, or \
             somebody else",
        ),
        finding(
            "body-sender",
            "who it is from in every body part",
            !bodies.is_empty() && bodies.iter().all(|body| body.names_sender(config)),
            "name the legal name with an address, mail address or phone number at the foot (S-56)",
        ),
    ])
}

struct Mail<'a> {
    message: &'a Message<'a>,
    config: &'a Config,
}

/// A body that a reader may be shown.
enum Body {
    Text(String),
    Html(String),
}

impl Mail<'_> {
    fn all(&self, name: &str) -> Vec<&str> {
        let named = self.message.headers_raw().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value).collect()
    }

    /// The value of a header that is there once, unfolded (RFC 5322 section 2.2.3).
    fn one(&self, name: &str) -> Option<String> {
        let [value] = self.all(name)[..] else { return None };
        Some(value.replace(['\r', '\n'], "").trim().to_owned())
    }

    fn has_sender(&self) -> bool {
        let from = self.message.from().and_then(|from| from.first());
        from.and_then(|from| from.address()).is_some_and(|address| address.contains('@'))
    }

    /// The token of the one link in the header (RFC 8058 section 3.1); a mailto beside it is allowed.
    fn link(&self) -> Option<String> {
        let value = self.one("list-unsubscribe")?;
        let uris: Option<Vec<&str>> =
            value.split(',').map(|uri| uri.trim().strip_prefix('<')?.strip_suffix('>')).collect();
        let uris = uris?;
        let https: Vec<&&str> = uris.iter().filter(|uri| !uri.starts_with("mailto:")).collect();
        let [uri] = https[..] else { return None };
        stop_token(uri, self.config).filter(|_| uri.starts_with("https://")).map(str::to_owned)
    }

    /// RFC 8058 section 4.
    fn is_signed(&self) -> bool {
        let covers = |signature: &&str| {
            let plain: String = signature.chars().filter(|c| !c.is_whitespace()).collect();
            let signed =
                plain.split(';').find_map(|tag| tag.strip_prefix("h=")).unwrap_or_default().to_ascii_lowercase();
            let names: Vec<&str> = signed.split(':').collect();
            ["list-unsubscribe", "list-unsubscribe-post"].iter().all(|name| names.contains(name))
        };
        self.all("dkim-signature").iter().any(covers)
    }

    fn bodies(&self) -> Vec<Body> {
        let text = self.message.text_bodies().filter_map(|part| match &part.body {
            PartType::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        let html = self.message.html_bodies().filter_map(|part| match &part.body {
            PartType::Html(html) => Some(html.as_ref()),
            _ => None,
        });
        let (text, html): (Vec<&str>, Vec<&str>) = (text.collect(), html.collect());
        let text = (!text.is_empty()).then(|| Body::Text(text.join("\n")));
        let html = (!html.is_empty()).then(|| Body::Html(shown(&html.join("\n"))));
        text.into_iter().chain(html).collect()
    }
}

impl Body {
    /// The tokens of the links that a reader can press.
    fn tokens(&self, config: &Config) -> Vec<&str> {
        let addresses: Vec<&str> = match self {
            Self::Text(text) => text.split(|c: char| c.is_whitespace() || "<>()\"".contains(c)).collect(),
            Self::Html(html) => pressable(html),
        };
        addresses.into_iter().filter_map(|address| stop_token(address, config)).collect()
    }

    fn names_sender(&self, config: &Config) -> bool {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::Html(html) => mail_parser::decoders::html::html_to_text(html),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let controller = &config.controller;
        let reached = [&controller.email, &controller.phone].into_iter().chain(&controller.address);
        text.contains(&controller.legal_name) && reached.into_iter().any(|way| text.contains(way.as_str()))
    }
}

/// What of HTML is shown: nothing of a comment, and nothing of what is no text.
fn shown(html: &str) -> String {
    let mut shown = html.to_owned();
    for (start, end) in [("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<template", "</template")] {
        while let Some(from) = shown.to_ascii_lowercase().find(start) {
            let rest = shown[from..].to_ascii_lowercase();
            let length = rest.find(end).map_or(rest.len(), |at| at + end.len());
            shown.replace_range(from..from + length, "");
        }
    }
    shown
}

/// The addresses that a reader can press: those of links with words or a picture that says something.
fn pressable(html: &str) -> Vec<&str> {
    let lower = html.to_ascii_lowercase();
    let link = |(at, _): (usize, &str)| {
        let tag = html[at + 2..].strip_prefix(char::is_whitespace)?;
        let (attributes, behind) = tag.split_once('>')?;
        let length = behind.to_ascii_lowercase().find("</a").unwrap_or(behind.len());
        value(attributes, "href").filter(|_| says_something(&behind[..length]))
    };
    lower.match_indices("<a").filter_map(link).collect()
}

fn says_something(html: &str) -> bool {
    let says = |text: &str| text.chars().any(char::is_alphanumeric);
    let pictures = || html.split("<img").skip(1).filter_map(|tag| value(tag.split('>').next()?, "alt"));
    says(&mail_parser::decoders::html::html_to_text(html)) || pictures().any(says)
}

/// The value of an attribute.
fn value<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let lower = attributes.to_ascii_lowercase();
    let is_whole = |at: &usize| lower[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let at = lower.match_indices(&format!("{name}=")).map(|(at, _)| at).find(is_whole)?;
    let value = attributes[at + name.len() + 1..].trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split_whitespace().next(),
    }
}

/// The token in a link of one of the site's hosts.
fn stop_token<'a>(address: &'a str, config: &Config) -> Option<&'a str> {
    let (scheme, rest) = address.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let token = path.strip_prefix("keuze/afmelden/")?.split(['/', '?', '#']).next()?;
    let is_token = token.len() >= 40 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let origin = config.host(authority).map(|host| host.origin)?;
    (is_token && origin.starts_with(&format!("{scheme}://"))).then_some(token)
}

#[cfg(test)]
pub(crate) mod tests {
    use app::model::channel::Channel;
    use app::model::identity::Subject;

    use super::*;
    use crate::service::fixture::House;

    /// A mail as our own answer makes it.
    pub(crate) fn mail(house: &House) -> String {
        let link = format!(
            "https://www.voipro.nl/keuze/afmelden/{}",
            house.keuze.tokens().stop(Subject([7; 16]), Some(Channel::Newsletter))
        );
        let sender = app::text::mailing::sender(&house.keuze.config.controller);
        format!(
            "DKIM-Signature: v=1; a=rsa-sha256; d=voipro.nl; s=x; h=From:To:Subject:\r\n List-Unsubscribe:\r\n List-Unsubscribe-Post; bh=x; b=y\r\n\
             From: Voipro <nieuws@voipro.nl>\r\nTo: anna@example.nl\r\nSubject: Nieuws\r\n\
             List-Unsubscribe: <mailto:afmelden@voipro.nl?subject=x>,\r\n <{link}>\r\n\
             List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNieuws.\r\nStoppen: {link}\r\n{sender}\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Nieuws. <a href=\"{link}\">Stoppen</a></p><p>{sender}</p>\r\n--b--\r\n"
        )
    }

    fn missing(house: &House, raw: &str) -> Vec<&'static str> {
        let found = check(raw.as_bytes(), &house.keuze.config).expect("a mail");
        found.into_iter().filter(|finding| !finding.holds).map(|finding| finding.what).collect()
    }

    /// S-14 and requirements 3.7: each piece that is taken away or spoilt is missed, and nothing else.
    #[test]
    fn each_piece_that_is_missing_is_named() {
        let house = House::bare(1);
        let mail = mail(&house);
        assert_eq!(missing(&house, &mail), Vec::<&str>::new());
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
            assert_eq!(missing(&house, &spoilt), [lacks], "{from} {to}");
        }
        for (open, close) in [("<!--", "-->"), ("<template>", "</template>"), ("<STYLE>", "</STYLE>")] {
            let hidden = mail.replacen("<a href", &format!("{open}<a href"), 1);
            let hidden = hidden.replacen("Stoppen</a>", &format!("Stoppen</a>{close}"), 1);
            assert_eq!(missing(&house, &hidden), [link], "{open}");
        }
        for (from, to) in [
            ("<a href=\"", "<A class=x HREF=\""),
            (">Stoppen</a>", "><img src=\"x\" alt=\"Stoppen\"></a>"),
            (">Stoppen</a>", "><b>Stoppen</b></a><!-- einde -->"),
        ] {
            let fine = mail.replacen(from, to, 1);
            assert_ne!(fine, mail);
            assert_eq!(missing(&house, &fine), Vec::<&str>::new(), "{to}");
        }
        assert_eq!(check(b"", &house.keuze.config), None);
    }
}
