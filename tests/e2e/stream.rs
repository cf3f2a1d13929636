//! Somebody who goes on writing whatever happens, and remembers what was confirmed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::wait;
use tokio::task::JoinHandle;

/// Threads that one person writes from one address: the limit is 300 forms in five minutes.
const FROM_ONE_ADDRESS: usize = 250;

/// A thread whose form was answered with 303.
#[derive(Debug, Clone)]
pub struct Confirmed {
    pub path: String,
    pub title: String,
}

/// A writer at work.
pub struct Stream {
    written: Arc<AtomicUsize>,
    is_ended: Arc<AtomicUsize>,
    task: JoinHandle<Vec<Confirmed>>,
}

impl Stream {
    /// Begins to open threads, one after another.
    pub async fn begin(mut browser: Browser, topic: &str, name: &str) -> Self {
        let (written, is_ended) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let page = format!("/temas/{topic}/nueva");
        let mut form = browser
            .fill(&page, &[("title", ""), ("body", "En plena escritura.")])
            .await;
        let (count, end, name) = (Arc::clone(&written), Arc::clone(&is_ended), name.to_owned());
        let task = tokio::spawn(async move {
            let mut confirmed = Vec::new();
            for number in 0.. {
                if end.load(Ordering::Relaxed) > 0 {
                    break;
                }
                if number % FROM_ONE_ADDRESS == FROM_ONE_ADDRESS - 1 {
                    browser.change_address();
                }
                let title = format!("{name} escribe {number}.");
                form.set("title", &title);
                match browser.try_send(&form).await {
                    Ok(page) if page.status == 303 => {
                        let path = page.location.expect("a 303 leads somewhere");
                        confirmed.push(Confirmed { path, title });
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(page) if page.status == 503 => {}
                    Ok(page) => panic!("{title}: {} {}", page.status, page.text()),
                    // Nobody was told anything: it may be there or not.
                    Err(_) => is_back(&mut browser).await,
                }
            }
            confirmed
        });
        Self {
            written,
            is_ended,
            task,
        }
    }

    /// How many are confirmed.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    /// Waits until so many more are confirmed.
    pub async fn goes_on(&self, more: usize) {
        let goal = self.written() + more;
        wait::until(Duration::from_secs(30), "writing goes on", async || {
            let written = self.written();
            if written >= goal {
                Ok(())
            } else {
                Err(format!("{written} of {goal}"))
            }
        })
        .await;
    }

    /// Ends it; answers what was confirmed.
    pub async fn end(self) -> Vec<Confirmed> {
        self.is_ended.store(1, Ordering::Relaxed);
        self.task.await.expect("the writer did well")
    }
}

/// Waits until the city answers again. (Not by [`wait::until`]: its closure cannot go to a task.)
async fn is_back(browser: &mut Browser) {
    let back = async {
        while browser.try_get("/robots.txt").await.is_err() {
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), back)
        .await
        .expect("the city comes back");
}
