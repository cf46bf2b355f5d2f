//! Profile `admin`: every way to sign in leads to the same list.

use dncsync_cxone::{ClientAuth, KeyAccess, RegisteredClient, Secret};
use dncsync_sandbox::{Options, Quirk};

use crate::house::{House, numbers, options};
use crate::profiles::Profile;

/// Through the OAuth grant; the token's address and the API's are discovered.
fn registered(auth: Option<ClientAuth>) -> KeyAccess {
    let client = RegisteredClient { id: "a client: 1".into(), secret: Secret::new("s%cret+".into()), auth };
    KeyAccess { client: Some(client), ..KeyAccess::new("tests".into(), Secret::new("secret".into())) }
}

/// How five numbers come out, and how many calls for a token it took.
async fn outcome(access: Option<KeyAccess>, quirks: &[Quirk]) -> (String, usize) {
    let mut house = House::with(Profile::Admin, Options { quirks: quirks.to_vec(), ..options(&[]) }).await;
    house.access = access;
    let outcome = house.outcome(&numbers(0..5)).await;
    (outcome, house.arrived("POST", "/auth/token") + house.arrived("POST", "/token/access-key"))
}

#[tokio::test]
async fn every_way_leads_to_the_list() {
    let ways: [(Option<KeyAccess>, &[Quirk], usize); 8] = [
        (None, &[], 1),
        (None, &[Quirk::BusySignIn], 3),
        (Some(registered(None)), &[], 1),
        (Some(registered(None)), &[Quirk::BasicOnly], 1),
        // Which way is right is not told: the other one is tried.
        (Some(registered(None)), &[Quirk::FormOnly], 2),
        (Some(registered(Some(ClientAuth::Basic))), &[Quirk::BasicOnly], 1),
        (Some(registered(Some(ClientAuth::Form))), &[Quirk::FormOnly], 1),
        (Some(registered(None)), &[Quirk::BusySignIn], 3),
    ];
    let tasks = ways.into_iter().map(|(access, quirks, calls)| async move {
        let told = format!("{access:?} {quirks:?}");
        assert_eq!(outcome(access, quirks).await, ("5 rows: 5 confirmed".to_owned(), calls), "{told}");
    });
    futures_util::future::join_all(tasks).await;
}

#[tokio::test]
async fn a_discovery_that_is_cut_off_is_asked_again() {
    let mut house = House::with(Profile::Admin, options(&["truncate:/.well-known/:1:2"])).await;
    house.access = Some(registered(None));
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
}

#[tokio::test]
async fn the_wrong_way_is_refused_and_nothing_is_lost() {
    let wrong = registered(Some(ClientAuth::Basic));
    let (outcome, _) = outcome(Some(wrong), &[Quirk::FormOnly]).await;
    assert_eq!(outcome, "5 rows: 5 pending; stopped: credentials.refused");
}

#[tokio::test]
async fn a_key_of_another_tenant_is_not_used() {
    let other = KeyAccess { tenant_id: Some("11111111-1111-1111-1111-111111111111".into()), ..registered(None) };
    assert_eq!(outcome(Some(other), &[]).await.0, "5 rows: 5 pending; stopped: tenant.other");
}
