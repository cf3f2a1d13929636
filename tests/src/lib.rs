//! Tests that need whole servers.
