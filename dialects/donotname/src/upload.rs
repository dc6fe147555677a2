//! A file that a request brings for import, and what the request says of it.
//!
//! It comes as the body itself (`text/csv`, with the words in the query), or as Teable's JSON with the text under `csv`.

use crate::record::keys::KeyType;
use crate::record::list::{flag, key_type};
use edge::{Call, Params};
use model::error::Path;
use model::{Error, Json, Result, Rule};
use serde::Deserialize;
use serde_json::Map;
use std::sync::Arc;
use transfer::{Broken, Header, Hints, Source};

/// The types of a body that is the file.
const TYPES: [&str; 6] = [
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/csv",
    "application/octet-stream",
    "application/vnd.ms-excel",
];

/// What Teable calls the only sheet of a CSV file.
pub const SHEET: &str = "Import Table";

/// What a request says in its query.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    pub hints: Hints,
    pub key: Option<String>,
    pub broken: Option<Broken>,
    /// `{field: column}`, a column by name or place.
    pub map: Option<Map<String, Json>>,
    /// Whether columns that are no field are passed over.
    pub passes_over: bool,
    pub name: Option<String>,
    pub key_type: KeyType,
}

/// A file and Teable's words about it, if they came.
pub struct Upload<T> {
    pub source: Source,
    pub body: Option<T>,
}

/// What both of Teable's bodies have.
#[derive(Deserialize, Debug, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct File {
    attachment_url: Option<String>,
    file_type: Option<String>,
    csv: Option<String>,
}

impl Wishes {
    /// The words of a query.
    pub fn of(params: &Params<'_>) -> Result<Wishes> {
        params.refuse_unknown(&["delimiter", "header", "key", "partial", "map", "unmapped", "name", "fieldKeyType"])?;
        let text = |key: &str| params.one(key).map(|value| value.filter(|text| !text.is_empty()).map(str::to_owned));
        let map = text("map")?.map(|map| edge::body::json_at("map", map.as_bytes())).transpose()?;
        let passes_over = match params.one("unmapped")? {
            None | Some("refuse") => false,
            Some("ignore") => true,
            Some(other) => return Err(not_one_of("unmapped", &["refuse", "ignore"], other)),
        };
        Ok(Wishes {
            hints: Hints { delimiter: delimiter(params.one("delimiter")?)?, header: header(params.one("header")?)? },
            key: text("key")?,
            broken: flag(params, "partial")?.then_some(Broken::LeaveOut),
            map,
            passes_over,
            name: text("name")?,
            key_type: key_type(params)?,
        })
    }
}

/// The file of a request. `T` are Teable's words about it, `file` what all of them have.
pub async fn receive<T: for<'de> Deserialize<'de>>(call: &mut Call, file: fn(&mut T) -> File) -> Result<Upload<T>> {
    let given = call.header("content-type").unwrap_or("application/octet-stream");
    let kind = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" {
        let mut body: T = call.json().await?;
        let source = file(&mut body).source()?;
        return Ok(Upload { source, body: Some(body) });
    }
    if !TYPES.contains(&kind.as_str()) {
        return Err(not_one_of("content-type", &["text/csv", "text/tab-separated-values", "application/json"], &kind));
    }
    Ok(Upload { source: Source::File(Arc::new(call.spool().await?)), body: None })
}

impl File {
    fn source(self) -> Result<Source> {
        match self.file_type.as_deref() {
            None | Some("csv") => {}
            Some(other) => return Err(not_one_of("fileType", &["csv"], other)),
        }
        match (self.csv, self.attachment_url) {
            (Some(text), None) => Ok(Source::Bytes(text.into_bytes().into())),
            (None, Some(_)) => Err(Error::malformed(
                "attachmentUrl",
                "cannot be read here yet: send the file itself as text/csv, or its text under csv",
            )),
            _ => Err(Error::invalid(Path::of("csv"), Rule::Required)),
        }
    }
}

fn delimiter(given: Option<&str>) -> Result<Option<u8>> {
    match given {
        None | Some("" | "auto") => Ok(None),
        Some("tab" | "\\t") => Ok(Some(b'\t')),
        Some(text) if text.len() == 1 && !matches!(text, "\"" | "\n" | "\r") => Ok(Some(text.as_bytes()[0])),
        Some(other) => {
            let rule = Rule::Malformed("must be one character, or tab".to_owned());
            Err(Error::invalid_given(Path::of("delimiter"), rule, other))
        }
    }
}

fn header(given: Option<&str>) -> Result<Option<Header>> {
    match given {
        None | Some("" | "auto") => Ok(None),
        Some("true") => Ok(Some(Header::Row)),
        Some("false") => Ok(Some(Header::None)),
        Some(other) => Err(not_one_of("header", &["true", "false", "auto"], other)),
    }
}

fn not_one_of(key: &str, words: &[&str], given: &str) -> Error {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Error::invalid_given(Path::of(key), Rule::Enum(words), given)
}
