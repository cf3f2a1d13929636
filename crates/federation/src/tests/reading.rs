//! What other servers read here: documents, collections, webfinger, nodeinfo.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, HttpResponse, web};
use serde_json::{Value, json};
use tequio_engine::post;

use super::city::{City, Network, TOPIC, moment};

const AP: &str = "application/activity+json";

macro_rules! app {
    ($city:expr) => {
        init_service(
            App::new()
                .configure($city.federation.configure())
                .default_service(web::to(async || HttpResponse::Ok().body("a page"))),
        )
        .await
    };
}

async fn get<S, B>(app: &S, path: &str, accept: &str) -> ServiceResponse<B>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    call_service(
        app,
        TestRequest::get()
            .uri(path)
            .insert_header((ACCEPT, accept))
            .to_request(),
    )
    .await
}

async fn read<S, B>(app: &S, path: &str) -> Value
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let response = get(app, path, AP).await;
    assert_eq!(response.status(), 200, "{path}");
    serde_json::from_slice(&read_body(response).await).unwrap()
}

#[actix_web::test]
async fn the_root_is_a_page_unless_activitypub_is_asked_for() {
    let city = City::found(&Network::new(), "managua").await;
    let app = app!(city);
    for accept in ["text/html", "*/*", "application/json"] {
        assert_eq!(
            read_body(get(&app, "/", accept).await).await,
            "a page",
            "{accept}"
        );
    }
    let application = read(&app, "/").await;
    assert_eq!(
        application["id"],
        json!(format!("{}/", city.inner().base_url()))
    );
    assert_eq!(application["type"], "Application");
}

#[actix_web::test]
async fn every_document_stands_where_its_id_says() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una pregunta").await;
    city.comment(thread, "Una respuesta").await;
    let app = app!(city);
    let base = city.inner().base_url();
    for path in [
        "/".to_owned(),
        format!("/t/{TOPIC}"),
        format!("/t/{TOPIC}/log"),
        format!("/t/{TOPIC}/log/managua/1"),
        format!("/t/{TOPIC}/heads"),
        format!("/t/{TOPIC}/outbox"),
        format!("/t/{TOPIC}/outbox?page=first"),
        format!("/t/{TOPIC}/followers"),
        format!("/t/{TOPIC}/following"),
        format!("/t/{TOPIC}/moderators"),
        format!("/t/{TOPIC}/featured"),
        format!("/t/{TOPIC}/feed"),
        format!("/t/{TOPIC}/context/{thread}"),
        format!("/t/{TOPIC}/context/{thread}?page=1"),
        format!("/t/{TOPIC}/announce/{thread}"),
        "/u/ana".to_owned(),
        "/u/ana/outbox".to_owned(),
        "/u/ana/outbox?page=first".to_owned(),
        "/u/ana/followers".to_owned(),
        "/u/ana/following".to_owned(),
        "/outbox".to_owned(),
        "/followers".to_owned(),
        format!("/o/{thread}"),
        format!("/o/{thread}/replies"),
    ] {
        let document = read(&app, &path).await;
        assert_eq!(document["id"], json!(format!("{base}{path}")), "{path}");
        assert!(!document["@context"].is_null(), "{path}");
    }
    let group = read(&app, &format!("/t/{TOPIC}")).await;
    for member in [
        "outbox",
        "followers",
        "following",
        "featured",
        "attributedTo",
        "tq:log",
        "tq:heads",
        "tq:feed",
    ] {
        let path = group[member]
            .as_str()
            .unwrap()
            .strip_prefix(base)
            .unwrap()
            .to_owned();
        read(&app, &path).await;
    }
}

#[actix_web::test]
async fn entries_and_their_activities_are_served_byte_for_byte() {
    let mut city = City::found(&Network::new(), "managua").await;
    city.open_thread("Una pregunta").await;
    let app = app!(city);
    let page = get(&app, &format!("/t/{TOPIC}/log/managua/1"), AP).await;
    let text = String::from_utf8(read_body(page).await.to_vec()).unwrap();
    let page: Value = serde_json::from_str(&text).unwrap();
    let entries = page["orderedItems"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        for id in [&entry["id"], &entry["object"]["id"]] {
            let path = id
                .as_str()
                .unwrap()
                .strip_prefix(city.inner().base_url())
                .unwrap()
                .to_owned();
            let served = read_body(get(&app, &path, AP).await).await;
            let served = String::from_utf8(served.to_vec()).unwrap();
            assert!(text.contains(&served), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_deleted_object_is_a_tombstone() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una pregunta").await;
    let edit = post::Edit {
        title: "Otra pregunta".into(),
        summary: String::new(),
        body: "Texto nuevo".into(),
    };
    let member = city.member().await;
    post::edit(city.engine(), &member, moment(), thread, edit)
        .await
        .unwrap();
    let app = app!(city);
    let path = format!("/o/{thread}");
    assert_eq!(read(&app, &path).await["name"], "Otra pregunta");
    post::delete(city.engine(), &member, moment(), thread)
        .await
        .unwrap();
    let response = get(&app, &path, AP).await;
    assert_eq!(response.status(), 410);
    let body = read_body(response).await;
    let tombstone: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&tombstone["type"], &tombstone["formerType"]),
        (&json!("Tombstone"), &json!("Article"))
    );
    assert!(!String::from_utf8_lossy(&body).contains("pregunta"));
}

#[actix_web::test]
async fn browsers_are_sent_to_the_page() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una pregunta").await;
    let comment = city.comment(thread, "Una respuesta").await;
    let app = app!(city);
    for (path, page) in [
        (format!("/t/{TOPIC}"), format!("/temas/{TOPIC}")),
        ("/u/ana".to_owned(), "/personas/ana".to_owned()),
        (
            format!("/o/{thread}"),
            format!("/conversaciones/{}", thread.short()),
        ),
        (
            format!("/o/{comment}"),
            format!("/comentarios/{}", comment.short()),
        ),
    ] {
        let response = get(&app, &path, "text/html").await;
        assert_eq!(response.status(), 303, "{path}");
        assert_eq!(
            response.headers().get(LOCATION).unwrap().to_str().unwrap(),
            page
        );
    }
}

#[actix_web::test]
async fn what_is_known_already_is_not_sent_again() {
    let mut city = City::found(&Network::new(), "managua").await;
    let app = app!(city);
    let path = format!("/t/{TOPIC}/heads");
    let tag = get(&app, &path, AP)
        .await
        .headers()
        .get(ETAG)
        .unwrap()
        .clone();
    let again = || {
        TestRequest::get()
            .uri(&path)
            .insert_header((IF_NONE_MATCH, tag.clone()))
    };
    let response = call_service(&app, again().to_request()).await;
    assert_eq!(response.status(), 304);
    assert!(read_body(response).await.is_empty());
    city.open_thread("Una pregunta").await;
    assert_eq!(call_service(&app, again().to_request()).await.status(), 200);
}

#[actix_web::test]
async fn what_is_not_here_is_a_problem_document() {
    let city = City::found(&Network::new(), "managua").await;
    let app = app!(city);
    for path in [
        "/t/nada",
        "/t/nada/heads",
        "/t/nada/log",
        "/t/nada/digest",
        "/t/nada/followers",
        "/t/agua/nada",
        "/t/agua/log/nada/1",
        "/t/agua/log/managua/0",
        "/t/agua/log/managua/2",
        "/t/agua/log/panama/1",
        "/t/agua/log/managua/92233720368547758",
        "/t/agua/outbox?page=0",
        "/t/agua/outbox?page=99",
        "/u/nadie",
        "/u/nadie/outbox",
        "/u/ana/nada",
        "/t/agua/outbox?page=0195b2a0-0000-7000-8000-000000000000",
        "/t/agua/context/0195b2a0-0000-7000-8000-000000000000",
        "/t/agua/context/1",
        "/t/agua/announce/0195b2a0-0000-7000-8000-000000000000",
        "/t/agua/announce/panama/1",
        "/t/agua/announce/managua/1",
        "/t/agua/announce/panama/x",
        "/o/0195b2a0-0000-7000-8000-000000000000/replies",
        "/o/1",
        "/o/0195b2a0-0000-7000-8000-000000000000",
        "/a/0195b2a0-0000-7000-8000-000000000000",
        "/nodeinfo/9.9",
    ] {
        let response = get(&app, path, AP).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(
            response.headers().get(CONTENT_TYPE).unwrap(),
            "application/problem+json",
            "{path}"
        );
    }
    let response = call_service(&app, TestRequest::put().uri("/t/agua").to_request()).await;
    assert_eq!(response.status(), 405);
}

#[actix_web::test]
async fn webfinger_finds_people_groups_and_the_city() {
    let mut city = City::found(&Network::new(), "managua").await;
    city.member().await;
    let app = app!(city);
    let (base, host) = (city.inner().base_url(), city.inner().host());
    for (resource, id) in [
        (format!("acct:ana@{host}"), format!("{base}/u/ana")),
        (
            format!("acct:ANA@{}", host.to_uppercase()),
            format!("{base}/u/ana"),
        ),
        (format!("{base}/u/ana"), format!("{base}/u/ana")),
        (format!("acct:agua@{host}"), format!("{base}/t/agua")),
        (
            format!("acct:basura_y_limpieza@{host}"),
            format!("{base}/t/basura-y-limpieza"),
        ),
        (format!("{base}/t/agua"), format!("{base}/t/agua")),
        (format!("acct:{host}@{host}"), format!("{base}/")),
        (format!("{base}/"), format!("{base}/")),
    ] {
        let response = get(
            &app,
            &format!("/.well-known/webfinger?resource={resource}"),
            "*/*",
        )
        .await;
        assert_eq!(response.status(), 200, "{resource}");
        assert_eq!(
            response
                .headers()
                .get("access-control-allow-origin")
                .unwrap(),
            "*"
        );
        assert_eq!(
            response.headers().get(CONTENT_TYPE).unwrap(),
            "application/jrd+json"
        );
        let found: Value = serde_json::from_slice(&read_body(response).await).unwrap();
        assert_eq!(found["links"][0]["href"], json!(id), "{resource}");
        assert_eq!(found["links"][0]["type"], AP);
    }
    for (query, status) in [
        (String::new(), 400),
        ("?resource=".into(), 400),
        ("?resource=ana".into(), 400),
        ("?resource=acct:ana".into(), 400),
        (format!("?resource=acct:@{host}"), 400),
        ("?resource=mailto:ana@x.example".into(), 400),
        ("?resource=acct:ana@x.example".into(), 404),
        ("?resource=https://x.example/u/ana".into(), 404),
        (format!("?resource=acct:nadie@{host}"), 404),
        (format!("?resource={base}/o/1"), 404),
    ] {
        let response = get(&app, &format!("/.well-known/webfinger{query}"), "*/*").await;
        assert_eq!(response.status(), status, "{query}");
    }
}

#[actix_web::test]
async fn nodeinfo_counts_what_is_here() {
    let mut city = City::found(&Network::new(), "managua").await;
    let thread = city.open_thread("Una pregunta").await;
    city.comment(thread, "Una respuesta").await;
    city.comment(thread, "Otra respuesta").await;
    let app = app!(city);
    let links = read(&app, "/.well-known/nodeinfo").await;
    assert_eq!(links["links"].as_array().unwrap().len(), 3);
    for (path, version) in [
        ("/nodeinfo/2.0", "2.0"),
        ("/nodeinfo/2.0.json", "2.0"),
        ("/nodeinfo/2.1", "2.1"),
        ("/nodeinfo/2.1.json", "2.1"),
    ] {
        let document = read(&app, path).await;
        assert_eq!(document["version"], version, "{path}");
        assert_eq!(document["usage"]["users"]["total"], 1);
        assert_eq!(document["usage"]["localPosts"], 1);
        assert_eq!(document["usage"]["localComments"], 2);
        assert_eq!(document["software"]["name"], "tequio");
    }
}
