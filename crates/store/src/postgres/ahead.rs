//! Sending ahead: the rows of jobs that stand are sent while the next job is run, so that the server takes them in
//! meanwhile. Nobody waits for their outcome before the next statement that somebody waits for, at the latest the
//! commit; the first failure in the order of sending is then told.
//!
//! Many rows of one table go by `COPY`, which costs the server a fraction of what an `INSERT` of arrays does.

use super::cells::{Bound, Param};
use super::connection::{Answer, Connection};
use super::failure::{self, Failure};
use super::joined::{Joined, joined};
use super::tx::Waiting;
use crate::flavor::CellType;
use crate::tx::{Insertion, filled};
use bytes::{BufMut, Bytes, BytesMut};
use model::{Cell, StoredCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use tokio_postgres::Statement;

/// Rows that are worth a statement of their own; fewer are sent together with those of the jobs after them.
const WORTH: usize = 100;

/// How a copy in binary form begins: the signature, no flags, no extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const END: i16 = -1;
/// The length of a null.
const NULL: i32 = -1;

/// The outcome of a statement that was sent ahead.
pub type Ahead = Answer<'static>;

/// Statements that were sent, in their order, and whose outcome nobody has waited for.
#[derive(Default)]
pub struct Pending {
    /// Those of transactions that were sent to their end: each has an outcome of its own.
    ended: VecDeque<Sent>,
    /// Those of the transaction behind them.
    open: Sent,
}

/// Statements of one transaction.
#[derive(Default)]
struct Sent {
    answers: Vec<Ahead>,
    /// The first of those that have failed already.
    failure: Option<Failure>,
}

impl Pending {
    /// How many there are of the transaction that is being sent.
    pub fn len(&self) -> usize {
        self.open.answers.len()
    }

    pub fn extend(&mut self, sent: Vec<Ahead>) {
        self.open.answers.extend(sent);
    }

    /// The failure that is known by now of the transaction that is being sent.
    pub fn failure(&mut self) -> Result<(), Failure> {
        self.open.failure.take().map_or(Ok(()), Err)
    }

    /// Waits until the outcome of all of it that was sent is known.
    pub async fn all(&mut self) {
        poll_fn(|context| {
            self.poll(context);
            if self.open.answers.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Those of it whose outcome is not known, to be waited for by the caller. There may be none before them: an answer
    /// that nobody takes holds up those behind it.
    pub fn take(&mut self) -> Result<Vec<Ahead>, Failure> {
        debug_assert!(self.ended.is_empty());
        self.failure()?;
        Ok(std::mem::take(&mut self.open.answers))
    }

    /// Notes that the transaction is sent to its end.
    pub fn end(&mut self) {
        self.ended.push_back(std::mem::take(&mut self.open));
    }

    /// Waits until the outcome of the first transaction that was sent to its end is known, or for something else, which
    /// is then told.
    pub async fn first_or<T>(&mut self, other: impl Future<Output = T>) -> Option<T> {
        let mut other = pin!(other);
        poll_fn(|context| {
            self.poll(context);
            if self.ended.front().is_none_or(|first| first.answers.is_empty()) {
                return Poll::Ready(None);
            }
            other.as_mut().poll(context).map(Some)
        })
        .await
    }

    /// Takes the outcome of the first transaction that was sent to its end, once it is known.
    pub fn first(&mut self) -> Result<(), Failure> {
        self.ended.pop_front().and_then(|first| first.failure).map_or(Ok(()), Err)
    }

    /// Has the driver of the connection send what there is.
    pub async fn send(&mut self) {
        for _ in 0..3 {
            poll_fn(|context| {
                self.poll(context);
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        }
    }

    /// Waits for something else on the connection. Answers are taken in meanwhile: one that nobody takes holds up those
    /// behind it.
    pub async fn beside<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        poll_fn(|context| {
            self.poll(context);
            other.as_mut().poll(context)
        })
        .await
    }

    fn poll(&mut self, context: &mut Context<'_>) {
        self.ended.iter_mut().for_each(|sent| sent.poll(context));
        self.open.poll(context);
    }
}

impl Sent {
    fn poll(&mut self, context: &mut Context<'_>) {
        let first = &mut self.failure;
        self.answers.retain_mut(|answer| match answer.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(_)) => false,
            Poll::Ready(Err(error)) => {
                first.get_or_insert_with(|| failure::of(&error));
                false
            }
        });
    }
}

/// Whether so much waits that it is sent now.
pub fn is_worth(waiting: &[Waiting]) -> bool {
    let rows = |waiting: &Waiting| match waiting {
        Waiting::Rows(_, rows) => rows.len(),
        Waiting::Simple(_) | Waiting::Put(..) | Waiting::Apart(..) => 0,
    };
    waiting.iter().map(rows).sum::<usize>() >= WORTH
}

/// Whether rows go by a copy, which is a statement of its own.
pub fn is_copied(into: &Insertion, rows: &[Vec<StoredCell>]) -> bool {
    rows.len() >= WORTH && into.is_plain
}

/// Sends what waits, in its order; what is independent goes as one statement.
pub fn send(connection: &mut Connection, waiting: Vec<Waiting>) -> Result<(), Failure> {
    let mut sent: Vec<Ahead> = Vec::with_capacity(waiting.len());
    for run in joined(waiting) {
        match <[Waiting; 1]>::try_from(run) {
            Ok([one]) => send_one(connection, one, &mut sent)?,
            Err(run) => {
                let joined = Joined::of(run);
                let (client, statement) = (connection.client(), connection.prepare_plain(&joined.sql)?);
                sent.push(Box::pin(async move { client.execute_raw(&statement, joined.params().iter()).await }));
            }
        }
    }
    connection.send_ahead(sent)
}

fn send_one(connection: &mut Connection, one: Waiting, sent: &mut Vec<Ahead>) -> Result<(), Failure> {
    let client = connection.client();
    match one {
        Waiting::Simple(sql) => sent.push(Box::pin(async move { client.batch_execute(&sql).await.map(|()| 0) })),
        Waiting::Put(sql, params) | Waiting::Apart(sql, params) => {
            let statement = prepared(connection, &sql, &params)?;
            sent.push(Box::pin(async move { client.execute_raw(&statement, params.iter().map(Bound::from)).await }));
        }
        Waiting::Rows(into, rows) if is_copied(&into, &rows) => {
            // It begins at once, so what comes before it must be on its way.
            connection.send_ahead(std::mem::take(sent))?;
            let used = filled(&rows, into.types.len());
            let statement = connection.prepare_plain(&copy(&into, &used))?;
            let data = binary(&rows, &used, &into.types)?;
            // Nothing else is answered on the connection before the rows are there, not even what is prepared.
            let rows = connection.begin_copy(statement, data)?;
            connection.send_ahead(vec![rows])?;
        }
        Waiting::Rows(into, rows) => match <[Vec<StoredCell>; 1]>::try_from(rows) {
            Ok([row]) => {
                let statement = prepared(connection, &into.one, &row)?;
                sent.push(Box::pin(async move { client.execute_raw(&statement, row.iter().map(Bound::from)).await }));
            }
            Err(rows) => {
                let used = into.used(&rows);
                let statement = connection.prepare_plain(&into.many(&used))?;
                sent.push(Box::pin(async move { client.execute_raw(&statement, columns(&rows, &used).iter()).await }));
            }
        },
    }
    Ok(())
}

/// The cells of rows by these of their columns.
pub fn columns<'r>(rows: &'r [Vec<StoredCell>], used: &[usize]) -> Vec<Param<'r>> {
    let column = |i: usize| rows.iter().filter_map(move |row| row.get(i)).map(Bound::from).collect();
    used.iter().map(|i| Param::Column(column(*i))).collect()
}

fn prepared(connection: &mut Connection, sql: &str, params: &[StoredCell]) -> Result<Statement, Failure> {
    let cells: Vec<Cell<'_>> = params.iter().map(StoredCell::borrow).collect();
    connection.prepare(sql, &cells)
}

fn copy(into: &Insertion, used: &[usize]) -> String {
    let names: Vec<&str> = used.iter().map(|column| into.columns[*column].as_str()).collect();
    format!("COPY {} ({}) FROM STDIN (FORMAT binary)", into.table, names.join(", "))
}

/// Rows in the binary form of a copy.
fn binary(rows: &[Vec<StoredCell>], used: &[usize], types: &[CellType]) -> Result<Bytes, Failure> {
    let count = i16::try_from(used.len()).map_err(|_| Failure::own("too many columns for a copy".to_owned()))?;
    let mut out = BytesMut::with_capacity(64 + rows.len() * used.len() * 16);
    out.put_slice(HEAD);
    for row in rows {
        out.put_i16(count);
        for column in used {
            write(&mut out, row.get(*column).unwrap_or(&StoredCell::Null), types[*column])?;
        }
    }
    out.put_i16(END);
    Ok(out.freeze())
}

fn write(out: &mut BytesMut, cell: &StoredCell, kind: CellType) -> Result<(), Failure> {
    let eight = |out: &mut BytesMut, bytes: [u8; 8]| {
        out.put_i32(8);
        out.put_slice(&bytes);
    };
    match (cell, kind) {
        (StoredCell::Null, _) => out.put_i32(NULL),
        (StoredCell::Integer(number), CellType::Integer) => eight(out, number.to_be_bytes()),
        (StoredCell::Integer(number), CellType::Real) => eight(out, (*number as f64).to_be_bytes()),
        (StoredCell::Real(number), CellType::Real) => eight(out, number.to_be_bytes()),
        (StoredCell::Text(text), CellType::Text) => write_bytes(out, text.as_bytes())?,
        (StoredCell::Bytes(bytes), CellType::Bytes) => write_bytes(out, bytes)?,
        (cell, kind) => return Err(Failure::own(format!("a cell of another type than {kind:?}: {cell:?}"))),
    }
    Ok(())
}

fn write_bytes(out: &mut BytesMut, bytes: &[u8]) -> Result<(), Failure> {
    let length = i32::try_from(bytes.len()).map_err(|_| Failure::own("a cell too long for a copy".to_owned()))?;
    out.put_i32(length);
    out.put_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavor::Flavor;

    #[test]
    fn rows_are_copied_without_the_columns_that_none_of_them_fills() {
        let columns = [("id", CellType::Integer), ("f1", CellType::Text), ("f2", CellType::Real)];
        let into = Insertion::new(Flavor::Postgres, "t7", &columns, "");
        let row = |id: i64, number: StoredCell| vec![StoredCell::Integer(id), StoredCell::Null, number];
        let rows = [row(1, StoredCell::Real(0.5)), row(2, StoredCell::Integer(3)), row(3, StoredCell::Null)];
        let used = filled(&rows, 3);
        assert_eq!(copy(&into, &used), "COPY t7 (id, f2) FROM STDIN (FORMAT binary)");
        let data = binary(&rows, &used, &into.types).expect("fits");
        let eight = |bytes: [u8; 8]| [&8_i32.to_be_bytes()[..], &bytes].concat();
        let mut expected = HEAD.to_vec();
        for (id, number) in [(1_i64, Some(0.5_f64)), (2, Some(3.0)), (3, None)] {
            expected.extend(2_i16.to_be_bytes());
            expected.extend(eight(id.to_be_bytes()));
            expected.extend(number.map_or_else(|| NULL.to_be_bytes().to_vec(), |n| eight(n.to_be_bytes())));
        }
        expected.extend(END.to_be_bytes());
        assert_eq!(data, expected);
        let wrong = [vec![StoredCell::Text("1".to_owned())]];
        assert!(binary(&wrong, &[0], &into.types).is_err());
    }
}
