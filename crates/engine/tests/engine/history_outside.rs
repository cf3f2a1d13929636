//! What people from outside add to the history, and what a hostile city says that they did.

use serde_json::json;
use tequio_domain::Oid;
use tequio_engine::{Member, vote::Vote};
use tequio_protocol::activity::Act;

use crate::{
    hand::Hand,
    history::{flush, vote},
    stranger::Stranger,
    world::{City, WATER, World},
};

/// They open a thread, answer each other and members of three cities, change and delete, and one
/// deletes the account.
pub async fn write(world: &World, carla: &Member, question: Oid) {
    let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
    let mut marisol = Stranger::new("lemmy.example", "marisol");
    let pedro = Stranger::new("mbin.example", "pedro");
    let question = oaxaca.object(question).uri;
    let page = marisol.page("page", "https://oaxaca.example/t/agua", "Filtros");
    marisol.does(oaxaca, &marisol.create(page)).await;
    marisol
        .does(
            oaxaca,
            &marisol.create(marisol.note("note", &question, "Grava.")),
        )
        .await;
    world.exchange().await;
    // Oaxaca's log answers quito's, which answers oaxaca's.
    let remark = quito
        .answer(carla, Oid::of_uri(&marisol.id("note")), "¿Qué grava?")
        .await;
    vote(quito, carla, Oid::of_uri(&marisol.id("page")), Vote::Useful).await;
    world.exchange().await;
    let remark = quito.object(remark).uri;
    for who in [&marisol, &pedro] {
        who.does(oaxaca, &who.create(who.note("deep", &remark, "De río.")))
            .await;
        who.does(oaxaca, &who.act("like", "Like", json!(question)))
            .await;
    }
    flush(oaxaca).await;
    pedro
        .does(
            oaxaca,
            &pedro.create(pedro.note("soon", &marisol.id("deep"), "Cierto.")),
        )
        .await;
    let mut new = marisol.note("deep", &remark, "De río, lavada.");
    new["updated"] = json!("2026-03-01T14:00:00Z");
    marisol.does(oaxaca, &marisol.update("edit", new)).await;
    take_back(oaxaca, [&marisol, &pedro]).await;
    marisol.display_name = "Marisol R.".to_owned();
    marisol
        .does(
            oaxaca,
            &marisol.create(marisol.note("last", &pedro.id("soon"), "Sí.")),
        )
        .await;
    marisol
        .does(
            oaxaca,
            &marisol.act("delete", "Delete", json!(marisol.id("note"))),
        )
        .await;
    pedro
        .does(oaxaca, &pedro.act("bye", "Delete", json!(pedro.uri)))
        .await;
    flush(oaxaca).await;
    world.exchange().await;
}

/// Both delete and restore what in another city still waits for the remark.
async fn take_back(oaxaca: &City, who: [&Stranger; 2]) {
    for who in who {
        for act in [
            who.delete("delete-deep", "deep"),
            who.restore("restore-deep", "deep"),
        ] {
            who.does(oaxaca, &act).await;
        }
    }
    let pedro = who[1];
    for act in [
        pedro.delete("delete-soon", "soon"),
        pedro.restore("restore-soon", "soon"),
        pedro.delete("delete-deep-again", "deep"),
        pedro.restore("restore-deep-again", "deep"),
    ] {
        pedro.does(oaxaca, &act).await;
    }
}

/// Quito attests whom and what it should not.
pub async fn misbehave(world: &World, question: Oid) {
    let (oaxaca, quito, rosario) = (&world.cities[0], &world.cities[1], &world.cities[2]);
    let marisol = Stranger::new("lemmy.example", "marisol");
    let eva = Stranger::new("rosario.example", "eva");
    let question = oaxaca.object(question).uri;
    let mut hand = Hand::of(quito, WATER);
    let group = hand.group.clone();
    let attest = |name: &str, who: &Stranger| {
        let act = Act::Attest(Box::new(who.actor()));
        hand.group_author().unsigned(name, act)
    };
    let acts = [
        marisol.create(marisol.page("early", &group, "Sin presentar")),
        attest("attest-marisol", &marisol),
        attest("attest-eva", &eva),
        eva.create(eva.page("forged", &group, "No soy yo")),
        marisol.create(marisol.page("host", &group, "En Quito")),
        // A post that Oaxaca's log has too, with another text in another thread.
        marisol.create(marisol.note("deep", &marisol.id("host"), "Otra cosa.")),
        // First in a thread of another city, where it means nothing, then in one of its own.
        marisol.act(
            "astray",
            "Create",
            marisol.note("twice", &question, "Allá."),
        ),
        marisol.act(
            "home",
            "Create",
            marisol.note("twice", &marisol.id("host"), "Aquí."),
        ),
        marisol.act(
            "more",
            "Create",
            marisol.note("twice", &marisol.id("deep"), "Y aquí."),
        ),
        marisol.update(
            "edit-twice",
            marisol.note("twice", &question, "Aquí mismo."),
        ),
        marisol.create(marisol.note("orphan", &marisol.id("nowhere"), "Sin padre.")),
        marisol.update("edit-orphan", marisol.note("orphan", &question, "Nunca.")),
    ];
    let bodies: Vec<String> = acts
        .iter()
        .chain(&later(&marisol, &group))
        .map(|act| hand.write(act))
        .collect();
    quito.receive(bodies).await;
    for city in [oaxaca, rosario] {
        city.pull(quito, WATER).await;
    }
    assert_eq!(
        oaxaca.object(Oid::of_uri(&marisol.id("last"))).deleted_at,
        None
    );
}

/// What comes last: deletions and restorations, in time, again, and too late.
fn later(marisol: &Stranger, group: &str) -> [serde_json::Value; 11] {
    [
        marisol.delete("delete-deep", "deep"),
        marisol.restore("restore-deep", "deep"),
        // Announced again they are void, in whatever state the post is.
        marisol.delete("delete-deep", "deep"),
        marisol.delete("delete-deep-again", "deep"),
        marisol.restore("restore-deep", "deep"),
        marisol.restore("restore-twice", "twice"),
        marisol.delete("delete-twice", "twice"),
        marisol.restore("restore-twice-later", "twice"),
        marisol.act("bye", "Delete", json!(marisol.uri)),
        marisol.restore("restore-late", "deep"),
        marisol.create(marisol.page("after", group, "Tras la despedida")),
    ]
}
