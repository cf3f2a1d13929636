//! Configuration: one file, read once, all problems reported at once.
//!
//! `config/tequio.toml` shows every key; a test keeps it true.

mod reader;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use tequio_domain::CitySlug;
use tequio_federation::fetcher::ExtraRoots;
use url::Url;

use crate::{
    backup::manifest::Place,
    kits::{self, Flaws, Kit},
};
use reader::Reader;

/// How strict the instance is with addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// https, public addresses.
    Production,
    /// http, `*.localhost`, loopback peers. Never on a machine that others reach.
    Development,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    /// Name of the kit.
    pub(crate) kit: String,
    pub(crate) city: CitySlug,
    /// The city that founds the coordination of the topics; `None`: the kit's.
    pub(crate) founder: Option<CitySlug>,
    /// Without a slash at the end.
    pub(crate) url: String,
    pub(crate) bind: IpAddr,
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    /// `None`: `epoch` in the data directory.
    pub(crate) epoch_file: Option<PathBuf>,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    /// `None`: SQLite in the data directory.
    pub(crate) database_url: Option<String>,
    /// Seconds between two heartbeats to each sibling.
    pub(crate) heartbeat_s: u64,
    /// Seconds without a sign of life of a sibling after which an alarm is raised.
    pub(crate) alarm_after_s: u64,
    /// Where figures for a monitoring system are served; `None`: nowhere.
    pub(crate) metrics: Option<SocketAddr>,
    /// Addresses of reverse proxies whose `Forwarded` headers are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Fill the instance with the kit's made-up content (development only).
    pub(crate) sample_content: bool,
    /// Certificates, in PEM, of authorities trusted besides the system's (development only).
    pub(crate) extra_ca: Option<String>,
    /// The other cities.
    pub(crate) siblings: Vec<(CitySlug, String)>,
}

/// One problem: which key, what is wrong, what cures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) key: String,
    pub(crate) cure: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.cure)
    }
}

impl Config {
    /// The file that says how far this city's own logs have come.
    pub(crate) fn epoch(&self) -> PathBuf {
        let beside = || self.data.join("epoch");
        self.epoch_file.clone().unwrap_or_else(beside)
    }

    /// The other cities of the kit whose address is not known.
    pub(crate) fn cities_without_address(&self) -> Result<Vec<String>, Flaws> {
        let cities = kits::load(&self.kit)?.network.cities.into_iter();
        let is_known = |slug: &str| {
            slug == self.city.as_str()
                || self.siblings.iter().any(|(city, _)| city.as_str() == slug)
        };
        let slugs = cities.map(|city| city.slug);
        Ok(slugs.filter(|slug| !is_known(slug)).collect())
    }

    /// What `serve` uses without a file: a city of the first kit on this machine, alone.
    pub(crate) fn without_file(
        data: PathBuf,
        port: u16,
        city: Option<&str>,
    ) -> Result<Self, Vec<Problem>> {
        let mut table = toml::Table::new();
        table.insert("mode".into(), "development".into());
        if let Some(city) = city {
            table.insert("city".into(), city.into());
        }
        table.insert("url".into(), format!("http://localhost:{port}").into());
        table.insert("port".into(), i64::from(port).into());
        let mut config = Self::of_table(table)?;
        config.data = data;
        Ok(config)
    }

    /// As a backup describes its city, in the directory `data`.
    pub(crate) fn of_place(place: &Place) -> Result<Self, Vec<Problem>> {
        let mode = if place.is_production {
            "production"
        } else {
            "development"
        };
        let mut table = toml::Table::new();
        for (key, value) in [
            ("mode", mode),
            ("city", &place.city),
            ("url", &place.url),
            ("kit", &place.kit),
        ] {
            table.insert(key.into(), value.into());
        }
        if let Some(founder) = &place.founder {
            table.insert("founder".into(), founder.as_str().into());
        }
        let siblings = place.siblings.iter().map(|(city, url)| {
            let mut sibling = toml::Table::new();
            sibling.insert("city".into(), city.as_str().into());
            sibling.insert("url".into(), url.as_str().into());
            toml::Value::Table(sibling)
        });
        table.insert("siblings".into(), toml::Value::Array(siblings.collect()));
        Self::of_table(table)
    }

    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let problem = |cure: String| {
            vec![Problem {
                key: path.display().to_string(),
                cure,
            }]
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| problem(format!("cannot be read: {error}")))?;
        let table: toml::Table = text
            .parse()
            .map_err(|error| problem(format!("is not TOML: {error}")))?;
        Self::of_table(table)
    }

    /// Reads a table.
    pub(crate) fn of_table(table: toml::Table) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(table);
        let mode = match reader.choice("mode", &["production", "development"], "production") {
            "development" => Mode::Development,
            _ => Mode::Production,
        };
        let kit = reader
            .text("kit")
            .unwrap_or_else(|| "ayuda-urbana".to_owned());
        let held = read_kit(&mut reader, &kit);
        let cities = cities_of(held.as_ref());
        let city = read_city(&mut reader, &cities, mode);
        let founder = read_founder(&mut reader, held.as_ref());
        let url = read_url(&mut reader, mode);
        let config = Self {
            mode,
            kit,
            city,
            founder,
            url,
            bind: reader.parsed(
                "bind",
                "must be an IP address, such as \"127.0.0.1\"",
                IpAddr::V4(Ipv4Addr::LOCALHOST),
            ),
            port: reader.number("port", 1, 65_535, 8100),
            data: reader
                .text("data")
                .map_or_else(|| PathBuf::from("data"), PathBuf::from),
            epoch_file: reader.text("epoch_file").map(PathBuf::from),
            log: reader.text("log").unwrap_or_else(|| "info".to_owned()),
            log_format: match reader.choice("log_format", &["text", "json"], "text") {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            database_url: reader.secret("database_url"),
            heartbeat_s: reader.number("heartbeat_s", 1, 86_400, 3600),
            alarm_after_s: reader.number("alarm_after_s", 3, 86_400, 45),
            metrics: reader.optional(
                "metrics",
                "must be an address and a port, such as \"127.0.0.1:9100\"",
            ),
            trusted_proxies: reader.list(
                "trusted_proxies",
                "must be IP addresses, such as [\"127.0.0.1\"]",
            ),
            sample_content: reader.flag("sample_content"),
            extra_ca: read_extra_ca(&mut reader),
            siblings: read_siblings(&mut reader, &cities, mode),
        };
        check_database(&mut reader, config.database_url.as_deref());
        check_production(&mut reader, &config);
        reader.finish()?;
        Ok(config)
    }
}

fn check_production(reader: &mut Reader, config: &Config) {
    if config.mode == Mode::Production {
        let development_only = [
            ("sample_content", config.sample_content),
            ("extra_ca", config.extra_ca.is_some()),
        ];
        for (key, _) in development_only.into_iter().filter(|(_, is_set)| *is_set) {
            reader.problem(key, "is for mode = \"development\" only; leave it out");
        }
    }
}

/// The file of additional authorities, read and looked at.
fn read_extra_ca(reader: &mut Reader) -> Option<String> {
    let path = reader.text("extra_ca")?;
    let problem = match std::fs::read_to_string(&path) {
        Ok(text) if ExtraRoots::from_pem(&text).is_ok() => return Some(text),
        Ok(_) => format!("{path} must hold certificates in PEM"),
        Err(error) => format!("{path} cannot be read: {error}"),
    };
    reader.problem("extra_ca", &problem);
    None
}

fn check_database(reader: &mut Reader, url: Option<&str>) {
    if url.is_some_and(|url| !(url.starts_with("postgres://") || url.starts_with("postgresql://")))
    {
        reader.problem(
            "database_url",
            "must start with postgresql://; leave it out for SQLite",
        );
    }
}

/// The city that founds the coordination; `None`: the kit's.
fn read_founder(reader: &mut Reader, kit: Option<&Kit>) -> Option<CitySlug> {
    let slug = reader.text("founder")?;
    if kit.is_some_and(|kit| kit.network.coordination.is_none()) {
        reader.problem(
            "founder",
            "the kit says nothing of coordination: write [coordination] into its network.toml, or leave this out",
        );
    }
    Some(checked_city(reader, "founder", &slug, &cities_of(kit)))
}

/// The kit, when nothing in it has to be mended.
fn read_kit(reader: &mut Reader, name: &str) -> Option<Kit> {
    if !kits::is_folder(name) && !kits::names().iter().any(|known| known == name) {
        let names = kits::names().join(", ");
        let cure = format!("must be one of: {names}; or a folder, with a slash: \"./{name}\"");
        reader.problem("kit", &cure);
        return None;
    }
    match kits::load(name) {
        Ok(kit) => Some(kit),
        Err(flaws) => {
            for flaw in flaws.0 {
                reader.problem("kit", &flaw.to_string());
            }
            None
        }
    }
}

/// Slugs of the kit's cities; none when there is no kit.
fn cities_of(kit: Option<&Kit>) -> Vec<String> {
    let cities = kit.map_or(&[][..], |kit| &kit.network.cities);
    cities.iter().map(|city| city.slug.clone()).collect()
}

fn read_city(reader: &mut Reader, cities: &[String], mode: Mode) -> CitySlug {
    let first = cities.first().map_or("city", String::as_str);
    let given = reader.text("city");
    if given.is_none() && mode == Mode::Production {
        reader.problem(
            "city",
            &format!("is missing; must be one of: {}", cities.join(", ")),
        );
    }
    let slug = given.unwrap_or_else(|| first.to_owned());
    checked_city(reader, "city", &slug, cities)
}

fn checked_city(reader: &mut Reader, key: &str, slug: &str, cities: &[String]) -> CitySlug {
    match CitySlug::parse(slug) {
        Ok(city) if cities.is_empty() || cities.iter().any(|known| known == slug) => city,
        Ok(city) => {
            reader.problem(
                key,
                &format!(
                    "\"{slug}\" is not a city of the kit; must be one of: {}",
                    cities.join(", ")
                ),
            );
            city
        }
        Err(_) => {
            reader.problem(key, "must be a slug such as \"san-salvador\"");
            reader::no_city()
        }
    }
}

fn read_url(reader: &mut Reader, mode: Mode) -> String {
    match reader.text("url") {
        Some(text) => checked_url(reader, "url", &text, mode),
        None => {
            reader.problem(
                "url",
                "is missing; give the public address, such as \"https://tequio.example\"",
            );
            String::new()
        }
    }
}

/// A base address: scheme, host, nothing else. Answers it without a slash at the end.
fn checked_url(reader: &mut Reader, key: &str, text: &str, mode: Mode) -> String {
    let scheme = match mode {
        Mode::Production => "https",
        Mode::Development => "http or https",
    };
    let fits = Url::parse(text).ok().filter(|url| {
        let scheme_fits = match mode {
            Mode::Production => url.scheme() == "https",
            Mode::Development => matches!(url.scheme(), "http" | "https"),
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        scheme_fits
            && bare
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    match fits {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => {
            reader.problem(
                key,
                &format!("must be {scheme}://host, without path; found \"{text}\""),
            );
            String::new()
        }
    }
}

fn read_siblings(reader: &mut Reader, cities: &[String], mode: Mode) -> Vec<(CitySlug, String)> {
    let mut siblings: Vec<(CitySlug, String)> = Vec::new();
    for (index, row) in reader.tables("siblings").into_iter().enumerate() {
        let key = |name: &str| format!("siblings[{index}].{name}");
        let city = row.get("city").and_then(toml::Value::as_str);
        let url = row.get("url").and_then(toml::Value::as_str);
        for name in row
            .keys()
            .filter(|name| !matches!(name.as_str(), "city" | "url"))
        {
            reader.problem(&key(name), "is not a known key; a sibling has city and url");
        }
        let (Some(city), Some(url)) = (city, url) else {
            reader.problem(
                &format!("siblings[{index}]"),
                "needs city and url, both texts",
            );
            continue;
        };
        let city = checked_city(reader, &key("city"), city, cities);
        let url = checked_url(reader, &key("url"), url, mode);
        if siblings.iter().any(|(held, _)| *held == city) {
            reader.problem(&key("city"), "stands twice; name each city once");
        }
        siblings.push((city, url));
    }
    siblings
}

#[cfg(test)]
mod tests;
