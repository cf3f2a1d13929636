//! JSON that is not ActivityPub: NodeInfo and WebFinger.

use serde_json::Value;
use url::Url;

use super::{DOCUMENT_DEADLINE, FetchError, Fetcher, answer, within};

/// What we ask for. PieFed sends ActivityPub's type even here, so every type is taken.
const ACCEPT_JSON: &str = "application/jrd+json, application/json, */*;q=0.1";
/// Cap in bytes: both are small.
const JSON_MAX: usize = 64 * 1024;

impl Fetcher {
    /// Fetches a small JSON document of any content type.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::Unexpected`] for bad JSON.
    pub async fn json(&self, url: &Url) -> Result<Value, FetchError> {
        let exchange = async {
            let response = self.follow(url, ACCEPT_JSON).await?;
            answer::read(response, JSON_MAX).await
        };
        let bytes = within(DOCUMENT_DEADLINE, exchange).await?;
        tequio_protocol::json::parse(&bytes)
            .map_err(|_bad_json| FetchError::Unexpected("the document is not acceptable JSON"))
    }
}
