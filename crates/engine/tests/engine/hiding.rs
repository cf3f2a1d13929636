//! What an administrator hides is hidden in their own city, and nowhere else.

use tequio_domain::Oid;
use tequio_engine::{Error, hide, rebuild};
use tequio_store::{Conn, hidden, on_both_databases, page::list};

use crate::world::{City, WATER, World};

/// Whether a thread is on a city's lists.
fn is_listed(city: &City, oid: Oid) -> bool {
    let read = |conn: &mut Conn| {
        list::threads(conn, &list::ThreadFilter::default(), list::Slice::first(50))
    };
    let rows = city.engine.store().read_blocking(read).unwrap();
    rows.iter().any(|row| row.oid == oid.to_string())
}

on_both_databases! {
    async fn what_is_hidden_is_hidden_here_only_and_survives_a_rebuild(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let admin = oaxaca.admin("jefa").await;
        let eva = quito.member("eva").await;
        let thread = quito.ask(&eva, "Vendo un carro").await;
        world.exchange().await;
        let before = oaxaca.state(WATER).await;
        hide::hide(&oaxaca.engine, &admin, oaxaca.moment(), thread, " Lo  pidió un juez ").await.unwrap();
        assert!(!is_listed(oaxaca, thread) && is_listed(quito, thread));
        // What the cities share is what it was, and nothing was written for others.
        assert_eq!(oaxaca.state(WATER).await, before);
        let everything = oaxaca.everything();
        rebuild::rebuild(&oaxaca.engine).unwrap();
        assert_eq!(oaxaca.everything(), everything);
        // A new version of it is hidden like the one before.
        quito.edit(&eva, thread, "Vendo dos carros", "Los dos.").await;
        world.exchange().await;
        world.assert_agreed().await;
        assert!(!is_listed(oaxaca, thread));
        let uri = oaxaca.object(thread).uri;
        let read = move |conn: &mut Conn| hidden::by_uri(conn, &uri);
        let held = oaxaca.engine.store().read_blocking(read).unwrap().unwrap();
        assert_eq!((held.reason.as_str(), held.by_name.as_str()), ("Lo pidió un juez", "jefa"));
        hide::show(&oaxaca.engine, &admin, thread).await.unwrap();
        assert!(is_listed(oaxaca, thread));
    }

    async fn only_administrators_hide_and_say_why(store) {
        let world = World::new(store, 1);
        let oaxaca = &world.cities[0];
        let (admin, ana) = (oaxaca.admin("jefa").await, oaxaca.member("ana").await);
        let thread = oaxaca.ask(&ana, "¿Quién puede?").await;
        let before = oaxaca.everything();
        let hide = async |who, oid, why: &str| {
            hide::hide(&oaxaca.engine, who, oaxaca.moment(), oid, why).await
        };
        assert!(matches!(hide(&ana, thread, "Porque sí").await, Err(Error::Forbidden(_))));
        assert!(matches!(hide::show(&oaxaca.engine, &ana, thread).await, Err(Error::Forbidden(_))));
        assert!(matches!(hide(&admin, thread, " ").await, Err(Error::Invalid(_))));
        let long = "ñ".repeat(hide::REASON_MAX + 1);
        assert!(matches!(hide(&admin, thread, &long).await, Err(Error::Invalid(_))));
        let nothing = Oid::of_uri("https://otra.example/o/1");
        assert!(matches!(hide(&admin, nothing, "Nada").await, Err(Error::NotFound)));
        assert_eq!(oaxaca.everything(), before);
    }
}
