//! `manytongue backup FOLDER`.

use super::Outcome;
use engine::Engine;
use model::Result;
use std::path::PathBuf;

pub fn backup(engine: &Engine, folder: PathBuf) -> Result<Outcome> {
    let manifest = engine.store().backup(&folder, engine.now().0)?;
    let bytes = manifest.home.bytes + manifest.databases.iter().map(|file| file.bytes).sum::<u64>();
    Ok(Outcome::BackedUp { folder, databases: manifest.databases.len(), bytes })
}
