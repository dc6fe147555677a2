//! The place of new records in a view, for create and duplicate (facts A3, `order`).

use crate::door::State;
use crate::error::hidden_behind;
use crate::names::TableName;
use crate::record::order::{self, Asked};
use crate::record::shape::Shape;
use engine::{View, WriteContext};
use model::{Ability, Actor, RecordId, Result, Subject};
use std::sync::Arc;

/// Refuses an order that cannot be, before anything is written.
pub fn admit(view: &mut View<'_>, shape: &Shape, asked: Option<&Asked>) -> Result<()> {
    let Some(asked) = asked else { return Ok(()) };
    view.require(Some(shape.table.id), Ability::ViewUpdate)?;
    asked.find(view, shape).map(drop)
}

/// Puts records that were just made in their place. Their numbers are only known once they are there, so this is a
/// write of its own; it belongs to no window, so that undo takes the records away and not their order.
pub async fn put(
    state: &State,
    actor: &Arc<Actor>,
    name: TableName,
    asked: Option<Asked>,
    records: Vec<RecordId>,
) -> Result<()> {
    let Some(asked) = asked else { return Ok(()) };
    let shapes = state.shapes.clone();
    let plan = move |view: &mut View<'_>| {
        let shape = shapes.within_write(view, name.table)?;
        let place = asked.find(view, &shape)?;
        Ok(vec![order::change(&shape, place, &records)?])
    };
    let render = |_: &mut View<'_>, _: &engine::Receipt| Ok(());
    let written = state.engine.write(actor, name.database, WriteContext::default(), plan, render).await;
    written.map_err(hidden_behind(Subject::Table))
}
