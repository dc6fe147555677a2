//! The table to work on. The floor has its one; at our server it is made through the public API, as a client would.

use crate::companies::STATUSES;
use crate::http::{Client, Request};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// A record as both servers show it; the fields that no check looks at are skipped.
#[derive(Deserialize)]
pub struct Record {
    pub id: String,
    pub fields: Shown,
}

#[derive(Deserialize)]
pub struct Shown {
    pub name: Option<String>,
    pub status: Option<String>,
    pub revenue: Option<f64>,
    pub email: Option<String>,
}

#[derive(Deserialize)]
pub struct Records {
    pub records: Vec<Record>,
}

/// A record of the Ninox door, by its change number.
#[derive(Deserialize)]
struct Numbered {
    sequence: u64,
}

/// Makes the table `companies` in a new base; its id, and where the Ninox door has the base.
pub fn make_table(client: &mut Client) -> Result<(String, String), String> {
    let spaces: Vec<Named> = call(client, "GET", "/api/space", &Value::Null)?;
    let space = match spaces.into_iter().next() {
        Some(space) => space.id,
        None => call::<Named>(client, "POST", "/api/space", &json!({"name": "Bench"}))?.id,
    };
    let base: Named = call(client, "POST", "/api/base", &json!({"spaceId": space, "name": "Bench"}))?;
    let choices: Vec<Value> = STATUSES.iter().map(|name| json!({"name": name})).collect();
    let table = json!({
        "name": "companies",
        "fields": [
            {"name": "name", "type": "singleLineText"},
            {"name": "status", "type": "singleSelect", "options": {"choices": choices}},
            {"name": "revenue", "type": "number", "options": {"formatting": {"type": "decimal", "precision": 0}}},
            {"name": "founded", "type": "singleLineText"},
            {"name": "email", "type": "singleLineText"},
            {"name": "active", "type": "checkbox"},
            {"name": "notes", "type": "longText"},
            {"name": "city", "type": "singleLineText"},
        ],
        "records": [],
    });
    let table: Named = call(client, "POST", &format!("/api/base/{}/table/", base.id), &table)?;
    // The key of the base is in its id.
    let key = base.id.get(3..15).ok_or_else(|| format!("{} is no id of a base", base.id))?;
    let teams: Vec<Named> = call(client, "GET", "/v1/teams", &Value::Null)?;
    let team = teams.into_iter().next().ok_or("there is no team")?.id;
    Ok((table.id, format!("/v1/teams/{team}/databases/{key}")))
}

/// The number of the last change of the table.
pub fn last_change(client: &mut Client, database: &str) -> Result<u64, String> {
    let path = format!("{database}/tables/companies/records?updated=true&perPage=1");
    let latest: Vec<Numbered> = call(client, "GET", &path, &Value::Null)?;
    latest.first().map(|record| record.sequence).ok_or_else(|| "the table is empty".to_owned())
}

fn call<T: for<'a> Deserialize<'a>>(
    client: &mut Client,
    method: &'static str,
    path: &str,
    body: &Value,
) -> Result<T, String> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request { method, path: path.to_owned(), body };
    let answer = client.send(&request)?;
    let text = answer.success().map_err(|cause| format!("{method} {path} {cause}"))?;
    serde_json::from_slice(text).map_err(|error| format!("{method} {path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::answering;

    #[test]
    fn a_table_is_made_in_the_first_space() {
        let bodies = [
            r#"[{"id":"spc1","name":"Home"}]"#,
            r#"{"id":"bseabcdefghijklXXXXXXXXX"}"#,
            r#"{"id":"tbl1","fields":[{"id":"fld1"}]}"#,
            r#"[{"id":"T1","name":"Home"}]"#,
        ];
        let texts = bodies.map(|body| format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
        let mut client = Client::connect(answering(texts.into()), "t").expect("it listens");
        let made = ("tbl1".to_owned(), "/v1/teams/T1/databases/abcdefghijkl".to_owned());
        assert_eq!(make_table(&mut client), Ok(made));
    }
}
