//! Adding to the library.

use tequio_domain::{Audience, Digest, KnowledgeKind, License, Oid, text};
use tequio_protocol::activity::{Attachment, Detail, Links};
use tequio_store::{object, topic};

use crate::{Engine, Error, Member, Moment, publish::Draft, upload::Uploaded};

/// What a knowledge object is made of.
#[derive(Debug, Clone)]
pub struct NewKnowledge {
    /// Slug of the topic.
    pub topic: String,
    /// Its kind.
    pub kind: KnowledgeKind,
    /// For whom; `None`: as is usual for the kind.
    pub audience: Option<Audience>,
    /// Licence.
    pub license: License,
    /// 3–200 characters.
    pub title: String,
    /// At most 500 characters, may be empty.
    pub summary: String,
    /// Markdown; may be empty when there are files.
    pub body: String,
    /// Files, uploaded before.
    pub files: Vec<Uploaded>,
    /// The object that this one adapts.
    pub adaptation_of: Option<Oid>,
}

/// A member adds a knowledge object to a topic's library.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::NotFound`] when there is no such topic.
pub async fn add(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    new: NewKnowledge,
) -> Result<Oid, Error> {
    let title = text::title(&new.title)?;
    let summary = text::summary_of_object(&new.summary)?;
    let source = if new.files.is_empty() {
        text::body(&new.body)?
    } else {
        optional(&new.body)?
    };
    if new.files.len() > text::ATTACHMENTS_MAX {
        return Err(tequio_domain::Invalid::new("file", "too-many").into());
    }
    let slug = new.topic.clone();
    let topic = engine
        .store()
        .read(move |conn| topic::by_slug(conn, &slug))
        .await?;
    let adaptation_of = origin_uri(engine, new.adaptation_of).await?;
    let base_url = &engine.identity().base_url;
    let draft = Draft {
        title,
        source,
        audience: None,
        attachments: new
            .files
            .iter()
            .map(|file| attachment(base_url, file))
            .collect(),
        detail: Detail::Knowledge {
            kind: new.kind,
            audience: new.audience.unwrap_or(new.kind.usual_audience()),
            license: new.license,
            summary,
            adaptation_of,
        },
        links: Links::default(),
    };
    engine.publish(member, moment, topic.id, draft).await
}

/// Where this city serves a file.
#[must_use]
pub fn file_url(base_url: &str, digest: Digest, name: &str) -> String {
    let mut url = format!("{base_url}/archivos/{digest}/");
    url.extend(
        url::form_urlencoded::byte_serialize(name.as_bytes()).map(|part| match part {
            "+" => "%20",
            other => other,
        }),
    );
    url
}

fn attachment(base_url: &str, file: &Uploaded) -> Attachment {
    Attachment {
        digest: file.digest(),
        name: file.name().to_owned(),
        media_type: file.media_type().to_owned(),
        size_bytes: file.size_bytes(),
        url: file_url(base_url, file.digest(), file.name()),
    }
}

fn optional(body: &str) -> Result<String, Error> {
    if body.trim().is_empty() {
        Ok(String::new())
    } else {
        Ok(text::body(body)?)
    }
}

async fn origin_uri(engine: &Engine, oid: Option<Oid>) -> Result<Option<String>, Error> {
    let Some(oid) = oid else { return Ok(None) };
    let held = engine
        .store()
        .read(move |conn| object::by_oid(conn, &oid.to_string()))
        .await?;
    match held {
        Some(held) if held.kind == tequio_domain::ObjectKind::Knowledge.as_str() => {
            Ok(Some(held.uri))
        }
        Some(_) | None => Err(tequio_domain::Invalid::new("adaptation_of", "unknown").into()),
    }
}
