use insta::assert_snapshot;

use crate::place::Place;

const COMMANDS: [&str; 29] = [
    "ingest",
    "load",
    "feeds",
    "target",
    "target set",
    "target adopt",
    "target skills",
    "plan",
    "apply",
    "rollback",
    "remove",
    "explain",
    "export",
    "resume",
    "verify",
    "status",
    "prove",
    "forget",
    "audit",
    "audit key",
    "audit rotate",
    "audit verify",
    "audit check",
    "audit destroy-secret",
    "audit export",
    "webhooks",
    "doctor",
    "sandbox",
    "demo",
];

#[test]
fn help_names_the_commands_and_the_exit_status() {
    assert_snapshot!("dncsync", Place::new().run("--help"));
}

#[test]
fn every_command_tells_its_options() {
    let place = Place::new();
    for command in COMMANDS {
        assert_snapshot!(command.replace(' ', "_"), place.run(&format!("{command} --help")));
    }
}

#[test]
fn help_with_a_command_is_that_commands_help() {
    let place = Place::new();
    for command in COMMANDS {
        let (asked, told) = (format!("help {command}"), format!("{command} --help"));
        assert_eq!(place.run(&asked).replace(&asked, ""), place.run(&told).replace(&told, ""));
    }
}
