//! `POST /import/{baseId}`: a new table from a file (facts A4, C 2005: leading zeros and dates are kept).

use super::create_table;
use super::import::{object, paid, told};
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::field::making;
use crate::field::word::Word;
use crate::members::Members;
use crate::record::shape::Shape;
use crate::upload::{self, File, SHEET, Wishes};
use crate::{table, views};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, respond};
use engine::shapes::Shaped;
use engine::{Made, Receipt, View, Weight, WriteContext};
use model::change::NewTable;
use model::error::Path;
use model::{Ability, Change, Error, FieldId, Json, Result, Rule, Subject, TableId};
use serde::Deserialize;
use serde_json::{Map, json};
use transfer::{Broken, Guess, Header, Order, Target};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(flatten)]
    file: File,
    worksheets: Option<Map<String, Json>>,
    partial: bool,
}

/// A sheet as Teable describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sheet {
    name: String,
    columns: Vec<SheetColumn>,
    #[serde(default)]
    use_first_row_as_header: bool,
    #[serde(default = "yes")]
    import_data: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SheetColumn {
    #[serde(rename = "type")]
    word: String,
    name: String,
    source_column_index: usize,
}

fn yes() -> bool {
    true
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let base = door::base_of(&call)?;
    let mut wishes = Wishes::of(&call.params()?)?;
    let may = move |view: &mut View<'_>| {
        view.require(None, Ability::TableImport)?;
        view.require(None, Ability::TableCreate)?;
        view.require(None, Ability::RecordCreate)
    };
    state.engine.read(&actor, base, Weight::Point, may).await.map_err(hidden_behind(Subject::Database))?;
    call.charge(0)?;
    let upload = upload::receive(&state, &actor, &mut call, |body: &mut Body| std::mem::take(&mut body.file)).await?;
    let mut sheet = None;
    if let Some(body) = upload.body {
        wishes.broken = wishes.broken.or(body.partial.then_some(Broken::LeaveOut));
        sheet = body.worksheets.map(only_sheet).transpose()?;
    }
    if let Some(sheet) = &sheet {
        wishes.hints.header = Some(if sheet.use_first_row_as_header { Header::Row } else { Header::None });
    }
    let (format, columns) = transfer::examine(&upload.source, wishes.hints).await?;
    if columns.is_empty() {
        return Err(Error::malformed("file", "is empty").into());
    }
    let (fields, places, name, with_rows) = match sheet {
        Some(sheet) => {
            let wrong = sheet.columns.iter().position(|column| column.source_column_index >= columns.len());
            if let Some(wrong) = wrong {
                let at = Path::of("worksheets").key("columns").index(wrong).key("sourceColumnIndex");
                return Err(Error::invalid(at, Rule::Unknown).into());
            }
            let spec = |column: &SheetColumn| json!({"name": column.name, "type": column.word});
            let places = sheet.columns.iter().map(|column| column.source_column_index).collect();
            (sheet.columns.iter().map(spec).collect(), places, Some(sheet.name), sheet.import_data)
        }
        None => {
            let found = transfer::analyze_apart(&upload.source, &format).await?.columns;
            let specs: Vec<Json> = found.iter().enumerate().map(|(i, column)| spec(i, column)).collect();
            let places: Vec<usize> = (0..found.len()).collect();
            (specs, places, wishes.name, true)
        }
    };
    let client = format!("import-{:032x}", u128::from_be_bytes(state.engine.random_bytes::<16>()));
    let members = state.members(&actor, base);
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableImport)?;
        plan(view, &members, &fields, name.as_deref())
    };
    let render = |view: &mut View<'_>, receipt: &Receipt| rendered(view, receipt);
    let context = WriteContext { client: Some(client.clone()), ..WriteContext::default() };
    let written = state.engine.write(&actor, base, context, plan, render).await;
    let (made, mut answer) = written.map_err(hidden_behind(Subject::Database))?;
    if !with_rows {
        return Ok(respond::wire(StatusCode::CREATED, &json!([answer]))?);
    }
    let columns = places.into_iter().enumerate().map(|(i, place)| (place, FieldId(i as u32 + 1))).collect();
    let target = Target { database: base, table: made, columns, key: None };
    let broken = wishes.broken.unwrap_or(Broken::Refuse);
    let order = Order { target, format, broken, client: Some(client.clone()) };
    let imported = transfer::import(&state.engine, &actor, upload.source, order).await;
    paid(&call, &imported);
    if !imported.as_ref().is_ok_and(transfer::Report::is_done) {
        // A table that could not be filled is not kept.
        transfer::take_back(&state.engine, &actor, base, &client, 1).await?;
    }
    let mut report = imported.map_err(hidden_behind(Subject::Database))?;
    report.writes += 1;
    told(StatusCode::CREATED, &report, |_| {
        answer["import"] = object(&report);
        json!([answer])
    })
}

/// The one sheet that a CSV file has.
fn only_sheet(sheets: Map<String, Json>) -> Result<Sheet> {
    let at = Path::of("worksheets");
    let mut all = sheets.into_iter();
    match (all.next(), all.next()) {
        (Some((key, sheet)), None) => Sheet::deserialize(sheet)
            .map_err(|error| Error::invalid(at.key(key), Rule::Malformed(format!("is not as asked: {error}")))),
        _ => Err(Error::invalid(at, Rule::Malformed("must be one sheet".to_owned()))),
    }
}

/// The word of what a column holds.
pub fn word(guess: &Guess) -> &'static str {
    match guess {
        Guess::Text => Word::SingleLineText.text(),
        Guess::LongText => Word::LongText.text(),
        Guess::Number => Word::Number.text(),
        Guess::Date | Guess::DateTime => Word::Date.text(),
        Guess::Checkbox => Word::Checkbox.text(),
        Guess::Choice(_) => Word::SingleSelect.text(),
    }
}

/// The field of a column. The first one names the records, which a checkbox cannot.
fn spec(place: usize, column: &transfer::AnalyzedColumn) -> Json {
    let dates = |time: &str| json!({"formatting": {"date": "YYYY-MM-DD", "time": time, "timeZone": "utc"}});
    let options = match &column.guess {
        Guess::Date => dates("None"),
        Guess::DateTime => dates("HH:mm"),
        Guess::Choice(names) => {
            json!({"choices": names.iter().map(|name| json!({"name": name})).collect::<Json>()})
        }
        Guess::Checkbox if place == 0 => return json!({"name": column.name, "type": Word::SingleLineText.text()}),
        Guess::Text | Guess::LongText | Guess::Number | Guess::Checkbox => json!({}),
    };
    json!({"name": column.name, "type": word(&column.guess), "options": options})
}

fn plan(view: &mut View<'_>, members: &Members, fields: &[Json], name: Option<&str>) -> Result<Vec<Change>> {
    let id = view.schema().settings.next_table;
    let taken = |name: &str| view.tables().iter().any(|t| t.name == name);
    let name = match name {
        Some(name) => name.trim().to_owned(),
        None => crate::field::spec::free_name(SHEET, &taken),
    };
    let fields = making::fields(view, members, id, Some(fields))?;
    let mut changes = vec![Change::CreateTable { table: Box::new(NewTable { name, fields, ..NewTable::default() }) }];
    for mut made in create_table::new_views(None)? {
        views::sign(view, &mut made);
        changes.push(Change::CreateView { table: id, view: Box::new(made), at: None });
    }
    Ok(changes)
}

fn rendered(view: &mut View<'_>, receipt: &Receipt) -> Result<(TableId, Json)> {
    let made = receipt.made.iter().find_map(|made| match made {
        Made::Table(id) => Some(*id),
        _ => None,
    });
    let made = made.ok_or_else(|| Error::Internal("a new table has no number".to_owned()))?;
    let found = view.table(made)?;
    let shape = Shape::of(view, found.clone());
    let mut object = table::object(view, &found);
    object["fields"] = table::fields(view, &found).into();
    object["views"] = found.views.iter().map(|v| views::object(view, &shape, v)).collect();
    Ok((made, object))
}
