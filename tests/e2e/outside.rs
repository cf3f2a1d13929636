//! Two cities that are not of one network: each knows of the other what anybody can ask.

use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::wait;

use crate::people;

const TOPIC: &str = "saneamiento";
/// How long a thing may take from one to the other, a pause after a failure included.
const SPREAD: Duration = Duration::from_secs(60);

/// One city each, and an administrator in each.
struct Scene {
    ours: Network,
    theirs: Network,
    ana: Browser,
    berta: Browser,
}

impl Scene {
    async fn new() -> Self {
        let (mut ours, mut theirs) = (Network::new(&["managua"]), Network::new(&["panama"]));
        ours.start().await;
        theirs.start().await;
        Self {
            ana: people::administrator(&ours[0], "ana").await,
            berta: people::administrator(&theirs[0], "berta").await,
            ours,
            theirs,
        }
    }

    /// What is pasted into the search box to find the topic of the other city.
    fn community(&self) -> String {
        format!("!{TOPIC}@{}", self.theirs[0].authority())
    }
}

/// Looks for something outside.
async fn look_up(who: &mut Browser, asked: &str) -> tequio_tests::browser::Page {
    let form = who.fill("/fuera", &[("q", asked)]).await;
    who.send(&form).await
}

/// Looks for an actor, follows it, and waits until it has accepted.
async fn follow(who: &mut Browser, asked: &str) {
    let found = look_up(who, asked).await;
    assert_eq!(found.status, 200, "{asked}: {}", found.text());
    who.done(&found.form_to("/fuera/seguir")).await;
    sees(who, "/fuera", "Lo sigue").await;
}

/// Waits until a page shows a text; answers the page.
async fn sees(who: &mut Browser, path: &str, text: &str) -> String {
    wait::until(SPREAD, &format!("{path} shows {text}"), async || {
        let page = who.open(path).await.text();
        if page.contains(text) {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await
}

/// Waits until a post came from outside; answers its page here.
async fn reads(who: &mut Browser, title: &str) -> String {
    let page = sees(who, "/fuera", &format!("\">{title}</a>")).await;
    let (before, _) = page.split_once(&format!("\">{title}</a>")).unwrap();
    let (_, href) = before.rsplit_once("href=\"").unwrap();
    href.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_two_networks_find_follow_read_and_vote() {
    let mut scene = Scene::new().await;
    let community = scene.community();
    follow(&mut scene.ana, &community).await;
    let title = "¿Cómo tarifar la basura?";
    let body = "Buscamos **tarifas** por peso.";
    let thread = people::open_thread(&mut scene.berta, TOPIC, title, body).await;
    let item = reads(&mut scene.ana, title).await;
    let page = scene.ana.open(&item).await;
    assert!(
        page.text().contains("<strong>tarifas</strong>"),
        "{}",
        page.text()
    );
    scene.ana.done(&page.form_to(&format!("{item}/util"))).await;
    sees(&mut scene.berta, &thread, "Útil · 1").await;

    let name = format!("@ana@{}", scene.ours[0].authority());
    follow(&mut scene.berta, &name).await;
    people::open_thread(
        &mut scene.ana,
        TOPIC,
        "Rellenos sanitarios",
        "¿Quién tiene?",
    )
    .await;
    reads(&mut scene.berta, "Rellenos sanitarios").await;

    scene.theirs[0].stop().await;
    let page = scene.ana.open(&item).await;
    scene.ana.done(&page.form_to(&format!("{item}/util"))).await;
    people::open_thread(&mut scene.ana, TOPIC, "Mientras tanto", "Nadie escucha.").await;
    // Not what was looked up before: that is remembered for a while.
    let unknown = format!("@berta@{}", scene.theirs[0].authority());
    let nobody = look_up(&mut scene.ana, &unknown).await;
    assert_eq!(nobody.status, 422);
    assert!(
        nobody.text().contains("no existe o no responde"),
        "{}",
        nobody.text()
    );
    scene.theirs[0].start().await;
    reads(&mut scene.berta, "Mientras tanto").await;
    wait::until(SPREAD, "the vote is taken back", async || {
        let page = scene.berta.open(&thread).await.text();
        if page.contains("Útil · 1") {
            Err(page)
        } else {
            Ok(())
        }
    })
    .await;
    people::edit(&mut scene.berta, &thread, "Ya tenemos **una**.").await;
    sees(&mut scene.ana, &item, "<strong>una</strong>").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_follows_for_a_topic_and_its_members_read() {
    let mut scene = Scene::new().await;
    let community = scene.community();
    let mut marta = people::member(&scene.ours[0], &mut scene.ana, "marta").await;
    let found = look_up(&mut scene.ana, &community).await;
    let mut form = found.form_to("/fuera/tema/seguir");
    form.set("topic", TOPIC);
    scene.ana.done(&form).await;
    sees(&mut scene.ana, "/fuera", "Lo sigue").await;
    assert!(
        look_up(&mut marta, &community)
            .await
            .text()
            .contains("/fuera/seguir")
    );
    let title = "Básculas en los camiones";
    people::open_thread(&mut scene.berta, TOPIC, title, "¿Alguien las usa?").await;
    let page = marta.open(&format!("/temas/{TOPIC}")).await;
    marta
        .done(&page.form_to(&format!("/temas/{TOPIC}/seguir")))
        .await;
    reads(&mut marta, title).await;
    // It is in no log: the topic's page does not have it.
    let topic = marta.open(&format!("/temas/{TOPIC}")).await.text();
    assert!(!topic.contains(title), "{topic}");
}
