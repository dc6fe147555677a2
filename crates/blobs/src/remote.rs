//! Bytes in a bucket, by `object_store`.

use crate::{Key, Reading, failure};
use model::Result;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Name;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A part of an upload to the bucket, in bytes.
const PART: usize = 8 << 20;
/// Parts on their way at the same time.
const AT_ONCE: usize = 4;

/// A bucket, or a part of it.
pub(crate) struct Remote {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl Remote {
    /// The bucket of `s3://bucket/prefix`.
    pub(crate) fn open(url: &str) -> Result<Remote> {
        let store = AmazonS3Builder::from_env().with_url(url).build().map_err(|e| failure("cannot use", &url, &e))?;
        let prefix = url.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).map_or("", |(_, prefix)| prefix);
        Ok(Remote::over(Arc::new(store), prefix))
    }

    pub(crate) fn over(store: Arc<dyn ObjectStore>, prefix: &str) -> Remote {
        Remote { store, prefix: prefix.trim_matches('/').to_owned() }
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    pub(crate) fn root(&self) -> Option<Name> {
        (!self.prefix.is_empty()).then(|| Name::from(self.prefix.as_str()))
    }

    pub(crate) fn name(&self, key: Key) -> Name {
        match self.prefix.as_str() {
            "" => Name::from(key.path()),
            prefix => Name::from(format!("{prefix}/{}", key.path())),
        }
    }

    /// Sends a file. It is there when this returns.
    pub(crate) fn put_blocking(&self, key: Key, from: &Path) -> Result<()> {
        let name = self.name(key);
        let told = |e: &dyn std::fmt::Display| failure("cannot put", &name, e);
        let runtime = Handle::current();
        let mut file = File::open(from).map_err(|e| told(&e))?;
        let mut piece = read(&mut file).map_err(|e| told(&e))?;
        if piece.len() < PART {
            return runtime.block_on(self.store.put(&name, piece.into())).map(drop).map_err(|e| told(&e));
        }
        let parts = runtime.block_on(self.store.put_multipart(&name)).map_err(|e| told(&e))?;
        let mut parts = WriteMultipart::new_with_chunk_size(parts, PART);
        while !piece.is_empty() {
            // Room first, so that memory stays flat.
            runtime.block_on(parts.wait_for_capacity(AT_ONCE)).map_err(|e| told(&e))?;
            runtime.block_on(async { parts.put(piece.into()) });
            piece = read(&mut file).map_err(|e| told(&e))?;
        }
        runtime.block_on(parts.finish()).map(drop).map_err(|e| told(&e))
    }

    /// Sends bytes.
    pub(crate) async fn put(&self, key: Key, bytes: Vec<u8>) -> Result<()> {
        let name = self.name(key);
        self.store.put(&name, bytes.into()).await.map(drop).map_err(|e| failure("cannot put", &name, &e))
    }

    pub(crate) async fn read(&self, key: Key, range: Range<u64>) -> Result<Option<(Reading, u64)>> {
        let name = self.name(key);
        if range.is_empty() {
            return match self.store.head(&name).await {
                Ok(meta) => Ok(Some((Reading::of_bytes(bytes::Bytes::new()), meta.size))),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(failure("cannot read", &name, &error)),
            };
        }
        // A range of an empty object is an error, so who wants all asks for no range.
        let range = (range != (0..u64::MAX)).then_some(GetRange::Bounded(range));
        let options = GetOptions { range, ..GetOptions::default() };
        match self.store.get_opts(&name, options).await {
            Ok(found) => {
                let (length, size) = (found.range.end - found.range.start, found.meta.size);
                Ok(Some((Reading::of_stream(found.into_stream(), length), size)))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure("cannot read", &name, &error)),
        }
    }
}

/// The next part of a file; empty at its end.
fn read(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut piece = Vec::new();
    file.take(PART as u64).read_to_end(&mut piece)?;
    Ok(piece)
}
