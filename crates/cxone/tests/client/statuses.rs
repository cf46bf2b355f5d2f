//! Each status and what it is taken for.

use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::refusal::Refusal;
use dncsync_cxone::Posted;

use crate::scripted::{Act, Server};
use crate::{list, target};

/// An answer in a few words.
fn brief<T>(answer: &Answer<T>) -> String {
    match answer {
        Answer::ComeBack(later) | Answer::Unknown(later) => {
            let throttled = if later.throttled { " throttled" } else { "" };
            let silent = if later.answered { "" } else { " silent" };
            let wait = later.retry_after.map(|wait| format!(" {}s", wait.as_secs())).unwrap_or_default();
            format!("{}{throttled}{silent}{wait}", answer.name())
        }
        Answer::Lasting(lasting) => format!("{}{}", lasting.code, if lasting.of_list { " of list" } else { "" }),
        Answer::TooLarge => "too large".into(),
        other => other.name().into(),
    }
}

const HTML: &str = "<html><body>Bad gateway</body></html>";

#[tokio::test]
async fn each_status_has_one_meaning() {
    // status, headers, body; then create, find, post, read, remove
    type Row = (u16, &'static [&'static str], &'static str, [&'static str; 5]);
    const REFUSED: [&str; 5] = ["request.refused of list"; 5];
    const WRONG: [&str; 5] = ["address.wrong"; 5];
    let rows: &[Row] = &[
        (200, &[], r#"{"id":"x"}"#, ["applied"; 5]),
        (201, &[], r#"{"id":"x"}"#, ["applied"; 5]),
        (202, &[], r#"{"id":"x"}"#, ["applied"; 5]),
        (200, &[], "", ["unknown", "unknown", "applied", "unknown", "applied"]),
        (204, &[], "", ["unknown", "unknown", "applied", "unknown", "applied"]),
        (200, &[], "[]", ["unknown", "unknown", "applied", "unknown", "applied"]),
        (200, &[], HTML, ["unknown"; 5]),
        (200, &[], r#"{"id":"x""#, ["unknown"; 5]),
        (301, &["location: https://example.com/"], "", WRONG),
        (302, &["location: /login"], HTML, WRONG),
        (307, &[], "", WRONG),
        (400, &[], "{}", [REFUSED[0], REFUSED[0], "refused", REFUSED[0], "refused"]),
        (401, &[], "", ["tokenRefused"; 5]),
        (403, &[], "", ["access.denied"; 5]),
        (403, &[], r#"{"message":"needs dnc:write"}"#, ["scope.missing"; 5]),
        (
            404,
            &[],
            "",
            ["address.wrong", "address.wrong", "list.gone of list", "list.gone of list", "list.gone of list"],
        ),
        (405, &[], "", [REFUSED[0], REFUSED[0], REFUSED[0], REFUSED[0], "removal.unsupported of list"]),
        (408, &[], "", ["unknown"; 5]),
        (409, &[], "", ["exists", REFUSED[0], REFUSED[0], REFUSED[0], REFUSED[0]]),
        (413, &[], HTML, [REFUSED[0], REFUSED[0], "too large", REFUSED[0], "too large"]),
        (422, &[], "", REFUSED),
        (429, &[], "", ["comeBack throttled"; 5]),
        (429, &["retry-after: 7"], "", ["comeBack throttled 7s"; 5]),
        (429, &["retry-after: soon"], "", ["comeBack throttled"; 5]),
        (
            429,
            &["date: Fri, 01 Nov 2024 12:00:00 GMT", "retry-after: Fri, 01 Nov 2024 12:00:09 GMT"],
            "",
            ["comeBack throttled 9s"; 5],
        ),
        (500, &[], "", ["unknown"; 5]),
        (501, &[], "", ["unknown", "unknown", "unknown", "unknown", "removal.unsupported of list"]),
        (502, &[], HTML, ["unknown"; 5]),
        (503, &["retry-after: 2.9"], "", ["unknown 2s"; 5]),
        (504, &[], "", ["unknown"; 5]),
        (599, &[], "", ["unknown"; 5]),
    ];
    let server = Server::start().await;
    let client = server.client();
    for (status, headers, body, expected) in rows {
        let act = Act::answer(*status, headers, body);
        (0..5).for_each(|_| server.push(act.clone()));
        let got = [
            brief(&client.create_list(&target()).await),
            brief(&client.find_lists("x", 1, 100).await),
            brief(&client.post_items(&list(), b"[]".to_vec()).await),
            brief(&client.read_items(&list(), 1, 1000).await),
            brief(&client.remove_items(&list(), b"[]".to_vec()).await),
        ];
        assert_eq!(got, *expected, "{status} {headers:?} {body}");
    }
    assert_eq!(server.api().len(), rows.len() * 5, "one request a call");
}

async fn post(body: &str, status: u16) -> Answer<Posted> {
    let server = Server::start().await;
    server.push(Act::answer(status, &[], body));
    server.client().post_items(&list(), b"[]".to_vec()).await
}

#[tokio::test]
async fn a_refusal_names_the_items_and_masks_their_numbers() {
    let body = r#"{"code": "bad.request", "message": "2 bad\u001b[1m\nitems: +12025551234", "errors": [
        {"index": 17, "field": "phoneNumber", "message": "+1 202 555 1234 is no number"},
        {"index": "3"}, {"index": 99999}, {"index": -1, "message": "x"}, {"field": "notes"}, null, "text"]}"#;
    let reason = "2 bad [1m items: +•••••".to_owned();
    let named = vec![(17, "+••••• is no number".to_owned()), (3, reason.clone()), (99_999, reason.clone())];
    assert_eq!(post(body, 400).await, Answer::Refused(Refusal { reason, named }));
    for odd in ["", HTML, "{}", "[]", r#"{"errors": {"index": 1}}"#] {
        let reason = "refused by CXone without a reason".to_owned();
        assert_eq!(post(odd, 400).await, Answer::Refused(Refusal { reason, named: vec![] }), "{odd}");
    }
}

#[tokio::test]
async fn counts_are_taken_where_they_are_told() {
    let counted = Posted { received: Some(3), added: Some(2), duplicates: Some(1), ..Posted::default() };
    assert_eq!(
        post(r#"{"received": 3, "added": "2", "duplicates": 1.0, "more": {}}"#, 200).await,
        Answer::Applied(counted)
    );
    for untold in
        ["", " \n", "{}", "[]", "\"OK\"", "true", "null", r#"{"received": null, "added": -1, "duplicates": "x"}"#]
    {
        assert_eq!(post(untold, 202).await, Answer::Applied(Posted::default()), "{untold}");
    }
}

#[tokio::test]
async fn words_of_the_server_are_passed_on() {
    let server = Server::start().await;
    let client = server.client();
    server.push(Act::answer(503, &["retry-after: 99999999"], r#"{"message": "index 12025551234 is being rebuilt"}"#));
    let Answer::Unknown(later) = client.post_items(&list(), vec![]).await else { panic!("unknown") };
    assert!(
        later.reason.ends_with("answered 503 Service Unavailable: index ••••• is being rebuilt"),
        "{}",
        later.reason
    );
    assert_eq!(later.retry_after, Some(Duration::from_secs(86_400)));
    server.push(Act::answer(403, &[], ""));
    let Answer::Lasting(denied) = client.post_items(&list(), vec![]).await else { panic!("lasting") };
    assert!(denied.message.contains("127.0.0.1") && denied.todo.contains("CXONE_REGION"), "{denied:?}");
}
