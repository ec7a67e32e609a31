//! Forms of our own pages, as a browser without JavaScript sends them.

use anyhow::{Context as _, Result};

/// Where a form of a page leads, and what it sends: its hidden fields, and what was filled in and pressed.
pub fn pressed(page: &str, number: usize, fields: &str) -> Result<(String, String)> {
    let form = page.split("<form").nth(number).and_then(|rest| rest.split("</form>").next());
    let form = form.with_context(|| format!("there is no form {number}"))?;
    let path = attribute(form, "action").with_context(|| format!("form {number} leads nowhere"))?;
    let inputs = form.split("<input").skip(1).filter_map(|input| input.split('>').next());
    let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
    let pairs = hidden.filter_map(|input| {
        Some(format!(
            "{}={}",
            encoded(&attribute(input, "name")?),
            encoded(&attribute(input, "value").unwrap_or_default())
        ))
    });
    let body: Vec<String> = pairs.chain((!fields.is_empty()).then(|| fields.to_owned())).collect();
    Ok((path.split('#').next().unwrap_or_default().to_owned(), body.join("&")))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split('>').next()?.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_sends_hidden_fields_and_what_was_filled_in() {
        let page = "<form action=\"/a\"></form><form method=\"post\" action=\"/b?lang=nl#c\"><input type=\"hidden\" name=\"d\" \
                    value=\"e f\"><input type=\"text\" name=\"g\" value=\"\"><button name=\"h\" value=\"i\"></form>";
        assert_eq!(pressed(page, 2, "h=i").expect("there"), ("/b?lang=nl".to_owned(), "d=e%20f&h=i".to_owned()));
        assert!(pressed(page, 3, "").is_err());
    }
}
