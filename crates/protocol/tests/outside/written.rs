//! What we write to other software is read back as what we meant, in the shapes that Lemmy 0.19 takes.

use serde_json::{Value, json};
use tequio_domain::Timestamp;
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::outside::{Announced, OutsideAct, OutsideActivity, Undone, write};

const ID: &str = "https://oaxaca.example/a/1";
const GROUP: &str = "https://oaxaca.example/t/agua";
const MEMBER: &str = "https://oaxaca.example/u/itzel";
const OUTSIDER: &str = "https://lemmy.example/u/marisol";
const POST: &str = "https://lemmy.example/post/101";
const COMMUNITY: &str = "https://lemmy.example/c/cisternas";

fn read(value: &Value) -> OutsideActivity {
    let activity = OutsideActivity::read(value).unwrap();
    assert!(value["@context"].is_array());
    assert_eq!(activity.id, ID);
    activity
}

fn their_follow() -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://lemmy.example/activities/follow/1",
        "type": "Follow",
        "actor": OUTSIDER,
        "to": [GROUP],
        "object": GROUP,
    })
}

#[test]
fn an_answer_embeds_the_whole_follow_and_addresses_the_follower_alone() {
    let mut embedded = their_follow();
    embedded.as_object_mut().unwrap().remove("@context");
    let accept = write::accept(ID, GROUP, &their_follow());
    let reject = write::reject(ID, GROUP, &their_follow());
    for answer in [&accept, &reject] {
        assert_eq!(answer["object"], embedded);
        assert_eq!(answer["to"], json!([OUTSIDER]));
        assert_eq!(answer["actor"], GROUP);
    }
    let follow = "https://lemmy.example/activities/follow/1".to_owned();
    let follower = Some(OUTSIDER.to_owned());
    assert_eq!(
        read(&accept).act,
        OutsideAct::Accept {
            follow: follow.clone(),
            follower: follower.clone()
        }
    );
    assert_eq!(read(&reject).act, OutsideAct::Reject { follow, follower });
}

#[test]
fn the_follower_is_found_in_an_embedded_actor() {
    let mut follow = their_follow();
    follow["actor"] = json!({ "id": OUTSIDER, "type": "Person" });
    assert_eq!(write::accept(ID, GROUP, &follow)["to"], json!([OUTSIDER]));
    follow["actor"] = json!(7);
    assert!(write::accept(ID, GROUP, &follow).get("to").is_none());
}

#[test]
fn a_follow_goes_to_exactly_the_followed() {
    let follow = write::follow(ID, MEMBER, COMMUNITY);
    assert_eq!(follow["to"], json!([COMMUNITY]));
    let object = COMMUNITY.to_owned();
    assert_eq!(read(&follow).act, OutsideAct::Follow { object });
}

#[test]
fn an_undo_goes_to_whom_the_undone_went() {
    let follow = write::follow("https://oaxaca.example/a/0", MEMBER, COMMUNITY);
    let undo = write::undo(ID, MEMBER, &follow);
    assert_eq!(undo["to"], follow["to"]);
    assert!(undo["object"].get("@context").is_none());
    let OutsideAct::Undo(undone) = read(&undo).act else {
        panic!("no Undo");
    };
    let object = COMMUNITY.to_owned();
    assert!(
        matches!(*undone, Undone::Activity(inner) if inner.act == OutsideAct::Follow { object })
    );

    let like = write::like("https://oaxaca.example/a/0", MEMBER, POST, Some(COMMUNITY));
    assert_eq!(write::undo(ID, MEMBER, &like)["audience"], COMMUNITY);
}

#[test]
fn a_like_is_not_public() {
    let like = write::like(ID, MEMBER, POST, Some(COMMUNITY));
    assert_eq!(read(&like).addressed, [COMMUNITY]);
    assert!(
        write::like(ID, MEMBER, POST, None)
            .get("audience")
            .is_none()
    );
}

#[test]
fn an_announce_has_to_and_cc_and_its_inside_unchanged() {
    let inside = write::like(
        "https://lemmy.example/activities/like/1",
        OUTSIDER,
        POST,
        None,
    );
    let moment = Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").unwrap();
    let announce = write::announce(ID, GROUP, inside.clone(), moment);
    assert_eq!(announce["to"], json!([PUBLIC]));
    assert_eq!(announce["cc"], json!([format!("{GROUP}/followers")]));
    assert_eq!(announce["published"], "2026-03-01T12:00:00Z");
    let OutsideAct::Announce(Announced::Activity(_, body)) = read(&announce).act else {
        panic!("no Announce");
    };
    assert_eq!(*body, inside);

    let by_id = write::announce(ID, GROUP, json!(POST), moment);
    let id = POST.to_owned();
    assert_eq!(read(&by_id).act, OutsideAct::Announce(Announced::Id(id)));
}
