//! Random bytes for keys, tokens and ids, from the same generator that makes the keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The system gave no randomness. Nothing secret may be made; answer that the server is at fault.
#[derive(Debug, thiserror::Error)]
#[error("the random generator of this machine does not answer")]
pub struct RandomError(#[source] openssl::error::ErrorStack);

/// `N` random bytes fit for secrets.
///
/// # Errors
/// [`RandomError`] when the generator cannot be seeded.
pub fn bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    openssl::rand::rand_bytes(&mut bytes).map_err(RandomError)?;
    Ok(bytes)
}

/// 256 random bits.
///
/// # Errors
/// As [`bytes`].
pub fn bytes32() -> Result<[u8; 32], RandomError> {
    bytes::<32>()
}

/// 256 random bits as 43 characters that need no escaping in URLs, cookies and forms.
///
/// # Errors
/// As [`bytes`].
pub fn token() -> Result<String, RandomError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes32()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(bytes32().unwrap(), bytes32().unwrap());
    }

    #[test]
    fn a_token_is_43_url_safe_characters() {
        let token = token().unwrap();
        assert_eq!(token.len(), 43);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }
}
