//! What a city lacks before it could coordinate a topic.

use tequio_domain::{Role, Timestamp};
use tequio_engine::account::office;
use tequio_engine::readiness::{BACKUP_MADE_AT, RESTORE_REHEARSED_AT, Readiness};
use tequio_store::{log, on_both_databases, setting, topic};

use crate::world::{City, WATER, World};

fn readiness(city: &City, now: Timestamp) -> Readiness {
    let read = move |conn: &mut tequio_store::Conn| {
        let topic = topic::by_slug(conn, WATER)?;
        Readiness::read(conn, topic.id, now)
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn note(city: &City, name: &'static str, at: Timestamp) {
    let at = at.micros().to_string();
    let written = city
        .engine
        .store()
        .write_blocking(move |tx| setting::put(tx, name, &at));
    written.unwrap();
}

on_both_databases! {
    async fn each_thing_that_is_mended_counts(store) {
        let world = World::new(store, 2);
        let city = &world.cities[0];
        let jefa = city.admin("jefa").await;
        let luis = city.member("luis").await;
        let now = city.moment().now();
        let bare = readiness(city, now);
        assert_eq!((bare.administrators, bare.is_whole, bare.met()), (1, true, 1));
        assert_eq!((bare.backup, bare.rehearsal), (None, None));

        office::set_role(&city.engine, &jefa, luis.account_id(), Role::Admin).await.unwrap();
        note(city, BACKUP_MADE_AT, now);
        note(city, RESTORE_REHEARSED_AT, now);
        let whole = readiness(city, now.plus_seconds(6 * 86_400));
        assert_eq!((whole.administrators, whole.met()), (2, Readiness::OF));
        assert_eq!(whole.backup, Some(now));
        // A week later the backup is too old, and then the rehearsal.
        let later = readiness(city, now.plus_seconds(8 * 86_400));
        assert_eq!((later.backup, later.rehearsal), (None, Some(now)));
        assert_eq!(readiness(city, now.plus_seconds(46 * 86_400)).met(), 2);
    }

    async fn what_is_known_and_not_held_counts_as_missing(store) {
        let world = World::new(store, 2);
        let [city, other] = [&world.cities[0], &world.cities[1]];
        let eva = other.member("eva").await;
        other.ask(&eva, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        let now = city.moment().now();
        assert!(readiness(city, now).is_whole);
        let slug = other.slug;
        let announce = move |tx: &mut tequio_store::Tx<'_>| {
            let topic = topic::by_slug(tx.conn(), WATER)?;
            let held = log::by_home(tx.conn(), topic.id, slug)?.unwrap();
            log::raise_known(tx, held.id, held.head_seq + 1)
        };
        city.engine.store().write_blocking(announce).unwrap();
        assert!(!readiness(city, now).is_whole);
    }
}
