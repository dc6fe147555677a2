//! Functions of lists.

use super::{Function, next, taken};
use crate::formula::code::{Class, Code};
use crate::formula::convert::{DatesAs, not_taken, written};
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of("COUNTALL", 1, 1, count_all),
    Function::of_many("COUNTA", 1, |_, _, given| Ok(counted(&given, |class| class != Class::Bool))),
    Function::of_many("COUNT", 1, |_, _, given| Ok(counted(&given, |class| class == Class::Number))),
    Function::of("ARRAY_JOIN", 1, 2, join),
    Function::of_many("ARRAY_UNIQUE", 1, |writer, name, given| {
        flat(writer, name, given, |list| format!("unique({list})"))
    }),
    // What is empty is left out of both: a text without characters is nothing here.
    Function::of_many("ARRAY_FLATTEN", 1, |writer, name, given| flat(writer, name, given, |list| list)),
    Function::of_many("ARRAY_COMPACT", 1, |writer, name, given| flat(writer, name, given, |list| list)),
    Function::of("TEXT_ALL", 1, 1, text_all),
];

fn count_all(_: &mut Writer<'_, '_, '_>, _: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    let function = if given.many { "length" } else { "cnt" };
    Ok(Code::number(format!("{function}({})", given.text)).filled())
}

/// How many values there are of the classes that count.
fn counted(arguments: &[Code], counts: fn(Class) -> bool) -> Code {
    let count = |code: &Code| match (code.many, code.class) {
        (_, class) if class == Class::Blank || !counts(class) => "0".to_owned(),
        (true, Class::Text) => format!("length({}[this])", code.text),
        (false, Class::Text) => format!("(if {} then 1 else 0 end)", code.text),
        _ => format!("cnt({})", code.text),
    };
    let counts: Vec<String> = arguments.iter().map(count).collect();
    Code::number(format!("({})", counts.join(" + "))).filled()
}

fn join(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let list = next(&mut arguments);
    if !list.many {
        return written(writer.text(name, list, DatesAs::Iso)?);
    }
    let list = writer.texts(name, list, DatesAs::Iso)?;
    let separator = match taken(&mut arguments) {
        Some(separator) if separator.class == Class::Text => writer.text(name, separator, DatesAs::Iso)?,
        Some(_) | None => "\", \"".to_owned(),
    };
    written(format!("join({list}, {separator})"))
}

/// The values of all arguments in one list, without those that are empty.
fn flat(
    writer: &mut Writer<'_, '_, '_>,
    name: &'static str,
    arguments: Vec<Code>,
    finish: fn(String) -> String,
) -> Written {
    if let Some(other) = arguments.iter().find(|code| code.class == Class::Other) {
        return Err(not_taken(name, other));
    }
    let class = arguments.iter().map(|code| code.class).find(|class| *class != Class::Blank).unwrap_or(Class::Text);
    let is_one = arguments.iter().all(|code| code.class == class || code.class == Class::Blank);
    let mut items = Vec::with_capacity(arguments.len());
    for code in arguments {
        items.push(match (is_one, code.many) {
            (true, _) => code.text,
            (false, true) => writer.texts(name, code, DatesAs::Iso)?,
            (false, false) => writer.text(name, code, DatesAs::Iso)?,
        });
    }
    let list = format!("array({})[this != null]", items.join(", "));
    Ok(Code::list(if is_one { class } else { Class::Text }, finish(list)))
}

/// The value, or the values of a list, as text.
fn text_all(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    match given.many {
        true => Ok(Code::list(Class::Text, writer.texts(name, given, DatesAs::Iso)?)),
        false => written(writer.text(name, given, DatesAs::Iso)?),
    }
}
