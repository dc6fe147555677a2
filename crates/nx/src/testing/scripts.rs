//! Random scripts over the tables of [`super::MemoryHost::sample`]: what runs with and without lowering, or over two
//! stores, must give the same. A seed always gives the same.

use super::world::{Dice, TEXTS};

const OPTIONS: [&str; 4] = ["Lead", "Active", "Lost", "Gone"];

/// A script that reads.
pub fn random_script(seed: u64) -> String {
    Writer { dice: Dice::new(seed) }.script()
}

/// What a generated expression gives.
#[derive(Clone, Copy, PartialEq)]
enum Is {
    Number,
    Text,
    Bool,
    Date,
    Any,
}

struct Writer {
    dice: Dice,
}

impl Writer {
    fn script(&mut self) -> String {
        let table = self.dice.roll(3);
        let rows = self.rows(table, 2);
        let number = self.number(table, 2);
        let any = self.expr(table, Is::Any, 2);
        let (a, b) = (self.dice.roll(4), self.dice.roll(6));
        match self.dice.roll(28) {
            0 => format!("cnt({rows})"),
            1 | 2 => {
                let function =
                    self.dice.pick(&["sum", "avg", "min", "max", "cnt", "first", "last", "unique", "length"]);
                let field = self.field(table, Is::Number);
                format!("{function}(({rows}).{field})")
            }
            3 => {
                let function = self.dice.pick(&["sum", "avg", "min", "max", "cnt", "unique", "length", "first"]);
                format!("{function}(({rows}).({number}))")
            }
            4 => {
                let function = self.dice.pick(&["cnt", "unique", "first", "last", "min", "max", "length"]);
                let field = self.field(table, Is::Any);
                format!("{function}(({rows}).{field})")
            }
            5 => format!("first({rows})"),
            6 => format!("last({rows})"),
            7 => format!("item({rows}, {a})"),
            8 => format!("slice({rows}, {a}, {b})"),
            9 => {
                let field = self.field(table, Is::Any);
                format!("slice(({rows}).{field}, {a}, {b})")
            }
            10 => format!("({rows}).({any})"),
            11 => {
                let field = self.field(table, Is::Any);
                format!("({rows}).{field}")
            }
            12 => format!("({rows}).{}", self.path(table)),
            13 => format!("cnt(({rows}).{})", self.path(table)),
            14 => format!("for r in {rows} do r.({any}) end"),
            15 => {
                let field = self.field(table, Is::Number);
                format!("let s := {rows}; [cnt(s), sum(s.{field}), length(s), sum(s.{field})]")
            }
            16 => {
                let field = self.field(table, Is::Number);
                let name = TABLES[table];
                let least = self.literal(Is::Number);
                format!(
                    "function f(x) do if x > {least} then x + 1 else x end end; (select {name} where f({field}) > 1).({any})"
                )
            }
            17 => {
                let other = self.dice.roll(3);
                let inner = self.rows(other, 1);
                format!("({rows}).(let own := {number}; cnt({inner}) + own)")
            }
            18 => {
                let condition = self.condition(table, 1);
                let name = TABLES[table];
                let (least, field) = (self.literal(Is::Number), self.field(table, Is::Number));
                format!(
                    "let least := {least}; let s := select {name} where {field} >= least; let n := 0; for i in range(3) do n := n + cnt(s[{condition}]) end; n"
                )
            }
            19 => {
                let other = self.dice.roll(3);
                let (own, theirs) = (self.field(table, Is::Any), self.field(other, Is::Any));
                let compare = self.dice.pick(&COMPARE);
                let name = TABLES[other];
                format!("({rows}).(let own := {own}; cnt(select {name} where {theirs} {compare} own))")
            }
            20 => {
                let (name, link, compare) =
                    [("Invoices", "'Customer'", "="), ("Items", "'Invoice'", "!="), ("Items", "Id", "=")][table];
                format!("for r in {rows} do cnt(select {name} where {link} {compare} r) end")
            }
            21 => {
                let name = TABLES[table];
                format!(
                    "let r := first({rows}); let n := number(r); [select {name} where Id = r, select {name} where Id != n, r]"
                )
            }
            22 => {
                let function = self.dice.pick(&["sum", "cnt", "avg", "max", "unique", "last"]);
                let field = self.field(table, Is::Number);
                format!("{function}(slice({rows}, {a}, {b}).{field})")
            }
            23 => format!(
                "[cnt(slice({rows}, {a}, {b})), first(slice({rows}, {a}, {b})), slice(slice({rows}, {a}), 0, {b})]"
            ),
            24 => {
                let (path, target) = [("'Invoices'", 1), ("'Items'", 2), ("'Invoice'", 1)][table];
                let (condition, field) = (self.condition(target, 1), self.field(target, Is::Any));
                format!("({rows}).{path}[{condition}].{field}")
            }
            25 => {
                let function = self.dice.pick(&["cnt", "unique", "sum", "max"]);
                format!("{function}(({rows}).({any}))")
            }
            26 => {
                let key = self.key(table);
                let field = self.field(table, Is::Any);
                format!("(({rows}).{field}) order by this; slice(({rows} order by {key}), 0, {b}).{field}")
            }
            _ => rows,
        }
    }

    /// A selection of a table.
    fn rows(&mut self, table: usize, depth: usize) -> String {
        let name = TABLES[table];
        let mut rows = match self.dice.roll(4) {
            0 => format!("(select {name})"),
            1 => format!("(select {name}[{}])", self.condition(table, depth)),
            _ => format!("(select {name} where {})", self.condition(table, depth)),
        };
        if self.dice.roll(4) == 0 {
            rows = format!("{rows}[{}]", self.condition(table, depth));
        }
        if self.dice.roll(3) == 0 {
            rows = format!("({rows} order by {})", self.key(table));
            if self.dice.roll(4) == 0 {
                rows = format!("{rows}[{}]", self.condition(table, 1));
            }
            if self.dice.roll(4) == 0 {
                rows = format!("({rows} order by {})", self.key(table));
            }
        }
        rows
    }

    fn key(&mut self, table: usize) -> String {
        match self.dice.roll(6) {
            0 => format!("-{}", self.field(table, Is::Number)),
            1 => format!("-{}", self.field(table, Is::Date)),
            2 => self.number(table, 1),
            _ => self.field(table, Is::Any),
        }
    }

    fn condition(&mut self, table: usize, depth: usize) -> String {
        if depth > 0 {
            match self.dice.roll(6) {
                0 => return format!("({} and {})", self.condition(table, depth - 1), self.condition(table, depth - 1)),
                1 => return format!("({} or {})", self.condition(table, depth - 1), self.condition(table, depth - 1)),
                2 => return format!("(not {})", self.condition(table, depth - 1)),
                _ => {}
            }
        }
        let compare = self.dice.pick(&COMPARE);
        match self.dice.roll(19) {
            0 | 1 => format!("{} {compare} {}", self.number(table, depth), self.number(table, 0)),
            2 => format!("{} {compare} {}", self.expr(table, Is::Text, depth), self.expr(table, Is::Text, 0)),
            3 => format!("{} {compare} {}", self.field(table, Is::Date), self.literal(Is::Date)),
            // Whatever with whatever.
            4 => format!("{} {compare} {}", self.field(table, Is::Any), self.literal(Is::Any)),
            5 => format!("{} {compare} {}", self.field(table, Is::Any), self.field(table, Is::Any)),
            6 => format!("{} like {}", self.field(table, Is::Any), self.literal(Is::Text)),
            7 => {
                let function = self.dice.pick(&["contains", "startsWith", "endsWith"]);
                format!("{function}({}, {})", self.field(table, Is::Text), self.literal(Is::Text))
            }
            8 => self.field(table, Is::Any),
            9 => {
                let function = self.dice.pick(&["year", "month", "day", "quarter", "week", "weekday"]);
                let number = self.dice.roll(13) + if function == "year" { 2020 } else { 0 };
                format!("{function}({}) {compare} {number}", self.field(table, Is::Date))
            }
            10 => format!("{} = null", self.field(table, Is::Any)),
            11 => format!("testx({}, \"[aA]\")", self.field(table, Is::Text)),
            12 => {
                let (choice, caption) = (self.choice(table), self.dice.pick(&OPTIONS));
                match self.dice.roll(4) {
                    0 => format!("text({choice}) {compare} \"{caption}\""),
                    1 => format!("{choice} {compare} \"{caption}\""),
                    2 => format!("number({choice}) {compare} {}", self.dice.roll(4)),
                    _ => format!("{choice} {compare} {}", self.dice.roll(4)),
                }
            }
            13 => format!(
                "days({}, {}) {compare} {}",
                self.field(table, Is::Date),
                self.literal(Is::Date),
                self.dice.roll(90)
            ),
            14 => {
                let days = self.dice.roll(50);
                format!("{} + {days} {compare} {}", self.field(table, Is::Date), self.literal(Is::Date))
            }
            15 => format!("index({}, {}) {compare} 0", self.field(table, Is::Text), self.literal(Is::Text)),
            16 => format!(
                "(if {} then {} else {} end) {compare} {}",
                self.field(table, Is::Any),
                self.number(table, 0),
                self.number(table, 0),
                self.number(table, 0)
            ),
            17 => format!("{} {compare} {}", self.expr(table, Is::Text, 1), self.expr(table, Is::Text, 1)),
            _ => format!("{} {compare} {}", self.linked(table), self.dice.roll(4)),
        }
    }

    fn expr(&mut self, table: usize, is: Is, depth: usize) -> String {
        match is {
            Is::Number => self.number(table, depth),
            Is::Text if depth > 0 => match self.dice.roll(4) {
                0 => format!("({} + {})", self.field(table, Is::Text), self.literal(Is::Text)),
                1 => format!("({} + {})", self.field(table, Is::Text), self.field(table, Is::Any)),
                2 => format!("substr({}, {}, {})", self.field(table, Is::Text), self.dice.roll(3), self.dice.roll(4)),
                _ => format!("upper({})", self.field(table, Is::Text)),
            },
            Is::Any if depth > 0 => match self.dice.roll(6) {
                0 => self.number(table, depth),
                1 => self.expr(table, Is::Text, depth),
                2 => self.condition(table, depth - 1),
                3 => format!(
                    "if {} then {} else {} end",
                    self.condition(table, 0),
                    self.field(table, Is::Number),
                    self.number(table, 0)
                ),
                4 => self.linked(table),
                _ => self.field(table, Is::Any),
            },
            other => {
                if self.dice.roll(3) == 0 {
                    self.literal(other)
                } else {
                    self.field(table, other)
                }
            }
        }
    }

    fn number(&mut self, table: usize, depth: usize) -> String {
        if depth > 0 {
            match self.dice.roll(9) {
                0 => return format!("({} + {})", self.number(table, depth - 1), self.number(table, depth - 1)),
                1 => return format!("({} - {})", self.number(table, depth - 1), self.number(table, depth - 1)),
                2 => return format!("({} * {})", self.number(table, depth - 1), self.number(table, depth - 1)),
                3 => {
                    return format!(
                        "({} / {})",
                        self.number(table, depth - 1),
                        self.dice.pick(&["2", "4", "0", "0.5"])
                    );
                }
                4 => return format!("({} % {})", self.number(table, depth - 1), self.dice.pick(&["2", "3", "0"])),
                5 => {
                    let function = self.dice.pick(&["abs", "floor", "ceil", "sign", "sqr", "number"]);
                    return format!("{function}({})", self.number(table, depth - 1));
                }
                6 => return format!("length({})", self.field(table, Is::Text)),
                7 => return self.linked(table),
                _ => {}
            }
        }
        if self.dice.roll(3) == 0 { self.literal(Is::Number) } else { self.field(table, Is::Number) }
    }

    /// A summary of linked records.
    fn linked(&mut self, table: usize) -> String {
        let (link, target) = match table {
            0 => ("'Invoices'", 1),
            1 => ("'Items'", 2),
            _ => ("'Invoice'.'Items'", 2),
        };
        let only = if self.dice.roll(2) == 0 { format!("[{}]", self.condition(target, 0)) } else { String::new() };
        match self.dice.roll(4) {
            0 => format!("cnt({link}{only})"),
            1 => format!("cnt({link}{only}.{})", self.field(target, Is::Any)),
            2 => {
                let function = self.dice.pick(&["sum", "avg", "min", "max"]);
                format!("{function}({link}{only}.{})", self.field(target, Is::Number))
            }
            _ => format!("sum({link}{only}.({} * {}))", self.field(target, Is::Number), self.field(target, Is::Number)),
        }
    }

    fn choice(&mut self, table: usize) -> &'static str {
        ["'Status'", "'Customer'.'Status'", "'Invoice'.'Status'"][table]
    }

    fn path(&mut self, table: usize) -> &'static str {
        let paths: &[&str] = match table {
            0 => &["'Invoices'.'Amount'", "'Invoices'.'Items'.'Price'", "'Invoices'.'Customer'", "'Tags'"],
            1 => &["'Customer'.'Age'", "'Customer'.'First Name'", "'Items'.'Price'", "'Customer'.'Invoices'.'Amount'"],
            _ => &["'Invoice'.'Amount'", "'Invoice'.'Customer'.'Age'", "'Invoice'.'Customer'.'Status'", "'Invoice'"],
        };
        paths[self.dice.roll(paths.len())]
    }

    fn field(&mut self, table: usize, is: Is) -> String {
        let fields: &[&str] = match (table, is) {
            (0, Is::Number) => &["'Age'", "'Age'", "'Total'"],
            (0, Is::Text) => &["'First Name'", "'Last Name'"],
            (0, Is::Bool) => &["'Active'"],
            (0, Is::Date) => &["'Born'"],
            (0, Is::Any) => &["'Status'", "'Tags'", "'Age'", "'First Name'", "'Active'", "'Born'", "'Owner'", "'Id'"],
            (1, Is::Number) => &["'Amount'", "'Amount'", "'Customer'.'Age'"],
            (1, Is::Text) => &["'Number'", "'Customer'.'First Name'", "'Customer'.'Last Name'"],
            (1, Is::Bool) => &["'Paid'", "'Customer'.'Active'"],
            (1, Is::Date) => &["'Date'", "'Due'", "'Customer'.'Born'"],
            (1, Is::Any) => &[
                "'Status'",
                "'Customer'",
                "'Paid'",
                "'Amount'",
                "'Number'",
                "'Date'",
                "'Due'",
                "'Customer'.'Status'",
                "'Id'",
            ],
            (_, Is::Number) => &["'Quantity'", "'Price'", "'Stars'", "'Invoice'.'Amount'"],
            (_, Is::Text) => &["'Product'", "'Invoice'.'Number'", "'Invoice'.'Customer'.'First Name'"],
            (_, Is::Bool) => &["'Invoice'.'Paid'"],
            (_, Is::Date) => &["'Invoice'.'Date'", "'Invoice'.'Due'"],
            (_, Is::Any) => &[
                "'Invoice'",
                "'Took'",
                "'At'",
                "'Stars'",
                "'Product'",
                "'Invoice'.'Status'",
                "'Invoice'.'Customer'",
                "'Price'",
            ],
        };
        fields[self.dice.roll(fields.len())].to_owned()
    }

    fn literal(&mut self, is: Is) -> String {
        let text = |dice: &mut Dice| format!("\"{}\"", TEXTS[dice.roll(10)]);
        match is {
            Is::Number => format!("{}", (self.dice.roll(12) as f64 / 2.0)),
            Is::Text => text(&mut self.dice),
            Is::Bool => self.dice.pick(&["true", "false"]).to_owned(),
            Is::Date => match self.dice.roll(3) {
                0 => "datetime(2023, 12, 20, 12)".to_owned(),
                1 => "(today() - 90)".to_owned(),
                _ => format!("date(2024, {}, 1)", self.dice.roll(3)),
            },
            Is::Any => match self.dice.roll(7) {
                0 => format!("\"{}\"", OPTIONS[self.dice.roll(4)]),
                1 => "\"vip\"".to_owned(),
                2 => "null".to_owned(),
                3 => self.literal(Is::Bool),
                4 => self.literal(Is::Date),
                5 => text(&mut self.dice),
                _ => self.literal(Is::Number),
            },
        }
    }
}

const COMPARE: [&str; 7] = ["=", "=", "!=", "<", "<=", ">", ">="];
const TABLES: [&str; 3] = ["Customers", "Invoices", "Items"];
