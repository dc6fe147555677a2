//! `PATCH /table/{tableId}/field/{fieldId}` and `PUT /table/{tableId}/field/{fieldId}/convert` (facts A4).
//!
//! PATCH takes name, description and database name only; type and options go through convert.

use crate::door::{self, State};
use crate::field::object;
use crate::field::options_in::{Built, Place};
use crate::field::shown::{DOOR, is_shown, link_targets, relationship};
use crate::field::spec::{Spec, present};
use crate::field::word::Word;
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::{Receipt, View};
use model::change::{FieldPatch, Patch, ReverseNaming};
use model::error::Path;
use model::kind::Kind;
use model::{Ability, Bag, Change, Error, Field, FieldId, Json, Result, Rule, Subject, Table, TableId};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Edit {
    name: Option<String>,
    #[serde(deserialize_with = "present")]
    description: Option<Option<String>>,
    db_field_name: Option<String>,
}

pub async fn patch(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_field(call.segment("fieldId"), name);
    let context = door::context(&call);
    let body: Edit = call.json().await?;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldUpdate)?;
        let table = view.table(name.table)?;
        let field = find(&table, id)?.id;
        let patch = FieldPatch {
            name: body.name.as_ref().map(|name| name.trim().to_owned()),
            key: body.db_field_name.clone(),
            description: description(body.description.clone()),
            ..FieldPatch::default()
        };
        Ok(vec![Change::EditField { table: name.table, field, patch: Box::new(patch) }])
    };
    let render = move |view: &mut View<'_>, _: &Receipt| rendered(view, name.table, id);
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}

pub async fn convert(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_field(call.segment("fieldId"), name);
    let context = door::context(&call);
    let spec: Spec = call.json().await?;
    let members = state.members(&actor, name.database);
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldUpdate)?;
        let table = view.table(name.table)?;
        let field = find(&table, id)?;
        let built = spec.build(view, &Place { table: name, members: &members, present: Some(field), making: None })?;
        refuse_as_primary(&table, field, &built)?;
        Ok(converted(view, &table, field, &spec, built))
    };
    let render = move |view: &mut View<'_>, _: &Receipt| rendered(view, name.table, id);
    state.change(&actor, name.into(), context, StatusCode::OK, plan, render).await
}

fn find(table: &Table, id: Option<FieldId>) -> Result<&Field> {
    let found = id.and_then(|id| table.field(id).ok()).filter(|field| is_shown(field));
    found.ok_or_else(|| names::missing(Subject::Field))
}

fn refuse_as_primary(table: &Table, field: &Field, built: &Built) -> Result<()> {
    let word = Word::of(&built.kind);
    if table.primary == field.id && !word.may_be_primary() {
        let why = format!("cannot be {}: the field is the primary field", word.text());
        return Err(Error::invalid(Path::of("type"), Rule::Malformed(why)));
    }
    Ok(())
}

/// The changes that make a field what is asked: new settings where the kind stays, a conversion where it changes.
fn converted(view: &View<'_>, table: &Table, field: &Field, spec: &Spec, built: Built) -> Vec<Change> {
    let bag = Bag::from([(DOOR.to_owned(), built.bag().remove(DOOR).unwrap_or(Json::Null))]);
    let mut patch = FieldPatch {
        name: spec.name.as_ref().map(|name| name.trim().to_owned()).filter(|name| *name != field.name),
        key: spec.db_field_name.clone().filter(|key| *key != field.key),
        description: description(spec.description.clone()),
        validators: Some(spec.validators(&field.validators)).filter(|list| *list != field.validators),
        default: built.default.clone().map_or(Patch::Clear, Patch::Set),
        bag,
        ..FieldPatch::default()
    };
    let mut changes = Vec::new();
    let is_same_kind = std::mem::discriminant(&built.kind) == std::mem::discriminant(&field.kind);
    if link_targets(&built.kind).is_empty() && is_same_kind {
        patch.settings = Some(built.kind).filter(|kind| *kind != field.kind);
    } else if !is_same_link(view, &built.kind, &field.kind) {
        let hidden_in = if built.is_one_way { vec![DOOR.to_owned()] } else { Vec::new() };
        let reverse = ReverseNaming { name: None, hidden_in };
        let kind = Box::new(built.kind);
        changes.push(Change::ConvertField { table: table.id, field: field.id, kind, reverse });
    }
    changes.push(Change::EditField { table: table.id, field: field.id, patch: Box::new(patch) });
    changes
}

/// Whether a link leads where the field leads already, from whichever side it is kept.
fn is_same_link(view: &View<'_>, asked: &Kind, present: &Kind) -> bool {
    let targets = link_targets(asked);
    // A link in the making has its relationship in its own kind only.
    let wanted = match asked {
        Kind::Reverse(_) => "oneMany",
        other => relationship(view, other),
    };
    !targets.is_empty() && targets == link_targets(present) && wanted == relationship(view, present)
}

fn description(given: Option<Option<String>>) -> Patch<String> {
    match given {
        None => Patch::Keep,
        Some(None) => Patch::Clear,
        Some(Some(text)) if text.is_empty() => Patch::Clear,
        Some(Some(text)) => Patch::Set(text),
    }
}

fn rendered(view: &View<'_>, table: TableId, id: Option<FieldId>) -> Result<Json> {
    let table = view.table(table)?;
    Ok(object::field(view, &table, find(&table, id)?))
}
