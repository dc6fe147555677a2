//! From text to a tree: `lexer`, `branches` (which form each `if` has), `parser`; and back, [`mod@print`].
//!
//! Everything is bounded: the length of a source, its tokens, how deep it nests and how high a tree grows.

pub mod ast;
mod branches;
mod half;
mod lexer;
pub mod numbered;
mod parser;
pub mod print;
mod token;

use crate::diagnostic::Mistakes;
use crate::ir::Span;
use ast::Block;

pub use half::is_unfinished;
pub(crate) use half::{Completable, closings, mark_at};
pub(crate) use lexer::lex;
pub(crate) use token::{Token, WORDS, Word};

/// Longest source, in bytes.
pub const MAX_SOURCE: usize = 1 << 20;
/// Most tokens of a source.
pub const MAX_TOKENS: usize = 250_000;
/// How deep a source may nest. Each level costs the parser a few frames of its stack.
pub const MAX_NESTING: usize = 200;
/// How high a tree may be: what nests, and what is chained (`a + b + c`, `a.b.c`), which makes it as high.
pub const MAX_HEIGHT: u32 = 400;

/// The tree of a source. When mistakes were found, it has what could be read of it.
pub fn parse(source: &str, mistakes: &mut Mistakes<'_>) -> Block {
    if source.len() > MAX_SOURCE {
        let message = format!("the script has {} bytes; at most {MAX_SOURCE} are read", source.len());
        mistakes.add(Span::default(), message);
        return Block::default();
    }
    // A script's texts end up in cells, and those of PostgreSQL have no NUL.
    if let Some(at) = source.find('\0') {
        let span = Span { start: at as u32, end: at as u32 + 1 };
        mistakes.add(span, "a script cannot have the character NUL");
        return Block::default();
    }
    let tokens = lex(source, mistakes);
    let branches = branches::find(&tokens);
    parser::Parser::of(&tokens, &branches, mistakes).program()
}
