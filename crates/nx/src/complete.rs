//! Completion for whoever edits a script: what may stand where the cursor is.
//!
//! The script before the cursor is given a name that marks the place and the closings that are still missing; then it is
//! read and checked as any script, and the checker tells what it sees when it comes to the mark.

use crate::builtin::{Builtin, TABLE};
use crate::check::Checker;
use crate::check::cursor::{MARK, tables};
use crate::diagnostic::{Mistakes, boundary};
use crate::ir::Span;
use crate::setting::Setting;
use crate::syntax::print::spelled;
use crate::syntax::{Completable, WORDS, closings, mark_at, parse};
use model::Schema;
use model::text::fold;
use std::sync::Arc;

pub use crate::check::cursor::Candidate;

/// Something that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// As it is inserted: a name in quotes where it needs them.
    pub text: String,
    pub candidate: Candidate,
    /// What it is: the signature of a function, the kind of a field.
    pub told: String,
    /// The part of the script that it replaces: what of the word is already there.
    pub replaces: Span,
}

/// What may stand at the cursor, a byte of the source: variables and fields in scope, then tables, functions, keywords.
pub fn complete(source: &str, cursor: usize, schema: &Arc<Schema>, setting: Setting) -> Vec<Completion> {
    complete_with(source, cursor, schema, setting, TABLE)
}

/// [`complete`] with other functions than the language's own.
pub fn complete_with(
    source: &str,
    cursor: usize,
    schema: &Arc<Schema>,
    setting: Setting,
    functions: &'static [&'static [Builtin]],
) -> Vec<Completion> {
    let before = &source[..boundary(source, cursor)];
    let Some(Completable { start, prefix }) = mark_at(before) else { return Vec::new() };
    let marked = format!("{}'{MARK}'", &before[..start]);
    let Some(closings) = closings(&marked, MARK) else { return Vec::new() };
    let marked = marked + &closings;

    let mut mistakes = Mistakes::of(&marked);
    let tree = parse(&marked, &mut mistakes);
    let mut checker = Checker::of(schema, setting, functions, &mut mistakes);
    checker.program(&tree);
    let after_point = before[..start].trim_end().ends_with('.');
    let mut found = match checker.into_cursor().0 {
        Some(found) => found,
        // Somewhere in between: a table may come, unless a field of something unknown does.
        None if after_point => Vec::new(),
        None => tables(schema),
    };
    let only_names = after_point || found.first().is_some_and(|(candidate, ..)| *candidate == Candidate::Table);
    if !only_names {
        let rows = functions.iter().copied().flatten();
        found.extend(rows.map(|row| (Candidate::Function, row.name.to_owned(), row.signature.to_owned())));
        found.extend(WORDS.iter().map(|(_, word)| (Candidate::Keyword, (*word).to_owned(), "keyword".to_owned())));
    }

    let replaces = Span { start: start as u32, end: before.len() as u32 };
    let prefix = fold(&prefix);
    let mut completions: Vec<Completion> = Vec::new();
    for (candidate, name, told) in found {
        let text = if candidate == Candidate::Keyword { name.clone() } else { spelled(&name) };
        let known = completions.iter().any(|known| known.text == text && known.candidate == candidate);
        if !known && fold(&name).starts_with(prefix.as_ref()) {
            completions.push(Completion { text, candidate, told, replaces });
        }
    }
    completions
}
