//! `manytongue export DATABASE FILE`.

use super::{Outcome, database};
use engine::Engine;
use model::Result;
use std::path::PathBuf;

pub fn export(engine: &Engine, named: &str, file: PathBuf) -> Result<Outcome> {
    let row = database::find(engine, named)?;
    engine.store().export_database(row.key, &file)?;
    Ok(Outcome::Exported { file })
}
