//! Functions of the record itself.

use super::Function;
use crate::base62;
use crate::formula::code::Code;
use crate::formula::writer::{Writer, Written};
use crate::names;
use model::{RecordAddress, RecordId};

pub const ALL: &[Function] = &[
    Function::of("RECORD_ID", 0, 0, id),
    Function::of("AUTO_NUMBER", 0, 0, |_, _, _| Ok(Code::number("number(this)").filled())),
    Function::of("CREATED_TIME", 0, 0, |_, _, _| Ok(Code::date("_cd").filled())),
    Function::of("LAST_MODIFIED_TIME", 0, 0, |_, _, _| Ok(Code::date("_md"))),
];

/// The id as this door spells it: the digits of the record's number behind those of the table.
fn id(writer: &mut Writer<'_, '_, '_>, _: &'static str, _: Vec<Code>) -> Written {
    let database = writer.world.name.database;
    let head = names::record(database, RecordAddress { table: writer.world.name.table, record: RecordId(0) });
    let (head, _) = head.split_at(head.len() - names::ADDRESS);
    let first = u64::from(writer.world.name.table.0) << 32;
    let digits = String::from_utf8_lossy(base62::DIGITS);
    // Each power is exact in a double, and so is the number as long as tables are fewer than 2^20.
    let digit = |place: u32| format!("substr(digits, floor(n / {}) % 62, 1)", 62_u64.pow(place));
    let places: Vec<String> = (0..names::ADDRESS as u32).rev().map(digit).collect();
    let text =
        format!("(let digits := \"{digits}\"; let n := {first} + number(this); \"{head}\" + {})", places.join(" + "));
    Ok(Code::text(text).filled())
}
