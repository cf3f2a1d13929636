//! Pages that are read, and forms that come from elsewhere.

use actix_web::http::StatusCode;

use crate::browser::{BASE, House};

#[actix_web::test]
async fn the_home_page_is_complete_and_remembered() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    let mut visitor = house.browser();
    let page = visitor.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("2 ciudades que aprenden unas de otras"));
    assert!(page.text.contains("Saneamiento ambiental"));
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(!page.text.contains("style=") && !page.text.contains("<script"));
    let etag = page.header("etag").to_owned();
    let again = visitor.get_with("/", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.text.is_empty());
    house.member("ana", "Ana Zelaya").await;
    let newer = visitor.get_with("/", &[("if-none-match", &etag)]).await;
    assert_eq!(newer.status, StatusCode::OK);
    assert_ne!(newer.header("etag"), etag);
}

#[actix_web::test]
async fn another_site_cannot_send_forms() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let token = ana.get("/temas/saneamiento").await.token("/seguir");
    let fields = [("csrf", token.as_str())];
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let refused = ana
            .post_with("/temas/saneamiento/seguir", &fields, &[(name, value)])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
    }
    let headers = [("origin", BASE), ("sec-fetch-site", "same-origin")];
    let done = ana
        .post_with("/temas/saneamiento/seguir", &fields, &headers)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(ana.get("/").await.text.contains("Lo sigue"));
}

#[actix_web::test]
async fn another_member_s_token_does_not_work() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let theirs = house
        .signed_in("rob")
        .await
        .get("/temas/saneamiento")
        .await
        .token("/seguir");
    let mut ana = house.signed_in("ana").await;
    let refused = ana
        .post("/temas/saneamiento/seguir", &[("csrf", &theirs)])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_wrong_slug_is_put_right_and_a_wrong_address_keeps_the_header() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Lluvias de octubre", "Así quedamos.").await;
    let short = href
        .split('/')
        .nth(2)
        .unwrap()
        .split('-')
        .next()
        .unwrap()
        .to_owned();
    let moved = ana
        .get(&format!("/conversaciones/{short}-otra-cosa?pagina=1"))
        .await;
    assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(moved.location(), format!("{href}?pagina=1"));
    for path in [
        "/nada",
        "/temas/nada",
        "/conversaciones/nada",
        "/personas/nadie",
        "/ciudades/nada",
        "/biblioteca/nada",
        "/archivos/00/x",
        "/temas/saneamiento?pagina=99",
        "/estatico/0/x.css",
        &format!("{href}?pagina=9"),
        &format!("/biblioteca/{short}"),
    ] {
        let missing = house.browser().get(path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        assert!(missing.text.contains("No está aquí") && missing.text.contains("Biblioteca"));
        assert!(
            missing
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
    let wrong_way = house.browser().post("/biblioteca", &[]).await;
    assert_eq!(wrong_way.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn every_list_and_place_is_there_in_both_languages() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    house
        .signed_in("ana")
        .await
        .ask("Lluvias de octubre", "Así quedamos.")
        .await;
    for path in [
        "/",
        "/red",
        "/biblioteca",
        "/biblioteca?tema=saneamiento&tipo=tool&audiencia=deciders",
        "/ciudades",
        "/ciudades/managua",
        "/ciudades/tegucigalpa",
        "/personas/ana",
        "/temas/saneamiento",
        "/temas/saneamiento/biblioteca",
        "/temas/saneamiento/glosario",
        "/temas/saneamiento/personas",
        "/temas/saneamiento/ciudades",
        "/entrar",
        "/cuenta/nueva",
        "/robots.txt",
        "/favicon.svg",
    ] {
        for language in ["es-HN,es;q=0.9", "en-US,en;q=0.9"] {
            let page = house
                .browser()
                .get_with(path, &[("accept-language", language)])
                .await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let is_html = page.header("content-type").starts_with("text/html");
            let asked = format!("<html lang=\"{}\"", &language[..2]);
            assert!(
                !is_html || page.text.contains(&asked),
                "{path} in {language}"
            );
            assert!(
                !is_html || page.text.matches("<h1").count() == 1,
                "one h1 in {path}"
            );
        }
    }
    let glossary = house.browser().get("/temas/saneamiento/glosario").await;
    assert!(glossary.text.contains("tren de aseo") && glossary.text.contains("Tegucigalpa"));
}
