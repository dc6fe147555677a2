//! Bytes in a folder: `ab/cd/HASH`, `thumbs/ab/cd/HASH-sm`, and `part/` for what is on its way.
//!
//! A file is moved into its place, never written there, so what has the name has all the bytes. Names are hashes;
//! nothing of them comes from a client.

use crate::{Key, failure};
use model::Result;
use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// A part this old belongs to nobody who is still sending.
const OLD_PART: Duration = Duration::from_secs(24 * 3600);
/// What a file is called between the decision to take it away and the last look at it.
const GOING: &str = "going";

/// A folder of files.
pub(crate) struct Local {
    root: PathBuf,
}

impl Local {
    pub(crate) fn open(root: &Path) -> Result<Local> {
        let local = Local { root: root.to_owned() };
        private_folder(&local.parts())?;
        clear_parts(&local.parts());
        Ok(local)
    }

    pub(crate) fn parts(&self) -> PathBuf {
        self.root.join("part")
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn place_of(&self, key: Key) -> PathBuf {
        self.root.join(key.path())
    }

    /// Moves a part, which is on stable storage, into its place, for good. One that is there already is replaced by
    /// its like, which makes it young again.
    pub(crate) fn put(&self, key: Key, part: NamedTempFile) -> Result<()> {
        let to = self.place_of(key);
        let folder = to.parent().unwrap_or(&self.root);
        if !folder.exists() {
            private_folder(folder)?;
            // The new folders must have their names, too.
            let mut above = folder.parent();
            while let Some(path) = above.filter(|path| path.starts_with(&self.root)) {
                sync_folder(path)?;
                above = path.parent();
            }
        }
        part.persist(&to).map_err(|e| failure("cannot move to", &to.display(), &e.error))?;
        sync_folder(folder)
    }

    /// The file of a key; none when it is not there.
    pub(crate) fn open_file(&self, key: Key) -> Result<Option<File>> {
        let path = self.place_of(key);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failure("cannot read", &path.display(), &error)),
        }
    }

    /// Takes a file away unless it was put there since `before`. Somebody may put the same bytes there meanwhile, in
    /// this process or in another: the file first gets another name, and then nobody can make it young unseen.
    pub(crate) fn remove_older(&self, path: &Path, before: SystemTime) -> Result<bool> {
        let going = path.with_extension(GOING);
        match fs::rename(path, &going) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failure("cannot move", &path.display(), &error)),
        }
        if is_older(&going, before) {
            fs::remove_file(&going).map_err(|e| failure("cannot remove", &going.display(), &e))?;
            return Ok(true);
        }
        fs::rename(&going, path).map_err(|e| failure("cannot move", &going.display(), &e))?;
        Ok(false)
    }

    /// Puts back what a crash left half taken away.
    pub(crate) fn settle(&self, going: &Path) -> Result<PathBuf> {
        let path = going.with_extension("");
        let done = if path.exists() { fs::remove_file(going) } else { fs::rename(going, &path) };
        done.map_err(|e| failure("cannot settle", &going.display(), &e))?;
        Ok(path)
    }
}

/// Whether a file is on its way out.
pub(crate) fn is_going(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == GOING)
}

/// Whether a file was put there before this moment.
pub(crate) fn is_older(path: &Path, before: SystemTime) -> bool {
    fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|at| at < before)
}

/// Takes away the parts that a crash left.
pub(crate) fn clear_parts(folder: &Path) {
    let Ok(list) = fs::read_dir(folder) else { return };
    let Some(before) = SystemTime::now().checked_sub(OLD_PART) else { return };
    for path in list.flatten().map(|entry| entry.path()).filter(|path| is_older(path, before)) {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "an old part of an upload stays");
        }
    }
}

/// Makes a folder that only this user may enter.
pub(crate) fn private_folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| failure("cannot create", &path.display(), &e))
}

/// Makes the names in a folder stable.
fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| failure("cannot sync", &path.display(), &e))
}
