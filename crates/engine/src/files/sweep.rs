//! Bytes that nothing refers to, checked and swept; and their part in a backup.

use super::GRACE_MS;
use crate::Engine;
use blobs::Hash;
use model::Result;
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};
use store::store::{FilesPart, Hashes, Manifest};

/// A write that found an upload just in time has this long to commit, in milliseconds.
const COMMIT_MS: i64 = 3600 * 1000;
/// Between two sweeps, in milliseconds: every database is looked at.
const SWEEP_MS: i64 = 6 * 3600 * 1000;

impl Engine {
    /// Takes away the bytes of files that are in no record, no log and no young upload; how many files that were.
    /// Holds its thread.
    pub fn sweep_files(&self) -> Result<usize> {
        let before = self.now().0 - GRACE_MS - COMMIT_MS;
        // What is referred to is asked first: what is put after is young.
        let kept = self.inner().store.referenced_files(before)?;
        let kept: HashSet<Hash> = kept.into_iter().map(Hash).collect();
        let before = SystemTime::UNIX_EPOCH + Duration::from_millis(before.max(0) as u64);
        let removed = self.inner().files.blobs.sweep(&kept, before)?;
        if removed > 0 {
            tracing::info!(files = removed, "bytes that nothing referred to are gone");
        }
        Ok(removed)
    }

    /// [`Engine::sweep_files`], if the last time is long ago.
    pub(crate) fn sweep_files_now_and_then(&self) -> Result<()> {
        let (now, last) = (self.now().0, &self.inner().files.swept_at);
        if now - last.load(Ordering::Relaxed) >= SWEEP_MS {
            last.store(now, Ordering::Relaxed);
            self.sweep_files()?;
        }
        Ok(())
    }

    /// What is wrong with the bytes of files, in words. Reads all of them, on a thread that may be blocked.
    pub fn check_files(&self) -> Vec<String> {
        let databases = match self.inner().store.files_of_databases() {
            Ok(databases) => databases,
            Err(error) => return vec![format!("files: {error:?}")],
        };
        let mut faults = Vec::new();
        let mut seen = HashSet::new();
        for (key, hashes) in databases {
            for hash in hashes.into_keys().filter(|hash| seen.insert(*hash)) {
                faults.extend(self.inner().files.blobs.fault_of(Hash(hash)).map(|fault| format!("{key}: {fault}")));
            }
        }
        faults
    }

    /// Copies everything into a folder, the bytes of files as well. Holds its thread, which may be blocked.
    pub fn backup(&self, target: &Path) -> Result<Manifest> {
        let blobs = &self.inner().files.blobs;
        let folder = target.join("files");
        let copy_files = |hashes: &Hashes| {
            let mut part = FilesPart::default();
            for hash in hashes.keys() {
                part.bytes += blobs.copy_to(Hash(*hash), &folder)?;
                part.count += 1;
            }
            Ok(part)
        };
        self.inner().store.backup(target, self.now().0, copy_files)
    }
}
