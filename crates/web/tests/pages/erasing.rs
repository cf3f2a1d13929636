//! `/admin/supresiones`: a post is erased for good.

use actix_web::http::StatusCode;

use crate::browser::House;

const PAGE: &str = "/admin/supresiones";

#[actix_web::test]
async fn an_administrator_erases_a_post_and_sees_who_has_confirmed() {
    let house = House::found().await;
    house.member("ana", "Ana").await;
    house.admin("jefa", "La jefa").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Mi cédula es 123", "No debí decirlo.").await;

    // Nobody else may.
    assert_eq!(ana.get(PAGE).await.status, StatusCode::NOT_FOUND);
    let token = ana.get("/fuera").await.token("/fuera/buscar");
    let refused = ana.post(PAGE, &[("csrf", token.as_str())]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let mut admin = house.signed_in("jefa").await;
    let page = admin.get(PAGE).await;
    assert!(page.text.contains("No se ha suprimido ninguna."));
    let fields = [
        ("address", href.as_str()),
        ("reason", "Lo pide <su autora>"),
        ("sure", "yes"),
    ];
    let done = admin.send_form(&page, PAGE, &fields).await;
    assert_eq!(done.location(), PAGE);
    let page = admin.get(PAGE).await;
    assert!(page.text.contains("Lo pide &#60;su autora&#62;"));
    assert!(
        page.text.contains("Confirmada por 0 de 0 ciudades"),
        "{}",
        page.text
    );
    let shown = admin.get(&href).await;
    assert!(!shown.text.contains("cédula"), "{}", shown.text);

    // Once is enough.
    let again = admin.send_form(&page, PAGE, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("ya está suprimida"), "{}", again.text);
}

#[actix_web::test]
async fn what_is_wrong_is_named_and_nothing_typed_is_lost() {
    let house = House::found().await;
    house.member("ana", "Ana").await;
    house.admin("jefa", "La jefa").await;
    let mut ana = house.signed_in("ana").await;
    let href = ana.ask("Se queda", "Así es.").await;
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get(PAGE).await;
    for (address, reason, sure, cure) in [
        ("", "Motivo", "yes", "no es la de una publicación"),
        (
            "https://else.example/1",
            "Motivo",
            "yes",
            "no es la de una publicación",
        ),
        (
            "/conversaciones/2QvPzKKcHmRXzW3mCUXqqq",
            "Motivo",
            "yes",
            "no es la de una publicación",
        ),
        (href.as_str(), " ", "yes", "Motivo"),
        (href.as_str(), "Motivo", "", "Marque la casilla"),
    ] {
        let fields = [("address", address), ("reason", reason), ("sure", sure)];
        let refused = admin.send_form(&page, PAGE, &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{address}"
        );
        assert!(refused.text.contains(cure), "{address}: {}", refused.text);
        assert!(
            refused.text.contains(&format!("value=\"{address}\"")),
            "{address}"
        );
    }
    assert!(ana.get(&href).await.text.contains("Se queda"));
}
