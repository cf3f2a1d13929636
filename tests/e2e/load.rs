//! Members who go on writing whatever happens, and the list of everything that was answered with
//! success.
//!
//! Start at [`Writer::begin`]; a [`Ledger`] is what one of them did, and [`ledger_holds`] sees in any city that
//! it is there. What was never answered may be there, whole, or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tequio_tests::browser::{Browser, Page};
use tequio_tests::city::City;
use tequio_tests::dice::Dice;
use tequio_tests::folder::sha256;
use tequio_tests::form::{self, Form};
use tequio_tests::wait;
use tokio::task::JoinHandle;

use crate::people::short;

/// Forms that one person sends from one address: the limit is 300 in five minutes.
const FROM_ONE_ADDRESS: u64 = 250;
/// How long a file of a ficha is, in bytes.
const FILE_BYTES: usize = 20_000;

/// What was tried with a post after it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deletion {
    Never,
    /// No answer: it may be deleted.
    Tried,
    Confirmed,
}

/// A thread, answer or ficha whose form was answered with 303.
#[derive(Debug, Clone)]
struct Post {
    path: String,
    /// The text that was confirmed last, and all that were tried after it: one of them is shown.
    texts: Vec<String>,
    deletion: Deletion,
    /// SHA-256 of its file.
    file: Option<String>,
}

/// What one member did.
#[derive(Debug, Default)]
pub struct Ledger {
    posts: Vec<Post>,
    /// Every text that was ever sent, answered or not: nothing else may be anywhere.
    sent: BTreeSet<String>,
    confirmed: usize,
}

impl Ledger {
    /// How many actions were answered with success.
    pub fn confirmed(&self) -> usize {
        self.confirmed
    }

    /// Whether this member sent the text.
    pub fn sent(&self, text: &str) -> bool {
        self.sent.contains(text)
    }
}

/// A member at work.
pub struct Writer {
    confirmed: Arc<AtomicUsize>,
    is_ended: Arc<AtomicBool>,
    task: JoinHandle<Ledger>,
}

impl Writer {
    /// Begins to write in a topic: threads, answers, changes, deletions, fichas with files.
    pub async fn begin(browser: Browser, topic: &str, name: &str, seed: u64) -> Self {
        let (confirmed, is_ended) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let mut hand = Hand::prepare(browser, topic, name, seed).await;
        hand.count = Arc::clone(&confirmed);
        let end = Arc::clone(&is_ended);
        let task = tokio::spawn(async move {
            while !end.load(Ordering::Relaxed) {
                if hand.act().await == Heard::Nothing {
                    is_back(&mut hand.browser).await;
                }
            }
            hand.ledger
        });
        Self {
            confirmed,
            is_ended,
            task,
        }
    }

    /// Waits until so many more actions are confirmed.
    pub async fn goes_on(&self, more: usize) {
        let goal = self.confirmed.load(Ordering::Relaxed) + more;
        wait::until(Duration::from_secs(60), "writing goes on", async || {
            let confirmed = self.confirmed.load(Ordering::Relaxed);
            if confirmed >= goal {
                Ok(())
            } else {
                Err(format!("{confirmed} of {goal}"))
            }
        })
        .await;
    }

    /// Ends it; answers what was done.
    pub async fn end(self) -> Ledger {
        self.is_ended.store(true, Ordering::Relaxed);
        self.task.await.expect("the writer did well")
    }
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// 303: it must be there from now on.
    Taken,
    /// 503 or 507: it may be there.
    Refused,
    /// No answer: it may be there.
    Nothing,
}

/// A browser with the forms that it needs, and the list.
pub struct Hand {
    browser: Browser,
    name: String,
    dice: Dice,
    number: u64,
    forms: u64,
    count: Arc<AtomicUsize>,
    ledger: Ledger,
    open: Form,
    reply: Form,
    edit: Form,
    delete: Form,
    add: Form,
}

impl Hand {
    /// Fetches each form once: the same session's forms are good for as long as it lasts.
    pub async fn prepare(mut browser: Browser, topic: &str, name: &str, seed: u64) -> Self {
        let new = format!("/temas/{topic}/nueva");
        let first = format!("{name} comienza.");
        let open = browser
            .fill(&new, &[("title", &first), ("body", "Para empezar.")])
            .await;
        let path = browser.done(&open).await;
        let reply = browser
            .fill(&path, &[("parent", &short(&path)), ("body", "")])
            .await;
        let thread = format!("/conversaciones/{}", short(&path));
        let edit = browser
            .fill(&format!("{thread}/editar"), &[("body", "")])
            .await;
        let delete_path = format!("{thread}/borrar");
        let delete = browser.open(&delete_path).await.form_to(&delete_path);
        let values = [("title", ""), ("body", ""), ("abstract", "")];
        let add = browser
            .fill(&format!("/temas/{topic}/nueva-ficha"), &values)
            .await;
        let mut ledger = Ledger::default();
        ledger.sent.insert(first.clone());
        ledger.posts.push(Post {
            path,
            texts: vec![first],
            deletion: Deletion::Never,
            file: None,
        });
        Self {
            browser,
            name: name.to_owned(),
            dice: Dice::new(seed),
            number: 0,
            forms: 0,
            count: Arc::default(),
            ledger,
            open,
            reply,
            edit,
            delete,
            add,
        }
    }

    /// Does something by chance.
    pub async fn act(&mut self) -> Heard {
        match self.dice.below(20) {
            0..=8 => self.open_thread().await,
            9..=13 => self.reply().await,
            14..=16 => self.edit().await,
            17 => self.delete().await,
            _ => self.add_object().await,
        }
    }

    /// A text that nobody wrote before.
    fn text(&mut self, what: &str) -> String {
        self.number += 1;
        let text = format!("{} {what} {:06}.", self.name, self.number);
        self.ledger.sent.insert(text.clone());
        text
    }

    /// Does what its name says.
    pub async fn open_thread(&mut self) -> Heard {
        let mut form = self.open.clone();
        let title = self.text("abre");
        form.set("title", &title);
        self.make(form, title, None).await
    }

    /// Does what its name says.
    pub async fn reply(&mut self) -> Heard {
        let Some(at) = self.alive(|post| post.path.starts_with("/conversaciones/")) else {
            return Heard::Refused;
        };
        let mut form = self.reply.clone();
        let text = self.text("responde");
        let parent = short(&self.ledger.posts[at].path);
        form.action = format!("/conversaciones/{parent}/responder");
        form.set("parent", &parent);
        form.set("body", &text);
        self.make(form, text, None).await
    }

    /// Does what its name says.
    pub async fn add_object(&mut self) -> Heard {
        let mut form = self.add.clone();
        let title = self.text("aporta");
        let mut bytes = format!("%PDF-1.7\n{title}\n").into_bytes();
        while bytes.len() < FILE_BYTES {
            bytes.extend(self.dice.any().to_le_bytes());
        }
        form.set("title", &title);
        form.set("body", "Cómo se hizo.");
        form.set("abstract", "Una ficha que lleva un archivo.");
        form.attach("file", "tarifas.pdf", &bytes);
        self.make(form, title, Some(sha256(&bytes))).await
    }

    async fn make(&mut self, form: Form, text: String, file: Option<String>) -> Heard {
        let (heard, path) = self.send(&form).await;
        if heard == Heard::Taken {
            self.ledger.posts.push(Post {
                path,
                texts: vec![text],
                deletion: Deletion::Never,
                file,
            });
        }
        heard
    }

    /// Gives a thread another title.
    pub async fn edit(&mut self) -> Heard {
        let Some(at) = self.alive(|post| post.path.starts_with("/conversaciones/")) else {
            return Heard::Refused;
        };
        let text = self.text("corrige");
        let mut form = self.edit.clone();
        form.action = format!(
            "/conversaciones/{}/editar",
            short(&self.ledger.posts[at].path)
        );
        form.set("title", &text);
        form.set("body", "Otra redacción.");
        let (heard, _) = self.send(&form).await;
        let post = &mut self.ledger.posts[at];
        if heard == Heard::Taken {
            post.texts.clear();
        }
        post.texts.push(text);
        heard
    }

    /// Does what its name says.
    pub async fn delete(&mut self) -> Heard {
        let Some(at) = self.alive(|post| post.path.starts_with("/conversaciones/")) else {
            return Heard::Refused;
        };
        let mut form = self.delete.clone();
        form.action = format!(
            "/conversaciones/{}/borrar",
            short(&self.ledger.posts[at].path)
        );
        let (heard, _) = self.send(&form).await;
        self.ledger.posts[at].deletion = match heard {
            Heard::Taken => Deletion::Confirmed,
            Heard::Refused | Heard::Nothing => Deletion::Tried,
        };
        heard
    }

    /// One of the newest posts that nobody tried to delete.
    fn alive(&mut self, fits: impl Fn(&Post) -> bool) -> Option<usize> {
        let posts = &self.ledger.posts;
        let newest: Vec<usize> = (0..posts.len())
            .rev()
            .filter(|at| posts[*at].deletion == Deletion::Never && fits(&posts[*at]))
            .take(10)
            .collect();
        (!newest.is_empty()).then(|| newest[self.dice.index(newest.len())])
    }

    /// Answers the path to which a success leads, too.
    async fn send(&mut self, form: &Form) -> (Heard, String) {
        self.forms += 1;
        if self.forms.is_multiple_of(FROM_ONE_ADDRESS) {
            self.browser.change_address();
        }
        match self.browser.try_send(form).await {
            Ok(page) if page.status == 303 => {
                self.ledger.confirmed += 1;
                self.count.fetch_add(1, Ordering::Relaxed);
                (Heard::Taken, page.location.expect("a 303 leads somewhere"))
            }
            Ok(page) if matches!(page.status, 503 | 507) => (Heard::Refused, String::new()),
            Ok(page) => panic!("{}: {} {}", form.action, page.status, page.text()),
            Err(_) => (Heard::Nothing, String::new()),
        }
    }

    /// What was done.
    pub fn into_ledger(self) -> Ledger {
        self.ledger
    }
}

/// Waits until the city answers again. (Not by [`wait::until`]: its closure cannot go to a task.)
async fn is_back(browser: &mut Browser) {
    let back = async {
        while browser.try_get("/robots.txt").await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), back)
        .await
        .expect("the city comes back");
}

/// Everything that was confirmed is in the city, in its last confirmed state or in a later one that was
/// sent; what was deleted is not.
pub async fn ledger_holds(city: &City, ledgers: &[Ledger]) {
    ledger_shows(city, ledgers, 1).await;
}

/// [`ledger_holds`], for one post in so many.
pub async fn ledger_shows(city: &City, ledgers: &[Ledger], every: usize) {
    let posts = ledgers.iter().flat_map(|ledger| &ledger.posts).enumerate();
    let mut missing = Vec::new();
    let mut browser = Browser::new(city);
    for (number, post) in posts {
        if !number.is_multiple_of(every) {
            continue;
        }
        if let Err(problem) = is_right(&mut browser, post).await {
            missing.push(format!("{problem}: {post:?}"));
        }
    }
    let log = if missing.is_empty() {
        String::new()
    } else {
        city.log()
    };
    assert!(
        missing.is_empty(),
        "{}: {} wrong: {missing:#?}\n{log}",
        city.slug,
        missing.len()
    );
}

/// A file, once it is there: a city fetches it after the entry, and anew after a pause when its source was down.
async fn file_at(browser: &mut Browser, href: &str) -> Page {
    wait::until(Duration::from_secs(60), href, async || {
        let held = browser.get(href).await;
        match held.status {
            404 => Err(held.status),
            _ => Ok(held),
        }
    })
    .await
}

async fn is_right(browser: &mut Browser, post: &Post) -> Result<(), String> {
    let page = browser.open(&post.path).await;
    let text = form::unescape(&page.text());
    let shown = post.texts.iter().any(|version| text.contains(version));
    match post.deletion {
        Deletion::Confirmed if shown => return Err("deleted, and shown".to_owned()),
        Deletion::Confirmed | Deletion::Tried => return Ok(()),
        Deletion::Never if page.status != 200 || !shown => {
            return Err(format!("confirmed, and lost ({})", page.status));
        }
        Deletion::Never => {}
    }
    let Some(file) = &post.file else {
        return Ok(());
    };
    let href = page
        .text()
        .split("<a ")
        .find_map(|tag| form::attribute(tag, "href").filter(|href| href.starts_with("/archivos/")))
        .ok_or("no link to the file")?;
    let held = file_at(browser, &href).await;
    if held.status == 200 && sha256(&held.bytes) == *file {
        Ok(())
    } else {
        Err(format!("the file is not there ({})", held.status))
    }
}
