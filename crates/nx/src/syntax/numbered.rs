//! Names as kept scripts have them: `@2` for table 2, `@2.3` for its field 3. Renaming changes nothing about them.
//!
//! In a token such a name begins with a character that no name can have.

use super::{Token, lex};
use crate::diagnostic::Mistakes;
use crate::ir::{Named, Span};
use model::{FieldId, TableId};

/// What a token of such a name begins with.
pub const MARK: char = '\u{1}';

/// What a name means, when it is a numbered one.
pub fn read(name: &str) -> Option<Named> {
    let numbers = name.strip_prefix(MARK)?;
    match numbers.split_once('.') {
        None => Some(Named::Table(TableId(numbers.parse().ok()?))),
        Some((table, field)) => Some(Named::Field(TableId(table.parse().ok()?), FieldId(field.parse().ok()?))),
    }
}

/// How long the numbers are that a text begins with: `2.3`.
pub(super) fn length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let table = digits(text);
    match text[table..].strip_prefix('.').map(digits) {
        Some(field) if table > 0 && field > 0 => table + 1 + field,
        Some(_) | None => table,
    }
}

/// The numbered names of a source, in its order.
pub fn all(source: &str) -> Vec<(Span, Named)> {
    let tokens = lex(source, &mut Mistakes::of(source));
    let numbered = |(token, span): (Token, Span)| match token {
        Token::Name(name) => read(&name).map(|named| (span, named)),
        _ => None,
    };
    tokens.into_iter().filter_map(numbered).collect()
}
