//! What members follow outside the network, what comes to them, and what administrators see of it.

use actix_web::http::StatusCode;
use tequio_store::outside::item::{self, Item};
use tequio_store::outside::message::{self, Message};
use tequio_store::outside::report::{self, Report};
use tequio_store::outside::{actor, follow, follower, server};
use tequio_store::{Error as StoreError, account};
use tequio_web::outside::{Found, NotFound};

use crate::browser::{BASE, House, uri_of};
use crate::elsewhere::{agua, pablo, post};

/// Members only: who is not is sent to sign in, and forms without a session change nothing.
#[actix_web::test]
async fn visitors_see_nothing_of_it() {
    let house = House::found().await;
    for path in ["/fuera", "/fuera/1", "/mensajes", "/admin/reportes"] {
        let away = house.browser().get(path).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{path}");
        assert!(away.location().starts_with("/entrar?volver="), "{path}");
    }
    for path in [
        "/fuera/buscar",
        "/fuera/seguir",
        "/fuera/dejar",
        "/mensajes/1/borrar",
        "/admin/reportes/1/cerrar",
    ] {
        let fields = [
            ("q", "@pablo@lemmy.example"),
            ("actor", "https://a.example/"),
        ];
        let refused = house.browser().post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let topic = house.browser().get("/temas/saneamiento").await;
    assert!(!topic.text.contains("/fuera"));
    assert!(house.elsewhere.asked().is_empty());
}

#[actix_web::test]
async fn forms_need_the_token_and_their_own_origin() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let token = ana.get("/fuera").await.token("/fuera/buscar");
    let paths = [
        "/fuera/buscar",
        "/fuera/seguir",
        "/fuera/dejar",
        "/mensajes/1/borrar",
    ];
    for path in paths {
        let no_token = ana.post(path, &[("q", "@pablo@lemmy.example")]).await;
        assert_eq!(no_token.status, StatusCode::FORBIDDEN, "{path}");
        let evil = [("origin", "https://evil.example")];
        let fields = [("csrf", token.as_str()), ("q", "@pablo@lemmy.example")];
        let other_site = ana.post_with(path, &fields, &evil).await;
        assert_eq!(other_site.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(house.elsewhere.asked().is_empty());
}

#[actix_web::test]
async fn a_person_is_looked_up_and_shown_without_what_could_harm() {
    let house = House::found().await;
    house.elsewhere.has_actor("@pablo@lemmy.example", pablo());
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/fuera").await;
    assert!(form.text.contains("Todavía no sigue a nadie de fuera"));
    let fields = [("q", " @pablo@lemmy.example ")];
    let found = ana.send_form(&form, "/fuera/buscar", &fields).await;
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.header("cache-control"), "no-store");
    assert!(found.text.contains("Pablo &#60;b&#62;Ruiz&#60;/b&#62;"));
    assert!(found.text.contains("@pablo@lemmy.example") && found.text.contains("<em>Cuenca</em>"));
    assert!(found.text.contains("su nombre se envía a lemmy.example"));
    assert!(
        found.text.contains(
            "href=\"https://lemmy.example/u/pablo?pagina\" rel=\"nofollow ugc noopener\""
        )
    );
    assert!(!found.text.contains("<img") && !found.text.contains("<script"));
    assert!(found.text.contains("action=\"/fuera/seguir\""));
}

#[actix_web::test]
async fn a_post_is_looked_up_and_read_here() {
    let house = House::found().await;
    let found = Found::Post(Box::new(post()), Box::new(pablo()));
    let address = "https://lemmy.example/post/7";
    house.elsewhere.answers(address, Ok(found));
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/fuera").await;
    let page = ana
        .send_form(&form, "/fuera/buscar", &[("q", address)])
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Medidores baratos") && page.text.contains("<strong>se hace"));
    assert!(!page.text.contains("<img") && page.text.contains("Leer en lemmy.example"));
}

#[actix_web::test]
async fn each_cause_has_its_words_and_what_was_typed_comes_back() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/fuera").await;
    for (cause, words) in [
        (NotFound::NotUnderstood, "@nombre@servidor"),
        (NotFound::NotAllowed, "no se le puede preguntar"),
        (NotFound::NoAnswer, "no existe o no responde"),
        (NotFound::Unknown, "no conoce eso"),
        (NotFound::NotSocial, "no es una persona, una comunidad"),
        (NotFound::Ours, "de nuestro lado"),
    ] {
        house.elsewhere.answers("@x@y.example", Err(cause));
        let refused = ana
            .send_form(&form, "/fuera/buscar", &[("q", "@x@y.example")])
            .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{cause:?}"
        );
        assert!(refused.text.contains(words), "{cause:?}: {}", refused.text);
        assert!(refused.text.contains("value=\"@x@y.example\""), "{cause:?}");
    }
    let often = NotFound::TooOften { retry_after_s: 6 };
    house.elsewhere.answers("@x@y.example", Err(often));
    let slow = ana
        .send_form(&form, "/fuera/buscar", &[("q", "@x@y.example")])
        .await;
    assert_eq!(slow.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(slow.header("retry-after"), "6");
    assert!(
        slow.text.contains("Espere 6 segundos") && slow.text.contains("value=\"@x@y.example\"")
    );
    let asked = house.elsewhere.asked().len();
    let long = "x".repeat(501);
    for nothing in ["", "   ", long.as_str()] {
        let refused = ana
            .send_form(&form, "/fuera/buscar", &[("q", nothing)])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(
        house.elsewhere.asked().len(),
        asked,
        "nobody was asked for nothing"
    );
}

#[actix_web::test]
async fn what_is_in_the_network_is_shown_here_and_nobody_is_asked() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Lluvias de octubre", "Así quedamos.").await;
    let form = ana.get("/fuera").await;
    let evil = format!("{BASE}//evil.example/");
    for (asked, leads_to) in [
        ("@ana@managua.localhost:8103", "/personas/ana"),
        ("!saneamiento@managua.localhost:8103", "/temas/saneamiento"),
        (
            "@luis@tegucigalpa.localhost:8110",
            "/personas/luis@tegucigalpa",
        ),
        (
            "http://tegucigalpa.localhost:8110/u/luis",
            "/personas/luis@tegucigalpa",
        ),
        (
            "http://tegucigalpa.localhost:8110/t/saneamiento",
            "/temas/saneamiento",
        ),
        (&format!("{BASE}{href}"), &href),
        (&evil, "/evil.example/"),
    ] {
        let away = ana.send_form(&form, "/fuera/buscar", &[("q", asked)]).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{asked}");
        assert_eq!(away.location(), leads_to, "{asked}");
    }
    assert!(house.elsewhere.asked().is_empty());
}

#[actix_web::test]
async fn members_follow_and_leave_and_see_how_it_stands() {
    let house = House::found().await;
    house.elsewhere.has_actor("!agua@lemmy.example", agua());
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/fuera").await;
    let fields = [("q", "!agua@lemmy.example")];
    let found = ana.send_form(&form, "/fuera/buscar", &fields).await;
    let done = ana.send_form(&found, "/fuera/seguir", &[]).await;
    assert_eq!(done.location(), "/fuera", "{}", done.text);
    let page = ana.get("/fuera").await;
    assert!(page.text.contains("Agua potable") && page.text.contains("Pedido"));
    assert!(
        !house
            .signed_in("rob")
            .await
            .get("/fuera")
            .await
            .text
            .contains("Agua potable")
    );
    set_state(&house, "ana", follow::ACCEPTED).await;
    assert!(ana.get("/fuera").await.text.contains("Lo sigue"));
    let left = ana.send_form(&page, "/fuera/dejar", &[]).await;
    assert_eq!(left.location(), "/fuera");
    let page = ana.get("/fuera").await;
    assert!(!page.text.contains("Agua potable"));
    let token = page.token("/fuera/buscar");
    let group = agua().id;
    let fields = [("csrf", token.as_str()), ("actor", group.as_str())];
    let again = ana.post("/fuera/dejar", &fields).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let fields = [
        ("csrf", token.as_str()),
        ("actor", "https://nowhere.example/u/x"),
    ];
    let nobody = ana.post("/fuera/seguir", &fields).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn id_of(house: &House, name: &str) -> i64 {
    let name = name.to_owned();
    let held = house.engine().store();
    let held = held.read(move |conn| account::by_name(conn, &name)).await;
    held.unwrap().unwrap().id
}

async fn set_state(house: &House, name: &str, state: &'static str) {
    let id = id_of(house, name).await;
    let store = house.engine().store();
    let set = store
        .write(move |tx| follow::set_state(tx, id, &agua().id, state))
        .await;
    set.unwrap();
}

/// A member follows the community, and posts came through it.
async fn follows(house: &House, name: &str, posts: i64) {
    let account_id = id_of(house, name).await;
    let kept = house.engine().store().write(move |tx| {
        let from = agua();
        let row = actor::Actor {
            uri: from.id.clone(),
            kind: from.kind,
            host: "lemmy.example".to_owned(),
            name: from.name,
            display_name: from.display_name,
            summary: String::new(),
            url: from.url,
            inbox: from.inbox,
            shared_inbox: String::new(),
            fetched_at: 1,
        };
        actor::put(tx, &row)?;
        let row = follow::Follow {
            account_id,
            actor_uri: from.id.clone(),
            state: follow::ACCEPTED.to_owned(),
            created_at: 1,
        };
        follow::put(tx, &row)?;
        for n in 1..=posts {
            let row = Item {
                id: 1000 + n,
                uri: format!("https://lemmy.example/post/{n}"),
                actor_uri: from.id.clone(),
                author_uri: "https://mastodon.example/users/eva".to_owned(),
                kind: "Page".to_owned(),
                title: format!("Fuga número {n}"),
                html: "<p>Hay <strong>agua</strong> en la calle.</p>".to_owned(),
                url: format!("https://lemmy.example/post/{n}"),
                in_reply_to: String::new(),
                // Two by two at the same time: the row key decides.
                published_at: 1_772_460_300_000_000 + n / 2,
                received_at: 1_772_460_300_000_000,
            };
            item::put(tx, &row)?;
        }
        Ok::<_, StoreError>(())
    });
    kept.await.unwrap();
}

#[actix_web::test]
async fn what_came_is_listed_once_by_pages_and_read_here() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    follows(&house, "ana", 25).await;
    let mut ana = house.signed_in("ana").await;
    let first = ana.get("/fuera").await;
    assert_eq!(first.header("cache-control"), "no-store");
    let older = first.text.split("rel=\"next\" href=\"").nth(1).unwrap();
    let older = older.split('"').next().unwrap().to_owned();
    let second = ana.get(&older).await;
    assert!(!second.text.contains("rel=\"next\"") && second.text.contains("Más antiguo"));
    for n in 1..=25 {
        let title = format!("Fuga número {n}<");
        let both = format!("{}{}", first.text, second.text);
        assert_eq!(both.matches(&title).count(), 1, "{title}");
    }
    assert!(first.text.contains("Fuga número 25<") && second.text.contains("Fuga número 1<"));

    let page = ana.get("/fuera/1003").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<strong>agua</strong>"));
    assert!(page.text.contains("mastodon.example") && page.text.contains("llegó por @agua@lemmy"));
    assert!(
        page.text
            .contains("href=\"https://lemmy.example/post/3\" rel=\"nofollow ugc noopener\"")
    );
    let mut rob = house.signed_in("rob").await;
    assert_eq!(rob.get("/fuera/1003").await.status, StatusCode::NOT_FOUND);
    assert!(!rob.get("/fuera").await.text.contains("Fuga"));
    set_state(&house, "ana", follow::REJECTED).await;
    assert_eq!(ana.get("/fuera/1003").await.status, StatusCode::NOT_FOUND);
    let broken = ana.get("/fuera?antes=nada").await;
    assert_eq!(broken.status, StatusCode::OK);
}

#[actix_web::test]
async fn private_messages_are_read_and_deleted_by_their_member_alone() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let account_id = id_of(&house, "ana").await;
    let row = Message {
        id: 77,
        account_id,
        uri: "https://lemmy.example/private/1".to_owned(),
        author_uri: "https://lemmy.example/u/pablo".to_owned(),
        author_name: "pablo@lemmy.example".to_owned(),
        html: "<p>Entre <em>nosotros</em></p>".to_owned(),
        published_at: 1_772_460_300_000_000,
        received_at: 1_772_460_300_000_000,
    };
    let store = house.engine().store();
    store.write(move |tx| message::put(tx, &row)).await.unwrap();

    let mut admin = house.signed_in("jefa").await;
    let others = admin.get("/mensajes").await;
    assert!(!others.text.contains("nosotros") && others.text.contains("No tiene ninguno"));
    let token = admin.get("/fuera").await.token("/fuera/buscar");
    let fields = [("csrf", token.as_str())];
    let refused = admin.post("/mensajes/77/borrar", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let mut ana = house.signed_in("ana").await;
    let page = ana.get("/mensajes").await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text.contains("<em>nosotros</em>") && page.text.contains("Aquí solo se leen"));
    assert!(page.text.contains("@pablo@lemmy.example"));
    let done = ana.send_form(&page, "/mensajes/77/borrar", &[]).await;
    assert_eq!(done.location(), "/mensajes");
    assert!(!ana.get("/mensajes").await.text.contains("nosotros"));
    for path in ["/", "/temas/saneamiento", "/personas/ana"] {
        assert!(
            !house.browser().get(path).await.text.contains("nosotros"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn administrators_see_reports_and_close_them_and_members_do_not() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Lluvias de octubre", "Así quedamos.").await;
    let uri = uri_of(&house, &href).await;
    let store = house.engine().store();
    let kept = store.write(move |tx| {
        for (id, object_uri) in [(1, uri), (2, "https://else.example/1".to_owned())] {
            let row = Report {
                id,
                reporter_uri: "https://mastodon.example/actor".to_owned(),
                object_uri,
                reason: "Es <b>publicidad</b>".to_owned(),
                created_at: 1_772_460_300_000_000,
                closed_at: None,
            };
            report::add(tx, &row)?;
        }
        Ok::<_, StoreError>(())
    });
    kept.await.unwrap();

    assert_eq!(
        ana.get("/admin/reportes").await.status,
        StatusCode::NOT_FOUND
    );
    let token = ana.get("/fuera").await.token("/fuera/buscar");
    let fields = [("csrf", token.as_str())];
    let refused = ana.post("/admin/reportes/1/cerrar", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/admin/reportes").await;
    assert!(
        page.text
            .contains(&format!("<a href=\"{href}\">Lluvias de octubre"))
    );
    assert!(page.text.contains("https://else.example/1") && page.text.contains("mastodon.example"));
    assert!(page.text.contains("Es &#60;b&#62;publicidad"));
    let done = admin
        .send_form(&page, "/admin/reportes/1/cerrar", &[])
        .await;
    assert_eq!(done.location(), "/admin/reportes");
    let page = admin.get("/admin/reportes").await;
    assert!(page.text.contains("Cerrado el") && !page.text.contains("/reportes/1/cerrar"));
    let token = page.token("/reportes/2/cerrar");
    let fields = [("csrf", token.as_str())];
    let missing = admin.post("/admin/reportes/3/cerrar", &fields).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn only_administrators_see_the_servers_outside() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let kept = house.engine().store().write(|tx| {
        server::ensure(tx, "lemmy.example")?;
        let row = follower::Follower {
            followed_uri: format!("{BASE}/t/saneamiento"),
            actor_uri: "https://lemmy.example/u/pablo".to_owned(),
            follow_uri: "https://lemmy.example/follow/1".to_owned(),
            host: "lemmy.example".to_owned(),
            inbox: "https://lemmy.example/inbox".to_owned(),
            shared_inbox: String::new(),
            created_at: 1,
        };
        follower::put(tx, &row)
    });
    kept.await.unwrap();
    for mut browser in [house.browser(), house.signed_in("ana").await] {
        let page = browser.get("/red").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("lemmy.example") && !page.text.contains("Announce"));
    }
    let page = house.signed_in("jefa").await.get("/red").await;
    assert!(page.text.contains("lemmy.example") && page.text.contains("Announce"));
    assert!(page.text.contains("12\u{202f}345"));
    let again = house.browser().get("/red").await;
    assert!(!again.text.contains("lemmy.example"));
}

#[actix_web::test]
async fn topics_and_people_say_how_they_are_followed_from_elsewhere() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let page = house.browser().get("/temas/saneamiento").await;
    for text in [
        "value=\"@saneamiento@managua.localhost:8103\"",
        "value=\"!saneamiento@managua.localhost:8103\"",
        "value=\"http://managua.localhost:8103/t/saneamiento\"",
        "!saneamiento@tegucigalpa.localhost:8110",
    ] {
        assert!(page.text.contains(text), "{text}");
    }
    let page = house.browser().get("/personas/ana").await;
    assert!(page.text.contains("value=\"@ana@managua.localhost:8103\""));
    assert!(
        page.text
            .contains("value=\"http://managua.localhost:8103/u/ana\"")
    );
}
