//! The socket over which a command reaches the server that holds the data folder: `control.sock` in it.
//!
//! One line of JSON each way. Only the user who runs the server can connect: by the socket's mode, and by the
//! connection's own word. Start with [`Question`].

mod ask;
mod listen;

pub use ask::ask;
pub use listen::Listener;

use crate::commands::{Order, Outcome};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The version of these lines.
const VERSION: u32 = 1;
/// More than any question or answer has; the longest is the result of a script.
const LONGEST_LINE: u64 = 64 << 20;
/// What the address of a socket may hold, with a margin.
const LONGEST_ADDRESS: usize = 100;

/// What is asked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    version: u32,
    order: Order,
}

/// What is answered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    version: u32,
    result: Result<Outcome, String>,
}

/// An address for the socket at a path, which may be longer than an address can be; good while the file is held.
fn address(path: &Path) -> io::Result<(PathBuf, Option<File>)> {
    if path.as_os_str().len() <= LONGEST_ADDRESS {
        return Ok((path.to_owned(), None));
    }
    use std::os::fd::AsRawFd;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let folder = File::open(folder)?;
    Ok((Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name), Some(folder)))
}
