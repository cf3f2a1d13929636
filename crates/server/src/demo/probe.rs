//! Asking the demonstration's cities how far they are.

use std::{process::Child, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Whether all cities hold the same of every topic, and that is something.
pub(super) async fn agree(ports: &[u16], topics: &[String]) -> bool {
    for topic in topics {
        let mut first: Option<Value> = None;
        for port in ports {
            let asked = timeout(Duration::from_secs(5), state(*port, topic)).await;
            let Ok(Some(state)) = asked else { return false };
            if *first.get_or_insert_with(|| state.clone()) != state {
                return false;
            }
        }
    }
    !ports.is_empty() && !topics.is_empty()
}

/// The digest of a topic's state in one city; `None` while it holds nothing.
async fn state(port: u16, topic: &str) -> Option<Value> {
    let answer: Value =
        serde_json::from_str(&get(port, &format!("/t/{topic}/digest")).await?).ok()?;
    answer
        .get("objects")?
        .as_u64()
        .filter(|objects| *objects > 0)?;
    answer.get("digest").cloned()
}

/// The body of a page of a city on this machine.
async fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request =
        format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.split_whitespace()
        .nth(1)
        .filter(|status| *status == "200")?;
    Some(body.to_owned())
}

/// Asks a city to stop in its own time; ends it when it cannot be asked.
pub(super) fn ask_to_stop(child: &mut Child) {
    let asked = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .is_ok_and(|status| status.success());
    if !asked && child.kill().is_err() {
        tracing::debug!("a city had ended already");
    }
}
