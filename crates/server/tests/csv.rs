//! Files in and out over the command line, with and without a server on the folder.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{Server, command, first_base, folder, make_record, make_table, path, program, run, text, titles};

/// Runs a command as people do, without JSON; its output and whether it went well.
fn plain(data: &Path, words: &[&str]) -> (bool, String, String) {
    let output = program().args(words).arg("--data").arg(data).output().expect("the program runs");
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_file_is_imported_and_exported_with_and_without_a_server() {
    let folder = folder();
    let data = path(&folder, "data");
    let file = path(&folder, "in.csv");
    let file = file.to_str().expect("text");
    let server = Server::start(&data);
    let base = first_base(&data);
    let table = make_table(&server, &base, "Kept");
    assert_eq!(make_record(&server, &table, "first"), 201);
    std::fs::write(file, "Title\n=1+2\n").expect("written");
    let through = command(&data, &["import", &base, "Kept", file]);
    assert_eq!((&through["done"], &through["created"]), (&true.into(), &1.into()));
    let shown = "Title\r\nfirst\r\n'=1+2\r\n".to_owned();
    assert_eq!(plain(&data, &["export-csv", &base, "Kept"]), (true, shown.clone(), String::new()));
    let out = path(&folder, "served.csv");
    command(&data, &["export-csv", &base, &table, out.to_str().expect("text"), "--raw", "--view", "Grid view"]);
    assert_eq!(std::fs::read_to_string(&out).expect("a file"), "Title\r\nfirst\r\n=1+2\r\n");
    assert_eq!(std::fs::metadata(&out).expect("a file").permissions().mode() & 0o077, 0, "it is its owner's alone");
    server.stop();

    assert_eq!(plain(&data, &["export-csv", &base, "Kept"]), (true, shown, String::new()));
    let again = command(&data, &["import", &base, &table, file, "--key", "Title"]);
    assert_eq!((&again["created"], &again["updated"]), (&0.into(), &1.into()));
    let server = Server::start(&data);
    assert_eq!(titles(&server, &table), ["first", "=1+2"]);
}

#[test]
fn a_broken_file_is_told_by_its_lines_and_nothing_of_it_is_kept_unless_asked() {
    let folder = folder();
    let data = path(&folder, "data");
    let file = path(&folder, "in.csv");
    let file = file.to_str().expect("text");
    let server = Server::start(&data);
    let base = first_base(&data);
    let table = make_table(&server, &base, "Kept");
    let field = serde_json::json!({"name": "Count", "type": "number"});
    assert_eq!(server.ask("POST", &format!("/api/table/{table}/field"), Some(field)).0, 201);
    std::fs::write(file, "Title,Count\na,1\nb,x\n").expect("written");
    let (went_well, said, _) = plain(&data, &["import", &base, "Kept", file]);
    assert!(!went_well && said.contains("nothing of the file was kept") && said.contains("line 3, Count"), "{said}");
    assert_eq!(titles(&server, &table), [""; 0]);
    let left_out = command(&data, &["import", &base, "Kept", file, "--partial"]);
    assert_eq!((&left_out["created"], &left_out["leftOut"]), (&1.into(), &1.into()));
    assert_eq!(titles(&server, &table), ["a"]);
}

#[test]
fn what_cannot_be_found_or_would_be_overwritten_is_refused_by_name() {
    let folder = folder();
    let data = path(&folder, "data");
    let file = path(&folder, "in.csv");
    let file = file.to_str().expect("text");
    let server = Server::start(&data);
    let base = first_base(&data);
    make_table(&server, &base, "Kept");
    std::fs::write(file, "Title\nx\n").expect("written");
    let nowhere = path(&folder, "nowhere.csv");
    let nowhere = nowhere.to_str().expect("text");
    let cases: [(&[&str], &str); 7] = [
        (&["import", &base, "Nothing", file], "Nothing"),
        (&["import", "Nothing", "Kept", file], "Nothing"),
        (&["import", &base, "Kept", nowhere], "nowhere.csv"),
        (&["import", &base, "Kept", "/"], "no plain file"),
        (&["import", &base, "Kept", file, "--key", "Other"], "Other"),
        (&["export-csv", &base, "Kept", "--view", "Nothing"], "Nothing"),
        (&["export-csv", &base, "Kept", file], "there already"),
    ];
    for (words, named) in cases {
        let refused = run(&data, words);
        let why = text(&refused.stderr);
        assert!(!refused.status.success() && why.contains(named), "{words:?}: {why}");
    }
    assert_eq!(std::fs::read_to_string(file).expect("a file"), "Title\nx\n");
}
