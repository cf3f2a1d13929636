//! Votes stay at home; tallies travel.

use tequio_engine::{
    Error, follow, rebuild,
    vote::{self, Vote},
};
use tequio_store::{account, on_both_databases, topic};

use crate::{
    history::{self, flush},
    world::{City, WASTE, WATER, World},
};

fn followed(city: &City, account_id: i64) -> Vec<String> {
    let read = move |conn: &mut tequio_store::Conn| {
        let ids = account::followed_topics(conn, account_id)?;
        ids.into_iter()
            .map(|id| Ok(topic::by_id(conn, id)?.slug))
            .collect()
    };
    city.engine
        .store()
        .read_blocking::<_, _, tequio_store::Error>(read)
        .unwrap()
}

on_both_databases! {
    async fn the_sum_is_over_all_cities_and_nobody_learns_who(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, beto) = (oaxaca.member("ana").await, oaxaca.member("beto").await);
        let (eva, dani) = (quito.member("eva").await, quito.member("dani").await);
        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        history::vote(oaxaca, &beto, question, Vote::Useful).await;
        history::vote(quito, &eva, question, Vote::Useful).await;
        history::vote(quito, &dani, question, Vote::Useful).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            assert_eq!(city.object(question).useful_count, 3);
        }
        let told = oaxaca.bodies("quito", WATER, 0).concat();
        assert!(!told.contains("/u/eva") && !told.contains("/u/dani"), "{told}");

        history::vote(quito, &eva, question, Vote::None).await;
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(oaxaca.object(question).useful_count, 2);
    }

    async fn a_vote_counts_once(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        history::vote(city, &beto, question, Vote::Useful).await;
        let head = city.log_of("oaxaca", WATER).head_seq;
        history::vote(city, &beto, question, Vote::Useful).await;
        vote::set_useful(&city.engine, &beto, city.moment(), question, Vote::None).await.unwrap();
        vote::set_useful(&city.engine, &beto, city.moment(), question, Vote::Useful).await.unwrap();
        flush(city).await;
        assert_eq!(city.object(question).useful_count, 1);
        assert_eq!(city.log_of("oaxaca", WATER).head_seq, head);
    }

    async fn tallies_are_gathered_before_they_are_written(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let other = city.ask(&ana, "¿Y la luz?").await;
        for oid in [question, other] {
            vote::set_useful(&city.engine, &beto, city.moment(), oid, Vote::Useful).await.unwrap();
        }
        let soon = vote::flush_tallies(&city.engine, city.moment()).await.unwrap();
        assert_eq!((soon, city.object(question).useful_count), (1, 1));
        flush(city).await;
        assert_eq!(vote::flush_tallies(&city.engine, city.moment()).await.unwrap(), 0);
        assert_eq!(city.object(other).useful_count, 1);
    }

    async fn tallies_of_one_moment_are_different_activities(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        for title in ["¿Cuánto cuesta el agua?", "¿Y la luz?"] {
            let oid = city.ask(&ana, title).await;
            vote::set_useful(&city.engine, &beto, city.moment(), oid, Vote::Useful).await.unwrap();
        }
        let head = city.log_of("oaxaca", WATER).head_seq;
        flush(city).await;
        let tallies = city.bodies("oaxaca", WATER, head);
        let id = |body: &String| {
            let entry: serde_json::Value = serde_json::from_str(body).unwrap();
            entry["object"]["id"].to_string()
        };
        assert_eq!(tallies.len(), 2);
        assert_ne!(id(&tallies[0]), id(&tallies[1]));
    }

    async fn nobody_votes_for_their_own_post(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let before = city.everything();
        let engine = &city.engine;
        let refused =
            vote::set_useful(engine, &ana, city.moment(), question, Vote::Useful).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        assert_eq!(city.everything(), before);
    }

    async fn a_deleted_post_takes_no_votes(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        city.delete(&ana, question).await;
        let before = city.everything();
        let refused =
            vote::set_useful(&city.engine, &beto, city.moment(), question, Vote::Useful).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        assert_eq!(city.everything(), before);
    }

    async fn following_is_local_and_survives_a_rebuild(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, engine) = (city.member("ana").await, &city.engine);
        for topic in [WATER, WATER, WASTE] {
            follow::follow(engine, &ana, city.moment(), topic).await.unwrap();
        }
        assert_eq!(followed(city, ana.account_id()), [WATER, WASTE]);
        follow::unfollow(engine, &ana, WASTE).await.unwrap();
        follow::unfollow(engine, &ana, WASTE).await.unwrap();
        rebuild::rebuild(engine).unwrap();
        assert_eq!(followed(city, ana.account_id()), [WATER]);
        let refused = follow::follow(engine, &ana, city.moment(), "nada").await;
        assert!(matches!(refused, Err(Error::NotFound)));
        assert_eq!(city.log_of("oaxaca", WATER).head_seq, 0);
    }
}
