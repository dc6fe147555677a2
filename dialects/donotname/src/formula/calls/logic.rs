//! Functions of conditions.

use super::{Function, next, taken};
use crate::formula::code::{Class, Code};
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of("IF", 3, 3, either),
    Function::of_many("SWITCH", 2, switch),
    Function::of_many("AND", 1, |_, _, given| Ok(joined(given, " and ", all_of))),
    Function::of_many("OR", 1, |_, _, given| Ok(joined(given, " or ", any_of))),
    Function::of_many("XOR", 1, exclusive),
    Function::of("NOT", 1, 1, |_, _, mut given| Ok(Code::bool(format!("(not {})", next(&mut given).text)).filled())),
    Function::of("BLANK", 0, 0, |_, _, _| Ok(Code::blank())),
];

fn either(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let condition = next(&mut arguments);
    let (class, many, values) = writer.unified(name, arguments)?;
    let filled = values.iter().all(|value| value.filled);
    let text: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
    let text = format!("(if {} then {} end)", condition.text, text.join(" else "));
    Ok(Code { many, filled, ..Code::of(class, text) })
}

/// `SWITCH(value, case, result, …, otherwise?)`
fn switch(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let subject = next(&mut arguments);
    let subject = writer.single(subject);
    let (mut cases, mut values, mut otherwise) = (Vec::new(), Vec::new(), false);
    while let Some(one) = taken(&mut arguments) {
        match taken(&mut arguments) {
            Some(value) => {
                cases.push(one);
                values.push(value);
            }
            None => {
                values.push(one);
                otherwise = true;
            }
        }
    }
    let (class, many, values) = writer.unified(name, values)?;
    let filled = otherwise && values.iter().all(|value| value.filled);
    let mut text = format!("(switch {} do", subject.text);
    for (case, value) in cases.iter().zip(&values) {
        text.push_str(&format!(" case {}: {}", case.text, value.text));
    }
    if let (true, Some(last)) = (otherwise, values.last()) {
        text.push_str(&format!(" default: {}", last.text));
    }
    text.push_str(" end)");
    Ok(Code { many, filled, ..Code::of(class, text) })
}

fn joined(arguments: Vec<Code>, word: &str, list: fn(&str) -> String) -> Code {
    let parts: Vec<String> =
        arguments.iter().map(|code| if code.many { list(&code.text) } else { code.text.clone() }).collect();
    // A condition by itself is made one: `and` gives true or false.
    let parts = if parts.len() == 1 { format!("(not (not {}))", parts[0]) } else { format!("({})", parts.join(word)) };
    Code::bool(parts).filled()
}

/// Whether all items of a list are true; of no items they are not.
fn all_of(list: &str) -> String {
    format!("(length({list}) > 0 and length({list}[not this]) = 0)")
}

/// Whether an item of a list is true.
fn any_of(list: &str) -> String {
    format!("(length({list}[this]) > 0)")
}

/// Whether an odd number of them are true.
fn exclusive(_: &mut Writer<'_, '_, '_>, _: &'static str, arguments: Vec<Code>) -> Written {
    let count = |code: &Code| match (code.many, code.class) {
        (true, _) => format!("length({}[this])", code.text),
        (false, Class::Blank) => "0".to_owned(),
        (false, _) => format!("(if {} then 1 else 0 end)", code.text),
    };
    let counts: Vec<String> = arguments.iter().map(count).collect();
    Ok(Code::bool(format!("(({}) % 2 = 1)", counts.join(" + "))).filled())
}
