//! The media of a site: every file that came by an upload request is a record of the table "Media", known by its bag and
//! not among the item types. So its bytes stay until it is deleted, whether an item has the file or not; the other doors
//! see a table.

use crate::cell::files;
use crate::error::not_found;
use crate::field::DOOR;
use crate::names;
use edge::Settings;
use engine::files::FileRow;
use engine::{GO_ON, Made, RecordRow, Steps, View};
use model::change::{NewField, NewRecord, NewTable};
use model::field::Slot;
use model::filter::{Filter, Operand, Predicate, System};
use model::kind::files::Files;
use model::kind::line::Line;
use model::query::{Aggregate, Direction, Measure, Page, Projection, Sort, Source, Summary, TextOrder};
use model::{Ability, Change, Error, Field, Json, Kind, Query, RecordAddress, Result, Subject, Table, Value};
use serde_json::json;
use std::sync::Arc;

/// The table's name, and its mark.
const NAME: &str = "Media";
const MARK: &str = "media";
/// The keys of its fields.
const PATH: &str = "path";
const FILE: &str = "file";
pub const ALT: &str = "alt";
pub const TITLE: &str = "title";

/// A file that came, with its path.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub path: String,
    pub file: FileRow,
    /// The most bytes that the media of a site may have.
    pub quota: Option<u64>,
}

/// The table, if there was a file ever.
pub fn table(view: &View<'_>) -> Option<Arc<Table>> {
    let is_marked =
        |table: &Arc<Table>| table.bag.get(DOOR).is_some_and(|bag| bag.get(MARK) == Some(&Json::Bool(true)));
    view.tables().into_iter().find(is_marked)
}

/// Refuses whoever may not keep a file here, or has no space left, before it is stored.
pub fn admit(view: &mut View<'_>, size: u64, quota: Option<u64>) -> Result<()> {
    match table(view) {
        Some(table) => view.require(Some(table.id), Ability::RecordCreate)?,
        None => view.require(None, Ability::TableCreate)?,
    }
    refuse_full(view, size, quota)
}

/// Keeps a file that came. One that came before by the same path is there already.
pub fn keep(steps: &mut Steps<'_, '_>, arrived: &Arrived) -> Result<()> {
    refuse_full(&mut steps.view(), arrived.file.size, arrived.quota)?;
    let table = match table(&steps.view()) {
        Some(table) => table,
        None => make(steps)?,
    };
    if find_by_path(&mut steps.view(), &table, &arrived.path)?.is_some() {
        return Ok(());
    }
    let FileRow { name, token, .. } = &arrived.file;
    let item = json!([{"name": name, "token": token, "path": arrived.path}]);
    let values = vec![
        (Slot::plain(field(&table, PATH)?.id), Value::text(arrived.path.as_str())),
        (Slot::plain(field(&table, FILE)?.id), Value::Structure(item)),
    ];
    let records = vec![NewRecord { values, ..NewRecord::default() }];
    steps.apply(Change::CreateRecords { table: table.id, records }).map(drop)
}

/// The file that came by a path.
pub fn find_by_path(view: &mut View<'_>, table: &Table, path: &str) -> Result<Option<RecordAddress>> {
    let filter = Filter::field(field(table, PATH)?.id, Predicate::Equals(Value::text(path)));
    let page = Page::Window { skip: 0, take: 1 };
    let mut found = None;
    view.select(&Query { filter, page, ..Query::table(table.id) }, &mut |row| {
        found = Some(RecordAddress { table: row.table(), record: row.id() });
        Ok(GO_ON)
    })?;
    Ok(found)
}

/// A page of the media, newest first, and how many there are.
pub fn list(view: &mut View<'_>, skip: u64, take: u64) -> Result<(Vec<Json>, u64)> {
    view.require(None, Ability::RecordRead)?;
    let Some(table) = table(view) else { return Ok((Vec::new(), 0)) };
    let by = Operand::System(System::Id);
    let newest = Sort { by, direction: Direction::Descending, order: TextOrder::Codepoint, ranks: None, bucket: None };
    let query = Query {
        sort: vec![newest],
        page: Page::Window { skip, take },
        projection: projection(&table)?,
        ..Query::table(table.id)
    };
    let mut list = Vec::new();
    view.select(&query, &mut |row| {
        list.push(object(row));
        Ok(GO_ON)
    })?;
    Ok((list, view.count(&Query::table(table.id))?))
}

/// One of the media.
pub fn show(view: &mut View<'_>, address: RecordAddress) -> Result<Json> {
    let table = of(view, address)?;
    let mut found = None;
    view.by_ids(table.id, &[address.record], &projection(&table)?, &mut |row| {
        found = Some(object(row));
        Ok(GO_ON)
    })?;
    found.ok_or_else(|| not_found(Subject::File))
}

/// The table of one of the media.
pub fn of(view: &View<'_>, address: RecordAddress) -> Result<Arc<Table>> {
    view.require(None, Ability::RecordRead)?;
    table(view).filter(|table| table.id == address.table).ok_or_else(|| not_found(Subject::File))
}

/// The field of a key, which people may have taken away by another door.
pub fn field<'t>(table: &'t Table, key: &str) -> Result<&'t Field> {
    table.field_keyed(key).ok_or_else(|| not_found(Subject::File))
}

/// The most bytes of all media of a site.
pub fn quota(settings: &Settings) -> Option<u64> {
    settings.upload_quota
}

fn projection(table: &Table) -> Result<Projection> {
    let slot = |key: &str| field(table, key).map(|field| Operand::Slot(Slot::plain(field.id)));
    Ok(Projection::These([PATH, FILE, ALT, TITLE].into_iter().map(slot).collect::<Result<_>>()?))
}

/// An upload as JSON, in the words of later clients (facts 4).
fn object(row: &RecordRow<'_>) -> Json {
    let address = RecordAddress { table: row.table(), record: row.id() };
    let text = |index: usize| match row.value(index) {
        Value::Text(text) => Json::from(text),
        _ => Json::Null,
    };
    let file = match row.value(1) {
        Value::Structure(Json::Array(mut list)) if !list.is_empty() => list.swap_remove(0),
        _ => Json::Null,
    };
    let is_image = file["width"].is_u64();
    json!({
        "type": "upload",
        "id": names::item(address),
        "attributes": {
            "path": text(0),
            "format": files::format(&file),
            "size": file["size"],
            "width": file["width"],
            "height": file["height"],
            "alt": text(2),
            "title": text(3),
            "is_image": is_image,
        },
    })
}

fn make(steps: &mut Steps<'_, '_>) -> Result<Arc<Table>> {
    let line = |name: &str, key: &str| NewField {
        key: Some(key.to_owned()),
        ..NewField::of(name, Kind::Line(Line::default()))
    };
    let file = NewField { key: Some(FILE.to_owned()), ..NewField::of("File", Kind::Files(Files::default())) };
    let fields = vec![line("Path", PATH), file, line("Alt", ALT), line("Title", TITLE)];
    let bag = [(DOOR.to_owned(), json!({ MARK: true, "listed": false }))].into();
    let new = NewTable { name: NAME.to_owned(), fields, bag, ..NewTable::default() };
    match steps.apply(Change::CreateTable { table: Box::new(new) })? {
        Made::Table(table) => steps.view().table(table),
        _ => Err(Error::Internal("a table was not made".to_owned())),
    }
}

fn refuse_full(view: &mut View<'_>, size: u64, quota: Option<u64>) -> Result<()> {
    let Some(quota) = quota else { return Ok(()) };
    let mut used = 0.0;
    if let Some(table) = table(view) {
        let over = Operand::Slot(Slot::plain(field(&table, FILE)?.id));
        let measures = vec![Measure { function: Aggregate::TotalSize, over }];
        let source = Source::Table(table.id);
        let summary = Summary { source, filter: Filter::all(), search: None, group: Vec::new(), measures };
        if let Some(Value::Number(bytes)) = view.summarize(&summary)?.first().and_then(|(_, all)| all.first()) {
            used = *bytes;
        }
    }
    let full = used + size as f64 > quota as f64;
    if full { Err(Error::TooLarge { what: "media of the site", limit: quota }) } else { Ok(()) }
}
