//! One opt-out into a list that is known: what it costs in requests, with a token that an earlier process kept, and without.

use std::fs;
use std::sync::Arc;

use dncsync_engine::TokenFile;
use dncsync_sandbox::{Options, Quirk};

use crate::house::{House, line, numbers, options};
use crate::profiles::{Profile, under_every_profile};

under_every_profile!(
    one_opt_out_costs_three_requests,
    a_refused_token_is_fetched_anew_once,
    a_loose_file_is_not_used_and_replaced,
    a_check_up_proves_the_credentials,
);

/// A house in which the list is known and protects somebody.
async fn known(profile: Profile) -> House {
    let house = House::new(profile).await;
    assert_eq!(keeping(&house, &numbers(0..50)).await, "50 rows: 50 confirmed");
    if profile == Profile::Admin {
        house.sandbox.scrub_behind(crate::house::LIST, &[7]);
        keeping(&house, &numbers(50..51)).await;
    }
    house
}

/// A run of a process that keeps its token.
async fn keeping(house: &House, rows: &str) -> String {
    let client = house.client();
    client.keep_token(Arc::new(file(house)));
    let outcome = house.engine_with(client).ingest(&house.order(rows), &mut |_| ()).await;
    line(&outcome.expect("an outcome"))
}

fn file(house: &House) -> TokenFile {
    TokenFile::of(house.state.path(), &house.setup.tenant)
}

/// Where the token lies.
fn path(house: &House) -> std::path::PathBuf {
    let entries = fs::read_dir(house.state.path()).expect("a directory").flatten().map(|entry| entry.path());
    let mut tokens = entries.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("token-") && !name.contains('.')
    });
    tokens.next().expect("a token")
}

fn requests(house: &House) -> usize {
    house.sandbox.observed().arrivals.len()
}

fn tokens(house: &House) -> usize {
    house.sandbox.observed().arrivals.iter().filter(|call| call.path.contains("token")).count()
}

async fn one_opt_out_costs_three_requests(profile: Profile) {
    let house = known(profile).await;
    let before = requests(&house);
    assert_eq!(keeping(&house, &numbers(60..61)).await, "1 rows: 1 confirmed");
    assert_eq!(requests(&house) - before, 3, "the list by its name, the batch, a look");

    // Without: the token, too; of the Admin API, the address that it opens.
    let before = requests(&house);
    assert_eq!(house.outcome(&numbers(61..62)).await, "1 rows: 1 confirmed");
    assert_eq!(requests(&house) - before, if profile == Profile::V2 { 4 } else { 5 });
}

async fn a_refused_token_is_fetched_anew_once(profile: Profile) {
    let house = known(profile).await;
    house.sandbox.revoke_tokens();
    let before = tokens(&house);
    assert_eq!(keeping(&house, &numbers(60..61)).await, "1 rows: 1 confirmed");
    assert_eq!(keeping(&house, &numbers(61..62)).await, "1 rows: 1 confirmed");
    assert_eq!(tokens(&house) - before, 1);
}

#[cfg(unix)]
async fn a_loose_file_is_not_used_and_replaced(profile: Profile) {
    use std::os::unix::fs::PermissionsExt;
    let house = known(profile).await;
    let mode = || fs::metadata(path(&house)).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    fs::set_permissions(path(&house), fs::Permissions::from_mode(0o644)).expect("it is ours");
    let before = tokens(&house);
    assert_eq!(keeping(&house, &numbers(60..61)).await, "1 rows: 1 confirmed");
    assert_eq!((tokens(&house) - before, mode()), (1, 0o600));
    assert_eq!(keeping(&house, &numbers(61..62)).await, "1 rows: 1 confirmed");
    assert_eq!(tokens(&house) - before, 1);
}

#[cfg(not(unix))]
async fn a_loose_file_is_not_used_and_replaced(_: Profile) {}

async fn a_check_up_proves_the_credentials(profile: Profile) {
    let house = known(profile).await;
    let before = tokens(&house);
    let client = house.client();
    client.keep_token(Arc::new(file(&house)));
    let findings = house.engine_with(client).check_up(false).await.expect("findings");
    assert_eq!((findings[0].point, tokens(&house) - before), ("token", 1));
}

/// What lies there may be anything: it is never an error, and a pipe is not waited for.
#[tokio::test]
async fn whatever_lies_there_instead_of_a_token_is_none() {
    let house = known(Profile::V2).await;
    for content in [&b""[..], b"\x01", b"{}", &[7; 100_000]] {
        fs::write(path(&house), content).expect("it is ours");
        let before = tokens(&house);
        assert_eq!(keeping(&house, &numbers(60..61)).await.split(": ").next(), Some("1 rows"));
        assert_eq!(tokens(&house) - before, 1);
    }
    // A directory cannot be replaced: the run goes on without keeping.
    let path = path(&house);
    fs::remove_file(&path).expect("it is ours");
    fs::create_dir(&path).expect("room");
    assert_eq!(keeping(&house, &numbers(70..71)).await, "1 rows: 1 confirmed");
}

/// The way through a registered client discovers two addresses; a kept token knows where it leads.
#[tokio::test]
async fn a_kept_token_knows_its_api() {
    let house = House::with(Profile::Admin, Options { quirks: vec![Quirk::AnyAccept], ..options(&[]) }).await;
    keeping(&house, &numbers(0..3)).await;
    let discovered = house.arrived("GET", "/.well-known/cxone-configuration");
    keeping(&house, &numbers(3..5)).await;
    assert_eq!((discovered, house.arrived("GET", "/.well-known/cxone-configuration")), (1, 1));
}
