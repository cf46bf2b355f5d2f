//! Stopping politely: the first SIGINT or SIGTERM asks the work to end, the second ends the process at once.

use std::thread;

use dncsync_engine::World;
use tokio::sync::watch;

use crate::print;

/// The real world, where a signal asks the work to end. On a thread of its own: reading a large file holds up the one
/// on which the engine works.
pub(crate) fn world() -> World {
    let (asked, stop) = watch::channel(false);
    thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            let Some(mut signals) = Signals::listen() else { return };
            signals.next().await;
            print::note("stopping: what is under way is recorded; once more ends it at once");
            asked.send_replace(true);
            let status = signals.next().await;
            at_once(status);
        });
    });
    World::real().until(stop)
}

#[expect(clippy::disallowed_methods, reason = "somebody asked twice: nothing may keep the process any longer")]
fn at_once(status: i32) {
    std::process::exit(status);
}

#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn listen() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self(signal(SignalKind::interrupt()).ok()?, signal(SignalKind::terminate()).ok()?))
    }

    /// Waits for a signal; the exit status that a shell gives it.
    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.0.recv() => 130,
            _ = self.1.recv() => 143,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> i32 {
        let _ = tokio::signal::ctrl_c().await;
        130
    }
}
