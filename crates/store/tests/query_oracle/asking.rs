//! Random questions about a random world.

use crate::dice::Dice;
use crate::expressions::{self, Asking};
use crate::extremes::EXTREMES;
use crate::world::{self, LOCALES, Place, TEXTS};
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::kind::{Class, Kind};
use model::query::{Aggregate, Direction, Measure, Page, Projection, Query, Search, Sort, Source, Summary, TextOrder};
use model::time::{Bucket, Unit, Zone};
use model::{Field, FieldId, Filter, LocaleId, RecordId, Slot, Table, TableId, Value};

const SYSTEMS: [System; 9] = [
    System::Id,
    System::CreatedAt,
    System::CreatedBy,
    System::ModifiedAt,
    System::ModifiedBy,
    System::Seq,
    System::Parent,
    System::Rank,
    System::Valid,
];

/// A query over one table, or now and then over several.
pub fn query(dice: &mut Dice, place: &Place) -> Query {
    if dice.once_in(8) {
        return over_several(dice, place);
    }
    let table = table(dice, place);
    let sort: Vec<Sort> = (0..dice.below(3)).map(|_| sort(dice, table)).collect();
    Query {
        source: Source::Table(table.id),
        filter: if dice.once_in(4) { Filter::all() } else { filter(dice, table, 3) },
        search: dice.once_in(3).then(|| search(dice, table)),
        page: page(dice, sort.is_empty()),
        sort,
        projection: projection(dice, table),
    }
}

fn over_several(dice: &mut Dice, place: &Place) -> Query {
    let tables = dice.some(&[TableId(1), TableId(2), TableId(3)], 3);
    let system = |dice: &mut Dice| Operand::System(*dice.pick(&SYSTEMS));
    let table = &place.memory.schema.tables[&TableId(3)];
    Query {
        source: Source::Tables(tables),
        filter: match dice.below(3) {
            0 => {
                let operand = system(dice);
                let predicate = predicate(dice, table, &operand);
                Filter::Test(Test { operand, predicate })
            }
            _ => Filter::all(),
        },
        search: dice.once_in(2).then(|| search(dice, table)),
        sort: (0..dice.below(3)).map(|_| Sort { by: system(dice), ..sort(dice, table) }).collect(),
        page: page(dice, false),
        projection: Projection::Nothing,
    }
}

/// A query that asks by expressions.
pub fn query_by_expressions(dice: &mut Dice, place: &Place) -> Query {
    let table = *dice.pick(&[TableId(1), TableId(2), TableId(3), EXTREMES, EXTREMES]);
    let known = &place.memory.schema.tables[&table];
    let depth = dice.below(4);
    let sort = (0..dice.below(3)).map(|_| sort_by_expression(dice, place, table)).collect();
    Query {
        source: Source::Table(table),
        filter: filter_by_expressions(dice, place, known, 2),
        search: None,
        page: page(dice, false),
        projection: Projection::These(
            (0..dice.below(4)).map(|_| Operand::expr(Asking { dice, place }.any(table, depth))).collect(),
        ),
        sort,
    }
}

fn sort_by_expression(dice: &mut Dice, place: &Place, table: TableId) -> Sort {
    let depth = dice.below(3);
    let by = Operand::expr(Asking { dice, place }.any(table, depth));
    Sort { ranks: None, bucket: None, by, ..sort(dice, &place.memory.schema.tables[&table]) }
}

fn filter_by_expressions(dice: &mut Dice, place: &Place, table: &Table, depth: usize) -> Filter {
    match if depth == 0 { 9 } else { dice.below(10) } {
        0 => Filter::And((0..dice.below(3)).map(|_| filter_by_expressions(dice, place, table, depth - 1)).collect()),
        1 => Filter::Or((0..dice.below(3)).map(|_| filter_by_expressions(dice, place, table, depth - 1)).collect()),
        2 => filter_by_expressions(dice, place, table, depth - 1).negated(),
        3 => filter(dice, table, 1),
        4 => {
            let levels = dice.below(3);
            let operand = Operand::expr(Asking { dice, place }.any(table.id, levels));
            let predicate = predicate(dice, table, &operand);
            Filter::Test(Test { operand, predicate })
        }
        5 | 6 => Filter::Holds(Asking { dice, place }.plain(table.id)),
        7 => Filter::all(),
        _ => {
            let levels = dice.below(4);
            Filter::Holds(match dice.below(3) {
                0 => Asking { dice, place }.any(table.id, levels),
                _ => Asking { dice, place }.expr(table.id, Class::Bool, levels),
            })
        }
    }
}

/// A summary that groups and measures by expressions.
pub fn summary_by_expressions(dice: &mut Dice, place: &Place) -> Summary {
    let table = *dice.pick(&[TableId(3), EXTREMES]);
    let known = &place.memory.schema.tables[&table];
    let function = |dice: &mut Dice| *dice.pick(&FUNCTIONS);
    let measures = (0..dice.below(4) + 1).map(|_| {
        let depth = dice.below(3);
        let over = match dice.below(3) {
            0 => operand(dice, known),
            1 => Operand::expr(Asking { dice, place }.expr(table, Class::Number, depth)),
            _ => Operand::expr(Asking { dice, place }.any(table, depth)),
        };
        Measure { function: function(dice), over }
    });
    let measures = measures.collect();
    Summary {
        source: Source::Table(table),
        filter: if dice.once_in(2) { Filter::all() } else { filter_by_expressions(dice, place, known, 1) },
        search: None,
        group: (0..dice.below(3)).map(|_| sort_by_expression(dice, place, table)).collect(),
        measures,
    }
}

const FUNCTIONS: [Aggregate; 9] = [
    Aggregate::Count,
    Aggregate::CountEmpty,
    Aggregate::CountFilled,
    Aggregate::CountUnique,
    Aggregate::Sum,
    Aggregate::Average,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::TotalSize,
];

/// A summary of a table.
pub fn summary(dice: &mut Dice, place: &Place) -> Summary {
    let table = table(dice, place);
    let measures = FUNCTIONS.map(|function| Measure { function, over: operand(dice, table) }).to_vec();
    Summary {
        source: Source::Table(table.id),
        filter: if dice.once_in(2) { Filter::all() } else { filter(dice, table, 1) },
        search: dice.once_in(4).then(|| search(dice, table)),
        // Boxes through a link make one group of "no record" and "unchecked", which the evaluator sorts by either.
        group: (0..dice.below(3))
            .map(|_| sort(dice, table))
            .filter(|sort| !matches!(sort.by, Operand::Through { .. }))
            .collect(),
        measures,
    }
}

fn table<'p>(dice: &mut Dice, place: &'p Place) -> &'p Table {
    let id = if dice.once_in(6) { TableId(dice.below(2) as u32 + 1) } else { TableId(3) };
    &place.memory.schema.tables[&id]
}

fn page(dice: &mut Dice, keyset: bool) -> Page {
    let (skip, take) = (dice.below(12) as u64, dice.below(12) as u64);
    match dice.below(4) {
        0 => Page::Window { skip, take },
        1 => Page::Window { skip: 0, take },
        2 if keyset => Page::After { record: RecordId(skip as u32), take },
        _ => Page::All,
    }
}

fn projection(dice: &mut Dice, table: &Table) -> Projection {
    match dice.below(4) {
        0 => Projection::Nothing,
        1 => {
            let stored = table.fields.iter().filter(|f| f.kind.class() != Class::References);
            let slots = stored.flat_map(|f| f.columns.iter().map(|c| Slot { field: f.id, locale: c.locale }));
            Projection::These(slots.map(Operand::Slot).collect())
        }
        _ => Projection::These((0..dice.below(8)).map(|_| projected(dice, table)).collect()),
    }
}

fn projected(dice: &mut Dice, table: &Table) -> Operand {
    match dice.below(5) {
        0 => Operand::Title(dice.pick(&table.fields).id),
        _ => operand(dice, table),
    }
}

fn operand(dice: &mut Dice, table: &Table) -> Operand {
    let slot = |dice: &mut Dice, fields: usize| {
        let field = FieldId(dice.below(fields) as u32 + 1);
        let locale = if dice.once_in(3) { *dice.pick(&LOCALES) } else { LocaleId::NONE };
        Slot { field, locale }
    };
    match dice.below(12) {
        0 => Operand::System(*dice.pick(&SYSTEMS)),
        // Fields of people through a link to one of them.
        1 if table.id == TableId(3) => {
            Operand::Through { link: FieldId(21), slot: Slot::plain(FieldId(dice.below(9) as u32 + 1)) }
        }
        2 if table.id == TableId(3) => {
            Operand::Through { link: FieldId(29), slot: Slot::plain(FieldId(dice.below(9) as u32 + 1)) }
        }
        _ => Operand::Slot(slot(dice, table.fields.len() + 1)),
    }
}

fn filter(dice: &mut Dice, table: &Table, depth: usize) -> Filter {
    match if depth == 0 { 9 } else { dice.below(10) } {
        0 | 1 => Filter::And((0..dice.below(4)).map(|_| filter(dice, table, depth - 1)).collect()),
        2 | 3 => Filter::Or((0..dice.below(4)).map(|_| filter(dice, table, depth - 1)).collect()),
        4 => filter(dice, table, depth - 1).negated(),
        _ => {
            let operand = operand(dice, table);
            let predicate = predicate(dice, table, &operand);
            Filter::Test(Test { operand, predicate })
        }
    }
}

fn predicate(dice: &mut Dice, table: &Table, operand: &Operand) -> Predicate {
    let field = match operand {
        Operand::Slot(slot) => table.fields.get(slot.field.0 as usize - 1),
        Operand::System(_) | Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => None,
    };
    let comparison =
        *dice.pick(&[Comparison::Less, Comparison::LessOrEqual, Comparison::Greater, Comparison::GreaterOrEqual]);
    match dice.below(9) {
        0 => Predicate::IsEmpty,
        1 => Predicate::Equals(given(dice, table, field)),
        2 => Predicate::Compare(comparison, given(dice, table, field)),
        3 => Predicate::OneOf((0..dice.below(4)).map(|_| given(dice, table, field)).collect()),
        4 => Predicate::HasAny((0..dice.below(3)).map(|_| element(dice, table, field)).collect()),
        5 => Predicate::HasAll((0..dice.below(3)).map(|_| element(dice, table, field)).collect()),
        6 => Predicate::SameSet((0..dice.below(3)).map(|_| element(dice, table, field)).collect()),
        _ => {
            // A link to a record that is gone is only here, and has no title to look in.
            let links =
                field.is_none_or(|f| matches!(f.kind.class(), Class::Reference | Class::References | Class::List));
            let needle = needle(dice);
            Predicate::Contains(if needle.is_empty() && links { "a".to_owned() } else { needle })
        }
    }
}

/// A value like those of the field, or like those of another.
fn given(dice: &mut Dice, table: &Table, field: Option<&Field>) -> Value {
    let field = match field {
        Some(field) if !dice.once_in(10) => field,
        Some(_) | None => dice.pick(&table.fields),
    };
    if dice.once_in(12) {
        return Value::Null;
    }
    world::class_value(dice, field, field.kind.class())
}

/// An element like those of the field.
fn element(dice: &mut Dice, table: &Table, field: Option<&Field>) -> Value {
    let field = match field {
        Some(field) if !dice.once_in(10) => field,
        Some(_) | None => dice.pick(&table.fields),
    };
    let class = match field.kind.class() {
        Class::Choices => Class::Choice,
        Class::Users => Class::User,
        Class::References => Class::Reference,
        Class::List => *dice.pick(&[Class::Text, Class::Choice, Class::Reference, Class::Number]),
        class => class,
    };
    world::class_value(dice, field, class)
}

fn needle(dice: &mut Dice) -> String {
    let parts =
        ["a", "ss", "STRA", "日本", "ä", "x, y", ", ", " ", "1", "0", "-", ":", "e", "do", "ap", "pfe", "raß", "2026"];
    if dice.once_in(2) { (*dice.pick(&parts)).to_owned() } else { (*dice.pick(&TEXTS)).to_owned() }
}

fn search(dice: &mut Dice, table: &Table) -> Search {
    let ids: Vec<FieldId> = table.fields.iter().map(|field| field.id).collect();
    Search { needle: needle(dice), fields: dice.some(&ids, 10) }
}

fn sort(dice: &mut Dice, table: &Table) -> Sort {
    let by = operand(dice, table);
    let users = match &by {
        Operand::Slot(slot) => table
            .fields
            .get(slot.field.0 as usize - 1)
            .is_some_and(|field| matches!(field.kind, Kind::User(_) | Kind::Users(_) | Kind::CreatedBy(_))),
        Operand::System(system) => matches!(system, System::CreatedBy | System::ModifiedBy),
        Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_) => false,
    };
    Sort {
        by,
        direction: if dice.once_in(2) { Direction::Ascending } else { Direction::Descending },
        order: if dice.once_in(2) { TextOrder::Natural } else { TextOrder::Codepoint },
        ranks: (users && dice.once_in(2)).then(|| dice.some(&[3i64, 1, 0, 2, 1], 4)),
        bucket: dice.once_in(3).then(|| Bucket {
            unit: *dice.pick(&[Unit::Minute, Unit::Day, Unit::Month, Unit::Year]),
            zone: Zone::parse(dice.pick::<&str>(&["UTC", "Asia/Kolkata", "America/New_York"])).expect("a zone"),
        }),
    }
}

/// Queries that ask a little less.
pub fn smaller(query: &Query) -> Vec<Query> {
    let mut found = Vec::new();
    let mut put = |change: &dyn Fn(&mut Query)| {
        let mut smaller = query.clone();
        change(&mut smaller);
        if smaller != *query {
            found.push(smaller);
        }
    };
    put(&|q| q.page = Page::All);
    put(&|q| q.search = None);
    put(&|q| q.projection = Projection::Nothing);
    for i in 0..query.sort.len() {
        put(&|q| drop(q.sort.remove(i)));
    }
    for part in smaller_filters(&query.filter) {
        put(&|q| q.filter = part.clone());
    }
    for (i, sort) in query.sort.iter().enumerate() {
        for smaller in smaller_operands(&sort.by) {
            put(&|q| q.sort[i].by = smaller.clone());
        }
    }
    if let Some(search) = &query.search {
        for i in 0..search.fields.len() {
            put(&|q| q.search.iter_mut().for_each(|s| s.fields.truncate(i)));
            put(&|q| q.search.iter_mut().for_each(|s| s.fields = vec![s.fields[i]]));
        }
    }
    if let Projection::These(operands) = &query.projection {
        for i in 0..operands.len() {
            put(&|q| {
                let mut fewer = operands.clone();
                fewer.remove(i);
                q.projection = Projection::These(fewer);
            });
            for smaller in smaller_operands(&operands[i]) {
                put(&|q| {
                    let mut others = operands.clone();
                    others[i] = smaller.clone();
                    q.projection = Projection::These(others);
                });
            }
        }
    }
    found
}

/// Summaries that ask a little less.
pub fn smaller_summary(summary: &Summary) -> Vec<Summary> {
    let mut found = Vec::new();
    for i in 0..summary.measures.len() {
        found.push(summary.clone());
        found.iter_mut().next_back().iter_mut().for_each(|s| s.measures = vec![summary.measures[i].clone()]);
    }
    for i in 0..summary.group.len() {
        let mut fewer = summary.group.clone();
        fewer.remove(i);
        found.push(Summary { group: fewer, ..summary.clone() });
    }
    for (i, measure) in summary.measures.iter().enumerate() {
        for over in smaller_operands(&measure.over) {
            let mut measures = summary.measures.clone();
            measures[i].over = over;
            found.push(Summary { measures, ..summary.clone() });
        }
    }
    for (i, sort) in summary.group.iter().enumerate() {
        for by in smaller_operands(&sort.by) {
            let mut group = summary.group.clone();
            group[i].by = by;
            found.push(Summary { group, ..summary.clone() });
        }
    }
    for filter in smaller_filters(&summary.filter) {
        found.push(Summary { filter, ..summary.clone() });
    }
    found.push(Summary { search: None, ..summary.clone() });
    found.push(Summary { filter: Filter::all(), ..summary.clone() });
    found.retain(|smaller| smaller != summary);
    found
}

fn smaller_operands(operand: &Operand) -> Vec<Operand> {
    match operand {
        Operand::Expr(expr) => expressions::smaller(expr).into_iter().map(Operand::expr).collect(),
        Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_) => Vec::new(),
    }
}

fn smaller_filters(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::Test(Test { operand: Operand::Expr(expr), predicate }) => {
            let tested = |expr| Test { operand: Operand::expr(expr), predicate: predicate.clone() };
            let smaller = expressions::smaller(expr).into_iter().map(|expr| Filter::Test(tested(expr)));
            std::iter::once(Filter::all()).chain(smaller).collect()
        }
        Filter::Test(_) => vec![Filter::all()],
        Filter::Holds(expr) => {
            let smaller = expressions::smaller(expr).into_iter().map(Filter::Holds);
            std::iter::once(Filter::all()).chain(smaller).collect()
        }
        Filter::Not(part) => {
            let inner = smaller_filters(part).into_iter().map(Filter::negated);
            std::iter::once((**part).clone()).chain(inner).collect()
        }
        Filter::And(parts) | Filter::Or(parts) => {
            let mut found = parts.clone();
            for (i, part) in parts.iter().enumerate() {
                for smaller in smaller_filters(part) {
                    let mut fewer = parts.clone();
                    fewer[i] = smaller;
                    found.push(if matches!(filter, Filter::And(_)) { Filter::And(fewer) } else { Filter::Or(fewer) });
                }
            }
            found
        }
    }
}
