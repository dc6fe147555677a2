//! Views (facts 11): `GET|POST …/views`, and `POST /{teamId}/{databaseId}/json/views/update`.

use crate::door::{self, State};
use crate::schema::views::{self, Detail};
use axum::extract::State as Shared;
use edge::{Answer, Call, etag};
use engine::{Made, Receipt, View};
use model::error::Path;
use model::{Ability, Error, Json, Result, Rule, TableId, ViewId};

/// Most views of one request.
const MOST: usize = 500;

/// All views; with `fullView=T` their configuration, too.
pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let detail = if call.params()?.one("fullView")? == Some("T") { Detail::Full } else { Detail::Short };
    let tell = move |view: &mut View<'_>| {
        view.require(None, Ability::ViewRead)?;
        let mut list = Vec::new();
        for table in view.tables() {
            if view.require(Some(table.id), Ability::ViewRead).is_ok() {
                let seq = view.defined_at(table.id)?;
                list.extend(views::objects(&table, seq, detail).into_iter().map(|(_, object)| object));
            }
        }
        Ok(Json::Array(list))
    };
    state.tell(&at, tell).await
}

/// Saves one view or several: of their ids, or new ones. They are answered with their configuration.
pub async fn save(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let at = state.at(&call)?;
    etag::refuse_expected(call.headers())?;
    let context = door::context(&call);
    let given: Json = call.json().await?;
    let is_list = given.is_array();
    let given = match given {
        Json::Array(list) if list.len() > MOST => {
            return Err(Error::invalid(Path::of("body"), Rule::TooMany { limit: MOST as u64 }).into());
        }
        Json::Array(list) => list,
        one => vec![one],
    };
    let plan = move |view: &mut View<'_>| {
        let saved = given.iter().enumerate().map(|(i, one)| {
            let at = if is_list { Path::default().index(i) } else { Path::of("view") };
            views::save(view, one, &at).map(|(change, _)| change)
        });
        saved.collect::<Result<Vec<_>>>()
    };
    let render = move |view: &mut View<'_>, receipt: &Receipt| {
        let mut told = Vec::new();
        for made in &receipt.made {
            if let Made::View { table, view: id } = made {
                told.push(object(view, *table, *id)?);
            }
        }
        Ok(match (is_list, told.pop()) {
            (true, last) => Json::Array(told.into_iter().chain(last).collect()),
            (false, one) => one.unwrap_or_default(),
        })
    };
    state.change(&at, context, plan, render).await
}

fn object(view: &mut View<'_>, table: TableId, id: ViewId) -> Result<Json> {
    let table = view.table(table)?;
    let seq = view.defined_at(table.id)?;
    let id = crate::names::view(id);
    let found = views::objects(&table, seq, Detail::Full).into_iter().find(|(of, _)| *of == id);
    Ok(found.map(|(_, object)| object).unwrap_or_default())
}
