//! `manytongue nx`, with and without a server on the folder.

mod support;

use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use support::{Server, command, first_base, folder, make_record, make_table, path, program, run, text, titles};

/// What the program said and how it ended, without JSON, given this on standard input.
fn asked(data: &Path, words: &[&str], stdin: Option<&str>) -> (i32, String, String) {
    let mut program = program();
    program.arg("nx").args(words).arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    if stdin.is_some() {
        program.stdin(Stdio::piped());
    }
    let mut child = program.spawn().expect("the program runs");
    if let Some(script) = stdin {
        child.stdin.take().expect("a way in").write_all(script.as_bytes()).expect("written");
    }
    let output = child.wait_with_output().expect("it ends");
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_script_is_asked_with_and_without_a_server() {
    let folder = folder();
    let server = Server::start(folder.path());
    let base = first_base(folder.path());
    let table = make_table(&server, &base, "Kept");
    assert_eq!([make_record(&server, &table, "a"), make_record(&server, &table, "b")], [201; 2]);
    let script = "(select Kept).{ title: Title, size: length(Title) }";
    let expected = json!([{"title": "a", "size": 1}, {"title": "b", "size": 1}]);
    let shown = "title  size\n-----  ----\na      1\nb      1\n";
    assert_eq!(command(folder.path(), &["nx", &base, script]), expected);
    assert_eq!(asked(folder.path(), &[&base, script], None), (0, shown.to_owned(), String::new()));
    server.stop();
    assert_eq!(command(folder.path(), &["nx", &base, script]), expected);
    assert_eq!(asked(folder.path(), &[&base, script], None), (0, shown.to_owned(), String::new()));
}

#[test]
fn a_script_comes_from_a_file_or_from_standard_input() {
    let folder = folder();
    let server = Server::start(&path(&folder, "data"));
    let data = &path(&folder, "data");
    let base = first_base(data);
    let file = path(&folder, "script.nx");
    std::fs::write(&file, "// a remark\nlet a := 20;\na * 2 + 2\n").expect("written");
    let file = file.to_str().expect("text");
    assert_eq!(asked(data, &[&base, "--file", file], None), (0, "42\n".to_owned(), String::new()));
    assert_eq!(asked(data, &[&base], Some("1 +\n1")), (0, "2\n".to_owned(), String::new()));
    let (status, _, why) = asked(data, &[&base], Some("\n"));
    assert_eq!((status, why.as_str()), (1, "manytongue: the script is empty\n"));
    let (status, _, why) = asked(data, &[&base, "--file", "/nowhere.nx"], None);
    assert!(status == 1 && why.contains("/nowhere.nx cannot be read"), "{why}");
    let (status, _, why) = asked(data, &["Nothing", "1"], None);
    assert!(status == 1 && why.contains("Nothing"), "{why}");
    drop(server);
}

#[test]
fn only_with_write_does_a_script_write_and_all_of_it_is_one_write() {
    let folder = folder();
    let server = Server::start(folder.path());
    let base = first_base(folder.path());
    let table = make_table(&server, &base, "Kept");
    let script = "for t in [\"a\", \"b\"] do let r := create Kept; r.Title := t end; cnt(select Kept)";
    let (status, said, why) = asked(folder.path(), &[&base, script], None);
    assert!(status == 1 && said.is_empty() && why.contains("^^^^"), "{said}{why}");
    assert_eq!(titles(&server, &table), [""; 0]);
    assert_eq!(command(folder.path(), &["nx", &base, script, "--write"]), json!(2));
    assert_eq!(titles(&server, &table), ["a", "b"]);
    let (status, ..) = asked(folder.path(), &[&base, "create Kept; parseJSON(\"{\")", "--write"], None);
    assert_eq!((status, titles(&server, &table).len()), (1, 2), "nothing half done");
    server.stop();
    assert_eq!(command(folder.path(), &["nx", &base, script, "--write"]), json!(4));
    assert_eq!(command(folder.path(), &["check"])["sound"], true);
}

#[test]
fn mistakes_are_drawn_in_their_lines_all_that_can_be_known() {
    let folder = folder();
    let server = Server::start(folder.path());
    let base = first_base(folder.path());
    make_table(&server, &base, "Kept");
    let script = "let a := 1;\n(select Kept).Titel;\nfoo(a)";
    let (status, said, why) = asked(folder.path(), &[&base, script], None);
    assert_eq!((status, said.as_str()), (1, ""));
    let lines: Vec<&str> = why.lines().collect();
    assert!(lines[0].starts_with("error: ") && lines[0].contains("`Titel`"), "{why}");
    assert_eq!(lines[2..4], ["2 | (select Kept).Titel;", "  |               ^^^^^"], "{why}");
    assert!(why.contains("Title") && why.contains("3 | foo(a)\n  | ^^^\n"), "{why}");
    assert!(!why.contains('\u{1b}'), "no colours where there is no terminal: {why}");
    let (_, _, late) = asked(folder.path(), &[&base, "let a := 1;\nparseJSON(\"{\")"], None);
    assert!(late.contains("2 | parseJSON(\"{\")\n  | ^^^^^^^^^\n"), "{late}");
    let told = asked(folder.path(), &[&base, "1 +", "--json"], None);
    assert_eq!((told.0, told.1.as_str()), (1, ""));
    drop(server);
}

#[test]
fn a_script_is_explained_with_the_sql_and_without_values() {
    let folder = folder();
    let server = Server::start(folder.path());
    let base = first_base(folder.path());
    let table = make_table(&server, &base, "Kept");
    assert_eq!(make_record(&server, &table, "a-secret"), 201);
    let script = "cnt(select Kept where Title = \"a-secret\")";
    let told = command(folder.path(), &["nx", &base, script, "--explain"]);
    let plan = &told["plan"][0];
    assert_eq!(
        (&plan["table"], &plan["where"][0]["by"], &plan["aggregate"]["by"]),
        (&json!("Kept"), &json!("store"), &json!("store"))
    );
    let statements = told["statements"].to_string();
    assert!(statements.contains("count(*)") && statements.contains("?1") && !statements.contains("a-secret"), "{told}");
    let (status, said, _) = asked(folder.path(), &[&base, script, "--explain"], None);
    assert!(status == 0 && said.contains("where     Title = \"a-secret\" -> store"), "{said}");
    let refused = run(folder.path(), &["nx", &base, "1", "--explain", "--write"]);
    assert!(!refused.status.success(), "only what reads is explained");
    drop(server);
}
