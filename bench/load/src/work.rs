//! The workloads: what request number `n` of each is, and what must be true of its answer.

mod script;

use crate::companies::{self, Dice, REVENUE_LIMIT, STATUSES};
use crate::door::{Record, Records};
use crate::http::{Request, write_escaped};
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Get,
    List,
    FilterWide,
    FilterNarrow,
    Contains,
    DeepPage,
    CreateOne,
    CreateMany,
    Update,
    NxEqual,
    NxCount,
    NxSum,
    NxTest,
    Changes,
    NinoxList,
}

pub use script::CHANGED;

/// A loaded table at one of the servers.
pub struct Table {
    pub id: String,
    /// Row `n` of the data has the id at place `n`.
    pub ids: Vec<String>,
    /// Where our server has its database behind the Ninox door; none at the floor.
    pub ninox: Option<String>,
    /// The sequence since which [`CHANGED`] records changed, at our server.
    pub since: u64,
}

const PAGE: usize = 100;
const BATCH: u64 = 100;

impl Work {
    pub fn name(self) -> &'static str {
        match self {
            Work::Get => "get by id",
            Work::List => "list 100",
            Work::FilterWide => "filter + sort, 18% match",
            Work::FilterNarrow => "filter + sort, 0.1% match",
            Work::Contains => "contains",
            Work::DeepPage => "page at 90%",
            Work::CreateOne => "create one",
            Work::CreateMany => "create 100 in one request",
            Work::Update => "update two fields",
            Work::NxEqual => "NX: select by equality",
            Work::NxCount => "NX: cnt of two conditions",
            Work::NxSum => "NX: sum of one condition",
            Work::NxTest => "NX: condition of the evaluator",
            Work::Changes => "Ninox: 100 changes since a sequence",
            Work::NinoxList => "Ninox: list 1000",
        }
    }

    pub fn writes(self) -> bool {
        matches!(self, Work::CreateOne | Work::CreateMany | Work::Update)
    }

    /// How many rows one request of this work adds.
    pub fn adds(self) -> u64 {
        match self {
            Work::CreateOne => 1,
            Work::CreateMany => BATCH,
            _ => 0,
        }
    }

    pub fn write_request(self, number: u64, table: &Table, request: &mut Request) {
        if script::write_request(self, number, table, request) {
            return;
        }
        let Request { method, path, body } = request;
        path.clear();
        body.clear();
        *method = match self {
            Work::CreateOne | Work::CreateMany => "POST",
            Work::Update => "PATCH",
            _ => "GET",
        };
        path.extend(["/api/table/", &table.id, "/record"]);
        let rows = table.ids.len() as u64;
        // Writing to a `String` cannot fail.
        let _ = match self {
            Work::Get => write!(path, "/{}?fieldKeyType=name", table.ids[self.row(number, rows) as usize]),
            Work::List => write!(path, "?take={PAGE}&fieldKeyType=name"),
            Work::DeepPage => write!(path, "?take={PAGE}&skip={}&fieldKeyType=name", rows / 10 * 9),
            Work::FilterWide | Work::FilterNarrow => {
                let (status, revenue) = self.bounds(number);
                write_search(
                    path,
                    &format!(
                        r#"{{"fieldId":"status","operator":"is","value":"{status}"}},{{"fieldId":"revenue","operator":"isGreater","value":{revenue}}}"#
                    ),
                );
                path.push_str("&orderBy=");
                write_escaped(path, r#"[{"fieldId":"revenue","order":"desc"}]"#);
                Ok(())
            }
            Work::Contains => {
                let needle = companies::needle(number);
                write_search(path, &format!(r#"{{"fieldId":"name","operator":"contains","value":"{needle}"}}"#));
                Ok(())
            }
            Work::CreateOne => {
                write_new(body, rows + number, 1);
                Ok(())
            }
            Work::CreateMany => {
                write_new(body, rows + number * BATCH, BATCH);
                Ok(())
            }
            Work::Update => {
                let (status, revenue) = self.bounds(number);
                let _ = write!(path, "/{}", table.ids[self.row(number, rows) as usize]);
                write!(
                    body,
                    r#"{{"record":{{"fields":{{"status":"{status}","revenue":{revenue}}}}},"fieldKeyType":"name"}}"#
                )
            }
            Work::NxEqual | Work::NxCount | Work::NxSum | Work::NxTest | Work::Changes | Work::NinoxList => Ok(()),
        };
    }

    /// Judges the answer to request `number`. What is returned must be equal on both servers: something that tells each
    /// record apart, in the order of the answer.
    pub fn judge(self, number: u64, table: &Table, body: &[u8]) -> Result<Vec<String>, String> {
        if let Some(judged) = script::judge(self, number, table, body) {
            return judged;
        }
        let rows = table.ids.len() as u64;
        let (status, revenue) = self.bounds(number);
        let records = match self {
            Work::Get | Work::Update => vec![parse::<Record>(body)?],
            _ => parse::<Records>(body)?.records,
        };
        let full = match self {
            Work::Get | Work::Update | Work::CreateOne => records.len() == 1,
            // In less than 500,000 rows a search for 0.1% does not fill a page, and at no size must a `contains`.
            Work::FilterNarrow | Work::Contains => records.len() <= PAGE,
            Work::List | Work::FilterWide | Work::DeepPage | Work::CreateMany => records.len() == PAGE,
            Work::NxEqual | Work::NxCount | Work::NxSum | Work::NxTest | Work::Changes | Work::NinoxList => false,
        };
        let right = |record: &Record| match self {
            Work::Get => {
                let row = self.row(number, rows);
                record.id == table.ids[row as usize]
                    && record.fields.email.as_deref().is_some_and(|email| companies::is_email_of(email, row))
            }
            Work::Update => record.fields.status.as_deref() == Some(status) && record.fields.revenue == Some(revenue),
            Work::FilterWide | Work::FilterNarrow => {
                record.fields.status.as_deref() == Some(status) && record.fields.revenue > Some(revenue)
            }
            Work::Contains => {
                let needle = companies::needle(number);
                record.fields.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&needle))
            }
            _ => record.fields.email.is_some(),
        };
        if !full || !records.iter().all(right) {
            return Err(format!("a wrong answer ({} records): {}", records.len(), excerpt(body)));
        }
        // Equal revenues may come in any order, so a sorted answer is told by what it is sorted by.
        let sorted = matches!(self, Work::FilterWide | Work::FilterNarrow);
        let sign = |Record { fields, .. }| {
            if sorted { format!("{:?}", fields.revenue) } else { format!("{:?}", fields.email) }
        };
        Ok(records.into_iter().map(sign).collect())
    }

    /// The row that request `number` is about.
    pub fn row(self, number: u64, rows: u64) -> u64 {
        Dice::new(21, number).below(rows)
    }

    /// A status, and a revenue: above it lie 90% or 0.5% of the rows, of which a fifth have the status.
    pub fn bounds(self, number: u64) -> (&'static str, f64) {
        let mut dice = Dice::new(31, number);
        let status = dice.pick(&STATUSES);
        let revenue = match self {
            Work::FilterWide | Work::NxCount => 100_000 + dice.below(97),
            Work::FilterNarrow => 995_000 + dice.below(97),
            _ => dice.below(REVENUE_LIMIT),
        };
        (status, revenue as f64)
    }
}

/// The body that makes `count` records of the rows from `first` on.
pub fn write_new(out: &mut String, first: u64, count: u64) {
    out.push_str(r#"{"records":["#);
    for row in first..first + count {
        out.push_str(if row == first { r#"{"fields":"# } else { r#",{"fields":"# });
        companies::write_fields(out, row);
        out.push('}');
    }
    out.push_str(r#"],"fieldKeyType":"name"}"#);
}

pub fn parse<T: for<'a> serde::Deserialize<'a>>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("{error} in {}", excerpt(body)))
}

fn write_search(path: &mut String, conditions: &str) {
    let _ = write!(path, "?take={PAGE}&fieldKeyType=name&filter=");
    write_escaped(path, &format!(r#"{{"conjunction":"and","filterSet":[{conditions}]}}"#));
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned()
}
