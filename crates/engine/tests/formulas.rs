//! Formulas: worked out with every write that touches what they read, on whatever way.

mod script_support;

use model::change::{Change, Children, FieldPatch, RecordSet};
use model::kind::formula::{Formula, FormulaResult};
use model::kind::{Class, Kind};
use model::{Error, FieldId, RecordId, Value};
use script_support::*;

fn numbers(values: &[f64]) -> Vec<Value> {
    values.iter().map(|number| Value::Number(*number)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_is_worked_out_for_records_that_are_there_and_for_those_that_come() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(5.0)), (QUANTITY, Value::Number(3.0))], &[]]).await;
    let total = bench.add_field(INVOICES, formula_field("Total", "Price * Quantity")).await.expect("a formula");
    assert_eq!(bench.column(INVOICES, total).await, [Value::Number(15.0), Value::Null]);
    bench.create(INVOICES, &[&[(PRICE, Value::Number(2.0)), (QUANTITY, Value::Number(4.0))]]).await;
    bench.set(INVOICES, 2, PRICE, Value::Number(7.0)).await;
    assert_eq!(bench.column(INVOICES, total).await, numbers(&[15.0, 0.0, 8.0]), "one null counts as 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_values_have_the_class_that_its_script_gives() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(TITLE, Value::text("a")), (PRICE, Value::Number(1.5))]]).await;
    let cases = [
        ("Price + 1", FormulaResult::Number, Value::Number(2.5)),
        ("Title + \": \" + Price", FormulaResult::Text, Value::text("a: 1.5")),
        ("Price > 1", FormulaResult::Boolean, Value::Bool(true)),
        ("date(2024, 2, 30)", FormulaResult::Date, Value::Date(19_783)),
        ("time(1, 0)", FormulaResult::Time, Value::Time(3_600_000)),
        ("[Title, Title]", FormulaResult::Text, Value::text("a, a")),
    ];
    for (number, (script, result, value)) in cases.into_iter().enumerate() {
        let field = bench.add_field(INVOICES, formula_field(&format!("F{number}"), script)).await.expect(script);
        assert_eq!(bench.column(INVOICES, field).await, [value], "{script}");
        let of = move |view: &mut engine::View<'_>| Ok(view.table(INVOICES)?.field(field)?.kind.clone());
        let kind = bench.engine.read(&bench.actor, bench.database, engine::Weight::Point, of).await.expect("a kind");
        assert!(matches!(kind, Kind::Formula(Formula { result: found, .. }) if found == result), "{script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_formulas_over_references_and_back() {
    let bench = bench().await;
    bench.create(CUSTOMERS, &[&[(DISCOUNT, Value::Number(10.0))], &[(DISCOUNT, Value::Number(50.0))]]).await;
    let price = |n: f64| (PRICE, Value::Number(n));
    bench.create(INVOICES, &[&[price(100.0), (CUSTOMER, customer(1))], &[price(200.0), (CUSTOMER, customer(1))]]).await;
    let script = "Price * (100 - Customer.Discount) / 100";
    let net = bench.add_field(INVOICES, formula_field("Net", script)).await.expect("a formula");
    let sum = bench.add_field(CUSTOMERS, formula_field("Sum", "sum(Invoices.Net)")).await.expect("built on another");
    let count = bench.add_field(CUSTOMERS, formula_field("Count", "cnt(Invoices)")).await.expect("a formula");
    assert_eq!(bench.column(INVOICES, net).await, numbers(&[90.0, 180.0]));
    assert_eq!(bench.column(CUSTOMERS, sum).await, [Value::Number(270.0), Value::Null], "the sum of nothing is null");

    bench.set(CUSTOMERS, 1, DISCOUNT, Value::Number(20.0)).await;
    assert_eq!(bench.column(INVOICES, net).await, numbers(&[80.0, 160.0]));
    assert_eq!(bench.column(CUSTOMERS, sum).await, [Value::Number(240.0), Value::Null]);

    bench.set(INVOICES, 2, CUSTOMER, customer(2)).await;
    assert_eq!(bench.column(INVOICES, net).await, numbers(&[80.0, 100.0]));
    assert_eq!(bench.column(CUSTOMERS, sum).await, numbers(&[80.0, 100.0]), "both sides of a link");
    assert_eq!(bench.column(CUSTOMERS, count).await, numbers(&[1.0, 1.0]));

    let gone = RecordSet::of([RecordId(2)]);
    let delete = Change::DeleteRecords { table: INVOICES, records: gone, children: Children::Delete };
    bench.write(vec![delete]).await.expect("a deletion");
    assert_eq!(bench.column(CUSTOMERS, count).await, numbers(&[1.0, 0.0]));
    bench.undo().await.expect("an undo");
    assert_eq!(bench.column(CUSTOMERS, sum).await, numbers(&[80.0, 100.0]), "undo works them out again");
}

#[tokio::test(flavor = "multi_thread")]
async fn renaming_what_a_formula_reads_changes_nothing() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(5.0))]]).await;
    let double = bench.add_field(INVOICES, formula_field("Double", "Price * 2")).await.expect("a formula");
    let patch = FieldPatch { name: Some("Cost per piece".to_owned()), ..FieldPatch::default() };
    bench
        .write(vec![Change::EditField { table: INVOICES, field: PRICE, patch: Box::new(patch) }])
        .await
        .expect("a name");
    bench.set(INVOICES, 1, PRICE, Value::Number(6.0)).await;
    assert_eq!(bench.column(INVOICES, double).await, numbers(&[12.0]));
    let source = move |view: &mut engine::View<'_>| match &view.table(INVOICES)?.field(double)?.kind {
        Kind::Formula(formula) => Ok(view.script_source(&formula.script)),
        other => panic!("{other:?}"),
    };
    let source = bench.engine.read(&bench.actor, bench.database, engine::Weight::Point, source).await.expect("it");
    assert_eq!(source, "'Cost per piece' * 2", "it is shown with the new name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_that_reads_what_is_deleted_is_empty_until_it_is_back() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(5.0))]]).await;
    let double = bench.add_field(INVOICES, formula_field("Double", "Price * 2")).await.expect("a formula");
    bench.write(vec![Change::DeleteField { table: INVOICES, field: PRICE }]).await.expect("a deletion");
    assert_eq!(bench.column(INVOICES, double).await, [Value::Null]);
    bench.undo().await.expect("an undo");
    assert_eq!(bench.column(INVOICES, double).await, numbers(&[10.0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_formula_builds_on_may_change_its_class() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(5.0))]]).await;
    let price = bench.add_field(INVOICES, formula_field("P", "Price + 1")).await.expect("a formula");
    let next = bench.add_field(INVOICES, formula_field("N", "P + 1")).await.expect("built on it");
    assert_eq!(bench.column(INVOICES, next).await, numbers(&[7.0]));
    let kind = Kind::Formula(Formula::new("text", "\"x\" + Price"));
    let patch = FieldPatch { settings: Some(kind), ..FieldPatch::default() };
    bench.write(vec![Change::EditField { table: INVOICES, field: price, patch: Box::new(patch) }]).await.expect("text");
    assert_eq!(bench.column(INVOICES, next).await, [Value::text("x51")]);
    bench.undo().await.expect("an undo");
    assert_eq!(bench.column(INVOICES, next).await, numbers(&[7.0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_cannot_build_on_itself_nor_be_written_nor_read_what_is_not_there() {
    let bench = bench().await;
    let first = bench.add_field(INVOICES, formula_field("A", "Price + 1")).await.expect("a formula");
    bench.add_field(INVOICES, formula_field("B", "A + 1")).await.expect("built on it");
    let kind = Kind::Formula(Formula::new("B + 1", "B + 1"));
    let patch = FieldPatch { settings: Some(kind), ..FieldPatch::default() };
    let circle = bench.write(vec![Change::EditField { table: INVOICES, field: first, patch: Box::new(patch) }]).await;
    let said = circle.expect_err("a circle").to_string();
    assert!(said.contains("builds on itself"), "{said}");
    let unknown = bench.add_field(INVOICES, formula_field("C", "Amount + 1")).await.expect_err("no such field");
    assert!(unknown.to_string().contains("Amount"), "{unknown}");
    let writing = bench.add_field(INVOICES, formula_field("D", "Price := 1")).await;
    assert!(matches!(writing, Err(Error::Invalid(_))), "{writing:?}");
    let values = vec![(model::Slot::plain(first), Value::Number(1.0))];
    let update = model::change::RecordUpdate { record: RecordId(1), values };
    bench.create(INVOICES, &[&[]]).await;
    let refused = bench.write(vec![Change::UpdateRecords { table: INVOICES, updates: vec![update] }]).await;
    assert!(refused.expect_err("computed").to_string().contains("is computed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_sorted_by_formulas() {
    let bench = bench().await;
    let price = |n: f64| [(PRICE, Value::Number(n))];
    bench.create(INVOICES, &[&price(3.0), &price(1.0), &price(2.0)]).await;
    bench.add_field(INVOICES, formula_field("Square", "Price * Price")).await.expect("a formula");
    let found = bench.query("(select Invoices where Square > 1 order by Square).Price").await.expect("a list");
    assert_eq!(found, serde_json::json!([2, 3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_over_a_whole_table_follows_it() {
    let bench = bench().await;
    bench.create(CUSTOMERS, &[&[]]).await;
    let script = "cnt(select Invoices where Paid)";
    let paid: FieldId = bench.add_field(CUSTOMERS, formula_field("Paid", script)).await.expect("a formula");
    bench.create(INVOICES, &[&[(PAID, Value::Bool(true))], &[]]).await;
    assert_eq!(bench.column(CUSTOMERS, paid).await, numbers(&[1.0]));
    bench.set(INVOICES, 2, PAID, Value::Bool(true)).await;
    assert_eq!(bench.column(CUSTOMERS, paid).await, numbers(&[2.0]));
}

#[test]
fn a_formula_that_was_stored_before_there_were_scripts_reads_as_one_without() {
    let old: Kind = serde_json::from_str(r#"{"formula":{"expression":"{fldX} + 1"}}"#).expect("a formula");
    assert!(matches!(&old, Kind::Formula(formula) if formula.script.is_empty()));
    assert_eq!(old.class(), Class::Text);
}
