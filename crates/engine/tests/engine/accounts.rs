//! Accounts and sessions, from the first administrator to the closed account.

use tequio_domain::{AccountState, Invalid, Role};
use tequio_engine::{
    Engine, Error, Moment,
    account::{
        self,
        office::{self, Rescue},
        reset,
    },
    rebuild,
    session::{self, SESSION_S, SignedIn},
};
use tequio_store::{on_both_databases, testing::dump::Dump};

use crate::world::{City, PASSWORD, VIEW, World, new_account};

async fn sign_in(city: &City, name: &str, password: &str) -> Result<SignedIn, Error> {
    session::sign_in(&city.engine, city.moment(), name, password).await
}

async fn who(city: &City, token: &str) -> Option<String> {
    let member = session::authenticate(&city.engine, city.moment(), token)
        .await
        .unwrap();
    member.map(|member| member.name().to_owned())
}

fn assert_wrong<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::WrongCredentials)), "{answer:?}");
}

fn assert_invalid<T: std::fmt::Debug>(answer: Result<T, Error>, field: &str, need: &str) {
    let Err(Error::Invalid(Invalid {
        field: named,
        need: needed,
    })) = &answer
    else {
        panic!("{answer:?}");
    };
    assert_eq!((*named, *needed), (field, need));
}

/// Two people open the door at the same time.
async fn set_up_twice(engine: &Engine, moments: [Moment; 2], token: &str) -> usize {
    let one = account::set_up(engine, moments[0], token, new_account("una"));
    let two = account::set_up(engine, moments[1], token, new_account("otra"));
    let (one, two) = futures::join!(one, two);
    [one, two].iter().filter(|answer| answer.is_ok()).count()
}

on_both_databases! {
    async fn the_set_up_token_works_once(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        assert!(account::needs_setup(engine).await.unwrap());
        let none = account::set_up(engine, city.moment(), "", new_account("jefa")).await;
        assert_invalid(none, "token", "wrong-token");

        let old = account::new_setup_token(engine, city.moment()).await.unwrap();
        let token = account::new_setup_token(engine, city.moment()).await.unwrap();
        for wrong in [old.as_str(), "", "0"] {
            let refused = account::set_up(engine, city.moment(), wrong, new_account("jefa")).await;
            assert_invalid(refused, "token", "wrong-token");
        }
        let mut short = new_account("jefa");
        short.password = "corta".to_owned();
        let refused = account::set_up(engine, city.moment(), &token, short).await;
        assert_invalid(refused, "password", "too-short");

        let jefa = account::set_up(engine, city.moment(), &token, new_account("jefa")).await.unwrap();
        assert!(jefa.is_admin());
        assert!(!account::needs_setup(engine).await.unwrap());
        let before = city.everything();
        let again = account::set_up(engine, city.moment(), &token, new_account("otra")).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        assert_eq!(city.everything(), before);
    }

    async fn of_two_who_set_up_at_once_one_comes_too_late(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let token = account::new_setup_token(engine, city.moment()).await.unwrap();
        let moments = [city.moment(), city.moment()];
        assert_eq!(set_up_twice(engine, moments, &token).await, 1);
        assert_eq!(city.everything()["account"].len(), 1);
    }

    async fn a_token_is_useless_once_there_is_an_administrator(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let token = account::new_setup_token(engine, city.moment()).await.unwrap();
        city.admin("jefa").await;
        let refused = account::set_up(engine, city.moment(), &token, new_account("otra")).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }

    async fn who_asks_for_an_account_waits_for_an_administrator(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let admin = city.admin("jefa").await;
        account::register(engine, city.moment(), new_account("nueva")).await.unwrap();
        assert_wrong(sign_in(city, "nueva", PASSWORD).await);
        assert_wrong(account::member(engine, "nueva").await);

        let id = account_id(city, "nueva");
        account::set_state(engine, &admin, id, AccountState::Active).await.unwrap();
        let signed_in = sign_in(city, " NUEVA ", PASSWORD).await.unwrap();
        assert_eq!(signed_in.member.name(), "nueva");
        assert!(!signed_in.member.is_admin());

        account::set_state(engine, &admin, id, AccountState::Closed).await.unwrap();
        assert_eq!(who(city, &signed_in.token).await, None);
        assert_wrong(sign_in(city, "nueva", PASSWORD).await);
        assert_eq!(city.everything()["session"], [""; 0]);
    }

    async fn administrators_appoint_and_dismiss_each_other_but_never_themselves(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let jefa = city.admin("jefa").await;
        let (luis, ana) = (city.member("luis").await, city.member("ana").await);
        let before = city.everything();
        for (by, whose) in [(&jefa, &jefa), (&luis, &luis), (&luis, &ana), (&luis, &jefa)] {
            for role in [Role::Admin, Role::Member] {
                let answer = office::set_role(engine, by, whose.account_id(), role).await;
                assert!(matches!(answer, Err(Error::Forbidden(_))), "{answer:?}");
            }
        }
        let nobody = office::set_role(engine, &jefa, 999_999, Role::Admin).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
        assert_eq!(city.everything(), before);

        office::set_role(engine, &jefa, luis.account_id(), Role::Admin).await.unwrap();
        let luis = account::member(engine, "luis").await.unwrap();
        assert!(luis.is_admin());
        office::set_role(engine, &luis, jefa.account_id(), Role::Member).await.unwrap();
        // At the same moment she had decided the same: too late.
        let late = office::set_role(engine, &jefa, luis.account_id(), Role::Member).await;
        assert!(matches!(late, Err(Error::Forbidden(_))), "{late:?}");
        let late = account::set_state(engine, &jefa, luis.account_id(), AccountState::Closed).await;
        assert!(matches!(late, Err(Error::Forbidden(_))), "{late:?}");
        account::set_state(engine, &luis, ana.account_id(), AccountState::Closed).await.unwrap();
        let closed = office::set_role(engine, &luis, ana.account_id(), Role::Admin).await;
        assert!(matches!(closed, Err(Error::Forbidden(_))), "{closed:?}");
    }

    async fn the_operator_helps_who_cannot_sign_in(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let luis = city.member("luis").await;
        let signed_in = sign_in(city, "luis", PASSWORD).await.unwrap();
        let new = "otra frase muy larga";
        let short = Rescue { password: Some("corta".to_owned()), ..Rescue::default() };
        let answer = office::rescue(engine, city.moment(), "luis", short).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        let whole = || Rescue { appoint: true, password: Some(new.to_owned()) };
        let answer = office::rescue(engine, city.moment(), "nadie", whole()).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        assert!(who(city, &signed_in.token).await.is_some());

        office::rescue(engine, city.moment(), "luis", whole()).await.unwrap();
        assert_eq!(who(city, &signed_in.token).await, None);
        assert_wrong(sign_in(city, "luis", PASSWORD).await);
        let again = sign_in(city, "luis", new).await.unwrap();
        assert!(again.member.is_admin() && again.member.account_id() == luis.account_id());
    }

    async fn a_link_for_a_new_password_serves_once_and_signs_nobody_in(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let jefa = city.admin("jefa").await;
        let luis = city.member("luis").await;
        let signed_in = sign_in(city, "luis", PASSWORD).await.unwrap();
        let (new, id) = ("otra frase muy larga", luis.account_id());
        let usurped = reset::offer(engine, &luis, city.moment(), jefa.account_id()).await;
        assert!(matches!(usurped, Err(Error::Forbidden(_))));
        let first = reset::offer(engine, &jefa, city.moment(), id).await.unwrap();
        let token = reset::offer(engine, &jefa, city.moment(), id).await.unwrap();
        assert!(!city.everything()["setting"].iter().any(|row| row.contains(&token)));

        let redeem = |name: &'static str, token: String, new: &'static str| async move {
            reset::redeem(engine, city.moment(), name, &token, new).await
        };
        for (name, token) in [("luis", &first), ("jefa", &token), ("nadie", &token), ("luis", &String::new())] {
            assert_invalid(redeem(name, token.clone(), new).await, "token", "expired-link");
        }
        assert_invalid(redeem("luis", token.clone(), "corta").await, "password", "too-short");
        assert!(who(city, &signed_in.token).await.is_some());
        // Two at once: one of them.
        let both = tokio::join!(redeem("luis", token.clone(), new), redeem("luis", token.clone(), new));
        assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
        assert_eq!(who(city, &signed_in.token).await, None);
        assert_eq!(city.everything()["session"], [""; 0]);
        assert!(sign_in(city, "luis", new).await.is_ok());
        assert_invalid(redeem("luis", token, new).await, "token", "expired-link");
    }

    async fn an_old_link_and_that_of_a_closed_account_serve_no_more(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let jefa = city.admin("jefa").await;
        let id = city.member("luis").await.account_id();
        let token = reset::offer(engine, &jefa, city.moment(), id).await.unwrap();
        let late = Moment::new(city.moment().now().plus_seconds(reset::LINK_S + 60), [0; 32]);
        let answer = reset::redeem(engine, late, "luis", &token, PASSWORD).await;
        assert_invalid(answer, "token", "expired-link");
        account::set_state(engine, &jefa, id, AccountState::Closed).await.unwrap();
        let answer = reset::redeem(engine, city.moment(), "luis", &token, PASSWORD).await;
        assert_invalid(answer, "token", "expired-link");
        let answer = reset::offer(engine, &jefa, city.moment(), id).await;
        assert!(matches!(answer, Err(Error::Forbidden(_))), "{answer:?}");
    }

    async fn nobody_is_shown_before_they_are_let_in(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        let admin = city.admin("jefa").await;
        let before = city.everything();
        account::register(engine, city.moment(), new_account("nueva")).await.unwrap();
        assert_eq!(city.view(), city_view(&before));
        let id = account_id(city, "nueva");
        let waits = account::set_state(engine, &admin, id, AccountState::Pending).await;
        assert!(matches!(waits, Err(Error::Forbidden(_))));

        // Refused: as if nobody had asked.
        account::set_state(engine, &admin, id, AccountState::Closed).await.unwrap();
        assert_eq!(city.everything(), before);

        account::register(engine, city.moment(), new_account("nueva")).await.unwrap();
        let id = account_id(city, "nueva");
        rebuild::rebuild(engine).unwrap();
        assert_eq!(city.view(), city_view(&before));
        account::set_state(engine, &admin, id, AccountState::Active).await.unwrap();
        let shown = city.view();
        assert_eq!(shown["person"].len(), 2);
        account::set_state(engine, &admin, id, AccountState::Closed).await.unwrap();
        rebuild::rebuild(engine).unwrap();
        assert_eq!(city.view(), shown);
    }

    async fn a_wrong_name_and_a_wrong_password_are_told_alike(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        city.member("ana").await;
        let before = city.everything();
        assert_wrong(sign_in(city, "ana", "una clave muy distinta").await);
        assert_wrong(sign_in(city, "ana", "").await);
        assert_wrong(sign_in(city, "nadie", PASSWORD).await);
        assert_wrong(sign_in(city, "ana\u{0}", PASSWORD).await);
        assert_eq!(city.everything(), before);
    }

    async fn a_name_is_given_once(store) {
        let world = World::new(store, 1);
        let (city, engine) = (&world.cities[0], &world.cities[0].engine);
        city.member("ana").await;
        let before = city.everything();
        let again = account::register(engine, city.moment(), new_account("ana")).await;
        assert_invalid(again, "name", "name-taken");
        let wrong = account::register(engine, city.moment(), new_account("Ana María")).await;
        assert_invalid(wrong, "name", "name-form");
        assert_eq!(city.everything(), before);
    }

    async fn a_session_ends_when_it_is_ended_or_old(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        city.member("ana").await;
        let one = sign_in(city, "ana", PASSWORD).await.unwrap();
        let two = sign_in(city, "ana", PASSWORD).await.unwrap();
        assert_ne!(one.token, two.token);
        let kept = format!("{:?}", city.everything());
        assert!(!kept.contains(&one.token), "the token itself is nowhere");
        assert_eq!(who(city, "").await, None);
        assert_eq!(who(city, &one.token).await.as_deref(), Some("ana"));

        session::sign_out(&city.engine, &one.member, &one.token).await.unwrap();
        assert_eq!(who(city, &one.token).await, None);
        assert_eq!(who(city, &two.token).await.as_deref(), Some("ana"));
        let late = Moment::new(city.moment().now().plus_seconds(SESSION_S), [0; 32]);
        let expired = session::authenticate(&city.engine, late, &two.token).await.unwrap();
        assert!(expired.is_none());
    }

    async fn a_session_is_ended_by_its_owner_only(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let luis = city.member("luis").await;
        city.member("ana").await;
        let anas = sign_in(city, "ana", PASSWORD).await.unwrap();
        session::sign_out(&city.engine, &luis, &anas.token).await.unwrap();
        assert_eq!(who(city, &anas.token).await.as_deref(), Some("ana"));
    }

    async fn a_new_password_ends_all_other_sessions(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let here = sign_in(city, "ana", PASSWORD).await.unwrap().token;
        let there = sign_in(city, "ana", PASSWORD).await.unwrap().token;
        let engine = &city.engine;
        let new = "otra clave bastante larga";
        let before = city.everything();
        let (short, wrong) = ("corta", "no es la clave");
        let refused =
            account::change_password(engine, &ana, city.moment(), PASSWORD, short, &here).await;
        assert_invalid(refused, "password", "too-short");
        let refused = account::change_password(engine, &ana, city.moment(), wrong, new, &here).await;
        assert_invalid(refused, "current_password", "wrong-password");
        assert_eq!(city.everything(), before);

        account::change_password(engine, &ana, city.moment(), PASSWORD, new, &here).await.unwrap();
        assert_eq!(who(city, &here).await.as_deref(), Some("ana"));
        assert_eq!(who(city, &there).await, None);
        assert_wrong(sign_in(city, "ana", PASSWORD).await);
        sign_in(city, "ana", new).await.unwrap();
    }
}

/// Of all tables those that the entries make.
fn city_view(all: &Dump) -> Dump {
    let part = all
        .iter()
        .filter(|(table, _)| VIEW.contains(&table.as_str()));
    part.map(|(table, rows)| (table.clone(), rows.clone()))
        .collect()
}

fn account_id(city: &City, name: &'static str) -> i64 {
    let read = move |conn: &mut tequio_store::Conn| tequio_store::account::by_name(conn, name);
    city.engine.store().read_blocking(read).unwrap().unwrap().id
}
