//! A member has forgotten the password: an administrator makes a link that serves once.

use tequio_domain::{AccountState, Digest, Invalid, Timestamp, text};
use tequio_protocol::digest::sha256;
use tequio_store::{Conn, account, setting};

use super::office::still_administers;
use crate::{Engine, Error, Member, Moment, password};

/// How long a link may be used, in seconds.
pub const LINK_S: i64 = 48 * 3600;

/// A one-time token for a member's new password; a new one replaces the old. Only its digest is kept.
///
/// # Errors
/// [`Error::Forbidden`], also for an account that is not active; [`Error::NotFound`].
pub async fn offer(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    account_id: i64,
) -> Result<String, Error> {
    admin.require_admin()?;
    let token = Digest::new(moment.bytes("reset")).to_hex();
    let digest = sha256(token.as_bytes()).to_hex();
    let until = moment.now().plus_seconds(LINK_S).micros();
    let by = admin.account_id;
    engine
        .store()
        .write(move |tx| {
            still_administers(tx.conn(), by)?;
            if account::by_id(tx.conn(), account_id)?.state != AccountState::Active.as_str() {
                return Err(Error::Forbidden("let a closed account in"));
            }
            let kept = format!("{digest} {until}");
            Ok(setting::put(tx, &name_of(account_id), &kept)?)
        })
        .await?;
    Ok(token)
}

/// Sets the new password, once, and ends all sessions. Signs nobody in.
///
/// # Errors
/// [`Error::Invalid`] of `password`; of `token` for every other reason, an unknown name among them.
pub async fn redeem(
    engine: &Engine,
    moment: Moment,
    name: &str,
    token: &str,
    new: &str,
) -> Result<(), Error> {
    let new = text::password(new)?;
    let (name, now) = (name.to_owned(), moment.now());
    let digest = sha256(token.trim().as_bytes()).to_hex();
    let asked = digest.clone();
    let id = engine
        .store()
        .read(move |conn| {
            let held = account::by_name(conn, &name)?;
            let id = held.ok_or_else(refused)?.id;
            check(conn, id, &asked, now)?;
            Ok::<_, Error>(id)
        })
        .await?;
    let hash = password::hash(new, &moment).await?;
    // Looked at again where it is used up: of two at once, one comes too late.
    engine
        .store()
        .write(move |tx| {
            check(tx.conn(), id, &digest, now)?;
            setting::remove(tx, &name_of(id))?;
            account::set_password_hash(tx, id, &hash)?;
            Ok(account::end_sessions(tx, id, "")?)
        })
        .await
}

/// In the table `setting`: digest of the token, and until when it may be used.
fn name_of(account_id: i64) -> String {
    format!("password_link {account_id}")
}

fn check(conn: &mut Conn, id: i64, digest: &str, now: Timestamp) -> Result<(), Error> {
    let held = setting::get(conn, &name_of(id))?;
    let held = held.as_deref().and_then(|held| held.split_once(' '));
    let is_valid = held.is_some_and(|(kept, until)| {
        kept == digest
            && until
                .parse::<i64>()
                .is_ok_and(|until| now.micros() <= until)
    });
    let is_active = account::by_id(conn, id)?.state == AccountState::Active.as_str();
    if is_valid && is_active {
        Ok(())
    } else {
        Err(refused())
    }
}

fn refused() -> Error {
    Invalid::new("token", "expired-link").into()
}
