//! How cities that do not know each other meet: what a city says of itself, and how it is brought to another.
//!
//! An [`Introduction`] is served by every city. It names all keys by which its logs and requests are judged, so
//! that people can compare them: [`Introduction::words`] gives six words, the same for whoever reads the same
//! keys. A [`Handshake`] brings it to a city that invited, or to one to whom another city presents it.

use bip39::Language;
use openssl::hash::MessageDigest;
use openssl::pkcs5::pbkdf2_hmac;
use serde_json::{Value, json};
use tequio_domain::kit::Bilingual;
use tequio_domain::{CitySlug, Timestamp, text};

use super::{Malformed, Reader, VERSION, context, proof_key_id};
use crate::keys::{Ed25519PrivateKey, Ed25519PublicKey, KeyError, RsaPublicKey};
use crate::{jcs, proof};

/// Type of what a city says of itself.
pub const KIND: &str = "tq:Introduction";
/// Type of the activity that brings it.
pub const HANDSHAKE: &str = "tq:Handshake";
/// Most groups or cities in one introduction.
pub const LIST_MAX: usize = 1000;
/// Characters of a secret, all of them 0–9 or a–f.
pub const SECRET_LENGTH: usize = 64;

/// Words that people compare: eleven bits each.
const WORDS: u32 = 6;
/// Makes each guess at keys with the same words cost as much as so many hashes.
const ROUNDS: usize = 100_000;
/// Changes when the way from keys to words does.
const SALT: &[u8] = b"tequio introduction 1";

/// A city and where its server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Slug in the network.
    pub city: CitySlug,
    /// `https://host`, without a slash at the end.
    pub base_url: String,
    /// `San Salvador`.
    pub name: String,
    /// Country.
    pub country: Bilingual,
    /// One sentence.
    pub summary: Bilingual,
}

/// The key of a city's part in a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// The topic's identity, `urn:uuid:…`.
    pub topic: String,
    /// The group.
    pub group: String,
    /// Proves the first entry of its log; the log itself names later ones. Ed25519, multibase.
    pub key: String,
}

/// What a city says of itself to cities that do not know it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The city.
    pub place: Place,
    /// The key that signs its requests, SPKI PEM.
    pub transport_pem: String,
    /// The key that proves this document, Ed25519, multibase.
    pub key: String,
    /// Its groups.
    pub groups: Vec<GroupKey>,
    /// The cities that it knows.
    pub siblings: Vec<Place>,
}

impl Introduction {
    /// Where a city serves it.
    #[must_use]
    pub fn address(base_url: &str) -> String {
        format!("{base_url}/introduction")
    }

    /// The document, proven by `key`.
    ///
    /// # Errors
    /// [`proof::ProofError`] when the library fails.
    pub fn signed(
        &self,
        key: &Ed25519PrivateKey,
        now: Timestamp,
    ) -> Result<Value, proof::ProofError> {
        let actor = format!("{}/", self.place.base_url);
        let groups = self.groups.iter().map(|group| {
            json!({ "tq:topic": group.topic, "tq:group": group.group, "tq:key": group.key })
        });
        let siblings = self.siblings.iter().map(Place::to_value);
        let mut document = self.place.to_value();
        if let Some(members) = document.as_object_mut() {
            for (name, value) in [
                ("@context", context()),
                ("id", json!(Self::address(&self.place.base_url))),
                ("type", json!(KIND)),
                ("actor", json!(actor)),
                ("tq:version", json!(VERSION)),
                ("publicKeyPem", json!(self.transport_pem)),
                ("tq:key", json!(self.key)),
                ("tq:groups", groups.collect()),
                ("tq:siblings", siblings.collect()),
            ] {
                members.insert(name.to_owned(), value);
            }
        }
        proof::sign(&mut document, key, &proof_key_id(&actor), now)?;
        Ok(document)
    }

    /// Reads the document and verifies its proof by the key that it names: so all of it is the word of whoever
    /// holds that key. Whose key that is, people compare.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "introduction")?;
        if document.text("type")? != KIND {
            return Err(Malformed::new("type", "must be tq:Introduction"));
        }
        let place = Place::read(value, "introduction")?;
        let base_url = &place.base_url;
        if document.address("id")? != Self::address(base_url)
            || document.address("actor")?.strip_suffix('/') != Some(base_url)
        {
            return Err(Malformed::new("actor", "must be the city at tq:url"));
        }
        let transport_pem = document.text("publicKeyPem")?.to_owned();
        RsaPublicKey::from_pem(&transport_pem).map_err(|_bad_key| {
            Malformed::new("publicKeyPem", "must be an RSA key of 2048 bits or more")
        })?;
        let (key, text) = read_key(document)?;
        let method = proof::method(value).unwrap_or_default();
        if method != proof_key_id(&format!("{base_url}/")) || proof::verify(value, &key).is_err() {
            return Err(Malformed::new("proof", "must be of tq:key"));
        }
        Ok(Self {
            transport_pem,
            key: text,
            groups: read_groups(document, base_url)?,
            siblings: few(document, "tq:siblings")?
                .iter()
                .map(|sibling| Place::read(sibling, "tq:siblings"))
                .collect::<Result<_, _>>()?,
            place,
        })
    }

    /// Six Spanish words for the city, its address and all its keys, whatever else it says. Other keys with the
    /// same words take 2^66 attempts of [`ROUNDS`] hashes each to find. Takes some 30 ms: not for a thread that answers
    /// requests.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn words(&self) -> Result<String, KeyError> {
        let mut groups = self.groups.clone();
        groups.sort();
        let groups = groups.into_iter();
        let groups: Vec<_> = groups.map(|row| [row.topic, row.group, row.key]).collect();
        let keys = json!({
            "city": self.place.city.as_str(),
            "url": self.place.base_url,
            "transport": self.transport_pem,
            "key": self.key,
            "groups": groups,
        });
        let mut bytes = [0; 16];
        let hash = MessageDigest::sha256();
        pbkdf2_hmac(
            jcs::canonicalize(&keys).as_bytes(),
            SALT,
            ROUNDS,
            hash,
            &mut bytes,
        )?;
        let mut number = u128::from_be_bytes(bytes);
        let list = Language::Spanish.word_list();
        let mut words = Vec::new();
        for _ in 0..WORDS {
            let place = usize::try_from(number % 2048).unwrap_or_default();
            words.extend(list.get(place).copied());
            number /= 2048;
        }
        Ok(words.join(" "))
    }
}

impl Place {
    fn to_value(&self) -> Value {
        json!({
            "tq:city": self.city.as_str(),
            "tq:url": self.base_url,
            "name": self.name,
            "tq:country": { "es": self.country.es, "en": self.country.en },
            "summaryMap": { "es": self.summary.es, "en": self.summary.en },
        })
    }

    fn read(value: &Value, member: &'static str) -> Result<Self, Malformed> {
        const NEED: &str = "must be an address without path";
        let reader = Reader::new(value, member)?;
        let base_url = reader.address("tq:url")?;
        let origin = url::Url::parse(base_url).map(|url| url.origin().ascii_serialization());
        if origin.as_deref() != Ok(base_url) {
            return Err(Malformed::new("tq:url", NEED));
        }
        let city = CitySlug::parse(reader.text("tq:city")?)
            .map_err(|_form| Malformed::new("tq:city", "must be 2–60 of a–z, 0–9, -"))?;
        let name = short(Some(reader.text("name")?), text::DISPLAY_NAME_MAX);
        if name.is_empty() {
            return Err(Malformed::new("name", "must not be empty"));
        }
        Ok(Self {
            city,
            base_url: base_url.to_owned(),
            name,
            country: in_both(reader, "tq:country", text::DISPLAY_NAME_MAX)?,
            summary: in_both(reader, "summaryMap", text::SUMMARY_MAX)?,
        })
    }
}

fn in_both(reader: Reader<'_>, member: &'static str, max: usize) -> Result<Bilingual, Malformed> {
    let Some(value) = reader.any(member) else {
        return Err(Malformed::new(member, "is missing"));
    };
    let both = Reader::new(value, member)?;
    Ok(Bilingual {
        es: short(both.optional_text("es")?, max),
        en: short(both.optional_text("en")?, max),
    })
}

fn short(text: Option<&str>, max: usize) -> String {
    let line = text::one_line(text.unwrap_or_default());
    line.chars().take(max).collect()
}

fn few<'a>(reader: Reader<'a>, member: &'static str) -> Result<&'a [Value], Malformed> {
    let list = reader.list(member);
    if list.len() > LIST_MAX {
        return Err(Malformed::new(member, "has more than 1000 elements"));
    }
    Ok(list)
}

fn read_groups(document: Reader<'_>, base_url: &str) -> Result<Vec<GroupKey>, Malformed> {
    let mut groups = Vec::new();
    for value in few(document, "tq:groups")? {
        let reader = Reader::new(value, "tq:groups")?;
        let group = reader.address("tq:group")?;
        let path = group.strip_prefix(base_url);
        if !path.is_some_and(|path| path.starts_with("/t/")) {
            return Err(Malformed::new("tq:group", "must be a group of the city"));
        }
        groups.push(GroupKey {
            topic: reader.text("tq:topic")?.to_owned(),
            group: group.to_owned(),
            key: read_key(reader)?.1,
        });
    }
    Ok(groups)
}

fn read_key(reader: Reader<'_>) -> Result<(Ed25519PublicKey, String), Malformed> {
    let text = reader.text("tq:key")?;
    let key = Ed25519PublicKey::from_multibase(text)
        .map_err(|_bad_key| Malformed::new("tq:key", "must be an Ed25519 key in multibase"))?;
    Ok((key, text.to_owned()))
}

/// By what right a city brings itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// The secret of an invitation: 64 hexadecimal digits.
    Secret(String),
    /// A city that both know presents it: its slug.
    Presented(CitySlug),
}

/// A city brings itself to another: signed by its transport key, as every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Who.
    pub introduction: Introduction,
    /// By what right.
    pub right: Right,
}

impl Handshake {
    /// The activity around a signed introduction. `id` is on the city's server.
    #[must_use]
    pub fn to_value(id: &str, base_url: &str, introduction: &Value, right: &Right) -> Value {
        let (member, right) = match right {
            Right::Secret(secret) => ("tq:secret", secret.as_str()),
            Right::Presented(city) => ("tq:presentedBy", city.as_str()),
        };
        json!({
            "@context": context(),
            "id": id,
            "type": HANDSHAKE,
            "actor": format!("{base_url}/"),
            "tq:version": VERSION,
            member: right,
            "object": introduction,
        })
    }

    /// Reads the activity; the introduction must be the actor's own.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "handshake")?;
        if document.text("type")? != HANDSHAKE {
            return Err(Malformed::new("type", "must be tq:Handshake"));
        }
        let object = document.any("object");
        let object = object.ok_or(Malformed::new("object", "is missing"))?;
        let introduction = Introduction::read(object)?;
        let actor = document.address("actor")?.strip_suffix('/');
        if actor != Some(introduction.place.base_url.as_str()) {
            return Err(Malformed::new(
                "object",
                "must be the actor's own introduction",
            ));
        }
        let right = match document.optional_text("tq:secret")? {
            Some(secret) if is_secret(secret) => Right::Secret(secret.to_owned()),
            Some(_) => return Err(Malformed::new("tq:secret", "must be 64 hexadecimal digits")),
            None => {
                let city = CitySlug::parse(document.text("tq:presentedBy")?);
                let need = Malformed::new("tq:presentedBy", "must be the slug of a city");
                Right::Presented(city.map_err(|_form| need)?)
            }
        };
        Ok(Self {
            introduction,
            right,
        })
    }
}

/// Whether a text has the form of an invitation's secret.
#[must_use]
pub fn is_secret(text: &str) -> bool {
    text.len() == SECRET_LENGTH
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests;
