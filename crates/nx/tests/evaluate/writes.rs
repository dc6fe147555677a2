//! Scripts that write.

use super::{Lowering, Setting, answer};
use nx::testing::MemoryHost;

/// What a script that writes gives, and how many changes it made.
fn exec(source: &str) -> (String, u64) {
    let run = |lowering| {
        let (result, budget) = answer(source, &mut MemoryHost::sample(), lowering, Setting::EXEC);
        (result, budget.spent.writes)
    };
    let (on, off) = (run(Lowering::On), run(Lowering::Off));
    assert_eq!(on, off, "{source}");
    on
}

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(&exec(source).0, expected, "{source}");
    }
}

#[test]
fn what_is_written_is_seen_by_what_follows() {
    check(&[
        ("create Customers", "\"A4\""),
        ("let c := create Customers; c.Age := 7; c.Age", "7"),
        ("let before := cnt(select Customers); create Customers; [before, cnt(select Customers)]", "[3,4]"),
        ("let all := select Customers; create Customers; cnt(all)", "3"),
        ("let c := create Customers; c.('First Name' := \"Zoë\"; Age := 3); [c.'First Name', c.Age]", "[\"Zoë\",3]"),
        ("let c := first(select Customers); let a := c.Age; c.Age := a + 1; c.Age", "37"),
        ("delete (select Invoices where Amount > 0); cnt(select Invoices)", "2"),
        ("delete first(select Invoices)", "null"),
    ]);
}

#[test]
fn a_value_is_converted_to_what_the_field_keeps() {
    check(&[
        ("let c := first(select Customers); c.Age := \"41\"; c.Age", "41"),
        ("let c := first(select Customers); c.Status := \"Lost\"; number(c.Status)", "3"),
        ("let i := last(select Invoices); i.Customer := 2; i.Customer", "\"A2\""),
        ("let c := first(select Customers); c.Age := null; c.Age", "null"),
    ]);
    assert!(exec("first(select Customers).Status := \"Nothing\"").0.contains("Status"));
}

#[test]
fn an_assignment_through_an_array_is_one_change_for_all_its_records() {
    assert_eq!(exec("(select Customers).Age := 5; (select Customers).Age"), ("[5,5,5]".to_owned(), 1));
    assert_eq!(exec("(select Customers).(Age := Age + 1); (select Customers).Age"), ("[37,1,1]".to_owned(), 1));
    // The second of two writes to one record sees the first.
    let twice = "let c := first(select Customers); [c, c].(Age := Age + 1); c.Age";
    assert_eq!(exec(twice).0, "38");
}

#[test]
fn nothing_is_worked_out_once_that_a_loop_changes() {
    check(&[
        ("for i in range(3) do create Invoices; cnt(select Invoices) end", "[5,6,7]"),
        ("let n := 0; while cnt(select Customers) < 5 do create Customers; n := n + 1 end; n", "2"),
        ("for c in select Customers do c.Age := cnt((select Customers)[Age = 9]) + 9 end", "[9,10,10]"),
    ]);
}
