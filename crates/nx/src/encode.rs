//! Results as JSON: `null`, numbers without needless fractions, dates as ISO text, options by their captions, users and
//! records by their ids. What lies in each other is walked without recursion, so depth costs no stack.

use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::spelling;
use crate::value::{Choice, Object, Value};
use model::Schema;
use std::fmt::{self, Write};
use std::io;
use std::sync::Arc;

/// Appends the value as JSON.
pub fn encode(value: &Value, schema: &Schema, out: &mut Vec<u8>) {
    // A vector takes everything.
    let _: fmt::Result = walk(value, schema, &mut Bytes(out));
}

/// Appends the value as JSON to a bounded text.
pub fn write_json(value: &Value, schema: &Schema, out: &mut Bounded) -> Result<(), Fault> {
    walk(value, schema, &mut *out).or_else(|_| out.room(usize::MAX))
}

/// What is left to write of an array or object.
enum Rest<'v> {
    Items(&'v Arc<Vec<Value>>, usize),
    Entries(&'v Arc<Object>, usize),
}

fn walk<W: Write>(value: &Value, schema: &Schema, out: &mut W) -> fmt::Result {
    let mut open: Vec<Rest<'_>> = Vec::new();
    let mut next = Some(value);
    loop {
        match next.take() {
            Some(Value::Array(items)) => {
                out.write_char('[')?;
                open.push(Rest::Items(items, 0));
            }
            Some(Value::Object(object)) => {
                out.write_char('{')?;
                open.push(Rest::Entries(object, 0));
            }
            Some(plain) => write_plain(plain, schema, out)?,
            None => {}
        }
        match open.last_mut() {
            None => return Ok(()),
            Some(Rest::Items(items, place)) => match items.get(*place) {
                Some(item) => {
                    if *place > 0 {
                        out.write_char(',')?;
                    }
                    *place += 1;
                    next = Some(item);
                }
                None => {
                    out.write_char(']')?;
                    open.pop();
                }
            },
            Some(Rest::Entries(object, place)) => match object.entries.get(*place) {
                Some((key, item)) => {
                    if *place > 0 {
                        out.write_char(',')?;
                    }
                    write_quoted(key, out)?;
                    out.write_char(':')?;
                    *place += 1;
                    next = Some(item);
                }
                None => {
                    out.write_char('}')?;
                    open.pop();
                }
            },
        }
    }
}

fn write_plain(value: &Value, schema: &Schema, out: &mut impl Write) -> fmt::Result {
    let quoted = |out: &mut dyn Write, write: &dyn Fn(&mut String) -> fmt::Result| {
        // None of these has a character that JSON escapes.
        let mut text = String::from('"');
        write(&mut text)?;
        text.push('"');
        out.write_str(&text)
    };
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(true) => out.write_str("true"),
        Value::Bool(false) => out.write_str("false"),
        Value::Number(number) if number.is_finite() => ops::write_number(*number, out),
        Value::Number(_) => out.write_str("null"),
        Value::Text(text) => write_quoted(text, out),
        Value::Date(day) => quoted(out, &|text| ops::write_date(*day, text)),
        Value::DateTime(ms) => quoted(out, &|text| ops::write_datetime(*ms, text)),
        Value::Time(ms) => quoted(out, &|text| ops::write_time(*ms, text)),
        Value::Interval(ms) => quoted(out, &|text| ops::write_interval(*ms, text)),
        Value::Appointment { start, end } => quoted(out, &|text| ops::write_appointment(*start, *end, text)),
        Value::Choice(choice) => write_choice(*choice, schema, out),
        Value::Multi(multi) => {
            out.write_char('[')?;
            for (i, choice) in ops::choices(multi).enumerate() {
                if i > 0 {
                    out.write_char(',')?;
                }
                write_choice(choice, schema, out)?;
            }
            out.write_char(']')
        }
        Value::Record(address) => write!(out, "\"{}\"", crate::host::spelled(*address)),
        Value::User(user) => write!(out, "\"{}\"", spelling::user(*user)),
        Value::Table(table) => write!(out, "\"{}\"", spelling::letters(table.0)),
        // Their parts are on their way.
        Value::Array(_) | Value::Object(_) => Ok(()),
    }
}

/// The caption; the number of an option that is deleted.
fn write_choice(choice: Choice, schema: &Schema, out: &mut impl Write) -> fmt::Result {
    match ops::caption(choice, schema) {
        Some(caption) => write_quoted(caption, out),
        None => write!(out, "\"{}\"", choice.id.0),
    }
}

/// A text in quotes.
fn write_quoted(text: &str, out: &mut impl Write) -> fmt::Result {
    let plain = text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\');
    if plain {
        out.write_char('"')?;
        out.write_str(text)?;
        return out.write_char('"');
    }
    serde_json::to_writer(Forward(out), text).map_err(|_| fmt::Error)
}

/// A vector of bytes as something to write text to.
struct Bytes<'o>(&'o mut Vec<u8>);

impl Write for Bytes<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Something to write text to as something to write bytes to. What escapes text writes whole characters.
struct Forward<'o, W: Write>(&'o mut W);

impl<W: Write> io::Write for Forward<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
