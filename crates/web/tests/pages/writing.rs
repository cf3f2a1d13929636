//! Asking, answering, editing, the library.

use actix_web::http::StatusCode;

use crate::browser::{Browser, House};

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
