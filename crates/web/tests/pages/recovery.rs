//! While own entries come back from siblings: pages are read, nothing is taken, and why is said.

use actix_web::http::StatusCode;
use tequio_engine::recovery;
use tequio_store::log;

use crate::browser::{Browser, House, now};

const HEADING: &str = "La ciudad está recuperando lo suyo";

async fn hold(house: &House) -> i64 {
    let logs = house.engine().store().read(log::all).await.unwrap();
    let own = logs
        .iter()
        .find(|row| row.city == house.engine().identity().city.as_str());
    let own = own.unwrap().clone();
    recovery::hold(house.engine(), own.id, own.head_seq + 3, now())
        .await
        .unwrap();
    own.id
}

async fn asks(ana: &mut Browser<'_>) -> crate::browser::Answer {
    let form = ana.get("/temas/saneamiento/nueva").await;
    let typed = [("title", "Un título"), ("body", "Un texto querido")];
    ana.send_form(&form, "/nueva", &typed).await
}

#[actix_web::test]
async fn a_held_log_is_read_and_not_written() {
    let house = House::found().await;
    house.member("ana", "Ana Zelaya").await;
    let mut ana = house.signed_in("ana").await;
    let before = ana.ask("Antes", "Todo bien.").await;
    let log_id = hold(&house).await;

    let refused = asks(&mut ana).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text.contains(HEADING), "{}", refused.text);
    assert!(
        refused.text.contains("Un texto querido"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("href=\"/red\""));
    assert_eq!(house.browser().get(&before).await.status, StatusCode::OK);
    let english = house
        .browser()
        .get_with("/red", &[("accept-language", "en")])
        .await;
    assert!(
        english.text.contains("Recovery of own entries"),
        "{}",
        english.text
    );

    let page = house.browser().get("/red").await;
    assert!(page.text.contains("Recuperación de lo propio") && page.text.contains("Preguntando"));
    recovery::asked(house.engine(), log_id, 0, now())
        .await
        .unwrap();
    assert!(
        house
            .browser()
            .get("/red")
            .await
            .text
            .contains("Ninguna ciudad contesta")
    );
    recovery::asked(house.engine(), log_id, 2, now())
        .await
        .unwrap();
    assert!(
        house
            .browser()
            .get("/red")
            .await
            .text
            .contains("Espera a más ciudades")
    );
    recovery::release(house.engine(), log_id, now())
        .await
        .unwrap();
    assert!(
        house
            .browser()
            .get("/red")
            .await
            .text
            .contains("Sigue, con pérdida")
    );
    assert_eq!(asks(&mut ana).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn nobody_registers_while_names_are_not_known() {
    let house = House::found().await;
    house.admin("ada", "Ada").await;
    hold(&house).await;
    let mut visitor = house.browser();
    let form = visitor.get("/cuenta/nueva").await;
    let fields = [
        ("name", "berta"),
        ("display_name", "Berta"),
        ("post", ""),
        ("password", "una clave bastante larga"),
    ];
    let refused = visitor.send_form(&form, "/cuenta/nueva", &fields).await;
    assert_eq!(
        refused.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        refused.text
    );
    assert!(refused.text.contains(HEADING));
    assert!(!refused.text.contains("una clave bastante larga"));
}
