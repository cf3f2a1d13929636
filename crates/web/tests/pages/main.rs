//! Pages and forms as a browser meets them: good paths and bad ones, on a city with one topic.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failing test may panic"
)]

mod browser;

use actix_web::http::StatusCode;
use browser::{BASE, Browser, House, PASSWORD};

#[actix_web::test]
async fn the_home_page_is_complete_and_remembered() {
    let house = House::found().await;
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
async fn a_question_is_asked_answered_found_useful_and_accepted() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let mut ana = house.signed_in("ana").await;
    let mut rob = house.signed_in("rob").await;
    let href = ana
        .ask("¿Cómo cobrar la basura?", "Necesito **ideas**.")
        .await;
    assert!(href.starts_with("/conversaciones/") && href.ends_with("-como-cobrar-la-basura"));

    let page = rob.get(&href).await;
    assert!(page.text.contains("<strong>ideas</strong>") && page.text.contains("Sin respuesta"));
    assert!(!page.text.contains("/editar"));
    let sent = rob
        .send_form(&page, "/responder", &[("body", "Por costo.")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let comment = sent.location().to_owned();
    assert!(comment.starts_with("/comentarios/"));
    let found = rob.get(&comment).await;
    assert_eq!(found.status, StatusCode::SEE_OTHER);
    assert!(found.location().starts_with(&format!("{href}#c-")));

    let page = ana.get(&href).await;
    assert!(page.text.contains("Por costo.") && page.text.contains("/editar"));
    let voted = ana.send_form(&page, "/util/", &[("util", "si")]).await;
    assert_eq!(voted.status, StatusCode::SEE_OTHER);
    let page = ana.get(&href).await;
    assert!(page.text.contains("aria-pressed=\"true\""));
    let accepted = ana
        .send_form(&page, "/aceptar/", &[("aceptar", "si")])
        .await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER);
    let page = house.browser().get(&href).await;
    assert!(page.text.contains("Respuesta aceptada por quien preguntó"));
    assert!(page.text.contains("Ir a la respuesta aceptada"));
    let list = house
        .browser()
        .get("/temas/saneamiento?ver=consultas")
        .await;
    assert!(list.text.contains("Respondida") && list.text.contains("1 respuesta"));
}

#[actix_web::test]
async fn what_was_typed_comes_back_whatever_is_wrong() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/temas/saneamiento/nueva").await;
    let typed = &[("title", ""), ("body", "Un texto <largo> & querido")][..];

    let refused = ana.send_form(&form, "/nueva", typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Título: escriba algo."));
    assert!(
        refused
            .text
            .contains("Un texto &#60;largo&#62; &#38; querido")
    );

    let preview = [
        ("title", "Un título"),
        ("body", "Un **texto**"),
        ("do", "preview"),
    ];
    let shown = ana.send_form(&form, "/nueva", &preview).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("<strong>texto</strong>") && shown.text.contains("Un título"));

    let no_token = ana.post("/temas/saneamiento/nueva", typed).await;
    assert_eq!(no_token.status, StatusCode::FORBIDDEN);
    assert!(no_token.text.contains("Este formulario ya no es válido"));
    assert!(no_token.text.contains("Un texto &#60;largo&#62;"));

    let token = form.token("/nueva");
    ana.forget("tequio");
    let mut fields = typed.to_vec();
    fields.push(("csrf", &token));
    let ended = ana.post("/temas/saneamiento/nueva", &fields).await;
    assert_eq!(ended.status, StatusCode::FORBIDDEN);
    assert!(ended.text.contains("Su sesión terminó") && ended.text.contains("Un texto &#60;largo"));
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
async fn the_sixth_sign_in_attempt_waits() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut browser = house.browser();
    for attempt in 1..=6 {
        let form = browser.get("/entrar").await;
        let fields = [("name", "ana"), ("password", "no es esta la clave")];
        let answer = browser.send_form(&form, "/entrar", &fields).await;
        if attempt < 6 {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text.contains("no son correctos") && answer.text.contains("\"ana\""));
        } else {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(!answer.header("retry-after").is_empty());
        }
    }
}

#[actix_web::test]
async fn signing_in_leads_back_and_out_again() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut browser = house.browser();
    let sent = browser.get("/temas/saneamiento/nueva").await;
    assert_eq!(
        sent.location(),
        "/entrar?volver=%2Ftemas%2Fsaneamiento%2Fnueva"
    );
    let form = browser.get(sent.location()).await;
    let fields = [("name", "@ana@managua"), ("password", PASSWORD)];
    let done = browser.send_form(&form, "/entrar", &fields).await;
    assert_eq!(done.location(), "/temas/saneamiento/nueva");
    assert!(done.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    let home = browser.get("/").await;
    assert!(home.text.contains("Ana Zelaya") && home.header("etag").is_empty());
    let out = browser.send_form(&home, "/salir", &[]).await;
    assert_eq!(out.location(), "/");
    let home = browser.get("/").await;
    assert!(home.text.contains("Ha salido.") && !home.text.contains("/salir"));
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

#[actix_web::test]
async fn markup_in_any_text_is_shown_and_not_obeyed() {
    let house = House::found().await;
    let canary = "<img src=x onerror=alert(1)>";
    house.member("ana", &format!("Ana {canary}")).await;
    let mut ana = house.signed_in("ana").await;
    let href = ana
        .ask(
            &format!("Título {canary}"),
            &format!("Cuerpo {canary} [x](javascript:a)"),
        )
        .await;
    for path in [
        &*href,
        "/",
        "/temas/saneamiento",
        "/temas/saneamiento/personas",
        "/personas/ana",
        "/ajustes",
    ] {
        let page = ana.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            !page.text.contains("<img") && !page.text.contains("javascript:"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn authors_edit_and_delete_and_nobody_else_does() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    house.member("rob", "Roberto Mejía").await;
    let mut ana = house.signed_in("ana").await;
    let mut rob = house.signed_in("rob").await;
    let href = ana.ask("Lluvias de octubre", "Así quedamos.").await;
    let short = href
        .split('/')
        .nth(2)
        .unwrap()
        .split('-')
        .next()
        .unwrap()
        .to_owned();
    let edit = format!("/conversaciones/{short}/editar");
    assert_eq!(rob.get(&edit).await.status, StatusCode::NOT_FOUND);
    let token = rob.get("/temas/saneamiento").await.token("/seguir");
    let fields = [("csrf", token.as_str()), ("title", "Mío"), ("body", "Mío")];
    assert_eq!(rob.post(&edit, &fields).await.status, StatusCode::NOT_FOUND);
    let own = [("csrf", token.as_str()), ("util", "si")];
    assert_eq!(
        rob.post(&format!("/util/{short}"), &own).await.status,
        StatusCode::SEE_OTHER
    );

    let form = ana.get(&edit).await;
    assert!(form.text.contains("Así quedamos."));
    let fields = [("title", "Lluvias de noviembre"), ("body", "Peor.")];
    let done = ana.send_form(&form, "/editar", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = ana
        .get(&format!("/conversaciones/{short}-lluvias-de-noviembre"))
        .await;
    assert!(page.text.contains("Peor.") && page.text.contains("editado el"));

    let ask = ana.get(&format!("/conversaciones/{short}/borrar")).await;
    assert!(ask.text.contains("¿Borrar este texto?"));
    let done = ana.send_form(&ask, "/borrar", &[]).await;
    assert_eq!(done.location(), "/temas/saneamiento");
    let gone = ana.get(&format!("/conversaciones/{short}")).await;
    assert!(gone.text.contains("Su autor borró este texto.") && !gone.text.contains("Peor."));
    assert!(
        !ana.get("/temas/saneamiento")
            .await
            .text
            .contains("noviembre")
    );
}

#[actix_web::test]
async fn a_knowledge_object_with_a_file_is_kept_and_served_inert() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/temas/saneamiento/nueva-ficha").await;
    let fields = [
        ("title", ""),
        ("body", "Mi hoja"),
        ("kind", "tool"),
        ("license", "CC0-1.0"),
    ];
    let file = ("costos.csv", "a;b\n1;2");
    let refused = ana
        .send_parts(&form, "/nueva-ficha", &fields, &[file])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Mi hoja") && refused.text.contains("costos.csv"));
    let kept = refused.text.split("name=\"kept\" value=\"").nth(1).unwrap();
    let kept = kept.split('"').next().unwrap();

    let fields = [
        ("title", "Hoja de costos"),
        ("body", ""),
        ("kind", "tool"),
        ("license", "CC0-1.0"),
        ("kept", kept),
    ];
    let done = ana.send_parts(&refused, "/nueva-ficha", &fields, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = house.browser().get(done.location()).await;
    assert!(page.text.contains("Hoja de costos") && page.text.contains("dominio público"));
    let href = page
        .text
        .split("class=\"download\" href=\"")
        .nth(1)
        .unwrap();
    let href = href.split('"').next().unwrap();
    let file = house.browser().get(href).await;
    assert_eq!(file.text, "a;b\n1;2");
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(
        file.header("content-security-policy"),
        "default-src 'none'; sandbox"
    );
    assert_eq!(file.header("content-type"), "text/csv");
    let version = page
        .text
        .split("href=\"/biblioteca/")
        .find(|part| part.contains("/v/1\""));
    assert!(version.is_some() && page.text.contains("Cómo citar"));
    let list = house.browser().get("/biblioteca?tipo=tool").await;
    assert!(list.text.contains("1 archivo") && list.text.contains("1 ficha"));
}

#[actix_web::test]
async fn a_file_that_is_not_what_it_says_is_refused() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/temas/saneamiento/nueva-ficha").await;
    let fields = [("title", "Una ficha"), ("body", "Mi texto")];
    for (name, content) in [
        ("a.html", "<p>hola"),
        ("a.pdf", "<script>"),
        ("a.svg", "<svg>"),
    ] {
        let refused = ana
            .send_parts(&form, "/nueva-ficha", &fields, &[(name, content)])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(
            refused.text.contains("ese tipo no se acepta") && refused.text.contains("Mi texto")
        );
    }
    let no_token = ana
        .parts(
            "/temas/saneamiento/nueva-ficha",
            &fields,
            &[("a.csv", "1;2")],
        )
        .await;
    assert_eq!(no_token.status, StatusCode::FORBIDDEN);
    assert!(no_token.text.contains("Mi texto"));
}

#[actix_web::test]
async fn the_first_administrator_needs_the_token_and_lets_others_in() {
    let house = House::found().await;
    let token = house.setup_token().await;
    let mut admin = house.browser();
    let form = admin.get("/instalar").await;
    let fields = [
        ("token", "00"),
        ("name", "jefa"),
        ("display_name", "La Jefa"),
        ("password", PASSWORD),
    ];
    let refused = admin.send_form(&form, "/instalar", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Clave de instalación") && refused.text.contains("La Jefa"));
    assert!(!refused.text.contains(PASSWORD));
    let mut fields = fields;
    fields[0].1 = &token;
    assert_eq!(
        admin
            .send_form(&refused, "/instalar", &fields)
            .await
            .location(),
        "/entrar"
    );
    assert_eq!(admin.get("/instalar").await.status, StatusCode::NOT_FOUND);

    let mut luis = house.browser();
    let form = luis.get("/cuenta/nueva").await;
    let fields = [
        ("name", "luis"),
        ("display_name", "Luis Solano"),
        ("password", PASSWORD),
    ];
    let asked = luis.send_form(&form, "/cuenta/nueva", &fields).await;
    assert!(asked.text.contains("Solicitud recibida"));
    assert_eq!(
        house.browser().get("/personas/luis").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(
        !house
            .browser()
            .get("/ciudades/managua")
            .await
            .text
            .contains("Luis Solano")
    );
    let entry = luis.get("/entrar").await;
    let credentials = [("name", "luis"), ("password", PASSWORD)];
    let refused = luis.send_form(&entry, "/entrar", &credentials).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        house.browser().get("/admin/cuentas").await.status,
        StatusCode::SEE_OTHER
    );

    let mut admin = house.signed_in("jefa").await;
    let accounts = admin.get("/admin/cuentas").await;
    assert!(accounts.text.contains("Luis Solano"));
    let done = admin
        .send_form(&accounts, "/admin/cuentas/luis", &[("do", "approve")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let mut luis = house.signed_in("luis").await;
    assert_eq!(
        luis.get("/admin/cuentas").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!luis.get("/").await.text.contains("/admin/"));
}

#[actix_web::test]
async fn members_change_their_profile_password_and_sessions() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut other = house.signed_in("ana").await;
    let mut ana = house.signed_in("ana").await;
    let form = ana.get("/ajustes").await;
    assert_eq!(form.text.matches("/ajustes/sesiones").count(), 1);
    let fields = [
        ("display_name", "Ana Z."),
        ("post", "Jefa"),
        ("summary", "Tarifas"),
        ("locale", "en"),
    ];
    let done = ana.send_form(&form, "/ajustes/perfil", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = ana.get("/personas/ana").await;
    assert!(page.text.contains("Tarifas") && page.text.contains("<html lang=\"en\""));
    let wrong = [
        ("current_password", "no es esta la clave"),
        ("password", "otra frase muy larga"),
    ];
    let refused = ana.send_form(&form, "/ajustes/clave", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Current password"));
    let right = [
        ("current_password", PASSWORD),
        ("password", "otra frase muy larga"),
    ];
    let done = ana.send_form(&form, "/ajustes/clave", &right).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(
        other
            .get("/ajustes")
            .await
            .location()
            .starts_with("/entrar")
    );
    assert_eq!(ana.get("/ajustes").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn language_and_colors_are_chosen_without_an_account() {
    let house = House::found().await;
    let mut visitor = house.browser();
    let fields = [("lang", "en"), ("theme", "dark"), ("volver", "/biblioteca")];
    let done = visitor.post("/preferencias", &fields).await;
    assert_eq!(done.location(), "/biblioteca");
    let page = visitor.get("/biblioteca").await;
    assert!(page.text.contains("lang=\"en\" data-theme=\"dark\""));
    let away = visitor
        .post("/preferencias", &[("volver", "//evil.example")])
        .await;
    assert_eq!(away.location(), "/");
}

#[actix_web::test]
async fn long_threads_have_pages_and_each_comment_its_own() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Una larga", "Empecemos.").await;
    let mut last = String::new();
    for n in 1..=21 {
        let page = ana.get(&href).await;
        let body = format!("Respuesta número {n}");
        last = ana
            .send_form(&page, "/responder", &[("body", &body)])
            .await
            .location()
            .to_owned();
    }
    let found = ana.get(&last).await;
    assert!(found.location().starts_with(&format!("{href}?pagina=2#c-")));
    let second = ana.get(&format!("{href}?pagina=2")).await;
    assert!(second.text.contains("número 21") && !second.text.contains("número 20"));
    assert!(second.text.contains("Página 2 de 2") && !second.text.contains("Empecemos."));
    let short = last.split('/').nth(2).unwrap();
    let answering = ana.get(&format!("{href}?pagina=2&responder={short}")).await;
    assert!(answering.text.contains("Respondiendo a Ana Zelaya"));
    let inner = [("body", "Adentro")];
    let sent = ana.send_form(&answering, "/responder", &inner).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let second = ana.get(&format!("{href}?pagina=2")).await;
    assert!(second.text.contains("post-reply"));
}

#[actix_web::test]
async fn a_text_far_beyond_its_limit_is_given_back_and_a_flood_is_cut() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana: Browser<'_> = house.signed_in("ana").await;
    let form = ana.get("/temas/saneamiento/nueva").await;
    let long = "palabra ".repeat(8_000);
    let refused = ana
        .send_form(&form, "/nueva", &[("title", "Largo"), ("body", &long)])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("es demasiado largo") && refused.text.contains("palabra palabra")
    );
    let flood = "palabra ".repeat(80_000);
    let cut = ana
        .send_form(&form, "/nueva", &[("title", "Largo"), ("body", &flood)])
        .await;
    assert_eq!(cut.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(cut.text.contains("Es demasiado grande"));
}
