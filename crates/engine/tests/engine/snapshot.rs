//! A database at one moment, to go back to, or to be tampered with.

use std::path::Path;

use tequio_store::{
    Database, Store, StoreSettings,
    testing::TestStore,
    transfer::{self, load::Loader},
};

/// All rows of a database at one moment.
pub struct Snapshot {
    pub versions: Vec<String>,
    pub tables: Vec<(String, String)>,
}

impl Snapshot {
    pub fn of(store: &TestStore) -> Self {
        let read = |conn: &mut tequio_store::Conn| {
            let mut tables = Vec::new();
            for table in transfer::tables(conn)? {
                let mut all: Vec<String> = Vec::new();
                transfer::rows(conn, &table, |row| {
                    all.push(row.to_owned());
                    Ok::<_, tequio_store::Error>(())
                })?;
                tables.push((table, format!("[{}]", all.join(","))));
            }
            let versions = transfer::versions(conn)?;
            Ok::<_, tequio_store::Error>(Self { versions, tables })
        };
        transfer::inspect(&store.settings().database, read).unwrap()
    }

    pub fn fill(&self, folder: &Path) -> Store {
        let settings = StoreSettings {
            database: Database::Sqlite(folder.join("tequio.sqlite")),
            readers: 2,
            files: folder.join("files"),
        };
        let mut loader = Loader::create(&settings.database, &self.versions).unwrap();
        for (table, rows) in &self.tables {
            loader.add(table, rows).unwrap();
        }
        loader.finish().unwrap();
        Store::open(&settings).unwrap()
    }
}
