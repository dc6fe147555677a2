//! Files of a record: list, metadata, bytes, thumbnail, deletion (reference 001, "Get a single file" and after).

use crate::door::{self, At, State};
use crate::error;
use crate::files::{self, Listed};
use crate::names;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use edge::etag::{self, Expected};
use edge::file::{self, Described, Wanted};
use edge::{Answer, Call, respond};
use engine::files::{FileRow, Thumbnail, known_type};
use engine::{View, Weight};
use model::{Ability, Error, Json, RecordAddress, RecordId, Result, Subject};

/// The record of an address.
#[derive(Clone)]
pub struct Of {
    pub table: String,
    pub record: Option<RecordId>,
}

impl Of {
    /// The record of a path, whose table is looked for later.
    pub fn path(call: &Call) -> Of {
        Of { table: call.segment("tableId").to_owned(), record: names::read_record(call.segment("recordId")) }
    }

    /// The record, if its table is there and a right on it.
    pub fn found(&self, view: &View<'_>, ability: Ability) -> Result<(std::sync::Arc<model::Table>, RecordId)> {
        let table = names::find_table(view, &self.table)?;
        view.require(Some(table.id), ability)?;
        let record = self.record.ok_or_else(|| names::missing(Subject::Record))?;
        Ok((table, record))
    }
}

pub async fn list(Shared(state): Shared<State>, call: Call) -> Answer {
    let (at, of) = (state.at(&call)?, Of::path(&call));
    let tell = move |view: &mut View<'_>| {
        let (table, record) = of.found(view, Ability::RecordRead)?;
        let list = files::listed(view, table.id, record)?.ok_or_else(|| names::missing(Subject::Record))?;
        Ok(list.iter().map(files::metadata).collect::<Json>())
    };
    state.tell(&at, tell).await
}

pub async fn metadata(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let found = find(&state, &at, Of::path(&call), call.segment("file").to_owned()).await?;
    Ok(respond::wire(StatusCode::OK, &files::metadata(&found))?)
}

pub async fn download(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let Listed { name, found } = find(&state, &at, Of::path(&call), call.segment("file").to_owned()).await?;
    whole(&state, call.headers(), &FileRow { name, ..found.file }).await
}

/// A JPEG, whatever the picture is; of what is no picture there is none.
pub async fn thumbnail(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let found = find(&state, &at, Of::path(&call), call.segment("file").to_owned()).await?.found.file;
    let made = state.engine.read_thumbnail(&found, Thumbnail::Jpeg).await?;
    let (bytes, media_type) = made.ok_or_else(|| names::missing(Subject::File))?;
    let etag = tag(&found, Thumbnail::Jpeg.word());
    let described = Described { media_type, name: "thumb.jpg", size: bytes.len() as u64, etag: &etag };
    // It is short: it comes whole, whatever range is asked for.
    match file::wanted(call.headers(), &etag, described.size) {
        Wanted::Nothing => Ok(file::not_modified(described)),
        Wanted::Whole | Wanted::Part(_) | Wanted::Beyond => Ok(file::answer_bytes(described, bytes)),
    }
}

/// 204 without a word; once it is gone 404 and a text (reference 002, "Delete File From Record").
pub async fn delete(Shared(state): Shared<State>, call: Call) -> Answer {
    let (at, of) = (state.at(&call)?, Of::path(&call));
    let expected = etag::expected(call.headers())?;
    let (context, name) = (door::context(&call), call.segment("file").to_owned());
    let plan = move |view: &mut View<'_>| {
        let (table, record) = of.found(view, Ability::RecordUpdate)?;
        admit(view, RecordAddress { table: table.id, record }, expected.as_ref())?;
        files::remove(view, &table, record, &name)
    };
    let done: Result<()> = state.engine.write(&at.actor, at.database, context, plan, |_, _| Ok(())).await;
    match done {
        Ok(()) => Ok(respond::empty(StatusCode::NO_CONTENT)),
        Err(Error::NotFound { subject: Subject::File, .. }) => {
            Ok(respond::text(StatusCode::NOT_FOUND, "File already deleted"))
        }
        Err(other) => Err(other.into()),
    }
}

/// Refuses a record that is not as `If-Match` says.
pub fn admit(view: &mut View<'_>, record: RecordAddress, expected: Option<&Expected>) -> Result<()> {
    let Some(expected) = expected else { return Ok(()) };
    let version = view.version(record)?;
    expected.admit(Some(version.ok_or_else(|| names::missing(Subject::Record))?))
}

async fn find(state: &State, at: &At, of: Of, name: String) -> Result<Listed> {
    let look = move |view: &mut View<'_>| {
        let (table, record) = of.found(view, Ability::RecordRead)?;
        files::find(view, table.id, record, &name)
    };
    state.engine.read(&at.actor, at.database, Weight::Scan, look).await
}

async fn whole(state: &State, headers: &HeaderMap, found: &FileRow) -> Answer {
    let etag = tag(found, "");
    let media_type = known_type(&found.media_type);
    let described = Described { media_type, name: &found.name, size: found.size, etag: &etag };
    let (range, part) = match file::wanted(headers, &etag, found.size) {
        Wanted::Nothing => return Ok(file::not_modified(described)),
        Wanted::Beyond => {
            let mut response = error::plain(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such range");
            file::say_beyond(&mut response, found.size);
            return Ok(response);
        }
        Wanted::Whole => (0..found.size, None),
        Wanted::Part(range) => (range.clone(), Some(range)),
    };
    let reading = state.engine.read_file(found, range).await?;
    Ok(file::answer(described, part, reading))
}

/// The same bytes have the same tag.
fn tag(found: &FileRow, form: &str) -> String {
    let head: String = found.hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{head}{form}\"")
}
