//! Tables of a database (reference 001, "Get a schema for multiple tables"). The fields are always there (facts 2).

use crate::door::State;
use crate::field::object;
use crate::names;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::View;
use model::{Ability, Json};

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let tell = |view: &mut View<'_>| {
        view.require(None, Ability::TableRead)?;
        Ok(view.tables().iter().map(|table| object::table(view, table)).collect::<Json>())
    };
    state.tell(&at, tell).await
}

pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let named = call.segment("tableId").to_owned();
    let tell = move |view: &mut View<'_>| {
        let table = names::find_table(view, &named)?;
        view.require(Some(table.id), Ability::TableRead)?;
        Ok(object::table(view, &table))
    };
    state.tell(&at, tell).await
}
