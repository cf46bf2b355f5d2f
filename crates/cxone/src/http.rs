//! The HTTP client: how this program goes out to the network, to CXone and to webhooks alike.

use std::sync::Arc;
use std::time::Duration;

use dncsync_core::wording;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder, Proxy, Url};

use crate::address::is_loopback;
use crate::reach::Guarded;
use crate::retry_after;
use crate::settings::SettingsError;

/// Load balancers commonly drop an idle connection after 60 s. We let go of it first, so that no request is sent into
/// a connection that is just being closed: such a request counts as unknown.
const IDLE: Duration = Duration::from_secs(30);

/// A client that follows no redirect (a token must not travel to another host), repeats nothing, trusts the platform's
/// certificates and those in `ca_pem`, and goes through the proxy that environment or system name, except to this
/// machine.
///
/// # Errors
/// `ca_pem` cannot be read, or HTTPS cannot be set up.
pub fn client(
    ca_pem: Option<&[u8]>,
    connect_timeout: Duration,
    timeout: Duration,
) -> Result<reqwest::Client, SettingsError> {
    build(ca_pem, &|| ClientBuilder::new().connect_timeout(connect_timeout).timeout(timeout))
}

/// The same for webhooks: it connects to no link-local address that a name resolves to. A literal never comes to a
/// resolver: whoever sends asks [`is_link_local`](crate::is_link_local).
///
/// Where https goes through a proxy it is the proxy that resolves the name: then only literals can be checked.
///
/// # Errors
/// Those of [`client`].
pub fn webhook_client(
    ca_pem: Option<&[u8]>,
    connect_timeout: Duration,
    timeout: Duration,
) -> Result<reqwest::Client, SettingsError> {
    guarded(ca_pem, connect_timeout, timeout, Guarded::by_system())
}

/// A client that trusts nobody: for plain http, which is spoken to this machine only. `guarded`: as [`webhook_client`].
///
/// It is made in no time. One that trusts the platform's certificates reads and parses all of them first.
pub(crate) fn plain(
    connect_timeout: Duration,
    timeout: Duration,
    guarded: bool,
) -> Result<reqwest::Client, SettingsError> {
    let timed = ClientBuilder::new().connect_timeout(connect_timeout).timeout(timeout);
    let timed = if guarded { timed.dns_resolver(Arc::new(Guarded::by_system())) } else { timed };
    provider();
    usual(timed).no_proxy().tls_certs_only([]).build().map_err(unusable)
}

/// Whether certificates can be used, before anybody needs them.
pub(crate) fn check(ca_pem: Option<&[u8]>) -> Result<(), SettingsError> {
    ca_pem.map_or(Ok(()), |pem| certificates(pem).map(drop))
}

pub(crate) fn guarded(
    ca_pem: Option<&[u8]>,
    connect_timeout: Duration,
    timeout: Duration,
    resolver: Guarded,
) -> Result<reqwest::Client, SettingsError> {
    let resolver = Arc::new(resolver);
    build(ca_pem, &|| {
        ClientBuilder::new().connect_timeout(connect_timeout).timeout(timeout).dns_resolver(Arc::clone(&resolver))
    })
}

/// How long an answer asks to be left alone.
pub fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    retry_after::of(answer.headers())
}

fn build(ca_pem: Option<&[u8]>, timed: &dyn Fn() -> ClientBuilder) -> Result<reqwest::Client, SettingsError> {
    let certificates = ca_pem.map(certificates).transpose()?.unwrap_or_default();
    let builder = || usual(timed()).proxy(proxy(Matcher::from_system()));
    provider();
    // A machine without any certificates can still speak to itself and to hosts that `ca_pem` vouches for; all others
    // are refused when they are met, with advice.
    let built = builder().tls_certs_merge(certificates.clone()).build();
    built.or_else(|_| builder().tls_certs_only(certificates).build()).map_err(unusable)
}

/// What all clients have in common.
fn usual(builder: ClientBuilder) -> ClientBuilder {
    builder
        .user_agent(concat!("dncsync/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_idle_timeout(IDLE)
}

fn unusable(error: reqwest::Error) -> SettingsError {
    SettingsError::Https(wording::tidy(&crate::fault::deepest(&error)))
}

/// The provider is process-wide. One that somebody installed before us does the same job.
fn provider() {
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
}

/// A client that trusts nobody and goes nowhere: it makes requests for a wire in memory.
#[cfg(feature = "memory")]
pub(crate) fn unconnected() -> Result<reqwest::Client, SettingsError> {
    provider();
    ClientBuilder::new().no_proxy().tls_certs_only([]).build().map_err(unusable)
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, SettingsError> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|_| SettingsError::UnreadableCa)?;
    // PEM is only the envelope: whether a certificate is inside shows when it is to be trusted.
    let mut roots = rustls::RootCertStore::empty();
    let ders = rustls::pki_types::pem::PemObject::pem_slice_iter(pem);
    let readable = ders.filter_map(Result::ok).all(|der| roots.add(der).is_ok());
    if certificates.is_empty() || roots.is_empty() || !readable {
        return Err(SettingsError::UnreadableCa);
    }
    Ok(certificates)
}

/// The system's proxy for https. Plain http is spoken to this machine only, where a proxy has no business.
fn proxy(system: Matcher) -> Proxy {
    // reqwest takes the proxy's password apart from its address. It is the same for all hosts, so any will do to ask.
    let anywhere = "https://anywhere.invalid/".parse().ok();
    let password = anywhere.and_then(|uri| system.intercept(&uri)?.basic_auth().cloned());
    let proxy = Proxy::custom(move |url: &Url| {
        if url.scheme() != "https" || is_loopback(url) {
            return None;
        }
        let through = system.intercept(&url.as_str().parse().ok()?)?;
        Some(through.uri().to_string())
    });
    match password {
        Some(mut password) => {
            password.set_sensitive(true);
            proxy.custom_http_auth(password)
        }
        None => proxy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn hears(listener: &TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 4096];
        let length = stream.read(&mut heard).await.unwrap();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&heard[..length]).into_owned()
    }

    #[tokio::test]
    async fn the_proxy_is_for_other_machines_only() {
        let (proxy_host, here) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = format!("http://me:pass@{}", proxy_host.local_addr().unwrap());
        provider();
        let system = Matcher::builder().all(address).no("direct.invalid").build();
        let client = ClientBuilder::new().proxy(proxy(system)).build().unwrap();

        let local = client.get(format!("http://{}/here", here.local_addr().unwrap())).send();
        let (answer, heard) = tokio::join!(local, hears(&here));
        assert_eq!(answer.unwrap().status(), 403);
        assert!(heard.starts_with("GET /here "), "{heard}");

        let (answer, heard) = tokio::join!(client.get("https://far.invalid/").send(), hears(&proxy_host));
        assert!(answer.unwrap_err().is_connect());
        assert!(heard.starts_with("CONNECT far.invalid:443 "), "{heard}");
        assert!(heard.to_lowercase().contains("proxy-authorization: basic bwu6cgfzcw=="), "{heard}");
    }

    #[tokio::test]
    async fn webhooks_reach_this_machine_by_its_name() {
        let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = webhook_client(None, Duration::from_secs(5), Duration::from_secs(5)).unwrap();
        let url = format!("http://localhost:{}/hook", here.local_addr().unwrap().port());
        let (answer, heard) = tokio::join!(client.post(url).send(), hears(&here));
        assert_eq!(answer.unwrap().status(), 403);
        assert!(heard.starts_with("POST /hook "), "{heard}");
    }

    #[test]
    fn certificates_that_are_none_are_refused() {
        let envelope = b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n".as_slice();
        for pem in [b"".as_slice(), b"no certificate", envelope] {
            let made = client(Some(pem), Duration::from_secs(1), Duration::from_secs(1));
            assert_eq!(made.unwrap_err(), SettingsError::UnreadableCa);
        }
    }
}
