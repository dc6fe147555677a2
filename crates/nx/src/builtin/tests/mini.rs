//! A reader of the scripts in examples: literals, arrays, objects, calls, names of tables, `+ - * / =`. It is here so
//! that rows can be tested without the language around them.

use crate::builtin::{First, find};
use crate::fault::Fault;
use crate::ir::Operator;
use crate::ops;
use crate::testing::MemoryHost;
use crate::value::{Object, Value};
use std::sync::Arc;

pub fn run(script: &str, host: &mut MemoryHost) -> Result<Value, Fault> {
    let mut reader = Reader { rest: script, host };
    let value = reader.comparison()?;
    assert!(reader.rest.trim().is_empty(), "what is {:?} in {script}", reader.rest);
    Ok(value)
}

struct Reader<'s, 'h> {
    rest: &'s str,
    host: &'h mut MemoryHost,
}

impl Reader<'_, '_> {
    fn take(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn operate(&mut self, operator: Operator, left: &Value, right: &Value) -> Result<Value, Fault> {
        let schema = self.host.memory.schema.clone();
        ops::binary(operator, left, right, &schema)
    }

    fn comparison(&mut self) -> Result<Value, Fault> {
        let left = self.sum()?;
        if !self.take("=") {
            return Ok(left);
        }
        let right = self.sum()?;
        self.operate(Operator::Equal, &left, &right)
    }

    fn sum(&mut self) -> Result<Value, Fault> {
        let mut left = self.product()?;
        loop {
            let operator = if self.take("+") {
                Operator::Add
            } else if self.take("-") {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = self.operate(operator, &left, &right)?;
        }
    }

    fn product(&mut self) -> Result<Value, Fault> {
        let mut left = self.single()?;
        loop {
            let operator = if self.take("*") {
                Operator::Multiply
            } else if self.take("/") {
                Operator::Divide
            } else {
                return Ok(left);
            };
            let right = self.single()?;
            left = self.operate(operator, &left, &right)?;
        }
    }

    fn list(&mut self, end: &str) -> Result<Vec<Value>, Fault> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.comparison()?);
            self.take(",");
        }
        Ok(items)
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        let mut signs = self.rest.char_indices().peekable();
        while let Some((at, c)) = signs.next() {
            match c {
                '"' if signs.peek().is_some_and(|(_, next)| *next == '"') => {
                    signs.next();
                    text.push('"');
                }
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return text;
                }
                '\\' => match signs.peek() {
                    Some((_, 'n')) => text.push((signs.next(), '\n').1),
                    Some((_, 't')) => text.push((signs.next(), '\t').1),
                    _ => text.push('\\'),
                },
                c => text.push(c),
            }
        }
        panic!("a text without end: {}", self.rest);
    }

    fn single(&mut self) -> Result<Value, Fault> {
        if self.take("-") {
            let value = self.single()?;
            return ops::negate(&value);
        }
        if self.take("[") {
            return self.list("]").map(Value::array);
        }
        if self.take("\"") {
            return Ok(Value::text(self.text()));
        }
        if self.take("{") {
            let mut entries = Vec::new();
            while !self.take("}") {
                let key = self.word();
                assert!(self.take(":"), "a colon after {key}");
                entries.push((Arc::from(key), self.comparison()?));
                self.take(",");
            }
            return Ok(Value::Object(Arc::new(Object { entries })));
        }
        self.rest = self.rest.trim_start();
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(Value::Number(number.parse().unwrap()));
        }
        let word = self.word();
        match word.as_str() {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            name if self.take("(") => self.call(name),
            name => {
                let schema = &self.host.memory.schema;
                Ok(Value::Table(ops::table_named(schema, name).unwrap_or_else(|| panic!("what is {name}")).id))
            }
        }
    }

    fn call(&mut self, name: &str) -> Result<Value, Fault> {
        let row = find(name).unwrap_or_else(|| panic!("no function {name}"));
        let arguments = self.list(")")?;
        let takes_table = row.first != First::Value;
        assert!(takes_table || !arguments.iter().any(|argument| matches!(argument, Value::Table(_))), "{name}");
        super::call(row, &arguments, self.host).unwrap_or_else(|| panic!("{name} takes not so many arguments"))
    }
}
