//! The corpus: a file for each script, with what is expected of it. A file has sections, each begun by a line
//! `=== name`: `script`, `setting` (`query`, `exec`, `formula B`, `action B`; without it `exec`), and of what is
//! expected `canonical` text, `tree`, `type`, `flags` (`writes`, `volatile`) and the `drawn` mistakes.

use super::{dump, sources, world};
use model::TableId;
use nx::diagnostic::draw;
use nx::setting::Setting;
use nx::spelling::read_letters;
use std::collections::BTreeMap;
use std::path::Path;

fn sections(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in text.split("=== ").skip(1) {
        let (name, body) = part.split_once('\n').expect("a section has a name");
        assert!(found.insert(name.trim().to_owned(), body.trim_end().to_owned()).is_none(), "{name} is there twice");
    }
    found
}

fn setting(text: &str) -> Setting {
    let table = |name| TableId(read_letters(name).expect("the id of a table"));
    match text.split_once(' ') {
        None if text == "query" => Setting::QUERY,
        None if text == "exec" => Setting::EXEC,
        Some(("formula", name)) => Setting::formula(table(name)),
        Some(("action", name)) => Setting::action(table(name)),
        _ => panic!("{text} is not a setting"),
    }
}

fn check(file: &str, text: &str) {
    let mut sections = sections(text);
    let script = sections.remove("script").expect("a script");
    let setting = sections.remove("setting").map_or(Setting::EXEC, |text| setting(&text));
    assert!(!sections.is_empty(), "{file} expects nothing");
    let checked = world::checked(&script, setting);
    let drawn = checked.as_ref().err().map(|found| draw(&script, found)).unwrap_or_default();
    for (name, expected) in sections {
        let program = || checked.as_ref().unwrap_or_else(|_| panic!("{file} has mistakes:\n{drawn}"));
        let actual = match name.as_str() {
            "canonical" => sources::canonical(&script),
            "tree" => dump::program(program()),
            "type" => dump::ty(&program().root.ty),
            "flags" => {
                let flags = [(program().writes, "writes"), (program().volatile, "volatile")];
                flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect::<Vec<_>>().join(" ")
            }
            "drawn" => drawn.clone(),
            other => panic!("{file}: {other} is not a section"),
        };
        assert_eq!(actual.trim_end(), expected, "{file}, {name}:\n{actual}");
    }
}

#[test]
fn every_script_of_the_corpus_is_understood_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("a file").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        check(&file, &std::fs::read_to_string(&path).expect("a readable file"));
        count += 1;
    }
    assert!(count > 20, "{count} files are no corpus");
}
