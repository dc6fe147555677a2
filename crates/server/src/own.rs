//! The server's own endpoints: health, readiness, metrics, a few pages, and a word at the root.
//!
//! They are a door like any other. What nobody owns at the root is DatoCMS', but for the root itself.

use crate::pages;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use edge::{Answer, Call, Door, Endpoint, Routes, json, respond};
use engine::Engine;
use model::Error;
use std::sync::Arc;
use std::time::Instant;

/// What every path begins with.
const PREFIXES: &[&str] = &[""];
/// What is asked here.
const OWNED: &[&str] = &["/healthz", "/readyz", "/metrics", "/app"];

const fn page(path: &'static str, name: &'static str, summary: &'static str) -> Endpoint {
    Endpoint { method: Method::GET, path, name, summary, needs: "" }
}

static ENDPOINTS: &[Endpoint] = &[
    Endpoint { method: Method::GET, path: "/", name: "root", summary: "What this server is.", needs: "" },
    Endpoint { method: Method::GET, path: "/healthz", name: "healthz", summary: "Whether it is up.", needs: "" },
    Endpoint { method: Method::GET, path: "/readyz", name: "readyz", summary: "Whether the store answers.", needs: "" },
    Endpoint { method: Method::GET, path: "/metrics", name: "metrics", summary: "Figures for Prometheus.", needs: "" },
    page("/app/reset-password", "reset password page", "Where a letter about a password leads to."),
    page("/app/invitation", "invitation page", "Where a mailed invitation leads to."),
    page("/app/people.js", "script of people's pages", "What both do."),
    page("/app/deploys", "deploys page", "Where a person deploys a site."),
    page("/app/deploys.js", "script of the deploys page", "What it does."),
    page("/app/page.css", "style of pages", "How all of them look."),
];

/// What Prometheus asks for.
const METRICS_TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// The door of the server itself.
pub struct Own {
    started: Instant,
}

struct Around {
    engine: Engine,
    started: Instant,
}

impl Own {
    pub fn new() -> Own {
        Own { started: Instant::now() }
    }
}

impl Door for Own {
    fn name(&self) -> &'static str {
        "server"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        OWNED
    }

    fn alias(&self, path: &str) -> Option<String> {
        (path == "/").then(|| path.to_owned())
    }

    fn needs_store(&self) -> bool {
        false
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn router(&self, engine: Engine) -> Router {
        let around = Arc::new(Around { engine, started: self.started });
        let routes = Routes::new(PREFIXES, ENDPOINTS).on("root", root).on("healthz", healthz);
        let routes = routes
            .on("reset password page", pages::reset_password)
            .on("invitation page", pages::invitation)
            .on("script of people's pages", pages::people_script)
            .on("deploys page", pages::deploys)
            .on("script of the deploys page", pages::deploys_script)
            .on("style of pages", pages::style);
        routes.on("readyz", readyz).on("metrics", metrics).finish(around)
    }

    fn render_error(&self, error: &Error, request_id: &str) -> Response {
        let status = match error {
            Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::Invalid(_) | Error::Script { .. } => StatusCode::BAD_REQUEST,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Error::TooLarge { what: "path", .. } => StatusCode::URI_TOO_LONG,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Error::Busy { .. } | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut body = b"{\"message\":".to_vec();
        json::string(&mut body, error.to_string().trim_end());
        body.extend_from_slice(b",\"requestId\":");
        json::string(&mut body, request_id);
        body.push(b'}');
        respond::json(status, body)
    }
}

async fn root(_: Call) -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    let body = format!(
        "{{\"name\":\"Manytongue\",\"version\":\"{version}\",\"apis\":[{{\"name\":\"Donotname\",\"path\":\"/api\"}},{{\"name\":\"Ninox\",\"path\":\"/v1\"}},{{\"name\":\"Dynalist\",\"path\":\"/api/v1\"}},{{\"name\":\"DatoCMS\",\"path\":\"/dato\"}}]}}"
    );
    Ok(respond::json(StatusCode::OK, body.into_bytes()))
}

async fn healthz(_: Call) -> Answer {
    Ok(respond::text(StatusCode::OK, "ok\n"))
}

async fn readyz(State(around): State<Arc<Around>>, _: Call) -> Answer {
    around.engine.arrive(std::future::ready(())).await?;
    around.engine.store().home().read(|tx| store::home::users::any(tx))?;
    Ok(respond::text(StatusCode::OK, "ready\n"))
}

async fn metrics(State(around): State<Arc<Around>>, call: Call) -> Answer {
    let mut out = Vec::with_capacity(16 << 10);
    call.metrics().write(&mut out);
    crate::metrics::write_process(&mut out, around.started);
    Ok(respond::with_body(StatusCode::OK, METRICS_TEXT, out))
}
