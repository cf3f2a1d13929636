//! A database that went back in time is noticed, its own logs take nothing new, and what siblings give
//! back is as if it had never been gone.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tequio_engine::{
    Error, Member,
    account::{self, Profile},
    rebuild,
    receive::Received,
    recovery::{self, Reason},
    thread, vote,
};
use tequio_store::{
    account as accounts, epoch::Epoch, on_both_databases, recovery as rows, setting,
    testing::TestStore,
};

use crate::erasing::erase_it;
use crate::snapshot::Snapshot;
use crate::world::{City, WATER, World, new_account};

/// A city with an epoch file, and a sibling that holds what it wrote.
struct Case {
    world: World,
    folder: TempDir,
    ana: Member,
}

impl Case {
    async fn new(store: &TestStore) -> Self {
        let world = World::new(store, 2);
        let folder = TempDir::new().unwrap();
        let ana = world.cities[0].admin("ana").await;
        let case = Self { world, folder, ana };
        assert_eq!(guard(case.city(), &case.epoch()).unwrap(), None);
        case.city().ask(&case.ana, "Antes de la copia").await;
        case.world.exchange().await;
        case
    }

    fn city(&self) -> &City {
        &self.world.cities[0]
    }

    fn sibling(&self) -> &City {
        &self.world.cities[1]
    }

    fn epoch(&self) -> PathBuf {
        self.folder.path().join("epoch")
    }

    /// The city on the data of the snapshot.
    fn back(&self, snapshot: &Snapshot, name: &str) -> City {
        let folder = self.folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let city = self.city().again(&snapshot.fill(&folder));
        rebuild::rebuild(&city.engine).unwrap();
        city
    }
}

fn guard(city: &City, path: &Path) -> Result<Option<Reason>, Error> {
    let (epoch, found) = Epoch::open(path).unwrap();
    recovery::guard(&city.engine, epoch, &found, city.moment())
}

fn held(city: &City) -> Vec<rows::Recovery> {
    city.engine.store().read_blocking(rows::held).unwrap()
}

async fn ask(city: &City, who: &Member, title: &str) -> Result<(), Error> {
    let new = thread::NewThread {
        topic: WATER.to_owned(),
        kind: tequio_domain::ThreadKind::Question,
        title: title.to_owned(),
        body: "¿Cómo?".to_owned(),
    };
    let asked = thread::open(&city.engine, who, city.moment(), new).await;
    asked.map(drop)
}

async fn release_all(city: &City) {
    for row in held(city) {
        let now = city.moment().now();
        recovery::release(&city.engine, row.log_id, now)
            .await
            .unwrap();
    }
}

on_both_databases! {
    async fn a_database_set_back_takes_its_entries_back_and_goes_on(store) {
        let case = Case::new(store).await;
        let snapshot = Snapshot::of(store);
        let berta = case.city().member("berta").await;
        case.city().ask(&berta, "Después de la copia").await;
        let late = case.city().ask(&case.ana, "También después").await;
        case.world.exchange().await;
        let before = case.city().state(WATER).await;

        let city = case.back(&snapshot, "copy");
        assert_ne!(city.state(WATER).await, before);
        assert_eq!(guard(&city, &case.epoch()).unwrap(), Some(Reason::SetBack));
        assert_eq!(held(&city).len(), 2);
        let ana = account::member(&city.engine, "ana").await.unwrap();
        let refused = ask(&city, &ana, "Demasiado pronto").await;
        assert!(matches!(refused, Err(Error::Held)), "{refused:?}");

        let all = case.sibling().bodies(city.slug, WATER, 0);
        let log = city.log_of(city.slug, WATER);
        assert_eq!(recovery::signed_by_us(&city.engine, &log, &all[0]).await.unwrap(), Some(1));
        let forged = all[0].replace("\"published\":\"2", "\"published\":\"1");
        assert_ne!(forged, all[0]);
        assert_eq!(recovery::signed_by_us(&city.engine, &log, &forged).await.unwrap(), None);
        let received = city.receive(all).await;
        assert!(matches!(received, Received::Appended { count: 3, .. }), "{received:?}");
        assert_eq!(city.state(WATER).await, before);
        assert_eq!(city.object(late).title, "También después");

        release_all(&city).await;
        ask(&city, &ana, "Sigue la cadena").await.unwrap();
        case.sibling().pull(&city, WATER).await;
        assert_eq!(case.sibling().state(WATER).await, city.state(WATER).await);
        // The next start finds nothing to doubt.
        assert_eq!(guard(&city, &case.epoch()).unwrap(), None);
    }

    async fn erased_entries_come_back_without_their_texts(store) {
        let case = Case::new(store).await;
        let snapshot = Snapshot::of(store);
        let secret = case.city().ask(&case.ana, "Mi cédula es 123").await;
        case.city().ask(&case.ana, "Otra cosa").await;
        erase_it(case.city(), secret).await.unwrap();
        case.world.exchange().await;
        let before = case.city().state(WATER).await;

        let city = case.back(&snapshot, "copy");
        guard(&city, &case.epoch()).unwrap();
        let log = city.log_of(city.slug, WATER);
        let rest = case.sibling().bodies(city.slug, WATER, log.head_seq);
        assert!(!rest.concat().contains("cédula"));
        for (n, body) in (log.head_seq + 1..).zip(&rest) {
            assert_eq!(recovery::signed_by_us(&city.engine, &log, body).await.unwrap(), Some(n));
            let other = body.replace("\"tq:seq\":", "\"tq:seq\":1");
            assert_eq!(recovery::signed_by_us(&city.engine, &log, &other).await.unwrap(), None);
        }
        assert!(matches!(city.receive(rest).await, Received::Appended { .. }));
        assert_eq!(city.state(WATER).await, before);
        release_all(&city).await;
        ask(&city, &case.ana, "Sigue la cadena").await.unwrap();
        case.sibling().pull(&city, WATER).await;
        assert_eq!(case.sibling().state(WATER).await, city.state(WATER).await);
    }

    async fn a_copied_epoch_file_is_no_witness(store) {
        let case = Case::new(store).await;
        let copy = case.folder.path().join("epoch of the snapshot");
        std::fs::copy(case.epoch(), &copy).unwrap();
        let city = case.back(&Snapshot::of(store), "copy");
        assert_eq!(guard(&city, &copy).unwrap(), Some(Reason::Copied));
        // The doubt outlives the process, although the file agrees by now.
        assert_eq!(guard(&city, &copy).unwrap(), None);
        assert_eq!(held(&city).len(), 2);
        release_all(&city).await;
        assert!(ask(&city, &case.ana, "Ahora sí").await.is_ok());
    }

    async fn a_lost_or_broken_epoch_file_is_a_doubt(store) {
        let case = Case::new(store).await;
        let city = case.back(&Snapshot::of(store), "copy");
        let gone = case.folder.path().join("gone");
        assert_eq!(guard(&city, &gone).unwrap(), Some(Reason::Lost));
        let broken = case.folder.path().join("broken");
        std::fs::write(&broken, "###").unwrap();
        assert_eq!(guard(&city, &broken).unwrap(), Some(Reason::Lost));
        // And the old file knows that this is not its database any more.
        assert_eq!(guard(&city, &case.epoch()).unwrap(), Some(Reason::Restored));
    }

    async fn an_empty_database_beside_an_old_epoch_file_is_refused(store) {
        let case = Case::new(store).await;
        let empty = tequio_store::testing::sqlite();
        let city = case.city().again(&empty);
        let refused = guard(&city, &case.epoch());
        assert!(matches!(refused, Err(Error::EmptyDatabase)), "{refused:?}");
    }

    async fn a_crash_between_file_and_commit_is_no_doubt(store) {
        let case = Case::new(store).await;
        let log = case.city().log_of(case.city().slug, WATER);
        let (epoch, _) = Epoch::open(&case.epoch()).unwrap();
        let mark = |seq, digest: &str| tequio_store::epoch::Mark { seq, digest: digest.to_owned() };
        let step = tequio_store::epoch::Move {
            group_uri: log.group_uri.clone(),
            base: mark(log.head_seq, &log.head_digest),
            last: mark(log.head_seq + 1, "never committed"),
        };
        epoch.intend(&[step]).unwrap();
        assert_eq!(guard(case.city(), &case.epoch()).unwrap(), None);
        assert!(ask(case.city(), &case.ana, "Sigue").await.is_ok());
    }

    async fn what_nobody_has_is_counted_as_lost(store) {
        let case = Case::new(store).await;
        let snapshot = Snapshot::of(store);
        case.city().ask(&case.ana, "Nadie lo recibió").await;
        let city = case.back(&snapshot, "copy");
        guard(&city, &case.epoch()).unwrap();
        let water = city.log_of(city.slug, WATER).id;
        let now = city.moment().now();
        let released = recovery::release(&city.engine, water, now).await.unwrap();
        assert_eq!((released.recovered, released.lost), (0, 1));
        let again = recovery::release(&city.engine, water, now).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    }

    async fn the_name_of_a_lost_account_is_nobody_elses(store) {
        let case = Case::new(store).await;
        let snapshot = Snapshot::of(store);
        let berta = case.city().member("berta").await;
        case.city().ask(&berta, "Berta estuvo aquí").await;
        case.world.exchange().await;

        let city = case.back(&snapshot, "copy");
        guard(&city, &case.epoch()).unwrap();
        let make = || account::register(&city.engine, city.moment(), new_account("berta"));
        // Whose name it is cannot be known yet.
        assert!(matches!(make().await, Err(Error::Held)));
        city.receive(case.sibling().bodies(city.slug, WATER, 0)).await;
        release_all(&city).await;
        let taken = make().await;
        assert!(matches!(&taken, Err(Error::Invalid(why)) if why.need == "name-lost"), "{taken:?}");
        let other = account::register(&city.engine, city.moment(), new_account("berta2")).await;
        assert!(other.is_ok(), "{other:?}");
    }

    async fn a_newer_card_of_the_log_is_the_accounts(store) {
        let case = Case::new(store).await;
        let snapshot = Snapshot::of(store);
        let profile = Profile {
            display_name: "Ana Mejía".to_owned(),
            post: "Aguas".to_owned(),
            summary: String::new(),
            locale: tequio_domain::Locale::Es,
        };
        account::change_profile(&case.city().engine, &case.ana, case.city().moment(), profile)
            .await
            .unwrap();
        case.world.exchange().await;

        let city = case.back(&snapshot, "copy");
        guard(&city, &case.epoch()).unwrap();
        city.receive(case.sibling().bodies(city.slug, WATER, 0)).await;
        release_all(&city).await;
        let read = |conn: &mut tequio_store::Conn| accounts::by_name(conn, "ana");
        let ana = city.engine.store().read_blocking(read).unwrap().unwrap();
        assert!(ana.card.contains("Ana Mejía"), "{}", ana.card);
        // No old card goes into the log again.
        let before = city.log_of(city.slug, WATER).head_seq;
        ask(&city, &case.ana, "Una pregunta").await.unwrap();
        assert_eq!(city.log_of(city.slug, WATER).head_seq, before + 1);
    }

    async fn a_tally_does_not_fall_with_the_votes_that_were_lost(store) {
        let case = Case::new(store).await;
        let question = case.city().ask(&case.ana, "¿Sirve?").await;
        let snapshot = Snapshot::of(store);
        let mut fans = Vec::new();
        for name in ["berta", "carla"] {
            let fan = case.city().member(name).await;
            useful(case.city(), &fan, question, vote::Vote::Useful).await;
            fans.push(fan);
        }
        flush(case.city()).await;
        case.world.exchange().await;
        assert_eq!(case.city().object(question).useful_count, 2);

        let city = case.back(&snapshot, "copy");
        guard(&city, &case.epoch()).unwrap();
        city.receive(case.sibling().bodies(city.slug, WATER, 0)).await;
        release_all(&city).await;
        let dora = city.member("dora").await;
        useful(&city, &dora, question, vote::Vote::Useful).await;
        flush(&city).await;
        assert_eq!(city.object(question).useful_count, 2);
        useful(&city, &dora, question, vote::Vote::None).await;
        flush(&city).await;
        assert_eq!(city.object(question).useful_count, 1);
    }

    async fn tallies_of_a_held_log_wait(store) {
        let case = Case::new(store).await;
        let question = case.city().ask(&case.ana, "¿Sirve?").await;
        let berta = case.city().member("berta").await;
        let row = case.city().log_of(case.city().slug, WATER);
        let now = case.city().moment().now();
        recovery::hold(&case.city().engine, row.id, row.head_seq + 1, now).await.unwrap();
        useful(case.city(), &berta, question, vote::Vote::Useful).await;
        flush(case.city()).await;
        assert_eq!(case.city().object(question).useful_count, 0);
        release_all(case.city()).await;
        for _ in 0..20 {
            case.city().moment();
        }
        flush(case.city()).await;
        assert_eq!(case.city().object(question).useful_count, 1);
    }

    async fn a_restored_database_is_held_and_forgets_that_it_was_restored(store) {
        let case = Case::new(store).await;
        case.city()
            .engine
            .store()
            .write_blocking(|tx| setting::put(tx, recovery::RESTORED_AT, "1"))
            .unwrap();
        assert_eq!(guard(case.city(), &case.epoch()).unwrap(), Some(Reason::Restored));
        release_all(case.city()).await;
        assert_eq!(guard(case.city(), &case.epoch()).unwrap(), None);
    }
}

async fn useful(city: &City, who: &Member, oid: tequio_domain::Oid, what: vote::Vote) {
    vote::set_useful(&city.engine, who, city.moment(), oid, what)
        .await
        .unwrap();
}

async fn flush(city: &City) {
    for _ in 0..3 {
        city.moment();
    }
    vote::flush_tallies(&city.engine, city.moment())
        .await
        .unwrap();
}
