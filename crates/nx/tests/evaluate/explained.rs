//! What the explanation of a script tells.

use nx::Setting;
use nx::testing::MemoryHost;

fn explained(source: &str) -> String {
    let schema = MemoryHost::sample().memory.schema;
    let program = nx::compile(source, &schema, Setting::QUERY).expect("the script is right");
    nx::explain(&program, &schema).text(source, &schema)
}

#[test]
fn each_part_of_a_select_is_told_with_who_works_it_out() {
    let source = "let a := 5; sum((select Invoices where Amount > a and testx(Number, \"1\") order by Date).Amount)";
    let expected = "select Invoices: sum((select Invoices where Amount > a and testx(Number, \"1\") order by Date).Amount)\n  \
         where Amount > a -> store\n  \
         where testx(Number, \"1\") -> evaluator\n  \
         order Date -> evaluator\n  \
         column (select Invoices where Amount > a and testx(Number, \"1\") order by Date).Amount -> store\n  \
         sum() -> evaluator\n";
    assert_eq!(explained(source), expected);
}

#[test]
fn selects_within_conditions_have_plans_of_their_own() {
    let source = "cnt(select Customers where Age > max((select Items).Price))";
    let expected = "select Customers: cnt(select Customers where Age > max((select Items).Price))\n  \
         where Age > max((select Items).Price) -> store\n  \
         cnt() -> store\n\
         select Items: max((select Items).Price)\n  \
         column (select Items).Price -> store\n  \
         max() -> store\n";
    assert_eq!(explained(source), expected);
}
