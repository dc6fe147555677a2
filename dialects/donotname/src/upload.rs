//! A file that a request brings for import, and what the request says of it.
//!
//! It comes as the body itself (`text/csv`, with the words in the query), as the part `file` of a form, or with Teable's
//! JSON: named by `attachmentUrl`, or its text under `csv`.

mod address;

use crate::door::State;
use crate::record::keys::KeyType;
use crate::record::list::{flag, key_type};
use edge::{Call, Multipart, Params, Settings, Spool};
use model::error::Path;
use model::{Actor, Error, Json, Result, Rule};
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
            hints: hints(params)?,
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
pub async fn receive<T: for<'de> Deserialize<'de>>(
    state: &State,
    actor: &Arc<Actor>,
    call: &mut Call,
    file: fn(&mut T) -> File,
) -> Result<Upload<T>> {
    let given = call.header("content-type").unwrap_or("application/octet-stream");
    let kind = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => {
            let mut body: T = call.json().await?;
            let (settings, origin) = (call.settings().clone(), call.origin());
            let source = file(&mut body).source(state, actor, &settings, &origin).await?;
            Ok(Upload { source, body: Some(body) })
        }
        "multipart/form-data" => Ok(Upload { source: of_parts(call).await?, body: None }),
        kind if TYPES.contains(&kind) => Ok(Upload { source: Source::File(call.spool().await?), body: None }),
        kind => {
            let known = ["text/csv", "text/tab-separated-values", "multipart/form-data", "application/json"];
            Err(not_one_of("content-type", &known, kind))
        }
    }
}

/// What a body of parts may be longer than its file.
const ROOM: u64 = 1 << 20;

/// The file of a form, which is its one part `file`.
async fn of_parts(call: &mut Call) -> Result<Source> {
    let settings = call.settings().clone();
    let limit = settings.import_limit;
    let headers = call.headers().clone();
    let mut parts = Multipart::new(call.incoming(limit.saturating_add(ROOM))?, &headers)?;
    let mut found = None;
    while let Some(part) = parts.next_part().await? {
        if part.name != "file" || found.is_some() {
            return Err(Error::invalid(Path::of(part.name), Rule::Unknown));
        }
        let mut spool = Spool::begin(&settings, "file", limit).await?;
        while let Some(piece) = parts.next_piece().await? {
            spool.take(&piece).await?;
        }
        found = Some(spool.finish().await?);
    }
    found.map(Source::File).ok_or_else(|| Error::invalid(Path::of("file"), Rule::Required))
}

impl File {
    /// What a query names, and the words that it has for it.
    pub fn named_by(params: &Params<'_>) -> Result<(File, Hints)> {
        params.refuse_unknown(&["attachmentUrl", "fileType", "delimiter", "header"])?;
        let text = |key: &str| params.one(key).map(|value| value.filter(|text| !text.is_empty()).map(str::to_owned));
        let url = text("attachmentUrl")?;
        let url = url.ok_or_else(|| Error::invalid(Path::of("attachmentUrl"), Rule::Required))?;
        let file = File { attachment_url: Some(url), file_type: text("fileType")?, csv: None };
        Ok((file, hints(params)?))
    }

    /// The bytes. `origin` is by which address the request came.
    pub async fn source(
        self,
        state: &State,
        actor: &Arc<Actor>,
        settings: &Arc<Settings>,
        origin: &str,
    ) -> Result<Source> {
        match self.file_type.as_deref() {
            None | Some("csv") => {}
            Some(other) => return Err(not_one_of("fileType", &["csv"], other)),
        }
        match (self.csv, self.attachment_url) {
            (Some(text), None) => Ok(Source::Bytes(text.into_bytes().into())),
            (None, Some(url)) => address::open(state, actor, settings, origin, &url).await,
            (Some(_), Some(_)) => Err(Error::malformed("csv", "must not stand beside attachmentUrl")),
            (None, None) => Err(Error::invalid(Path::of("attachmentUrl"), Rule::Required)),
        }
    }
}

fn hints(params: &Params<'_>) -> Result<Hints> {
    Ok(Hints { delimiter: delimiter(params.one("delimiter")?)?, header: header(params.one("header")?)? })
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
