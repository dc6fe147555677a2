mod expressions;
mod world;

use self::world::*;
use super::*;
use crate::filter::{Comparison, Predicate, System, Test};
use crate::ids::{ChoiceId, FieldId};
use crate::kind::rollup::{Rollup, RollupFunction};
use crate::kind::{Kind, lookup};
use crate::query::{Aggregate, Direction, Measure, Search, Sort, TextOrder};
use crate::time::{Day, Period, PeriodMode, PeriodRelation, Zone};
use std::sync::Arc;

fn names() -> NoNames {
    NoNames(now())
}

fn ids(rows: Vec<&Row>) -> Vec<u32> {
    rows.iter().map(|row| row.id.0).collect()
}

fn filtered(filter: Filter) -> Vec<u32> {
    ids(select(&world(), &Query { filter, ..Query::table(PERSON) }, &names()).unwrap())
}

fn slot(field: u32) -> Operand {
    Operand::Slot(Slot::plain(FieldId(field)))
}

fn sort_by(by: Operand, direction: Direction) -> Sort {
    Sort { by, direction, order: TextOrder::Natural, ranks: None, bucket: None }
}

fn value_in(table: TableId, id: u32, operand: &Operand) -> Value {
    let world = world();
    value_of(&world, world.row(to(table, id)).unwrap(), operand)
}

#[test]
fn a_test_of_an_empty_cell_is_false_and_its_negation_true() {
    use Predicate::*;
    let text = Value::text;
    let choice = |id: u32| Value::Choice(ChoiceId(id));
    let during = |relation, mode| During(relation, Period { mode, zone: Zone::utc() });
    let cases: Vec<(u32, Predicate, &[u32])> = vec![
        (NAME, Equals(text("bob")), &[2]),
        (NAME, Equals(text("Bob")), &[]),
        (NAME, Equals(text("")), &[]),
        (NAME, IsEmpty, &[4]),
        (NAME, Contains("B".to_owned()), &[2]),
        (NAME, Contains("éM".to_owned()), &[3]),
        (NAME, Compare(Comparison::Less, text("b")), &[1]),
        (NAME, OneOf(vec![text("Ada"), text("bob")]), &[1, 2]),
        (NAME, OneOf(vec![]), &[]),
        (AGE, Equals(Value::Number(0.0)), &[2]),
        (AGE, Compare(Comparison::GreaterOrEqual, Value::Number(0.0)), &[1, 2]),
        (AGE, Compare(Comparison::Less, Value::Number(0.0)), &[3]),
        (AGE, Compare(Comparison::Less, text("9")), &[]),
        (AGE, IsEmpty, &[4]),
        (ACTIVE, Equals(Value::Bool(true)), &[1]),
        (ACTIVE, IsEmpty, &[2, 3, 4]),
        (LEVEL, Compare(Comparison::Greater, choice(1)), &[1]),
        (LEVEL, Contains("APEX".to_owned()), &[1]),
        (TAGS, HasAny(vec![choice(1)]), &[1, 3]),
        (TAGS, HasAll(vec![choice(1), choice(2)]), &[1, 3]),
        (TAGS, SameSet(vec![choice(2), choice(1)]), &[1, 3]),
        (TAGS, SameSet(vec![choice(2)]), &[2]),
        (TAGS, Equals(Value::Choices(vec![ChoiceId(1), ChoiceId(2)])), &[1]),
        (TAGS, IsEmpty, &[4]),
        (HOME, Equals(Value::Reference(to(CITY, 1))), &[1, 3]),
        (HOME, Contains("rom".to_owned()), &[1, 3]),
        (FRIENDS, HasAny(vec![Value::Reference(to(PERSON, 2))]), &[1]),
        (HOME_TITLE, Equals(text("Oslo")), &[2]),
        (BORN, during(PeriodRelation::Inside, PeriodMode::Today), &[2]),
        (BORN, during(PeriodRelation::Before, PeriodMode::Today), &[1]),
        (BORN, during(PeriodRelation::After, PeriodMode::Today), &[3]),
        (BORN, during(PeriodRelation::UpToEnd, PeriodMode::Today), &[1, 2]),
        (BORN, during(PeriodRelation::FromStart, PeriodMode::Today), &[2, 3]),
        (BORN, during(PeriodRelation::Inside, PeriodMode::CurrentWeek), &[1, 2]),
    ];
    for (field, predicate, expected) in cases {
        let filter = Filter::field(FieldId(field), predicate);
        assert_eq!(filtered(filter.clone()), expected, "{filter:?}");
        let others: Vec<u32> = (1..=4).filter(|id| !expected.contains(id)).collect();
        assert_eq!(filtered(filter.clone().negated()), others, "not {filter:?}");
    }
}

#[test]
fn groups_of_tests_nest() {
    let adult = || Filter::field(FieldId(AGE), Predicate::Compare(Comparison::Greater, Value::Number(18.0)));
    let empty = || Filter::field(FieldId(AGE), Predicate::IsEmpty);
    assert_eq!(filtered(Filter::all()), [1, 2, 3, 4]);
    assert_eq!(filtered(Filter::Or(vec![])), [] as [u32; 0]);
    assert_eq!(filtered(Filter::Or(vec![adult(), empty()])), [1, 4]);
    assert_eq!(filtered(Filter::And(vec![adult(), Filter::Or(vec![empty()])])), [] as [u32; 0]);
    let through = Operand::Through { link: FieldId(HOME), slot: Slot::plain(FieldId(TITLE)) };
    let roman = Filter::Test(Test { operand: through, predicate: Predicate::Equals(Value::text("Rome")) });
    assert_eq!(filtered(roman), [1, 3]);
    let created = Test {
        operand: Operand::System(System::CreatedAt),
        predicate: Predicate::Compare(Comparison::LessOrEqual, Value::Instant(2000)),
    };
    assert_eq!(filtered(Filter::Test(created)), [1, 2]);
}

#[test]
fn empty_cells_sort_first_and_ties_by_number() {
    use Direction::{Ascending, Descending};
    let cases: Vec<(Operand, Direction, [u32; 4])> = vec![
        (slot(NAME), Ascending, [4, 1, 2, 3]),
        (slot(NAME), Descending, [3, 2, 1, 4]),
        (slot(AGE), Ascending, [4, 3, 2, 1]),
        (slot(AGE), Descending, [1, 2, 3, 4]),
        (slot(ACTIVE), Ascending, [2, 3, 4, 1]),
        (slot(ACTIVE), Descending, [1, 2, 3, 4]),
        // By the order of the options, not their names.
        (slot(LEVEL), Ascending, [3, 4, 2, 1]),
        // By the name of the first option, then by how many there are.
        (slot(TAGS), Ascending, [4, 2, 3, 1]),
        (slot(HOME), Ascending, [4, 2, 1, 3]),
        (slot(HOME), Descending, [1, 3, 2, 4]),
        (slot(HOME_TITLE), Ascending, [4, 2, 1, 3]),
        (Operand::System(System::Seq), Ascending, [4, 3, 2, 1]),
        (Operand::Through { link: FieldId(HOME), slot: Slot::plain(FieldId(TITLE)) }, Descending, [1, 3, 2, 4]),
    ];
    for (by, direction, expected) in cases {
        let query = Query { sort: vec![sort_by(by.clone(), direction)], ..Query::table(PERSON) };
        assert_eq!(ids(select(&world(), &query, &names()).unwrap()), expected, "{by:?} {direction:?}");
    }
    let ranked = Sort { ranks: Some(vec![7, 5]), ..sort_by(slot(OWNER), Ascending) };
    let query = Query { sort: vec![ranked], ..Query::table(PERSON) };
    assert_eq!(ids(select(&world(), &query, &names()).unwrap()), [4, 3, 1, 2]);
}

#[test]
fn search_looks_at_what_people_see() {
    let found = |needle: &str, fields: &[u32]| {
        let search = Search { needle: needle.to_owned(), fields: fields.iter().map(|f| FieldId(*f)).collect() };
        ids(select(&world(), &Query { search: Some(search), ..Query::table(PERSON) }, &names()).unwrap())
    };
    assert_eq!(found("ÉMI", &[NAME]), [3]);
    assert_eq!(found("rome", &[NAME, HOME]), [1, 3]);
    assert_eq!(found("émile, b", &[FRIENDS]), [1]);
    assert_eq!(found("oslo", &[HOME_TITLE]), [2]);
    assert_eq!(found("36", &[AGE]), [1]);
    assert_eq!(found("%", &[NAME]), [] as [u32; 0]);
    assert_eq!(found("", &[NAME]), [1, 2, 3, 4]);
    assert_eq!(found("Ada", &[]), [] as [u32; 0]);
}

#[test]
fn derived_values_are_worked_out_when_read() {
    let people = |list: &[u32]| Value::References(list.iter().map(|id| to(PERSON, *id)).collect());
    let list = |list: &[f64]| Value::List(list.iter().map(|n| Value::Number(*n)).collect());
    let texts = |list: &[&str]| Value::List(list.iter().map(|t| Value::text(*t)).collect());
    let cases = [
        (CITY, 1, slot(PEOPLE), people(&[1, 3])),
        (CITY, 3, slot(PEOPLE), Value::Null),
        (CITY, 1, slot(AGES), list(&[36.0, -1.5])),
        (CITY, 1, slot(TOTAL), Value::Number(34.5)),
        (CITY, 3, slot(TOTAL), Value::Number(0.0)),
        (PERSON, 1, slot(HOME_TITLE), Value::text("Rome")),
        (PERSON, 4, slot(HOME_TITLE), Value::Null),
        (PERSON, 1, Operand::Title(FieldId(FRIENDS)), texts(&["Émile", "bob"])),
        (PERSON, 4, Operand::Title(FieldId(FRIENDS)), Value::Null),
        (PERSON, 1, slot(77), Value::Null),
    ];
    for (table, id, operand, expected) in cases {
        assert_eq!(value_in(table, id, &operand), expected, "{operand:?} of {}", id);
    }
}

#[test]
fn rollups_leave_empty_values_out() {
    let mut world = world();
    let rolled_up = |world: &mut Memory, target: u32, function| {
        let rollup = Rollup { link: FieldId(PEOPLE), target_table: PERSON, target: FieldId(target), function };
        let mut city = world.schema.tables[&CITY].as_ref().clone();
        city.fields[TOTAL as usize - 1].kind = Kind::Rollup(rollup);
        world.schema.tables.insert(CITY, Arc::new(city));
        value_of(world, world.row(to(CITY, 1)).unwrap(), &slot(TOTAL))
    };
    let choices = |list: &[u32]| Value::List(list.iter().map(|id| Value::Choice(ChoiceId(*id))).collect());
    let cases = [
        (ACTIVE, RollupFunction::Countall, Value::Number(2.0)),
        (ACTIVE, RollupFunction::Counta, Value::Number(1.0)),
        (NAME, RollupFunction::Count, Value::Number(0.0)),
        (AGE, RollupFunction::Max, Value::Number(36.0)),
        (AGE, RollupFunction::Min, Value::Number(-1.5)),
        (BORN, RollupFunction::Max, Value::Date(Day::parse("2025-03-17").unwrap().0)),
        (AGE, RollupFunction::Average, Value::Number(17.25)),
        (ACTIVE, RollupFunction::And, Value::Bool(false)),
        (AGE, RollupFunction::And, Value::Bool(true)),
        (ACTIVE, RollupFunction::Or, Value::Bool(true)),
        (ACTIVE, RollupFunction::Xor, Value::Bool(true)),
        (NAME, RollupFunction::ArrayJoin, Value::text("Ada, Émile")),
        (LEVEL, RollupFunction::Concatenate, Value::text("Apex")),
        (TAGS, RollupFunction::ArrayUnique, choices(&[1, 2])),
        (TAGS, RollupFunction::ArrayCompact, choices(&[1, 2, 2, 1])),
        (HOME_TITLE, RollupFunction::ArrayUnique, Value::List(vec![Value::text("Rome")])),
    ];
    for (target, function, expected) in cases {
        assert_eq!(rolled_up(&mut world, target, function), expected, "{function:?} of {target}");
    }
    // A field that looks itself up, over a detour, ends.
    let mut person = world.schema.tables[&PERSON].as_ref().clone();
    let kind = lookup::Lookup { link: FieldId(HOME_TITLE), target_table: PERSON, target: FieldId(HOME_TITLE) };
    person.fields[HOME_TITLE as usize - 1].kind = Kind::Lookup(kind);
    person.primary = FieldId(HOME_TITLE);
    world.schema.tables.insert(PERSON, Arc::new(person));
    assert_eq!(rolled_up(&mut world, HOME_TITLE, RollupFunction::ArrayJoin), Value::Null);
}

#[test]
fn pages_are_cut_and_what_is_not_offered_is_refused() {
    let page = |page| ids(select(&world(), &Query { page, ..Query::table(PERSON) }, &names()).unwrap());
    assert_eq!(page(Page::Window { skip: 1, take: 2 }), [2, 3]);
    assert_eq!(page(Page::Window { skip: 9, take: u64::MAX }), [] as [u32; 0]);
    assert_eq!(page(Page::After { record: RecordId(2), take: 9 }), [3, 4]);

    let both = || Query { source: Source::Tables(vec![PERSON, CITY]), ..Query::table(PERSON) };
    let world = world();
    let all = select(&world, &both(), &names()).unwrap();
    assert_eq!(ids(all), [1, 2, 3, 1, 2, 3, 4], "by address");
    let newest = sort_by(Operand::System(System::Id), Direction::Descending);
    let all = select(&world, &Query { sort: vec![newest], ..both() }, &names()).unwrap();
    assert_eq!(ids(all), [4, 3, 2, 1, 3, 2, 1]);
    let by_name = sort_by(slot(NAME), Direction::Ascending);
    assert!(select(&world, &Query { sort: vec![by_name.clone()], ..both() }, &names()).is_err());
    let after = Page::After { record: RecordId(1), take: 1 };
    assert!(select(&world, &Query { sort: vec![by_name], page: after, ..Query::table(PERSON) }, &names()).is_err());
    assert!(select(&world, &Query::table(TableId(9)), &names()).is_err());
}

#[test]
fn a_summary_adds_groups_up() {
    let measure = |function, field| Measure { function, over: slot(field) };
    let summary = |group: Vec<Sort>| Summary {
        source: Source::Table(PERSON),
        filter: Filter::all(),
        search: None,
        group,
        measures: vec![
            measure(Aggregate::Count, AGE),
            measure(Aggregate::CountEmpty, AGE),
            measure(Aggregate::CountUnique, HOME),
            measure(Aggregate::Sum, AGE),
            measure(Aggregate::Average, AGE),
            measure(Aggregate::Min, BORN),
            measure(Aggregate::Max, LEVEL),
        ],
    };
    let numbers = |list: [f64; 4]| list.map(Value::Number).to_vec();
    let day = |iso: &str| Value::Date(Day::parse(iso).unwrap().0);
    let by_activity = sort_by(slot(ACTIVE), Direction::Descending);
    let first =
        [numbers([1.0, 0.0, 1.0, 36.0]), vec![Value::Number(36.0), day("2025-03-14"), Value::Choice(ChoiceId(2))]];
    let second =
        [numbers([3.0, 1.0, 2.0, -1.5]), vec![Value::Number(-0.75), day("2025-03-15"), Value::Choice(ChoiceId(1))]];
    let expected = vec![(vec![Value::Bool(true)], first.concat()), (vec![Value::Null], second.concat())];
    assert_eq!(
        summarize(&world(), &summary(vec![by_activity])),
        Ok(expected),
        "unchecked and never checked are one group"
    );

    let nothing = Summary { filter: Filter::Or(vec![]), ..summary(vec![]) };
    let rest = vec![Value::Null, Value::Null, Value::Null];
    assert_eq!(summarize(&world(), &nothing), Ok(vec![(vec![], [numbers([0.0; 4]), rest].concat())]));
    let by_home = sort_by(slot(HOME), Direction::Ascending);
    assert_eq!(
        summarize(&world(), &Summary { filter: Filter::Or(vec![]), ..summary(vec![by_home.clone()]) }),
        Ok(vec![])
    );
    let homes: Vec<Vec<Value>> =
        summarize(&world(), &summary(vec![by_home])).expect("groups").into_iter().map(|(values, _)| values).collect();
    let home = |id| vec![Value::Reference(to(CITY, id))];
    assert_eq!(homes, [vec![Value::Null], home(2), home(1)]);
}
