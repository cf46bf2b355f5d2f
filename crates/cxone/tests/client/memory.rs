//! The same client over streams in memory.

use std::sync::Arc;
use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::target::ListId;
use dncsync_cxone::{Client, Connect, Removed, Secret, Settings, Speech, Wire};
use dncsync_sandbox::{Options, Sandbox};

/// Some time in 2026, since 1970.
const WALL_CLOCK: Duration = Duration::from_secs(1_795_305_600);

fn tenant() -> (Arc<Sandbox>, Client) {
    let options = Options { lag: Duration::ZERO, rate: 0, ..Options::default() };
    let sandbox = Arc::new(Sandbox::in_memory(options, WALL_CLOCK).unwrap());
    let served = sandbox.clone();
    let connect: Connect = Arc::new(move |_| {
        let (near, far) = tokio::io::duplex(1 << 16);
        tokio::spawn(served.serve(far));
        Ok(near)
    });
    let settings = Settings::v2(
        "https://api.example.com".into(),
        "https://api.example.com/oauth/token".into(),
        "me".into(),
        Secret::new("any".into()),
    );
    let wire = Wire::memory(connect, Duration::from_secs(45)).unwrap();
    (sandbox, Client::over(settings, wire, None).unwrap())
}

#[tokio::test]
async fn a_removal_keeps_its_method_and_its_body() {
    let (sandbox, client) = tenant();
    let list = ListId(sandbox.create_list_behind("L", "GLOBAL"));
    sandbox.add_behind("L", &["+12025550100", "+12025550101"]);
    let numbers = [12_025_550_100, 12_025_550_109].map(Number::from_stored);
    let removed = Removed { received: Some(2), removed: Some(1), missing: Some(1), ..Removed::default() };
    let body = Speech::v2().removal(numbers.into_iter());
    assert_eq!(client.remove_items(&list, body).await, Answer::Applied(removed));
    let left = sandbox.list("L").unwrap().numbers;
    assert_eq!(left.iter().map(|listed| listed.phone_number.as_str()).collect::<Vec<_>>(), ["+12025550101"]);
}
