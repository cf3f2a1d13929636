//! The servers outside, as far as pages ask them: what each address leads to is laid out beforehand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::future::{BoxFuture, FutureExt, ready};
use tequio_engine::Member;
use tequio_protocol::outside::{OutsideActor, OutsidePost};
use tequio_web::outside::{Found, KindCount, NotFound, NotJoined, Outside, Pulling};

/// What the other servers answer, and what they were asked.
#[derive(Clone, Default)]
pub struct Elsewhere {
    answers: Arc<Mutex<BTreeMap<String, Result<Found, NotFound>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    /// An address leads to an actor, and its id too.
    pub fn has_actor(&self, asked: &str, actor: OutsideActor) {
        self.answers(&actor.id.clone(), Ok(Found::Actor(Box::new(actor.clone()))));
        self.answers(asked, Ok(Found::Actor(Box::new(actor))));
    }

    /// What an address leads to.
    pub fn answers(&self, asked: &str, answer: Result<Found, NotFound>) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(asked.to_owned(), answer);
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Outside for Elsewhere {
    fn look_up(
        &self,
        _account_id: i64,
        asked: String,
    ) -> BoxFuture<'static, Result<Found, NotFound>> {
        let held = self.answers.lock().unwrap().get(&asked).cloned();
        self.asked.lock().unwrap().push(asked);
        ready(held.unwrap_or(Err(NotFound::Unknown))).boxed()
    }

    fn join(&self, _admin: Member, link: String) -> BoxFuture<'static, Result<String, NotJoined>> {
        let answer = match link.as_str() {
            "ours" => Err(NotJoined::Ours),
            "unseen" => Err(NotJoined::Unseen),
            "other" => Err(NotJoined::ForAnother("leon<b>".to_owned())),
            _ => Err(NotJoined::NotALink),
        };
        ready(answer).boxed()
    }

    fn counts(&self) -> Vec<KindCount> {
        vec![KindCount {
            kind: "Announce".to_owned(),
            received: 12_345,
            taken: 17,
        }]
    }

    fn pulling(&self) -> Vec<Pulling> {
        vec![Pulling {
            city: "managua".to_owned(),
            topic: "agua".to_owned(),
            from: "panama".to_owned(),
            missing: 98_765,
            per_s: 4_321,
        }]
    }
}

/// A person on Lemmy.
pub fn pablo() -> OutsideActor {
    OutsideActor {
        id: "https://lemmy.example/u/pablo".to_owned(),
        kind: "Person".to_owned(),
        name: "pablo".to_owned(),
        display_name: "Pablo <b>Ruiz</b>".to_owned(),
        summary: "<p>De <em>Cuenca</em>.<img src=\"https://track.example/x.png\"><script>alert(1)\
                  </script></p>"
            .to_owned(),
        url: "https://lemmy.example/u/pablo?pagina".to_owned(),
        inbox: "https://lemmy.example/u/pablo/inbox".to_owned(),
        shared_inbox: "https://lemmy.example/inbox".to_owned(),
        outbox: String::new(),
        updated: None,
    }
}

/// A community on Lemmy.
pub fn agua() -> OutsideActor {
    OutsideActor {
        id: "https://lemmy.example/c/agua".to_owned(),
        kind: "Group".to_owned(),
        name: "agua".to_owned(),
        display_name: "Agua potable".to_owned(),
        summary: String::new(),
        url: "https://lemmy.example/c/agua".to_owned(),
        inbox: "https://lemmy.example/c/agua/inbox".to_owned(),
        ..pablo()
    }
}

/// A post of that person.
pub fn post() -> OutsidePost {
    OutsidePost {
        id: "https://lemmy.example/post/7".to_owned(),
        kind: "Page".to_owned(),
        attributed_to: pablo().id,
        in_reply_to: None,
        title: "Medidores baratos".to_owned(),
        html: "<p>Así <strong>se hace</strong>.<img src=\"https://track.example/y.png\"></p>"
            .to_owned(),
        source: String::new(),
        language: "es".to_owned(),
        published: None,
        updated: None,
        url: "https://lemmy.example/post/7".to_owned(),
        warning: String::new(),
        addressed: vec![tequio_protocol::activity::PUBLIC.to_owned()],
        audience: None,
        mentions: Vec::new(),
    }
}
