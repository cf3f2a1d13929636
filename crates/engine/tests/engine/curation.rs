//! Who may write in a topic, what stands first in it, and what it says of itself: the coordination's
//! word, the same in every city.

use tequio_domain::{CollectionSlug, KnowledgeKind, License, Oid, Timestamp, ledger::Reason};
use tequio_engine::{
    Error, Member, account, knowledge,
    ledger::{
        curation::{self, COLLECTIONS_MAX, Issue, NewCollection},
        ruling::{self, Ban, FEATURED_MAX},
    },
    post, rebuild, thread,
};
use tequio_protocol::activity::{
    actor::group_uri,
    ledger::{
        COLLECTED_MAX, COLLECTION_NAME_MAX, Collection, PRIORITIES_MAX, PRIORITY_MAX, PageTexts,
        Priority, Ruling, SUMMARY_MAX, TopicPage,
    },
};
use tequio_store::{
    Conn, on_both_databases,
    ruling::{BANNED, FEATURED, Ruling as Row},
    topic,
};

use crate::{
    ledger::{Scene, on_water, reason},
    stranger::Stranger,
    world::{City, WATER, base_url, new_texts},
};

/// Rulings of a kind in force.
fn of_kind(city: &City, kind: &'static str) -> Vec<Row> {
    let read = move |conn: &mut Conn| {
        let topic = topic::by_slug(conn, WATER)?;
        tequio_store::ruling::of_kind(conn, topic.id, kind, 100)
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn page_of(city: &City) -> TopicPage {
    let read = |conn: &mut Conn| {
        let topic = topic::by_slug(conn, WATER)?;
        curation::page_of(conn, &topic)
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn priorities_of(city: &City) -> Vec<Priority> {
    let read = |conn: &mut Conn| {
        let topic = topic::by_slug(conn, WATER)?;
        curation::priorities_of(conn, topic.id)
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn collections_of(city: &City) -> Vec<(CollectionSlug, Collection)> {
    let read = |conn: &mut Conn| {
        let topic = topic::by_slug(conn, WATER)?;
        curation::collections_of(conn, &topic)
    };
    city.engine.store().read_blocking(read).unwrap()
}

async fn add_knowledge(city: &City, who: &Member, title: &str) -> Oid {
    let new = knowledge::NewKnowledge {
        topic: WATER.to_owned(),
        kind: KnowledgeKind::Tool,
        audience: None,
        license: License::Cc0,
        title: title.to_owned(),
        summary: String::new(),
        body: "Texto.".to_owned(),
        files: Vec::new(),
        adaptation_of: None,
    };
    knowledge::add(&city.engine, who, city.moment(), new)
        .await
        .unwrap()
}

async fn rule(scene: &Scene, by: usize, oid: Oid, ruling: Ruling) -> Result<(), Error> {
    let (city, admin) = (&scene.world.cities[by], &scene.admins[by]);
    ruling::rule(
        &city.engine,
        admin,
        city.moment(),
        "Así quedó.",
        (oid, ruling),
    )
    .await
}

async fn ban(
    scene: &Scene,
    by: usize,
    person_uri: &str,
    until: Option<Timestamp>,
) -> Result<(), Error> {
    let (city, admin) = (&scene.world.cities[by], &scene.admins[by]);
    let ban = Ban {
        topic: WATER.to_owned(),
        person_uri: person_uri.to_owned(),
        until,
    };
    ruling::ban(
        &city.engine,
        admin,
        city.moment(),
        "Insultó a una colega.",
        ban,
    )
    .await
}

async fn ask(city: &City, who: &Member, title: &str) -> Result<Oid, Error> {
    let new = thread::NewThread {
        topic: WATER.to_owned(),
        kind: tequio_domain::ThreadKind::Question,
        title: title.to_owned(),
        body: "Pregunta.".to_owned(),
    };
    thread::open(&city.engine, who, city.moment(), new).await
}

#[track_caller]
fn assert_invalid<T: std::fmt::Debug>(outcome: Result<T, Error>, field: &str, need: &str) {
    match outcome {
        Err(Error::Invalid(invalid)) => assert_eq!((invalid.field, invalid.need), (field, need)),
        other => panic!("{other:?}"),
    }
}

/// All cities hold the same, and would make it again from their logs.
async fn assert_sound(scene: &Scene) {
    scene.world.exchange().await;
    scene.world.assert_agreed().await;
    for city in &scene.world.cities {
        let before = city.view();
        rebuild::rebuild(&city.engine).unwrap();
        assert_eq!(city.view(), before, "{}", city.slug);
    }
}

fn texts(summary: &str) -> PageTexts {
    PageTexts {
        summary: summary.to_owned(),
        for_deciders: "Cuesta **menos**.".to_owned(),
        for_practitioners: "- uno\n- dos".to_owned(),
    }
}

fn issue(name: &str, about: Option<Oid>) -> Issue {
    Issue {
        name: name.to_owned(),
        about,
    }
}

on_both_databases! {
    async fn who_is_banned_writes_nowhere_in_the_topic_until_the_ban_ends(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        let rita = cities[1].member("rita").await;
        let mine = ask(&cities[1], &rita, "¿Quién me oye?").await.unwrap();
        let theirs = cities[2].ask(&scene.admins[2], "¿Y a mí?").await;
        scene.world.exchange().await;
        let until = cities[0].moment().now().plus_seconds(3600);
        ban(&scene, 0, rita.person_uri(), Some(until)).await.unwrap();
        scene.world.exchange().await;
        for city in cities {
            let held = of_kind(city, BANNED);
            assert_eq!(held[0].object_uri, rita.person_uri());
            assert_eq!(held[0].ends_at, Some(until.micros()));
        }
        let (engine, now) = (&cities[1].engine, cities[1].moment());
        assert_invalid(ask(&cities[1], &rita, "¿Ni aquí?").await, "body", "banned");
        let answer = tequio_engine::comment::add(engine, &rita, now, theirs, "Pues sí").await;
        assert_invalid(answer, "body", "banned");
        let edit = post::edit(engine, &rita, now, mine, new_texts("Otra cosa", "Otro texto")).await;
        assert_invalid(edit, "body", "banned");
        // What they wrote they may still take away; others write as ever.
        post::delete(engine, &rita, now, mine).await.unwrap();
        ask(&cities[1], &scene.admins[1], "¿Y nosotros?").await.unwrap();
        let later = tequio_engine::Moment::new(until, [9; 32]);
        tequio_engine::comment::add(engine, &rita, later, theirs, "Ya volví").await.unwrap();
        assert_sound(&scene).await;
    }

    async fn a_ban_is_replaced_and_lifted_and_reaches_outsiders(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let marisol = Stranger::new("lemmy.example", "marisol");
        let group = group_uri(&base_url(cities[1].slug), WATER);
        let first = marisol.page("1", &group, "¿Qué filtro usan?");
        marisol.does(&cities[1], &marisol.create(first)).await;
        scene.world.exchange().await;
        let until = cities[0].moment().now().plus_seconds(3600);
        ban(&scene, 0, &marisol.uri, Some(until)).await.unwrap();
        ban(&scene, 0, &marisol.uri, None).await.unwrap();
        scene.world.exchange().await;
        assert_eq!(of_kind(&cities[1], BANNED)[0].ends_at, None);
        let second = marisol.create(marisol.page("2", &group, "¿Y hoy?"));
        let why = marisol.in_vain(&cities[1], &second).await;
        assert_eq!(why, "its author may not write in this topic now");
        let (city, admin) = (&cities[0], &scene.admins[0]);
        let lift = |uri: String| {
            ruling::unban(&city.engine, admin, city.moment(), "Se disculpó.", (WATER, uri))
        };
        lift(marisol.uri.clone()).await.unwrap();
        let again = lift(marisol.uri.clone()).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        scene.world.exchange().await;
        assert_eq!(of_kind(&cities[1], BANNED), []);
        marisol.does(&cities[1], &second).await;
        assert_sound(&scene).await;
    }

    async fn a_ban_that_makes_no_sense_is_refused(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let rita = cities[0].member("rita").await;
        ask(&cities[0], &rita, "Para que me conozcan").await.unwrap();
        let before = cities[0].everything();
        let now = cities[0].moment().now();
        assert_invalid(ban(&scene, 0, rita.person_uri(), Some(now)).await, "until", "ahead");
        let oneself = ban(&scene, 0, scene.admins[0].person_uri(), None).await;
        assert!(matches!(oneself, Err(Error::Forbidden(_))), "{oneself:?}");
        let nobody = ban(&scene, 0, "https://oaxaca.example/u/nadie", None).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
        let other = reason(ban(&scene, 1, scene.admins[0].person_uri(), None).await);
        assert!(matches!(other, Reason::NotCoordinator { .. }), "{other}");
        assert_eq!(cities[0].everything(), before);
    }

    async fn ten_threads_stand_first_and_no_answer(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let mut threads = Vec::new();
        for number in 0..=FEATURED_MAX {
            threads.push(cities[1].ask(&scene.admins[1], &format!("Consulta {number}")).await);
        }
        let answer = cities[1].answer(&scene.admins[1], threads[0], "Una respuesta").await;
        scene.world.exchange().await;
        let nested = rule(&scene, 0, answer, Ruling::Feature).await;
        assert!(matches!(nested, Err(Error::NotFound)), "{nested:?}");
        let (last, first) = threads.split_last().unwrap();
        for thread in first {
            rule(&scene, 0, *thread, Ruling::Feature).await.unwrap();
        }
        // One that is there already is not one more.
        rule(&scene, 0, first[0], Ruling::Feature).await.unwrap();
        assert_invalid(rule(&scene, 0, *last, Ruling::Feature).await, "ruling", "too-many-featured");
        rule(&scene, 0, first[3], Ruling::Unfeature).await.unwrap();
        rule(&scene, 0, *last, Ruling::Feature).await.unwrap();
        assert_sound(&scene).await;
        for city in cities {
            let held = of_kind(city, FEATURED);
            assert_eq!(held.len(), FEATURED_MAX);
            assert_eq!(held[0].object_uri, city.object(*last).uri);
        }
    }

    async fn a_topic_says_of_itself_what_its_coordination_last_said(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        let from_kit = page_of(&cities[0]);
        assert!(!from_kit.es.summary.is_empty());
        let page = |summary: &str| TopicPage {
            es: texts(summary),
            en: PageTexts::default(),
        };
        let set = async |by: usize, page| {
            let (city, admin) = (&cities[by], &scene.admins[by]);
            let speech = on_water("Como se acordó en el taller.");
            curation::set_page(&city.engine, admin, city.moment(), speech, page).await
        };
        set(0, page(" Agua  para todos ")).await.unwrap();
        scene.world.exchange().await;
        for city in cities {
            assert_eq!(page_of(city), page("Agua para todos"), "{}", city.slug);
        }
        let too_long = "ñ".repeat(SUMMARY_MAX + 1);
        assert_invalid(set(0, page(" ")).await, "summary-es", "missing");
        assert_invalid(set(0, page(&too_long)).await, "summary-es", "too-long");
        let before = cities[1].everything();
        let other = reason(set(1, page("Nuestra")).await);
        assert!(matches!(other, Reason::NotCoordinator { .. }), "{other}");
        assert_eq!(cities[1].everything(), before);
        // What the next coordinator says outranks it, whatever comes first.
        scene.hand_over(0, 1).await;
        set(1, page("Agua de todos")).await.unwrap();
        assert_sound(&scene).await;
        for city in cities {
            assert_eq!(page_of(city).es.summary, "Agua de todos", "{}", city.slug);
        }
    }

    async fn the_most_pressing_issues_are_ranked(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let thread = cities[1].ask(&scene.admins[1], "¿Cómo se cobra?").await;
        scene.world.exchange().await;
        let set = async |issues| {
            let (city, admin) = (&cities[0], &scene.admins[0]);
            let speech = on_water("Votado en el taller.");
            curation::set_priorities(&city.engine, admin, city.moment(), speech, issues).await
        };
        set(vec![issue("Reparar fugas", None)]).await.unwrap();
        set(vec![issue(" Cobrar  el agua", Some(thread)), issue("Reparar fugas", None)]).await.unwrap();
        assert_sound(&scene).await;
        for city in cities {
            let held = priorities_of(city);
            let about = Some(city.object(thread).uri);
            let expected = [("Cobrar el agua", about), ("Reparar fugas", None)];
            let expected = expected.map(|(name, about)| Priority { name: name.to_owned(), about });
            assert_eq!(held, expected, "{}", city.slug);
        }
        let elsewhere = Oid::of_uri("https://otra.example/o/1");
        let long = "ñ".repeat(PRIORITY_MAX + 1);
        let many = vec![issue("Otra", None); PRIORITIES_MAX + 1];
        assert_invalid(set(vec![issue("Fugas", Some(elsewhere))]).await, "issues", "not-here");
        assert_invalid(set(vec![issue(&long, None)]).await, "issues", "line-too-long");
        assert_invalid(set(vec![issue(" ", None)]).await, "issues", "missing");
        assert_invalid(set(many).await, "issues", "too-many-lines");
        set(Vec::new()).await.unwrap();
        assert_sound(&scene).await;
        assert_eq!(priorities_of(&cities[1]), []);
    }

    async fn a_topic_has_so_many_collections_and_no_more(store) {
        let scene = Scene::new(store, 1).await;
        let (city, admin) = (&scene.world.cities[0], &scene.admins[0]);
        let oid = add_knowledge(city, admin, "Manual").await;
        let set = async |number: usize, items: &[Oid]| {
            let new = NewCollection {
                name: format!("Colección {number}"),
                summary: String::new(),
                parts: vec![(String::new(), items.to_vec())],
            };
            let slug = CollectionSlug::parse(&format!("coleccion-{number}")).unwrap();
            let speech = on_water("La pidió el taller.");
            curation::set_collection(&city.engine, admin, city.moment(), speech, (slug, new)).await
        };
        for number in 0..COLLECTIONS_MAX {
            set(number, &[oid]).await.unwrap();
        }
        assert_invalid(set(COLLECTIONS_MAX, &[oid]).await, "title", "too-many-collections");
        // One that is there is changed, and makes room when it is dissolved.
        set(7, &[oid]).await.unwrap();
        set(7, &[]).await.unwrap();
        set(COLLECTIONS_MAX, &[oid]).await.unwrap();
        assert_eq!(collections_of(city).len(), COLLECTIONS_MAX);
    }

    async fn a_collection_puts_the_librarys_objects_in_order(store) {
        let scene = Scene::new(store, 2).await;
        let cities = &scene.world.cities;
        let mut oids = Vec::new();
        for title in ["Manual", "Hoja", "Lecciones"] {
            oids.push(add_knowledge(&cities[1], &scene.admins[1], title).await);
        }
        let thread = cities[1].ask(&scene.admins[1], "No es ficha").await;
        scene.world.exchange().await;
        let slug = CollectionSlug::parse("para-empezar").unwrap();
        let set = async |by: usize, parts: &[(&str, &[Oid])]| {
            let (city, admin) = (&cities[by], &scene.admins[by]);
            let parts = parts.iter().map(|(name, items)| ((*name).to_owned(), items.to_vec()));
            let new = NewCollection {
                name: " Para  empezar".to_owned(),
                summary: "Lo primero.".to_owned(),
                parts: parts.collect(),
            };
            let speech = on_water("La pidió el taller.");
            let new = (slug.clone(), new);
            curation::set_collection(&city.engine, admin, city.moment(), speech, new).await
        };
        set(0, &[("", &oids[..2])]).await.unwrap();
        set(0, &[("", &oids[2..]), ("Las cuentas", &[oids[1], oids[0]])]).await.unwrap();
        assert_sound(&scene).await;
        for city in cities {
            let held = collections_of(city);
            assert_eq!(held.len(), 1, "{}", city.slug);
            let (held_slug, held) = &held[0];
            assert_eq!((held_slug, held.name.as_str(), held.len()), (&slug, "Para empezar", 3));
            let uris = |oids: &[Oid]| oids.iter().map(|oid| city.object(*oid).uri).collect::<Vec<_>>();
            assert_eq!(held.parts[0].items, uris(&oids[2..]));
            assert_eq!(held.parts[1].name, "Las cuentas");
            assert_eq!(held.parts[1].items, uris(&[oids[1], oids[0]]));
        }
        assert_invalid(set(0, &[("", &[thread])]).await, "items", "not-here");
        let long = "ñ".repeat(COLLECTION_NAME_MAX + 1);
        assert_invalid(set(0, &[(&long, &oids)]).await, "items", "part-too-long");
        let many = vec![oids[0]; COLLECTED_MAX + 1];
        assert_invalid(set(0, &[("", &many)]).await, "items", "too-many-lines");
        let other = reason(set(1, &[("", &oids)]).await);
        assert!(matches!(other, Reason::NotCoordinator { .. }), "{other}");
        // Without objects it is dissolved.
        set(0, &[]).await.unwrap();
        assert_sound(&scene).await;
        assert_eq!(collections_of(&cities[1]), []);
    }

    async fn a_member_whom_the_city_chose_rules_in_their_topic(store) {
        let scene = Scene::new(store, 2).await;
        let city = &scene.world.cities[0];
        let rita = city.member("rita").await;
        let thread = city.ask(&scene.admins[0], "¿Quién modera?").await;
        let lock = async || {
            let moment = city.moment();
            ruling::rule(&city.engine, &rita, moment, "Ya está.", (thread, Ruling::Lock)).await
        };
        let choose = |topics: &[&str]| {
            let topics = topics.iter().map(|slug| (*slug).to_owned()).collect();
            account::office::set_topics(&city.engine, &scene.admins[0], rita.account_id(), topics)
        };
        assert!(matches!(lock().await, Err(Error::Forbidden(_))));
        choose(&["residuos"]).await.unwrap();
        assert!(matches!(lock().await, Err(Error::Forbidden(_))));
        assert!(matches!(choose(&["nada"]).await, Err(Error::NotFound)));
        choose(&[WATER]).await.unwrap();
        lock().await.unwrap();
        assert_sound(&scene).await;
        // They speak for the topic, not for the city.
        let leave = tequio_engine::ledger::hand_over::leave;
        let left = leave(&city.engine, &rita, city.moment(), on_water("")).await;
        assert!(matches!(left, Err(Error::Forbidden(_))), "{left:?}");
        let by_herself = account::office::set_topics(&city.engine, &rita, rita.account_id(), Vec::new()).await;
        assert!(matches!(by_herself, Err(Error::Forbidden(_))), "{by_herself:?}");
        choose(&[]).await.unwrap();
        assert!(matches!(lock().await, Err(Error::Forbidden(_))));
    }
}
