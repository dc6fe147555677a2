//! Selections, paths, filters, maps and orders.

use super::check;

#[test]
fn a_selection_comes_by_number_and_conditions_narrow_it() {
    check(&[
        ("select Customers", "[\"A1\",\"A2\",\"A3\"]"),
        ("select Customers where Age > 10", "[\"A1\"]"),
        ("select Customers[Age = null]", "[\"A3\"]"),
        ("(select Invoices where Amount > 0)[Paid]", "[\"B1\"]"),
        ("select Invoices where Customer.'First Name' = \"Ada\"", "[\"B1\",\"B2\"]"),
        ("select Invoices where Customer = null", "[\"B4\"]"),
        ("let c := first(select Customers); select Invoices where Customer = c", "[\"B1\",\"B2\"]"),
        ("select Customers where cnt(Invoices) = 0", "[\"A3\"]"),
        ("select Customers where cnt(Invoices[Amount > 60]) > 0", "[\"A1\"]"),
        ("select Customers where Status = \"Active\"", "[\"A1\"]"),
        ("select Customers where Status = 1", "[\"A2\"]"),
        ("select Customers where Tags = \"vip\"", "[\"A1\"]"),
        ("select Customers where year(Born) = 1988", "[\"A1\"]"),
        ("select Customers where 'Last Name' like \"BÖ\"", "[\"A2\"]"),
        ("select Customers where Active = false", "[\"A2\"]"),
        ("select Customers where Active != true", "[\"A2\",\"A3\"]"),
    ]);
}

#[test]
fn a_path_has_an_entry_for_each_record_and_flattens_by_one_level() {
    check(&[
        ("(select Customers).Age", "[36,0,null]"),
        ("(select Customers).Tags", "[\"vip\",\"late\",\"new\"]"),
        ("(select Customers).Invoices", "[\"B1\",\"B2\",\"B3\"]"),
        ("(select Customers).Invoices.Items.Product", "[\"Pen\",\"Ink\",\"Paper\"]"),
        ("(select Invoices).Customer.'First Name'", "[\"Ada\",\"Ada\",\"bob\",null]"),
        ("(select Items).Invoice.Customer.Age", "[36,36,36]"),
        ("[cnt((select Customers).Age), length((select Customers).Age)]", "[2,3]"),
        ("null.Age", "null"),
        ("first(select Customers).Id", "\"A1\""),
        ("number(last(select Customers).Id)", "3"),
    ]);
}

#[test]
fn maps_run_in_each_item_and_single_records_give_single_values() {
    check(&[
        ("(select Customers).(Age + 1)", "[37,1,1]"),
        ("first(select Customers).('First Name' + \"!\")", "\"Ada!\""),
        (
            "(select Invoices).(let a := Amount; if a > 60 then \"big\" else \"small\" end)",
            "[\"big\",\"small\",\"small\",\"small\"]",
        ),
        ("(select Customers).{ n: 'First Name' }", "[{\"n\":\"Ada\"},{\"n\":\"bob\"},{\"n\":\"Émile\"}]"),
        ("(select Customers).(Invoices)", "[\"B1\",\"B2\",\"B3\"]"),
        ("let t := 0; (select Invoices).(t := t + Amount); t", "130.5"),
        ("let t := 0; cnt((select Invoices).(t := t + 1)); t", "4"),
        ("[1, 2].(this * 2)", "[2,4]"),
    ]);
}

#[test]
fn filters_see_the_item_and_what_is_around_it() {
    check(&[
        ("[1, 2, 3, 4][this > 2]", "[3,4]"),
        ("first(select Customers)[Age > 1]", "[\"A1\"]"),
        ("null[this > 1]", "[]"),
        ("(select Customers).(let own := this; cnt((select Invoices)[Customer = own]))", "[2,1,0]"),
        ("(select Customers).(let a := Age; cnt(Invoices[Amount > a]))", "[2,0,0]"),
    ]);
}

#[test]
fn orders_are_stable_and_put_null_first() {
    check(&[
        ("(select Customers order by Age).'First Name'", "[\"Émile\",\"bob\",\"Ada\"]"),
        ("(select Customers order by -Age).'First Name'", "[\"Émile\",\"Ada\",\"bob\"]"),
        ("(select Customers order by 'First Name').'First Name'", "[\"Ada\",\"bob\",\"Émile\"]"),
        ("(select Customers order by -Born).'First Name'", "[\"Émile\",\"bob\",\"Ada\"]"),
        ("(select Customers order by Status)", "[\"A3\",\"A2\",\"A1\"]"),
        ("(select Invoices order by Number order by Customer.'First Name')", "[\"B4\",\"B1\",\"B2\",\"B3\"]"),
        ("[3, null, 1] order by this", "[null,1,3]"),
        ("slice(select Invoices order by -Amount, 1, 3)", "[\"B1\",\"B2\"]"),
        ("last(select Invoices order by Amount)", "\"B1\""),
        ("item(select Invoices order by Amount, 1)", "\"B4\""),
        ("first((select Invoices order by -Amount)[Amount < 60]).Amount", "50.5"),
        ("first((select Invoices order by -Amount)[not (Amount >= 60)]).Amount", "null"),
    ]);
}

#[test]
fn aggregates_of_nothing_are_null_and_skip_nulls() {
    check(&[
        ("sum((select Invoices).Amount)", "130.5"),
        ("avg((select Invoices).Amount)", "43.5"),
        ("min((select Invoices).Amount)", "-20"),
        ("max((select Invoices).Date)", "\"2024-02-29\""),
        ("sum((select Invoices where Amount > 1000).Amount)", "null"),
        ("cnt(select Invoices where Amount > 1000)", "0"),
        ("sum((select Invoices).(Amount * 2))", "261"),
        ("unique((select Invoices).Customer)", "[\"A1\",\"A2\",null]"),
        ("unique((select Items).Quantity)", "[10,1,5]"),
        ("sum((select Customers).Invoices.Amount)", "150.5"),
        ("(select Customers).(sum(Invoices.Amount))", "[150.5,null,null]"),
    ]);
}
