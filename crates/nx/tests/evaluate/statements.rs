//! Blocks, variables, choices, loops, functions.

use super::{check, query};

#[test]
fn a_block_gives_its_last_statement_and_an_assignment_what_it_assigned() {
    check(&[
        ("1; 2; 3", "3"),
        ("", "null"),
        ("let x := 5", "5"),
        ("let x := 1; x := x + 1", "2"),
        ("let x := 1; (let x := 2; x); x", "1"),
        ("function f() do 1 end", "null"),
        ("let i := 0; while i < 3 do i := i + 1 end", "null"),
    ]);
}

#[test]
fn conditions_choose_by_truth() {
    check(&[
        ("if 0 then 1 else 2 end", "2"),
        ("if \"\" then 1 end", "null"),
        ("if [] then 1 else 2 end", "2"),
        ("if \"0\" then 1 else 2 end", "1"),
        ("switch 2 do case 1: \"a\" case 2: \"b\" default: \"c\" end", "\"b\""),
        ("switch 9 do case 1: \"a\" end", "null"),
        ("switch true do case 1 > 2: \"a\" case 2 > 1: \"b\" end", "\"b\""),
        ("null and 1", "false"),
        ("null or 1", "true"),
        ("not null", "true"),
    ]);
}

#[test]
fn loops_give_arrays_and_break_leaves_the_innermost() {
    check(&[
        ("for x in [1, 2, 3] do x * 2 end", "[2,4,6]"),
        ("for x in [1, null] do x end", "[1,null]"),
        ("for x in [1, 2] do [x, x] end", "[[1,1],[2,2]]"),
        ("for x in null do x end", "[]"),
        ("for x in 7 do x end", "[7]"),
        ("for i from 0 to 3 do i end", "[0,1,2]"),
        ("for i from 3 to 0 step -1 do i end", "[3,2,1]"),
        ("for i from 0 to 1 step 0.25 do i end", "[0,0.25,0.5,0.75]"),
        ("for x in [1, 2, 3] do if x = 2 then break end; x end", "[1]"),
        ("for x in [1, 2] do for y in [1, 2, 3] do if y > x then break end; y end end", "[[1],[1,2]]"),
        ("let n := 0; while true do n := n + 1; if n > 4 then break end end; n", "5"),
        ("join(for x in [1, 2] do \"a\" + x end, \", \")", "\"a1, a2\""),
    ]);
    assert!(query("for i from 0 to 3 step 0 do i end").contains("step"));
}

#[test]
fn functions_see_the_scripts_variables_and_themselves() {
    check(&[
        ("function f(n) do if n < 2 then 1 else n * f(n - 1) end end; f(10)", "3628800"),
        ("let g := 2; function f(n) do n * g end; g := 3; f(4)", "12"),
        ("function f(a, b) do b end; f(1)", "null"),
        (
            "function a(n) do if n = 0 then \"even\" else b(n - 1) end end; function b(n) do if n = 0 then \"odd\" else a(n - 1) end end; a(7)",
            "\"odd\"",
        ),
        ("function sel() do select Invoices where Amount > 60 end; cnt(sel())", "1"),
        ("function of(least) do select Invoices where Amount > least end; sum(of(0).Amount)", "150.5"),
    ]);
}

#[test]
fn literals_and_templates_are_put_together() {
    check(&[
        ("{ a: 1, 'b c': [1, 2], \"d\": { e: null } }", "{\"a\":1,\"b c\":[1,2],\"d\":{\"e\":null}}"),
        ("let n := \"Ada\"; ---Hi {n}, {1 + 1} times{null}!---", "\"Hi Ada, 2 times!\""),
        ("let o := { a: { b: 5 } }; o.a.b", "5"),
        ("let o := [{ k: 1 }, { k: 2 }, { j: 3 }]; o.k", "[1,2,null]"),
        ("let o := [{ k: 1 }, { k: 2 }]; o[k = 2].k", "[2]"),
        ("let o := [{ k: 3 }, { k: 1 }]; (o order by k).k", "[1,3]"),
    ]);
}

#[test]
fn a_variable_keeps_what_was_selected_when_it_was_set() {
    check(&[
        ("let least := 60; let s := select Invoices where Amount > least; least := 1000; cnt(s)", "1"),
        ("let s := select Invoices; [cnt(s), sum(s.Amount), length(s)]", "[4,130.5,4]"),
        ("let s := select Invoices where testx(Number, \"[12]$\"); s.(cnt(s) + length(Number))", "[8,8]"),
    ]);
}
