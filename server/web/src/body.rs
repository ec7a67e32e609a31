//! Reading what was sent: strict on size, media type and every field.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::elements::media_type;
use super::problem::{Problem, is_name};
use keuze_core::json::Node;
use words::problem::Slug;

/// The largest body of anything that is sent to us; the largest honest choice is a tenth of this.
pub const LARGEST: usize = 16 * 1024;

/// A body, unless it is too large or broke off.
pub fn bytes(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        if too_large { Slug::TooLarge.into() } else { Slug::MalformedRequest.into() }
    })
}

/// Reads `application/json` into a type that denies unknown fields; what cannot be read is a problem that names the field.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<T, Problem> {
    parsed(&raw(headers, body, "application/json")?)
}

/// The same of a body that came as `application/json`.
pub fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // serde also fills a struct from an array; what we document is an object.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::with(Slug::MalformedRequest, WHOLE));
    }
    refuse_repeated(body)?;
    // Nearly all are well; what is wrong with another is looked for only then.
    if let Ok(sent) = serde_json::from_slice(body) {
        return Ok(sent);
    }
    let mut read = serde_json::Deserializer::from_slice(body);
    let sent = serde_path_to_error::deserialize(&mut read).map_err(|error| fault(&error))?;
    read.end().map_err(|_| Problem::with(Slug::MalformedRequest, WHOLE))?;
    Ok(sent)
}

/// Of two members with one name serde takes the last, or names none.
fn refuse_repeated(body: &[u8]) -> Result<(), Problem> {
    let repeated = Node::parse_json(body).ok().and_then(|node| node.repeated(is_name));
    let Some(path) = repeated else { return Ok(()) };
    let field = if path.is_empty() { WHOLE.to_owned() } else { path };
    Err(Problem::with(Slug::MalformedRequest, field).mended_by("it stands there twice; say it once"))
}

/// What is wrong where it is not one field.
const WHOLE: &str = "body";

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let field = if error.inner().is_data() { field(error) } else { String::new() };
    let field = if field.is_empty() { WHOLE.to_owned() } else { field };
    Problem::with(Slug::MalformedRequest, field)
}

/// The path to the field, as far as its names read as names; with the member that is missing there.
fn field(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let mut field = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => _ = write!(field, "[{index}]"),
            Segment::Map { key } if is_name(key) => push(&mut field, key),
            _ => break,
        }
    }
    // The name is one of ours (`serde::de::Error::missing_field`), and stands nowhere but in the message.
    let said = error.inner().to_string();
    let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    if let Some((name, _)) = missing {
        push(&mut field, name);
    }
    field
}

fn push(field: &mut String, name: &str) {
    if !field.is_empty() {
        field.push('.');
    }
    field.push_str(name);
}

/// A body of one media type, as it is.
pub fn raw(headers: &HeaderMap, body: Result<Bytes, BytesRejection>, media: &'static str) -> Result<Bytes, Problem> {
    let body = bytes(body)?;
    if media_type(headers).is_some_and(|named| named.eq_ignore_ascii_case(media)) {
        Ok(body)
    } else {
        Err(Slug::UnsupportedMediaType.into())
    }
}

/// Reads `application/x-www-form-urlencoded` into its pairs, in order.
pub fn form(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Vec<(String, String)>, Problem> {
    let body = raw(headers, body, "application/x-www-form-urlencoded")?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}
