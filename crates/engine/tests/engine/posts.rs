//! Asking, answering, editing, deleting, accepting; and what other cities see of it.

use tequio_domain::{Invalid, ThreadKind};
use tequio_engine::{
    Error, account, comment, post,
    thread::{self, NewThread},
};
use tequio_store::{
    object::{self, detail},
    on_both_databases, person,
};

use crate::{
    history::profile,
    world::{City, WASTE, WATER, World, new_texts},
};

fn invalid(error: &Error) -> Option<&Invalid> {
    match error {
        Error::Invalid(invalid) => Some(invalid),
        _ => None,
    }
}

fn accepted(city: &City, thread: tequio_domain::Oid) -> Option<String> {
    let id = city.object(thread).id;
    let read = move |conn: &mut tequio_store::Conn| detail::thread(conn, id);
    city.engine
        .store()
        .read_blocking(read)
        .unwrap()
        .unwrap()
        .answer_uri
}

on_both_databases! {
    /// A text that is short enough may be more than siblings read, as it is shown.
    async fn what_siblings_would_not_read_is_not_written(store) {
        let world = World::new(store, 2);
        let oaxaca = &world.cities[0];
        let ana = oaxaca.member("ana").await;
        let thread = oaxaca.ask(&ana, "Corto").await;
        let before = oaxaca.everything();
        let text = "<http://a.a> ".repeat(3800);
        let refused = comment::add(&oaxaca.engine, &ana, oaxaca.moment(), thread, &text).await;
        let refused = refused.unwrap_err();
        assert_eq!(invalid(&refused), Some(&Invalid::new("body", "too-long-shown")), "{refused:?}");
        assert_eq!(oaxaca.everything(), before);
        let text = "ñ".repeat(25_000);
        comment::add(&oaxaca.engine, &ana, oaxaca.moment(), thread, &text).await.unwrap();
        world.exchange().await;
        world.assert_agreed().await;
    }

    async fn a_question_and_its_answer_are_the_same_everywhere(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, eva) = (oaxaca.member("ana").await, quito.member("eva").await);
        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        let answer = quito.answer(&eva, question, "Doce *pesos*.").await;
        world.exchange().await;
        world.assert_agreed().await;

        for city in &world.cities {
            let (thread, comment) = (city.object(question), city.object(answer));
            assert_eq!(thread.title, "¿Cuánto cuesta el agua?");
            assert_eq!(thread.html.trim(), "<p>Pregunta: <strong>¿Cuánto cuesta el agua?</strong></p>");
            assert_eq!((thread.comment_count, thread.last_activity_at), (1, comment.created_at));
            assert_eq!(comment.source, "Doce *pesos*.");
            assert_eq!((comment.parent_id, comment.root_id), (Some(thread.id), thread.id));
            assert_eq!(comment.group_uri, "https://oaxaca.example/t/agua");
            assert_eq!(thread.root_id, thread.id);
        }
    }

    async fn an_edit_makes_a_version(store) {
        let world = World::new(store, 2);
        let oaxaca = &world.cities[0];
        let ana = oaxaca.member("ana").await;
        let question = oaxaca.ask(&ana, "Primera").await;
        oaxaca.edit(&ana, question, "Segunda", "Nuevo texto").await;
        world.exchange().await;
        for city in &world.cities {
            let row = city.object(question);
            assert_eq!((row.title.as_str(), row.source.as_str()), ("Segunda", "Nuevo texto"));
            assert!(row.version == 2 && row.updated_at.is_some());
            let read = move |conn: &mut tequio_store::Conn| object::revisions(conn, row.id);
            let kept = city.engine.store().read_blocking(read).unwrap();
            let titles: Vec<_> = kept.iter().map(|kept| kept.title.as_str()).collect();
            assert_eq!(titles, ["Segunda", "Primera"]);
        }
    }

    async fn a_deleted_post_leaves_a_tombstone_without_text(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, eva) = (oaxaca.member("ana").await, quito.member("eva").await);
        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        let answer = quito.answer(&eva, question, "Un secreto.").await;
        quito.edit(&eva, answer, "", "Otro secreto.").await;
        world.exchange().await;
        quito.delete(&eva, answer).await;
        world.exchange().await;
        world.assert_agreed().await;
        for city in &world.cities {
            assert!(city.object(answer).deleted_at.is_some());
            assert_eq!(city.object(question).comment_count, 0);
            let texts = format!("{:?}", city.view());
            assert!(!texts.contains("secreto"), "{texts}");
        }
        let refused = comment::add(&quito.engine, &eva, quito.moment(), answer, "¿Hola?").await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }

    async fn an_answer_is_accepted_and_the_acceptance_taken_back(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (ana, eva) = (oaxaca.member("ana").await, quito.member("eva").await);
        let question = oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let other = oaxaca.ask(&ana, "¿Y la luz?").await;
        world.exchange().await;
        let answer = quito.answer(&eva, question, "Doce.").await;
        world.exchange().await;
        let engine = &oaxaca.engine;
        post::accept(engine, &ana, oaxaca.moment(), question, Some(answer)).await.unwrap();
        world.exchange().await;
        for city in &world.cities {
            assert_eq!(accepted(city, question), Some(city.object(answer).uri));
            assert_eq!(city.object(question).version, 1);
        }
        for (thread, comment) in [(other, answer), (question, other), (question, question)] {
            let error = post::accept(engine, &ana, oaxaca.moment(), thread, Some(comment)).await;
            assert_eq!(invalid(&error.unwrap_err()).unwrap().need, "not-in-thread");
        }
        oaxaca.edit(&ana, question, "Editada", "Sigue aceptada").await;
        assert!(accepted(oaxaca, question).is_some());
        post::accept(engine, &ana, oaxaca.moment(), question, None).await.unwrap();
        world.exchange().await;
        assert_eq!(accepted(quito, question), None);
        world.assert_agreed().await;
    }

    async fn a_conversation_has_no_answer(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let new = NewThread {
            topic: WASTE.to_owned(),
            kind: ThreadKind::Conversation,
            title: "Sobre la basura".to_owned(),
            body: "Hablemos.".to_owned(),
        };
        let thread = thread::open(&city.engine, &ana, city.moment(), new).await.unwrap();
        let comment = city.answer(&ana, thread, "Bien.").await;
        let error = post::accept(&city.engine, &ana, city.moment(), thread, Some(comment)).await;
        assert_eq!(invalid(&error.unwrap_err()).unwrap().need, "not-a-question");
    }

    async fn texts_that_cannot_be_taken_name_their_field(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let question = city.ask(&ana, "¿Cuánto cuesta el agua?").await;
        let before = city.everything();
        let engine = &city.engine;
        let edits = [("ab", "x", "title"), ("Buena", " ", "body")];
        for (title, body, field) in edits {
            let new = NewThread {
                topic: WATER.to_owned(),
                kind: ThreadKind::Question,
                title: title.to_owned(),
                body: body.to_owned(),
            };
            let opened = thread::open(engine, &ana, city.moment(), new).await.unwrap_err();
            assert_eq!(invalid(&opened).unwrap().field, field);
            let edit = new_texts(title, body);
            let edited = post::edit(engine, &ana, city.moment(), question, edit).await.unwrap_err();
            assert_eq!(invalid(&edited).unwrap().field, field);
        }
        let empty = comment::add(engine, &ana, city.moment(), question, "\n").await.unwrap_err();
        assert_eq!(invalid(&empty).unwrap().field, "body");
        assert_eq!(city.everything(), before);
    }

    async fn an_unknown_topic_or_post_is_not_found(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let nowhere = city.moment().object_oid("https://nadie.example");
        let new = |topic: &str| NewThread {
            topic: topic.to_owned(),
            kind: ThreadKind::Question,
            title: "¿Hay alguien?".to_owned(),
            body: "Hola.".to_owned(),
        };
        let engine = &city.engine;
        let opened = thread::open(engine, &ana, city.moment(), new("nada")).await.map(drop);
        let strange = thread::open(engine, &ana, city.moment(), new("agua\0")).await.map(drop);
        let said = comment::add(engine, &ana, city.moment(), nowhere, "Hola.").await.map(drop);
        let deleted = post::delete(engine, &ana, city.moment(), nowhere).await;
        for answer in [opened, strange, said, deleted] {
            assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        }
    }

    async fn a_changed_profile_is_a_new_card_wherever_the_old_one_stands(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = oaxaca.member("ana").await;
        oaxaca.ask(&ana, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        let engine = &oaxaca.engine;
        account::change_profile(engine, &ana, oaxaca.moment(), profile("Ana R.")).await.unwrap();
        assert_eq!(oaxaca.log_of("oaxaca", WATER).head_seq, 3);
        assert_eq!(oaxaca.log_of("oaxaca", WASTE).head_seq, 0);
        world.exchange().await;
        world.assert_agreed().await;

        let uri = ana.person_uri().to_owned();
        let read = move |conn: &mut tequio_store::Conn| person::by_uri(conn, &uri);
        let shown = quito.engine.store().read_blocking(read).unwrap().unwrap();
        assert_eq!((shown.display_name.as_str(), shown.post.as_str()), ("Ana R.", "Dirección"));
        // The next act needs no card.
        oaxaca.ask(&ana, "¿Y la luz?").await;
        assert_eq!(oaxaca.log_of("oaxaca", WATER).head_seq, 4);
    }

    async fn entries_of_one_moment_have_different_ids(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        for topic in [WATER, WASTE] {
            let new = NewThread {
                topic: topic.to_owned(),
                kind: ThreadKind::Question,
                title: "¿Qué hay de nuevo?".to_owned(),
                body: "Hola.".to_owned(),
            };
            thread::open(&city.engine, &ana, city.moment(), new).await.unwrap();
        }
        account::change_profile(&city.engine, &ana, city.moment(), profile("Ana R.")).await.unwrap();
        let mut ids: Vec<_> = city.everything()["entry"].iter().map(|row| id_in(row)).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), count), (6, 6));
    }
}

/// The id of an entry in a dumped row.
fn id_in(row: &str) -> String {
    let (_, rest) = row.split_once(" uri=").unwrap();
    rest.split(' ').next().unwrap().to_owned()
}
