//! What an editor is offered where the cursor is; `|` marks it.

use super::world::{FUNCTIONS, schema};
use model::TableId;
use nx::complete::{Candidate, Completion, complete_with};
use nx::setting::Setting;

fn at(marked: &str, setting: Setting) -> Vec<Completion> {
    let cursor = marked.find('|').expect("a cursor");
    complete_with(&marked.replacen('|', "", 1), cursor, &schema(), setting, FUNCTIONS)
}

fn offered(marked: &str) -> Vec<String> {
    at(marked, Setting::EXEC).into_iter().map(|completion| completion.text).collect()
}

#[test]
fn tables_come_after_select_and_create() {
    assert_eq!(offered("select |"), ["Customers", "Invoices", "Items", "Tasks"]);
    assert_eq!(offered("cnt(select i|) + 1"), ["Invoices", "Items"]);
    assert_eq!(offered("create C|"), ["Customers"]);
}

#[test]
fn fields_come_after_a_point_and_in_a_context() {
    assert_eq!(offered("(select Customers).F|"), ["'First Name'"]);
    assert_eq!(offered("for c in select Customers do c.Inv| end"), ["Invoices"]);
    assert_eq!(offered("let r := first(select Invoices); r.Customer.E|"), ["Email"]);
    assert_eq!(offered("select Invoices where Am|"), ["Amount"]);
    assert_eq!(offered("(select Invoices).(let amt := 1; a|")[..3], ["amt", "Amount", "About"]);
    assert_eq!(offered("select Customers where 'First N|"), ["'First Name'"]);
    assert_eq!(offered("---Total: {sum((select Invoices).Am|"), ["Amount"]);
    assert_eq!(offered("parseJSON(\"\").a|"), Vec::<String>::new());
}

#[test]
fn variables_functions_and_keywords_come_elsewhere() {
    assert_eq!(offered("let subtotal := 1; function sub(a) do a end; su|"), ["subtotal", "sub", "sum", "substr"]);
    assert_eq!(offered("if true then wh|"), ["while", "where"]);
    let all = at("fi|", Setting::EXEC);
    assert_eq!(
        (all[0].text.as_str(), all[0].candidate, all[0].told.as_str()),
        ("first", Candidate::Function, "first(a)")
    );
    assert_eq!((all[0].replaces.start, all[0].replaces.end), (0, 2));
}

#[test]
fn a_formula_is_offered_the_fields_of_its_record() {
    let all = at("Pa|", Setting::formula(TableId(2)));
    assert_eq!(all[0].text, "Paid");
    assert_eq!(all[0].told, "checkbox of Invoices");
}

#[test]
fn nothing_is_offered_in_texts_remarks_and_numbers() {
    for marked in ["\"sel|", "// sel|", "/* sel|", "12|", "---sel|", "\"a\" + \"|"] {
        assert_eq!(offered(marked), Vec::<String>::new(), "{marked}");
    }
}

#[test]
fn a_script_that_breaks_off_is_told_from_one_that_is_wrong() {
    for open in
        ["sum((select Invoices", "for i in [1] do", "if true then", "\"a", "---a {1", "/* a", "let f := [1,", "{ a:"]
    {
        assert!(nx::syntax::is_unfinished(open), "{open}");
    }
    for whole in ["", "1 + 1", "if true then 1", "if true then 1 end", "for i in [1] do i end", "1 +", ")", "'a", "end"]
    {
        assert!(!nx::syntax::is_unfinished(whole), "{whole}");
    }
}
