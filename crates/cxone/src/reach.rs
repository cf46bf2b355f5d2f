//! Where a webhook may not go: link-local addresses. Clouds give out a machine's credentials there, so that an address
//! that somebody else chose, or a name that somebody else resolves, must not lead us to them.
//!
//! Loopback and private networks are allowed: the address is the operator's.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where a cloud tells a machine its credentials over IPv6. Not link-local, but as local.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The address, or every address of the name, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("link-local addresses are not called")]
pub(crate) struct LinkLocal;

/// Refuses an address whose host is a link-local address, however it is written. Of a name it says nothing.
pub(crate) fn check(url: &Url) -> Result<(), LinkLocal> {
    // The parser has made `2852039166`, `0xa9.0xfe.43518` and their like the same four numbers.
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    match host.parse() {
        Ok(ip) if is_refused(ip) => Err(LinkLocal),
        _ => Ok(()),
    }
}

fn is_refused(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local() || ip == METADATA_V6 || embedded(ip).is_some_and(|ip| ip.is_link_local())
        }
    }
}

/// The IPv4 address inside an IPv6 one: mapped, compatible, or behind a translator (64:ff9b::/96).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [prefix @ .., high, low] = ip.segments();
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    let carries = matches!(prefix, [0, 0, 0, 0, 0, 0 | 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0]);
    carries.then(|| Ipv4Addr::new(a, b, c, d))
}

type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Resolves names, and hands out no address that is refused: what was looked at is what is connected to.
pub(crate) struct Guarded {
    lookup: fn(String) -> Found,
}

impl Guarded {
    /// As this machine resolves names.
    pub(crate) fn by_system() -> Self {
        Self { lookup: |name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }) }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let mut addresses = found.await?;
            let any = !addresses.is_empty();
            addresses.retain(|address| !is_refused(address.ip()));
            if any && addresses.is_empty() {
                return Err(LinkLocal.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_literal_is_refused_however_it_is_written() {
        for host in [
            "169.254.169.254",
            "169.254.0.1.",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "１６９.254.169.254",
            "169%2e254.169.254",
            "[fe80::1]",
            "[febf:ffff::]",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:1]",
            "[::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[fd00:ec2::254]",
        ] {
            let url = Url::parse(&format!("https://{host}/latest/meta-data")).expect(host);
            assert_eq!(check(&url), Err(LinkLocal), "{host}");
        }
    }

    #[test]
    fn loopback_private_networks_and_names_are_allowed() {
        for host in [
            "127.0.0.1",
            "[::1]",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "[fd00::1]",
            "[fec0::1]",
            "[::ffff:10.0.0.1]",
            "169.253.255.255",
            "169.255.0.0",
            "hooks.example.com",
            "169.254.169.254.example.com",
        ] {
            let url = Url::parse(&format!("https://{host}/")).expect(host);
            assert_eq!(check(&url), Ok(()), "{host}");
        }
    }

    fn resolves_to(lookup: fn(String) -> Found) -> reqwest::Client {
        let soon = std::time::Duration::from_secs(5);
        crate::http::guarded(None, soon, soon, Guarded { lookup }).unwrap()
    }

    fn of(addresses: &[&str]) -> Found {
        let addresses = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        Box::pin(async { Ok(addresses) })
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_link_local_addresses_is_not_called_and_that_is_said() {
        let client = resolves_to(|_| of(&["169.254.169.254", "::ffff:169.254.1.1", "fe80::1"]));
        let error = client.get("http://hooks.invalid/secret").send().await.unwrap_err();
        let told = crate::fault::Fault::of(error, "the aggregator").reason;
        assert_eq!(told, "no connection to the aggregator: link-local addresses are not called");
    }

    #[tokio::test]
    async fn of_several_addresses_those_that_are_allowed_are_called() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://hooks.invalid:{}/", listener.local_addr().unwrap().port());
        let client = resolves_to(|_| of(&["169.254.169.254", "127.0.0.1"]));
        let (accepted, _answer) = tokio::join!(
            async { listener.accept().await.map(drop) },
            client.get(url).send(), // The connection is closed without an answer: that it came is all.
        );
        accepted.unwrap();
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_no_link_local_one() {
        let client = resolves_to(|_| Box::pin(async { Err(io::Error::other("no such host")) }));
        let error = client.get("http://hooks.invalid/secret").send().await.unwrap_err();
        let told = crate::fault::Fault::of(error, "the aggregator").reason;
        assert_eq!(told, "the name of the aggregator cannot be resolved");
    }
}
