//! Places in ordered tables and trees: ranks between siblings, and the laws of the tree.

use super::Work;
use crate::Made;
use model::change::{Among, Change, Place};
use model::error::Path;
use model::rank;
use model::table::Shape;
use model::{Ability, Error, RecordAddress, RecordId, Result, Rule, Subject, Table, TableId};
use store::database::{places, records};

/// Deepest place in a tree that a record moves to.
const MAX_DEPTH: usize = 10_000;

impl Work<'_, '_> {
    pub(super) fn move_records(&mut self, id: TableId, moves: Vec<(RecordId, Place)>) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::RecordUpdate)?;
        if table.shape == Shape::Plain {
            return Err(Error::Conflict(format!("The records of {} have no places", table.name)));
        }
        let catalog = self.catalog();
        let layout = catalog.layout(id)?.clone();
        let mut ids = Vec::with_capacity(moves.len());
        for (record, place) in moves {
            let Some((old_parent, old_rank)) = places::of(self.w, id, record)? else {
                return Err(Error::not_found(Subject::Record, record.0.to_string()));
            };
            self.w.orders().remove(id, old_parent, &old_rank, record);
            let (parent, new_rank) = self.find_place(&table, record, Some(&place))?;
            self.refuse_cycle(id, record, parent)?;
            records::set_place(self.w, &layout, record, parent, &new_rank)?;
            self.note_changed(id, record);
            let parent = u32::try_from(old_parent).ok().filter(|p| *p > 0).map(RecordId);
            let back = Place { parent, among: Among::Rank(old_rank) };
            self.keep_inverse(Some(id), Change::MoveRecords { table: id, moves: vec![(record, back)] });
            ids.push(record);
        }
        Ok(Made::Records { table: id, ids })
    }

    /// The parent (0 at the top) and rank for a record; without a place it goes last at the top.
    pub(super) fn find_place(
        &mut self,
        table: &Table,
        record: RecordId,
        place: Option<&Place>,
    ) -> Result<(i64, String)> {
        let parent = place.and_then(|p| p.parent);
        if let Some(parent) = parent {
            if table.shape != Shape::Tree {
                return Err(Error::Conflict(format!("The records of {} have no parents", table.name)));
            }
            if !records::exists(self.w, RecordAddress { table: table.id, record: parent })? {
                return Err(Error::not_found(Subject::Record, parent.0.to_string()));
            }
        }
        let parent = parent.map_or(0, |p| i64::from(p.0));
        let among = place.map_or(&Among::Last, |p| &p.among);
        let (before, after) = self.neighbours(table.id, record, parent, among)?;
        if let Among::Rank(rank) = among {
            return Ok((parent, rank.clone()));
        }
        if let Some(rank) = rank::short_between(before.as_deref(), after.as_deref()) {
            return Ok((parent, rank));
        }
        self.spread_children(table.id, parent)?;
        let (before, after) = self.neighbours(table.id, record, parent, among)?;
        Ok((parent, rank::between(before.as_deref(), after.as_deref())))
    }

    fn neighbours(
        &mut self,
        table: TableId,
        record: RecordId,
        parent: i64,
        among: &Among,
    ) -> Result<(Option<String>, Option<String>)> {
        match among {
            Among::First => places::around(self.w, table, parent, record, 0),
            Among::Last => Ok((places::last(self.w, table, parent, record)?, None)),
            Among::Index(0) => places::around(self.w, table, parent, record, 0),
            Among::Index(index) => self.around(table, parent, record, *index),
            Among::Rank(_) => Ok((None, None)),
            Among::Before(sibling) | Among::After(sibling) => {
                let Some((its_parent, its_rank)) = places::of(self.w, table, *sibling)? else {
                    return Err(Error::not_found(Subject::Record, sibling.0.to_string()));
                };
                if its_parent != parent {
                    return Err(Error::invalid(
                        Path::of("position"),
                        Rule::Malformed("names a record that has another parent".to_owned()),
                    ));
                }
                let around = places::neighbours(self.w, table, parent, (*sibling, &its_rank), record)?;
                Ok(match among {
                    Among::Before(_) => (around.0, Some(its_rank)),
                    _ => (Some(its_rank), around.1),
                })
            }
        }
    }

    /// The ranks before and at an index among the children, `record` left out.
    fn around(
        &mut self,
        table: TableId,
        parent: i64,
        record: RecordId,
        index: usize,
    ) -> Result<(Option<String>, Option<String>)> {
        if self.w.orders().ask(table, parent) {
            let mut children = Vec::new();
            for (child, rank) in places::children(self.w, table, parent)? {
                if child != record {
                    children.push((rank.into(), child));
                }
            }
            self.w.orders().learn(table, parent, children);
        }
        match self.w.orders().around(table, parent, index) {
            Some(found) => Ok(found),
            None => places::around(self.w, table, parent, record, index),
        }
    }

    /// Gives the children of a parent short ranks of their own again, in the order they have.
    fn spread_children(&mut self, table: TableId, parent: i64) -> Result<()> {
        self.w.orders().forget(table);
        let catalog = self.catalog();
        let layout = catalog.layout(table)?.clone();
        let children = places::children(self.w, table, parent)?;
        let ranks = rank::spread(children.len());
        let above = u32::try_from(parent).ok().filter(|p| *p > 0).map(RecordId);
        let mut moves = Vec::with_capacity(children.len());
        for ((child, old_rank), rank) in children.into_iter().zip(ranks) {
            records::set_place(self.w, &layout, child, parent, &rank)?;
            self.note_changed(table, child);
            moves.push((child, Place { parent: above, among: Among::Rank(old_rank) }));
        }
        // Older inverses name ranks among the siblings as they were.
        self.keep_inverse(Some(table), Change::MoveRecords { table, moves });
        Ok(())
    }

    /// Refuses a parent that is the record itself or lies below it.
    fn refuse_cycle(&mut self, table: TableId, record: RecordId, parent: i64) -> Result<()> {
        let Some(parent) = u32::try_from(parent).ok().filter(|parent| *parent > 0).map(RecordId) else { return Ok(()) };
        let above = places::above(self.w, table, parent, MAX_DEPTH + 1)?;
        if above.contains(&record) {
            return Err(Error::Conflict("A record cannot move below itself".to_owned()));
        }
        if above.len() > MAX_DEPTH {
            return Err(Error::invalid(Path::of("parent"), Rule::TooDeep { limit: MAX_DEPTH as u64 }));
        }
        Ok(())
    }
}
