//! Any document as activity, post and actor of other software: no panic, the same in every city, and
//! HTML that the sanitiser makes safe.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tequio_protocol::outside::{
    Announced, OutsideAct, OutsideActivity, OutsideActor, OutsidePost, Undone,
};
use tequio_protocol::{html, jcs, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = json::parse(bytes) else {
        return;
    };
    let activity = OutsideActivity::read(&document);
    let post = OutsidePost::read(&document);
    let actor = OutsideActor::read(&document);
    if let Ok(copy) = json::parse(jcs::canonicalize(&document).as_bytes()) {
        assert_eq!(OutsideActivity::read(&copy), activity);
        assert_eq!(OutsidePost::read(&copy), post);
        assert_eq!(OutsideActor::read(&copy), actor);
    }
    activity.iter().for_each(check);
    post.iter().for_each(check_post);
    if let Ok(actor) = actor {
        check_html(&actor.summary);
    }
});

fn check(activity: &OutsideActivity) {
    match &activity.act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => check_post(post),
        OutsideAct::Announce(Announced::Post(post)) => check_post(post),
        OutsideAct::Announce(Announced::Activity(inner, body)) => {
            check(inner);
            if let Ok(again) = OutsideActivity::read(body) {
                assert_eq!((&again.id, &again.actor), (&inner.id, &inner.actor));
            }
        }
        OutsideAct::Undo(undone) => {
            if let Undone::Activity(inner) = &**undone {
                assert_eq!(inner.actor, activity.actor);
                check(inner);
            }
        }
        _ => {}
    }
}

fn check_post(post: &OutsidePost) {
    assert!(post.id.starts_with("http") && post.attributed_to.starts_with("http"));
    check_html(&post.html);
}

fn check_html(foreign: &str) {
    let safe = html::sanitize(foreign);
    assert_eq!(html::sanitize(safe.as_str()), safe);
}
