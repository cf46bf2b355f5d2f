//! What went wrong below HTTP: whether the request may have arrived, and why, in plain words.

use std::error::Error;
use std::io;

use dncsync_core::wording;

use crate::reach::LinkLocal;

/// An exchange that came to no answer.
#[derive(Debug)]
pub struct Fault {
    /// Whether the server may have received the request.
    pub sent: bool,
    /// Why, without addresses and numbers.
    pub reason: String,
}

impl Fault {
    /// Reads an error of the HTTP library. `host` is whom the request was for.
    pub(crate) fn of(error: reqwest::Error, host: &str) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            return Self { sent: false, reason: format!("no request to {host} can be made: {}", words(&error)) };
        }
        if error.is_connect() {
            return Self { sent: false, reason: no_connection(&error, host) };
        }
        let reason = if error.is_timeout() {
            format!("{host} did not answer in time")
        } else {
            format!("the connection to {host} broke: {}", words(&error))
        };
        Self { sent: true, reason }
    }
}

fn no_connection(error: &reqwest::Error, host: &str) -> String {
    if let Some(fault) = certificate_fault(error) {
        return format!(
            "the certificate of {host} is not trusted ({}); where your network has a certificate authority of its own, \
             name its file in CXONE_CA_FILE",
            wording::tidy(&fault)
        );
    }
    // Before the name: to the HTTP library it is a name that did not resolve.
    if let Some(refused) = chain(error).find_map(|link| link.downcast_ref::<LinkLocal>()) {
        return format!("no connection to {host}: {refused}");
    }
    if error.is_dns() {
        return format!("the name of {host} cannot be resolved");
    }
    if error.is_timeout() {
        return format!("no connection to {host} in time");
    }
    format!("no connection to {host}: {}", words(error))
}

fn certificate_fault(error: &reqwest::Error) -> Option<String> {
    chain(error).find_map(|link| match link.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(fault) => Some(fault.to_string()),
        _ => None,
    })
}

pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    let kind = chain(error).filter_map(|link| link.downcast_ref::<io::Error>()).last().map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        Some(io::ErrorKind::ConnectionReset) => "connection reset".to_owned(),
        Some(io::ErrorKind::ConnectionAborted) => "connection aborted".to_owned(),
        Some(io::ErrorKind::BrokenPipe) => "connection closed".to_owned(),
        Some(io::ErrorKind::NetworkUnreachable) => "network unreachable".to_owned(),
        Some(io::ErrorKind::HostUnreachable) => "host unreachable".to_owned(),
        _ => wording::tidy(&deepest(error)),
    }
}

/// The innermost reason: outer ones only say that something failed.
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// An error and its sources. An `io::Error` hides the error it wraps from `source`, and that is where TLS puts its own.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |link: &&'a (dyn Error + 'static)| {
        let link: &'a (dyn Error + 'static) = *link;
        let wrapped = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| link.source())
    })
}
