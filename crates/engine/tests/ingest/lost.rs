//! Accepted and never seen: named, owed, and first in the next run.

use std::time::Duration;

use crate::house::{House, line, numbers, options, read};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    unconfirmed_numbers_are_named_and_first_in_the_next_run,
    the_same_file_again_owes_them_itself,
    resume_sends_what_is_owed,
    resume_finishes_what_was_stopped,
}

async fn house_that_loses(profile: Profile) -> House {
    let mut house = House::with(profile, options(&["never-indexed:*:1:2"])).await;
    house.setup.confirm_within = Duration::from_millis(300);
    house
}

async fn unconfirmed_numbers_are_named_and_first_in_the_next_run(profile: Profile) {
    let mut house = house_that_loses(profile).await;
    let outcome = house.ingest(&numbers(0..5)).await.expect("an outcome");
    assert_eq!(line(&outcome), "5 rows: 3 confirmed, 2 unconfirmed");
    let file = outcome.report.unconfirmed_file.expect("a file");
    assert!(file.ends_with(&format!("unconfirmed/{}.csv", outcome.report.run_id)), "{file}");
    let named = read(file.as_ref());
    assert_eq!(
        named,
        "phone_number,source_type,notes,file,line\n+12025550000,MANUAL,,items,1\n+12025550001,MANUAL,,items,2\n"
    );

    house.setup.confirm_within = Duration::from_secs(20);
    // One at a time: of two that are on their way together either may arrive first.
    house.setup.at_once = 1;
    house.replace_sandbox(options(&[])).await;
    assert_eq!(house.outcome(&numbers(20..22)).await, "2 rows: 2 confirmed");
    let sent: Vec<String> = house
        .sandbox
        .list(crate::house::LIST)
        .expect("the list")
        .numbers
        .into_iter()
        .map(|number| number.phone_number)
        .collect();
    assert_eq!(sent, ["+12025550000", "+12025550001", "+12025550020", "+12025550021"]);
}

async fn the_same_file_again_owes_them_itself(profile: Profile) {
    let mut house = house_that_loses(profile).await;
    house.outcome(&numbers(0..5)).await;
    house.setup.confirm_within = Duration::from_secs(20);
    house.replace_sandbox(options(&[])).await;
    house.sandbox.create_list_behind(crate::house::LIST, "CAMPAIGN");
    // Another tenant's list, so nothing of it is believed: all five are new there.
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
}

async fn resume_sends_what_is_owed(profile: Profile) {
    let mut house = house_that_loses(profile).await;
    house.outcome(&numbers(0..5)).await;
    house.setup.confirm_within = Duration::from_secs(20);
    house.replace_sandbox(options(&[])).await;
    let outcomes = house.engine().resume(&mut |_| ()).await.expect("outcomes");
    assert_eq!(outcomes.iter().map(line).collect::<Vec<_>>(), ["2 rows: 2 confirmed"]);
    assert!(house.engine().resume(&mut |_| ()).await.expect("outcomes").is_empty());
}

async fn resume_finishes_what_was_stopped(profile: Profile) {
    let mut house = House::with(profile, options(&["503:POST*items:1"])).await;
    house.setup.patience = Duration::from_millis(300);
    house.outcome(&numbers(0..3)).await;
    house.outcome(&numbers(3..5)).await;
    let stopped = house.engine().resume(&mut |_| ()).await.expect("outcomes");
    assert_eq!(
        stopped.iter().map(line).collect::<Vec<_>>(),
        ["3 rows: 3 pending; stopped: cxone.unavailable", "2 rows: 2 pending; stopped: cxone.unavailable"]
    );
    house.replace_sandbox(options(&[])).await;
    let outcomes = house.engine().resume(&mut |_| ()).await.expect("outcomes");
    assert_eq!(outcomes.iter().map(line).collect::<Vec<_>>(), ["3 rows: 3 confirmed", "2 rows: 2 confirmed"]);
}
