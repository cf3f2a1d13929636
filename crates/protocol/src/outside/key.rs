//! The keys that an actor outside the network publishes, and whose a key is.

use serde_json::Value;

use crate::activity::Reader;
use crate::keys::{Ed25519PublicKey, PublicKey, RsaPublicKey};

/// Most keys of one actor that are looked at.
const KEYS_MAX: usize = 16;

/// The owner named by an actor's document or by a key's.
#[must_use]
pub fn owner_of(value: &Value, key_id: &str) -> Option<String> {
    let reader = Reader::new(value, "document").ok()?;
    let nested = ["publicKey", "assertionMethod"]
        .into_iter()
        .flat_map(|member| reader.list(member))
        .take(KEYS_MAX)
        .find(|key| key.get("id").and_then(Value::as_str) == Some(key_id))
        .unwrap_or(value);
    let named = ["owner", "controller"]
        .into_iter()
        .find_map(|member| nested.get(member).and_then(Value::as_str));
    named.map(str::to_owned)
}

/// The key of this id among those that the actor publishes as its own: RSA in `publicKey`, Ed25519 in
/// `assertionMethod` (FEP-521a).
#[must_use]
pub fn find(actor: Reader<'_>, id: &str, key_id: &str) -> Option<PublicKey> {
    let text = |key: &Value, member: &str| key.get(member)?.as_str().map(str::to_owned);
    let ours = |key: &&Value, owner: &str| {
        text(key, "id").as_deref() == Some(key_id) && text(key, owner).as_deref() == Some(id)
    };
    let rsa = actor.list("publicKey").iter().take(KEYS_MAX);
    let rsa = rsa.filter(|key| ours(key, "owner")).find_map(|key| {
        let pem = text(key, "publicKeyPem")?;
        RsaPublicKey::from_pem(&pem).ok().map(PublicKey::Rsa)
    });
    let multikeys = actor.list("assertionMethod").iter().take(KEYS_MAX);
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
