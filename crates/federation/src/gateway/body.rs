//! Reading a body, bounded in size and time.

use std::time::Duration;

use actix_web::web::{self, Bytes, BytesMut};
use futures::StreamExt as _;

use crate::problem::Problem;

/// Largest body, in bytes.
pub(super) const MAX_BYTES: usize = tequio_protocol::json::MAX_BYTES;
/// A body that is not complete by then is not waited for.
const DEADLINE: Duration = Duration::from_secs(10);

/// Reads the whole body.
pub(super) async fn read(payload: web::Payload) -> Result<Bytes, Problem> {
    match tokio::time::timeout(DEADLINE, read_all(payload)).await {
        Ok(body) => body,
        Err(_elapsed) => Err(Problem::TooSlow),
    }
}

async fn read_all(mut payload: web::Payload) -> Result<Bytes, Problem> {
    let Some(first) = payload.next().await else {
        return Ok(Bytes::new());
    };
    let first = first.map_err(|_broken| Problem::Interrupted)?;
    if first.len() > MAX_BYTES {
        return Err(Problem::TooLarge);
    }
    let Some(second) = payload.next().await else {
        return Ok(first);
    };
    let mut body = BytesMut::from(first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        let bytes = bytes.map_err(|_broken| Problem::Interrupted)?;
        if body.len().saturating_add(bytes.len()) > MAX_BYTES {
            return Err(Problem::TooLarge);
        }
        body.extend_from_slice(&bytes);
        piece = payload.next().await;
    }
    Ok(body.freeze())
}
