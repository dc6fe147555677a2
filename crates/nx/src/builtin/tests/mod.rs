//! Every row: its examples, and that nothing it is given makes it panic.

mod laws;
mod rows;

use super::{Builtin, Context};
use crate::budget::{Budget, Limits};
use crate::fault::Fault;
use crate::setting::Setting;
use crate::testing::MemoryHost;
use crate::value::Value;

/// What a script gives, run over a host.
fn run(script: &str, host: &mut MemoryHost) -> Result<Value, Fault> {
    let program = crate::compile(script, &host.memory.schema, Setting::EXEC).unwrap();
    let result = crate::run(&program, host, None, &mut Budget::new(Limits::default()));
    result.map_err(|failure| failure.fault)
}

/// What a script gives over the sample database, as JSON.
fn json(script: &str) -> Result<String, Fault> {
    let mut host = MemoryHost::sample();
    let value = run(script, &mut host)?;
    let mut out = Vec::new();
    crate::encode(&value, &host.memory.schema, &mut out);
    Ok(String::from_utf8(out).unwrap())
}

fn refusal(script: &str) -> String {
    json(script).unwrap_err().to_string()
}

fn rows() -> impl Iterator<Item = &'static Builtin> {
    super::TABLE.iter().copied().flatten()
}

/// Calls a row, if it takes so many arguments.
fn call(row: &Builtin, arguments: &[Value], host: &mut MemoryHost) -> Option<Result<Value, Fault>> {
    let (least, most) = row.arity;
    let fits = arguments.len() >= least && most.is_none_or(|most| arguments.len() <= most);
    fits.then(|| (row.call)(&mut Context { host }, arguments))
}
