//! `POST /import/analyze`: what a file holds, before it is imported (facts A4; Teable asks by the address of an upload).

use super::import_table::word;
use crate::door::State;
use crate::upload::{self, File, SHEET, Wishes};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::{Ability, Error, Json};
use serde_json::json;
use transfer::Header;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    if !actor.abilities.has(Ability::TableImport) {
        return Err(Error::Forbidden(Ability::TableImport).into());
    }
    let hints = Wishes::of(&call.params()?)?.hints;
    let upload = upload::receive(&mut call, |body: &mut File| std::mem::take(body)).await?;
    let (format, _) = transfer::examine(&upload.source, hints).await?;
    let found = transfer::analyze_apart(&upload.source, &format).await?;
    let column = |column: &transfer::AnalyzedColumn| json!({"type": word(&column.guess), "name": column.name});
    let columns: Json = found.columns.iter().map(column).collect();
    let answer = json!({
        "worksheets": {SHEET: {"name": SHEET, "columns": columns}},
        "rows": found.rows,
        "encoding": format.encoding.word(),
        "delimiter": char::from(format.delimiter).to_string(),
        "firstRowIsHeader": format.header == Header::Row,
    });
    Ok(respond::wire(StatusCode::OK, &answer)?)
}
