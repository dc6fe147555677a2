//! Any text as an NX script that runs: within small budgets over a small database, reading and writing, it never panics,
//! and what it gives is the same with lowering as without.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nx::eval::{Lowering, run_with};
use nx::testing::MemoryHost;
use nx::{Budget, Limits, Setting};
use std::sync::Arc;
use std::time::Duration;

fn limits() -> Limits {
    let time = Duration::from_secs(2);
    Limits { steps: 2_000, tested: 20_000, rows: 2_000, calls: 50, bytes: 1 << 20, time, ..Limits::default() }
}

fuzz_target!(|source: &str| {
    for setting in [Setting::QUERY, Setting::EXEC] {
        let schema = Arc::clone(&MemoryHost::sample().memory.schema);
        let Ok(program) = nx::compile(source, &schema, setting) else { continue };
        let [off, on] = [Lowering::Off, Lowering::On].map(|lowering| {
            let mut host = MemoryHost::sample();
            let value = run_with(&program, &mut host, None, &mut Budget::new(limits()), lowering).ok()?;
            let mut out = Vec::new();
            nx::encode(&value, &schema, &mut out);
            Some(out)
        });
        // What the store tests first may spare a mistake or a budget, and chance takes its course by how often it is asked.
        if let (Some(off), Some(on)) = (&off, &on)
            && !program.volatile
        {
            assert_eq!(off, on, "{source:?}");
        }
    }
});
