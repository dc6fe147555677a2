//! `POST …/records/{recordId}/files`: takes a file in (reference 001, "Upload a single file with POST"; facts 9).
//!
//! Whether the asker may is judged before anything of the body is read.

use super::files::{Of, admit};
use crate::door::{self, State};
use crate::files;
use crate::names;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Multipart, etag, respond};
use engine::files::{FileRow, clean_name};
use engine::{View, Weight, WriteContext};
use model::error::Path;
use model::{Ability, Actor, Error, RecordAddress, Result, Rule, Subject};

/// What a body of parts may be longer than its file.
const ROOM: u64 = 1 << 20;
/// Longest name of a field, in bytes.
const LONGEST_NAME: usize = 2_000;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let (at, of) = (state.at(&call)?, Of::path(&call));
    let look = of.clone();
    let judge = move |view: &mut View<'_>| {
        let (table, record) = look.found(view, Ability::RecordUpdate)?;
        match view.exists(RecordAddress { table: table.id, record })? {
            true => Ok(()),
            false => Err(names::missing(Subject::Record)),
        }
    };
    state.engine.read(&at.actor, at.database, Weight::Scan, judge).await?;
    let expected = etag::expected(call.headers())?;
    let context = door::context(&call);
    let limit = call.settings().upload_limit;
    let headers = call.headers().clone();
    // Heads of parts and delimiters come on top.
    let parts = Multipart::new(call.incoming(limit.saturating_add(ROOM))?, &headers)?;
    let (file, field) = receive(&state, &at.actor, limit, parts).await?;
    let (name, token) = (file.name.clone(), file.token.clone());
    let context = WriteContext { files: vec![file], ..context };
    let plan = move |view: &mut View<'_>| {
        let (table, record) = of.found(view, Ability::RecordUpdate)?;
        let field = field.as_deref().map(|key| files::field_of(&table, key)).transpose()?;
        admit(view, RecordAddress { table: table.id, record }, expected.as_ref())?;
        files::put(view, &table, record, (&name, &token), field)
    };
    let done: Result<()> = state.engine.write(&at.actor, at.database, context, plan, |_, _| Ok(())).await;
    done?;
    Ok(respond::with_body(StatusCode::OK, respond::HTML, "File Uploaded Successfully"))
}

/// The file of the part `file`, and the name of the field that shall point at it (`fieldName`), wherever that comes.
/// Other parts are passed over.
async fn receive(state: &State, actor: &Actor, limit: u64, mut parts: Multipart) -> Result<(FileRow, Option<String>)> {
    let (mut file, mut field) = (None, None);
    while let Some(part) = parts.next_part().await? {
        match part.name.as_str() {
            "file" if file.is_some() => {
                return Err(Error::malformed("file", "is given more than once"));
            }
            "file" => {
                let name = clean_name(&part.file_name.unwrap_or_default());
                files::check_name(&name)?;
                let mut upload = state.engine.begin_upload()?;
                while let Some(piece) = parts.next_piece().await? {
                    if upload.size() + piece.len() as u64 > limit {
                        return Err(Error::TooLarge { what: "file", limit });
                    }
                    upload.write(piece).await?;
                }
                file = Some((upload, name));
            }
            "fieldName" => {
                let mut text = Vec::new();
                while let Some(piece) = parts.next_piece().await? {
                    text.extend_from_slice(&piece);
                    if text.len() > LONGEST_NAME {
                        return Err(Error::malformed("fieldName", "is too long"));
                    }
                }
                let text = String::from_utf8(text).map_err(|_| Error::malformed("fieldName", "is not UTF-8"))?;
                field = Some(text).filter(|name| !name.is_empty());
            }
            _ => {}
        }
    }
    // A body that ends early has no file: only now it is made stable.
    let (upload, name) = file.ok_or_else(|| Error::invalid(Path::of("file"), Rule::Required))?;
    let stored = upload.finish(&name).await?;
    Ok((state.engine.new_file(actor, state.engine.new_file_token(), &name, &stored), field))
}
