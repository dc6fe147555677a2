//! `POST /table/{tableId}/field` and `POST /table/{tableId}/field/{fieldId}/duplicate` (facts A4).

use crate::door::{self, State};
use crate::field::object;
use crate::field::options_in::Place;
use crate::field::shown::{DOOR, is_shown};
use crate::field::spec::{self, Spec};
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{GO_ON, Made, Receipt, View};
use model::change::{NewField, RecordUpdate};
use model::filter::Operand;
use model::kind::Kind;
use model::query::{Projection, Query};
use model::{Ability, Change, Error, Field, Json, Result, Slot, Subject, Table, TableId};
use serde::Deserialize;

/// Most records whose values a duplicate copies.
const MAX_COPIED: usize = 100_000;

pub async fn create(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let context = door::context(&call);
    let spec: Spec = call.json().await?;
    let members = state.members(&actor, name.database);
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldCreate)?;
        let table = view.table(name.table)?;
        let free = spec.name_or_free(&spec::name_is_taken(&table));
        let field =
            spec.new_field(view, &Place { table: name, members: &members, present: None, making: None }, free)?;
        Ok(vec![Change::CreateField { table: name.table, field: Box::new(field), at: spec.place()? }])
    };
    let render = move |view: &mut View<'_>, receipt: &Receipt| rendered(view, name.table, receipt);
    state.change(&actor, name.into(), context, StatusCode::CREATED, plan, render).await
}

#[derive(Deserialize, Default)]
struct Duplicate {
    name: Option<String>,
}

/// A field like another one, with its values.
pub async fn duplicate(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_field(call.segment("fieldId"), name);
    let context = door::context(&call);
    let bytes = call.body().await?;
    let body = if bytes.is_empty() { Duplicate::default() } else { edge::body::from_json(&bytes)? };
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldCreate)?;
        view.require(Some(name.table), Ability::RecordRead)?;
        view.require(Some(name.table), Ability::RecordUpdate)?;
        let table = view.table(name.table)?;
        let found = id.and_then(|id| table.field(id).ok()).filter(|field| is_shown(field));
        let found = found.ok_or_else(|| names::missing(Subject::Field))?;
        copied(view, &table, found, body.name.clone())
    };
    let render = move |view: &mut View<'_>, receipt: &Receipt| rendered(view, name.table, receipt);
    state.change(&actor, name.into(), context, StatusCode::CREATED, plan, render).await
}

fn copied(view: &mut View<'_>, table: &Table, field: &Field, name: Option<String>) -> Result<Vec<Change>> {
    let taken = spec::name_is_taken(table);
    let name = name.unwrap_or_else(|| spec::free_name(&format!("{} (copy)", field.name), &taken));
    let mut copy = NewField::of(name, fresh_kind(&field.kind));
    copy.description.clone_from(&field.description);
    // The values of a unique field cannot be there twice in other respects, but in another field they can.
    copy.validators.clone_from(&field.validators);
    copy.default.clone_from(&field.default);
    copy.bag.clone_from(&field.bag);
    copy.localized = field.localized;
    // A copied link is seen from its own side only, or the other table would have two partners of one name.
    copy.reverse_hidden_in = vec![DOOR.to_owned()];
    let at = table.fields.iter().position(|f| f.id == field.id).map(|i| i + 1);
    let mut changes = vec![Change::CreateField { table: table.id, field: Box::new(copy), at }];
    let new = table.next_field;
    let exclusive = matches!(&field.kind, Kind::Reference(kind) if kind.exclusive)
        || matches!(&field.kind, Kind::Links(kind) if kind.exclusive);
    if field.is_writable() && !matches!(field.kind, Kind::Reverse(_) | Kind::Button(_)) && !exclusive {
        let mut query = Query::table(table.id);
        query.projection = Projection::These(vec![Operand::Slot(Slot::plain(field.id))]);
        let mut updates = Vec::new();
        view.select(&query, &mut |row| {
            let value = row.value(0);
            if !value.is_empty() {
                updates.push(RecordUpdate { record: row.id(), values: vec![(Slot::plain(new), value)] });
            }
            if updates.len() > MAX_COPIED {
                return Err(Error::TooLarge { what: "number of values to copy", limit: MAX_COPIED as u64 });
            }
            Ok(GO_ON)
        })?;
        if !updates.is_empty() {
            changes.push(Change::UpdateRecords { table: table.id, updates });
        }
    }
    Ok(changes)
}

/// The kind without what ties it to its partners; the engine makes new ones.
pub fn fresh_kind(kind: &Kind) -> Kind {
    let mut kind = kind.clone();
    match &mut kind {
        Kind::Reference(link) => link.partners.clear(),
        Kind::Links(link) => link.partners.clear(),
        Kind::Reverse(link) => link.field = model::FieldId(0),
        _ => {}
    }
    kind
}

fn rendered(view: &View<'_>, table: TableId, receipt: &Receipt) -> Result<Json> {
    let made = receipt.made.iter().find_map(|made| match made {
        Made::Field { table: of, field } if *of == table => Some(*field),
        _ => None,
    });
    let made = made.ok_or_else(|| Error::Internal("a new field has no number".to_owned()))?;
    let table = view.table(table)?;
    let field = table.field(made)?;
    Ok(object::field(view, &table, field))
}
