//! Keys change, and whoever holds the log follows.

use tequio_engine::{
    Error,
    receive::{Received, Refused},
    rotate,
};
use tequio_protocol::activity::Act;
use tequio_store::{log, on_both_databases, past_key};

use crate::{
    hand::{Author, Hand},
    hostile::Scene,
    world::{CITIES, City, Group, WATER, World},
};

fn rekey(author: &Author, next: &Author) -> Act {
    Act::Rekey {
        object: author.uri.clone(),
        key: next.key.public().to_multibase(),
    }
}

/// The groups of a city as they were before any change: what a city knows that is founded later.
fn first_groups(city: &City) -> Vec<Group> {
    let mut groups = city.groups();
    for (home, topic, _, key) in &mut groups {
        let row = city.log_of(home, topic);
        let read = move |conn: &mut tequio_store::Conn| past_key::first_of(conn, &row);
        *key = city.engine.store().read_blocking(read).unwrap();
    }
    groups
}

on_both_databases! {
    async fn a_city_goes_on_with_new_keys_and_others_follow(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Antes").await;
        for round in 0..2 {
            rotate::group(&quito.engine, quito.moment(), WATER).await.unwrap();
            quito.answer(&ana, thread, &format!("El grupo cambió {round}")).await;
            rotate::member(&quito.engine, quito.moment(), "ana").await.unwrap();
            quito.answer(&ana, thread, &format!("Ana cambió {round}")).await;
            world.exchange().await;
            world.assert_agreed().await;
        }
        assert_eq!(oaxaca.object(thread).comment_count, 4);
        let (held, own) = (oaxaca.log_of("quito", WATER), quito.log_of("quito", WATER));
        assert_eq!(held.public_key, own.public_key);

        // A city that is founded later knows the first key only.
        let late = City::newcomer(CITIES[2], first_groups(quito));
        let bodies = oaxaca.bodies("quito", WATER, 0);
        let (count, head_seq) = (bodies.len(), held.head_seq);
        let all = Received::Appended { count, head_seq };
        assert_eq!(late.receive(bodies.clone()).await, all);
        assert_eq!(late.object(thread).comment_count, 4);
        // And takes again what it has, whichever key proved it.
        let nothing = Received::Appended { count: 0, head_seq };
        assert_eq!(late.receive(bodies).await, nothing);
        let view = late.view();
        tequio_engine::rebuild::rebuild(&late.engine).unwrap();
        assert_eq!(late.view(), view);
    }

    async fn who_does_not_exist_has_no_key_to_change(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let result = rotate::member(&city.engine, city.moment(), "nadie").await;
        assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        let result = rotate::group(&city.engine, city.moment(), "nada").await;
        assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
    }

    async fn only_the_old_key_names_the_new_one(store) {
        let mut scene = Scene::new(store).await;
        let next = scene.ana.with_new_key();
        // A card by itself changes no key, though its own proof holds.
        scene.assert_void(&next.introduce("card-1")).await;
        scene.assert_void(&next.act("rekey-1", rekey(&scene.ana, &next))).await;
        scene.assert_void(&scene.eva.act("rekey-2", rekey(&scene.ana, &next))).await;
        let unproven = scene.ana.unsigned("rekey-3", rekey(&scene.ana, &next));
        scene.assert_void(&unproven).await;
        // Nor does the group speak for a member.
        let by_group = scene.hand.group_author().unsigned("rekey-4", rekey(&scene.ana, &next));
        scene.assert_void(&by_group).await;

        scene.assert_done(&scene.ana.act("rekey-5", rekey(&scene.ana, &next))).await;
        let old = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Con la vieja"));
        scene.assert_void(&old).await;
        scene.assert_void(&scene.ana.introduce("card-2")).await;
        scene.assert_done(&next.introduce("card-3")).await;
        let new = next.create("y", scene.hand.thread("y", &next, "Con la nueva"));
        scene.assert_done(&new).await;
    }

    async fn after_the_change_the_old_key_of_a_group_proves_nothing(store) {
        let mut scene = Scene::new(store).await;
        let group = scene.hand.group_author();
        let next = group.with_new_key();
        // Written in one batch: the change counts within it, too.
        let change = scene.hand.write(&group.unsigned("rekey", rekey(&group, &next)));
        let stale = Hand::of(&scene.world.cities[1], WATER);
        let stale = Hand { seq: scene.hand.seq, prev: scene.hand.prev, ..stale };
        scene.hand.key = next.key.clone();
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let good = scene.hand.write(&act);
        let both = Received::Appended { count: 2, head_seq: scene.hand.seq };
        assert_eq!(scene.deliver(&[change.clone(), good]).await, both);
        let key = next.key.public().to_multibase();
        assert_eq!(scene.victim().log_of("quito", WATER).public_key, key);

        let mut stale = Hand { seq: scene.hand.seq, prev: scene.hand.prev, ..stale };
        let forged = stale.write(&act);
        let before = scene.victim().everything();
        let refused = scene.deliver(&[forged]).await;
        assert!(matches!(refused, Received::Refused(Refused::Proof(_))), "{refused:?}");
        assert_eq!(scene.victim().everything(), before);
    }

    /// What stood after the parting is gone, and so is a change of key in it.
    async fn a_change_of_key_goes_with_the_way_that_it_stands_on(store) {
        let mut scene = Scene::new(store).await;
        let first = scene.victim().log_of("quito", WATER).public_key;
        let mut other = Hand::of(&scene.world.cities[1], WATER);
        let group = scene.hand.group_author();
        let next = group.with_new_key();
        let change = scene.hand.write(&group.unsigned("rekey", rekey(&group, &next)));
        scene.deliver(&[change]).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        assert_eq!(scene.deliver(&[other.write(&act)]).await, Received::Frozen);
        let log = scene.victim().log_of("quito", WATER);
        assert!(log.is_frozen && log.public_key == first, "{log:?}");
        let past = move |conn: &mut tequio_store::Conn| past_key::of_log(conn, log.id);
        assert!(scene.victim().engine.store().read(past).await.unwrap().is_empty());
    }

    async fn a_key_that_is_none_is_void(store) {
        let mut scene = Scene::new(store).await;
        let group = scene.hand.group_author();
        let mut act = group.unsigned("rekey", rekey(&group, &group.with_new_key()));
        act["tq:key"] = serde_json::json!("z6Mknada");
        scene.assert_void(&act).await;
        let logs = scene.victim().engine.store().read(log::all).await.unwrap();
        let held = logs.iter().find(|row| row.group_uri == group.uri).unwrap();
        assert_eq!(held.public_key, group.key.public().to_multibase());
    }
}
