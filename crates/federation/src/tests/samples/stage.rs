//! What happens between two cities, a forum outside and three servers that follow, so that everything
//! that we send is sent once.

use std::collections::BTreeMap;

use actix_web::App;
use actix_web::http::header::ACCEPT;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use bytes::Bytes;
use serde_json::{Value, json};
use tequio_domain::{KnowledgeKind, License, Oid};
use tequio_engine::{account, knowledge, outside, post, upload, vote};
use tequio_protocol::outside::OutsideActor;
use tequio_store::hand_over;

use super::redact::Redactor;
use crate::tests::city::{City, TOPIC, clock, moment, until};
use crate::tests::receiver::Receiver;
use crate::tests::world::{World, held, uri_of};

/// Documents by name, as they were sent or served.
pub type Made = BTreeMap<&'static str, Value>;

/// The two cities, and who listens.
pub struct Stage {
    pub world: World,
    pub lemmy: Receiver,
    pub mastodon: Receiver,
    /// Follows the member, not the group.
    pub friendica: Receiver,
}

impl Stage {
    pub async fn new() -> Self {
        let mut world = World::new("foro").await;
        let member = world.home.member().await;
        let new = |name| Receiver::started(name, &world.home);
        let (lemmy, mastodon, friendica) = (new("lemmy"), new("mastodon"), new("friendica"));
        for peer in [&lemmy, &mastodon] {
            peer.follows(&world.home, &world.group()).await;
        }
        friendica.follows(&world.home, member.person_uri()).await;
        Self {
            world,
            lemmy,
            mastodon,
            friendica,
        }
    }

    /// Hides what differs from run to run.
    pub fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        let (home, other) = (self.world.home.inner(), self.world.other.inner());
        for base in [home.base_url(), other.base_url(), &self.world.peer.base] {
            redactor.host(base);
        }
        for peer in [&self.lemmy, &self.mastodon, &self.friendica] {
            redactor.host(&format!("http://{}", peer.host));
        }
        redactor
    }

    /// Ana of the home adds a case study with a file.
    pub async fn add_knowledge(&mut self) -> Oid {
        let member = self.world.home.member().await;
        let engine = self.world.home.engine();
        let sheet = Bytes::from_static(b"zona;toneladas\nA;12\n");
        let stream = futures::stream::iter([Ok::<_, std::io::Error>(sheet)]);
        let file = upload::put(engine, moment(), "costos.csv", stream)
            .await
            .unwrap();
        let new = knowledge::NewKnowledge {
            topic: TOPIC.into(),
            kind: KnowledgeKind::CaseStudy,
            audience: None,
            license: License::CcBy,
            title: "Tarifa de aseo por peso".into(),
            summary: "Cómo se calculó la tarifa y qué cambió después.".into(),
            body: "Se pesó **un mes** de recolección.".into(),
            files: vec![file],
            adaptation_of: None,
        };
        knowledge::add(engine, &member, moment(), new)
            .await
            .unwrap()
    }

    /// Somebody at the forum answers, likes, and is answered.
    pub async fn answer_from_outside(&mut self, thread: &str) -> String {
        let (id, create) = self.world.comment("/comment/1", thread, "<p>Por peso.</p>");
        assert_eq!(self.world.peer.post(&self.world.home, &create).await, 202);
        let like = self.world.act("Like", "/activities/like/1", json!(thread));
        assert_eq!(self.world.peer.post(&self.world.home, &like).await, 202);
        let later = tequio_engine::Moment::new(clock().plus_seconds(60), [9; 32]);
        let engine = self.world.home.engine();
        assert_eq!(vote::flush_tallies(engine, later).await.unwrap(), 1);
        let held = held(&self.world.home, &id).await.unwrap();
        let oid = Oid::parse(&held.oid).unwrap();
        self.world.home.comment(oid, "¿Y quién pesa?").await;
        self.came("Create").await;
        id
    }

    /// Ana accepts an answer, edits the case study, takes a comment back, and describes herself anew.
    pub async fn change(&mut self, thread: Oid, answer: Oid, case: Oid) -> Oid {
        let member = self.world.home.member().await;
        let comment = self.world.home.comment(thread, "Me equivoqué").await;
        self.got(
            &self.mastodon,
            "Announce",
            &json!(uri_of(&self.world.home, comment)),
        )
        .await;
        let engine = self.world.home.engine();
        post::accept(engine, &member, moment(), thread, Some(answer))
            .await
            .unwrap();
        let edit = post::Edit {
            title: "Tarifa de aseo por peso, dos años después".into(),
            summary: "Cómo se calculó la tarifa y qué cambió después.".into(),
            body: "Se pesaron **dos meses** de recolección.".into(),
        };
        post::edit(engine, &member, moment(), case, edit)
            .await
            .unwrap();
        post::delete(engine, &member, moment(), comment)
            .await
            .unwrap();
        let profile = account::Profile {
            display_name: "Ana Rodas".into(),
            post: "Dirección de Aguas".into(),
            summary: "Tarifas y micromedición.".into(),
            locale: tequio_domain::Locale::Es,
        };
        account::change_profile(engine, &member, moment(), profile)
            .await
            .unwrap();
        comment
    }

    /// Ana follows a community of the forum and likes a post there, and takes both back.
    pub async fn go_out(&mut self, post: &str) {
        let member = self.world.home.member().await;
        let group = self.world.peer.actor("Group", "/c/residuos");
        let document = self.world.peer.actor_document("Group", &group);
        let actor = OutsideActor::read(&document).unwrap();
        let engine = self.world.home.engine();
        outside::follow(engine, &member, moment(), actor)
            .await
            .unwrap();
        self.came("Follow").await;
        outside::unfollow(engine, &member, moment(), &group)
            .await
            .unwrap();
        self.came_of("Undo", "Follow").await;
        let oid = Oid::parse(&held(&self.world.home, post).await.unwrap().oid).unwrap();
        for (vote, kind) in [(vote::Vote::Useful, "Like"), (vote::Vote::None, "Undo")] {
            vote::set_useful(engine, &member, moment(), oid, vote)
                .await
                .unwrap();
            self.came(kind).await;
        }
        self.came_of("Undo", "Like").await;
    }

    /// A comment on a thread of the home that came to the other city: how that one hands it over.
    pub async fn hand_over(&mut self, thread: &str) -> Value {
        self.world.stop_home().await;
        let (_, create) = self
            .world
            .comment("/comment/2", thread, "<p>Por volumen.</p>");
        assert_eq!(self.world.peer.post(&self.world.other, &create).await, 202);
        let read = |conn: &mut _| hand_over::due(conn, "managua", i64::MAX, 9);
        let waiting = self.world.other.store().read(read).await.unwrap();
        self.world.start_home();
        serde_json::from_str(&waiting[0].body).unwrap()
    }

    /// The first activity of a type that came to an inbox of the forum.
    pub async fn came(&self, kind: &str) -> Value {
        self.came_of(kind, "").await
    }

    /// The same, with what is inside.
    pub async fn came_of(&self, kind: &str, inner: &str) -> Value {
        let find = || {
            let came = self.world.peer.came();
            came.into_iter().find(|came| {
                came["type"] == kind && (inner.is_empty() || came["object"]["type"] == inner)
            })
        };
        until(&format!("{kind} {inner}"), async || find().is_some()).await;
        find().unwrap()
    }

    /// What a follower got: the first of a type about an object (its id, or the object's).
    pub async fn got(&self, peer: &Receiver, kind: &str, object: &Value) -> Value {
        let find = || {
            let received = peer.received().into_iter().map(|one| one.body);
            received.into_iter().find(|body| {
                let inner = &body["object"];
                let about = [
                    inner,
                    &inner["id"],
                    &inner["object"],
                    &inner["object"]["id"],
                ];
                body["type"] == kind && about.contains(&object)
            })
        };
        until(
            &format!("{kind} of {object} at {}", peer.host),
            async || find().is_some(),
        )
        .await;
        find().unwrap()
    }
}

/// What stands at an address of a city, with its status.
pub async fn get(city: &City, path: &str, accept: &str) -> (u16, Value) {
    let app = init_service(App::new().configure(city.federation.configure())).await;
    let request = TestRequest::get().uri(path).insert_header((ACCEPT, accept));
    let response = call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&read_body(response).await).unwrap(),
    )
}
