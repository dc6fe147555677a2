//! `POST /doc/edit`: inserts, edits, moves and deletes nodes (reference, "Make change to the content of a document").
//!
//! The changes of a request are one write, all or nothing, and one step of the version (facts 1.12, 4). Each sees what
//! those before it did.

use crate::door::State;
use crate::error::{no_document, no_node};
use crate::names::{self, Document};
use crate::outline::{Outline, own_note};
use crate::profile;
use crate::wire;
use axum::extract::State as Shared;
use edge::{Answer, Call};
use engine::{Made, Steps};
use model::access::Profile;
use model::change::{Among, Children, NewRecord, Patch, Place, RecordSet, RecordUpdate, TablePatch};
use model::error::Path;
use model::field::Slot;
use model::{Ability, Change, Error, Json, RecordAddress, RecordId, Result, Rule, Value};
use serde_json::{Map, json};
use std::collections::HashSet;

/// The words of actions.
const ACTIONS: [&str; 4] = ["insert", "edit", "move", "delete"];

pub async fn answer(Shared(state): Shared<State>, mut call: Call) -> Answer {
    let mut ask = state.ask(&mut call).await?;
    let file = wire::required(&ask.body, "file_id", &Path::default())?;
    let document = names::read_document(file).ok_or_else(no_document)?;
    wire::list(&ask.body, "changes")?;
    let Some(Json::Array(changes)) = ask.body.remove("changes") else { return Err(no_document().into()) };
    call.charge(changes.len())?;
    let count = changes.len();
    let steps = move |steps: &mut Steps<'_, '_>| {
        let ids = Editing::begin(steps, document)?.all(&changes)?;
        Ok(Json::Array(ids.into_iter().map(Json::from).collect()))
    };
    let ids = state.write(&ask.actor, document, ask.context(), steps).await?;
    let mut members = Map::new();
    if ask.profile == Profile::Documented {
        // The reference's text promises them; the live service has none (facts 1.5, 6.3).
        members.insert("results".to_owned(), json!(vec![true; count]));
    }
    members.insert("new_node_ids".to_owned(), ids);
    Ok(profile::answer(ask.profile, members)?)
}

/// The changes of one request under way.
struct Editing<'s, 'w, 'a> {
    steps: &'s mut Steps<'w, 'a>,
    document: Document,
    outline: Outline,
    /// What an earlier change of this request deleted.
    gone: HashSet<RecordId>,
}

/// A node as a change names it: none is the document's own.
type Node = Option<RecordId>;

impl<'s, 'w, 'a> Editing<'s, 'w, 'a> {
    fn begin(steps: &'s mut Steps<'w, 'a>, document: Document) -> Result<Editing<'s, 'w, 'a>> {
        let outline = Outline::of(&steps.view(), document.table)?;
        Ok(Editing { steps, document, outline, gone: HashSet::new() })
    }

    /// Carries all changes out; the ids of new nodes in their order.
    fn all(mut self, changes: &[Json]) -> Result<Vec<String>> {
        // Whoever may not write is told so, whatever the changes are.
        let table = self.document.table;
        let abilities = [Ability::RecordCreate, Ability::RecordUpdate, Ability::RecordDelete];
        if !abilities.into_iter().any(|ability| self.steps.view().require(Some(table), ability).is_ok()) {
            return Err(Error::Forbidden(Ability::RecordUpdate));
        }
        let mut made = Vec::new();
        for (i, change) in changes.iter().enumerate() {
            let at = Path::of("changes").index(i);
            let change = wire::object(change, &at)?;
            match wire::required(change, "action", &at)? {
                "insert" => made.push(names::node(self.document, Some(self.insert(change, &at)?))),
                "edit" => self.edit(change, &at)?,
                "move" => self.move_node(change, &at)?,
                "delete" => self.delete(change, &at)?,
                _ => {
                    let words = ACTIONS.map(str::to_owned).into();
                    return Err(Error::invalid(at.key("action"), Rule::Enum(words)));
                }
            }
        }
        if !changes.is_empty() {
            self.steps.touch(table);
        }
        Ok(made)
    }

    fn insert(&mut self, change: &Map<String, Json>, at: &Path) -> Result<RecordId> {
        let parent = self.node(change, "parent_id", at)?;
        let place = Place { parent, among: among(change, at)? };
        let values = self.outline.values(change, at)?;
        insert(self.steps, self.document, place, values).map_err(|error| named(error, at, &[("parent_id", parent)]))
    }

    fn edit(&mut self, change: &Map<String, Json>, at: &Path) -> Result<()> {
        let Some(node) = self.node(change, "node_id", at)? else { return self.edit_own(change, at) };
        let values = self.outline.values(change, at)?;
        if self.gone.contains(&node) {
            return Err(no_node(&at.clone().key("node_id")));
        }
        let updates = vec![RecordUpdate { record: node, values }];
        let edit = Change::UpdateRecords { table: self.document.table, updates };
        self.steps.apply(edit).map(drop).map_err(|error| named(error, at, &[("node_id", Some(node))]))
    }

    /// The document's own node: its content is the title, its note the description (facts 1.6).
    fn edit_own(&mut self, change: &Map<String, Json>, at: &Path) -> Result<()> {
        for key in ["checked", "checkbox"] {
            if wire::flag(change, key, at)? == Some(true) {
                return Err(not_of_own(at, key));
            }
        }
        for (key, bounds) in [("heading", crate::outline::HEADINGS), ("color", crate::outline::COLORS)] {
            if wire::whole(change, key, bounds, at)?.is_some_and(|number| number != 0) {
                return Err(not_of_own(at, key));
            }
        }
        let (title, note) = (wire::text(change, "content", at)?, wire::text(change, "note", at)?);
        let description = match note {
            Some(note) if note != own_note(&self.outline.table) => match note {
                "" => Patch::Clear,
                note => Patch::Set(note.to_owned()),
            },
            Some(_) | None => Patch::Keep,
        };
        let patch = TablePatch { name: title.map(str::to_owned), description, ..TablePatch::default() };
        let edit = Change::EditTable { table: self.document.table, patch: Box::new(patch) };
        self.steps.apply(edit).map_err(|error| named(error, at, &[]))?;
        self.outline = Outline::of(&self.steps.view(), self.document.table)?;
        Ok(())
    }

    fn move_node(&mut self, change: &Map<String, Json>, at: &Path) -> Result<()> {
        let node = self.moving(change, at)?;
        let parent = self.node(change, "parent_id", at)?;
        let place = Place { parent, among: among(change, at)? };
        let change = Change::MoveRecords { table: self.document.table, moves: vec![(node, place)] };
        let named = |error| match error {
            Error::Conflict(_) => {
                let why = "must not be the node itself or lie below it".to_owned();
                Error::invalid(at.clone().key("parent_id"), Rule::Malformed(why))
            }
            error => named(error, at, &[("node_id", Some(node)), ("parent_id", parent)]),
        };
        self.steps.apply(change).map(drop).map_err(named)
    }

    /// What lies below goes too. A node that an earlier change of this request took along is gone already, and that is
    /// fine: clients delete parents and children in one request (facts 4, 6.5).
    fn delete(&mut self, change: &Map<String, Json>, at: &Path) -> Result<()> {
        let node = self.moving(change, at)?;
        if self.gone.contains(&node) {
            return Ok(());
        }
        let table = self.document.table;
        self.steps.view().require(Some(table), Ability::RecordDelete)?;
        if !self.steps.view().exists(RecordAddress { table, record: node })? {
            return Err(no_node(&at.clone().key("node_id")));
        }
        let records = RecordSet::of([node]);
        match self.steps.apply(Change::DeleteRecords { table, records, children: Children::Delete })? {
            Made::Records { ids, .. } => self.gone.extend(ids),
            Made::Nothing | Made::Table(_) | Made::Field { .. } | Made::View { .. } | Made::NavItem(_) => {}
        }
        Ok(())
    }

    /// The node that a change moves or deletes: never the document's own (facts 1.11).
    fn moving(&self, change: &Map<String, Json>, at: &Path) -> Result<RecordId> {
        let why = || Rule::Malformed("must not be the root of the document".to_owned());
        self.node(change, "node_id", at)?.ok_or_else(|| Error::invalid(at.clone().key("node_id"), why()))
    }

    fn node(&self, change: &Map<String, Json>, key: &str, at: &Path) -> Result<Node> {
        let given = wire::required(change, key, at)?;
        names::read_node(given, self.document).ok_or_else(|| no_node(&at.clone().key(key)))
    }
}

/// Makes a node.
pub fn insert(
    steps: &mut Steps<'_, '_>,
    document: Document,
    place: Place,
    values: Vec<(Slot, Value)>,
) -> Result<RecordId> {
    let record = NewRecord { values, place: Some(place), ..NewRecord::default() };
    match steps.apply(Change::CreateRecords { table: document.table, records: vec![record] })? {
        Made::Records { ids, .. } => ids.first().copied(),
        Made::Nothing | Made::Table(_) | Made::Field { .. } | Made::View { .. } | Made::NavItem(_) => None,
    }
    .ok_or_else(|| Error::Internal("a new node has no number".to_owned()))
}

/// The place that an index asks for: -1 is the end, and so is everything past it; without one it is the front (facts
/// 1.8, 4).
fn among(change: &Map<String, Json>, at: &Path) -> Result<Among> {
    Ok(match wire::whole(change, "index", (-1, i64::MAX), at)? {
        None | Some(0) => Among::First,
        Some(-1) => Among::Last,
        Some(index) => Among::Index(usize::try_from(index).unwrap_or(usize::MAX)),
    })
}

/// An error of the core under the number of its change; `nodes` are those that the change names.
fn named(error: Error, at: &Path, nodes: &[(&str, Node)]) -> Error {
    match error {
        Error::NotFound { subject: model::Subject::Record, given } => {
            let is_meant = |node: &Node| node.is_some_and(|node| node.0.to_string() == given);
            let key = nodes.iter().find(|(_, node)| is_meant(node)).map_or("node_id", |(key, _)| key);
            no_node(&at.clone().key(key))
        }
        Error::Invalid(faults) => {
            // The core counts records of its own changes; what matters here is the field.
            let under = |mut fault: model::Fault| {
                fault.at = Path(fault.at.0.pop().into_iter().collect()).under(at.clone());
                fault
            };
            Error::Invalid(faults.into_iter().map(under).collect())
        }
        other => other,
    }
}

fn not_of_own(at: &Path, key: &str) -> Error {
    Error::invalid(at.clone().key(key), Rule::Malformed("cannot be set on the root of the document".to_owned()))
}
