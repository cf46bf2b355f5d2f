//! The embedded CXone: the sandbox on a thread of its own, so that it answers while the engine works.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use dncsync_cxone::{Secret, Settings};
use dncsync_engine::Trouble;
use dncsync_sandbox::{Options, Sandbox};
use tokio::sync::oneshot;

/// The journal of the embedded sandbox in a state directory.
const JOURNAL: &str = "sandbox.jsonl";

/// A sandbox on a thread of its own; it stops when this is dropped.
pub(crate) struct Embedded {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// The sandbox of a state directory: a second run finds what the first one left.
    pub(crate) fn of_state(state: &Path) -> Result<Self, Trouble> {
        dncsync_engine::Engine::prepare(state)?;
        Self::start(Options { data: Some(state.join(JOURNAL)), ..Options::default() })
    }

    /// A sandbox with these options, on any port of this machine.
    pub(crate) fn start(options: Options) -> Result<Self, Trouble> {
        let failed = |error: &dyn std::fmt::Display| {
            Trouble::passing(
                "sandbox.unavailable",
                format!("the sandbox does not start: {error}"),
                "end the other dncsync that uses this state directory, or give another --state",
            )
        };
        let (told, hears) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || serve(options, &told, stopped));
        let address = hears.recv().map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// How a client reaches it.
    pub(crate) fn settings(&self) -> Settings {
        let base = format!("http://{}", self.address);
        Settings {
            token_url: format!("{base}/oauth/token"),
            api_url: base,
            client_id: "sandbox".to_owned(),
            client_secret: Secret::new("sandbox".to_owned()),
            ca_pem: None,
        }
    }
}

fn serve(options: Options, told: &mpsc::Sender<std::io::Result<SocketAddr>>, stopped: oneshot::Receiver<()>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(told.send(Err(error))),
    };
    runtime.block_on(async {
        match Sandbox::start(options, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await {
            Err(error) => drop(told.send(Err(error))),
            Ok(sandbox) => {
                let _ = told.send(Ok(sandbox.address()));
                let _ = stopped.await;
                sandbox.stop().await;
            }
        }
    });
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
