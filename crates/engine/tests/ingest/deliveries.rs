//! Webhooks that are not taken at once: tried again, left alone, parked, replayed.

use std::time::Duration;

use dncsync_engine::{Engine, Replayed, Undelivered};
use dncsync_sandbox::Options;

use crate::aggregator::{Aggregator, Answer, OK};
use crate::house::{House, line, numbers, options, read};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    gone_parks_a_webhook_until_it_is_replayed,
    within_a_long_run_a_webhook_is_tried_again_when_the_aggregator_asked_for_it,
    retry_after_is_obeyed_by_later_runs_and_a_replay_goes_before_it,
    without_retry_after_every_run_tries_once,
    a_redirect_is_a_failure_and_is_not_followed,
    one_that_never_arrived_arrives_once,
    one_whose_answer_was_lost_arrives_twice_under_one_id,
    a_link_local_address_is_not_called,
    a_replay_in_vain_leaves_the_webhook_on_its_schedule_or_parks_it_again,
    a_replay_names_what_it_cannot_do,
    another_tenants_webhooks_are_not_ours,
}

const BROKEN: Answer = (500, "", "");
const IN_AN_HOUR: Answer = (503, "retry-after", "3600");

/// A house whose aggregator is told of four numbers and gives these answers; delivered, pending, parked.
async fn told(profile: Profile, script: &[Answer]) -> (House, Aggregator, [u64; 3]) {
    let mut house = House::new(profile).await;
    let aggregator = Aggregator::answering(script).await;
    house.tell(&aggregator.url);
    let webhooks = run(&house).await;
    (house, aggregator, webhooks)
}

/// One more run of four numbers. Whatever the aggregator does, all of them are confirmed or listed.
async fn run(house: &House) -> [u64; 3] {
    let outcome = house.ingest(&numbers(0..4)).await.expect("an outcome");
    assert!(
        matches!(line(&outcome).as_str(), "4 rows: 4 confirmed" | "4 rows: 4 listed already"),
        "{}",
        line(&outcome)
    );
    let webhooks = outcome.report.webhooks;
    [webhooks.delivered, webhooks.pending, webhooks.parked]
}

fn undelivered(house: &House) -> Vec<Undelivered> {
    Engine::undelivered(house.state.path(), &house.setup.tenant).expect("a list")
}

async fn replay(house: &House, ids: &[String]) -> Result<Replayed, &'static str> {
    house.engine().replay(ids).await.map_err(|trouble| trouble.code)
}

/// Why the only webhook is parked, and why it failed last.
fn standing(house: &House) -> (Option<String>, Option<String>) {
    let [found] = undelivered(house).try_into().expect("one webhook");
    (found.parked, found.last_failure)
}

async fn gone_parks_a_webhook_until_it_is_replayed(profile: Profile) {
    let (mut house, gone, webhooks) = told(profile, &[(410, "", "")]).await;
    assert_eq!(webhooks, [0, 0, 1]);
    assert_eq!(standing(&house), (Some("the aggregator said 410 Gone".into()), Some("status 410".into())));
    assert!(read(&house.file("dnc_ingestion_audit.jsonl")).contains(r#""eventType":"webhook.parked""#));

    let other = Aggregator::answering(&[OK]).await;
    house.tell(&other.url);
    run(&house).await;
    assert_eq!((gone.count(), other.count()), (1, 0), "no run tries it again");

    let replayed = replay(&house, &[]).await.expect("replayed");
    assert_eq!((replayed.taken.len(), replayed.left.len()), (1, 0));
    assert_eq!(other.came(), gone.came(), "under the same id, with the same body");
    assert_eq!(undelivered(&house), []);
    assert!(read(&house.file("dnc_ingestion_audit.jsonl")).contains(r#""eventType":"webhook.delivered""#));
}

async fn within_a_long_run_a_webhook_is_tried_again_when_the_aggregator_asked_for_it(profile: Profile) {
    let (mut house, aggregator, webhooks) = told(profile, &[BROKEN, (429, "retry-after", "1"), OK]).await;
    assert_eq!((webhooks, aggregator.count()), ([0, 1, 0], 1));

    // The second run tries it at its start, and goes on for longer than a second.
    house.replace_sandbox(Options { lag: Duration::from_secs(3), ..options(&[]) }).await;
    let outcome = house.ingest(&numbers(4..5)).await.expect("an outcome");
    assert_eq!(line(&outcome), "1 rows: 1 confirmed");
    let ids: Vec<String> = aggregator.came().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids[..3], [&*ids[0]; 3], "the same one three times");
    assert_eq!(undelivered(&house), []);
}

async fn retry_after_is_obeyed_by_later_runs_and_a_replay_goes_before_it(profile: Profile) {
    let (mut house, busy, webhooks) = told(profile, &[IN_AN_HOUR]).await;
    assert_eq!(webhooks, [0, 1, 0]);
    let [found] = undelivered(&house).try_into().expect("one webhook");
    assert_eq!(found.not_before, found.next_try);
    assert!(found.not_before > Some(found.created_at + Duration::from_secs(3_599)));

    let ready = Aggregator::answering(&[OK]).await;
    house.tell(&ready.url);
    run(&house).await;
    assert_eq!((busy.count(), ready.count()), (1, 0));

    let ids = [found.webhook.id];
    assert_eq!(replay(&house, &ids).await.expect("replayed").taken, ids);
    assert_eq!(ready.count(), 1);
}

async fn without_retry_after_every_run_tries_once(profile: Profile) {
    let (house, broken, _) = told(profile, &[BROKEN]).await;
    run(&house).await;
    run(&house).await;
    assert_eq!(broken.count(), 3);
    assert_eq!(undelivered(&house)[0].attempts, 3);
}

async fn a_redirect_is_a_failure_and_is_not_followed(profile: Profile) {
    let elsewhere = Aggregator::answering(&[OK]).await;
    let mut house = House::new(profile).await;
    let location: &'static str = elsewhere.url.clone().leak();
    let moved = Aggregator::answering(&[(307, "location", location)]).await;
    house.tell(&moved.url);
    assert_eq!(run(&house).await, [0, 1, 0]);
    assert_eq!((moved.count(), elsewhere.count()), (1, 0));
    assert_eq!(standing(&house), (None, Some("status 307: redirects are not followed".into())));
}

async fn one_that_never_arrived_arrives_once(profile: Profile) {
    let mut house = House::new(profile).await;
    let aggregator = Aggregator::hanging_up(false).await;
    house.tell(&aggregator.url);
    assert_eq!((run(&house).await, aggregator.count()), ([0, 1, 0], 0));
    run(&house).await;
    assert_eq!((undelivered(&house).len(), aggregator.count()), (0, 1));
}

async fn one_whose_answer_was_lost_arrives_twice_under_one_id(profile: Profile) {
    let mut house = House::new(profile).await;
    let aggregator = Aggregator::hanging_up(true).await;
    house.tell(&aggregator.url);
    assert_eq!((run(&house).await, aggregator.count()), ([0, 1, 0], 1));
    run(&house).await;
    let came = aggregator.came();
    assert_eq!((undelivered(&house).len(), came.len()), (0, 2));
    assert_eq!(came[0], came[1]);
}

async fn a_link_local_address_is_not_called(profile: Profile) {
    let mut house = House::new(profile).await;
    house.tell("http://2852039166/latest/meta-data");
    assert_eq!(run(&house).await, [0, 1, 0]);
    assert_eq!(standing(&house), (None, Some("link-local addresses are not called".into())));
}

async fn a_replay_in_vain_leaves_the_webhook_on_its_schedule_or_parks_it_again(profile: Profile) {
    let (house, _, _) = told(profile, &[(410, "", ""), BROKEN, (410, "", "")]).await;
    let replayed = replay(&house, &[]).await.expect("replayed");
    assert_eq!((replayed.left.len(), replayed.left[0].attempts), (1, 1), "with all its tries again");
    assert_eq!(standing(&house), (None, Some("status 500".into())));
    replay(&house, &[]).await.expect("replayed");
    assert_eq!(standing(&house).0, Some("the aggregator said 410 Gone".into()));
}

async fn a_replay_names_what_it_cannot_do(profile: Profile) {
    let (mut house, aggregator, _) = told(profile, &[BROKEN, OK]).await;
    let id = undelivered(&house)[0].webhook.id.clone();
    let with_unknown = [id.clone(), "msg_unknown".to_owned()];
    assert_eq!(replay(&house, &with_unknown).await, Err("webhook.unknown"));
    assert_eq!(aggregator.count(), 1, "nothing was sent");

    let twice = [id.clone(), id.clone()];
    let taken = Replayed { taken: vec![id.clone()], ..Replayed::default() };
    assert_eq!(replay(&house, &twice).await, Ok(taken));
    let before = Replayed { before: vec![id.clone()], ..Replayed::default() };
    assert_eq!(replay(&house, &twice).await, Ok(before));
    assert_eq!(aggregator.count(), 2);

    house.setup.aggregator = None;
    assert_eq!(replay(&house, &[id]).await, Err("config.webhook"));
}

async fn another_tenants_webhooks_are_not_ours(profile: Profile) {
    let (mut house, aggregator, _) = told(profile, &[BROKEN, OK]).await;
    let id = undelivered(&house)[0].webhook.id.clone();
    house.setup.tenant = dncsync_core::target::TenantKey::new("https://api.example", "others");
    assert_eq!(undelivered(&house), []);
    assert_eq!(replay(&house, &[]).await, Ok(Replayed::default()));
    assert_eq!(replay(&house, &[id]).await, Err("webhook.unknown"));
    assert_eq!(aggregator.count(), 1);
}
