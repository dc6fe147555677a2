//! `GET /table/{tableId}/aggregation/calendar-daily-collection`: how many records lie on each day of a calendar's page,
//! and the first of them (facts A4).

use crate::door::State;
use crate::error::hidden_behind;
use crate::field::shown::Shown;
use crate::names;
use crate::record::list::{Ask, Plan};
use crate::record::shape::Shape;
use crate::record::write::{CellFormat, RecordWriter};
use crate::sort::{self, date_format};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::{self, Commas};
use edge::{Answer, Call, Params, respond};
use engine::{GO_ON, View, Weight};
use model::error::Path;
use model::filter::{Comparison, Predicate, Test};
use model::kind::Class;
use model::query::{Direction, Page, Projection};
use model::time::{Day, Instant, Zone};
use model::{Ability, Error, Filter, RecordId, Result, Rule, Subject, Value};
use std::collections::BTreeMap;

/// Most days of a page.
const MAX_DAYS: i64 = 400;
/// Records of a day that are told.
const EACH_DAY: usize = 10;

/// A page as asked for.
#[derive(Clone)]
struct Span {
    from: Instant,
    to: Instant,
    start: String,
    end: String,
}

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let params = call.params()?;
    let (ask, span) = (Ask::of(&params, &SPAN)?, span(&params)?);
    let shapes = state.shapes.clone();
    let read = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        collect(view, &shape, &ask, &span)
    };
    let told = state.engine.read(&actor, name.database, Weight::Scan, read).await;
    Ok(respond::json(StatusCode::OK, told.map_err(hidden_behind(Subject::Table))?))
}

/// What a calendar is asked with beside a list.
const SPAN: [&str; 4] = ["startDate", "endDate", "startDateFieldId", "endDateFieldId"];

fn span(params: &Params<'_>) -> Result<Span> {
    let text = |key: &str| params.one(key)?.ok_or_else(|| Error::invalid(Path::of(key), Rule::Required));
    let instant = |key: &str| {
        let given = text(key)?;
        Instant::parse(given).ok_or_else(|| Error::invalid_given(Path::of(key), Rule::Type("a date"), given))
    };
    let span = Span {
        from: instant("startDate")?,
        to: instant("endDate")?,
        start: text("startDateFieldId")?.to_owned(),
        end: text("endDateFieldId")?.to_owned(),
    };
    let days = (span.to.0 - span.from.0) / model::time::DAY_MS;
    match days {
        0..MAX_DAYS if span.from <= span.to => Ok(span),
        _ => Err(Error::malformed("endDate", format!("must be within {MAX_DAYS} days after startDate"))),
    }
}

fn collect(view: &mut View<'_>, shape: &Shape, ask: &Ask, span: &Span) -> Result<Vec<u8>> {
    let start = date_column(shape, ask, "startDateFieldId", &span.start)?;
    let end = date_column(shape, ask, "endDateFieldId", &span.end)?;
    let zone = date_format(&start.kind).map_or_else(Zone::utc, |format| format.zone.clone());
    let Plan { mut query, selection, .. } = ask.plan(view, shape)?;
    query.filter = query.filter.and(overlapping(start, end, span, &zone));
    query.sort = vec![sort::of(view, start, Direction::Ascending)];
    query.page = Page::All;
    query.projection = Projection::These(vec![start.operand.clone(), end.operand.clone()]);
    let (first, last) = (zone.day_of(span.from), zone.day_of(span.to));
    let mut counts: BTreeMap<Day, usize> = BTreeMap::new();
    let mut told: Vec<RecordId> = Vec::new();
    view.select(&query, &mut |row| {
        let Some(begin) = day(&row.value(0), &zone) else { return Ok(GO_ON) };
        let until = day(&row.value(1), &zone).unwrap_or(begin).max(begin);
        let (mut on, mut is_among_first) = (begin.max(first), false);
        while on <= until.min(last) {
            let count = counts.entry(on).or_default();
            is_among_first = is_among_first || *count < EACH_DAY;
            *count += 1;
            on = on.plus_days(1);
        }
        if is_among_first {
            told.push(row.id());
        }
        Ok(GO_ON)
    })?;
    let mut out = b"{\"countMap\":{".to_vec();
    let mut commas = Commas::default();
    for (day, count) in counts {
        commas.next(&mut out);
        json::key(&mut out, &day.to_iso());
        json::integer(&mut out, count as i64);
    }
    out.extend_from_slice(b"},\"records\":[");
    let selection = selection.as_ref().unwrap_or(&shape.whole);
    let writer = RecordWriter::new(view, shape, selection, ask.key_type, CellFormat::Json);
    let mut commas = Commas::default();
    view.by_ids(shape.table.id, &told, &selection.projection, &mut |row| {
        commas.next(&mut out);
        writer.write(&mut out, row);
        Ok(GO_ON)
    })?;
    out.extend_from_slice(b"]}");
    Ok(out)
}

/// A field of dates, one each.
fn date_column<'s>(shape: &'s Shape, ask: &Ask, key: &str, given: &str) -> Result<&'s Shown> {
    let unknown = || Error::invalid_given(Path::of(key), Rule::Unknown, given);
    let shown = shape.find(given, ask.key_type).map(|column| &shape.columns[column].shown);
    let shown = shown.filter(|shown| !shown.is_broken).ok_or_else(unknown)?;
    match shown.kind.class() {
        Class::Date | Class::Instant if !shown.many => Ok(shown),
        _ => Err(Error::invalid_given(Path::of(key), Rule::Type("a field of dates"), given)),
    }
}

/// Records that begin before the span ends, and end, or else begin, after it begins.
fn overlapping(start: &Shown, end: &Shown, span: &Span, zone: &Zone) -> Filter {
    let test = |of: &Shown, predicate| Filter::Test(Test { operand: of.operand.clone(), predicate });
    let at = |of: &Shown, instant: Instant| match of.kind.class() {
        Class::Date => Value::Date(zone.day_of(instant).0),
        _ => Value::Instant(instant.0),
    };
    // Whole days, as they are counted.
    let from = zone.start_of(zone.day_of(span.from));
    let to = zone.end_of(zone.day_of(span.to));
    let begins = |of: &Shown, comparison, instant| test(of, Predicate::Compare(comparison, at(of, instant)));
    let ends = Filter::Or(vec![
        begins(end, Comparison::GreaterOrEqual, from),
        begins(start, Comparison::GreaterOrEqual, from),
    ]);
    begins(start, Comparison::LessOrEqual, to).and(ends)
}

fn day(value: &Value, zone: &Zone) -> Option<Day> {
    match value {
        Value::Date(day) => Some(Day(*day)),
        Value::Instant(ms) => Some(zone.day_of(Instant(*ms))),
        _ => None,
    }
}
