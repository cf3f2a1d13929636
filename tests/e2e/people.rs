//! Members of cities, made and signed in through the pages.

use tequio_tests::browser::Browser;
use tequio_tests::city::City;

/// Of everybody here.
pub const PASSWORD: &str = "una clave de doce o más";

/// Founds a new city with its first administrator, as its operator would: with the token of the log.
pub async fn administrator(city: &City, name: &str) -> Browser {
    let mut browser = Browser::new(city);
    let token = city.setup_token();
    let page = browser.open(&format!("/instalar?token={token}")).await;
    let mut form = page.form(&["token"]);
    assert_eq!(
        form.value("token"),
        Some(token.as_str()),
        "the address fills it in"
    );
    for (field, value) in account(name) {
        form.set(field, value);
    }
    assert_eq!(browser.done(&form).await, "/entrar");
    sign_in(&mut browser, name).await;
    browser
}

/// A member made by an administrator.
pub async fn member(city: &City, administrator: &mut Browser, name: &str) -> Browser {
    let form = administrator.fill("/admin/cuentas", &account(name)).await;
    administrator.done(&form).await;
    let mut browser = Browser::new(city);
    sign_in(&mut browser, name).await;
    browser
}

fn account(name: &str) -> [(&'static str, &str); 4] {
    [
        ("name", name),
        ("display_name", name),
        ("post", "Catastro"),
        ("password", PASSWORD),
    ]
}

/// Signs in.
pub async fn sign_in(browser: &mut Browser, name: &str) {
    let form = browser
        .fill("/entrar", &[("name", name), ("password", PASSWORD)])
        .await;
    browser.done(&form).await;
    assert!(browser.has_session(), "{name} is signed in");
}

/// Opens a thread; answers its path, the same in every city.
pub async fn open_thread(browser: &mut Browser, topic: &str, title: &str, body: &str) -> String {
    let page = format!("/temas/{topic}/nueva");
    let form = browser
        .fill(&page, &[("title", title), ("body", body)])
        .await;
    browser.done(&form).await
}

/// Answers below a thread or knowledge object; answers the comment's path (`/comentarios/…`).
pub async fn reply(browser: &mut Browser, path: &str, body: &str) -> String {
    let form = browser
        .fill(path, &[("parent", &short(path)), ("body", body)])
        .await;
    browser.done(&form).await
}

/// Says that something is useful.
pub async fn find_useful(browser: &mut Browser, path: &str) {
    let page = browser.open(path).await;
    let form = page.form_to(&format!("/util/{}", short(path)));
    browser.done(&form).await;
}

/// Writes a post anew.
pub async fn edit(browser: &mut Browser, path: &str, body: &str) {
    let form = browser
        .fill(&format!("{}/editar", plain(path)), &[("body", body)])
        .await;
    browser.done(&form).await;
}

/// Deletes a post, through the page that asks first.
pub async fn delete(browser: &mut Browser, path: &str) {
    let action = format!("{}/borrar", plain(path));
    let page = browser.open(&action).await;
    browser.done(&page.form_to(&action)).await;
}

/// `/conversaciones/{oid}-{slug}` without the slug.
fn plain(path: &str) -> String {
    let (shelf, _) = path.rsplit_once('/').expect("a path of a post");
    format!("{shelf}/{}", short(path))
}

/// The identity in the path of a post.
pub fn short(path: &str) -> String {
    let segment = path.rsplit('/').next().unwrap_or_default();
    segment
        .split(['-', '#', '?'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Somebody who has an account, in front of another browser.
pub async fn returning(city: &City, name: &str) -> Browser {
    let mut browser = Browser::new(city);
    sign_in(&mut browser, name).await;
    browser
}
