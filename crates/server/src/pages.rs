//! Pages of the server: those that links in letters lead to (setting a new password, and accepting an invitation), and
//! the one on which a person deploys a site. The code of a link stands behind its `#`, so it is in no request, log or
//! `Referer`; the page's script reads it and takes it away.

use axum::http::{HeaderValue, StatusCode, header};
use edge::{Answer, Call, respond};

const RESET: &str = include_str!("pages/reset-password.html");
const INVITATION: &str = include_str!("pages/invitation.html");
const PEOPLE: &str = include_str!("pages/people.js");
const DEPLOYS: &str = include_str!("pages/deploys.html");
const DEPLOYING: &str = include_str!("pages/deploys.js");
const STYLE: &str = include_str!("pages/page.css");

const JAVASCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
/// One script of ours, which speaks to this server alone.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'",
);

pub async fn reset_password(_: Call) -> Answer {
    page(RESET)
}

pub async fn invitation(_: Call) -> Answer {
    page(INVITATION)
}

pub async fn deploys(_: Call) -> Answer {
    page(DEPLOYS)
}

pub async fn people_script(_: Call) -> Answer {
    Ok(respond::with_body(StatusCode::OK, JAVASCRIPT, PEOPLE))
}

pub async fn deploys_script(_: Call) -> Answer {
    Ok(respond::with_body(StatusCode::OK, JAVASCRIPT, DEPLOYING))
}

pub async fn style(_: Call) -> Answer {
    Ok(respond::with_body(StatusCode::OK, CSS, STYLE))
}

fn page(text: &'static str) -> Answer {
    let mut response = respond::with_body(StatusCode::OK, respond::HTML, text);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
