//! The tables anew from the log are the tables as they were.

use tequio_domain::Timestamp;
use tequio_engine::{Engine, Error, rebuild};
use tequio_store::{on_both_databases, testing};

use crate::{
    history,
    world::{CITIES, City, WATER, World, founding},
};

on_both_databases! {
    async fn a_rebuild_changes_nothing(store) {
        let world = World::new(store, 3);
        history::write(&world).await;
        for city in &world.cities {
            let (all, state) = (city.everything(), city.state(WATER).await);
            let read = rebuild::rebuild(&city.engine).unwrap();
            assert_eq!(usize::try_from(read).unwrap(), all["entry"].len());
            assert_eq!(city.everything(), all);
            assert_eq!(city.state(WATER).await, state);
        }
    }

    async fn a_rebuild_keeps_what_waits(store) {
        let makers_store = testing::sqlite();
        let makers = World::new(&makers_store, 3);
        history::write(&makers).await;
        let groups = makers.cities.iter().flat_map(City::groups).collect();
        let city = City::newcomer_on(CITIES[3], store, groups);
        // Not the first city's: all that hangs on its question waits.
        city.pull(&makers.cities[2], WATER).await;
        city.pull(&makers.cities[1], WATER).await;
        let (all, state) = (city.everything(), city.state(WATER).await);
        assert!(city.waiting() > 5);
        rebuild::rebuild(&city.engine).unwrap();
        assert_eq!(city.everything(), all);
        assert_eq!(city.state(WATER).await, state);

        city.pull(&makers.cities[0], WATER).await;
        assert_eq!(city.state(WATER).await, makers.cities[0].state(WATER).await);
    }

    async fn work_goes_on_after_a_rebuild(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = oaxaca.member("ana").await;
        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        rebuild::rebuild(&oaxaca.engine).unwrap();
        oaxaca.edit(&ana, question, "¿Cuánto cuesta un litro?", "De agua.").await;
        world.exchange().await;
        rebuild::rebuild(&quito.engine).unwrap();
        world.assert_agreed().await;
    }

    async fn founding_again_changes_nothing(store) {
        let world = World::new(store, 2);
        history_of_one(&world.cities[0]).await;
        let before = world.cities[0].everything();
        let later = Timestamp::from_micros(2_000_000_000_000_000);
        Engine::open((*store).clone(), founding(CITIES[0]), later).unwrap();
        assert_eq!(world.cities[0].everything(), before);

        let other = Engine::open((*store).clone(), founding(CITIES[1]), later);
        assert!(matches!(other.map(drop), Err(Error::OtherInstance { .. })));
        assert_eq!(world.cities[0].everything(), before);
    }
}

async fn history_of_one(city: &City) {
    let ana = city.member("ana").await;
    city.ask(&ana, "¿Cuánto cuesta el agua?").await;
}
