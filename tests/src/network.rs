//! Some cities on loopback that know each other.

use std::fmt::Write as _;
use std::fs;
use std::ops::{Index, IndexMut};

use tempfile::TempDir;

use crate::city::City;
use crate::port;

/// Cities on loopback, by position. Their data go with it.
#[derive(Debug)]
pub struct Network {
    // Dropped in this order: the processes end before their data go.
    cities: Vec<City>,
    folder: TempDir,
}

impl Network {
    /// Writes configurations for these cities of the kit, each with all others as siblings. Nothing
    /// runs yet.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn new(slugs: &[&str]) -> Self {
        Self::with_addresses(slugs, |_, port| port)
    }

    /// [`Network::new`], but the cities' addresses name other ports than those on which they listen:
    /// `public_port` gets a city's position and its own port.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn with_addresses(slugs: &[&str], public_port: impl Fn(usize, u16) -> u16) -> Self {
        let folder = TempDir::with_prefix("tequio-e2e-").expect("a temporary folder");
        let mut cities = Vec::new();
        for (index, slug) in slugs.iter().enumerate() {
            let (port, reserved) = port::free();
            let public = public_port(index, port);
            cities.push(City {
                slug: (*slug).to_owned(),
                url: format!("http://{slug}.localhost:{public}"),
                port,
                folder: folder.path().join(slug),
                reserved: Some(reserved),
                process: None,
                environment: Vec::new(),
            });
        }
        let network = Self { cities, folder };
        for index in 0..network.cities.len() {
            network.configure(index, "");
        }
        network
    }

    /// Writes the configuration of a city anew, with more keys.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn configure(&self, index: usize, more: &str) {
        self.configure_without(index, more, |_| false);
    }

    /// The same; those of which `is_unknown` answers true are no siblings of it.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn configure_without(&self, index: usize, more: &str, is_unknown: impl Fn(&City) -> bool) {
        let city = &self.cities[index];
        fs::create_dir_all(&city.folder).expect("a folder can be made");
        let (slug, url, port, data) = (&city.slug, &city.url, city.port, city.data());
        let mut text = format!(
            "mode = \"development\"\ncity = \"{slug}\"\nurl = \"{url}\"\nport = {port}\n\
             data = {:?}\ntrusted_proxies = [\"127.0.0.1\"]\n{more}\n",
            data.display().to_string()
        );
        let others = self.cities.iter().filter(|other| other.slug != city.slug);
        for sibling in others.filter(|other| !is_unknown(other)) {
            let (slug, url) = (&sibling.slug, &sibling.url);
            write!(text, "\n[[siblings]]\ncity = \"{slug}\"\nurl = \"{url}\"\n")
                .expect("text can be written");
        }
        fs::write(city.config(), text).expect("a configuration can be written");
    }

    /// Starts all and waits until they answer.
    ///
    /// # Panics
    /// As [`City::start`].
    pub async fn start(&mut self) {
        for city in &mut self.cities {
            city.launch();
        }
        for city in &mut self.cities {
            city.answers().await;
        }
    }

    /// All cities, to be started and stopped.
    pub fn cities_mut(&mut self) -> &mut [City] {
        &mut self.cities
    }

    /// All cities.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// Where all of them are.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Index<usize> for Network {
    type Output = City;

    fn index(&self, index: usize) -> &City {
        &self.cities[index]
    }
}

impl IndexMut<usize> for Network {
    fn index_mut(&mut self, index: usize) -> &mut City {
        &mut self.cities[index]
    }
}
