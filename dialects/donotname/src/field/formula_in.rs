//! The options of a formula field: an expression, and the zone in which it asks for days and hours.

use super::options_in::Place;
use crate::formula::{self, World};
use crate::json;
use crate::names::TableName;
use engine::View;
use model::error::Path;
use model::kind::Kind;
use model::kind::formula::Formula;
use model::time::Zone;
use model::{Error, Json, Result, Rule, Table};
use serde_json::Map;

/// The formula that options describe.
pub fn formula(view: &View<'_>, place: &Place<'_>, options: &Map<String, Json>, at: &Path) -> Result<Formula> {
    let zone = zone(options, at)?;
    let at = at.clone().key("expression");
    let expression = options.get("expression").filter(|given| !given.is_null());
    let expression = expression.ok_or_else(|| Error::invalid(at.clone(), Rule::Required))?;
    let expression = expression.as_str().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("text")))?;
    let present = match place.present.map(|field| &field.kind) {
        Some(Kind::Formula(present)) if present.expression == expression => Some(present),
        Some(_) | None => None,
    };
    let found;
    let table = match place.making {
        Some(table) => table,
        None => {
            found = view.table(place.table.table)?;
            &*found
        }
    };
    let made = formula::formula(&World { view, table, name: place.table, zone }, expression, &at);
    match (made, present) {
        (Ok(made), _) => Ok(made),
        // What another door wrote is given back as it is, and stays.
        (Err(_), Some(present)) => Ok(present.clone()),
        (Err(error), None) => Err(error),
    }
}

/// The formula of a field that is copied into a table in the making; none when it cannot be worked out there.
pub fn moved(
    view: &View<'_>,
    table: &Table,
    name: TableName,
    expression: &str,
    options: &Map<String, Json>,
) -> Option<Formula> {
    let at = Path::of("options");
    let zone = zone(options, &at).ok()?;
    formula::formula(&World { view, table, name, zone }, expression, &at).ok()
}

fn zone(options: &Map<String, Json>, at: &Path) -> Result<Zone> {
    let Some(name) = json::text(options, "timeZone", at)? else { return Ok(Zone::utc()) };
    let rule = || Rule::Malformed("is no time zone".to_owned());
    Zone::parse(name).ok_or_else(|| Error::invalid_given(at.clone().key("timeZone"), rule(), name))
}
