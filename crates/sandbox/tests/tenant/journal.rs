use std::{fs, io::Write, path::Path, time::Duration};

use dncsync_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::caller::{Caller, items, number, quick};

fn kept(path: &Path) -> Options {
    Options { data: Some(path.to_owned()), ..quick() }
}

async fn refusal(options: Options) -> String {
    Sandbox::start(options, ([127, 0, 0, 1], 0).into()).await.err().unwrap().to_string()
}

/// A journal of a list `L` with numbers 0 to 2, of which 1 was removed; returns the path of its items.
async fn some_calls(data: &Path) -> String {
    let caller = Caller::start(kept(data)).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..2)).await;
    caller.sandbox.add_behind("L", &[&number(2)]);
    caller.delete(&path, &json!([{"phoneNumber": number(1)}])).await;
    caller.sandbox.stop().await;
    path
}

#[tokio::test]
async fn what_was_accepted_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    let path = some_calls(&data).await;

    let caller = Caller::start(kept(&data)).await;
    let (_, body) = caller.get(&path).await;
    assert_eq!(caller.numbers(&path).await, [number(0), number(2)]);
    assert_eq!(body["entities"][0]["notes"], "registry");
    assert_eq!(caller.post(&path, &items(0..3)).await.1, json!({"received": 3, "added": 1, "duplicates": 2}));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn the_lag_goes_on_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    let path = some_calls(&data).await;
    let caller = Caller::start(Options { lag: Duration::from_secs(3600), ..kept(&data) }).await;
    assert!(caller.numbers(&path).await.is_empty());
    assert_eq!(caller.sandbox.list("L").unwrap().numbers.len(), 2);
}

#[tokio::test]
async fn swallowed_numbers_stay_swallowed_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    let faults = vec!["lose-once:items:1".parse().unwrap()];
    let caller = Caller::start(Options { faults: faults.clone(), ..kept(&data) }).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..2)).await;
    caller.sandbox.stop().await;

    let caller = Caller::start(Options { faults, ..kept(&data) }).await;
    assert!(caller.numbers(&path).await.is_empty());
    caller.post(&path, &items(0..2)).await;
    assert_eq!(caller.numbers(&path).await.len(), 2, "lost once, not twice");
}

#[tokio::test]
async fn a_torn_last_line_is_dropped() {
    for tail in ["{\"at\":17,\"change\":{\"add\":{\"li", "{\"at\":17,\"cha\n", "\0\0\0\0"] {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("journal");
        let path = some_calls(&data).await;
        let whole = fs::read(&data).unwrap();
        fs::OpenOptions::new().append(true).open(&data).unwrap().write_all(tail.as_bytes()).unwrap();

        let caller = Caller::start(kept(&data)).await;
        assert_eq!(fs::read(&data).unwrap(), whole);
        caller.post(&path, &items(5..6)).await;
        caller.sandbox.stop().await;
        let caller = Caller::start(kept(&data)).await;
        assert_eq!(caller.numbers(&path).await, [number(0), number(2), number(5)]);
    }
}

#[tokio::test]
async fn a_damaged_line_in_the_middle_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    some_calls(&data).await;
    let text = fs::read_to_string(&data).unwrap();
    fs::write(&data, text.replacen("\"create\"", "\"cre", 1)).unwrap();
    let error = refusal(kept(&data)).await;
    assert!(error.contains("journal") && error.contains("line 2") && error.contains("damaged"), "{error}");
    assert!(!error.contains("1202555"), "{error}");
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("important.csv");
    for text in ["phone_number\n+12025551234\n", "no newline"] {
        fs::write(&data, text).unwrap();
        let error = refusal(kept(&data)).await;
        assert!(error.contains("not a journal"), "{error}");
        assert_eq!(fs::read_to_string(&data).unwrap(), text);
    }
}

#[tokio::test]
async fn two_sandboxes_never_share_a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    let first = Caller::start(kept(&data)).await;
    let error = refusal(kept(&data)).await;
    assert!(error.contains("another sandbox is using it"), "{error}");
    first.sandbox.stop().await;
    assert!(Sandbox::start(kept(&data), ([127, 0, 0, 1], 0).into()).await.is_ok());
}
