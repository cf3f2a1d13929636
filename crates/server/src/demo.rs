//! `tequio demo`: ten cities on this machine, each its own process, directory, database and name.

mod probe;

use std::{
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tequio_domain::kit;

use crate::{
    feeder::{self, PASSWORD},
    kits,
    terminal::say,
};

/// How long the cities may take to come to the same state, in seconds.
const CONVERGE_S: u64 = 300;

/// One city of the demonstration.
struct City {
    slug: String,
    name: String,
    port: u16,
    data: PathBuf,
}

impl City {
    fn url(&self) -> String {
        format!("http://{}.localhost:{}", self.slug, self.port)
    }
}

/// The running cities; they end when this goes.
struct Cities(Vec<Child>);

impl Drop for Cities {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Each gets the signal a terminal would send, and then may finish what it has begun.
            probe::ask_to_stop(child);
        }
        for child in &mut self.0 {
            if child.wait().is_err() {
                tracing::warn!("a city could not be waited for");
            }
        }
    }
}

/// Starts the cities, waits until all hold the same, and goes on until told to stop.
pub(crate) fn run(data: &Path, port_base: u16, kit: &str) -> Result<(), String> {
    let network = kits::load(kit).map_err(|error| error.to_string())?.network;
    let cities = plan(data, port_base, &network)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    say(&format!(
        "{}: starting {} cities in {}",
        network.name.es,
        cities.len(),
        data.display()
    ));
    let began = Instant::now();
    runtime.block_on(async {
        let stop = crate::serve::stop_signal();
        tokio::pin!(stop);
        let mut running = start(&cities, kit)?;
        tokio::select! {
            () = &mut stop => return Ok(()),
            shown = converge(&cities, &network.topics, &mut running, began) => shown?,
        }
        introduce(&cities, kit)?;
        (&mut stop).await;
        say("stopping");
        drop(running);
        Ok(())
    })
}

fn plan(data: &Path, port_base: u16, network: &kit::Network) -> Result<Vec<City>, String> {
    let mut cities = Vec::new();
    for (index, city) in (1..).zip(&network.cities) {
        let port = port_base
            .checked_add(index)
            .ok_or("--port-base is too high")?;
        TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
            format!("port {port} cannot be used ({error}); choose others with --port-base")
        })?;
        cities.push(City {
            slug: city.slug.clone(),
            name: city.name.clone(),
            port,
            data: data.join(&city.slug),
        });
    }
    Ok(cities)
}

fn start(cities: &[City], kit: &str) -> Result<Cities, String> {
    let program =
        std::env::current_exe().map_err(|error| format!("cannot find myself: {error}"))?;
    let mut running = Cities(Vec::new());
    for city in cities {
        let config = write_config(city, cities, kit)
            .map_err(|error| format!("cannot write {}: {error}", city.data.display()))?;
        let log = std::fs::File::create(city.data.join("tequio.log"))
            .map_err(|error| format!("cannot write {}: {error}", city.data.display()))?;
        let child = Command::new(&program)
            .arg("serve")
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", city.slug))?;
        running.0.push(child);
    }
    Ok(running)
}

/// Writes a city's configuration, as an administrator would.
fn write_config(city: &City, cities: &[City], kit: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(&city.data)?;
    let path = city.data.join("tequio.toml");
    let mut file = std::fs::File::create(&path)?;
    writeln!(
        file,
        "# Written by `tequio demo` at every start.\nmode = \"development\""
    )?;
    writeln!(
        file,
        "kit = \"{kit}\"\ncity = \"{}\"\nurl = \"{}\"",
        city.slug,
        city.url()
    )?;
    writeln!(
        file,
        "port = {}\ndata = {:?}",
        city.port,
        city.data.display().to_string()
    )?;
    writeln!(file, "log = \"info\"\nsample_content = true")?;
    for sibling in cities.iter().filter(|other| other.slug != city.slug) {
        let (slug, url) = (&sibling.slug, sibling.url());
        writeln!(file, "\n[[siblings]]\ncity = \"{slug}\"\nurl = \"{url}\"")?;
    }
    Ok(path)
}

/// Waits until every city has said everything and all hold the same.
async fn converge(
    cities: &[City],
    topics: &[String],
    running: &mut Cities,
    began: Instant,
) -> Result<(), String> {
    let ports: Vec<u16> = cities.iter().map(|city| city.port).collect();
    let mut shown = cities.len();
    while began.elapsed() < Duration::from_secs(CONVERGE_S) {
        for (city, child) in cities.iter().zip(&mut running.0) {
            if let Ok(Some(status)) = child.try_wait() {
                let log = city.data.join("tequio.log");
                return Err(format!(
                    "{} ended ({status}); see {}",
                    city.slug,
                    log.display()
                ));
            }
        }
        let open = cities
            .iter()
            .filter(|city| !feeder::done_file(&city.data).exists())
            .count();
        if open != shown {
            say(&format!(
                "{} of {} cities have written everything",
                cities.len() - open,
                cities.len()
            ));
            shown = open;
        }
        if open == 0 && probe::agree(&ports, topics).await {
            let seconds = began.elapsed().as_secs_f32();
            say(&format!(
                "converged: {} cities hold the same logs after {seconds:.1} s",
                cities.len()
            ));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(format!(
        "the cities did not come to the same state within {CONVERGE_S} s"
    ))
}

fn introduce(cities: &[City], kit: &str) -> Result<(), String> {
    let people = kits::load_sample(kit)
        .map_err(|error| error.to_string())?
        .people;
    say("\nOpen any of them in a browser:\n");
    for city in cities {
        let names: Vec<&str> = people
            .iter()
            .filter(|person| person.city == city.slug)
            .map(|person| person.name.as_str())
            .collect();
        say(&format!(
            "  {:<44} {:<20} {}",
            format!("{}/", city.url()),
            city.name,
            names.join(", ")
        ));
    }
    say(&format!(
        "\nSign in as any of these people; the first of each city runs it.\npassword: {PASSWORD}\n\
         Ctrl-C stops all cities; the next start goes on from here."
    ));
    Ok(())
}
