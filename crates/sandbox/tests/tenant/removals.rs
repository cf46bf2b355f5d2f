//! Removals that go wrong, and what the tenant saw of them.

use std::time::Duration;

use dncsync_sandbox::{Options, Post, Removal, Sandbox, Standing};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::caller::{Caller, items, number, quick, with_faults};

/// A list of numbers 0 to 2.
async fn three(options: Options) -> (Caller, String) {
    let caller = Caller::start(options).await;
    let path = caller.list("L").await;
    assert_eq!(caller.post(&path, &items(0..3)).await.1["added"], 3);
    (caller, path)
}

fn listed(caller: &Caller) -> usize {
    caller.sandbox.list("L").unwrap().numbers.len()
}

#[tokio::test]
async fn a_connection_is_closed_before_or_after_a_removal_was_applied() {
    for (fault, left, applied) in [("close-before", 3, 0), ("close-after", 0, 1)] {
        let (caller, path) = three(with_faults(&[&format!("{fault}:DELETE*items:1:1")])).await;
        assert!(caller.request(Method::DELETE, &path).json(&items(0..3)).send().await.is_err(), "{fault}");
        assert_eq!(listed(&caller), left, "{fault}");
        let observed = caller.sandbox.observed();
        assert_eq!((observed.injected, observed.removals, observed.removals_applied), (1, 1, applied), "{fault}");
        assert_eq!((observed.posts, observed.posts_applied), (1, 1), "{fault}");
        let told = json!({"received": 3, "removed": left, "missing": 3 - left});
        assert_eq!(caller.delete(&path, &items(0..3)).await, (200, told), "{fault}");
    }
}

#[tokio::test]
async fn a_removal_is_refused_in_passing() {
    for status in [413, 429, 500, 503] {
        let (caller, path) = three(with_faults(&[&format!("{status}:DELETE*items:1:1")])).await;
        assert_eq!(caller.delete(&path, &items(0..3)).await.0, status);
        assert_eq!((listed(&caller), caller.sandbox.observed().removals_applied), (3, 0), "{status}");
        assert_eq!(caller.delete(&path, &items(0..3)).await.1["removed"], 3, "{status}");
    }
}

#[tokio::test]
async fn faults_of_items_that_are_added_leave_removals_alone() {
    for fault in ["refuse", "refuse-first", "refuse-silent", "never-indexed", "lose-once"] {
        let (caller, path) = three(with_faults(&[&format!("{fault}:DELETE*items:1")])).await;
        let told = json!({"received": 3, "removed": 3, "missing": 0});
        assert_eq!(caller.delete(&path, &items(0..3)).await, (200, told), "{fault}");
        assert_eq!(listed(&caller), 0, "{fault}");
    }
}

#[tokio::test]
async fn numbers_are_kept_for_ever() {
    let (caller, path) = three(with_faults(&["keep:items:1:2"])).await;
    let told = json!({"received": 4, "removed": 3, "missing": 1});
    assert_eq!(caller.delete(&path, &items(0..4)).await, (200, told));
    assert_eq!(caller.numbers(&path).await, [number(0), number(1)]);
    assert!(caller.sandbox.list("L").unwrap().numbers.iter().all(|listed| listed.standing == Standing::Indexed));

    let again = json!({"received": 3, "removed": 2, "missing": 1});
    assert_eq!(caller.delete(&path, &items(0..3)).await, (200, again), "told anew, and kept anew");
    assert_eq!(caller.post(&path, &items(0..3)).await.1, json!({"received": 3, "added": 1, "duplicates": 2}));
    assert_eq!(caller.numbers(&path).await, [number(0), number(1), number(2)]);

    caller.sandbox.remove_behind("L", &[&number(0)]);
    assert_eq!(caller.numbers(&path).await, [number(1), number(2)], "no fault strikes others");
}

#[tokio::test]
async fn the_same_numbers_are_kept_in_every_sandbox_of_a_seed() {
    let mut kept = Vec::new();
    // However the numbers come together.
    for (seed, batches) in [(1, [0..50, 50..100]), (1, [30..100, 0..30]), (2, [0..50, 50..100])] {
        let caller = Caller::start(Options { seed, ..with_faults(&["keep:DELETE*items:0.2"]) }).await;
        let path = caller.list("L").await;
        caller.post(&path, &items(0..100)).await;
        for batch in batches {
            caller.delete(&path, &items(batch)).await;
        }
        kept.push(caller.numbers(&path).await);
    }
    assert_eq!(kept[0], kept[1]);
    assert_ne!(kept[0], kept[2]);
    assert!((5..40).contains(&kept[0].len()), "{}", kept[0].len());
}

#[tokio::test]
async fn a_tenant_with_a_port_counts_removals_and_keeps_no_numbers() {
    let (caller, path) = three(quick()).await;
    caller.delete(&path, &items(0..2)).await;
    caller.delete(&path, &json!([])).await;
    let observed = caller.sandbox.observed();
    assert_eq!((observed.removals, observed.removals_applied), (2, 1));
    assert!(observed.applied.is_empty() && observed.removed.is_empty());
}

/// Sends one call to a tenant in memory; its answer, head and all.
async fn call(sandbox: &Sandbox, head: &str, body: &str) -> String {
    let (mut near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(sandbox.serve(far));
    let length = body.len();
    let call = format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    near.write_all(call.as_bytes()).await.unwrap();
    let mut answer = String::new();
    near.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A bearer line for calls to a tenant in memory.
async fn bearer(sandbox: &Sandbox) -> String {
    let form = "POST /oauth/token HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";
    let answer = call(sandbox, form, "grant_type=client_credentials&client_id=me&client_secret=any").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let granted: serde_json::Value = serde_json::from_str(body).unwrap();
    format!("authorization: Bearer {}", granted["access_token"].as_str().unwrap())
}

#[tokio::test]
async fn a_tenant_in_memory_tells_what_was_removed_and_in_which_order() {
    let sandbox = Sandbox::in_memory(quick(), Duration::from_secs(1_795_305_600)).unwrap();
    let list = sandbox.create_list_behind("L", "GLOBAL");
    let bearer = bearer(&sandbox).await;
    for (method, range) in [("POST", 0..2), ("DELETE", 1..3), ("DELETE", 0..0), ("POST", 1..2)] {
        let head = format!("{method} /api/v2/dnc/lists/{list}/items HTTP/1.1\r\n{bearer}");
        call(&sandbox, &head, &items(range).to_string()).await;
    }
    let observed = sandbox.observed();
    let posts: Vec<_> = observed.applied.iter().map(|Post { order, numbers, .. }| (*order, numbers.clone())).collect();
    assert_eq!(posts, [(0, vec![12_025_551_000, 12_025_551_001]), (2, vec![12_025_551_001])]);
    let [Removal { at_ms: _, order: 1, list: of, numbers }] = &observed.removed[..] else {
        panic!("one removal, after the first post: {:?}", observed.removed)
    };
    assert_eq!((of, &numbers[..]), (&list, &[12_025_551_001, 12_025_551_002][..]));
    assert_eq!((observed.removals, observed.removals_applied), (2, 1));
    assert_eq!(sandbox.list("L").unwrap().numbers.len(), 2);
}
