//! The command: reads the line, does what it says, ends with a status.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use dncsync_engine::Trouble;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::{Cli, Command, Global};
use crate::{commands, exit, print};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_use(&error),
    };
    log_to_stderr(cli.global.verbose);
    let json = cli.global.json;
    match run(cli.command, &cli.global) {
        Ok(status) => ExitCode::from(status),
        Err(trouble) => {
            print::trouble(&trouble, json);
            ExitCode::from(exit::of_trouble(&trouble))
        }
    }
}

fn run(command: Command, global: &Global) -> Result<u8, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::passing("system.runtime", error.to_string(), "see what this machine lacks"))?;
    runtime.block_on(async {
        match command {
            Command::Ingest(args) => commands::ingest::run(&args, global).await,
            Command::Load(args) => commands::load::run(&args, global),
            Command::Feeds => commands::feeds::run(global),
            Command::Target(args) => commands::target::run(&args.action, global).await,
            Command::Plan(args) => commands::plan::run(&args, global).await,
            Command::Apply(args) => commands::apply::run(&args, global).await,
            Command::Rollback(args) => commands::rollback::run(&args, global).await,
            Command::Remove(args) => commands::remove::run(&args, global),
            Command::Explain(args) => commands::explain::run(&args, global),
            Command::Export(args) => commands::export::run(&args, global),
            Command::Resume(args) => commands::resume::run(&args, global).await,
            Command::Verify(args) => commands::verify::run(&args, global).await,
            Command::Status => commands::status::run(global),
            Command::Prove(args) => commands::prove::run(&args, global),
            Command::Forget(args) => commands::forget::run(&args, global),
            Command::Audit(args) => commands::audit::run(&args, global),
            Command::Webhooks(args) => commands::webhooks::run(&args, global).await,
            Command::Doctor(args) => commands::doctor::run(&args, global).await,
            Command::Sandbox(args) => commands::sandbox::run(args, global).await,
            Command::Demo(args) => commands::demo::run(&args, global).await,
        }
    })
}

/// Help and version are no errors; the rest is wrong use.
fn wrong_use(error: &clap::Error) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !asked && std::env::args().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let told = text.lines().take_while(|line| !line.starts_with("Usage:"));
        let message = told.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        let message = message.trim_start_matches("error: ").to_owned();
        print::trouble(&Trouble::input("usage", message, "see dncsync --help"), true);
    } else {
        let _ = error.print();
    }
    ExitCode::from(if asked { 0 } else { 2 })
}

/// Only our own words: what libraries log may hold what we would not say.
fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let ours = Targets::new().with_target("dncsync", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    let _ = tracing_subscriber::registry().with(lines).with(ours).try_init();
}
