//! Forms of a running city: what is wrong is named, what was typed is kept, what may not be is refused.

use tequio_tests::browser::Browser;
use tequio_tests::form::Form;
use tequio_tests::network::Network;
use tequio_tests::state::{self, State};

use crate::people::{self, PASSWORD};
use crate::story::TOPIC;

const COMPOSE: &str = "/temas/saneamiento/nueva";

/// A city with an administrator.
async fn city() -> (Network, Browser) {
    let mut network = Network::new(&["managua"]);
    network.start().await;
    let ana = people::administrator(&network[0], "ana").await;
    (network, ana)
}

async fn held(network: &Network) -> State {
    state::of_topic(&network[0], TOPIC).await.unwrap()
}

/// Sends a form that is not taken: 422, and the same form comes back with what was typed.
async fn given_back(browser: &mut Browser, form: &Form, fields: &[&str]) -> Form {
    let page = browser.send(form).await;
    assert_eq!(page.status, 422, "{}: {}", form.action, page.text());
    let back = page.form(fields);
    for field in fields {
        assert_eq!(
            back.value(field),
            form.value(field),
            "{field} of {}",
            form.action
        );
    }
    back
}

#[tokio::test]
async fn what_was_typed_into_a_form_with_a_problem_is_kept() {
    let (network, mut ana) = city().await;
    let before = held(&network).await;
    let long = format!("<p> & \"comillas\" {}", "palabra ".repeat(8_000));
    for (title, body) in [
        ("ab", "Un texto <b>largo</b> & escrito con calma."),
        ("Título", &long),
    ] {
        let form = ana.fill(COMPOSE, &[("title", title), ("body", body)]).await;
        given_back(&mut ana, &form, &["title", "body"]).await;
    }
    assert_eq!(held(&network).await, before);

    // The form that came back is good for another try.
    let form = ana
        .fill(COMPOSE, &[("title", "ab"), ("body", "Con calma.")])
        .await;
    let mut back = given_back(&mut ana, &form, &["title", "body"]).await;
    back.set("title", "Un título completo");
    let path = ana.done(&back).await;
    assert!(ana.open(&path).await.text().contains("Con calma."));

    let comment = ana
        .fill(&path, &[("parent", &people::short(&path)), ("body", " ")])
        .await;
    assert_eq!(ana.send(&comment).await.status, 422);
}

#[tokio::test]
async fn a_file_of_a_kind_that_is_not_taken_leaves_the_text_and_the_other_file() {
    let (network, mut ana) = city().await;
    let page = format!("/temas/{TOPIC}/nueva-ficha");
    let values = [
        ("title", "Ficha"),
        ("body", "Cómo se hizo."),
        ("abstract", "En breve."),
    ];
    let mut form = ana.fill(&page, &values).await;
    form.attach("file", "bueno.pdf", b"%PDF-1.7\nbueno");
    form.attach("file", "malo.svg", b"<svg onload=alert(1)>");
    let mut back = given_back(&mut ana, &form, &["title", "body", "abstract"]).await;
    assert_eq!(held(&network).await.objects, 0);
    assert!(back.has("kept"), "the good file is offered");
    back.set("body", "Cómo se hizo, y con qué.");
    let path = ana.done(&back).await;
    let page = ana.open(&path).await.text();
    assert!(
        page.contains("bueno.pdf") && !page.contains("malo.svg"),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_without_its_token_is_refused_and_the_text_given_back() {
    let (network, mut ana) = city().await;
    let before = held(&network).await;
    let mut form = ana
        .fill(
            COMPOSE,
            &[("title", "Título"), ("body", "Texto que no se pierde.")],
        )
        .await;
    let token = form.value("csrf").unwrap().to_owned();
    for wrong in [None, Some("0".repeat(token.len()))] {
        form.remove("csrf");
        if let Some(wrong) = wrong {
            form.set("csrf", &wrong);
        }
        let page = ana.send(&form).await;
        assert_eq!(page.status, 403);
        assert!(
            page.text().contains("Texto que no se pierde."),
            "{}",
            page.text()
        );
    }
    // Neither does another person's token help, nor a session that is gone.
    form.set("csrf", &token);
    let page = Browser::new(&network[0]).send(&form).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text().contains("Texto que no se pierde."),
        "{}",
        page.text()
    );
    assert_eq!(held(&network).await, before);
    ana.done(&form).await;
}

#[tokio::test]
async fn a_post_of_somebody_else_can_be_neither_edited_nor_deleted() {
    let (network, mut ana) = city().await;
    let mut luis = people::member(&network[0], &mut ana, "luis").await;
    let path = people::open_thread(&mut ana, TOPIC, "De Ana", "Solo Ana la cambia.").await;
    let mine = people::open_thread(&mut luis, TOPIC, "De Luis", "Solo Luis la cambia.").await;
    let before = held(&network).await;
    for action in ["editar", "borrar"] {
        let (his, hers) = (address(&mine, action), address(&path, action));
        assert_eq!(luis.get(&hers).await.status, 404);
        let mut form = luis.get(&his).await.form_to(&his);
        form.action = hers;
        let status = luis.send(&form).await.status;
        assert!([403, 404].contains(&status), "{action}: {status}");
    }
    assert_eq!(held(&network).await, before);
    for page in ["/admin/cuentas", "/instalar"] {
        assert_eq!(luis.get(page).await.status, 404, "{page}");
    }
}

/// Where a thread is edited or deleted.
fn address(path: &str, action: &str) -> String {
    format!("/conversaciones/{}/{action}", people::short(path))
}

#[tokio::test]
async fn a_visitor_is_sent_to_sign_in_and_back() {
    let (network, mut ana) = city().await;
    let mut visitor = Browser::new(&network[0]);
    let sent = visitor.get(COMPOSE).await;
    assert_eq!(sent.status, 303);
    let form = visitor
        .fill(
            &sent.location.unwrap(),
            &[("name", "ana"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(visitor.done(&form).await, COMPOSE);
    // Signing out ends this session and no other.
    let page = visitor.get("/").await;
    visitor.done(&page.form_to("/salir")).await;
    assert_eq!(visitor.get(COMPOSE).await.status, 303);
    assert_eq!(ana.get(COMPOSE).await.status, 200);
}

#[tokio::test]
async fn who_guesses_a_password_has_to_wait() {
    let (network, _ana) = city().await;
    let mut thief = Browser::new(&network[0]);
    let wrong = [("name", "ana"), ("password", "no es esta clave")];
    let form = thief.fill("/entrar", &wrong).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(thief.send(&form).await.status);
    }
    assert_eq!(statuses.first(), Some(&422), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    assert!(statuses.is_sorted(), "{statuses:?}");
    // Another account at another address is not touched by it.
    let mut other = Browser::new(&network[0]);
    let form = other
        .fill("/entrar", &[("name", "nadie"), ("password", "x")])
        .await;
    assert_eq!(other.send(&form).await.status, 422);
}
