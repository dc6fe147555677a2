//! Files in and out without HTTP, as the command line asks for them: with names of tables, fields and views, and otherwise
//! like `/import` and `/export`.

use crate::endpoints::{export, import};
use crate::names::{self, TableName};
use crate::record::keys::KeyType;
use crate::record::list::Ask;
use crate::record::shape::Shapes;
use crate::upload::Wishes;
use edge::Params;
use engine::{Engine, View, Weight};
use model::{Ability, Actor, DatabaseKey, Error, Result, Subject};
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;
use transfer::export::Reader;
use transfer::{Broken, Header, Hints, Order, Report, Source};

/// What is gathered before it is written.
const PIECE: usize = 1 << 20;

/// Imports a file into a table, whose fields are called like the columns.
pub async fn import(
    engine: &Engine,
    actor: &Arc<Actor>,
    (database, table): (DatabaseKey, String),
    file: Source,
    key: Option<String>,
    broken: Broken,
) -> Result<Report> {
    let hints = import::with_header(Hints::default());
    let wishes = Wishes { key, key_type: KeyType::Name, hints, ..Wishes::default() };
    let (format, columns) = transfer::examine(&file, wishes.hints).await?;
    let has_header = format.header == Header::Row;
    let resolve = move |view: &mut View<'_>| {
        let name = table_named(view, database, &table)?;
        view.require(Some(name.table), Ability::TableImport)?;
        import::target(view, &Shapes::default(), name, &wishes, &columns, has_header)
    };
    let target = engine.read(actor, database, Weight::Point, resolve).await?;
    transfer::import(engine, actor, file, Order { target, format, broken, client: None }).await
}

/// Writes a table to a file, which it empties first: all of it, or what a view shows.
pub async fn export(
    engine: &Engine,
    actor: &Arc<Actor>,
    (database, table): (DatabaseKey, String),
    view: Option<String>,
    reader: Reader,
    file: Arc<File>,
) -> Result<()> {
    let write = move |window: &mut View<'_>| {
        let name = table_named(window, database, &table)?;
        let query = match &view {
            None => String::new(),
            Some(given) => format!("viewId={}", view_named(window, name, given)?),
        };
        let ask = Ask::of(&Params::parse(&query, query.len())?, &[])?.without_end();
        // A read may be run again: then what was written counts for nothing.
        file.set_len(0).and_then(|()| (&*file).rewind()).map_err(unwritten)?;
        let mut sink = ToFile { file: &file, held: Vec::with_capacity(PIECE) };
        export::written(window, &Shapes::default(), name.table, &ask, reader, &mut sink)?;
        sink.write()
    };
    engine.read(actor, database, Weight::Scan, write).await
}

struct ToFile<'f> {
    file: &'f File,
    held: Vec<u8>,
}

impl ToFile<'_> {
    fn write(&mut self) -> Result<()> {
        self.file.write_all(&self.held).map_err(unwritten)?;
        self.held.clear();
        Ok(())
    }
}

impl export::Sink for ToFile<'_> {
    fn out(&mut self) -> &mut Vec<u8> {
        &mut self.held
    }

    fn checkpoint(&mut self) -> Result<()> {
        if self.held.len() >= PIECE { self.write() } else { Ok(()) }
    }
}

fn unwritten(error: std::io::Error) -> Error {
    Error::Unavailable(format!("the file cannot be written: {error}"))
}

/// The table of an id, or of a name that no other has.
fn table_named(view: &View<'_>, database: DatabaseKey, text: &str) -> Result<TableName> {
    if let Some(name) = names::read_table(text).filter(|name| name.database == database) {
        return Ok(name);
    }
    let tables = view.tables();
    let mut found = tables.iter().filter(|table| table.name == text);
    match (found.next(), found.next()) {
        (Some(table), None) => Ok(TableName { database, table: table.id }),
        (Some(_), Some(_)) => Err(Error::Conflict(format!("several tables are called {text}: use an id"))),
        (None, _) => Err(Error::not_found(Subject::Table, text)),
    }
}

/// The id of the view of an id, or of a name that no other view of the table has.
fn view_named(window: &mut View<'_>, name: TableName, text: &str) -> Result<String> {
    let table = window.table(name.table)?;
    let by_id = names::read_view(text, name.database).filter(|id| table.view(*id).is_ok());
    let mut found = table.views.iter().filter(|view| by_id.map_or(view.name == text, |id| view.id == id));
    match (found.next(), found.next()) {
        (Some(view), None) => Ok(names::view(name.database, view.id)),
        (Some(_), Some(_)) => Err(Error::Conflict(format!("several views are called {text}: use an id"))),
        (None, _) => Err(Error::not_found(Subject::View, text)),
    }
}
