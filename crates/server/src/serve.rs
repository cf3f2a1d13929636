//! `tequio serve`: one city, from open to closed.
//!
//! [`run`] opens the store, founds the city when it is new, listens, and on the first signal stops
//! in order: no new requests, tasks end, the writer drains.

use std::{
    collections::HashMap,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle};
use tequio_domain::kit;
use tequio_engine::{Engine, Founding, account, ledger::takeover, vote};
use tequio_federation::fetcher::ExtraRoots;
use tequio_federation::{Federation, FederationSettings, PeerSettings};
use tequio_store::{Database, Store, StoreSettings};
use tokio::sync::watch;

use crate::{
    clock,
    config::{Config, Mode},
    epoch::{self, Doubts},
    feeder::Feeder,
    kits, metrics,
    outside::Elsewhere,
    restore,
};

/// Threads that answer requests.
const WORKERS: usize = 2;
/// Threads that read the database.
const READERS: usize = 2;
/// How often tallies that are due are written.
const TALLY_EVERY: Duration = Duration::from_secs(1);
/// How long a stopping server waits for requests under way, in seconds.
const GRACE_S: u64 = 10;

/// An error as one line for the operator.
pub(crate) fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// How the coordination of the topics begins: the kit's way, by the founder that the configuration names.
fn coordination(config: &Config) -> Result<Option<kit::Coordination>, String> {
    let network = kits::load(&config.kit).map_err(text)?.network;
    Ok(network.coordination.map(|coordination| kit::Coordination {
        founder: match &config.founder {
            Some(founder) => founder.to_string(),
            None => coordination.founder,
        },
        ..coordination
    }))
}

/// Where the city's data are.
pub(crate) fn store_settings(config: &Config) -> StoreSettings {
    StoreSettings {
        database: match &config.database_url {
            Some(url) => Database::Postgres(url.clone()),
            None => Database::Sqlite(config.data.join("tequio.sqlite")),
        },
        readers: READERS,
        files: config.data.join("files"),
    }
}

/// Opens the city's store.
pub(crate) fn open_store(config: &Config) -> Result<Store, String> {
    Store::open(&store_settings(config)).map_err(text)
}

/// What the city is founded from.
pub(crate) fn founding(config: &Config) -> Result<Founding, String> {
    let mut kit = kits::load(&config.kit).map_err(text)?;
    kit.network.coordination = coordination(config)?;
    Ok(Founding {
        network: kit.network,
        topics: kit.topics,
        city: config.city.clone(),
        base_url: config.url.clone(),
        siblings: config.siblings.clone(),
    })
}

/// Opens the city's store and identity, founding it when it is new.
pub(crate) fn open_engine(config: &Config) -> Result<Engine, String> {
    let founding = founding(config)?;
    let store = open_store(config)?;
    Engine::open(store, founding, clock::now()).map_err(text)
}

/// Serves until told to stop.
pub(crate) fn run(config: Config, doubts: Doubts) -> Result<(), String> {
    let address = SocketAddr::new(config.bind, config.port);
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("{address} cannot be used ({error}); choose another with port = … or --port")
    })?;
    let unfinished = config.data.join(restore::UNFINISHED);
    if unfinished.exists() {
        return Err(format!(
            "{} holds a restore that did not end: empty it and restore again",
            config.data.display()
        ));
    }
    let engine = open_engine(&config)?;
    epoch::guard(&config, &engine, doubts)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(serve(listener, config, engine, stop_signal()))
}

/// Serves on `listener` until `stop` is done, then ends everything in order.
async fn serve(
    listener: TcpListener,
    config: Config,
    engine: Engine,
    stop: impl Future<Output = ()>,
) -> Result<(), String> {
    let federation = federation(&config, &engine)?;
    let (stopping, stopped) = watch::channel(false);
    announce_setup(&engine).await?;
    let server = listen(listener, &config, &engine, &federation)?;
    let handle = server.handle();
    let running = tokio::spawn(server);
    let figures = metrics::listen(config.metrics, &federation)?;
    let figures_handle = figures.as_ref().map(actix_web::dev::Server::handle);
    let figures = figures.map(tokio::spawn);
    let mut tasks = federation.spawn(&stopped);
    tasks.spawn(write_tallies(engine.clone(), stopped.clone()));
    tasks.spawn(acknowledge(engine.clone(), stopped.clone()));
    tracing::info!(url = config.url, city = config.city.as_str(), "serving");
    if config.sample_content {
        tasks.spawn(feed(config, engine.clone(), stopped.clone()));
    }
    stop.await;
    tracing::info!("stopping");
    end(&handle, running).await;
    if let (Some(handle), Some(figures)) = (figures_handle, figures) {
        end(&handle, figures).await;
    }
    if stopping.send(true).is_err() {
        tracing::debug!("all tasks had ended");
    }
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a task failed");
        }
    }
    let store = engine.store().clone();
    drop((engine, federation));
    tokio::task::spawn_blocking(move || store.close())
        .await
        .map_err(text)?;
    tracing::info!("stopped");
    Ok(())
}

async fn end(handle: &ServerHandle, running: tokio::task::JoinHandle<std::io::Result<()>>) {
    handle.stop(true).await;
    match running.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the server ended badly"),
        Err(error) => tracing::error!(%error, "the server failed"),
    }
}

fn federation(config: &Config, engine: &Engine) -> Result<Federation, String> {
    let extra_roots = match &config.extra_ca {
        Some(certificates) => ExtraRoots::from_pem(certificates).map_err(text)?,
        None => ExtraRoots::default(),
    };
    let settings = FederationSettings {
        development: config.mode == Mode::Development,
        extra_roots,
        peers: config
            .siblings
            .iter()
            .map(|(city, base_url)| PeerSettings {
                city: city.to_string(),
                base_url: base_url.clone(),
            })
            .collect(),
        heartbeat_s: config.heartbeat_s,
        alarm_after_s: config.alarm_after_s,
        trusted_proxies: config.trusted_proxies.clone(),
    };
    Federation::new(settings, engine.clone(), clock::now).map_err(text)
}

fn listen(
    listener: TcpListener,
    config: &Config,
    engine: &Engine,
    federation: &Federation,
) -> Result<actix_web::dev::Server, String> {
    let federated = federation.configure();
    let pages = tequio_web::configure(pages_state(config, engine, federation)?);
    let server = HttpServer::new(move || {
        App::new()
            .configure(federated.clone())
            .configure(pages.clone())
    })
    .workers(WORKERS)
    .shutdown_timeout(GRACE_S)
    .client_request_timeout(Duration::from_secs(15))
    .disable_signals()
    .listen(listener)
    .map_err(|error| format!("cannot listen: {error}"))?;
    Ok(server.run())
}

fn pages_state(
    config: &Config,
    engine: &Engine,
    federation: &Federation,
) -> Result<tequio_web::State, String> {
    let network = kits::load(&config.kit).map_err(text)?.network;
    tequio_web::State::new(tequio_web::Settings {
        engine: engine.clone(),
        clock: clock::now,
        moment: clock::moment,
        trusted_proxies: config.trusted_proxies.clone(),
        network_name: network.name,
        network_summary: network.summary,
        limits: tequio_web::limit::Limits::default(),
        outside: Arc::new(Elsewhere(federation.clone())),
    })
    .map_err(text)
}

/// Tells the operator where the first administrator is made, while there is none.
async fn announce_setup(engine: &Engine) -> Result<(), String> {
    if account::needs_setup(engine).await.map_err(text)? {
        let moment = clock::moment().map_err(text)?;
        let token = account::new_setup_token(engine, moment)
            .await
            .map_err(text)?;
        let url = &engine.identity().base_url;
        tracing::warn!("no administrator yet: open {url}/instalar?token={token}");
    }
    Ok(())
}

/// Writes what was found useful into the log, a little after it was said.
async fn write_tallies(engine: Engine, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TALLY_EVERY) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let written = match clock::moment() {
            Ok(moment) => vote::flush_tallies(&engine, moment).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::error!(%error, "tallies were not written");
        }
    }
}

/// Says for the city how terms ended, whenever something has come.
async fn acknowledge(engine: Engine, mut stopped: watch::Receiver<bool>) {
    let mut changed = engine.store().changed();
    loop {
        let said = match clock::moment() {
            Ok(moment) => takeover::acknowledge_due(&engine, moment).await,
            Err(error) => Err(error),
        };
        if let Err(error) = said {
            tracing::error!(%error, "the end of a term was not acknowledged");
        }
        tokio::select! {
            came = changed.changed() => if came.is_err() { return },
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn feed(config: Config, engine: Engine, mut stopped: watch::Receiver<bool>) {
    let fed = async {
        let sample = kits::load_sample(&config.kit).map_err(text)?;
        let people = sample.people.clone();
        let mut cities: HashMap<String, String> = config
            .siblings
            .iter()
            .map(|(city, base_url)| (city.to_string(), base_url.clone()))
            .collect();
        cities.insert(config.city.to_string(), config.url.clone());
        let feeder =
            Feeder::new(engine, &config.kit, sample, cities, &config.data).map_err(text)?;
        let coordination = coordination(&config)?;
        feeder.run(people, coordination).await.map_err(text)
    };
    tokio::select! {
        done = fed => if let Err(error) = done {
            tracing::error!(error, "sample content could not be written");
        },
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

/// Done when the process is told to stop: Ctrl-C, or the service manager's signal.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::warn!(%error, "no SIGTERM here");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        interrupted = tokio::signal::ctrl_c() => if let Err(error) = interrupted {
            tracing::warn!(%error, "no Ctrl-C here");
        },
    }
}
