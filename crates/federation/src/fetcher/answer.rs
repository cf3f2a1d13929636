//! Reading what a server sends, never more than we are ready to hold.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream};
use reqwest::Response;
use tokio::time::Instant;

use super::FetchError;

/// Reads a whole answer of at most `max_bytes` (after decompression).
pub(super) async fn read(mut response: Response, max_bytes: usize) -> Result<Bytes, FetchError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |length| length > max_bytes) {
        return Err(FetchError::TooLarge(max_bytes));
    }
    let mut bytes = BytesMut::new();
    while let Some(piece) = response.chunk().await? {
        if bytes.len().saturating_add(piece.len()) > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// Reads an answer as far as it comes in time and does not exceed `max_bytes`; a short one to its end,
/// so that the connection serves the next request.
pub(super) async fn beginning(
    mut response: Response,
    max_bytes: usize,
    deadline: Duration,
) -> Bytes {
    let mut bytes = BytesMut::new();
    let reading = async {
        while let Ok(Some(piece)) = response.chunk().await {
            let room = max_bytes.saturating_sub(bytes.len());
            bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if piece.len() > room {
                break;
            }
        }
    };
    // What came until then is what is kept.
    tokio::time::timeout(deadline, reading).await.ok();
    bytes.freeze()
}

/// A file on its way: read it as a stream. It ends with an error at the deadline, or when more
/// comes than was declared.
pub struct Download {
    response: Response,
    left_bytes: u64,
    size_bytes: u64,
    deadline: Instant,
}

impl Download {
    pub(super) fn new(response: Response, size_bytes: u64, deadline: Instant) -> Self {
        Self {
            response,
            left_bytes: size_bytes,
            size_bytes,
            deadline,
        }
    }

    /// The pieces in their order.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, FetchError>> + Send {
        stream::try_unfold(self, |mut download| async move {
            let piece = download.next().await?;
            Ok(piece.map(|piece| (piece, download)))
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let chunk = tokio::time::timeout_at(self.deadline, self.response.chunk()).await;
        let piece = match chunk {
            Ok(piece) => piece?,
            Err(_elapsed) => return Err(FetchError::TooSlow),
        };
        let length = piece
            .as_ref()
            .map_or(0, |piece| u64::try_from(piece.len()).unwrap_or(u64::MAX));
        let too_large =
            FetchError::TooLarge(usize::try_from(self.size_bytes).unwrap_or(usize::MAX));
        self.left_bytes = self.left_bytes.checked_sub(length).ok_or(too_large)?;
        Ok(piece)
    }
}
