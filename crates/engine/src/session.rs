//! Signing in and out.

use tequio_domain::{AccountState, Locale, Role};
use tequio_protocol::digest::sha256;
use tequio_store::account::{self, Account};

use crate::{Engine, Error, Moment, password};

/// Somebody who may act: an active account. Made by [`authenticate`], [`sign_in`] and the operator.
#[derive(Debug, Clone)]
pub struct Member {
    pub(crate) account_id: i64,
    pub(crate) name: String,
    pub(crate) person_uri: String,
    pub(crate) role: Role,
    pub(crate) locale: Locale,
}

/// How long a session lives without renewal, in seconds.
pub const SESSION_S: i64 = 30 * 24 * 3600;
/// How old the last sign of life may grow before it is written again, in seconds.
const TOUCH_S: i64 = 600;

impl Member {
    /// Of an account row, when it is active.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`] when the account is pending or closed.
    pub(crate) fn of(account: &Account) -> Result<Self, Error> {
        if account.state != AccountState::Active.as_str() {
            return Err(Error::WrongCredentials);
        }
        Ok(Self {
            account_id: account.id,
            name: account.name.clone(),
            person_uri: account.person_uri.clone(),
            role: Role::parse(&account.role)
                .ok_or_else(|| Error::internal(format!("role {}", account.role)))?,
            locale: Locale::parse(&account.locale).unwrap_or(Locale::Es),
        })
    }

    /// Row key of the account.
    #[must_use]
    pub const fn account_id(&self) -> i64 {
        self.account_id
    }

    /// Name in addresses.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// ActivityPub id.
    #[must_use]
    pub fn person_uri(&self) -> &str {
        &self.person_uri
    }

    /// Language chosen.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// Whether this member runs the instance.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Refuses who does not.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require_admin(&self) -> Result<(), Error> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(Error::Forbidden("administer"))
        }
    }
}

/// A new session.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub member: Member,
    /// 64 hex digits: goes into the cookie and nowhere else.
    pub token: String,
}

/// Checks name and password and opens a session. Takes as long for a name that does not exist.
///
/// # Errors
/// [`Error::WrongCredentials`], for every reason alike.
pub async fn sign_in(
    engine: &Engine,
    moment: Moment,
    name: &str,
    given: &str,
) -> Result<SignedIn, Error> {
    let name = name.trim().to_lowercase();
    let held = engine
        .store()
        .read(move |conn| account::by_name(conn, &name))
        .await?;
    let hash = held.as_ref().map(|account| account.password_hash.clone());
    if !password::verify(given, hash).await? {
        return Err(Error::WrongCredentials);
    }
    let member = Member::of(&held.ok_or(Error::WrongCredentials)?)?;
    let token = hex(&moment.bytes("session"));
    let now = moment.now();
    let row = account::Session {
        token_digest: sha256(token.as_bytes()).to_hex(),
        account_id: member.account_id,
        created_at: now.micros(),
        seen_at: now.micros(),
        expires_at: now.plus_seconds(SESSION_S).micros(),
    };
    engine
        .store()
        .write(move |tx| {
            account::forget_expired_sessions(tx, now.micros())?;
            account::add_session(tx, &row)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(SignedIn { member, token })
}

/// Who a session's token belongs to; `None` when it is unknown, expired or its account not active.
///
/// # Errors
/// The database's.
pub async fn authenticate(
    engine: &Engine,
    moment: Moment,
    token: &str,
) -> Result<Option<Member>, Error> {
    let digest = sha256(token.as_bytes()).to_hex();
    let now = moment.now();
    let asked = digest.clone();
    let held = engine
        .store()
        .read(move |conn| account::session(conn, &asked, now.micros()))
        .await?;
    let Some((session, account)) = held else {
        return Ok(None);
    };
    if now.plus_seconds(-TOUCH_S).micros() > session.seen_at {
        let touched = engine
            .store()
            .write(move |tx| account::touch_session(tx, &digest, now.micros()))
            .await;
        // Who only reads goes on reading, also when the disk is full.
        if let Err(error) = touched {
            tracing::warn!(%error, "cannot note when a session was last seen");
        }
    }
    match Member::of(&account) {
        Ok(member) => Ok(Some(member)),
        Err(Error::WrongCredentials) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Ends the session of a token.
///
/// # Errors
/// The database's.
pub async fn sign_out(engine: &Engine, member: &Member, token: &str) -> Result<(), Error> {
    end(engine, member, sha256(token.as_bytes()).to_hex()).await
}

/// Ends one session of a member, by the digest that the list of sessions shows.
///
/// # Errors
/// The database's.
pub async fn end(engine: &Engine, member: &Member, token_digest: String) -> Result<(), Error> {
    let id = member.account_id;
    Ok(engine
        .store()
        .write(move |tx| account::end_session(tx, id, &token_digest))
        .await?)
}

/// Lower-case hex.
fn hex(bytes: &[u8; 32]) -> String {
    tequio_domain::Digest::new(*bytes).to_hex()
}
