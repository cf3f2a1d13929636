//! The acta of a topic: what everybody reads, and what an administrator can do there.

use actix_web::http::StatusCode;

use crate::browser::House;

const ACTA: &str = "/temas/saneamiento/acta";
const DO: &str = "/temas/saneamiento/acta/hacer";

async fn founded(house: &House) {
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/temas/saneamiento/acta/fundar").await;
    assert!(
        page.text.contains("Participarán: Managua."),
        "{}",
        page.text
    );
    let fields = [
        ("city", "managua"),
        ("quorum", "majority"),
        ("start", "2026-12-01"),
        ("term_days", "90"),
        ("note", "Empezamos nosotros."),
    ];
    let action = "/temas/saneamiento/acta/fundar";
    let done = admin.send_form(&page, action, &fields).await;
    assert_eq!(done.location(), ACTA, "{}", done.text);
}

#[actix_web::test]
async fn before_the_founding_the_acta_says_what_it_is_for() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    let mut visitor = house.browser();
    let page = visitor.get(ACTA).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("todavía no se ha fundado"),
        "{}",
        page.text
    );
    assert!(!page.text.contains(DO));
    let relief = visitor.get("/temas/saneamiento/acta/relevo").await;
    assert_eq!(relief.status, StatusCode::NOT_FOUND);
    let english = [("accept-language", "en")];
    let page = visitor.get_with(ACTA, &english).await;
    assert!(
        page.text.contains("has not been founded yet"),
        "{}",
        page.text
    );
    assert_eq!(
        visitor.get("/temas/nada/acta").await.status,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn the_founder_founds_and_everyone_reads_who_coordinates() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut visitor = house.browser();
    let page = visitor.get(ACTA).await;
    for said in [
        "Turno 1: del 1 de diciembre de 2026 al 1 de marzo de 2027.",
        "Funda la coordinación con una ciudad; empieza Managua",
        "Empezamos nosotros.",
        "La Jefa",
    ] {
        assert!(page.text.contains(said), "{said} in {}", page.text);
    }
    assert!(visitor.get("/").await.text.contains("Coordina"));
    let topic = visitor.get("/temas/saneamiento").await;
    assert!(
        topic.text.contains("hasta el 1 de marzo de 2027"),
        "{}",
        topic.text
    );
    let relief = visitor.get("/temas/saneamiento/acta/relevo").await;
    assert!(
        relief
            .text
            .contains("votan 1 ciudades: hacen falta 1 respaldos"),
        "{}",
        relief.text
    );
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/temas/saneamiento/acta/fundar").await;
    let again = admin
        .send_form(
            &page,
            "/temas/saneamiento/acta/fundar",
            &[
                ("city", "managua"),
                ("quorum", "majority"),
                ("start", "2026-12-01"),
                ("term_days", "90"),
            ],
        )
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn a_refused_task_comes_back_with_its_reason_and_what_was_typed() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/temas/saneamiento/acta/traspaso").await;
    let action = "/temas/saneamiento/acta/traspaso";
    let fields = |city, start, end| {
        [
            ("city", city),
            ("start", start),
            ("end", end),
            ("note", "Con gusto."),
        ]
    };
    for (fields, said) in [
        (
            fields("tegucigalpa", "2027-03-01", "2027-06-01"),
            "no participa en el tema",
        ),
        (
            fields("managua", "2027-03-01", "2027-06-01"),
            "no puede ofrecerse el turno a sí misma",
        ),
        (
            fields("tegucigalpa", "mañana", "2027-06-01"),
            "Empieza: escriba una fecha",
        ),
        (
            fields("tegucigalpa", "2027-06-01", "2027-03-01"),
            "posterior al comienzo",
        ),
    ] {
        let answer = admin.send_form(&page, action, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(answer.text.contains(said), "{said} in {}", answer.text);
        assert!(answer.text.contains("Con gusto."), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_line_that_is_too_long_comes_back_with_all_others() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut admin = house.signed_in("jefa").await;
    let action = "/temas/saneamiento/acta/traspaso";
    let page = admin.get(action).await;
    let (long, many) = ("ñ".repeat(501), "Escribir a la red\n".repeat(61));
    for (tasks, said) in [
        (
            long.as_str(),
            "Tareas pendientes: cada línea puede tener hasta 500 caracteres.",
        ),
        (
            many.as_str(),
            "Tareas pendientes: entre las tres listas caben 60 líneas.",
        ),
    ] {
        let fields = [
            ("city", "tegucigalpa"),
            ("start", "2027-03-01"),
            ("end", "2027-06-01"),
            ("notes", "Los mapas están en la biblioteca."),
            ("tasks", tasks),
            ("contacts", "Oficina de aguas"),
        ];
        let answer = admin.send_form(&page, action, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        for text in [
            said,
            tasks,
            "Los mapas están en la biblioteca.",
            "Oficina de aguas",
        ] {
            assert!(answer.text.contains(text), "{text} in {}", answer.text);
        }
    }
}

#[actix_web::test]
async fn administrators_see_what_their_city_lacks_to_coordinate() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let mut admin = house.signed_in("jefa").await;
    assert!(!admin.get(ACTA).await.text.contains("Lista para coordinar"));
    founded(&house).await;
    let before = admin.get(ACTA).await.text;
    for said in [
        "Su ciudad cumple 1 de 4.",
        "Solo una persona administra.",
        "No hay respaldo de los últimos 7 días.",
        "Ningún respaldo se ha probado",
    ] {
        assert!(before.contains(said), "{said} in {before}");
    }
    let accounts = admin.get("/admin/cuentas").await;
    let appoint = [("do", "appoint")];
    let done = admin
        .send_form(&accounts, "/admin/cuentas/ana", &appoint)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let after = admin.get(ACTA).await.text;
    assert!(after.contains("Su ciudad cumple 2 de 4."), "{after}");
    assert!(after.contains("Administran 2 personas"), "{after}");
    let visitor = house.browser().get(ACTA).await.text;
    assert!(!visitor.contains("Lista para coordinar"), "{visitor}");
}

#[actix_web::test]
async fn a_term_has_a_page_of_how_it_was_decided() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut visitor = house.browser();
    let acta = visitor.get(ACTA).await;
    assert!(
        acta.text
            .contains("href=\"/temas/saneamiento/acta/turno/1\"")
    );
    let page = visitor.get("/temas/saneamiento/acta/turno/1").await;
    assert_eq!(page.status, StatusCode::OK);
    for said in [
        "turno 1: Managua",
        "Funda la coordinación con una ciudad; empieza Managua",
        "Empezamos nosotros.",
        "Huella de la entrada:",
    ] {
        assert!(page.text.contains(said), "{said} in {}", page.text);
    }
    for missing in ["turno/2", "turno/0", "turno/-1", "turno/uno"] {
        let answer = visitor.get(&format!("{ACTA}/{missing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let nowhere = visitor.get("/temas/nada/acta/turno/1").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_button_that_is_not_offered_says_why_it_does_nothing() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/temas/saneamiento/acta/integrantes").await;
    for (word, said) in [
        ("seal", "Nadie ha aceptado esa oferta"),
        ("certify", "no es una candidatura"),
    ] {
        let mut fields = vec![("do", word), ("acto", "")];
        let token = page.token("/temas/saneamiento/acta/integrantes");
        fields.push(("csrf", token.as_str()));
        let answer = admin.post(DO, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{word}");
        assert!(answer.text.contains(said), "{said} in {}", answer.text);
    }
    let token = page.token("/temas/saneamiento/acta/integrantes");
    for bad in ["", "usurp", "accept"] {
        let answer = admin
            .post(DO, &[("do", bad), ("acto", "x"), ("csrf", &token)])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let strange = [
        ("do", "accept"),
        ("acto", &"ab".repeat(32)),
        ("csrf", &token),
    ];
    assert_eq!(admin.post(DO, &strange).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn members_and_visitors_have_no_say() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    founded(&house).await;
    let mut member = house.signed_in("ana").await;
    let page = member.get(ACTA).await;
    assert!(page.status == StatusCode::OK && !page.text.contains(DO));
    let settings = member.get("/ajustes").await;
    let token = settings.token("/ajustes/perfil");
    for form in [
        "traspaso",
        "candidatura",
        "fundar",
        "salir",
        "integrantes",
        "nada",
    ] {
        let path = format!("{ACTA}/{form}");
        assert_eq!(
            member.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{form}"
        );
        let fields = [("csrf", token.as_str()), ("city", "managua")];
        assert_eq!(
            member.post(&path, &fields).await.status,
            StatusCode::NOT_FOUND,
            "{form}"
        );
    }
    let sealed = member.post(DO, &[("csrf", &token), ("do", "seal")]).await;
    assert_eq!(sealed.status, StatusCode::NOT_FOUND);
    let mut visitor = house.browser();
    let form = visitor.get(&format!("{ACTA}/salir")).await;
    assert!(
        form.location().starts_with("/entrar"),
        "{}",
        form.location()
    );
    let mut admin = house.signed_in("jefa").await;
    let forged = admin.post(DO, &[("csrf", "00"), ("do", "seal")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_coordinator_that_leaves_leaves_the_seat_empty() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    founded(&house).await;
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get(&format!("{ACTA}/salir")).await;
    let done = admin
        .send_form(&page, &format!("{ACTA}/salir"), &[("note", "")])
        .await;
    assert_eq!(done.location(), ACTA, "{}", done.text);
    let page = house.browser().get(ACTA).await;
    assert!(
        page.text.contains("Nadie coordina este tema por ahora"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Se retiró"), "{}", page.text);
}

#[actix_web::test]
async fn the_coordinator_removes_a_text_and_closes_a_conversation() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("ana", "Ana Zelaya").await;
    let mut member = house.signed_in("ana").await;
    let thread = member.ask("Vendo un carro", "Casi nuevo.").await;
    let short = thread
        .rsplit('/')
        .next()
        .unwrap()
        .split('-')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/moderar/{short}");
    assert_eq!(member.get(&path).await.status, StatusCode::NOT_FOUND);
    founded(&house).await;
    let mut admin = house.signed_in("jefa").await;
    assert!(admin.get(&thread).await.text.contains(&path));
    assert!(!member.get(&thread).await.text.contains(&path));
    let page = admin.get(&path).await;
    assert!(page.text.contains("«Vendo un carro»"), "{}", page.text);
    let silent = admin
        .send_form(&page, &path, &[("ruling", "lock"), ("note", " ")])
        .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        silent.text.contains("Razón: escriba por qué."),
        "{}",
        silent.text
    );
    let wrong = admin
        .send_form(&page, &path, &[("ruling", "burn"), ("note", "x")])
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let locked = admin
        .send_form(
            &page,
            &path,
            &[("ruling", "lock"), ("note", "No es del tema.")],
        )
        .await;
    assert_eq!(locked.location(), ACTA, "{}", locked.text);
    let seen = member.get(&thread).await;
    assert!(
        seen.text.contains("Esta conversación está cerrada"),
        "{}",
        seen.text
    );
    let removed = admin
        .send_form(
            &page,
            &path,
            &[("ruling", "remove"), ("note", "Es un anuncio.")],
        )
        .await;
    assert_eq!(removed.location(), ACTA, "{}", removed.text);
    let mut visitor = house.browser();
    let seen = visitor.get(&thread).await;
    let text = seen.text;
    assert!(
        text.contains("retiró este texto") && !text.contains("Casi nuevo"),
        "{text}"
    );
    assert!(
        !visitor
            .get("/temas/saneamiento")
            .await
            .text
            .contains("Vendo un carro")
    );
    let acta = visitor.get(ACTA).await;
    assert!(acta.text.contains("Es un anuncio.") && acta.text.contains("Retira un texto"));
}
