//! The trash: what was deleted, for as long as the server keeps it, and bringing it back.
//!
//! There is no second store for it. A deleted table, field, view or record lies in the inverse of the write that deleted
//! it, so the trash is a view of the log, and restoring is the part of an inverse that brings something back, judged and
//! logged as any write. Databases and workspaces are marked in the home store. Start with [`View::trash`].

mod homes;
mod restore;

pub(crate) use homes::Days;
pub use homes::{TrashedDatabase, TrashedWorkspace};

use crate::view::View;
use model::change::{Change, DeletedRecord};
use model::time::{DAY_MS, Instant};
use model::{Ability, Field, RecordAddress, RecordId, Result, Seq, StoredCell, Table, TableId, UserId, ViewId};
use std::collections::HashSet;
use std::sync::Arc;
use store::database::catalog::Catalog;
use store::database::ground::Grounds;
use store::database::log::{self, LogRow, TABLE_ITSELF};
use store::database::{records, trash};
use store::tx::{GO_ON, STOP};

/// Most rows of the log that one page looks at.
const MOST_ROWS: usize = 2000;

/// What one write deleted and is not there again.
#[derive(Clone, PartialEq, Debug)]
pub struct TrashItem {
    /// The write that deleted it.
    pub seq: Seq,
    pub at: Instant,
    pub by: Option<UserId>,
    pub what: Trashed,
}

/// Something deleted, as it was.
#[derive(Clone, PartialEq, Debug)]
pub enum Trashed {
    Table(Box<Table>),
    /// With their titles, where the actor may see them.
    Records(Vec<(RecordId, String)>),
    Fields(Vec<Field>),
    Views(Vec<model::View>),
}

/// A kind of what can lie in the trash of a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrashKind {
    Table,
    Records,
    Fields,
    Views,
}

/// Items, newest first, and the write before which to go on.
#[derive(Clone, PartialEq, Debug)]
pub struct TrashPage {
    pub items: Vec<TrashItem>,
    pub next: Option<Seq>,
}

/// How long deleted things are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keeping {
    /// None: for ever.
    pub days: Option<u32>,
}

impl Keeping {
    /// What was deleted before is gone.
    pub fn since(self, now: Instant) -> Instant {
        self.days.map_or(Instant(i64::MIN), |days| Instant(now.0.saturating_sub(i64::from(days) * DAY_MS)))
    }
}

impl View<'_> {
    /// What was deleted of a table, or with none the deleted tables; newest first, from the write before `before` on.
    pub fn trash(&mut self, of: Option<TableId>, before: Option<Seq>, limit: usize) -> Result<TrashPage> {
        self.require(of, Ability::TrashRead)?;
        let since = self.scope.keeping.since(self.scope.now);
        let floor = trash::floor(self.tx, of)?;
        let before = before.unwrap_or(Seq(i64::MAX as u64));
        match of {
            Some(table) => {
                let seen = self.table(table)?;
                self.trash_of_table(&seen, before, floor, since, limit)
            }
            None => self.trashed_tables(before, floor, since, limit),
        }
    }

    fn trash_of_table(
        &mut self,
        seen: &Table,
        before: Seq,
        floor: Seq,
        since: Instant,
        limit: usize,
    ) -> Result<TrashPage> {
        let (mut rows, mut looked, mut next) = (Vec::new(), 0, None);
        log::rows_of_record(self.tx, seen.id, TABLE_ITSELF, before, &mut |row| {
            if row.at < since.0 || row.seq <= floor {
                return Ok(STOP);
            }
            looked += 1;
            if rows.len() == limit || looked > MOST_ROWS {
                next = Some(Seq(row.seq.0 + 1));
                return Ok(STOP);
            }
            if row.inverse.iter().any(|change| kind_of(change).is_some()) {
                rows.push(row);
            }
            Ok(GO_ON)
        })?;
        let mut items = Vec::new();
        // A record that was deleted twice lies there once, as it was last; so does a view that was changed before.
        let (mut known, catalog) = (Known::default(), self.catalog.clone());
        for row in rows {
            for kind in [TrashKind::Records, TrashKind::Fields, TrashKind::Views] {
                let changes = brought_back(self, &catalog, &row, kind, Some(seen.id))?;
                if let Some(what) = shown(seen, changes, kind, &mut known) {
                    items.push(TrashItem { seq: row.seq, at: Instant(row.at), by: row.actor, what });
                }
            }
        }
        Ok(TrashPage { items, next })
    }

    fn trashed_tables(&mut self, before: Seq, floor: Seq, since: Instant, limit: usize) -> Result<TrashPage> {
        let deleted: Vec<Arc<Table>> =
            self.catalog.schema.tables.values().filter(|table| table.deleted_at.is_some()).cloned().collect();
        let mut items = Vec::new();
        for table in deleted {
            if self.table_role(table.id) == model::Role::None {
                continue;
            }
            let mut found = None;
            log::rows_of_record(self.tx, table.id, crate::apply::DEFINITION, before, &mut |row| {
                let deletes =
                    table.deleted_at == Some(row.at) && row.inverse.iter().any(|change| is_of(change, table.id));
                if row.at >= since.0 && row.seq > floor && deletes {
                    found = Some(row);
                }
                // Nothing happens to a table after it is deleted, so the newest row is the one.
                Ok(STOP)
            })?;
            items.extend(found.map(|row| TrashItem {
                seq: row.seq,
                at: Instant(row.at),
                by: row.actor,
                what: Trashed::Table(Box::new(Table::clone(&table))),
            }));
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.seq));
        let next = (items.len() > limit).then(|| items[limit - 1].seq);
        items.truncate(limit);
        Ok(TrashPage { items, next })
    }
}

/// What newer items of a page are about.
#[derive(Default)]
struct Known {
    records: HashSet<RecordId>,
    views: HashSet<ViewId>,
}

fn is_of(change: &Change, id: TableId) -> bool {
    matches!(change, Change::ReplaceTable { table } if table.id == id && table.deleted_at.is_none())
}

/// What a change of an inverse may bring back.
fn kind_of(change: &Change) -> Option<TrashKind> {
    match change {
        Change::ReplaceTable { table } if table.deleted_at.is_none() => Some(TrashKind::Table),
        Change::RestoreRecords { .. } => Some(TrashKind::Records),
        Change::ReplaceField { field, .. } if field.is_live() => Some(TrashKind::Fields),
        Change::ReplaceView { .. } => Some(TrashKind::Views),
        _ => None,
    }
}

/// The part of a write's inverse that brings back what is not there, in the order to apply; of one table only, or of all
/// that went with it.
fn brought_back(
    at: &mut dyn Grounds,
    catalog: &Catalog,
    row: &LogRow,
    kind: TrashKind,
    of: Option<TableId>,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for change in &row.inverse {
        let wanted = match (kind, kind_of(change)) {
            // Fields of other tables that lead to a table go and come with it.
            (TrashKind::Table, Some(TrashKind::Fields)) => true,
            (kind, found) => found == Some(kind),
        };
        if !wanted {
            continue;
        }
        let present = |id: &TableId| catalog.schema.tables.get(id);
        // An older write may have changed what this one deleted: only the deletion itself says the same instant.
        match change {
            Change::ReplaceTable { table } if present(&table.id).is_some_and(|t| t.deleted_at == Some(row.at)) => {
                changes.push(change.clone());
            }
            Change::RestoreRecords { table, records } if of.is_none_or(|of| of == *table) => {
                if catalog.schema.table(*table).is_err() {
                    continue;
                }
                let mut missing = Vec::new();
                for record in records {
                    if !records::exists(at, RecordAddress { table: *table, record: record.id })? {
                        missing.push(record.clone());
                    }
                }
                if !missing.is_empty() {
                    changes.push(Change::RestoreRecords { table: *table, records: missing });
                }
            }
            Change::ReplaceField { table, field, .. } if of.is_none_or(|of| of == *table) => {
                let gone =
                    |table: &Arc<Table>| table.field_ever(field.id).is_some_and(|f| f.deleted_at == Some(row.at));
                if present(table).is_some_and(gone) {
                    changes.push(change.clone());
                }
            }
            Change::ReplaceView { table, view, .. }
                if of.is_none_or(|of| of == *table)
                    && present(table).is_some_and(|table| table.view(view.id).is_err()) =>
            {
                changes.push(change.clone());
            }
            _ => {}
        }
    }
    Ok(changes)
}

/// What changes bring back, as the trash shows it; nothing when there is nothing that the actor may know of.
fn shown(seen: &Table, changes: Vec<Change>, kind: TrashKind, known: &mut Known) -> Option<Trashed> {
    let (mut records, mut fields, mut views) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::RestoreRecords { records: deleted, .. } => {
                let fresh = deleted.into_iter().filter(|record| known.records.insert(record.id));
                records.extend(fresh.map(|record| (record.id, title(seen, &record))));
            }
            Change::ReplaceField { field, .. } => fields.extend(seen.field_ever(field.id).map(|_| *field)),
            Change::ReplaceView { view, .. } if known.views.insert(view.id) => views.push(*view),
            _ => {}
        }
    }
    match kind {
        TrashKind::Records => (!records.is_empty()).then_some(Trashed::Records(records)),
        TrashKind::Fields => (!fields.is_empty()).then_some(Trashed::Fields(fields)),
        TrashKind::Views => (!views.is_empty()).then_some(Trashed::Views(views)),
        TrashKind::Table => None,
    }
}

/// The title that a deleted record had, as far as it is a plain value; empty when the actor may not see it.
fn title(seen: &Table, record: &DeletedRecord) -> String {
    let column = seen.field_ever(seen.primary).and_then(|field| field.columns.first()).map(|column| column.column);
    let cell = record.cells.iter().find(|(of, _)| Some(*of) == column).map(|(_, cell)| cell);
    match cell {
        Some(StoredCell::Text(text)) => text.to_string(),
        Some(StoredCell::Integer(number)) => number.to_string(),
        Some(StoredCell::Real(number)) => number.to_string(),
        Some(StoredCell::Null | StoredCell::Bytes(_)) | None => String::new(),
    }
}
