//! A city that attests what it should not, and servers outside that claim what is not theirs.

use proptest::prelude::{
    ProptestConfig, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_engine::{outside::Heard, rebuild, receive::Received};
use tequio_protocol::{
    activity::{Act, PUBLIC},
    outside::OutsideActivity,
};
use tequio_store::{Conn, entry, object, on_both_databases, testing};

use crate::{
    hand::Hand,
    hostile::Scene,
    stranger::{PUBLISHED, Stranger},
    world::{CITIES, City, WATER, World},
};

fn attest(hand: &Hand, name: &str, who: &Stranger) -> Value {
    let act = Act::Attest(Box::new(who.actor()));
    hand.group_author().unsigned(name, act)
}

fn marisol() -> Stranger {
    Stranger::new("lemmy.example", "marisol")
}

/// Kept as void entries of quito's log, as the victim holds it.
fn voids(city: &City) -> Vec<String> {
    let id = city.log_of("quito", WATER).id;
    let read = move |conn: &mut Conn| {
        let rows = entry::list_after(conn, 0, 1000)?;
        let void = rows
            .into_iter()
            .filter(|row| row.log_id == id && row.is_void);
        Ok::<_, tequio_store::Error>(void.map(|row| row.activity_uri).collect())
    };
    city.engine.store().read_blocking(read).unwrap()
}

fn all_with(city: &City, uri: &str) -> Vec<object::Object> {
    let uri = uri.to_owned();
    let read = move |conn: &mut Conn| object::list_by_uri(conn, &uri);
    city.engine.store().read_blocking(read).unwrap()
}

on_both_databases! {
    async fn nobody_acts_from_outside_before_the_group_attests_them(store) {
        let mut scene = Scene::new(store).await;
        let who = marisol();
        let note = who.create(who.note("1", &scene.evas.0, "Hola."));
        scene.assert_void(&note).await;
        let by_member = scene.ana.act("x", Act::Attest(Box::new(who.actor())));
        scene.assert_void(&by_member).await;
        let own = Stranger::new("quito.example", "ana");
        scene.assert_void(&attest(&scene.hand, "y", &own)).await;
        scene.assert_done(&attest(&scene.hand, "z", &who)).await;
        scene.assert_done(&who.act("again", "Create", note["object"].clone())).await;
    }

    async fn what_is_not_the_attested_actors_own_is_void(store) {
        let mut scene = Scene::new(store).await;
        let (who, other) = (marisol(), Stranger::new("mbin.example", "pedro"));
        scene.assert_done(&attest(&scene.hand, "a", &who)).await;
        let evas = scene.evas.0.clone();
        scene.assert_void(&who.create(other.note("1", &evas, "De otro."))).await;
        let mut stolen = who.note("1", &evas, "Con id ajeno.");
        stolen["id"] = json!(other.id("1"));
        scene.assert_void(&who.create(stolen)).await;
        let mut foreign = who.create(who.note("1", &evas, "Con actividad ajena."));
        foreign["id"] = json!("https://mbin.example/activities/1");
        scene.assert_void(&foreign).await;
        foreign["id"] = json!(null);
        scene.assert_void(&foreign).await;
        scene.assert_void(&who.act("d", "Delete", json!(evas))).await;
        for undone in [json!(who.id("d")), other.delete("x", "1"), who.act("x", "Delete", json!(evas)),
            who.act("x", "Delete", json!(who.uri)), who.act("x", "Like", json!(who.id("1")))] {
            scene.assert_void(&who.act("undo", "Undo", undone)).await;
        }
        for kind in ["Like", "Undo", "Announce", "Lock", "Block", "Follow", "Flag", "Travel"] {
            scene.assert_void(&who.act(kind, kind, json!(evas))).await;
        }
        let document = json!({ "id": who.uri, "type": "Person", "preferredUsername": "m",
            "inbox": format!("{}/inbox", who.uri) });
        scene.assert_void(&who.update("p", document)).await;
    }

    async fn an_outside_post_counts_in_its_threads_log_only(store) {
        let mut scene = Scene::new(store).await;
        let who = marisol();
        scene.assert_done(&attest(&scene.hand, "a", &who)).await;
        let question = scene.question.clone();
        let astray = who.create(who.note("1", &question, "En hilo de otra ciudad."));
        scene.assert_idle(&astray).await;
        let page = who.page("2", "https://oaxaca.example/t/agua", "Para otra ciudad");
        scene.assert_void(&who.create(page)).await;
        // What had no effect does not stand in the way of what has.
        let home = who.act("again", "Create", who.note("1", &scene.evas.0.clone(), "En el suyo."));
        scene.assert_done(&home).await;
    }

    async fn two_cities_that_attest_one_post_do_not_change_each_others(store) {
        let mut scene = Scene::new(store).await;
        let who = marisol();
        let (oaxaca, quito) = (&scene.world.cities[0], &scene.world.cities[1]);
        who.does(oaxaca, &who.create(who.note("1", &scene.question, "Lo que dijo."))).await;
        scene.world.exchange().await;
        let (oaxacas, forged) = (all_with(oaxaca, &who.id("1"))[0].clone(), who.clone());
        let eva = quito.member("iris").await;
        let answer = quito.answer(&eva, Oid::of_uri(&who.id("1")), "¿Sí?").await;
        crate::history::vote(quito, &eva, Oid::of_uri(&who.id("1")), tequio_engine::vote::Vote::Useful).await;
        scene.world.exchange().await;
        scene.hand = Hand::of(&scene.world.cities[1], WATER);
        let evas = scene.evas.0.clone();
        scene.assert_done(&attest(&scene.hand, "a", &forged)).await;
        scene.assert_done(&forged.create(forged.note("1", &evas, "Lo que no dijo."))).await;
        scene.assert_done(&forged.update("u", forged.note("1", &evas, "Ni esto."))).await;
        scene.assert_done(&forged.act("d", "Delete", json!(forged.id("1")))).await;
        scene.assert_done(&forged.act("bye", "Delete", json!(forged.uri))).await;
        for city in &scene.world.cities {
            let held = all_with(city, &who.id("1"));
            assert_eq!(held.len(), 2);
            let theirs = held.iter().find(|row| row.group_uri == oaxacas.group_uri).unwrap();
            assert_eq!((&theirs.html, theirs.deleted_at, theirs.version), (&oaxacas.html, None, 1));
            assert_eq!((held[0].useful_count, held[1].useful_count), (1, 1));
            assert_eq!(city.object(answer).group_uri, oaxacas.group_uri);
        }
        scene.world.assert_agreed().await;
    }

    async fn a_deleted_account_stays_deleted_in_that_log(store) {
        let mut scene = Scene::new(store).await;
        let who = marisol();
        let evas = scene.evas.0.clone();
        let acts = [
            attest(&scene.hand, "a", &who),
            who.create(who.note("1", &evas, "Antes.")),
            who.act("bye", "Delete", json!(who.uri)),
            attest(&scene.hand, "b", &who),
            who.create(who.note("2", &evas, "Después.")),
        ];
        let bodies: Vec<String> = acts.iter().map(|act| scene.hand.write(act)).collect();
        let (all, one_by_one) = bodies.split_at(3);
        scene.deliver(all).await;
        for body in one_by_one {
            scene.deliver(std::slice::from_ref(body)).await;
        }
        assert_eq!(voids(scene.victim()), ["https://lemmy.example/activities/create-2"]);
        assert!(scene.victim().object(Oid::of_uri(&who.id("1"))).deleted_at.is_some());
        // In one batch it is judged alike.
        let groups = scene.world.cities.iter().flat_map(City::groups).collect();
        let late = City::newcomer(CITIES[3], groups);
        late.receive(scene.victim().bodies("quito", WATER, 0)).await;
        assert_eq!(voids(&late), voids(scene.victim()));
    }

    async fn a_forged_member_of_a_sibling_has_no_effect_in_any_order(store) {
        let mut scene = Scene::new(store).await;
        let forged = Stranger { uri: scene.luis.uri.clone(), ..Stranger::new("oaxaca.example", "luis") };
        let unknown = Stranger::new("rosario.example", "nadie");
        let evas = scene.evas.0.clone();
        let question = scene.question.clone();
        let mut acts = Vec::new();
        for who in [&forged, &unknown] {
            acts.push(attest(&scene.hand, &format!("a-{}", who.name), who));
            acts.push(who.create(who.note("1", &evas, "No lo dije.")));
            acts.push(who.create(who.page("2", "https://quito.example/t/agua", "Tampoco")));
            acts.push(who.act("d", "Delete", json!(question)));
            acts.push(who.act("bye", "Delete", json!(who.uri)));
        }
        let before = [scene.victim().view()["object"].clone(), scene.victim().view()["person"].clone()];
        let bodies: Vec<String> = acts.iter().map(|act| scene.hand.write(act)).collect();
        let head_seq = scene.hand.seq;
        let appended = Received::Appended { count: bodies.len(), head_seq };
        assert_eq!(scene.deliver(&bodies).await, appended);
        assert_eq!([scene.victim().view()["object"].clone(), scene.victim().view()["person"].clone()], before);

        let logs = |city: &'static str| scene.victim().bodies(city, WATER, 0);
        let groups: Vec<_> = scene.world.cities.iter().flat_map(City::groups).collect();
        for order in [["quito", "oaxaca"], ["oaxaca", "quito"]] {
            let late = City::newcomer(CITIES[3], groups.clone());
            for city in order {
                late.receive(logs(city)).await;
            }
            assert_eq!(late.state(WATER).await, scene.victim().state(WATER).await);
            let people = late.view()["person"].join("\n");
            assert!(!people.contains("city= ") && !people.contains("de fuera"), "{people}");
        }
    }

    async fn a_city_that_becomes_known_is_not_spoken_for_any_more(store) {
        use tequio_engine::Engine;
        use tequio_domain::Timestamp;
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let iris = quito.member("iris").await;
        quito.ask(&iris, "¿Quién mide el agua?").await;
        // Oaxaca does not know yet where León is, and believes what quito says of people there.
        let mut founding = crate::world::founding("oaxaca");
        founding.siblings.retain(|(slug, _)| slug.as_str() != "leon");
        let later = Timestamp::from_micros(2_000_000_000_000_000);
        Engine::open((*store).clone(), founding, later).unwrap();
        let who = Stranger::new("leon.example", "leo");
        let mut hand = Hand::of(quito, WATER);
        let page = who.page("1", "https://quito.example/t/agua", "De León");
        let bodies = vec![hand.write(&attest(&hand, "a", &who)), {
            hand.write(&who.create(page))
        }];
        world.exchange().await;
        oaxaca.receive(bodies).await;
        assert_eq!(all_with(oaxaca, &who.id("1")).len(), 1);
        Engine::open((*store).clone(), crate::world::founding("oaxaca"), later).unwrap();
        assert_eq!(all_with(oaxaca, &who.id("1")), []);
        let all = oaxaca.everything();
        rebuild::rebuild(&oaxaca.engine).unwrap();
        assert!(oaxaca.everything() == all);
    }
}

const HOSTS: [&str; 4] = [
    "lemmy.example",
    "mbin.example",
    "oaxaca.example",
    "quito.example",
];

/// What an attacker chooses: the signer's server, and the servers that each id claims.
#[derive(Debug, Clone)]
struct Claim {
    kind: &'static str,
    signer: &'static str,
    actor: &'static str,
    id: &'static str,
    attributed_to: &'static str,
    target: &'static str,
    is_comment: bool,
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let host = || proptest::sample::select(HOSTS.to_vec());
    let kind = prop_oneof![
        3 => proptest::sample::select(vec!["Create", "Update", "Delete"]),
        1 => proptest::sample::select(vec![
            "Like", "Dislike", "UndoLike", "UndoFollow", "UndoDelete", "UndoId", "Follow", "Person", "Farewell",
            "Accept", "Flag", "Announce", "Lock", "Remove", "Message",
        ]),
    ];
    let parts = (
        kind,
        host(),
        host(),
        host(),
        host(),
        host(),
        proptest::bool::ANY,
    );
    let claim = parts.prop_map(
        |(kind, signer, actor, id, attributed_to, target, is_comment)| Claim {
            kind,
            signer,
            actor,
            id,
            attributed_to,
            target,
            is_comment,
        },
    );
    proptest::collection::vec(claim, 10..30)
}

/// The one person, with the one post `p/1`, of each server.
fn resident(host: &str) -> Stranger {
    Stranger::new(host, "ana")
}

impl Claim {
    fn body(&self, number: usize, parent: &str) -> Value {
        let (actor, target) = (resident(self.actor), resident(self.target));
        let post = |name: &str| {
            let mut post = match self.is_comment {
                true => target.note(name, parent, &format!("Digo {number}")),
                false => target.page(
                    name,
                    "https://oaxaca.example/t/agua",
                    &format!("Digo {number}"),
                ),
            };
            post["attributedTo"] = json!(resident(self.attributed_to).uri);
            post
        };
        let (kind, object) = match self.kind {
            "Create" => ("Create", post(&format!("n{number}"))),
            "Update" => ("Update", post("1")),
            "Delete" => ("Delete", json!(target.id("1"))),
            "Farewell" => ("Delete", json!(target.uri)),
            "Person" => (
                "Update",
                json!({
                    "id": target.uri, "type": "Person", "preferredUsername": "x",
                    "name": format!("Otra {number}"), "inbox": format!("{}/inbox", target.uri),
                }),
            ),
            "UndoLike" | "UndoDelete" => (
                "Undo",
                json!({ "type": self.kind.trim_start_matches("Undo"), "actor": actor.uri,
                        "object": target.id("1") }),
            ),
            "UndoFollow" => (
                "Undo",
                json!({
                    "type": "Follow", "actor": actor.uri, "object": "https://oaxaca.example/t/agua",
                }),
            ),
            "UndoId" => (
                "Undo",
                json!(format!("https://{}/activities/follow", self.target)),
            ),
            "Follow" => ("Follow", json!("https://oaxaca.example/t/agua")),
            "Announce" => ("Announce", target.create(post("1"))),
            "Message" => {
                let mut post = post(&format!("n{number}"));
                post["to"] = json!(["https://oaxaca.example/u/luis"]);
                post["audience"] = json!(null);
                ("Create", post)
            }
            kind => (kind, json!(target.id("1"))),
        };
        json!({
            "id": format!("https://{}/activities/{number}", self.id),
            "type": kind,
            "actor": actor.uri,
            "to": [PUBLIC],
            "object": object,
            "target": "https://oaxaca.example/t/agua/moderators",
            "published": PUBLISHED,
        })
    }
}

/// All rows that say something of or for somebody on a server; without counters, which others move.
fn state_of(city: &City, host: &str) -> Vec<String> {
    let dump = city.everything();
    let columns = [
        ("object", " uri="),
        ("person", " uri="),
        ("outside_actor", "uri="),
        ("outside_item", " uri="),
        ("message", " author_uri="),
        ("report", " reporter_uri="),
        ("outside_follower", " actor_uri="),
        ("outside_vote", " actor_uri="),
    ];
    let mut state = Vec::new();
    for (table, column) in columns {
        let of_host = format!("{column}https://{host}/");
        for row in dump[table].iter().filter(|row| row.contains(&of_host)) {
            let row = row.split(" comment_count=").next().unwrap();
            state.push(format!("{table} {row}"));
        }
    }
    state
}

/// A city where somebody of each outside server has a post, a vote, a follow and a followed profile.
async fn populated(store: &testing::TestStore) -> (World, String) {
    let world = World::new(store, 2);
    let city = &world.cities[0];
    let (luis, question) = (city.member("luis").await, ());
    let () = question;
    let oid = city.ask(&luis, "¿Cuánto cuesta el agua?").await;
    let question = city.object(oid).uri;
    for host in &HOSTS[..2] {
        let who = resident(host);
        who.does(city, &who.create(who.note("1", &question, "Lo mío.")))
            .await;
        who.does(
            city,
            &who.act("follow", "Follow", json!("https://oaxaca.example/t/agua")),
        )
        .await;
        who.does(city, &who.act("like", "Like", json!(question)))
            .await;
    }
    (world, question)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever ids an activity carries: only its signer's server changes what is that server's.
    #[test]
    fn no_state_of_a_host_changes_without_it(claims in claims()) {
        let store = testing::sqlite();
        let (world, question) = testing::block_on(populated(&store));
        let city = &world.cities[0];
        for (number, claim) in claims.iter().enumerate() {
            let before = HOSTS.map(|host| state_of(city, host));
            let body = claim.body(number, &question);
            let Ok(activity) = OutsideActivity::read(&body) else { continue };
            let heard = Heard { activity, body, author: resident(claim.signer).actor() };
            testing::block_on(city.engine.take_outside(heard, city.moment())).unwrap();
            for (host, before) in HOSTS.iter().zip(before) {
                let may_change = *host == claim.signer && !HOSTS[2..].contains(host);
                prop_assert!(may_change || state_of(city, host) == before, "{host} {claim:?}");
            }
        }
        let all = city.everything();
        rebuild::rebuild(&city.engine).unwrap();
        prop_assert!(city.everything() == all);
    }

    /// Whatever a hostile sibling attests: what stands in another city's log and who its members are
    /// stays as it is.
    #[test]
    fn no_sibling_changes_what_another_city_holds(claims in claims()) {
        let store = testing::sqlite();
        let (world, question) = testing::block_on(populated(&store));
        testing::block_on(world.exchange());
        let city = &world.cities[0];
        let mut hand = Hand::of(&world.cities[1], WATER);
        let held = |city: &City| {
            let log = format!(" log_id={} ", city.log_of("oaxaca", WATER).id);
            let mut rows = city.everything()["object"].clone();
            rows.retain(|row| row.contains(&log));
            let members = city.everything()["person"].clone();
            rows.extend(members.into_iter().filter(|row| !row.contains(" city= ")));
            rows
        };
        let before = held(city);
        let mut bodies = Vec::new();
        for host in HOSTS {
            bodies.push(hand.write(&attest(&hand, host, &resident(host))));
        }
        for (number, claim) in claims.iter().enumerate() {
            bodies.push(hand.write(&claim.body(number, &question)));
        }
        let received = testing::block_on(city.receive(bodies));
        let is_kept = matches!(received, Received::Appended { .. });
        prop_assert!(is_kept, "{:?}", received);
        prop_assert_eq!(held(city), before);
    }
}
