//! Places and versions of tables as one actor sees them. How records are moved is in `apply/places.rs`.

use crate::View;
use model::{Ability, RecordAddress, RecordId, Result, Role, TableId};
use store::database::{places, tables};
use store::tx::Next;

impl View<'_> {
    /// Hands out every record of an ordered table or a tree with the one above it: the children of each together and in
    /// their order, by the number of who is above, the top first.
    pub fn each_by_place(
        &mut self,
        table: TableId,
        each: &mut dyn FnMut(Option<RecordId>, RecordId) -> Next,
    ) -> Result<()> {
        self.require(Some(table), Ability::RecordRead)?;
        places::each_by_place(self, table, &mut |parent, record| {
            each(u32::try_from(parent).ok().filter(|id| *id > 0).map(RecordId), record)
        })
    }

    /// The place of a record among its siblings, from 0; none when it is not there.
    pub fn index_among_siblings(&mut self, record: RecordAddress) -> Result<Option<usize>> {
        self.require(Some(record.table), Ability::RecordRead)?;
        places::index_of(self, record.table, record.record)
    }

    /// How many records lie directly below another, or at the top.
    pub fn count_children(&mut self, table: TableId, parent: Option<RecordId>) -> Result<usize> {
        self.require(Some(table), Ability::RecordRead)?;
        places::count(self, table, parent.map_or(0, |parent| i64::from(parent.0)))
    }

    /// How many writes changed each of these tables so far; tables that the actor may not see are passed over.
    pub fn versions(&mut self, ids: &[TableId]) -> Result<Vec<(TableId, u64)>> {
        let seen = |id: &TableId| self.table_role(*id) > Role::None && self.schema().table(*id).is_ok();
        let ids: Vec<TableId> = ids.iter().copied().filter(seen).collect();
        tables::versions(self.tx, &ids)
    }
}
