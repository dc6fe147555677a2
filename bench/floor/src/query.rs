//! The query string of a list request as SQL.
//! Only column names of our own list and fixed words get into the text; every value is bound.

use crate::Fault;
use crate::table::COLUMNS;
use rusqlite::types::Value;
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

/// What follows `FROM companies`, and its arguments. Conditions are joined by "and", the only word that `load` uses.
pub fn select(query: &str) -> Result<(String, Vec<Value>), Fault> {
    let (mut take, mut skip) = (100, 0);
    let (mut conditions, mut order) = (String::new(), String::from(" ORDER BY id"));
    let mut arguments = Vec::new();
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = percent_encoding::percent_decode_str(value).decode_utf8()?;
        match key {
            "take" => take = value.parse::<i64>()?.min(2000),
            "skip" => skip = value.parse::<i64>()?,
            "filter" => conditions = filter(&value, &mut arguments)?,
            "orderBy" => order = order_by(&value)?,
            _ => {}
        }
    }
    arguments.extend([Value::Integer(take), Value::Integer(skip)]);
    Ok((format!("{conditions}{order} LIMIT ? OFFSET ?"), arguments))
}

fn filter(text: &str, arguments: &mut Vec<Value>) -> Result<String, Fault> {
    let mut sql = String::new();
    for condition in serde_json::from_str::<Filter>(text)?.filter_set {
        let (comparison, value) = match (condition.operator.as_str(), condition.value) {
            ("is", serde_json::Value::String(text)) => (" = ?", Value::Text(text)),
            ("isGreater", serde_json::Value::Number(number)) => (" > ?", number.as_f64().into()),
            ("contains", serde_json::Value::String(text)) => (" LIKE ?", Value::Text(format!("%{text}%"))),
            (operator, value) => return Err(Fault::invalid(format!("{operator} does not take {value}"))),
        };
        let joint = if sql.is_empty() { " WHERE " } else { " AND " };
        sql.extend([joint, column(&condition.field_id)?, comparison]);
        arguments.push(value);
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
