//! The readable page of the API: what is spoken, and each table's own calls with real ids, ready to be copied.
//!
//! Everything that comes from the data is escaped, and the pages run no script but `page.js`.

mod calls;
mod html;
mod table;

use crate::door::{State, table_of};
use crate::endpoints::ENDPOINTS;
use crate::error::hidden_behind;
use crate::names::{self, TableName};
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use edge::{Answer, Call, Presented, respond};
use engine::{View, Weight};
use html::escaped;
use model::{Actor, Result, Subject};
use std::fmt::Write;
use std::sync::Arc;

const JAVASCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);
/// Most bases whose tables the first page lists.
const MAX_BASES: usize = 100;

/// `GET /docs`: the tables that the asker reaches, and every endpoint.
pub async fn all(Shared(state): Shared<State>, call: Call) -> Answer {
    call.stranger()?;
    let mut out = html::begin("API");
    out.push_str("<h1>API of this server</h1>");
    let url = format!("{}/api", call.origin());
    let _ = write!(
        out,
        "<p>Every path is below <code>{}</code>. Send an access token as <code>Authorization: Bearer …</code>. \
         For programs there is an <a href=\"/api/openapi.json\">OpenAPI document</a>.</p>",
        escaped(&url)
    );
    if matches!(call.presented(), Presented::Nothing) {
        out.push_str("<h2>Your tables</h2><p>Sign in to see the calls of your own tables.</p>");
        out.push_str(html::SIGN_IN);
    } else {
        let actor = state.actor(&call)?;
        tables(&state, &actor, &mut out).await?;
    }
    out.push_str("<h2>Endpoints</h2><table><thead><tr><th>Endpoint<th>What it does<th>Needs</thead><tbody>");
    for endpoint in ENDPOINTS {
        let (path, summary, needs) = (escaped(endpoint.path), escaped(endpoint.summary), escaped(endpoint.needs));
        let _ = write!(
            out,
            "<tr><td><code>{} {path}</code><td>{summary}<td class=\"quiet\">{needs}",
            endpoint.method.as_str()
        );
    }
    out.push_str("</tbody></table>");
    Ok(page(out))
}

async fn tables(state: &State, actor: &Arc<Actor>, out: &mut String) -> Result<()> {
    out.push_str("<h2>Your tables</h2>");
    for base in state.engine.list_all_databases(actor)?.into_iter().take(MAX_BASES) {
        let key = base.key;
        let list = |view: &mut View<'_>| Ok(crate::table::ordered(view));
        let found = state.engine.read(actor, key, Weight::Scan, list).await;
        let found = found.map_err(hidden_behind(Subject::Database))?;
        let _ = write!(out, "<h3>{}</h3><ul>", escaped(&base.name));
        for table in found {
            let id = names::table(TableName { database: key, table: table.id });
            let name = escaped(&table.name);
            let _ = write!(out, "<li><a href=\"/api/docs/{id}\">{name}</a> <code>{id}</code>");
        }
        out.push_str("</ul>");
    }
    Ok(())
}

/// `GET /docs/{tableId}`: the calls of one table.
pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let is_for_people = call.header("accept").is_some_and(|types| types.contains("text/html"));
    if matches!(call.presented(), Presented::Nothing) && is_for_people {
        call.stranger()?;
        let mut out = html::begin("API");
        out.push_str("<h1>Sign in</h1><p>The calls of a table are shown to who may read it.</p>");
        out.push_str(html::SIGN_IN);
        let mut response = page(out);
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    let actor = state.actor(&call)?;
    let name = table_of(&call)?;
    let url = format!("{}/api", call.origin());
    let shapes = state.shapes.clone();
    let look = move |view: &mut View<'_>| {
        let shape = shapes.of(view, name.table)?;
        table::calls_of(view, &shape, &url)
    };
    let out = state.engine.read(&actor, name.database, Weight::Scan, look).await;
    Ok(page(out.map_err(hidden_behind(Subject::Table))?))
}

/// `GET /docs/page.js`.
pub async fn script(_: Call) -> Answer {
    Ok(guarded(respond::with_body(StatusCode::OK, JAVASCRIPT, include_str!("page.js"))))
}

/// `GET /docs/page.css`.
pub async fn style(_: Call) -> Answer {
    Ok(guarded(respond::with_body(StatusCode::OK, CSS, include_str!("page.css"))))
}

fn page(mut body: String) -> Response {
    body.push_str(html::END);
    let mut response = guarded(respond::with_body(StatusCode::OK, respond::HTML, body));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
