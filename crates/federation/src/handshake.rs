//! Meeting cities that are not known yet, over HTTP.
//!
//! Start at [`join`] (we come with an invitation) and [`receive`] (another comes, with an invitation or presented by
//! a sibling). What is met and what it is worth is decided by `tequio_engine::handshake`.
//!
//! # Invariants
//! - Whoever brings an introduction has signed the request with the key that its own server shows, and the
//!   introduction names the same key.
//! - Who presents a city is asked itself.
//! - Nothing is sent to a city that was met before it says that it knows us.

use serde_json::Value;
use tequio_domain::CitySlug;
use tequio_engine::handshake::{self as engine, Refused, Way};
use tequio_engine::{Error, Member};
use tequio_protocol::activity::introduction::{self, Introduction, Right};
use tequio_protocol::activity::{Handshake, main_key_id};
use tequio_protocol::http_signature::Format;
use tequio_protocol::json;
use tequio_protocol::keys::{PublicKey, RsaPublicKey};
use tequio_store::handshake::{self as rows, Met};
use url::Url;

use crate::fetcher::FetchError;
use crate::outsider::OutsideKey;
use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, bookkeeping};

/// Why this city was not brought to another one.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It is not the address of an invitation.
    #[error("this is not the address of an invitation")]
    NotALink,
    /// It invites another city.
    #[error("this invitation is for {0}")]
    ForAnother(String),
    /// There is no city that can be asked.
    #[error("there is no city at that address: {0}")]
    NoCity(String),
    /// It does not take the invitation.
    #[error("the city does not take it: {0}")]
    NotTaken(String),
    /// It cannot see our server.
    #[error("the city cannot see this server at {0}")]
    Unseen(String),
    /// It is no city that we could know.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<Error> for JoinError {
    fn from(error: Error) -> Self {
        Self::Refused(Refused::Engine(error))
    }
}

/// An invitation as its address says it.
struct Link {
    base_url: String,
    secret: String,
}

/// Brings this city to the one whose invitation an administrator was given. Answers its slug.
pub(crate) async fn join(inner: &Inner, admin: &Member, link: &str) -> Result<String, JoinError> {
    admin.require_admin()?;
    let link = read_link(link, inner.city())?;
    let address = Url::parse(&link.base_url).map_err(|_bad| JoinError::NotALink)?;
    if inner.fetcher.policy().check_url(&address).is_err() {
        return Err(JoinError::NotALink);
    }
    let (met, document) = introduction_of(inner, &link.base_url).await?;
    engine::check(&inner.engine, met.clone()).await?;
    bring(inner, &link.base_url, Right::Secret(link.secret)).await?;
    let moment = inner.moment().map_err(|_logged| Error::Held)?;
    let city = met.place.city.to_string();
    engine::meet(&inner.engine, moment, met, &document, Way::Host).await?;
    Ok(city)
}

/// `https://host/invitacion#city.secret`.
fn read_link(text: &str, own: &str) -> Result<Link, JoinError> {
    let url = Url::parse(text.trim()).map_err(|_bad| JoinError::NotALink)?;
    let said = url.fragment().and_then(|said| said.split_once('.'));
    let (city, secret) = said.ok_or(JoinError::NotALink)?;
    if url.path() != "/invitacion" || !introduction::is_secret(secret) {
        return Err(JoinError::NotALink);
    }
    if city != own {
        return Err(JoinError::ForAnother(city.chars().take(60).collect()));
    }
    Ok(Link {
        base_url: url.origin().ascii_serialization(),
        secret: secret.to_owned(),
    })
}

/// What a city says of itself at its own address.
async fn introduction_of(
    inner: &Inner,
    base_url: &str,
) -> Result<(Introduction, Value), JoinError> {
    let no_city = |cause: String| JoinError::NoCity(cause);
    let address = Url::parse(&Introduction::address(base_url));
    let address = address.map_err(|error| no_city(error.to_string()))?;
    let document = inner.fetcher.object(&address).await;
    let document = document.map_err(|error| no_city(error.to_string()))?;
    let met = Introduction::read(&document).map_err(|error| no_city(error.to_string()))?;
    if met.place.base_url != base_url {
        return Err(no_city("it names another address".to_owned()));
    }
    Ok((met, document))
}

/// Sends what we say of ourselves, with the right by which it should be heard.
async fn bring(inner: &Inner, base_url: &str, right: Right) -> Result<(), JoinError> {
    let unsent = |cause: String| JoinError::NoCity(cause);
    let me = inner.base_url();
    let body = document(inner, &right).await?.to_string();
    let inbox = Url::parse(&format!("{base_url}/inbox")).map_err(|e| unsent(e.to_string()))?;
    let key_id = main_key_id(&format!("{me}/"));
    let sent = inner
        .fetcher
        .post(&inbox, body.into(), &key_id, Format::Cavage);
    let reply = sent.await.map_err(|error| unsent(error.to_string()))?;
    match reply.status {
        200..=299 => Ok(()),
        // It could not have our key, or not from where we say that we are.
        401 | 503 => Err(JoinError::Unseen(me.to_owned())),
        status => {
            tracing::warn!(
                url = base_url,
                status,
                answer = reply.body,
                "a city does not take us"
            );
            Err(JoinError::NotTaken(detail(&reply.body)))
        }
    }
}

/// What is sent.
pub(crate) async fn document(inner: &Inner, right: &Right) -> Result<Value, Error> {
    let own = engine::introduced(&inner.engine, inner.now()).await?;
    let moment = inner.moment().map_err(|_logged| Error::Held)?;
    let me = inner.base_url();
    let id = format!("{me}/handshake/{}", moment.oid("handshake"));
    Ok(Handshake::to_value(&id, me, &own, right))
}

/// What a problem document says.
fn detail(body: &str) -> String {
    let value = json::parse(body.as_bytes()).unwrap_or_default();
    let detail = value.get("detail").and_then(Value::as_str);
    detail.unwrap_or_default().chars().take(200).collect()
}

/// Another city brings itself. `sender` has signed the request.
///
/// # Errors
/// [`Problem::Document`] for what cannot be read, [`Problem::Forbidden`] for who may not be met.
pub(crate) async fn receive(
    inner: &Inner,
    sender: &OutsideKey,
    body: &[u8],
) -> Result<(), Problem> {
    let document = |why: &dyn std::fmt::Display| Problem::Document(why.to_string());
    let value = json::parse(body).map_err(|error| document(&error))?;
    let told = Handshake::read(&value).map_err(|error| document(&error))?;
    let met = told.introduction;
    let key = RsaPublicKey::from_pem(&met.transport_pem).map_err(|error| document(&error))?;
    let is_same =
        matches!(&sender.key, PublicKey::Rsa(held) if held.to_pem().ok() == key.to_pem().ok());
    if sender.owner.strip_suffix('/') != Some(&met.place.base_url) || !is_same {
        return Err(Problem::Unauthenticated(
            "the introduction names another key than the sender's server shows".to_owned(),
        ));
    }
    let city = met.place.city.to_string();
    // What can be seen here is looked at before anybody is asked.
    engine::check(&inner.engine, met.clone())
        .await
        .map_err(problem)?;
    let way = match told.right {
        Right::Secret(secret) => Way::Guest { secret },
        Right::Presented(by) => {
            is_presented(inner, &met, &by).await?;
            Way::Presented { by }
        }
    };
    let introduction = value.get("object").unwrap_or(&Value::Null);
    let moment = inner.moment()?;
    let met = engine::meet(&inner.engine, moment, met, introduction, way);
    met.await.map_err(problem)?;
    tracing::info!(city, "a city was met: an administrator has to accept it");
    Ok(())
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Engine(error) => error.into(),
        other => Problem::Forbidden(other.to_string()),
    }
}

/// The one that presents must be a sibling, and say so itself.
async fn is_presented(inner: &Inner, met: &Introduction, by: &CitySlug) -> Result<(), Problem> {
    let forbidden = |why: &str| Problem::Forbidden(why.to_owned());
    let Some(sibling) = inner.siblings.by_city(by.as_str()) else {
        return Err(forbidden("the city that presents it is not known here"));
    };
    match introduction_of(inner, &sibling.base_url).await {
        Ok((told, _)) if knows(&told, met.place.city.as_str(), &met.place.base_url) => Ok(()),
        Ok(_) => Err(forbidden("the city that presents it does not say so")),
        Err(error) => {
            tracing::warn!(city = sibling.city, %error, "cannot ask whom it presents");
            Err(Problem::Fault)
        }
    }
}

fn knows(told: &Introduction, city: &str, base_url: &str) -> bool {
    let siblings = &told.siblings;
    siblings
        .iter()
        .any(|place| place.city.as_str() == city && place.base_url == base_url)
}

/// Whether a sibling knows us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It takes what we send.
    Yes,
    /// Somebody there has to say so.
    NotYet,
    /// Nor was it told of us: whoever presents us does not say so yet.
    NotTold,
}

/// Whether a sibling knows us, so that it takes what we send. One that was configured is taken to; one that was met
/// is asked until it says so, and told of us (if `tells`) where another city presents us.
///
/// # Errors
/// When it cannot be asked.
pub(crate) async fn is_known_to(
    inner: &Inner,
    sibling: &Sibling,
    tells: bool,
) -> Result<Known, FetchError> {
    let city = sibling.city.clone();
    let mut configured = inner.settings.peers.iter();
    if configured.any(|place| place.city == city) {
        return Ok(Known::Yes);
    }
    let store = inner.engine.store();
    let row = store.read(move |conn| rows::by_city(conn, &city)).await;
    let row = match row {
        Ok(Some(row)) if !row.is_mutual => row,
        Ok(_) => return Ok(Known::Yes),
        Err(error) => {
            tracing::error!(%error, "cannot see how a city was met");
            return Ok(Known::NotYet);
        }
    };
    let asked = introduction_of(inner, &sibling.base_url).await;
    let (told, _) = asked.map_err(|error| {
        tracing::debug!(city = sibling.city, %error, "it does not say whom it knows");
        FetchError::Unexpected("it does not say whom it knows")
    })?;
    if knows(&told, inner.city(), inner.base_url()) {
        if let Err(error) = bookkeeping::mutual(store, row.city).await {
            tracing::error!(%error, "cannot keep that a city knows us");
        }
        return Ok(Known::Yes);
    }
    let by = CitySlug::parse(&row.presented_by);
    let (true, Ok(by)) = (tells && row.met == Met::Presented.as_str(), by) else {
        return Ok(Known::NotYet);
    };
    match bring(inner, &sibling.base_url, Right::Presented(by)).await {
        Ok(()) => Ok(Known::NotYet),
        Err(error) => {
            tracing::debug!(city = sibling.city, %error, "it was not told of us");
            Ok(Known::NotTold)
        }
    }
}
