//! Reports (facts 11): nothing is made of them here; they are kept for who made them, in the settings of the database.

use crate::door::{self, State};
use crate::names;
use axum::extract::State as Shared;
use edge::{Answer, Call, etag};
use engine::{Receipt, View};
use model::change::DatabasePatch;
use model::error::Path;
use model::{Ability, Bag, Change, Error, Json, Result, Rule, Subject};
use serde_json::{Map, json};

/// The entry of the settings' bag.
const BAG: &str = "ninox.reports";
/// Most reports of a database, and most bytes of one.
const MOST: usize = 200;
const LONGEST: usize = 64 << 10;
/// Longest id that a client gives.
const LONGEST_ID: usize = 32;

/// All reports; with `fullReport=T` whole.
pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let is_full = call.params()?.one("fullReport")? == Some("T");
    let tell = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        let short = |(id, report): (String, Json)| match is_full {
            true => report,
            false => {
                let part = |key: &str| report.get(key).cloned().unwrap_or_default();
                json!({"id": id, "caption": part("caption"), "type": part("type"), "order": part("order")})
            }
        };
        Ok(kept(view).into_iter().map(short).collect::<Json>())
    };
    state.tell(&at, tell).await
}

/// Keeps a report under its id; one without gets one.
pub async fn save(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let given: Json = call.json().await?;
    let Json::Object(given) = given else { return Err(Error::malformed("body", "must be an object").into()) };
    if json!(given).to_string().len() > LONGEST {
        return Err(Error::TooLarge { what: "report", limit: LONGEST as u64 }.into());
    }
    let asked = match given.get("id") {
        None | Some(Json::Null) => None,
        Some(Json::String(id)) if is_id(id) => Some(id.clone()),
        Some(_) => return Err(Error::invalid(Path::of("id"), Rule::Type("letters and digits")).into()),
    };
    let plan_asked = asked.clone();
    let plan_given = given.clone();
    let plan = move |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        let mut reports = kept(view);
        let id = plan_asked.clone().unwrap_or_else(|| free_id(&reports));
        if reports.len() >= MOST && !reports.contains_key(&id) {
            return Err(Error::Conflict(format!("A database has at most {MOST} reports")));
        }
        reports.insert(id.clone(), with_id(&plan_given, &id));
        let bag = Bag::from([(BAG.to_owned(), Json::Object(reports))]);
        Ok(vec![Change::EditDatabase { patch: DatabasePatch { locales: None, bag } }])
    };
    let render = move |view: &mut View<'_>, _: &Receipt| {
        let reports = kept(view);
        let id = asked.clone().or_else(|| reports.keys().next_back().cloned()).unwrap_or_default();
        Ok(with_id(&given, &id))
    };
    state.change(&at, context, plan, render).await
}

/// No report has files.
pub async fn files(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = call.segment("reportId").to_owned();
    state.tell(&at, move |view: &mut View<'_>| find(view, &id).map(|()| json!([]))).await
}

pub async fn file(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let id = call.segment("reportId").to_owned();
    let look = move |view: &mut View<'_>| {
        find(view, &id)?;
        Err(names::missing(Subject::File))
    };
    state.tell(&at, look).await
}

fn kept(view: &View<'_>) -> Map<String, Json> {
    view.schema().settings.bag.get(BAG).and_then(Json::as_object).cloned().unwrap_or_default()
}

fn find(view: &mut View<'_>, id: &str) -> Result<()> {
    view.require(None, Ability::TableRead)?;
    match kept(view).contains_key(id) {
        true => Ok(()),
        false => Err(names::missing(Subject::File)),
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `R1`, `R2` …: the first that is free.
fn free_id(reports: &Map<String, Json>) -> String {
    let mut ids = (1..).map(|number: u32| format!("R{number}"));
    ids.find(|id| !reports.contains_key(id)).unwrap_or_default()
}

fn with_id(report: &Map<String, Json>, id: &str) -> Json {
    let mut report = report.clone();
    report.insert("id".to_owned(), id.into());
    Json::Object(report)
}
