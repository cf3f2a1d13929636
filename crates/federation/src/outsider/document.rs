//! From a key's id to the key and its actor.

use std::sync::Arc;

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::activity::{Reader, same_origin};
use tequio_protocol::outside::{OutsideActor, key};
use url::Url;

use super::OutsideKey;
use crate::fetcher::{FetchError, Fetcher};

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
    let owner = key::owner_of(&value, key_id).ok_or(NOT_A_KEY)?;
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
        key::find(reader, id, key_id).ok_or(FetchError::Unexpected("the owner has no such key"))?;
    let read = OutsideActor::read(&actor)
        .map_err(|_malformed| FetchError::Unexpected("the owner is no actor"))?;
    Ok(OutsideKey {
        owner: id.to_owned(),
        actor: Arc::new(read),
        key,
        fetched_at: now,
    })
}
