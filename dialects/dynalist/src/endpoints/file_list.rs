//! `POST /file/list`: all documents and folders (reference, "Get all documents and folders").
//!
//! The root folder is the actor's database; other databases that they reach are folders at the end of it.

use crate::door::State;
use crate::files::{Tree, UNTITLED};
use crate::names::{self, File, NOWHERE};
use crate::profile;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::{self, Commas};
use edge::{Answer, Call, respond};
use engine::{View, Weight};
use model::{Ability, DatabaseKey, Error, Result, Subject};

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let databases = state.engine.databases_by_preference(&ask.actor)?;
    let mut trees = Vec::with_capacity(databases.len());
    for (place, database) in databases.iter().enumerate() {
        let read = move |view: &mut View<'_>| {
            view.require(None, Ability::TableRead)?;
            Ok(Tree::of(view))
        };
        match state.engine.read(&ask.actor, database.key, Weight::Point, read).await {
            Ok(mut tree) => {
                if place > 0 {
                    tree.entries[0].title.clone_from(&database.name);
                }
                trees.push((database.key, tree));
            }
            // It went while the others were read.
            Err(Error::NotFound { subject: Subject::Database, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut out = profile::head(ask.profile).as_bytes().to_vec();
    out.extend_from_slice(b",\"root_file_id\":");
    json::string(&mut out, &trees.first().map_or_else(|| NOWHERE.to_owned(), |(key, _)| names::top(*key)));
    out.extend_from_slice(b",\"files\":[");
    write(&mut out, &trees)?;
    out.extend_from_slice(b"]}");
    Ok(respond::json(StatusCode::OK, out))
}

fn write(out: &mut Vec<u8>, trees: &[(DatabaseKey, Tree)]) -> Result<()> {
    let mut commas = Commas::default();
    if trees.is_empty() {
        // Clients begin at the root, which is there whatever else is not.
        let nowhere = format!(
            r#"{{"id":"{NOWHERE}","title":"{UNTITLED}","type":"folder","permission":1,"collapsed":false,"children":[]}}"#
        );
        out.extend_from_slice(nowhere.as_bytes());
    }
    for (place, (_, tree)) in trees.iter().enumerate() {
        for (entry_place, entry) in tree.entries.iter().enumerate() {
            commas.next(out);
            out.extend_from_slice(b"{\"id\":");
            json::string(out, &entry.file.id());
            out.extend_from_slice(b",\"title\":");
            json::string(out, &entry.title);
            let word = if matches!(entry.file, File::Document(_)) { "document" } else { "folder" };
            out.extend_from_slice(format!(",\"type\":\"{word}\",\"permission\":{}", entry.permission).as_bytes());
            if word == "folder" {
                out.extend_from_slice(b",\"collapsed\":false,\"children\":[");
                let mut commas = Commas::default();
                for child in &entry.children {
                    commas.next(out);
                    json::string(out, &tree.entries[*child].file.id());
                }
                let others = if place == 0 && entry_place == 0 { &trees[1..] } else { &[] };
                for (key, _) in others {
                    commas.next(out);
                    json::string(out, &names::top(*key));
                }
                out.push(b']');
            }
            out.push(b'}');
        }
    }
    Ok(())
}
