//! Undo and redo: the inverse of a write is a write. Each client undoes what it wrote itself, newest first.

use crate::Engine;
use crate::apply::{DEFINITION, NAV};
use crate::history::{changed_cells, next_before};
use crate::judge::deferred::present_value;
use crate::once::Once;
use crate::view::Scope;
use crate::write::{WriteContext, run};
use model::change::{Change, RecordFile, RecordSet};
use model::error::Path;
use model::table::Shape;
use model::{Actor, DatabaseKey, Error, NavId, RecordId, Result, Rule, Seq, Table, TableId};
use std::collections::HashSet;
use std::sync::Arc;
use store::database::log::{self, Cause, LogRow};
use store::database::{WriteTx, places};
use store::tx::{GO_ON, STOP};

/// What came of an undo or redo.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UndoOutcome {
    /// Done, as this write.
    Fulfilled(Seq),
    /// There was nothing to undo or redo.
    Empty,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Undo,
    Redo,
}

impl Engine {
    /// Undoes the last write that `client` made (of those that touched `table`, when one is given).
    pub async fn undo(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        table: Option<TableId>,
        client: &str,
    ) -> Result<UndoOutcome> {
        self.step(actor, database, table, client, Way::Undo).await
    }

    /// Does again what `client` undid last, if it wrote nothing since.
    pub async fn redo(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        table: Option<TableId>,
        client: &str,
    ) -> Result<UndoOutcome> {
        self.step(actor, database, table, client, Way::Redo).await
    }

    async fn step(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        table: Option<TableId>,
        client: &str,
        way: Way,
    ) -> Result<UndoOutcome> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let once = Once::next();
        let key = self.write_key();
        let client = client_of(actor, client);
        open.write(move |w| Once::or_kept(once.as_ref(), w, |w| step_in(w, &scope, key, table, &client, way))).await
    }
}

/// The client's name in the log: nobody undoes by guessing another user's.
pub(crate) fn client_of(actor: &Actor, client: &str) -> String {
    let short: String = client.chars().take(100).collect();
    format!("{}:{short}", actor.user.map_or(0, |u| u.0))
}

fn step_in(
    w: &mut WriteTx<'_>,
    scope: &Scope,
    key: [u8; 16],
    table: Option<TableId>,
    client: &str,
    way: Way,
) -> Result<UndoOutcome> {
    let found = match way {
        Way::Undo => to_undo(w, client, table)?,
        Way::Redo => to_redo(w, client, table)?,
    };
    let Some((root, row)) = found else { return Ok(UndoOutcome::Empty) };
    refuse_if_changed_since(w, &row)?;
    let cause = match way {
        Way::Undo => Cause::Undo(root),
        Way::Redo => Cause::Redo(root),
    };
    let context = WriteContext { client: Some(client.to_owned()), cause, ..WriteContext::default() };
    let receipt = run(w, scope, key, context, row.inverse)?;
    Ok(receipt.seq.map_or(UndoOutcome::Empty, UndoOutcome::Fulfilled))
}

/// The newest write of the client that stands, with the row whose inverse takes it back: its own, or that of the redo
/// which did it again.
fn to_undo(w: &mut WriteTx<'_>, client: &str, table: Option<TableId>) -> Result<Option<(Seq, LogRow)>> {
    let mut settled: HashSet<Seq> = HashSet::new();
    let mut found = None;
    log::rows_of_client(w.tx, client, &mut |row| {
        let touches = table.is_none_or(|t| row.tables.contains(&t));
        match row.cause {
            Cause::Undo(root) => drop(settled.insert(root)),
            Cause::Redo(root) if settled.insert(root) && touches => found = Some((root, row)),
            Cause::Redo(_) => {}
            Cause::Write if touches && !settled.contains(&row.seq) => found = Some((row.seq, row)),
            Cause::Write => {}
        }
        Ok(if found.is_some() { STOP } else { GO_ON })
    })?;
    Ok(found)
}

/// The newest undo of the client that was not done again, unless the client wrote something since.
fn to_redo(w: &mut WriteTx<'_>, client: &str, table: Option<TableId>) -> Result<Option<(Seq, LogRow)>> {
    let mut settled: HashSet<Seq> = HashSet::new();
    let mut found = None;
    let mut over = false;
    log::rows_of_client(w.tx, client, &mut |row| {
        let touches = table.is_none_or(|t| row.tables.contains(&t));
        match row.cause {
            Cause::Redo(root) => drop(settled.insert(root)),
            Cause::Undo(root) if settled.insert(root) && touches => found = Some((root, row)),
            Cause::Undo(_) => {}
            // A write on this table ends what can be done again.
            Cause::Write => over = touches,
        }
        Ok(if found.is_some() || over { STOP } else { GO_ON })
    })?;
    Ok(found)
}

/// Refuses to take back what somebody changed since: no cell is overwritten unseen.
fn refuse_if_changed_since(w: &mut WriteTx<'_>, row: &LogRow) -> Result<()> {
    let catalog = w.catalog();
    for change in &row.inverse {
        match change {
            Change::UpdateRecords { table, .. } => {
                let Ok(table) = catalog.schema.table(*table) else { continue };
                for (record, slot, _) in changed_cells(row, table.id, None) {
                    let Some(left) = next_before(w.tx, table, record, slot, row.seq)? else { continue };
                    let layout = catalog.layout(table.id)?;
                    let now = present_value(w.tx, layout, table, record, slot)?;
                    if now.is_some_and(|now| now != left) {
                        return Err(changed(table, slot.field));
                    }
                }
            }
            Change::DeleteRecords { table, records, .. } => {
                let Ok(table) = catalog.schema.table(*table) else { continue };
                for record in records.iter() {
                    refuse_if_record_changed(w, table, record, row.seq)?;
                }
                if table.shape == Shape::Tree {
                    refuse_if_more_lies_below(w, table.id, records, row)?;
                }
            }
            Change::MoveRecords { table, moves } => {
                for (record, _) in moves {
                    refuse_if_moved(w, *table, *record, row.seq)?;
                }
            }
            Change::SetRecordFiles { table, record, files } => {
                refuse_if_files_changed(w, *table, *record, files, row.seq)?;
            }
            Change::ReplaceField { table, .. } => refuse_if_definition_changed(w, *table, row.seq)?,
            Change::ReplaceTable { table } => refuse_if_definition_changed(w, table.id, row.seq)?,
            Change::DeleteNavItem { item } => refuse_if_nav_changed(w, *item, row.seq)?,
            Change::ReplaceNavItem { item } => refuse_if_nav_changed(w, item.id, row.seq)?,
            _ => {}
        }
    }
    Ok(())
}

/// Refuses when a cell of a record that the write made is not as the write left it.
fn refuse_if_record_changed(w: &mut WriteTx<'_>, table: &Table, record: RecordId, seq: Seq) -> Result<()> {
    let mut slots = Vec::new();
    log::rows_of_record_since(w.tx, table.id, record, seq, &mut |row| {
        for (_, slot, before) in changed_cells(&row, table.id, Some(record)) {
            if slots.iter().all(|(s, _)| *s != slot) {
                slots.push((slot, before));
            }
        }
        Ok(GO_ON)
    })?;
    let catalog = w.catalog();
    for (slot, left) in slots {
        let now = present_value(w.tx, catalog.layout(table.id)?, table, record, slot)?;
        if now.is_some_and(|now| now != left) {
            return Err(changed(table, slot.field));
        }
    }
    Ok(())
}

/// Refuses to delete records that others were put below after the write.
fn refuse_if_more_lies_below(w: &mut WriteTx<'_>, table: TableId, going: &RecordSet, row: &LogRow) -> Result<()> {
    let is_handled = |child: RecordId| {
        row.inverse.iter().any(|change| match change {
            Change::DeleteRecords { table: of, records, .. } => *of == table && records.contains(child),
            Change::MoveRecords { table: of, moves } => *of == table && moves.iter().any(|(r, _)| *r == child),
            _ => false,
        })
    };
    for record in going.iter() {
        if places::children(w, table, record.0.into())?.into_iter().any(|(child, _)| !is_handled(child)) {
            return Err(Error::Conflict("Records were put below it since, so this cannot be undone".to_owned()));
        }
    }
    Ok(())
}

/// Refuses when a record was moved after the write, or its siblings got new ranks: its old rank means nothing there.
fn refuse_if_moved(w: &mut WriteTx<'_>, table: TableId, record: RecordId, seq: Seq) -> Result<()> {
    let moves_it = |row: &LogRow| {
        row.inverse.iter().any(|change| match change {
            Change::MoveRecords { table: of, moves } => *of == table && moves.iter().any(|(r, _)| *r == record),
            _ => false,
        })
    };
    if stands_as_left(w, table, record, seq, &moves_it)? {
        return Ok(());
    }
    Err(Error::Conflict("The record was moved since, so this cannot be undone".to_owned()))
}

/// Refuses when a file of a record under one of these names was put there or taken away after the write.
fn refuse_if_files_changed(
    w: &mut WriteTx<'_>,
    table: TableId,
    record: RecordId,
    files: &[RecordFile],
    seq: Seq,
) -> Result<()> {
    let sets_one = |row: &LogRow| {
        row.inverse.iter().any(|change| match change {
            Change::SetRecordFiles { table: of, record: its, files: others } if *of == table && *its == record => {
                others.iter().any(|other| files.iter().any(|file| file.name == other.name))
            }
            _ => false,
        })
    };
    if stands_as_left(w, table, record, seq, &sets_one)? {
        return Ok(());
    }
    Err(Error::Conflict("The files were changed since, so this cannot be undone".to_owned()))
}

/// Refuses when the table's definition changed after the write.
fn refuse_if_definition_changed(w: &mut WriteTx<'_>, table: TableId, seq: Seq) -> Result<()> {
    if stands_as_left(w, table, DEFINITION, seq, &|_| true)? {
        return Ok(());
    }
    Err(Error::Conflict("The table's definition was changed since, so this cannot be undone".to_owned()))
}

/// Refuses when an item of the navigation changed after the write: it is put back whole.
fn refuse_if_nav_changed(w: &mut WriteTx<'_>, item: NavId, seq: Seq) -> Result<()> {
    if stands_as_left(w, NAV, RecordId(item.0), seq, &|_| true)? {
        return Ok(());
    }
    Err(Error::Conflict("The navigation item was changed since, so this cannot be undone".to_owned()))
}

/// Whether no write after `seq` changed what the log knows by this number, as far as it `counts`, other than writes
/// that are undone.
fn stands_as_left(
    w: &mut WriteTx<'_>,
    table: TableId,
    record: RecordId,
    seq: Seq,
    counts: &dyn Fn(&LogRow) -> bool,
) -> Result<bool> {
    let mut standing: Vec<Seq> = Vec::new();
    log::rows_of_record_since(w.tx, table, record, seq, &mut |row| {
        match row.cause {
            Cause::Write | Cause::Redo(_) if !counts(&row) => {}
            Cause::Write => standing.push(row.seq),
            Cause::Undo(root) => standing.retain(|s| *s != root),
            Cause::Redo(root) => standing.push(root),
        }
        Ok(GO_ON)
    })?;
    standing.retain(|s| *s > seq);
    Ok(standing.is_empty())
}

fn changed(table: &Table, field: model::FieldId) -> Error {
    let name = table.field_ever(field).map(|f| f.name.clone()).unwrap_or_default();
    Error::invalid(Path::field(field, name), Rule::ChangedSince)
}
