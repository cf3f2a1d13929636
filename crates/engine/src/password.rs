//! Passwords: argon2id, 19 MiB, two passes, one lane; two at a time.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::{Error, Moment};

/// Hashing takes 19 MiB and 20 ms of a core: more at once would let visitors exhaust both.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is verified for names that do not exist, so that they take as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The PHC string of a new password.
///
/// # Errors
/// Only our own faults.
pub async fn hash(password: &str, moment: &Moment) -> Result<String, Error> {
    let salt = moment.bytes("salt");
    let password = password.to_owned();
    run(move || {
        let salt = salt.get(..16).unwrap_or_default();
        let hash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), salt)
            .map_err(Error::internal)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one of the hash; without a hash: no, after the same work.
///
/// # Errors
/// Only our own faults.
pub async fn verify(password: &str, hash: Option<String>) -> Result<bool, Error> {
    let password = password.to_owned();
    run(move || {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
        let same = Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok();
        Ok(same && exists)
    })
    .await
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
}
