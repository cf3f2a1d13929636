//! Posts: `Article` for threads and knowledge objects, `Note` for comments.

use serde_json::{Value, json};
use tequio_domain::{
    Audience, Digest, KnowledgeKind, License, ObjectKind, Oid, ThreadKind, Timestamp, text,
};

use super::actor::host_of;
use super::{Malformed, PUBLIC, Reader};
use crate::{digest::sha256, html};

/// A post as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// ActivityPub id.
    pub id: String,
    /// Its author.
    pub attributed_to: String,
    /// The group in which its thread was opened.
    pub audience: String,
    /// When it was made.
    pub published: Timestamp,
    /// When it was last changed; `None` = never.
    pub updated: Option<Timestamp>,
    /// Title; empty for comments.
    pub title: String,
    /// Markdown, as typed; empty when it came from software that has none.
    pub source: String,
    /// HTML as received: to be sanitised before anyone sees it.
    pub content: String,
    /// BCP 47; `es` unless said otherwise.
    pub language: String,
    /// Files, in the author's order.
    pub attachments: Vec<Attachment>,
    /// What is particular to its kind.
    pub detail: Detail,
    /// What readers elsewhere are told about its surroundings; nothing here is decided by it.
    pub links: Links,
}

/// What a post says about its surroundings, for software that has to put it in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The collection of all posts of its thread (FEP-7888); `None` where it is not known.
    pub context: Option<String>,
    /// People outside the network who are told of the post.
    pub mentions: Vec<Mention>,
}

/// Someone who is told of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Id of the actor.
    pub href: String,
    /// `@name@host`.
    pub name: String,
}

/// What is particular to a kind of post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// An opening post.
    Thread {
        /// Question or conversation.
        kind: ThreadKind,
        /// The comment accepted as the answer.
        answer: Option<String>,
    },
    /// A comment.
    Comment {
        /// What it answers.
        in_reply_to: String,
    },
    /// A knowledge object.
    Knowledge {
        /// Its kind.
        kind: KnowledgeKind,
        /// For whom.
        audience: Audience,
        /// Licence.
        license: License,
        /// Plain text, at most 500 characters.
        summary: String,
        /// The object that this one adapts.
        adaptation_of: Option<String>,
    },
}

/// A file of a post, known by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// File name to show.
    pub name: String,
    /// Media type as sniffed where it was uploaded.
    pub media_type: String,
    /// Bytes.
    pub size_bytes: i64,
    /// Where its home serves it.
    pub url: String,
}

impl Content {
    /// What kind of row it becomes.
    #[must_use]
    pub const fn kind(&self) -> ObjectKind {
        match self.detail {
            Detail::Thread { .. } => ObjectKind::Thread,
            Detail::Comment { .. } => ObjectKind::Comment,
            Detail::Knowledge { .. } => ObjectKind::Knowledge,
        }
    }

    /// The identity of the object: the UUID of our own ids, else derived from the id.
    #[must_use]
    pub fn oid(&self) -> Oid {
        oid_of(&self.id)
    }

    /// The ActivityStreams document, without `@context` and proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "id": self.id,
            "type": if self.kind() == ObjectKind::Comment { "Note" } else { "Article" },
            "attributedTo": self.attributed_to,
            "audience": self.audience,
            "to": [self.audience, PUBLIC],
            "cc": self.links.mentions.iter().map(|mention| &mention.href).collect::<Vec<_>>(),
            "published": self.published.to_rfc3339(),
            "content": self.content,
            "mediaType": "text/html",
            "source": { "content": self.source, "mediaType": "text/markdown" },
            "language": { "identifier": self.language, "name": language_name(&self.language) },
            "replies": format!("{}/replies", self.id),
            "tag": self.tags(),
        });
        let Some(members) = value.as_object_mut() else {
            return value;
        };
        if let Some(updated) = self.updated {
            members.insert("updated".into(), json!(updated.to_rfc3339()));
        }
        if let Some(context) = &self.links.context {
            // Mastodon reads the older name only, and sends both back in its replies.
            members.insert("context".into(), json!(context));
            members.insert("conversation".into(), json!(context));
        }
        // The language as Mastodon reads it: the key of a map, the shorter one.
        if self.title.is_empty() {
            members.insert("contentMap".into(), json!({ &self.language: self.content }));
        } else {
            let preview = self.preview();
            members.insert("name".into(), json!(self.title));
            members.insert("nameMap".into(), json!({ &self.language: self.title }));
            // All that Mastodon shows of an article besides title and link. On a note it would be a
            // content warning.
            members.insert("summary".into(), json!(preview));
            members.insert(
                "preview".into(),
                json!({ "type": "Note", "content": preview }),
            );
        }
        if !self.attachments.is_empty() {
            members.insert(
                "attachment".into(),
                self.attachments.iter().map(Attachment::to_value).collect(),
            );
        }
        for (name, member) in self.detail.members() {
            members.insert(name.into(), member);
        }
        value
    }

    /// Who is told. The group is among them, because software that answers copies the mentions of what
    /// it answers: so an answer to a member of another city reaches the group of the thread too.
    fn tags(&self) -> Vec<Value> {
        let group = group_mention(&self.audience);
        let mentions = group.iter().chain(&self.links.mentions);
        mentions
            .map(|mention| json!({ "type": "Mention", "href": mention.href, "name": mention.name }))
            .collect()
    }

    /// FEP-b2b8: what microblogs show of an article.
    fn preview(&self) -> String {
        let opening = match &self.detail {
            Detail::Knowledge { summary, .. } if !summary.is_empty() => summary.clone(),
            Detail::Knowledge { .. } | Detail::Thread { .. } | Detail::Comment { .. } => {
                html::plain_text(&self.content).chars().take(300).collect()
            }
        };
        html::markdown(&html::escape_markdown(&opening))
            .as_str()
            .trim()
            .to_owned()
    }

    /// Reads an `Article` or a `Note`.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let object = Reader::new(value, "object")?;
        let detail = Detail::read(object)?;
        let title = text::one_line(object.optional_text("name")?.unwrap_or_default());
        let titled = !matches!(detail, Detail::Comment { .. });
        if titled && title.is_empty() {
            return Err(Malformed::new("name", "is missing"));
        }
        let source = match object.any("source") {
            None => "",
            Some(source) => Reader::new(source, "source")?.text("content")?,
        };
        let language = match object.any("language") {
            None => "es",
            Some(language) => Reader::new(language, "language")?.text("identifier")?,
        };
        Ok(Self {
            id: object.address("id")?.to_owned(),
            attributed_to: object.address("attributedTo")?.to_owned(),
            audience: object.address("audience")?.to_owned(),
            published: object.time("published")?,
            updated: object.optional_time("updated")?,
            title: if titled {
                title.chars().take(text::TITLE_MAX).collect()
            } else {
                String::new()
            },
            source: text::many_lines(source),
            content: object.text("content")?.to_owned(),
            language: text::one_line(language).chars().take(12).collect(),
            attachments: read_attachments(object)?,
            detail,
            links: Links::default(),
        })
    }
}

/// `@name@host` of a group of this software; `None` for another's.
fn group_mention(group: &str) -> Option<Mention> {
    let (base, slug) = group.rsplit_once("/t/")?;
    Some(Mention {
        href: group.to_owned(),
        name: format!("@{}@{}", slug.replace('-', "_"), host_of(base)),
    })
}

/// Lemmy refuses a language without a name.
fn language_name(identifier: &str) -> &str {
    match identifier {
        "es" => "Español",
        "en" => "English",
        "pt" => "Português",
        other => other,
    }
}

/// The collection of all posts of a thread: served by the thread's group, under the identity of its
/// opening post, wherever that came from.
#[must_use]
pub fn context_uri(group: &str, root: Oid) -> String {
    format!("{group}/context/{root}")
}

impl Detail {
    fn members(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Thread { kind, answer } => {
                let mut members = vec![("tq:threadKind", json!(kind.as_str()))];
                members.extend(
                    answer
                        .iter()
                        .map(|answer| ("tq:acceptedAnswer", json!(answer))),
                );
                members
            }
            Self::Comment { in_reply_to } => vec![("inReplyTo", json!(in_reply_to))],
            Self::Knowledge {
                kind,
                audience,
                license,
                summary,
                adaptation_of,
            } => {
                let mut members = vec![
                    ("tq:knowledgeKind", json!(kind.as_str())),
                    ("tq:forAudience", json!(audience.as_str())),
                    ("tq:license", json!(license.as_str())),
                    ("tq:abstract", json!(summary)),
                ];
                members.extend(
                    adaptation_of
                        .iter()
                        .map(|of| ("tq:adaptationOf", json!(of))),
                );
                members
            }
        }
    }

    fn read(object: Reader<'_>) -> Result<Self, Malformed> {
        match object.text("type")? {
            "Note" => Ok(Self::Comment {
                in_reply_to: object.address("inReplyTo")?.to_owned(),
            }),
            "Article" if object.any("tq:knowledgeKind").is_some() => Self::read_knowledge(object),
            "Article" => Ok(Self::Thread {
                kind: match object.optional_text("tq:threadKind")? {
                    None => ThreadKind::Conversation,
                    Some(kind) => ThreadKind::parse(kind).ok_or(Malformed::new(
                        "tq:threadKind",
                        "must be question or conversation",
                    ))?,
                },
                answer: match object.any("tq:acceptedAnswer") {
                    None => None,
                    Some(_) => Some(object.address("tq:acceptedAnswer")?.to_owned()),
                },
            }),
            _ => Err(Malformed::new("type", "must be Article or Note")),
        }
    }

    fn read_knowledge(object: Reader<'_>) -> Result<Self, Malformed> {
        let summary = text::one_line(object.optional_text("tq:abstract")?.unwrap_or_default());
        Ok(Self::Knowledge {
            kind: KnowledgeKind::parse(object.text("tq:knowledgeKind")?)
                .ok_or(Malformed::new("tq:knowledgeKind", "must be a known kind"))?,
            audience: Audience::parse(object.text("tq:forAudience")?).ok_or(Malformed::new(
                "tq:forAudience",
                "must be deciders, practitioners or both",
            ))?,
            license: License::parse(object.text("tq:license")?)
                .ok_or(Malformed::new("tq:license", "must be a known licence"))?,
            summary: summary.chars().take(text::ABSTRACT_MAX).collect(),
            adaptation_of: match object.any("tq:adaptationOf") {
                None => None,
                Some(_) => Some(object.address("tq:adaptationOf")?.to_owned()),
            },
        })
    }
}

impl Attachment {
    fn to_value(&self) -> Value {
        json!({
            "type": "Document",
            "name": self.name,
            "mediaType": self.media_type,
            "url": self.url,
            "size": self.size_bytes,
            "digestMultibase": self.digest.to_multibase(),
        })
    }

    fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "attachment")?;
        Ok(Self {
            digest: Digest::from_multibase(document.text("digestMultibase")?).ok_or(
                Malformed::new("digestMultibase", "must be a SHA-256 multihash"),
            )?,
            name: text::file_name(document.text("name")?)
                .unwrap_or_else(|_unnamed| "archivo".to_owned()),
            media_type: text::one_line(document.text("mediaType")?)
                .chars()
                .take(100)
                .collect(),
            size_bytes: document.number("size")?,
            url: document.address("url")?.to_owned(),
        })
    }
}

fn read_attachments(object: Reader<'_>) -> Result<Vec<Attachment>, Malformed> {
    let attachments = object.list("attachment");
    if attachments.len() > text::ATTACHMENTS_MAX {
        return Err(Malformed::new("attachment", "has more than 10 elements"));
    }
    attachments.iter().map(Attachment::read).collect()
}

/// The identity of an object by its ActivityPub id.
///
/// `{base}/o/{uuid}` keeps its UUID when that carries the mark of `{base}`; any other id gets a
/// UUIDv5. So no server can claim the identity of another's object.
#[must_use]
pub fn oid_of(id: &str) -> Oid {
    id.rsplit_once("/o/")
        .and_then(|(base, uuid)| Oid::parse(uuid).filter(|oid| oid.has_mark(&mark_of(base))))
        .unwrap_or_else(|| Oid::of_uri(id))
}

/// A new identity for an object of this server.
#[must_use]
pub fn new_oid(base_url: &str, time: Timestamp, random: &[u8; 4]) -> Oid {
    Oid::marked(time, random, &mark_of(base_url))
}

/// The mark of a server in the identities it makes: the start of the SHA-256 of its base address.
fn mark_of(base_url: &str) -> [u8; 6] {
    let digest = sha256(base_url.as_bytes());
    let mut mark = [0; 6];
    for (to, from) in mark.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    mark
}
