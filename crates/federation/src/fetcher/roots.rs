//! Authorities whose certificates are trusted besides the system's.

use reqwest::Certificate;

/// Certificates of authorities; for development only, where servers on one machine sign their own.
#[derive(Debug, Clone, Default)]
pub struct ExtraRoots(pub(super) Vec<Certificate>);

/// The text holds no certificate, or something that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no certificates in PEM")]
pub struct NoCertificates;

impl ExtraRoots {
    /// Reads one or more certificates in PEM.
    ///
    /// # Errors
    /// [`NoCertificates`].
    pub fn from_pem(text: &str) -> Result<Self, NoCertificates> {
        let read = Certificate::from_pem_bundle(text.as_bytes());
        let certificates = read.unwrap_or_default();
        if certificates.is_empty() {
            return Err(NoCertificates);
        }
        Ok(Self(certificates))
    }
}
