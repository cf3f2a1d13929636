//! Entries of kinds that only a later version of the program knows.

use serde_json::json;
use tequio_engine::rebuild;
use tequio_store::{entry, on_both_databases, setting};

use crate::{
    hostile::Scene,
    world::{WATER, World, founding},
};

on_both_databases! {
    async fn an_unknown_kind_is_kept_means_nothing_and_stops_nothing(store) {
        let mut scene = Scene::new(store).await;
        let mut later = scene.hand.group_author().unsigned(
            "later",
            tequio_protocol::activity::Act::Delete { object: scene.question.clone() },
        );
        later["type"] = json!("tq:SomethingOfVersionNine");
        later["tq:version"] = json!(9);
        scene.assert_void(&later).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Sigue"));
        scene.assert_done(&act).await;
    }

    /// As a city does that gets a program which knows more than the one that took the entries in.
    async fn what_an_older_program_did_not_know_is_judged_anew(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Una").await;
        quito.answer(&ana, thread, "Dos").await;
        quito.edit(&ana, thread, "Tres", "Tres").await;
        world.exchange().await;
        let whole = oaxaca.state(WATER).await;
        // The card, too: all that follows it then is unproven as well.
        forget(oaxaca, 1);
        rebuild::rebuild(&oaxaca.engine).unwrap();
        assert_eq!(oaxaca.state(WATER).await, whole);

        // A new program does it by itself, at its first start.
        forget(oaxaca, 3);
        oaxaca.engine.store().write_blocking(|tx| setting::put(tx, "understands", "1")).unwrap();
        let now = oaxaca.moment().now();
        tequio_engine::Engine::open((**store).clone(), founding("oaxaca"), now).unwrap();
        assert_eq!(oaxaca.state(WATER).await, whole);
    }

    async fn what_was_not_proven_stays_void(store) {
        let mut scene = Scene::new(store).await;
        let forged = scene.ana.with_new_key();
        let act = forged.create("x", scene.hand.thread("x", &scene.ana, "Falso"));
        scene.assert_void(&act).await;
        let before = scene.victim().view();
        rebuild::rebuild(&scene.victim().engine).unwrap();
        assert_eq!(scene.victim().view(), before);
    }
}

/// Quito's entries from `seq` on are as if they had meant nothing when they came.
fn forget(city: &crate::world::City, seq: i64) {
    let log_id = city.log_of("quito", WATER).id;
    let write = move |tx: &mut tequio_store::Tx<'_>| {
        tequio_store::object::clear_view(tx)?;
        entry::make_void(tx, log_id, seq)
    };
    city.engine.store().write_blocking(write).unwrap();
}
