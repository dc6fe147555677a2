//! Functions of numbers.

use super::{Function, next, taken};
use crate::formula::code::{Block, Class, Code};
use crate::formula::convert::not_taken;
use crate::formula::writer::{Writer, Written};

pub const ALL: &[Function] = &[
    Function::of_many("SUM", 1, sum),
    Function::of_many("AVERAGE", 1, average),
    Function::of_many("MAX", 1, |writer, name, given| extreme(writer, name, given, "max")),
    Function::of_many("MIN", 1, |writer, name, given| extreme(writer, name, given, "min")),
    Function::of("ROUND", 1, 2, round),
    Function::of("ROUNDUP", 1, 2, |writer, name, given| scaled(writer, name, given, Towards::Far)),
    Function::of("ROUNDDOWN", 1, 2, |writer, name, given| scaled(writer, name, given, Towards::Zero)),
    Function::of("CEILING", 1, 2, |writer, name, given| scaled(writer, name, given, Towards::Up)),
    Function::of("FLOOR", 1, 2, |writer, name, given| scaled(writer, name, given, Towards::Down)),
    Function::of("INT", 1, 1, |writer, name, given| simple(writer, name, given, "floor")),
    Function::of("ABS", 1, 1, |writer, name, given| simple(writer, name, given, "abs")),
    Function::of("SQRT", 1, 1, |writer, name, given| simple(writer, name, given, "sqrt")),
    Function::of("EXP", 1, 1, |writer, name, given| simple(writer, name, given, "exp")),
    Function::of("LOG", 1, 2, |writer, name, given| several(writer, name, given, "log")),
    Function::of("POWER", 2, 2, |writer, name, given| several(writer, name, given, "pow")),
    Function::of("EVEN", 1, 1, |writer, name, given| next_whole(writer, name, given, "even(n)", "n + sign(n)")),
    Function::of("ODD", 1, 1, |writer, name, given| {
        next_whole(writer, name, given, "odd(n)", "if n >= 0 then n + 1 else n - 1 end")
    }),
    Function::of("MOD", 2, 2, modulo),
    Function::of("VALUE", 1, 1, value),
];

/// Numbers and lists of numbers as one list.
fn listed(writer: &mut Writer<'_, '_, '_>, name: &str, arguments: Vec<Code>) -> Result<Vec<String>, String> {
    let item = |code: Code| match (code.many, code.class) {
        (true, Class::Number | Class::Bool) => Ok(code.text),
        (true, _) => Err(not_taken(name, &code)),
        (false, _) => writer.number(name, code),
    };
    arguments.into_iter().map(item).collect()
}

fn sum(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>) -> Written {
    let items = listed(writer, name, arguments)?.join(", ");
    Ok(Code::number(format!("(0 + sum(array({items})))")).filled())
}

/// An empty cell counts as 0, and is counted.
fn average(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let (mut singles, mut count) = (0, String::new());
    let mut items = Vec::new();
    for code in arguments {
        let many = code.many;
        let item = listed(writer, name, vec![code])?.remove(0);
        let item = writer.hold(&mut block, &item);
        if many {
            count.push_str(&format!(" + length({item})"))
        } else {
            singles += 1
        }
        items.push(item);
    }
    let body = format!("(0 + sum(array({}))) / ({singles}{count})", items.join(", "));
    Ok(Code::number(block.gives(body)))
}

/// Of numbers, or of dates.
fn extreme(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>, function: &str) -> Written {
    if arguments.iter().any(|code| code.class == Class::Date) {
        let date = |code: Code| match (code.many, code.class) {
            (true, Class::Date) => Ok(code.text),
            (false, Class::Date | Class::Blank) => writer.date(name, code),
            _ => Err(not_taken(name, &code)),
        };
        let items = arguments.into_iter().map(date).collect::<Result<Vec<_>, String>>()?;
        return Ok(Code::date(format!("datetime({function}(array({})))", items.join(", "))));
    }
    let items = listed(writer, name, arguments)?.join(", ");
    // The greatest of booleans is a number too.
    Ok(Code::number(format!("number({function}(array({items})))")))
}

fn simple(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>, function: &str) -> Written {
    several(writer, name, arguments, function)
}

/// A function of NX with the same numbers.
fn several(writer: &mut Writer<'_, '_, '_>, name: &'static str, arguments: Vec<Code>, function: &str) -> Written {
    let numbers = arguments.into_iter().map(|code| writer.number(name, code)).collect::<Result<Vec<_>, String>>()?;
    Ok(Code::number(format!("{function}({})", numbers.join(", "))))
}

fn round(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let number = next(&mut arguments);
    let number = writer.number(name, number)?;
    Ok(Code::number(match taken(&mut arguments) {
        Some(digits) => format!("round({number}, floor({}))", writer.count(name, digits)?),
        None => format!("round({number})"),
    }))
}

/// Where a number is rounded to.
#[derive(Clone, Copy)]
enum Towards {
    Up,
    Down,
    Zero,
    Far,
}

/// Rounded to digits after the point, or before it.
fn scaled(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>, towards: Towards) -> Written {
    let mut block = Block::default();
    let number = next(&mut arguments);
    let number = writer.number(name, number)?;
    let number = writer.hold(&mut block, &number);
    let scale = match taken(&mut arguments) {
        None => None,
        Some(digits) => {
            let digits = writer.count(name, digits)?;
            Some(writer.hold(&mut block, &format!("pow(10, floor({digits}))")))
        }
    };
    let of = scale.as_ref().map_or_else(|| number.clone(), |scale| format!("{number} * {scale}"));
    let whole = match towards {
        Towards::Up => format!("ceil({of})"),
        Towards::Down => format!("floor({of})"),
        Towards::Far => format!("(if {number} > 0 then ceil({of}) else floor({of}) end)"),
        Towards::Zero => format!("(if {number} > 0 then floor({of}) else ceil({of}) end)"),
    };
    let body = match scale {
        Some(scale) => format!("if {number} != null then {whole} / {scale} end"),
        None => whole,
    };
    Ok(Code::number(block.gives(body)))
}

/// The next whole number away from 0 for which a condition on `n` holds, else another.
fn next_whole(
    writer: &mut Writer<'_, '_, '_>,
    name: &'static str,
    mut arguments: Vec<Code>,
    holds: &str,
    other: &str,
) -> Written {
    let mut block = Block::default();
    let number = next(&mut arguments);
    let number = writer.number(name, number)?;
    let number = writer.hold(&mut block, &number);
    let whole = format!("if {number} > 0 then ceil({number}) else floor({number}) end");
    let body = format!("if {number} != null then let n := {whole}; if {holds} then n else {other} end end");
    Ok(Code::number(block.gives(body)))
}

/// With the sign of the divisor.
fn modulo(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let mut block = Block::default();
    let (number, divisor) = (next(&mut arguments), next(&mut arguments));
    let (number, divisor) = (writer.number(name, number)?, writer.number(name, divisor)?);
    let (number, divisor) = (writer.hold(&mut block, &number), writer.hold(&mut block, &divisor));
    let body = format!("if {number} != null and {divisor} then abs({number} % {divisor}) * sign({divisor}) end");
    Ok(Code::number(block.gives(body)))
}

/// The number in a text, whatever else is in it.
fn value(writer: &mut Writer<'_, '_, '_>, name: &'static str, mut arguments: Vec<Code>) -> Written {
    let given = next(&mut arguments);
    let given = writer.single(given);
    match given.class {
        Class::Number | Class::Blank => Ok(Code { literal: None, ..Code::number(given.text) }),
        Class::Text => {
            let kept = format!("replacex({}, \"[^\\d.+-]\", \"\")", given.text);
            let single = format!("replacex({kept}, \"([+\\-.])+\", \"$1\")");
            let number = r#""^[+-]?(\d+\.?\d*|\.\d+)""#;
            Ok(Code::number(format!("number(extractx({single}, {number}))")))
        }
        Class::Bool | Class::Date | Class::Other => Err(not_taken(name, &given)),
    }
}
