//! The wire in memory against the one over sockets: the same tenant, the same fault, the same answer.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dncsync_core::target::ListId;
use dncsync_cxone::{Client, Connect, Secret, Settings, Wire};
use dncsync_sandbox::{Options, Sandbox};

use crate::net::API;

fn options(fault: &str) -> Options {
    let faults = (!fault.is_empty()).then(|| fault.parse().expect("a fault"));
    Options { faults: faults.into_iter().collect(), ..Options::default() }
}

fn settings(base: &str) -> Settings {
    Settings::v2(base.to_owned(), format!("{base}/oauth/token"), "me".into(), Secret::new("secret".into()))
}

/// What a post and a read come to, in words in which the host has one name.
async fn words(client: Client, list: String, host: &str) -> String {
    let list = ListId(list);
    let posted = client.post_items(&list, br#"[{"phoneNumber":"+12025551234","source":"MANUAL"}]"#.to_vec()).await;
    let read = client.read_items(&list, 1, 10).await;
    format!("{posted:?} {read:?}").replace(host, "HOST")
}

async fn over_sockets(fault: &str) -> String {
    let sandbox = Sandbox::start(options(fault), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a sandbox");
    let list = sandbox.create_list_behind("L", "GLOBAL");
    let client = Client::new(settings(&sandbox.api_url())).expect("a client");
    words(client, list, &sandbox.address().to_string()).await
}

async fn in_memory(fault: &str) -> String {
    let sandbox = Arc::new(Sandbox::in_memory(options(fault), Duration::from_secs(1_795_305_600)).expect("a sandbox"));
    let list = sandbox.create_list_behind("L", "GLOBAL");
    let connect: Connect = Arc::new(move |_| {
        let (near, far) = tokio::io::duplex(1 << 16);
        tokio::spawn(sandbox.serve(far));
        Ok(near)
    });
    let wire = Wire::memory(connect, Duration::from_secs(45)).expect("a wire");
    let client = Client::over(settings(&format!("https://{API}")), wire, None).expect("a client");
    words(client, list, API).await
}

#[tokio::test]
async fn every_fault_comes_out_the_same() {
    let kinds = ["429", "429-date", "500", "502", "close-before", "close-after", "truncate", "401", "413"];
    let paths = ["items", "oauth/token"];
    let faults = kinds.iter().flat_map(|kind| paths.iter().map(move |path| format!("{kind}:{path}:1")));
    for fault in faults.chain([String::new()]) {
        assert_eq!(over_sockets(&fault).await, in_memory(&fault).await, "{fault}");
    }
}

#[tokio::test]
async fn nobody_there_comes_out_the_same() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let deserted = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let sockets = Client::new(settings(&format!("http://{deserted}"))).expect("a client");
    let connect: Connect = Arc::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()));
    let wire = Wire::memory(connect, Duration::from_secs(45)).expect("a wire");
    let memory = Client::over(settings(&format!("https://{API}")), wire, None).expect("a client");
    assert_eq!(words(sockets, "l".into(), &deserted).await, words(memory, "l".into(), API).await);
}
