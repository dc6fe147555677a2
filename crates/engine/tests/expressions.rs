//! Expressions in queries: whatever they read, at the record and at those it is linked with, the actor must be allowed to
//! see.

mod access_support;

use access_support::*;
use engine::access::Part;
use engine::{Receipt, View, Weight, WriteContext};
use model::change::{Change, NewField, NewRecord, NewTable};
use model::expr::{Expr, Function, Gather, Operation};
use model::filter::{Filter, Operand, Predicate, Test};
use model::kind::Kind;
use model::kind::reference::Reference;
use model::query::{Aggregate, Direction, Measure, Projection, Query, Sort, Source, Summary, TextOrder};
use model::{Actor, Error, FieldId, RecordAddress, RecordId, Result, Role, Slot, TableId, Value};
use std::sync::Arc;
use store::tx::GO_ON;

const PEOPLE: TableId = TableId(1);
const ORDERS: TableId = TableId(2);
const NAME: FieldId = FieldId(1);
const AMOUNT: FieldId = FieldId(2);
/// Of an order, to a person; and of a person, the orders that point at them.
const PERSON: FieldId = FieldId(3);
const THEIR_ORDERS: FieldId = FieldId(3);

/// Two people, and two orders of the second one.
fn shop() -> World {
    let world = World::new();
    let fields = || {
        vec![
            NewField::of("Name", Kind::Line(Default::default())),
            NewField::of("Amount", Kind::Number(Default::default())),
        ]
    };
    for name in ["People", "Orders"] {
        let table = NewTable { name: name.to_owned(), fields: fields(), ..NewTable::default() };
        write(&world, Change::CreateTable { table: Box::new(table) });
    }
    let kind = Kind::Reference(Reference { targets: vec![PEOPLE], ..Reference::default() });
    let field = Box::new(NewField::of("Person", kind));
    write(&world, Change::CreateField { table: ORDERS, field, at: None });
    let record = |values: Vec<(FieldId, Value)>| NewRecord {
        values: values.into_iter().map(|(field, value)| (Slot::plain(field), value)).collect(),
        ..NewRecord::default()
    };
    let person = |name: &str| record(vec![(NAME, Value::text(name)), (AMOUNT, Value::Number(5.0))]);
    write(&world, Change::CreateRecords { table: PEOPLE, records: vec![person("Ann"), person("Bob")] });
    let bob = Value::Reference(RecordAddress { table: PEOPLE, record: RecordId(2) });
    let order = |amount| record(vec![(AMOUNT, Value::Number(amount)), (PERSON, bob.clone())]);
    write(&world, Change::CreateRecords { table: ORDERS, records: vec![order(2.0), order(40.0)] });
    world
}

fn write(world: &World, change: Change) {
    let render = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.clone());
    let (owner, context) = (world.owner(), WriteContext::default());
    let written = world.engine.write(&owner, world.first.database, context, move |_| Ok(vec![change.clone()]), render);
    block_on(written).expect("written");
}

fn cell(field: FieldId) -> Expr {
    Expr::Cell(Operand::Slot(Slot::plain(field)))
}

/// The name of the person of an order.
fn at_person() -> Expr {
    Expr::At { link: PERSON, table: PEOPLE, of: cell(NAME).into() }
}

/// The amounts of a person's orders together.
fn over_orders() -> Expr {
    let only = Expr::always().into();
    Expr::Over { link: THEIR_ORDERS, table: ORDERS, only, function: Gather::Sum, of: cell(AMOUNT).into() }
}

/// What comes of an expression at each place where one may stand: a condition, a tested value, a sort key, a value to be
/// read, a group and a measure.
fn everywhere(world: &World, actor: &Arc<Actor>, table: TableId, expr: &Expr) -> Vec<Result<()>> {
    let operand = || Operand::expr(expr.clone());
    let sort =
        Sort { by: operand(), direction: Direction::Ascending, order: TextOrder::Codepoint, ranks: None, bucket: None };
    let test = Test { operand: operand(), predicate: Predicate::IsEmpty };
    let queries = [
        Query { filter: Filter::Holds(expr.clone()), ..Query::table(table) },
        Query { filter: Filter::Test(test).negated(), ..Query::table(table) },
        Query { sort: vec![sort.clone()], ..Query::table(table) },
        Query { projection: Projection::These(vec![operand()]), ..Query::table(table) },
    ];
    let summary = |group, over| Summary {
        source: Source::Table(table),
        filter: Filter::all(),
        search: None,
        group,
        measures: vec![Measure { function: Aggregate::CountFilled, over }],
    };
    let id = Operand::System(model::filter::System::Id);
    let summaries = [summary(vec![sort], id), summary(Vec::new(), operand())];
    let mut outcomes: Vec<Result<()>> = Vec::new();
    for query in queries {
        let read = world.engine.read(actor, world.first.database, Weight::Scan, move |view| {
            view.count(&query)?;
            view.select(&query, &mut |_| Ok(GO_ON))
        });
        outcomes.push(block_on(read));
    }
    for summary in summaries {
        let read = world.engine.read(actor, world.first.database, Weight::Scan, move |view| view.summarize(&summary));
        outcomes.push(block_on(read).map(drop));
    }
    outcomes
}

fn refused(outcomes: &[Result<()>]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::NotFound { .. }))).count()
}

#[test]
fn who_may_see_both_sides_of_a_link_may_reckon_with_them() {
    let world = shop();
    for (table, expr) in [(ORDERS, at_person()), (PEOPLE, over_orders())] {
        let outcomes = everywhere(&world, &world.owner(), table, &expr);
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }
    let query = Query { projection: Projection::These(vec![Operand::expr(over_orders())]), ..Query::table(PEOPLE) };
    let owner = world.owner();
    let read = world.engine.read(&owner, world.first.database, Weight::Scan, move |view| {
        let mut sums = Vec::new();
        view.select(&query, &mut |row| {
            sums.push(row.value(0));
            Ok(GO_ON)
        })?;
        Ok(sums)
    });
    assert_eq!(block_on(read), Ok(vec![Value::Null, Value::Number(42.0)]));
}

#[test]
fn a_hidden_field_is_not_found_wherever_an_expression_reads_it() {
    let world = shop();
    let mira = world.add_member("Mira", Role::Edit);
    let part = Part::Field(PEOPLE, NAME);
    world.engine.set_part_role(&world.owner(), world.first.database, part, mira, Role::None).expect("hidden");
    let actor = world.person(mira);
    let twice = Expr::Calculate {
        operation: Operation::Add,
        left: Expr::constant(Value::Number(1.0)).into(),
        right: Expr::Call { function: Function::Length, arguments: vec![cell(NAME)] }.into(),
    };
    let nested = Expr::Over {
        link: THEIR_ORDERS,
        table: ORDERS,
        only: at_person().into(),
        function: Gather::Count,
        of: Expr::always().into(),
    };
    for (table, expr) in [(PEOPLE, cell(NAME)), (PEOPLE, twice), (ORDERS, at_person()), (PEOPLE, nested)] {
        let outcomes = everywhere(&world, &actor, table, &expr);
        assert_eq!(refused(&outcomes), outcomes.len(), "{expr:?}: {outcomes:?}");
    }
    let outcomes = everywhere(&world, &actor, PEOPLE, &over_orders());
    assert!(outcomes.iter().all(Result::is_ok), "what is not hidden: {outcomes:?}");
}

#[test]
fn a_hidden_link_leads_nowhere() {
    let world = shop();
    let mira = world.add_member("Mira", Role::Edit);
    for (table, expr) in [(ORDERS, at_person()), (PEOPLE, over_orders())] {
        let part = Part::Field(table, PERSON);
        world.engine.set_part_role(&world.owner(), world.first.database, part, mira, Role::None).expect("hidden");
        let outcomes = everywhere(&world, &world.person(mira), table, &expr);
        assert_eq!(refused(&outcomes), outcomes.len(), "{outcomes:?}");
    }
}

#[test]
fn a_hidden_table_is_not_found_through_a_link() {
    let world = shop();
    for (hidden, table, expr) in [(PEOPLE, ORDERS, at_person()), (ORDERS, PEOPLE, over_orders())] {
        let user = world.add_member(&format!("Member{}", hidden.0), Role::Edit);
        let part = Part::Table(hidden);
        world.engine.set_part_role(&world.owner(), world.first.database, part, user, Role::None).expect("hidden");
        let outcomes = everywhere(&world, &world.person(user), table, &expr);
        assert_eq!(refused(&outcomes), outcomes.len(), "{outcomes:?}");
    }
}

#[test]
fn an_expression_without_bounds_is_refused_wherever_it_stands() {
    let world = shop();
    let mut deep = cell(NAME);
    for _ in 0..model::expr::MAX_DEPTH {
        deep = Expr::Not(deep.into());
    }
    let wide = Expr::And(vec![Expr::always(); model::expr::MAX_NODES]);
    for expr in [deep, wide] {
        let outcomes = everywhere(&world, &world.owner(), PEOPLE, &expr);
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Error::Invalid(_)))), "{outcomes:?}");
    }
}
