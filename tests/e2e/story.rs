//! What members of three cities do together, and how to see in any city that it was done.

use std::collections::BTreeMap;
use std::time::Duration;

use tequio_tests::browser::{Browser, Page};
use tequio_tests::city::City;
use tequio_tests::folder::sha256;
use tequio_tests::network::Network;
use tequio_tests::{form, wait};

use crate::people::{self, short};
use crate::stream::Confirmed;

/// Where everybody talks.
pub const TOPIC: &str = "saneamiento";
/// Where the knowledge object is.
const LIBRARY: &str = "finanzas";
const SPREAD: Duration = Duration::from_secs(30);

/// The three administrators, who are members too.
pub struct People {
    pub ana: Browser,
    pub berta: Browser,
    pub carla: Browser,
}

impl People {
    /// One in each of three new cities.
    pub async fn arrive(network: &Network) -> Self {
        Self {
            ana: people::administrator(&network[0], "ana").await,
            berta: people::administrator(&network[1], "berta").await,
            carla: people::administrator(&network[2], "carla").await,
        }
    }
}

/// What was done.
pub struct Story {
    /// Ana's question, edited, answered, found useful in two other cities.
    question: String,
    /// Ana's thread that she deleted.
    deleted: String,
    /// Carla's knowledge object.
    object: String,
    /// SHA-256 of its file.
    file: String,
}

impl Story {
    /// Does it all, across the cities.
    pub async fn tell(network: &Network, people: &mut People) -> Self {
        let People { ana, berta, carla } = people;
        let body = "Primera redacción, con un error.";
        let question = people::open_thread(ana, TOPIC, "¿Cómo tarifar la basura?", body).await;
        let deleted = people::open_thread(ana, TOPIC, "Se publicó sin querer", "Nada.").await;
        let others = network.cities()[1..].iter();
        for city in others.filter(|city| city.is_running()) {
            shows(city, &question, "¿Cómo tarifar la basura?").await;
        }
        let answer = people::reply(berta, &question, "Respuesta desde Panamá.").await;
        let regretted = people::reply(berta, &question, "Respuesta retirada.").await;
        people::find_useful(berta, &question).await;
        shows(&network[2], &question, "Respuesta desde Panamá.").await;
        people::find_useful(carla, &question).await;
        let below = format!("{question}?responder={}", short(&answer));
        let reply = carla
            .fill(&below, &[("body", "Réplica desde San José.")])
            .await;
        assert_eq!(reply.value("parent"), Some(short(&answer).as_str()));
        carla.done(&reply).await;
        people::edit(ana, &question, "Segunda redacción, corregida.").await;
        people::delete(ana, &deleted).await;
        people::delete(berta, &regretted).await;
        let pdf = pdf();
        let object = add_object(carla, &pdf).await;
        Self {
            question,
            deleted,
            object,
            file: sha256(&pdf),
        }
    }

    /// Sees it all in one city; waits for what is still on its way.
    pub async fn is_shown(&self, city: &City) {
        shows(city, &self.question, "Segunda redacción, corregida.").await;
        shows(city, &self.question, "Réplica desde San José.").await;
        shows(city, &self.question, "Útil · 2").await;
        let question = Browser::new(city).open(&self.question).await.text();
        for gone in ["Primera redacción", "Respuesta retirada."] {
            assert!(!question.contains(gone), "{gone} in {}", city.slug);
        }
        assert!(question.contains("Respuesta desde Panamá."), "{question}");
        let deleted = Browser::new(city).open(&self.deleted).await;
        assert!(
            !deleted.text().contains("Se publicó sin querer"),
            "{}",
            deleted.text()
        );
        shows(city, &self.object, "Ficha con archivo").await;
        let file = download(city, &self.object).await;
        assert_eq!(sha256(&file.bytes), self.file, "the file in {}", city.slug);
    }
}

/// Waits until a page of a city shows a text.
pub async fn shows(city: &City, path: &str, text: &str) {
    let mut browser = Browser::new(city);
    wait::until(
        SPREAD,
        &format!("{} shows {text:?} at {path}", city.slug),
        async || {
            let page = browser.try_get(path).await?;
            if page.status == 200 && form::unescape(&page.text()).contains(text) {
                Ok(())
            } else {
                let html = page.text();
                let (_, main) = html.split_once("<main").unwrap_or(("", &html));
                Err(format!("{} {main}", page.status))
            }
        },
    )
    .await;
}

/// Every confirmed thread is in every city.
pub async fn all_there(cities: &[City], confirmed: &[Confirmed]) {
    let mut missing = BTreeMap::new();
    for city in cities {
        let mut browser = Browser::new(city);
        for thread in confirmed {
            let page = browser.get(&thread.path).await;
            if page.status != 200 || !page.text().contains(&thread.title) {
                missing.insert((&city.slug, &thread.title), page.status);
            }
        }
    }
    assert!(missing.is_empty(), "confirmed, and lost: {missing:?}");
}

async fn add_object(browser: &mut Browser, pdf: &[u8]) -> String {
    let page = format!("/temas/{LIBRARY}/nueva-ficha");
    let values = [
        ("title", "Ficha con archivo"),
        ("body", "Cómo se hizo."),
        ("abstract", "Una ficha que lleva un archivo."),
    ];
    let mut form = browser.fill(&page, &values).await;
    form.attach("file", "guía de tarifas.pdf", pdf);
    browser.done(&form).await
}

/// Downloads the file of a knowledge object by the link of its page, once the city has it.
async fn download(city: &City, object: &str) -> Page {
    let mut browser = Browser::new(city);
    let page = browser.open(object).await.text();
    let href = page
        .split("<a ")
        .find_map(|tag| form::attribute(tag, "href").filter(|href| href.starts_with("/archivos/")));
    let href = href.unwrap_or_else(|| panic!("no file in {}: {page}", city.slug));
    wait::until(SPREAD, &format!("{} has {href}", city.slug), async || {
        let page = browser.get(&href).await;
        if page.status == 200 {
            Ok(page)
        } else {
            Err(page.status)
        }
    })
    .await
}

/// 300 kB that begin like a PDF.
fn pdf() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut seed: u32 = 2_463_534_242;
    while bytes.len() < 300_000 {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        bytes.extend(seed.to_le_bytes());
    }
    bytes
}
