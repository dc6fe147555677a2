//! Compiled patterns, kept for the next call: a filter asks for the same one a million times.

use super::translate::{Dot, Lines, translate};
use crate::fault::Fault;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Most patterns that are kept, and the longest, in bytes.
const MAX_KEPT: usize = 64;
const MAX_SOURCE: usize = 10_000;
/// Most bytes of a compiled pattern, and of what its matching remembers.
const MAX_COMPILED: usize = 1 << 20;
/// Deepest nesting of groups.
const MAX_NESTED: u32 = 100;

/// A compiled pattern. Cheap to clone.
#[derive(Clone)]
pub struct Pattern {
    /// Shared: a copy of a regex would begin with nothing of what matching has worked out so far.
    pub regex: Arc<Regex>,
    pub scope: Scope,
}

/// Which matches are replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    First,
    /// Flag `g`.
    All,
}

/// Patterns by their flags, a slash and the source.
static KEPT: LazyLock<Mutex<HashMap<String, Pattern>>> = LazyLock::new(Mutex::default);

/// The pattern of a source and flags.
pub fn pattern(source: &str, flags: &str) -> Result<Pattern, Fault> {
    if source.len() > MAX_SOURCE {
        return Err(Fault::Budget(format!("a regular expression has more than {MAX_SOURCE} bytes")));
    }
    let key = format!("{flags}/{source}");
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = kept().get(&key) {
        return Ok(pattern.clone());
    }
    let pattern = compile(source, flags)?;
    let mut kept = kept();
    if kept.len() >= MAX_KEPT {
        kept.clear();
    }
    kept.insert(key, pattern.clone());
    Ok(pattern)
}

fn compile(source: &str, flags: &str) -> Result<Pattern, Fault> {
    let (mut scope, mut dot, mut lines, mut folded) = (Scope::First, Dot::Line, Lines::One, false);
    for flag in flags.chars() {
        match flag {
            'g' => scope = Scope::All,
            'i' => folded = true,
            'm' => lines = Lines::Many,
            's' => dot = Dot::All,
            'u' => {}
            other => return Err(Fault::script(format!("{other} is not a flag of regular expressions: g i m s u are"))),
        }
    }
    let translated = translate(source, dot, lines)?;
    let built = RegexBuilder::new(&translated)
        .case_insensitive(folded)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(MAX_NESTED)
        .build();
    match built {
        Ok(regex) => Ok(Pattern { regex: Arc::new(regex), scope }),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err(Fault::Budget(format!("the regular expression {} is too large", shown(source))))
        }
        Err(error) => {
            // The last line says what; those before draw the translated pattern.
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Err(Fault::script(format!("{} is no regular expression: {why}", shown(source))))
        }
    }
}

/// The source for a message.
pub fn shown(source: &str) -> String {
    format!("\"{}\"", source.chars().take(60).collect::<String>())
}
