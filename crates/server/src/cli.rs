//! The command line: the help text is its documentation.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tequio_engine::account::office::Rescue;

use crate::{
    backup,
    config::{Config, Mode, Problem},
    demo,
    epoch::Doubts,
    init::InitArgs,
    kits::command::KitCommand,
    logging, maintain, peers, restore, serve,
    terminal::{complain, say},
    verify,
};

/// A shorter passphrase is no protection.
const PASSPHRASE_MIN: usize = 12;

/// A federated forum and library for cities that learn from each other.
#[derive(Debug, Parser)]
#[command(name = "tequio", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one city until told to stop.
    Serve {
        #[command(flatten)]
        place: Place,
        /// After a restore: go on although not enough sibling cities can say how far the city's own
        /// logs reach. What they hold and this city does not may then clash for good.
        #[arg(long)]
        alone: bool,
    },
    /// Run ten cities on this machine, with made-up members and content, for a look around.
    Demo {
        /// Where the ten data directories are kept between two runs.
        #[arg(long, default_value = "data/demo")]
        data: PathBuf,
        /// The cities listen on the ten ports after this one.
        #[arg(long, default_value_t = 8100)]
        port_base: u16,
        /// The kit to show.
        #[arg(long, default_value = "ayuda-urbana")]
        kit: String,
    },
    /// Write the configuration of one city, to begin with.
    Init(InitArgs),
    /// Make another network's kit, or look at one.
    #[command(subcommand)]
    Kit(KitCommand),
    /// Fill the tables anew from the log. The server must not be running.
    Rebuild(Place),
    /// Put new keys in place of old ones, so that all cities follow. The server must not be running.
    RotateKeys {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        whose: Whose,
    },
    /// Help a member who can sign in no more, or make one an administrator when no administrator can. The city
    /// may be running.
    Account {
        /// Name of the member.
        name: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        help: Help,
    },
    /// Make an invitation for another city and print its address, which works once within 7 days; as the page
    /// /admin/ciudades does. The city may be running.
    Invite {
        /// Slug of the city that is invited.
        #[arg(value_name = "CITY")]
        invited: String,
        #[command(flatten)]
        place: Place,
    },
    /// Erase a post of this city for good, here and in every copy. The server must not be running; while it
    /// runs use the page /admin/supresiones.
    Erase {
        #[command(flatten)]
        place: Place,
        /// Address of the post, as in the browser.
        #[arg(long)]
        post: String,
        /// Why; kept here, for the administrators.
        #[arg(long)]
        reason: String,
    },
    /// Write everything of a city, running or not, into one file.
    Backup(BackupArgs),
    /// Make a city again from a backup; it asks the sibling cities for what came after.
    Restore(RestoreArgs),
    /// Look whether all entries are what was signed, all files what they should be, and the tables what
    /// the entries make. The city may be running. Exit code 1: something is wrong.
    Verify {
        #[command(flatten)]
        place: Place,
        /// One JSON object instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Print the SHA-256 of the shared state of each topic and how far each log is held.
    Digest(Place),
    /// Print how every city stands with this one; fails when something is wrong between them. The
    /// server may be running.
    Peers {
        /// Which city.
        #[command(flatten)]
        place: Place,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Read the configuration and name all its problems.
    CheckConfig {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct BackupArgs {
    /// The file to be made, or a directory for it.
    target: PathBuf,
    #[command(flatten)]
    place: Place,
    /// A file with a passphrase in its first line: the backup is sealed with it, as `age` does.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

impl BackupArgs {
    fn run(self) -> Result<(), Failure> {
        let wanted = backup::Wanted {
            target: self.target,
            config_file: self.place.config.clone(),
            passphrase: passphrase(self.passphrase_file)?,
        };
        with_config(self.place, |config| backup::run(&config, &wanted))
    }
}

#[derive(Debug, clap::Args)]
struct RestoreArgs {
    /// The backup.
    archive: PathBuf,
    /// Only try: restore into a directory that is thrown away, look at everything, and remember in the
    /// city that --config names that this went well.
    #[arg(long)]
    check: bool,
    /// The city's configuration file; without it what the backup says.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Data directory to be made; overrides the file.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A file with the passphrase in its first line.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

impl RestoreArgs {
    fn run(self) -> Result<(), Failure> {
        let config = self.config.map(|path| Config::read(&path)).transpose();
        let wanted = restore::Wanted {
            archive: self.archive,
            config: config.map_err(Failure::Config)?,
            data: self.data,
            passphrase: passphrase(self.passphrase_file)?,
        };
        logging::start("warn", crate::config::LogFormat::Text);
        let work = if self.check {
            restore::rehearse
        } else {
            restore::run
        };
        work(&wanted).map_err(Failure::Other)
    }
}

/// Which city: by file, or by data directory alone.
#[derive(Debug, clap::Args)]
struct Place {
    /// The configuration file; without it a city in development mode on localhost.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Data directory; overrides the file.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Port; overrides the file.
    #[arg(long)]
    port: Option<u16>,
    /// Slug of the city, when there is no file.
    #[arg(long, conflicts_with = "config")]
    city: Option<String>,
}

/// What is changed in an account: at least one thing.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Help {
    /// Make the member an administrator.
    #[arg(long)]
    appoint: bool,
    /// A file with a new password in its first line; all sessions of the member end.
    #[arg(long)]
    password_file: Option<PathBuf>,
}

/// Whose keys: at least one must be named.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Whose {
    /// Name of a member of this city; may be repeated.
    #[arg(long)]
    pub(crate) member: Vec<String>,
    /// Slug of a topic: the key of this city's group in it; may be repeated.
    #[arg(long)]
    pub(crate) topic: Vec<String>,
    /// The key that signs this city's requests.
    #[arg(long)]
    pub(crate) transport: bool,
}

impl Place {
    fn config(self) -> Result<Config, Vec<Problem>> {
        let Some(path) = self.config else {
            let data = self.data.unwrap_or_else(|| PathBuf::from("data"));
            return Config::without_file(data, self.port.unwrap_or(8100), self.city.as_deref());
        };
        let mut config = Config::read(&path)?;
        config.data = self.data.unwrap_or(config.data);
        config.port = self.port.unwrap_or(config.port);
        Ok(config)
    }
}

/// Runs the command that was asked for.
pub(crate) fn run() -> ExitCode {
    match execute(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Config(problems)) => {
            for problem in problems {
                complain(&problem.to_string());
            }
            ExitCode::from(2)
        }
        Err(Failure::Other(cause)) => {
            complain(&cause);
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve { place, alone } => {
            let doubts = if alone {
                Doubts::GoOnAlone
            } else {
                Doubts::AskSiblings
            };
            with_config(place, |config| serve::run(config, doubts))
        }
        Command::Demo {
            data,
            port_base,
            kit,
        } => {
            logging::start("warn", crate::config::LogFormat::Text);
            demo::run(&data, port_base, &kit).map_err(Failure::Other)
        }
        Command::Init(args) => args.run().map_err(Failure::Config),
        Command::Kit(command) => command.run().map_err(Failure::Other),
        Command::Rebuild(place) => with_config(place, maintain::rebuild),
        Command::RotateKeys { place, whose } => {
            with_config(place, |config| maintain::rotate_keys(config, whose))
        }
        Command::Account { name, place, help } => {
            passphrase(help.password_file).and_then(|password| {
                let rescue = Rescue {
                    appoint: help.appoint,
                    password,
                };
                with_config(place, |config| maintain::rescue(&config, &name, rescue))
            })
        }
        Command::Erase {
            place,
            post,
            reason,
        } => with_config(place, |config| maintain::erase(config, &post, reason)),
        Command::Invite { invited, place } => {
            with_config(place, |config| maintain::invite(&config, &invited))
        }
        Command::Digest(place) => with_config(place, maintain::digest),
        Command::Peers { place, json: true } => with_config(place, peers::print_json),
        Command::Peers { place, json: false } => with_config(place, peers::print_table),
        Command::Backup(args) => args.run(),
        Command::Restore(args) => args.run(),
        Command::Verify { place, json } => {
            let form = if json {
                verify::Form::Json
            } else {
                verify::Form::Text
            };
            with_config(place, |config| verify::report_on(&config, form))
        }
        Command::CheckConfig { config } => Config::read(&config)
            .map(|config| say(&format!("{}: usable, for {}", config.url, config.city)))
            .map_err(Failure::Config),
    }
}

enum Failure {
    Config(Vec<Problem>),
    Other(String),
}

/// The first line of the file.
fn passphrase(file: Option<PathBuf>) -> Result<Option<String>, Failure> {
    let Some(path) = file else { return Ok(None) };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::Other(format!("{}: {error}", path.display())))?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.chars().count() < PASSPHRASE_MIN {
        return Err(Failure::Other(format!(
            "{}: a passphrase has at least {PASSPHRASE_MIN} characters, in the first line",
            path.display()
        )));
    }
    Ok(Some(line.to_owned()))
}

fn with_config(
    place: Place,
    work: impl FnOnce(Config) -> Result<(), String>,
) -> Result<(), Failure> {
    let config = place.config().map_err(Failure::Config)?;
    logging::start(&config.log, config.log_format);
    if config.mode == Mode::Development {
        tracing::warn!("development mode: plain http and loopback peers are accepted");
        if config.extra_ca.is_some() {
            tracing::warn!("extra_ca: whoever holds that authority's key can pass for any server");
        }
    }
    work(config).map_err(Failure::Other)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
