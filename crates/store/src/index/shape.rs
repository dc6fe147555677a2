//! The index that would serve a query: its equalities first, then what it sorts or ranges by, or the text it searches.

use super::{Definition, Form, IndexColumn, IndexKey, Origin, trigram};
use crate::database::catalog::Catalog;
use model::filter::{Operand, Predicate, System, Test};
use model::kind::{Class, Storage};
use model::query::{Direction, Page, Query, Source, TextOrder};
use model::{ColumnId, Filter, Slot, Table};

/// Most equalities, and most sort keys, in an index.
const MOST: usize = 3;
/// Most records of a list that is brief.
const MOST_BRIEF: u64 = 100;

/// The index that a query could use best; none when its form leaves nothing to an index.
pub fn wanted(catalog: &Catalog, query: &Query) -> Option<Definition> {
    let query = &*query.simplified(&catalog.schema);
    let Source::Table(id) = &query.source else { return None };
    let table = catalog.schema.tables.get(id)?;
    let mut tests = Vec::new();
    collect(&query.filter, &mut tests);
    if let Some(column) = searched(table, query, &tests).filter(|_| catalog.trigrams) {
        return Some(Definition::trigram(table.id, column, Origin::Automatic));
    }
    let mut columns: Vec<IndexColumn> = Vec::new();
    for test in &tests {
        if let (Predicate::Equals(_), Some((column, _))) = (&test.predicate, plain(table, &test.operand))
            && columns.len() < MOST
            && columns.iter().all(|c| c.column != column)
        {
            columns.push(IndexColumn { column, natural: false, descending: false });
        }
    }
    let fixed = columns.len();
    for sort in query.sort.iter().take(MOST) {
        let Some(column) = sort_column(catalog, table, sort) else { break };
        if columns.iter().all(|c| c.column != column.column) {
            columns.push(column);
        }
    }
    if columns.len() == fixed {
        let range = tests.iter().find_map(|test| match &test.predicate {
            Predicate::Compare(..) => plain(table, &test.operand),
            Predicate::IsEmpty
            | Predicate::Equals(_)
            | Predicate::OneOf(_)
            | Predicate::Contains(_)
            | Predicate::HasAny(_)
            | Predicate::HasAll(_)
            | Predicate::SameSet(_)
            | Predicate::During(..) => None,
        });
        columns.extend(range.map(|(column, _)| IndexColumn { column, natural: false, descending: false }));
    }
    // The record's number and its sequence have their indexes in every table.
    let given = [IndexKey::System(System::Id), IndexKey::System(System::Seq)];
    let first = columns.first().filter(|c| !given.contains(&c.column))?;
    debug_assert!(fixed == 0 || !first.descending);
    Some(Definition { table: table.id, columns, form: Form::Ordered, origin: Origin::Automatic })
}

/// Whether an index that stands yields the records of a query in its order, so that they can be read right away.
pub fn yields_in_order(catalog: &Catalog, query: &Query) -> bool {
    if follows_sequence(query) {
        return true;
    }
    let Some(wanted) = wanted(catalog, query).filter(|w| w.form == Form::Ordered) else { return false };
    let Some(table) = catalog.schema.tables.get(&wanted.table) else { return false };
    let ordered =
        |sort: &model::query::Sort| sort_column(catalog, table, sort).is_some_and(|c| wanted.columns.contains(&c));
    query.sort.iter().all(ordered)
        && catalog.indexes.iter().any(|standing| {
            let same = standing.definition.columns.len() == wanted.columns.len();
            standing.built && standing.definition.serves(&wanted) && (same || !query.sort.is_empty())
        })
}

/// Whether a query is likely to read few records: it wants few, and those that it looks at are nearly all in the answer.
pub fn is_brief(catalog: &Catalog, query: &Query) -> bool {
    let Page::Window { skip: 0, take: ..=MOST_BRIEF } = query.page else { return false };
    let is_whole = query.filter.is_all() && query.sort.is_empty() && query.search.is_none();
    is_whole || yields_in_order(catalog, query)
}

/// Whether a query is in the order of sequences and asks for nothing else: every table has an index on them.
fn follows_sequence(query: &Query) -> bool {
    let mut tests = Vec::new();
    collect(&query.filter, &mut tests);
    let tested = tests
        .iter()
        .all(|test| test.operand == Operand::System(System::Seq) && matches!(test.predicate, Predicate::Compare(..)));
    let sorted = query.sort.first().is_some_and(|sort| sort.by == Operand::System(System::Seq));
    let searched = query.search.as_ref().is_some_and(|search| !search.needle.is_empty());
    sorted && tested && is_plain_and(&query.filter) && !searched
}

/// Whether a filter is nothing but tests that must all hold.
fn is_plain_and(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(is_plain_and),
        Filter::Test(_) => true,
        Filter::Or(_) | Filter::Not(_) | Filter::Holds(_) => false,
    }
}

/// The tests that every record must pass.
fn collect<'f>(filter: &'f Filter, tests: &mut Vec<&'f Test>) {
    match filter {
        Filter::And(parts) => parts.iter().for_each(|part| collect(part, tests)),
        Filter::Test(test) => tests.push(test),
        Filter::Or(_) | Filter::Not(_) | Filter::Holds(_) => {}
    }
}

/// The text column that must contain a needle long enough for trigrams.
fn searched(table: &Table, query: &Query, tests: &[&Test]) -> Option<ColumnId> {
    let tested = tests.iter().find_map(|test| match (&test.predicate, &test.operand) {
        (Predicate::Contains(needle), Operand::Slot(slot)) => text_column(table, *slot, needle),
        _ => None,
    });
    tested.or_else(|| {
        let search = query.search.as_ref()?;
        match search.fields.as_slice() {
            [field] => text_column(table, Slot::plain(*field), &search.needle),
            _ => None,
        }
    })
}

fn text_column(table: &Table, slot: Slot, needle: &str) -> Option<ColumnId> {
    let field = table.field(slot.field).ok().filter(|f| f.kind.class() == Class::Text)?;
    trigram::match_text(&model::text::fold(needle))?;
    field.column(slot.locale)
}

/// The column of an operand, with its class.
fn plain(table: &Table, operand: &Operand) -> Option<(IndexKey, Class)> {
    match operand {
        Operand::System(system) => Some((IndexKey::System(*system), Class::Integer)),
        Operand::Slot(slot) => {
            let field = table.field(slot.field).ok()?;
            match field.kind.storage() {
                Storage::Column(_) => Some((IndexKey::Column(field.column(slot.locale)?), field.kind.class())),
                Storage::System(system) => Some((IndexKey::System(system), field.kind.class())),
                Storage::LinkRows | Storage::Derived => None,
            }
        }
        Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => None,
    }
}

/// The column that yields a sort key's order; none when the order is not that of a column.
fn sort_column(catalog: &Catalog, table: &Table, sort: &model::query::Sort) -> Option<IndexColumn> {
    let (column, class) = plain(table, &sort.by).filter(|_| sort.bucket.is_none())?;
    let natural = match class {
        Class::Number | Class::Integer | Class::Date | Class::Instant | Class::Time | Class::Duration | Class::Span => {
            false
        }
        Class::Text => sort.order == TextOrder::Natural,
        Class::Bool
        | Class::Choice
        | Class::Choices
        | Class::Reference
        | Class::References
        | Class::User
        | Class::Users
        | Class::Structure
        | Class::List => return None,
    };
    // Who made a record sorts by names, and a place by code points with its empty ones in front.
    let ordered = !matches!(
        column,
        IndexKey::System(System::CreatedBy | System::ModifiedBy | System::Rank | System::Parent | System::Valid)
    );
    let has_keys = match &sort.by {
        Operand::Slot(slot) if natural => table.field(slot.field).is_ok_and(|f| catalog.has_keys(&f.kind)),
        _ => true,
    };
    (ordered && has_keys).then_some(IndexColumn {
        column,
        natural,
        descending: sort.direction == Direction::Descending,
    })
}
