//! Files that members bring: known by content, believed by content.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use tequio_domain::{Digest, Invalid, text};
use tequio_store::file;

use crate::{Engine, Error, Moment};

/// A file that was uploaded, sniffed and stored. Made by [`put`] only.
#[derive(Debug, Clone)]
pub struct Uploaded {
    digest: Digest,
    name: String,
    media_type: &'static str,
    size_bytes: i64,
}

impl Uploaded {
    /// SHA-256 of the bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// File name, with the ending of its type.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the bytes are.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// Bytes.
    #[must_use]
    pub const fn size_bytes(&self) -> i64 {
        self.size_bytes
    }
}

/// How much of a file [`sniff`] wants to see, in bytes.
pub const SNIFF_BYTES: usize = 4096;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// What may be uploaded, by the ending of its name and what its first bytes must be.
/// Pictures wait until they can be re-encoded; markup of any kind is refused.
const ALLOWED: &[(&str, &str, &[u8])] = &[
    ("pdf", "application/pdf", b"%PDF-"),
    ("xlsx", XLSX, b"PK\x03\x04"),
    ("docx", DOCX, b"PK\x03\x04"),
    ("pptx", PPTX, b"PK\x03\x04"),
    (
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        b"PK\x03\x04",
    ),
    (
        "odt",
        "application/vnd.oasis.opendocument.text",
        b"PK\x03\x04",
    ),
    (
        "odp",
        "application/vnd.oasis.opendocument.presentation",
        b"PK\x03\x04",
    ),
    ("csv", "text/csv", b""),
    ("txt", "text/plain", b""),
];

/// The media type of a file by name and first bytes; `None`: not one that is taken.
#[must_use]
pub fn sniff(name: &str, start: &[u8]) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    let (_, media_type, magic) = ALLOWED.iter().find(|(allowed, _, _)| *allowed == ending)?;
    let looks_right = if magic.is_empty() {
        is_plain(start)
    } else {
        start.starts_with(magic)
    };
    (looks_right && !start.is_empty()).then_some(*media_type)
}

/// Text without control bytes that does not open like markup.
fn is_plain(start: &[u8]) -> bool {
    let shown = start.iter().find(|byte| !byte.is_ascii_whitespace());
    let controls = start
        .iter()
        .any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r'));
    !controls && shown != Some(&b'<')
}

/// Takes a file from a stream of bytes: looks at its start, stores it durably, notes it.
///
/// # Errors
/// [`Error::Invalid`] for `file` when it is not of a type that is taken; [`Error::TooLarge`] beyond
/// [`text::FILE_MAX`]; the stream's own as [`Error::Store`].
pub async fn put<S, E>(
    engine: &Engine,
    moment: Moment,
    name: &str,
    mut bytes: S,
) -> Result<Uploaded, Error>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let name = text::file_name(name)?;
    let mut start = Vec::new();
    let mut chunks = Vec::new();
    while start.len() < SNIFF_BYTES {
        let Some(chunk) = bytes.next().await else {
            break;
        };
        if let Ok(chunk) = &chunk {
            start.extend_from_slice(chunk);
        }
        let failed = chunk.is_err();
        chunks.push(chunk);
        if failed {
            break;
        }
    }
    let start = start.get(..SNIFF_BYTES).unwrap_or(&start);
    let media_type = sniff(&name, start).ok_or(Invalid::new("file", "file-type"))?;
    let whole = stream::iter(chunks).chain(bytes);
    let stored = engine.store().files().put(whole, text::FILE_MAX).await?;
    let size_bytes = i64::try_from(stored.size_bytes).map_err(Error::internal)?;
    let row = file::File {
        digest: stored.digest.to_hex(),
        size_bytes,
        media_type: media_type.to_owned(),
        stored_at: moment.now().micros(),
    };
    let _steady = engine.store().files().steady().await;
    if !engine.store().files().exists(&stored.digest).await? {
        // The same file of an erased post was removed while this one came.
        let cause = "it was removed while it came; send it again";
        return Err(tequio_store::Error::Interrupted(cause.into()).into());
    }
    engine.store().write(move |tx| file::add(tx, &row)).await?;
    Ok(Uploaded {
        digest: stored.digest,
        name,
        media_type,
        size_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn the_bytes_decide_not_the_name() {
        assert_eq!(sniff("a.pdf", b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(sniff("a.PDF", b"<html>"), None);
        assert_eq!(sniff("a.csv", b"a;b\n1;2"), Some("text/csv"));
        assert_eq!(sniff("a.csv", b" <script>"), None);
        assert_eq!(sniff("a.txt", b"a\x00b"), None);
        assert_eq!(sniff("a.svg", b"<svg"), None);
        assert_eq!(sniff("a.html", b"text"), None);
        assert_eq!(sniff("pdf", b"%PDF-"), None);
        assert_eq!(sniff("a.pdf", b""), None);
    }
}
