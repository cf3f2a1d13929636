//! Posts of outside authors in our threads: admitted by one city, the same in all.

use serde_json::json;
use tequio_domain::Oid;
use tequio_engine::{
    outside::{
        Taken,
        door::{self, Door, PER_AUTHOR},
    },
    rebuild,
};
use tequio_protocol::activity::{PUBLIC, actor::group_uri};
use tequio_store::{Conn, entry, on_both_databases, outside::server, person};

use crate::{
    stranger::Stranger,
    world::{City, WASTE, WATER, World, base_url},
};

fn group(city: &str) -> String {
    group_uri(&base_url(city), WATER)
}

/// Somebody's post.
fn post(city: &City, uri: &str) -> tequio_store::object::Object {
    city.object(Oid::of_uri(uri))
}

fn person_of(city: &City, uri: &str) -> person::Person {
    let uri = uri.to_owned();
    let read = move |conn: &mut Conn| person::by_uri(conn, &uri);
    city.engine.store().read_blocking(read).unwrap().unwrap()
}

/// Two cities, and Ana's question in the first.
async fn scene(store: &tequio_store::testing::TestStore) -> (World, Stranger, String) {
    let world = World::new(store, 2);
    let ana = world.cities[0].member("ana").await;
    let question = world.cities[0].ask(&ana, "¿Cuánto cuesta el agua?").await;
    world.exchange().await;
    let uri = world.cities[0].object(question).uri;
    (world, Stranger::new("lemmy.example", "marisol"), uri)
}

on_both_databases! {
    async fn a_comment_from_outside_shows_in_every_city(store) {
        let (world, marisol, question) = scene(store).await;
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let mut note = marisol.note("1", &question, "Yo uso <b>grava</b><script>x()</script>.");
        note["summary"] = json!("Trata de <piedras>");
        note["language"] = json!("pt-BR");
        marisol.does(oaxaca, &marisol.create(note)).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            let held = post(city, &marisol.id("1"));
            assert_eq!(held.kind, "comment");
            assert!(held.html.contains("<b>grava</b>") && !held.html.contains("script"), "{}", held.html);
            assert!(held.html.starts_with("<p>⚠ Trata de"), "{}", held.html);
            assert_eq!((held.source.as_str(), held.language.as_str()), ("", "pt-BR"));
            assert_eq!(held.group_uri, group("oaxaca"));
            let author = person_of(city, &marisol.uri);
            assert_eq!(author.id, held.author_id);
            assert_eq!((author.city.as_str(), author.name.as_str()), ("", "marisol@lemmy.example"));
            assert_eq!((author.display_name.as_str(), author.public_key.as_str()), ("marisol de fuera", ""));
            let root = city.object(city.engine.store().read_blocking({
                let question = question.clone();
                move |conn: &mut Conn| tequio_store::object::by_uri(conn, &question)
            }).unwrap().map(|row| Oid::parse(&row.oid).unwrap()).unwrap());
            assert_eq!(root.comment_count, 1);
        }
        // The author's server is handed what is written from then on, its own words included.
        let read = |conn: &mut Conn| {
            let server = server::by_host(conn, "lemmy.example")?.unwrap();
            let later = entry::list_after(conn, server.sent_id, 10)?;
            Ok::<_, tequio_store::Error>(later.into_iter().map(|row| row.activity_uri).collect::<Vec<_>>())
        };
        let later = oaxaca.engine.store().read_blocking(read).unwrap();
        assert_eq!(later.last().unwrap(), "https://lemmy.example/activities/create-1");
        // A member answers in the other city.
        let eva = quito.member("eva").await;
        let answer = quito.answer(&eva, Oid::of_uri(&marisol.id("1")), "¿Qué grava?").await;
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(oaxaca.object(answer).parent_id, Some(post(oaxaca, &marisol.id("1")).id));
        for city in &world.cities {
            let all = city.everything();
            rebuild::rebuild(&city.engine).unwrap();
            assert_eq!(city.everything(), all);
        }
    }

    async fn an_opening_post_becomes_a_conversation(store) {
        let (world, marisol, _) = scene(store).await;
        let oaxaca = &world.cities[0];
        let page = marisol.page("1", &group("oaxaca"), "¿Qué filtro usan?");
        marisol.does(oaxaca, &marisol.create(page)).await;
        let mut untitled = marisol.page("2", &group("oaxaca"), "x");
        untitled["type"] = json!("Note");
        untitled["name"] = json!(null);
        untitled["content"] = json!(format!("<p>Hola.</p><p>{}</p>", "Agua de lluvia ".repeat(20)));
        marisol.does(oaxaca, &marisol.create(untitled)).await;
        let mut mute = marisol.page("3", &group("oaxaca"), "x");
        mute["name"] = json!("");
        mute["content"] = json!("");
        marisol.does(oaxaca, &marisol.create(mute)).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            let titled = post(city, &marisol.id("1"));
            assert_eq!((titled.kind.as_str(), titled.title.as_str()), ("thread", "¿Qué filtro usan?"));
            assert_eq!(titled.root_id, titled.id);
            assert_eq!(titled.html.trim(), "<p>Sobre ¿Qué filtro usan?</p>");
            let untitled = post(city, &marisol.id("2")).title;
            assert!(untitled.starts_with("Hola. Agua de lluvia") && untitled.ends_with('…'), "{untitled}");
            assert!(untitled.chars().count() <= 81, "{untitled}");
            assert_eq!(post(city, &marisol.id("3")).title, "…");
            assert!(city.view()["thread"].iter().filter(|row| row.contains("'kind='")
                || row.contains("conversation")).count() >= 3);
        }
    }

    async fn an_author_changes_and_deletes_what_they_wrote(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        let mut new = marisol.note("1", &question, "Grava y arena.");
        new["updated"] = json!("2026-03-01T13:00:00Z");
        marisol.does(oaxaca, &marisol.update("u1", new.clone())).await;
        assert_eq!(post(oaxaca, &marisol.id("1")).version, 2);
        let mut older = marisol.note("1", &question, "Grava, grava.");
        older["updated"] = json!("2026-03-01T12:45:00Z");
        assert_eq!(marisol.in_vain(oaxaca, &marisol.update("u2", older)).await, "a newer version is here");
        let again = marisol.update("u3", new);
        assert_eq!(marisol.in_vain(oaxaca, &again).await, "it changes nothing that is shown");
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(post(&world.cities[1], &marisol.id("1")).html.trim(), "<p>Grava y arena.</p>");

        let gone = json!({ "id": marisol.id("1"), "type": "Tombstone" });
        marisol.does(oaxaca, &marisol.act("d1", "Delete", gone.clone())).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            let held = post(city, &marisol.id("1"));
            assert!(held.deleted_at.is_some() && held.html.is_empty());
        }
        let late = marisol.update("u4", marisol.note("1", &question, "¿Sigue ahí?"));
        assert_eq!(marisol.in_vain(oaxaca, &late).await, "it is not here");
        let anew = marisol.act("c2", "Create", marisol.note("1", &question, "Otra vez."));
        assert_eq!(marisol.in_vain(oaxaca, &anew).await, "it is here already");
    }

    async fn a_deletion_that_is_taken_back_restores_the_post_as_it_was(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        marisol.does(oaxaca, &marisol.create(marisol.page("page", &group("oaxaca"), "Filtros"))).await;
        marisol.does(oaxaca, &marisol.create(marisol.note("note", &question, "Grava."))).await;
        let mut new = marisol.note("note", &question, "Grava y arena.");
        new["updated"] = json!("2026-03-01T13:00:00Z");
        marisol.does(oaxaca, &marisol.update("u1", new)).await;
        let rows = |city: &City| ["object", "revision"].map(|table| city.view()[table].clone());
        let before = rows(oaxaca);
        for turn in ["first", "second"] {
            for name in ["note", "page"] {
                let delete = format!("delete-{name}-{turn}");
                marisol.does(oaxaca, &marisol.delete(&delete, name)).await;
                assert!(post(oaxaca, &marisol.id(name)).deleted_at.is_some());
            }
            let view = oaxaca.view();
            let texts = [&view["object"], &view["revision"]].map(|rows| rows.join(" "));
            assert!(!texts.iter().any(|text| text.contains("Grava") || text.contains("Filtros")));
            world.exchange().await;
            world.assert_agreed().await;
            for name in ["note", "page"] {
                marisol.does(oaxaca, &marisol.restore(&format!("undo-{name}-{turn}"), name)).await;
            }
            assert_eq!(rows(oaxaca), before);
            world.exchange().await;
            world.assert_agreed().await;
        }
        let quito = &world.cities[1];
        let note = post(quito, &marisol.id("note"));
        assert_eq!((note.html.trim(), note.version), ("<p>Grava y arena.</p>", 2));
        let root = move |conn: &mut Conn| tequio_store::object::by_id(conn, note.root_id);
        assert_eq!(quito.engine.store().read_blocking(root).unwrap().comment_count, 1);
        // It can be changed again, and the tables can be made again from the log.
        let mut newer = marisol.note("note", &question, "Sólo arena.");
        newer["updated"] = json!("2026-03-01T14:00:00Z");
        marisol.does(oaxaca, &marisol.update("u2", newer)).await;
        assert_eq!(post(oaxaca, &marisol.id("note")).version, 3);
        let all = oaxaca.everything();
        rebuild::rebuild(&oaxaca.engine).unwrap();
        assert_eq!(oaxaca.everything(), all);
    }

    async fn only_its_author_takes_a_deletion_back(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        let (pedro, eva) = (Stranger::new("lemmy.example", "pedro"), Stranger::new("mbin.example", "eva"));
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        let alive = "its actor deleted nothing of ours under this id";
        assert_eq!(marisol.in_vain(oaxaca, &marisol.restore("r0", "1")).await, alive);
        assert_eq!(marisol.in_vain(oaxaca, &marisol.restore("r0", "2")).await, alive);
        marisol.does(oaxaca, &marisol.delete("d1", "1")).await;
        // A moderator of the author's server, who may be its administrator: no more than anybody.
        assert_eq!(pedro.in_vain(oaxaca, &pedro.restore("r1", "1")).await, alive);
        let no_post = "it brings back what is not a post";
        let theirs = eva.act("r2", "Undo", eva.act("d2", "Delete", json!(marisol.id("1"))));
        assert_eq!(eva.in_vain(oaxaca, &theirs).await, no_post);
        marisol.does(oaxaca, &marisol.create(marisol.note("3", &question, "Arena."))).await;
        let admin = oaxaca.admin("jefa").await;
        door::set(&oaxaca.engine, &admin, Door::Closed).await.unwrap();
        let closed = "this instance takes no posts from outside now";
        assert_eq!(marisol.in_vain(oaxaca, &marisol.restore("r3", "1")).await, closed);
        door::set(&oaxaca.engine, &admin, Door::Open).await.unwrap();
        marisol.does(oaxaca, &marisol.restore("r3", "1")).await;
        assert_eq!(marisol.tell(oaxaca, &marisol.restore("r3", "1")).await, Taken::Repeated);
        // A deleted account takes nothing back, itself neither.
        marisol.does(oaxaca, &marisol.delete("d3", "3")).await;
        marisol.does(oaxaca, &marisol.act("bye", "Delete", json!(marisol.uri))).await;
        let gone = "its author's account was deleted";
        assert_eq!(marisol.in_vain(oaxaca, &marisol.restore("r4", "3")).await, gone);
        let back = marisol.act("r5", "Undo", marisol.act("bye", "Delete", json!(marisol.uri)));
        assert_eq!(marisol.in_vain(oaxaca, &back).await, no_post);
        world.exchange().await;
        world.assert_agreed().await;
    }

    async fn a_repeat_changes_nothing(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        let create = marisol.create(marisol.note("1", &question, "Grava."));
        marisol.does(oaxaca, &create).await;
        let before = oaxaca.everything();
        assert_eq!(marisol.tell(oaxaca, &create).await, Taken::Repeated);
        assert_eq!(oaxaca.everything(), before);
    }

    async fn an_author_is_attested_once_and_again_when_they_change(store) {
        let (world, mut marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        let start = oaxaca.log_of("oaxaca", WATER).head_seq;
        for name in ["1", "2"] {
            marisol.does(oaxaca, &marisol.create(marisol.note(name, &question, name))).await;
        }
        assert_eq!(oaxaca.log_of("oaxaca", WATER).head_seq, start + 3);
        let document = |who: &Stranger| json!({
            "id": who.uri, "type": "Person", "preferredUsername": who.name,
            "name": who.display_name, "inbox": format!("{}/inbox", who.uri),
        });
        marisol.display_name = "Marisol R.".to_owned();
        marisol.does(oaxaca, &marisol.update("p1", document(&marisol))).await;
        assert_eq!(oaxaca.log_of("oaxaca", WATER).head_seq, start + 4);
        marisol.display_name = "Mari".to_owned();
        marisol.does(oaxaca, &marisol.create(marisol.note("3", &question, "3"))).await;
        assert_eq!(oaxaca.log_of("oaxaca", WATER).head_seq, start + 6);
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(person_of(&world.cities[1], &marisol.uri).display_name, "Mari");
        let pedro = Stranger::new("lemmy.example", "pedro");
        pedro.in_vain(oaxaca, &pedro.update("p2", document(&marisol))).await;
        pedro.in_vain(oaxaca, &pedro.update("p3", document(&pedro))).await;
    }

    async fn who_deletes_their_account_leaves_tombstones(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        marisol.does(oaxaca, &marisol.create(marisol.page("2", &group("oaxaca"), "Filtros"))).await;
        marisol.does(oaxaca, &marisol.act("f", "Follow", json!(group("oaxaca")))).await;
        marisol.does(oaxaca, &marisol.act("l", "Like", json!(question))).await;
        let other = Stranger::new("lemmy.example", "pedro");
        other.does(oaxaca, &other.create(other.note("3", &marisol.id("2"), "Yo también."))).await;
        marisol.does(oaxaca, &marisol.act("bye", "Delete", json!(marisol.uri))).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            for name in ["1", "2"] {
                assert!(post(city, &marisol.id(name)).deleted_at.is_some());
            }
            assert!(post(city, &other.id("3")).deleted_at.is_none());
        }
        let all = oaxaca.everything();
        for table in ["outside_follower", "outside_vote"] {
            assert_eq!(all[table], Vec::<String>::new());
        }
        let back = marisol.create(marisol.note("4", &question, "He vuelto."));
        assert_eq!(marisol.in_vain(oaxaca, &back).await, "its author's account was deleted");
        rebuild::rebuild(&oaxaca.engine).unwrap();
        assert_eq!(oaxaca.everything(), all);
    }

    async fn what_answers_a_siblings_thread_is_handed_over(store) {
        let (world, marisol, question) = scene(store).await;
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let hand_over = Taken::HandOver { group: group("oaxaca") };
        let create = marisol.create(marisol.note("1", &question, "Grava."));
        let before = quito.everything();
        assert_eq!(marisol.tell(quito, &create).await, hand_over);
        assert_eq!(quito.everything(), before);
        marisol.does(oaxaca, &create).await;
        world.exchange().await;
        let update = marisol.update("u1", marisol.note("1", &question, "Arena."));
        assert_eq!(marisol.tell(quito, &update).await, hand_over);
        let delete = marisol.act("d1", "Delete", json!(marisol.id("1")));
        assert_eq!(marisol.tell(quito, &delete).await, hand_over);
        // A member of quito answered there: still oaxaca's thread.
        let eva = quito.member("eva").await;
        let answer = quito.answer(&eva, Oid::of_uri(&marisol.id("1")), "¿Qué?").await;
        let answer = quito.object(answer).uri;
        let create = marisol.create(marisol.note("2", &answer, "Eso."));
        assert_eq!(marisol.tell(quito, &create).await, hand_over);
        world.exchange().await;
        marisol.does(oaxaca, &create).await;
        world.exchange().await;
        world.assert_agreed().await;
    }

    async fn a_post_for_several_groups_stands_in_the_first(store) {
        let (world, marisol, _) = scene(store).await;
        let mut page = marisol.page("1", &group("quito"), "Para dos");
        page["audience"] = json!(null);
        page["to"] = json!([PUBLIC, "https://mastodon.example/users/x", group("quito"), group("oaxaca")]);
        let create = marisol.create(page);
        assert_eq!(marisol.in_vain(&world.cities[0], &create).await, "it is for nobody here");
        marisol.does(&world.cities[1], &create).await;
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(post(&world.cities[0], &marisol.id("1")).group_uri, group("quito"));
    }

    async fn the_door_looks_at_clock_size_and_form(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        let mut ahead = marisol.note("1", &question, "Mañana");
        ahead["published"] = json!("2026-03-02T15:00:00Z");
        assert_eq!(marisol.in_vain(oaxaca, &marisol.create(ahead)).await, "it comes from the future");
        let mut ahead = marisol.note("1", &question, "Mañana");
        ahead["updated"] = json!("2030-01-01T00:00:00Z");
        assert_eq!(marisol.in_vain(oaxaca, &marisol.create(ahead)).await, "it comes from the future");
        let mut fat = marisol.create(marisol.note("1", &question, "Gordo"));
        fat["extra"] = json!("x".repeat(300_000));
        assert_eq!(marisol.in_vain(oaxaca, &fat).await, "it is too long");
        let mut deep = marisol.create(marisol.note("1", &question, "Hondo"));
        deep["extra"] = (0..63).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(marisol.in_vain(oaxaca, &deep).await, "it cannot be read strictly");
        let mut nameless = marisol.create(marisol.note("1", &question, "Sin id"));
        nameless["id"] = json!(null);
        assert_eq!(marisol.in_vain(oaxaca, &nameless).await, "it may not stand in a log");
        let orphan = marisol.create(marisol.note("1", "https://lemmy.example/p/0", "Huérfano"));
        assert_eq!(marisol.in_vain(oaxaca, &orphan).await, "what it answers is not here");
        let astray = marisol.page("1", "https://lemmy.example/c/agua", "Para otros");
        assert_eq!(marisol.in_vain(oaxaca, &marisol.create(astray)).await, "it is for nobody here");
        let nowhere = marisol.page("1", "https://oaxaca.example/t/nada", "Para nadie");
        assert_eq!(marisol.in_vain(oaxaca, &marisol.create(nowhere)).await, "it is for nobody here");
        let body = marisol.create(marisol.note("1", &question, "Dicho"));
        let mut heard = marisol.says(&body);
        heard.body["object"]["content"] = json!("<p>Escrito</p>");
        let taken = oaxaca.engine.take_outside(heard, oaxaca.moment()).await.unwrap();
        assert_eq!(taken, Taken::Nothing("its body says something else"));
    }

    async fn a_deleted_post_is_not_answered(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        marisol.does(oaxaca, &marisol.act("d", "Delete", json!(marisol.id("1")))).await;
        let late = marisol.create(marisol.note("2", &marisol.id("1"), "Tarde"));
        assert_eq!(marisol.in_vain(oaxaca, &late).await, "what it answers is gone");
    }

    async fn an_author_has_a_share_of_each_hour(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        for number in 0..PER_AUTHOR {
            let note = marisol.note(&number.to_string(), &question, "Otra.");
            marisol.does(oaxaca, &marisol.create(note)).await;
        }
        let more = marisol.create(marisol.note("more", &question, "Otra más."));
        assert_eq!(marisol.in_vain(oaxaca, &more).await, "its author has said enough for this hour");
        let other = Stranger::new("lemmy.example", "pedro");
        other.does(oaxaca, &other.create(other.note("p", &question, "Yo no."))).await;
        for _ in 0..1800 {
            oaxaca.moment();
        }
        marisol.does(oaxaca, &more).await;
    }

    async fn a_closed_door_takes_deletions_only(store) {
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        let admin = oaxaca.admin("jefa").await;
        let member = oaxaca.member("beto").await;
        assert!(door::set(&oaxaca.engine, &member, Door::Closed).await.is_err());
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        door::set(&oaxaca.engine, &admin, Door::Closed).await.unwrap();
        assert_eq!(door::state(&oaxaca.engine).await.unwrap(), Door::Closed);
        let closed = "this instance takes no posts from outside now";
        let more = marisol.create(marisol.note("2", &question, "Arena."));
        assert_eq!(marisol.in_vain(oaxaca, &more).await, closed);
        let edit = marisol.update("u", marisol.note("1", &question, "Arena."));
        assert_eq!(marisol.in_vain(oaxaca, &edit).await, closed);
        marisol.does(oaxaca, &marisol.act("d", "Delete", json!(marisol.id("1")))).await;
        door::set(&oaxaca.engine, &admin, Door::Open).await.unwrap();
        marisol.does(oaxaca, &more).await;
    }

    async fn pages_count_outside_authors_in_no_city(store) {
        use tequio_store::page::place;
        let (world, marisol, question) = scene(store).await;
        let oaxaca = &world.cities[0];
        marisol.does(oaxaca, &marisol.create(marisol.note("1", &question, "Grava."))).await;
        let topic_id = oaxaca.log_of("oaxaca", WATER).topic_id;
        let read = move |conn: &mut Conn| {
            let counts = (place::city_counts(conn, topic_id)?, place::people_counts(conn)?);
            let named = person::by_name(conn, "", "marisol@lemmy.example")?;
            let usage = tequio_store::usage::of_instance(conn, "active", "comment", 0)?;
            Ok::<_, tequio_store::Error>((counts, place::people_of(conn, "", 10)?, named, usage))
        };
        let ((written, people), nobody, named, usage) = oaxaca.engine.store().read_blocking(read).unwrap();
        assert_eq!(written, [("oaxaca".to_owned(), 1)]);
        assert_eq!(people, [("oaxaca".to_owned(), 1)]);
        assert_eq!((nobody, named), (Vec::new(), None));
        assert_eq!((usage.posts, usage.comments), (1, 0));
        assert_eq!(oaxaca.log_of("oaxaca", WASTE).head_seq, 0);
    }
}
