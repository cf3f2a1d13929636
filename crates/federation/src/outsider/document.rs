//! From a key's id to the key and its actor.

use std::sync::Arc;

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::activity::{Reader, same_origin};
use tequio_protocol::keys::{Ed25519PublicKey, PublicKey, RsaPublicKey};
use tequio_protocol::outside::OutsideActor;
use url::Url;

use super::OutsideKey;
use crate::fetcher::{FetchError, Fetcher};

/// Most keys of one actor that are looked at.
const MAX_KEYS_OF_ONE: usize = 16;
const NOT_A_KEY: FetchError = FetchError::Unexpected("there is no usable key");

/// At most two documents: what stands at the key's address, and its owner when that is another one.
pub(super) async fn fetch(
    fetcher: &Fetcher,
    url: &Url,
    key_id: &str,
    now: Timestamp,
) -> Result<OutsideKey, FetchError> {
    let document = fetcher.document(url).await?;
    let value = tequio_protocol::json::parse(&document.bytes)
        .map_err(|_bad_json| FetchError::Unexpected("the document is not acceptable JSON"))?;
    let owner = owner_of(&value, key_id).ok_or(NOT_A_KEY)?;
    if !same_origin(&owner, key_id) {
        return Err(FetchError::Unexpected("key and owner are on two servers"));
    }
    let is_owner = value.get("id").and_then(Value::as_str) == Some(document.url.as_str())
        && owner == document.url.as_str();
    let actor = if is_owner {
        value
    } else {
        let owner = Url::parse(&owner).map_err(|_bad_url| NOT_A_KEY)?;
        fetcher.object(&owner).await?
    };
    let reader = Reader::new(&actor, "actor").map_err(|_no_object| NOT_A_KEY)?;
    let id = reader.address("id").map_err(|_no_id| NOT_A_KEY)?;
    let key =
        find(reader, id, key_id).ok_or(FetchError::Unexpected("the owner has no such key"))?;
    let read = OutsideActor::read(&actor)
        .map_err(|_malformed| FetchError::Unexpected("the owner is no actor"))?;
    Ok(OutsideKey {
        owner: id.to_owned(),
        actor: Arc::new(read),
        key,
        fetched_at: now,
    })
}

/// The owner named by an actor's document or by a key's.
fn owner_of(value: &Value, key_id: &str) -> Option<String> {
    let reader = Reader::new(value, "document").ok()?;
    let nested = ["publicKey", "assertionMethod"]
        .into_iter()
        .flat_map(|member| reader.list(member))
        .take(MAX_KEYS_OF_ONE)
        .find(|key| key.get("id").and_then(Value::as_str) == Some(key_id))
        .unwrap_or(value);
    let named = ["owner", "controller"]
        .into_iter()
        .find_map(|member| nested.get(member).and_then(Value::as_str));
    named.map(str::to_owned)
}

/// The key of this id among those that the actor publishes as its own: RSA in `publicKey`, Ed25519 in
/// `assertionMethod` (FEP-521a).
fn find(actor: Reader<'_>, id: &str, key_id: &str) -> Option<PublicKey> {
    let text = |key: &Value, member: &str| key.get(member)?.as_str().map(str::to_owned);
    let ours = |key: &&Value, owner: &str| {
        text(key, "id").as_deref() == Some(key_id) && text(key, owner).as_deref() == Some(id)
    };
    let rsa = actor.list("publicKey").iter().take(MAX_KEYS_OF_ONE);
    let rsa = rsa.filter(|key| ours(key, "owner")).find_map(|key| {
        let pem = text(key, "publicKeyPem")?;
        RsaPublicKey::from_pem(&pem).ok().map(PublicKey::Rsa)
    });
    let multikeys = actor.list("assertionMethod").iter().take(MAX_KEYS_OF_ONE);
    rsa.or_else(|| {
        multikeys
            .filter(|key| ours(key, "controller"))
            .find_map(|key| {
                let multibase = text(key, "publicKeyMultibase")?;
                let key = Ed25519PublicKey::from_multibase(&multibase).ok()?;
                Some(PublicKey::Ed25519(key))
            })
    })
}
