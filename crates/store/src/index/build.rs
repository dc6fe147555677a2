//! Making indexes and taking them away, inside a write.

use super::{Definition, Form, IndexKey, Kept, Origin, ordered, trigram};
use crate::database::catalog::{Catalog, to_stored};
use crate::database::{WriteTx, tables};
use crate::flavor::Flavor;
use crate::tx::Tx;
use model::kind::ColumnType;
use model::time::Instant;
use model::{Cell, ColumnId, Error, Result, Subject, TableId};

/// How far a build has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    Done,
    More,
}

const PUT: &str = "INSERT INTO indexes (name, table_id, definition, built, made_at, used_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?5) \
                   ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, built = excluded.built";
const RETIRE: &str = "UPDATE indexes SET built = 0 WHERE name = ?1";
const DELETE: &str = "DELETE FROM indexes WHERE name = ?1";

/// Records taken into a trigram index in one go when nobody can be let in between.
const WHOLE: u32 = 100_000;

/// Makes sure that the index stands and covers all records.
pub fn ensure(w: &mut WriteTx<'_>, definition: &Definition) -> Result<()> {
    while build_step(w, definition, WHOLE)? == Progress::More {}
    Ok(())
}

/// One step of a build: the first makes the index, each takes up to `rows` records in. An ordered index is made in one
/// step whatever its size.
pub fn build_step(w: &mut WriteTx<'_>, definition: &Definition, rows: u32) -> Result<Progress> {
    let name = definition.name();
    let (mut kept, built, is_new) = match super::find(w.tx, &name)? {
        Some((kept, built)) => (kept, built, false),
        None => {
            create(w, definition)?;
            (Kept { definition: definition.clone(), filled: 0 }, false, true)
        }
    };
    let origin = stronger(kept.definition.origin, definition.origin);
    if built {
        if origin != kept.definition.origin {
            kept.definition.origin = origin;
            put(w, &name, &kept, Progress::Done)?;
            w.indexes_changed()?;
        }
        return Ok(Progress::Done);
    }
    kept.definition.origin = origin;
    let filled = trigram_column(definition).filter(|_| w.tx.flavor() == Flavor::Sqlite);
    let progress = match filled {
        None => Progress::Done,
        Some(column) => match trigram::fill(w.tx, definition.table, column, kept.filled, rows)? {
            None => Progress::Done,
            Some(last) => {
                kept.filled = last;
                Progress::More
            }
        },
    };
    put(w, &name, &kept, progress)?;
    if is_new || progress == Progress::Done {
        w.indexes_changed()?;
    }
    Ok(progress)
}

/// Takes an index away.
pub fn drop(w: &mut WriteTx<'_>, name: &str) -> Result<()> {
    let Some((kept, _)) = super::find(w.tx, name)? else {
        return Err(Error::not_found(Subject::Index, name));
    };
    match trigram_column(&kept.definition).filter(|_| w.tx.flavor() == Flavor::Sqlite) {
        Some(column) => w.tx.script(&trigram::drop_sql(kept.definition.table, column))?,
        // The name is made of the definition that was found, not of what was given.
        None => w.tx.script(&format!("DROP INDEX IF EXISTS {}", kept.definition.name()))?,
    }
    w.tx.execute(DELETE, &[Cell::Text(name)])?;
    w.indexes_changed()
}

/// Takes an index out of use; it is not asked any more, but stands until it is dropped.
pub fn retire(w: &mut WriteTx<'_>, name: &str) -> Result<()> {
    w.tx.execute(RETIRE, &[Cell::Text(name)])?;
    w.indexes_changed()
}

/// Takes all indexes on these columns away; the columns themselves can then go.
pub fn drop_columns(w: &mut WriteTx<'_>, table: TableId, columns: &[ColumnId]) -> Result<()> {
    for standing in super::list(w.tx)? {
        if standing.definition.table == table && standing.definition.uses(columns) {
            drop(w, &standing.name)?;
        }
    }
    Ok(())
}

fn create(w: &mut WriteTx<'_>, definition: &Definition) -> Result<()> {
    if definition.columns.is_empty() {
        return Err(Error::Internal("an index without columns".to_owned()));
    }
    // The shared table has its own indexes and no others.
    tables::move_out(w, definition.table)?;
    let catalog = w.catalog();
    let sql = create_sql(w.tx, &catalog, definition, false)?;
    w.tx.script(&sql)
}

/// The statement that makes an index.
pub(super) fn create_sql(
    tx: &mut dyn Tx,
    catalog: &Catalog,
    definition: &Definition,
    concurrently: bool,
) -> Result<String> {
    let flavor = tx.flavor();
    Ok(match (trigram_column(definition), flavor) {
        (Some(column), Flavor::Sqlite) => trigram::create(definition.table, column),
        (Some(column), Flavor::Postgres) => {
            let place = tx.trigrams().ok_or_else(|| Error::Conflict("the server has no pg_trgm".to_owned()))?;
            trigram::create_gin(definition.table, column, place, concurrently)
        }
        (None, _) => {
            let columns = &catalog.layout(definition.table)?.columns;
            let texts: Vec<ColumnId> =
                columns.iter().filter(|c| c.cells == ColumnType::Text).map(|c| c.column).collect();
            ordered::create(flavor, definition, &texts, concurrently)
        }
    })
}

/// Notes that an index will be made beside the writes of others.
pub(super) fn announce(w: &mut WriteTx<'_>, definition: &Definition) -> Result<()> {
    tables::move_out(w, definition.table)?;
    let kept = Kept { definition: definition.clone(), filled: 0 };
    put(w, &definition.name(), &kept, Progress::More)
}

/// Notes that an index stands.
pub(super) fn finish(w: &mut WriteTx<'_>, definition: &Definition) -> Result<()> {
    let kept = Kept { definition: definition.clone(), filled: 0 };
    put(w, &definition.name(), &kept, Progress::Done)
}

fn put(w: &mut WriteTx<'_>, name: &str, kept: &Kept, progress: Progress) -> Result<()> {
    let definition = to_stored(kept)?;
    let params = [
        Cell::Text(name),
        Cell::Integer(kept.definition.table.0.into()),
        Cell::Text(&definition),
        Cell::Integer(i64::from(progress == Progress::Done)),
        Cell::Integer(Instant::now().0),
    ];
    w.tx.put(PUT, &params)?;
    w.indexes_changed()
}

/// The column of a trigram index.
fn trigram_column(definition: &Definition) -> Option<ColumnId> {
    match (definition.form, definition.columns.first().map(|c| c.column)) {
        (Form::Trigram, Some(IndexKey::Column(column))) => Some(column),
        (Form::Trigram | Form::Ordered, Some(_) | None) => None,
    }
}

/// Of two reasons to stand, the one that lets it stand longer.
fn stronger(a: Origin, b: Origin) -> Origin {
    let strength = |origin| match origin {
        Origin::Automatic => 0,
        Origin::Asked => 1,
        Origin::Required => 2,
    };
    if strength(a) >= strength(b) { a } else { b }
}
