//! What the coordination's people do in their topic: who may write, what stands first, what it says of itself.

use actix_web::http::StatusCode;
use tequio_store::ruling::{self, FEATURED, Ruling};
use tequio_store::{Tx, ledger, topic};

use crate::browser::{Browser, House};

const TOPIC: &str = "/temas/saneamiento";
const PAGE: &str = "/temas/saneamiento/pagina";
const ISSUES: &str = "/temas/saneamiento/prioridades";
const IN_FORCE: &str = "/temas/saneamiento/acta/vigente";

/// The city coordinates; Ana coordinates the topic for it.
async fn coordinated() -> House {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let mut admin = house.signed_in("jefa").await;
    let found = "/temas/saneamiento/acta/fundar";
    let page = admin.get(found).await;
    let fields = [
        ("city", "managua"),
        ("quorum", "majority"),
        ("start", "2026-12-01"),
        ("term_days", "90"),
        ("note", ""),
    ];
    admin.send_form(&page, found, &fields).await;
    let topics = "/admin/cuentas/ana/temas";
    let page = admin.get("/admin/cuentas").await;
    assert!(page.text.contains(topics), "{}", page.text);
    let page = admin.get(topics).await;
    let done = admin
        .send_form(&page, topics, &[("topic", "saneamiento")])
        .await;
    assert_eq!(done.location(), "/admin/cuentas", "{}", done.text);
    let page = admin.get("/admin/cuentas").await;
    assert!(page.text.contains("Coordina un tema"), "{}", page.text);
    house
}

/// `/moderar/{oid}` of a thread.
fn moderation_of(thread: &str) -> String {
    let segment = thread.rsplit('/').next().unwrap();
    format!("/moderar/{}", segment.split('-').next().unwrap())
}

#[track_caller]
fn assert_says(text: &str, said: &str) {
    assert!(text.contains(said), "{said} in {text}");
}

#[actix_web::test]
async fn whom_the_city_chose_rules_in_that_topic_only() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    house.member("luz", "Luz Pineda").await;
    let mut luz = house.signed_in("luz").await;
    let thread = luz.ask("¿Quién barre?", "Nadie barre.").await;
    let path = moderation_of(&thread);
    assert_says(&ana.get(&thread).await.text, &path);
    assert!(!luz.get(&thread).await.text.contains(&path));
    for hidden in [path.as_str(), PAGE, ISSUES] {
        assert_eq!(
            luz.get(hidden).await.status,
            StatusCode::NOT_FOUND,
            "{hidden}"
        );
        let visitor = house.browser().get(hidden).await;
        assert_eq!(visitor.status, StatusCode::SEE_OTHER, "{hidden}");
    }
    assert_eq!(
        ana.get("/temas/finanzas/pagina").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ana.get("/admin/cuentas").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ana.get("/temas/saneamiento/acta/salir").await.status,
        StatusCode::NOT_FOUND,
        "the city's own matters are its administrators'"
    );

    let page = ana.get(&path).await;
    let fields = [("ruling", "feature"), ("note", "Sirve a todos.")];
    let done = ana.send_form(&page, &path, &fields).await;
    assert_eq!(done.location(), "/temas/saneamiento/acta", "{}", done.text);
    let topic = house.browser().get(TOPIC).await;
    assert_says(&topic.text, "Destacado por la coordinación");
    assert_eq!(topic.text.matches("¿Quién barre?").count(), 2);
    let filtered = house
        .browser()
        .get("/temas/saneamiento?ver=consultas")
        .await;
    assert!(
        !filtered.text.contains("Destacado por"),
        "{}",
        filtered.text
    );
    assert_says(&ana.get(&path).await.text, "Quitarlo de lo destacado");
    let force = house.browser().get(IN_FORCE).await;
    assert_says(&force.text, "Sirve a todos.");
    assert_says(&force.text, "Ana Zelaya");
    assert!(!force.text.contains("Cambiar"), "{}", force.text);
    assert_says(&ana.get(IN_FORCE).await.text, "Cambiar");
}

#[actix_web::test]
async fn who_is_suspended_hears_it_and_loses_no_text() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    house.member("luz", "Luz Pineda").await;
    let mut luz = house.signed_in("luz").await;
    let thread = luz.ask("Vendo un carro", "Casi nuevo.").await;
    let moderation = ana.get(&moderation_of(&thread)).await;
    assert_says(&moderation.text, "Suspender a Luz Pineda en este tema");
    let href = moderation
        .text
        .split("href=\"")
        .find(|rest| rest.contains("/suspension?"));
    let href = href
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    let page = ana.get(&href).await;
    let send = async |ana: &mut Browser<'_>, until: &str, note: &str| {
        let fields = [("ruling", "ban"), ("until", until), ("note", note)];
        ana.send_form(&page, &href, &fields).await
    };
    let past = send(&mut ana, "2020-01-31", "Anuncios.").await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&past.text, "tiene que ser hoy o después");
    assert_says(&past.text, "2020-01-31");
    let wrong = send(&mut ana, "mañana", "Anuncios.").await;
    assert_says(&wrong.text, "escriba una fecha");
    let silent = send(&mut ana, "2099-01-31", "").await;
    assert_says(&silent.text, "Razón: escriba por qué.");
    let done = send(&mut ana, "2099-01-31", "Anuncios.").await;
    assert_eq!(done.location(), "/temas/saneamiento/acta", "{}", done.text);
    let acta = house.browser().get("/temas/saneamiento/acta").await;
    assert_says(
        &acta.text,
        "Suspende a Luz Pineda hasta el 31 de enero de 2099",
    );
    let force = house.browser().get(IN_FORCE).await;
    assert_says(&force.text, "Suspensión hasta el 31 de enero de 2099");

    let form = luz.get("/temas/saneamiento/nueva").await;
    let fields = [
        ("kind", "question"),
        ("title", "Vendo otro"),
        ("body", "También casi nuevo."),
        ("do", "publish"),
    ];
    let refused = luz
        .send_form(&form, "/temas/saneamiento/nueva", &fields)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&refused.text, "suspendió su participación en este tema");
    assert_says(&refused.text, "También casi nuevo.");
    let elsewhere = luz.get("/temas/finanzas/nueva").await;
    let free = luz
        .send_form(&elsewhere, "/temas/finanzas/nueva", &fields)
        .await;
    assert_eq!(free.status, StatusCode::SEE_OTHER, "{}", free.text);

    let page = ana.get(&href).await;
    assert_says(&page.text, "Levantar la suspensión");
    let fields = [("ruling", "unban"), ("until", ""), ("note", "Se disculpó.")];
    let done = ana.send_form(&page, &href, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    luz.ask("¿Ya puedo?", "Gracias.").await;
    let nobody = "/temas/saneamiento/suspension?persona=https%3A%2F%2Fnadie.example%2Fu%2Fx";
    assert_eq!(ana.get(nobody).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        ana.get("/temas/saneamiento/suspension?persona=%00")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn the_topics_page_is_edited_in_both_languages() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    let page = ana.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    let fields = [
        ("summary-es", "Basura, agua y calles limpias"),
        ("deciders-es", "Lo que **cuesta** no hacerlo."),
        ("practitioners-es", "Paso a paso."),
        ("summary-en", ""),
        ("deciders-en", "What it *costs*."),
        ("practitioners-en", ""),
        ("note", "Acordado en el taller."),
    ];
    let mut bad = fields;
    let long = "ñ".repeat(501);
    bad[0].1 = &long;
    let refused = ana.send_form(&page, PAGE, &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&refused.text, "Resumen: es demasiado largo");
    assert_says(&refused.text, &long);
    assert_says(&refused.text, "Lo que **cuesta** no hacerlo.");
    let done = ana.send_form(&page, PAGE, &fields).await;
    assert_eq!(done.location(), TOPIC, "{}", done.text);
    let mut visitor = house.browser();
    let topic = visitor.get(TOPIC).await;
    assert_says(&topic.text, "Basura, agua y calles limpias");
    assert_says(&topic.text, "Lo que <strong>cuesta</strong> no hacerlo.");
    assert_says(
        &visitor.get("/").await.text,
        "Basura, agua y calles limpias",
    );
    let english = [("accept-language", "en")];
    let topic = visitor.get_with(TOPIC, &english).await;
    // What is not said in English is read in Spanish.
    assert_says(&topic.text, "Basura, agua y calles limpias");
    assert_says(&topic.text, "What it <em>costs</em>.");
    assert_says(&ana.get(PAGE).await.text, "What it *costs*.");
    assert_says(
        &visitor.get("/temas/saneamiento/acta").await.text,
        "Cambia la página del tema",
    );
}

#[actix_web::test]
async fn priorities_are_ranked_and_lead_to_where_they_are_dealt_with() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    let thread = ana.ask("¿Cómo se cobra la basura?", "Pregunto.").await;
    let page = ana.get(ISSUES).await;
    let send = async |ana: &mut Browser<'_>, lines: &str| {
        let fields = [("issues", lines), ("note", "Votado en el taller.")];
        ana.send_form(&page, ISSUES, &fields).await
    };
    let lost = "Cobrar la basura\nBarrer /conversaciones/nada";
    let refused = send(&mut ana, lost).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&refused.text, "en «/conversaciones/nada» no hay");
    assert_says(&refused.text, "Cobrar la basura\nBarrer");
    let many = "Una más\n".repeat(21);
    assert_says(&send(&mut ana, &many).await.text, "Prioridades: caben 20.");
    let long = "ñ".repeat(201);
    assert_says(&send(&mut ana, &long).await.text, "hasta 200 caracteres");
    let good = format!("Cobrar la basura {thread}\n\n  Barrer <b>bien</b>  ");
    let done = send(&mut ana, &good).await;
    assert_eq!(done.location(), TOPIC, "{}", done.text);
    let topic = house.browser().get(TOPIC).await.text;
    assert_says(&topic, "Prioridades del tema");
    assert_says(
        &topic,
        &format!("<li><a href=\"{thread}\">Cobrar la basura</a></li>"),
    );
    assert_says(&topic, "<li>Barrer &#60;b&#62;bien&#60;/b&#62;</li>");
    let again = ana.get(ISSUES).await;
    assert_says(&again.text, &format!("Cobrar la basura {thread}\nBarrer"));
    let acta = house.browser().get("/temas/saneamiento/acta").await;
    assert_says(&acta.text, "Ordena las prioridades: 2");
}

#[actix_web::test]
async fn a_collection_orders_the_library_and_is_dissolved_when_it_is_empty() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    let mut made = Vec::new();
    for title in ["Hoja de costos", "Manual de rutas"] {
        let form = ana.get("/temas/saneamiento/nueva-ficha").await;
        let fields = [
            ("title", title),
            ("body", "Texto."),
            ("kind", "tool"),
            ("license", "CC0-1.0"),
        ];
        let done = ana.send_parts(&form, "/nueva-ficha", &fields, &[]).await;
        made.push(done.location().to_owned());
    }
    let new = "/temas/saneamiento/nueva-coleccion";
    let library = "/temas/saneamiento/biblioteca";
    assert_says(&ana.get(library).await.text, new);
    assert!(
        !house
            .browser()
            .get(library)
            .await
            .text
            .contains("Colecciones")
    );
    let page = ana.get(new).await;
    let send = async |ana: &mut Browser<'_>, name: &str, items: &str| {
        let fields = [
            ("title", name),
            ("abstract", "Lo primero."),
            ("items", items),
            ("note", "Del taller."),
        ];
        ana.send_form(&page, new, &fields).await
    };
    let thread = ana.ask("No es ficha", "Pregunto.").await;
    let refused = send(&mut ana, "Para empezar", &format!("# Cuentas\n{thread}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&refused.text, "no hay una ficha de este tema");
    assert_says(&refused.text, "# Cuentas");
    assert_says(
        &send(&mut ana, "Para empezar", "# Nada").await.text,
        "al menos una",
    );
    assert_says(&send(&mut ana, " ", &made[0]).await.text, "Título: ");
    let items = format!(
        "# Las rutas\n{}\n# Las cuentas\nHoja de costos {}",
        made[1], made[0]
    );
    let done = send(&mut ana, "Para empezar", &items).await;
    let href = "/temas/saneamiento/colecciones/para-empezar";
    assert_eq!(done.location(), href, "{}", done.text);
    let mut visitor = house.browser();
    let shown = visitor.get(href).await.text;
    let places = [
        "Las rutas",
        "Manual de rutas",
        "Las cuentas",
        "Hoja de costos",
    ];
    let places = places.map(|text| {
        shown
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {shown}"))
    });
    assert!(places.is_sorted(), "{places:?}");
    assert!(!shown.contains("Editar la colección"));
    let library_text = visitor.get(library).await.text;
    assert_says(&library_text, href);
    assert_says(&library_text, "Lo primero.");
    assert_says(&visitor.get(IN_FORCE).await.text, "Para empezar");
    // Another one of the same name has an address of its own.
    let again = send(&mut ana, "Para empezar", &made[0]).await;
    assert_eq!(again.location(), format!("{href}-2"), "{}", again.text);

    let edit = format!("{href}/editar");
    let page = ana.get(&edit).await;
    assert_says(&page.text, "# Las rutas\nManual de rutas /biblioteca/");
    let fields = [
        ("title", "Para empezar"),
        ("abstract", ""),
        ("items", ""),
        ("note", "Ya no."),
    ];
    let done = ana.send_form(&page, &edit, &fields).await;
    assert_eq!(done.location(), library, "{}", done.text);
    assert_eq!(visitor.get(href).await.status, StatusCode::NOT_FOUND);
    let acta = visitor.get("/temas/saneamiento/acta").await.text;
    assert_says(&acta, "Deshace la colección «Para empezar»");
    for hidden in [new, edit.as_str()] {
        assert_eq!(
            visitor.get(hidden).await.status,
            StatusCode::SEE_OTHER,
            "{hidden}"
        );
    }
    assert_eq!(
        visitor
            .get("/temas/saneamiento/colecciones/A-")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn an_administrator_hides_a_text_on_this_instance_and_shows_it_again() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    let thread = ana.ask("Vendo un carro", "Casi nuevo.").await;
    let path = moderation_of(&thread).replace("/moderar/", "/ocultar/");
    assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        ana.get("/admin/ocultos").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!ana.get(&thread).await.text.contains(&path));
    let mut admin = house.signed_in("jefa").await;
    assert_says(&admin.get(&thread).await.text, &path);
    let page = admin.get(&path).await;
    let silent = admin.send_form(&page, &path, &[("note", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_says(&silent.text, "Razón: escriba por qué.");
    let done = admin
        .send_form(&page, &path, &[("note", "Lo ordenó un juez.")])
        .await;
    assert_eq!(done.location(), "/admin/ocultos", "{}", done.text);
    let mut visitor = house.browser();
    let shown = visitor.get(&thread).await.text;
    assert_says(&shown, "ocultó este texto en sus páginas");
    assert_says(&shown, "Texto oculto");
    assert!(
        !shown.contains("Escribir un"),
        "there is nothing to answer: {shown}"
    );
    assert!(
        !shown.contains("Casi nuevo") && !shown.contains("juez"),
        "{shown}"
    );
    assert!(!visitor.get(TOPIC).await.text.contains("Vendo un carro"));
    assert!(!visitor.get("/").await.text.contains("Vendo un carro"));
    let acta = visitor.get("/temas/saneamiento/acta").await.text;
    assert!(
        !acta.contains("juez"),
        "it is no matter of the coordination"
    );
    let list = admin.get("/admin/ocultos").await;
    assert_says(&list.text, "Lo ordenó un juez.");
    let page = admin.get(&path).await;
    assert_says(&page.text, "Está oculto por esta razón: Lo ordenó un juez.");
    let done = admin.send_form(&page, &path, &[("note", "")]).await;
    assert_eq!(done.location(), "/admin/ocultos", "{}", done.text);
    assert_says(&visitor.get(&thread).await.text, "Casi nuevo");
    assert_says(
        &admin.get("/admin/ocultos").await.text,
        "No hay nada oculto",
    );
}

/// SQLite takes 32,766 values in one statement; whoever coordinates can write more rulings than that.
#[actix_web::test]
async fn a_topic_is_read_however_much_its_coordination_features() {
    let house = coordinated().await;
    let mut ana = house.signed_in("ana").await;
    ana.ask("¿Quién barre?", "Nadie barre.").await;
    let flood = |tx: &mut Tx<'_>| {
        let topic = topic::by_slug(tx.conn(), "saneamiento")?;
        let (genesis, ..) = ledger::acts(tx.conn(), topic.id)?.remove(0);
        let rows = (0..33_000).map(|number| Ruling {
            topic_id: topic.id,
            object_uri: format!("https://panama.example/o/{number}"),
            kind: FEATURED.to_owned(),
            entry_id: genesis.entry_id,
            made_at: number,
            ends_at: None,
        });
        ruling::put(tx, topic.id, rows.collect())
    };
    house.engine().store().write(flood).await.unwrap();
    let page = house.browser().get(TOPIC).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_says(&page.text, "¿Quién barre?");
    let last = format!("{IN_FORCE}?pagina=1320");
    assert_eq!(house.browser().get(&last).await.status, StatusCode::OK);
}
