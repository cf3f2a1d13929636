//! The process that is measured: `tequio serve` with a configuration of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use super::{
    client::{Answer, Connection, Target, request},
    machine::free_port,
};

/// A city on this machine: name, address and directory. Nothing runs yet.
#[derive(Debug, Clone)]
pub struct Place {
    pub city: &'static str,
    pub port: u16,
    pub directory: PathBuf,
}

impl Place {
    pub fn new(city: &'static str, directory: &Path) -> Self {
        Self {
            city,
            port: free_port(),
            directory: directory.to_owned(),
        }
    }

    /// Name and port, as in the `Host` header.
    pub fn host(&self) -> String {
        format!("{}.localhost:{}", self.city, self.port)
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.host())
    }

    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    fn write_config(&self, sibling: Option<&Self>) -> PathBuf {
        let mut text = format!(
            "mode = \"development\"\ncity = \"{}\"\nurl = \"{}\"\nport = {}\ndata = \"{}\"\n\
             log = \"warn\"\ntrusted_proxies = [\"127.0.0.1\"]\n",
            self.city,
            self.base_url(),
            self.port,
            self.data().display(),
        );
        if let Some(sibling) = sibling {
            let (city, url) = (sibling.city, sibling.base_url());
            text.push_str(&format!(
                "[[siblings]]\ncity = \"{city}\"\nurl = \"{url}\"\n"
            ));
        }
        let path = self.directory.join("tequio.toml");
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// A city that serves, as a process of its own.
pub struct Server {
    pub place: Place,
    pub target: Target,
    child: Child,
}

impl Server {
    /// Starts it; answers how long it took from the start of the process to the first page.
    pub async fn start(place: &Place, sibling: Option<&Place>) -> (Self, Duration) {
        let config = place.write_config(sibling);
        let log = std::fs::File::create(place.directory.join("log.txt")).unwrap();
        let began = Instant::now();
        let child = Command::new(program())
            .args(["serve", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let process = child.id().unwrap();
        let mut server = Self {
            place: place.clone(),
            target: Target {
                address: place.address(),
                process,
            },
            child,
        };
        server.first_page().await;
        (server, began.elapsed())
    }

    async fn first_page(&mut self) {
        let asked = request(
            "GET",
            "/biblioteca",
            &self.place.host(),
            &["accept: text/html"],
            b"",
        );
        loop {
            if let Some(ended) = self.child.try_wait().unwrap() {
                let log = std::fs::read_to_string(self.place.directory.join("log.txt"));
                panic!("tequio ended with {ended}: {}", log.unwrap_or_default());
            }
            if let Ok(mut connection) = Connection::open(self.target.address).await
                && connection
                    .ask(&asked)
                    .await
                    .is_ok_and(|status| status == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }

    /// One request on a connection of its own.
    pub async fn ask(&self, request: &[u8]) -> Answer {
        let mut connection = Connection::open(self.target.address).await.unwrap();
        connection.answer(request).await.unwrap()
    }

    /// GET of a path.
    pub fn get(&self, path: &str, headers: &[&str]) -> Vec<u8> {
        request("GET", path, &self.place.host(), headers, b"")
    }

    /// Ends it as a service manager would.
    pub async fn stop(&mut self) {
        let process = self.target.process.to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status();
        assert!(told.await.unwrap().success());
        let ended = self.child.wait().await.unwrap();
        assert!(ended.success(), "tequio ended with {ended}");
    }
}

/// Where the release program is.
fn program() -> PathBuf {
    let path = std::env::var_os("TEQUIO_BIN").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("../release/tequio"),
        PathBuf::from,
    );
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --release`, or say where it is with TEQUIO_BIN",
        path.display()
    );
    path
}
