//! One city is killed again and again while members write.
//!
//! `TEQUIO_KILLS=500` makes it 500 times; `TEQUIO_SEED` has a course of events again.

use std::time::{Duration, Instant};

use tequio_tests::dice::{self, Dice};
use tequio_tests::network::Network;

use crate::load::{Writer, ledger_holds};
use crate::people;
use crate::story::TOPIC;

/// How often it is killed in the tests of every change.
const KILLS: u64 = 60;
/// It is killed so long after it answers, at most, in microseconds.
const LATEST_US: u64 = 150_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_confirmed_is_missing_after_many_kills() {
    let kills = dice::number("TEQUIO_KILLS", KILLS);
    let seed = Dice::seed_of("TEQUIO_SEED");
    eprintln!("TEQUIO_KILLS={kills} TEQUIO_SEED={seed}");
    let mut dice = Dice::new(seed);
    let mut network = Network::new(&["managua"]);
    network.start().await;
    let mut ana = people::administrator(&network[0], "ana").await;
    let berta = people::member(&network[0], &mut ana, "berta").await;
    let writers = [
        Writer::begin(ana, TOPIC, "Ana", dice.any()).await,
        Writer::begin(berta, TOPIC, "Berta", dice.any()).await,
    ];
    let began = Instant::now();
    for _ in 0..kills {
        // Chance decides at which instruction it dies.
        tokio::time::sleep(Duration::from_micros(dice.below(LATEST_US))).await;
        network[0].kill();
        network[0].start().await;
    }
    let took = began.elapsed();
    let mut ledgers = Vec::new();
    for writer in writers {
        writer.goes_on(1).await;
        ledgers.push(writer.end().await);
    }
    let confirmed: usize = ledgers.iter().map(|ledger| ledger.confirmed()).sum();
    eprintln!("{kills} kills in {took:?}, {confirmed} actions confirmed");
    assert!(confirmed > 100, "there was something to lose");
    ledger_holds(&network[0], &ledgers).await;

    network[0].stop().await;
    assert!(network[0].is_sound().contains(TOPIC));
}
