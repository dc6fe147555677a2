//! The log: one row per committed write, with what undoes it. History, undo, change feeds and versions are its views.

use super::catalog::{stored, to_stored};
use super::write::WriteTx;
use crate::flavor::{CellType, Flavor};
use crate::tx::{self, GO_ON, Insertion, Row, STOP, Tx};
use model::{Cell, Change, Error, RecordId, Result, Seq, TableId, TokenId, UserId};
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

/// Why a write was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Somebody asked for it.
    Write,
    /// It undoes the write of this sequence.
    Undo(Seq),
    /// It does again the write of this sequence, which had been undone.
    Redo(Seq),
}

/// A write to be kept.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Random, made before the first attempt, unique in the database; the leading bytes rise with time.
    pub key: [u8; 16],
    /// UTC milliseconds.
    pub at: i64,
    pub actor: Option<UserId>,
    pub token: Option<TokenId>,
    /// The client's own name for itself, if it wants to undo later.
    pub client: Option<String>,
    pub cause: Cause,
    /// The tables it touched.
    pub tables: Vec<TableId>,
    /// Records it changed or deleted (created ones are not listed), and [`TABLE_ITSELF`] for definitions.
    pub records: Vec<(TableId, RecordId)>,
    /// What undoes it, in the order to apply.
    pub inverse: Vec<Change>,
}

/// The record number under which a table's own changes are found.
pub const TABLE_ITSELF: RecordId = RecordId(0);

/// A row of the log.
#[derive(Clone, Debug)]
pub struct LogRow {
    pub seq: Seq,
    pub at: i64,
    pub actor: Option<UserId>,
    pub cause: Cause,
    pub tables: Vec<TableId>,
    pub inverse: Vec<Change>,
}

/// How rows of the log go in, and how those that find the rows of a record do.
struct Insertions {
    rows: Arc<Insertion>,
    records: Arc<Insertion>,
}

impl Insertions {
    fn new(flavor: Flavor) -> Insertions {
        use CellType::{Bytes, Integer, Text};
        let rows = [
            ("seq", Integer),
            ("key", Bytes),
            ("at", Integer),
            ("actor", Integer),
            ("token", Integer),
            ("client", Text),
            ("cause", Integer),
            ("of", Integer),
            ("tables", Text),
            ("inverse", Text),
        ];
        let records = [("table_id", Integer), ("record_id", Integer), ("seq", Integer)];
        Insertions {
            rows: Arc::new(Insertion::new(flavor, "log", &rows, "")),
            records: Arc::new(Insertion::new(flavor, "log_record", &records, "ON CONFLICT DO NOTHING")),
        }
    }

    fn of(flavor: Flavor) -> &'static Insertions {
        static SQLITE: LazyLock<Insertions> = LazyLock::new(|| Insertions::new(Flavor::Sqlite));
        static POSTGRES: LazyLock<Insertions> = LazyLock::new(|| Insertions::new(Flavor::Postgres));
        match flavor {
            Flavor::Sqlite => &SQLITE,
            Flavor::Postgres => &POSTGRES,
        }
    }
}

const COLUMNS: &str = "seq, at, actor, cause, of, tables, inverse";
const LAST: &str = "SELECT max(seq) FROM log";

/// Appends the row of this write, which takes its sequence.
pub fn append(w: &mut WriteTx<'_>, entry: &Entry) -> Result<Seq> {
    let seq = w.seq();
    let (cause, of) = match entry.cause {
        Cause::Write => (0, Cell::Null),
        Cause::Undo(of) => (1, Cell::Integer(of.0 as i64)),
        Cause::Redo(of) => (2, Cell::Integer(of.0 as i64)),
    };
    let (tables, inverse) = (to_stored(&entry.tables)?, to_stored(&entry.inverse)?);
    let params = [
        Cell::Integer(seq.0 as i64),
        Cell::Bytes(&entry.key),
        Cell::Integer(entry.at),
        entry.actor.map_or(Cell::Null, |u| Cell::Integer(u.0.into())),
        entry.token.map_or(Cell::Null, |t| Cell::Integer(t.0.into())),
        entry.client.as_deref().map_or(Cell::Null, Cell::Text),
        Cell::Integer(cause),
        of,
        Cell::Text(&tables),
        Cell::Text(&inverse),
    ];
    let insertions = Insertions::of(w.tx.flavor());
    w.tx.insert(&insertions.rows, &params)?;
    let mut marked: Vec<TableId> = Vec::new();
    for (table, record) in &entry.records {
        if !marked.contains(table) {
            marked.push(*table);
            mark(w.tx, insertions, *table, TABLE_ITSELF, seq)?;
        }
        if *record != TABLE_ITSELF {
            mark(w.tx, insertions, *table, *record, seq)?;
        }
    }
    w.took_seq(entry.key);
    Ok(seq)
}

fn mark(tx: &mut dyn Tx, insertions: &Insertions, table: TableId, record: RecordId, seq: Seq) -> Result<()> {
    let params = [Cell::Integer(table.0.into()), Cell::Integer(record.0.into()), Cell::Integer(seq.0 as i64)];
    tx.insert(&insertions.records, &params)
}

/// When the last write was (UTC milliseconds); none when there was none.
pub fn last_at(tx: &mut dyn Tx) -> Result<Option<i64>> {
    let sql = "SELECT at FROM log ORDER BY seq DESC LIMIT 1";
    Ok(tx::first(tx, sql, &[], |row| Ok(row.cell(0).integer()))?.flatten())
}

/// The row of a sequence.
pub fn row(tx: &mut dyn Tx, seq: Seq) -> Result<Option<LogRow>> {
    tx::first(tx, &format!("SELECT {COLUMNS} FROM log WHERE seq = ?1"), &[Cell::Integer(seq.0 as i64)], read)
}

/// The rows that changed or deleted a record, newest first, below `before`; with [`TABLE_ITSELF`] all rows that
/// changed or deleted records of the table, or its definition.
pub fn rows_of_record(
    tx: &mut dyn Tx,
    table: TableId,
    record: RecordId,
    before: Seq,
    each: &mut dyn FnMut(LogRow) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM log WHERE seq IN (SELECT seq FROM log_record WHERE table_id = ?1 AND record_id = ?2 \
         AND seq < ?3) ORDER BY seq DESC"
    );
    let params = [
        Cell::Integer(table.0.into()),
        Cell::Integer(record.0.into()),
        Cell::Integer(i64::try_from(before.0).unwrap_or(i64::MAX)),
    ];
    tx.query(&sql, &params, &mut |row| each(read(row)?))
}

/// The rows that a client made, newest first.
pub fn rows_of_client(
    tx: &mut dyn Tx,
    client: &str,
    each: &mut dyn FnMut(LogRow) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM log WHERE client = ?1 ORDER BY seq DESC");
    tx.query(&sql, &[Cell::Text(client)], &mut |row| each(read(row)?))
}

/// All rows, newest first, down to `after`, which is not among them.
pub fn rows_back_to(
    tx: &mut dyn Tx,
    after: Seq,
    each: &mut dyn FnMut(LogRow) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM log WHERE seq > ?1 ORDER BY seq DESC");
    tx.query(&sql, &[Cell::Integer(after.0 as i64)], &mut |row| each(read(row)?))
}

/// The sequence numbers that are missing or doubled against the state: nothing on a sound file.
pub fn check(tx: &mut dyn Tx, expected: Seq) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let last = tx::first(tx, LAST, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0) as u64;
    if last != expected.0 {
        faults.push(format!("the log ends at {last}, the state says {}", expected.0));
    }
    let mut previous: Option<i64> = None;
    tx.query("SELECT seq, inverse FROM log ORDER BY seq", &[], &mut |row| {
        let seq = row.cell(0).integer().unwrap_or(0);
        if previous.is_some_and(|p| p + 1 != seq) {
            faults.push(format!("the log has a gap before {seq}"));
        }
        if stored::<Vec<Change>>(row.cell(1).text()).is_err() {
            faults.push(format!("the log row {seq} is broken"));
        }
        previous = Some(seq);
        Ok(if faults.len() < 100 { GO_ON } else { STOP })
    })?;
    Ok(faults)
}

/// The rows that changed or deleted a record, oldest first, above `after`.
pub fn rows_of_record_since(
    tx: &mut dyn Tx,
    table: TableId,
    record: RecordId,
    after: Seq,
    each: &mut dyn FnMut(LogRow) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM log WHERE seq IN (SELECT seq FROM log_record WHERE table_id = ?1 AND record_id = ?2 \
         AND seq > ?3) ORDER BY seq"
    );
    let params = [Cell::Integer(table.0.into()), Cell::Integer(record.0.into()), Cell::Integer(after.0 as i64)];
    tx.query(&sql, &params, &mut |row| each(read(row)?))
}

fn read(row: &dyn Row) -> Result<LogRow> {
    let number = |i: usize| row.cell(i).integer().unwrap_or(0);
    let of = Seq(number(4) as u64);
    let cause = match number(3) {
        0 => Cause::Write,
        1 => Cause::Undo(of),
        2 => Cause::Redo(of),
        other => return Err(Error::Unavailable(format!("a log row of unknown cause {other}"))),
    };
    Ok(LogRow {
        seq: Seq(number(0) as u64),
        at: number(1),
        actor: row.cell(2).integer().and_then(|u| u32::try_from(u).ok()).map(UserId),
        cause,
        tables: stored(row.cell(5).text())?,
        inverse: stored(row.cell(6).text())?,
    })
}
