//! What the coordinating city rules in a topic holds in the other city, through the pages of real servers.

use tequio_tests::browser::Browser;
use tequio_tests::state;

use crate::coordination::{ACTA, founded};
use crate::council::page_with;
use crate::people;

const TOPIC: &str = "/temas/saneamiento";
const IN_FORCE: &str = "/temas/saneamiento/acta/vigente";

async fn rule(browser: &mut Browser, thread: &str, ruling: &str, why: &str) {
    let path = format!("/moderar/{}", people::short(thread));
    let form = browser
        .fill(&path, &[("ruling", ruling), ("note", why)])
        .await;
    assert_eq!(browser.done(&form).await, ACTA);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_is_curated_from_one_city_for_both() {
    let (mut network, mut admins) =
        founded(&["managua", "panama"], &["Managua", "Ciudad de Panamá"]).await;
    let [home, away] = &mut admins[..] else {
        panic!("two cities");
    };
    let mut luz = people::member(&network[1], away, "luz").await;
    let thread = people::open_thread(&mut luz, "saneamiento", "¿Quién barre?", "Nadie.").await;
    page_with(home, TOPIC, "¿Quién barre?").await;
    // A member whom Managua chose does it, not its administrator.
    let mut ana = people::member(&network[0], home, "ana").await;
    let topics = "/admin/cuentas/ana/temas";
    let form = home.fill(topics, &[("topic", "saneamiento")]).await;
    home.done(&form).await;

    rule(&mut ana, &thread, "feature", "Sirve a las dos ciudades.").await;
    let lines = format!("Barrer las calles {thread}\nCobrar la basura");
    let priorities = format!("{TOPIC}/prioridades");
    let values = [("issues", lines.as_str()), ("note", "Votado en el taller.")];
    let form = ana.fill(&priorities, &values).await;
    assert_eq!(ana.done(&form).await, TOPIC);
    let page = format!("{TOPIC}/pagina");
    let values = [
        ("summary-es", "Calles limpias, cuentas claras"),
        ("note", "Lo dijo el taller."),
    ];
    let form = ana.fill(&page, &values).await;
    assert_eq!(ana.done(&form).await, TOPIC);
    for text in [
        "Destacado por la coordinación",
        "<li>Cobrar la basura</li>",
        "Calles limpias, cuentas claras",
    ] {
        page_with(away, TOPIC, text).await;
    }
    page_with(away, "/", "Calles limpias, cuentas claras").await;

    // Luz of Panama is kept out, and hears why; her text is not lost.
    let moderation = ana
        .open(&format!("/moderar/{}", people::short(&thread)))
        .await;
    let text = moderation.text();
    let href = text
        .split("href=\"")
        .find(|rest| rest.contains("/suspension?"))
        .unwrap();
    let href = href.split('"').next().unwrap().to_owned();
    let values = [("until", "2099-01-31"), ("note", "Publicidad.")];
    let form = ana.fill(&href, &values).await;
    assert_eq!(ana.done(&form).await, ACTA);
    page_with(away, IN_FORCE, "Suspensión hasta el 31 de enero de 2099").await;
    let values = [("title", "Vendo escobas"), ("body", "Casi nuevas.")];
    let form = luz.fill(&format!("{TOPIC}/nueva"), &values).await;
    let refused = luz.send(&form).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("suspendió su participación"),
        "{}",
        refused.text()
    );
    assert!(
        refused.text().contains("Casi nuevas."),
        "{}",
        refused.text()
    );
    let unmoved = state::converged(network.cities()).await;

    // Panama does not coordinate: it changes nothing of this.
    let form = away
        .fill(
            &priorities,
            &[("issues", "Lo nuestro"), ("note", "Porque sí.")],
        )
        .await;
    let refused = away.send(&form).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("El turno 1 es de Managua."),
        "{}",
        refused.text()
    );
    assert_eq!(state::converged(network.cities()).await, unmoved);

    let form = ana
        .fill(&href, &[("ruling", "unban"), ("note", "Se disculpó.")])
        .await;
    ana.done(&form).await;
    page_with(away, ACTA, "Levanta la suspensión de luz").await;
    people::open_thread(&mut luz, "saneamiento", "¿Ya puedo?", "Gracias.").await;
    page_with(&mut ana, TOPIC, "¿Ya puedo?").await;
    network[1].stop().await;
    assert!(network[1].is_sound().contains("saneamiento"));
}
