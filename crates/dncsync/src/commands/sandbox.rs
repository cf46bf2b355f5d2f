//! `dncsync sandbox`: a CXone tenant on this machine.

use std::net::{Ipv4Addr, SocketAddr};

use dncsync_engine::Trouble;
use dncsync_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::args::{self, Global};
use crate::print;

/// Serves until it is interrupted; the exit status.
pub(crate) async fn run(args: args::Sandbox, global: &Global) -> Result<u8, Trouble> {
    let (id, secret) = args
        .client
        .first()
        .map_or_else(|| ("sandbox".into(), "sandbox".into()), |client| (client.id.clone(), client.secret.clone()));
    let options = Options {
        rate: args.rate,
        lag: args.lag,
        page_cap: args.page_cap,
        token_ttl: args.token_ttl,
        tell_totals: !args.no_totals,
        data: args.data,
        clients: args.client,
        faults: args.fault,
        seed: args.seed,
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::start(options, address).await.map_err(|error| {
        Trouble::input(
            "sandbox.unavailable",
            format!("{address}: {error}"),
            "give another --port, or 0 for any; another --data",
        )
    })?;
    if global.json {
        print::object(&json!({
            "apiUrl": sandbox.api_url(), "tokenUrl": sandbox.token_url(), "clientId": id, "clientSecret": secret,
        }));
    } else {
        print::line(&format!("sandbox: {}", sandbox.api_url()));
        print::line(&format!("export CXONE_API_URL={}", sandbox.api_url()));
        print::line(&format!("export CXONE_TOKEN_URL={}", sandbox.token_url()));
        print::line(&format!("export CXONE_CLIENT_ID={id} CXONE_CLIENT_SECRET={secret}"));
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
