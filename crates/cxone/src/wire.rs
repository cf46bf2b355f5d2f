//! The way out: every request of this program leaves through here, to CXone and to the aggregator alike.
//!
//! Built with the feature `memory`, a wire may also lead to a server in the same process, over streams in memory: the
//! same client then runs on a paused clock, which no socket would wait for. The normal binary is built without it.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use reqwest::{IntoUrl, Method, RequestBuilder, Response};

use crate::fault::Fault;
use crate::http;
#[cfg(feature = "memory")]
use crate::memory::{Connect, Memory};
use crate::settings::SettingsError;

/// A way out, with its certificates and limits. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Makes requests on every way, and sends those over the network that are not encrypted.
    http: reqwest::Client,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Net(Tls),
    #[cfg(feature = "memory")]
    Memory(Memory),
}

type Made = Result<reqwest::Client, SettingsError>;

/// The client that speaks https, made when the first request needs it: it reads all certificates that the platform
/// trusts, which takes longer than everything else before a small run's first request.
#[derive(Clone)]
struct Tls(Arc<LazyLock<Made, Box<dyn FnOnce() -> Made + Send>>>);

impl Tls {
    fn later(make: impl FnOnce() -> Made + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }

    fn client(&self) -> Result<&reqwest::Client, Fault> {
        let made = LazyLock::force(&self.0);
        made.as_ref().map_err(|error| Fault { sent: false, reason: error.to_string() })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl Wire {
    /// Out to the network, as [`http::client`] says.
    ///
    /// # Errors
    /// `ca_pem` cannot be read, or HTTPS cannot be set up.
    pub fn net(ca_pem: Option<&[u8]>, connect_timeout: Duration, timeout: Duration) -> Result<Self, SettingsError> {
        http::check(ca_pem)?;
        let ca_pem = ca_pem.map(<[u8]>::to_vec);
        let tls = Tls::later(move || http::client(ca_pem.as_deref(), connect_timeout, timeout));
        Ok(Self { http: http::plain(connect_timeout, timeout, false)?, way: Way::Net(tls) })
    }

    /// Begins to make ready for https, beside whatever else is done before the first request.
    pub(crate) fn make_ready(&self) {
        #[cfg_attr(
            not(feature = "memory"),
            expect(irrefutable_let_patterns, reason = "there is a second way with `memory`")
        )]
        if let Way::Net(tls) = &self.way {
            let tls = tls.clone();
            std::thread::spawn(move || tls.client().map(drop));
        }
    }

    /// To whatever `connect` leads to; an error of it means that nobody can be reached.
    ///
    /// # Errors
    /// The HTTP library did not start.
    #[cfg(feature = "memory")]
    pub fn memory(connect: Connect, timeout: Duration) -> Result<Self, SettingsError> {
        Ok(Self { http: http::unconnected()?, way: Way::Memory(Memory { connect, timeout }) })
    }

    /// Another one of the same kind, to an aggregator: with its certificates and limits, and past link-local addresses.
    ///
    /// # Errors
    /// `ca_pem` cannot be read, or HTTPS cannot be set up.
    pub fn to_aggregator(
        &self,
        ca_pem: Option<&[u8]>,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<Self, SettingsError> {
        match &self.way {
            Way::Net(_) => {
                http::check(ca_pem)?;
                let ca_pem = ca_pem.map(<[u8]>::to_vec);
                let tls = Tls::later(move || http::webhook_client(ca_pem.as_deref(), connect_timeout, timeout));
                Ok(Self { http: http::plain(connect_timeout, timeout, true)?, way: Way::Net(tls) })
            }
            #[cfg(feature = "memory")]
            Way::Memory(memory) => {
                Ok(Self { http: self.http.clone(), way: Way::Memory(Memory { timeout, ..memory.clone() }) })
            }
        }
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request; its answer once the head of it is there. `whom` stands for the host in words.
    ///
    /// # Errors
    /// No answer came: whether the request may have arrived, and why.
    pub async fn send(&self, request: RequestBuilder, whom: &str) -> Result<Response, Fault> {
        let request = request.build().map_err(|error| Fault::of(error, whom))?;
        match &self.way {
            Way::Net(tls) => {
                let http = if request.url().scheme() == "https" { tls.client()? } else { &self.http };
                http.execute(request).await.map_err(|error| Fault::of(error, whom))
            }
            #[cfg(feature = "memory")]
            Way::Memory(memory) => {
                let host = crate::address::host(request.url());
                memory.send(request, &host).await
            }
        }
    }
}
