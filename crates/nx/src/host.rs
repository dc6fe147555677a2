//! The seam below the language: who reads and writes records for a script.

use model::filter::Operand;
use model::query::{Query, Summary};
use model::time::Instant;
use model::{Change, Error, RecordAddress, RecordId, Result, Role, Schema, TableId, UserId, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The record store as one actor may see it, at one moment.
///
/// What the actor may not see is not in [`Host::schema`], so a script cannot name it. Whether a script may write is a
/// matter of the host it is given: one that only reads refuses [`Host::change`].
pub trait Host {
    /// The schema as the actor may see it. It does not change while a script runs.
    fn schema(&self) -> &Arc<Schema>;

    /// The moment of the request: `now()` is the same in a whole script.
    fn now(&self) -> Instant;

    /// A random number from 0, below 1.
    fn random(&mut self) -> f64;

    /// Cells of one record; none when it is not there.
    fn cells(&mut self, record: RecordAddress, operands: &[Operand]) -> Result<Option<Vec<Value>>>;

    /// Reads the records of a query over one table, one by one: the number, and the values of its projection.
    // A name for this type would have to name lifetimes that the compiler gives by itself.
    #[allow(clippy::type_complexity)]
    fn select(
        &mut self,
        query: &Query,
        each: &mut dyn FnMut(RecordId, &mut dyn FnMut(usize) -> Value) -> Result<ControlFlow<()>>,
    ) -> Result<()>;

    /// How many records a query finds, whatever its page.
    fn count(&mut self, query: &Query) -> Result<u64>;

    /// Measures over the records of a query.
    fn summarize(&mut self, summary: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>>;

    /// Carries a change out, by the same rules as any write; the records it made. Later reads see it.
    fn change(&mut self, change: Change) -> Result<Vec<RecordId>>;

    /// Who asks; none when a token without a person does.
    fn user(&self) -> Option<UserId>;

    /// The people of the database.
    fn people(&mut self) -> Result<Vec<Person>>;

    /// Names and sizes of the files of a record.
    fn files(&mut self, record: RecordAddress) -> Result<Vec<File>>;

    /// The id of the database and of its team, as scripts know them.
    fn place(&self) -> (String, String);
}

/// Somebody who can be named in the database.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    /// None when the actor may not see it.
    pub email: Option<String>,
    pub role: Role,
}

/// A file of a record.
#[derive(Clone, PartialEq, Debug)]
pub struct File {
    pub name: String,
    pub content_type: String,
    /// In bytes.
    pub size: u64,
}

/// The refusal of a host that only reads.
pub fn read_only(_: &Change) -> Error {
    Error::malformed("script", "may only read here: create, delete and assignments to fields need exec")
}

/// The table of a record, and its number: for messages and texts.
pub fn spelled(record: RecordAddress) -> String {
    let TableId(table) = record.table;
    format!("{}{}", crate::spelling::letters(table), record.record.0)
}
