//! Deploys: what happened when what others make of the data was to be made anew. The newest events are kept.

use super::catalog::{stored, to_stored};
use super::write::WriteTx;
use crate::tx::{self, Row, Tx};
use model::time::Instant;
use model::{Cell, Json, Result};

/// How many events are kept.
pub const KEPT: u32 = 1000;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// It was asked for.
    Request,
    /// Who was to do it could not be asked, or refused.
    RequestFailed,
    ResponseSuccess,
    ResponseFailure,
    /// Nobody told for too long what came of it.
    ResponseTimeout,
}

/// An event as kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Deploy {
    pub id: u32,
    pub at: Instant,
    pub event: Event,
    /// What there is to tell of it.
    pub data: Json,
}

const COLUMNS: &str = "id, at, event, data";
const LAST: &str = "SELECT max(id) FROM deploys";
const INSERT: &str = "INSERT INTO deploys (id, at, event, data) VALUES (?1, ?2, ?3, ?4)";
const FORGET: &str = "DELETE FROM deploys WHERE id <= ?1";

/// Keeps an event under the next number, and forgets the oldest.
pub fn insert(w: &mut WriteTx<'_>, at: Instant, event: Event, data: &Json) -> Result<Deploy> {
    let last = tx::first(w.tx, LAST, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?.unwrap_or(0);
    let (id, text) = (last + 1, to_stored(data)?);
    let cells = [Cell::Integer(id), Cell::Integer(at.0), Cell::Integer(code(event)), Cell::Text(&text)];
    w.tx.execute(INSERT, &cells)?;
    w.tx.execute(FORGET, &[Cell::Integer(id - i64::from(KEPT))])?;
    Ok(Deploy { id: u32::try_from(id).unwrap_or(u32::MAX), at, event, data: data.clone() })
}

/// The events, newest first.
pub fn newest(tx: &mut dyn Tx, limit: usize) -> Result<Vec<Deploy>> {
    let sql = format!("SELECT {COLUMNS} FROM deploys ORDER BY id DESC LIMIT ?1");
    tx::all(tx, &sql, &[Cell::Integer(limit as i64)], read)
}

/// One event.
pub fn get(tx: &mut dyn Tx, id: u32) -> Result<Option<Deploy>> {
    tx::first(tx, &format!("SELECT {COLUMNS} FROM deploys WHERE id = ?1"), &[Cell::Integer(id.into())], read)
}

/// The newest event of a kind.
pub fn newest_of(tx: &mut dyn Tx, event: Event) -> Result<Option<Deploy>> {
    let sql = format!("SELECT {COLUMNS} FROM deploys WHERE event = ?1 ORDER BY id DESC LIMIT 1");
    tx::first(tx, &sql, &[Cell::Integer(code(event))], read)
}

fn code(event: Event) -> i64 {
    match event {
        Event::Request => 1,
        Event::RequestFailed => 2,
        Event::ResponseSuccess => 3,
        Event::ResponseFailure => 4,
        Event::ResponseTimeout => 5,
    }
}

fn read(row: &dyn Row) -> Result<Deploy> {
    let number = |i: usize| row.cell(i).integer().unwrap_or(0);
    let event = match number(2) {
        1 => Event::Request,
        2 => Event::RequestFailed,
        3 => Event::ResponseSuccess,
        5 => Event::ResponseTimeout,
        // A code of no meaning was no success.
        _ => Event::ResponseFailure,
    };
    Ok(Deploy {
        id: u32::try_from(number(0)).unwrap_or(0),
        at: Instant(number(1)),
        event,
        data: stored(row.cell(3).text())?,
    })
}
