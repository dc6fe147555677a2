//! Functions, as later versions of Teable work them out.

mod dates;
mod lists;
mod logic;
mod months;
mod numbers;
mod record;
mod text;
mod workdays;

use super::code::Code;
use super::writer::{Writer, Written};

/// What writes a call: its name and arguments.
pub type Write = fn(&mut Writer<'_, '_, '_>, &'static str, Vec<Code>) -> Written;

/// A function.
pub struct Function {
    pub name: &'static str,
    /// Least and most arguments.
    arity: (usize, Option<usize>),
    pub write: Write,
}

impl Function {
    const fn of(name: &'static str, least: usize, most: usize, write: Write) -> Function {
        Function { name, arity: (least, Some(most)), write }
    }

    const fn of_many(name: &'static str, least: usize, write: Write) -> Function {
        Function { name, arity: (least, None), write }
    }

    /// Refuses a call with too few or too many arguments.
    pub fn check(&self, count: usize) -> Result<(), String> {
        let (least, most) = self.arity;
        let name = self.name;
        match most {
            _ if count < least => Err(format!("cannot be read: {name} needs at least {least} values")),
            Some(most) if count > most => Err(format!("cannot be read: {name} takes at most {most} values")),
            _ => Ok(()),
        }
    }
}

const GROUPS: [&[Function]; 8] =
    [numbers::ALL, text::ALL, logic::ALL, dates::ALL, months::ALL, workdays::ALL, lists::ALL, record::ALL];

/// Functions of Teable's for which NX has no words.
const UNSAID: [&str; 3] = ["ERROR", "IS_ERROR", "ISERROR"];

/// The function of a name in capital letters.
pub fn find(name: &str) -> Result<&'static Function, String> {
    let name = match name {
        "ARRAYJOIN" => "ARRAY_JOIN",
        "ARRAYUNIQUE" => "ARRAY_UNIQUE",
        "ARRAYFLATTEN" => "ARRAY_FLATTEN",
        "ARRAYCOMPACT" => "ARRAY_COMPACT",
        other => other,
    };
    let found = GROUPS.into_iter().flatten().find(|function| function.name == name);
    found.ok_or_else(|| match UNSAID.contains(&name) {
        true => format!("cannot be worked out: {name} is not spoken here"),
        false => format!("cannot be worked out: there is no function {name}"),
    })
}

/// All functions, for the documents.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.into_iter().flatten().map(|function| function.name)
}

/// The argument at a place, if it was given.
fn taken(arguments: &mut Vec<Code>) -> Option<Code> {
    if arguments.is_empty() { None } else { Some(arguments.remove(0)) }
}

/// The next argument of a call whose arguments were counted.
fn next(arguments: &mut Vec<Code>) -> Code {
    taken(arguments).unwrap_or_else(Code::blank)
}
