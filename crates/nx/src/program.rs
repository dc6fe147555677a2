//! From the text of a script to a program that can run, or to its mistakes.

use crate::builtin::{Builtin, TABLE};
use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Mistakes};
use crate::ir::Program;
use crate::setting::Setting;
use crate::syntax::parse;
use model::Schema;
use std::sync::Arc;

/// Reads and checks a script. Nothing runs; each mistake that can be known before is told, by place.
pub fn compile(source: &str, schema: &Arc<Schema>, setting: Setting) -> Result<Program, Vec<Diagnostic>> {
    compile_with(source, schema, setting, TABLE)
}

/// [`compile`] with other functions than the language's own.
pub fn compile_with(
    source: &str,
    schema: &Arc<Schema>,
    setting: Setting,
    functions: &'static [&'static [Builtin]],
) -> Result<Program, Vec<Diagnostic>> {
    let mut mistakes = Mistakes::of(source);
    let tree = parse(source, &mut mistakes);
    // Half a tree would give mistakes that are none.
    if !mistakes.is_empty() {
        return Err(mistakes.into_sorted());
    }
    let program = Checker::of(schema, setting, functions, &mut mistakes).program(&tree);
    if mistakes.is_empty() { Ok(program) } else { Err(mistakes.into_sorted()) }
}
