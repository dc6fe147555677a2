//! What scripts mean: sections 5, 6, 8 and 10 of the language's specification, over the sample database, each with and
//! without lowering.

#[path = "evaluate/budgets.rs"]
mod budgets;
#[path = "evaluate/explained.rs"]
mod explained;
#[path = "evaluate/lowered.rs"]
mod lowered;
#[path = "evaluate/paths.rs"]
mod paths;
#[path = "evaluate/random.rs"]
mod random;
#[path = "evaluate/statements.rs"]
mod statements;
#[path = "evaluate/writes.rs"]
mod writes;

use nx::eval::{Lowering, run_with};
use nx::testing::MemoryHost;
use nx::{Budget, Limits, Setting};
use std::sync::Arc;

/// The result of a script as JSON, or the message of its failure.
fn answer(source: &str, host: &mut MemoryHost, lowering: Lowering, setting: Setting) -> (String, Budget) {
    let mut budget = Budget::new(Limits::default());
    let schema = Arc::clone(&host.memory.schema);
    let program = match nx::compile(source, &schema, setting) {
        Ok(program) => program,
        Err(diagnostics) => panic!("{source}: {diagnostics:?}"),
    };
    let result = match run_with(&program, host, None, &mut budget, lowering) {
        Ok(value) => {
            let mut out = Vec::new();
            nx::encode(&value, &schema, &mut out);
            String::from_utf8(out).expect("JSON is text")
        }
        Err(failure) => format!("failed: {failure}"),
    };
    (result, budget)
}

/// What a script that reads gives, with lowering as without.
fn query(source: &str) -> String {
    let mut host = MemoryHost::sample();
    let (off, _) = answer(source, &mut host, Lowering::Off, Setting::QUERY);
    let (on, _) = answer(source, &mut host, Lowering::On, Setting::QUERY);
    assert_eq!(on, off, "{source}");
    on
}

/// Scripts and what they give.
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(&query(source), expected, "{source}");
    }
}
