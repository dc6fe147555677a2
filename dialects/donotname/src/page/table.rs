//! The calls of one table.

use super::calls::{curl, curl_list, quoted};
use super::html::{self, escaped};
use crate::field::shown::Shown;
use crate::field::word::Word;
use crate::names;
use crate::record::shape::Shape;
use engine::{STOP, View};
use model::kind::Kind;
use model::kind::choice::Options;
use model::query::{Page, Projection, Query};
use model::{Ability, Json, RecordAddress, Result};
use serde_json::{Map, json};
use std::fmt::Write;

/// Most fields whose examples a body shows; a body of hundreds helps nobody.
const MAX_SHOWN: usize = 12;

/// The page of a table, without its end.
pub fn calls_of(view: &mut View<'_>, shape: &Shape, url: &str) -> Result<String> {
    view.require(Some(shape.table.id), Ability::TableRead)?;
    let table = names::table(shape.name);
    let record = a_record(view, shape)?.unwrap_or_else(|| "RECORD_ID".to_owned());
    let mut out = html::begin(&shape.table.name);
    let name = escaped(&shape.table.name);
    let _ = write!(out, "<p><a href=\"/api/docs\">All tables</a></p><h1>{name}</h1>");
    let _ = write!(
        out,
        "<p>The calls of this table, with its own ids. Put an access token in place of <code>YOUR_TOKEN</code>. \
         The id of the table is <code>{table}</code>.</p>"
    );
    fields(&mut out, shape);

    let records = format!("{url}/table/{table}/record");
    let one = format!("{records}/{record}");
    let by_name = ("fieldKeyType", "name".to_owned());
    let listed = curl_list(&records, &[by_name.clone(), ("take", "10".to_owned())]);
    html::call(&mut out, "List records", "At most 2,000 at once; go on with skip.", &listed);
    if let Some((filter, order)) = filter(shape) {
        let parameters = [("filter", filter.to_string()), ("orderBy", order.to_string()), by_name];
        html::call(&mut out, "Filter and sort", "", &curl_list(&records, &parameters));
    }
    html::call(&mut out, "Get one record", "", &curl("GET", &format!("{one}?fieldKeyType=name"), None));
    let values = examples(shape);
    let new = json!({"fieldKeyType": "name", "records": [{"fields": values}]});
    html::call(&mut out, "Create records", "", &curl("POST", &records, Some(&new)));
    let first: Map<String, Json> = values.into_iter().take(1).collect();
    let change = json!({"fieldKeyType": "name", "record": {"fields": first}});
    html::call(&mut out, "Update a record", "What is not named stays.", &curl("PATCH", &one, Some(&change)));
    html::call(&mut out, "Delete a record", "", &curl("DELETE", &one, None));
    html::call(&mut out, "History of a record", "", &curl("GET", &format!("{one}/history"), None));
    for column in &shape.columns {
        let id = names::field(shape.name, column.shown.id);
        match column.shown.word {
            Word::Attachment if column.shown.is_written => {
                let address = format!("{one}/{id}/uploadAttachment");
                let call = format!("{} \\\n  -F {}", curl("POST", &address, None), quoted("file=@document.pdf"));
                html::call(&mut out, &format!("Upload a file to {}", column.shown.name), "", &call);
            }
            Word::Button if !column.shown.is_derived() => {
                let call = curl("POST", &format!("{one}/{id}/button-click"), None);
                html::call(&mut out, &format!("Click {}", column.shown.name), "", &call);
            }
            _ => {}
        }
    }
    Ok(out)
}

fn a_record(view: &mut View<'_>, shape: &Shape) -> Result<Option<String>> {
    if view.require(Some(shape.table.id), Ability::RecordRead).is_err() {
        return Ok(None);
    }
    let mut query = Query::table(shape.table.id);
    query.projection = Projection::These(Vec::new());
    query.page = Page::Window { skip: 0, take: 1 };
    let mut found = None;
    view.select(&query, &mut |row| {
        found = Some(row.id());
        Ok(STOP)
    })?;
    let address = |record| RecordAddress { table: shape.table.id, record };
    Ok(found.map(|record| names::record(shape.name.database, address(record))))
}

fn fields(out: &mut String, shape: &Shape) {
    out.push_str("<h2>Fields</h2><table><thead><tr><th>Name<th>Id<th>Type<th>Example</thead><tbody>");
    for column in &shape.columns {
        let shown = &column.shown;
        let example = match example(shown) {
            Some(example) => format!("<code>{}</code>", escaped(&example.to_string())),
            None => match shown.word {
                Word::Attachment if shown.is_written => "files, sent as below".to_owned(),
                Word::Link if shown.is_written => "<code>{\"id\":\"rec…\"}</code>, or a list of them".to_owned(),
                Word::User if shown.is_written => "<code>{\"id\":\"usr…\"}</code>, or a list of them".to_owned(),
                _ => "set by the server".to_owned(),
            },
        };
        let (name, id) = (escaped(&shown.name), names::field(shape.name, shown.id));
        let _ = write!(out, "<tr><td>{name}<td><code>{id}</code><td>{}<td>{example}", shown.word.text());
    }
    out.push_str("</tbody></table>");
}

/// A filter and an order of fields that the table has.
fn filter(shape: &Shape) -> Option<(Json, Json)> {
    let column = shape.columns.iter().find(|column| column.shown.id == shape.table.primary)?;
    let id = names::field(shape.name, column.shown.id);
    let filter = json!({"conjunction": "and", "filterSet": [{"fieldId": id, "operator": "isNotEmpty", "value": null}]});
    Some((filter, json!([{"fieldId": id, "order": "asc"}])))
}

fn examples(shape: &Shape) -> Map<String, Json> {
    let written = shape.columns.iter().map(|column| &column.shown);
    let with_values = written.filter_map(|shown| example(shown).map(|value| (shown.name.clone(), value)));
    with_values.take(MAX_SHOWN).collect()
}

/// A value that could be written; none where the server sets it, or a value names what nobody can make up.
fn example(shown: &Shown) -> Option<Json> {
    if !shown.is_written || shown.is_derived() {
        return None;
    }
    let first = |options: &Options| options.list.first().map(|option| option.name.clone());
    match (shown.word, &shown.kind) {
        (Word::SingleLineText, _) => Some(json!("Some text")),
        (Word::LongText, _) => Some(json!("Several lines\nof text")),
        (Word::Number, _) => Some(json!(42)),
        (Word::Rating, _) => Some(json!(3)),
        (Word::Checkbox, _) => Some(json!(true)),
        (Word::Date, _) => Some(json!("2026-01-31T09:30:00.000Z")),
        (Word::SingleSelect, Kind::Choice(kind)) => first(&kind.options).map(|name| json!(name)),
        (Word::MultipleSelect, Kind::MultiChoice(kind)) => first(&kind.options).map(|name| json!([name])),
        _ => None,
    }
}
