//! Logs of cities that nobody can ask any more, and documents that our groups vouch for.

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::{activity::proof_key_id, proof};
use tequio_store::{
    city,
    key_word::{self, KeyWord},
    log::{self, Log},
};

use crate::{Engine, Error, rebuild::refill};

impl Engine {
    /// Makes the log of a group whose key siblings have named, to be filled by them. Nothing when there is
    /// one already.
    ///
    /// # Errors
    /// The database's.
    pub async fn adopt(&self, word: KeyWord) -> Result<(), Error> {
        let own = self.identity().city.to_string();
        self.store()
            .write(move |tx| {
                if log::by_home(tx.conn(), word.topic_id, &word.city)?.is_some() {
                    return Ok(());
                }
                let (id, key) = (tx.next_id()?, &word.public_key);
                let row = Log::unread(id, word.topic_id, &word.city, &word.group_uri, key);
                log::add(tx, &row)?;
                key_word::vouch(tx, row.id)?;
                let home = city::by_slug(tx.conn(), &word.city)?;
                let Some(base_url) = base_url_of(&word.group_uri) else {
                    return Err(Error::internal("a group's id has no topic in it"));
                };
                if !home.base_url.is_empty() {
                    return Ok(());
                }
                let base_url = base_url.to_owned();
                let is_named = log::any_author_on(tx.conn(), &base_url)?;
                city::put(tx, &city::City { base_url, ..home })?;
                // Whose people are the network's follows from where the cities are.
                if is_named {
                    refill(tx, &own)?;
                }
                Ok(())
            })
            .await
    }

    /// Signs a document in the name of one of our groups.
    ///
    /// # Errors
    /// The group is not ours; the database's.
    pub async fn sign_as_group(
        &self,
        group_uri: &str,
        document: &mut Value,
        now: Timestamp,
    ) -> Result<(), Error> {
        let signer = self.signer(group_uri).await?;
        proof::sign(document, &signer.key, &proof_key_id(group_uri), now)
            .map_err(Error::internal)?;
        Ok(())
    }
}

/// `https://host[:port]` of a group's id.
pub(crate) fn base_url_of(group_uri: &str) -> Option<&str> {
    group_uri.rsplit_once("/t/").map(|(base_url, _)| base_url)
}
