//! What a member may not do: the error says so and nothing has changed.

use tequio_domain::{AccountState, Oid};
use tequio_engine::{Error, Member, account, post};
use tequio_store::{on_both_databases, testing::TestStore};

use crate::world::{City, World, new_account, new_texts};

/// Luis and Ana of one city, Eva of another; each has asked something.
struct Scene {
    world: World,
    luis: Member,
    anas: Oid,
    evas: Oid,
    anas_answer: Oid,
}

impl Scene {
    async fn new(store: &TestStore) -> Self {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (luis, ana) = (oaxaca.member("luis").await, oaxaca.member("ana").await);
        let eva = quito.member("eva").await;
        let anas = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let anas_answer = oaxaca.answer(&ana, anas, "Yo sola me contesto.").await;
        let evas = quito.ask(&eva, "¿Y la luz?").await;
        world.exchange().await;
        Self {
            world,
            luis,
            anas,
            evas,
            anas_answer,
        }
    }

    fn city(&self) -> &City {
        &self.world.cities[0]
    }
}

fn assert_forbidden<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Forbidden(_))), "{answer:?}");
}

on_both_databases! {
    async fn anothers_post_is_not_ones_own(store) {
        let scene = Scene::new(store).await;
        let (city, luis) = (scene.city(), &scene.luis);
        let before = city.everything();
        for oid in [scene.anas, scene.evas, scene.anas_answer] {
            let edit = new_texts("Título nuevo", "Texto nuevo");
            assert_forbidden(post::edit(&city.engine, luis, city.moment(), oid, edit).await);
            assert_forbidden(post::delete(&city.engine, luis, city.moment(), oid).await);
        }
        let answer = Some(scene.anas_answer);
        let accepted = post::accept(&city.engine, luis, city.moment(), scene.anas, answer).await;
        assert_forbidden(accepted);
        assert_eq!(city.everything(), before);
    }

    async fn a_deleted_post_is_gone_for_its_author_too(store) {
        let scene = Scene::new(store).await;
        let city = scene.city();
        let ana = account::member(&city.engine, "ana").await.unwrap();
        city.delete(&ana, scene.anas).await;
        let before = city.everything();
        let edit = new_texts("Título nuevo", "Texto nuevo");
        let edited = post::edit(&city.engine, &ana, city.moment(), scene.anas, edit).await;
        let deleted = post::delete(&city.engine, &ana, city.moment(), scene.anas).await;
        let accepted = post::accept(&city.engine, &ana, city.moment(), scene.anas, None).await;
        for answer in [edited, deleted, accepted] {
            assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        }
        assert_eq!(city.everything(), before);
    }

    async fn a_member_does_not_administer(store) {
        let scene = Scene::new(store).await;
        let (city, luis) = (scene.city(), &scene.luis);
        account::register(&city.engine, city.moment(), new_account("nueva")).await.unwrap();
        let before = city.everything();
        let ana = account::member(&city.engine, "ana").await.unwrap().account_id();
        for state in AccountState::ALL {
            assert_forbidden(account::set_state(&city.engine, luis, ana, *state).await);
            let own = luis.account_id();
            assert_forbidden(account::set_state(&city.engine, luis, own, *state).await);
        }
        let new = new_account("otra");
        assert_forbidden(account::create_for(&city.engine, luis, city.moment(), new).await);
        assert_eq!(city.everything(), before);
    }

    async fn an_administrator_does_not_close_their_own_account(store) {
        let scene = Scene::new(store).await;
        let city = scene.city();
        let admin = city.admin("jefa").await;
        let before = city.everything();
        let (own, closed) = (admin.account_id(), AccountState::Closed);
        assert_forbidden(account::set_state(&city.engine, &admin, own, closed).await);
        let nobody = account::set_state(&city.engine, &admin, 999_999, closed).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
        assert_eq!(city.everything(), before);
    }

    async fn an_administrator_does_not_rewrite_members_posts(store) {
        let scene = Scene::new(store).await;
        let city = scene.city();
        let admin = city.admin("jefa").await;
        let before = city.everything();
        let edit = new_texts("Título nuevo", "Texto nuevo");
        assert_forbidden(post::edit(&city.engine, &admin, city.moment(), scene.anas, edit).await);
        assert_eq!(city.everything(), before);
    }
}
