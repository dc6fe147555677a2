//! Random expressions of every class, at every table.

use crate::dice::Dice;
use crate::extremes::{EXTREMES, value};
use crate::world::{Place, TEXTS};
use model::expr::{Expr, Function, Gather, Operation, Relation};
use model::filter::{Operand, System};
use model::kind::{Class, Kind, Storage};
use model::{FieldId, Slot, Table, TableId, Value};

/// The classes of expressions.
pub const CLASSES: [Class; 11] = [
    Class::Bool,
    Class::Number,
    Class::Integer,
    Class::Text,
    Class::Date,
    Class::Instant,
    Class::Time,
    Class::Duration,
    Class::Choice,
    Class::Reference,
    Class::User,
];

/// Where an expression is, and how it asks its dice.
pub struct Asking<'a> {
    pub dice: &'a mut Dice,
    pub place: &'a Place,
}

impl Asking<'_> {
    /// An expression of a class at records of a table; now and then one that has none.
    pub fn expr(&mut self, table: TableId, class: Class, depth: usize) -> Expr {
        if self.dice.once_in(60) {
            let other = *self.dice.pick(&CLASSES);
            return self.of(table, other, depth, Texts::Any);
        }
        self.of(table, class, depth, Texts::Any)
    }

    fn of(&mut self, table: TableId, class: Class, depth: usize, texts: Texts) -> Expr {
        if depth == 0 {
            return self.leaf(table, class);
        }
        match self.dice.below(14) {
            0 | 1 => return self.leaf(table, class),
            2 => {
                let condition = self.any(table, depth - 1).into();
                let then = self.of(table, class, depth - 1, texts).into();
                return Expr::If { condition, then, otherwise: self.of(table, class, depth - 1, texts).into() };
            }
            3 | 4 => {
                if let Some((link, target)) = self.link(table, LinkTo::One) {
                    return Expr::At { link, table: target, of: self.of(target, class, depth - 1, texts).into() };
                }
            }
            5 => return Expr::Cell(Operand::expr(self.of(table, class, depth - 1, texts))),
            6 if self.dice.once_in(3) => return Expr::constant(Value::Null),
            _ => {}
        }
        match class {
            Class::Bool => self.condition(table, depth - 1),
            Class::Number => self.number(table, depth - 1),
            Class::Integer => self.whole(table, depth - 1),
            Class::Text => self.text(table, depth - 1, texts),
            Class::Date | Class::Instant | Class::Time | Class::Duration => self.moment(table, class, depth - 1),
            _ => self.leaf(table, class),
        }
    }

    /// An expression of any class.
    pub fn any(&mut self, table: TableId, depth: usize) -> Expr {
        let class = *self.dice.pick(&CLASSES);
        self.expr(table, class, depth)
    }

    /// A comparison of a cell with a constant: what could as well be a test.
    pub fn plain(&mut self, table: TableId) -> Expr {
        let class = *self.dice.pick(&CLASSES);
        let (cell, given) = (self.leaf(table, class), self.constant(class));
        let cell = match (class, cell) {
            (Class::Date | Class::Instant, cell) if self.dice.once_in(3) => call(Function::Year, vec![cell]),
            (Class::Choice | Class::Reference, cell) if self.dice.once_in(2) => call(Function::Number, vec![cell]),
            (_, cell) => cell,
        };
        let given = match &cell {
            Expr::Call { function: Function::Year, .. } => {
                let year = *self.dice.pick(&[1970.0, 2026.0, 1969.0, -271_820.0, 2026.5, 300_000.0]);
                Expr::constant(Value::Number(year))
            }
            Expr::Call { .. } => Expr::constant(Value::Number(self.dice.below(5) as f64)),
            _ => given,
        };
        let relation = self.relation();
        let (left, right) = if self.dice.once_in(4) { (given, cell) } else { (cell, given) };
        Expr::Compare { relation, left: left.into(), right: right.into() }
    }

    fn condition(&mut self, table: TableId, depth: usize) -> Expr {
        match self.dice.below(12) {
            0 => Expr::Not(self.any(table, depth).into()),
            1 => Expr::And((0..self.dice.below(4)).map(|_| self.any(table, depth)).collect()),
            2 => Expr::Or((0..self.dice.below(4)).map(|_| self.any(table, depth)).collect()),
            3 => self.plain(table),
            4 => self.count_against_number(table, depth),
            5 | 6 => {
                let function = *self.dice.pick(&[Function::Contains, Function::StartsWith, Function::EndsWith]);
                let text = self.expr(table, Class::Text, depth);
                let part = if self.dice.once_in(3) { self.expr(table, Class::Text, depth) } else { self.piece() };
                call(function, vec![text, part])
            }
            7 => {
                let text = self.of(table, Class::Text, depth, Texts::Foldable);
                call(Function::ContainsFolded, vec![text, self.piece()])
            }
            _ => {
                let class = *self.dice.pick(&CLASSES);
                let (left, right) = (self.expr(table, class, depth), self.expr(table, class, depth));
                Expr::Compare { relation: self.relation(), left: left.into(), right: right.into() }
            }
        }
    }

    fn count_against_number(&mut self, table: TableId, depth: usize) -> Expr {
        let Some(count) = self.over(table, Class::Integer, depth) else { return self.leaf(table, Class::Bool) };
        let number = Expr::constant(Value::Number(*self.dice.pick(&[0.0, 1.0, 0.5, -1.0, 2.0])));
        Expr::Compare { relation: self.relation(), left: count.into(), right: number.into() }
    }

    fn number(&mut self, table: TableId, depth: usize) -> Expr {
        match self.dice.below(9) {
            0 => {
                let functions =
                    [Function::Negate, Function::Absolute, Function::Floor, Function::Ceiling, Function::Sign];
                call(*self.dice.pick(&functions), vec![self.numeric(table, depth)])
            }
            1 => {
                let class =
                    *self.dice.pick(&[Class::Integer, Class::Number, Class::Bool, Class::Choice, Class::Reference]);
                call(Function::Number, vec![self.expr(table, class, depth)])
            }
            2 | 3 => self.over(table, Class::Number, depth).unwrap_or_else(|| self.leaf(table, Class::Number)),
            _ => {
                let operations =
                    [Operation::Add, Operation::Subtract, Operation::Multiply, Operation::Divide, Operation::Remainder];
                let operation = *self.dice.pick(&operations);
                let left = self.numeric(table, depth).into();
                Expr::Calculate { operation, left, right: self.numeric(table, depth).into() }
            }
        }
    }

    /// A number or a whole number.
    fn numeric(&mut self, table: TableId, depth: usize) -> Expr {
        let class = *self.dice.pick(&[Class::Number, Class::Number, Class::Integer]);
        self.expr(table, class, depth)
    }

    fn whole(&mut self, table: TableId, depth: usize) -> Expr {
        match self.dice.below(6) {
            0 => call(Function::Length, vec![self.expr(table, Class::Text, depth)]),
            1 => call(Function::Index, vec![self.expr(table, Class::Text, depth), self.piece()]),
            2 => {
                let (from, to) = (self.expr(table, Class::Date, depth), self.expr(table, Class::Date, depth));
                call(Function::DaysBetween, vec![from, to])
            }
            3 => {
                let class = *self.dice.pick(&[Class::Instant, Class::Time]);
                let function = *self.dice.pick(&[Function::Hour, Function::Minute, Function::Second]);
                call(function, vec![self.expr(table, class, depth)])
            }
            4 => self.over(table, Class::Integer, depth).unwrap_or_else(|| self.leaf(table, Class::Integer)),
            _ => {
                let class = *self.dice.pick(&[Class::Date, Class::Instant]);
                let functions = [
                    Function::Year,
                    Function::Quarter,
                    Function::Month,
                    Function::Week,
                    Function::Day,
                    Function::Weekday,
                ];
                call(*self.dice.pick(&functions), vec![self.expr(table, class, depth)])
            }
        }
    }

    fn text(&mut self, table: TableId, depth: usize, texts: Texts) -> Expr {
        if texts == Texts::Any && self.dice.once_in(2) {
            let place = |dice: &mut Dice| Expr::constant(Value::Number(*dice.pick(&[0.0, 1.0, 2.0, 5.0, 1e15])));
            let (start, count) = (place(self.dice), place(self.dice));
            return call(Function::Substring, vec![self.of(table, Class::Text, depth, texts), start, count]);
        }
        let parts = (0..self.dice.below(4)).map(|_| self.of(table, Class::Text, depth, texts)).collect();
        call(Function::Concatenate, parts)
    }

    fn moment(&mut self, table: TableId, class: Class, depth: usize) -> Expr {
        if class != Class::Duration && self.dice.once_in(4) {
            let functions = [Gather::Min, Gather::Max];
            let function = *self.dice.pick(&functions);
            if let Some((link, target)) = self.link(table, LinkTo::Many) {
                let only = self.only(target, depth).into();
                return Expr::Over { link, table: target, only, function, of: self.expr(target, class, depth).into() };
            }
        }
        match class {
            Class::Date if self.dice.once_in(2) => call(Function::DayOf, vec![self.expr(table, Class::Instant, depth)]),
            Class::Instant if self.dice.once_in(3) => {
                call(Function::BeginningOf, vec![self.expr(table, Class::Date, depth)])
            }
            Class::Date | Class::Instant if self.dice.once_in(2) => {
                call(Function::DaysLater, vec![self.expr(table, class, depth), self.numeric(table, depth)])
            }
            Class::Instant | Class::Time => {
                call(Function::Later, vec![self.expr(table, class, depth), self.expr(table, Class::Duration, depth)])
            }
            Class::Duration => {
                let (end, start) = (self.expr(table, Class::Instant, depth), self.expr(table, Class::Instant, depth));
                call(Function::Elapsed, vec![end, start])
            }
            _ => self.leaf(table, class),
        }
    }

    /// A summary of linked records that is a number. What is added up is exact in any order.
    fn over(&mut self, table: TableId, class: Class, depth: usize) -> Option<Expr> {
        let (link, target) = self.link(table, LinkTo::Many)?;
        let only = self.only(target, depth).into();
        let (function, of) = match (class, self.dice.below(3)) {
            (Class::Integer, 0) => (Gather::Count, self.any(target, depth)),
            (Class::Integer, 1) => (Gather::CountFilled, self.any(target, depth)),
            (Class::Number, 0) => (Gather::Sum, self.tame(target, depth)),
            (Class::Number, 1) => (Gather::Average, self.tame(target, depth)),
            (class, _) => {
                let function = *self.dice.pick(&[Gather::Min, Gather::Max]);
                (function, self.expr(target, class, depth))
            }
        };
        Some(Expr::Over { link, table: target, only, function, of: of.into() })
    }

    fn only(&mut self, table: TableId, depth: usize) -> Expr {
        if self.dice.once_in(2) { Expr::always() } else { self.expr(table, Class::Bool, depth) }
    }

    /// A number that adds up to the same in any order: a small multiple of a quarter.
    pub fn tame(&mut self, table: TableId, depth: usize) -> Expr {
        let whole = match table {
            EXTREMES => 10,
            TableId(3) => 5,
            _ => return call(Function::Length, vec![Expr::Cell(Operand::Slot(Slot::plain(FieldId(1))))]),
        };
        let cell = Expr::Cell(Operand::Slot(Slot::plain(FieldId(whole))));
        if depth == 0 || self.dice.once_in(2) {
            return cell;
        }
        let right = Expr::constant(Value::Number(*self.dice.pick(&[0.5, 3.0, -2.0]))).into();
        let operation = *self.dice.pick(&[Operation::Add, Operation::Multiply, Operation::Subtract]);
        Expr::Calculate { operation, left: cell.into(), right }
    }

    /// A cell of the class, or a constant.
    fn leaf(&mut self, table: TableId, class: Class) -> Expr {
        let found = self.cells(table, class);
        if found.is_empty() || self.dice.once_in(4) {
            return self.constant(class);
        }
        Expr::Cell(self.dice.pick(&found).clone())
    }

    /// The cells of a class at a table.
    fn cells(&self, table: TableId, class: Class) -> Vec<Operand> {
        let table = &self.place.memory.schema.tables[&table];
        let mut found = own_cells(table, class);
        for field in &table.fields {
            if let Kind::Reference(reference) = &field.kind
                && let [target] = reference.targets.as_slice()
            {
                let target = &self.place.memory.schema.tables[target];
                let through = own_cells(target, class).into_iter().filter_map(|cell| match cell {
                    Operand::Slot(slot) => Some(Operand::Through { link: field.id, slot }),
                    _ => None,
                });
                found.extend(through.take(1));
            }
        }
        let system: &[System] = match class {
            Class::Bool => &[System::Valid],
            Class::Integer => &[System::Id, System::Seq],
            Class::Instant => &[System::CreatedAt, System::ModifiedAt],
            Class::User => &[System::CreatedBy, System::ModifiedBy],
            Class::Reference => &[System::Parent],
            Class::Text => &[System::Rank],
            _ => &[],
        };
        found.extend(system.iter().map(|system| Operand::System(*system)));
        found
    }

    fn constant(&mut self, class: Class) -> Expr {
        Expr::constant(value(self.dice, class))
    }

    /// A text to look for.
    fn piece(&mut self) -> Expr {
        let pieces = ["", "a", "A", "ä", "SS", "ß", "本", ",", "pf", "0"];
        let text = if self.dice.once_in(3) { *self.dice.pick(&TEXTS) } else { *self.dice.pick::<&str>(&pieces) };
        Expr::constant(if self.dice.once_in(12) { Value::Null } else { Value::text(text) })
    }

    fn relation(&mut self) -> Relation {
        *self.dice.pick(&[
            Relation::Equal,
            Relation::Equal,
            Relation::NotEqual,
            Relation::Less,
            Relation::LessOrEqual,
            Relation::Greater,
            Relation::GreaterOrEqual,
        ])
    }

    /// A link of the table and where it leads.
    fn link(&mut self, table: TableId, to: LinkTo) -> Option<(FieldId, TableId)> {
        let table = &self.place.memory.schema.tables[&table];
        let mut found = Vec::new();
        for field in &table.fields {
            let targets: &[TableId] = match (&field.kind, to) {
                (Kind::Reference(kind), LinkTo::One) => &kind.targets,
                (Kind::Links(kind), LinkTo::Many) => &kind.targets,
                (Kind::Reverse(kind), LinkTo::Many) => std::slice::from_ref(&kind.table),
                _ => &[],
            };
            found.extend(targets.iter().map(|target| (field.id, *target)));
        }
        if found.is_empty() { None } else { Some(*self.dice.pick(&found)) }
    }
}

/// Which texts may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    Any,
    /// No parts of others.
    Foldable,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LinkTo {
    One,
    Many,
}

fn own_cells(table: &Table, class: Class) -> Vec<Operand> {
    let of_class = table.fields.iter().filter(|field| {
        field.kind.class() == class && matches!(field.kind.storage(), Storage::Column(_) | Storage::System(_))
    });
    of_class
        .flat_map(|field| {
            let locales = field.columns.iter().skip(1).map(|column| Slot { field: field.id, locale: column.locale });
            std::iter::once(Slot::plain(field.id)).chain(locales)
        })
        .map(Operand::Slot)
        .collect()
}

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call { function, arguments }
}

/// Expressions that say a little less.
pub fn smaller(expr: &Expr) -> Vec<Expr> {
    let mut found: Vec<Expr> = match expr {
        Expr::At { .. } | Expr::Over { .. } => Vec::new(),
        _ => expr.parts().into_iter().cloned().collect(),
    };
    for (place, part) in expr.parts().into_iter().enumerate() {
        found.extend(smaller(part).into_iter().map(|smaller| with_part(expr, place, smaller)));
    }
    if let Expr::Over { link, table, function, of, only } = expr
        && **only != Expr::always()
    {
        let only = Expr::always().into();
        found.push(Expr::Over { link: *link, table: *table, only, function: *function, of: of.clone() });
    }
    found
}

/// The expression with another part at a place.
fn with_part(expr: &Expr, place: usize, part: Expr) -> Expr {
    let mut changed = expr.clone();
    match &mut changed {
        Expr::Constant(_) => {}
        Expr::Cell(operand) => *operand = Operand::expr(part),
        Expr::At { of, .. } => **of = part,
        Expr::Over { only, of, .. } => **(if place == 0 { only } else { of }) = part,
        Expr::Not(inner) => **inner = part,
        Expr::And(parts) | Expr::Or(parts) => parts[place] = part,
        Expr::If { condition, then, otherwise } => {
            **(match place {
                0 => condition,
                1 => then,
                _ => otherwise,
            }) = part;
        }
        Expr::Compare { left, right, .. } | Expr::Calculate { left, right, .. } => {
            **(if place == 0 { left } else { right }) = part;
        }
        Expr::Call { arguments, .. } => arguments[place] = part,
    }
    changed
}
