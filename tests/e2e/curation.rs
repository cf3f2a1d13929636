//! What the coordinating city rules in a topic holds in the other city, through the pages of real servers.

use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::state;

use crate::coordination::{ACTA, founded};
use crate::council::page_with;
use crate::people;

const TOPIC: &str = "/temas/saneamiento";
const PRIORITIES: &str = "/temas/saneamiento/prioridades";

/// Managua coordinates, and has chosen Ana for the topic; Luz of Panama has opened a thread.
struct Scene {
    network: Network,
    /// Administers Panama.
    away: Browser,
    ana: Browser,
    luz: Browser,
    thread: String,
}

impl Scene {
    async fn new() -> Self {
        let (network, mut admins) =
            founded(&["managua", "panama"], &["Managua", "Ciudad de Panamá"]).await;
        let mut away = admins.remove(1);
        let mut home = admins.remove(0);
        let mut luz = people::member(&network[1], &mut away, "luz").await;
        let thread = people::open_thread(&mut luz, "saneamiento", "¿Quién barre?", "Nadie.").await;
        page_with(&mut home, TOPIC, "¿Quién barre?").await;
        let ana = people::member(&network[0], &mut home, "ana").await;
        let fields = [("topic", "saneamiento")];
        let form = home.fill("/admin/cuentas/ana/temas", &fields).await;
        home.done(&form).await;
        Self {
            network,
            away,
            ana,
            luz,
            thread,
        }
    }

    async fn does(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let form = self.ana.fill(path, fields).await;
        self.ana.done(&form).await
    }

    fn moderation(&self) -> String {
        format!("/moderar/{}", people::short(&self.thread))
    }

    /// It is read in Panama.
    async fn shows(&mut self, path: &str, text: &str) {
        page_with(&mut self.away, path, text).await;
    }

    /// Everything is the same in both cities, and would be made again.
    async fn must_be_sound(mut self) {
        state::converged(self.network.cities()).await;
        self.network[1].stop().await;
        assert!(self.network[1].is_sound().contains("saneamiento"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_is_curated_from_one_city_for_both() {
    let mut scene = Scene::new().await;
    let fields = [("ruling", "feature"), ("note", "Sirve a las dos ciudades.")];
    assert_eq!(scene.does(&scene.moderation(), &fields).await, ACTA);
    let lines = format!("Barrer las calles {}\nCobrar la basura", scene.thread);
    let fields = [("issues", lines.as_str()), ("note", "Votado en el taller.")];
    assert_eq!(scene.does(PRIORITIES, &fields).await, TOPIC);
    let says = "Calles limpias, cuentas claras";
    let fields = [("summary-es", says), ("note", "Lo dijo el taller.")];
    let page = format!("{TOPIC}/pagina");
    assert_eq!(scene.does(&page, &fields).await, TOPIC);
    scene.shows(TOPIC, "Destacado por la coordinación").await;
    scene.shows(TOPIC, "<li>Cobrar la basura</li>").await;
    scene.shows(TOPIC, says).await;
    scene.shows("/", says).await;
    // Panama does not coordinate: it changes nothing of this.
    let unmoved = state::converged(scene.network.cities()).await;
    let fields = [("issues", "Lo nuestro"), ("note", "Porque sí.")];
    let form = scene.away.fill(PRIORITIES, &fields).await;
    let refused = scene.away.send(&form).await.text();
    assert!(refused.contains("El turno 1 es de Managua."), "{refused}");
    assert!(refused.contains("Lo nuestro"), "{refused}");
    assert_eq!(state::converged(scene.network.cities()).await, unmoved);
    scene.must_be_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_of_another_city_is_suspended_until_it_is_lifted() {
    let mut scene = Scene::new().await;
    let text = scene.ana.open(&scene.moderation()).await.text();
    let mut links = text.split("href=\"");
    let href = links.find(|rest| rest.contains("/suspension?")).unwrap();
    let href = href.split('"').next().unwrap().to_owned();
    let fields = [("until", "2099-01-31"), ("note", "Publicidad.")];
    assert_eq!(scene.does(&href, &fields).await, ACTA);
    let says = "Suspensión hasta el 31 de enero de 2099";
    scene.shows("/temas/saneamiento/acta/vigente", says).await;
    let fields = [("title", "Vendo escobas"), ("body", "Casi nuevas.")];
    let form = scene.luz.fill(&format!("{TOPIC}/nueva"), &fields).await;
    let refused = scene.luz.send(&form).await;
    assert_eq!(refused.status, 422);
    for said in ["suspendió su participación", "Casi nuevas."] {
        assert!(
            refused.text().contains(said),
            "{said} in {}",
            refused.text()
        );
    }
    let fields = [("ruling", "unban"), ("note", "Se disculpó.")];
    scene.does(&href, &fields).await;
    scene.shows(ACTA, "Levanta la suspensión de luz").await;
    people::open_thread(&mut scene.luz, "saneamiento", "¿Ya puedo?", "Gracias.").await;
    page_with(&mut scene.ana, TOPIC, "¿Ya puedo?").await;
    scene.must_be_sound().await;
}
