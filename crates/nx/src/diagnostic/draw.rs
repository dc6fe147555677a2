//! Mistakes as a terminal shows them: the line, the place under it, the message. No colours.

use super::{Diagnostic, visible};
use std::fmt::Write;

/// Most characters of a source line that are drawn.
const WIDTH: usize = 100;
/// How many characters are drawn before a place far to the right.
const LEAD: usize = 40;

/// Draws mistakes of a source, one after the other.
pub fn draw(source: &str, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| one(source, diagnostic)).collect::<Vec<_>>().join("\n")
}

fn one(source: &str, diagnostic: &Diagnostic) -> String {
    let Diagnostic { message, span, line, column, notes } = diagnostic;
    let text: Vec<char> = source.split('\n').nth(*line as usize - 1).unwrap_or("").chars().map(visible).collect();
    let at = *column as usize - 1;
    let from = if at < WIDTH { 0 } else { at - LEAD };
    let until = text.len().min(from + WIDTH);
    let (before, after) = (if from > 0 { "…" } else { "" }, if until < text.len() { "…" } else { "" });
    let shown: String = text.get(from..until).unwrap_or_default().iter().collect();
    let marked = source
        .get(span.start as usize..span.end as usize)
        .map_or(1, |part| part.split('\n').next().unwrap_or("").chars().count())
        .clamp(1, (until.max(at + 1)) - at);

    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(at - from + before.chars().count());
    let mut drawn = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(drawn, "error: {message}");
    let _ = writeln!(drawn, "{margin} --> line {line}, column {column}");
    let _ = writeln!(drawn, "{number} | {}", format!("{before}{shown}{after}").trim_end());
    let _ = writeln!(drawn, "{margin} | {indent}{}", "^".repeat(marked));
    for note in notes {
        let _ = writeln!(drawn, "{margin} = {note}");
    }
    drawn
}
