//! The data folder: where everything of a server lies, and the lock that keeps a second process out of it.
//!
//! `home.db`, `databases/{key}.db`, `trash/{key}.db` for deleted databases, `secret.key`, `control.sock` and `lock`.
//! Nothing here reads what the files hold. Start with [`DataFolder::open`].

use model::{DatabaseKey, Error, Result};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes of the server's own key.
pub const SECRET_KEY_BYTES: usize = 32;

const HOME: &str = "home.db";
const DATABASES: &str = "databases";
const TRASH: &str = "trash";
const LOCK: &str = "lock";

/// The data folder of a server, locked for this process while the value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// Held for its lock, which ends with the file.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder as needed, for this user only, and locks it. [`Error::Conflict`] when another process holds it.
    pub fn open(path: &Path) -> Result<DataFolder> {
        for dir in [path.to_owned(), path.join(DATABASES), path.join(TRASH)] {
            create_private_dir(&dir)?;
        }
        let lock = open_private(&path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(DataFolder { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::Conflict(format!("the data folder {} is used by another process", path.display())))
            }
            Err(TryLockError::Error(error)) => Err(failure("cannot lock", path, &error)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The home file: users, tokens, workspaces, the list of databases.
    pub fn home(&self) -> PathBuf {
        self.path.join(HOME)
    }

    /// Where the files of databases are.
    pub fn databases_dir(&self) -> PathBuf {
        self.path.join(DATABASES)
    }

    /// The file of a database.
    pub fn database(&self, key: DatabaseKey) -> PathBuf {
        self.databases_dir().join(file_name(key))
    }

    /// Where the files of deleted databases are.
    pub fn trash_dir(&self) -> PathBuf {
        self.path.join(TRASH)
    }

    /// The file of a deleted database.
    pub fn trashed(&self, key: DatabaseKey) -> PathBuf {
        self.trash_dir().join(file_name(key))
    }

    /// The socket over which the command line talks to a running server.
    pub fn control_socket(&self) -> PathBuf {
        control_socket(&self.path)
    }

    /// The server's own key, made with `make` at the first start.
    pub fn secret_key(&self, make: impl FnOnce() -> [u8; SECRET_KEY_BYTES]) -> Result<[u8; SECRET_KEY_BYTES]> {
        let path = self.path.join("secret.key");
        match File::open(&path) {
            Ok(file) => read_key(&path, file),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = make();
                write_private(&path, &key)?;
                Ok(key)
            }
            Err(error) => Err(failure("cannot read", &path, &error)),
        }
    }
}

/// The socket of the folder at `path`, for a process that does not hold its lock.
pub fn control_socket(path: &Path) -> PathBuf {
    path.join("control.sock")
}

/// The key in the name of a database's file.
pub(crate) fn key_of_file(name: &str) -> Option<DatabaseKey> {
    DatabaseKey::parse(name.strip_suffix(".db")?)
}

/// The name of a database's file.
pub(crate) fn file_name(key: DatabaseKey) -> String {
    format!("{key}.db")
}

/// The names of the entries of a folder, sorted.
pub(crate) fn entries(dir: &Path) -> Result<Vec<String>> {
    let list = fs::read_dir(dir).map_err(|e| failure("cannot list", dir, &e))?;
    let mut names = Vec::new();
    for entry in list {
        let entry = entry.map_err(|e| failure("cannot list", dir, &e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Makes a folder that only this user may enter; one that is there stays as it is.
pub(crate) fn create_private_dir(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| failure("cannot create", path, &e))
}

/// Opens a file for reading and writing, made for this user only when it is not there.
pub(crate) fn open_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| failure("cannot open", path, &e))
}

/// Writes a file for this user only: whole and on stable storage, or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut file = open_private(&part)?;
    file.set_len(0)
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .map_err(|e| failure("cannot write", &part, &e))?;
    rename(&part, path)
}

/// Moves a file within the folder's file system, for good.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|e| failure("cannot move", from, &e))?;
    for parent in [from.parent(), to.parent()].into_iter().flatten() {
        sync_dir(parent)?;
    }
    Ok(())
}

/// Makes the entries of a folder stable.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    // A folder cannot be opened as a file everywhere; where it can, its names are on disk after this.
    match File::open(path) {
        Ok(dir) => dir.sync_all().map_err(|e| failure("cannot sync", path, &e)),
        Err(error) => Err(failure("cannot open", path, &error)),
    }
}

/// What a failure of the file system means for us.
pub(crate) fn failure(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!("{what} {}: {error}", path.display()))
}

fn read_key(path: &Path, mut file: File) -> Result<[u8; SECRET_KEY_BYTES]> {
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(1024).read_to_end(&mut bytes).map_err(|e| failure("cannot read", path, &e))?;
    bytes
        .try_into()
        .map_err(|_| Error::Unavailable(format!("{} must hold exactly {SECRET_KEY_BYTES} bytes", path.display())))
}
