//! The way out: every request of this program leaves through here, to CXone and to the aggregator alike.
//!
//! Built with the feature `memory`, a wire may also lead to a server in the same process, over streams in memory: the
//! same client then runs on a paused clock, which no socket would wait for. The normal binary is built without it.

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
    /// Makes requests on every way, and sends them over the network.
    http: reqwest::Client,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Net,
    #[cfg(feature = "memory")]
    Memory(Memory),
}

impl Wire {
    /// Out to the network, as [`http::client`] says.
    ///
    /// # Errors
    /// `ca_pem` cannot be read, or HTTPS cannot be set up.
    pub fn net(ca_pem: Option<&[u8]>, connect_timeout: Duration, timeout: Duration) -> Result<Self, SettingsError> {
        Ok(Self { http: http::client(ca_pem, connect_timeout, timeout)?, way: Way::Net })
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
            Way::Net => Ok(Self { http: http::webhook_client(ca_pem, connect_timeout, timeout)?, way: Way::Net }),
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
            Way::Net => self.http.execute(request).await.map_err(|error| Fault::of(error, whom)),
            #[cfg(feature = "memory")]
            Way::Memory(memory) => {
                let host = crate::address::host(request.url());
                memory.send(request, &host).await
            }
        }
    }
}
