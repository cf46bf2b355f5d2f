//! `dncsync demo`: the quick start. Everything at once, with what was foretold beside what came out.

use std::path::Path;
use std::time::Duration;

use dncsync_core::check::Rules;
use dncsync_core::feed::Mode;
use dncsync_core::pacing::Rate;
use dncsync_core::profile::{Profile, Reach};
use dncsync_core::report::Report;
use dncsync_core::source::SourceType;
use dncsync_core::target::{Target, TenantKey};
use dncsync_cxone::Client;
use dncsync_engine::{
    Aggregator, Engine, Kind, Order, PlanGuards, Record, Setup, Source, Trouble, WebhookSecret, World,
};
use dncsync_sandbox::Options;
use serde_json::json;

use crate::args::{self, Global};
use crate::commands::ingest::wrong;
use crate::embedded::Embedded;
use crate::screen::Screen;
use crate::{print, receiver};

/// The sample files: 53 valid rows, of which 3 repeat, and 4 bad ones.
const CSV: &str = include_str!("../../../../examples/demo.csv");
const JSONL: &str = include_str!("../../../../examples/demo.jsonl");

/// The secret of the demo's webhooks, in the form that Standard Webhooks gives it.
const SECRET: &str = "whsec_ZG5jc3luYyBkZW1vIHNlY3JldCwgMjQgYnl0ZXM=";

/// One figure: what it is, what was foretold, what came out.
type Figure = (&'static str, u64, u64);

/// Runs it; 0 when all came out as foretold.
pub(crate) async fn run(args: &args::Demo, global: &Global) -> Result<u8, Trouble> {
    let profile = Profile::read(&args.profile).ok_or_else(|| wrong("--profile", &args.profile, "v2 or admin"))?;
    let home = tempfile::tempdir().map_err(|error| trouble(&error))?;
    let secret = WebhookSecret::read(SECRET).map_err(|error| trouble(&error))?;
    let (url, received) = receiver::listen(secret.clone()).await.map_err(|error| trouble(&error))?;
    let sandbox = Embedded::start(profile, Options::default())?;
    let reach = if profile == Profile::V2 { Reach::World } else { Reach::Nanp };
    let order = order(home.path(), reach)?;
    if !global.json {
        let speaking = if profile == Profile::V2 { "" } else { ", which speaks the Admin API," };
        print::line(&format!("A CXone tenant{speaking} and an aggregator were started on this machine, in memory."));
        print::line(
            "Two files go into the list of the campaign DEMO: demo.csv and demo.jsonl, then the same once more.",
        );
        print::line("");
    }
    let client = Client::new(sandbox.settings(None)).map_err(|error| trouble(&error))?;
    let setup = Setup {
        tenant: TenantKey::embedded_sandbox(profile),
        rate: if profile == Profile::V2 { Rate::Window(100) } else { Rate::Even(300) },
        at_once: 4,
        reach,
        capacity: None,
        confirm_within: Duration::from_secs(60),
        patience: Duration::from_secs(60),
        trust: Duration::from_secs(24 * 3600),
        trust_budget: 100,
        aggregator: Some(Aggregator { url, secret: Some(secret), ca_pem: None }),
        who: "demo".to_owned(),
        guards: PlanGuards::default(),
        record: Record::default(),
    };
    let mut engine = Engine::open(&home.path().join("state"), Some(client), setup, World::real())?;
    let mut screen = Screen::new(global.json);
    let first = ingest(&mut engine, &order, &mut screen).await?;
    let second = ingest(&mut engine, &order, &mut screen).await?;
    screen.clear();
    let (webhooks, forged) = received.lock().map_or((0, 0), |received| (received.bodies.len() as u64, received.forged));
    let figures = figures(profile, (&first, &second), webhooks, forged);
    // The directory goes away with the demo: no path in it is worth naming.
    let first = Report { rejects: None, state: "(of this demo only)".to_owned(), ..first };
    show(&first, &figures, global.json);
    let foretold = figures.iter().all(|(_, foretold, came)| foretold == came) && first.holds() && second.holds();
    Ok(if foretold { 0 } else { 1 })
}

async fn ingest(engine: &mut Engine, order: &Order, screen: &mut Screen) -> Result<Report, Trouble> {
    let outcome = engine.ingest(order, &mut |progress| screen.show(progress)).await?;
    outcome.stopped.map_or(Ok(outcome.report), Err)
}

fn order(home: &Path, reach: Reach) -> Result<Order, Trouble> {
    let files = [("demo.csv", CSV), ("demo.jsonl", JSONL)];
    let mut sources = Vec::new();
    for (name, content) in files {
        let path = home.join(name);
        std::fs::write(&path, content).map_err(|error| trouble(&error))?;
        sources.push(Source::File(path));
    }
    Ok(Order {
        target: Target::campaign("DEMO").map_err(|error| trouble(&error))?,
        sources,
        format: None,
        rules: Rules { country: None, default_source: SourceType::CustomerRequest, mode: Mode::Add, reach },
        rejects: None,
        allow_empty: false,
        wait: true,
    })
}

fn figures(profile: Profile, (first, second): (&Report, &Report), webhooks: u64, forged: u64) -> Vec<Figure> {
    // Ten numbers are of other countries, which the Admin API's documents do not know.
    let (valid, rejected) = if profile == Profile::V2 { (50, 4) } else { (40, 14) };
    vec![
        ("rows read", 57, first.total_items),
        ("confirmed in the list", valid, first.successes),
        ("repeated in the input", 3, first.duplicates_in_input),
        ("rejected", rejected, first.rejected),
        ("unconfirmed", 0, first.unconfirmed),
        ("batches", 1, first.batches),
        ("signed webhooks received", 1, webhooks),
        ("webhooks with a wrong signature", 0, forged),
        ("second run: listed already", valid, second.already_listed),
        ("second run: requests with items", 0, second.requests.post),
    ]
}

fn show(report: &Report, figures: &[Figure], as_json: bool) {
    if as_json {
        let figures: Vec<_> = figures
            .iter()
            .map(|(name, foretold, came)| json!({"name": name, "foretold": foretold, "came": came}))
            .collect();
        return print::object(&json!({"report": report, "figures": figures}));
    }
    print::report_table(report);
    print::line("");
    print::line(&format!("  {:<34}{:>9}{:>9}", "", "foretold", "came out"));
    for (name, foretold, came) in figures {
        let verdict = if foretold == came { "" } else { "  ← differs" };
        print::line(&format!("  {name:<34}{foretold:>9}{came:>9}{verdict}"));
    }
    print::line("");
    print::line("Next: dncsync ingest examples/tutorial.jsonl --campaign Q4_OUTBOUND_2024 --sandbox");
}

fn trouble(error: &dyn std::fmt::Display) -> Trouble {
    let todo = "see that a temporary directory can be written and a port of this machine can be used";
    Trouble { kind: Kind::Passing, code: "demo.unavailable", message: error.to_string(), todo: todo.to_owned() }
}
