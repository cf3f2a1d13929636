//! The entries for which three cities are needed: what is said about coordination; and what changes a
//! log itself: new keys, and an erasure.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tequio_domain::ledger::{Quorum, Reply, Slot};
use tequio_domain::{CollectionSlug, KnowledgeKind, License, Oid, Timestamp};
use tequio_engine::ledger::curation::{self, Issue, NewCollection};
use tequio_engine::ledger::hand_over::{Answer, NextTerm};
use tequio_engine::ledger::ruling::{self, Ban};
use tequio_engine::ledger::{founding, hand_over, membership, takeover};
use tequio_engine::{erase, knowledge, rotate};
use tequio_protocol::activity::ledger::{Item, ItemKind, PageTexts, Ruling, TopicPage};

use super::council::{Council, MANAGUA, PANAMA, TEGUCIGALPA, on_topic, planned, slug};
use super::print;
use super::stage::{Made, get};
use crate::tests::city::{CITIES, TOPIC, moment};
use crate::tests::world::uri_of;

/// The acts of the ledger by their words, each with its sample and the city in whose log it stands.
const ACTS: [(&str, &str, usize); 26] = [
    ("ledger-genesis", "genesis", MANAGUA),
    ("ledger-offer", "offer", MANAGUA),
    ("ledger-withdraw", "withdraw", MANAGUA),
    ("ledger-accept", "accept", PANAMA),
    ("ledger-reject", "reject", PANAMA),
    ("ledger-seal", "seal", MANAGUA),
    ("ledger-stand", "stand", TEGUCIGALPA),
    ("ledger-endorse", "endorse", MANAGUA),
    ("ledger-certify", "certify", TEGUCIGALPA),
    ("ledger-acknowledge", "acknowledge", MANAGUA),
    ("ledger-propose", "propose", MANAGUA),
    ("ledger-approve", "approve", PANAMA),
    ("ledger-change", "change", MANAGUA),
    ("ledger-record-leave", "record-leave", TEGUCIGALPA),
    ("ledger-leave", "leave", MANAGUA),
    ("ledger-remove", "remove", MANAGUA),
    ("ledger-restore", "restore", MANAGUA),
    ("ledger-lock", "lock", MANAGUA),
    ("ledger-unlock", "unlock", MANAGUA),
    ("ledger-feature", "feature", MANAGUA),
    ("ledger-unfeature", "unfeature", MANAGUA),
    ("ledger-ban", "ban", MANAGUA),
    ("ledger-unban", "unban", MANAGUA),
    ("ledger-page", "page", MANAGUA),
    ("ledger-priorities", "priorities", MANAGUA),
    ("ledger-collection", "collection", MANAGUA),
];

/// All of them, as the samples show them.
pub async fn shown() -> BTreeMap<&'static str, String> {
    let mut council = Council::new().await;
    let thread = council.cities[MANAGUA]
        .open_thread("Con datos de alguien")
        .await;
    found(&council).await;
    rule(&council, thread).await;
    ban(&mut council).await;
    describe(&council, thread).await;
    change_schedule(&council).await;
    hand_over(&council).await;
    take_over(&council).await;
    leave(&council).await;
    council.assert_all_count().await;
    renew_and_erase(&council, thread).await;
    let mut made = Made::new();
    for (name, word, of) in ACTS {
        let is_said = |entry: &Value| entry["object"]["tq:act"] == word;
        made.insert(name, one(&council, of, is_said).await);
    }
    for (name, word) in [
        ("ruling-remove", "remove"),
        ("ruling-feature", "feature"),
        ("ruling-ban", "ban"),
    ] {
        made.insert(name, told(&council, word).await);
    }
    own_log(&council, thread, &mut made).await;
    let shown = print::all(&mut council.redactor(), &made);
    council.stop().await;
    shown
}

/// The first entry of a city's log that is such.
async fn one(council: &Council, of: usize, is_such: impl Fn(&Value) -> bool) -> Value {
    let log = council.log(of).await;
    let found = log.into_iter().find(|entry| is_such(entry));
    found.unwrap_or_else(|| panic!("an entry of {}", CITIES[of]))
}

/// A ruling of the home as its office tells it.
async fn told(council: &Council, word: &str) -> Value {
    let is_said = |entry: &Value| entry["object"]["tq:act"] == word;
    let seq = &one(council, MANAGUA, is_said).await["tq:seq"];
    let path = format!("/t/{TOPIC}/ruling/{}/{seq}", CITIES[MANAGUA]);
    let (status, value) = get(&council.cities[MANAGUA], &path, "application/activity+json").await;
    assert_eq!(status, 200, "{path}");
    value
}

/// What changes the home's log itself.
async fn own_log(council: &Council, thread: Oid, made: &mut Made) {
    let home = &council.cities[MANAGUA];
    let base = home.inner().base_url();
    for (name, path) in [
        ("entry-rekey", format!("/t/{TOPIC}")),
        ("entry-rekey-member", "/u/ana".to_owned()),
    ] {
        let actor = json!(format!("{base}{path}"));
        let is_such = |entry: &Value| {
            entry["object"]["type"] == "tq:Rekey" && entry["object"]["object"] == actor
        };
        made.insert(name, one(council, MANAGUA, is_such).await);
    }
    let is_erase = |entry: &Value| entry["object"]["type"] == "tq:Erase";
    let erase = one(council, MANAGUA, is_erase).await;
    assert_eq!(erase["object"]["object"]["id"], json!(uri_of(home, thread)));
    made.insert("entry-erase", erase);
    let is_erased = |entry: &Value| entry["tq:erasedBy"].is_array();
    made.insert("entry-erased", one(council, MANAGUA, is_erased).await);
}

/// Managua founds the topic and coordinates it.
pub async fn found(council: &Council) {
    let plan = founding::Plan {
        coordinator: slug(CITIES[MANAGUA]),
        term_days: 180,
        quorum: Quorum::Majority,
        period: planned("2027-01", "2027-07"),
    };
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    founding::found(engine, admin, moment(), on_topic(""), plan)
        .await
        .unwrap();
    council.agree().await;
}

/// The coordinator features and hides a thread, closes it, and takes all back.
async fn rule(council: &Council, thread: Oid) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    for (word, reason) in [
        (Ruling::Feature, "Sirve a todas las ciudades."),
        (Ruling::Unfeature, "Ya la vieron todas."),
        (Ruling::Lock, "Se salió del tema."),
        (Ruling::Unlock, "Ya se habló con ambas partes."),
        (Ruling::Remove, "Muestra datos de una persona."),
        (Ruling::Restore, "La persona está de acuerdo."),
    ] {
        ruling::rule(engine, admin, moment(), reason, (thread, word))
            .await
            .unwrap();
    }
    council.agree().await;
}

/// The coordinator bans somebody and takes it back.
async fn ban(council: &mut Council) {
    council.cities[PANAMA].open_thread("Publicidad").await;
    council.agree().await;
    let person_uri = council.cities[PANAMA]
        .member()
        .await
        .person_uri()
        .to_owned();
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    let ban = Ban {
        topic: TOPIC.to_owned(),
        person_uri: person_uri.clone(),
        until: Timestamp::parse_rfc3339("2027-02-28T23:59:59Z"),
    };
    ruling::ban(engine, admin, moment(), "Publicidad, dos veces.", ban)
        .await
        .unwrap();
    ruling::unban(engine, admin, moment(), "Se disculpó.", (TOPIC, person_uri))
        .await
        .unwrap();
    council.agree().await;
}

/// The coordinator says what the topic says of itself.
async fn describe(council: &Council, thread: Oid) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    let texts = |summary: &str, deciders: &str, practitioners: &str| PageTexts {
        summary: summary.to_owned(),
        for_deciders: deciders.to_owned(),
        for_practitioners: practitioners.to_owned(),
    };
    let page = TopicPage {
        es: texts(
            "Lo que entra y lo que sale.",
            "Cuánto **cuesta**.",
            "Paso a paso.",
        ),
        en: texts("What comes in and what goes out.", "", ""),
    };
    let note = on_topic("Acordado en el taller de mayo.");
    curation::set_page(engine, admin, moment(), note.clone(), page)
        .await
        .unwrap();
    let issue = |name: &str, about| Issue {
        name: name.to_owned(),
        about,
    };
    let issues = vec![
        issue("Cobrar el predial a tiempo", Some(thread)),
        issue("Publicar el presupuesto", None),
    ];
    curation::set_priorities(engine, admin, moment(), note.clone(), issues)
        .await
        .unwrap();
    let new = knowledge::NewKnowledge {
        topic: TOPIC.to_owned(),
        kind: KnowledgeKind::Tool,
        audience: None,
        license: License::Cc0,
        title: "Hoja de cálculo del predial".into(),
        summary: String::new(),
        body: "Con fórmulas.".into(),
        files: Vec::new(),
        adaptation_of: None,
    };
    let sheet = knowledge::add(engine, admin, moment(), new).await.unwrap();
    let collection = NewCollection {
        name: "Para empezar".into(),
        summary: "Lo que conviene leer primero.".into(),
        parts: vec![("Las cuentas".into(), vec![sheet])],
    };
    let slug = CollectionSlug::parse("para-empezar").unwrap();
    curation::set_collection(engine, admin, moment(), note, (slug, collection))
        .await
        .unwrap();
    council.agree().await;
}

/// The schedule is proposed, approved by a majority, and made.
async fn change_schedule(council: &Council) {
    let slot = |city: usize, from, to| Slot {
        city: slug(CITIES[city]),
        period: planned(from, to),
    };
    let slots = vec![
        slot(MANAGUA, "2027-01", "2027-07"),
        slot(PANAMA, "2027-07", "2028-01"),
    ];
    let schedule = membership::Proposal::Schedule(slots);
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    membership::propose(
        engine,
        admin,
        moment(),
        on_topic("Como se acordó."),
        schedule,
    )
    .await
    .unwrap();
    council.agree().await;
    let proposal = council.last(MANAGUA, "propose").await;
    for city in [MANAGUA, PANAMA] {
        let (engine, admin) = (council.engine(city), council.admin(city));
        membership::approve(engine, admin, moment(), on_topic(""), proposal)
            .await
            .unwrap();
    }
    council.agree().await;
    membership::enact(engine, admin, moment(), on_topic(""), proposal)
        .await
        .unwrap();
    council.agree().await;
}

/// The second term is offered, refused and withdrawn; offered again, accepted and sealed.
async fn hand_over(council: &Council) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    offer(council, "Le toca a Panamá.").await;
    answer(council, Reply::Reject, "En julio no podemos.").await;
    hand_over::withdraw(engine, admin, moment(), on_topic(""))
        .await
        .unwrap();
    council.agree().await;
    offer(council, "Con apoyo de Managua hasta agosto.").await;
    answer(council, Reply::Accept, "Así, sí.").await;
    hand_over::seal(engine, admin, moment(), on_topic(""))
        .await
        .unwrap();
    council.agree().await;
    acknowledge(council).await;
}

async fn offer(council: &Council, note: &str) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    let mut term = NextTerm::new(slug(CITIES[PANAMA]), planned("2027-07", "2028-01"));
    term.items = ItemKind::ALL.map(handed_over).to_vec();
    hand_over::offer(engine, admin, moment(), on_topic(note), term)
        .await
        .unwrap();
    council.agree().await;
}

fn handed_over(kind: ItemKind) -> Item {
    let text = match kind {
        ItemKind::Note => "El taller de agosto ya tiene sala.",
        ItemKind::Task => "Falta publicar la memoria del taller de mayo.",
        ItemKind::Contact => "Oficina de cooperación de Managua, lunes a viernes.",
    };
    let text = text.to_owned();
    Item { kind, text }
}

async fn answer(council: &Council, reply: Reply, note: &str) {
    let (engine, admin) = (council.engine(PANAMA), council.admin(PANAMA));
    let offer = council.last(MANAGUA, "offer").await;
    let seen = (0..ItemKind::ALL.len()).collect();
    let answer = Answer { offer, reply, seen };
    hand_over::answer(engine, admin, moment(), on_topic(note), answer)
        .await
        .unwrap();
    council.agree().await;
}

/// What each city's software says by itself.
async fn acknowledge(council: &Council) {
    for city in 0..CITIES.len() {
        takeover::acknowledge_due(council.engine(city), moment())
            .await
            .unwrap();
    }
    council.agree().await;
}

/// The third term is taken over with the votes of two cities.
async fn take_over(council: &Council) {
    let (engine, admin) = (council.engine(TEGUCIGALPA), council.admin(TEGUCIGALPA));
    let term = planned("2028-01", "2028-07");
    takeover::stand(
        engine,
        admin,
        moment(),
        on_topic("Panamá no contesta."),
        term,
    )
    .await
    .unwrap();
    council.agree().await;
    let candidacy = council.last(TEGUCIGALPA, "stand").await;
    for city in [MANAGUA, TEGUCIGALPA] {
        let (engine, admin) = (council.engine(city), council.admin(city));
        takeover::endorse(engine, admin, moment(), on_topic(""), candidacy)
            .await
            .unwrap();
    }
    council.agree().await;
    takeover::certify(engine, admin, moment(), on_topic(""))
        .await
        .unwrap();
    council.agree().await;
}

/// A city leaves, and the coordinator takes that down.
async fn leave(council: &Council) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    hand_over::leave(
        engine,
        admin,
        moment(),
        on_topic("La ciudad cerró su taller."),
    )
    .await
    .unwrap();
    council.agree().await;
    let (engine, admin) = (council.engine(TEGUCIGALPA), council.admin(TEGUCIGALPA));
    membership::record_leave(engine, admin, moment(), on_topic(""), slug(CITIES[MANAGUA]))
        .await
        .unwrap();
    council.agree().await;
}

/// Member and group get new keys; then a post is erased: what is left of its entry is served with the
/// group's `tq:Rekey` between the two.
async fn renew_and_erase(council: &Council, thread: Oid) {
    let engine = council.engine(MANAGUA);
    rotate::member(engine, moment(), "ana").await.unwrap();
    rotate::group(engine, moment(), TOPIC).await.unwrap();
    let order = erase::Order {
        oid: thread,
        reason: "Lo pide la persona".into(),
        by_name: "elena".into(),
    };
    erase::post(engine, moment(), order).await.unwrap();
    council.agree().await;
}
