//! The store as other crates hold it.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tokio::sync::watch;

use crate::{
    Conn, Database, Error, Files, Tx,
    conn::Purpose,
    directory,
    epoch::Epoch,
    migrate,
    queue::{Queue, block_on},
    reader::{self, ReadQueue},
    writer::{self, WriteQueue, Writer},
};

/// Where the data are, and how many threads read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// The rows.
    pub database: Database,
    /// Reader threads, each with its own connection; at least one is started.
    pub readers: usize,
    /// Directory of the files; made when missing.
    pub files: PathBuf,
}

/// Rows and files of this instance; cheap to clone.
///
/// The last handle to go closes it, as [`Store::close`] does.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: WriteQueue,
    readers: ReadQueue,
    files: Files,
    version: watch::Receiver<u64>,
    epoch: Arc<OnceLock<Epoch>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store(version {})", self.version())
    }
}

impl Store {
    /// Opens the database, brings it up to date, and starts the threads.
    ///
    /// # Errors
    /// [`Error::NewerDatabase`] (nothing touched), [`Error::NotWritable`], [`Error::Unreachable`],
    /// [`Error::OldSqlite`], [`Error::NoWriteAheadLog`], [`Error::Migration`].
    pub fn open(settings: &StoreSettings) -> Result<Self, Error> {
        let database = &settings.database;
        migrate::refuse_newer(database)?;
        if let Database::Sqlite(path) = database {
            directory::make_writable(directory::parent(path))?;
            directory::make_writable_file(path)?;
        }
        let files = Files::open(&settings.files)?;
        let mut conn = database.connect(Purpose::Write)?;
        migrate::run(&mut conn)?;

        let (version, watched) = watch::channel(0);
        let (queue, jobs) = Queue::new();
        let epoch = Arc::<OnceLock<Epoch>>::default();
        let writer = Writer {
            database: database.clone(),
            conn: Some(conn),
            jobs,
            version,
            epoch: Arc::clone(&epoch),
        };
        queue.spawn("tequio-writer", move || writer.run())?;
        let readers = reader::start(database, settings.readers)?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: queue,
                readers,
                files,
                version: watched,
                epoch,
            }),
        })
    }

    /// Runs the closure in a savepoint of the writer's next group, and answers once the group is
    /// committed and on disk. `Err` and a panic undo all that the closure did.
    ///
    /// The closure runs even if the returned future is dropped after it was queued.
    ///
    /// # Errors
    /// The closure's own; [`Error::DiskFull`], [`Error::Busy`], [`Error::NotCommitted`],
    /// [`Error::Panicked`], [`Error::Closed`], [`Error::Unreachable`].
    pub async fn write<F, T, E>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        writer::write(&self.inner.writer, closure).await
    }

    /// [`Store::write`] for code outside of any runtime; blocks the thread.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<F, T, E>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        block_on(self.write(closure))
    }

    /// Runs the closure on a snapshot in a reader thread; it can only query.
    ///
    /// # Errors
    /// The closure's own; [`Error::Panicked`], [`Error::Closed`], [`Error::Unreachable`].
    pub async fn read<F, T, E>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        reader::read(&self.inner.readers, closure).await
    }

    /// [`Store::read`] for code outside of any runtime; blocks the thread.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<F, T, E>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        block_on(self.read(closure))
    }

    /// How many commits this process has made since it opened the store. It grows before the
    /// callers of the commit are answered.
    #[must_use]
    pub fn version(&self) -> u64 {
        *self.inner.version.borrow()
    }

    /// Follows [`Store::version`].
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.inner.version.clone()
    }

    /// From now on no own entry is committed before this file says so. The first one counts.
    pub fn guard_by(&self, epoch: Epoch) {
        if self.inner.epoch.set(epoch).is_err() {
            tracing::warn!("the store has an epoch file already");
        }
    }

    /// The file of [`Store::guard_by`].
    #[must_use]
    pub fn epoch(&self) -> Option<&Epoch> {
        self.inner.epoch.get()
    }

    /// The files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.inner.files
    }

    /// Finishes what is queued, then stops; blocks until then. Later calls, through other handles
    /// too, fail with [`Error::Closed`].
    pub fn close(self) {
        self.inner.stop();
    }
}

impl Inner {
    /// The one writer goes last. SQLite removes its log with the last connection, unless another
    /// closes in the same moment, as the readers do: then both leave it to the other.
    fn stop(&self) {
        self.readers.close();
        self.writer.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}
