//! Files by content: the name of a file is the SHA-256 of its bytes.
//!
//! Below the configured directory a file lies at `ab/cd/abcd…`; what is still coming in lies in
//! `incoming/`.
//!
//! # Invariants
//! - A file that has a name is complete, has that digest, is on disk, and never changes.
//! - An answer comes after file and directories are on disk.
//! - Whoever writes down that a file is here does so under [`Files::steady`], and whoever writes down that it
//!   is not wanted any more and removes it, under [`Files::removing`]: so no row is without its bytes.

use std::{fmt, path::Path as FilePath, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, pin_mut, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path,
};
use sha2::{Digest as _, Sha256};
use tequio_domain::Digest;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

use crate::{
    Error,
    failpoint::{self, Point},
};

/// Bytes that are gathered before they are written.
const CHUNK_BYTES: usize = 1 << 20;

/// Chunks that may wait for the disk before more is taken from the sender.
const CHUNKS_IN_FLIGHT: usize = 2;

/// What is left in `incoming/` by a crash is removed when it is older than this.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// The file storage of this instance; cheap to clone.
#[derive(Clone)]
pub struct Files {
    objects: Arc<dyn ObjectStore>,
    removing: Arc<RwLock<()>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.objects)
    }
}

/// A file that is held here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name: SHA-256 of its bytes.
    pub digest: Digest,
    /// Its length.
    pub size_bytes: u64,
}

/// A file opened for reading.
pub struct OpenFile {
    /// The length of the whole stream.
    pub size_bytes: u64,
    /// The bytes, in order.
    pub bytes: BoxStream<'static, Result<Bytes, Error>>,
}

impl fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenFile({} bytes)", self.size_bytes)
    }
}

impl Files {
    /// Opens the storage in a directory, which is made when missing.
    ///
    /// # Errors
    /// [`Error::NotWritable`] when the directory cannot be used.
    pub fn open(directory: &FilePath) -> Result<Self, Error> {
        crate::directory::make_writable(directory)?;
        remove_stale(&directory.join("incoming"));
        let objects = LocalFileSystem::new_with_prefix(directory)?.with_fsync(true);
        Ok(Self {
            objects: Arc::new(objects),
            removing: Arc::default(),
        })
    }

    /// Stores a stream of at most `limit_bytes`; storing the same bytes again changes nothing.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Interrupted`] when the stream fails, [`Error::DiskFull`] or
    /// [`Error::Files`]; nothing is kept then.
    pub async fn put<S, E>(&self, bytes: S, limit_bytes: u64) -> Result<StoredFile, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (incoming, file) = self.receive(bytes, limit_bytes).await?;
        self.publish(&incoming, &file.digest).await?;
        Ok(file)
    }

    /// Like [`Files::put`], for bytes whose digest is known, as when fetching from a sibling city.
    ///
    /// # Errors
    /// As [`Files::put`], and [`Error::WrongDigest`] when other bytes came; nothing is kept then.
    pub async fn put_expected<S, E>(
        &self,
        bytes: S,
        limit_bytes: u64,
        expected: &Digest,
    ) -> Result<StoredFile, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (incoming, file) = self.receive(bytes, limit_bytes).await?;
        if file.digest != *expected {
            self.objects.delete(&incoming).await?;
            return Err(Error::WrongDigest {
                expected: *expected,
                found: file.digest,
            });
        }
        self.publish(&incoming, &file.digest).await?;
        Ok(file)
    }

    /// While this is held no file is removed. Short: removing waits for it, and others wait then.
    pub async fn steady(&self) -> RwLockReadGuard<'_, ()> {
        self.removing.read().await
    }

    /// Alone with the files: what is looked up now is so until they are removed.
    pub async fn removing(&self) -> RwLockWriteGuard<'_, ()> {
        self.removing.write().await
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not here.
    pub async fn get(&self, digest: &Digest) -> Result<OpenFile, Error> {
        let found = self.objects.get(&path_of(digest)).await?;
        Ok(OpenFile {
            size_bytes: found.meta.size,
            bytes: found.into_stream().map_err(Error::from).boxed(),
        })
    }

    /// The whole of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not here.
    pub async fn read(&self, digest: &Digest) -> Result<Bytes, Error> {
        Ok(self.objects.get(&path_of(digest)).await?.bytes().await?)
    }

    /// The names of all files, in order; what is still coming in is none.
    ///
    /// # Errors
    /// [`Error::Files`] when the storage cannot say.
    pub async fn list(&self) -> Result<Vec<Digest>, Error> {
        let found: Vec<_> = self.objects.list(None).try_collect().await?;
        let names = found.iter().filter_map(|about| about.location.filename());
        let mut all: Vec<Digest> = names.filter_map(Digest::from_hex).collect();
        all.sort_unstable();
        Ok(all)
    }

    /// Whether a file is here, complete.
    ///
    /// # Errors
    /// [`Error::Files`] when the storage cannot say.
    pub async fn exists(&self, digest: &Digest) -> Result<bool, Error> {
        match self
            .objects
            .head(&path_of(digest))
            .await
            .map_err(Error::from)
        {
            Ok(_) => Ok(true),
            Err(Error::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes a file for good; nothing when it is not here.
    ///
    /// # Errors
    /// [`Error::Files`] when the storage cannot.
    pub async fn remove(&self, digest: &Digest) -> Result<(), Error> {
        let removed = self.objects.delete(&path_of(digest)).await;
        match removed.map_err(Error::from) {
            Ok(()) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes the stream to `incoming/`, hashing it on the way.
    async fn receive<S, E>(&self, bytes: S, limit_bytes: u64) -> Result<(Path, StoredFile), Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let incoming = Path::from_iter(["incoming", &Uuid::new_v4().simple().to_string()]);
        let upload = self.objects.put_multipart(&incoming).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, CHUNK_BYTES);
        match copy(bytes, limit_bytes, &mut upload).await {
            Ok(file) => {
                upload.finish().await?;
                Ok((incoming, file))
            }
            Err(error) => {
                upload.abort().await?;
                Err(error)
            }
        }
    }

    /// Gives a received file its name, unless the same bytes have it already. Without a name it takes
    /// no room: the disk may be full.
    async fn publish(&self, incoming: &Path, digest: &Digest) -> Result<(), Error> {
        let named = self.name(incoming, digest).await;
        if named.is_err()
            && let Err(error) = self.objects.delete(incoming).await
        {
            tracing::debug!(%error, "an unnamed file stays until it is old");
        }
        named
    }

    async fn name(&self, incoming: &Path, digest: &Digest) -> Result<(), Error> {
        failpoint::reach(Point::BeforeRename)?;
        match self
            .objects
            .rename_if_not_exists(incoming, &path_of(digest))
            .await
        {
            Ok(()) => {}
            Err(object_store::Error::AlreadyExists { .. }) => self.objects.delete(incoming).await?,
            Err(error) => return Err(error.into()),
        }
        failpoint::reach(Point::AfterRename)
    }
}

async fn copy<S, E>(
    bytes: S,
    limit_bytes: u64,
    upload: &mut WriteMultipart,
) -> Result<StoredFile, Error>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut hasher = Sha256::new();
    let mut size_bytes = 0_u64;
    pin_mut!(bytes);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(|error| Error::Interrupted(error.into()))?;
        size_bytes = u64::try_from(chunk.len()).map_or(u64::MAX, |n| size_bytes.saturating_add(n));
        if size_bytes > limit_bytes {
            return Err(Error::TooLarge { limit_bytes });
        }
        hasher.update(&chunk);
        upload.wait_for_capacity(CHUNKS_IN_FLIGHT).await?;
        upload.put(chunk);
    }
    Ok(StoredFile {
        digest: Digest::new(hasher.finalize().into()),
        size_bytes,
    })
}

/// `ab/cd/abcd…`: directories stay small.
fn path_of(digest: &Digest) -> Path {
    let hex = digest.to_hex();
    let first = hex.get(0..2).unwrap_or_default();
    let second = hex.get(2..4).unwrap_or_default();
    Path::from_iter([first, second, &hex])
}

/// Removes what a crash left; another process may be writing there too, so only old files go.
fn remove_stale(incoming: &FilePath) {
    let Ok(entries) = std::fs::read_dir(incoming) else {
        return;
    };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|about| about.modified());
        let is_stale = modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STALE));
        if is_stale && let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(%error, "cannot remove an unfinished upload");
        }
    }
}
