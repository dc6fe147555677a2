//! Expressions: what they are worth, what has no class, and which of them are tests.

use super::world::*;
use super::{names, slot};
use crate::evaluate::{select, value_of};
use crate::expr::{Expr, Function, Gather, Operation, Relation};
use crate::filter::{Comparison, Filter, Operand, Predicate, System, Test};
use crate::ids::{ChoiceId, FieldId, TableId};
use crate::kind::Class;
use crate::query::Query;
use crate::time::{DAY_MS, Day, Instant};
use crate::value::Value;

fn cell(field: u32) -> Expr {
    Expr::Cell(slot(field))
}

fn number(number: f64) -> Expr {
    Expr::constant(Value::Number(number))
}

fn text(text: &str) -> Expr {
    Expr::constant(Value::text(text))
}

fn day(iso: &str) -> Expr {
    Expr::constant(Value::Date(Day::parse(iso).unwrap().0))
}

fn instant(iso: &str) -> Expr {
    Expr::constant(Value::Instant(Instant::parse(iso).unwrap().0))
}

fn null() -> Expr {
    Expr::constant(Value::Null)
}

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call { function, arguments }
}

fn compare(left: Expr, relation: Relation, right: Expr) -> Expr {
    Expr::Compare { relation, left: left.into(), right: right.into() }
}

fn calculate(left: Expr, operation: Operation, right: Expr) -> Expr {
    Expr::Calculate { operation, left: left.into(), right: right.into() }
}

/// An expression over the people of a city, of those for whom `only` is true.
fn over(only: Expr, function: Gather, of: Expr) -> Expr {
    Expr::Over { link: FieldId(PEOPLE), table: PERSON, only: only.into(), function, of: of.into() }
}

fn at_home(of: Expr) -> Expr {
    Expr::At { link: FieldId(HOME), table: CITY, of: of.into() }
}

#[track_caller]
fn check(table: TableId, record: u32, expr: Expr, expected: Value) {
    let world = world();
    assert!(expr.class(&world.schema, table).is_ok(), "{expr:?} has a class: {:?}", expr.class(&world.schema, table));
    let found =
        value_of(&world, crate::evaluate::World::row(&world, to(table, record)).unwrap(), &Operand::expr(expr.clone()));
    assert_eq!(found, expected, "{expr:?}");
}

/// Of Ada (1), or of the person of whom nothing is known (4).
#[track_caller]
fn of_person(record: u32, cases: Vec<(Expr, Value)>) {
    for (expr, expected) in cases {
        check(PERSON, record, expr, expected);
    }
}

#[test]
fn one_null_counts_as_zero_in_arithmetic_and_two_give_null() {
    use Operation::*;
    let n = Value::Number;
    of_person(
        1,
        vec![
            (calculate(cell(AGE), Add, null()), n(36.0)),
            (calculate(null(), Subtract, cell(AGE)), n(-36.0)),
            (calculate(cell(AGE), Multiply, null()), n(0.0)),
            (calculate(null(), Divide, cell(AGE)), n(0.0)),
            (calculate(cell(AGE), Divide, null()), Value::Null),
            (calculate(cell(AGE), Divide, number(0.0)), Value::Null),
            (calculate(cell(AGE), Remainder, number(0.0)), Value::Null),
            (calculate(number(-7.5), Remainder, number(2.0)), n(-1.5)),
            (calculate(null(), Add, null()), Value::Null),
            (calculate(number(f64::MAX), Add, number(f64::MAX)), Value::Null),
            (calculate(calculate(number(f64::MAX), Multiply, number(2.0)), Add, number(1.0)), n(1.0)),
        ],
    );
}

#[test]
fn null_equals_null_and_the_empty_text_and_nothing_else() {
    use Relation::*;
    let yes = Value::Bool(true);
    let no = Value::Bool(false);
    of_person(
        4,
        vec![
            (compare(cell(NAME), Equal, null()), yes.clone()),
            (compare(cell(AGE), Equal, null()), yes.clone()),
            (compare(cell(AGE), NotEqual, number(0.0)), yes.clone()),
            (compare(cell(AGE), Less, number(1.0)), no.clone()),
            (compare(cell(AGE), LessOrEqual, cell(AGE)), no.clone()),
            (compare(text(""), Less, text("a")), yes.clone()),
            (compare(cell(ACTIVE), Equal, Expr::constant(Value::Bool(false))), no.clone()),
            (compare(cell(LEVEL), Equal, null()), yes.clone()),
        ],
    );
    of_person(
        1,
        vec![
            // By its number, not by its place among the options.
            (compare(cell(LEVEL), Greater, Expr::constant(Value::Choice(ChoiceId(1)))), yes),
            (compare(cell(NAME), Less, text("Aca")), no),
        ],
    );
}

#[test]
fn logic_has_two_values() {
    let yes = Value::Bool(true);
    of_person(
        4,
        vec![
            (Expr::Not(cell(AGE).into()), yes.clone()),
            (
                Expr::Or(vec![cell(NAME), number(0.0), text(""), null(), Expr::Not(Expr::Or(vec![]).into())]),
                yes.clone(),
            ),
            (Expr::And(vec![]), yes),
            (
                Expr::If { condition: cell(ACTIVE).into(), then: number(1.0).into(), otherwise: null().into() },
                Value::Null,
            ),
        ],
    );
}

#[test]
fn functions_of_texts_count_characters() {
    let n = Value::Number;
    of_person(
        1,
        vec![
            (call(Function::Length, vec![text("日本語é")]), n(4.0)),
            (call(Function::Index, vec![text("日本語"), text("語")]), n(2.0)),
            (call(Function::Index, vec![text("日本語"), text("x")]), n(-1.0)),
            (call(Function::Substring, vec![text("日本語é"), number(1.0), number(2.0)]), Value::text("本語")),
            (call(Function::Substring, vec![text("ab"), number(5.0), number(2.0)]), Value::text("")),
            (call(Function::Concatenate, vec![text("a"), null(), cell(NAME)]), Value::text("aAda")),
            (call(Function::Contains, vec![cell(NAME), text("d")]), Value::Bool(true)),
            (call(Function::Contains, vec![cell(NAME), text("D")]), Value::Bool(false)),
            (call(Function::ContainsFolded, vec![text("STRASSE"), text("aß")]), Value::Bool(true)),
            (call(Function::ContainsFolded, vec![null(), text("")]), Value::Bool(true)),
            (call(Function::EndsWith, vec![cell(NAME), text("da")]), Value::Bool(true)),
            (call(Function::StartsWith, vec![cell(NAME), text("")]), Value::Bool(true)),
            (call(Function::Length, vec![null()]), Value::Null),
        ],
    );
}

#[test]
fn parts_of_dates_are_right_before_1970_and_at_the_ends_of_time() {
    let n = Value::Number;
    let parts = |of: Expr, expected: [f64; 6]| {
        let functions =
            [Function::Year, Function::Quarter, Function::Month, Function::Week, Function::Day, Function::Weekday];
        let cases = functions.into_iter().zip(expected);
        of_person(1, cases.map(|(function, expected)| (call(function, vec![of.clone()]), n(expected))).collect());
    };
    // The examples of the language's reference.
    parts(day("2024-03-15"), [2024.0, 1.0, 3.0, 11.0, 15.0, 4.0]);
    parts(day("2024-12-30"), [2024.0, 4.0, 12.0, 1.0, 30.0, 0.0]);
    parts(day("1969-12-31"), [1969.0, 4.0, 12.0, 1.0, 31.0, 2.0]);
    parts(instant("1969-12-31T23:59:59.999Z"), [1969.0, 4.0, 12.0, 1.0, 31.0, 2.0]);
    parts(day("1900-02-28"), [1900.0, 1.0, 2.0, 9.0, 28.0, 2.0]);
    // The first and the last day that JavaScript can name: a Tuesday and a Saturday.
    parts(Expr::constant(Value::Date(-Day::FURTHEST)), [-271_821.0, 2.0, 4.0, 16.0, 20.0, 1.0]);
    parts(Expr::constant(Value::Date(Day::FURTHEST)), [275_760.0, 3.0, 9.0, 37.0, 13.0, 5.0]);
    let before = || instant("1969-12-31T23:59:58.999Z");
    of_person(
        1,
        vec![
            (call(Function::Hour, vec![before()]), n(23.0)),
            (call(Function::Second, vec![before()]), n(58.0)),
            (call(Function::DayOf, vec![before()]), Value::Date(-1)),
            (call(Function::BeginningOf, vec![day("1969-12-31")]), Value::Instant(-DAY_MS)),
            (call(Function::DaysBetween, vec![day("2024-01-31"), day("2024-01-01")]), n(-30.0)),
            (call(Function::DaysLater, vec![day("2024-03-01"), number(-1.9)]), Value::Date(19_782)),
            (call(Function::DaysLater, vec![Expr::constant(Value::Date(Day::FURTHEST)), number(1.0)]), Value::Null),
            (call(Function::DaysLater, vec![day("2024-03-01"), number(1e300)]), Value::Null),
            (
                call(
                    Function::Later,
                    vec![Expr::constant(Value::Time(DAY_MS - 1)), Expr::constant(Value::Duration(3_600_001))],
                ),
                Value::Time(3_600_000),
            ),
            (call(Function::Elapsed, vec![before(), instant("1970-01-01T00:00:00Z")]), Value::Duration(-1001)),
        ],
    );
}

#[test]
fn links_are_followed_in_both_directions() {
    let n = Value::Number;
    check(PERSON, 1, at_home(cell(TITLE)), Value::text("Rome"));
    check(PERSON, 4, at_home(cell(TITLE)), Value::Null);
    check(PERSON, 4, at_home(Expr::Not(cell(TITLE).into())), Value::Null);
    let through = Operand::Through { link: FieldId(HOME), slot: crate::field::Slot::plain(FieldId(TITLE)) };
    check(PERSON, 1, Expr::Cell(through), Value::text("Rome"));
    check(PERSON, 1, call(Function::Number, vec![cell(HOME)]), n(1.0));
    let old = || compare(cell(AGE), Relation::Greater, number(18.0));
    check(CITY, 1, over(Expr::always(), Gather::Count, Expr::always()), n(2.0));
    check(CITY, 1, over(old(), Gather::Sum, cell(AGE)), n(36.0));
    check(CITY, 1, over(Expr::always(), Gather::Average, cell(AGE)), n(17.25));
    check(CITY, 1, over(Expr::always(), Gather::CountFilled, cell(LEVEL)), n(1.0));
    check(CITY, 3, over(Expr::always(), Gather::Sum, cell(AGE)), Value::Null);
    check(CITY, 3, over(Expr::always(), Gather::Count, cell(AGE)), n(0.0));
    let friends = Expr::Over {
        link: FieldId(FRIENDS),
        table: PERSON,
        only: Expr::always().into(),
        function: Gather::Max,
        of: calculate(cell(AGE), Operation::Multiply, number(2.0)).into(),
    };
    check(PERSON, 1, friends, n(0.0));
}

#[test]
fn what_mixes_classes_or_reads_what_no_expression_can_is_refused_with_its_part() {
    let world = world();
    let deep = (0..crate::expr::MAX_DEPTH).fold(number(1.0), |inner, _| Expr::Not(inner.into()));
    let cases = [
        (compare(cell(AGE), Relation::Less, text("9")), "expression mixes a number with text"),
        (calculate(number(1.0), Operation::Add, cell(BORN)), "expression.right must be a number, not a date"),
        (cell(TAGS), "expression.Field 6 cannot stand in an expression: it is a list"),
        (cell(HOME_TITLE), "expression.Field 10 cannot stand in an expression: it has no column"),
        (cell(42), "No field 42"),
        (at_home(cell(AGES)), "expression.at.Field 3 cannot stand in an expression: it has no column"),
        (
            Expr::At { link: FieldId(HOME), table: PERSON, of: null().into() },
            "expression.Field 3 must refer to a record of an allowed table",
        ),
        (
            Expr::At { link: FieldId(NAME), table: CITY, of: null().into() },
            "expression.Field 1 must be a link to one record",
        ),
        (
            Expr::Over {
                link: FieldId(HOME),
                table: CITY,
                only: Expr::always().into(),
                function: Gather::Count,
                of: null().into(),
            },
            "expression.Field 3 must be a link to several records",
        ),
        (call(Function::Length, vec![cell(AGE)]), "expression.Length.0 must be text, not a number"),
        (call(Function::Length, vec![]), "expression.Length must have 1 arguments, not 0"),
        (
            call(Function::Substring, vec![cell(NAME), number(0.5), number(1.0)]),
            "expression.Substring.1 must be a whole number that is not negative",
        ),
        (
            call(Function::ContainsFolded, vec![cell(NAME), cell(NAME)]),
            "expression.ContainsFolded.1 must be a constant",
        ),
        (number(f64::NAN), "expression.constant must be a number"),
        (text("a\0b"), "expression.constant must not contain the character U+0000"),
        (Expr::constant(Value::Choices(vec![])), "expression.constant cannot be a list of options"),
        (
            Expr::Cell(Operand::Title(FieldId(HOME))),
            "expression.Field 3 cannot stand in an expression: titles are a list",
        ),
        (deep, "expression must not be nested deeper than 64 levels"),
    ];
    for (expr, expected) in cases {
        let refused = expr.class(&world.schema, PERSON).expect_err(expected);
        assert_eq!(refused.to_string(), expected);
        let query = Query { filter: Filter::Holds(expr.clone()), ..Query::table(PERSON) };
        assert!(select(&world, &query, &names()).is_err(), "{expr:?}");
    }
}

#[test]
fn each_expression_has_one_class() {
    let world = world();
    let cases = [
        (null(), None),
        (cell(AGE), Some(Class::Number)),
        (Expr::Cell(Operand::System(System::Id)), Some(Class::Integer)),
        (Expr::If { condition: null().into(), then: null().into(), otherwise: cell(BORN).into() }, Some(Class::Date)),
        (call(Function::Year, vec![cell(BORN)]), Some(Class::Integer)),
        (call(Function::DaysLater, vec![cell(BORN), number(1.0)]), Some(Class::Date)),
        (compare(cell(AGE), Relation::Equal, call(Function::Length, vec![cell(NAME)])), Some(Class::Bool)),
        (cell(OWNER), Some(Class::User)),
    ];
    for (expr, expected) in cases {
        assert_eq!(expr.class(&world.schema, PERSON), Ok(expected), "{expr:?}");
    }
}

#[test]
fn expressions_that_are_tests_become_tests() {
    use Relation::*;
    let test = |field, predicate| Filter::field(FieldId(field), predicate);
    let equals = |value| Predicate::Equals(value);
    let since = |iso: &str| Value::Date(Day::parse(iso).unwrap().0);
    let cases = [
        (compare(cell(AGE), Equal, number(3.0)), test(AGE, equals(Value::Number(3.0)))),
        (compare(number(3.0), Less, cell(AGE)), test(AGE, Predicate::Compare(Comparison::Greater, Value::Number(3.0)))),
        (compare(cell(NAME), NotEqual, text("")), test(NAME, Predicate::IsEmpty).negated()),
        (compare(cell(ACTIVE), Equal, Expr::constant(Value::Bool(true))), test(ACTIVE, equals(Value::Bool(true)))),
        (cell(ACTIVE), test(ACTIVE, equals(Value::Bool(true)))),
        (call(Function::ContainsFolded, vec![cell(NAME), text("ß")]), test(NAME, Predicate::Contains("ß".to_owned()))),
        (
            compare(call(Function::Number, vec![cell(HOME)]), Equal, number(2.0)),
            test(HOME, equals(Value::Reference(to(CITY, 2)))),
        ),
        (
            compare(call(Function::Year, vec![cell(BORN)]), Equal, number(2024.0)),
            Filter::And(vec![
                test(BORN, Predicate::Compare(Comparison::GreaterOrEqual, since("2024-01-01"))),
                test(BORN, Predicate::Compare(Comparison::Less, since("2025-01-01"))),
            ]),
        ),
        (
            Expr::And(vec![compare(cell(AGE), Equal, null()), Expr::Not(cell(ACTIVE).into())]),
            Filter::And(vec![test(AGE, Predicate::IsEmpty), test(ACTIVE, equals(Value::Bool(true))).negated()]),
        ),
    ];
    let world = world();
    for (expr, expected) in cases {
        let query = Query { filter: Filter::Holds(expr), ..Query::table(PERSON) };
        assert_eq!(query.simplified(&world.schema).filter, expected);
    }
    // To a test an unchecked box is empty, an empty text is no text, and options have a place.
    let others = [
        compare(cell(ACTIVE), Equal, Expr::constant(Value::Bool(false))),
        compare(cell(NAME), Less, text("b")),
        compare(cell(LEVEL), Greater, Expr::constant(Value::Choice(ChoiceId(1)))),
        compare(cell(AGE), Equal, text("3")),
        cell(AGE),
    ];
    for expr in others {
        let query = Query { filter: Filter::Holds(expr.clone()), ..Query::table(PERSON) };
        assert_eq!(query.simplified(&world.schema).filter, Filter::Holds(expr));
    }
}

#[test]
fn a_filter_with_expressions_is_stored_and_read_back() {
    let tested = Test { operand: Operand::expr(at_home(cell(TITLE))), predicate: Predicate::IsEmpty };
    let filter = Filter::And(vec![
        Filter::Holds(compare(calculate(cell(AGE), Operation::Add, number(0.1)), Relation::Less, null())),
        Filter::Test(tested),
    ]);
    let stored = serde_json::to_string(&filter).unwrap();
    assert_eq!(serde_json::from_str::<Filter>(&stored).unwrap(), filter, "{stored}");
}
