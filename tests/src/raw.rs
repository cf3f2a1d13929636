//! Requests written byte by byte, for what no client library would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::city::City;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// A request, header by header.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers in order; repeated ones are sent repeated.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Request {
    /// Replaces a header.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    /// Adds a header, beside one of the same name.
    pub fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Takes all headers of a name away.
    pub fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(held, _)| !held.eq_ignore_ascii_case(name));
    }

    /// The first header of a name; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(held, _)| held.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Sends the body in chunks, without saying how long it is.
    pub fn chunk(&mut self) {
        let mut body = Vec::new();
        for chunk in self.body.chunks(64 * 1024) {
            body.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            body.extend(chunk);
            body.extend(b"\r\n");
        }
        body.extend(b"0\r\n\r\n");
        self.body = body;
        self.set("transfer-encoding", "chunked");
    }

    /// Sends it to a city and answers the status. `content-length` is added unless the length is told
    /// otherwise.
    ///
    /// # Panics
    /// When no status comes back.
    pub async fn send(&self, city: &City) -> u16 {
        let answer = tokio::time::timeout(DEADLINE, self.exchange(city)).await;
        let answer = answer.expect("an answer in time").expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer
            .split_whitespace()
            .nth(1)
            .and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("no status: {answer:?}"))
    }

    async fn exchange(&self, city: &City) -> std::io::Result<Vec<u8>> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        let is_framed =
            ["content-length", "transfer-encoding"].map(|name| !self.header(name).is_empty());
        if !is_framed.contains(&true) {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).into_bytes());
        }
        bytes.extend(b"connection: close\r\n\r\n");
        bytes.extend(&self.body);
        let stream = TcpStream::connect(("127.0.0.1", city.port)).await?;
        let (mut reading, mut writing) = stream.into_split();
        // A server may answer and close before it has read everything.
        let sending =
            tokio::spawn(async move { writing.write_all(&bytes).await.map(|()| writing) });
        let mut answer = Vec::new();
        let read = reading.read_to_end(&mut answer).await;
        let sent = sending.await.map_err(std::io::Error::other)?;
        if answer.is_empty() {
            read?;
            sent?;
        }
        Ok(answer)
    }
}
