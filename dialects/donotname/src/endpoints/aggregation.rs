//! `GET /table/{tableId}/aggregation`: statistics of columns, over all records of a list and over its groups (facts A4).
//!
//! The functions come as `field[sum]=fld…`, or they are those that the view's columns have (`statisticFunc`).

use crate::door::State;
use crate::error::hidden_behind;
use crate::field::shown::{Shown, sees_titles};
use crate::names;
use crate::record::groups::{id, summary};
use crate::record::list::{Ask, Plan, texts};
use crate::record::shape::Shape;
use crate::statistic::Statistic;
use crate::views;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Params, respond};
use engine::{View, Weight};
use model::error::Path;
use model::query::Measure;
use model::{Ability, Error, Json, Result, Rule, Subject, Value};
use serde_json::{Map, json};

/// Most functions of a request.
const MOST: usize = 500;
/// Most groups of which functions are told.
const MAX_GROUPS: usize = 5_000;

/// A function and the key of its field, with the place where they stood.
type Wanted = Vec<(Statistic, String, Path)>;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = names::table_in_path(call.segment("tableId"))?;
    let params = call.params()?;
    let functions: Vec<&str> = params.keys().filter(|key| *key == "field" || key.starts_with("field[")).collect();
    let ask = Ask::of(&params, &functions)?;
    let wanted = wanted(&params)?;
    let shapes = state.shapes.clone();
    let work_out = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::RecordRead)?;
        let shape = shapes.of(view, name.table)?;
        let plan = ask.plan(view, &shape)?;
        let asked = match &wanted {
            Some(wanted) => named(view, &shape, &ask, wanted)?,
            None => of_view(view, &shape, &ask)?,
        };
        worked_out(view, &shape, &plan, &asked)
    };
    let told = state.engine.read(&actor, name.database, Weight::Scan, work_out).await;
    Ok(respond::wire(StatusCode::OK, &told.map_err(hidden_behind(Subject::Table))?)?)
}

/// The functions that a request names: `field[sum][]=…` as axios writes it, or `field` as JSON.
fn wanted(params: &Params<'_>) -> Result<Option<Wanted>> {
    let mut found = Wanted::new();
    let mut is_given = false;
    if let Some(text) = params.one("field")? {
        is_given = true;
        let by_word: Map<String, Json> = edge::body::json_at("field", text.as_bytes())?;
        for (word, fields) in by_word {
            let at = Path::of("field").key(word.as_str());
            let statistic = read(&word, &at)?;
            let keys =
                crate::json::texts(&fields).ok_or_else(|| Error::invalid(at.clone(), Rule::Type("field ids")))?;
            found.extend(keys.into_iter().map(|key| (statistic, key.to_owned(), at.clone())));
        }
    }
    let mut words: Vec<&str> = params.keys().filter_map(|key| key.strip_prefix("field[")?.strip_suffix(']')).collect();
    words.dedup();
    for word in words {
        is_given = true;
        let at = Path::of("field").key(word);
        let statistic = read(word, &at)?;
        let keys = texts(params, &format!("field[{word}]"))?;
        found.extend(keys.into_iter().map(|key| (statistic, key, at.clone())));
    }
    found.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    found.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    if found.len() > MOST {
        return Err(Error::invalid(Path::of("field"), Rule::TooMany { limit: MOST as u64 }));
    }
    Ok(is_given.then_some(found))
}

fn read(word: &str, at: &Path) -> Result<Statistic> {
    let words = || Rule::Enum(Statistic::all().map(str::to_owned).collect());
    Statistic::parse(word).ok_or_else(|| Error::invalid_given(at.clone(), words(), word))
}

/// The functions of a request with their fields, in the order of the fields. What the asker may not see is unknown (S19).
fn named<'s>(view: &View<'_>, shape: &'s Shape, ask: &Ask, wanted: &Wanted) -> Result<Vec<(Statistic, &'s Shown)>> {
    let mut asked = Vec::with_capacity(wanted.len());
    for (statistic, key, at) in wanted {
        let column = shape.find(key, ask.key_type);
        let readable = |shown: &&Shown| !shown.is_broken && sees_titles(view, &shown.kind);
        let shown = column.map(|column| &shape.columns[column].shown).filter(readable);
        let shown = shown.ok_or_else(|| Error::invalid_given(at.clone(), Rule::Unknown, key.as_str()))?;
        if !statistic.fits(shown) {
            let why = format!("has no function {} (it is of type {})", statistic.word(), shown.word.text());
            return Err(Error::invalid(Path::field(shown.id, &shown.name), Rule::Malformed(why)));
        }
        asked.push((*statistic, shown));
    }
    asked.sort_by_key(|(statistic, shown)| (shape.columns.iter().position(|c| c.shown.id == shown.id), *statistic));
    Ok(asked)
}

/// The functions of a view's columns, as far as they still stand.
fn of_view<'s>(view: &View<'_>, shape: &'s Shape, ask: &Ask) -> Result<Vec<(Statistic, &'s Shown)>> {
    let Some(saved) = ask.saved_view(shape)? else { return Ok(Vec::new()) };
    let kept = views::kept(&saved);
    let meta =
        |shown: &Shown| kept.get("columnMeta")?.get(names::field(shape.name, shown.id))?.get("statisticFunc")?.as_str();
    let standing = |shown: &Shown| {
        let statistic = Statistic::parse(meta(shown)?)?;
        let seen = !shown.is_broken && sees_titles(view, &shown.kind) && !views::is_hidden(&saved, shown.id);
        (seen && statistic.fits(shown)).then_some(statistic)
    };
    Ok(shape.columns.iter().filter_map(|c| Some((standing(&c.shown)?, &c.shown))).collect())
}

/// `{aggregations: [{fieldId, total, group?}]}`: the groups of every depth by their ids.
fn worked_out(view: &mut View<'_>, shape: &Shape, plan: &Plan, asked: &[(Statistic, &Shown)]) -> Result<Json> {
    let measures: Vec<Measure> =
        asked.iter().flat_map(|(statistic, shown)| statistic.measures(&shown.operand)).collect();
    if measures.is_empty() {
        return Ok(json!({"aggregations": []}));
    }
    let values = |measured: &[Value]| -> Vec<Json> {
        let mut rest = measured;
        let one = |(statistic, shown): &(Statistic, &Shown)| {
            let (own, others) = rest.split_at(statistic.measures(&shown.operand).len());
            rest = others;
            json!({"value": statistic.value(shown, own), "aggFunc": statistic.word()})
        };
        asked.iter().map(one).collect()
    };
    let total = view.summarize(&summary(&plan.query, &[], measures.clone()))?;
    let total = values(total.first().map(|(_, measured)| measured.as_slice()).unwrap_or_default());
    let mut groups: Vec<Map<String, Json>> = vec![Map::new(); asked.len()];
    for depth in 1..=plan.group.len() {
        let found = view.summarize(&summary(&plan.query, &plan.group[..depth], measures.clone()))?;
        for (keys, measured) in found.into_iter().take(MAX_GROUPS) {
            for (group, value) in groups.iter_mut().zip(values(&measured)) {
                group.insert(id(&keys), value);
            }
        }
    }
    let rows = asked.iter().zip(total).zip(groups).map(|(((_, shown), total), group)| {
        let mut row = json!({"fieldId": names::field(shape.name, shown.id), "total": total});
        if !plan.group.is_empty() {
            row["group"] = Json::Object(group);
        }
        row
    });
    Ok(json!({"aggregations": rows.collect::<Json>()}))
}
