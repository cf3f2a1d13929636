//! A line to a city that can be bad: slow, cut, silent, narrow, wrong, dead.
//!
//! Start at [`Proxy::start`]: what connects to its port reaches a city on loopback, in whatever
//! [`Weather`] is set. The weather changes at once, for connections that are open too.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::dice::Dice;

/// Bytes that are passed on at once.
const CHUNK: usize = 16 * 1024;

/// How a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Clear,
    /// Each piece takes this long.
    Late(Duration),
    /// So many bytes in a hundredth of a second.
    Narrow(usize),
    /// Connections are taken, and nothing is ever said.
    Silent,
    /// One byte of a piece is another, once in so many pieces.
    Wrong(u64),
    /// Connections break in the middle, once in so many pieces.
    Cut(u64),
    /// Nobody listens; what was open is cut.
    Dead,
}

/// One line; it ends with its value.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    weather: watch::Sender<Weather>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A clear line from `port` to a city's port.
    #[must_use]
    pub fn start(port: u16, city_port: u16, seed: u64) -> Self {
        let (weather, seen) = watch::channel(Weather::Clear);
        let line = Line {
            city_port,
            weather: seen,
            dice: Arc::new(Mutex::new(Dice::new(seed))),
        };
        let task = tokio::spawn(line.serve(port));
        Self {
            port,
            weather,
            task,
        }
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Line {
    city_port: u16,
    weather: watch::Receiver<Weather>,
    dice: Arc<Mutex<Dice>>,
}

impl Line {
    async fn serve(self, port: u16) {
        let mut weather = self.weather.clone();
        loop {
            // The end of the test ends the line.
            if weather.wait_for(|now| *now != Weather::Dead).await.is_err() {
                return;
            }
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .await
                .expect("the port of a line is its own");
            loop {
                tokio::select! {
                    taken = listener.accept() => if let Ok((client, _)) = taken {
                        tokio::spawn(self.clone().join(client));
                    },
                    ended = weather.wait_for(|now| *now == Weather::Dead) => {
                        if ended.is_err() {
                            return;
                        }
                        break;
                    }
                }
            }
        }
    }

    /// Joins a client with the city until one of them, or the weather, ends it.
    async fn join(self, client: TcpStream) {
        let Ok(city) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.city_port)).await else {
            return;
        };
        let (from_client, to_client) = client.into_split();
        let (from_city, to_city) = city.into_split();
        let mut weather = self.weather.clone();
        // Whichever ends first closes both ways: the halves go with the futures.
        tokio::select! {
            _ = self.pass(from_client, to_city) => {}
            _ = self.pass(from_city, to_client) => {}
            _ = weather.wait_for(|now| *now == Weather::Dead) => {}
        }
    }

    async fn pass(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
        let mut piece = vec![0; CHUNK];
        loop {
            let mut read = from.read(&mut piece).await?;
            if read == 0 {
                return Ok(());
            }
            // What was sent into silence stays there, but the line is not cut.
            let weather = *self.weather.borrow();
            match weather {
                Weather::Clear => {}
                Weather::Late(time) => tokio::time::sleep(time).await,
                Weather::Narrow(bytes) => {
                    for few in piece[..read].chunks(bytes.max(1)) {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        to.write_all(few).await?;
                    }
                    continue;
                }
                Weather::Silent => continue,
                Weather::Wrong(of) => self.spoil(&mut piece[..read], of),
                Weather::Cut(of) => {
                    if self.dice().one_in(of) {
                        read = self.dice().index(read);
                        to.write_all(&piece[..read]).await?;
                        return Ok(());
                    }
                }
                Weather::Dead => return Ok(()),
            }
            to.write_all(&piece[..read]).await?;
        }
    }

    fn spoil(&self, piece: &mut [u8], of: u64) {
        let mut dice = self.dice();
        if dice.one_in(of) {
            let at = dice.index(piece.len());
            piece[at] = piece[at].wrapping_add(1 + u8::try_from(dice.below(255)).unwrap_or(0));
        }
    }

    fn dice(&self) -> std::sync::MutexGuard<'_, Dice> {
        self.dice.lock().expect("nobody panics with the dice")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says everything twice.
    async fn echo() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        port
    }

    async fn line() -> Proxy {
        let city = echo().await;
        let (port, held) = crate::port::free();
        drop(held);
        let proxy = Proxy::start(port, city, 7);
        let deadline = Duration::from_secs(10);
        crate::wait::until(deadline, "the line is up", async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await
        })
        .await;
        proxy
    }

    /// Sends and reads as much; `None` when nothing comes, or too little.
    async fn exchange(proxy: &Proxy, sent: &[u8]) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port))
            .await
            .ok()?;
        stream.write_all(sent).await.ok()?;
        let mut heard = vec![0; sent.len()];
        let read = stream.read_exact(&mut heard);
        let read = tokio::time::timeout(Duration::from_millis(300), read).await;
        read.ok()?.ok()?;
        Some(heard)
    }

    #[tokio::test]
    async fn each_weather_is_what_it_says() {
        let proxy = line().await;
        let sent = vec![b'a'; 1000];
        assert_eq!(exchange(&proxy, &sent).await, Some(sent.clone()));
        proxy.set(Weather::Narrow(200));
        assert_eq!(exchange(&proxy, &sent).await, Some(sent.clone()));
        proxy.set(Weather::Late(Duration::from_millis(5)));
        assert_eq!(exchange(&proxy, &sent).await, Some(sent.clone()));
        proxy.set(Weather::Wrong(1));
        assert!(
            exchange(&proxy, &sent)
                .await
                .is_some_and(|heard| heard != sent)
        );
        for bad in [Weather::Silent, Weather::Cut(1), Weather::Dead] {
            proxy.set(bad);
            assert_eq!(exchange(&proxy, &sent).await, None, "{bad:?}");
        }
        proxy.set(Weather::Clear);
        let deadline = Duration::from_secs(10);
        crate::wait::until(deadline, "it clears up", async || {
            exchange(&proxy, &sent).await.ok_or("nothing")
        })
        .await;
    }
}
