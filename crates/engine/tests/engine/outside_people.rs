//! What passes between people here and people outside, apart from posts in threads.

use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_engine::{
    Error,
    outside::{self, Taken, member::FOLLOWS_MAX},
    vote::{self, Vote},
};
use tequio_protocol::{activity::PUBLIC, outside::OutsidePost};
use tequio_store::{
    Conn, on_both_databases,
    outside::{follow, item, message, outgoing},
    testing::TestStore,
};

use crate::{
    history::{self, flush},
    stranger::{PUBLISHED, Stranger},
    world::{City, WATER, World},
};

const GROUP: &str = "https://oaxaca.example/t/agua";

/// What waits for a server: inbox, in whose name, what.
fn waiting(city: &City, host: &'static str) -> Vec<(String, String, Value)> {
    let read = move |conn: &mut Conn| outgoing::list(conn, host, 100);
    let rows = city.engine.store().read_blocking(read).unwrap();
    rows.into_iter()
        .map(|row| {
            (
                row.inbox,
                row.actor_uri,
                serde_json::from_str(&row.body).unwrap(),
            )
        })
        .collect()
}

fn rows(city: &City, table: &str) -> usize {
    city.everything()[table].len()
}

fn scene(store: &TestStore) -> (World, Stranger) {
    let world = World::new(store, 1);
    (world, Stranger::new("lemmy.example", "marisol"))
}

on_both_databases! {
    async fn groups_members_and_the_instance_are_followed(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        city.member("ana").await;
        for (name, whom) in [
            ("f1", GROUP), ("f2", "https://oaxaca.example/u/ana"), ("f3", "https://oaxaca.example/"),
        ] {
            let follow = marisol.act(name, "Follow", json!(whom));
            marisol.does(city, &follow).await;
            let (inbox, who, accept) = waiting(city, "lemmy.example").pop().unwrap();
            assert_eq!((inbox.as_str(), who.as_str()), ("https://lemmy.example/u/marisol/inbox", whom));
            assert_eq!((&accept["type"], &accept["actor"]), (&json!("Accept"), &json!(whom)));
            assert_eq!(accept["object"]["id"], follow["id"]);
            assert_eq!(accept["object"]["object"], json!(whom));
        }
        assert_eq!(rows(city, "outside_follower"), 3);
        for whom in [
            "https://oaxaca.example/u/nadie", "https://oaxaca.example/t/nada", "https://oaxaca.example",
            "https://quito.example/t/agua", "https://lemmy.example/u/marisol",
        ] {
            let follow = marisol.act("f4", "Follow", json!(whom));
            assert_eq!(marisol.in_vain(city, &follow).await, "there is nobody here to follow");
        }
        // Asked again under another id, it is answered again.
        marisol.does(city, &marisol.act("f5", "Follow", json!(GROUP))).await;
        assert_eq!((rows(city, "outside_follower"), waiting(city, "lemmy.example").len()), (3, 4));
    }

    async fn who_does_not_follow_any_more_is_forgotten(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let follow = marisol.act("f1", "Follow", json!(GROUP));
        marisol.does(city, &follow).await;
        let pedro = Stranger::new("lemmy.example", "pedro");
        let forged = pedro.act("u0", "Undo", follow["id"].clone());
        pedro.in_vain(city, &forged).await;
        let other = pedro.act("u1", "Undo", pedro.act("new", "Follow", json!(GROUP)));
        assert_eq!(pedro.in_vain(city, &other).await, "it did not follow");
        // Lemmy makes a new Follow for each Undo.
        marisol.does(city, &marisol.act("u2", "Undo", marisol.act("new", "Follow", json!(GROUP)))).await;
        assert_eq!(rows(city, "outside_follower"), 0);
        marisol.does(city, &marisol.act("f2", "Follow", json!(GROUP))).await;
        let by_id = marisol.act("u3", "Undo", json!("https://lemmy.example/activities/f2"));
        marisol.does(city, &by_id).await;
        assert_eq!(rows(city, "outside_follower"), 0);
    }

    async fn likes_from_outside_are_part_of_the_tally(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, beto) = (oaxaca.member("ana").await, oaxaca.member("beto").await);
        let oid = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let question = json!(oaxaca.object(oid).uri);
        history::vote(oaxaca, &beto, oid, Vote::Useful).await;
        world.exchange().await;
        let (marisol, pedro) = (Stranger::new("lemmy.example", "marisol"), Stranger::new("mbin.example", "pedro"));
        marisol.does(oaxaca, &marisol.act("l1", "Like", question.clone())).await;
        pedro.does(quito, &pedro.act("l1", "Like", question.clone())).await;
        assert_eq!(marisol.in_vain(oaxaca, &marisol.act("l2", "Like", question.clone())).await, "it is known");
        for city in &world.cities {
            flush(city).await;
        }
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(quito.object(oid).useful_count, 3);
        let told = oaxaca.bodies("oaxaca", WATER, 0).concat();
        assert!(!told.contains("lemmy.example"), "{told}");

        // A Dislike has no weight, and Lemmy's users change their mind by it.
        let down = pedro.act("d0", "Dislike", question.clone());
        assert_eq!(pedro.in_vain(oaxaca, &down).await, "there is no vote to take back");
        pedro.does(quito, &down).await;
        let undo = marisol.act("u1", "Undo", marisol.act("new", "Like", question.clone()));
        marisol.does(oaxaca, &undo).await;
        let again = marisol.act("u2", "Undo", marisol.act("new", "Like", question));
        marisol.in_vain(oaxaca, &again).await;
        for city in &world.cities {
            flush(city).await;
        }
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(oaxaca.object(oid).useful_count, 1);
        let nothing = marisol.act("l3", "Like", json!("https://oaxaca.example/o/nada"));
        assert_eq!(marisol.in_vain(oaxaca, &nothing).await, "what it likes is not here");
    }

    async fn an_activity_under_anothers_id_or_name_means_nothing(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let pedro = Stranger::new("mbin.example", "pedro");
        let follow = pedro.act("f1", "Follow", json!(GROUP));
        // Remembered under another's id, it would stand in the way of the real one.
        let mut poison = marisol.act("f1", "Follow", json!(GROUP));
        poison["id"] = follow["id"].clone();
        let why = marisol.in_vain(city, &poison).await;
        assert_eq!(why, "its id is on another server than its actor");
        assert_eq!(marisol.in_vain(city, &follow).await, "its actor is described as another");
        pedro.does(city, &follow).await;
        for host in ["oaxaca.example", "quito.example"] {
            let member = Stranger::new(host, "eva");
            let why = member.in_vain(city, &member.act("f1", "Follow", json!(GROUP))).await;
            assert_eq!(why, "its actor is of the network, whose logs speak");
        }
    }

    async fn an_outside_author_is_told_of_votes_and_nobody_else(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let marisol = Stranger::new("lemmy.example", "marisol");
        marisol.does(oaxaca, &marisol.create(marisol.page("1", GROUP, "Filtros"))).await;
        world.exchange().await;
        let oid = Oid::of_uri(&marisol.id("1"));
        // Also from a city that has never heard of the author but in a log.
        for city in &world.cities {
            let ana = city.member("ana").await;
            let useful = vote::set_useful(&city.engine, &ana, city.moment(), oid, Vote::Useful);
            useful.await.unwrap();
            let again = vote::set_useful(&city.engine, &ana, city.moment(), oid, Vote::Useful);
            again.await.unwrap();
            let none = vote::set_useful(&city.engine, &ana, city.moment(), oid, Vote::None);
            none.await.unwrap();
            let sent = waiting(city, "lemmy.example");
            let [(inbox, who, like), (_, _, undo)] = sent.as_slice() else { panic!("{sent:?}") };
            assert_eq!(inbox, "https://lemmy.example/u/marisol/inbox");
            assert_eq!(*who, format!("https://{}.example/u/ana", city.slug));
            assert_eq!((&like["type"], &like["object"]), (&json!("Like"), &json!(marisol.id("1"))));
            assert_eq!((&undo["type"], &undo["object"]["id"]), (&json!("Undo"), &like["id"]));
        }
        assert_eq!(rows(quito, "outside_server"), 1);
        let own = marisol.act("l1", "Like", json!(marisol.id("1")));
        assert_eq!(marisol.in_vain(oaxaca, &own).await, "it is about its actor's own post");
        let beto = oaxaca.member("beto").await;
        let question = oaxaca.ask(&beto, "¿Cuánto cuesta el agua?").await;
        let ana = oaxaca.member("carla").await;
        vote::set_useful(&oaxaca.engine, &ana, oaxaca.moment(), question, Vote::Useful).await.unwrap();
        assert_eq!(rows(oaxaca, "outgoing"), 2);
    }

    async fn a_member_follows_outside_and_is_answered(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let (ana, beto) = (city.member("ana").await, city.member("beto").await);
        let state = |account_id: i64| {
            let uri = marisol.uri.clone();
            let read = move |conn: &mut Conn| follow::by_key(conn, account_id, &uri);
            city.engine.store().read_blocking(read).unwrap().map(|row| row.state)
        };
        outside::follow(&city.engine, &ana, city.moment(), marisol.actor()).await.unwrap();
        outside::follow(&city.engine, &ana, city.moment(), marisol.actor()).await.unwrap();
        outside::follow(&city.engine, &beto, city.moment(), marisol.actor()).await.unwrap();
        let sent = waiting(city, "lemmy.example");
        assert_eq!(sent.len(), 2);
        let (inbox, who, asked) = sent[0].clone();
        assert_eq!((inbox.as_str(), who.as_str()), ("https://lemmy.example/u/marisol/inbox", ana.person_uri()));
        assert_eq!((&asked["type"], &asked["object"]), (&json!("Follow"), &json!(marisol.uri)));
        assert_eq!(state(ana.account_id()).unwrap(), follow::ASKED);

        let pedro = Stranger::new("lemmy.example", "pedro");
        let forged = pedro.act("a0", "Accept", asked.clone());
        assert_eq!(pedro.in_vain(city, &forged).await, "nobody here waits for this answer");
        marisol.does(city, &marisol.act("a1", "Accept", asked.clone())).await;
        assert_eq!(state(ana.account_id()).unwrap(), follow::ACCEPTED);
        marisol.in_vain(city, &marisol.act("a2", "Accept", asked["id"].clone())).await;
        // By the id of the Follow alone, as PieFed may do.
        marisol.does(city, &marisol.act("r1", "Reject", sent[1].2["id"].clone())).await;
        assert_eq!(state(beto.account_id()).unwrap(), follow::REJECTED);
        outside::follow(&city.engine, &beto, city.moment(), marisol.actor()).await.unwrap();
        assert_eq!(state(beto.account_id()).unwrap(), follow::ASKED);

        outside::unfollow(&city.engine, &ana, city.moment(), &marisol.uri).await.unwrap();
        assert_eq!(state(ana.account_id()), None);
        let (_, _, undo) = waiting(city, "lemmy.example").pop().unwrap();
        assert_eq!((&undo["type"], &undo["object"]["id"]), (&json!("Undo"), &asked["id"]));
        let again = outside::unfollow(&city.engine, &ana, city.moment(), &marisol.uri).await;
        assert!(matches!(again, Err(Error::NotFound)));
    }

    async fn what_cannot_be_followed_is_refused(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let before = city.everything();
        let refuse = async |actor| {
            let refused = outside::follow(&city.engine, &ana, city.moment(), actor).await;
            assert!(matches!(&refused, Err(Error::Invalid(invalid)) if invalid.field == "actor"), "{refused:?}");
        };
        refuse(Stranger::new("quito.example", "eva").actor()).await;
        refuse(Stranger::new("oaxaca.example", "ana").actor()).await;
        let mut actor = marisol.actor();
        actor.inbox = "https://victim.example/inbox".to_owned();
        refuse(actor).await;
        assert!(city.everything() == before);
    }

    async fn a_member_follows_a_limited_number(store) {
        let (world, _) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        for number in 0..FOLLOWS_MAX {
            let actor = Stranger::new("lemmy.example", &format!("p{number}")).actor();
            outside::follow(&city.engine, &ana, city.moment(), actor).await.unwrap();
        }
        let actor = Stranger::new("lemmy.example", "more").actor();
        let refused = outside::follow(&city.engine, &ana, city.moment(), actor).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }

    async fn what_a_followed_person_publishes_is_kept_for_the_followers(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let mut note = marisol.page("1", "https://lemmy.example/c/agua", "Cisternas");
        let create = marisol.create(note.clone());
        assert_eq!(marisol.in_vain(city, &create).await, "it is for nobody here");
        outside::follow(&city.engine, &ana, city.moment(), marisol.actor()).await.unwrap();
        marisol.does(city, &create).await;
        let items = |city: &City| {
            let uri = marisol.uri.clone();
            city.engine.store().read_blocking(move |conn: &mut Conn| item::list(conn, &uri, 10)).unwrap()
        };
        assert_eq!(items(city)[0].title, "Cisternas");
        assert!(!items(city)[0].html.contains("script"));
        note["name"] = json!("Cisternas y filtros");
        marisol.does(city, &marisol.update("u1", note)).await;
        assert_eq!(items(city)[0].title, "Cisternas y filtros");
        let pedro = Stranger::new("lemmy.example", "pedro");
        pedro.in_vain(city, &pedro.act("d0", "Delete", json!(marisol.id("1")))).await;
        marisol.does(city, &marisol.act("d1", "Delete", json!(marisol.id("1")))).await;
        assert_eq!(items(city), Vec::new());
        marisol.does(city, &marisol.act("c3", "Create", marisol.page("3", PUBLIC, "Otra"))).await;
        outside::unfollow(&city.engine, &ana, city.moment(), &marisol.uri).await.unwrap();
        assert_eq!(items(city), Vec::new());
    }

    async fn what_a_followed_community_passes_on_is_believed_from_its_origin_only(store) {
        let (world, _) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let group = Stranger::new("lemmy.example", "agua");
        let (near, far) = (Stranger::new("lemmy.example", "marisol"), Stranger::new("mbin.example", "pedro"));
        let passes = |name: &str, object: Value| group.act(name, "Announce", object);
        let create = near.create(near.page("1", &group.uri, "Cerca"));
        let why = group.in_vain(city, &passes("a0", create.clone())).await;
        assert_eq!(why, "nobody here follows its actor");
        outside::follow(&city.engine, &ana, city.moment(), group.actor()).await.unwrap();
        assert!(city.engine.is_followed_outside(&group.uri).await.unwrap());
        assert!(!city.engine.is_followed_outside(&near.uri).await.unwrap());
        group.does(city, &passes("a1", create)).await;
        let page = far.page("2", &group.uri, "Lejos");
        for (name, object) in [("a2", far.create(page.clone())), ("a3", page.clone()), ("a4", page["id"].clone())] {
            let why = group.in_vain(city, &passes(name, object)).await;
            assert_eq!(why, "what it passes on must be fetched from its origin");
        }
        let announce = group.says(&passes("a5", page["id"].clone()));
        let fetched = OutsidePost::read(&page).unwrap();
        let taken = city.engine.take_passed_on(announce.clone(), fetched.clone(), city.moment()).await;
        assert_eq!(taken.unwrap(), Taken::Done);
        let again = city.engine.take_passed_on(announce, fetched.clone(), city.moment()).await;
        assert_eq!(again.unwrap(), Taken::Repeated);
        assert_eq!(rows(city, "outside_item"), 2);

        let mut stolen = page.clone();
        stolen["attributedTo"] = json!(near.uri);
        let announce = group.says(&passes("a6", page["id"].clone()));
        let fetched = OutsidePost::read(&stolen).unwrap();
        let taken = city.engine.take_passed_on(announce, fetched, city.moment()).await.unwrap();
        assert_eq!(taken, Taken::Nothing("it is not its author's"));
        let gone = far.act("d", "Delete", json!(far.id("2")));
        group.in_vain(city, &passes("a7", gone)).await;
        let gone = near.act("d", "Delete", json!(near.id("1")));
        group.does(city, &passes("a8", gone)).await;
        assert_eq!(rows(city, "outside_item"), 1);
        let like = near.act("l", "Like", json!(near.id("1")));
        group.in_vain(city, &passes("a9", like)).await;
    }

    async fn a_private_message_reaches_its_members_and_no_log(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let (ana, _) = (city.member("ana").await, city.member("beto").await);
        let head = city.log_of("oaxaca", WATER).head_seq;
        let message = |text: &str| json!({
            "id": marisol.id("m1"), "type": "ChatMessage", "attributedTo": marisol.uri,
            "to": ["https://oaxaca.example/u/ana", "https://oaxaca.example/u/nadie", GROUP],
            "content": format!("<p>{text}<script>x()</script></p>"), "published": PUBLISHED,
        });
        let private = |name: &str, kind: &str, object: Value| {
            let mut body = marisol.act(name, kind, object);
            body["to"] = json!(["https://oaxaca.example/u/ana"]);
            body
        };
        marisol.does(city, &private("c1", "Create", message("¿Me pasas el plano?"))).await;
        let read = {
            let id = ana.account_id();
            move |conn: &mut Conn| message::list(conn, id, 10)
        };
        let held = city.engine.store().read_blocking(read).unwrap();
        assert_eq!(held[0].html.trim(), "<p>¿Me pasas el plano?</p>");
        assert_eq!(held[0].author_name, "marisol@lemmy.example");
        marisol.does(city, &private("u1", "Update", message("¿Me pasas los planos?"))).await;
        let held = city.engine.store().read_blocking(read).unwrap();
        assert_eq!((held.len(), held[0].html.trim()), (1, "<p>¿Me pasas los planos?</p>"));
        let mut public = message("Para todos");
        public["to"] = json!([PUBLIC]);
        marisol.in_vain(city, &private("u2", "Update", public)).await;
        let pedro = Stranger::new("lemmy.example", "pedro");
        pedro.in_vain(city, &pedro.act("d0", "Delete", json!(marisol.id("m1")))).await;
        marisol.does(city, &private("d1", "Delete", json!(marisol.id("m1")))).await;
        assert_eq!(rows(city, "message"), 0);
        assert_eq!(city.log_of("oaxaca", WATER).head_seq, head);

        for number in 0..31 {
            let mut more = message("Otra");
            more["id"] = json!(marisol.id(&format!("n{number}")));
            marisol.tell(city, &private(&format!("n{number}"), "Create", more)).await;
        }
        assert_eq!(rows(city, "message"), 30);
    }

    async fn reports_reach_the_administrators(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let oid = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let question = city.object(oid).uri;
        let mut flag = marisol.act("f1", "Flag", json!([ana.person_uri(), question, "https://lemmy.example/p/9"]));
        flag["content"] = json!("<b>Publicidad</b>");
        marisol.does(city, &flag).await;
        let reports = city.everything()["report"].clone();
        assert_eq!(reports.len(), 2);
        assert!(reports.iter().all(|row| row.contains("reason=Publicidad closed") || row.contains("reason=Publicidad ")));
        let elsewhere = marisol.act("f2", "Flag", json!("https://lemmy.example/p/9"));
        assert_eq!(marisol.in_vain(city, &elsewhere).await, "what it reports is not here");
    }

    async fn nobody_outside_moderates(store) {
        let (world, marisol) = scene(store);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let oid = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let question = json!(city.object(oid).uri);
        let target = json!(format!("{GROUP}/moderators"));
        for kind in ["Lock", "Add", "Remove", "Block"] {
            let mut act = marisol.act(kind, kind, question.clone());
            act["target"] = target.clone();
            assert_eq!(marisol.in_vain(city, &act).await, "nobody outside moderates here");
        }
        let mut remove = marisol.act("d", "Delete", question.clone());
        remove["summary"] = json!("Fuera de tema");
        assert_eq!(marisol.in_vain(city, &remove).await, "it is about what is on another server");
        marisol.in_vain(city, &marisol.act("x", "Travel", question)).await;
    }
}
