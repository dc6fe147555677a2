//! `POST /doc/read`: the nodes of a document (reference, "Get content of a document"): flat, its own first, then by
//! creation (facts 2).

use crate::door::State;
use crate::error::no_document;
use crate::names::{self, Document};
use crate::node::{Children, NodeWriter};
use crate::outline::Outline;
use crate::profile;
use crate::wire;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Settings, Spill, json};
use engine::{GO_ON, RecordRow, View, Weight};
use model::access::Profile;
use model::error::Path;
use model::{Ability, Query, Result};
use std::sync::Arc;

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let file = wire::required(&ask.body, "file_id", &Path::default())?;
    let document = names::read_document(file).ok_or_else(no_document)?;
    let (settings, profile) = (call.settings().clone(), ask.profile);
    let read = move |view: &mut View<'_>| read(view, document, profile, &settings);
    Ok(state.read(&ask.actor, document, Weight::Scan, read).await?.into_json(StatusCode::OK)?)
}

fn read(view: &mut View<'_>, document: Document, profile: Profile, settings: &Arc<Settings>) -> Result<Spill> {
    let outline = Outline::of(view, document.table)?;
    view.require(Some(document.table), Ability::RecordRead)?;
    let version = view.versions(&[document.table])?.first().map_or(0, |(_, version)| *version);
    let children = Children::read(view, &outline)?;
    let (parts, projection) = outline.projection();
    let writer = NodeWriter::new(document, &parts, &children, view.now());
    let mut spill = Spill::new(settings, 1024 + 160 * children.len().min(40_000));
    let out = spill.out();
    out.extend_from_slice(profile::head(profile).as_bytes());
    out.extend_from_slice(b",\"file_id\":");
    json::string(out, &names::document(document));
    out.extend_from_slice(b",\"title\":");
    json::string(out, &outline.table.name);
    out.extend_from_slice(b",\"version\":");
    json::integer(out, i64::try_from(version).unwrap_or(i64::MAX));
    out.extend_from_slice(b",\"nodes\":[");
    writer.write_root(out, &outline.table);
    let query = Query { projection, ..Query::table(document.table) };
    view.select(&query, &mut |row: &RecordRow<'_>| {
        let out = spill.out();
        out.push(b',');
        writer.write(out, row);
        spill.checkpoint()?;
        Ok(GO_ON)
    })?;
    spill.out().extend_from_slice(b"]}");
    Ok(spill)
}
