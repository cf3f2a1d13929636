//! A PostgreSQL of our own for the time of a test run.
//!
//! Start at [`Cluster::start`]. What must stay true: it listens on a unix socket only, in a folder
//! of its own, under a user who is not root (`initdb` refuses root), and it ends with this process,
//! however this process ends: a small shell script holds the server and waits for the end of its
//! standard input, which the kernel closes for us.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::command::{self, Error, about};
use crate::packages;

/// Arguments: 1 the folder, 2 the folder of PostgreSQL's programs. Prints `ready` when the server
/// answers. Durability is switched off: what is tested here survives no power cut anyway.
const SCRIPT: &str = r#"
trap '' HUP INT TERM PIPE
cd "$1" || exit 1
"$2/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
"$2/pg_ctl" --pgdata=data --log=server.log --silent --wait --timeout=60 start -o "\
    -c listen_addresses='' -c unix_socket_directories='$1' -c max_connections=300 \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off" >&2 \
    || { cat server.log >&2; exit 1; }
echo ready
cat >/dev/null
"$2/pg_ctl" --pgdata=data --silent --wait --mode=immediate stop >&2
cd / && rm -rf "$1"
"#;

/// A running server; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    folder: TempDir,
}

impl Cluster {
    /// Creates and starts a server. Takes about two seconds.
    pub fn start() -> Result<Cluster, Error> {
        let programs = packages::require_postgres()?;
        let folder = tempfile::Builder::new()
            .prefix("tequio-postgres-")
            .tempdir()
            .map_err(about(&std::env::temp_dir()))?;
        let mut script = Command::new("/bin/sh");
        script
            .arg("-c")
            .arg(SCRIPT)
            .arg("postgres-keeper")
            .arg(folder.path())
            .arg(&programs);
        if packages::is_root()? {
            let (uid, gid) = server_user()?;
            chown(folder.path(), Some(uid), Some(gid)).map_err(about(folder.path()))?;
            script.uid(uid).gid(gid);
        }
        command::announce("starting a PostgreSQL for the tests (unix socket only)");
        let keeper = script
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Error::Start {
                program: "/bin/sh".to_owned(),
                source,
            })?;
        let mut cluster = Cluster { keeper, folder };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The address for libpq. A socket's folder as host must be percent-encoded.
    pub fn url(&self) -> String {
        url_of_socket(self.folder.path())
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let mut line = String::new();
        if let Some(stdout) = self.keeper.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(about(self.folder.path()))?;
        }
        if line.trim() == "ready" {
            Ok(())
        } else {
            Err(Error::Unable(
                "PostgreSQL did not start; its own words are above".to_owned(),
            ))
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is the keeper's signal to stop the server.
        drop(self.keeper.stdin.take());
        if let Err(problem) = self.keeper.wait() {
            eprintln!("xtask: PostgreSQL may still be running: {problem}");
        }
    }
}

/// `postgres`, or `nobody` where PostgreSQL came without its user.
fn server_user() -> Result<(u32, u32), Error> {
    let id = |user: &str, what: &str| -> Option<u32> {
        let output = Command::new("id")
            .args([what, user])
            .stderr(Stdio::null())
            .output()
            .ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    ["postgres", "nobody"]
        .iter()
        .find_map(|user| Some((id(user, "-u")?, id(user, "-g")?)))
        .ok_or_else(|| Error::Unable("there is no user `postgres` and no `nobody`".to_owned()))
}

fn url_of_socket(folder: &Path) -> String {
    let mut host = String::new();
    for byte in folder.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                host.push(char::from(*byte));
            }
            other => host.push_str(&format!("%{other:02X}")),
        }
    }
    format!("postgresql://postgres@{host}/postgres")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_is_percent_encoded_in_the_url() {
        assert_eq!(
            url_of_socket(Path::new("/tmp/a b")),
            "postgresql://postgres@%2Ftmp%2Fa%20b/postgres"
        );
    }
    #[test]
    fn the_server_answers_on_its_socket_and_is_gone_afterwards() {
        let cluster = Cluster::start().expect("a server");
        let ask = |url: &str| {
            let query = [
                "--tuples-only",
                "--no-align",
                "--command",
                "SHOW listen_addresses",
            ];
            command::output(
                Command::new("psql")
                    .arg(url)
                    .args(query)
                    .stdin(Stdio::null()),
            )
        };
        let url = cluster.url();
        assert_eq!(ask(&url).expect("an answer"), "");
        let folder = cluster.folder.path().to_owned();
        drop(cluster);
        assert!(ask(&url).is_err());
        assert!(!folder.exists());
    }
}
