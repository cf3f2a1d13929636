//! `tequio init`: the configuration of one city of a network, to begin with.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use toml::Value;

use crate::{
    config::{Config, Problem},
    kits,
    terminal::say,
};

/// Every key, with what it is for.
const ANNOTATED: &str = include_str!("../../../config/tequio.toml");

/// What `tequio init` needs to know.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file to be written.
    target: PathBuf,
    /// Name of the kit, or its folder, the same kit in all cities of the network; a folder is written with a
    /// slash, as in /etc/tequio/kit.
    #[arg(long, default_value = "ayuda-urbana")]
    kit: String,
    /// Slug of this city in the kit.
    #[arg(long)]
    city: String,
    /// Public address of this city's server, such as <https://tequio.quito.example>. It can never change.
    #[arg(long)]
    url: String,
    /// Another city's server, as slug=address; once for each that is known already.
    #[arg(long)]
    sibling: Vec<String>,
    /// Where to listen, behind the proxy.
    #[arg(long, default_value_t = 8100)]
    port: u16,
    /// Where the city's data will be.
    #[arg(long, default_value = "/var/lib/tequio")]
    data: PathBuf,
    /// For a trial on one machine: plain http and *.localhost.
    #[arg(long)]
    development: bool,
}

impl InitArgs {
    /// Writes the file, when a city could run with it; nothing is replaced.
    pub(crate) fn run(self) -> Result<(), Vec<Problem>> {
        let text = self.text()?;
        let table: toml::Table = text
            .parse()
            .map_err(|error| vec![problem(&self.target, format!("is not TOML: {error}"))])?;
        let config = Config::of_table(table)?;
        write(&self.target, &text)
            .map_err(|error| vec![problem(&self.target, format!("cannot be written: {error}"))])?;
        say(&format!(
            "{}: for {}, {}",
            self.target.display(),
            config.city,
            config.url
        ));
        let missing = config.cities_without_address().map_err(|flaws| {
            vec![Problem {
                key: "kit".to_owned(),
                cure: flaws.to_string(),
            }]
        })?;
        if !missing.is_empty() {
            say(&format!(
                "let one of the others invite this city (its page /admin/ciudades), or write in their addresses when \
                 you have them: {}",
                missing.join(", ")
            ));
        }
        say(&format!(
            "then: tequio serve --config {}",
            self.target.display()
        ));
        Ok(())
    }

    /// The annotated file, with this city's values.
    fn text(&self) -> Result<String, Vec<Problem>> {
        let siblings = self.siblings()?;
        let (head, _example) = ANNOTATED
            .split_once("[[siblings]]")
            .unwrap_or((ANNOTATED, ""));
        let mode = if self.development {
            "development"
        } else {
            "production"
        };
        let values = [
            ("mode", quoted(mode)),
            ("kit", quoted(&self.kit)),
            ("city", quoted(&self.city)),
            ("url", quoted(&self.url)),
            ("port", self.port.to_string()),
            ("data", quoted(&self.data.display().to_string())),
        ];
        let mut text = String::new();
        for line in head.lines() {
            let own = values
                .iter()
                .find(|(key, _)| line.starts_with(&format!("{key} = ")));
            match own {
                Some((key, value)) => text.push_str(&format!("{key} = {value}")),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text.push_str(&self.blocks(&siblings));
        Ok(text)
    }

    /// Slugs and addresses that were named.
    fn siblings(&self) -> Result<Vec<(&str, &str)>, Vec<Problem>> {
        let pairs = self.sibling.iter().map(|pair| {
            pair.split_once('=').ok_or_else(|| {
                let cure = format!("must be slug=address; found {pair:?}");
                vec![Problem {
                    key: "--sibling".to_owned(),
                    cure,
                }]
            })
        });
        pairs.collect()
    }

    /// A block for each other city of the kit: in force where its address is known.
    fn blocks(&self, siblings: &[(&str, &str)]) -> String {
        // A kit that cannot be read is named when the text is checked.
        let cities =
            kits::load(&self.kit).map_or_else(|_flaws| Vec::new(), |kit| kit.network.cities);
        let unknown = cities
            .iter()
            .map(|city| city.slug.as_str())
            .filter(|slug| *slug != self.city && siblings.iter().all(|(known, _)| known != slug));
        let in_force = siblings.iter().map(|(slug, url)| {
            format!(
                "[[siblings]]\ncity = {}\nurl = {}\n",
                quoted(slug),
                quoted(url)
            )
        });
        let waiting = unknown.map(|slug| {
            format!(
                "# [[siblings]]\n# city = {}\n# url = \"https://…\"\n",
                quoted(slug)
            )
        });
        in_force.chain(waiting).collect::<Vec<_>>().join("\n")
    }
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn problem(path: &Path, cure: String) -> Problem {
    Problem {
        key: path.display().to_string(),
        cure,
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::InitArgs;
    use crate::config::{Config, Mode};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        init: InitArgs,
    }

    fn init(more: &[&str]) -> InitArgs {
        let folder = [
            "init",
            "t.toml",
            "--city",
            "managua",
            "--url",
            "https://a.example",
        ];
        Line::parse_from(folder.iter().chain(more)).init
    }

    #[test]
    fn what_is_written_is_what_was_said() {
        let more = [
            "--sibling",
            "panama=https://b.example",
            "--port",
            "9000",
            "--data",
            "/srv/t",
        ];
        let text = init(&more).text().unwrap();
        let config = Config::of_table(text.parse().unwrap()).unwrap();
        assert_eq!((config.mode, config.port), (Mode::Production, 9000));
        assert_eq!(
            (config.city.as_str(), config.url.as_str()),
            ("managua", "https://a.example")
        );
        assert_eq!(config.data.to_str(), Some("/srv/t"));
        let [(city, url)] = config.siblings.as_slice() else {
            panic!("{:?}", config.siblings)
        };
        assert_eq!(
            (city.as_str(), url.as_str()),
            ("panama", "https://b.example")
        );
        assert_eq!(text.matches("# [[siblings]]").count(), 8, "{text}");
        // Uncommented as they stand, they are siblings.
        let text = text
            .replace("# [[", "[[")
            .replace("# city", "city")
            .replace("# url", "url");
        let text = text.replace("…", "x.example");
        let config = Config::of_table(text.parse().unwrap()).unwrap();
        assert_eq!(config.siblings.len(), 9);
    }

    #[test]
    fn values_cannot_leave_their_quotes() {
        let mut strange = init(&[]);
        strange.city = "managua\"\nsample_content = true\n#".to_owned();
        let text = strange.text().unwrap();
        let problems = Config::of_table(text.parse().unwrap()).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.key == "city"),
            "{problems:?}"
        );
    }

    #[test]
    fn what_cannot_run_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        for (more, key) in [
            (&["--url", "http://a.example"][..], "url"),
            (&["--city", "atlantis"], "city"),
            (&["--sibling", "panama"], "--sibling"),
            (&["--kit", "./no-such"], "kit"),
        ] {
            let line = [
                "init",
                "t.toml",
                "--city",
                "managua",
                "--url",
                "https://a.example",
            ];
            // The later one of two options would be refused: leave out what is given again.
            let mut line: Vec<&str> = line.to_vec();
            if let Some(place) = line.iter().position(|word| *word == more[0]) {
                line.drain(place..place + 2);
            }
            let mut args = Line::parse_from(line.into_iter().chain(more.iter().copied())).init;
            args.target = folder.path().join("t.toml");
            let problems = args.run().unwrap_err();
            assert!(
                problems.iter().any(|problem| problem.key == key),
                "{problems:?}"
            );
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut args = init(&[]);
        args.target = folder.path().join("t.toml");
        args.run().unwrap();
        let mut again = init(&["--port", "9000"]);
        again.target = folder.path().join("t.toml");
        assert!(again.run().is_err());
        let text = std::fs::read_to_string(folder.path().join("t.toml")).unwrap();
        assert!(text.contains("port = 8100"));
    }
}
