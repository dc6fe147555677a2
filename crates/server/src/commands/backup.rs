//! `manytongue backup FOLDER`.

use super::Outcome;
use engine::Engine;
use model::Result;
use std::path::PathBuf;

pub fn backup(engine: &Engine, folder: PathBuf) -> Result<Outcome> {
    let manifest = engine.backup(&folder)?;
    let bytes =
        manifest.home.bytes + manifest.databases.iter().map(|file| file.bytes).sum::<u64>() + manifest.files.bytes;
    Ok(Outcome::BackedUp { folder, databases: manifest.databases.len(), bytes })
}
