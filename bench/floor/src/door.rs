//! The HTTP of the floor: the same whatever is below.

use crate::fields::Fields;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, RawQuery, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use serde::Deserialize;
use std::error::Error;
use std::sync::Arc;

/// A token is looked at, as any server must, but there is only this one.
const TOKEN: &[u8] = b"Bearer teable_accBenchToken_benchbenchbenchbenchbench12";
/// Enough for the largest batch that `load` sends.
const BODY_LIMIT: usize = 16 << 20;

/// The JSON of a successful answer.
pub type Answer = Result<Vec<u8>, Fault>;

/// The one table, in some engine. Every method answers only after what it wrote is on stable storage.
pub trait Records: Send + Sync + 'static {
    /// `query` is the query string of the request.
    fn list(&self, query: &str) -> impl Future<Output = Answer> + Send;
    /// How many records the filter of `query` finds, or the sum of their revenues.
    fn figure(&self, figure: Figure, query: &str) -> impl Future<Output = Answer> + Send;
    /// The records with the `last` highest change numbers.
    fn changes(&self, last: i64) -> impl Future<Output = Answer> + Send;
    fn get(&self, id: i64) -> impl Future<Output = Answer> + Send;
    fn create(&self, records: Vec<Fields>) -> impl Future<Output = Answer> + Send;
    fn update(&self, id: i64, fields: Fields) -> impl Future<Output = Answer> + Send;
}

/// What is worked out over records.
#[derive(Clone, Copy)]
pub enum Figure {
    Count,
    Sum,
}

impl Figure {
    /// What is selected.
    pub fn sql(self) -> &'static str {
        match self {
            Figure::Count => "SELECT CAST(count(*) AS DOUBLE PRECISION) FROM companies",
            Figure::Sum => "SELECT sum(revenue) FROM companies",
        }
    }
}

/// A figure as JSON; a whole one without a point.
pub fn figure(value: Option<f64>) -> Vec<u8> {
    value.map_or_else(|| "null".to_owned(), |value| value.to_string()).into_bytes()
}

pub struct Fault(StatusCode, String);

impl Fault {
    pub fn not_found() -> Fault {
        Fault(StatusCode::NOT_FOUND, "Record not found".to_owned())
    }

    pub fn invalid(message: String) -> Fault {
        Fault(StatusCode::BAD_REQUEST, message)
    }
}

impl<E: Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        // What PostgreSQL says is only in the source.
        let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        Fault::invalid(format!("{error}{source}"))
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

pub async fn serve<R: Records>(records: R, address: &str) -> Result<(), Box<dyn Error>> {
    let routes = Router::new()
        .route("/api/table/{table}/record", get(list::<R>).post(create::<R>))
        .route("/api/table/{table}/record/{record}", get(get_one::<R>).patch(update::<R>))
        .route("/api/table/{table}/count", get(count::<R>))
        .route("/api/table/{table}/sum", get(sum::<R>))
        .route("/api/table/{table}/changes", get(changes::<R>))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(records));
    let listener = tokio::net::TcpListener::bind(address).await?;
    // A small answer must not wait until the one before is acknowledged.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}

type Shared<R> = State<Arc<R>>;
/// The table's name, which is not looked at, and the record's.
type Names = Path<(String, String)>;

async fn list<R: Records>(_: Known, State(store): Shared<R>, RawQuery(text): RawQuery) -> Result<Response, Fault> {
    Ok(json(StatusCode::OK, store.list(text.as_deref().unwrap_or_default()).await?))
}

async fn count<R: Records>(_: Known, State(store): Shared<R>, RawQuery(text): RawQuery) -> Result<Response, Fault> {
    Ok(json(StatusCode::OK, store.figure(Figure::Count, text.as_deref().unwrap_or_default()).await?))
}

async fn sum<R: Records>(_: Known, State(store): Shared<R>, RawQuery(text): RawQuery) -> Result<Response, Fault> {
    Ok(json(StatusCode::OK, store.figure(Figure::Sum, text.as_deref().unwrap_or_default()).await?))
}

async fn changes<R: Records>(_: Known, State(store): Shared<R>, RawQuery(text): RawQuery) -> Result<Response, Fault> {
    let last = text.as_deref().and_then(|text| text.strip_prefix("last=")?.parse().ok());
    let last = last.ok_or_else(|| Fault::invalid("last is missing".to_owned()))?;
    Ok(json(StatusCode::OK, store.changes(last).await?))
}

async fn get_one<R: Records>(_: Known, State(store): Shared<R>, Path((_, record)): Names) -> Result<Response, Fault> {
    Ok(json(StatusCode::OK, store.get(record_id(&record)?).await?))
}

async fn create<R: Records>(_: Known, State(store): Shared<R>, body: Bytes) -> Result<Response, Fault> {
    let new: NewRecords = serde_json::from_slice(&body)?;
    let records = new.records.into_iter().map(|record| record.fields).collect();
    Ok(json(StatusCode::CREATED, store.create(records).await?))
}

async fn update<R: Records>(
    _: Known,
    State(store): Shared<R>,
    Path((_, record)): Names,
    body: Bytes,
) -> Result<Response, Fault> {
    let id = record_id(&record)?;
    let update: Update = serde_json::from_slice(&body)?;
    Ok(json(StatusCode::OK, store.update(id, update.record.fields).await?))
}

fn record_id(text: &str) -> Result<i64, Fault> {
    text.strip_prefix("rec").and_then(|number| number.parse().ok()).ok_or_else(Fault::not_found)
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
