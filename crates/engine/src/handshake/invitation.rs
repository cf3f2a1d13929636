//! Invitations: made here, brought by the city that was invited.

use tequio_domain::{CitySlug, Digest, Invalid, Timestamp};
use tequio_protocol::{activity::introduction::Introduction, digest::sha256};
use tequio_store::{
    Tx,
    handshake::{self as rows, Invitation},
};

use super::{Refused, as_admin, own::known};
use crate::account::office::still_administers;
use crate::{Engine, Error, Member, Moment};

/// How long an invitation may be used, in seconds.
pub const INVITATION_S: i64 = 7 * 86_400;

/// Makes an invitation for a city, in place of an earlier one. Answers its address, which holds the secret and is
/// shown this once.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] of `city`.
pub async fn invite(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    city: &str,
) -> Result<String, Error> {
    admin.require_admin()?;
    let by = admin.account_id;
    let name = admin.name.clone();
    invite_as(engine, moment, city, name, Some(by)).await
}

/// The same for who administers the machine.
///
/// # Errors
/// [`Error::Invalid`] of `city`.
pub async fn invite_as_operator(
    engine: &Engine,
    moment: Moment,
    city: &str,
) -> Result<String, Error> {
    invite_as(engine, moment, city, String::new(), None).await
}

async fn invite_as(
    engine: &Engine,
    moment: Moment,
    city: &str,
    by_name: String,
    admin: Option<i64>,
) -> Result<String, Error> {
    let form = |_bad| Invalid::new("city", "city-form");
    let city = CitySlug::parse(city.trim()).map_err(form)?;
    let secret = Digest::new(moment.bytes("invitation")).to_hex();
    let me = engine.identity();
    let address = format!("{}/invitacion#{city}.{secret}", me.base_url);
    let own = engine.clone();
    let now = moment.now();
    let row = Invitation {
        city: city.to_string(),
        digest: sha256(secret.as_bytes()).to_hex(),
        used_by: String::new(),
        by_name,
        made_at: now.micros(),
        until_at: now.plus_seconds(INVITATION_S).micros(),
    };
    engine
        .store()
        .write(move |tx| {
            if let Some(id) = admin {
                still_administers(tx.conn(), id)?;
            }
            let is_known = known(tx.conn(), &own)?
                .iter()
                .any(|(slug, _)| *slug == row.city);
            if is_known || own.identity().city == city {
                return Err(Error::from(Invalid::new("city", "known-already")));
            }
            Ok(rows::put_invitation(tx, &row)?)
        })
        .await?;
    Ok(address)
}

/// Ends an invitation before its time.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn withdraw(engine: &Engine, admin: &Member, city: &str) -> Result<(), Error> {
    let city = city.to_owned();
    as_admin(engine, admin, move |tx| {
        Ok(rows::remove_invitation(tx, &city)?)
    })
    .await
}

/// The secret must be of our invitation for this city, and nobody else may have come with it.
pub(super) fn use_up(
    tx: &mut Tx<'_>,
    met: &Introduction,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refused> {
    let held = rows::invitation(tx.conn(), met.place.city.as_str())?;
    let held = held.filter(|held| {
        held.digest == sha256(secret.as_bytes()).to_hex()
            && now.micros() <= held.until_at
            && (held.used_by.is_empty() || held.used_by == met.place.base_url)
    });
    let held = held.ok_or(Refused::Invitation)?;
    let used = Invitation {
        used_by: met.place.base_url.clone(),
        ..held
    };
    Ok(rows::put_invitation(tx, &used)?)
}
