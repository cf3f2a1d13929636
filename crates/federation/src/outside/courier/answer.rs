//! What the answer of another software to a delivery means.
//!
//! Source: Lemmy 0.19.20 and 1.0 (400 for nearly everything that it does not like, 404 for what it does
//! not know), PieFed, Mbin and NodeBB (2xx, judged later), Mastodon 4.x (202, 401, 503).

use crate::outside::capability::Family;

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was taken.
    Taken,
    /// It was there before.
    Known,
    /// It will never be taken: what comes after it may be.
    Refused,
    /// Nobody there follows the actor any more.
    NoFollowers,
    /// The inbox is gone for good.
    Gone,
    /// Our signature was not believed, in either format.
    Disbelieved,
    /// Later, perhaps.
    Later,
}

/// Judges a status and the beginning of a body.
#[must_use]
pub(super) fn judge(family: Family, status: u16, body: &str) -> Verdict {
    match (status, family) {
        (200..=299, _) => Verdict::Taken,
        (401 | 403, _) => Verdict::Disbelieved,
        (400, Family::Lemmy) if body.contains("community_has_no_followers") => Verdict::NoFollowers,
        // It says so of an activity whose id it has seen, and of objects of its own users.
        (400, Family::Lemmy) if is_duplicate(body) => Verdict::Known,
        // Of an object that it does not know, not of its inbox.
        (404, Family::Lemmy) => Verdict::Refused,
        (404 | 410, _) => Verdict::Gone,
        (408 | 425 | 429, _) => Verdict::Later,
        (400..=499, _) => Verdict::Refused,
        (_, _) => Verdict::Later,
    }
}

fn is_duplicate(body: &str) -> bool {
    ["duplicate", "already", "unknown", "local object"]
        .iter()
        .any(|word| body.to_ascii_lowercase().contains(word))
}

#[cfg(test)]
mod tests {
    use super::{Family, Verdict, judge};

    #[test]
    fn answers_mean_what_their_software_means() {
        for (family, status, body, verdict) in [
            (Family::Lemmy, 200, "", Verdict::Taken),
            (Family::Microblog, 202, "", Verdict::Taken),
            (Family::Lemmy, 400, r#"{"error":"unknown"}"#, Verdict::Known),
            (
                Family::Lemmy,
                400,
                r#"{"error":"community_has_no_followers"}"#,
                Verdict::NoFollowers,
            ),
            (Family::Lemmy, 400, "", Verdict::Refused),
            (Family::Lemmy, 404, "", Verdict::Refused),
            (Family::Lemmy, 410, "", Verdict::Gone),
            (Family::Microblog, 404, "", Verdict::Gone),
            (Family::Microblog, 410, "", Verdict::Gone),
            (Family::NodeBb, 424, "", Verdict::Refused),
            (Family::NodeBb, 403, "", Verdict::Disbelieved),
            (Family::Microblog, 401, "", Verdict::Disbelieved),
            (Family::Microblog, 413, "", Verdict::Refused),
            (Family::Microblog, 408, "", Verdict::Later),
            (Family::Discourse, 429, "", Verdict::Later),
            (Family::PieFed, 503, "", Verdict::Later),
            (Family::PieFed, 301, "", Verdict::Later),
        ] {
            assert_eq!(judge(family, status, body), verdict, "{family:?} {status}");
        }
    }
}
