//! Taking away what nothing refers to any more.
//!
//! Bytes come before the record that refers to them, so what is young is left alone: its record may be about to be
//! written. Putting the same bytes again makes them young.

use crate::{Blobs, Hash, Home, Key, Thumbnail, failure, local};
use futures_util::TryStreamExt;
use model::Result;
use object_store::ObjectStoreExt;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio::runtime::Handle;

impl Blobs {
    /// Takes away what is not in `kept` and was put before `before`; how many files that were. Holds its thread, and
    /// with a bucket it needs to be on a thread of a runtime that may be blocked.
    pub fn sweep(&self, kept: &HashSet<Hash>, before: SystemTime) -> Result<usize> {
        local::clear_parts(&self.inner.parts);
        match self.home() {
            Home::Local(files) => sweep_folder(files, kept, before),
            Home::Remote(_) => Handle::current().block_on(self.sweep_bucket(kept, before)),
        }
    }

    async fn sweep_bucket(&self, kept: &HashSet<Hash>, before: SystemTime) -> Result<usize> {
        let Home::Remote(remote) = self.home() else { return Ok(0) };
        let told = |e: object_store::Error| failure("cannot sweep", &"the bucket", &e);
        let mut removed = 0;
        let mut list = remote.store().list(remote.root().as_ref());
        while let Some(found) = list.try_next().await.map_err(told)? {
            let Some(hash) = found.location.filename().and_then(Hash::parse) else { continue };
            if kept.contains(&hash) || SystemTime::from(found.last_modified) >= before {
                continue;
            }
            // The list may be old by now.
            let now = remote.store().head(&found.location).await.map_err(told)?;
            if SystemTime::from(now.last_modified) < before {
                remote.store().delete(&found.location).await.map_err(told)?;
                for size in [Thumbnail::Small, Thumbnail::Large, Thumbnail::Jpeg] {
                    // Most files have none.
                    drop(remote.store().delete(&remote.name(Key::Small(hash, size))).await);
                }
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn sweep_folder(files: &local::Local, kept: &HashSet<Hash>, before: SystemTime) -> Result<usize> {
    let mut removed = 0;
    for_each_file(files.root(), &mut |path| {
        let path = if local::is_going(&path) { files.settle(&path)? } else { path };
        let Some(hash) = hash_of(&path) else { return Ok(()) };
        if kept.contains(&hash) || !local::is_older(&path, before) || !files.remove_older(&path, before)? {
            return Ok(());
        }
        for size in [Thumbnail::Small, Thumbnail::Large, Thumbnail::Jpeg] {
            drop(std::fs::remove_file(files.place_of(Key::Small(hash, size))));
        }
        removed += 1;
        Ok(())
    })?;
    Ok(removed)
}

/// Hands out the files below `root/ab/cd`.
pub(crate) fn for_each_file(root: &Path, each: &mut dyn FnMut(PathBuf) -> Result<()>) -> Result<()> {
    let is_pair = |path: &Path| path.file_name().is_some_and(|name| name.len() == 2);
    for first in entries(root)?.into_iter().filter(|path| is_pair(path)) {
        for second in entries(&first)?.into_iter().filter(|path| is_pair(path)) {
            for file in entries(&second)? {
                each(file)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn hash_of(path: &Path) -> Option<Hash> {
    Hash::parse(path.file_name()?.to_str()?)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let told = |e: std::io::Error| failure("cannot list", &folder.display(), &e);
    let list = std::fs::read_dir(folder).map_err(told)?;
    list.map(|entry| entry.map(|entry| entry.path()).map_err(told)).collect()
}
