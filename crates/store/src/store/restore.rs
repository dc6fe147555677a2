//! Restore: a data folder made of a backup.

use super::backup::{self, HOME, MANIFEST, Manifest};
use super::copy;
use crate::folder::{self, DataFolder, file_name};
use crate::sqlite::{self, Durability, Mode};
use model::{Error, Result};
use std::fs;
use std::path::Path;

/// Users and tokens that were made while the backup was being copied may stand in the logs of its databases. Their
/// numbers are not in its home file, and this many are passed over so that nobody new gets one of them.
const PASS_OVER: &str = "UPDATE numbers SET last = last + 1000 WHERE name IN ('users', 'tokens')";
/// The same in the first format of the home file.
const PASS_OVER_FIRST: &str = "UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name IN ('users', 'tokens')";

/// Makes the data folder at `data` of the backup at `from`. The folder must be empty or not there, every file must have
/// the bytes that the manifest says, and no format may be newer than this program's.
///
/// `copy_files` copies the bytes of files, before there is a data folder that could miss them.
pub fn restore(from: &Path, data: &Path, copy_files: impl FnOnce(&Manifest) -> Result<()>) -> Result<Manifest> {
    let path = from.join(MANIFEST);
    let bytes = fs::read(&path).map_err(|e| folder::failure("cannot read", &path, &e))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|e| Error::Unavailable(format!("{} is no manifest of a backup: {e}", path.display())))?;
    refuse_newer(&manifest)?;
    backup::refuse_full(data)?;
    let folder = DataFolder::open(data)?;
    for file in &manifest.databases {
        let name = Path::new(file.folder()).join(file_name(file.key));
        copy_checked(&from.join(&name), &data.join(&name), &file.sha256)?;
    }
    folder::sync_dir(&folder.databases_dir())?;
    folder::sync_dir(&folder.trash_dir())?;
    copy_files(&manifest)?;
    // The home file comes last, under another name first: a folder without it is no data folder.
    let part = data.join("home.db.part");
    copy_checked(&from.join(HOME), &part, &manifest.home.sha256)?;
    let connection = sqlite::open(&part, Mode::Write, Durability::Full)?;
    let pass_over = if manifest.home.version < 2 { PASS_OVER_FIRST } else { PASS_OVER };
    connection.execute_batch(pass_over).map_err(sqlite::failure)?;
    drop(connection);
    copy::settle(&part)?;
    folder::rename(&part, &folder.home())?;
    Ok(manifest)
}

fn refuse_newer(manifest: &Manifest) -> Result<()> {
    let (home, database) = backup::newest();
    let newer = manifest.format > backup::FORMAT
        || manifest.home.version > home
        || manifest.databases.iter().any(|file| file.version > database);
    if newer {
        return Err(Error::Unavailable(format!(
            "the backup was made by {}, whose format is newer than this program's: use a newer manytongue",
            manifest.program
        )));
    }
    Ok(())
}

fn copy_checked(from: &Path, to: &Path, expected: &str) -> Result<()> {
    let found = copy::plain(from, to)?;
    if found != expected {
        return Err(Error::Unavailable(format!("{} does not have the bytes that the manifest says", from.display())));
    }
    Ok(())
}
