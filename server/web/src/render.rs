//! Turns a Leptos view into a response: rendered once on the server, no hydration, no script of its own.
//!
//! `leptos_axum` streams with inline scripts for hydration; these pages have none, so they render in one go and
//! the Content-Security-Policy can forbid inline scripts altogether.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::IntoView;
use model::language::Language;
use ui::html::to_html;

/// The policy of every page of ours: nothing but our own styles and pictures, forms to ourselves, no frames.
pub const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                               base-uri 'none'; frame-ancestors 'none'";

/// A whole HTML document: `view` gives `<html>…</html>`, the document type is put before it.
pub fn page<V>(status: StatusCode, language: Language, view: impl FnOnce() -> V) -> Response
where
    V: IntoView + 'static,
{
    let html = document(&to_html(view));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::VARY, HeaderValue::from_static("accept-language, cookie")),
    ];
    (status, headers, html).into_response()
}

fn document(html: &str) -> String {
    format!("<!DOCTYPE html>\n{html}\n")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use leptos::prelude::*;

    use super::*;

    #[tokio::test]
    async fn a_page_is_plain_html_under_a_strict_policy() {
        let name = "<script>".to_owned();
        let response = page(StatusCode::GONE, Language::En, move || {
            view! { <html lang="en"><body><p>"Hello " {name} "."</p></body></html> }
        });
        assert_eq!(response.status(), StatusCode::GONE);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(!policy.contains("unsafe"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        insta::assert_snapshot!(String::from_utf8_lossy(&body), @r#"
        <!DOCTYPE html>
        <html lang="en"><body><p>Hello &lt;script&gt;.</p></body></html>
        "#);
    }
}
