//! What a field is in a formula: a select its name, a user the name, a link the titles of its records.

use super::World;
use super::code::{Class, Code, quoted};
use crate::field::object;
use crate::field::shown::{self, Shown};
use model::kind::number::NumberFormat;
use model::kind::rollup::RollupFunction;
use model::time::{DateFormat, TimeFormat, Zone};
use model::{Field, FieldId, Kind, TableId};

/// A field of the record.
pub fn code(world: &World<'_, '_>, field: &Field) -> Result<Code, String> {
    let shown = shown::shown(world.view, world.table, field);
    if shown.is_broken {
        return Err(format!("names the field {}, which does not work", field.name));
    }
    let path = numbered(world.table.id, field.id);
    match &field.kind {
        Kind::Rollup(rollup) => {
            return Ok(rolled(world, &shown, rollup.function, rollup.target_table, rollup.target, path));
        }
        // One record that is kept on the other side is a list of one to NX.
        Kind::Reverse(_) if !shown.many => return linked(world, &shown, &path).map(|code| first(&code)),
        _ => {}
    }
    match &shown.kind {
        Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_) => linked(world, &shown, &path),
        kind => Ok(values(&of_kind(kind), path, shown.many, kind)),
    }
}

/// A field by number: renaming changes nothing about it.
fn numbered(TableId(table): TableId, FieldId(field): FieldId) -> String {
    format!("@{table}.{field}")
}

fn first(code: &Code) -> Code {
    Code { text: format!("first({})", code.text), many: false, filled: false, ..code.clone() }
}

/// How a value of a kind is said in NX.
struct Said {
    class: Class,
    /// What is done to the value, by the name of a function; none where it is as it lies.
    function: Option<&'static str>,
}

fn of_kind(kind: &Kind) -> Said {
    let plain = |class| Said { class, function: None };
    match kind {
        Kind::Line(_)
        | Kind::LongText(_)
        | Kind::Html(_)
        | Kind::Email(_)
        | Kind::Phone(_)
        | Kind::Url(_)
        | Kind::Slug(_)
        | Kind::Icon(_) => plain(Class::Text),
        Kind::Number(_) | Kind::Integer(_) | Kind::Rating(_) | Kind::AutoNumber(_) => plain(Class::Number),
        Kind::Boolean(_) => plain(Class::Bool),
        Kind::DateTime(_) | Kind::CreatedTime(_) | Kind::ModifiedTime(_) => plain(Class::Date),
        Kind::Date(_) => Said { class: Class::Date, function: Some("datetime") },
        Kind::Choice(_)
        | Kind::MultiChoice(_)
        | Kind::User(_)
        | Kind::Users(_)
        | Kind::CreatedBy(_)
        | Kind::ModifiedBy(_)
        | Kind::Time(_)
        | Kind::Duration(_)
        | Kind::Appointment(_) => Said { class: Class::Text, function: Some("text") },
        Kind::Files(_)
        | Kind::Button(_)
        | Kind::Location(_)
        | Kind::Color(_)
        | Kind::Video(_)
        | Kind::Json(_)
        | Kind::Seo(_)
        // These are shown as what they lead to or give, and come here as that.
        | Kind::Reference(_)
        | Kind::Links(_)
        | Kind::Reverse(_)
        | Kind::Lookup(_)
        | Kind::Rollup(_)
        | Kind::Formula(_) => plain(Class::Other),
    }
}

fn values(said: &Said, path: String, many: bool, kind: &Kind) -> Code {
    let text = match (said.function, many) {
        (None, _) => path,
        (Some(function), false) => format!("{function}({path})"),
        (Some(function), true) => format!("(for item in {path} do {function}(item) end)"),
    };
    let filled = many || matches!(kind, Kind::AutoNumber(_) | Kind::CreatedTime(_));
    Code { many, filled, shown: crate::sort::date_format(kind).map(pattern), ..Code::of(said.class, text) }
}

/// The titles of linked records.
fn linked(world: &World<'_, '_>, shown: &Shown, path: &str) -> Result<Code, String> {
    let unseen = || format!("names the field {}, whose titles cannot be read in a formula", shown.name);
    let [target] = shown::link_targets(&shown.kind)[..] else { return Err(unseen()) };
    let table = world.view.table(target).map_err(|_| unseen())?;
    let primary = table.field(table.primary).map_err(|_| unseen())?;
    let kind = shown::shown(world.view, &table, primary).kind;
    let titles = format!("{path}.{}", numbered(target, primary.id));
    let title = |value: &str| title(&kind, value).ok_or_else(unseen);
    // A reverse field is a list to NX, whatever it is shown as.
    let text = match shown.many || matches!(shown.kind, Kind::Reverse(_)) {
        true if title("item")? == "item" => titles,
        true => format!("(for item in {titles} do {} end)", title("item")?),
        false => title(&titles)?,
    };
    Ok(Code { many: shown.many, filled: shown.many, ..Code::text(text) })
}

/// A value of the primary field as title: as its column shows it.
fn title(kind: &Kind, value: &str) -> Option<String> {
    let said = of_kind(kind);
    let value = said.function.map_or_else(|| value.to_owned(), |function| format!("{function}({value})"));
    let decimals = |precision: u8| {
        let zeros = "0".repeat(precision.into());
        if precision == 0 { "0".to_owned() } else { format!("0.{zeros}") }
    };
    match (said.class, kind) {
        (Class::Text, _) => Some(value),
        (Class::Number, Kind::Number(number)) => match &number.format {
            NumberFormat::Plain => Some(format!("text({value})")),
            NumberFormat::Decimal { precision } => Some(format!("format({value}, \"{}\")", decimals(*precision))),
            NumberFormat::Percent { .. } | NumberFormat::Currency { .. } => None,
        },
        (Class::Number, _) => Some(format!("text({value})")),
        (Class::Date, kind) => {
            let pattern = crate::sort::date_format(kind).map(pattern)?.ok()?;
            Some(format!("format({value}, {})", quoted(&pattern)))
        }
        (Class::Bool | Class::Other | Class::Blank, _) => None,
    }
}

/// The pattern in which a column shows its dates, in NX. There is only UTC.
fn pattern(format: &DateFormat) -> Result<String, String> {
    if format.zone != Zone::utc() {
        let zone = format.zone.name();
        return Err(format!("cannot be worked out: a date in the time zone {zone} cannot be put in a text"));
    }
    let time = match format.time {
        TimeFormat::None => "",
        TimeFormat::H24 => " HH:mm",
        TimeFormat::H12 => " hh:mm A",
    };
    Ok(format!("{}{time}", format.date))
}

/// What a rollup gives.
fn rolled(
    world: &World<'_, '_>,
    shown: &Shown,
    function: RollupFunction,
    table: TableId,
    target: FieldId,
    path: String,
) -> Code {
    if shown.many {
        // The items are those of the field that is rolled up.
        let of = world.view.table(table).ok();
        let kind = of.and_then(|of| of.field(target).ok().map(|field| shown::shown(world.view, &of, field).kind));
        return match kind {
            Some(kind) => values(&of_kind(&kind), path, true, &kind),
            None => Code::list(Class::Other, path),
        };
    }
    match (object::cell_value_type(shown), function) {
        ("number", RollupFunction::Count | RollupFunction::Counta | RollupFunction::Countall) => {
            Code::number(path).filled()
        }
        ("number", _) => Code::number(path),
        ("boolean", _) => Code::bool(path),
        _ => Code::text(path),
    }
}
