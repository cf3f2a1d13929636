//! Who administers, and who coordinates a topic for the city: appointed by another administrator, or by the operator of the machine.

use std::collections::BTreeSet;

use tequio_domain::{AccountState, Role, text};
use tequio_store::{Conn, account, topic, topic_coordinator};

use crate::{Engine, Error, Member, Moment, password};

/// An administrator makes a member an administrator too, or ends that. Nobody does it to themselves, so
/// that there always is one.
///
/// # Errors
/// [`Error::Forbidden`], also for one's own account and one that is not active; [`Error::NotFound`].
pub async fn set_role(
    engine: &Engine,
    admin: &Member,
    account_id: i64,
    role: Role,
) -> Result<(), Error> {
    admin.require_admin()?;
    if admin.account_id == account_id {
        return Err(Error::Forbidden("change your own role"));
    }
    let by = admin.account_id;
    engine
        .store()
        .write(move |tx| {
            still_administers(tx.conn(), by)?;
            must_be_active(tx.conn(), account_id)?;
            Ok(account::set_role(tx, account_id, role.as_str())?)
        })
        .await
}

/// An administrator chooses the topics that a member coordinates for the city: there they rule while the
/// city holds the term, and nothing else. An empty list ends it.
///
/// # Errors
/// [`Error::Forbidden`], also for an account that is not active; [`Error::NotFound`], also for a topic.
pub async fn set_topics(
    engine: &Engine,
    admin: &Member,
    account_id: i64,
    topics: Vec<String>,
) -> Result<(), Error> {
    admin.require_admin()?;
    let by = admin.account_id;
    engine
        .store()
        .write(move |tx| {
            still_administers(tx.conn(), by)?;
            must_be_active(tx.conn(), account_id)?;
            let mut ids = BTreeSet::new();
            for slug in &topics {
                ids.insert(topic::by_slug(tx.conn(), slug)?.id);
            }
            let ids: Vec<i64> = ids.into_iter().collect();
            Ok(topic_coordinator::put(tx, account_id, &ids)?)
        })
        .await
}

/// Of two administrators who end each other's office at once, the second comes too late.
pub(crate) fn still_administers(conn: &mut Conn, account_id: i64) -> Result<(), Error> {
    Member::of(&account::by_id(conn, account_id)?)?.require_admin()
}

fn must_be_active(conn: &mut Conn, account_id: i64) -> Result<(), Error> {
    let row = account::by_id(conn, account_id)?;
    if row.state == AccountState::Active.as_str() {
        Ok(())
    } else {
        Err(Error::Forbidden(
            "give an office to an account that is not active",
        ))
    }
}

/// What the operator changes in an account when nobody can do it on the pages.
#[derive(Debug, Clone, Default)]
pub struct Rescue {
    /// The member becomes an administrator.
    pub appoint: bool,
    /// A new password; all sessions end.
    pub password: Option<String>,
}

/// The operator of the machine helps a member who can sign in no more, or a city without administrator.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::WrongCredentials`] when the account is not active; [`Error::Invalid`] of
/// `password`.
pub async fn rescue(
    engine: &Engine,
    moment: Moment,
    name: &str,
    rescue: Rescue,
) -> Result<(), Error> {
    let id = super::member(engine, name).await?.account_id;
    let hash = match rescue.password {
        Some(new) => Some(password::hash(text::password(&new)?, &moment).await?),
        None => None,
    };
    engine
        .store()
        .write(move |tx| {
            if rescue.appoint {
                account::set_role(tx, id, Role::Admin.as_str())?;
            }
            if let Some(hash) = hash {
                account::set_password_hash(tx, id, &hash)?;
                account::end_sessions(tx, id, "")?;
            }
            Ok(())
        })
        .await
}
