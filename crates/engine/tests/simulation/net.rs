//! The network between the engine and its servers: streams in memory, with delays, refusals and strangers.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dncsync_cxone::{Connect, Wire};
use dncsync_sandbox::Sandbox;
use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::aggregator::Aggregator;

pub(crate) const API: &str = "api.cxone.example";
/// Where the other addresses of a tenant of profile `admin` are told; it is the same tenant.
pub(crate) const DISCOVERY: &str = "cxone.example";
pub(crate) const HOOKS: &str = "hooks.example";

/// The limit of an API request, as the real client has it.
const LIMIT: Duration = Duration::from_secs(45);

/// What the network does to connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// The chance that nobody is reached.
    pub(crate) refuses: f64,
    /// A request reaches its server so many milliseconds after it left, at most.
    pub(crate) delay_ms: u64,
    /// So many of the next connections to the tenant lead to a stranger, who answers 200 and a page, or what is said here.
    pub(crate) strangers: u64,
    pub(crate) strange: Option<&'static str>,
    /// So many of the next connections to the tenant find nobody.
    pub(crate) absences: u64,
    /// So many of the next connections are as usual before these begin.
    pub(crate) spared: u64,
}

pub(crate) struct Net {
    pub(crate) sandbox: Sandbox,
    pub(crate) aggregator: Aggregator,
    pub(crate) weather: Mutex<Weather>,
    dice: Mutex<Rng>,
    pub(crate) faults: AtomicU64,
}

/// The way of one process, which may die at its `fatal`-th connection.
pub(crate) struct Way {
    pub(crate) wire: Wire,
    pub(crate) fatal: Arc<Notify>,
}

impl Net {
    pub(crate) fn new(sandbox: Sandbox, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            sandbox,
            aggregator: Aggregator::default(),
            weather: Mutex::default(),
            dice: Mutex::new(Rng::with_seed(seed)),
            faults: AtomicU64::new(0),
        })
    }

    /// A process' way to the servers.
    pub(crate) fn way(self: &Arc<Self>, fatal_connection: u64) -> Way {
        let (net, fatal, count) = (Arc::clone(self), Arc::new(Notify::new()), AtomicU64::new(0));
        let told = Arc::clone(&fatal);
        let connect: Connect = Arc::new(move |host| {
            if count.fetch_add(1, Ordering::Relaxed) + 1 == fatal_connection {
                told.notify_one();
            }
            net.connect(host)
        });
        Way { wire: Wire::memory(connect, LIMIT).expect("a wire"), fatal }
    }

    fn connect(self: &Arc<Self>, host: &str) -> io::Result<DuplexStream> {
        let (delay, stranger, answer) = {
            let (mut weather, mut dice) = (self.weather.lock().unwrap(), self.dice.lock().unwrap());
            if dice.f64() < weather.refuses {
                self.faults.fetch_add(1, Ordering::Relaxed);
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            if host == HOOKS && self.aggregator.is_absent() {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let struck = host != HOOKS && weather.spared == 0;
            weather.spared = weather.spared.saturating_sub(1);
            if struck && weather.absences > 0 {
                weather.absences -= 1;
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let stranger = struck && weather.strangers > 0;
            weather.strangers -= u64::from(stranger);
            (Duration::from_millis(dice.u64(..=weather.delay_ms)), stranger, weather.strange.unwrap_or(PAGE))
        };
        let (near, far) = duplex(1 << 16);
        let net = Arc::clone(self);
        match host {
            _ if stranger => drop(tokio::spawn(async move { say(far, answer).await })),
            API | DISCOVERY => drop(tokio::spawn(async move {
                sleep(delay).await;
                net.sandbox.serve(far).await;
            })),
            HOOKS => drop(tokio::spawn(async move {
                sleep(delay).await;
                net.aggregator.serve(far).await;
            })),
            other => panic!("nobody is called {other}"),
        }
        Ok(near)
    }
}

/// What a portal answers that wants to be clicked away first.
const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n<html>hello</html>\r\n";

async fn say(mut stream: DuplexStream, answer: &str) {
    let mut some = [0; 1024];
    let _ = stream.read(&mut some).await;
    let _ = stream.write_all(answer.as_bytes()).await;
}
