//! Reading what was sent: strict on size, media type and every field.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::{Problem, Slug};

/// The largest body of anything that is sent to us; the largest honest choice is a tenth of this.
pub const LARGEST: usize = 16 * 1024;

/// A body, unless it is too large or broke off.
pub fn bytes(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        if too_large { Slug::TooLarge.into() } else { Slug::MalformedRequest.into() }
    })
}

/// Reads `application/json` into a type that denies unknown fields.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<T, Problem> {
    let body = raw(headers, body, "application/json")?;
    // serde also fills a struct from an array; what we document is an object.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Slug::MalformedRequest.into());
    }
    serde_json::from_slice(&body).map_err(|_| Slug::MalformedRequest.into())
}

/// A body of one media type, as it is.
pub fn raw(headers: &HeaderMap, body: Result<Bytes, BytesRejection>, media: &'static str) -> Result<Bytes, Problem> {
    let body = bytes(body)?;
    media_type(headers, media)?;
    Ok(body)
}

/// Reads `application/x-www-form-urlencoded` into its pairs, in order.
pub fn form(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Vec<(String, String)>, Problem> {
    let body = raw(headers, body, "application/x-www-form-urlencoded")?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

fn media_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(Slug::UnsupportedMediaType.into()) }
}
