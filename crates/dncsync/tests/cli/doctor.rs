use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn the_sandbox_is_in_order() {
    assert_snapshot!(Place::new().run("doctor --sandbox"), @r"
    $ dncsync doctor --sandbox
    configuration  ok       the embedded sandbox; no file
    state          ok       $HOME/.local/state/dncsync
    record         ok       log LOG; no witness file: an older copy of the state directory would pass for it
    token          ok       granted for 3600 s
    scopes         ok       dnc:write dnc:read compliance:read
    api            ok       answers; lists of campaigns on the first page: 0
    webhook        ok       none is configured
    [exit 0]
    ");
}

#[test]
fn without_credentials_it_says_what_to_set() {
    assert_snapshot!(Place::new().run("doctor"), @r"
    $ dncsync doctor
    configuration  bad      no credentials for CXone; no file
                            → set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or look at the sandbox with --sandbox
    webhook        ok       none is configured
    [exit 2]
    ");
}

#[test]
fn a_host_that_does_not_answer() {
    // Bound and let go: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let tenant = format!(
        "CXONE_CLIENT_ID=me CXONE_CLIENT_SECRET=hush CXONE_API_URL=http://127.0.0.1:{port} CXONE_TOKEN_URL=http://127.0.0.1:{port}/oauth/token"
    );
    assert_snapshot!(Place::new().run(&format!("{tenant} doctor")), @r"
    $ CXONE_CLIENT_ID=me CXONE_CLIENT_SECRET=hush CXONE_API_URL=http://127.0.0.1:PORT CXONE_TOKEN_URL=http://127.0.0.1:PORT/oauth/token dncsync doctor
    configuration  ok       api http://127.0.0.1:PORT, token http://127.0.0.1:PORT/oauth/token, client me; no file
    state          ok       $HOME/.local/state/dncsync
    record         ok       log LOG; no witness file: an older copy of the state directory would pass for it
    token          bad      CXone cannot be reached: no connection to 127.0.0.1:PORT: connection refused
                            → check the address, the network and the proxy (HTTPS_PROXY)
    webhook        ok       none is configured
    [exit 5]
    ");
}

#[test]
fn webhooks_without_a_secret_are_a_warning() {
    assert_snapshot!(Place::new().run("doctor --sandbox --webhook https://hooks.example.com"), @r"
    $ dncsync doctor --sandbox --webhook https://hooks.example.com
    configuration  ok       the embedded sandbox; no file
    state          ok       $HOME/.local/state/dncsync
    record         ok       log LOG; no witness file: an older copy of the state directory would pass for it
    token          ok       granted for 3600 s
    scopes         ok       dnc:write dnc:read compliance:read
    api            ok       answers; lists of campaigns on the first page: 0
    webhook        warning  webhooks are sent unsigned
                            → set AGGREGATOR_WEBHOOK_SECRET, so that the aggregator can tell them from forged ones
    [exit 0]
    ");
}
