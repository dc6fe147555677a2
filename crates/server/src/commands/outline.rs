//! `manytongue import-outline DATABASE FILE` and `manytongue export-outline DATABASE FILE`.

use super::{Outcome, database};
use crate::commands::owner::owner;
use dynalist::exchange;
use engine::Engine;
use model::{Error, Path as At, Result, Rule};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;
use transfer::outline::Form;

/// Longest file that is read: it is read into memory.
const LONGEST: u64 = 256 << 20;

pub async fn import(
    engine: &Engine,
    named: &str,
    file: &Path,
    form: Option<&str>,
    title: Option<String>,
) -> Result<Outcome> {
    let database = database::find(engine, named)?.key;
    let actor = Arc::new(owner(engine)?);
    let unread = |why: String| Error::Unavailable(format!("{} cannot be read: {why}", file.display()));
    let known = std::fs::metadata(file).map_err(|error| unread(error.to_string()))?;
    if known.len() > LONGEST {
        return Err(Error::TooLarge { what: "file", limit: LONGEST });
    }
    let bytes = std::fs::read(file).map_err(|error| unread(error.to_string()))?;
    let form = match form {
        Some(word) => Form::parse(word).ok_or_else(unknown_form)?,
        None => form_of(file).unwrap_or_else(|| Form::guess(&bytes)),
    };
    let mut whole = form.read(&bytes)?;
    let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(title) = title {
        whole.title = title;
    } else if whole.title.trim().is_empty() {
        whole.title = stem();
    }
    let title = whole.title.clone();
    let items = exchange::import(engine, &actor, database, whole).await?;
    Ok(Outcome::ImportedOutline { title, items })
}

pub async fn export(engine: &Engine, named: &str, outline: Option<String>, file: PathBuf) -> Result<Outcome> {
    let found = database::find(engine, named)?;
    let actor = Arc::new(owner(engine)?);
    let unwritten = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", file.display()));
    if file.exists() {
        return Err(Error::Conflict(format!("{} is there already", file.display())));
    }
    let folder = file.parent().unwrap_or(Path::new("/"));
    // Only a whole file gets the name.
    let mut made: NamedTempFile =
        tempfile::Builder::new().prefix(".manytongue-").tempfile_in(folder).map_err(unwritten)?;
    match outline {
        Some(outline) => {
            let form = form_of(&file).ok_or_else(unknown_form)?;
            let bytes = exchange::export(engine, &actor, found.key, outline, form).await?;
            made.write_all(&bytes).map_err(unwritten)?;
        }
        None if file.extension().is_none_or(|extension| extension != "zip") => {
            let why = "must end in .zip, since no outline is named".to_owned();
            return Err(Error::invalid(At::of("file"), Rule::Malformed(why)));
        }
        None => {
            let mut keep = |piece: Vec<u8>| made.write_all(&piece).map_err(unwritten);
            exchange::archive(engine, &actor, &[(String::new(), found.key)], &mut keep).await?;
        }
    }
    made.as_file().sync_all().map_err(unwritten)?;
    made.persist_noclobber(&file).map_err(|error| unwritten(error.error))?;
    Ok(Outcome::Exported { file })
}

fn form_of(file: &Path) -> Option<Form> {
    let extension = file.extension()?.to_str()?.to_ascii_lowercase();
    Form::ALL.into_iter().find(|form| form.extension() == extension)
}

fn unknown_form() -> Error {
    let words = Form::ALL.map(|form| form.word().to_owned()).into();
    Error::invalid(At::of("form"), Rule::Enum(words))
}
