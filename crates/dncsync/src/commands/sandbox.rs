//! `dncsync sandbox`: a CXone tenant on this machine.

use std::net::{Ipv4Addr, SocketAddr};

use dncsync_engine::Trouble;
use dncsync_sandbox::{Options, Profile, Sandbox};
use serde_json::json;

use crate::args::{self, Global};
use crate::print;

/// Serves until it is interrupted; the exit status.
pub(crate) async fn run(args: args::Sandbox, global: &Global) -> Result<u8, Trouble> {
    let (id, secret) = args
        .client
        .first()
        .map_or_else(|| ("sandbox".into(), "sandbox".into()), |client| (client.id.clone(), client.secret.clone()));
    let profile = args.profile;
    let rate = args.rate.unwrap_or(if profile == Profile::V2 { 100 } else { 0 });
    let options = Options {
        profile,
        rate,
        lag: args.lag,
        page_cap: args.page_cap,
        token_ttl: args.token_ttl,
        tell_totals: !args.no_totals,
        shuffled: args.shuffled,
        data: args.data,
        clients: args.client,
        faults: args.fault,
        seed: args.seed,
        quirks: args.quirk,
        capacity: args.capacity,
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::start(options, address).await.map_err(|error| {
        Trouble::input(
            "sandbox.unavailable",
            format!("{address}: {error}"),
            "give another --port, or 0 for any; another --data",
        )
    })?;
    let (api, token) = (sandbox.api_url(), sandbox.token_url());
    match (profile, global.json) {
        (Profile::V2, true) => print::object(&json!({
            "apiUrl": api, "tokenUrl": token, "clientId": id, "clientSecret": secret,
        })),
        (Profile::V2, false) => {
            print::line(&format!("sandbox: {api}"));
            print::line(&format!("export CXONE_API_URL={api}"));
            print::line(&format!("export CXONE_TOKEN_URL={token}"));
            print::line(&format!("export CXONE_CLIENT_ID={id} CXONE_CLIENT_SECRET={secret}"));
        }
        (Profile::Admin, true) => print::object(&json!({
            "profile": "admin", "apiUrl": api, "discoveryUrl": sandbox.discovery_url(), "tokenUrl": sandbox.access_key_url(),
            "grantUrl": token, "tenantId": sandbox.tenant_id(), "accessKeyId": id, "accessKeySecret": secret,
        })),
        (Profile::Admin, false) => {
            print::line(&format!("sandbox: {api} (profile admin)"));
            print::line("export CXONE_PROFILE=admin");
            print::line(&format!("export CXONE_DISCOVERY_URL={}", sandbox.discovery_url()));
            print::line(&format!("export CXONE_TOKEN_URL={}", sandbox.access_key_url()));
            print::line(&format!("export CXONE_ACCESS_KEY_ID={id} CXONE_ACCESS_KEY_SECRET={secret}"));
        }
    }
    interrupted().await;
    let observed = sandbox.observed();
    print::note(&format!(
        "sandbox: {} requests, {} throttled, {} items received",
        observed.arrivals.len(),
        observed.throttled,
        observed.items_received
    ));
    sandbox.stop().await;
    Ok(0)
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
