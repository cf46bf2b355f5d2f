//! Where requests may go: https anywhere, plain http on this machine only.

use std::net::IpAddr;

use reqwest::Url;

use crate::reach;
use crate::settings::SettingsError;

/// Whether secrets may be sent to this address: `https`, or `http` to a loopback address.
///
/// # Errors
/// What is wrong, fit to follow the name of the setting. It never repeats the address.
pub fn check_address(text: &str) -> Result<(), SettingsError> {
    parse(text).map(drop)
}

/// Whether webhooks may be sent to this address: one that secrets may be sent to, and no link-local literal.
///
/// # Errors
/// As [`check_address`].
pub fn check_webhook_address(text: &str) -> Result<(), SettingsError> {
    // Before anything else: with https:// it would be no better.
    if is_link_local(text) { Err(SettingsError::LinkLocal) } else { check_address(text) }
}

/// Whether the host of an address is a link-local literal, in whatever form it is written.
pub fn is_link_local(text: &str) -> bool {
    Url::parse(text.trim()).is_ok_and(|url| reach::check(&url).is_err())
}

/// The address of an API or a token: nothing but scheme, host, port and path.
pub(crate) fn base(text: &str) -> Result<Url, SettingsError> {
    let url = parse(text)?;
    let surplus =
        !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
    if surplus { Err(SettingsError::Surplus) } else { Ok(url) }
}

fn parse(text: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(text.trim()).map_err(|_| SettingsError::NotAnAddress)?;
    match url.scheme() {
        // A host and port without a scheme parses as scheme "host": what is missing is the address, not https.
        "http" | "https" => {}
        _ if url.cannot_be_a_base() => return Err(SettingsError::NotAnAddress),
        other => return Err(SettingsError::Scheme(other.to_owned())),
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(SettingsError::PlainHttp(url.host_str().unwrap_or_default().to_owned()));
    }
    Ok(url)
}

/// Whether the address is on this machine: 127.0.0.0/8, ::1, `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Host and port as they are shown to people.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://api.us-east-1.niceincontact.com",
            "http://127.0.0.1:8787",
            "http://127.8.9.1/x",
            "http://[::1]:80",
            "http://localhost:1/",
            "https://hooks.example.com/T0?key=1",
        ] {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        for bad in
            ["http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://[::2]"]
        {
            assert!(matches!(check_address(bad), Err(SettingsError::PlainHttp(_))), "{bad}");
        }
    }

    #[test]
    fn webhooks_go_to_no_link_local_address() {
        for bad in
            ["https://169.254.169.254/x", "http://169.254.169.254/", "https://2852039166", "https://[fe80::1]:8/"]
        {
            assert_eq!(check_webhook_address(bad), Err(SettingsError::LinkLocal), "{bad}");
        }
        assert_eq!(check_webhook_address("http://127.0.0.1:8080/hook?key=1"), Ok(()));
        assert_eq!(check_webhook_address("https://10.1.2.3/hook"), Ok(()));
        assert!(matches!(check_webhook_address("http://10.1.2.3/hook"), Err(SettingsError::PlainHttp(_))));
    }

    #[test]
    fn what_is_no_address_is_told_without_repeating_it() {
        for bad in ["", "api.example.com", "api.example.com:443", "https://", "/path", "localhost:8787"] {
            assert_eq!(check_address(bad), Err(SettingsError::NotAnAddress), "{bad}");
        }
        assert_eq!(check_address("ftp://x/secret"), Err(SettingsError::Scheme("ftp".into())));
        let told = check_address("http://me:s3cret@example.com/hook-s3cret").unwrap_err().to_string();
        assert!(told.contains("example.com") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_base_is_an_address_and_no_more() {
        for bad in ["https://me@x.com", "https://x.com/?a", "https://x.com/#a"] {
            assert_eq!(base(bad).unwrap_err(), SettingsError::Surplus, "{bad}");
        }
        assert!(base("https://x.com/deep/").is_ok());
    }
}
