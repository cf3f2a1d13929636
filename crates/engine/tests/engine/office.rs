//! What the city's office account follows outside for topics: asked, answered, read, left, and gone.

use serde_json::{Value, json};
use tequio_engine::{
    Error, follow,
    outside::office::{self, FOLLOWS_MAX},
};
use tequio_protocol::outside::OutsideActor;
use tequio_store::{
    Conn, on_both_databases,
    outside::{
        follow::{ACCEPTED, ASKED, REJECTED},
        office as stored, outgoing,
    },
    page::outside as shown,
    testing::TestStore,
};

use crate::{
    stranger::Stranger,
    world::{City, WASTE, WATER, World},
};

const OFFICE: &str = "https://oaxaca.example/u/oficina";

/// A city, and a community on Lemmy.
fn scene(store: &TestStore) -> (World, Stranger) {
    (
        World::new(store, 1),
        Stranger::new("lemmy.example", "cisternas"),
    )
}

fn community(who: &Stranger) -> OutsideActor {
    OutsideActor {
        kind: "Group".to_owned(),
        ..who.actor()
    }
}

fn sent(city: &City) -> Vec<(String, Value)> {
    let read = |conn: &mut Conn| outgoing::list(conn, "lemmy.example", 1000);
    let rows = city.engine.store().read_blocking(read).unwrap();
    let letter =
        |row: outgoing::Outgoing| (row.actor_uri, serde_json::from_str(&row.body).unwrap());
    rows.into_iter().map(letter).collect()
}

fn state(city: &City, uri: &str) -> Option<String> {
    let uri = uri.to_owned();
    let read = move |conn: &mut Conn| stored::by_actor(conn, &uri);
    city.engine
        .store()
        .read_blocking(read)
        .unwrap()
        .map(|row| row.state)
}

/// Titles of what came to a member.
fn reading(city: &City, account_id: i64) -> Vec<String> {
    let read = move |conn: &mut Conn| shown::items(conn, account_id, None, 99);
    let items = city.engine.store().read_blocking(read).unwrap();
    items.into_iter().map(|item| item.title).collect()
}

on_both_databases! {
    async fn one_follow_serves_several_topics_and_ends_with_the_last(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let admin = city.admin("jefa").await;
        for topic in [WATER, WASTE, WATER] {
            office::follow(&city.engine, &admin, city.moment(), topic, community(&group)).await.unwrap();
        }
        let [(who, asked)] = sent(city).try_into().unwrap();
        assert_eq!((who.as_str(), &asked["type"]), (OFFICE, &json!("Follow")));
        assert_eq!((&asked["actor"], &asked["object"]), (&json!(OFFICE), &json!(group.uri)));
        office::unfollow(&city.engine, &admin, city.moment(), WATER, &group.uri).await.unwrap();
        assert_eq!((sent(city).len(), state(city, &group.uri).as_deref()), (1, Some(ASKED)));
        let again = office::unfollow(&city.engine, &admin, city.moment(), WATER, &group.uri).await;
        assert!(matches!(again, Err(Error::NotFound)));
        office::unfollow(&city.engine, &admin, city.moment(), WASTE, &group.uri).await.unwrap();
        let (who, undo) = sent(city).pop().unwrap();
        assert_eq!((who.as_str(), &undo["object"]["id"]), (OFFICE, &asked["id"]));
        assert_eq!(state(city, &group.uri), None);
    }

    async fn what_comes_is_read_by_those_who_follow_the_topic_and_is_in_no_log(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let admin = city.admin("jefa").await;
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        follow::follow(&city.engine, &ana, city.moment(), WATER).await.unwrap();
        follow::follow(&city.engine, &beto, city.moment(), WASTE).await.unwrap();
        office::follow(&city.engine, &admin, city.moment(), WATER, community(&group)).await.unwrap();
        let (_, asked) = sent(city).pop().unwrap();
        group.does(city, &group.act("a1", "Accept", asked.clone())).await;
        assert_eq!(state(city, &group.uri).as_deref(), Some(ACCEPTED));
        let head = city.log_of("oaxaca", WATER).head_seq;
        let near = Stranger::new("lemmy.example", "marisol");
        let passed = near.create(near.page("1", &group.uri, "Cisternas"));
        group.does(city, &group.act("p1", "Announce", passed)).await;
        assert_eq!(reading(city, ana.account_id()), ["Cisternas"]);
        assert!(reading(city, beto.account_id()).is_empty());
        assert!(reading(city, admin.account_id()).is_empty());
        assert_eq!(city.log_of("oaxaca", WATER).head_seq, head);
        office::unfollow(&city.engine, &admin, city.moment(), WATER, &group.uri).await.unwrap();
        assert!(reading(city, ana.account_id()).is_empty());
        assert!(city.everything()["outside_item"].is_empty());
    }

    async fn a_refusal_is_shown_and_may_be_asked_again(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let admin = city.admin("jefa").await;
        office::follow(&city.engine, &admin, city.moment(), WATER, community(&group)).await.unwrap();
        let (_, asked) = sent(city).pop().unwrap();
        let other = Stranger::new("lemmy.example", "otra");
        let why = other.in_vain(city, &other.act("r0", "Reject", asked.clone())).await;
        assert_eq!(why, "nobody here waits for this answer");
        // By the id of the Follow alone.
        group.does(city, &group.act("r1", "Reject", asked["id"].clone())).await;
        assert_eq!(state(city, &group.uri).as_deref(), Some(REJECTED));
        assert!(!city.engine.is_followed_outside(&group.uri).await.unwrap());
        office::follow(&city.engine, &admin, city.moment(), WATER, community(&group)).await.unwrap();
        assert_eq!((sent(city).len(), state(city, &group.uri).as_deref()), (2, Some(ASKED)));
    }

    async fn a_community_that_is_gone_is_forgotten(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let admin = city.admin("jefa").await;
        office::follow(&city.engine, &admin, city.moment(), WATER, community(&group)).await.unwrap();
        group.does(city, &group.act("d1", "Delete", json!(group.uri))).await;
        assert_eq!(state(city, &group.uri), None);
        assert!(city.everything()["office_follow_topic"].is_empty());
    }

    async fn a_members_own_following_stays_when_the_city_stops(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let (admin, ana) = (city.admin("jefa").await, city.member("ana").await);
        office::follow(&city.engine, &admin, city.moment(), WATER, community(&group)).await.unwrap();
        tequio_engine::outside::follow(&city.engine, &ana, city.moment(), community(&group)).await.unwrap();
        let near = Stranger::new("lemmy.example", "marisol");
        let passed = near.create(near.page("1", &group.uri, "Cisternas"));
        group.does(city, &group.act("p1", "Announce", passed)).await;
        office::unfollow(&city.engine, &admin, city.moment(), WATER, &group.uri).await.unwrap();
        assert_eq!(reading(city, ana.account_id()), ["Cisternas"]);
    }

    async fn only_administrators_and_only_communities_outside(store) {
        let (world, group) = scene(store);
        let city = &world.cities[0];
        let (admin, ana) = (city.admin("jefa").await, city.member("ana").await);
        let before = city.everything();
        let engine = &city.engine;
        let refused = office::follow(engine, &ana, city.moment(), WATER, community(&group)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let refused = office::unfollow(engine, &ana, city.moment(), WATER, &group.uri).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let mut elsewhere = community(&group);
        elsewhere.inbox = "https://victim.example/inbox".to_owned();
        for actor in [
            group.actor(),
            elsewhere,
            community(&Stranger::new("oaxaca.example", "agua")),
        ] {
            let refused = office::follow(engine, &admin, city.moment(), WATER, actor).await;
            assert!(matches!(&refused, Err(Error::Invalid(invalid)) if invalid.field == "actor"), "{refused:?}");
        }
        let nowhere = office::follow(engine, &admin, city.moment(), "no-hay", community(&group)).await;
        assert!(matches!(nowhere, Err(Error::NotFound)));
        assert!(city.everything() == before);
    }

    async fn a_city_follows_a_limited_number(store) {
        let (world, _) = scene(store);
        let city = &world.cities[0];
        let admin = city.admin("jefa").await;
        for number in 0..=FOLLOWS_MAX {
            let actor = community(&Stranger::new("lemmy.example", &format!("c{number}")));
            let done = office::follow(&city.engine, &admin, city.moment(), WATER, actor).await;
            assert_eq!(done.is_ok(), number < FOLLOWS_MAX, "{number}");
        }
    }

    async fn the_office_is_followed_like_others(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        marisol.does(city, &marisol.act("f1", "Follow", json!(OFFICE))).await;
        let (who, accept) = sent(city).pop().unwrap();
        assert_eq!((who.as_str(), &accept["type"]), (OFFICE, &json!("Accept")));
    }
}
