//! `GET /import/analyze?attachmentUrl=&fileType=` and, with the file itself, `POST /import/analyze`: what a file holds,
//! before it is imported (facts A4).

use super::import_table::word;
use crate::door::State;
use crate::upload::{self, File, SHEET, Wishes};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use model::{Ability, Actor, Error, Json, Result};
use serde_json::json;
use std::sync::Arc;
use transfer::{Header, Hints, Source};

/// The file comes with the request.
pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = importer(&state, &call)?;
    let hints = Wishes::of(&call.params()?)?.hints;
    let upload = upload::receive(&state, &actor, &mut call, |body: &mut File| std::mem::take(body)).await?;
    told(&upload.source, hints).await
}

/// The file is named by its address.
pub async fn by_address(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = importer(&state, &call)?;
    let (file, hints) = File::named_by(&call.params()?)?;
    let (settings, origin) = (call.settings().clone(), call.origin());
    drop(call);
    told(&file.source(&state, &actor, &settings, &origin).await?, hints).await
}

fn importer(state: &State, call: &Call) -> Result<Arc<Actor>> {
    let actor = state.actor(call)?;
    match actor.abilities.has(Ability::TableImport) {
        true => Ok(actor),
        false => Err(Error::Forbidden(Ability::TableImport)),
    }
}

async fn told(source: &Source, hints: Hints) -> Answer {
    let (format, _) = transfer::examine(source, hints).await?;
    let found = transfer::analyze_apart(source, &format).await?;
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
