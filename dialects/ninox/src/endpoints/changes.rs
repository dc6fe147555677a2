//! `…/changes?sinceSq=`: what changed in a database, a table or a record since a sequence (reference 001, "Get changes
//! in …"; facts 10). The sequence itself is not among it.

use crate::door::{At, State};
use crate::files::{self, Listed};
use crate::names;
use crate::record::list::{above, number};
use crate::record::shape::{Shape, Shapes};
use crate::record::style::Style;
use crate::record::write::RecordWriter;
use crate::schema::{read, views};
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::json::{self, Commas};
use edge::{Answer, Call, Settings, Spill};
use engine::access::DatabaseInfo;
use engine::{GO_ON, Gone, View, Weight};
use model::filter::{Operand, Predicate, System, Test};
use model::query::{Direction, Page, Query, Sort, Source, TextOrder};
use model::{Ability, Filter, Json, RecordAddress, RecordId, Result, Seq, Subject, Table, Value};
use serde_json::{Map, json};
use std::sync::Arc;

/// What is asked about.
enum Scope {
    Database(Box<DatabaseInfo>),
    Table(String),
    /// A number that is none names no record.
    Record(String, Option<RecordId>),
}

pub async fn of_database(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let info = state.engine.get_database(&at.actor, at.database)?;
    let asked = Asked::of(&call)?;
    answer(&state, &at, asked, Scope::Database(Box::new(info))).await
}

pub async fn of_table(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let asked = Asked::of(&call)?;
    answer(&state, &at, asked, Scope::Table(call.segment("tableId").to_owned())).await
}

pub async fn of_record(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let record = names::read_record(call.segment("recordId"));
    let asked = Asked::of(&call)?;
    answer(&state, &at, asked, Scope::Record(call.segment("tableId").to_owned(), record)).await
}

/// What a request says beside its address.
struct Asked {
    since: Seq,
    settings: Arc<Settings>,
}

impl Asked {
    fn of(call: &Call) -> Result<Asked> {
        let since = Seq(number(&call.params()?, "sinceSq")?.unwrap_or(0).max(0) as u64);
        Ok(Asked { since, settings: call.settings().clone() })
    }
}

async fn answer(state: &State, at: &At, asked: Asked, scope: Scope) -> Answer {
    let shapes = state.shapes.clone();
    let tell = move |view: &mut View<'_>| {
        let mut told = Telling::new(&shapes, &asked.settings, asked.since);
        told.tell(view, &scope)?;
        Ok(told.out)
    };
    let out = state.engine.read(&at.actor, at.database, Weight::Scan, tell).await?;
    Ok(out.into_json(StatusCode::OK)?)
}

/// An answer in the making.
struct Telling<'a> {
    shapes: &'a Shapes,
    since: Seq,
    out: Spill,
    removes: Vec<Json>,
    files: Vec<Json>,
}

impl<'a> Telling<'a> {
    fn new(shapes: &'a Shapes, settings: &Arc<Settings>, since: Seq) -> Telling<'a> {
        Telling { shapes, since, out: Spill::new(settings, 1024), removes: Vec::new(), files: Vec::new() }
    }

    fn tell(&mut self, view: &mut View<'_>, scope: &Scope) -> Result<()> {
        let (tables, only) = self.found(view, scope)?;
        self.head(view, scope, &tables)?;
        self.out.out().extend_from_slice(b",\"updates\":{");
        let mut commas = Commas::default();
        for table in &tables {
            let shape = self.shapes.of(view, table.id)?;
            self.updates(view, &shape, only, &mut commas)?;
            let gone = view.gone_since(table.id, only, self.since)?;
            self.went(view, table, only, gone)?;
        }
        self.out.out().push(b'}');
        let (removes, files) = (std::mem::take(&mut self.removes), std::mem::take(&mut self.files));
        self.member("removes", &Json::Array(removes))?;
        self.member("files", &Json::Array(files))?;
        if only.is_none() {
            let views = self.views(view, &tables)?;
            self.member("views", &views)?;
            self.member("reports", &json!({}))?;
        }
        let seq = view.sequence()?;
        self.member("seq", &seq.0.into())?;
        self.out.out().push(b'}');
        Ok(())
    }

    /// The tables that are asked about, and the record if it is one.
    fn found(&self, view: &mut View<'_>, scope: &Scope) -> Result<(Vec<Arc<Table>>, Option<RecordId>)> {
        match scope {
            Scope::Database(_) => {
                view.require(None, Ability::RecordRead)?;
                let readable = |table: &Arc<Table>| view.require(Some(table.id), Ability::RecordRead).is_ok();
                Ok((view.tables().into_iter().filter(readable).collect(), None))
            }
            Scope::Table(named) => Ok((vec![readable(view, named)?], None)),
            Scope::Record(named, record) => {
                let table = readable(view, named)?;
                let record = record.ok_or_else(|| names::missing(Subject::Record))?;
                let is_known = view.exists(RecordAddress { table: table.id, record })?
                    || view.gone_since(table.id, Some(record), Seq(0))?.records.contains(&record);
                // What went can be asked about, what never was cannot.
                if !is_known {
                    return Err(names::missing(Subject::Record));
                }
                Ok((vec![table], Some(record)))
            }
        }
    }

    /// What stands before the changes: what is new of the definitions, and the next numbers of records.
    fn head(&mut self, view: &mut View<'_>, scope: &Scope, tables: &[Arc<Table>]) -> Result<()> {
        let next = view.next_records()?;
        let of = |table: &Table| next.get(&table.id).copied().unwrap_or(1);
        match (scope, tables) {
            (Scope::Database(info), _) => {
                let config = match view.is_defined_since(self.since)? {
                    true => json!({"settings": read::settings(info), "schema": read::schema(view)?}),
                    false => json!({}),
                };
                self.out.out().extend_from_slice(b"{\"config\":");
                json::object(self.out.out(), &config)?;
                let next: Map<String, Json> = tables.iter().map(|t| (names::table(t.id), of(t).into())).collect();
                self.member("nextRids", &Json::Object(next))
            }
            (Scope::Table(_) | Scope::Record(..), tables) => {
                self.out.out().extend_from_slice(b"{\"nextRid\":");
                json::integer(self.out.out(), tables.first().map_or(1, |table| i64::from(of(table))));
                Ok(())
            }
        }
    }

    /// Records that were made or changed, in the order of their writes.
    fn updates(
        &mut self,
        view: &mut View<'_>,
        shape: &Shape,
        only: Option<RecordId>,
        commas: &mut Commas,
    ) -> Result<()> {
        let mut filter = above(System::Seq, i64::try_from(self.since.0).unwrap_or(i64::MAX));
        if let Some(record) = only {
            let predicate = Predicate::Equals(Value::Number(f64::from(record.0)));
            filter = filter.and(Filter::Test(Test { operand: Operand::System(System::Id), predicate }));
        }
        let query = Query {
            source: Source::Table(shape.table.id),
            filter,
            search: None,
            sort: vec![Sort {
                by: Operand::System(System::Seq),
                direction: Direction::Ascending,
                order: TextOrder::Natural,
                ranks: None,
                bucket: None,
            }],
            page: Page::All,
            projection: shape.projection.clone(),
        };
        let writer = RecordWriter::new(view, shape, Style::INTERNAL);
        let out = &mut self.out;
        view.select(&query, &mut |row| {
            commas.next(out.out());
            json::key(out.out(), &names::record(RecordAddress { table: row.table(), record: row.id() }));
            writer.write_internal(out.out(), row);
            out.checkpoint()?;
            Ok(GO_ON)
        })
    }

    /// Records that went, and files that came or went.
    fn went(&mut self, view: &mut View<'_>, table: &Table, only: Option<RecordId>, gone: Gone) -> Result<()> {
        let id = |record: RecordId| names::record(RecordAddress { table: table.id, record });
        self.removes.extend(gone.records.iter().map(|record| Json::from(id(*record))));
        for found in view.record_files_since(table.id, only, self.since)? {
            let record = found.record;
            let mut file = files::metadata(&Listed { name: found.file.name.clone(), found });
            file["recordId"] = id(record).into();
            self.files.push(file);
        }
        let removed =
            |(record, name): &(RecordId, String)| json!({"name": name, "recordId": id(*record), "removed": true});
        self.files.extend(gone.files.iter().map(removed));
        Ok(())
    }

    /// The views of tables whose definition changed.
    fn views(&self, view: &mut View<'_>, tables: &[Arc<Table>]) -> Result<Json> {
        let mut found = Map::new();
        for table in tables {
            let seq = view.defined_at(table.id)?;
            if seq > self.since && view.require(Some(table.id), Ability::ViewRead).is_ok() {
                found.extend(views::objects(table, seq, views::Detail::Full));
            }
        }
        Ok(Json::Object(found))
    }

    fn member(&mut self, key: &str, value: &Json) -> Result<()> {
        self.out.out().push(b',');
        json::key(self.out.out(), key);
        json::object(self.out.out(), value)
    }
}

fn readable(view: &View<'_>, named: &str) -> Result<Arc<Table>> {
    let table = names::find_table(view, named)?;
    view.require(Some(table.id), Ability::RecordRead)?;
    Ok(table)
}
