use dncsync_sandbox::Options;

use crate::caller::{Caller, quick};

const LISTS: &str = "/api/v2/dnc/lists";

#[tokio::test]
async fn over_the_rate_is_429_with_the_seconds_to_wait() {
    let caller = Caller::start(Options { rate: 3, ..quick() }).await;
    for _ in 0..3 {
        assert_eq!(caller.get(LISTS).await.0, 200);
        caller.new_token().await;
    }
    for _ in 0..2 {
        let response = caller.request(reqwest::Method::GET, LISTS).send().await.unwrap();
        assert_eq!(response.status(), 429);
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((55..=60).contains(&wait), "{wait}");
    }
    let observed = caller.sandbox.observed();
    assert_eq!((observed.throttled, observed.injected, observed.max_in_window), (2, 0, 5));
    assert_eq!(observed.tokens, 4);
    let statuses: Vec<u16> =
        observed.arrivals.iter().filter(|arrival| arrival.path == LISTS).map(|arrival| arrival.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn stopping_lets_go_of_the_address() {
    let caller = Caller::start(quick()).await;
    let address = caller.sandbox.address();
    caller.sandbox.stop().await;
    let again = dncsync_sandbox::Sandbox::start(quick(), address).await.unwrap();
    assert_eq!(again.token_url(), format!("http://{address}/oauth/token"));
}
