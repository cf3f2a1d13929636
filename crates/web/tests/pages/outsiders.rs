//! People from outside the network in its pages: where they are at home, and what a vote tells them.

use actix_web::http::StatusCode;
use tequio_domain::Oid;
use tequio_store::object::{self, Object, detail};
use tequio_store::outside::actor::{self, Actor};
use tequio_store::page::post;
use tequio_store::person::{self, Person};
use tequio_store::{Error as StoreError, Tx};

use crate::browser::House;
use crate::elsewhere::pablo;

const AUTHOR: i64 = 900_001;

/// Pablo answered a thread of ours, and opened one himself.
async fn pablo_wrote(house: &House, href: &str) {
    let short = href.split('/').nth(2).unwrap();
    let short = short.split('-').next().unwrap();
    let root = Oid::from_short(short).unwrap().to_string();
    let written = house.engine().store().write(move |tx| {
        let id = post::by_oid(tx.conn(), &root)?.unwrap().id;
        let root = object::by_id(tx.conn(), id)?;
        is_known(tx)?;
        let comment = Object {
            id: 900_002,
            oid: Oid::of_uri("https://lemmy.example/comment/7").to_string(),
            uri: "https://lemmy.example/comment/7".to_owned(),
            kind: "comment".to_owned(),
            author_id: AUTHOR,
            parent_id: Some(root.id),
            title: String::new(),
            html: "<p>En Cuenca, por <em>contenedor</em>.</p>".to_owned(),
            ..root.clone()
        };
        object::add(tx, &comment, "d1")?;
        let opened = Object {
            id: 900_003,
            oid: Oid::of_uri("https://lemmy.example/post/8").to_string(),
            uri: "https://lemmy.example/post/8".to_owned(),
            author_id: AUTHOR,
            root_id: 900_003,
            title: "Basureros soterrados".to_owned(),
            ..root
        };
        object::add(tx, &opened, "d2")?;
        let thread = detail::Thread {
            object_id: opened.id,
            kind: "conversation".to_owned(),
            answer_uri: None,
        };
        detail::put_thread(tx, &thread)
    });
    written.await.unwrap();
}

fn is_known(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let pablo = pablo();
    let row = Person {
        id: AUTHOR,
        uri: pablo.id.clone(),
        city: String::new(),
        name: "pablo@lemmy.example".to_owned(),
        display_name: pablo.display_name.clone(),
        post: String::new(),
        summary: String::new(),
        public_key: String::new(),
        updated_at: 1,
        card_uri: String::new(),
    };
    person::put(tx, &row)?;
    let row = Actor {
        uri: pablo.id,
        kind: pablo.kind,
        host: "lemmy.example".to_owned(),
        name: pablo.name,
        display_name: pablo.display_name,
        summary: String::new(),
        url: pablo.url,
        inbox: pablo.inbox,
        shared_inbox: String::new(),
        fetched_at: 1,
    };
    actor::put(tx, &row)
}

#[actix_web::test]
async fn a_comment_from_outside_says_where_it_comes_from_and_who_received_it() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("¿Cómo cobrar?", "Necesito ideas.").await;
    pablo_wrote(&house, &href).await;
    let page = house.browser().get(&href).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "<a href=\"https://lemmy.example/u/pablo?pagina\" rel=\"nofollow ugc noopener\">\
         @pablo@lemmy.example</a>",
        "desde fuera de la red, recibido por Managua",
        "href=\"/personas/pablo@lemmy.example\"",
        "<em>contenedor</em>",
        "href=\"https://lemmy.example/comment/7\" rel=\"nofollow ugc noopener\"",
        "Ver en su servidor",
        "Pablo &#60;b&#62;Ruiz",
    ] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(!page.text.contains("<img") && !page.text.contains("/ciudades/\""));
    let english = [("accept-language", "en")];
    let page = house.browser().get_with(&href, &english).await;
    assert!(
        page.text
            .contains("from outside the network, received by Managua")
    );
}

#[actix_web::test]
async fn a_member_knows_before_voting_that_the_vote_leaves_the_network() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("¿Cómo cobrar?", "Necesito ideas.").await;
    pablo_wrote(&house, &href).await;
    let page = house.signed_in("rob").await.get(&href).await;
    // Once: for Pablo's comment, and not for Ana's question.
    let note = "se envía a lemmy.example con su nombre";
    assert_eq!(page.text.matches(note).count(), 1);
    let (before, after) = page.text.split_once(note).unwrap();
    assert!(before.matches("/util/").count() == 1 && after.contains("aria-describedby=\"voto-"));
    assert!(!house.browser().get(&href).await.text.contains(note));
}

#[actix_web::test]
async fn lists_and_places_are_there_with_people_from_outside() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("¿Cómo cobrar?", "Necesito ideas.").await;
    pablo_wrote(&house, &href).await;
    for path in [
        "/",
        "/temas/saneamiento",
        "/temas/saneamiento/personas",
        "/personas/pablo@lemmy.example",
    ] {
        let page = house.browser().get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.text.contains("lemmy.example (fuera de la red)"),
            "{path}"
        );
        assert!(!page.text.contains("href=\"/ciudades/\""), "{path}");
    }
    for path in [
        "/ciudades",
        "/ciudades/managua",
        "/temas/saneamiento/ciudades",
        "/biblioteca",
    ] {
        let page = house.browser().get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text.contains("Pablo"), "{path}");
    }
}

#[actix_web::test]
async fn a_person_from_outside_has_a_page_that_leads_home() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("¿Cómo cobrar?", "Necesito ideas.").await;
    pablo_wrote(&house, &href).await;
    let path = "/personas/pablo@lemmy.example";
    let page = house.browser().get(path).await;
    assert!(page.text.contains("Basureros soterrados"));
    assert!(page.text.contains("Ver su página en lemmy.example"));
    assert!(!page.text.contains("/fuera/seguir") && !page.text.contains("id=\"seguir\""));
    let page = ana.get(path).await;
    assert!(page.text.contains("action=\"/fuera/seguir\""));
    assert!(page.text.contains("su nombre se envía a lemmy.example"));
    for path in [
        "/personas/nadie@lemmy.example",
        "/personas/pablo@mastodon.example",
        "/personas/@lemmy.example",
    ] {
        let missing = house.browser().get(path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }
}
