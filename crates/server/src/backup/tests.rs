//! A backup comes back as it was, and nothing that is not one is taken.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tequio_domain::{Locale, Role, ThreadKind};
use tequio_engine::{
    account::{self, NewAccount},
    readiness, recovery, thread,
};
use tequio_store::account as accounts;

use super::*;
use crate::{
    epoch::{self, Doubts},
    restore,
    serve::open_engine,
    verify,
};

const TOPIC: &str = "saneamiento";

struct Case {
    folder: TempDir,
    config: Config,
}

impl Case {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let config = Config::without_file(folder.path().join("data"), 8100, None).unwrap();
        let case = Self { folder, config };
        case.write("Antes");
        case
    }

    fn write(&self, title: &str) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let engine = open_engine(&self.config).unwrap();
            if account::member(&engine, "ana").await.is_err() {
                let new = NewAccount {
                    name: "ana".to_owned(),
                    display_name: "Ana".to_owned(),
                    post: String::new(),
                    password: "una clave bastante larga".to_owned(),
                    locale: Locale::Es,
                };
                let moment = clock::moment().unwrap();
                account::create_as_operator(&engine, moment, new, Role::Admin)
                    .await
                    .unwrap();
            }
            let ana = account::member(&engine, "ana").await.unwrap();
            let new = thread::NewThread {
                topic: TOPIC.to_owned(),
                kind: ThreadKind::Question,
                title: title.to_owned(),
                body: "«Ñandú» \u{1F30E}, \"comillas\" y \\ barras.".to_owned(),
            };
            thread::open(&engine, &ana, clock::moment().unwrap(), new)
                .await
                .unwrap();
            engine.store().clone().close();
        });
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn backup(&self, name: &str, passphrase: Option<&str>) -> PathBuf {
        let wanted = Wanted {
            target: self.path(name),
            config_file: None,
            passphrase: passphrase.map(str::to_owned),
        };
        run(&self.config, &wanted).unwrap();
        self.path(name)
    }

    fn restore(
        &self,
        archive: &Path,
        to: &str,
        passphrase: Option<&str>,
    ) -> Result<Config, String> {
        let wanted = self.wanted(archive, to, passphrase);
        restore::run(&wanted)?;
        Ok(Config {
            data: self.path(to),
            ..self.config.clone()
        })
    }

    fn wanted(&self, archive: &Path, to: &str, passphrase: Option<&str>) -> restore::Wanted {
        restore::Wanted {
            archive: archive.to_owned(),
            config: Some(self.config.clone()),
            data: Some(self.path(to)),
            passphrase: passphrase.map(str::to_owned),
        }
    }
}

fn state(config: &Config) -> state_digest::TopicState {
    let engine = open_engine(config).unwrap();
    let read = |conn: &mut Conn| state_digest::of_topic(conn, TOPIC);
    engine.store().read_blocking(read).unwrap()
}

/// The archive's members, to be written again otherwise.
fn unpacked(path: &Path) -> Vec<(String, Vec<u8>)> {
    let gz = flate2::read::GzDecoder::new(fs::File::open(path).unwrap());
    let mut archive = tar::Archive::new(gz);
    let mut all = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        all.push((name, bytes));
    }
    all
}

fn packed(path: &Path, members: &[(String, Vec<u8>)]) -> PathBuf {
    let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gz);
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o600);
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    fs::write(path, bytes).unwrap();
    path.to_owned()
}

#[test]
fn a_city_comes_back_as_it_was_and_is_held() {
    let case = Case::new();
    let before = state(&case.config);
    let archive = case.backup("b.tar.gz", None);
    case.write("Después");
    let restored = case.restore(&archive, "again", None).unwrap();
    assert_eq!(state(&restored), before);
    assert!(verify::report(&restored).unwrap().problems.is_empty());
    let engine = open_engine(&restored).unwrap();
    let ana = engine
        .store()
        .read_blocking(|conn| accounts::by_name(conn, "ana"))
        .unwrap();
    assert!(ana.is_some_and(|ana| ana.password_hash.starts_with("$argon2id$")));
    epoch::guard(&restored, &engine, Doubts::AskSiblings).unwrap();
    let held = engine
        .store()
        .read_blocking(tequio_store::recovery::held)
        .unwrap();
    assert!(held.iter().all(|row| row.reason == "restored"));
    assert_eq!(held.len(), 7);
    drop(engine);
    // The administrator may say that there is nobody to ask.
    let engine = open_engine(&restored).unwrap();
    epoch::guard(&restored, &engine, Doubts::GoOnAlone).unwrap();
    assert!(
        engine
            .store()
            .read_blocking(tequio_store::recovery::held)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_sealed_backup_opens_with_its_passphrase_only() {
    let case = Case::new();
    let before = state(&case.config);
    let archive = case.backup("b.tar.gz.age", Some("correct horse battery"));
    let wrong = case
        .restore(&archive, "again", Some("incorrect horse"))
        .unwrap_err();
    assert!(wrong.contains("the passphrase is wrong"), "{wrong}");
    let none = case.restore(&archive, "again", None).unwrap_err();
    assert!(none.contains("--passphrase-file"), "{none}");
    assert!(!case.path("again").exists());
    let restored = case
        .restore(&archive, "again", Some("correct horse battery"))
        .unwrap();
    assert_eq!(state(&restored), before);
}

#[test]
fn what_was_cut_off_or_changed_is_refused_and_touches_nothing() {
    let case = Case::new();
    let archive = case.backup("b.tar.gz", None);
    let whole = fs::read(&archive).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 9] {
        let cut = case.path("cut.tar.gz");
        fs::write(&cut, &whole[..length]).unwrap();
        assert!(case.restore(&cut, "again", None).is_err(), "{length}");
    }
    for at in (20..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let path = case.path("changed.tar.gz");
        fs::write(&path, changed).unwrap();
        assert!(case.restore(&path, "again", None).is_err(), "{at}");
    }
    let mut forged = unpacked(&archive);
    let entries = forged
        .iter_mut()
        .find(|(name, _)| name.starts_with("tables/entry/"))
        .unwrap();
    entries.1 = String::from_utf8(entries.1.clone())
        .unwrap()
        .replace("Antes", "Nunca")
        .into_bytes();
    let forged = packed(&case.path("forged.tar.gz"), &forged);
    let error = case.restore(&forged, "again", None).unwrap_err();
    assert!(error.contains("is not what the manifest says"), "{error}");
    assert!(!case.path("again").exists());
}

#[test]
fn a_member_that_no_backup_has_is_refused() {
    let case = Case::new();
    let members = unpacked(&case.backup("b.tar.gz", None));
    for name in [
        "../evil",
        "/etc/passwd",
        "files/../../evil",
        "tables/entry/../x.json",
        "x",
        "files/00",
    ] {
        let mut more = members.clone();
        more.insert(0, (name.to_owned(), b"x".to_vec()));
        let path = packed(&case.path("more.tar.gz"), &more);
        let error = case.restore(&path, "again", None).unwrap_err();
        assert!(error.contains("no backup has a member"), "{name}: {error}");
    }
    let mut doubled = members.clone();
    doubled.push(("tequio.toml".to_owned(), Vec::new()));
    let path = packed(&case.path("more.tar.gz"), &doubled);
    assert!(
        case.restore(&path, "again", None)
            .unwrap_err()
            .contains("behind the manifest")
    );
    let fewer = packed(&case.path("fewer.tar.gz"), &members[1..]);
    assert!(case.restore(&fewer, "again", None).is_err());
    let headless = packed(&case.path("headless.tar.gz"), &members[..members.len() - 1]);
    assert!(
        case.restore(&headless, "again", None)
            .unwrap_err()
            .contains("no manifest")
    );
    assert!(!case.path("again").exists() && !case.path("evil").exists());
}

#[test]
fn a_newer_backup_or_another_citys_is_refused() {
    let case = Case::new();
    let members = unpacked(&case.backup("b.tar.gz", None));
    for (from, to, says) in [
        (
            "\"format\": 1",
            "\"format\": 2, \"news\": []",
            "use the program that made it",
        ),
        ("\"20261123000001\"", "\"20991231000001\"", "newer program"),
        (
            "http://localhost:8100",
            "http://localhost:8101",
            "the configuration is for",
        ),
    ] {
        let mut newer = members.clone();
        let manifest = newer.last_mut().unwrap();
        let text = String::from_utf8(manifest.1.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        manifest.1 = text.replace(from, to).into_bytes();
        let path = packed(&case.path("newer.tar.gz"), &newer);
        let error = case.restore(&path, "again", None).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    assert!(!case.path("again").exists());
}

#[test]
fn nothing_is_replaced() {
    let case = Case::new();
    let archive = case.backup("b.tar.gz", None);
    let wanted = Wanted {
        target: archive.clone(),
        config_file: None,
        passphrase: None,
    };
    assert!(
        run(&case.config, &wanted)
            .unwrap_err()
            .contains("is there already")
    );
    fs::create_dir(case.path("used")).unwrap();
    fs::write(case.path("used/something"), "kept").unwrap();
    let error = case.restore(&archive, "used", None).unwrap_err();
    assert!(error.contains("is not empty"), "{error}");
    assert_eq!(fs::read(case.path("used/something")).unwrap(), b"kept");
    fs::create_dir(case.path("empty")).unwrap();
    case.restore(&archive, "empty", None).unwrap();
}

#[test]
fn a_trial_restore_leaves_only_its_date() {
    let case = Case::new();
    let archive = case.backup("b.tar.gz", None);
    let before = state(&case.config);
    restore::rehearse(&case.wanted(&archive, "data", None)).unwrap();
    let engine = open_engine(&case.config).unwrap();
    let read = |conn: &mut Conn| {
        Ok::<_, tequio_store::Error>((
            setting::get(conn, readiness::RESTORE_REHEARSED_AT)?,
            setting::get(conn, readiness::BACKUP_MADE_AT)?,
            setting::get(conn, recovery::RESTORED_AT)?,
        ))
    };
    let (rehearsed, made, restored) = engine.store().read_blocking(read).unwrap();
    assert!(rehearsed.is_some() && made.is_some() && restored.is_none());
    drop(engine);
    assert_eq!(state(&case.config), before);
    let mut left: Vec<_> = fs::read_dir(case.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["b.tar.gz", "data"]);
}

#[test]
fn files_are_taken_along_and_missed() {
    let case = Case::new();
    let settings = store_settings(&case.config);
    let files = Files::open(&settings.files).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let put = |bytes: &'static [u8]| {
        let stream = futures::stream::iter([Ok::<_, io::Error>(bytes::Bytes::from_static(bytes))]);
        runtime.block_on(files.put(stream, 100)).unwrap().digest
    };
    let (kept, lost) = (put(b"el plano"), put(b"el presupuesto"));
    let store = Store::open(&settings).unwrap();
    store
        .write_blocking(move |tx| {
            for digest in [kept, lost] {
                let row = file::File {
                    digest: digest.to_hex(),
                    size_bytes: 8,
                    media_type: "application/pdf".to_owned(),
                    stored_at: 1,
                };
                file::add(tx, &row)?;
            }
            Ok::<_, tequio_store::Error>(())
        })
        .unwrap();
    drop(store);
    let hex = lost.to_hex();
    let (first, rest) = hex.split_at(2);
    let path = settings
        .files
        .join(first)
        .join(rest.split_at(2).0)
        .join(&hex);
    fs::remove_file(&path).unwrap();
    let report = verify::report(&case.config).unwrap();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert_eq!(
        (report.problems[0].kind.as_str(), &report.problems[0].place),
        ("file-missing", &hex)
    );

    let archive = case.backup("b.tar.gz", None);
    let manifest = archive::check(&archive, None).unwrap();
    assert_eq!(manifest.missing, std::slice::from_ref(&hex));
    let restored = case.restore(&archive, "again", None).unwrap();
    let again = Files::open(&store_settings(&restored).files).unwrap();
    assert_eq!(runtime.block_on(again.read(&kept)).unwrap(), "el plano");

    fs::write(&path, b"otra cosa").unwrap();
    put(b"nadie lo nombra");
    let report = verify::report(&case.config).unwrap();
    assert_eq!(report.problems[0].kind, "file-corrupt", "{report:?}");
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("no row names")),
        "{report:?}"
    );
}

#[test]
fn an_interrupted_restore_is_not_served() {
    let case = Case::new();
    fs::write(case.config.data.join(restore::UNFINISHED), "x").unwrap();
    let config = Config {
        port: 0,
        ..case.config.clone()
    };
    let error = crate::serve::run(config, Doubts::AskSiblings).unwrap_err();
    assert!(error.contains("did not end"), "{error}");
}

#[test]
fn a_disk_without_links_takes_a_backup_and_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    let (partial, target) = (folder.path().join("p"), folder.path().join("t"));
    let no_links = |_: &Path, _: &Path| Err(io::ErrorKind::Unsupported.into());
    fs::write(&partial, "one").unwrap();
    name(&partial, &target, no_links).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "one");
    fs::write(&partial, "two").unwrap();
    for link in [no_links, |from: &Path, to: &Path| fs::hard_link(from, to)] {
        let refused = name(&partial, &target, link).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "one");
}
