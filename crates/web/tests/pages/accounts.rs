//! Signing in, asking for an account, settings.

use actix_web::http::StatusCode;

use crate::browser::{House, PASSWORD};

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
    house.admin("jefa", "La Jefa").await;
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
async fn the_first_administrator_needs_the_token_and_lets_others_in() {
    let house = House::found().await;
    let token = house.setup_token().await;
    let mut admin = house.browser();
    assert_eq!(admin.get("/").await.location(), "/instalar");
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
    assert_eq!(house.browser().get("/").await.status, StatusCode::OK);

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
async fn an_administrator_shares_the_office_and_closes_accounts() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("luis", "Luis Solano").await;
    let mut admin = house.signed_in("jefa").await;
    let mut luis = house.signed_in("luis").await;
    let page = admin.get("/admin/cuentas").await;
    assert!(!page.text.contains("action=\"/admin/cuentas/jefa\""));
    assert!(page.text.contains("Dar la administración"));
    let whose = "/admin/cuentas/luis";
    for (word, after, said) in [
        ("appoint", StatusCode::OK, "Desde ahora administra"),
        ("dismiss", StatusCode::NOT_FOUND, "Ya no administra"),
        ("close", StatusCode::SEE_OTHER, "Cuenta cerrada"),
        ("open", StatusCode::SEE_OTHER, "Cuenta abierta"),
    ] {
        let done = admin.send_form(&page, whose, &[("do", word)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{word}: {}", done.text);
        let told = admin.get(done.location()).await;
        assert!(told.text.contains(said), "{said} in {}", told.text);
        assert_eq!(luis.get("/admin/cuentas").await.status, after, "{word}");
    }
    let token = page.token(whose);
    for (path, word, status) in [
        ("/admin/cuentas/jefa", "dismiss", StatusCode::FORBIDDEN),
        ("/admin/cuentas/jefa", "close", StatusCode::FORBIDDEN),
        ("/admin/cuentas/nadie", "appoint", StatusCode::NOT_FOUND),
        (whose, "approve", StatusCode::NOT_FOUND),
        (whose, "crown", StatusCode::BAD_REQUEST),
    ] {
        let fields = [("csrf", token.as_str()), ("do", word)];
        let answer = admin.post(path, &fields).await;
        assert_eq!(answer.status, status, "{word} {path}");
    }
    let mut luis = house.signed_in("luis").await;
    let settings = luis.get("/ajustes").await;
    let token = settings.token("/ajustes/perfil");
    let usurped = luis
        .post(whose, &[("csrf", token.as_str()), ("do", "appoint")])
        .await;
    assert_eq!(usurped.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn who_forgot_the_password_writes_another_by_a_link() {
    let house = House::found().await;
    house.admin("jefa", "La Jefa").await;
    house.member("luis", "Luis Solano").await;
    let mut admin = house.signed_in("jefa").await;
    let page = admin.get("/admin/cuentas").await;
    let whose = "/admin/cuentas/luis";
    let made = admin.send_form(&page, whose, &[("do", "link")]).await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(
        made.text.contains("Enlace para Luis Solano"),
        "{}",
        made.text
    );
    let (_, rest) = made.text.split_once("/cuenta/clave/luis?token=").unwrap();
    let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64);
    assert!(
        !admin.get("/admin/cuentas").await.text.contains(&token),
        "shown once"
    );

    let path = format!("/cuenta/clave/luis?token={token}");
    let mut luis = house.browser();
    assert!(
        luis.get("/entrar")
            .await
            .text
            .contains("¿Olvidó su contraseña?")
    );
    let form = luis.get(&path).await;
    assert!(form.text.contains("«luis»"), "{}", form.text);
    let short = luis.send_form(&form, &path, &[("password", "corta")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("Contraseña"), "{}", short.text);
    let new = "una frase larga y nueva";
    let done = luis.send_form(&form, &path, &[("password", new)]).await;
    assert_eq!(done.location(), "/entrar", "{}", done.text);
    // Nobody is signed in by it, and it serves no second time.
    assert_eq!(luis.get("/ajustes").await.status, StatusCode::SEE_OTHER);
    let again = luis.send_form(&form, &path, &[("password", new)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("ya no sirve"), "{}", again.text);
    let entry = luis.get("/entrar").await;
    let credentials = [("name", "luis"), ("password", new)];
    let signed_in = luis.send_form(&entry, "/entrar", &credentials).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);

    // An account that there is not looks the same; what cannot be a name is not there.
    let mut visitor = house.browser();
    let nobody = visitor.get("/cuenta/clave/nadie?token=ab").await;
    assert_eq!(nobody.status, StatusCode::OK);
    let strange = visitor.get("/cuenta/clave/Na%22die?token=%22%3E").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
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
