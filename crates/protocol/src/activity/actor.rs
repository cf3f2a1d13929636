//! Actors: the city (`Application`), its part in a topic (`Group`), its members (`Person`).

use serde_json::{Value, json};
use tequio_domain::{MemberName, OFFICE, Timestamp, text};

use super::{Malformed, Reader, actor_context, main_key_id, proof_key_id};
use crate::html;
use crate::keys::Ed25519PublicKey;

/// The two public keys of an actor of this instance.
#[derive(Debug, Clone)]
pub struct PublicKeys<'a> {
    /// RSA transport key of the instance, SPKI PEM.
    pub transport_pem: &'a str,
    /// Ed25519 key of the actor, multibase.
    pub proof: &'a str,
}

/// What a log says of a member: enough to show and to verify them without asking anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// ActivityPub id.
    pub id: String,
    /// Name in addresses.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Post held in the city.
    pub post: String,
    /// What the member says of themselves, plain text.
    pub summary: String,
    /// Ed25519, multibase.
    pub public_key: String,
    /// When the card was made.
    pub updated: Timestamp,
}

impl Card {
    /// The `Person` that travels in logs: without `@context` and transport key.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.display_name,
            "summary": self.summary,
            "tq:post": self.post,
            "inbox": format!("{}/inbox", self.id),
            "outbox": format!("{}/outbox", self.id),
            "updated": self.updated.to_rfc3339(),
            "assertionMethod": [multikey(&self.id, &self.public_key)],
        })
    }

    /// The whole `Person` document, served at its id.
    #[must_use]
    pub fn to_actor(&self, base_url: &str, transport_pem: &str, published: Timestamp) -> Value {
        let mut value = self.to_value();
        if let Some(members) = value.as_object_mut() {
            for name in ["followers", "following"] {
                members.insert(name.into(), json!(format!("{}/{name}", self.id)));
            }
            // Text in logs, HTML where ActivityPub reads it.
            let summary = html::from_text(&self.summary).into_string();
            members.insert("summary".into(), json!(summary));
            members.insert("published".into(), json!(published.to_rfc3339()));
            members.insert("manuallyApprovesFollowers".into(), json!(false));
            members.insert("discoverable".into(), json!(true));
            let handle = format!("{}@{}", self.name, host_of(base_url));
            members.insert("webfinger".into(), json!(handle));
            members.insert("icon".into(), icon(&self.id));
            members.insert("@context".into(), actor_context());
            members.insert(
                "url".into(),
                json!(format!("{base_url}/personas/{}", self.name)),
            );
            members.insert("publicKey".into(), public_key(&self.id, transport_pem));
            members.insert(
                "endpoints".into(),
                json!({ "sharedInbox": format!("{base_url}/inbox") }),
            );
        }
        value
    }

    /// Reads a `Person` of a log.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let person = Reader::new(value, "object")?;
        let id = person.address("id")?;
        let name = person.text("preferredUsername")?;
        MemberName::parse(name)
            .map_err(|_form| Malformed::new("preferredUsername", "must be 2–30 of a–z, 0–9, _"))?;
        let display = text::one_line(person.optional_text("name")?.unwrap_or(name));
        Ok(Self {
            id: id.to_owned(),
            name: name.to_owned(),
            display_name: display.chars().take(text::DISPLAY_NAME_MAX).collect(),
            post: line(person.optional_text("tq:post")?),
            summary: line(person.optional_text("summary")?),
            public_key: read_multikey(person, id)?,
            updated: person.time("updated")?,
        })
    }
}

fn line(text: Option<&str>) -> String {
    text::one_line(text.unwrap_or_default())
        .chars()
        .take(text::SUMMARY_MAX)
        .collect()
}

/// The Ed25519 key of an actor document (FEP-521a), in multibase, checked to be one.
///
/// # Errors
/// [`Malformed`] when there is none, it is not an Ed25519 key, or it belongs to someone else.
pub fn read_multikey(actor: Reader<'_>, id: &str) -> Result<String, Malformed> {
    const NEED: &str = "must hold an Ed25519 Multikey of the actor";
    for method in actor.list("assertionMethod") {
        let method = Reader::new(method, "assertionMethod")?;
        let key = method.text("publicKeyMultibase")?;
        let ours = method.text("controller")? == id
            && method
                .text("id")?
                .strip_prefix(id)
                .is_some_and(|rest| rest.starts_with('#'));
        if ours && Ed25519PublicKey::from_multibase(key).is_ok() {
            return Ok(key.to_owned());
        }
    }
    Err(Malformed::new("assertionMethod", NEED))
}

/// The transport key of an actor document: its id and PEM, checked to belong to the actor.
///
/// # Errors
/// [`Malformed`] when it is missing or names another owner.
pub fn read_public_key<'a>(actor: Reader<'a>, id: &str) -> Result<(&'a str, &'a str), Malformed> {
    let key = actor
        .any("publicKey")
        .ok_or(Malformed::new("publicKey", "is missing"))?;
    let key = Reader::new(key, "publicKey")?;
    if key.text("owner")? != id {
        return Err(Malformed::new(
            "publicKey",
            "must name the actor as its owner",
        ));
    }
    Ok((key.address("id")?, key.text("publicKeyPem")?))
}

/// A city's instance.
#[derive(Debug, Clone)]
pub struct Application<'a> {
    /// `https://host`, without a slash at the end.
    pub base_url: &'a str,
    /// The city's name.
    pub name: &'a str,
    /// One sentence.
    pub summary: &'a str,
    /// Slug of the city in its network.
    pub city: &'a str,
    /// Its groups.
    pub groups: Vec<String>,
    /// When it was founded.
    pub published: Timestamp,
    /// Keys.
    pub keys: PublicKeys<'a>,
}

impl Application<'_> {
    /// The document served at `https://host/`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let base = self.base_url;
        let id = format!("{base}/");
        json!({
            "@context": actor_context(),
            "id": id,
            "type": "Application",
            "preferredUsername": host_of(base),
            "name": self.name,
            "summary": html::from_text(self.summary).as_str(),
            "inbox": format!("{base}/inbox"),
            "outbox": format!("{base}/outbox"),
            "followers": format!("{base}/followers"),
            "url": id,
            "icon": icon(&id),
            "published": self.published.to_rfc3339(),
            "manuallyApprovesFollowers": false,
            "discoverable": true,
            "webfinger": format!("{0}@{0}", host_of(base)),
            "language": languages(),
            "endpoints": { "sharedInbox": format!("{base}/inbox") },
            "publicKey": public_key(&id, self.keys.transport_pem),
            "assertionMethod": [multikey(&id, self.keys.proof)],
            "tq:city": self.city,
            "tq:groups": self.groups,
        })
    }
}

/// A city's part in a topic.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// `https://host`, without a slash at the end.
    pub base_url: &'a str,
    /// Slug of the topic.
    pub slug: &'a str,
    /// The topic's identity, the same in every city.
    pub topic: &'a str,
    /// Name shown: topic and city.
    pub name: &'a str,
    /// One sentence, plain text.
    pub summary: &'a str,
    /// Slug of the city in its network.
    pub city: &'a str,
    /// When it was founded.
    pub published: Timestamp,
    /// Keys.
    pub keys: PublicKeys<'a>,
}

impl Group<'_> {
    /// The document served at `/t/{slug}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let base = self.base_url;
        let id = group_uri(base, self.slug);
        json!({
            "@context": actor_context(),
            "id": id,
            "type": "Group",
            "preferredUsername": self.slug.replace('-', "_"),
            "webfinger": format!("{}@{}", self.slug.replace('-', "_"), host_of(base)),
            "name": self.name,
            "summary": html::from_text(self.summary).as_str(),
            "source": {
                "content": html::escape_markdown(self.summary),
                "mediaType": "text/markdown",
            },
            "icon": icon(&id),
            "published": self.published.to_rfc3339(),
            "language": languages(),
            "sensitive": false,
            "discoverable": true,
            "manuallyApprovesFollowers": false,
            "url": format!("{base}/temas/{}", self.slug),
            "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "following": format!("{id}/following"),
            "featured": format!("{id}/featured"),
            "attributedTo": format!("{id}/moderators"),
            "postingRestrictedToMods": false,
            "endpoints": { "sharedInbox": format!("{base}/inbox") },
            "publicKey": public_key(&id, self.keys.transport_pem),
            "assertionMethod": [multikey(&id, self.keys.proof)],
            "tq:topic": self.topic,
            "tq:city": self.city,
            "tq:log": format!("{id}/log"),
            "tq:heads": format!("{id}/heads"),
            "tq:feed": format!("{id}/feed"),
        })
    }
}

/// A city's office account: follows communities elsewhere for a topic.
#[derive(Debug, Clone)]
pub struct Office<'a> {
    /// `https://host`, without a slash at the end.
    pub base_url: &'a str,
    /// Name shown.
    pub name: &'a str,
    /// What it is for, plain text.
    pub summary: &'a str,
    /// Slug of the city in its network.
    pub city: &'a str,
    /// When it was made.
    pub published: Timestamp,
    /// Keys.
    pub keys: PublicKeys<'a>,
}

impl Office<'_> {
    /// The document served at `/u/oficina`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let base = self.base_url;
        let id = person_uri(base, OFFICE);
        json!({
            "@context": actor_context(),
            "id": id,
            "type": "Service",
            "preferredUsername": OFFICE,
            "webfinger": format!("{OFFICE}@{}", host_of(base)),
            "name": self.name,
            "summary": html::from_text(self.summary).as_str(),
            // Who answers for it.
            "attributedTo": format!("{base}/"),
            "icon": icon(&id),
            "published": self.published.to_rfc3339(),
            "discoverable": true,
            "manuallyApprovesFollowers": false,
            "url": format!("{base}/ciudades/{}", self.city),
            "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "following": format!("{id}/following"),
            "endpoints": { "sharedInbox": format!("{base}/inbox") },
            "publicKey": public_key(&id, self.keys.transport_pem),
            "assertionMethod": [multikey(&id, self.keys.proof)],
            "tq:city": self.city,
        })
    }
}

/// What is written in: two languages, in the form that Lemmy reads.
fn languages() -> Value {
    json!([
        { "identifier": "es", "name": "Español" },
        { "identifier": "en", "name": "English" },
    ])
}

/// The id of a city's group for a topic.
#[must_use]
pub fn group_uri(base_url: &str, topic: &str) -> String {
    format!("{base_url}/t/{topic}")
}

/// The id of a member.
#[must_use]
pub fn person_uri(base_url: &str, name: &str) -> String {
    format!("{base_url}/u/{name}")
}

/// The id of an object.
#[must_use]
pub fn object_uri(base_url: &str, oid: tequio_domain::Oid) -> String {
    format!("{base_url}/o/{oid}")
}

/// Host and port of a base address.
#[must_use]
pub fn host_of(base_url: &str) -> &str {
    base_url
        .split_once("://")
        .map_or(base_url, |(_, host)| host)
}

/// A picture of an actor, made from its id and served beside it: one object, for software that refuses lists.
fn icon(id: &str) -> Value {
    json!({
        "type": "Image",
        "mediaType": "image/png",
        "url": format!("{}/icon.png", id.trim_end_matches('/')),
    })
}

fn public_key(owner: &str, pem: &str) -> Value {
    json!({
        "id": main_key_id(owner),
        "owner": owner,
        "publicKeyPem": pem,
    })
}

fn multikey(controller: &str, key: &str) -> Value {
    json!({
        "id": proof_key_id(controller),
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": key,
    })
}
