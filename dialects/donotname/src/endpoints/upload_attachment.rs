//! `POST /table/{tableId}/record/{recordId}/{fieldId}/uploadAttachment` (reference, "Upload a File").
//!
//! Whether the asker may is judged before anything of the body is read (S15).

use super::attachment_cell::{self, Cell};
use crate::door::State;
use axum::extract::State as Shared;
use axum::http::header;
use edge::{Answer, Call, Multipart, Params, etag};
use engine::files::{FileRow, Stored};
use model::{Actor, Error, Json, Result};
use serde::Deserialize;

/// Longest address of a file to fetch, in bytes.
const LONGEST_URL: usize = 8 << 10;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let (actor, cell) = Cell::of(&state, &call)?;
    attachment_cell::admit(&state, &actor, cell).await?;
    let context = crate::door::context(&call);
    let expected = etag::expected(call.headers())?;
    let is_multipart = is_of_type(&call, "multipart/form-data");
    let is_form = is_of_type(&call, "application/x-www-form-urlencoded");
    let limit = call.settings().upload_limit;
    let file = if is_multipart {
        let headers = call.headers().clone();
        // Heads of parts and delimiters come on top.
        let parts = Multipart::new(call.incoming(limit.saturating_add(ROOM))?, &headers)?;
        of_parts(&state, &actor, limit, parts).await?
    } else if is_form {
        // A client that has no file, only an address, sends its fields like this.
        let bytes = call.body().await?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::malformed("body", "is not UTF-8"))?;
        let fields = Params::parse(text, 4 * LONGEST_URL)?;
        let url = fields.one("fileUrl")?.ok_or_else(no_file)?;
        fetched(&state, &actor, limit, url).await?
    } else {
        let bytes = call.body().await?;
        let asked: Asked = if bytes.is_empty() { Asked::default() } else { edge::body::from_json(&bytes)? };
        fetched(&state, &actor, limit, asked.file_url.as_deref().ok_or_else(no_file)?).await?
    };
    let item = serde_json::json!({"name": file.name, "token": file.token});
    let context = engine::WriteContext { files: vec![file], ..context };
    attachment_cell::add(&state, &actor, cell, context, vec![item], None, expected).await
}

/// Whether the body is said to be of this type.
fn is_of_type(call: &Call, word: &str) -> bool {
    let said = call.header(header::CONTENT_TYPE.as_str()).and_then(|text| text.get(..word.len()));
    said.is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The body when it is JSON.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(rename = "fileUrl")]
    file_url: Option<String>,
}

/// The file of the part `file`, else of the address in the part `fileUrl`. Other parts are passed over.
async fn of_parts(state: &State, actor: &Actor, limit: u64, mut parts: Multipart) -> Result<FileRow> {
    let mut url = None;
    while let Some(part) = parts.next_part().await? {
        match part.name.as_str() {
            // Bytes that were in no file have no name.
            "file" => {
                let name = part.file_name.unwrap_or_default();
                let mut upload = state.engine.begin_upload()?;
                while let Some(piece) = parts.next_piece().await? {
                    if upload.size() + piece.len() as u64 > limit {
                        return Err(Error::TooLarge { what: "file", limit });
                    }
                    upload.write(piece).await?;
                }
                // A body that ends early has no file, and of two files one would be lost unseen.
                while let Some(part) = parts.next_part().await? {
                    if part.name == "file" {
                        return Err(Error::malformed("body", "has more than one file"));
                    }
                }
                let stored = upload.finish(&name).await?;
                return Ok(row(state, actor, &name, &stored));
            }
            "fileUrl" => {
                let mut text = Vec::new();
                while let Some(piece) = parts.next_piece().await? {
                    if text.len() + piece.len() > LONGEST_URL {
                        return Err(Error::malformed("fileUrl", "is too long"));
                    }
                    text.extend_from_slice(&piece);
                }
                url = Some(String::from_utf8(text).map_err(|_| Error::malformed("fileUrl", "is not UTF-8"))?);
            }
            _ => {}
        }
    }
    fetched(state, actor, limit, url.as_deref().ok_or_else(no_file)?).await
}

/// What a body of parts may be longer than its file.
const ROOM: u64 = 1 << 20;

async fn fetched(state: &State, actor: &Actor, limit: u64, url: &str) -> Result<FileRow> {
    if url.len() > LONGEST_URL {
        return Err(Error::malformed("fileUrl", "is too long"));
    }
    let (stored, name) = state.engine.fetch_file("fileUrl", url.trim(), limit).await?;
    Ok(row(state, actor, &name, &stored))
}

fn row(state: &State, actor: &Actor, name: &str, stored: &Stored) -> FileRow {
    state.engine.new_file(actor, state.engine.new_file_token(), name, stored)
}

fn no_file() -> Error {
    Error::malformed("body", "has neither file nor fileUrl")
}

/// `POST …/insertAttachment {attachments, anchorId?}` (facts A3): attachments that are there already, or uploads, behind
/// the anchor or at the end.
pub async fn insert(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let (actor, cell) = Cell::of(&state, &call)?;
    attachment_cell::admit(&state, &actor, cell).await?;
    let context = crate::door::context(&call);
    let expected = etag::expected(call.headers())?;
    let asked: Inserted = call.json().await?;
    if asked.attachments.is_empty() {
        return Err(Error::malformed("attachments", "must not be empty").into());
    }
    attachment_cell::add(&state, &actor, cell, context, asked.attachments, asked.anchor_id, expected).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inserted {
    attachments: Vec<Json>,
    #[serde(rename = "anchorId")]
    anchor_id: Option<String>,
}
