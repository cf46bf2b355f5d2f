//! The embedded CXone: the sandbox on a thread of its own, so that it answers while the engine works.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use dncsync_core::profile::Profile;
use dncsync_cxone::{Access, KeyAccess, Secret, Settings};
use dncsync_engine::Trouble;
use dncsync_sandbox::{Options, Sandbox};
use tokio::sync::oneshot;

/// The journal of the embedded sandbox in a state directory; each profile is a tenant of its own.
fn journal(profile: Profile) -> &'static str {
    match profile {
        Profile::V2 => "sandbox.jsonl",
        Profile::Admin => "sandbox-admin.jsonl",
    }
}

/// A sandbox on a thread of its own; it stops when this is dropped.
pub(crate) struct Embedded {
    profile: Profile,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// The sandbox of a state directory: a second run finds what the first one left.
    pub(crate) fn of_state(state: &Path, profile: Profile) -> Result<Self, Trouble> {
        dncsync_engine::Engine::prepare(state)?;
        Self::start(profile, Options { data: Some(state.join(journal(profile))), ..Options::default() })
    }

    /// A sandbox with these options, on any port of this machine.
    pub(crate) fn start(profile: Profile, options: Options) -> Result<Self, Trouble> {
        let options = speaking(profile, options);
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
        Ok(Self { profile, address, stop: Some(stop), thread: Some(thread) })
    }

    /// How a client reaches it; `configured` is what else was said of a tenant of its profile.
    pub(crate) fn settings(&self, configured: Option<Settings>) -> Settings {
        let base = format!("http://{}", self.address);
        let (name, secret) = ("sandbox".to_owned(), Secret::new("sandbox".to_owned()));
        match (self.profile, configured.map(|configured| configured.access)) {
            (Profile::V2, _) => Settings::v2(base.clone(), format!("{base}/oauth/token"), name, secret),
            (Profile::Admin, configured) => {
                let usual = match configured {
                    Some(Access::Key(key)) => key,
                    _ => KeyAccess::new(String::new(), Secret::new(String::new())),
                };
                let token_url = Some(format!("{base}/authentication/v1/token/access-key"));
                let key = KeyAccess { key_id: name, key_secret: secret, discovery_url: base, token_url, ..usual };
                Settings { access: Access::Key(key), ca_pem: None }
            }
        }
    }
}

/// The same options for a tenant that speaks so. No limit is known of the Admin API.
pub(crate) fn speaking(profile: Profile, options: Options) -> Options {
    match profile {
        Profile::V2 => options,
        Profile::Admin => Options { profile: dncsync_sandbox::Profile::Admin, rate: 0, ..options },
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
