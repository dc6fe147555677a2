//! `GET /table/{tableId}/field` and `GET /table/{tableId}/field/{fieldId}` (facts A4).

use crate::door::{self, State};
use crate::field::object;
use crate::field::shown::{is_shown, shown_fields};
use crate::names;
use crate::views::is_hidden;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::View;
use model::{Ability, Subject};

/// All fields; with `viewId` and `filterHidden=true` those that the view shows.
pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let params = call.params()?;
    let wanted = params.one("viewId")?.filter(|id| !id.is_empty()).map(str::to_owned);
    let filters = params.one("filterHidden")?.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    drop(params);
    let list = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldRead)?;
        let table = view.table(name.table)?;
        let saved = match &wanted {
            None => None,
            Some(id) => Some(
                names::view_in_path(id, name)
                    .and_then(|id| table.view(id).map_err(|_| names::missing(Subject::View)))?,
            ),
        };
        let hides = |id| filters && saved.is_some_and(|saved| is_hidden(saved, id));
        let shown = shown_fields(&table).filter(|field| !hides(field.id));
        Ok(shown.map(|field| object::field(view, &table, field)).collect())
    };
    state.tell(&actor, name.into(), list).await
}

/// One field.
pub async fn get(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let name = door::table_of(&call)?;
    let id = names::read_field(call.segment("fieldId"), name);
    let get = move |view: &mut View<'_>| {
        view.require(Some(name.table), Ability::FieldRead)?;
        let table = view.table(name.table)?;
        let found = id.and_then(|id| table.field(id).ok()).filter(|field| is_shown(field));
        let found = found.ok_or_else(|| names::missing(Subject::Field))?;
        Ok(object::field(view, &table, found))
    };
    state.tell(&actor, name.into(), get).await
}
