//! Entries that are not strict JSON, not well-formed, or not the group's.

use serde_json::json;
use tequio_engine::{
    rebuild,
    receive::{Received, Refused},
};
use tequio_protocol::{
    activity::{Act, Content, Malformed, proof_key_id},
    json::{JsonError, MAX_BYTES},
    keys::Ed25519PrivateKey,
    proof::{self, ProofError},
};
use tequio_store::on_both_databases;

use crate::{
    hand::{Hand, at},
    hostile::Scene,
    world::{WASTE, WATER},
};

fn refused(reason: Refused) -> Received {
    Received::Refused(reason)
}

fn refused_json(error: &JsonError) -> Received {
    refused(Refused::Json(error.to_string()))
}

fn refused_proof(error: &ProofError) -> Received {
    refused(Refused::Proof(error.to_string()))
}

on_both_databases! {
    async fn a_changed_entry_is_refused(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let body = scene.hand.write(&act).replace("\"Uno\"", "\"Dos\"");
        scene.assert_refused(&[body], refused_proof(&ProofError::Invalid)).await;
    }

    async fn an_entry_signed_by_another_key_is_refused(store) {
        let scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let other = Ed25519PrivateKey::generate().unwrap();
        let mut draft = scene.hand.draft(&act);
        proof::sign(&mut draft, &other, &proof_key_id(&scene.hand.group), at()).unwrap();
        scene.assert_refused(&[draft.to_string()], refused_proof(&ProofError::Invalid)).await;

        let unsigned = scene.hand.draft(&act);
        let another = refused(Refused::Proof("it names another key".to_owned()));
        scene.assert_refused(&[unsigned.to_string()], another.clone()).await;

        let mut evas = scene.hand.draft(&act);
        proof::sign(&mut evas, &scene.eva.key, &proof_key_id(&scene.eva.uri), at()).unwrap();
        scene.assert_refused(&[evas.to_string()], another).await;
    }

    async fn a_city_does_not_write_in_anothers_log(store) {
        let scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let oaxaca = Hand::of(scene.victim(), WATER);
        let mut draft = oaxaca.draft(&act);
        proof::sign(&mut draft, &scene.hand.key, &proof_key_id(&oaxaca.group), at()).unwrap();
        scene.assert_refused(&[draft.to_string()], refused_proof(&ProofError::Invalid)).await;
    }

    async fn a_group_nobody_knows_is_refused(store) {
        let scene = Scene::new(store).await;
        let mut draft = scene.hand.draft(&json!({}));
        draft["actor"] = json!("https://nadie.example/t/agua");
        scene.assert_refused(&[draft.to_string()], refused(Refused::UnknownLog)).await;
        scene.assert_refused(&[], refused(Refused::UnknownLog)).await;
    }

    async fn a_batch_is_of_one_log(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let water = scene.hand.write(&act);
        let waste = Hand::of(&scene.world.cities[1], WASTE).write(&act);
        scene.assert_refused(&[water, waste], refused(Refused::OtherOrigin)).await;
    }

    async fn an_entrys_id_is_on_its_groups_server(store) {
        let scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let mut draft = scene.hand.draft(&act);
        draft["id"] = json!("https://oaxaca.example/a/x");
        scene.assert_refused(&[scene.hand.sign(draft)], refused(Refused::OtherOrigin)).await;
    }

    async fn one_bad_entry_refuses_its_whole_batch(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let good = scene.hand.write(&act);
        let bad = scene.hand.write(&act).replace("\"Uno\"", "\"Dos\"");
        scene.assert_refused(&[good, bad], refused_proof(&ProofError::Invalid)).await;
    }

    async fn ambiguous_json_is_refused(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let body = scene.hand.write(&act);
        let twice = body.replacen("{\"", "{\"tq:seq\":4,\"", 1);
        let key = JsonError::DuplicateKey("tq:seq".to_owned());
        scene.assert_refused(&[twice], refused_json(&key)).await;

        let seq = format!("\"tq:seq\":{}", scene.hand.seq);
        let large = body.replacen(&seq, "\"tq:seq\":9007199254740993", 1);
        scene.assert_refused(&[large], refused_json(&JsonError::NumberTooLarge)).await;
    }

    async fn deep_and_large_json_is_refused(store) {
        let scene = Scene::new(store).await;
        let mut deep = json!("fondo");
        for _ in 0..64 {
            deep = json!([deep]);
        }
        let body = scene.hand.sign(scene.hand.draft(&deep));
        scene.assert_refused(&[body], refused_json(&JsonError::TooDeep)).await;

        let large = json!({ "relleno": "x".repeat(MAX_BYTES) });
        let body = scene.hand.sign(scene.hand.draft(&large));
        let size = JsonError::TooLarge(body.len());
        scene.assert_refused(&[body], refused_json(&size)).await;
    }

    async fn what_is_not_an_entry_is_refused(store) {
        let scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let malformed = |member, need| refused(Refused::Malformed(Malformed::new(member, need)));

        let mut like = scene.hand.draft(&act);
        like["type"] = json!("Like");
        let body = scene.hand.sign(like);
        scene.assert_refused(&[body], malformed("type", "must be Announce")).await;

        for seq in [json!(0), json!(1)] {
            let mut draft = scene.hand.draft(&act);
            draft["tq:seq"] = seq;
            let need = malformed("tq:prev", "must be there for every entry but the first");
            scene.assert_refused(&[scene.hand.sign(draft)], need).await;
        }
        for seq in [json!(-3), json!(1.5), json!("4")] {
            let mut draft = scene.hand.draft(&act);
            draft["tq:seq"] = seq;
            let need = malformed("tq:seq", "must be a whole number, 0 or more");
            scene.assert_refused(&[scene.hand.sign(draft)], need).await;
        }
    }

    /// What one database keeps and the other does not would part the cities, or stop the log.
    async fn text_that_a_column_does_not_take_is_void_everywhere(store) {
        let mut scene = Scene::new(store).await;
        let content = |id: &str| Content {
            id: id.to_owned(),
            ..scene.hand.thread("x", &scene.ana, "Raro")
        };
        let with_nul = scene.ana.create("a", content("https://quito.example/o/a\u{0}b"));
        let with_end = scene.ana.create("b", content("https://quito.example/o/a\n"));
        let long = format!("https://quito.example/o/{}", "ab1".repeat(2000));
        let too_long = scene.ana.create("c", content(&long));
        let mut nameless = scene.ana.create("d", content("https://quito.example/o/a"));
        nameless["id"] = json!(format!("{}\u{0}", scene.ana.uri));
        for act in [with_nul, with_end, too_long, nameless] {
            scene.assert_void(&act).await;
        }
        let mut strange = scene.hand.thread("x", &scene.ana, "Idioma\u{0} raro");
        strange.language = "e\u{0}s".to_owned();
        strange.source = "Texto\u{0}".to_owned();
        scene.assert_done(&scene.ana.create("e", strange)).await;
    }

    /// `4.0` is 4 to the strict reader, and a name that the JSON library uses inside is a name like any other. Who
    /// reads kept bytes again, as a rebuild does, must see what was taken.
    async fn kept_bytes_are_read_again_as_they_were_taken(store) {
        let mut scene = Scene::new(store).await;
        let thread = scene.hand.thread("x", &scene.ana, "Uno");
        let mut act = scene.ana.unsigned("x", Act::Create(Box::new(thread)));
        act["tq:other"] = json!({ "$serde_json::private::RawValue": 5 });
        proof::sign(&mut act, &scene.ana.key, &proof_key_id(&scene.ana.uri), at()).unwrap();
        let body = scene.hand.write(&act);
        let seq = format!("\"tq:seq\":{}", scene.hand.seq);
        let body = body.replacen(&seq, &format!("{seq}.0"), 1);
        let taken = Received::Appended { count: 1, head_seq: scene.hand.seq };
        let before = scene.victim().view();
        assert_eq!(scene.deliver(&[body]).await, taken);
        assert_ne!(scene.victim().view(), before);
        for city in &scene.world.cities {
            let all = city.everything();
            rebuild::rebuild(&city.engine).unwrap();
            assert_eq!(city.everything(), all);
        }
    }
}
