//! `manytongue restore BACKUP --data FOLDER`: the one command that wants no data folder yet.

use super::{Outcome, cause};
use crate::cli::Place;
use crate::commands::local;
use std::path::Path;

/// Makes the data folder of a backup.
pub fn restore(backup: &Path, place: &Place) -> Result<Outcome, String> {
    let (folder, config) = local::folder_of(place)?;
    if config.postgres.is_some() {
        return Err("a backup becomes a data folder of files: restore it without a database URL".to_owned());
    }
    let manifest = store::store::restore(backup, &folder, |manifest| {
        let copied = engine::files::restore_folder(&backup.join("files"), &folder)? as u64;
        if copied < manifest.files.count {
            let missing = manifest.files.count - copied;
            return Err(model::Error::Unavailable(format!("{missing} files are missing in the backup")));
        }
        Ok(())
    })
    .map_err(|error| cause(&error))?;
    let bytes =
        manifest.home.bytes + manifest.databases.iter().map(|file| file.bytes).sum::<u64>() + manifest.files.bytes;
    Ok(Outcome::BackedUp { folder, databases: manifest.databases.len(), bytes })
}
