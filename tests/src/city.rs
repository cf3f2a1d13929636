//! One city: its configuration, its data directory, its process.
//!
//! Start at [`City::start`]. [`City::kill`] is the power failure, [`City::stop`] what an operator
//! does; both leave everything on disk for the next start.

use std::fs::{self, File, OpenOptions};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::browser::Browser;
use crate::{program, wait};

/// How long a city may take to answer after its start, or to end after it was asked.
const DEADLINE: Duration = Duration::from_secs(30);

/// One city, running or not. Its process ends with it.
#[derive(Debug)]
pub struct City {
    /// Slug in the kit.
    pub slug: String,
    /// `http://{slug}.localhost:{port}`, with the port of the line that leads to it when there is one.
    pub url: String,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// Holds `tequio.toml`, `tequio.log` and `data`.
    pub folder: PathBuf,
    pub(crate) reserved: Option<TcpListener>,
    pub(crate) process: Option<Child>,
    pub(crate) environment: Vec<(String, String)>,
}

impl City {
    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.join("tequio.toml")
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The host and port of its address, as in `Host`.
    ///
    /// # Panics
    /// When its address is none.
    #[must_use]
    pub fn authority(&self) -> String {
        let (_, authority) = self.url.split_once("://").expect("an address");
        authority.to_owned()
    }

    /// Everything it has logged, over all its starts.
    ///
    /// # Panics
    /// When it was never started.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("tequio.log")).expect("a city was started")
    }

    /// Sets an environment variable for all starts to come.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Starts `tequio serve` without waiting for it.
    ///
    /// # Panics
    /// When it runs already, or cannot be started.
    pub fn launch(&mut self) {
        assert!(self.process.is_none(), "{} runs already", self.slug);
        self.release_port();
        let log = self.open_log();
        let child = Command::new(program::path())
            .arg("serve")
            .arg("--config")
            .arg(self.config())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("tequio can be started");
        self.process = Some(child);
    }

    /// Lets go of the port that is held until the first start.
    pub fn release_port(&mut self) {
        self.reserved = None;
    }

    fn open_log(&self) -> File {
        let path = self.folder.join("tequio.log");
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .expect("a log can be written")
    }

    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// When it ends, or does not answer in time: with its log.
    pub async fn start(&mut self) {
        self.launch();
        self.answers().await;
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// As [`City::start`].
    pub async fn answers(&mut self) {
        let slug = self.slug.clone();
        wait::until(DEADLINE, &format!("{slug} answers"), async || {
            let child = self.process.as_mut().expect("it was launched");
            if let Some(status) = child.try_wait().expect("a child can be asked") {
                panic!("{slug} ended ({status}):\n{}", self.log());
            }
            // It listens a little before it answers, so connecting alone says nothing.
            match Browser::new(self).try_get("/robots.txt").await {
                Ok(page) if page.status == 200 => Ok(()),
                other => Err((other, self.log())),
            }
        })
        .await;
    }

    /// Whether it was started and not ended by the test.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// `kill -9`, and all its data are gone, for good.
    ///
    /// # Panics
    /// When it does not run, or its data cannot be removed.
    pub fn destroy(&mut self) {
        self.kill();
        fs::remove_dir_all(self.data()).expect("its data can be removed");
    }

    /// `kill -9`: it has no chance to finish anything.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut child = self.process.take().expect("it runs");
        child.kill().expect("a child can be killed");
        child.wait().expect("a killed child ends");
    }

    /// Whether it has ended by itself; from then on it can be started again.
    ///
    /// # Panics
    /// When it was not started.
    pub fn has_died(&mut self) -> bool {
        let child = self.process.as_mut().expect("it was started");
        let ended = child.try_wait().expect("a child can be asked").is_some();
        if ended {
            self.process = None;
        }
        ended
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    ///
    /// # Panics
    /// When it does not run, does not end in time, or ends with an error.
    pub async fn stop(&mut self) {
        let mut child = self.process.take().expect("it runs");
        let id = child.id().to_string();
        let asked = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill is there");
        assert!(
            asked.success(),
            "{} had ended by itself:\n{}",
            self.slug,
            self.log()
        );
        let ended = wait::until(DEADLINE, &format!("{} ends", self.slug), async || {
            child
                .try_wait()
                .expect("a child can be asked")
                .ok_or("it still runs")
        })
        .await;
        assert!(
            ended.success(),
            "{} ended badly ({ended}):\n{}",
            self.slug,
            self.log()
        );
    }

    /// Runs another command of the program on this city: `digest`, `rebuild`.
    ///
    /// # Panics
    /// When the program cannot be started.
    #[must_use]
    pub fn command(&self, name: &str) -> Output {
        self.run(&[name])
    }

    /// Runs the program with these arguments on this city.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(program::path())
            .args(arguments)
            .arg("--config")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .expect("tequio can be started")
    }

    /// [`City::command`] that must succeed; answers what it printed.
    ///
    /// # Panics
    /// When it fails.
    #[must_use]
    pub fn command_text(&self, name: &str) -> String {
        self.run_text(&[name])
    }

    /// [`City::run`] that must succeed; answers what it printed.
    ///
    /// # Panics
    /// When it fails.
    #[must_use]
    pub fn run_text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let problem = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "tequio {arguments:?} of {}: {problem}",
            self.slug
        );
        String::from_utf8(output.stdout).expect("the program prints text")
    }

    /// Looks at a stopped city as its operator would: entries, files and tables are what they should be, and tables
    /// that are filled anew hold the same. Answers the digests of its topics.
    ///
    /// # Panics
    /// When something is wrong: with what.
    #[must_use]
    pub fn is_sound(&self) -> String {
        let told = self.command_text("verify");
        assert!(told.contains("entries in"), "{}: {told}", self.slug);
        let digest = self.command_text("digest");
        let told = self.command_text("rebuild");
        assert!(told.contains("entries"), "{}: {told}", self.slug);
        assert_eq!(self.command_text("digest"), digest, "{}", self.slug);
        digest
    }

    /// The one-time token for the first administrator that the last start printed.
    ///
    /// # Panics
    /// When it printed none.
    #[must_use]
    pub fn setup_token(&self) -> String {
        let log = self.log();
        let (_, rest) = log
            .rsplit_once("/instalar?token=")
            .expect("the log names a token");
        rest.chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        if let Some(mut child) = self.process.take() {
            // It may have ended by itself; either way it is gone after this.
            drop(child.kill());
            drop(child.wait());
        }
    }
}
