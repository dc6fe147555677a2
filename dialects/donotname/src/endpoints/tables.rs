//! The tables of a base: list, get, delete, what the actor may do with one (facts A4).

use crate::door::{self, State};
use crate::names;
use crate::table;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call};
use engine::View;
use model::{Ability, Change, Json, Subject};
use serde_json::{Map, json};

/// `GET /base/{baseId}/table`.
pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let base = door::base_of(&call)?;
    let list = |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        Ok(table::ordered(view).iter().map(|t| table::object(view, t)).collect())
    };
    state.tell(&actor, base.into(), list).await
}

/// `GET /base/{baseId}/table/{tableId}`.
pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let get = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableRead)?;
        let found = view.table(name.table)?;
        Ok(table::object(view, &found))
    };
    state.tell(&actor, name.into(), get).await
}

/// `DELETE /base/{baseId}/table/{tableId}`. It stays in the trash; `/permanent` does the same until there is one.
pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let plan = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::TableDelete)?;
        view.table(name.table)?;
        Ok(vec![Change::DeleteTable { table: name.table }])
    };
    let render = |_: &mut View<'_>, _: &engine::Receipt| Ok(json!({}));
    state.change(&actor, name.into(), door::context(&call), StatusCode::OK, plan, render).await
}

/// `GET /base/{baseId}/table/{tableId}/default-view-id`.
pub async fn default_view(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let get = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::ViewRead)?;
        let table = view.table(name.table)?;
        let first = table.views.first().ok_or_else(|| names::missing(Subject::View))?;
        Ok(json!({"id": names::view(name.database, first.id)}))
    };
    state.tell(&actor, name.into(), get).await
}

/// `GET /base/{baseId}/table/{tableId}/permission`: the scope words that the actor has here, by what they are of.
pub async fn permission(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let get = move |view: &mut View<'_>| {
        let table = view.table(name.table)?;
        let may = |word: &'static str, ability: Ability| {
            (word.to_owned(), json!(view.require(Some(table.id), ability).is_ok()))
        };
        let of_table = [
            may("table|create", Ability::TableCreate),
            may("table|delete", Ability::TableDelete),
            may("table|read", Ability::TableRead),
            may("table|update", Ability::TableUpdate),
            may("table|import", Ability::TableImport),
            may("table|export", Ability::TableExport),
        ];
        let of_view = [
            may("view|create", Ability::ViewCreate),
            may("view|delete", Ability::ViewDelete),
            may("view|read", Ability::ViewRead),
            may("view|update", Ability::ViewUpdate),
            may("view|share", Ability::ViewShare),
        ];
        let of_record = [
            may("record|create", Ability::RecordCreate),
            may("record|delete", Ability::RecordDelete),
            may("record|read", Ability::RecordRead),
            may("record|update", Ability::RecordUpdate),
            may("record|comment", Ability::RecordComment),
        ];
        let of_field = [
            may("field|create", Ability::FieldCreate),
            may("field|delete", Ability::FieldDelete),
            may("field|read", Ability::FieldRead),
            may("field|update", Ability::FieldUpdate),
        ];
        let object = |words: &[(String, Json)]| Json::Object(words.iter().cloned().collect::<Map<_, _>>());
        Ok(json!({
            "table": object(&of_table),
            "view": object(&of_view),
            "record": object(&of_record),
            "field": object(&of_field),
        }))
    };
    state.tell(&actor, name.into(), get).await
}
