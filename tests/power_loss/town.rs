//! A city without a network whose members write, and the look at what a lost power left of it.
//!
//! Start at [`write`], which records, and [`inspect`], which finds what is wrong with an image.

use std::path::Path;

use bytes::Bytes;
use futures::{TryStreamExt, stream};
use tequio_domain::kit::{self, Bilingual};
use tequio_domain::{Audience, Timestamp};
use tequio_domain::{CitySlug, Digest, KnowledgeKind, License, Locale, Oid, Role, ThreadKind};
use tequio_engine::account::{self, NewAccount};
use tequio_engine::knowledge::{self, NewKnowledge};
use tequio_engine::receive::Received;
use tequio_engine::state_digest::{self, TopicState};
use tequio_engine::{
    Engine, Founding, FoundingTopic, Member, Moment, post, rebuild, thread, upload,
};
use tequio_protocol::digest::sha256;
use tequio_store::{Conn, Database, Store, StoreSettings, entry, log, object, topic};

use crate::raw::Raw;
use crate::tap::Recording;

const TOPIC: &str = "agua";
/// What is written in one recording, and after how much the log is brought into the database.
const DEEDS: usize = 60;
const CHECKPOINT_EVERY: usize = 15;
/// 2026-03-02T14:05:00Z.
const FIRST_MICROS: i64 = 1_772_460_300_000_000;

/// Something that was answered with success.
#[derive(Debug, Clone)]
pub struct Deed {
    oid: Oid,
    title: String,
    file: Option<Digest>,
}

fn words(text: &str) -> Bilingual {
    Bilingual {
        es: text.to_owned(),
        en: text.to_owned(),
    }
}

fn founding(city: &str) -> Founding {
    let cities = ["oaxaca", "quito"].map(|slug| kit::City {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        country: words("México"),
        summary: words("Una ciudad."),
    });
    let other = if city == "oaxaca" { "quito" } else { "oaxaca" };
    let slug = |city: &str| CitySlug::parse(city).expect("a slug");
    Founding {
        network: kit::Network {
            slug: "prueba".to_owned(),
            name: words("Prueba"),
            summary: words("Una red."),
            topics: vec![TOPIC.to_owned()],
            cities: cities.to_vec(),
            coordination: None,
        },
        topics: vec![FoundingTopic {
            topic: kit::Topic {
                slug: TOPIC.to_owned(),
                name: words(TOPIC),
                summary: words("Un tema."),
                for_deciders: words("Para decidir."),
                for_practitioners: words("Para hacer."),
            },
            glossary: kit::Glossary { terms: Vec::new() },
        }],
        city: slug(city),
        base_url: format!("https://{city}.example"),
        siblings: vec![(slug(other), format!("https://{other}.example"))],
    }
}

fn open(folder: &Path, city: &str) -> Result<Engine, String> {
    let store = Store::open(&StoreSettings {
        database: Database::Sqlite(folder.join("tequio.sqlite")),
        readers: 1,
        files: folder.join("files"),
    })
    .map_err(|error| error.to_string())?;
    let now = Timestamp::from_micros(FIRST_MICROS);
    Engine::open(store, founding(city), now).map_err(|error| error.to_string())
}

fn moment(number: usize) -> Moment {
    let micros = i64::try_from(number).expect("a small number") * 1_000_000;
    let entropy = *sha256(format!("{number}").as_bytes()).as_bytes();
    Moment::new(Timestamp::from_micros(FIRST_MICROS + micros), entropy)
}

/// Members write in a new city; each success is noted in the recording, by its place in the answer.
pub async fn write(folder: &Path, recording: &Recording) -> Vec<Deed> {
    let engine = open(folder, "oaxaca").expect("a fresh city");
    let new = NewAccount {
        name: "ana".to_owned(),
        display_name: "Ana".to_owned(),
        post: "Obras".to_owned(),
        password: "una clave bastante larga".to_owned(),
        locale: Locale::Es,
    };
    let ana = account::create_as_operator(&engine, moment(1), new, Role::Member)
        .await
        .expect("an account");
    let mut deeds = Vec::new();
    for number in 0..DEEDS {
        let deed = if number % 4 == 3 {
            add(&engine, &ana, number).await
        } else if number % 4 == 2 {
            change(&engine, &ana, number, &deeds[number - 2]).await
        } else {
            ask(&engine, &ana, number).await
        };
        recording.answered(deeds.len());
        deeds.push(deed);
        if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1 {
            Raw::open(&folder.join("tequio.sqlite")).execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }
    deeds
}

async fn ask(engine: &Engine, ana: &Member, number: usize) -> Deed {
    let title = format!("Pregunta {number}");
    let new = thread::NewThread {
        topic: TOPIC.to_owned(),
        kind: ThreadKind::Question,
        title: title.clone(),
        body: "¿Cómo?".repeat(200),
    };
    let oid = thread::open(engine, ana, moment(10 + number), new).await;
    let oid = oid.expect("it is taken");
    Deed {
        oid,
        title,
        file: None,
    }
}

async fn change(engine: &Engine, ana: &Member, number: usize, earlier: &Deed) -> Deed {
    let title = format!("{}, corregida", earlier.title);
    let edit = post::Edit {
        title: title.clone(),
        summary: String::new(),
        body: "Así.".repeat(300),
    };
    let changed = post::edit(engine, ana, moment(10 + number), earlier.oid, edit).await;
    changed.expect("it is taken");
    Deed {
        oid: earlier.oid,
        title,
        file: None,
    }
}

async fn add(engine: &Engine, ana: &Member, number: usize) -> Deed {
    let title = format!("Ficha {number}");
    let bytes = format!("tarifa;precio\n{number};{}\n", "9".repeat(5000));
    let chunk: Result<Bytes, std::io::Error> = Ok(Bytes::from(bytes));
    let now = moment(10 + number);
    let file = upload::put(engine, now, "tarifas.csv", stream::iter([chunk])).await;
    let file = file.expect("it is taken");
    let digest = file.digest();
    let new = NewKnowledge {
        topic: TOPIC.to_owned(),
        kind: KnowledgeKind::Tool,
        audience: None::<Audience>,
        license: License::CcBy,
        title: title.clone(),
        summary: "Para calcular.".to_owned(),
        body: String::new(),
        files: vec![file],
        adaptation_of: None,
    };
    let oid = knowledge::add(engine, ana, now, new)
        .await
        .expect("it is taken");
    Deed {
        oid,
        title,
        file: Some(digest),
    }
}

/// What is wrong with a folder in which these deeds had been answered.
pub async fn inspect(folder: &Path, deeds: &[Deed]) -> Result<(), String> {
    let database = folder.join("tequio.sqlite");
    if deeds.is_empty() {
        // Nobody was told anything: it may be a city that was never founded.
        return open(folder, "oaxaca").map(drop);
    }
    let sound = Raw::open(&database).text("PRAGMA integrity_check");
    if sound.as_deref() != Some("ok") {
        return Err(format!("integrity_check: {sound:?}"));
    }
    let engine = open(folder, "oaxaca")?;
    for (number, deed) in deeds.iter().enumerate() {
        let latest = deeds.iter().rev().find(|later| later.oid == deed.oid);
        let title = latest
            .map(|latest| latest.title.clone())
            .unwrap_or_default();
        holds(&engine, deed, &title)
            .await
            .map_err(|problem| format!("deed {number}: {problem}"))?;
    }
    let state = state(&engine);
    is_taken_elsewhere(&engine, &state).await?;
    rebuild::rebuild(&engine).map_err(|error| error.to_string())?;
    if self::state(&engine) == state {
        Ok(())
    } else {
        Err("the tables are not those of the log".to_owned())
    }
}

fn read<T: Send + 'static>(
    engine: &Engine,
    read: impl FnOnce(&mut Conn) -> Result<T, tequio_store::Error> + Send + 'static,
) -> T {
    engine.store().read_blocking(read).expect("it can be read")
}

fn state(engine: &Engine) -> TopicState {
    let read = |conn: &mut Conn| state_digest::of_topic(conn, TOPIC);
    engine.store().read_blocking(read).expect("it can be read")
}

async fn holds(engine: &Engine, deed: &Deed, title: &str) -> Result<(), String> {
    let oid = deed.oid.to_string();
    let held = read(engine, move |conn| object::by_oid(conn, &oid));
    let held = held.ok_or("it is not there")?;
    // A change that nobody was told of may be there, too.
    if !held.title.starts_with(title) {
        return Err(format!("it says {:?}, not {title:?}", held.title));
    }
    let Some(digest) = deed.file else {
        return Ok(());
    };
    let file = engine.store().files().get(&digest).await;
    let file = file.map_err(|error| format!("its file: {error}"))?;
    let bytes: Vec<Bytes> = file
        .bytes
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    if sha256(&bytes.concat()) == digest {
        Ok(())
    } else {
        Err("its file holds other bytes".to_owned())
    }
}

/// The chain is whole and proved: another city takes all of it.
async fn is_taken_elsewhere(engine: &Engine, state: &TopicState) -> Result<(), String> {
    let (row, bodies) = read(engine, |conn| {
        let topic = topic::by_slug(conn, TOPIC)?;
        let row = log::by_home(conn, topic.id, "oaxaca")?.ok_or(tequio_store::Error::NotFound)?;
        let bodies = entry::bodies_after(conn, row.id, 0, 100_000)?;
        Ok((row, bodies))
    });
    let (head_seq, digest) = (row.head_seq, row.head_digest.clone());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let other = neighbor(elsewhere.path(), row);
    let received = other.receive(bodies, moment(1000).now()).await;
    let taken = self::state(&other);
    match received {
        Ok(Received::Appended {
            head_seq: taken_seq,
            ..
        }) if taken_seq == head_seq => {}
        other => return Err(format!("a sibling says {other:?}")),
    }
    if taken.digest == state.digest && taken.heads.iter().any(|head| head.2 == digest) {
        Ok(())
    } else {
        Err(format!(
            "a sibling makes other tables of it: {taken:?} {state:?}"
        ))
    }
}

/// A new city that knows the group.
fn neighbor(folder: &Path, row: log::Log) -> Engine {
    let engine = open(folder, "quito").expect("a fresh city");
    let add = move |tx: &mut tequio_store::Tx<'_>| {
        let topic_id = topic::by_slug(tx.conn(), TOPIC)?.id;
        let row = log::Log {
            id: tx.next_id()?,
            topic_id,
            head_seq: 0,
            head_digest: String::new(),
            known_seq: 0,
            ..row
        };
        log::add(tx, &row)
    };
    engine.store().write_blocking(add).expect("a log");
    engine
}
