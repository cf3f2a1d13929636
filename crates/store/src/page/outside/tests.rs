//! The reading queries, on both databases.

use super::{LAG_MAX, actors, followed, item, items, messages, person_named, servers, standing};
use crate::account::{self, Account};
use crate::outside::actor::{self, Actor};
use crate::outside::follow::{self, ACCEPTED, ASKED, Follow, REJECTED};
use crate::outside::item::Item;
use crate::outside::message::{self, Message};
use crate::outside::{item as item_rows, server};
use crate::person::{self, Person};
use crate::{Error, Tx, on_both_databases};

fn add_account(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    let row = Account {
        id,
        name: format!("m{id}"),
        person_uri: format!("https://a.example/u/m{id}"),
        password_hash: String::new(),
        role: "member".into(),
        state: "active".into(),
        locale: "es".into(),
        card: String::new(),
        created_at: 1,
    };
    account::add(tx, &row)
}

fn add_actor(tx: &mut Tx<'_>, name: &str) -> Result<String, Error> {
    let uri = format!("https://lemmy.example/{name}");
    let row = Actor {
        uri: uri.clone(),
        kind: "Group".into(),
        host: "lemmy.example".into(),
        name: name.into(),
        display_name: name.to_uppercase(),
        summary: String::new(),
        url: uri.clone(),
        inbox: format!("{uri}/inbox"),
        shared_inbox: String::new(),
        fetched_at: 1,
    };
    actor::put(tx, &row)?;
    Ok(uri)
}

fn add_follow(tx: &mut Tx<'_>, account_id: i64, uri: &str, state: &str) -> Result<(), Error> {
    let row = Follow {
        account_id,
        actor_uri: uri.into(),
        state: state.into(),
        created_at: 1,
    };
    follow::put(tx, &row)
}

fn add_item(tx: &mut Tx<'_>, id: i64, by: &str, through: &str, at: i64) -> Result<(), Error> {
    let row = Item {
        id,
        uri: format!("https://lemmy.example/post/{id}"),
        actor_uri: through.into(),
        author_uri: by.into(),
        kind: "Page".into(),
        title: String::new(),
        html: String::new(),
        url: String::new(),
        in_reply_to: String::new(),
        published_at: at,
        received_at: at,
    };
    item_rows::put(tx, &row)
}

on_both_databases! {
    async fn items_come_once_and_only_to_whoever_follows(store) {
        let done = store.write(|tx| {
            for id in [1, 2, 3] {
                add_account(tx, id)?;
            }
            let (group, person) = (add_actor(tx, "agua")?, add_actor(tx, "pablo")?);
            // The first follows both, through whom it came and who wrote it.
            add_follow(tx, 1, &group, ACCEPTED)?;
            add_follow(tx, 1, &person, ASKED)?;
            add_follow(tx, 2, &person, ACCEPTED)?;
            add_follow(tx, 3, &group, REJECTED)?;
            for (id, at) in [(11, 5), (12, 7), (13, 7), (14, 6)] {
                add_item(tx, id, &person, &group, at)?;
            }
            add_item(tx, 15, "https://else.example/eva", &group, 9)?;
            let mut ids = |account_id, before, limit| -> Result<Vec<i64>, Error> {
                let rows = items(tx.conn(), account_id, before, limit)?;
                Ok(rows.into_iter().map(|row| row.id).collect())
            };
            assert_eq!(ids(1, None, 10)?, [15, 13, 12, 14, 11]);
            assert_eq!(ids(1, None, 2)?, [15, 13]);
            assert_eq!(ids(1, Some((7, 13)), 10)?, [12, 14, 11]);
            assert_eq!(ids(2, None, 10)?, [13, 12, 14, 11]);
            assert!(ids(3, None, 10)?.is_empty());
            assert!(item(tx.conn(), 2, 13)?.is_some());
            assert!(item(tx.conn(), 2, 15)?.is_none() && item(tx.conn(), 3, 13)?.is_none());
            let states: Vec<String> = followed(tx.conn(), 1)?
                .into_iter()
                .map(|row| format!("{} {}", row.name, row.state))
                .collect();
            assert_eq!(states, ["agua accepted", "pablo asked"]);
            let known = actors(tx.conn(), &[group, "https://nobody.example/".into()])?;
            assert_eq!(known.len(), 1);
            Ok::<_, Error>(())
        });
        done.await.unwrap();
    }

    async fn messages_are_their_account_s_and_come_by_pages(store) {
        let done = store.write(|tx| {
            for account_id in [1, 2] {
                add_account(tx, account_id)?;
                for n in 1..=3 {
                    let row = Message {
                        id: account_id * 10 + n,
                        account_id,
                        uri: format!("https://lemmy.example/private/{n}"),
                        author_uri: "https://lemmy.example/pablo".into(),
                        author_name: "pablo@lemmy.example".into(),
                        html: String::new(),
                        published_at: 1,
                        received_at: n / 2,
                    };
                    message::put(tx, &row)?;
                }
            }
            let mut ids = |before| -> Result<Vec<i64>, Error> {
                let rows = messages(tx.conn(), 1, before, 2)?;
                Ok(rows.into_iter().map(|row| row.id).collect())
            };
            assert_eq!(ids(None)?, [13, 12]);
            assert_eq!(ids(Some((1, 12)))?, [11]);
            assert!(!message::remove(tx, 2, 13)? && message::remove(tx, 1, 13)?);
            assert_eq!(messages(tx.conn(), 2, None, 9)?.len(), 3);
            Ok::<_, Error>(())
        });
        done.await.unwrap();
    }

    async fn people_from_outside_stand_here_and_servers_in_trouble_come_first(store) {
        let done = store.write(|tx| {
            let row = Person {
                id: 1,
                uri: "https://lemmy.example/pablo".into(),
                city: String::new(),
                name: "pablo@lemmy.example".into(),
                display_name: "Pablo".into(),
                post: String::new(),
                summary: String::new(),
                public_key: String::new(),
                updated_at: 1,
                card_uri: String::new(),
            };
            person::put(tx, &row)?;
            let found = standing(tx.conn(), &[row.uri, "https://nobody.example/".into()])?;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].kind.as_str(), found[0].id.as_str()), ("person", "pablo@lemmy.example"));
            let named = person_named(tx.conn(), "pablo@lemmy.example")?;
            assert!(named.is_some() && person_named(tx.conn(), "pablo")?.is_none());
            for host in ["b.example", "a.example"] {
                server::ensure(tx, host)?;
            }
            let hosts: Vec<String> = servers(tx.conn(), 10)?
                .into_iter()
                .inspect(|row| assert!(row.behind < LAG_MAX && row.followers == 0))
                .map(|row| row.server.host)
                .collect();
            assert_eq!(hosts, ["a.example", "b.example"]);
            assert_eq!(servers(tx.conn(), 1)?.len(), 1);
            Ok::<_, Error>(())
        });
        done.await.unwrap();
    }
}
