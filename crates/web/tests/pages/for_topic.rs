//! What the city follows outside for its topics, and "útil" for what came.

use actix_web::http::StatusCode;
use tequio_store::outside::follow::ACCEPTED;
use tequio_store::outside::item::{self, Item};
use tequio_store::outside::{office, outgoing};

use crate::browser::{Answer, Browser, House};
use crate::elsewhere::{agua, pablo};

const FOLLOW: &str = "/fuera/tema/seguir";
const LEAVE: &str = "/fuera/tema/dejar";
const TOPIC: (&str, &str) = ("topic", "saneamiento");

/// A city with an administrator and two members, of whom one follows the topic.
async fn house() -> House {
    let house = House::found().await;
    house.elsewhere.has_actor("!agua@lemmy.example", agua());
    house.elsewhere.has_actor("@pablo@lemmy.example", pablo());
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let mut ana = house.signed_in("ana").await;
    let topic = ana.get("/temas/saneamiento").await;
    ana.send_form(&topic, "/temas/saneamiento/seguir", &[])
        .await;
    drop(ana);
    house
}

async fn look_up(who: &mut Browser<'_>, asked: &str) -> Answer {
    let form = who.get("/fuera").await;
    who.send_form(&form, "/fuera/buscar", &[("q", asked)]).await
}

/// The administrator follows the community for the topic.
async fn followed(house: &House) {
    let mut jefa = house.signed_in("jefa").await;
    let found = look_up(&mut jefa, "!agua@lemmy.example").await;
    let done = jefa.send_form(&found, FOLLOW, &[TOPIC]).await;
    assert_eq!(done.location(), "/fuera", "{}", done.text);
}

/// A post came through the community.
async fn came(house: &House) {
    let kept = house.engine().store().write(|tx| {
        office::set_state(tx, &agua().id, ACCEPTED)?;
        let row = Item {
            id: 1001,
            uri: "https://lemmy.example/post/1".to_owned(),
            actor_uri: agua().id,
            author_uri: "https://mastodon.example/users/eva".to_owned(),
            kind: "Page".to_owned(),
            title: "Fuga número 1".to_owned(),
            html: "<p>Hay agua.</p>".to_owned(),
            url: "https://lemmy.example/post/1".to_owned(),
            in_reply_to: String::new(),
            published_at: 1_772_460_300_000_000,
            received_at: 1_772_460_300_000_000,
        };
        item::put(tx, &row)
    });
    kept.await.unwrap();
}

/// What waits to be sent to the community's server, as (sender, type).
async fn letters(house: &House) -> Vec<(String, String)> {
    let read = |conn: &mut _| outgoing::list(conn, "lemmy.example", 99);
    let rows = house.engine().store().read(read).await.unwrap();
    let kind = |body: &str| {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    };
    rows.into_iter()
        .map(|row| (row.actor_uri, kind(&row.body)))
        .collect()
}

#[actix_web::test]
async fn an_administrator_follows_for_a_topic_and_those_who_follow_it_read() {
    let house = house().await;
    followed(&house).await;
    let page = house.signed_in("jefa").await.get("/fuera").await;
    assert!(page.text.contains("Agua potable") && page.text.contains("Pedido"));
    came(&house).await;
    let mut ana = house.signed_in("ana").await;
    let page = ana.get("/fuera").await;
    assert!(page.text.contains("Agua potable") && page.text.contains("Lo sigue"));
    assert!(page.text.contains("Fuga número 1") && !page.text.contains(LEAVE));
    assert_eq!(ana.get("/fuera/1001").await.status, StatusCode::OK);
    let mut rob = house.signed_in("rob").await;
    let page = rob.get("/fuera").await;
    assert!(!page.text.contains("Agua potable") && !page.text.contains("Fuga"));
    assert_eq!(rob.get("/fuera/1001").await.status, StatusCode::NOT_FOUND);
    let away = house.browser().get("/fuera/1001").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    for path in ["/temas/saneamiento", "/"] {
        let public = house.browser().get(path).await;
        assert!(!public.text.contains("Fuga"), "{path}");
    }
    assert_eq!(letters(&house).await.len(), 1);
    let mut jefa = house.signed_in("jefa").await;
    let page = jefa.get("/fuera").await;
    let left = jefa.send_form(&page, LEAVE, &[]).await;
    assert_eq!(left.location(), "/fuera", "{}", left.text);
    assert!(!jefa.get("/fuera").await.text.contains("Agua potable"));
    assert!(!ana.get("/fuera").await.text.contains("Fuga"));
    let office = "http://managua.localhost:8103/u/oficina".to_owned();
    let sent = [
        (office.clone(), "Follow".to_owned()),
        (office, "Undo".to_owned()),
    ];
    assert_eq!(letters(&house).await, sent);
}

#[actix_web::test]
async fn members_and_visitors_do_not_decide_it() {
    let house = house().await;
    followed(&house).await;
    let mut ana = house.signed_in("ana").await;
    let found = look_up(&mut ana, "!agua@lemmy.example").await;
    assert!(!found.text.contains(FOLLOW));
    let token = found.token("/fuera/buscar");
    let group = agua().id;
    let fields = [("csrf", token.as_str()), ("actor", group.as_str()), TOPIC];
    let asked = house.elsewhere.asked().len();
    for path in [FOLLOW, LEAVE] {
        let refused = ana.post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
        let refused = ana.post(path, &fields[1..]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        let refused = house.browser().post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(house.elsewhere.asked().len(), asked, "nobody was asked");
    assert_eq!(letters(&house).await.len(), 1);
}

#[actix_web::test]
async fn what_cannot_be_followed_for_a_topic_says_why_and_keeps_what_was_typed() {
    let house = house().await;
    let mut jefa = house.signed_in("jefa").await;
    let found = look_up(&mut jefa, "@pablo@lemmy.example").await;
    assert!(!found.text.contains(FOLLOW), "a person is no community");
    let token = found.token("/fuera/buscar");
    let (person, group) = (pablo().id, agua().id);
    let send = async |jefa: &mut Browser<'_>, actor: &str, topic: &str| {
        let fields = [("csrf", token.as_str()), ("actor", actor), ("topic", topic)];
        jefa.post(FOLLOW, &fields).await
    };
    let refused = send(&mut jefa, &person, "saneamiento").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("se siguen comunidades"));
    assert!(refused.text.contains(&format!("value=\"{person}\"")));
    let nowhere = send(&mut jefa, "https://nowhere.example/c/x", "saneamiento").await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    let no_topic = send(&mut jefa, &group, "no-hay").await;
    assert_eq!(no_topic.status, StatusCode::NOT_FOUND);
    assert!(letters(&house).await.is_empty());
    let fields = [("csrf", token.as_str()), ("actor", group.as_str()), TOPIC];
    let never = jefa.post(LEAVE, &fields).await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn what_came_is_found_useful_and_not_any_more() {
    let house = house().await;
    followed(&house).await;
    came(&house).await;
    let mut ana = house.signed_in("ana").await;
    let page = ana.get("/fuera/1001").await;
    assert!(page.text.contains("se envía a lemmy.example con su nombre"));
    for (said, pressed, kinds) in [
        ("si", "true", vec!["Like"]),
        ("si", "true", vec!["Like"]),
        ("no", "false", vec!["Like", "Undo"]),
    ] {
        let page = ana.get("/fuera/1001").await;
        let fields = [("util", said)];
        let done = ana.send_form(&page, "/fuera/1001/util", &fields).await;
        assert_eq!(done.location(), "/fuera/1001", "{}", done.text);
        let page = ana.get("/fuera/1001").await;
        assert!(page.text.contains(&format!("aria-pressed=\"{pressed}\"")));
        let sent = letters(&house).await.split_off(1);
        let member = "http://managua.localhost:8103/u/ana";
        assert!(sent.iter().all(|(sender, _)| sender == member));
        assert_eq!(
            sent.into_iter().map(|(_, kind)| kind).collect::<Vec<_>>(),
            kinds
        );
    }
    let token = ana.get("/fuera").await.token("/fuera/buscar");
    let fields = [("csrf", token.as_str()), ("util", "si")];
    let mut rob = house.signed_in("rob").await;
    let other = rob.get("/fuera").await.token("/fuera/buscar");
    let not_his = rob
        .post("/fuera/1001/util", &[("csrf", other.as_str())])
        .await;
    assert_eq!(not_his.status, StatusCode::NOT_FOUND);
    assert_eq!(
        ana.post("/fuera/77/util", &fields).await.status,
        StatusCode::NOT_FOUND
    );
    let forged = ana.post("/fuera/1001/util", &[("util", "si")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn the_offices_name_and_those_of_topics_are_nobodys() {
    let house = house().await;
    let mut jefa = house.signed_in("jefa").await;
    let form = jefa.get("/admin/cuentas").await;
    for name in ["oficina", "saneamiento"] {
        let fields = [
            ("name", name),
            ("display_name", "Alguien"),
            ("post", ""),
            ("password", "una clave de doce o más"),
        ];
        let refused = jefa.send_form(&form, "/admin/cuentas", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(refused.text.contains("ya existe"), "{name}");
    }
}
