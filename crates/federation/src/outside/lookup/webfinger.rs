//! From a name to an actor and back (RFC 7033): the name's host and the actor's host must agree.
//!
//! Start at [`find`]. The subject that counts is the one of the host that it names: a host that calls its
//! actor `bank@big.example` is believed when `big.example` points to the same actor.

use tequio_protocol::activity::server_of;
use tequio_protocol::outside::OutsideActor;
use tequio_protocol::outside::webfinger::{Handle, Said};
use url::Url;

use super::LookupError;
use crate::outside::origin::Errand;

/// Most links with `rel: self` that are tried: Lemmy gives a person and a community of one name.
const MAX_SELVES: usize = 3;

/// The actor of a name.
///
/// # Errors
/// [`LookupError`].
pub(super) async fn find(
    errand: &mut Errand<'_>,
    handle: &Handle,
) -> Result<OutsideActor, LookupError> {
    let said = ask(errand, handle).await?;
    for address in said.actors.iter().take(MAX_SELVES) {
        let actor = errand.actor(address).await?;
        if handle.is_group && actor.kind != "Group" && said.actors.len() > 1 {
            continue;
        }
        agree(errand, handle, &said.subject, &actor).await?;
        return Ok(actor);
    }
    Err(LookupError::NotFound)
}

/// Checks that the host of the subject and the host of the actor mean this actor by this name.
async fn agree(
    errand: &mut Errand<'_>,
    asked: &Handle,
    subject: &Handle,
    actor: &OutsideActor,
) -> Result<(), LookupError> {
    let url = Url::parse(&actor.id).map_err(|_bad_url| LookupError::NotActivityPub)?;
    let scheme = url.scheme().to_owned();
    let server = server_of(&actor.id).unwrap_or_default();
    let own = Handle::read(&format!("{}@{server}", actor.name), &scheme)
        .ok_or(LookupError::NotActivityPub)?;
    let mut sure = vec![asked.clone()];
    for handle in [subject, &own] {
        if sure.iter().any(|known| known.is(handle)) {
            continue;
        }
        let said = ask(errand, handle).await?;
        if !said.subject.is(subject) || !said.actors.contains(&actor.id) {
            return Err(LookupError::NotActivityPub);
        }
        sure.push(handle.clone());
    }
    Ok(())
}

async fn ask(errand: &mut Errand<'_>, handle: &Handle) -> Result<Said, LookupError> {
    let mut url = Url::parse(&handle.host_url).map_err(|_bad_url| LookupError::NotAName)?;
    url.set_path("/.well-known/webfinger");
    url.query_pairs_mut()
        .append_pair("resource", &handle.account());
    let document = errand.resource(&url).await?;
    Said::read(&document, url.scheme(), handle.is_group).ok_or(LookupError::NotActivityPub)
}
