//! What administrators do on the pages of an acta, in any topic.

use std::time::Duration;

use tequio_tests::browser::{Browser, Page};
use tequio_tests::city::City;
use tequio_tests::form::Form;
use tequio_tests::wait;

/// How long something said may take to be read elsewhere.
const TRAVEL: Duration = Duration::from_secs(60);

/// The acta of a topic.
pub fn acta_of(topic: &str) -> String {
    format!("/temas/{topic}/acta")
}

/// The founder writes down who takes part; it coordinates first.
pub async fn found(founder: &mut Browser, topic: &str, city: &str, names: &[&str]) {
    let page = format!("{}/fundar", acta_of(topic));
    // Their groups must have been met.
    wait::until(TRAVEL, &format!("{page} names all"), async || {
        let text = founder.open(&page).await.text();
        let list = text.split("Participarán:").nth(1).unwrap_or_default();
        let list = list.split('<').next().unwrap_or_default();
        match names.iter().find(|name| !list.contains(**name)) {
            None => Ok(()),
            Some(missing) => Err(format!("{missing} is not among {list}")),
        }
    })
    .await;
    let values = [
        ("city", city),
        ("quorum", "majority"),
        ("start", "2026-12-01"),
        ("term_days", "90"),
    ];
    let form = founder.fill(&page, &values).await;
    assert_eq!(founder.done(&form).await, acta_of(topic));
}

/// Waits until a page says something.
pub async fn page_with(browser: &mut Browser, path: &str, text: &str) -> Page {
    wait::until(TRAVEL, &format!("{path} says {text}"), async || {
        let page = browser.open(path).await;
        if page.text().contains(text) {
            Ok(page)
        } else {
            Err(page.text())
        }
    })
    .await
}

/// Waits until a button is offered, and presses it.
pub async fn press(browser: &mut Browser, path: &str, word: &str) {
    let form = task(browser, path, word).await;
    browser.done(&form).await;
}

/// Waits until a button is offered; its form, as if it had been pressed.
pub async fn task(browser: &mut Browser, path: &str, word: &str) -> Form {
    let button = format!("name=\"do\" value=\"{word}\"");
    let page = page_with(browser, path, &button).await;
    let text = page.text();
    let forms = Form::all(&text);
    let place = text
        .split("<form ")
        .skip(1)
        .filter(|form| form.contains("method=\"post\""));
    let form = forms
        .into_iter()
        .zip(place)
        .find(|(_, html)| html.contains(&button));
    let (mut form, _) = form.expect("a form with the button");
    form.set("do", word);
    form
}

/// Offers the next term, for a time.
pub async fn offer(
    browser: &mut Browser,
    topic: &str,
    to: &str,
    (start, end): (&str, &str),
) -> Page {
    let values = [
        ("city", to),
        ("start", start),
        ("end", end),
        ("note", "Le toca."),
    ];
    let page = format!("{}/traspaso", acta_of(topic));
    let form = browser.fill(&page, &values).await;
    browser.send(&form).await
}

/// What the acta says below who coordinates, without markup.
pub async fn acta(city: &City, topic: &str) -> String {
    let text = Browser::new(city).get(&acta_of(topic)).await.text();
    let (_, below) = text.split_once("id=\"turnos\"").expect("a timeline");
    let main = below.split("</main>").next().unwrap();
    let pieces = main.split('<').filter_map(|piece| piece.split_once('>'));
    pieces
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
