//! `manytongue import DATABASE TABLE FILE` and `manytongue export-csv DATABASE TABLE [FILE]`.

use super::{Imported, Outcome, RowError, database};
use crate::commands::owner::owner;
use engine::Engine;
use model::{Error, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;
use transfer::export::Reader;
use transfer::{Broken, Source};

pub async fn import(
    engine: &Engine,
    named: &str,
    table: String,
    file: PathBuf,
    key: Option<String>,
    broken: Broken,
) -> Result<Outcome> {
    let place = (database::find(engine, named)?.key, table);
    let actor = Arc::new(owner(engine)?);
    let source = Source::File(Arc::new(opened(&file)?));
    let report = donotname::csv::import(engine, &actor, place, source, key, broken).await?;
    let is_done = report.is_done();
    let error = |error: transfer::RowError| RowError { line: error.line, field: error.field, message: error.message };
    Ok(Outcome::Imported(Imported {
        done: is_done,
        rows: report.rows,
        created: report.created,
        updated: report.updated,
        left_out: report.left_out,
        error_count: report.error_count,
        errors: report.errors.into_iter().map(error).collect(),
        left_behind: report.left_behind,
    }))
}

fn opened(path: &Path) -> Result<File> {
    let unread = |why: String| Error::Unavailable(format!("{} cannot be read: {why}", path.display()));
    let file = File::open(path).map_err(|error| unread(error.to_string()))?;
    match file.metadata().map_err(|error| unread(error.to_string()))?.is_file() {
        true => Ok(file),
        // It is read several times.
        false => Err(unread("it is no plain file".to_owned())),
    }
}

/// Without a file, one among the temporary ones is made, which is whoever's who asked.
pub async fn export(
    engine: &Engine,
    named: &str,
    table: String,
    view: Option<String>,
    reader: Reader,
    file: Option<PathBuf>,
) -> Result<Outcome> {
    let place = (database::find(engine, named)?.key, table);
    let actor = Arc::new(owner(engine)?);
    let parent = file.as_deref().map(|file| file.parent().unwrap_or(Path::new("/")).to_owned());
    let folder = parent.unwrap_or_else(std::env::temp_dir);
    let unwritten = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", folder.display()));
    if let Some(file) = file.as_deref().filter(|file| file.exists()) {
        return Err(Error::Conflict(format!("{} is there already", file.display())));
    }
    // Only a whole file gets the name.
    let made =
        tempfile::Builder::new().prefix(".manytongue-").suffix(".csv").tempfile_in(&folder).map_err(unwritten)?;
    let open = Arc::new(made.as_file().try_clone().map_err(unwritten)?);
    donotname::csv::export(engine, &actor, place, view, reader, open).await?;
    made.as_file().sync_all().map_err(unwritten)?;
    Ok(Outcome::ExportedCsv { file: kept(made, file).map_err(unwritten)? })
}

fn kept(made: NamedTempFile, file: Option<PathBuf>) -> std::io::Result<PathBuf> {
    match file {
        Some(file) => made.persist_noclobber(&file).map(|_| file).map_err(|error| error.error),
        None => made.keep().map(|(_, path)| path).map_err(|error| error.error),
    }
}
