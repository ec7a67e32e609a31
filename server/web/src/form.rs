//! Forms, read in one way: strictly what agrees to something or changes something else, leniently what says no.
//!
//! A strict form ([`Form`]) has the fields that ours has, each once, and every fault names its field. What says no
//! ([`LenientForm`]) counts whatever else came along: other fields, a field twice, an empty one, another media type. That is what
//! RFC 8058 asks of a mail's link, and nobody who says no is told to say it better.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use words::problem::Slug;

use super::body::{self, LARGEST};
use super::elements::essence;
use super::problem::Problem;

/// The fields of a form, in order; reading one takes it out.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        body::form(&headers, Bytes::from_request(request, state).await).map(Self)
    }
}

/// A form at an address that takes a no ([`model::paths::Effect::Objection`]): read whatever its media type is said to be.
pub struct LenientForm(pub Form);

impl<S: Send + Sync> FromRequest<S> for LenientForm {
    type Rejection = Problem;

    /// A body that is too large or broke off is refused: what it names may have been cut in two.
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let body = body::bytes(Bytes::from_request(request, state).await)?;
        Ok(Self(Form::whatever_it_is(&headers, body).await))
    }
}

/// A form whose address alone says what to stop: no body can spoil it.
pub struct AnyForm(pub Form);

impl<S: Send + Sync> FromRequest<S> for AnyForm {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        Ok(Self(Form::whatever_it_is(&parts.headers, beginning(body).await).await))
    }
}

/// A body as far as it came, and not much further than any of ours goes.
async fn beginning(mut body: Body) -> Bytes {
    let mut read = Vec::new();
    while read.len() <= LARGEST
        && let Some(Ok(frame)) = body.frame().await
    {
        read.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref));
    }
    read.into()
}

fn is_multipart(media: Option<&str>) -> bool {
    media.is_some_and(|media| media.to_ascii_lowercase().starts_with("multipart/"))
}

/// The parts of a multipart body, as far as they can be read; none where it is no such body.
async fn parts(headers: &HeaderMap, body: &Bytes) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    // The line that names what stands between the parts, whatever else came along.
    let mut lines = headers.get_all(header::CONTENT_TYPE).iter();
    let Some(line) = lines.find(|line| is_multipart(line.to_str().ok().and_then(essence))) else { return pairs };
    let mut request = Request::new(Body::from(body.clone()));
    request.headers_mut().insert(header::CONTENT_TYPE, line.clone());
    if let Ok(mut parts) = Multipart::from_request(request, &()).await {
        while let Ok(Some(part)) = parts.next_field().await {
            let name = part.name().unwrap_or_default().to_owned();
            let Ok(value) = part.text().await else { break };
            pairs.push((name, value));
        }
    }
    pairs
}

impl Form {
    async fn whatever_it_is(headers: &HeaderMap, body: Bytes) -> Self {
        let parts = parts(headers, &body).await;
        if parts.is_empty() { Self::from_body(&body) } else { Self(parts) }
    }

    fn from_body(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Everything, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// A field; empty where it is missing.
    ///
    /// # Errors
    /// Where it stands twice: one of the two would be swallowed.
    pub fn field(&mut self, name: &'static str) -> Result<String, Problem> {
        let mut all = self.all(name);
        let value = all.pop().unwrap_or_default();
        if all.is_empty() { Ok(value) } else { Err(Problem::with(Slug::MalformedRequest, name)) }
    }

    /// A field that the form has.
    ///
    /// # Errors
    /// Where it is missing, or stands twice.
    pub fn needed(&mut self, name: &'static str) -> Result<String, Problem> {
        if self.has(name) { self.field(name) } else { Err(Problem::with(Slug::MalformedRequest, name)) }
    }

    /// Every value of a field that may stand there several times.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(of, _)| of == name).map(|(_, value)| value).collect()
    }

    /// Whether a field stands there, with whatever in it.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(of, _)| of == name)
    }

    /// Whether a field says this, whatever else it says.
    pub fn says(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(of, said)| of == name && said == value)
    }

    /// For what says no: the first value of a field that is not empty; empty where there is none.
    pub fn first(&mut self, name: &str) -> String {
        self.all(name).into_iter().find(|value| !value.trim().is_empty()).unwrap_or_default()
    }

    /// The same of a field that the form must have, which may be empty.
    ///
    /// # Errors
    /// Where it is missing.
    pub fn first_needed(&mut self, name: &'static str) -> Result<String, Problem> {
        if self.has(name) { Ok(self.first(name)) } else { Err(Problem::with(Slug::MalformedRequest, name)) }
    }

    /// For a form of which it shows only later that it must be read strictly: no field stands there twice.
    ///
    /// # Errors
    /// Where one does.
    pub fn each_once(&self) -> Result<(), Problem> {
        let is_again = |(at, (name, _)): &(usize, &(String, String))| self.0[..*at].iter().any(|(of, _)| of == name);
        let again = self.0.iter().enumerate().find(is_again);
        again.map_or(Ok(()), |(_, (name, _))| Err(Problem::unknown_field(name)))
    }

    /// Whatever nobody asked for is refused: our forms ask for nothing else (S-40).
    ///
    /// # Errors
    /// Where a field is left.
    pub fn end(&self) -> Result<(), Problem> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(Problem::unknown_field(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault<T: std::fmt::Debug>(read: Result<T, Problem>) -> Option<String> {
        read.expect_err("a fault").field.map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn a_strict_form_names_the_field_that_is_missing_or_twice_or_unknown() {
        let mut form = Form::from_body(b"a=1&b=2&b=3&c=4&surprise=5&c=6");
        assert_eq!(form.field("a").expect("once"), "1");
        assert_eq!(form.field("missing").expect("may be missing"), "");
        assert_eq!(fault(form.needed("missing")).as_deref(), Some("missing"));
        assert_eq!(fault(form.field("b")).as_deref(), Some("b"));
        assert_eq!(form.all("c"), ["4", "6"]);
        assert_eq!(fault(form.end()).as_deref(), Some("surprise"));
        // What a stranger calls a field may be anybody's data.
        assert_eq!(fault(Form::from_body(b"anna%40example.nl=1").end()), None);
        assert_eq!(Form::from_body(b"").end(), Ok(()));
        assert_eq!(fault(Form::from_body(b"a=1&b=2&a=1").each_once()).as_deref(), Some("a"));
        assert_eq!(Form::from_body(b"a=1&b=1").each_once(), Ok(()));
    }

    #[test]
    fn what_says_no_is_read_beside_anything() {
        let mut form = Form::from_body(b"a=&a=+&%zz=%ff&a=no&a=other&&=&b=");
        assert!(form.says("a", "other") && !form.says("b", "no"));
        assert_eq!(form.first("a"), "no");
        assert_eq!(form.first_needed("b").expect("is there"), "");
        assert_eq!(fault(form.first_needed("c")).as_deref(), Some("c"));
    }
}
