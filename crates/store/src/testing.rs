//! Test support: fresh stores, for the tests of all crates (feature `testing`).
//!
//! Start at [`on_both_databases!`](crate::on_both_databases). A [`TestStore`] takes its database
//! and files with it when it goes.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot have its database must fail"
)]

pub mod dump;

use std::ops::Deref;

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Database, Store, StoreSettings};

/// Names the PostgreSQL server: a `postgres://` URL of a database in which schemas may be made.
const SERVER_VARIABLE: &str = "TEQUIO_TEST_POSTGRES";

/// Reader threads of a test's store.
const READERS: usize = 2;

/// A fresh, migrated store that nobody else uses.
#[derive(Debug)]
pub struct TestStore {
    settings: StoreSettings,
    // Fields are dropped in this order: the threads end before their data go.
    store: Store,
    _schema: Option<Schema>,
    _directory: TempDir,
}

impl TestStore {
    /// To open the same data once more.
    #[must_use]
    pub fn settings(&self) -> &StoreSettings {
        &self.settings
    }

    fn open(directory: TempDir, database: Database, schema: Option<Schema>) -> Self {
        let files = directory.path().join("files");
        let settings = StoreSettings {
            database,
            readers: READERS,
            files,
        };
        let store = Store::open(&settings).expect("a fresh store opens");
        Self {
            settings,
            store,
            _schema: schema,
            _directory: directory,
        }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A store on SQLite in a temporary directory.
#[must_use]
pub fn sqlite() -> TestStore {
    let directory = TempDir::new().expect("a temporary directory");
    let database = Database::Sqlite(directory.path().join("tequio.db"));
    TestStore::open(directory, database, None)
}

/// A store in a new schema of the server that `TEQUIO_TEST_POSTGRES` names.
///
/// # Panics
/// When the variable is missing or the server does not answer: such a test must not pass.
#[must_use]
pub fn postgres() -> TestStore {
    let directory = TempDir::new().expect("a temporary directory");
    let schema = Schema::create();
    let database = Database::Postgres(schema.url.clone());
    TestStore::open(directory, database, Some(schema))
}

/// A schema of the test server with nothing in it. It goes with the second value.
///
/// # Panics
/// As [`postgres`].
#[must_use]
pub fn bare_postgres() -> (Database, impl Drop) {
    let schema = Schema::create();
    (Database::Postgres(schema.url.clone()), schema)
}

/// Runs the body of an `async` test.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(future)
}

/// A schema of the test server; dropped with everything in it.
#[derive(Debug)]
struct Schema {
    server: String,
    name: String,
    /// Of the server, with this schema as the only one.
    url: String,
}

impl Schema {
    fn create() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
        let server = std::env::var(SERVER_VARIABLE).unwrap_or_else(|_missing| {
            panic!(
                "{SERVER_VARIABLE} names no PostgreSQL server: run the tests by `cargo xtask test`"
            )
        });
        let name = format!("test_{}", Uuid::new_v4().simple());
        execute(&server, &format!("CREATE SCHEMA {name}"));
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{name}");
        Self { server, name, url }
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        execute(
            &self.server,
            &format!(
                "SET client_min_messages = warning; DROP SCHEMA {} CASCADE",
                self.name
            ),
        );
    }
}

fn execute(server: &str, statement: &str) {
    let mut conn = PgConnection::establish(server)
        .unwrap_or_else(|error| panic!("the server in {SERVER_VARIABLE} does not answer: {error}"));
    conn.batch_execute(statement)
        .expect("schemas can be made and dropped");
}

/// Makes two tests of each body, `name::sqlite` and `name::postgres`; the argument is a
/// `&TestStore`. Bodies may be `async`.
///
/// ```text
/// on_both_databases! {
///     fn a_fresh_store_has_no_commits(store) {
///         assert_eq!(store.version(), 0);
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    () => {};
    ($(#[$about:meta])* async fn $name:ident($store:ident) $body:block $($rest:tt)*) => {
        $(#[$about])*
        async fn $name($store: &$crate::testing::TestStore) $body
        mod $name {
            #[test]
            fn sqlite() {
                let store = $crate::testing::sqlite();
                $crate::testing::block_on(super::$name(&store));
            }
            #[test]
            fn postgres() {
                let store = $crate::testing::postgres();
                $crate::testing::block_on(super::$name(&store));
            }
        }
        $crate::on_both_databases! { $($rest)* }
    };
    ($(#[$about:meta])* fn $name:ident($store:ident) $body:block $($rest:tt)*) => {
        $(#[$about])*
        fn $name($store: &$crate::testing::TestStore) $body
        mod $name {
            #[test]
            fn sqlite() {
                super::$name(&$crate::testing::sqlite());
            }
            #[test]
            fn postgres() {
                super::$name(&$crate::testing::postgres());
            }
        }
        $crate::on_both_databases! { $($rest)* }
    };
}
