//! The collections as other software reads them: whole or in pages, alive only, without names.

use actix_web::App;
use actix_web::http::header::{ACCEPT, ETAG, IF_NONE_MATCH};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use serde_json::{Value, json};
use tequio_engine::post;

use super::city::{City, Network, TOPIC, moment};
use super::receiver::Receiver;

/// What stands at an address of a city.
async fn read(city: &City, path: &str) -> Value {
    let app = init_service(App::new().configure(city.federation.configure())).await;
    let request = TestRequest::get()
        .uri(path)
        .insert_header((ACCEPT, "application/activity+json"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), 200, "{path}");
    serde_json::from_slice(&read_body(response).await).unwrap()
}

fn items(collection: &Value) -> &Vec<Value> {
    collection["orderedItems"].as_array().unwrap()
}

/// The part of an address after the host.
fn path<'a>(city: &City, url: &'a Value) -> &'a str {
    url.as_str()
        .unwrap()
        .strip_prefix(city.inner().base_url())
        .unwrap()
}

#[actix_web::test]
async fn an_outbox_shows_living_opening_posts_newest_first_and_pages_the_rest() {
    let mut city = City::found(&Network::new(), "managua").await;
    let mut threads = Vec::new();
    for n in 0..53 {
        threads.push(city.open_thread(&format!("Pregunta {n}")).await);
    }
    city.comment(threads[0], "No es una apertura").await;
    let member = city.member().await;
    post::delete(city.engine(), &member, moment(), threads[52])
        .await
        .unwrap();
    let edit = post::Edit {
        title: "Corregida".into(),
        summary: String::new(),
        body: "Texto".into(),
    };
    post::edit(city.engine(), &member, moment(), threads[51], edit)
        .await
        .unwrap();
    let outbox = read(&city, &format!("/t/{TOPIC}/outbox")).await;
    assert_eq!(
        (&outbox["totalItems"], items(&outbox).len()),
        (&json!(52), 50)
    );
    // As Lemmy reads it: one bad item voids all.
    for item in items(&outbox) {
        assert_eq!(item["type"], "Announce");
        assert!(item["to"].is_array() && item["cc"].is_array() && item["id"].is_string());
        assert_eq!(item["object"]["object"]["type"], "Article");
    }
    assert_eq!(items(&outbox)[0]["object"]["object"]["name"], "Corregida");
    assert_eq!(items(&outbox)[1]["object"]["object"]["name"], "Pregunta 50");
    let first = read(&city, path(&city, &outbox["first"])).await;
    assert_eq!(
        (&first["partOf"], items(&first)),
        (&outbox["id"], items(&outbox))
    );
    let second = read(&city, path(&city, &first["next"])).await;
    let names: Vec<&Value> = items(&second)
        .iter()
        .map(|item| &item["object"]["object"]["name"])
        .collect();
    assert_eq!(names, ["Pregunta 1", "Pregunta 0"]);
    assert!(second["next"].is_null());
    let of_person = read(&city, "/u/ana/outbox").await;
    assert_eq!(of_person["totalItems"], 53);
    assert_eq!(items(&of_person)[1]["object"]["name"], "Corregida");
    assert_eq!(items(&of_person)[0]["type"], "Create");
}

#[actix_web::test]
async fn a_thread_lists_all_that_stands_in_it_root_first() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una pregunta").await;
    let mut ids = vec![thread];
    for n in 0..3 {
        ids.push(city.comment(ids[n], &format!("Respuesta {n}")).await);
    }
    let base = city.inner().base_url().to_owned();
    let uri = |oid| json!(format!("{base}/o/{oid}"));
    let article = read(&city, &format!("/o/{thread}")).await;
    let note = read(&city, &format!("/o/{}", ids[3])).await;
    assert_eq!(article["context"], note["context"]);
    assert_eq!(article["conversation"], article["context"]);
    let context = read(&city, path(&city, &article["context"])).await;
    assert_eq!(context["type"], "OrderedCollection");
    assert_eq!(context["attributedTo"], article["audience"]);
    let all: Vec<Value> = ids.iter().map(uri).collect();
    assert_eq!((items(&context), &context["totalItems"]), (&all, &json!(4)));
    assert!(context["first"].is_null());
    let replies = read(&city, path(&city, &article["replies"])).await;
    assert_eq!(items(&replies).len(), 1);
    assert_eq!(items(&replies)[0]["id"], uri(&ids[1]));
    assert_eq!(items(&replies)[0]["type"], "Note");
    let member = city.member().await;
    post::delete(city.engine(), &member, moment(), ids[1])
        .await
        .unwrap();
    let context = read(&city, path(&city, &article["context"])).await;
    assert_eq!(items(&context), &[uri(&ids[0]), uri(&ids[2]), uri(&ids[3])]);
    let replies = read(&city, path(&city, &article["replies"])).await;
    assert_eq!(replies["totalItems"], 0);
    // Of comments there is no context of their own, and none under another topic.
    for missing in [
        format!("/t/{TOPIC}/context/{}", ids[2]),
        format!("/t/basura-y-limpieza/context/{thread}"),
    ] {
        let app = init_service(App::new().configure(city.federation.configure())).await;
        let response = call_service(&app, TestRequest::get().uri(&missing).to_request()).await;
        assert_eq!(response.status(), 404, "{missing}");
    }
}

#[actix_web::test]
async fn a_long_thread_comes_in_pages_and_is_not_sent_twice() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una conversación larga").await;
    for n in 0..120 {
        city.comment(thread, &format!("Comentario {n}")).await;
    }
    let whole = read(&city, &format!("/t/{TOPIC}/context/{thread}")).await;
    assert!(whole["orderedItems"].is_null());
    let first = read(&city, path(&city, &whole["first"])).await;
    let second = read(&city, path(&city, &first["next"])).await;
    assert_eq!((items(&first).len(), items(&second).len()), (100, 21));
    assert_eq!(
        (&second["id"], &second["next"]),
        (&whole["last"], &Value::Null)
    );
    assert_eq!(
        items(&first)[0],
        json!(format!("{}/o/{thread}", city.inner().base_url()))
    );
    let app = init_service(App::new().configure(city.federation.configure())).await;
    let target = format!("/t/{TOPIC}/context/{thread}?page=1");
    let get = || TestRequest::get().uri(&target);
    let response = call_service(&app, get().to_request()).await;
    let tag = response.headers().get(ETAG).unwrap().clone();
    let again = call_service(&app, get().insert_header((IF_NONE_MATCH, tag)).to_request()).await;
    assert_eq!(again.status(), 304);
    for wrong in ["page=0", "page=3", "page=x"] {
        let target = format!("/t/{TOPIC}/context/{thread}?{wrong}");
        let response = call_service(&app, TestRequest::get().uri(&target).to_request()).await;
        assert_eq!(response.status(), 404, "{wrong}");
    }
}

#[actix_web::test]
async fn followers_are_counted_and_not_named() {
    let mut city = City::found(&Network::new(), "managua").await;
    city.member().await;
    let lemmy = Receiver::new("lemmy", &city);
    let group = format!("{}/t/{TOPIC}", city.inner().base_url());
    lemmy.follows(&city, &group).await;
    let followers = read(&city, &format!("/t/{TOPIC}/followers")).await;
    assert_eq!(followers["type"], "Collection");
    assert_eq!(
        (&followers["totalItems"], &followers["items"]),
        (&json!(1), &json!([]))
    );
    assert!(!followers.to_string().contains("marisol"));
    assert_eq!(read(&city, "/u/ana/followers").await["totalItems"], 0);
    assert!(read(&city, "/u/ana/following").await["totalItems"].is_null());
    let feed = read(&city, &format!("/t/{TOPIC}/feed")).await;
    assert_eq!(items(&feed)[0], json!(group));
}

#[actix_web::test]
async fn actors_have_what_other_software_requires() {
    let mut city = City::found(&Network::new(), "managua").await;
    city.member().await;
    let group = read(&city, "/t/basura-y-limpieza").await;
    // Lemmy 0.19 and 1.0, PieFed, Mbin; a member of another type would void the document.
    for name in [
        "name",
        "preferredUsername",
        "inbox",
        "outbox",
        "followers",
        "featured",
        "attributedTo",
        "url",
        "published",
    ] {
        assert!(group[name].is_string(), "{name}");
    }
    assert_eq!(
        (&group["sensitive"], &group["postingRestrictedToMods"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        (&group["manuallyApprovesFollowers"], &group["discoverable"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(group["source"]["mediaType"], "text/markdown");
    assert!(
        group["language"][0]["identifier"].is_string() && group["language"][0]["name"].is_string()
    );
    assert_eq!(group["preferredUsername"], "basura_y_limpieza");
    let application = read(&city, "/").await;
    let person = read(&city, "/u/ana").await;
    for actor in [&group, &application, &person] {
        for name in ["id", "owner", "publicKeyPem"] {
            assert!(actor["publicKey"][name].is_string(), "{name}");
        }
        assert!(actor["endpoints"]["sharedInbox"].is_string());
        assert!(actor["published"].is_string() && actor["followers"].is_string());
        assert!(actor["icon"].is_null() || actor["icon"].is_object());
    }
    let moderators = read(&city, path(&city, &group["attributedTo"])).await;
    assert_eq!(moderators["type"], "OrderedCollection");
    let office = json!(format!("{}/u/oficina", city.inner().base_url()));
    assert_eq!(
        *items(&moderators),
        vec![office],
        "a member is no moderator"
    );
}
