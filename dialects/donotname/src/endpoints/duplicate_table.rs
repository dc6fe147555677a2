//! `POST /base/{baseId}/table/{tableId}/duplicate {name?, includeRecords?}` (facts A4).
//!
//! Fields, views and, if asked, records. Lookups and rollups look through the copied links.

use super::create_field::fresh_kind;
use crate::door::{self, State};
use crate::field::shown::{DOOR, name_of};
use crate::field::spec::free_name;
use crate::field::{formula_in, making};
use crate::table;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{GO_ON, Made, Receipt, View};
use model::change::{NewField, NewRecord, NewTable};
use model::filter::Operand;
use model::kind::Kind;
use model::kind::button::{Action, Input};
use model::kind::formula::Formula;
use model::query::{Page, Projection, Query};
use model::{Ability, Change, Error, Field, FieldId, Result, Slot, Table, TableId, Value};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most records that a duplicate copies.
const MAX_COPIED: u64 = 100_000;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    name: Option<String>,
    include_records: Option<bool>,
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let context = door::context(&call);
    let bytes = call.body().await?;
    let body: Wanted = if bytes.is_empty() { Wanted::default() } else { edge::body::from_json(&bytes)? };
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableCreate)?;
        view.require(Some(name.table), Ability::TableRead)?;
        let found = view.table(name.table)?;
        let records = if body.include_records.unwrap_or(false) { Records::Copied } else { Records::Left };
        copy(view, &found, body.name.clone(), records)
    };
    let render = move |view: &mut View<'_>, receipt: &Receipt| {
        let made = receipt.made.iter().find_map(|made| match made {
            Made::Table(id) => Some(*id),
            _ => None,
        });
        let made = made.ok_or_else(|| Error::Internal("a new table has no number".to_owned()))?;
        let found = view.table(made)?;
        let mut object = table::object(view, &found);
        object["fields"] = table::fields(view, &found).into();
        Ok(object)
    };
    state.change(&actor, name.into(), context, StatusCode::CREATED, plan, render).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Records {
    Copied,
    Left,
}

fn copy(view: &mut View<'_>, table: &Table, name: Option<String>, records: Records) -> Result<Vec<Change>> {
    let id = view.schema().settings.next_table;
    let taken = |name: &str| view.tables().iter().any(|t| t.name == name);
    let name = name.unwrap_or_else(|| free_name(&format!("{} (copy)", table.name), &taken));
    // The primary field must be the first of a new table.
    let mut fields: Vec<&Field> = table.live_fields().filter(|f| !matches!(f.kind, Kind::Reverse(_))).collect();
    fields.sort_by_key(|f| f.id != table.primary);
    let numbers: BTreeMap<FieldId, FieldId> =
        fields.iter().enumerate().map(|(i, f)| (f.id, FieldId(i as u32 + 1))).collect();
    let kept: Vec<&Field> = fields.into_iter().filter(|f| is_looked_through(f, &numbers)).collect();
    let given = making::numbers(kept.iter().map(|f| Some(&f.kind)));
    let numbers: BTreeMap<FieldId, FieldId> = kept.iter().map(|f| f.id).zip(given).collect();
    let mut fields: Vec<NewField> = kept.iter().map(|f| copied_field(view, f, table.id, id, &numbers)).collect();
    copy_formulas(view, &mut fields, (table.id, id), &numbers);
    let new = NewTable {
        name,
        description: table.description.clone(),
        icon: table.icon.clone(),
        fields,
        ..NewTable::default()
    };
    let mut changes = vec![Change::CreateTable { table: Box::new(new) }];
    for saved in &table.views {
        // What a view says of fields is said with the numbers of the old table, so only its looks are copied.
        let mut copy = crate::views::blank(saved.name.clone(), saved.layout);
        copy.description.clone_from(&saved.description);
        crate::views::sign(view, &mut copy);
        changes.push(Change::CreateView { table: id, view: Box::new(copy), at: None });
    }
    if records == Records::Copied {
        let copied = copied_records(view, table, &kept, &numbers)?;
        if !copied.is_empty() {
            changes.push(Change::CreateRecords { table: id, records: copied });
        }
    }
    Ok(changes)
}

/// Whether a field can be copied: a lookup through a reverse link cannot.
fn is_looked_through(field: &Field, numbers: &BTreeMap<FieldId, FieldId>) -> bool {
    match &field.kind {
        Kind::Lookup(kind) => numbers.contains_key(&kind.link),
        Kind::Rollup(kind) => numbers.contains_key(&kind.link),
        _ => true,
    }
}

fn copied_field(
    view: &View<'_>,
    field: &Field,
    from: TableId,
    to: TableId,
    numbers: &BTreeMap<FieldId, FieldId>,
) -> NewField {
    let mut kind = fresh_kind(&field.kind);
    match &mut kind {
        Kind::Lookup(kind) => kind.link = numbers[&kind.link],
        Kind::Rollup(kind) => kind.link = numbers[&kind.link],
        Kind::Button(button) => {
            let copied = button.actions.iter().map(|action| {
                let may = may_copy(view, action, from);
                copied_action(action, from, to, numbers).filter(|_| may)
            });
            button.actions = copied.collect::<Option<_>>().unwrap_or_default();
        }
        _ => {}
    }
    let mut copy = NewField::of(field.name.clone(), kind);
    copy.key = Some(field.key.clone());
    copy.description.clone_from(&field.description);
    copy.validators.clone_from(&field.validators);
    copy.default.clone_from(&field.default);
    copy.localized = field.localized;
    copy.bag.clone_from(&field.bag);
    copy.reverse_hidden_in = vec![DOOR.to_owned()];
    copy
}

/// Makes formulas of the copy be about the copy. One that names what the copy does not have, or that another door
/// wrote in words of its own, does not work there.
fn copy_formulas(
    view: &View<'_>,
    fields: &mut [NewField],
    (from, to): (TableId, TableId),
    numbers: &BTreeMap<FieldId, FieldId>,
) {
    let (from, to) = (name_of(view, from), name_of(view, to));
    let mut copied = Vec::new();
    let there = making::pretended(to.table, &fields.iter().map(Some).collect::<Vec<_>>());
    for (place, field) in fields.iter().enumerate() {
        let Kind::Formula(formula) = &field.kind else { continue };
        let options = field.bag.get(DOOR).and_then(|bag| bag["options"].as_object()).cloned().unwrap_or_default();
        let moved = crate::formula::moved(&formula.expression, (from, to), numbers);
        let expression = moved.unwrap_or_else(|| formula.expression.clone());
        let copy = formula_in::moved(view, &there, to, &expression, &options);
        copied.push((place, copy.unwrap_or(Formula { expression, script: String::new(), result: formula.result })));
    }
    for (place, formula) in copied {
        fields[place].kind = Kind::Formula(formula);
    }
}

/// Whether who copies may attach the action: what it does outside the copy takes rights of its own.
fn may_copy(view: &View<'_>, action: &Action, from: TableId) -> bool {
    match action {
        Action::CreateRecord { table, .. } if *table != from => {
            view.require(Some(*table), Ability::RecordCreate).is_ok()
        }
        // A script may do anything in the database; whether who copies may save it is for the write to say.
        Action::CallWebhook { .. } | Action::RunScript { .. } => {
            view.require(Some(from), Ability::AutomationUpdate).is_ok()
        }
        Action::SetFields { .. } | Action::CreateRecord { .. } => true,
    }
}

/// An action of the copy; none when it names what the copy does not have. Links of the copy lead where those of the
/// table do, so the clicked record of the copy is none for them.
fn copied_action(action: &Action, from: TableId, to: TableId, numbers: &BTreeMap<FieldId, FieldId>) -> Option<Action> {
    let mapped = |values: &[(FieldId, Input)]| {
        let one = |(field, input): &(FieldId, Input)| Some((*numbers.get(field)?, input.clone()));
        values.iter().map(one).collect::<Option<Vec<_>>>()
    };
    let is_fixed = |values: &[(FieldId, Input)]| values.iter().all(|(_, input)| *input != Input::Clicked);
    match action {
        Action::SetFields { values } => Some(Action::SetFields { values: mapped(values).filter(|v| is_fixed(v))? }),
        Action::CreateRecord { table, values } if *table == from => {
            Some(Action::CreateRecord { table: to, values: mapped(values).filter(|v| is_fixed(v))? })
        }
        Action::CreateRecord { values, .. } => is_fixed(values).then(|| action.clone()),
        // Scripts name the table that is copied, not the copy.
        Action::RunScript { .. } => None,
        Action::CallWebhook { url, fields, condition } => {
            if condition.is_some() {
                return None;
            }
            let fields = fields.iter().filter_map(|field| numbers.get(field).copied()).collect();
            Some(Action::CallWebhook { url: url.clone(), fields, condition: None })
        }
    }
}

fn copied_records(
    view: &mut View<'_>,
    table: &Table,
    fields: &[&Field],
    numbers: &BTreeMap<FieldId, FieldId>,
) -> Result<Vec<NewRecord>> {
    let is_exclusive = |field: &Field| match &field.kind {
        Kind::Reference(kind) => kind.exclusive,
        Kind::Links(kind) => kind.exclusive,
        _ => false,
    };
    let copied: Vec<&&Field> = fields.iter().filter(|f| f.is_writable() && !is_exclusive(f)).collect();
    let mut query = Query::table(table.id);
    query.page = Page::Window { skip: 0, take: MAX_COPIED + 1 };
    query.projection = Projection::These(copied.iter().map(|f| Operand::Slot(Slot::plain(f.id))).collect());
    let mut records = Vec::new();
    view.select(&query, &mut |row| {
        if records.len() as u64 >= MAX_COPIED {
            return Err(Error::TooLarge { what: "table to copy", limit: MAX_COPIED });
        }
        let cells = copied.iter().enumerate().map(|(i, f)| (Slot::plain(numbers[&f.id]), row.value(i)));
        let values: Vec<(Slot, Value)> = cells.filter(|(_, value)| !value.is_empty()).collect();
        records.push(NewRecord { values, without_defaults: true, ..NewRecord::default() });
        Ok(GO_ON)
    })?;
    Ok(records)
}
