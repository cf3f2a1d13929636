//! What the benchmark needs of the machine: time, ports, directories, and what `/proc` says.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tempfile::TempDir;
use tequio_domain::Timestamp;
use tequio_engine::Moment;

/// The time.
pub fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

/// A moment of now that is like no other.
pub fn moment() -> Moment {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut entropy = [7; 32];
    entropy[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Moment::new(clock(), entropy)
}

/// A port of loopback that nobody listens on.
pub fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// An empty directory on the disk that holds `target`, gone when dropped.
pub fn directory() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// What is in memory for it.
    pub resident: u64,
    /// The same, with what it shares counted in parts.
    pub proportional: u64,
}

/// Of `/proc/{id}/smaps_rollup`.
pub fn memory_of(process: u32) -> Memory {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    Memory {
        resident: of("Rss:"),
        proportional: of("Pss:"),
    }
}

/// Waits until a process has used no processor time for half a second.
pub async fn rest(process: u32) {
    let mut used = processor_time_of(process);
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = processor_time_of(process);
        if std::mem::replace(&mut used, now) == now {
            return;
        }
    }
}

/// Processor time that a process has used, all threads, user and system: `/proc/{id}/stat`, in
/// ticks of 10 ms.
pub fn processor_time_of(process: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, rest) = text.rsplit_once(')').unwrap();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = [11, 12]
        .map(|index: usize| fields[index].parse::<u64>().unwrap())
        .iter()
        .sum();
    Duration::from_millis(ticks * 10)
}
