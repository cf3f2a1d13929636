//! Logs that are told in two ways, and acts that are told twice.

use std::slice;

use serde_json::Value;
use tequio_engine::receive::Received;
use tequio_protocol::{
    activity::{Act, Content},
    digest::sha256,
};
use tequio_store::on_both_databases;

use crate::{
    hand::{Author, Hand},
    hostile::Scene,
    world::WATER,
};

on_both_databases! {
    async fn a_gap_is_not_taken_and_is_remembered(store) {
        let mut scene = Scene::new(store).await;
        let head_seq = scene.hand.seq;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let first = scene.hand.write(&act);
        let second = scene.hand.write(&act);
        let view = scene.victim().view();
        assert_eq!(scene.deliver(slice::from_ref(&second)).await, Received::Gap { head_seq });
        assert_eq!(scene.victim().view(), view);
        assert_eq!(scene.victim().log_of("quito", WATER).known_seq, head_seq + 2);
        let both = Received::Appended { count: 2, head_seq: head_seq + 2 };
        assert_eq!(scene.deliver(&[first, second]).await, both);
    }

    async fn what_is_held_is_not_taken_again(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let body = scene.hand.write(&act);
        scene.deliver(slice::from_ref(&body)).await;
        let held = scene.victim().bodies("quito", WATER, 0);
        let before = scene.victim().everything();
        let nothing = Received::Appended { count: 0, head_seq: scene.hand.seq };
        assert_eq!(scene.deliver(&[body]).await, nothing);
        assert_eq!(scene.deliver(&held).await, nothing);
        assert_eq!(scene.victim().everything(), before);
    }

    async fn a_wrong_link_freezes_the_log(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        scene.hand.prev = Some(sha256(b"otra historia"));
        let body = scene.hand.write(&act);
        scene.assert_freezes(&[body]).await;
    }

    async fn two_entries_with_one_number_freeze_the_log(store) {
        let mut scene = Scene::new(store).await;
        let mut other = Hand::of(&scene.world.cities[1], WATER);
        let act = |text| scene.ana.create("x", scene.hand.thread("x", &scene.ana, text));
        let (one, two) = (act("Uno"), act("Dos"));
        let before = scene.victim().view();
        scene.assert_done(&one).await;
        // It ends where both have gone the same way.
        assert_eq!(scene.deliver(&[other.write(&two)]).await, Received::Frozen);
        assert_eq!(scene.victim().view(), before);
        assert!(scene.victim().log_of("quito", WATER).is_frozen);

        let next = scene.hand.write(&two);
        scene.assert_refused(&[next], Received::Frozen).await;
    }

    async fn a_second_create_does_nothing(store) {
        let mut scene = Scene::new(store).await;
        let first = scene.hand.thread("x", &scene.ana, "Primera");
        let second = scene.hand.thread("x", &scene.ana, "Segunda");
        let evas = scene.hand.thread("x", &scene.eva, "De otra");
        scene.assert_done(&scene.ana.create("x", first.clone())).await;
        scene.assert_idle(&scene.ana.create("x", first)).await;
        scene.assert_idle(&scene.ana.create("y", second)).await;
        scene.assert_idle(&scene.eva.create("z", evas)).await;
    }

    async fn nothing_comes_after_a_delete(store) {
        let mut scene = Scene::new(store).await;
        let content = scene.hand.thread("x", &scene.ana, "Breve");
        let delete = Act::Delete { object: content.id.clone() };
        scene.assert_done(&scene.ana.create("a", content.clone())).await;
        scene.assert_done(&scene.ana.act("b", delete.clone())).await;
        scene.assert_idle(&scene.ana.update("c", content.clone())).await;
        scene.assert_idle(&scene.ana.create("d", content.clone())).await;
        scene.assert_idle(&scene.ana.act("e", delete)).await;
        let row = scene.victim().object(content.oid());
        assert_eq!((row.title.as_str(), row.source.as_str(), row.html.as_str()), ("", "", ""));
    }

    async fn an_older_edit_announced_again_does_nothing(store) {
        let mut scene = Scene::new(store).await;
        let content = scene.hand.thread("x", &scene.ana, "Primera");
        let second = scene.hand.thread("x", &scene.ana, "Segunda");
        let third = scene.hand.thread("x", &scene.ana, "Tercera");
        let edit = scene.ana.update("b", second);
        scene.assert_done(&scene.ana.create("a", content)).await;
        scene.assert_done(&edit).await;
        scene.assert_done(&scene.ana.update("c", third)).await;
        scene.assert_idle(&edit).await;
    }

    /// The first of two Creates counts, even where the second could be done earlier.
    async fn two_creates_end_alike_whichever_parent_comes_first(store) {
        let mut scene = Scene::new(store).await;
        let late = Hand::of(&scene.world.cities[2], WATER);
        let parent = late.id("late");
        let first = scene.hand.comment("x", &scene.ana, &parent, "Bajo el que tarda");
        let second = scene.hand.comment("x", &scene.ana, &scene.question, "Bajo el que está");
        let (first, second) = (scene.ana.create("a", first), scene.ana.create("b", second));
        let bodies = [scene.hand.write(&first), scene.hand.write(&second)];

        let victim = scene.victim();
        victim.receive(bodies.to_vec()).await;
        give_parent(&scene, late).await;
        for city in &scene.world.cities[1..] {
            city.receive(bodies.to_vec()).await;
        }
        scene.world.assert_agreed().await;
        assert_eq!(victim.waiting(), 0);
        let oid = scene.hand.comment("x", &scene.ana, &parent, "").oid();
        assert_eq!(victim.object(oid).source, "Bajo el que tarda");
    }

    /// An author is judged by all that stands before, not by what else is in the batch.
    async fn an_old_card_beside_a_new_post_changes_no_judgement(store) {
        let mut scene = Scene::new(store).await;
        let old = scene.hand.write(&scene.ana.introduce("old"));
        let ana = scene.ana.with_new_key();
        let new = scene.hand.write(&ana.introduce("new"));
        scene.deliver(&[old.clone(), new.clone()]).await;
        let content = scene.hand.thread("x", &ana, "Con la llave nueva");
        let post = scene.hand.write(&ana.create("x", content));
        let later = scene.hand.write(&old_post(&scene));

        let victim = scene.victim();
        victim.receive(vec![old.clone(), new, old, post.clone(), later.clone()]).await;
        for city in &scene.world.cities[1..] {
            city.receive(vec![post.clone()]).await;
            city.receive(vec![later.clone()]).await;
        }
        scene.world.assert_agreed().await;
    }

    async fn a_repeated_entry_within_a_batch_changes_no_judgement(store) {
        let mut scene = Scene::new(store).await;
        let old = scene.hand.write(&scene.ana.introduce("old"));
        let ana = scene.ana.with_new_key();
        let new = scene.hand.write(&ana.introduce("new"));
        let content = scene.hand.thread("x", &ana, "Con la llave nueva");
        let post = scene.hand.write(&ana.create("x", content));

        let all = vec![old.clone(), new.clone(), post.clone()];
        scene.victim().receive(vec![old.clone(), new, old, post]).await;
        assert_eq!(scene.victim().log_of("quito", WATER).head_seq, scene.hand.seq);
        for city in &scene.world.cities[1..] {
            city.receive(all.clone()).await;
        }
        scene.world.assert_agreed().await;
    }
}

/// Posts what the two comments of [`two_creates_end_alike_whichever_parent_comes_first`] await.
async fn give_parent(scene: &Scene, mut late: Hand) {
    let rosario = &scene.world.cities[2];
    let nora = rosario.member("nora").await;
    drop(nora);
    let nora = Author::of(rosario, "nora");
    let content: Content = late.thread("late", &nora, "El que tarda");
    let bodies = vec![
        late.write(&nora.introduce("card")),
        late.write(&nora.create("late", content)),
    ];
    for city in &scene.world.cities {
        city.receive(bodies.clone()).await;
    }
}

/// Ana's post, by the key she no longer has.
fn old_post(scene: &Scene) -> Value {
    scene.ana.create(
        "old-post",
        scene.hand.thread("y", &scene.ana, "Con la llave vieja"),
    )
}
