//! Sources that nobody means well with: refused cleanly, never a panic, never a stack used up.

use super::sources::{mistakes, on_a_small_stack, read};
use super::world::{FUNCTIONS, checked, schema};
use model::TableId;
use nx::complete::complete_with;
use nx::diagnostic::{Diagnostic, MAX_DIAGNOSTICS, Mistakes, draw, position};
use nx::setting::Setting;
use nx::syntax::{MAX_HEIGHT, MAX_NESTING, MAX_SOURCE, MAX_TOKENS, parse};
use proptest::prelude::*;

/// Ways to nest: what opens, the middle, what closes.
const NESTS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{a: ", "1", "}"),
    ("f(", "1", ")"),
    ("x[", "1", "]"),
    ("x.(", "1", ")"),
    ("---{", "1", "}---"),
    ("a + (", "1", ")"),
    ("if ", "1", " then 1 end"),
    ("if 1 then ", "1", " end"),
    ("if 1 then 1 else ", "1", ""),
    ("for x in ", "1", " do 1 end"),
    ("for x in 1 do ", "1", " end"),
    ("while 1 do ", "1", " end"),
    ("do ", "1", " end"),
    ("do as server ", "1", " end"),
    ("switch 1 do case 1: ", "1", " end"),
    ("function f() do ", "1", " end"),
    ("not ", "1", ""),
    ("- ", "1", ""),
    ("delete ", "x", ""),
    ("x := ", "1", ""),
    ("select T where ", "1", ""),
    ("let y := (", "1", ")"),
];

#[test]
fn what_nests_within_the_bound_is_read_and_beyond_it_is_refused() {
    on_a_small_stack(|| {
        for (open, middle, close) in NESTS {
            let nest = |times: usize| open.repeat(times) + middle + &close.repeat(times);
            // Most of these cost two levels each.
            let within = nest(MAX_NESTING / 2 - 2);
            let tree = read(&within).unwrap_or_else(|found| panic!("{open}: {}", draw(&within, &found)));
            assert_eq!(read(&tree.to_string()), Ok(tree), "{open}");
            // Checked, dropped, or refused for what it says.
            drop(checked(&within, Setting::EXEC));
            for times in [MAX_NESTING + 2, 20_000] {
                let found = mistakes(&nest(times));
                assert!(found.iter().any(|m| m.contains("deeper than") || m.contains("levels")), "{open}: {found:?}");
                assert!(!mistakes(&open.repeat(times)).is_empty(), "{open}");
            }
        }
    });
}

#[test]
fn the_tallest_nest_fits_a_small_stack() {
    on_a_small_stack(|| {
        let open = "a or a and a = a + a * x.(";
        let found = mistakes(&(open.repeat(5_000) + "1" + &")".repeat(5_000)));
        assert_eq!(found[0], format!("the script nests deeper than {MAX_NESTING} levels"));
        let open = "if a or a and not (a = a + a * - x.f(do as server ";
        let found = mistakes(&(open.repeat(5_000) + "1" + &" end)) then 1 end".repeat(5_000)));
        assert_eq!(found[0], format!("the script nests deeper than {MAX_NESTING} levels"));
    });
}

#[test]
fn what_is_chained_within_the_bound_is_read_and_beyond_it_is_refused() {
    on_a_small_stack(|| {
        for link in [" + a", " and a", " or a", ".a", "[a]", ".(a)", ".f(a)", " order by a"] {
            let within = "a".to_owned() + &link.repeat(MAX_HEIGHT as usize - 2);
            let tree = read(&within).expect(link);
            assert_eq!(read(&tree.to_string()), Ok(tree), "{link}");
            let declared = within.replacen('a', "parseJSON(\"\")", 1);
            drop(checked(&format!("let a := 1; function f(x) do x end; {declared}"), Setting::EXEC));
            let found = mistakes(&("a".to_owned() + &link.repeat(20_000)));
            assert_eq!(found[0], format!("this expression has more than {MAX_HEIGHT} levels"), "{link}");
        }
    });
}

#[test]
fn a_source_has_a_largest_size() {
    let found = mistakes(&" ".repeat(MAX_SOURCE + 1));
    assert_eq!(found, ["the script has 1048577 bytes; at most 1048576 are read"]);
    assert!(read(&" ".repeat(MAX_SOURCE)).is_ok());
    let found = mistakes(&"1;".repeat(MAX_TOKENS));
    assert_eq!(found, ["the script has more than 250000 words and signs"]);
}

#[test]
fn nul_is_refused_wherever_it_stands() {
    for source in ["a\0b", "\"a\0b\"", "'a\0b'", "---a\0b---", "---{1}\0---"] {
        assert_eq!(mistakes(source), ["a script cannot have the character NUL"], "{source:?}");
    }
}

#[test]
fn no_more_than_a_handful_of_mistakes_is_told() {
    assert_eq!(mistakes(&"let 1;".repeat(5_000)).len(), MAX_DIAGNOSTICS);
}

/// Checks what holds of every source: mistakes lie in it and can be drawn, and a tree prints and reads back.
pub fn holds_of_any(source: &str) -> Result<(), TestCaseError> {
    let mut found = Mistakes::of(source);
    let tree = parse(source, &mut found);
    let found = found.into_sorted();
    if found.is_empty() {
        prop_assert_eq!(read(&tree.to_string()), Ok(tree));
    }
    lie_within(source, &found)?;
    for setting in [Setting::QUERY, Setting::action(TableId(2))] {
        if let Err(found) = checked(source, setting) {
            prop_assert!(!found.is_empty());
            lie_within(source, &found)?;
        }
    }
    Ok(())
}

/// Whether mistakes lie in their source and can be drawn.
pub fn lie_within(source: &str, found: &[Diagnostic]) -> Result<(), TestCaseError> {
    for mistake in found {
        prop_assert!(mistake.span.start <= mistake.span.end && mistake.span.end as usize <= source.len());
        prop_assert!(source.is_char_boundary(mistake.span.start as usize));
        prop_assert!(source.is_char_boundary(mistake.span.end as usize));
        prop_assert_eq!(position(source, mistake.span.start), (mistake.line, mistake.column));
    }
    prop_assert!(found.is_empty() == draw(source, found).is_empty());
    Ok(())
}

/// Words and signs of the language, and what is none.
pub const PIECES: &[&str] = &[
    "let ",
    "var ",
    "if ",
    " then ",
    " else ",
    " end ",
    "switch ",
    " do ",
    " case ",
    ": ",
    " default: ",
    "as server ",
    "for ",
    " in ",
    " from ",
    " to ",
    " step ",
    "while ",
    "break",
    "select ",
    " where ",
    " order by ",
    "create ",
    "delete ",
    "function ",
    " and ",
    " or ",
    "not ",
    " like ",
    "true",
    "false",
    "null",
    "this",
    "a",
    "b",
    "Name",
    "Invoices",
    "Customers",
    "'First name'",
    "\"text\"",
    "\"",
    "'",
    "1",
    "2.5",
    "1e9",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "!=",
    "<",
    ">=",
    ":=",
    ".",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "---",
    "---t {",
    "//",
    "/*",
    "*/",
    "\n",
    "é",
    "\0",
    "\u{1F600}",
    "sum(",
    "f(",
    "x",
    "y",
    " ",
];

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(source in ".{0,200}") {
        holds_of_any(&source)?;
    }

    #[test]
    fn any_heap_of_words_and_signs_is_read_without_a_panic(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60),
    ) {
        holds_of_any(&pieces.concat())?;
    }

    #[test]
    fn any_script_with_a_few_changes_is_read_without_a_panic(
        script in proptest::sample::select(scripts()),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..6, proptest::sample::select(PIECES)), 1..6),
    ) {
        let mut characters: Vec<char> = script.chars().collect();
        for (place, cut, piece) in changes {
            let from = place.index(characters.len() + 1);
            let until = characters.len().min(from + cut);
            characters.splice(from..until, piece.chars());
        }
        holds_of_any(&characters.into_iter().collect::<String>())?;
    }

    #[test]
    fn anywhere_in_a_script_completion_answers_with_what_can_stand_there(
        script in proptest::sample::select(scripts()),
        place in any::<proptest::sample::Index>(),
    ) {
        let cursor = place.index(script.len() + 1);
        for completion in complete_with(&script, cursor, &schema(), Setting::formula(TableId(2)), FUNCTIONS) {
            let (start, end) = (completion.replaces.start as usize, completion.replaces.end as usize);
            prop_assert!(start <= end && end <= cursor && script.get(start..end).is_some());
        }
    }
}

/// The scripts of the corpus.
fn scripts() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = std::fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("a file").path());
    let texts = files.map(|path| std::fs::read_to_string(path).expect("a readable file"));
    texts
        .map(|text| text.split("=== ").nth(1).and_then(|s| s.strip_prefix("script\n")).expect("a script").to_owned())
        .collect()
}
