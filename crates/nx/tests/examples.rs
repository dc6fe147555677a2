//! The examples of the reference, of its prose and of every function, through the whole language.

use nx::builtin::TABLE;
use nx::reference::EXAMPLES;
use nx::testing::MemoryHost;
use nx::{Budget, Limits, Setting};
use std::sync::Arc;

/// What a script gives over a new sample database, as JSON.
fn answer(source: &str) -> String {
    let mut host = MemoryHost::sample();
    let schema = Arc::clone(&host.memory.schema);
    let program = match nx::compile(source, &schema, Setting::EXEC) {
        Ok(program) => program,
        Err(mistakes) => return format!("{mistakes:?}"),
    };
    match nx::run(&program, &mut host, None, &mut Budget::new(Limits::default())) {
        Ok(value) => {
            let mut out = Vec::new();
            nx::encode(&value, &schema, &mut out);
            String::from_utf8(out).expect("JSON is text")
        }
        Err(failure) => failure.to_string(),
    }
}

#[test]
fn examples_of_functions_give_what_they_say() {
    for (script, expected) in TABLE.iter().copied().flatten().flat_map(|row| row.examples) {
        assert_eq!(&answer(script), expected, "{script}");
    }
}

#[test]
fn examples_of_the_prose_give_what_they_say() {
    for (script, expected) in EXAMPLES.iter() {
        assert_eq!(&answer(script), expected, "{script}");
    }
}
