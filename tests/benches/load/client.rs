//! A small HTTP/1.1 client with kept connections, and many of them at once.
//!
//! Raw TCP on purpose: generator and server share the machine's cores, so the generator must cost
//! little. It reads status and `Content-Length`, nothing else.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

use super::machine::processor_time_of;

/// Connections of [`press`].
pub const CONNECTIONS: usize = 64;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status line and headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 256 * 1024],
            filled: 0,
        })
    }

    /// Sends a request and answers the status; the answer stays in the buffer.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<u16> {
        self.filled = 0;
        self.stream.write_all(request).await?;
        let (head, length) = loop {
            self.fill().await?;
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break (end + 4, content_length(&self.buffer[..end + 2]));
            }
        };
        while self.filled < head + length {
            self.fill().await?;
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).ok();
        status
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| std::io::Error::other("no status"))
    }

    /// Sends a request and answers all of the answer.
    pub async fn answer(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.ask(request).await?;
        let received = &self.buffer[..self.filled];
        let end = find(received, b"\r\n\r\n").unwrap_or(received.len());
        Ok(Answer {
            head: String::from_utf8_lossy(&received[..end]).into_owned(),
            body: received.get(end + 4..).unwrap_or_default().to_vec(),
        })
    }

    async fn fill(&mut self) -> std::io::Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        let count = self.stream.read(&mut self.buffer[self.filled..]).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.filled += count;
        Ok(())
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let value = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    match value {
        Some((_, value)) => value.parse().unwrap(),
        None if head.contains("chunked") => panic!("an answer without a length: {head}"),
        None => 0,
    }
}

/// The text of a request; `headers` are whole lines without their ends.
pub fn request(method: &str, path: &str, host: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if method != "GET" {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// What many requests gave.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub count: usize,
    pub per_second: f64,
    /// Half of the answers came within so many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 came within so many milliseconds.
    pub p99_ms: f64,
    /// Processor time of the server for each, in microseconds.
    pub server_us: f64,
}

/// Where requests go, and whose processor time is counted.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub address: SocketAddr,
    pub process: u32,
}

/// Asks the same over and over on [`CONNECTIONS`] connections for as long as told, after half a
/// second that does not count.
pub async fn press(target: Target, request: &[u8], lasts: Duration) -> Figures {
    run(target, request, Duration::from_millis(500)).await;
    run(target, request, lasts).await
}

async fn run(target: Target, request: &[u8], lasts: Duration) -> Figures {
    let until = Instant::now() + lasts;
    let lanes = (0..CONNECTIONS).map(|_| {
        let mut left = true;
        let request = request.to_vec();
        move || {
            left = left && Instant::now() < until;
            left.then(|| request.clone())
        }
    });
    drive(target, lanes.collect(), 200).await
}

/// Sends what each lane gives, one after the other on a connection of its own, until all have
/// ended. Every answer must have this status.
pub async fn drive<L>(target: Target, lanes: Vec<L>, status: u16) -> Figures
where
    L: FnMut() -> Option<Vec<u8>> + 'static,
{
    let took = Rc::new(RefCell::new(Vec::<u32>::new()));
    let before = processor_time_of(target.process);
    let began = Instant::now();
    let set = LocalSet::new();
    for mut lane in lanes {
        let took = Rc::clone(&took);
        set.spawn_local(async move {
            let mut connection = Connection::open(target.address).await.unwrap();
            while let Some(request) = lane() {
                let sent = Instant::now();
                let answered = connection.ask(&request).await.unwrap();
                let us = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
                if answered != status {
                    let received = &connection.buffer[..connection.filled];
                    panic!("{answered}: {}", String::from_utf8_lossy(received));
                }
                took.borrow_mut().push(us);
            }
        });
    }
    set.await;
    let seconds = began.elapsed().as_secs_f64();
    let used = processor_time_of(target.process).saturating_sub(before);
    figures(took.take(), seconds, used)
}

/// Of what each took, in microseconds.
pub fn figures(mut took: Vec<u32>, seconds: f64, used: Duration) -> Figures {
    took.sort_unstable();
    let count = took.len();
    let at = |part: usize| f64::from(took[(count - 1) * part / 100]) / 1000.0;
    Figures {
        count,
        per_second: count as f64 / seconds,
        p50_ms: at(50),
        p99_ms: at(99),
        server_us: used.as_secs_f64() * 1e6 / count as f64,
    }
}
