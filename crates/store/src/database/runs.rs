//! Runs: what clicks on buttons did. A run has the sequence of the write that it made, so history leads to it and it
//! to history. The newest of each button are kept.

use super::catalog::{stored, to_stored};
use super::write::WriteTx;
use crate::tx::{self, Row, Tx};
use model::kind::button::Deed;
use model::time::Instant;
use model::{Cell, FieldId, Json, RecordId, Result, Seq, TableId, UserId};
use serde::{Deserialize, Serialize};

/// How many runs of a button are kept.
pub const KEPT: u32 = 1000;

/// A click and what came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// The sequence of the write.
    pub seq: Seq,
    pub at: Instant,
    pub actor: Option<UserId>,
    pub table: TableId,
    pub record: RecordId,
    pub field: FieldId,
    /// One for each action, in their order.
    pub outcomes: Vec<Outcome>,
    /// How long all of it took, in milliseconds; none while it goes on, and for ever when a crash cut it short.
    pub took: Option<i64>,
}

/// What came of one action.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub action: Deed,
    pub state: State,
    /// The status that a webhook answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it failed, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What a script gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
}

/// How far an action is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Done,
    /// Not yet, or cut short.
    Pending,
    Failed,
    /// Its condition was not true.
    Skipped,
}

const COLUMNS: &str = "seq, at, actor, table_id, record_id, field_id, outcomes, took";
const INSERT: &str = "INSERT INTO runs (seq, at, actor, table_id, record_id, field_id, outcomes, took) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const FINISH: &str = "UPDATE runs SET outcomes = ?2, took = ?3 WHERE seq = ?1";
const FORGET: &str = "DELETE FROM runs WHERE table_id = ?1 AND field_id = ?2 AND seq <= (SELECT seq FROM runs \
                      WHERE table_id = ?1 AND field_id = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)";

/// Keeps a run, and forgets the oldest of its button.
pub fn insert(w: &mut WriteTx<'_>, run: &Run) -> Result<()> {
    let outcomes = to_stored(&run.outcomes)?;
    let (table, field) = (Cell::Integer(run.table.0.into()), Cell::Integer(run.field.0.into()));
    let params = [
        Cell::Integer(run.seq.0 as i64),
        Cell::Integer(run.at.0),
        run.actor.map_or(Cell::Null, |user| Cell::Integer(user.0.into())),
        table,
        Cell::Integer(run.record.0.into()),
        field,
        Cell::Text(&outcomes),
        run.took.map_or(Cell::Null, Cell::Integer),
    ];
    w.tx.put(INSERT, &params)?;
    w.tx.put(FORGET, &[table, field, Cell::Integer(KEPT.into())])
}

/// Says what came of a run that went on after its write.
pub fn finish(w: &mut WriteTx<'_>, seq: Seq, outcomes: &[Outcome], took: i64) -> Result<()> {
    let outcomes = to_stored(&outcomes)?;
    w.tx.put(FINISH, &[Cell::Integer(seq.0 as i64), Cell::Text(&outcomes), Cell::Integer(took)])
}

/// The runs of a button, newest first, below `before`.
pub fn of_field(tx: &mut dyn Tx, table: TableId, field: FieldId, before: Seq, limit: usize) -> Result<Vec<Run>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM runs WHERE table_id = ?1 AND field_id = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4"
    );
    let params = [
        Cell::Integer(table.0.into()),
        Cell::Integer(field.0.into()),
        Cell::Integer(i64::try_from(before.0).unwrap_or(i64::MAX)),
        Cell::Integer(limit as i64),
    ];
    tx::all(tx, &sql, &params, read)
}

fn read(row: &dyn Row) -> Result<Run> {
    let number = |i: usize| row.cell(i).integer().unwrap_or(0);
    let small = |i: usize| u32::try_from(number(i)).unwrap_or(0);
    Ok(Run {
        seq: Seq(number(0) as u64),
        at: Instant(number(1)),
        actor: row.cell(2).integer().and_then(|user| u32::try_from(user).ok()).map(UserId),
        table: TableId(small(3)),
        record: RecordId(small(4)),
        field: FieldId(small(5)),
        outcomes: stored(row.cell(6).text())?,
        took: row.cell(7).integer(),
    })
}
