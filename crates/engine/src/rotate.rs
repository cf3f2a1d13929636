//! New keys in place of old ones, for when one may have been seen by others, and once in a while.
//!
//! What must stay true: the new key of a group or member is named by the old one in every log where the
//! old one counts, in the same transaction in which it is given up. So whoever holds the log, now or in
//! ten years, follows the change without asking anybody.

use tequio_protocol::{activity::Act, keys::Ed25519PrivateKey};
use tequio_store::{Tx, account as accounts, log, person, setting, topic};

use crate::{
    Engine, Error, Moment,
    account::{card_of, sign_card},
    found::{TRANSPORT_KEY, new_transport_key},
    identity::Signer,
    materialize::person_row,
};

/// A new key for this city's group of a topic.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub async fn group(engine: &Engine, moment: Moment, slug: &str) -> Result<(), Error> {
    let slug = slug.to_owned();
    let topic = engine
        .store()
        .read(move |conn| topic::by_slug(conn, &slug))
        .await?;
    let pen = engine.pen(topic.id, moment).await?;
    let uri = pen.group.uri.clone();
    let next = Ed25519PrivateKey::generate().map_err(Error::internal)?;
    let done = uri.clone();
    engine
        .store()
        .write(move |tx| {
            let act = Act::Rekey {
                object: uri.clone(),
                key: next.public().to_multibase(),
            };
            pen.write_as_group(tx, act)?;
            give(tx, &uri, &next, moment)
        })
        .await?;
    engine.forget_key(&done);
    Ok(())
}

/// A new key for a member, by name in addresses.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn member(engine: &Engine, moment: Moment, name: &str) -> Result<(), Error> {
    let asked = name.to_owned();
    let row = engine
        .store()
        .read(move |conn| accounts::by_name(conn, &asked))
        .await?;
    let row = row.ok_or(Error::NotFound)?;
    let old = engine.signer(&row.person_uri).await?;
    let next = Signer {
        uri: row.person_uri.clone(),
        key: Ed25519PrivateKey::generate().map_err(Error::internal)?,
    };
    let (mut card, _) = card_of(&row)?;
    card.public_key = next.key.public().to_multibase();
    card.updated = moment.now();
    let me = engine.identity();
    let (signed, card_uri) = sign_card(&me.base_url, &moment, &card, &next.key)?;
    let pens = engine.pens(moment).await?;
    let (city, uri) = (me.city.to_string(), row.person_uri.clone());
    engine
        .store()
        .write(move |tx| {
            let mut known_in = Vec::new();
            for pen in &pens {
                if log::author_key(tx.conn(), pen.log_id, &old.uri)?.is_some() {
                    let act = Act::Rekey {
                        object: old.uri.clone(),
                        key: card.public_key.clone(),
                    };
                    pen.write_as_member(tx, row.id, &old, act)?;
                    known_in.push(pen);
                }
            }
            accounts::set_card(tx, row.id, &signed)?;
            person::put(tx, &person_row(row.id, &city, &card, &card_uri))?;
            give(tx, &next.uri, &next.key, moment)?;
            known_in
                .into_iter()
                .try_for_each(|pen| pen.put_card(tx, row.id, &next.uri))
        })
        .await?;
    engine.forget_key(&uri);
    Ok(())
}

/// A new key for the requests of this city. Siblings fetch it when the old one does not hold any more. It
/// is used from the next start on.
///
/// # Errors
/// The database's.
pub async fn transport(engine: &Engine) -> Result<(), Error> {
    let pem = new_transport_key()?;
    engine
        .store()
        .write(move |tx| Ok(setting::put(tx, TRANSPORT_KEY, &pem)?))
        .await
}

fn give(tx: &mut Tx<'_>, uri: &str, key: &Ed25519PrivateKey, moment: Moment) -> Result<(), Error> {
    let row = setting::ActorKey {
        actor_uri: uri.to_owned(),
        private_key: key.to_multibase(),
        public_key: key.public().to_multibase(),
        created_at: moment.now().micros(),
    };
    Ok(setting::set_actor_key(tx, &row)?)
}
