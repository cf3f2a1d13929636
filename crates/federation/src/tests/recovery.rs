//! What siblings say of our own logs: believed when our own key signed it.

use tequio_domain::Digest;
use tequio_store::{entry, log, recovery, topic};

use super::city::{City, Network, TOPIC, until};

/// A sibling's copy of another city's log is said to reach further than it does.
async fn lie(liar: &City, about: &City, seq: i64) {
    let home = about.slug.clone();
    liar.store()
        .write(move |tx| {
            let topic = topic::by_slug(tx.conn(), TOPIC)?;
            let row = log::by_home(tx.conn(), topic.id, &home)?.unwrap();
            let digest = Digest::new([7; 32]).to_hex();
            log::set_head(tx, row.id, seq, &digest)
        })
        .await
        .unwrap();
}

async fn held(city: &City) -> usize {
    city.store().read(recovery::held).await.unwrap().len()
}

#[actix_web::test]
async fn a_claim_without_an_entry_of_ours_holds_nothing() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    a.open_thread("Antes").await;
    let (first, second) = (a.start(), b.start());
    until("they agree", async || a.digest().await == b.digest().await).await;
    first.stop().await;
    lie(&b, &a, 9_000).await;
    // As `tequio serve` does: own acts wait until siblings were asked.
    a.engine().close_gate();
    let first = a.start();
    a.open_thread("Después").await;
    assert_eq!(held(&a).await, 0);
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn a_city_without_siblings_that_answer_is_not_stopped() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    a.engine().close_gate();
    let running = a.start();
    a.open_thread("A solas").await;
    assert_eq!(held(&a).await, 0);
    running.stop().await;
}

#[actix_web::test]
async fn a_held_log_waits_for_all_siblings_or_for_what_is_known() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let c = City::found(&network, "tegucigalpa").await;
    a.open_thread("Antes").await;
    let (first, second) = (a.start(), b.start());
    until("they agree", async || a.digest().await == b.digest().await).await;
    first.stop().await;

    // It is known that one more existed, and panama does not have it: perhaps tegucigalpa does.
    let row = {
        let slug = a.slug.clone();
        let read = move |conn: &mut tequio_store::Conn| {
            let topic = topic::by_slug(conn, TOPIC)?;
            Ok::<_, tequio_store::Error>(log::by_home(conn, topic.id, &slug)?.unwrap())
        };
        a.store().read(read).await.unwrap()
    };
    let now = a.inner().now();
    tequio_engine::recovery::hold(a.engine(), row.id, row.head_seq + 1, now)
        .await
        .unwrap();
    let first = a.start();
    until("panama answered", async || {
        let rows = a.store().read(recovery::held).await.unwrap();
        rows.iter().any(|row| row.answers == 1)
    })
    .await;
    assert_eq!(held(&a).await, 1);
    let third = c.start();
    until("the log goes on", async || held(&a).await == 0).await;
    let ended = a.store().read(recovery::all).await.unwrap();
    assert_eq!(ended.iter().map(|row| row.lost).collect::<Vec<_>>(), [1]);
    a.open_thread("Después").await;
    until("they agree", async || a.digest().await == c.digest().await).await;
    let count = a.store().read(entry::count_waiting).await.unwrap();
    assert_eq!(count, 0);
    for running in [first, second, third] {
        running.stop().await;
    }
}
