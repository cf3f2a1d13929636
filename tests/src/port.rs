//! Free ports on loopback.
//!
//! They stay below those that the system gives to outgoing connections: a city that is down for a
//! while finds its port free when it comes back.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

const LOWEST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// How many ports this process has looked at.
static TRIED: AtomicU16 = AtomicU16::new(0);

/// A port on which nobody listens now, never given before by this process. It is held until the
/// listener goes.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free() -> (u16, TcpListener) {
    // Two test programs at once begin at different places.
    let start = u16::try_from(std::process::id().wrapping_mul(131) % u32::from(COUNT)).unwrap_or(0);
    loop {
        let tried = TRIED.fetch_add(1, Ordering::Relaxed);
        assert!(tried < COUNT, "no port is free");
        let port = LOWEST + (start + tried) % COUNT;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return (port, listener);
        }
    }
}
