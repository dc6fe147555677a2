//! What the host is asked: how often, and for how many rows.

use super::{Lowering, Setting, answer};
use nx::testing::MemoryHost;

/// Queries, rows handed out, rows tested by the evaluator.
fn asked(source: &str) -> (u64, u64, u64) {
    let (result, budget) = answer(source, &mut MemoryHost::sample(), Lowering::On, Setting::QUERY);
    assert!(!result.starts_with("failed"), "{source}: {result}");
    (budget.spent.queries, budget.spent.read, budget.spent.tested)
}

#[test]
fn what_the_store_can_say_is_one_query_and_hands_out_no_rows() {
    for source in [
        "cnt(select Invoices where Amount > 60)",
        "sum((select Invoices where Customer.'First Name' = \"Ada\").Amount)",
        "max((select Invoices).Date)",
        "avg((select Invoices).(Amount * 2))",
        "cnt((select Invoices).Customer.Age)",
        "cnt(select Customers where cnt(Invoices[Amount > 60]) > 0)",
        "cnt((select Customers where Status = \"Active\")[not Active or Age > 3])",
        "let least := 3; cnt(select Customers where Age > least * 2)",
        "let s := select Invoices where Amount > 1; cnt(s)",
    ] {
        assert_eq!(asked(source), (1, 0, 0), "{source}");
    }
}

#[test]
fn parts_of_a_selection_hand_out_no_more_than_themselves() {
    assert_eq!(asked("first(select Invoices order by -Amount)"), (1, 1, 0));
    assert_eq!(asked("last(select Invoices)"), (1, 1, 0));
    assert_eq!(asked("item(select Invoices, 2)"), (1, 1, 0));
    assert_eq!(asked("slice(select Invoices order by Amount, 1, 3)"), (1, 2, 0));
    assert_eq!(asked("(select Invoices where Amount > 60).Amount"), (1, 1, 0));
}

#[test]
fn what_stays_is_tested_over_the_rows_that_the_rest_lets_through() {
    assert_eq!(asked("cnt(select Invoices where Amount > 0 and testx(Number, \"1$\"))"), (1, 2, 2));
    assert_eq!(asked("sum((select Invoices where testx(Number, \"1$\")).Amount)"), (1, 4, 4));
}

#[test]
fn fields_of_records_in_a_loop_are_read_together() {
    assert_eq!(asked("for i in select Invoices do i.Amount end").0, 2);
    assert_eq!(asked("for i in select Invoices do i.Customer.'First Name' end").0, 3);
    assert_eq!(asked("for c in select Customers do sum(c.Invoices.Amount) end").0, 3);
    assert_eq!(asked("(select Invoices).(Customer.'First Name' + Number)"), (1, 4, 0));
}

#[test]
fn what_does_not_depend_on_the_turn_is_asked_once() {
    assert_eq!(asked("for i in range(10) do cnt(select Invoices) + i end").0, 1);
    assert_eq!(asked("for i in range(10) do cnt((select Invoices)[Amount > 1]) end").0, 1);
    assert_eq!(asked("(select Invoices).(sum((select Items).Price) + Amount)").0, 2);
    assert_eq!(asked("cnt(select Invoices where Amount > sum((select Items where Price > 80).Price))").0, 2);
    // What does depend on it is asked each time.
    assert_eq!(asked("for i in range(3) do cnt((select Invoices)[Amount > i]) end").0, 3);
}

#[test]
fn reverse_links_of_a_selection_are_one_query() {
    for source in [
        "cnt((select Customers where Age > 1).Invoices)",
        "sum((select Customers).Invoices.Amount)",
        "sum((select Customers).Invoices[Amount > 60].Items.Price)",
    ] {
        assert_eq!(asked(source), (1, 0, 0), "{source}");
    }
    assert_eq!(asked("(select Customers).Invoices"), (1, 3, 0));
    // Of one record: the record, and its links.
    assert_eq!(asked("cnt(first(select Customers).Invoices[Amount > 60])"), (2, 1, 0));
}

#[test]
fn a_formula_reads_its_record_once() {
    let mut host = MemoryHost::sample();
    let schema = std::sync::Arc::clone(&host.memory.schema);
    let source = "'First Name' + \" \" + 'Last Name' + Age + (if Active then Born else Email end)";
    let program = nx::compile(source, &schema, Setting::formula(nx::testing::CUSTOMERS)).expect("the formula is right");
    let ada = model::RecordAddress { table: nx::testing::CUSTOMERS, record: model::RecordId(1) };
    let mut budget = nx::Budget::new(nx::Limits::default());
    let value = nx::run(&program, &mut host, Some(ada), &mut budget).expect("it runs");
    assert!(matches!(value, nx::Value::Text(text) if text.as_ref() == "Ada Lovelace361988-02-29"));
    assert_eq!((budget.spent.queries, budget.spent.read), (1, 1));
}
