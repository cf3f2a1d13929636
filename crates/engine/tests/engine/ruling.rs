//! What the coordinating city rules about posts and people holds in every city, while it counts.

use tequio_domain::{Oid, ledger::Reason};
use tequio_engine::{Error, comment, ledger::ruling, rebuild};
use tequio_protocol::activity::ledger::Ruling;
use tequio_store::{
    on_both_databases,
    page::{list, post},
};

use crate::{
    ledger::{Scene, last, reason},
    world::{City, WATER},
};

async fn rule(scene: &Scene, by: usize, oid: Oid, ruling: Ruling, why: &str) -> Result<(), Error> {
    let city = &scene.world.cities[by];
    ruling::rule(
        &city.engine,
        &scene.admins[by],
        city.moment(),
        why,
        (oid, ruling),
    )
    .await
}

/// Whether readers of a city see a post, on its page and in lists.
fn is_shown(city: &City, oid: Oid) -> bool {
    let read = move |conn: &mut tequio_store::Conn| {
        let row = post::by_oid(conn, &oid.to_string())?.unwrap();
        let listed = list::threads(conn, &list::ThreadFilter::default(), list::Slice::first(50))?;
        let is_listed = listed.iter().any(|thread| thread.oid == row.oid);
        assert!(row.parent_id.is_some() || is_listed == row.is_shown());
        Ok::<_, tequio_store::Error>(row.is_shown())
    };
    city.engine.store().read_blocking(read).unwrap()
}

#[track_caller]
fn assert_shown(scene: &Scene, oid: Oid, expected: bool) {
    for city in &scene.world.cities {
        assert_eq!(is_shown(city, oid), expected, "{}", city.slug);
    }
}

on_both_databases! {
    async fn a_post_is_removed_and_restored_in_every_city(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        let thread = cities[1].ask(&scene.admins[1], "Vendo un carro").await;
        scene.world.exchange().await;
        let answer = cities[2].answer(&scene.admins[2], thread, "Yo otro.").await;
        scene.world.exchange().await;
        rule(&scene, 0, thread, Ruling::Remove, "No es del tema.").await.unwrap();
        rule(&scene, 0, answer, Ruling::Remove, "Tampoco.").await.unwrap();
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
        assert_shown(&scene, thread, false);
        assert_shown(&scene, answer, false);
        let before = cities[0].view();
        rebuild::rebuild(&cities[0].engine).unwrap();
        assert_eq!(cities[0].view(), before);
        // What arrives after its removal is not shown either.
        let newcomer = City::newcomer("leon", cities.iter().flat_map(City::groups).collect());
        for home in cities {
            newcomer.pull(home, WATER).await;
        }
        assert!(!is_shown(&newcomer, thread));
        assert_eq!(newcomer.state(WATER).await, cities[0].state(WATER).await);

        rule(&scene, 0, thread, Ruling::Restore, "Fue un error.").await.unwrap();
        scene.world.exchange().await;
        assert_shown(&scene, thread, true);
        assert_shown(&scene, answer, false);
        assert_eq!(cities[2].object(thread).source, "Pregunta: **Vendo un carro**");
    }

    async fn a_closed_thread_takes_no_answers_until_it_is_opened(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let thread = cities[1].ask(&scene.admins[1], "¿Quién paga?").await;
        scene.world.exchange().await;
        rule(&scene, 0, thread, Ruling::Lock, "Ya se contestó.").await.unwrap();
        scene.world.exchange().await;
        for (city, admin) in cities.iter().zip(&scene.admins) {
            let late = comment::add(&city.engine, admin, city.moment(), thread, "Pero").await;
            assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
        }
        rule(&scene, 0, thread, Ruling::Unlock, "Hay novedades.").await.unwrap();
        scene.world.exchange().await;
        let answer = cities[1].answer(&scene.admins[1], thread, "Entonces").await;
        let nested = rule(&scene, 0, answer, Ruling::Lock, "No es una conversación.").await;
        assert!(matches!(nested, Err(Error::NotFound)), "{nested:?}");
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
    }

    async fn only_the_term_of_the_coordinator_rules(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        let thread = cities[1].ask(&scene.admins[1], "¿Quién manda?").await;
        scene.world.exchange().await;
        let before = cities[1].everything();
        let other = reason(rule(&scene, 1, thread, Ruling::Remove, "Es mía.").await);
        assert!(matches!(other, Reason::NotCoordinator { .. }), "{other}");
        let unexplained = rule(&scene, 0, thread, Ruling::Remove, " ").await;
        assert!(matches!(unexplained, Err(Error::Invalid(_))), "{unexplained:?}");
        assert_eq!(cities[1].everything(), before);

        // Oaxaca is cut off and goes on ruling, while the others give the term to Quito.
        scene.stand(1).await.unwrap();
        cities[2].pull(&cities[1], WATER).await;
        let candidacy = last(&cities[1], &cities[1], "stand");
        scene.endorse(1, candidacy).await.unwrap();
        scene.endorse(2, candidacy).await.unwrap();
        cities[1].pull(&cities[2], WATER).await;
        rule(&scene, 0, thread, Ruling::Remove, "Porque sí.").await.unwrap();
        assert!(!is_shown(&cities[0], thread));
        scene.certify(1).await.unwrap();
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
        assert_shown(&scene, thread, true);
        rule(&scene, 1, thread, Ruling::Remove, "Repetida.").await.unwrap();
        scene.world.exchange().await;
        assert_shown(&scene, thread, false);
        // A later coordinator may undo what an earlier one ruled.
        scene.hand_over(1, 2).await;
        rule(&scene, 2, thread, Ruling::Restore, "Sí hacía falta.").await.unwrap();
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
        assert_shown(&scene, thread, true);
    }
}
