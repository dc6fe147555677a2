//! `POST /file/edit`: makes, renames and moves documents and folders (reference, "Make changes to documents and
//! folders").
//!
//! Each change is a write of its own that succeeds or not: nobody is told why one did not (facts 4).

use crate::door::{Ask, State};
use crate::files::{self, Tree, UNTITLED};
use crate::names::{self, File};
use crate::outline;
use crate::profile;
use crate::wire;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::{Made, Steps};
use model::change::{NavPlace, Patch, TablePatch};
use model::error::Path;
use model::{Bag, Change, Error, Json, NavItem, Result, Rule};
use serde_json::Map;

/// Most changes of one request.
const MOST: usize = 500;

/// A change as asked: of what type the file must be is part of it (facts 4, "wrong `type`").
#[derive(Clone)]
struct Asked {
    action: Action,
    is_folder: bool,
}

#[derive(Clone)]
enum Action {
    Create { parent: Option<File>, index: Option<usize>, title: String },
    Edit { file: Option<File>, title: String },
    Move { file: Option<File>, parent: Option<File>, index: Option<usize> },
}

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let ask = state.ask(&mut call).await?;
    let changes = wire::list(&ask.body, "changes")?;
    if changes.len() > MOST {
        return Err(Error::invalid(Path::of("changes"), Rule::TooMany { limit: MOST as u64 }).into());
    }
    // A request that cannot be read is refused before the first change is made.
    let read = |(i, change): (usize, &Json)| {
        let at = Path::of("changes").index(i);
        read(wire::object(change, &at)?, &at)
    };
    let asked = changes.iter().enumerate().map(read).collect::<Result<Vec<Asked>>>()?;
    let (mut results, mut created) = (Vec::with_capacity(asked.len()), Vec::new());
    for change in asked {
        match carry_out(&state, &ask, change).await {
            Ok(made) => {
                created.extend(Some(made).filter(|made| !made.is_null()));
                results.push(true.into());
            }
            Err(error) => {
                if ends_the_request(&error) {
                    return Err(error.into());
                }
                results.push(false.into());
            }
        }
    }
    let mut members = Map::from_iter([("results".to_owned(), Json::Array(results))]);
    if !created.is_empty() {
        // Absent when nothing was made (facts 4, "created").
        members.insert("created".to_owned(), Json::Array(created));
    }
    Ok(profile::answer(ask.profile, members)?)
}

fn read(change: &Map<String, Json>, at: &Path) -> Result<Asked> {
    let word = |key: &str, words: &[&str]| {
        let given = wire::required(change, key, at)?;
        words.iter().position(|word| *word == given).ok_or_else(|| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Error::invalid(at.clone().key(key), Rule::Enum(words))
        })
    };
    let file = |key: &str| Ok::<_, Error>(names::read_file(wire::required(change, key, at)?));
    // Without an index it is the front, as for nodes (facts 1.8); -1 is the end.
    let index =
        || wire::whole(change, "index", (-1, i64::MAX), at).map(|index| usize::try_from(index.unwrap_or(0)).ok());
    let is_folder = word("type", &["document", "folder"])? == 1;
    let action = match word("action", &["create", "edit", "move"])? {
        0 => {
            let title = wire::text(change, "title", at)?.filter(|title| !title.is_empty()).unwrap_or(UNTITLED);
            Action::Create { parent: file("parent_id")?, index: index()?, title: title.to_owned() }
        }
        1 => Action::Edit { file: file("file_id")?, title: wire::required(change, "title", at)?.to_owned() },
        _ => Action::Move { file: file("file_id")?, parent: file("parent_id")?, index: index()? },
    };
    Ok(Asked { action, is_folder })
}

/// What is no fault of a single change.
fn ends_the_request(error: &Error) -> bool {
    match error {
        Error::Unauthenticated(_)
        | Error::RateLimited { .. }
        | Error::Busy { .. }
        | Error::TimedOut
        | Error::Unavailable(_)
        | Error::Internal(_) => true,
        Error::Forbidden(_)
        | Error::NotFound { .. }
        | Error::Invalid(_)
        | Error::Script { .. }
        | Error::Conflict(_)
        | Error::PreconditionFailed
        | Error::TooLarge { .. } => false,
    }
}

/// Makes one change; the id of the file that was made, or null.
async fn carry_out(state: &State, ask: &Ask, asked: Asked) -> Result<Json> {
    let file = match &asked.action {
        Action::Create { parent, .. } => *parent,
        Action::Edit { file, .. } => *file,
        Action::Move { file, parent, .. } => {
            // No write is of two databases.
            let same = file.zip(*parent).is_some_and(|(file, parent)| file.database() == parent.database());
            file.filter(|_| same)
        }
    };
    let database = file.ok_or_else(no_file)?.database();
    let steps = move |steps: &mut Steps<'_, '_>| {
        if let Action::Create { parent: Some(parent), index: None, title } = &asked.action
            && let Some(at) = files::last_in(&steps.view(), *parent)
        {
            return create(steps, asked.is_folder, title, at).map(|file| file.id().into());
        }
        let tree = Tree::of(&steps.view());
        match &asked.action {
            Action::Create { parent, index, title } => {
                let folder = folder(&tree, *parent)?;
                let at = tree.place(&steps.view(), folder, *index, None);
                return create(steps, asked.is_folder, title, at).map(|file| file.id().into());
            }
            Action::Edit { file, title } => edit(steps, &tree, found(&tree, *file, asked.is_folder)?, title)?,
            Action::Move { file, parent, index } => {
                let (moved, folder) = (found(&tree, *file, asked.is_folder)?, folder(&tree, *parent)?);
                if tree.is_within(folder, moved) {
                    return Err(Error::Conflict("A folder cannot move into itself".to_owned()));
                }
                let at = tree.place(&steps.view(), folder, *index, Some(moved));
                put(steps, &tree, moved, at)?;
            }
        }
        Ok(Json::Null)
    };
    state.engine.write_stepwise(&ask.actor, database, ask.context(), steps).await
}

fn create(steps: &mut Steps<'_, '_>, is_folder: bool, title: &str, at: NavPlace) -> Result<File> {
    let database = steps.view().key();
    if is_folder {
        let item = item(Some(title.to_owned()), None);
        return match steps.apply(Change::CreateNavItem { item, at })? {
            Made::NavItem(item) => Ok(File::Folder(database, item)),
            _ => Err(Error::Internal("a new folder has no item".to_owned())),
        };
    }
    let table = match steps.apply(Change::CreateTable { table: Box::new(outline::new_table(title)) })? {
        Made::Table(table) => table,
        _ => return Err(Error::Internal("a new document has no table".to_owned())),
    };
    steps.apply(Change::CreateNavItem { item: item(None, Some(table)), at })?;
    Ok(File::Document(names::Document { database, table }))
}

fn edit(steps: &mut Steps<'_, '_>, tree: &Tree, place: usize, title: &str) -> Result<()> {
    let entry = &tree.entries[place];
    match (entry.file, entry.item) {
        (File::Document(document), _) => {
            let patch = TablePatch { name: Some(title.to_owned()), ..TablePatch::default() };
            steps.apply(Change::EditTable { table: document.table, patch: Box::new(patch) })?;
        }
        (File::Folder(..), Some(item)) => {
            let label = Patch::Set(title.to_owned());
            steps.apply(Change::EditNavItem { item, label, table: Patch::Keep, bag: None })?;
        }
        (File::Top(_) | File::Folder(..), _) => return Err(no_file()),
    }
    Ok(())
}

fn put(steps: &mut Steps<'_, '_>, tree: &Tree, place: usize, at: NavPlace) -> Result<()> {
    let entry = &tree.entries[place];
    match (entry.item, entry.file) {
        (Some(item), _) => steps.apply(Change::MoveNavItem { item, at })?,
        // A document that nothing lists gets its place so.
        (None, File::Document(document)) => {
            steps.apply(Change::CreateNavItem { item: item(None, Some(document.table)), at })?
        }
        (None, File::Top(_) | File::Folder(..)) => return Err(no_file()),
    };
    Ok(())
}

fn item(label: Option<String>, table: Option<model::TableId>) -> NavItem {
    // Number, parent and rank are the engine's to give.
    NavItem { id: model::NavId(0), parent: None, rank: String::new(), label, table, bag: Bag::new() }
}

/// A file of the asked type that is not the top.
fn found(tree: &Tree, file: Option<File>, is_folder: bool) -> Result<usize> {
    let place = file.and_then(|file| tree.find(file)).filter(|place| *place > 0).ok_or_else(no_file)?;
    let fits = matches!(tree.entries[place].file, File::Folder(..)) == is_folder;
    if fits { Ok(place) } else { Err(no_file()) }
}

fn folder(tree: &Tree, file: Option<File>) -> Result<usize> {
    let place = file.and_then(|file| tree.find(file)).ok_or_else(no_file)?;
    match tree.entries[place].file {
        File::Top(_) | File::Folder(..) => Ok(place),
        File::Document(_) => Err(no_file()),
    }
}

fn no_file() -> Error {
    crate::error::no_document()
}
