//! A checked tree as text: what each name became.

use nx::ir::{Access, Kind, Node, Place, Program};
use nx::spelling::letters;
use nx::types::Type;
use nx::value::Value;

/// The tree of a program, its functions after it.
pub fn program(program: &Program) -> String {
    let functions = program.functions.iter().map(|f| format!("\n{}/{} {}", f.name, f.parameters, node(&f.body)));
    node(&program.root) + &functions.collect::<String>()
}

fn all<'n>(nodes: impl IntoIterator<Item = &'n Node>) -> String {
    nodes.into_iter().map(|n| format!(" {}", node(n))).collect()
}

fn place(place: Place) -> String {
    match place {
        Place::Global(number) => format!("g{number}"),
        Place::Local(number) => format!("l{number}"),
    }
}

fn node(of: &Node) -> String {
    match &of.kind {
        Kind::Constant(value) => constant(value),
        Kind::Template(parts) => format!("(template{})", all(parts)),
        Kind::Array(items) => format!("[{}]", all(items).trim_start()),
        Kind::Object(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {}", node(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Kind::Variable(at) => place(*at),
        Kind::SetVariable(at, value) => format!("(let {} {})", place(*at), node(value)),
        Kind::Block(nodes) => format!("(block{})", all(nodes)),
        Kind::This(depth) => format!("@{}", depth.0),
        Kind::Field { of, table, access } => {
            let what = match access {
                Access::Field(field) => format!("{}.{}", letters(table.0), letters(field.0)),
                Access::System(system) => format!("{}.{system:?}", letters(table.0)),
                Access::Itself => format!("{}.Id", letters(table.0)),
            };
            format!("(field {} {what})", node(of))
        }
        Kind::Key { of, name } => format!("(key {} {name})", node(of)),
        Kind::FreeName { name, contexts } => {
            format!("(free {name}{})", contexts.iter().map(|depth| format!(" @{}", depth.0)).collect::<String>())
        }
        Kind::Select(table) => format!("(select {})", letters(table.0)),
        Kind::Filter { of, context, condition } => format!("(filter {} @{} {})", node(of), context.0, node(condition)),
        Kind::Map { of, context, body } => format!("(map {} @{} {})", node(of), context.0, node(body)),
        Kind::Order { of, context, key } => format!("(order {} @{} {})", node(of), context.0, node(key)),
        Kind::Not(of) => format!("(not {})", node(of)),
        Kind::And(a, b) => format!("(and {} {})", node(a), node(b)),
        Kind::Or(a, b) => format!("(or {} {})", node(a), node(b)),
        Kind::Negate(of) => format!("(- {})", node(of)),
        Kind::Binary { operator, left, right } => format!("({} {} {})", operator.word(), node(left), node(right)),
        Kind::Call { builtin, arguments } => format!("({}{})", builtin.name, all(arguments)),
        Kind::CallFunction { function, arguments } => format!("(fn{function}{})", all(arguments)),
        Kind::If { condition, then, otherwise } => {
            format!("(if {} {}{})", node(condition), node(then), all(otherwise.as_deref()))
        }
        Kind::Switch { subject, cases, default } => {
            let cases: String =
                cases.iter().map(|(case, value)| format!(" ({} {})", node(case), node(value))).collect();
            format!("(switch {}{cases}{})", node(subject), all(default.as_deref()))
        }
        Kind::ForEach { place: at, of, body } => format!("(for {} {} {})", place(*at), node(of), node(body)),
        Kind::ForRange { place: at, from, to, step, body } => {
            format!("(range {}{}{} {})", place(*at), all([&**from, &**to]), all(step.as_deref()), node(body))
        }
        Kind::While { condition, body } => format!("(while {} {})", node(condition), node(body)),
        Kind::Break => "break".to_owned(),
        Kind::Create(table) => format!("(create {})", letters(table.0)),
        Kind::Delete(of) => format!("(delete {})", node(of)),
        Kind::Assign { of, table, field, value } => {
            format!("(write {} {}.{} {})", node(of), letters(table.0), letters(field.0), node(value))
        }
        Kind::AssignKey { of, name, value } => format!("(write {} {name} {})", node(of), node(value)),
    }
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Table(table) => format!("table {}", letters(table.0)),
        other => format!("{other:?}"),
    }
}

/// A type in a few letters.
pub fn ty(of: &Type) -> String {
    match of {
        Type::Array(item) => format!("[{}]", ty(item)),
        Type::Record(table) => format!("record {}", letters(table.0)),
        Type::Choice(table, field) => format!("choice {}.{}", letters(table.0), letters(field.0)),
        Type::Multi(table, field) => format!("multi {}.{}", letters(table.0), letters(field.0)),
        other => format!("{other:?}").to_lowercase(),
    }
}
