//! What a migration must bring over when it makes a table anew.

use diesel::connection::SimpleConnection;

use super::{known, revert_all, run, run_these};
use crate::{
    conn::Purpose,
    on_both_databases,
    ruling::{self, Ruling},
};

/// A topic with one entry and what it ruled, as the tables were before `2026-11-27-000100_curation`.
const BEFORE_CURATION: &str = "
INSERT INTO topic VALUES (1, 'agua', 'urn:uuid:019cb000-0000-7000-8000-000000000001', 1, 'Agua', 'Water', '', '', '', '', '', '');
INSERT INTO city VALUES ('managua', 1, 'Managua', 'Nicaragua', 'Nicaragua', '', '', '', TRUE);
INSERT INTO log VALUES (1, 1, 'managua', 'https://managua.example/t/agua', 'z6Mk', 1, '00', 1, FALSE);
INSERT INTO entry VALUES (7, 1, 1, '00', 'https://managua.example/a/1', 'https://managua.example/a/2', '{}', 5, FALSE);
INSERT INTO ruling VALUES (1, 'https://managua.example/o/3', 'removed', 7, 40);
INSERT INTO ruling VALUES (1, 'https://managua.example/o/4', 'locked', 7, 41);
";

on_both_databases! {
    fn what_was_removed_or_locked_before_curation_stays_so(store) {
        let mut conn = store.settings().database.connect(Purpose::Write).unwrap();
        revert_all(&mut conn).unwrap();
        let versions: Vec<String> = known().unwrap().into_iter().collect();
        let at = versions.iter().position(|version| version == "20261127000100").unwrap();
        run_these(&mut conn, &versions[..at]).unwrap();
        conn.batch_execute(BEFORE_CURATION).unwrap();
        run(&mut conn).unwrap();
        let row = |object: u8, kind: &str, made_at| Ruling {
            topic_id: 1,
            object_uri: format!("https://managua.example/o/{object}"),
            kind: kind.to_owned(),
            entry_id: 7,
            made_at,
            ends_at: None,
        };
        let kept = ruling::of_topic(&mut conn, 1).unwrap();
        assert_eq!(kept, [row(3, ruling::REMOVED, 40), row(4, ruling::LOCKED, 41)]);
    }
}
