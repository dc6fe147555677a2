//! The trash (facts A4, "Around them"; shapes of npm `@teable/openapi`): deleted spaces and bases, the deleted tables of a
//! base, and what was deleted of a table.

use crate::cell::values::Emails;
use crate::door::{self, State};
use crate::error::hidden_behind;
use crate::field::shown;
use crate::names::{self, TableName, TrashName};
use crate::record::write::people;
use crate::views::layout_word;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Params, respond};
use engine::access::Directory;
use engine::{TrashItem, TrashKind, TrashPage, Trashed, View, Weight};
use model::error::Path;
use model::time::Instant;
use model::{Ability, Actor, DatabaseKey, Error, Field, Json, RecordAddress, Result, Rule, Seq, Subject, UserId};
use serde_json::{Map, json};

/// Items of a page.
const PAGE: usize = 20;

/// What a trash is of.
enum Place {
    Base(DatabaseKey),
    Table(TableName),
}

/// Deleted spaces or bases.
pub async fn homes(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let params = call.params()?;
    params.refuse_unknown(&["resourceType"])?;
    let mut page = Page::new(&state, &actor);
    match params.one("resourceType")? {
        Some("space") => {
            for row in state.engine.list_deleted_workspaces(&actor)? {
                let id = names::space(row.id);
                page.resources.insert(id.clone(), json!({"id": id, "name": row.name}));
                page.home(&id, "space", row.deleted_at, row.deleted_by);
            }
        }
        Some("base") => {
            for row in state.engine.list_trashed_databases(&actor)? {
                let (id, space) = (names::base(row.key), names::space(row.workspace));
                page.resources.insert(id.clone(), json!({"id": id, "name": row.name, "spaceId": space}));
                page.home(&id, "base", row.deleted_at, row.deleted_by);
            }
        }
        given => return Err(not_of("resourceType", &["space", "base"], given).into()),
    }
    Ok(respond::wire(StatusCode::OK, &page.json(None))?)
}

/// The deleted tables of a base, or what was deleted of a table, newest first.
pub async fn items(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let params = call.params()?;
    params.refuse_unknown(&["resourceId", "resourceType", "cursor"])?;
    let place = place(&params)?;
    let (database, table) = (place.database(), place.table());
    let before = match params.one("cursor")?.filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(cursor) => {
            let name = names::read_trash(cursor).filter(|name| name.database == database);
            Some(name.ok_or_else(|| Error::invalid_given(Path::of("cursor"), Rule::Unknown, cursor))?.seq)
        }
    };
    drop(params);
    let asker = (state.clone(), actor.clone());
    let read = move |view: &mut View<'_>| {
        let found = view.trash(table, before.map(Seq), PAGE)?;
        let mut page = Page::new(&asker.0, &asker.1);
        page.emails = people(view).emails;
        page.fill(view, database, table, &found);
        let next = found.next.map(|seq| names::trash(TrashName { database, seq: seq.0, kind: 0 }));
        Ok(page.json(Some(next)))
    };
    let body = state.engine.read(&actor, database, Weight::Scan, read).await.map_err(hidden_behind(place.subject()))?;
    Ok(respond::wire(StatusCode::OK, &body)?)
}

/// Brings back what an item of a trash is about.
pub async fn restore(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let id = call.segment("trashId");
    if let Some(space) = names::read_space(id) {
        state.engine.restore_workspace(&actor, space)?;
    } else if let Some(base) = names::read_base(id) {
        state.engine.restore_trashed_database(&actor, base)?;
    } else {
        let name = names::read_trash(id).ok_or_else(|| names::missing(Subject::TrashItem))?;
        let kind = KINDS.get(usize::from(name.kind)).ok_or_else(|| names::missing(Subject::TrashItem))?;
        let restored = state.engine.restore_trash(&actor, name.database, Seq(name.seq), *kind, door::window(&call));
        restored.await.map_err(hidden_behind(Subject::TrashItem))?;
    }
    Ok(respond::wire(StatusCode::CREATED, &json!({}))?)
}

/// Empties the trash of a base's tables, or of a table.
pub async fn reset(Shared(state): Shared<State>, call: Call) -> Answer {
    let actor = state.actor(&call)?;
    let params = call.params()?;
    params.refuse_unknown(&["resourceId", "resourceType", "cursor"])?;
    let place = place(&params)?;
    drop(params);
    let emptied = state.engine.empty_trash(&actor, place.database(), place.table()).await;
    emptied.map_err(hidden_behind(place.subject()))?;
    Ok(respond::wire(StatusCode::OK, &json!({}))?)
}

/// The kinds in the order of their numbers in ids.
const KINDS: [TrashKind; 4] = [TrashKind::Table, TrashKind::Records, TrashKind::Fields, TrashKind::Views];

impl Place {
    fn database(&self) -> DatabaseKey {
        match self {
            Place::Base(base) => *base,
            Place::Table(name) => name.database,
        }
    }

    fn table(&self) -> Option<model::TableId> {
        match self {
            Place::Base(_) => None,
            Place::Table(name) => Some(name.table),
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Place::Base(_) => Subject::Database,
            Place::Table(_) => Subject::Table,
        }
    }
}

fn place(params: &Params<'_>) -> Result<Place> {
    let id = params.one("resourceId")?.ok_or_else(|| Error::invalid(Path::of("resourceId"), Rule::Required))?;
    match params.one("resourceType")? {
        Some("base") => names::read_base(id).map(Place::Base).ok_or_else(|| names::missing(Subject::Database)),
        Some("table") => names::read_table(id).map(Place::Table).ok_or_else(|| names::missing(Subject::Table)),
        given => Err(not_of("resourceType", &["base", "table"], given)),
    }
}

fn not_of(key: &str, words: &[&str], given: Option<&str>) -> Error {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    match given {
        None => Error::invalid(Path::of(key), Rule::Required),
        Some(given) => Error::invalid_given(Path::of(key), Rule::Enum(words), given),
    }
}

/// `{trashItems, userMap, resourceMap, nextCursor}` in the making.
struct Page {
    items: Vec<Json>,
    users: Map<String, Json>,
    resources: Map<String, Json>,
    directory: std::sync::Arc<Directory>,
    emails: Emails,
}

impl Page {
    fn new(state: &State, actor: &Actor) -> Page {
        let emails = if actor.abilities.has(Ability::EmailRead) { Emails::Shown } else { Emails::Hidden };
        let directory = state.engine.directory();
        Page { items: Vec::new(), users: Map::new(), resources: Map::new(), directory, emails }
    }

    /// A space or base, whose id is that of its item.
    fn home(&mut self, id: &str, word: &str, at: Instant, by: Option<UserId>) {
        let by = self.user(by);
        let item =
            json!({"id": id, "resourceId": id, "resourceType": word, "deletedTime": at.to_iso(), "deletedBy": by});
        self.items.push(item);
    }

    fn fill(&mut self, view: &View<'_>, database: DatabaseKey, table: Option<model::TableId>, found: &TrashPage) {
        for item in &found.items {
            let (kind, word, ids) = match &item.what {
                Trashed::Table(table) => {
                    let id = names::table(TableName { database, table: table.id });
                    self.resources.insert(id.clone(), json!({"id": id, "name": table.name}));
                    (0, "table", vec![id])
                }
                Trashed::Records(records) => (1, "record", self.records(database, table, records)),
                Trashed::Fields(fields) => (2, "field", self.fields(view, database, table, fields)),
                Trashed::Views(views) => (3, "view", self.views(database, views)),
            };
            // Fields that this API does not show lie in no trash of its either.
            if !ids.is_empty() {
                self.push(database, item, kind, word, ids);
            }
        }
    }

    fn push(&mut self, database: DatabaseKey, item: &TrashItem, kind: u8, word: &str, ids: Vec<String>) {
        let mut json = json!({
            "id": names::trash(TrashName { database, seq: item.seq.0, kind }),
            "resourceType": word,
            "deletedTime": item.at.to_iso(),
            "deletedBy": self.user(item.by),
        });
        match (kind, ids.first()) {
            (0, Some(id)) => json["resourceId"] = json!(id),
            _ => json["resourceIds"] = json!(ids),
        }
        self.items.push(json);
    }

    fn records(
        &mut self,
        database: DatabaseKey,
        table: Option<model::TableId>,
        records: &[(model::RecordId, String)],
    ) -> Vec<String> {
        let Some(table) = table else { return Vec::new() };
        let mut ids = Vec::with_capacity(records.len());
        for (record, title) in records {
            let id = names::record(database, RecordAddress { table, record: *record });
            self.resources.insert(id.clone(), json!({"id": id, "name": title}));
            ids.push(id);
        }
        ids
    }

    fn fields(
        &mut self,
        view: &View<'_>,
        database: DatabaseKey,
        table: Option<model::TableId>,
        fields: &[Field],
    ) -> Vec<String> {
        let Some(table) = table.and_then(|table| view.table(table).ok()) else { return Vec::new() };
        let mut ids = Vec::with_capacity(fields.len());
        for field in fields.iter().filter(|field| shown::is_shown(field)) {
            let id = names::field(TableName { database, table: table.id }, field.id);
            let shown = shown::shown(view, &table, field);
            let lookup = shown.is_lookup.then_some(true);
            let resource = json!({"id": id, "name": field.name, "type": shown.word.text(), "isLookup": lookup});
            self.resources.insert(id.clone(), resource);
            ids.push(id);
        }
        ids
    }

    fn views(&mut self, database: DatabaseKey, views: &[model::View]) -> Vec<String> {
        let mut ids = Vec::with_capacity(views.len());
        for view in views {
            let id = names::view(database, view.id);
            let resource = json!({"id": id, "name": view.name, "type": layout_word(view.layout)});
            self.resources.insert(id.clone(), resource);
            ids.push(id);
        }
        ids
    }

    /// The id of who deleted something; empty when it is not known.
    fn user(&mut self, user: Option<UserId>) -> String {
        let Some(user) = user else { return String::new() };
        let id = names::user(user);
        if let Some(known) = self.directory.get(user) {
            let mut shown = json!({"id": id, "name": known.name, "avatar": known.avatar});
            if self.emails == Emails::Shown {
                shown["email"] = json!(known.email);
            }
            self.users.insert(id.clone(), shown);
        }
        id
    }

    fn json(self, next: Option<Option<String>>) -> Json {
        let mut page = json!({"trashItems": self.items, "userMap": self.users, "resourceMap": self.resources});
        if let Some(next) = next {
            page["nextCursor"] = json!(next);
        }
        page
    }
}
