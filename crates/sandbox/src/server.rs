//! The sandbox as its owner holds it: start, look, stop; and the tasks that serve its connections.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::{Observed, Options, Profile, admin::TENANT_ID, clock::Clock, gate, routes, tenant::Tenant};

/// A connection without a call gets this long to write out its last answer when the sandbox stops.
const FAREWELL: Duration = Duration::from_millis(250);
/// A call that is being worked on gets this long; the slowest fault is asked for by people, so there must be an end.
const LAST_CALL: Duration = Duration::from_secs(10);

/// A running tenant. Dropping it ends its tasks at once; [`Sandbox::stop`] lets calls that are under way finish.
pub struct Sandbox {
    pub(crate) tenant: Arc<Tenant>,
    address: SocketAddr,
    server: Option<JoinHandle<()>>,
    quit: watch::Sender<bool>,
}

impl Sandbox {
    /// Binds `addr` (port 0 = any free one) and serves from spawned tasks. Loopback addresses only: a stand-in has no
    /// business on a network.
    ///
    /// # Errors
    ///
    /// The address is not a loopback address or cannot be bound; the journal cannot be read, is damaged, or belongs to
    /// another running sandbox.
    pub async fn start(options: Options, addr: SocketAddr) -> io::Result<Sandbox> {
        if !addr.ip().is_loopback() {
            let message = format!("the sandbox serves loopback addresses only, not {}", addr.ip());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(addr).await?;
        let address = listener.local_addr()?;
        let tenant = tokio::task::spawn_blocking(|| Tenant::open(options)).await.map_err(io::Error::other)??;
        let tenant = Arc::new(tenant);
        let (quit, quitting) = watch::channel(false);
        let server = tokio::spawn(accept(listener, tenant.clone(), quitting));
        Ok(Sandbox { tenant, address, server: Some(server), quit })
    }

    /// A tenant without a port: each connection is handed to [`Sandbox::serve`]. `wall_clock` (since 1970) is what its
    /// clock shows now; from here on it goes as the runtime's does, paused or not. To be made where a runtime is.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`], of the journal.
    pub fn in_memory(options: Options, wall_clock: Duration) -> io::Result<Sandbox> {
        let tenant = Arc::new(Tenant::open_in_memory(options, Clock::start_at(wall_clock))?);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(Sandbox { tenant, address: nowhere, server: None, quit: watch::channel(false).0 })
    }

    /// Serves a connection, until it or the sandbox ends.
    pub fn serve<S>(&self, stream: S) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        serve(stream, self.tenant.clone(), routes::router(self.tenant.clone()), self.quit.subscribe())
    }

    /// Where it listens; port 0 where it does not.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `http://127.0.0.1:PORT/oauth/token`; under the profile `admin`, `…/auth/token`.
    #[must_use]
    pub fn token_url(&self) -> String {
        let path = match self.tenant.options.profile {
            Profile::V2 => "/oauth/token",
            Profile::Admin => "/auth/token",
        };
        format!("{}{path}", self.api_url())
    }

    /// Where an access key alone gets a token, under the profile `admin`.
    #[must_use]
    pub fn access_key_url(&self) -> String {
        format!("{}/authentication/v1/token/access-key", self.api_url())
    }

    /// Where `/.well-known/openid-configuration` and `/.well-known/cxone-configuration` are, under the profile `admin`.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        self.api_url()
    }

    /// The tenant's id, as tokens of the profile `admin` claim it: the same for every sandbox.
    #[must_use]
    pub fn tenant_id(&self) -> &'static str {
        TENANT_ID
    }

    /// What it has seen so far.
    #[must_use]
    pub fn observed(&self) -> Observed {
        self.tenant.ledger().observed()
    }

    /// Ends: takes no new connection, finishes the calls that are under way, closes.
    pub async fn stop(mut self) {
        self.quit.send_replace(true);
        // An error here is a panic of the accept loop: it has ended, which is what is wanted.
        if let Some(server) = &mut self.server {
            let _ended = server.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Connections live in the accept task's set and go with it.
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn accept(listener: TcpListener, tenant: Arc<Tenant>, mut quitting: watch::Receiver<bool>) {
    let router = routes::router(tenant.clone());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = quitting.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                let _still_works_without = stream.set_nodelay(true);
                connections.spawn(serve(stream, tenant.clone(), router.clone(), quitting.clone()));
            }
            // Out of file handles, most likely: others must close first.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    tenant: Arc<Tenant>,
    router: Router,
    mut quitting: watch::Receiver<bool>,
) {
    let under_way = Arc::new(AtomicUsize::new(0));
    let service = service_fn(|call| {
        let (tenant, router, counted) = (tenant.clone(), router.clone(), Counted::new(&under_way));
        async move {
            let _counted = counted;
            gate::pass(tenant, router, call).await
        }
    });
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    // An error of a connection is its end, whether by a fault that was asked for or by the caller.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        _ = quitting.changed() => connection.as_mut().graceful_shutdown(),
    }
    let patience = if under_way.load(Ordering::Relaxed) > 0 { LAST_CALL } else { FAREWELL };
    let _ended = timeout(patience, connection).await;
}

/// Counts a call as under way until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(under_way: &Arc<AtomicUsize>) -> Counted {
        under_way.fetch_add(1, Ordering::Relaxed);
        Counted(under_way.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
