//! The scene of the hostile tests: three cities, of which one writes what it should not.

use serde_json::Value;
use tequio_domain::Oid;
use tequio_engine::receive::Received;
use tequio_store::{entry, testing::TestStore};

use crate::{
    hand::{Author, Hand},
    world::{City, WATER, World},
};

/// `oaxaca` (on the store under test) and `rosario` hold the log of `quito`, which is hostile.
pub struct Scene {
    pub world: World,
    /// Member of oaxaca.
    pub luis: Author,
    /// Member of quito.
    pub ana: Author,
    /// Member of quito.
    pub eva: Author,
    /// Luis's question.
    pub question: String,
    /// Eva's question, and its identity.
    pub evas: (String, Oid),
    /// Writes into quito's log.
    pub hand: Hand,
}

impl Scene {
    pub async fn new(store: &TestStore) -> Self {
        let world = World::new(store, 3);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let luis = oaxaca.member("luis").await;
        let question = oaxaca.ask(&luis, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        let (ana, eva) = (quito.member("ana").await, quito.member("eva").await);
        quito.answer(&ana, question, "Poco.").await;
        let evas = quito.ask(&eva, "¿Quién mide el agua?").await;
        world.exchange().await;
        world.assert_agreed().await;
        Self {
            luis: Author::of(oaxaca, "luis"),
            ana: Author::of(quito, "ana"),
            eva: Author::of(quito, "eva"),
            question: oaxaca.object(question).uri,
            evas: (oaxaca.object(evas).uri, evas),
            hand: Hand::of(quito, WATER),
            world,
        }
    }

    /// The city under test.
    pub fn victim(&self) -> &City {
        &self.world.cities[0]
    }

    /// All cities get these entries, in one batch each; all must answer alike and agree after.
    pub async fn deliver(&self, bodies: &[String]) -> Received {
        let mut answers = Vec::new();
        for city in &self.world.cities {
            answers.push(city.receive(bodies.to_vec()).await);
        }
        let first = answers[0].clone();
        assert!(answers.iter().all(|answer| *answer == first), "{answers:?}");
        self.world.assert_agreed().await;
        first
    }

    /// All cities get the next entry, which must be kept. Answers whether it is void.
    async fn keep(&mut self, object: &Value) -> bool {
        let body = self.hand.write(object);
        let expected = Received::Appended {
            count: 1,
            head_seq: self.hand.seq,
        };
        assert_eq!(self.deliver(&[body]).await, expected);
        let uri = format!("{}/a/forged-entry-{}", self.hand.base_url, self.hand.seq);
        let read = move |conn: &mut tequio_store::Conn| entry::by_uri(conn, &uri);
        self.victim()
            .engine
            .store()
            .read(read)
            .await
            .unwrap()
            .unwrap()
            .is_void
    }

    /// The next entry is kept, is void and changes nothing.
    pub async fn assert_void(&mut self, object: &Value) {
        let before = self.victim().view();
        assert!(self.keep(object).await, "not void: {object:#}");
        assert_eq!(self.victim().view(), before);
    }

    /// The next entry is kept, is not void and changes nothing all the same.
    pub async fn assert_idle(&mut self, object: &Value) {
        let before = self.victim().view();
        assert!(!self.keep(object).await, "void: {object:#}");
        assert_eq!(self.victim().view(), before);
    }

    /// The next entry is kept and does what it says.
    pub async fn assert_done(&mut self, object: &Value) {
        let before = self.victim().view();
        assert!(!self.keep(object).await, "void: {object:#}");
        assert_ne!(self.victim().view(), before);
    }

    /// All cities refuse these entries, and nothing at all changes.
    pub async fn assert_refused(&self, bodies: &[String], expected: Received) {
        let before = self.victim().everything();
        assert_eq!(self.deliver(bodies).await, expected);
        assert_eq!(self.victim().everything(), before);
    }

    /// All cities freeze the log, and nothing else changes.
    pub async fn assert_freezes(&self, bodies: &[String]) {
        let (before, state) = (self.victim().view(), self.victim().state(WATER).await);
        assert_eq!(self.deliver(bodies).await, Received::Frozen);
        assert_eq!(self.victim().view(), before);
        assert_eq!(self.victim().state(WATER).await, state);
        assert!(self.victim().log_of("quito", WATER).is_frozen);
    }
}
