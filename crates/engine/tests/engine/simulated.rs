//! What the simulator (`tests/simulation`) found, each as the shortest history that shows it.

use tequio_engine::{
    Moment, account, rebuild,
    vote::{self, Vote},
};
use tequio_store::on_both_databases;

use crate::{
    history::{flush, profile},
    world::{City, WATER, World},
};

/// A moment after the clock was set back by an hour.
fn an_hour_ago(city: &City) -> Moment {
    let moment = city.moment();
    Moment::new(moment.now().plus_seconds(-3600), moment.bytes("earlier"))
}

on_both_databases! {
    /// Cities show the latest of a member's cards, and so the new name would never have been shown.
    async fn a_new_name_is_shown_when_the_clock_was_set_back(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = oaxaca.member("ana").await;
        oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let earlier = an_hour_ago(oaxaca);
        account::change_profile(&oaxaca.engine, &ana, earlier, profile("Ana R.")).await.unwrap();
        world.exchange().await;
        for city in [oaxaca, quito] {
            assert_eq!(name_of(city, ana.person_uri()), "Ana R.", "{}", city.slug);
            let view = city.view();
            rebuild::rebuild(&city.engine).unwrap();
            assert_eq!(city.view(), view);
        }
        world.assert_agreed().await;
        assert_eq!(quito.state(WATER).await.heads.len(), 1);
    }

    /// The vote was to be told three seconds later, by a clock that was ten hours ahead.
    async fn a_vote_is_told_soon_when_the_clock_was_set_back(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let moment = city.moment();
        let ahead = Moment::new(moment.now().plus_seconds(36_000), moment.bytes("ahead"));
        vote::set_useful(&city.engine, &beto, ahead, question, Vote::Useful).await.unwrap();
        flush(city).await;
        assert_eq!(city.object(question).useful_count, 1);
    }
}

fn name_of(city: &City, uri: &str) -> String {
    let uri = uri.to_owned();
    let read = move |conn: &mut tequio_store::Conn| tequio_store::person::by_uri(conn, &uri);
    let held = city.engine.store().read_blocking(read).unwrap();
    held.unwrap().display_name
}
