//! Routers: embed, public pages, API v1, desk, log; problem details, security headers, rate limits.

pub mod problem;
pub mod render;
