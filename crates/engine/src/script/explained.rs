//! What is told of a script that was explained, as JSON and as text.

use model::{Json, Schema};
use nx::budget::{Limits, Spent};
use nx::explain::{By, Piece, Plan, excerpt};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;
use store::traced::{Sent, Trace};

/// A script that was run and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// Its selects, in its order.
    pub selects: Vec<SelectPlan>,
    /// What was sent to the store; none for who does not manage the database.
    pub sent: Option<Trace>,
    pub spent: Spent,
    pub limits: Limits,
    pub time: Duration,
    /// Bytes of its result.
    pub result: u64,
    /// Why it used up its budget, if it did.
    pub stopped: Option<Stopped>,
}

/// Where and why a script stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    pub message: String,
    pub line: u32,
    pub column: u32,
}

/// A select, with all that becomes part of its query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelectPlan {
    pub table: String,
    pub text: String,
    pub line: u32,
    pub column: u32,
    pub conditions: Vec<Part>,
    pub orders: Vec<Part>,
    /// What is read of the records, if only that is.
    pub reads: Option<Part>,
    /// `first`, `last`, `item`, `slice`.
    pub window: Option<Part>,
    /// `cnt`, `sum`, …
    pub aggregate: Option<Part>,
}

/// A part of a select and who works it out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub text: String,
    pub by: By,
}

/// A plan with the words of the script.
pub(super) fn plan_of(plan: &Plan, source: &str, schema: &Schema) -> SelectPlan {
    let part = |piece: &Piece| Part { text: excerpt(source, piece.span).to_owned(), by: piece.by };
    let (line, column) = nx::diagnostic::position(source, plan.span.start);
    let is_window = |name: &str| matches!(name, "first" | "last" | "item" | "slice");
    // What the store shall count or cut, it must have found and ordered.
    let whole = |name: &str| {
        let orders: &[Piece] = if is_window(name) { &plan.orders } else { &[] };
        let below = plan.conditions.iter().chain(orders).chain(&plan.column).map(|piece| piece.by);
        below.fold(By::Store, |all, by| match (all, by) {
            (By::Evaluator, _) | (_, By::Evaluator) => By::Evaluator,
            (By::Either, _) | (_, By::Either) => By::Either,
            (By::Store, By::Store) => By::Store,
        })
    };
    let function = plan.function.map(|name| Part { text: name.to_owned(), by: whole(name) });
    let (window, aggregate) = match function {
        Some(function) if is_window(&function.text) => (Some(function), None),
        other => (None, other),
    };
    SelectPlan {
        table: schema.table(plan.table).map(|table| table.name.clone()).unwrap_or_default(),
        text: excerpt(source, plan.span).to_owned(),
        line,
        column,
        conditions: plan.conditions.iter().map(part).collect(),
        orders: plan.orders.iter().map(part).collect(),
        reads: plan.column.as_ref().map(part),
        window,
        aggregate,
    }
}

/// Who works something out, in a word.
fn word(by: By) -> &'static str {
    match by {
        By::Store => "store",
        By::Evaluator => "evaluator",
        // It depends on the type that a value has when the script runs.
        By::Either => "store or evaluator",
    }
}

/// Milliseconds with three decimals.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

impl Explained {
    /// The budgets by name: what was used, and how much may be.
    fn budget(&self) -> [(&'static str, u64, u64); 6] {
        let (spent, limits) = (&self.spent, &self.limits);
        [
            ("steps", spent.steps, limits.steps),
            ("testedRows", spent.tested, limits.tested),
            ("heldRows", spent.rows, limits.rows),
            ("bytes", spent.bytes, limits.bytes),
            ("callDepth", spent.calls as u64, limits.calls as u64),
            ("resultBytes", self.result, limits.result),
        ]
    }

    /// All of it as JSON. Absent: `statements` for who does not manage the database; parts that a select has not.
    pub fn json(&self) -> Json {
        let mut told = serde_json::Map::new();
        told.insert("plan".to_owned(), self.selects.iter().map(SelectPlan::json).collect());
        if let Some(sent) = &self.sent {
            told.insert("statements".to_owned(), sent.statements.iter().map(sent_json).collect());
            if sent.others > 0 {
                told.insert("otherStatements".to_owned(), sent.others.into());
            }
        }
        told.insert("questions".to_owned(), self.spent.queries.into());
        told.insert("rowsRead".to_owned(), self.spent.read.into());
        told.insert("ms".to_owned(), milliseconds(self.time).into());
        let mut budget = serde_json::Map::new();
        for (name, used, limit) in self.budget() {
            budget.insert(name.to_owned(), json!({"used": used, "limit": limit}));
        }
        let limit = milliseconds(self.limits.time);
        budget.insert("ms".to_owned(), json!({"used": milliseconds(self.time), "limit": limit}));
        told.insert("budget".to_owned(), budget.into());
        if let Some(Stopped { message, line, column }) = &self.stopped {
            told.insert("stopped".to_owned(), json!({"message": message, "line": line, "column": column}));
        }
        told.into()
    }

    /// All of it as people read it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        for select in &self.selects {
            writeln!(out, "{}:{}  {}: {}", select.line, select.column, select.table, select.text)?;
            for (name, part) in select.parts() {
                writeln!(out, "  {name:<9} {} -> {}", part.text, word(part.by))?;
            }
        }
        for Sent { sql, times, rows, time } in self.sent.iter().flat_map(|sent| &sent.statements) {
            writeln!(out, "SQL, sent {times}x, {rows} rows, {} ms\n  {sql}", milliseconds(*time))?;
        }
        if let Some(others) = self.sent.as_ref().map(|sent| sent.others).filter(|others| *others > 0) {
            writeln!(out, "and others, sent {others}x")?;
        }
        let (questions, read, time) = (self.spent.queries, self.spent.read, milliseconds(self.time));
        writeln!(out, "questions to the store: {questions}, records read: {read}, {time} ms")?;
        for (name, used, limit) in self.budget() {
            writeln!(out, "  {name:<11} {used} of {limit}")?;
        }
        match &self.stopped {
            Some(Stopped { message, line, column }) => writeln!(out, "stopped at {line}:{column}: {message}"),
            None => Ok(()),
        }
    }
}

impl SelectPlan {
    /// Its parts by name.
    fn parts(&self) -> Vec<(&'static str, &Part)> {
        let conditions = self.conditions.iter().map(|part| ("where", part));
        let orders = self.orders.iter().map(|part| ("order", part));
        let single = [("reads", &self.reads), ("window", &self.window), ("aggregate", &self.aggregate)];
        let single = single.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?)));
        conditions.chain(orders).chain(single).collect()
    }

    fn json(&self) -> Json {
        let part = |part: &Part| json!({"text": part.text, "by": word(part.by)});
        let several = |parts: &[Part]| parts.iter().map(part).collect::<Json>();
        let mut told = serde_json::Map::new();
        told.insert("table".to_owned(), self.table.clone().into());
        told.insert("text".to_owned(), self.text.clone().into());
        told.insert("line".to_owned(), self.line.into());
        told.insert("column".to_owned(), self.column.into());
        for (name, parts) in [("where", &self.conditions), ("order", &self.orders)] {
            told.insert(name.to_owned(), several(parts));
        }
        let single = [("reads", &self.reads), ("window", &self.window), ("aggregate", &self.aggregate)];
        for (name, found) in single {
            if let Some(found) = found {
                told.insert(name.to_owned(), part(found));
            }
        }
        told.into()
    }
}

fn sent_json(sent: &Sent) -> Json {
    let Sent { sql, times, rows, time } = sent;
    json!({"sql": sql, "times": times, "rows": rows, "ms": milliseconds(*time)})
}
