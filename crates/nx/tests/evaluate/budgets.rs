//! Runaway scripts are stopped, by an error that names the budget.

use nx::eval::Failure;
use nx::testing::MemoryHost;
use nx::{Budget, Fault, Limits, Setting, Value};
use std::sync::Arc;
use std::time::Duration;

fn run(source: &str, limits: Limits) -> Result<Value, Failure> {
    let mut host = MemoryHost::sample();
    let schema = Arc::clone(&host.memory.schema);
    let program = nx::compile(source, &schema, Setting::QUERY).expect("the script is right");
    nx::run(&program, &mut host, None, &mut Budget::new(limits))
}

fn stopped(source: &str, limits: Limits, word: &str) {
    let failure = run(source, limits).expect_err(source);
    assert!(matches!(&failure.fault, Fault::Budget(message) if message.contains(word)), "{source}: {failure}");
}

#[test]
fn each_budget_stops_its_kind_of_runaway() {
    let few = || Limits { steps: 100, tested: 10, rows: 3, calls: 20, bytes: 10_000, result: 50, ..Limits::default() };
    stopped("while true do 1 end", few(), "steps");
    stopped("for i from 0 to 1000 do i end", few(), "steps");
    stopped(
        "for i in [1, 2, 3, 4, 5, 6] do cnt(select Invoices where testx(Number, \"x\" + i)) end",
        few(),
        "tested rows",
    );
    stopped("select Invoices", few(), "rows");
    stopped("function f(n) do f(n + 1) end; f(0)", few(), "depth");
    stopped("let t := \"x\"; for i from 0 to 40 do t := t + t end", few(), "memory");
    stopped("lpad(\"x\", 60, \"-\")", few(), "result");
}

#[test]
fn the_clock_stops_what_takes_too_long() {
    let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
    let mut host = MemoryHost::sample();
    let schema = Arc::clone(&host.memory.schema);
    let program = nx::compile("let i := 0; while true do i := i + 1 end", &schema, Setting::QUERY).expect("right");
    // A clock that is late at once.
    let mut budget = Budget::with_clock(limits, || Duration::from_secs(2));
    let failure = nx::run(&program, &mut host, None, &mut budget).expect_err("it is too late");
    assert!(failure.to_string().contains("time"), "{failure}");
}

#[test]
fn two_hundred_calls_within_each_other_are_allowed_where_the_stack_has_room() {
    // Frames of unoptimised code are several times larger than those of a release.
    let limits = || Limits { stack: 12 << 20, ..Limits::default() };
    let run = move || {
        let deep = "function f(n) do if n = 0 then 0 else (1 + (2 * (f(n - 1) + 1)) - 1) end end; f(198)";
        assert!(run(deep, limits()).is_ok());
        stopped("function f(n) do 1 + f(n + 1) end; f(0)", limits(), "more than 200 deep");
    };
    std::thread::Builder::new().stack_size(16 << 20).spawn(run).expect("a thread").join().expect("it ran");
}

#[test]
fn what_is_within_each_other_never_uses_up_the_stack() {
    stopped("function f(n) do 1 + f(n + 1) end; f(0)", Limits::default(), "depth");
    let wide = "function f(n) do [{ a: [if true then switch 1 do case 1: (1 + (1 + (1 + (1 + (1 + f(n + 1)))))) end end] }] end; f(0)";
    stopped(wide, Limits::default(), "depth");
    let rows = "function f(n) do (select Invoices where testx(Number, \"1\")).(f(n + 1)) end; f(0)";
    stopped(rows, Limits::default(), "depth");
}

#[test]
fn an_error_tells_where_it_happened() {
    let failure = run("let x := 1;\nx + {a: 1}", Limits::default()).expect_err("no calculating with objects");
    assert_eq!((failure.span.start, failure.span.end), (12, 22));
}
