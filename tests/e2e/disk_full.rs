//! The disk fills up: reading goes on, what is written is refused with its text, nothing is lost, and
//! everything goes on when there is room again.

use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::city::City;
use tequio_tests::form::unescape;
use tequio_tests::network::Network;
use tequio_tests::small_disk::SmallDisk;
use tequio_tests::{state, wait};

use crate::load::{Writer, ledger_holds};
use crate::people;
use crate::story::{self, TOPIC};

/// Room for the data of a young city, and some more.
const DISK_BYTES: u64 = 32 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_writing_and_nothing_else() {
    let mut network = Network::new(&["managua", "panama"]);
    let disk = SmallDisk::of(&mut network[0], DISK_BYTES);
    network.start().await;
    let mut ana = people::administrator(&network[0], "ana").await;
    let mut berta = people::administrator(&network[1], "berta").await;
    let mut zoe = people::member(&network[0], &mut ana, "zoe").await;
    let writer = Writer::begin(ana.clone(), TOPIC, "Ana", 3).await;
    writer.goes_on(60).await;
    let before = people::open_thread(&mut ana, TOPIC, "Antes de llenarse", "Cabe.").await;

    // While somebody writes, as it happens: whatever was under way is whole or not there.
    disk.fill();
    refuses(&mut zoe).await;
    reads(&network[0], &mut zoe, &before).await;
    // What a sibling says meanwhile may be too large, too: then it is told to come again.
    let elsewhere = people::open_thread(&mut berta, TOPIC, "De Panamá", "¿Llega?").await;
    let ledger = writer.end().await;
    reads(&network[0], &mut zoe, &before).await;

    // Also after a start with a full disk.
    network[0].kill();
    network[0].start().await;
    reads(&network[0], &mut zoe, &before).await;
    refuses(&mut zoe).await;

    disk.free();
    let after = goes_on(&mut zoe).await;
    story::shows(&network[0], &elsewhere, "De Panamá").await;
    story::shows(&network[1], &after, "Cabe otra vez").await;
    state::converged(network.cities()).await;
    for city in network.cities() {
        ledger_holds(city, std::slice::from_ref(&ledger)).await;
    }
    assert_eq!(
        network[0].log().matches("serving").count(),
        2,
        "no more starts"
    );
    network[0].stop().await;
    assert!(network[0].is_sound().contains(TOPIC));
    drop(network);
    drop(disk);
}

/// Forms are answered with 507, in the reader's language, with everything that was typed.
async fn refuses(member: &mut Browser) {
    let text = "Un texto largo y <querido>.";
    let values = [("title", "No cabe"), ("body", text)];
    let thread = member.fill(&format!("/temas/{TOPIC}/nueva"), &values).await;
    let values = [
        ("title", "No cabe"),
        ("body", text),
        ("abstract", "Con archivo."),
    ];
    let mut object = member
        .fill(&format!("/temas/{TOPIC}/nueva-ficha"), &values)
        .await;
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(2 << 20, b'x');
    object.attach("file", "grande.pdf", &pdf);
    for form in [thread, object] {
        let page = wait::until(Duration::from_secs(20), "it is full", async || {
            // The last bytes may still take something small.
            let page = member.send(&form).await;
            if page.status == 303 {
                Err(page.path)
            } else {
                Ok(page)
            }
        })
        .await;
        let html = unescape(&page.text());
        assert_eq!(page.status, 507, "{}: {html}", form.action);
        assert!(
            html.contains("La ciudad no tiene dónde guardarlo"),
            "{html}"
        );
        assert!(html.contains(text), "{html}");
    }
}

/// Visitors and members read, and the files of the program too.
async fn reads(city: &City, member: &mut Browser, thread: &str) {
    for path in ["/", "/temas/saneamiento", "/biblioteca", "/red", thread] {
        let page = member.open(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let page = Browser::new(city).open(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
    }
}

/// Without a restart.
async fn goes_on(member: &mut Browser) -> String {
    let values = [("title", "Cabe otra vez"), ("body", "Hay lugar.")];
    let form = member.fill(&format!("/temas/{TOPIC}/nueva"), &values).await;
    wait::until(Duration::from_secs(20), "there is room", async || {
        let page = member.send(&form).await;
        page.location
            .filter(|_| page.status == 303)
            .ok_or(page.status)
    })
    .await
}
