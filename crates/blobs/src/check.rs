//! Checking and copying bytes: each is compared with the hash that it is called by.

use crate::sweep::{for_each_file, hash_of};
use crate::{Blobs, Hash, Home, Key, failure, local, reading};
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use tokio::runtime::Handle;

impl Blobs {
    /// What is wrong with the bytes of a file, if anything. Reads all of them, on a thread that may be blocked.
    pub fn fault_of(&self, hash: Hash) -> Option<String> {
        match Handle::current().block_on(self.pour(hash, &mut std::io::sink())) {
            Ok(Some(found)) if found == hash => None,
            Ok(Some(_)) => Some(format!("the bytes of the file {hash} are damaged")),
            Ok(None) => Some(format!("the bytes of the file {hash} are missing")),
            Err(error) => Some(format!("{error:?}")),
        }
    }

    /// Copies the bytes of a file below a folder, as a place on the local disk has them; how many they are.
    pub fn copy_to(&self, hash: Hash, folder: &Path) -> Result<u64> {
        let to = folder.join(Key::Whole(hash).path());
        if let Some(above) = to.parent() {
            local::private_folder(above)?;
        }
        let told = |e: std::io::Error| failure("cannot write", &to.display(), &e);
        let mut file = File::create(&to).map_err(told)?;
        match Handle::current().block_on(self.pour(hash, &mut file))? {
            Some(found) if found == hash => {}
            Some(_) => return Err(Error::Unavailable(format!("the bytes of the file {hash} are damaged"))),
            None => return Err(Error::Unavailable(format!("the bytes of the file {hash} are missing"))),
        }
        file.sync_all().map_err(told)?;
        Ok(file.metadata().map_err(told)?.len())
    }

    /// Writes the bytes of a file; their hash.
    async fn pour(&self, hash: Hash, to: &mut (dyn Write + Send)) -> Result<Option<Hash>> {
        let Some((mut reading, _)) = reading::open_key(self, Key::Whole(hash), 0..u64::MAX).await? else {
            return Ok(None);
        };
        let mut sum = Sha256::new();
        let told = |e: std::io::Error| failure("cannot copy", &hash, &e);
        while let Some(piece) = reading.next().await.map_err(told)? {
            sum.update(&piece);
            to.write_all(&piece).map_err(told)?;
        }
        Ok(Some(Hash(sum.finalize().into())))
    }

    /// Whether the bytes are in a folder of the local disk.
    pub fn is_local(&self) -> bool {
        matches!(self.home(), Home::Local(_))
    }
}

/// Copies a folder of files, such as that of a backup, to where there is none yet. Each must have its hash. How many
/// they were.
pub fn copy_folder(from: &Path, to: &Path) -> Result<usize> {
    local::private_folder(to)?;
    let mut copied = 0;
    if !from.exists() {
        return Ok(0);
    }
    for_each_file(from, &mut |path| {
        let Some(hash) = hash_of(&path) else { return Ok(()) };
        let target = to.join(Key::Whole(hash).path());
        if let Some(above) = target.parent() {
            local::private_folder(above)?;
        }
        let told = |e: std::io::Error| failure("cannot copy", &path.display(), &e);
        std::fs::copy(&path, &target).map_err(told)?;
        if sum_of(&target).map_err(told)? != hash {
            return Err(Error::Unavailable(format!("the bytes of {} are damaged", path.display())));
        }
        File::open(&target).and_then(|file| file.sync_all()).map_err(told)?;
        copied += 1;
        Ok(())
    })?;
    Ok(copied)
}

fn sum_of(path: &Path) -> std::io::Result<Hash> {
    let mut sum = Sha256::new();
    let mut file = File::open(path)?;
    let mut piece = vec![0; 1 << 18];
    loop {
        match std::io::Read::read(&mut file, &mut piece)? {
            0 => return Ok(Hash(sum.finalize().into())),
            n => sum.update(&piece[..n]),
        }
    }
}
