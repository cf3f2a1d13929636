//! People from outside the network in its pages: where they are at home, and what a vote tells them.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::outside::OutsideActivity;

use crate::browser::{BASE, House, moment, uri_of};
use crate::elsewhere::pablo;

/// Pablo answered a thread of ours, and opened one himself.
async fn pablo_wrote(house: &House, href: &str) {
    let comment = json!({
        "type": "Note", "id": "https://lemmy.example/comment/7",
        "inReplyTo": uri_of(house, href).await,
        "content": "<p>En Cuenca, por <em>contenedor</em>.<img src=\"https://track.example/z\"></p>",
    });
    let opened = json!({
        "type": "Page", "id": "https://lemmy.example/post/8",
        "name": "Basureros soterrados", "content": "<p>¿Quién tiene?</p>",
    });
    for object in [comment, opened] {
        let taken = house
            .engine()
            .take_outside(heard(object), moment().unwrap());
        assert_eq!(taken.await.unwrap(), Taken::Done);
    }
}

/// Pablo makes a public object in our group.
fn heard(mut object: Value) -> Heard {
    let group = format!("{BASE}/t/saneamiento");
    object["attributedTo"] = json!(pablo().id);
    object["to"] = json!([group, PUBLIC]);
    object["cc"] = json!([]);
    object["audience"] = json!(group);
    object["published"] = json!("2026-03-01T10:00:00Z");
    let id = object["id"].as_str().unwrap();
    let body = json!({
        "type": "Create", "id": format!("{id}/create"), "actor": pablo().id,
        "to": [group, PUBLIC], "cc": [], "audience": group, "object": object,
    });
    Heard {
        activity: OutsideActivity::read(&body).unwrap(),
        body,
        author: pablo(),
    }
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
