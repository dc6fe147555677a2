//! `GET /export/{tableId}?viewId=`: the records of a view as CSV (facts A4).
//!
//! It is for people and their spreadsheets unless `raw=true`: then values come as programs read them back, and nothing
//! is done about formulas (S29).

use crate::cell::text::cell_text;
use crate::door::State;
use crate::error::hidden_behind;
use crate::names;
use crate::record::list::{Ask, Plan, flag};
use crate::record::order;
use crate::record::shape::{Selection, Shape, Shapes};
use crate::record::write::people;
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode, header};
use edge::{Answer, Call, Spill};
use engine::{GO_ON, RecordRow, View, Weight};
use model::query::Page;
use model::{Ability, Result, Subject, TableId};
use transfer::export::{self, Reader};

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");

/// The parameters; no paging: an export is whole.
const KNOWN: [&str; 10] = [
    "viewId",
    "ignoreViewQuery",
    "filter",
    "orderBy",
    "search",
    "projection",
    "selectedRecordIds",
    "fieldKeyType",
    "raw",
    "bom",
];

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let params = call.params()?;
    params.refuse_unknown(&KNOWN)?;
    let reader = if flag(&params, "raw")? { Reader::Program } else { Reader::Spreadsheet };
    let bom = flag(&params, "bom")?;
    let ask = Ask::of(&params, &KNOWN)?.without_end();
    let settings = call.settings().clone();
    let shapes = state.shapes.clone();
    let write = move |view: &mut View<'_>| {
        let mut spill = Spill::new(&settings, 64 << 10);
        if bom {
            spill.out().extend_from_slice("\u{feff}".as_bytes());
        }
        let title = written(view, &shapes, name.table, &ask, reader, &mut spill)?;
        Ok((spill, title))
    };
    let read = state.engine.read(&actor, name.database, Weight::Scan, write).await;
    let (spill, title) = read.map_err(hidden_behind(Subject::Table))?;
    let mut response = spill.into_response(StatusCode::OK, CSV)?;
    if let Ok(disposition) = HeaderValue::from_str(&disposition(&title)) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Where the text of a file goes.
pub trait Sink {
    /// Only append.
    fn out(&mut self) -> &mut Vec<u8>;
    /// Between two rows: what is too much for memory goes on.
    fn checkpoint(&mut self) -> Result<()>;
}

impl Sink for Spill {
    fn out(&mut self) -> &mut Vec<u8> {
        Spill::out(self)
    }

    fn checkpoint(&mut self) -> Result<()> {
        Spill::checkpoint(self)
    }
}

/// Writes header and rows; the table's name.
pub fn written(
    view: &mut View<'_>,
    shapes: &Shapes,
    table: TableId,
    ask: &Ask,
    reader: Reader,
    sink: &mut impl Sink,
) -> Result<String> {
    view.require(Some(table), Ability::TableExport)?;
    let shape = shapes.of(view, table)?;
    let Plan { mut query, selection, by_hand, .. } = ask.plan(view, &shape)?;
    let selection = selection.as_ref().unwrap_or(&shape.whole);
    let people = people(view);
    header_row(&shape, selection, reader, sink.out());
    let mut each = |row: &RecordRow<'_>| {
        let out = sink.out();
        for (i, picked) in selection.picked.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            let kind = &shape.columns[picked.column].shown.kind;
            match (reader, picked.title) {
                (Reader::Spreadsheet, title) => {
                    export::cell(out, &export::neutral(&cell_text(kind, row, picked.output, title, &people)));
                }
                (Reader::Program, title) => {
                    let value = row.value(title.unwrap_or(picked.output));
                    export::cell(out, &export::machine_text(kind, &value, &people));
                }
            }
        }
        out.extend_from_slice(export::END);
        sink.checkpoint()?;
        Ok(GO_ON)
    };
    if by_hand.is_empty() {
        query.page = Page::All;
        view.select(&query, &mut each)?;
    } else {
        let ids = order::page(view, &query, &by_hand)?;
        view.by_ids(table, &ids, &selection.projection, &mut each)?;
    }
    Ok(shape.table.name.clone())
}

fn header_row(shape: &Shape, selection: &Selection, reader: Reader, out: &mut Vec<u8>) {
    for (i, picked) in selection.picked.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let name = &shape.columns[picked.column].shown.name;
        match reader {
            Reader::Spreadsheet => export::cell(out, &export::neutral(name)),
            Reader::Program => export::cell(out, name),
        }
    }
    out.extend_from_slice(export::END);
}

/// A file called like the table, in both spellings that browsers know.
fn disposition(title: &str) -> String {
    let mut encoded = String::new();
    let mut plain = String::new();
    for c in title.chars().take(100) {
        plain.push(if c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_') { c } else { '_' });
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(char::from(byte)),
                byte => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    format!("attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{encoded}.csv")
}
