//! A rich history: three cities, all kinds of acts, some of them crossing on the way.

use bytes::Bytes;
use futures::stream;
use tequio_domain::{KnowledgeKind, License, Oid};
use tequio_engine::{
    Member, account,
    knowledge::{self, NewKnowledge},
    post,
    upload::{self, Uploaded},
    vote::{self, Vote},
};
use tequio_protocol::activity::Act;

use crate::{
    hand::{Author, Hand},
    history_ledger, history_outside,
    world::{City, WATER, World},
};

/// A small table of costs.
pub async fn upload(city: &City) -> Uploaded {
    let bytes = Bytes::from_static(b"ciudad;costo\nquito;12\n");
    let stream = stream::iter([Ok::<_, std::io::Error>(bytes)]);
    upload::put(&city.engine, city.moment(), "costos.csv", stream)
        .await
        .unwrap()
}

/// Adds to the library of water.
pub async fn add_tool(
    city: &City,
    who: &Member,
    title: &str,
    files: Vec<Uploaded>,
    adaptation_of: Option<Oid>,
) -> Oid {
    let new = NewKnowledge {
        topic: WATER.to_owned(),
        kind: KnowledgeKind::Tool,
        audience: None,
        license: License::CcBy,
        title: title.to_owned(),
        summary: "Para calcular.".to_owned(),
        body: "Abrir la **tabla**.".to_owned(),
        files,
        adaptation_of,
    };
    knowledge::add(&city.engine, who, city.moment(), new)
        .await
        .unwrap()
}

/// Votes, and the tally goes into the log.
pub async fn vote(city: &City, who: &Member, oid: Oid, vote: Vote) {
    vote::set_useful(&city.engine, who, city.moment(), oid, vote)
        .await
        .unwrap();
    flush(city).await;
}

/// Writes all tallies.
pub async fn flush(city: &City) {
    city.moment();
    city.moment();
    vote::flush_tallies(&city.engine, city.moment())
        .await
        .unwrap();
}

/// A changed profile.
pub fn profile(display_name: &str) -> account::Profile {
    account::Profile {
        display_name: display_name.to_owned(),
        post: "Dirección".to_owned(),
        summary: "Trabajo con agua.".to_owned(),
        locale: tequio_domain::Locale::Es,
    }
}

/// The members of the three cities.
struct People {
    ana: Member,
    beto: Member,
    carla: Member,
    dani: Member,
    eva: Member,
}

/// Writes the history; afterwards all three cities agree.
pub async fn write(world: &World) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let people = People {
        ana: oaxaca.member("ana").await,
        beto: oaxaca.member("beto").await,
        carla: quito.member("carla").await,
        dani: quito.member("dani").await,
        eva: rosario.member("eva").await,
    };
    let (question, first) = ask(world, &people).await;
    fill_library(world, &people).await;
    cross_on_the_way(world, &people).await;
    talk(world, &people, first).await;
    history_outside::write(world, &people.carla, question).await;
    oaxaca
        .answer(&people.ana, question, "Gracias a todos.")
        .await;
    world.exchange().await;
    history_ledger::write(world).await;
    misbehave(world, question).await;
    history_outside::misbehave(world, question).await;
    world.exchange().await;
    world.assert_agreed().await;
}

/// A question, answers, an accepted one, votes. Answers the question and the accepted answer.
async fn ask(world: &World, people: &People) -> (Oid, Oid) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let People {
        ana,
        beto,
        carla,
        dani,
        eva,
    } = people;
    let question = oaxaca.ask(ana, "¿Cuánto cuesta el agua?").await;
    world.exchange().await;
    let first = quito.answer(carla, question, "Doce.").await;
    let second = rosario.answer(eva, question, "Depende.").await;
    world.exchange().await;
    oaxaca.answer(ana, first, "¿Doce qué?").await;
    post::accept(&oaxaca.engine, ana, oaxaca.moment(), question, Some(first))
        .await
        .unwrap();
    oaxaca
        .edit(
            ana,
            question,
            "¿Cuánto cuesta un litro?",
            "Un litro de agua.",
        )
        .await;
    vote(oaxaca, beto, first, Vote::Useful).await;
    vote(quito, dani, first, Vote::Useful).await;
    rosario.delete(eva, second).await;
    world.exchange().await;
    (question, first)
}

/// An object with a file, an adaptation, remarks, a vote that is taken back, a new profile.
async fn fill_library(world: &World, people: &People) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let People {
        ana,
        beto,
        dani,
        eva,
        ..
    } = people;
    let table = upload(quito).await;
    let tool = add_tool(quito, dani, "Tabla de costos", vec![table], None).await;
    world.exchange().await;
    add_tool(
        rosario,
        eva,
        "Tabla de costos para Rosario",
        Vec::new(),
        Some(tool),
    )
    .await;
    let remark = oaxaca.answer(beto, tool, "Falta una columna.").await;
    oaxaca.edit(beto, remark, "", "Faltan dos columnas.").await;
    oaxaca.edit(beto, remark, "", "Faltan tres columnas.").await;
    vote(oaxaca, ana, tool, Vote::Useful).await;
    vote(oaxaca, ana, tool, Vote::None).await;
    quito
        .edit(dani, tool, "Tabla de costos, 2", "Abrir la tabla nueva.")
        .await;
    account::change_profile(&oaxaca.engine, ana, oaxaca.moment(), profile("Ana R."))
        .await
        .unwrap();
    world.exchange().await;
}

/// Carla answers what Eva has deleted, before she hears of it.
async fn cross_on_the_way(world: &World, people: &People) {
    let (quito, rosario) = (&world.cities[1], &world.cities[2]);
    let gone = rosario.ask(&people.eva, "¿Y el hielo?").await;
    world.exchange().await;
    rosario.delete(&people.eva, gone).await;
    quito.answer(&people.carla, gone, "También cuesta.").await;
    world.exchange().await;
}

/// A conversation that goes from city to city.
async fn talk(world: &World, people: &People, first: Oid) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let People {
        beto, carla, eva, ..
    } = people;
    let mut last = first;
    for _ in 0..2 {
        for (city, who) in [(oaxaca, beto), (rosario, eva), (quito, carla)] {
            last = city
                .answer(who, last, &format!("Digo yo, {}.", city.slug))
                .await;
            world.exchange().await;
        }
    }
    quito.edit(carla, last, "", "Digo otra cosa.").await;
}

/// What hostile software adds: kept everywhere, of the same small effect everywhere.
async fn misbehave(world: &World, question: Oid) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let question = oaxaca.object(question).uri;
    let carla = Author::of(quito, "carla");
    let mut hand = Hand::of(quito, WATER);
    let eva = Author::of(rosario, "eva");
    let mut late = Hand::of(rosario, WATER);
    let parent = late.thread("late", &eva, "El que tarda");

    let under_late = hand.comment("twice", &carla, &parent.id, "Bajo el que tarda");
    let under_question = hand.comment("twice", &carla, &question, "Bajo la pregunta");
    let orphan = hand.comment("orphan", &carla, &hand.id("nobody"), "Nunca tendrá padre");
    let delete = Act::Delete {
        object: under_late.id.clone(),
    };
    let edit = carla.update("edit", under_question.clone());
    let acts = [
        carla.create("twice", under_late),
        carla.create("again", under_question),
        carla.create("orphan", orphan),
        edit.clone(),
        carla.act("unsaid", Act::Delete { object: question }),
        edit,
        carla.act("delete", delete),
    ];
    let bodies = acts.iter().map(|act| hand.write(act)).collect();
    quito.receive(bodies).await;
    rosario
        .receive(vec![late.write(&eva.create("late", parent))])
        .await;
}
