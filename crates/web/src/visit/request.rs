//! What a request's headers say, and what follows from a secret cookie.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use i18n_embed_fl::fl;
use tequio_domain::Locale;
use tequio_protocol::digest::sha256;

use crate::texts::Texts;

/// The CSRF token that belongs to a secret cookie: it can be shown in a page, the cookie cannot.
pub(super) fn csrf_of(secret: &str) -> String {
    sha256(format!("tequio csrf {secret}").as_bytes()).to_hex()
}

/// Compares without telling where the difference is.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |diff, (x, y)| diff | (x ^ y))
            == 0
}

pub(super) fn asked_language(headers: &HeaderMap) -> Locale {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    asked
        .unwrap_or_default()
        .split(',')
        .filter_map(|item| item.trim().get(..2))
        .find_map(Locale::parse)
        .unwrap_or(Locale::Es)
}

pub(super) fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|item| item.trim() == "br"))
}

/// The peer, or what a trusted proxy says is behind it: the last address that is not a proxy of ours.
pub(super) fn address(req: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = req
        .peer_addr()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    if !trusted.contains(&peer) {
        return peer;
    }
    let said = req
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    said.unwrap_or_default()
        .rsplit(',')
        .filter_map(|item| item.trim().parse().ok())
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// What is said after an action; unknown keys say nothing.
pub(super) fn notice(t: &Texts, key: &str) -> Option<String> {
    Some(match key {
        "published" => fl!(t, "notice-published"),
        "saved" => fl!(t, "notice-saved"),
        "city-met" => fl!(t, "notice-city-met"),
        "city-accepted" => fl!(t, "notice-city-accepted"),
        "city-refused" => fl!(t, "notice-city-refused"),
        "city-ended" => fl!(t, "notice-city-ended"),
        "invitation-withdrawn" => fl!(t, "notice-invitation-withdrawn"),
        "deleted" => fl!(t, "notice-deleted"),
        "password" => fl!(t, "notice-password"),
        "session-ended" => fl!(t, "notice-session-ended"),
        "approved" => fl!(t, "notice-approved"),
        "refused" => fl!(t, "notice-refused"),
        "reset" => fl!(t, "notice-reset"),
        "appointed" => fl!(t, "notice-appointed"),
        "dismissed" => fl!(t, "notice-dismissed"),
        "account-closed" => fl!(t, "notice-account-closed"),
        "account-opened" => fl!(t, "notice-account-opened"),
        "account-created" => fl!(t, "notice-account-created"),
        "followed" => fl!(t, "notice-followed"),
        "topic-followed" => fl!(t, "notice-topic-followed"),
        "unfollowed" => fl!(t, "notice-unfollowed"),
        "erased" => fl!(t, "notice-erased"),
        "report-closed" => fl!(t, "notice-report-closed"),
        "signed-out" => fl!(t, "notice-signed-out"),
        "acta" => fl!(t, "notice-acta"),
        "installed" => fl!(t, "notice-installed"),
        _ => return None,
    })
}
