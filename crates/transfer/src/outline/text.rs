//! Plain text: a line for each item, four spaces for each level, bullets, and notes indented by two more. It tells
//! contents and notes; a content of several lines becomes one with a note, and a line of a note that is indented and begins
//! with a bullet becomes an item.

use super::{Depths, Item, Outline, after_bullet, after_spaces, indented};
use model::Result;

const LEVEL: usize = 4;
const HANGING: usize = 2;

/// Reads a text: bullets of asterisk, dash or plus, or none where nothing has a bullet.
pub fn read(text: &str) -> Result<Outline> {
    let mut outline = Outline::default();
    let mut depths = Depths::default();
    // The indentation of the last item, and whether its note has begun.
    let mut last: Option<(usize, bool)> = None;
    let has_bullets = text.lines().any(|line| after_bullet(indented(line).1).is_some());
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (columns, rest) = indented(line);
        if let Some((at, has_note)) = &mut last {
            // A line between two levels belongs to the item above it, whatever it begins with.
            let hanging = after_spaces(line, *at + HANGING).filter(|_| columns >= *at + HANGING || rest.is_empty());
            let is_between = has_bullets && (columns % LEVEL == HANGING || after_bullet(rest).is_none());
            if let Some(own) = hanging.filter(|_| is_between) {
                let Some(item) = outline.items.last_mut() else { continue };
                if *has_note {
                    item.note.push('\n');
                }
                item.note.push_str(own);
                *has_note = true;
                continue;
            }
        }
        if rest.is_empty() {
            continue;
        }
        let content = after_bullet(rest).unwrap_or(rest);
        outline.push(Item { depth: depths.of(columns), content: content.to_owned(), ..Item::default() })?;
        last = Some((columns, false));
    }
    Ok(outline)
}

/// Appends a text.
pub fn write(outline: &Outline, out: &mut Vec<u8>) {
    for item in &outline.items {
        let indent = " ".repeat(item.depth * LEVEL);
        let (first, more) = item.content.split_once('\n').map_or((item.content.as_str(), None), |(a, b)| (a, Some(b)));
        out.extend_from_slice(format!("{indent}* {first}\n").as_bytes());
        let hanging = |text: &str, out: &mut Vec<u8>| {
            text.split('\n').for_each(|line| out.extend_from_slice(format!("{indent}  {line}\n").as_bytes()));
        };
        if let Some(more) = more {
            hanging(more, out);
        }
        if !item.note.is_empty() {
            hanging(&item.note, out);
        }
    }
}
