//! The query string of a list request as SQL that `SQLite` and PostgreSQL both read.
//! Only column names of our own list and fixed words get into the text; every value is bound.

use crate::door::Fault;
use crate::fields::COLUMNS;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    filter_set: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    field_id: String,
    operator: String,
    value: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    field_id: String,
    order: String,
}

#[derive(Debug)]
pub enum Argument {
    Text(String),
    Real(f64),
    Integer(i64),
}

/// The operator that compares with a pattern and without regard to the case of ASCII letters.
#[derive(Clone, Copy)]
pub enum Like {
    Like,
    ILike,
}

/// What follows `FROM companies`, and its arguments. Conditions are joined by "and", the only word that `load` uses.
pub fn select(query: &str, like: Like) -> Result<(String, Vec<Argument>), Fault> {
    let (mut take, mut skip) = (100, 0);
    let (mut conditions, mut order) = (String::new(), String::from(" ORDER BY id"));
    let mut arguments = Vec::new();
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = percent_encoding::percent_decode_str(value).decode_utf8()?;
        match key {
            "take" => take = value.parse::<i64>()?.min(2000),
            "skip" => skip = value.parse::<i64>()?,
            "filter" => conditions = filter(&value, like, &mut arguments)?,
            "orderBy" => order = order_by(&value)?,
            _ => {}
        }
    }
    arguments.extend([Argument::Integer(take), Argument::Integer(skip)]);
    let last = arguments.len();
    Ok((format!("{conditions}{order} LIMIT ${} OFFSET ${last}", last - 1), arguments))
}

/// The conditions of a query string alone, and their arguments.
pub fn conditions(query: &str, like: Like) -> Result<(String, Vec<Argument>), Fault> {
    let mut arguments = Vec::new();
    let given = query.split('&').find_map(|pair| pair.strip_prefix("filter="));
    let conditions = match given {
        Some(text) => filter(&percent_encoding::percent_decode_str(text).decode_utf8()?, like, &mut arguments)?,
        None => String::new(),
    };
    Ok((conditions, arguments))
}

fn filter(text: &str, like: Like, arguments: &mut Vec<Argument>) -> Result<String, Fault> {
    let like = match like {
        Like::Like => "LIKE",
        Like::ILike => "ILIKE",
    };
    let mut sql = String::new();
    for condition in serde_json::from_str::<Filter>(text)?.filter_set {
        let (operator, argument) = match (condition.operator.as_str(), condition.value) {
            ("is", serde_json::Value::String(text)) => ("=", Argument::Text(text)),
            ("isGreater", serde_json::Value::Number(number)) => {
                (">", Argument::Real(number.as_f64().unwrap_or(f64::INFINITY)))
            }
            ("isOdd", serde_json::Value::Number(_)) => ("=", Argument::Integer(1)),
            ("contains", serde_json::Value::String(text)) => (like, Argument::Text(format!("%{text}%"))),
            (operator, value) => return Err(Fault::invalid(format!("{operator} does not take {value}"))),
        };
        arguments.push(argument);
        let joint = if sql.is_empty() { "WHERE" } else { "AND" };
        let column = column(&condition.field_id)?;
        let left = match condition.operator.as_str() {
            "isOdd" => format!("CAST({column} AS BIGINT) % 2"),
            _ => column.to_owned(),
        };
        sql += &format!(" {joint} {left} {operator} ${}", arguments.len());
    }
    Ok(sql)
}

fn order_by(text: &str) -> Result<String, Fault> {
    let mut sql = String::new();
    for order in serde_json::from_str::<Vec<Order>>(text)? {
        let joint = if sql.is_empty() { " ORDER BY " } else { ", " };
        let direction = if order.order == "desc" { " DESC" } else { " ASC" };
        sql.extend([joint, column(&order.field_id)?, direction]);
    }
    Ok(sql)
}

fn column(name: &str) -> Result<&'static str, Fault> {
    let known = COLUMNS.iter().find(|column| **column == name).copied();
    known.ok_or_else(|| Fault::invalid(format!("no field {name}")))
}
