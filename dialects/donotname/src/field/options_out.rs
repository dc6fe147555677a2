//! The options of a field as this door writes them (facts A4).

use super::actions_out;
use super::shown::{self, DOOR};
use crate::names::{self, TableName};
use engine::View;
use model::field::DefaultValue;
use model::kind::choice::{ChoiceOption, Options};
use model::kind::number::NumberFormat;
use model::kind::rollup::RollupFunction;
use model::kind::{Kind, date, datetime};
use model::time::{DateFormat, Instant, TimeFormat, Zone};
use model::{Field, Json, Table, Value};
use serde_json::{Map, json};

/// Colors given to options that have none, in turn (facts A4: colour names).
const PALETTE: [&str; 10] = [
    "blueLight2",
    "cyanLight2",
    "grayLight2",
    "greenLight2",
    "orangeLight2",
    "pinkLight2",
    "purpleLight2",
    "redLight2",
    "tealLight2",
    "yellowLight2",
];

/// The options of a field. `kind` is the kind whose options are shown: of a lookup, of what it looks up, which lies in
/// the table `of`.
pub fn options(view: &View<'_>, field: &Field, kind: &Kind, of: (TableName, model::FieldId)) -> Json {
    let mut out = kept(field);
    match kind {
        Kind::Line(_)
        | Kind::LongText(_)
        | Kind::Html(_)
        | Kind::Slug(_)
        | Kind::Icon(_)
        | Kind::Time(_)
        | Kind::Duration(_)
        | Kind::Appointment(_)
        | Kind::Location(_)
        | Kind::Color(_)
        | Kind::Video(_)
        | Kind::Json(_)
        | Kind::Seo(_)
        | Kind::Boolean(_)
        | Kind::Files(_)
        | Kind::Lookup(_)
        | Kind::CreatedBy(_)
        | Kind::ModifiedBy(_) => {}
        Kind::Email(_) => drop(out.insert("showAs".to_owned(), json!({"type": "email"}))),
        Kind::Phone(_) => drop(out.insert("showAs".to_owned(), json!({"type": "phone"}))),
        Kind::Url(_) => drop(out.insert("showAs".to_owned(), json!({"type": "url"}))),
        Kind::Number(kind) => drop(out.insert("formatting".to_owned(), number_format(&kind.format))),
        Kind::Integer(kind) => drop(out.insert("formatting".to_owned(), integer_format(&kind.format))),
        Kind::Rating(kind) => {
            out.insert("icon".to_owned(), json!(kind.icon));
            out.insert("color".to_owned(), json!(kind.color));
            out.insert("max".to_owned(), json!(kind.max));
        }
        Kind::Date(kind) => drop(out.insert("formatting".to_owned(), date_format(&kind.format))),
        Kind::DateTime(kind) => drop(out.insert("formatting".to_owned(), date_format(&kind.format))),
        Kind::CreatedTime(kind) => {
            out.insert("expression".to_owned(), json!("CREATED_TIME()"));
            out.insert("formatting".to_owned(), date_format(&kind.format));
        }
        Kind::ModifiedTime(kind) => {
            out.insert("expression".to_owned(), json!("LAST_MODIFIED_TIME()"));
            out.insert("formatting".to_owned(), date_format(&kind.format));
        }
        Kind::AutoNumber(_) => drop(out.insert("expression".to_owned(), json!("AUTO_NUMBER()"))),
        Kind::Choice(kind) => choices(&mut out, &kind.options, of),
        Kind::MultiChoice(kind) => choices(&mut out, &kind.options, of),
        Kind::User(_) => {
            out.insert("isMultiple".to_owned(), json!(false));
            out.entry("shouldNotify").or_insert(json!(true));
        }
        Kind::Users(_) => {
            out.insert("isMultiple".to_owned(), json!(true));
            out.entry("shouldNotify").or_insert(json!(true));
        }
        Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_) => link(view, &mut out, kind, of),
        Kind::Formula(kind) => {
            out.insert("expression".to_owned(), json!(kind.expression));
            match super::result::kind(field, kind) {
                Kind::Number(kind) => drop(out.entry("formatting").or_insert_with(|| number_format(&kind.format))),
                Kind::Date(date::Date { format }) | Kind::DateTime(datetime::DateTime { format }) => {
                    out.entry("formatting").or_insert_with(|| date_format(&format));
                }
                _ => {}
            }
        }
        Kind::Rollup(kind) => {
            out.insert("expression".to_owned(), json!(format!("{}({{values}})", rollup_word(kind.function))));
        }
        Kind::Button(kind) => {
            out.insert("label".to_owned(), json!(kind.label));
            out.insert("color".to_owned(), json!(kind.color));
            if let Some(max) = kind.max_count {
                out.insert("maxCount".to_owned(), json!(max));
            }
            if kind.max_count.is_some() || kind.reset {
                out.insert("resetCount".to_owned(), json!(kind.reset));
            }
            actions_out::write(view, &mut out, kind, of);
        }
    }
    let default = match &field.default {
        Some(DefaultValue::Script(script)) => view.script_shown(script).map(|script| json!({"script": script})),
        Some(default) => default_value(default, kind),
        None => None,
    };
    if let Some(default) = default {
        out.insert("defaultValue".to_owned(), default);
    }
    Json::Object(out)
}

/// The options of a lookup or rollup that say where its values come from.
pub fn lookup_options(view: &View<'_>, table: &Table, kind: &Kind) -> Option<Json> {
    let (link, target_table, target) = match kind {
        Kind::Lookup(kind) => (kind.link, kind.target_table, kind.target),
        Kind::Rollup(kind) => (kind.link, kind.target_table, kind.target),
        _ => return None,
    };
    let (here, there) = (shown::name_of(view, table.id), shown::name_of(view, target_table));
    let mut out = Map::new();
    out.insert("foreignTableId".to_owned(), json!(names::table(there)));
    out.insert("lookupFieldId".to_owned(), json!(names::field(there, target)));
    out.insert("linkFieldId".to_owned(), json!(names::field(here, link)));
    if let Ok(link) = table.field(link) {
        out.insert("relationship".to_owned(), json!(shown::relationship(view, &link.kind)));
    }
    Some(Json::Object(out))
}

/// What the core has no word for, as it was given.
fn kept(field: &Field) -> Map<String, Json> {
    match field.bag.get(DOOR).and_then(|bag| bag.get("options")) {
        Some(Json::Object(options)) => options.clone(),
        Some(_) | None => Map::new(),
    }
}

fn choices(out: &mut Map<String, Json>, options: &Options, (table, field): (TableName, model::FieldId)) {
    let one = |option: &ChoiceOption| {
        let id = names::choice(table, field, option.id);
        json!({"id": id, "name": option.name, "color": color(option)})
    };
    out.insert("choices".to_owned(), options.list.iter().map(one).collect());
    if options.closed {
        out.insert("preventAutoNewOptions".to_owned(), json!(true));
    }
}

/// The color of an option; one without gets a fixed one by its number.
pub fn color(option: &ChoiceOption) -> &str {
    let given = option.color.as_deref();
    given.unwrap_or_else(|| PALETTE[(option.id.0 as usize).wrapping_sub(1) % PALETTE.len()])
}

/// The three key names are of Teable's own SQL, and its schemas insist on some text in them.
fn link(view: &View<'_>, out: &mut Map<String, Json>, kind: &Kind, (table, field): (TableName, model::FieldId)) {
    let own = view.table(table.table);
    let (host, key) =
        own.as_ref().map_or(("", ""), |t| (t.key.as_str(), t.field(field).map_or("", |f| f.key.as_str())));
    out.insert("fkHostTableName".to_owned(), json!(host));
    out.insert("selfKeyName".to_owned(), json!("id"));
    out.insert("foreignKeyName".to_owned(), json!(key));
    out.insert("relationship".to_owned(), json!(shown::relationship(view, kind)));
    let Some(foreign) = shown::link_targets(kind).first().copied() else { return };
    let there = shown::name_of(view, foreign);
    out.insert("foreignTableId".to_owned(), json!(names::table(there)));
    let table = view.table(foreign).ok();
    if let Some(table) = &table {
        out.entry("lookupFieldId").or_insert(json!(names::field(there, table.primary)));
    }
    let partner = match kind {
        Kind::Reference(kind) => kind.partners.iter().find(|p| p.table == foreign).map(|p| p.field),
        Kind::Links(kind) => kind.partners.iter().find(|p| p.table == foreign).map(|p| p.field),
        Kind::Reverse(kind) => Some(kind.field),
        _ => None,
    };
    let seen = table.as_ref().zip(partner).and_then(|(t, p)| t.field(p).ok()).filter(|f| shown::is_shown(f));
    match seen {
        Some(partner) => drop(out.insert("symmetricFieldId".to_owned(), json!(names::field(there, partner.id)))),
        None => drop(out.insert("isOneWay".to_owned(), json!(true))),
    }
}

/// A number's formatting. The core's plain numbers are shown as the usual decimals here.
fn number_format(format: &NumberFormat) -> Json {
    match format {
        NumberFormat::Plain => json!({"type": "decimal", "precision": 2}),
        NumberFormat::Decimal { precision } => json!({"type": "decimal", "precision": precision}),
        NumberFormat::Percent { precision } => json!({"type": "percent", "precision": precision}),
        NumberFormat::Currency { precision, symbol } => {
            json!({"type": "currency", "precision": precision, "symbol": symbol})
        }
    }
}

fn integer_format(format: &NumberFormat) -> Json {
    match format {
        NumberFormat::Plain => json!({"type": "decimal", "precision": 0}),
        other => number_format(other),
    }
}

/// A date's formatting.
pub fn date_format(format: &DateFormat) -> Json {
    let time = match format.time {
        TimeFormat::None => "None",
        TimeFormat::H24 => "HH:mm",
        TimeFormat::H12 => "hh:mm A",
    };
    json!({"date": format.date, "time": time, "timeZone": zone_name(&format.zone)})
}

/// The door writes universal time in lower case (facts A4: "IANA or 'utc'").
pub fn zone_name(zone: &Zone) -> &str {
    if *zone == Zone::utc() { "utc" } else { zone.name() }
}

/// The word of a rollup function.
pub fn rollup_word(function: RollupFunction) -> &'static str {
    match function {
        RollupFunction::Countall => "countall",
        RollupFunction::Counta => "counta",
        RollupFunction::Count => "count",
        RollupFunction::Sum => "sum",
        RollupFunction::Max => "max",
        RollupFunction::Min => "min",
        RollupFunction::And => "and",
        RollupFunction::Or => "or",
        RollupFunction::Xor => "xor",
        RollupFunction::ArrayJoin => "array_join",
        RollupFunction::ArrayUnique => "array_unique",
        RollupFunction::ArrayCompact => "array_compact",
        RollupFunction::Concatenate => "concatenate",
        RollupFunction::Average => "average",
    }
}

pub fn default_value(default: &DefaultValue, kind: &Kind) -> Option<Json> {
    let name = |options: &Options, id| options.get(id).map(|option| json!(option.name));
    match (default, kind) {
        (DefaultValue::Now, _) => Some(json!("now")),
        (DefaultValue::Me, Kind::Users(_)) => Some(json!(["me"])),
        (DefaultValue::Me, _) => Some(json!("me")),
        (DefaultValue::Fixed(Value::Text(text)), _) => Some(json!(text)),
        (DefaultValue::Fixed(Value::Number(number)), _) => Some(number_json(*number)),
        (DefaultValue::Fixed(Value::Bool(checked)), _) => Some(json!(checked)),
        (DefaultValue::Fixed(Value::Instant(ms)), _) => Some(json!(Instant(*ms).to_iso())),
        (DefaultValue::Fixed(Value::Choice(id)), Kind::Choice(kind)) => name(&kind.options, *id),
        (DefaultValue::Fixed(Value::Choices(ids)), Kind::MultiChoice(kind)) => {
            Some(ids.iter().filter_map(|id| name(&kind.options, *id)).collect())
        }
        (DefaultValue::Fixed(Value::User(user)), _) => Some(json!(names::user(*user))),
        (DefaultValue::Fixed(Value::Users(users)), _) => Some(users.iter().map(|user| names::user(*user)).collect()),
        (DefaultValue::Fixed(_) | DefaultValue::Script(_), _) => None,
    }
}

/// A double as JSON writes it: whole numbers without a fraction.
pub fn number_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 { json!(number as i64) } else { json!(number) }
}
