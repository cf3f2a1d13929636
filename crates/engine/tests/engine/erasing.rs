//! Posts that are erased: gone from every copy, and all copies alike, those that never had them too.

use proptest::prelude::{ProptestConfig, any, proptest};
use tequio_engine::{Error, erase, rebuild, receive::Received, rotate, upload};
use tequio_protocol::activity::{Act, ENTRIES_MAX, Erase};
use tequio_store::{entry, file, log, on_both_databases, testing};

use crate::{
    hand::{Author, Hand},
    history::{add_tool, upload as upload_again},
    hostile::Scene,
    world::{CITIES, City, Group, WATER, World},
};
use tequio_domain::{Digest, Oid};

pub async fn erase_it(city: &City, oid: Oid) -> Result<(), Error> {
    let order = erase::Order {
        oid,
        reason: "Lo pide su autora".to_owned(),
        by_name: "ana".to_owned(),
    };
    erase::post(&city.engine, city.moment(), order).await
}

/// Every entry of a log here, as text.
fn whole(city: &City, home: &'static str) -> String {
    city.bodies(home, WATER, 0).join("\n")
}

fn groups(world: &World) -> Vec<Group> {
    world.cities.iter().flat_map(City::groups).collect()
}

/// A city that takes all logs as they are served now has the same, and so has each after a rebuild.
async fn all_alike(world: &World, groups: Vec<Group>) {
    world.assert_agreed().await;
    let new = City::newcomer(CITIES[3], groups);
    for home in &world.cities {
        new.receive(world.cities[0].bodies(home.slug, WATER, 0))
            .await;
    }
    let state = world.cities[0].state(WATER).await;
    assert_eq!(new.state(WATER).await, state);
    for city in world.cities.iter().chain([&new]) {
        let view = city.view();
        rebuild::rebuild(&city.engine).unwrap();
        assert_eq!(city.view(), view, "{}", city.slug);
        assert_eq!(city.state(WATER).await, state, "{}", city.slug);
    }
}

on_both_databases! {
    async fn what_is_erased_is_in_no_copy_and_leaves_a_tombstone(store) {
        let world = World::new(store, 3);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let (luis, ana) = (oaxaca.member("luis").await, quito.member("ana").await);
        let thread = quito.ask(&ana, "Mi cédula es 123").await;
        quito.edit(&ana, thread, "Mi cédula es 456", "Y vivo aquí").await;
        world.exchange().await;
        let reply = oaxaca.answer(&luis, thread, "No lo diga").await;
        let other = quito.ask(&ana, "Otra cosa").await;
        world.exchange().await;
        let groups = groups(&world);

        erase_it(quito, thread).await.unwrap();
        world.exchange().await;
        for city in &world.cities {
            let log = whole(city, "quito");
            assert!(!log.contains("cédula") && !log.contains("vivo aquí"), "{log}");
            assert!(log.contains("Otra cosa"));
            let held = city.object(thread);
            assert!(held.deleted_at.is_some() && held.title.is_empty() && held.html.is_empty());
            // What others said below is theirs.
            assert_eq!(city.object(reply).source, "No lo diga");
            assert_eq!(city.object(thread).comment_count, 1);
            assert_eq!(city.object(other).title, "Otra cosa");
        }
        all_alike(&world, groups).await;
        // It goes on after it, also for cities that begin now.
        quito.ask(&ana, "Y sigo").await;
        world.exchange().await;
        world.assert_agreed().await;
        let again = erase_it(quito, thread).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
    }

    async fn a_deleted_comment_is_erased_with_its_text(store) {
        let world = World::new(store, 3);
        let quito = &world.cities[1];
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Una").await;
        let reply = quito.answer(&ana, thread, "Secreto").await;
        let below = quito.answer(&ana, reply, "Debajo").await;
        quito.delete(&ana, reply).await;
        world.exchange().await;
        assert!(whole(&world.cities[2], "quito").contains("Secreto"));
        let groups = groups(&world);
        erase_it(quito, reply).await.unwrap();
        world.exchange().await;
        assert!(!whole(&world.cities[2], "quito").contains("Secreto"));
        assert_eq!(world.cities[2].object(thread).comment_count, 1);
        assert_eq!(world.cities[2].object(below).source, "Debajo");
        all_alike(&world, groups).await;
    }

    async fn only_the_city_of_its_author_erases(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Una").await;
        world.exchange().await;
        let result = erase_it(oaxaca, thread).await;
        assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
        let result = erase_it(quito, Oid::at(quito.moment().now(), &[3; 10])).await;
        assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        let order = erase::Order { oid: thread, reason: "  ".into(), by_name: "ana".into() };
        let result = erase::post(&quito.engine, quito.moment(), order).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
    }

    /// The key that proves the erasing entry is not the one that proved the erased.
    async fn a_new_city_follows_through_a_change_of_key(store) {
        let world = World::new(store, 2);
        let quito = &world.cities[1];
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Secreto").await;
        let groups = groups(&world);
        rotate::group(&quito.engine, quito.moment(), WATER).await.unwrap();
        quito.answer(&ana, thread, "Sigue").await;
        rotate::group(&quito.engine, quito.moment(), WATER).await.unwrap();
        erase_it(quito, thread).await.unwrap();
        quito.ask(&ana, "Y sigue").await;
        world.exchange().await;
        assert!(!whole(&world.cities[0], "quito").contains("Secreto"));
        all_alike(&world, groups).await;
    }

    async fn nobody_else_hides_an_entry(store) {
        let mut scene = Scene::new(store).await;
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let whole = scene.hand.write(&act);
        let value: serde_json::Value = serde_json::from_str(&whole).unwrap();
        let digest = tequio_protocol::proof::document_digest(&value);
        let blank = |witnesses: &[serde_json::Value]| {
            tequio_protocol::activity::Blank::of(&value, digest, &witnesses.iter().collect::<Vec<_>>()).to_string()
        };
        let before = scene.victim().everything();
        // Without a word of the group, and with a word that says nothing of it, or that the group did not sign.
        let mut forged = value.clone();
        forged["tq:seq"] = serde_json::json!(scene.hand.seq + 1);
        for witnesses in [vec![], vec![value.clone()], vec![forged]] {
            let received = scene.deliver(&[blank(&witnesses)]).await;
            assert!(matches!(received, Received::Refused(_)), "{received:?}");
        }
        // An erasure of another digest at this place.
        let content = scene.hand.thread("x", &scene.ana, "Uno");
        let other = Erase::of(&content, vec![(scene.hand.seq, Digest::new([7; 32]))]);
        let by = scene.hand.group_author().unsigned("e", Act::Erase(Box::new(other)));
        let mut hand = Hand { ..Hand::of(&scene.world.cities[1], WATER) };
        (hand.seq, hand.prev) = (scene.hand.seq, scene.hand.prev);
        let by: serde_json::Value = serde_json::from_str(&hand.write(&by)).unwrap();
        let received = scene.deliver(&[blank(&[by])]).await;
        assert!(matches!(received, Received::Refused(_)), "{received:?}");
        assert_eq!(scene.victim().everything(), before);
        let head_seq = scene.hand.seq;
        assert_eq!(scene.deliver(&[whole]).await, Received::Appended { count: 1, head_seq });
    }

    /// What stands in an entry without body is proven by nobody, but for its place and its digest.
    async fn a_forged_entry_without_body_stops_no_log(store) {
        let mut scene = Scene::new(store).await;
        let (first, before) = (scene.hand.seq + 1, scene.hand.prev);
        let act = scene.ana.create("x", scene.hand.thread("x", &scene.ana, "Uno"));
        let value: serde_json::Value = serde_json::from_str(&scene.hand.write(&act)).unwrap();
        let digest = tequio_protocol::proof::document_digest(&value);
        let next = scene.hand.write(&scene.ana.create("y", scene.hand.thread("y", &scene.ana, "Dos")));
        let content = scene.hand.thread("x", &scene.ana, "x");
        let erase = Act::Erase(Box::new(Erase::of(&content, vec![(first, digest)])));
        let by = scene.hand.write(&scene.hand.group_author().unsigned("e", erase));
        let witness: serde_json::Value = serde_json::from_str(&by).unwrap();
        let idle: serde_json::Value = serde_json::from_str(&next).unwrap();
        let honest = tequio_protocol::activity::Blank::of(&value, digest, &[&witness]);
        let mut forged = honest.clone();
        forged["tq:prev"] = serde_json::json!(Digest::new([7; 32]).to_multibase());
        let refused = Received::Refused(tequio_engine::receive::Refused::Proof(
            "it does not follow the entry before it".to_owned(),
        ));
        scene.assert_refused(&[forged.to_string()], refused.clone()).await;
        // What else is said there is not kept, and the id of another entry is taken from nobody.
        let mut padded = honest.clone();
        padded["id"] = serde_json::json!(value["id"].as_str().unwrap().replace(&format!("-{first}"), &format!("-{}", first + 1)));
        padded["summary"] = serde_json::json!("x".repeat(1000));
        padded["tq:erasedBy"] = serde_json::json!([idle, witness, witness]);
        assert_eq!(
            scene.deliver(&[padded.to_string(), next, by]).await,
            Received::Appended { count: 3, head_seq: first + 2 }
        );
        let kept = &scene.victim().bodies("quito", WATER, first - 1)[0];
        assert_eq!(serde_json::from_str::<serde_json::Value>(kept).unwrap(), honest);
        // Nor is another history proven by one where another entry is held.
        let content = scene.hand.thread("w", &scene.ana, "Tres");
        let mut other = Hand { base_url: scene.hand.base_url.clone(), group: scene.hand.group.clone(), key: scene.hand.key.clone(), seq: first - 1, prev: before };
        let second: serde_json::Value = serde_json::from_str(&other.write(&scene.ana.create("w", content.clone()))).unwrap();
        let digest = tequio_protocol::proof::document_digest(&second);
        let erase = Act::Erase(Box::new(Erase::of(&content, vec![(first, digest)])));
        let by = other.write(&scene.hand.group_author().unsigned("f", erase));
        let witness: serde_json::Value = serde_json::from_str(&by).unwrap();
        let mut forged = tequio_protocol::activity::Blank::of(&second, digest, &[&witness]);
        let true_one = forged.to_string();
        forged["tq:prev"] = serde_json::json!(Digest::new([7; 32]).to_multibase());
        scene.assert_refused(&[forged.to_string()], refused).await;
        assert_eq!(scene.deliver(&[true_one]).await, Received::Frozen);
    }

    /// A group that erases what it does not name is judged by what is left, in every city.
    async fn what_is_erased_against_the_rules_is_judged_alike(store) {
        let mut scene = Scene::new(store).await;
        let card = scene.ana.with_new_key();
        let zoe = Author { uri: format!("{}/u/zoe", scene.hand.base_url), key: card.key };
        let first = scene.hand.seq + 1;
        let bodies = vec![
            scene.hand.write(&zoe.introduce("card")),
            scene.hand.write(&zoe.create("z", scene.hand.thread("z", &zoe, "De Zoe"))),
            scene.hand.write(&zoe.create("y", scene.hand.thread("y", &zoe, "También"))),
        ];
        scene.deliver(&bodies).await;
        let value: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
        let digest = tequio_protocol::proof::document_digest(&value);
        // Her card goes, and it names another author for her post.
        let content = scene.hand.thread("z", &scene.ana, "x");
        let erase = Erase::of(&content, vec![(first, digest)]);
        let by = scene.hand.group_author().unsigned("e", Act::Erase(Box::new(erase)));
        let body = scene.hand.write(&by);
        scene.deliver(&[body]).await;
        let groups = scene.world.cities.iter().flat_map(City::groups).collect();
        all_alike(&scene.world, groups).await;
    }

    async fn a_post_of_many_versions_is_erased_in_several_acts(store) {
        let world = World::new(store, 2);
        let quito = &world.cities[1];
        let ana = quito.member("ana").await;
        let thread = quito.ask(&ana, "Mi cédula es 0").await;
        for n in 1..=ENTRIES_MAX {
            quito.edit(&ana, thread, &format!("Mi cédula es {n}"), "Y vivo aquí").await;
        }
        world.exchange().await;
        let groups = groups(&world);
        let before = quito.log_of("quito", WATER).head_seq;
        erase_it(quito, thread).await.unwrap();
        assert_eq!(quito.log_of("quito", WATER).head_seq, before + 2);
        world.exchange().await;
        let left = whole(&world.cities[0], "quito");
        assert!(!left.contains("cédula") && !left.contains("vivo aquí"));
        all_alike(&world, groups).await;
    }

    /// Its bytes are removed with those of an erased post, after they came and before that is written down.
    async fn a_file_that_is_removed_while_it_comes_again_is_not_held(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let bytes = bytes::Bytes::from_static(b"ciudad;costo\nquito;12\n");
        let digest = tequio_protocol::digest::sha256(&bytes);
        let stream = futures::stream::iter([Ok::<_, std::io::Error>(bytes)]);
        let files = city.engine.store().files();
        let coming = upload::put(&city.engine, city.moment(), "costos.csv", stream);
        let removing = async {
            let alone = files.removing().await;
            while !files.exists(&digest).await.unwrap() {
                tokio::task::yield_now().await;
            }
            files.remove(&digest).await.unwrap();
            drop(alone);
        };
        let ((), came) = futures::join!(removing, coming);
        assert!(
            matches!(came, Err(Error::Store(tequio_store::Error::Interrupted(_)))),
            "{came:?}"
        );
        let asked = digest.to_hex();
        let row = city.engine.store().read(move |conn| file::by_digest(conn, &asked)).await.unwrap();
        assert_eq!(row, None);
        // Sent again it is taken.
        let again = upload_again(city).await;
        assert_eq!(again.digest(), digest);
    }

    async fn files_of_an_erased_post_are_to_be_removed(store) {
        let world = World::new(store, 1);
        let city = &world.cities[0];
        let ana = city.member("ana").await;
        let (table, same) = (upload_again(city).await, upload_again(city).await);
        let one = add_tool(city, &ana, "Uno", vec![table], None).await;
        let two = add_tool(city, &ana, "Dos", vec![same], None).await;
        let unwanted = |conn: &mut tequio_store::Conn| tequio_store::file_unwanted::list(conn, 9);
        erase_it(city, one).await.unwrap();
        assert!(city.engine.store().read(unwanted).await.unwrap().is_empty(), "another names it");
        // Deleted before: its file is still there.
        city.delete(&ana, two).await;
        erase_it(city, two).await.unwrap();
        assert_eq!(city.engine.store().read(unwanted).await.unwrap().len(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is erased of a whole history, and whichever parts came before or after it.
    #[test]
    fn a_history_with_holes_makes_one_state(seed in any::<u64>()) {
        testing::block_on(holes(seed));
    }
}

async fn holes(seed: u64) {
    let store = testing::sqlite();
    let world = World::new(&store, 3);
    crate::history::write(&world).await;
    world.exchange().await;
    let groups = groups(&world);
    let late = City::newcomer(CITIES[3], groups.clone());
    let mut dice = seed;
    let mut roll = move |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    // One city has only parts of some logs yet, whole, and gets the rest with holes.
    for home in &world.cities {
        let bodies = world.cities[0].bodies(home.slug, WATER, 0);
        let count = usize::try_from(roll(u64::try_from(bodies.len()).unwrap() + 1)).unwrap();
        if count > 0 {
            late.receive(bodies[..count].to_vec()).await;
        }
    }
    for city in &world.cities {
        for oid in own_posts(city) {
            if roll(3) == 0 {
                erase_it(city, oid).await.unwrap();
            }
        }
    }
    world.exchange().await;
    for home in &world.cities {
        let held = late.log_of(home.slug, WATER).head_seq;
        late.receive(home.bodies(home.slug, WATER, held)).await;
    }
    assert_eq!(
        late.state(WATER).await,
        world.cities[0].state(WATER).await,
        "{seed}"
    );
    all_alike(&world, groups).await;
}

/// Posts of a city's members whose texts are in its log.
fn own_posts(city: &City) -> Vec<Oid> {
    let log_id = city.log_of(city.slug, WATER).id;
    let topic_id = city.log_of(city.slug, WATER).topic_id;
    let own = format!("{}/", crate::world::base_url(city.slug));
    let read = move |conn: &mut tequio_store::Conn| {
        let logs = log::all(conn)?;
        assert!(logs.iter().any(|row| row.id == log_id));
        let rows = tequio_store::object::snapshot::page(conn, topic_id, 0, 500)?;
        let mut oids = Vec::new();
        for row in rows
            .into_iter()
            .filter(|row| row.author_uri.starts_with(&own))
        {
            let entries = entry::list_naming(conn, log_id, &row.uri)?;
            if entries.iter().any(|entry| !entry.is_void) {
                oids.push(Oid::parse(&row.oid).unwrap());
            }
        }
        Ok::<_, tequio_store::Error>(oids)
    };
    city.engine.store().read_blocking(read).unwrap()
}
