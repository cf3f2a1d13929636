//! Reading a body, bounded in size and time, and all bodies together in room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::web::{self, Bytes, BytesMut};
use futures::StreamExt as _;

use crate::problem::Problem;

/// Largest body, in bytes.
pub(super) const MAX_BYTES: usize = tequio_protocol::json::MAX_BYTES;
/// A body that is not complete by then is not waited for.
const DEADLINE: Duration = Duration::from_secs(10);
/// Most bytes of bodies that are held at once.
pub(crate) const ROOM_BYTES: usize = 64 * 1024 * 1024;
/// Of these, most for one address.
pub(crate) const ROOM_OF_ONE_BYTES: usize = 16 * 1024 * 1024;

/// The room for bodies that are being read or worked on.
#[derive(Default)]
pub(crate) struct Room(Mutex<Held>);

#[derive(Default)]
struct Held {
    bytes: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The room that one body takes, until this is dropped.
pub(super) struct Share<'a> {
    room: &'a Room,
    address: IpAddr,
    bytes: usize,
}

impl Room {
    pub(super) fn share(&self, address: IpAddr) -> Share<'_> {
        Share {
            room: self,
            address,
            bytes: 0,
        }
    }

    /// Bytes held, and by how many addresses.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        self.with(|held| (held.bytes, held.by_address.len()))
    }

    fn with<T>(&self, run: impl FnOnce(&mut Held) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Share<'_> {
    fn grow(&mut self, more: usize) -> Result<(), Problem> {
        let (address, fits) = (self.address, self.bytes.saturating_add(more) <= MAX_BYTES);
        if !fits {
            return Err(Problem::TooLarge);
        }
        let has_room = self.room.with(|held| {
            let own = held.by_address.get(&address).copied().unwrap_or(0);
            let (own, all) = (own.saturating_add(more), held.bytes.saturating_add(more));
            let has_room = own <= ROOM_OF_ONE_BYTES && all <= ROOM_BYTES;
            if has_room && more > 0 {
                held.bytes = all;
                held.by_address.insert(address, own);
            }
            has_room
        });
        if !has_room {
            return Err(Problem::Busy);
        }
        self.bytes = self.bytes.saturating_add(more);
        Ok(())
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.room.with(|held| {
            held.bytes = held.bytes.saturating_sub(self.bytes);
            if let Some(own) = held.by_address.get_mut(&self.address) {
                *own = own.saturating_sub(self.bytes);
                if *own == 0 {
                    held.by_address.remove(&self.address);
                }
            }
        });
    }
}

/// Reads the whole body into the room of `share`.
pub(super) async fn read(payload: web::Payload, share: &mut Share<'_>) -> Result<Bytes, Problem> {
    match tokio::time::timeout(DEADLINE, read_all(payload, share)).await {
        Ok(body) => body,
        Err(_elapsed) => Err(Problem::TooSlow),
    }
}

async fn read_all(mut payload: web::Payload, share: &mut Share<'_>) -> Result<Bytes, Problem> {
    let Some(first) = next(&mut payload, share).await? else {
        return Ok(Bytes::new());
    };
    let Some(second) = next(&mut payload, share).await? else {
        return Ok(first);
    };
    let mut body = BytesMut::from(first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        body.extend_from_slice(&bytes);
        piece = next(&mut payload, share).await?;
    }
    Ok(body.freeze())
}

async fn next(payload: &mut web::Payload, share: &mut Share<'_>) -> Result<Option<Bytes>, Problem> {
    let Some(piece) = payload.next().await else {
        return Ok(None);
    };
    let piece = piece.map_err(|_broken| Problem::Interrupted)?;
    share.grow(piece.len())?;
    Ok(Some(piece))
}
