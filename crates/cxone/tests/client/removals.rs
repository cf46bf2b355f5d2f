//! The removal of items, against scripted answers: what goes out, and what each answer is taken for.

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::refusal::Refusal;
use dncsync_cxone::{Removed, Speech};

use crate::list;
use crate::scripted::{Act, Server};

async fn answered(act: Act) -> Answer<Removed> {
    let server = Server::start().await;
    server.push(act);
    server.client().remove_items(&list(), b"[]".to_vec()).await
}

#[tokio::test]
async fn a_removal_is_a_delete_with_the_numbers_in_its_body() {
    let server = Server::start().await;
    server.push(Act::answer(200, &[], ""));
    let numbers = [12_025_550_100, 390_612_345_678].map(Number::from_stored);
    server.client().remove_items(&list(), Speech::v2().removal(numbers.into_iter())).await;
    let heard = &server.api()[0];
    assert_eq!(heard.line, "DELETE /base/api/v2/dnc/lists/list-1/items HTTP/1.1");
    assert!(heard.headers.contains("content-type: application/json"), "{}", heard.headers);
    assert!(heard.headers.contains("authorization: bearer token-1"), "{}", heard.headers);
    assert_eq!(heard.body, r#"[{"phoneNumber":"+12025550100"},{"phoneNumber":"+390612345678"}]"#);
}

#[tokio::test]
async fn counts_are_taken_where_they_are_told() {
    let told = r#"{"received": 3, "removed": "2", "missing": 1.0, "more": {}}"#;
    let counted = Removed { received: Some(3), removed: Some(2), missing: Some(1), ..Removed::default() };
    assert_eq!(answered(Act::answer(200, &[], told)).await, Answer::Applied(counted));
    for untold in ["", " \n", "{}", "[]", "\"OK\"", "null", r#"{"received": null, "removed": -1, "missing": "x"}"#] {
        assert_eq!(answered(Act::answer(202, &[], untold)).await, Answer::Applied(Removed::default()), "{untold}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_items_and_masks_their_numbers() {
    let body = r#"{"message": "1 bad", "errors": [{"index": 7, "message": "+12025551234 is no number"}]}"#;
    let named = vec![(7, "+••••• is no number".to_owned())];
    let refusal = Refusal { reason: "1 bad".to_owned(), named };
    assert_eq!(answered(Act::answer(400, &[], body)).await, Answer::Refused(refusal));
}

#[tokio::test]
async fn an_answer_that_never_came_or_came_in_part_is_unknown() {
    for act in [Act::close(), Act::truncated(200, r#"{"removed": 1}"#), Act::truncated(400, r#"{"errors": [{"index""#)]
    {
        assert_eq!(answered(act).await.name(), "unknown");
    }
}

#[tokio::test]
async fn a_tenant_that_knows_no_removal_bars_that_list_only() {
    for (status, words) in [(405, "405 Method Not Allowed"), (501, "501 Not Implemented")] {
        // The status speaks for itself, be its body whole or not.
        for act in [Act::answer(status, &["allow: GET, POST"], ""), Act::truncated(status, "{")] {
            let Answer::Lasting(lasting) = answered(act).await else { panic!("lasting") };
            assert_eq!((lasting.code, lasting.of_list), ("removal.unsupported", true));
            assert!(lasting.message.contains("does not let this client remove items"), "{}", lasting.message);
            assert!(lasting.message.ends_with(&format!("({words})")), "{}", lasting.message);
            assert!(lasting.todo.contains("screens") && lasting.todo.contains("NICE"), "{}", lasting.todo);
        }
    }
    let told = Act::answer(405, &[], r#"{"message": "not for list 12025551234"}"#);
    let Answer::Lasting(lasting) = answered(told).await else { panic!("lasting") };
    assert!(lasting.message.ends_with("(405 Method Not Allowed): not for list •••••"), "{}", lasting.message);
}
