//! Entries whose group's proof holds, in a name that the group may not use.

use serde_json::json;
use tequio_domain::ThreadKind;
use tequio_protocol::{
    activity::{Act, Content, Detail, proof_key_id},
    proof,
};
use tequio_store::on_both_databases;

use crate::{
    hand::{Author, at},
    hostile::Scene,
    world::WASTE,
};

on_both_databases! {
    async fn a_post_without_its_authors_proof_is_void(store) {
        let mut scene = Scene::new(store).await;
        let content = scene.hand.thread("x", &scene.ana, "Sin firma");
        let unsigned = scene.ana.unsigned("x", Act::Create(Box::new(content)));
        scene.assert_void(&unsigned).await;
    }

    async fn a_post_with_a_forged_authors_proof_is_void(store) {
        let mut scene = Scene::new(store).await;
        let content = scene.hand.thread("x", &scene.ana, "Firmado por otra llave");
        let forged = scene.ana.with_new_key().create("x", content.clone());
        scene.assert_void(&forged).await;

        let mut changed = scene.ana.create("x", content.clone());
        changed["object"]["name"] = json!("Cambiado tras la firma");
        scene.assert_void(&changed).await;

        let mut evas = scene.ana.unsigned("x", Act::Create(Box::new(content)));
        proof::sign(&mut evas, &scene.eva.key, &proof_key_id(&scene.eva.uri), at()).unwrap();
        scene.assert_void(&evas).await;
    }

    async fn what_is_not_an_act_is_void(store) {
        let mut scene = Scene::new(store).await;
        scene.assert_void(&json!("https://quito.example/a/x")).await;
        scene.assert_void(&json!({})).await;
        scene.assert_void(&json!({ "id": 7, "type": "Like" })).await;
        let content = scene.hand.thread("x", &scene.ana, "Una lista");
        let mut several = scene.ana.create("x", content);
        several["actor"] = json!([scene.ana.uri, scene.eva.uri]);
        scene.assert_void(&several).await;
    }

    async fn an_author_without_a_card_in_the_log_is_void(store) {
        let mut scene = Scene::new(store).await;
        let nobody = Author { uri: "https://quito.example/u/nadie".to_owned(), ..scene.ana.clone() };
        let content = scene.hand.thread("x", &nobody, "Nadie");
        scene.assert_void(&nobody.create("x", content)).await;
    }

    async fn an_actor_of_another_city_is_void(store) {
        let mut scene = Scene::new(store).await;
        let content = Content {
            attributed_to: scene.luis.uri.clone(),
            ..scene.hand.thread("x", &scene.luis, "En nombre de Luis")
        };
        scene.assert_void(&scene.luis.create("x", content)).await;
        scene.assert_void(&scene.luis.introduce("card")).await;
    }

    async fn an_id_on_another_server_is_void(store) {
        let mut scene = Scene::new(store).await;
        let mine = scene.hand.thread("x", &scene.ana, "Ajeno");
        let elsewhere = Content { id: "https://oaxaca.example/o/x".to_owned(), ..mine.clone() };
        scene.assert_void(&scene.ana.create("x", elsewhere)).await;
        let insecure = Content { id: "http://quito.example/o/x".to_owned(), ..mine.clone() };
        scene.assert_void(&scene.ana.create("x", insecure)).await;
        let lookalike = Content { id: "https://quito.example.evil/o/x".to_owned(), ..mine };
        scene.assert_void(&scene.ana.create("x", lookalike)).await;
    }

    async fn a_post_in_anothers_name_is_void(store) {
        let mut scene = Scene::new(store).await;
        let content = scene.hand.thread("x", &scene.eva, "De Eva, firmado por Ana");
        scene.assert_void(&scene.ana.create("x", content)).await;
    }

    async fn another_members_post_is_not_changed(store) {
        let mut scene = Scene::new(store).await;
        let content = Content {
            id: scene.evas.0.clone(),
            ..scene.hand.thread("x", &scene.ana, "Ana escribe sobre Eva")
        };
        scene.assert_idle(&scene.ana.update("x", content)).await;
        let delete = Act::Delete { object: scene.evas.0.clone() };
        scene.assert_idle(&scene.ana.act("y", delete)).await;
    }

    async fn another_citys_post_is_not_changed(store) {
        let mut scene = Scene::new(store).await;
        let delete = Act::Delete { object: scene.question.clone() };
        scene.assert_void(&scene.ana.act("x", delete.clone())).await;
        let group = scene.hand.group_author();
        scene.assert_void(&group.act("y", delete.clone())).await;
        scene.assert_void(&scene.luis.act("z", delete)).await;
        let content = Content {
            id: scene.question.clone(),
            ..scene.hand.thread("x", &scene.ana, "Ana escribe sobre Luis")
        };
        scene.assert_void(&scene.ana.update("w", content)).await;
    }

    async fn a_group_does_not_delete_its_members_posts(store) {
        let mut scene = Scene::new(store).await;
        let group = scene.hand.group_author();
        let delete = Act::Delete { object: scene.evas.0.clone() };
        scene.assert_void(&group.act("x", delete)).await;
    }

    async fn a_tally_is_the_groups(store) {
        let mut scene = Scene::new(store).await;
        let tally = Act::Tally { object: scene.question.clone(), amount: 40 };
        scene.assert_void(&scene.ana.act("x", tally.clone())).await;
        scene.assert_done(&scene.hand.group_author().unsigned("y", tally)).await;
    }

    async fn a_card_is_about_its_own_actor(store) {
        let mut scene = Scene::new(store).await;
        let card = Act::Card(Box::new(scene.eva.card()));
        scene.assert_void(&scene.ana.act("x", card)).await;
        let taken = scene.eva.with_new_key();
        let mut forged = taken.unsigned("y", Act::Card(Box::new(taken.card())));
        proof::sign(&mut forged, &scene.ana.key, &proof_key_id(&taken.uri), at()).unwrap();
        scene.assert_void(&forged).await;
    }

    async fn two_people_of_a_city_do_not_share_a_name(store) {
        let mut scene = Scene::new(store).await;
        let mut card = scene.ana.card();
        card.name = "eva".to_owned();
        scene.assert_void(&scene.ana.act("x", Act::Card(Box::new(card)))).await;
        let other = Author {
            uri: "https://quito.example/otra/u/eva".to_owned(),
            ..scene.eva.with_new_key()
        };
        let mut card = other.introduce("y");
        card["id"] = json!("https://quito.example/a/y");
        proof::sign(&mut card, &other.key, &proof_key_id(&other.uri), at()).unwrap();
        scene.assert_void(&card).await;
    }

    async fn a_thread_stays_in_the_topic_it_was_written_for(store) {
        let mut scene = Scene::new(store).await;
        let content = Content {
            audience: format!("https://quito.example/t/{WASTE}"),
            ..scene.hand.thread("x", &scene.ana, "Para residuos")
        };
        scene.assert_void(&scene.ana.create("x", content)).await;
    }

    async fn a_post_does_not_become_another_kind(store) {
        let mut scene = Scene::new(store).await;
        let content = Content {
            id: scene.evas.0.clone(),
            ..scene.hand.comment("x", &scene.eva, &scene.question, "Ahora soy comentario")
        };
        scene.assert_idle(&scene.eva.update("x", content)).await;
    }

    async fn html_of_a_sibling_is_made_safe(store) {
        let mut scene = Scene::new(store).await;
        let content = Content {
            content: "<p onclick='x()'>Hola<script>x()</script></p>\u{0}".to_owned(),
            detail: Detail::Thread { kind: ThreadKind::Conversation, answer: None },
            ..scene.hand.thread("x", &scene.ana, "Con guion")
        };
        let oid = content.oid();
        scene.assert_done(&scene.ana.create("x", content)).await;
        assert_eq!(scene.victim().object(oid).html.trim(), "<p>Hola</p>");
    }
}
