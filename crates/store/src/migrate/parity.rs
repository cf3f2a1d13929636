//! The migrations against `schema.rs`, on both databases.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{RunQueryDsl, dsl::sql, sql_types::Text};

use super::{revert_all, run};
use crate::{Conn, conn::Purpose, on_both_databases, testing::TestStore};

/// Column name to type class and `NULL`/`NOT NULL`, as Diesel writes it: `Nullable<Text>`.
type Columns = BTreeMap<String, String>;
type Tables = BTreeMap<String, Columns>;

on_both_databases! {
    fn the_migrations_make_what_schema_rs_says(store) {
        let declared = declared();
        assert!(declared.len() > 20, "schema.rs is read wrongly: {declared:?}");
        assert_eq!(made(&mut connect(store)), declared);
    }

    fn up_down_up_restores(store) {
        let mut conn = connect(store);
        let first = made(&mut conn);
        revert_all(&mut conn).unwrap();
        assert_eq!(made(&mut conn), Tables::new());
        run(&mut conn).unwrap();
        assert_eq!(made(&mut conn), first);
        run(&mut conn).unwrap();
        assert_eq!(made(&mut conn), first);
    }
}

#[test]
fn both_databases_get_the_same_keys_and_indexes() {
    let sqlite = indexes(&mut connect(&crate::testing::sqlite()));
    let postgres = indexes(&mut connect(&crate::testing::postgres()));
    assert!(sqlite.contains("entry_by_activity"));
    assert_eq!(sqlite, postgres);
}

fn connect(store: &TestStore) -> Conn {
    store.settings().database.connect(Purpose::Write).unwrap()
}

/// Reads `schema.rs` itself: Diesel keeps no list of its columns.
fn declared() -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    let mut sql_name = None;
    let texts = [
        include_str!("../schema.rs"),
        include_str!("../schema/held.rs"),
        include_str!("../schema/ledger.rs"),
        include_str!("../schema/mesh.rs"),
        include_str!("../schema/outside.rs"),
    ];
    for line in texts.iter().flat_map(|text| text.lines()).map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            sql_name = name.strip_suffix("\"]");
        } else if let Some((name, class)) = line.split_once(" -> ")
            && let Some(class) = class.strip_suffix(',')
        {
            let name = sql_name.take().unwrap_or(name).to_owned();
            tables
                .entry(table.clone())
                .or_default()
                .insert(name, class.to_owned());
        } else if let Some((name, _key)) = line.strip_suffix(") {").and_then(|l| l.split_once(" ("))
        {
            table = name.to_owned();
        }
    }
    tables
}

/// What the database has, in the words of `schema.rs`.
fn made(conn: &mut Conn) -> Tables {
    let query = match conn {
        Conn::Sqlite(_) => {
            "SELECT t.name || ' ' || c.name || ' ' || c.\"notnull\" || ' ' || c.type \
             FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' \
             AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'"
        }
        Conn::Postgres(_) => {
            "SELECT table_name || ' ' || column_name || ' ' \
             || CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END || ' ' || data_type \
             FROM information_schema.columns WHERE table_schema = current_schema() \
             AND table_name NOT LIKE '\\_\\_%'"
        }
    };
    let mut tables = Tables::new();
    for line in lines(conn, query) {
        let parts: Vec<&str> = line.splitn(4, ' ').collect();
        let class = class(parts[3]);
        let class = if parts[2] == "1" {
            class.to_owned()
        } else {
            format!("Nullable<{class}>")
        };
        tables
            .entry(parts[0].to_owned())
            .or_default()
            .insert(parts[1].to_owned(), class);
    }
    tables
}

fn class(declared: &str) -> &str {
    match declared.to_lowercase().as_str() {
        "bigint" => "BigInt",
        "integer" => "Integer",
        "text" => "Text",
        "boolean" => "Bool",
        "double precision" => "Double",
        _ => "a type outside of the shared subset",
    }
}

/// Names of the indexes that the migrations name, and the tables with their foreign keys.
fn indexes(conn: &mut Conn) -> BTreeSet<String> {
    let queries = match conn {
        Conn::Sqlite(_) => [
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
            "SELECT t.name || ' -> ' || f.\"table\" || ' on delete ' || lower(f.on_delete) \
             FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
        ],
        Conn::Postgres(_) => [
            "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
             WHERE c.relnamespace = current_schema()::regnamespace AND NOT EXISTS \
             (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
            "SELECT conrelid::regclass || ' -> ' || confrelid::regclass || ' on delete ' \
             || CASE confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' \
             ELSE confdeltype::text END FROM pg_constraint \
             WHERE contype = 'f' AND connamespace = current_schema()::regnamespace",
        ],
    };
    queries
        .into_iter()
        .flat_map(|query| lines(conn, query))
        .collect()
}

fn lines(conn: &mut Conn, query: &str) -> Vec<String> {
    sql::<Text>(query).load(conn).unwrap()
}
