//! Functions of texts.

use super::{Function, next, taken};
use crate::formula::code::{Block, Class, Code};
use crate::formula::convert::{DatesAs, written};
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of_many("CONCATENATE", 1, concatenate),
    Function::of("FIND", 2, 3, |writer, name, given| place(writer, name, given, "0")),
    Function::of("SEARCH", 2, 3, |writer, name, given| place(writer, name, given, "null")),
    Function::of("MID", 3, 3, mid),
    Function::of("LEFT", 1, 2, left),
    Function::of("RIGHT", 1, 2, right),
    Function::of("REPLACE", 4, 4, replace),
    Function::of("REGEXP_REPLACE", 3, 3, replace_matches),
    Function::of("SUBSTITUTE", 3, 4, substitute),
    Function::of("LOWER", 1, 1, |writer, name, given| simple(writer, name, given, "lower")),
    Function::of("UPPER", 1, 1, |writer, name, given| simple(writer, name, given, "upper")),
    Function::of("TRIM", 1, 1, |writer, name, given| simple(writer, name, given, "trim")),
    Function::of("ENCODE_URL_COMPONENT", 1, 1, |writer, name, given| simple(writer, name, given, "urlEncode")),
    Function::of("REPT", 2, 2, repeat),
    Function::of("LEN", 1, 1, length),
    Function::of("T", 1, 1, only_text),
];

impl Writer<'_, '_, '_> {
    /// The next argument as a text, under a name.
    fn next_text(&mut self, name: &str, arguments: &mut Vec<Code>, block: &mut Block) -> Result<String, String> {
        let given = next(arguments);
        let text = self.text(name, given, DatesAs::Iso)?;
        Ok(self.hold(block, &text))
    }

    /// The next argument as a number, 0 where there is none, under a name; the usual one when it is left out.
    fn next_count(
        &mut self,
        name: &str,
        arguments: &mut Vec<Code>,
        block: &mut Block,
        usual: &str,
    ) -> Result<String, String> {
        match taken(arguments) {
            Some(given) => {
                let count = self.count(name, given)?;
                Ok(self.hold(block, &count))
            }
            None => Ok(usual.to_owned()),
        }
    }
}

fn concatenate(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>) -> Written {
    let texts =
        arguments.into_iter().map(|code| writer.text(name, code, DatesAs::Iso)).collect::<Result<Vec<_>, String>>()?;
    Ok(Code::text(format!("(\"\" + {})", texts.join(" + "))).filled())
}

fn simple(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>, function: &str) -> Written {
    let given = next(&mut arguments);
    written(format!("{function}({})", writer.text(name, given, DatesAs::Iso)?))
}

/// Where a text has another, counted from 1.
fn place(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>, nowhere: &str) -> Written {
    let mut block = Block::default();
    let part = writer.next_text(name, &mut arguments, &mut block)?;
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let from = writer.next_count(name, &mut arguments, &mut block, "1")?;
    let body = format!(
        "if {part} != null and {text} != null then let skipped := max({from} - 1, 0); \
         let found := index(substr({text}, skipped), {part}); \
         if found < 0 then {nowhere} else found + skipped + 1 end end"
    );
    Ok(Code::number(block.gives(body)))
}

/// Counted from 0, as Teable does.
fn mid(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let start = writer.next_count(name, &mut arguments, &mut block, "0")?;
    let count = writer.next_count(name, &mut arguments, &mut block, "0")?;
    written(block.gives(format!("substr({text}, {start}, {count})")))
}

fn left(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let count = writer.next_count(name, &mut arguments, &mut block, "1")?;
    written(block.gives(format!("substr({text}, 0, {count})")))
}

fn right(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let count = writer.next_count(name, &mut arguments, &mut block, "1")?;
    written(block.gives(format!("substr({text}, max(length({text}) - {count}, 0))")))
}

/// So many characters from a place counted from 1.
fn replace(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let start = writer.next_count(name, &mut arguments, &mut block, "1")?;
    let count = writer.next_count(name, &mut arguments, &mut block, "0")?;
    let by = writer.next_text(name, &mut arguments, &mut block)?;
    let body = format!(
        "if {text} != null then let before := max({start} - 1, 0); \
         substr({text}, 0, before) + {by} + substr({text}, max(before + {count}, 0)) end"
    );
    written(block.gives(body))
}

fn replace_matches(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let pattern = writer.next_text(name, &mut arguments, &mut block)?;
    let by = writer.next_text(name, &mut arguments, &mut block)?;
    written(block.gives(format!("replacex({text}, \"\" + {pattern}, \"\" + {by})")))
}

/// All occurrences, or the one of a number.
fn substitute(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let old = writer.next_text(name, &mut arguments, &mut block)?;
    let new = writer.next_text(name, &mut arguments, &mut block)?;
    let all = format!("replace({text}, \"\" + {old}, \"\" + {new})");
    if arguments.is_empty() {
        return written(block.gives(all));
    }
    let which = writer.next_count(name, &mut arguments, &mut block, "0")?;
    let body = format!(
        "if {text} != null then let parts := split({text}, \"\" + {old}); \
         if {which} < 1 then {all} else if {which} >= length(parts) then {text} else \
         join(slice(parts, 0, {which}), {old}) + {new} + join(slice(parts, {which}), {old}) end end end"
    );
    written(block.gives(body))
}

fn repeat(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let text = writer.next_text(name, &mut arguments, &mut block)?;
    let count = writer.next_count(name, &mut arguments, &mut block, "0")?;
    // Nothing, filled up with the text.
    written(block.gives(format!("if {text} != null then lpad(\"\", length({text}) * floor({count}), {text}) end")))
}

fn length(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    let filled = given.filled && !given.many;
    let text = writer.text(name, given, DatesAs::Iso)?;
    if filled {
        return Ok(Code::number(format!("length({text})")).filled());
    }
    let mut block = Block::default();
    let text = writer.hold(&mut block, &text);
    Ok(Code::number(block.gives(format!("if {text} != null then length({text}) end"))))
}

/// A text; anything else is nothing. Dates are texts to Teable.
fn only_text(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    match given.class {
        Class::Text | Class::Date => written(writer.text(name, given, DatesAs::Iso)?),
        Class::Number | Class::Bool | Class::Blank | Class::Other => Ok(Code::text("null")),
    }
}
