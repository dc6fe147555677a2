//! Expressions as they are printed: the shapes that matter to the planner and to the last bit.

use super::*;
use model::Expr;
use model::expr::{Function, Gather, Operation, Relation};

/// Of a person: the companies that point at them.
const COMPANIES: FieldId = FieldId(2);

fn cell(field: FieldId) -> Expr {
    Expr::Cell(Operand::Slot(Slot::plain(field)))
}

fn constant(value: Value) -> Expr {
    Expr::constant(value)
}

fn number(number: f64) -> Expr {
    constant(Value::Number(number))
}

fn compare(left: Expr, relation: Relation, right: Expr) -> Expr {
    Expr::Compare { relation, left: left.into(), right: right.into() }
}

fn calculate(left: Expr, operation: Operation, right: Expr) -> Expr {
    Expr::Calculate { operation, left: left.into(), right: right.into() }
}

fn at_person(of: Expr) -> Expr {
    Expr::At { link: PERSON, table: TableId(2), of: of.into() }
}

fn count_of(link: FieldId, table: TableId, only: Expr) -> Expr {
    Expr::Over { link, table, only: only.into(), function: Gather::Count, of: Expr::always().into() }
}

/// The condition of a table in a flavor.
fn condition(table: u32, flavor: Flavor, expr: &Expr) -> String {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let key = DatabaseKey::parse("abcdefghijkl").unwrap();
    let mut catalog = format::prepare_file(&connection, key, 0).unwrap().catalog;
    let [companies, mut people] = definitions();
    let reverse = model::kind::reverse::Reverse { table: TableId(1), field: PERSON };
    people.fields.push(field(2, "Companies", Kind::Reverse(reverse)));
    [companies, people].into_iter().for_each(|table| catalog.put_table(table, Physical::Own));
    let query = Query { filter: Filter::Holds(expr.clone()), ..Query::table(TableId(table)) };
    let query = query.simplified(&catalog.schema);
    let mut printer = Printer::new(&catalog, flavor);
    let scope = printer.scope(TableId(table)).unwrap();
    let conditions = Conditions::of(&mut printer, &scope, &query).unwrap();
    assert!(conditions.judge.is_none(), "SQL can say the conditions");
    conditions.sql.trim_start_matches(" WHERE ").to_owned()
}

#[track_caller]
fn check_expr(table: u32, expr: Expr, expected: &str) {
    assert_eq!(condition(table, Flavor::Sqlite, &expr), expected);
}

#[test]
fn a_comparison_of_a_cell_with_a_constant_is_a_test() {
    let open = constant(Value::Choice(model::ChoiceId(1)));
    let both = Expr::And(vec![
        compare(cell(STATUS), Relation::Equal, open),
        compare(number(10.0), Relation::Less, cell(REVENUE)),
    ]);
    check_expr(1, both, "t1.f2 = ?1 AND t1.f3 > ?2");
    check_expr(1, compare(cell(NAME), Relation::Equal, constant(Value::Null)), "(t1.f1 IS NULL OR t1.f1 = '')");
    check_expr(1, compare(cell(NAME), Relation::NotEqual, constant(Value::text("x"))), "(t1.f1 = ?1) IS NOT TRUE");
}

#[test]
fn logic_of_expressions_is_two_valued() {
    let dearer = || compare(cell(REVENUE), Relation::Greater, calculate(cell(REVENUE), Operation::Add, number(1.0)));
    check_expr(1, Expr::Not(dearer().into()), "(t1.f3 > (coalesce(t1.f3, 0.0) + ?1)) IS NOT TRUE");
    check_expr(
        1,
        compare(cell(NAME), Relation::Equal, at_person(cell(NAME))),
        "coalesce(t1.f1, '') = coalesce((SELECT r1.f1 FROM t2 AS r1 WHERE r1.id = t1.f5 - 8589934592), '')",
    );
}

#[test]
fn a_count_against_nothing_asks_whether_there_is_one() {
    let count = || count_of(COMPANIES, TableId(1), Expr::always());
    let there = "EXISTS (SELECT 1 FROM t1 AS r1 WHERE r1.f5 = t2.id + 8589934592)";
    check_expr(2, count(), there);
    check_expr(2, compare(count(), Relation::Greater, number(0.0)), there);
    check_expr(2, compare(number(1.0), Relation::LessOrEqual, count()), there);
    check_expr(2, compare(count(), Relation::Equal, number(0.0)), &format!("NOT {there}"));
    check_expr(2, compare(count(), Relation::Less, number(-1.0)), "FALSE");
    check_expr(
        2,
        compare(count(), Relation::Greater, number(1.0)),
        "(SELECT count(*) FROM t1 AS r1 WHERE r1.f5 = t2.id + 8589934592) > ?1",
    );
    let done = count_of(COMPANIES, TableId(1), cell(DONE));
    check_expr(2, done, "EXISTS (SELECT 1 FROM t1 AS r1 WHERE r1.f5 = t2.id + 8589934592 AND r1.f9 <> 0)");
    check_expr(
        1,
        count_of(FRIENDS, TableId(2), Expr::always()),
        "EXISTS (SELECT 1 FROM l1_6 AS r1, t2 AS r2 WHERE r1.owner = t1.id AND r2.id = r1.target - 8589934592)",
    );
}

#[test]
fn an_equality_at_a_linked_record_is_found_from_its_side() {
    check_expr(
        1,
        compare(at_person(cell(NAME)), Relation::Equal, constant(Value::text("Ann"))),
        "t1.f5 IN (SELECT r1.id + 8589934592 FROM t2 AS r1 WHERE r1.f1 = ?1)",
    );
    let number_of = Expr::Call { function: Function::Number, arguments: vec![cell(PERSON)] };
    check_expr(1, compare(number_of, Relation::Equal, number(3.0)), "t1.f5 = ?1");
}

#[test]
fn expressions_that_are_tests_use_the_indexes_of_tests() {
    let both = Expr::And(vec![
        compare(cell(STATUS), Relation::Equal, constant(Value::Choice(model::ChoiceId(1)))),
        compare(cell(REVENUE), Relation::Greater, number(10.0)),
    ]);
    let by_revenue = Sort { by: Operand::expr(cell(REVENUE)), ..sort(REVENUE, Direction::Descending) };
    let query = Query { filter: Filter::Holds(both), sort: vec![by_revenue], ..companies() };
    let query = query.simplified(&catalog().schema).into_owned();
    let steps = plan(&[(STATUS, false, false), (REVENUE, false, true)], &query);
    assert_eq!(steps, ["SEARCH t1 USING COVERING INDEX i1_2_3d (f2=? AND f3>?)"]);
}

#[test]
fn an_equality_at_a_linked_record_uses_the_index_of_the_link() {
    let equal = compare(at_person(cell(NAME)), Relation::Equal, constant(Value::text("Ann")));
    let steps = plan(&[(PERSON, false, false)], &Query { filter: Filter::Holds(equal), ..companies() });
    assert!(steps[0].starts_with("SEARCH t1 USING COVERING INDEX i1_5 (f5=?)"), "{steps:?}");
}

#[test]
fn what_is_needed_twice_is_worked_out_once() {
    let doubled = (0..20).fold(cell(REVENUE), |inner, _| calculate(inner.clone(), Operation::Multiply, cell(REVENUE)));
    for flavor in [Flavor::Sqlite, Flavor::Postgres] {
        let printed = condition(1, flavor, &doubled);
        assert!(printed.len() < 20 * 1000, "{} characters for {flavor:?}", printed.len());
    }
    check_expr(
        1,
        calculate(cell(REVENUE), Operation::Add, cell(REVENUE)),
        "CASE coalesce(t1.f3 + t1.f3, t1.f3, t1.f3) WHEN 9e999 THEN NULL WHEN -9e999 THEN NULL \
         ELSE coalesce(t1.f3 + t1.f3, t1.f3, t1.f3) END <> 0",
    );
}

#[test]
fn postgresql_is_told_the_types_and_the_order_of_texts() {
    let longer =
        Expr::Call { function: Function::Concatenate, arguments: vec![cell(NAME), constant(Value::text("x"))] };
    assert_eq!(
        condition(1, Flavor::Postgres, &compare(longer, Relation::Less, constant(Value::text("y")))),
        "(coalesce(t1.f1, '') || (?1::text COLLATE \"C\")) < (?2::text COLLATE \"C\")"
    );
    assert_eq!(
        condition(1, Flavor::Postgres, &calculate(number(1.0), Operation::Divide, number(4.0))),
        "(?1::double precision / nullif(?2::double precision, 0)) <> 0"
    );
}

#[test]
fn an_expression_as_deep_and_as_wide_as_it_may_be_is_understood() {
    let places = |n: usize| (0..n).map(|_| compare(cell(NAME), Relation::Less, cell(NAME))).collect::<Vec<Expr>>();
    let deep = |wrap: &dyn Fn(Expr) -> Expr, of: Expr, times: usize| (0..times).fold(of, |inner, _| wrap(inner));
    let name = || cell(NAME);
    let conditions = [
        Expr::And(places(600)),
        deep(&|inner| Expr::Not(inner.into()), cell(DONE), 60),
        deep(&|inner| calculate(inner, Operation::Multiply, cell(REVENUE)), cell(REVENUE), 60),
        deep(&|inner| calculate(number(2.0), Operation::Remainder, inner), cell(REVENUE), 60),
        deep(
            &|inner| Expr::If { condition: inner.into(), then: cell(DONE).into(), otherwise: cell(DONE).into() },
            cell(DONE),
            60,
        ),
        Expr::Call { function: Function::Concatenate, arguments: vec![name(); 1_900] },
    ];
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let connection = sqlite::open(&folder.path().join("deep.db"), Mode::Write, Durability::Normal).unwrap();
    connection.execute_batch("CREATE TABLE t1 (id INTEGER, f1 TEXT, f3 REAL, f5 INTEGER, f9 INTEGER)").unwrap();
    for expr in conditions {
        let query = Query { filter: Filter::Holds(expr), ..companies() };
        let query = query.simplified(&catalog.schema);
        let mut printer = Printer::new(&catalog, Flavor::Sqlite);
        let scope = printer.scope(TableId(1)).unwrap();
        let conditions = Conditions::of(&mut printer, &scope, &query).unwrap();
        let prepared = connection.prepare(&format!("SELECT id FROM t1{}", conditions.sql));
        assert!(
            prepared.is_ok(),
            "{:?}",
            prepared.err().map(|error| error.to_string().chars().take(200).collect::<String>())
        );
    }
}
