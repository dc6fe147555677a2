//! A record as it streams: the columns every record has, then the values asked for.

use super::reading::Reading;
use crate::database::layout::SYSTEM_COLUMNS;
use crate::tx::Row;
use model::filter::Operand;
use model::kind::Class;
use model::{Cell, RecordId, TableId, UserId, Value};

/// A value asked for, and how to read its cell.
#[derive(Clone, Debug)]
pub struct Output {
    pub operand: Operand,
    /// The class of its cell. A [`Class::List`] has no cell to be read directly: ask [`RecordRow::value`].
    pub class: Class,
    pub(super) reading: Reading,
}

/// A record, borrowed from the engine while it is read.
pub struct RecordRow<'a> {
    row: &'a dyn Row,
    outputs: &'a [Output],
    table: TableId,
}

impl<'a> RecordRow<'a> {
    pub(super) fn new(row: &'a dyn Row, outputs: &'a [Output], table: TableId) -> RecordRow<'a> {
        RecordRow { row, outputs, table }
    }

    pub fn id(&self) -> RecordId {
        RecordId(self.whole(0).and_then(|id| u32::try_from(id).ok()).unwrap_or(0))
    }

    pub fn table(&self) -> TableId {
        self.table
    }

    /// The sequence of its last change.
    pub fn seq(&self) -> u64 {
        self.whole(1).and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0)
    }

    /// UTC milliseconds.
    pub fn created_at(&self) -> i64 {
        self.whole(2).unwrap_or(0)
    }

    pub fn created_by(&self) -> Option<UserId> {
        self.user(3)
    }

    /// UTC milliseconds; none when it was never changed.
    pub fn modified_at(&self) -> Option<i64> {
        self.whole(4)
    }

    pub fn modified_by(&self) -> Option<UserId> {
        self.user(5)
    }

    /// Whether it satisfies the validators of its table.
    pub fn valid(&self) -> bool {
        self.whole(6) != Some(0)
    }

    /// The record above, in a tree; none at the top.
    pub fn parent(&self) -> Option<RecordId> {
        self.whole(7).and_then(|id| u32::try_from(id).ok()).filter(|id| *id > 0).map(RecordId)
    }

    /// Its place among siblings, in a table with places.
    pub fn rank(&self) -> Option<&str> {
        self.row.cell(8).text()
    }

    /// What was asked for, in its order.
    pub fn outputs(&self) -> &'a [Output] {
        self.outputs
    }

    /// The raw cell of a value asked for.
    pub fn cell(&self, index: usize) -> Cell<'_> {
        self.row.cell(SYSTEM_COLUMNS + index)
    }

    /// A value asked for.
    pub fn value(&self, index: usize) -> Value {
        self.outputs.get(index).map(|output| output.reading.value(self.cell(index))).unwrap_or_default()
    }

    fn whole(&self, place: usize) -> Option<i64> {
        self.row.cell(place).integer()
    }

    fn user(&self, place: usize) -> Option<UserId> {
        self.whole(place).and_then(|id| u32::try_from(id).ok()).map(UserId)
    }
}
