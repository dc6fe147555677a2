//! The answering side: the running server.

use super::{LONGEST_LINE, Question, Reply, VERSION, address};
use crate::commands;
use engine::Engine;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// The socket, as long as it listens. Its file goes with it.
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    /// The user whose connections are answered.
    owner: u32,
}

impl Listener {
    /// Listens at `path`. The caller holds the folder's lock, so what is there is of a server that died.
    pub fn open(path: &Path) -> io::Result<Listener> {
        // The mode is set before the socket is at its place, in a folder that nobody else can enter.
        let folder = tempfile::Builder::new().prefix(".control-").tempdir_in(path.parent().unwrap_or(path))?;
        let made = folder.path().join("s");
        let (short, _held) = address(&made)?;
        let socket = UnixListener::bind(short)?;
        fs::set_permissions(&made, Permissions::from_mode(0o600))?;
        let owner = fs::metadata(&made)?.uid();
        fs::rename(&made, path)?;
        Ok(Listener { socket, path: path.to_owned(), owner })
    }

    /// Answers until it is dropped.
    pub async fn answer(&self, engine: &Engine) {
        loop {
            match self.socket.accept().await {
                Ok((stream, _)) => {
                    let (engine, owner) = (engine.clone(), self.owner);
                    tokio::spawn(async move {
                        if let Err(error) = connection(stream, owner, engine).await {
                            tracing::debug!(%error, "a command's connection ended early");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a command cannot be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // If it cannot be removed, the next server replaces it.
        let _ = fs::remove_file(&self.path);
    }
}

async fn connection(stream: UnixStream, owner: u32, engine: Engine) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    // The system's own administrator may do everything anyway.
    if peer != owner && peer != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    (&mut stream).take(LONGEST_LINE).read_line(&mut line).await?;
    let result = match serde_json::from_str::<Question>(&line) {
        Ok(question) if question.version == VERSION => commands::run(engine, question.order).await,
        Ok(_) | Err(_) => Err("the server does not understand this command: use its own program".to_owned()),
    };
    let mut reply = serde_json::to_vec(&Reply { version: VERSION, result })?;
    reply.push(b'\n');
    stream.write_all(&reply).await?;
    stream.flush().await
}
