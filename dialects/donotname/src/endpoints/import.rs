//! `PATCH /import/{baseId}/{tableId}`: the rows of a file into a table that is there (facts A4, C 2005).
//!
//! Teable names fields by id with the place of their column; we also take the file alone, whose header names the fields.

use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::names::TableName;
use crate::record::shape::{Shape, Shapes};
use crate::upload::{self, File, Wishes};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::error::Path;
use model::{Ability, Error, FieldId, Json, Result, Rule, Subject};
use serde::Deserialize;
use serde_json::{Map, json};
use transfer::{Broken, Header, Hints, Order, Report, Target};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(flatten)]
    file: File,
    insert_config: Option<InsertConfig>,
    key: Option<String>,
    partial: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InsertConfig {
    #[serde(default)]
    exclude_first_row: bool,
    source_column_map: Map<String, Json>,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let mut wishes = Wishes::of(&call.params()?)?;
    // Whoever may not import learns that before the file is sent.
    let may = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableImport)?;
        view.require(Some(name.table), Ability::RecordCreate)
    };
    state.engine.read(&actor, name.database, Weight::Point, may).await.map_err(hidden_behind(Subject::Table))?;
    // Whoever has no records left waits before the file is sent; how many it has is known after it.
    call.charge(0)?;
    let upload = upload::receive(&state, &actor, &mut call, |body: &mut Body| std::mem::take(&mut body.file)).await?;
    if let Some(body) = upload.body {
        wishes.key = wishes.key.or(body.key);
        wishes.broken = wishes.broken.or(body.partial.then_some(Broken::LeaveOut));
        if let Some(config) = body.insert_config {
            wishes.hints.header = Some(if config.exclude_first_row { Header::Row } else { Header::None });
            wishes.map = Some(config.source_column_map);
        }
    }
    if wishes.map.is_none() {
        wishes.hints = with_header(wishes.hints);
    }
    let (format, columns) = transfer::examine(&upload.source, wishes.hints).await?;
    let shapes = state.shapes.clone();
    let broken = wishes.broken.unwrap_or(Broken::Refuse);
    let has_header = format.header == Header::Row;
    let resolve = move |view: &mut View<'_>| target(view, &shapes, name, &wishes, &columns, has_header);
    let target = state.engine.read(&actor, name.database, Weight::Point, resolve).await;
    let target = target.map_err(hidden_behind(Subject::Table))?;
    let order = Order { target, format, broken, client: None };
    let report = transfer::import(&state.engine, &actor, upload.source, order).await;
    paid(&call, &report);
    told(StatusCode::OK, &report.map_err(hidden_behind(Subject::Table))?, |report| report)
}

/// Columns are told by their names unless somebody says that they have none: a guess that takes a header for a row would
/// write it into the table.
pub fn with_header(hints: Hints) -> Hints {
    Hints { header: hints.header.or(Some(Header::Row)), ..hints }
}

/// Where the columns of a file go.
pub fn target(
    view: &mut View<'_>,
    shapes: &Shapes,
    name: TableName,
    wishes: &Wishes,
    columns: &[String],
    has_header: bool,
) -> Result<Target> {
    let shape = shapes.of(view, name.table)?;
    let key = wishes.key.as_deref().map(|key| named(&shape, wishes, key, Path::of("key"))).transpose()?;
    let mut filled = match &wishes.map {
        Some(map) => mapped(&shape, wishes, map, columns)?,
        None if has_header => by_header(&shape, wishes, columns)?,
        // Without names, columns are the fields in their order.
        None => {
            let written = shape.columns.iter().filter(|column| column.shown.is_written);
            let fields: Vec<FieldId> = written.map(|column| column.shown.id).take(columns.len()).collect();
            if fields.len() < columns.len() && !wishes.passes_over {
                return Err(Error::malformed(
                    "file",
                    format!("has more than the {} columns of the table", fields.len()),
                ));
            }
            fields.into_iter().enumerate().collect()
        }
    };
    // What the server makes is silently ignored, as in every write (facts A3).
    let is_written = |field: FieldId| shape.column_of(field).is_some_and(|column| column.shown.is_written);
    filled.retain(|(_, field)| is_written(*field));
    if filled.is_empty() {
        return Err(Error::malformed("file", "has no column for any field of the table"));
    }
    Ok(Target { database: name.database, table: name.table, columns: filled, key })
}

/// Counts the rows of an import, in any case: they were read and judged. What is owed counts against the next request.
pub fn paid(call: &Call, report: &Result<Report>) {
    let rows = report.as_ref().map_or(0, |report| report.rows);
    drop(call.charge(usize::try_from(rows).unwrap_or(usize::MAX)));
}

/// The answer to an import: what `done` makes of the report, or a refusal with the report in `data`.
pub fn told(status: StatusCode, report: &Report, done: impl FnOnce(Json) -> Json) -> Answer {
    if report.is_done() {
        return Ok(respond::wire(status, &done(object(report)))?);
    }
    Ok(refused(report)?)
}

fn refused(report: &Report) -> Result<Response> {
    let first: Vec<String> = report.errors.iter().take(3).map(sentence).collect();
    let left = match &report.left_behind {
        Some(why) => format!("; what was written before could not all be taken back: {why}"),
        None => ", and nothing of the file was kept".to_owned(),
    };
    let rows = if report.error_count == 1 { "error" } else { "errors" };
    let message = format!("The file has {} {rows}{left}: {}", report.error_count, first.join("; "));
    let status = StatusCode::BAD_REQUEST;
    let body = json!({
        "message": message,
        "status": status.as_u16(),
        "code": "validation_error",
        "statusCode": status.as_u16(),
        "data": object(report),
    });
    respond::wire(status, &body)
}

fn sentence(error: &transfer::RowError) -> String {
    let field = error.field.as_ref().map(|field| format!(", {field}")).unwrap_or_default();
    format!("line {}{field} {}", error.line, error.message)
}

/// A report as JSON.
pub fn object(report: &Report) -> Json {
    let error =
        |error: &transfer::RowError| json!({"line": error.line, "field": error.field, "message": error.message});
    json!({
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "leftOut": report.left_out,
        "errorCount": report.error_count,
        "errors": report.errors.iter().map(error).collect::<Json>(),
        // By this `X-Window-Id` the import can be undone, once for each write.
        "windowId": report.client,
        "writes": report.writes,
    })
}

/// The field of a key.
fn named(shape: &Shape, wishes: &Wishes, key: &str, at: Path) -> Result<FieldId> {
    let found = shape.find(key, wishes.key_type).map(|column| shape.columns[column].shown.id);
    found.ok_or_else(|| Error::invalid_given(at, Rule::Unknown, key))
}

/// `{field: column}`; null leaves a field out.
fn mapped(
    shape: &Shape,
    wishes: &Wishes,
    map: &Map<String, Json>,
    columns: &[String],
) -> Result<Vec<(usize, FieldId)>> {
    let mut filled = Vec::with_capacity(map.len());
    for (key, column) in map {
        let at = Path::of("map").key(key.as_str());
        let field = named(shape, wishes, key, at.clone())?;
        let place = match column {
            Json::Null => continue,
            Json::Number(number) => number.as_u64().and_then(|n| usize::try_from(n).ok()),
            Json::String(name) => columns.iter().position(|column| column == name.trim()),
            _ => None,
        };
        let place = place.filter(|place| *place < columns.len());
        filled.push((place.ok_or_else(|| Error::invalid_given(at, Rule::Unknown, column.to_string()))?, field));
    }
    Ok(filled)
}

/// Columns that are called like fields.
fn by_header(shape: &Shape, wishes: &Wishes, columns: &[String]) -> Result<Vec<(usize, FieldId)>> {
    let mut filled = Vec::with_capacity(columns.len());
    let folded = |text: &str| model::text::fold(text).into_owned();
    for (place, name) in columns.iter().enumerate() {
        let exact = shape.find(name, crate::record::keys::KeyType::Name);
        let found = exact.or_else(|| shape.columns.iter().position(|c| folded(&c.shown.name) == folded(name)));
        match found {
            Some(column) => filled.push((place, shape.columns[column].shown.id)),
            None if wishes.passes_over => {}
            None => return Err(Error::invalid_given(Path::of("column"), Rule::Unknown, name.as_str())),
        }
    }
    Ok(filled)
}
