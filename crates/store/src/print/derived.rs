//! What is worked out when read, in SQL: reverse links, lookups, rollups, and the titles of linked records.

use super::compare::FieldRef;
use super::flavor_sql;
use super::operand::{Linked, MAX_CHAIN, Printed, Printer, Rows, Scope, at};
use super::reading::{Leaf, Reading, Rolled, Title};
use model::filter::{Operand, System};
use model::kind::lookup::Lookup;
use model::kind::rollup::{Rollup, RollupFunction};
use model::kind::{Class, Kind};
use model::{FieldId, Slot, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep titles of titles are followed: a primary field that is a link shows the titles of what it links to.
const MAX_TITLES: usize = 3;

impl Printer<'_> {
    /// A field that has no column.
    pub fn derived(&mut self, scope: &Scope, found: &FieldRef, depth: usize) -> (String, Reading) {
        let field = found.field();
        match &field.kind {
            Kind::Reverse(_) => match self.linked(scope, Slot::plain(field.id), depth) {
                Some(Linked::Rows(rows)) => {
                    let select = rows.select(&rows.element, None);
                    (flavor_sql::list_of(self.flavor, &select), Reading::One(Class::References))
                }
                Some(Linked::One(_)) | None => nothing(),
            },
            Kind::Lookup(lookup) => self.look_up(scope, lookup, depth + 1),
            Kind::Rollup(rollup) => self.roll_up(scope, rollup, depth + 1),
            // Formulas are not worked out yet.
            _ => nothing(),
        }
    }

    /// Through one link the value itself; through many a list.
    fn look_up(&mut self, scope: &Scope, lookup: &Lookup, depth: usize) -> (String, Reading) {
        let Some((inner, from)) = self.aliased(lookup.target_table) else { return nothing() };
        let printed = self.slot(&inner, Slot::plain(lookup.target), depth);
        self.gather(scope, lookup.link, (&inner, &from), (printed.sql, printed.reading), depth)
    }

    /// A printed value of the records of `inner` that a link points at.
    fn gather(
        &mut self,
        scope: &Scope,
        link: FieldId,
        (inner, from): (&Scope, &str),
        (sql, reading): (String, Reading),
        depth: usize,
    ) -> (String, Reading) {
        let Some(linked) = self.linked(scope, Slot::plain(link), depth) else { return nothing() };
        if let Reading::Nothing = reading {
            return nothing();
        }
        match linked {
            Linked::One(packed) => (format!("(SELECT {sql} FROM {from} WHERE {})", at(inner, &packed)), reading),
            Linked::Rows(rows) => {
                let select = rows.select(&sql, Some((from, &at(inner, &rows.element))));
                if is_many(scope, link) {
                    (flavor_sql::list_of(self.flavor, &select), Reading::Each(Arc::new(reading)))
                } else {
                    // A lookup of links is followed to the first record only.
                    (format!("({select} LIMIT 1)"), reading)
                }
            }
        }
    }

    /// One value from those of all linked records. Only counting records is left to SQL.
    fn roll_up(&mut self, scope: &Scope, rollup: &Rollup, depth: usize) -> (String, Reading) {
        let Some((inner, from)) = self.aliased(rollup.target_table) else { return nothing() };
        let Some(target) = FieldRef::find(&inner.table, rollup.target) else { return nothing() };
        let joined = matches!(rollup.function, RollupFunction::ArrayJoin | RollupFunction::Concatenate);
        let source = self.source(target);
        let (sql, reading) = if joined && super::reading::is_link(&source.field().kind) {
            self.titles(&inner, rollup.target, depth)
        } else {
            let printed = self.slot(&inner, Slot::plain(rollup.target), depth);
            (printed.sql, printed.reading)
        };
        let rows = match self.linked(scope, Slot::plain(rollup.link), depth) {
            Some(Linked::One(packed)) => {
                let tie = Some(at(&inner, &packed));
                let order = format!("{}.id", inner.name);
                Some((Rows { from: from.clone(), tie, element: packed, order, back: None }, None))
            }
            Some(Linked::Rows(rows)) => {
                let on = at(&inner, &rows.element);
                Some((rows, Some((from, on))))
            }
            None => None,
        };
        let Some((rows, with)) = rows else {
            let rolled = Rolled { function: rollup.function, reading, source };
            return (flavor_sql::empty_list(self.flavor).to_owned(), Reading::Rolled(Arc::new(rolled)));
        };
        let with = with.as_ref().map(|(from, on)| (from.as_str(), on.as_str()));
        if rollup.function == RollupFunction::Countall {
            let select = rows.select("1", with);
            return (format!("(SELECT count(*) FROM ({select}) AS counted)"), Reading::One(Class::Number));
        }
        let select = rows.select(&sql, with);
        let rolled = Rolled { function: rollup.function, reading, source };
        (flavor_sql::whole_list_of(self.flavor, &select), Reading::Rolled(Arc::new(rolled)))
    }

    /// The titles of the records in an operand.
    pub fn titles_of(&mut self, scope: &Scope, operand: &Operand) -> Option<(String, Reading)> {
        match operand {
            Operand::Slot(slot) => Some(self.titles(scope, slot.field, 0)),
            Operand::Through { link, slot } => {
                let Some(Linked::One(packed)) = self.linked(scope, Slot::plain(*link), 0) else { return None };
                // Links through a link are only read where it points into one table.
                let target = self.targets(scope, *link).into_iter().next()?;
                let (inner, from) = self.aliased(target)?;
                let (sql, reading) = self.titles(&inner, slot.field, 0);
                Some((format!("(SELECT {sql} FROM {from} WHERE {})", at(&inner, &packed)), reading))
            }
            Operand::System(System::Parent) => {
                let packed = self.operand(scope, operand).ok()?.sql;
                Some(self.title_in_list(&packed, &[scope.table.id], 0))
            }
            Operand::System(_) | Operand::Title(_) | Operand::Expr(_) => None,
        }
    }

    /// The title of one record as a list of one; null when there is no address.
    fn title_in_list(&mut self, packed: &str, targets: &[TableId], nesting: usize) -> (String, Reading) {
        let (entry, title) = self.title(packed, targets, nesting);
        let array = flavor_sql::array_of(self.flavor, &[&entry]);
        (format!("CASE WHEN {packed} IS NOT NULL THEN {array} END"), Reading::Titles(title))
    }

    /// The titles of the records that a link holds, or that a lookup of links does.
    pub fn titles(&mut self, scope: &Scope, link: FieldId, depth: usize) -> (String, Reading) {
        self.nested_titles(scope, link, depth, 0)
    }

    fn nested_titles(&mut self, scope: &Scope, link: FieldId, depth: usize, nesting: usize) -> (String, Reading) {
        let Some(found) = FieldRef::find(&scope.table, link) else { return nothing() };
        if let Kind::Lookup(lookup) = &found.field().kind {
            if depth >= MAX_CHAIN {
                return nothing();
            }
            let Some((inner, from)) = self.aliased(lookup.target_table) else { return nothing() };
            let titles = self.nested_titles(&inner, lookup.target, depth + 1, nesting);
            return self.gather(scope, lookup.link, (&inner, &from), titles, depth + 1);
        }
        let targets = self.targets(scope, link);
        match self.linked(scope, Slot::plain(link), depth) {
            Some(Linked::One(packed)) => self.title_in_list(&packed, &targets, nesting),
            Some(Linked::Rows(rows)) => {
                let (entry, title) = self.title(&rows.element, &targets, nesting);
                let select = rows.select(&entry, None);
                (flavor_sql::list_of(self.flavor, &select), Reading::Titles(title))
            }
            None => nothing(),
        }
    }

    /// The title of the record of a packed address, as one cell: null when it is gone or has none.
    pub fn title(&mut self, packed: &str, targets: &[TableId], nesting: usize) -> (String, Title) {
        let mut found: Vec<(TableId, String, String, Leaf)> = Vec::new();
        for target in targets {
            let Some((inner, from)) = self.aliased(*target) else { continue };
            let (sql, leaf) = self.leaf(&inner, nesting);
            let rest = format!("FROM {from} WHERE {}", at(&inner, packed));
            found.push((*target, sql, rest, leaf));
        }
        let plain = found.iter().all(|(_, _, _, leaf)| leaf.is_text());
        let selects: Vec<String> = found
            .iter()
            .map(|(table, sql, rest, _)| match plain {
                true => format!("(SELECT {sql} {rest})"),
                false => {
                    let pair = flavor_sql::array_of(self.flavor, &[&table.0.to_string(), sql]);
                    format!("(SELECT {pair} {rest})")
                }
            })
            .collect();
        let sql = match selects.as_slice() {
            [] => "NULL".to_owned(),
            [one] => one.clone(),
            several => format!("coalesce({})", several.join(", ")),
        };
        if plain {
            return (sql, Title::Text);
        }
        let leaves: BTreeMap<TableId, Leaf> = found.into_iter().map(|(table, _, _, leaf)| (table, leaf)).collect();
        (sql, Title::ByTable(Arc::new(leaves)))
    }

    /// The raw cell of the primary field of a record, and how it becomes a title.
    fn leaf(&mut self, inner: &Scope, nesting: usize) -> (String, Leaf) {
        let primary = inner.table.primary;
        let Some(found) = FieldRef::find(&inner.table, primary) else { return ("NULL".to_owned(), Leaf::nothing()) };
        let source = self.source(found);
        if super::reading::is_link(&source.field().kind) {
            if nesting >= MAX_TITLES {
                return ("NULL".to_owned(), Leaf::nothing());
            }
            let (sql, reading) = self.nested_titles(inner, primary, 0, nesting + 1);
            return (sql, Leaf::Links(reading));
        }
        let Printed { sql, reading, .. } = self.slot(inner, Slot::plain(primary), 0);
        (sql, Leaf::Shown(source, reading))
    }
}

/// Whether a link field can hold many records.
fn is_many(scope: &Scope, link: FieldId) -> bool {
    scope.table.field(link).is_ok_and(|field| field.kind.class() == Class::References)
}

fn nothing() -> (String, Reading) {
    ("NULL".to_owned(), Reading::Nothing)
}
