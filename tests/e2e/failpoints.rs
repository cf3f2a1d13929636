//! A city that dies, or is refused, at each commit, at each file that gets its name, at each cursor that
//! moves.

use std::fs;
use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::{state, wait};

use crate::load::{Hand, Heard, ledger_holds};
use crate::people;
use crate::story::{TOPIC, shows};

const DEADLINE: Duration = Duration::from_secs(30);
/// Where the program can be let fail (`crates/store/src/failpoint.rs`).
const PLACES: [&str; 5] = [
    "before-commit",
    "after-commit",
    "before-rename",
    "after-rename",
    "cursor",
];
/// Rounds under one plan; what a round does reaches no place more often.
const ROUNDS_MAX: usize = 40;

/// A city whose failpoints can be set, a sibling, and a member of each.
struct Stage {
    network: Network,
    ana: Hand,
    berta: Browser,
    round: usize,
}

impl Stage {
    async fn set() -> Self {
        let mut network = Network::new(&["managua", "panama"]);
        let plan = network[0].folder.join("failpoints").display().to_string();
        network[0].set_variable("TEQUIO_FAILPOINTS", &plan);
        network.start().await;
        let ana = people::administrator(&network[0], "ana").await;
        let stage = Self {
            ana: Hand::prepare(ana, TOPIC, "Ana", 5).await,
            berta: people::administrator(&network[1], "berta").await,
            round: 0,
            network,
        };
        let log = stage.network[0].log();
        let hint = "build the program with its feature `failpoints`, or by `cargo xtask test`";
        assert!(log.contains("failpoints are on"), "{hint}");
        stage
    }

    fn plan(&self, line: &str) {
        let text = format!("{line}\n# round {}\n", self.round);
        fs::write(self.network[0].folder.join("failpoints"), text).expect("a plan");
    }

    /// How often a place was the end of something.
    fn failures(&self) -> usize {
        self.network[0].log().matches("a failpoint").count()
    }

    /// A thread, an answer, a change, a ficha with a file, and meanwhile a thread of the sibling, with one
    /// failure. Whether it came to that.
    async fn round(&mut self, line: &str) -> bool {
        self.round += 1;
        let before = self.failures();
        self.plan(line);
        let title = format!("De Panamá {}.", self.round);
        people::open_thread(&mut self.berta, TOPIC, &title, "Hola.").await;
        for deed in 0..4 {
            let heard = match deed {
                0 => self.ana.open_thread().await,
                1 => self.ana.reply().await,
                2 => self.ana.edit().await,
                _ => self.ana.add_object().await,
            };
            if heard == Heard::Nothing {
                self.revive().await;
            }
        }
        let failed = self.failures() > before;
        self.plan("");
        failed
    }

    /// Waits until the city has died, and starts it again without failpoints.
    async fn revive(&mut self) {
        wait::until(DEADLINE, "it has died", async || {
            if self.network[0].has_died() {
                Ok(())
            } else {
                Err(self.network[0].log())
            }
        })
        .await;
        self.plan("");
        self.network[0].start().await;
    }

    /// Lets the first, the second, … time that a round comes by the place be its end.
    async fn fail_everywhere(&mut self, place: &str, action: &str) {
        let mut number = 1;
        while self.round(&format!("{place} {number} {action}")).await {
            number += 1;
            assert!(number < ROUNDS_MAX, "{place} has no end");
        }
        assert!(number > 1, "{place} was never reached");
        // What came by after the last form.
        if self.network[0].has_died() {
            self.network[0].start().await;
        }
        eprintln!("{place} {action}: {} times", number - 1);
    }
}

async fn fails_everywhere(action: &str) {
    let mut stage = Stage::set().await;
    for place in PLACES {
        stage.fail_everywhere(place, action).await;
    }
    let last = format!("De Panamá {}.", stage.round);
    shows(&stage.network[0], &format!("/temas/{TOPIC}"), &last).await;
    state::converged(stage.network.cities()).await;
    let ledgers = [stage.ana.into_ledger()];
    for city in stage.network.cities() {
        ledger_holds(city, &ledgers).await;
    }
    stage.network[0].stop().await;
    assert!(stage.network[0].is_sound().contains(TOPIC));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dying_anywhere_loses_nothing_that_was_confirmed() {
    fails_everywhere("abort").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_anywhere_is_told_and_leaves_nothing_half_done() {
    fails_everywhere("fail").await;
}

/// While the commit is not on disk nobody is told of it, and nobody sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_confirmed_or_shown_before_it_is_on_disk() {
    for (place, is_there) in [("before-commit", false), ("after-commit", true)] {
        let mut stage = Stage::set().await;
        let mut zoe = people::returning(&stage.network[0], "ana").await;
        let values = [("title", "¿Está en el disco?"), ("body", "Quién sabe.")];
        let page = format!("/temas/{TOPIC}/nueva");
        let form = zoe.fill(&page, &values).await;
        stage.plan(&format!("{place} 0 stall"));
        let mut sender = zoe.clone();
        let sent = tokio::spawn(async move { sender.try_send(&form).await });
        wait::until(DEADLINE, "the commit waits", async || {
            if stage.failures() > 0 {
                Ok(())
            } else {
                Err(stage.network[0].log())
            }
        })
        .await;
        let list = zoe.open(&format!("/temas/{TOPIC}")).await;
        assert_eq!(list.status, 200, "reading goes on");
        assert_eq!(
            list.text().contains("¿Está en el disco?"),
            is_there,
            "{place}"
        );
        assert!(!sent.is_finished(), "nobody was told");
        stage.network[0].kill();
        assert!(sent.await.expect("the sender").is_err());
        stage.plan("");
        stage.network[0].start().await;
        let list = zoe.open(&format!("/temas/{TOPIC}")).await;
        assert_eq!(
            list.text().contains("¿Está en el disco?"),
            is_there,
            "{place}"
        );
    }
}
