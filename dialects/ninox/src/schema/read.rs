//! Settings and schema as they are told.

use crate::field::object::options_of;
use crate::field::shown::{DOOR, Shown, partner, shown, shown_fields};
use crate::field::word::Word;
use crate::names;
use engine::View;
use engine::access::DatabaseInfo;
use model::kind::Kind;
use model::{Bag, Field, Json, Result, Table};
use serde_json::{Map, json};

/// The settings of a database: its name, icon and color, and what else a client has put there.
pub fn settings(info: &DatabaseInfo) -> Json {
    let mut settings = Map::new();
    settings.insert("name".to_owned(), info.name.clone().into());
    settings.insert("icon".to_owned(), info.icon.clone().unwrap_or_else(|| "database".to_owned()).into());
    settings.insert("color".to_owned(), "#6691FF".into());
    add_kept(&mut settings, &info.bag);
    Json::Object(settings)
}

/// The schema of a database, as far as the actor may see it.
pub fn schema(view: &mut View<'_>) -> Result<Json> {
    let seq = view.sequence()?;
    let types: Map<String, Json> = view
        .tables()
        .iter()
        .enumerate()
        .map(|(order, table)| (names::table(table.id), table_type(view, table, order)))
        .collect();
    let mut schema = Map::new();
    schema.insert("seq".to_owned(), seq.0.into());
    schema.insert("version".to_owned(), view.schema().version.into());
    schema.insert("nextTypeId".to_owned(), view.schema().settings.next_table.0.into());
    schema.insert("types".to_owned(), Json::Object(types));
    schema.insert("afterOpenBehavior".to_owned(), "restoreNavigation".into());
    schema.insert("fileSync".to_owned(), "full".into());
    schema.insert("dateFix".to_owned(), "enabled".into());
    schema.insert("compatibility".to_owned(), "latest".into());
    let bag = view.schema().settings.bag.clone();
    add_kept(&mut schema, &bag);
    Ok(Json::Object(schema))
}

/// A table.
fn table_type(view: &View<'_>, table: &Table, order: usize) -> Json {
    let mut fields = Map::new();
    for (order, field) in shown_fields(table).enumerate() {
        fields.insert(names::field(field.id), of_field(view, &shown(view, table, field), field, order));
    }
    let mut object = Map::new();
    object.insert("caption".to_owned(), table.name.clone().into());
    object.insert("captions".to_owned(), json!({}));
    object.insert("hidden".to_owned(), false.into());
    object.insert("fields".to_owned(), Json::Object(fields));
    object.insert("uis".to_owned(), json!({}));
    object.insert("nextFieldId".to_owned(), table.next_field.0.into());
    object.insert("order".to_owned(), order.into());
    object.insert("kind".to_owned(), "table".into());
    for (key, value) in [("description", &table.description), ("icon", &table.icon)] {
        if let Some(text) = value {
            object.insert(key.to_owned(), text.clone().into());
        }
    }
    add_kept(&mut object, &table.bag);
    Json::Object(object)
}

/// A field. `base` is its type; what its type has beside follows (facts 2).
fn of_field(view: &View<'_>, shown: &Shown, field: &Field, order: usize) -> Json {
    let mut object = Map::new();
    object.insert("base".to_owned(), base(shown, field).text().into());
    if let Kind::Formula(formula) = &field.kind {
        // A script that names what the actor may not see is not told.
        if let Some(script) = view.script_shown(&formula.script) {
            object.insert("fn".to_owned(), script.into());
        }
    }
    object.insert("caption".to_owned(), field.name.clone().into());
    object.insert("captions".to_owned(), json!({}));
    object.insert("required".to_owned(), field.is_required().into());
    object.insert("order".to_owned(), order.into());
    object.insert("hasIndex".to_owned(), field.indexed.into());
    if field.is_unique() {
        object.insert("unique".to_owned(), true.into());
    }
    if let Some(description) = &field.description {
        object.insert("tooltips".to_owned(), description.clone().into());
    }
    if matches!(field.kind, Kind::LongText(_)) {
        object.insert("stringMultiline".to_owned(), true.into());
    }
    if let Some(options) = options_of(&field.kind) {
        let values: Map<String, Json> = options
            .list
            .iter()
            .enumerate()
            .map(|(order, option)| {
                let mut value = json!({"caption": option.name, "captions": {}, "order": order});
                if let Some(color) = &option.color {
                    value["color"] = color.clone().into();
                }
                (option.id.0.to_string(), value)
            })
            .collect();
        object.insert("values".to_owned(), Json::Object(values));
    }
    if let Some((table, other)) = partner(&field.kind) {
        object.insert("refTypeId".to_owned(), names::table(table).into());
        object.insert("refFieldId".to_owned(), names::field(other).into());
    }
    add_kept(&mut object, &field.bag);
    Json::Object(object)
}

/// The type of a field where a schema tells it.
pub fn base(shown: &Shown, field: &Field) -> Word {
    if matches!(field.kind, Kind::Formula(_)) { Word::Fn } else { shown.word }
}

/// Adds what a client has put there for itself; what the core knows better stays as it is.
fn add_kept(object: &mut Map<String, Json>, bag: &Bag) {
    let Some(Json::Object(kept)) = bag.get(DOOR) else { return };
    for (key, value) in kept {
        object.insert(key.clone(), value.clone());
    }
}
