//! Pages as servers write them.

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::target::ListId;
use dncsync_cxone::{FoundList, ItemsPage, ListsPage, Standing};

use crate::scripted::{Act, Server};
use crate::{list, target};

async fn read(body: &str) -> ItemsPage {
    let server = Server::start().await;
    server.push(Act::answer(200, &[], body));
    match server.client().read_items(&list(), 1, 1000).await {
        Answer::Applied(page) => page,
        other => panic!("{other:?}"),
    }
}

fn numbers(numbers: &[u64]) -> Vec<Number> {
    numbers.iter().map(|number| Number::from_stored(*number)).collect()
}

#[tokio::test]
async fn a_page_as_the_contract_has_it() {
    let page = read(
        r#"{"entities": [{"phoneNumber": "+12025551235", "source": "SYSTEM", "notes": "a \"b\" ü", "dateAdded": "x"},
            {"phoneNumber": "+12025551234"}, {"phoneNumber": "+12025551235"}],
            "pageNumber": 1, "pageSize": 1000, "pageCount": 1, "total": 3}"#,
    )
    .await;
    let facts = PageFacts { count: 3, size: Some(1000), total: Some(3), pages: Some(1) };
    assert_eq!(page, ItemsPage { numbers: numbers(&[12_025_551_234, 12_025_551_235]), facts });
}

#[tokio::test]
async fn odd_entries_count_although_they_give_no_number() {
    let page = read(
        r#"{"total": "12", "pageSize": 10.0, "entities": [{"phoneNumber": "12025551234"}, {"phoneNumber": 442071838750},
            {"phoneNumber": " +4930123456 "}, {"phoneNumber": "\u002b33123456789"}, {"phoneNumber": "++1"}, {"phoneNumber": null},
            {"phoneNumber": ["+1"]}, {}, null, "+12025551234"], "extra": [{"deep": [1]}]}"#,
    )
    .await;
    let facts = PageFacts { count: 10, size: Some(10), total: Some(12), pages: None };
    let numbers = numbers(&[4_930_123_456, 12_025_551_234, 33_123_456_789, 442_071_838_750]);
    assert_eq!(page, ItemsPage { numbers, facts });
}

#[tokio::test]
async fn an_empty_page_may_lack_everything() {
    for body in ["{}", r#"{"entities": null}"#, r#"{"entities": []}"#, r#"{"entities": {}, "total": null, "x": 1}"#] {
        assert_eq!(read(body).await, ItemsPage { numbers: vec![], facts: PageFacts::default() }, "{body}");
    }
    let told = read(r#"{"total": 0, "pageCount": 0, "pageSize": 0}"#).await.facts;
    assert_eq!(told, PageFacts { count: 0, size: None, total: Some(0), pages: Some(0) });
}

#[tokio::test]
async fn figures_that_contradict_the_page_are_not_believed() {
    let page = read(r#"{"entities": [{}, {}], "total": 0, "pageCount": 0, "pageSize": 1}"#).await;
    assert_eq!(page.facts, PageFacts { count: 2, ..PageFacts::default() });
}

#[tokio::test]
async fn a_full_page_of_ten_thousand_is_read() {
    let entities: Vec<String> =
        (0..10_000).map(|last| format!(r#"{{"phoneNumber": "+120255{last:05}", "notes": "n"}}"#)).collect();
    let page = read(&format!(r#"{{"entities": [{}]}}"#, entities.join(","))).await;
    assert_eq!((page.numbers.len(), page.facts.count), (10_000, 10_000));
}

#[tokio::test]
async fn lists_without_an_id_or_a_name_are_passed_over() {
    let server = Server::start().await;
    server.push(Act::answer(
        200,
        &[],
        r#"{"entities": [{"id": 7, "listName": "Opt-outs", "scope": "GLOBAL"}, {"id": "b", "listName": "Opt-outs 2"},
            {"listName": "x"}, {"id": "c"}, {"id": "..", "listName": "d"}, 5], "total": 6}"#,
    ));
    let found = |id: &str, name: &str, scope: Option<&str>| FoundList {
        id: ListId(id.into()),
        name: name.into(),
        scope: scope.map(Into::into),
        standing: Standing::Open,
    };
    let lists = vec![found("7", "Opt-outs", Some("GLOBAL")), found("b", "Opt-outs 2", None)];
    let facts = PageFacts { count: 6, total: Some(6), ..PageFacts::default() };
    let answer = server.client().find_lists("Opt-outs & 100% ü", 3, 50).await;
    assert_eq!(answer, Answer::Applied(ListsPage { lists, facts, records: None }));
    let line = server.api().remove(0).line;
    assert!(line.contains("?query=Opt-outs+%26+100%25+%C3%BC&pageNumber=3&pageSize=50 "), "{line}");
}

#[tokio::test]
async fn a_created_list_needs_no_more_than_an_id() {
    let server = Server::start().await;
    server.push(Act::answer(201, &[], r#"{"id": "a/b", "dateCreated": "x"}"#));
    server.push(Act::answer(200, &[], ""));
    let client = server.client();
    let created =
        FoundList { id: ListId("a/b".into()), name: "Opt-outs".into(), scope: None, standing: Standing::Open };
    assert_eq!(client.create_list(&target()).await, Answer::Applied(created.clone()));
    client.post_items(&created.id, b"[1]".to_vec()).await;
    let heard = server.api();
    assert!(heard[0].body.contains(r#""listName":"Opt-outs""#) && heard[0].body.contains(r#""scope":"GLOBAL""#));
    assert_eq!(heard[1].line, "POST /base/api/v2/dnc/lists/a%2Fb/items HTTP/1.1");
    assert!(heard[1].headers.contains("content-type: application/json"));
    assert_eq!(heard[1].body, "[1]");
}
