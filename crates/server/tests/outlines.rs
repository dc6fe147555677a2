//! Outlines in and out over the command line, with and without a server on the folder.

mod support;

use support::{Server, command, first_base, folder, path, program, text};

#[test]
fn an_outline_is_imported_and_exported_with_and_without_a_server() {
    let folder = folder();
    let data = path(&folder, "data");
    let file = path(&folder, "Packing.md");
    let file = file.to_str().expect("text");
    std::fs::write(file, "- Tent\n  - [x] Pegs\n- Stove <!-- color=3 -->\n").expect("written");
    let server = Server::start(&data);
    let base = first_base(&data);
    let made = command(&data, &["import-outline", &base, file]);
    assert_eq!((&made["title"], &made["items"]), (&"Packing".into(), &3.into()));
    server.stop();
    let out = |name: &str| path(&folder, name).to_str().expect("text").to_owned();
    command(&data, &["export-outline", &base, &out("out.opml"), "--outline", "Packing"]);
    let again = command(&data, &["import-outline", &base, &out("out.opml"), "--title", "Again"]);
    assert_eq!(again["items"], 3);
    command(&data, &["export-outline", &base, &out("out.md"), "--outline", "Again"]);
    let written = std::fs::read_to_string(out("out.md")).expect("a file");
    assert_eq!(written, "# Again\n\n- Tent\n  - [x] Pegs\n- Stove <!-- color=3 -->\n");
    command(&data, &["export-outline", &base, &out("all.zip")]);
    assert!(std::fs::read(out("all.zip")).expect("a file").starts_with(b"PK\x03\x04"));
    for (words, why) in [
        (vec!["export-outline", &base, &out("all.opml")], "must end in .zip"),
        (vec!["export-outline", &base, &out("out.md"), "--outline", "Again"], "is there already"),
        (vec!["export-outline", &base, &out("x.md"), "--outline", "Nothing"], "No table Nothing"),
        (vec!["export-outline", &base, &out("x.doc"), "--outline", "Again"], "form must be one of"),
    ] {
        let output = program().args(&words).arg("--data").arg(&data).output().expect("the program runs");
        assert!(!output.status.success() && text(&output.stderr).contains(why), "{words:?} {}", text(&output.stderr));
    }
}
