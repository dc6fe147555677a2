//! `GET /export/{file}?format=` and `GET /export`: a document as a file, and all documents as an archive of OPML. Ours.

use crate::door::State;
use crate::error::no_document;
use crate::exchange;
use crate::names;
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode};
use edge::{Answer, Call, Spill, file};
use engine::{View, Weight};
use model::{Ability, Error, Rule};
use transfer::outline::Form;

const ZIP: HeaderValue = HeaderValue::from_static("application/zip");

pub async fn one(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = call.actor(&state.engine)?;
    let params = call.params()?;
    params.refuse_unknown(&["format"])?;
    let form = match params.one("format")? {
        None => Form::Opml,
        Some(word) => form_of(word)?,
    };
    let document = names::read_document(call.segment("file")).ok_or_else(no_document)?;
    let read = move |view: &mut View<'_>| {
        view.require(Some(document.table), Ability::TableExport)?;
        let whole = exchange::whole(view, document.table)?;
        let mut out = Vec::new();
        form.write(&whole, &mut out)?;
        Ok((whole.title, out))
    };
    let (title, bytes) = state.read(&actor, document, Weight::Scan, read).await?;
    let mut spill = Spill::new(call.settings(), 0);
    *spill.out() = bytes;
    let mut response = spill.into_response(StatusCode::OK, HeaderValue::from_static(form.media_type()))?;
    file::save_as(&mut response, &format!("{title}.{}", form.extension()));
    Ok(response)
}

pub async fn all(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = call.actor(&state.engine)?;
    call.params()?.refuse_unknown(&[])?;
    let databases = state.engine.databases_by_preference(&actor)?;
    // Those beside the first are folders, as in the list of files.
    let folders = databases.iter().enumerate().map(|(place, database)| {
        let folder = if place == 0 { String::new() } else { database.name.clone() };
        (folder, database.key)
    });
    let folders: Vec<_> = folders.collect();
    let mut spill = Spill::new(call.settings(), 64 << 10);
    let mut keep = |piece: Vec<u8>| {
        spill.out().extend_from_slice(&piece);
        spill.checkpoint()
    };
    exchange::archive(&state.engine, &actor, &folders, &mut keep).await?;
    let mut response = spill.into_response(StatusCode::OK, ZIP)?;
    file::save_as(&mut response, "documents.zip");
    Ok(response)
}

/// The form of a word.
pub fn form_of(word: &str) -> model::Result<Form> {
    Form::parse(word).ok_or_else(|| {
        let words = Form::ALL.map(|form| form.word().to_owned()).into();
        Error::invalid(model::Path::of("format"), Rule::Enum(words))
    })
}
