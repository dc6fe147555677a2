//! A field as JSON.

use super::options_out;
use super::shown::{self, Shown};
use super::word::Word;
use crate::names;
use engine::View;
use model::kind::rollup::RollupFunction;
use model::kind::{Class, Kind};
use model::{Field, Json, Table};
use serde_json::{Map, json};

/// The field object (facts A4). Flags that are false are left out, as Teable does.
pub fn field(view: &View<'_>, table: &Table, field: &Field) -> Json {
    let shown = shown::shown(view, table, field);
    let name = shown::name_of(view, table.id);
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| drop(out.insert(key.to_owned(), value));
    put("id", json!(names::field(name, field.id)));
    put("name", json!(field.name));
    if let Some(description) = &field.description {
        put("description", json!(description));
    }
    put("type", json!(shown.word.text()));
    let of = (shown::name_of(view, shown.of.0), shown.of.1);
    // The options of a formula are its expression, whatever kind its values are of.
    let kind = if matches!(field.kind, Kind::Formula(_)) { &field.kind } else { &shown.kind };
    put("options", options_out::options(view, field, kind, of));
    if field.id == table.primary {
        put("isPrimary", json!(true));
    }
    if shown.word.is_computed() || shown.is_lookup {
        put("isComputed", json!(true));
    }
    if shown.is_lookup {
        put("isLookup", json!(true));
    }
    if let Some(options) = options_out::lookup_options(view, table, &field.kind) {
        put("lookupOptions", options);
    }
    if field.is_required() {
        put("notNull", json!(true));
    }
    if field.is_unique() {
        put("unique", json!(true));
    }
    if shown.many {
        put("isMultipleCellValue", json!(true));
    }
    if shown.is_broken {
        put("hasError", json!(true));
    }
    put("cellValueType", json!(cell_value_type(&shown)));
    put("dbFieldType", json!(db_field_type(&shown)));
    put("dbFieldName", json!(field.key));
    Json::Object(out)
}

/// `string`, `number`, `boolean` or `dateTime`.
pub fn cell_value_type(shown: &Shown) -> &'static str {
    match shown.word {
        Word::Number | Word::Rating | Word::AutoNumber => "number",
        Word::Checkbox => "boolean",
        Word::Date | Word::CreatedTime | Word::LastModifiedTime => "dateTime",
        Word::Rollup => match &shown.kind {
            Kind::Rollup(rollup) => rollup_value_type(rollup.function),
            _ => "string",
        },
        Word::Formula => match shown.kind.class() {
            Class::Number | Class::Integer => "number",
            Class::Bool => "boolean",
            Class::Date | Class::Instant => "dateTime",
            _ => "string",
        },
        Word::SingleLineText
        | Word::LongText
        | Word::SingleSelect
        | Word::MultipleSelect
        | Word::Attachment
        | Word::User
        | Word::Link
        | Word::CreatedBy
        | Word::LastModifiedBy
        | Word::Button => "string",
    }
}

fn rollup_value_type(function: RollupFunction) -> &'static str {
    match function {
        RollupFunction::Countall
        | RollupFunction::Counta
        | RollupFunction::Count
        | RollupFunction::Sum
        | RollupFunction::Max
        | RollupFunction::Min
        | RollupFunction::Average => "number",
        RollupFunction::And | RollupFunction::Or | RollupFunction::Xor => "boolean",
        RollupFunction::ArrayJoin
        | RollupFunction::ArrayUnique
        | RollupFunction::ArrayCompact
        | RollupFunction::Concatenate => "string",
    }
}

fn db_field_type(shown: &Shown) -> &'static str {
    if shown.many
        || matches!(shown.word, Word::User | Word::Link | Word::CreatedBy | Word::LastModifiedBy | Word::Button)
    {
        return "JSON";
    }
    match cell_value_type(shown) {
        "number" if matches!(shown.kind, Kind::AutoNumber(_) | Kind::Integer(_)) => "INTEGER",
        "number" => "REAL",
        "boolean" => "BOOLEAN",
        "dateTime" => "DATETIME",
        _ => "TEXT",
    }
}
