//! Also of the small tables that only the federation uses.

use super::{Found, backlog, backlog_size, behind, by_city, ensure, heads, heads_of_topic, list};
use super::{newest_own, set_failed, set_found, set_heard, set_sent};
use crate::file_wanted::{self, FileWanted};
use crate::hand_over::{self, HandOver};
use crate::testing::TestStore;
use crate::{
    Error, Store, Tx, city, entry, file, log, on_both_databases, received_activity, topic,
};
use crate::{carrier, usage};

fn add_city(tx: &mut Tx<'_>, slug: &str, is_self: bool) -> Result<(), Error> {
    let text = String::new;
    let row = city::City {
        slug: slug.into(),
        position: 0,
        name: text(),
        country_es: text(),
        country_en: text(),
        summary_es: text(),
        summary_en: text(),
        base_url: format!("https://{slug}.example"),
        is_self,
    };
    city::put(tx, &row)
}

fn add_log(tx: &mut Tx<'_>, topic_id: i64, city: &str) -> Result<i64, Error> {
    let row = log::Log {
        id: tx.next_id()?,
        topic_id,
        city: city.into(),
        group_uri: format!("https://{city}.example/t/agua"),
        public_key: "z6Mk".into(),
        head_seq: 0,
        head_digest: String::new(),
        known_seq: 0,
        is_frozen: false,
    };
    log::add(tx, &row)?;
    Ok(row.id)
}

fn add_entry(tx: &mut Tx<'_>, log_id: i64, seq: i64) -> Result<i64, Error> {
    let id = tx.next_id()?;
    let row = entry::Entry {
        id,
        log_id,
        seq,
        digest: format!("{log_id}-{seq}"),
        uri: format!("https://x.example/a/{id}"),
        activity_uri: format!("https://x.example/a/{id}/inside"),
        body: format!("entry {seq}"),
        received_at: 0,
        is_void: false,
    };
    entry::add(tx, &row)?;
    log::set_head(tx, log_id, seq, &row.digest)?;
    Ok(id)
}

/// Two cities, one topic; the logs of managua (ourselves) and panama.
async fn network(store: &TestStore) -> (i64, i64) {
    let found = |tx: &mut Tx<'_>| {
        add_city(tx, "managua", true)?;
        add_city(tx, "panama", false)?;
        let text = String::new;
        let row = topic::Topic {
            id: tx.next_id()?,
            slug: "agua".into(),
            uri: "urn:uuid:1".into(),
            position: 0,
            name_es: text(),
            name_en: text(),
            summary_es: text(),
            summary_en: text(),
            for_deciders_es: text(),
            for_deciders_en: text(),
            for_practitioners_es: text(),
            for_practitioners_en: text(),
        };
        let topic_id = topic::put(tx, &row)?;
        ensure(tx, "panama")?;
        Ok::<_, Error>((
            add_log(tx, topic_id, "managua")?,
            add_log(tx, topic_id, "panama")?,
        ))
    };
    store.write(found).await.unwrap()
}

async fn write<T: Send + 'static>(
    store: &Store,
    closure: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    store.write(closure).await.unwrap()
}

on_both_databases! {
    async fn only_own_entries_go_out_and_in_their_order(store) {
        let (own, other) = network(store).await;
        let ids = write(store, move |tx| {
            let first = add_entry(tx, own, 1)?;
            add_entry(tx, other, 1)?;
            Ok([first, add_entry(tx, own, 2)?, add_entry(tx, own, 3)?])
        })
        .await;
        let all = store.read(|conn| backlog(conn, "managua", 0, 10)).await.unwrap();
        assert_eq!(all.iter().map(|out| out.id).collect::<Vec<_>>(), ids);
        assert_eq!(all[0].group_uri, "https://managua.example/t/agua");
        let first = ids[0];
        let rest = store.read(move |conn| backlog(conn, "managua", first, 1)).await.unwrap();
        assert_eq!((rest.len(), rest[0].id, rest[0].body.as_str()), (1, ids[1], "entry 2"));
        let size = store.read(move |conn| backlog_size(conn, "managua", first)).await.unwrap();
        assert_eq!(size, (2, ids[2]));
        let none = store.read(|conn| backlog_size(conn, "managua", i64::MAX)).await.unwrap();
        assert_eq!(none, (0, 0));
        assert_eq!(store.read(newest_own).await.unwrap(), ids[2]);
    }

    async fn where_a_courier_stands_is_kept(store) {
        network(store).await;
        write(store, |tx| {
            ensure(tx, "panama")?;
            set_failed(tx, "panama", 3, 500, "it answered 503")
        })
        .await;
        let row = store.read(|conn| by_city(conn, "panama")).await.unwrap().unwrap();
        assert_eq!((row.failures, row.retry_at, row.last_error.as_str()), (3, 500, "it answered 503"));
        write(store, |tx| {
            set_heard(tx, "panama", 600)?;
            set_sent(tx, "panama", 42, 700)
        })
        .await;
        let row = store.read(|conn| by_city(conn, "panama")).await.unwrap().unwrap();
        assert_eq!((row.sent_id, row.failures, row.retry_at), (42, 0, 0));
        assert_eq!((row.sent_at, row.heard_at, row.last_error.as_str()), (Some(700), Some(600), ""));
        // Known already: nothing is lost.
        write(store, |tx| ensure(tx, "panama")).await;
        assert_eq!(store.read(list).await.unwrap(), [row]);
        assert_eq!(store.read(|conn| by_city(conn, "managua")).await.unwrap(), None);
    }

    async fn where_a_sibling_lives_is_kept(store) {
        network(store).await;
        let found = Found {
            actor_uri: "https://p.example/".into(),
            inbox: "https://p.example/inbox".into(),
            transport_key: "pem".into(),
            software: "tequio 1".into(),
        };
        let told = found.clone();
        write(store, move |tx| set_found(tx, "panama", "https://p.example", &told)).await;
        let row = store.read(|conn| by_city(conn, "panama")).await.unwrap().unwrap();
        assert_eq!((row.actor_uri, row.inbox), (found.actor_uri, found.inbox));
        let city = store.read(|conn| city::by_slug(conn, "panama")).await.unwrap();
        assert_eq!(city.base_url, "https://p.example");
    }

    async fn a_log_is_behind_while_more_of_it_is_known(store) {
        let (own, other) = network(store).await;
        write(store, move |tx| {
            add_entry(tx, other, 1)?;
            log::raise_known(tx, own, 9)?;
            log::raise_known(tx, other, 3)
        })
        .await;
        let lacking = store.read(behind).await.unwrap();
        assert_eq!(lacking.len(), 1);
        let head = &lacking[0];
        assert_eq!((head.log_id, head.head_seq, head.known_seq), (other, 1, 3));
        assert_eq!((head.topic.as_str(), head.city.as_str(), head.is_self), ("agua", "panama", false));
        assert_eq!(store.read(heads).await.unwrap().len(), 2);
        let of_topic = store.read(|conn| heads_of_topic(conn, "agua")).await.unwrap();
        assert_eq!(of_topic.iter().map(|head| head.is_self).collect::<Vec<_>>(), [true, false]);
        write(store, move |tx| log::freeze(tx, other)).await;
        assert_eq!(store.read(behind).await.unwrap(), []);
    }

    async fn a_file_is_wanted_until_it_is_here(store) {
        network(store).await;
        let wanted = FileWanted {
            digest: "ab".repeat(32),
            size_bytes: 7,
            name: "hoja.csv".into(),
            media_type: "text/csv".into(),
            origin: "panama".into(),
            attempts: 0,
            due_at: 100,
        };
        let (first, again) = (wanted.clone(), FileWanted { name: "otra.csv".into(), ..wanted.clone() });
        write(store, move |tx| {
            file_wanted::want(tx, &first)?;
            file_wanted::want(tx, &again)
        })
        .await;
        assert_eq!(store.read(|conn| file_wanted::due(conn, 99, 9)).await.unwrap(), []);
        let due = store.read(|conn| file_wanted::due(conn, 100, 9)).await.unwrap();
        assert_eq!(due, std::slice::from_ref(&wanted));
        let digest = wanted.digest.clone();
        write(store, move |tx| file_wanted::postpone(tx, &digest, 1, 300)).await;
        assert_eq!(store.read(file_wanted::next_due_at).await.unwrap(), Some(300));
        let (came, late) = (wanted.clone(), wanted.clone());
        write(store, move |tx| {
            file_wanted::fulfilled(tx, &came, 7, 400)?;
            file_wanted::want(tx, &late)
        })
        .await;
        assert_eq!(store.read(file_wanted::count).await.unwrap(), 0);
        assert_eq!(store.read(file_wanted::next_due_at).await.unwrap(), None);
        let held = store.read(move |conn| file::by_digest(conn, &wanted.digest)).await.unwrap().unwrap();
        assert_eq!((held.size_bytes, held.stored_at), (7, 400));
    }

    async fn an_activity_is_new_once_until_it_is_forgotten(store) {
        let remember = |at| move |tx: &mut Tx<'_>| received_activity::remember(tx, "https://x.example/1", at);
        assert!(write(store, remember(10)).await);
        assert!(!write(store, remember(20)).await);
        let is_known = |uri| store.read(move |conn| received_activity::is_known(conn, uri));
        assert!(is_known("https://x.example/1").await.unwrap());
        assert!(!is_known("https://x.example/2").await.unwrap());
        assert_eq!(write(store, |tx| received_activity::forget_before(tx, 10)).await, 0);
        assert_eq!(write(store, |tx| received_activity::forget_before(tx, 11)).await, 1);
        assert!(write(store, remember(30)).await);
    }

    async fn an_act_for_a_sibling_waits_until_it_is_done_or_due_again(store) {
        network(store).await;
        let ids = write(store, |tx| {
            let mut add = |due_at| -> Result<i64, Error> {
                let row = HandOver {
                    id: tx.next_id()?,
                    city: "managua".into(),
                    group_uri: "https://panama.example/t/agua".into(),
                    body: "{}".into(),
                    attempts: 0,
                    due_at,
                    created_at: 10,
                };
                assert!(hand_over::add(tx, &row)?);
                Ok(row.id)
            };
            Ok((add(10)?, add(20)?))
        })
        .await;
        let due = async |city: &'static str, now| {
            let due = store.read(move |conn| hand_over::due(conn, city, now, 9)).await.unwrap();
            due.into_iter().map(|act| (act.id, act.attempts)).collect::<Vec<_>>()
        };
        assert_eq!(due("managua", 19).await, [(ids.0, 0)]);
        assert_eq!(due("panama", 99).await, []);
        write(store, move |tx| hand_over::postpone(tx, ids.0, 1, 50)).await;
        assert_eq!(due("managua", 49).await, [(ids.1, 0)]);
        write(store, move |tx| hand_over::done(tx, ids.1)).await;
        assert_eq!(due("managua", 50).await, [(ids.0, 1)]);
    }

    async fn an_empty_instance_has_empty_numbers(store) {
        network(store).await;
        let used = store.read(|conn| usage::of_instance(conn, "active", "comment", 0)).await.unwrap();
        let none = usage::Usage { accounts: 0, active_month: 0, active_half_year: 0, posts: 0, comments: 0 };
        assert_eq!(used, none);
    }

    async fn a_tombstone_is_carried_by_no_entry(store) {
        let (own, _) = network(store).await;
        let id = write(store, move |tx| add_entry(tx, own, 1)).await;
        let object = crate::object::Object {
            id,
            oid: "1".into(),
            uri: "https://managua.example/o/1".into(),
            kind: "thread".into(),
            topic_id: 1,
            log_id: own,
            group_uri: String::new(),
            author_id: 1,
            parent_id: None,
            root_id: id,
            title: String::new(),
            source: String::new(),
            html: String::new(),
            language: "es".into(),
            created_at: 0,
            updated_at: None,
            deleted_at: Some(1),
            version: 1,
            comment_count: 0,
            last_activity_at: 0,
            useful_count: 0,
        };
        assert_eq!(store.read(move |conn| carrier::body_of(conn, &object)).await.unwrap(), None);
    }
}
