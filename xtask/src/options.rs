//! The command line of `cargo xtask`.

/// What `cargo xtask help` prints.
pub const HELP: &str = "\
cargo xtask test [--only NAME] [--rust | --browser]

  Runs every test of the workspace: units, whole cities, both databases, a real browser.
  Installs what is missing (Debian packages when run as root, npm packages of tests/browser,
  among them a Node.js where the system's is too old) and starts a PostgreSQL
  of its own, reachable by a unix socket only, for the time of the run.

  --only NAME   only the tests whose name contains NAME
  --rust        only the tests that cargo runs
  --browser     only the tests in the browser

cargo xtask simulate [--seeds NUMBER] [--from SEED] | --seed SEED

  Runs the simulator (tests/simulation), optimised, over 10,000 seeds or as many as wanted, on all
  processors. The first seed that goes wrong is told with its shortest history.

  --seeds NUMBER   how many
  --from SEED      beginning where; 0 unless given
  --seed SEED      this one only

cargo xtask test knows:

  TEQUIO_TEST_POSTGRES=postgresql://…   use this server instead of starting one
  TEQUIO_CHROMIUM=/path/to/chromium     use this browser instead of Debian's";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Print [`HELP`].
    Help,
    /// Run the tests.
    Test(Options),
    /// Run the simulator.
    Simulate(Seeds),
}

/// Which tests to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Part of the name of the tests to run; `None` means all.
    pub only: Option<String>,
    /// Which runner; `None` means both.
    pub runner: Option<Runner>,
}

/// Which seeds the simulator runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Seeds {
    /// The first one.
    pub from: u64,
    /// How many.
    pub count: u64,
}

impl Default for Seeds {
    fn default() -> Self {
        Self {
            from: 0,
            count: 10_000,
        }
    }
}

/// Who runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test`.
    Rust,
    /// `node --test`, with a browser.
    Browser,
}

impl Options {
    /// Whether this runner's tests are part of the run.
    pub fn includes(&self, runner: Runner) -> bool {
        self.runner.is_none_or(|chosen| chosen == runner)
    }
}

/// Reads the arguments after `cargo xtask`. An error says what was not understood.
pub fn parse(arguments: &[String]) -> Result<Task, String> {
    let mut words = arguments.iter().map(String::as_str);
    match words.next() {
        None | Some("help" | "--help" | "-h") => Ok(Task::Help),
        Some("test") => parse_test(words).map(Task::Test),
        Some("simulate") => parse_seeds(words).map(Task::Simulate),
        Some(other) => Err(format!("there is no task `{other}`")),
    }
}

fn parse_test<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        match word {
            "--only" => {
                let name = words.next().ok_or("`--only` needs the name of a test")?;
                options.only = Some(name.to_owned());
            }
            "--rust" => options.runner = Some(Runner::Rust),
            "--browser" => options.runner = Some(Runner::Browser),
            other => return Err(format!("`test` does not know `{other}`")),
        }
    }
    Ok(options)
}

fn parse_seeds<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Seeds, String> {
    let mut seeds = Seeds::default();
    while let Some(word) = words.next() {
        let number = |text: Option<&str>| {
            let number = text.and_then(|text| text.parse().ok());
            number.ok_or(format!("`{word}` needs a number"))
        };
        match word {
            "--seeds" => seeds.count = number(words.next())?,
            "--from" => seeds.from = number(words.next())?,
            "--seed" => {
                seeds = Seeds {
                    from: number(words.next())?,
                    count: 1,
                }
            }
            other => return Err(format!("`simulate` does not know `{other}`")),
        }
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_bare_test_runs_everything() {
        let Ok(Task::Test(options)) = parse(&words("test")) else {
            panic!("`test` was not understood");
        };
        assert!(options.includes(Runner::Rust) && options.includes(Runner::Browser));
    }

    #[test]
    fn only_passes_the_name_on() {
        let expected = Options {
            only: Some("vote".to_owned()),
            runner: Some(Runner::Rust),
        };
        assert_eq!(
            parse(&words("test --only vote --rust")),
            Ok(Task::Test(expected))
        );
    }

    #[test]
    fn an_unknown_word_is_refused_and_named() {
        assert!(parse(&words("test --fast")).is_err_and(|problem| problem.contains("--fast")));
        assert!(parse(&words("deploy")).is_err_and(|problem| problem.contains("deploy")));
        assert!(parse(&words("test --only")).is_err());
    }

    #[test]
    fn seeds_are_numbers() {
        let of = |from, count| Ok(Task::Simulate(Seeds { from, count }));
        assert_eq!(parse(&words("simulate")), of(0, 10_000));
        assert_eq!(
            parse(&words("simulate --seeds 1000000 --from 7")),
            of(7, 1_000_000)
        );
        assert_eq!(parse(&words("simulate --seed 4711")), of(4711, 1));
        for wrong in ["simulate --seed", "simulate --seeds many", "simulate 7"] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
