//! Every row: its examples, and that nothing it is given makes it panic.

mod laws;
mod mini;
mod rows;

use super::{Builtin, Context};
use crate::fault::Fault;
use crate::testing::MemoryHost;
use crate::value::Value;

/// What a script of literals, calls and simple operators gives, as JSON.
fn json(script: &str) -> Result<String, Fault> {
    let mut host = MemoryHost::sample();
    let value = mini::run(script, &mut host)?;
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
