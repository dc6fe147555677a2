//! `POST /base/{baseId}/table`, with or without a slash at its end (facts A4).
//!
//! What is left out is made: three fields, a grid view, three empty records.

use crate::cell::decode::Typecast;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::field::options_in::Place;
use crate::field::shown::name_of;
use crate::field::spec::{self, Spec};
use crate::field::word::Word;
use crate::members::Members;
use crate::record::body::{Body, Draft};
use crate::record::changes::{self, Manner};
use crate::record::render;
use crate::record::shape::Shape;
use crate::table;
use crate::views;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, json as writer, respond};
use engine::View;
use model::change::{NewField, NewRecord, NewTable};
use model::error::Path;
use model::kind::Kind;
use model::table::MAX_FIELDS;
use model::view::Layout;
use model::{Ability, Bag, Change, ColumnId, Error, Field, FieldId, Json, Result, Rule, Subject, Table, TableId};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;

/// The body without its records, which [`Body`] reads.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct NewTableBody {
    id: Option<Json>,
    name: Option<String>,
    db_table_name: Option<String>,
    description: Option<String>,
    icon: Option<String>,
    fields: Option<Vec<Json>>,
    views: Option<Vec<Json>>,
}

/// A view of a new table.
#[derive(Deserialize)]
struct NewView {
    name: Option<String>,
    #[serde(rename = "type")]
    word: Option<String>,
    description: Option<String>,
    options: Option<Json>,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let base = door::base_of(&call)?;
    let context = door::context(&call);
    let bytes = call.body().await?;
    let (body, records) = if bytes.is_empty() {
        (NewTableBody::default(), Body::default())
    } else {
        (edge::body::from_json::<NewTableBody>(&bytes)?, edge::body::from_json::<Body>(&bytes)?)
    };
    if body.id.as_ref().is_some_and(|id| !id.is_null()) {
        return Err(Error::malformed("id", "must not be given: the server makes it").into());
    }
    call.charge(records.records.as_ref().map_or(1, Vec::len))?;
    let key_type = records.key_type.unwrap_or_default();
    let members = state.members(&actor, base);
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableCreate)?;
        plan(view, &members, &body, &records)
    };
    let render = move |view: &mut View<'_>, receipt: &engine::Receipt| {
        let made = receipt.made.iter().find_map(|made| match made {
            engine::Made::Table(id) => Some(*id),
            _ => None,
        });
        let made = made.ok_or_else(|| Error::Internal("a new table has no number".to_owned()))?;
        let found = view.table(made)?;
        let shape = Shape::of(view, found.clone());
        let mut object = table::object(view, &found);
        object["fields"] = table::fields(view, &found).into();
        object["views"] = found.views.iter().map(|v| views::object(view, &shape, v)).collect();
        let mut out = Vec::with_capacity(2048);
        writer::value(&mut out, &object);
        out.pop();
        out.extend_from_slice(b",\"records\":[");
        render::list(view, &shape, key_type, &render::made(receipt, made), &mut out)?;
        out.extend_from_slice(b"]}");
        Ok(out)
    };
    let written = state.engine.write(&actor, base, context, plan, render).await;
    Ok(respond::json(StatusCode::CREATED, written.map_err(hidden_behind(Subject::Database))?))
}

fn plan(view: &mut View<'_>, members: &Members, body: &NewTableBody, records: &Body) -> Result<Vec<Change>> {
    let id = view.schema().settings.next_table;
    let taken = |name: &str| view.tables().iter().any(|t| t.name == name);
    let name = body.name.clone().unwrap_or_else(|| spec::free_name("New table", &taken));
    let fields = fields(view, members, id, body.fields.as_deref())?;
    let pretend = pretended(id, &fields.iter().map(Some).collect::<Vec<_>>());
    let table = NewTable {
        name: name.trim().to_owned(),
        key: body.db_table_name.clone(),
        description: body.description.clone(),
        icon: body.icon.clone(),
        fields,
        ..NewTable::default()
    };
    let mut changes = vec![Change::CreateTable { table: Box::new(table) }];
    for mut made in new_views(body.views.as_deref())? {
        views::sign(view, &mut made);
        changes.push(Change::CreateView { table: id, view: Box::new(made), at: None });
    }
    let empty = vec![Draft::default(); 3];
    let drafts = records.records.as_deref().unwrap_or(&empty);
    let shape = Shape::of(view, Arc::new(pretend));
    let typecast = if records.typecast { Typecast::On } else { Typecast::Off };
    let manner = Manner { key_type: records.key_type.unwrap_or_default(), typecast };
    let at = |i: usize| Path::of("records").index(i);
    let decoded = changes::decode(view, &shape, members, &records.keys, drafts, manner, at)?;
    changes.extend(decoded.options);
    if !decoded.records.is_empty() {
        let records = decoded.records.into_iter().map(|values| NewRecord { values, ..NewRecord::default() });
        changes.push(Change::CreateRecords { table: id, records: records.collect() });
    }
    Ok(changes)
}

pub fn fields(view: &View<'_>, members: &Members, id: TableId, given: Option<&[Json]>) -> Result<Vec<NewField>> {
    let given = match given {
        Some(given) if given.len() > MAX_FIELDS => {
            return Err(Error::invalid(Path::of("fields"), Rule::TooMany { limit: MAX_FIELDS as u64 }));
        }
        Some(given) if !given.is_empty() => Cow::Borrowed(given),
        Some(_) | None => Cow::Owned(default_fields()),
    };
    let table = name_of(view, id);
    let mut named: Vec<(Spec, String)> = Vec::with_capacity(given.len());
    for (i, one) in given.iter().enumerate() {
        let spec = Spec::of(one, &Path::of("fields").index(i))?;
        let name = spec.name_or_free(&|name| named.iter().any(|(_, taken)| taken == name));
        named.push((spec, name));
    }
    // Formulas name other fields, also those behind them, so they are read when these are known.
    let is_formula = |i: usize| i > 0 && named[i].0.word.as_deref() == Some(Word::Formula.text());
    let (late, early): (Vec<usize>, Vec<usize>) = (0..named.len()).partition(|i| is_formula(*i));
    let mut fields: Vec<Option<NewField>> = vec![None; named.len()];
    for i in early.into_iter().chain(late) {
        let at = Path::of("fields").index(i);
        let making = pretended(id, &fields.iter().map(Option::as_ref).collect::<Vec<_>>());
        let place = Place { table, members, present: None, making: Some(&making) };
        let (spec, name) = &named[i];
        let field = spec.new_field(view, &place, name.clone()).map_err(spec::under(at.clone()))?;
        if i == 0 && !Word::of(&field.kind).may_be_primary() {
            let why = format!("of type {} cannot be the primary field", Word::of(&field.kind).text());
            return Err(Error::invalid(at, Rule::Malformed(why)));
        }
        fields[i] = Some(field);
    }
    Ok(fields.into_iter().flatten().collect())
}

/// The numbers that the fields of a new table get: from 1 in their order, formulas behind all others, except for the
/// first field of all.
pub fn numbers<'k>(kinds: impl Iterator<Item = Option<&'k Kind>>) -> Vec<FieldId> {
    let late: Vec<bool> =
        kinds.enumerate().map(|(i, kind)| i > 0 && matches!(kind, None | Some(Kind::Formula(_)))).collect();
    let early = late.iter().filter(|late| !**late).count();
    let (mut next_early, mut next_late) = (1, early as u32 + 1);
    let number = |late: &bool| {
        let next = if *late { &mut next_late } else { &mut next_early };
        *next += 1;
        FieldId(*next - 1)
    };
    late.iter().map(number).collect()
}

/// Facts A4: Name text, Count number, Status select (light, medium, heavy).
fn default_fields() -> Vec<Json> {
    vec![
        json!({"name": "Name", "type": "singleLineText"}),
        json!({"name": "Count", "type": "number", "options": {"formatting": {"type": "decimal", "precision": 0}}}),
        json!({"name": "Status", "type": "singleSelect", "options": {"choices": [
            {"name": "light", "color": "grayBright"},
            {"name": "medium", "color": "yellowBright"},
            {"name": "heavy", "color": "tealBright"},
        ]}}),
    ]
}

/// The table as it will be, with those of its fields that are known.
pub fn pretended(id: TableId, fields: &[Option<&NewField>]) -> Table {
    let numbers = numbers(fields.iter().map(|field| field.map(|field| &field.kind)));
    let pretend = |(id, new): (FieldId, &NewField)| Field {
        id,
        name: new.name.clone(),
        key: new.key.clone().unwrap_or_default(),
        description: None,
        kind: new.kind.clone(),
        validators: new.validators.clone(),
        localized: false,
        default: new.default.clone(),
        columns: Vec::new(),
        indexed: false,
        hidden_in: Vec::new(),
        deleted_at: None,
        bag: Bag::new(),
    };
    Table {
        id,
        name: String::new(),
        key: String::new(),
        description: None,
        icon: None,
        shape: model::table::Shape::Plain,
        primary: FieldId(1),
        fields: numbers.into_iter().zip(fields).filter_map(|(id, field)| field.map(|field| (id, field))).map(pretend).collect(),
        views: Vec::new(),
        next_field: FieldId(1),
        next_column: ColumnId(1),
        retired: Vec::new(),
        retired_links: Vec::new(),
        singleton: false,
        created_at: 0,
        edited_at: 0,
        deleted_at: None,
        triggers: Default::default(),
        bag: Bag::new(),
    }
}

pub fn new_views(given: Option<&[Json]>) -> Result<Vec<model::View>> {
    let grid = [json!({"name": "Grid view"})];
    let given = given.filter(|list| !list.is_empty()).unwrap_or(&grid);
    let mut made = Vec::with_capacity(given.len());
    for (i, one) in given.iter().enumerate() {
        let at = Path::of("views").index(i);
        let new: NewView = NewView::deserialize(one)
            .map_err(|error| Error::invalid(at.clone(), Rule::Malformed(format!("is not as asked: {error}"))))?;
        let layout = match &new.word {
            Some(word) => views::layout(word, at.key("type"))?,
            None => Layout::Grid,
        };
        let mut view = views::blank(new.name.unwrap_or_else(|| "Grid view".to_owned()), layout);
        view.description = new.description;
        views::keep(&mut view, "options", new.options.unwrap_or_default());
        made.push(view);
    }
    Ok(made)
}
