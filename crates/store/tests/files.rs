//! Files by content.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use tequio_domain::Digest;
use tequio_store::{Error, Files, StoredFile, testing};

/// `sha256sum` of "hola".
const HOLA: &str = "b221d9dbb083a7f33428d7c2a3c3198ae925614d70210e28716ccaa7cd4ddb79";

async fn put(files: &Files, chunks: &[&str], limit_bytes: u64) -> Result<StoredFile, Error> {
    let chunks: Vec<_> = chunks
        .iter()
        .map(|chunk| Bytes::from((*chunk).to_owned()))
        .collect();
    files
        .put(stream::iter(chunks).map(Ok::<_, Error>), limit_bytes)
        .await
}

async fn get(files: &Files, digest: &Digest) -> Result<Vec<u8>, Error> {
    let open = files.get(digest).await?;
    let chunks: Vec<Bytes> = open.bytes.try_collect().await?;
    let bytes = chunks.concat();
    assert_eq!(u64::try_from(bytes.len()).unwrap(), open.size_bytes);
    Ok(bytes)
}

/// Every file below the storage, as relative paths.
fn on_disk(store: &testing::TestStore) -> Vec<String> {
    fn walk(directory: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found)
            } else {
                found.push(path)
            }
        }
    }
    let root = &store.settings().files;
    let mut found = Vec::new();
    walk(root, &mut found);
    found
        .iter()
        .map(|path| path.strip_prefix(root).unwrap().display().to_string())
        .collect()
}

#[tokio::test]
async fn a_file_is_named_by_its_digest() {
    let store = testing::sqlite();
    let file = put(store.files(), &["ho", "", "la"], 4).await.unwrap();
    assert_eq!((file.digest.to_hex().as_str(), file.size_bytes), (HOLA, 4));
    assert_eq!(get(store.files(), &file.digest).await.unwrap(), b"hola");
    assert!(store.files().exists(&file.digest).await.unwrap());
    assert_eq!(on_disk(&store), [format!("b2/21/{HOLA}")]);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let store = testing::sqlite();
    let file = put(store.files(), &[], 0).await.unwrap();
    assert_eq!(file.size_bytes, 0);
    assert_eq!(get(store.files(), &file.digest).await.unwrap(), b"");
}

#[tokio::test]
async fn a_large_file_comes_back_whole() {
    let store = testing::sqlite();
    let chunk = "0123456789abcdef".repeat(5000);
    let chunks = vec![chunk.as_str(); 100];
    let file = put(store.files(), &chunks, 8_000_000).await.unwrap();
    assert_eq!(file.size_bytes, 8_000_000);
    assert_eq!(
        get(store.files(), &file.digest).await.unwrap(),
        chunks.concat().as_bytes()
    );
}

#[tokio::test]
async fn the_same_bytes_again_change_nothing() {
    let store = testing::sqlite();
    let first = put(store.files(), &["hola"], 4).await.unwrap();
    let path = store.settings().files.join(format!("b2/21/{HOLA}"));
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    let again = put(store.files(), &["hola"], 4).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(
        std::fs::metadata(&path).unwrap().modified().unwrap(),
        written
    );
    assert_eq!(on_disk(&store).len(), 1);
}

#[tokio::test]
async fn too_many_bytes_leave_nothing_behind() {
    let store = testing::sqlite();
    let refused = put(store.files(), &["hola", "!"], 4).await;
    assert!(matches!(refused, Err(Error::TooLarge { limit_bytes: 4 })));
    assert!(on_disk(&store).is_empty());
}

#[tokio::test]
async fn a_broken_stream_leaves_nothing_behind() {
    let store = testing::sqlite();
    let broken = stream::iter([Ok(Bytes::from("ho")), Err("connection reset")]);
    let refused = store.files().put(broken, 100).await;
    assert!(
        matches!(refused, Err(Error::Interrupted(why)) if why.to_string() == "connection reset")
    );
    assert!(on_disk(&store).is_empty());
}

#[tokio::test]
async fn other_bytes_than_expected_leave_nothing_behind() {
    let store = testing::sqlite();
    let expected = Digest::from_hex(HOLA).unwrap();
    let wrong = stream::iter([Ok::<_, Error>(Bytes::from("adios"))]);
    let refused = store.files().put_expected(wrong, 100, &expected).await;
    assert!(matches!(refused, Err(Error::WrongDigest { .. })));
    assert!(on_disk(&store).is_empty());
    let right = stream::iter([Ok::<_, Error>(Bytes::from("hola"))]);
    store
        .files()
        .put_expected(right, 100, &expected)
        .await
        .unwrap();
    assert!(store.files().exists(&expected).await.unwrap());
}

#[tokio::test]
async fn a_missing_file_is_not_found() {
    let store = testing::sqlite();
    let digest = Digest::new([0; 32]);
    assert!(!store.files().exists(&digest).await.unwrap());
    assert!(matches!(
        store.files().get(&digest).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing_behind() {
    let store = testing::sqlite();
    let endless =
        stream::once(async { Ok::<_, Error>(Bytes::from("ho")) }).chain(stream::pending());
    let mut upload = Box::pin(store.files().put(endless, 100));
    let soon = Duration::from_millis(50);
    assert!(tokio::time::timeout(soon, upload.as_mut()).await.is_err());
    drop(upload);
    let given_up = Instant::now();
    while !on_disk(&store).is_empty() {
        assert!(
            given_up.elapsed() < Duration::from_secs(5),
            "{:?}",
            on_disk(&store)
        );
        tokio::task::yield_now().await;
    }
}
