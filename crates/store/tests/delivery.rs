//! What waits for servers outside, on both databases.

use tequio_store::outside::delivery::{self, Standing};
use tequio_store::outside::{follower, outgoing, server};
use tequio_store::testing::TestStore;
use tequio_store::{Error, Tx, on_both_databases};

const GROUP: &str = "https://managua.example/t/agua";

fn follow(tx: &mut Tx<'_>, host: &str, name: &str, shared_inbox: &str) -> Result<(), Error> {
    server::ensure(tx, host)?;
    follower::put(
        tx,
        &follower::Follower {
            followed_uri: GROUP.into(),
            actor_uri: format!("https://{host}/u/{name}"),
            follow_uri: format!("https://{host}/f/{name}"),
            host: host.into(),
            inbox: format!("https://{host}/u/{name}/inbox"),
            shared_inbox: shared_inbox.into(),
            created_at: 10,
        },
    )
}

fn write_to(tx: &mut Tx<'_>, host: &str, created_at: i64) -> Result<(), Error> {
    let row = outgoing::Outgoing {
        id: tx.next_id()?,
        host: host.into(),
        inbox: format!("https://{host}/inbox"),
        actor_uri: GROUP.into(),
        body: "{}".into(),
        created_at,
    };
    outgoing::add(tx, &row)
}

fn due(store: &TestStore, now: i64, newest: i64, after: &str) -> Vec<String> {
    let after = after.to_owned();
    let rows = store.read_blocking(move |conn| delivery::due(conn, now, newest, &after, 10));
    rows.unwrap().into_iter().map(|row| row.host).collect()
}

fn standing(sent_id: i64, failures: i32, retry_at: i64) -> Standing {
    Standing {
        sent_id,
        sent_at: (failures == 0).then_some(7),
        failures,
        retry_at,
        last_error: if failures > 0 {
            "no".into()
        } else {
            String::new()
        },
    }
}

on_both_databases! {
    fn hosts_are_due_that_have_entries_or_letters_and_do_not_pause(store) {
        store.write_blocking(|tx| {
            for host in ["a.example", "b.example", "c.example"] {
                follow(tx, host, "x", "")?;
            }
            write_to(tx, "b.example", 20)
        }).unwrap();
        assert_eq!(due(store, 0, 0, ""), ["b.example"]);
        assert_eq!(due(store, 0, 5, ""), ["a.example", "b.example", "c.example"]);
        assert_eq!(due(store, 0, 5, "a.example"), ["b.example", "c.example"]);
        store.write_blocking(|tx| {
            let all = [
                ("a.example".to_owned(), standing(5, 0, 0)),
                ("b.example".to_owned(), standing(5, 2, 100)),
                ("gone.example".to_owned(), standing(5, 0, 0)),
            ];
            delivery::set_standing(tx, &all)
        }).unwrap();
        assert_eq!(due(store, 99, 5, ""), ["c.example"]);
        assert_eq!(due(store, 100, 5, ""), ["b.example", "c.example"]);
        let retry = |now| store.read_blocking(move |conn| delivery::next_retry(conn, now)).unwrap();
        assert_eq!((retry(99), retry(100)), (Some(100), None));
        let letters = store.read_blocking(delivery::hosts_with_letters).unwrap();
        assert_eq!(letters, ["b.example"]);
    }

    fn a_word_of_theirs_shortens_the_pause(store) {
        const HOUR: i64 = 3_600_000_000;
        store.write_blocking(|tx| {
            follow(tx, "a.example", "x", "")?;
            delivery::set_standing(tx, &[("a.example".to_owned(), standing(0, 9, HOUR))])?;
            server::heard(tx, "a.example", 1000)
        }).unwrap();
        assert!(due(store, 1000, 5, "").is_empty());
        assert_eq!(due(store, 61_000_000, 5, ""), ["a.example"]);
    }

    fn each_shared_inbox_is_there_once(store) {
        let shared = "https://a.example/inbox";
        store.write_blocking(move |tx| {
            follow(tx, "a.example", "x", shared)?;
            follow(tx, "a.example", "y", shared)?;
            follow(tx, "a.example", "z", "")?;
            follow(tx, "b.example", "x", "")
        }).unwrap();
        let inboxes = store.read_blocking(|conn| delivery::inboxes_at(conn, "a.example")).unwrap();
        let found: Vec<(&str, &str)> = inboxes
            .iter()
            .map(|row| (row.shared_inbox.as_str(), row.inbox.as_str()))
            .collect();
        assert_eq!(found, [(shared, ""), ("", "https://a.example/u/z/inbox")]);
        let own = store.read_blocking(|conn| delivery::own_inboxes_at(conn, "a.example")).unwrap();
        assert_eq!(own.len(), 3);
        let gone = store.write_blocking(move |tx| delivery::retire_inbox(tx, "a.example", shared));
        assert_eq!(gone.unwrap(), 2);
        let left = store.read_blocking(|conn| delivery::inboxes_at(conn, "a.example")).unwrap();
        assert_eq!(left.len(), 1);
        let none = store.write_blocking(|tx| delivery::retire_followers(tx, "b.example", GROUP));
        assert_eq!(none.unwrap(), 1);
    }

    fn a_forgotten_host_leaves_nothing(store) {
        store.write_blocking(|tx| {
            follow(tx, "a.example", "x", "")?;
            write_to(tx, "a.example", 20)
        }).unwrap();
        let sign = || store.read_blocking(|conn| delivery::last_sign(conn, "a.example")).unwrap();
        assert_eq!(sign(), Some(20));
        let all = store.read_blocking(|conn| delivery::list(conn, 9)).unwrap();
        assert_eq!((all[0].1, all[0].2), (1, 1));
        store.write_blocking(|tx| delivery::retire_host(tx, "a.example")).unwrap();
        assert_eq!(sign(), None);
        assert!(store.read_blocking(|conn| delivery::list(conn, 9)).unwrap().is_empty());
    }
}
