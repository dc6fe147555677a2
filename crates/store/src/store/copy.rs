//! Copies of files that are in use, and files made whole so that they can be moved.

use crate::folder;
use crate::sqlite::{self, Durability, Mode};
use model::{Error, Result};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a copy waits for a file that is being opened or closed.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(2);

/// Copies the file at `from` as of one moment, while others go on writing to it, to a new file; the connection to the
/// copy, which is one file without a log beside it.
pub fn snapshot(from: &Path, to: &Path) -> Result<Connection> {
    let source = sqlite::open(from, Mode::Read, Durability::Full)?;
    drop(folder::open_private(to)?);
    let mut target = Connection::open(to).map_err(sqlite::failure)?;
    target.execute_batch("PRAGMA synchronous=FULL").map_err(sqlite::failure)?;
    {
        let copy = Backup::new(&source, &mut target).map_err(sqlite::failure)?;
        let deadline = Instant::now() + PATIENCE;
        // All pages in one step are one snapshot of the source.
        while copy.step(-1).map_err(sqlite::failure)? != StepResult::Done {
            if Instant::now() > deadline {
                return Err(Error::Unavailable(format!("{} stays locked", from.display())));
            }
            std::thread::sleep(PAUSE);
        }
    }
    without_log(&target, to)?;
    Ok(target)
}

/// Makes a database that nobody has open one file, without a log beside it. Waits for who is about to close it.
pub fn settle(path: &Path) -> Result<()> {
    let connection = sqlite::open(path, Mode::Write, Durability::Full)?;
    without_log(&connection, path)
}

fn without_log(connection: &Connection, path: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // The engine does not wait by itself here.
        let mode = connection.query_row("PRAGMA journal_mode=DELETE", [], |row| row.get::<_, String>(0));
        let busy = match mode.map_err(sqlite::failure) {
            Ok(mode) if mode == "delete" => return Ok(()),
            Ok(_) => Error::Unavailable(format!("{} is in use", path.display())),
            Err(error) => error,
        };
        if Instant::now() > deadline {
            return Err(busy);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Removes a database's file and its logs; what is not there is passed over.
pub fn remove(path: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let name = PathBuf::from(name);
        if let Err(error) = fs::remove_file(&name)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %name.display(), %error, "a file cannot be removed");
        }
    }
}

/// Copies a plain file to a new place for this user only; the SHA-256 of its bytes in hexadecimal.
pub fn plain(from: &Path, to: &Path) -> Result<String> {
    let mut target = folder::open_private(to)?;
    let sum = digest(from, &mut |bytes| target.write_all(bytes).map_err(|e| folder::failure("cannot write", to, &e)))?;
    target.sync_all().map_err(|e| folder::failure("cannot write", to, &e))?;
    Ok(sum)
}

/// The SHA-256 of a file in hexadecimal.
pub fn checksum(path: &Path) -> Result<String> {
    digest(path, &mut |_| Ok(()))
}

fn digest(path: &Path, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<String> {
    let failure = |e: std::io::Error| folder::failure("cannot read", path, &e);
    let mut file = File::open(path).map_err(failure)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer).map_err(failure)?;
        if n == 0 {
            return Ok(sum.finalize().iter().map(|b| format!("{b:02x}")).collect());
        }
        sum.update(&buffer[..n]);
        each(&buffer[..n])?;
    }
}
