//! Work in NX and through the Ninox door: what our server is asked, and what the floor is asked in its place, which is
//! answered by hand-written SQL.

use super::{Table, Work, excerpt, parse};
use crate::companies::{self, Dice};
use crate::door::Records;
use crate::http::{Request, write_escaped};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Records of a page of the Ninox door.
const PAGE: u64 = 1_000;
/// Records that changed since the sequence that is asked about.
pub const CHANGED: u64 = 100;

/// A record as the Ninox door shows it.
#[derive(Deserialize)]
struct Row {
    fields: Shown,
}

#[derive(Deserialize)]
struct Shown {
    email: Option<String>,
}

/// Changes as the Ninox door tells them, by record.
#[derive(Deserialize)]
struct Changes {
    updates: BTreeMap<String, Internal>,
}

/// A record by the ids of its fields.
#[derive(Deserialize)]
struct Internal {
    /// The fifth field of the table.
    #[serde(rename = "E")]
    email: Option<String>,
}

/// What is asked: a script and the conditions that say the same to the floor; or addresses at both.
enum Asked {
    Script { script: String, floor: &'static str, conditions: String },
    Address { ours: String, floor: String },
}

fn asked(work: Work, number: u64, table: &Table) -> Option<Asked> {
    let condition = |field: &str, operator: &str, value: &str| {
        format!(r#"{{"fieldId":"{field}","operator":"{operator}","value":{value}}}"#)
    };
    let (status, revenue) = work.bounds(number);
    Some(match work {
        Work::NxEqual => {
            let email = companies::email_of(work.row(number, table.ids.len() as u64));
            Asked::Script {
                script: format!("(select companies where email = \"{email}\").email"),
                floor: "record",
                conditions: condition("email", "is", &format!("\"{email}\"")),
            }
        }
        Work::NxCount => Asked::Script {
            script: format!("cnt(select companies where status = \"{status}\" and revenue > {revenue})"),
            floor: "count",
            conditions: format!(
                "{},{}",
                condition("status", "is", &format!("\"{status}\"")),
                condition("revenue", "isGreater", &revenue.to_string())
            ),
        },
        Work::NxSum => Asked::Script {
            script: format!("sum((select companies where revenue > {revenue}).revenue)"),
            floor: "sum",
            conditions: condition("revenue", "isGreater", &revenue.to_string()),
        },
        Work::NxTest => Asked::Script {
            script: "cnt(select companies where odd(revenue))".to_owned(),
            floor: "count",
            conditions: condition("revenue", "isOdd", "1"),
        },
        Work::Changes => Asked::Address {
            ours: format!("tables/companies/changes?sinceSq={}", table.since),
            floor: format!("changes?last={CHANGED}"),
        },
        Work::NinoxList => {
            // Some page, but the same one at both.
            let page = Dice::new(41, number).below((table.ids.len() as u64 / PAGE).clamp(1, 50));
            Asked::Address {
                ours: format!("tables/companies/records?perPage={PAGE}&page={page}"),
                floor: format!("record?take={PAGE}&skip={}", page * PAGE),
            }
        }
        _ => return None,
    })
}

/// Writes the request, if the work is of this kind; whether it is.
pub fn write_request(work: Work, number: u64, table: &Table, request: &mut Request) -> bool {
    let Some(asked) = asked(work, number, table) else { return false };
    let Request { method, path, body } = request;
    path.clear();
    body.clear();
    *method = "GET";
    match (asked, &table.ninox) {
        (Asked::Script { script, .. }, Some(database)) => {
            *method = "POST";
            path.extend([database.as_str(), "/query"]);
            body.push_str(&serde_json::json!({"query": script}).to_string());
        }
        (Asked::Script { floor, conditions, .. }, None) => {
            // Writing to a `String` cannot fail.
            let _ = write!(path, "/api/table/{}/{floor}?filter=", table.id);
            write_escaped(path, &format!(r#"{{"conjunction":"and","filterSet":[{conditions}]}}"#));
        }
        (Asked::Address { ours, .. }, Some(database)) => path.extend([database, "/", &ours]),
        (Asked::Address { floor, .. }, None) => path.extend(["/api/table/", &table.id, "/", &floor]),
    }
    true
}

/// Judges an answer to such work, as [`Work::judge`].
pub fn judge(work: Work, number: u64, table: &Table, body: &[u8]) -> Option<Result<Vec<String>, String>> {
    asked(work, number, table)?;
    Some(told(work, number, table, body))
}

fn told(work: Work, number: u64, table: &Table, body: &[u8]) -> Result<Vec<String>, String> {
    let floors = || -> Result<Vec<String>, String> {
        let records = parse::<Records>(body)?.records;
        Ok(records.into_iter().map(|record| record.fields.email.unwrap_or_default()).collect())
    };
    let emails = |rows: Vec<Row>| rows.into_iter().map(|row| row.fields.email.unwrap_or_default()).collect();
    let mut told: Vec<String> = match (work, &table.ninox) {
        (Work::NxCount | Work::NxSum | Work::NxTest, _) => vec![format!("{}", parse::<f64>(body)?)],
        (Work::NxEqual, Some(_)) => parse(body)?,
        (Work::Changes, Some(_)) => {
            let updates = parse::<Changes>(body)?.updates.into_values();
            updates.map(|record| record.email.unwrap_or_default()).collect()
        }
        (Work::NinoxList, Some(_)) => emails(parse(body)?),
        (_, _) => floors()?,
    };
    let rows = table.ids.len() as u64;
    let right = match work {
        Work::NxEqual => {
            told.iter().all(|email| companies::is_email_of(email, work.row(number, rows))) && told.len() == 1
        }
        Work::Changes => told.len() as u64 == CHANGED,
        Work::NinoxList => told.len() as u64 == PAGE.min(rows),
        _ => told.iter().all(|figure| figure != "0"),
    };
    if !right {
        return Err(format!("a wrong answer ({} items): {}", told.len(), excerpt(body)));
    }
    // Changes of one sequence may come in any order.
    told.sort();
    Ok(told)
}
