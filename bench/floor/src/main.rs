//! The floor: the barest honest server for the work of `load`. It has one typed table and no rights, validators, history,
//! schema or dialects, so a server that has them cannot be expected to be faster. Start reading at `threads`.
//!
//! Environment: `ADDR`, `DB` (a file), `INDEX=1` (index on status and revenue), `SEQINDEX=1` (index on the change number).

mod query;
mod table;
mod threads;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, RawQuery, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use serde::Deserialize;
use std::sync::Arc;
use table::Fields;
use threads::{Store, hand_over};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A token is looked at, as any server must, but there is only this one.
const TOKEN: &[u8] = b"Bearer teable_accBenchToken_benchbenchbenchbenchbench12";
/// Enough for the largest batch that `load` sends.
const BODY_LIMIT: usize = 16 << 20;

/// The JSON of a successful answer.
type Answer = Result<Vec<u8>, Fault>;

struct Fault(StatusCode, String);

impl Fault {
    fn not_found() -> Fault {
        Fault(StatusCode::NOT_FOUND, "Record not found".to_owned())
    }

    fn invalid(message: String) -> Fault {
        Fault(StatusCode::BAD_REQUEST, message)
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault::invalid(error.to_string())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        json(self.0, serde_json::json!({"message": self.1, "statusCode": self.0.as_u16()}).to_string().into_bytes())
    }
}

/// A request that carries the token.
struct Known;

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Known, Fault> {
        match parts.headers.get(header::AUTHORIZATION) {
            Some(given) if given.as_bytes() == TOKEN => Ok(Known),
            _ => Err(Fault(StatusCode::UNAUTHORIZED, "Unauthorized".to_owned())),
        }
    }
}

#[derive(Deserialize)]
struct NewRecords {
    records: Vec<Changed>,
}

#[derive(Deserialize)]
struct Update {
    record: Changed,
}

#[derive(Deserialize)]
struct Changed {
    fields: Fields,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setting = |key: &str, usual: &str| std::env::var(key).unwrap_or_else(|_| usual.to_owned());
    let mut indexes = vec![("INDEX", table::INDEX_FILTER), ("SEQINDEX", table::INDEX_SEQ)];
    indexes.retain(|(key, _)| setting(key, "0") == "1");
    let indexes: Vec<&str> = indexes.into_iter().map(|(_, statement)| statement).collect();
    let store = Arc::new(Store::open(&setting("DB", "floor.db"), &indexes)?);
    let routes = Router::new()
        .route("/api/table/{table}/record", get(list).post(create))
        .route("/api/table/{table}/record/{record}", get(get_one).patch(update))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(store);
    let listener = tokio::net::TcpListener::bind(setting("ADDR", "127.0.0.1:8090")).await?;
    // A small answer must not wait until the one before is acknowledged.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}

type Shared = State<Arc<Store>>;
/// The table's name, which is not looked at, and the record's.
type Names = Path<(String, String)>;

async fn list(_: Known, State(store): Shared, RawQuery(text): RawQuery) -> Result<Response, Fault> {
    let (tail, arguments) = query::select(text.as_deref().unwrap_or_default())?;
    let statements = Box::new(move |connection: &_, _| table::list(connection, &tail, &arguments));
    Ok(json(StatusCode::OK, hand_over(&store.lists, statements).await?))
}

async fn get_one(_: Known, State(store): Shared, Path((_, record)): Names) -> Result<Response, Fault> {
    let id = record_id(&record)?;
    Ok(json(StatusCode::OK, store.read_point(|connection| table::get(connection, id))?))
}

async fn create(_: Known, State(store): Shared, body: Bytes) -> Result<Response, Fault> {
    let new: NewRecords = serde_json::from_slice(&body)?;
    let records = new.records.into_iter().map(|record| record.fields).collect();
    let statements = Box::new(move |connection: &_, seq| table::create(connection, seq, records));
    Ok(json(StatusCode::CREATED, hand_over(&store.writes, statements).await?))
}

async fn update(_: Known, State(store): Shared, Path((_, record)): Names, body: Bytes) -> Result<Response, Fault> {
    let id = record_id(&record)?;
    let update: Update = serde_json::from_slice(&body)?;
    let statements = Box::new(move |connection: &_, seq| table::update(connection, seq, id, update.record.fields));
    Ok(json(StatusCode::OK, hand_over(&store.writes, statements).await?))
}

fn record_id(text: &str) -> Result<i64, Fault> {
    text.strip_prefix("rec").and_then(|number| number.parse().ok()).ok_or_else(Fault::not_found)
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
