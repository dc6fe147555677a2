//! The grammar, rule by rule: sections 3 and 5 of the language's specification. The right side is canonical text, which
//! shows by its parentheses and `end`s how a script was understood.

use super::sources::{canonical, mistakes, read};
use nx::syntax::ast::ExprKind;

/// The value of a script that is one text.
fn text(source: &str) -> String {
    match &read(source).expect(source).statements[0].kind {
        ExprKind::Text(text) => text.to_string(),
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn comments_and_line_breaks_only_separate() {
    assert_eq!(canonical("1 // one\n + /* two\nlines */ 2"), "1 + 2");
    assert_eq!(canonical("\u{feff}a\r\n.\tb"), "a.b");
    assert_eq!(canonical("\"a remark\"; 1"), "\"a remark\"; 1");
    assert_eq!(mistakes("1 /* never"), ["this comment is not closed: `*/` ends it"]);
}

#[test]
fn numbers_have_no_sign() {
    for (source, expected) in [("42", "42"), ("3.14", "3.14"), (".5", "0.5"), ("1e3", "1000"), ("2E-2", "0.02")] {
        assert_eq!(canonical(source), expected);
    }
    assert_eq!(canonical("1e300"), "1e300");
    assert_eq!(canonical("a - -1"), "a - -1");
    assert_eq!(mistakes("1e999"), ["this number is too large"]);
    assert_eq!(mistakes("1.").len(), 1);
}

#[test]
fn a_text_doubles_its_quotes_and_keeps_most_backslashes() {
    assert_eq!(text(r#""say ""hi""""#), r#"say "hi""#);
    assert_eq!(text("\"two\nlines\""), "two\nlines");
    assert_eq!(text(r#""a\nb\tc\rd""#), "a\nb\tc\rd");
    assert_eq!(text(r#""\d+\.\\""#), r"\d+\.\\");
    assert_eq!(mistakes("\"never"), ["this text is not closed: `\"` ends it"]);
}

#[test]
fn a_template_keeps_its_text_and_has_blocks() {
    assert_eq!(canonical("---Hi {name}, \"you\"\n---"), "---Hi {name}, \"you\"\n---");
    assert_eq!(canonical("---{ let x := 1; x }---"), "---{let x := 1; x}---");
    assert_eq!(canonical("---{ \"}\" }{ 'a}b' }{ {k: 1} }---"), "---{\"}\"}{'a}b'}{{k: 1}}---");
    assert_eq!(canonical("---a { ---b {c}--- } d---"), "---a {---b {c}---} d---");
    assert_eq!(canonical("------"), "------");
    assert_eq!(
        mistakes("a---b"),
        ["this template is not closed: `---` ends it"],
        "a template opens anywhere outside a text"
    );
    assert_eq!(mistakes("---a {b")[0], "this template is not closed: `---` ends it, and `}` each block in it");
}

#[test]
fn names_are_plain_or_quoted() {
    assert_eq!(canonical("Straße_2"), "Straße_2");
    assert_eq!(canonical("'First name'.'it''s'"), "'First name'.'it''s'");
    assert_eq!(canonical("'plain'"), "plain");
    assert_eq!(canonical("'order'; Order; 'select'"), "'order'; Order; 'select'");
    assert_eq!(mistakes("''"), ["a name cannot be empty"]);
    assert_eq!(mistakes("let end := 1"), ["expected the name of a variable, found the keyword `end`"]);
}

#[test]
fn precedence_is_as_the_table_says() {
    for (source, expected) in [
        ("1 + 2 * 3 - 4", "1 + 2 * 3 - 4"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("((a)) or (b and (not (c = d)))", "a or b and not c = d"),
        ("not (a and b)", "not (a and b)"),
        ("not not a = 1", "not not a = 1"),
        ("-a.b", "-a.b"),
        ("(-a).b", "(-a).b"),
        ("- (-a)", "-(-a)"),
        ("(a = b) = c", "(a = b) = c"),
        ("a like b + c", "a like b + c"),
        ("x order by a or b order c", "x order by a or b order by c"),
        ("x order (y order z)", "x order by (y order by z)"),
        ("a := b := c or d", "a := b := c or d"),
        ("1 % 2 / 3", "1 % 2 / 3"),
    ] {
        assert_eq!(canonical(source), expected, "{source}");
    }
}

#[test]
fn comparisons_do_not_chain() {
    let found = mistakes("a = b = c");
    assert_eq!(found, ["comparisons cannot be chained: found a second one, `=`"]);
    assert_eq!(mistakes("1 + not a"), ["expected a value, found `not`"]);
}

#[test]
fn what_follows_an_operand_is_a_path_a_map_a_filter() {
    for source in [
        "a.b.'c d'",
        "a.f(1, 2).b",
        "a.(x := 1; y := 2)",
        "a.{k: v}",
        "a.---t {x}---",
        "a[b = 1][c].d",
        "create Customers.(Name := \"x\")",
        "a.order.'end'.b",
    ] {
        assert_eq!(canonical(source).replace("'order'", "order"), source);
    }
    assert_eq!(canonical("a.({k: v})"), "a.{k: v}");
    assert_eq!(canonical("a.(f(x))"), "a.f(x)");
}

#[test]
fn a_selection_takes_its_filters_and_its_condition() {
    for (source, expected) in [
        ("select T where a = 1 and b or c", "select T where a = 1 and b or c"),
        ("select 'My T'[a][b] where c", "select 'My T'[a][b] where c"),
        ("(select T where a).b", "(select T where a).b"),
        ("select T where a.b", "select T where a.b"),
        ("select T.b", "select T.b"),
        ("select T where a order by b", "select T where a order by b"),
        ("(select T where a)[b]", "(select T where a)[b]"),
        ("cnt(select T where a)", "cnt(select T where a)"),
    ] {
        assert_eq!(canonical(source), expected, "{source}");
    }
}

#[test]
fn objects_have_any_key_and_arrays_any_items() {
    assert_eq!(canonical("{ a: 1, \"b c\": 2, 'd e': 3, end: 4 }"), "{a: 1, 'b c': 2, 'd e': 3, end: 4}");
    assert_eq!(canonical("{}; []; [1, [2], null]"), "{}; []; [1, [2], null]");
    assert_eq!(canonical("{if: if a then b, else: c}"), "{if: if a then b end, else: c}");
}

#[test]
fn blocks_are_statements_between_semicolons() {
    assert_eq!(canonical(";; a;;b; "), "a; b");
    assert_eq!(canonical("(let x := 1; x)"), "(let x := 1; x)");
    assert_eq!(canonical("()"), "()");
    assert_eq!(canonical("var x := 1"), "let x := 1");
    assert_eq!(canonical("do as server a; b end"), "do as server a; b end");
    assert_eq!(mistakes("do as client a end"), ["`client` is not a way to run a block"]);
}

#[test]
fn functions_have_parameters_whose_types_are_read_and_ignored() {
    let source = "function f(a: number, b: [text], c) : [any] do a + b end; f(1)";
    assert_eq!(canonical(source), "function f(a, b, c) do a + b end; f(1)");
}

#[test]
fn loops_and_switches() {
    for source in [
        "for x in a do b; break end",
        "for i from 1 to 10 step -2 do i end",
        "for i from 1 to 10 do end",
        "while a < 3 do a := a + 1 end",
        "switch v do case 1: a; b case \"x\": c default: d end",
        "switch v do end",
        "do end",
    ] {
        assert_eq!(canonical(source), source);
    }
}

#[test]
fn an_if_is_a_block_when_end_or_else_follows_and_else_one_expression() {
    for (source, expected) in [
        ("if a then b; c else d end", "if a then b; c else d end"),
        ("if a then b else c; d", "if a then b else c end; d"),
        ("if a then b; d", "if a then b end; d"),
        ("if a then b", "if a then b end"),
        ("(if a then b; c)", "(if a then b end; c)"),
        ("f(if a then b, c)", "f(if a then b end, c)"),
        ("if if a then b then c", "if if a then b end then c end"),
        ("while if a then b do c end", "while if a then b end do c end"),
        ("switch a do case 1: if b then c; d case 2: e end", "switch a do case 1: if b then c end; d case 2: e end"),
        ("if a then if b then c else d else e end", "if a then if b then c else d end else e end"),
        ("if a then for x in y do z end end", "if a then for x in y do z end end"),
        ("if a then do as server b end end", "if a then do as server b end end"),
        ("while true do if a then break else b end end", "while true do if a then break else b end end"),
        ("if a then let x := 1; x end", "if a then let x := 1; x end"),
        ("if a then b else end", "if a then b else end"),
    ] {
        assert_eq!(canonical(source), expected, "{source}");
    }
}

#[test]
fn a_chain_of_else_if_has_one_end_or_one_for_each() {
    let each = "if a then b else if c then d else if e then f else g end end end";
    assert_eq!(canonical(each), each);
    assert_eq!(canonical("if a then b else if c then d else if e then f else g end"), each);
    let in_loop = "for x in y do if a then b else if c then d end end end; z";
    assert_eq!(canonical(in_loop), in_loop);
    assert_eq!(canonical("for x in y do if a then b else if c then d end end; z"), in_loop);
}

#[test]
fn a_long_script_of_old_ifs_is_read_in_one_pass() {
    let script = "if a then b; c;\n".repeat(10_000);
    assert_eq!(read(&script).expect("it is right").statements.len(), 20_000);
    let chain = "if a then b; ".repeat(100) + &"if a then ".repeat(100) + "b; c";
    assert_eq!(read(&chain).expect("it is right").statements.len(), 102);
}

#[test]
fn several_mistakes_are_told_at_once() {
    let source = "let := 1;\nfor x in y do x +; b c end;\nf(1;\nok";
    let found: Vec<String> = read(source).expect_err(source).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "1:5: expected the name of a variable, found `:=`",
            "2:18: expected a value, found `;`",
            "2:22: expected `;` or the end of the block, found `c`",
            "3:4: expected `)`, found `;`; `)` closes what begins in line 3",
        ]
    );
}
