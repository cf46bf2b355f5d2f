//! The command line as it is written. What is meant by it is [`crate::config`]'s to say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use admin::Admin;
pub(crate) use feeds::{
    Apply, Explain, Export, Load, Plan, Remove, Rollback, TargetAction, TargetAdopt, TargetCommand, TargetSet,
    TargetSkills,
};
pub(crate) use record::{
    Audit, AuditAction, AuditCheck, AuditDestroySecret, AuditExport, AuditRotate, AuditVerify, Forget, Prove,
};

mod admin;
mod feeds;
mod record;

/// Keeps the Do-Not-Call lists of NICE CXone true.
///
/// Reads files of DNC updates, checks every number, sends only what CXone does not hold yet, within its rate limit,
/// and reads it back until every number is seen in the list. Each row gets exactly one outcome.
#[derive(Debug, Parser)]
#[command(name = "dncsync", version, max_term_width = 120, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Options of every command
    #[command(flatten)]
    pub(crate) global: Global,
}

const EXIT_CODES: &str = "\
Exit status, the first that applies:
  1  a bug in dncsync                       2  wrong use, input or configuration
  7  a lasting failure: somebody must mend  5  a passing failure: run it again, it goes on
  6  a guard stopped it: look, then approve 4  finished, some numbers unconfirmed
  3  finished, some rows rejected or refused
  0  every number confirmed or listed already
  Of plan and rollback: 10  there is something to do, 0  there is nothing to do

Start here:
  dncsync demo
  dncsync ingest optouts.csv --campaign Q4_OUTBOUND_2024 --sandbox";

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Where dncsync remembers [env: DNCSYNC_STATE] [default: $XDG_STATE_HOME/dncsync]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Configuration file [default: dncsync.toml in the state directory, else in the current one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// One JSON object on standard output and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The key that signs the audit log [env: DNCSYNC_AUDIT_KEY] [default: audit.key in the state directory, made on first use]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) audit_key: Option<PathBuf>,
    /// Append each checkpoint of the audit log to this file too, best where nothing can be overwritten [env: DNCSYNC_WITNESS_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) witness_file: Option<PathBuf>,
    /// Take a state directory that is older than its witness says, and log why
    #[arg(long, global = true, value_name = "REASON")]
    pub(crate) accept_rollback: Option<String>,
    /// Say more on standard error; up to three times
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the numbers of some files confirmed suppression in a list
    Ingest(Box<Ingest>),
    /// Read an input into a feed; sends nothing
    Load(Box<Load>),
    /// Show each feed: numbers claimed, its last load, its age
    Feeds,
    /// Say which feeds a list takes, or claim what others put into it
    Target(Box<TargetCommand>),
    /// Show what would be added to a list and removed from it, by feed and reason
    Plan(Box<Plan>),
    /// Add what a list lacks, then remove what no feed claims any more
    Apply(Box<Apply>),
    /// Undo a run in its feeds, and show the plan that follows
    Rollback(Box<Rollback>),
    /// Lift claims of one feed, and say who else still claims the numbers
    Remove(Box<Remove>),
    /// Say whether a number is blocked, by which feed since when, and what happened to it
    Explain(Explain),
    /// Write what a feed claims, or what a list holds, as a file
    Export(Box<Export>),
    /// Finish what is unfinished: after a crash, a stop or a failure that passed
    Resume(Box<Tenant>),
    /// Read a list whole and say what is missing of what was asked for
    Verify(Box<Verify>),
    /// Show targets, counts, what is pending, the last run
    Status,
    /// Prove when a number was sent and seen in a list, for somebody who trusts nobody
    Prove(Prove),
    /// Remove what could identify a person from the state directory; the number stays blocked
    Forget(Forget),
    /// Show the trail: what happened, in order; check it, or take it away as evidence
    Audit(Audit),
    /// List webhooks that nobody took yet, or try them again now
    Webhooks(Box<Webhooks>),
    /// Check configuration, token, scopes and reachability, and say what to mend
    Doctor(Box<Doctor>),
    /// Run a CXone tenant on this machine, to try things on
    Sandbox(Sandbox),
    /// The quick start: a sandbox, sample files, a webhook receiver, a report
    Demo(Demo),
}

const INGEST_EXAMPLES: &str = "\
Examples:
  dncsync ingest optouts.csv --campaign Q4_OUTBOUND_2024 --sandbox
  dncsync ingest a.csv b.jsonl --list GLOBAL_DNC --scope GLOBAL --source REGULATORY
  crm-export | dncsync ingest - --campaign Q4 --country US --json
  dncsync ingest optouts.csv --campaign Q4 --dry-run

CSV: columns phone_number, source_type, notes, received_at, in any order; without a header number, source, notes.
JSONL: the same keys. Txt: a number a line. UTF-8, or UTF-16 with a byte order mark.";

/// `dncsync ingest`
#[derive(Clone, Debug, Args)]
#[command(after_help = INGEST_EXAMPLES)]
pub(crate) struct Ingest {
    /// Files of DNC updates; - is standard input. Several files are one run
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// Source type of rows that name none: MANUAL, REGULATORY, CUSTOMER_REQUEST or SYSTEM [default: MANUAL]
    #[arg(long, value_name = "TYPE")]
    pub(crate) source: Option<String>,
    /// auto, csv, jsonl or txt [default: auto, by content]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Read national formats as of this country (two letters); without it only + and the calling code passes
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
    /// Where refused rows go [default: rejects/RUN.csv in the state directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// An input without rows is in order
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Everything but sending
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where another dncsync of this state directory is sending, leave the load to it and exit with 5
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// Which list is meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct List {
    /// The list CAMPAIGN_DNC_<ID>, scope CAMPAIGN
    #[arg(long, value_name = "ID", conflicts_with_all = ["list", "scope"])]
    pub(crate) campaign: Option<String>,
    /// This list
    #[arg(long, value_name = "NAME")]
    pub(crate) list: Option<String>,
    /// The list's scope: GLOBAL, CAMPAIGN, REGION or QUEUE
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  dncsync verify --campaign Q4_OUTBOUND_2024
  dncsync verify --list GLOBAL_DNC --scope GLOBAL --repair

The list is read whole, twice where something is missing. Exit status 4: numbers are missing.
What finished runs of this state directory asked for is compared, runs that are not finished are left out.";

/// `dncsync verify`
#[derive(Clone, Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct Verify {
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// Send again what is missing
    #[arg(long)]
    pub(crate) repair: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// How to reach CXone and the aggregator.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "CXone")]
pub(crate) struct Tenant {
    /// An embedded CXone instead of a tenant; its data lives in the state directory
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// [env: CXONE_CLIENT_ID or CXONE_CLIENT_ID_FILE]
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// A file with the secret: a flag can be seen by everybody on the machine [env: CXONE_CLIENT_SECRET or CXONE_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The region; of the Admin API the area [env: CXONE_REGION] [default: us-east-1, na1]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Whole address of the API, instead of the region's [env: CXONE_API_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// Whole address for tokens, instead of the region's [env: CXONE_TOKEN_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// A certificate authority beside the platform's, PEM [env: CXONE_CA_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Most requests in any 60 s, all processes of this state directory together; 0 = no limit [env: CXONE_RATE] [default: 100; of the Admin API 300, 5 a second]
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<String>,
    /// How long after its last sending a number may stay unseen before it is reported unconfirmed [env: DNCSYNC_CONFIRM_WITHIN] [default: 10m]
    #[arg(long, value_name = "TIME")]
    pub(crate) confirm_within: Option<String>,
    /// How long to keep trying while requests fail [env: DNCSYNC_PATIENCE] [default: 15m]
    #[arg(long, value_name = "TIME")]
    pub(crate) patience: Option<String>,
    /// How long ago a number may have been seen in the list to be believed; older ones are looked for again, 0s = all [env: DNCSYNC_TRUST] [default: 24h]
    #[arg(long, value_name = "TIME")]
    pub(crate) trust: Option<String>,
    /// The most requests to look for them; past it they are sent again instead [env: DNCSYNC_TRUST_BUDGET] [default: 100]
    #[arg(long, value_name = "N")]
    pub(crate) trust_budget: Option<String>,
    /// The aggregator to tell when a batch is settled [env: AGGREGATOR_WEBHOOK]
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// A file with the secret that signs webhooks [env: AGGREGATOR_WEBHOOK_SECRET or AGGREGATOR_WEBHOOK_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) webhook_secret_file: Option<PathBuf>,
    /// Which API it speaks; last, because what follows would stand under its heading
    #[command(flatten)]
    pub(crate) admin: Admin,
}

const DOCTOR_EXAMPLES: &str = "\
Examples:
  dncsync doctor
  dncsync doctor --profile admin --probe";

/// `dncsync doctor`
#[derive(Clone, Debug, Args)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub(crate) struct Doctor {
    /// Ask the tenant what the Admin API's documents leave open, as far as that writes nothing
    #[arg(long)]
    pub(crate) probe: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// `dncsync demo`
#[derive(Clone, Debug, Args)]
pub(crate) struct Demo {
    /// The API that the demo's CXone speaks: v2 or admin
    #[arg(long, value_name = "PROFILE", default_value = "v2")]
    pub(crate) profile: String,
}

const WEBHOOKS_EXAMPLES: &str = "\
Pending ones are tried by every run. Parked ones wait for you: the aggregator said 410 Gone, or it did not take them for
more than a day. A replay ends with exit status 0 if all were taken and 5 if some were not; those stay stored.

Examples:
  dncsync webhooks
  dncsync webhooks replay
  dncsync webhooks replay msg_e6219fb8fd1e7cca51de25b39ac413bd --webhook https://hooks.example.com/dnc";

/// `dncsync webhooks`
#[derive(Clone, Debug, Args)]
#[command(after_help = WEBHOOKS_EXAMPLES)]
pub(crate) struct Webhooks {
    /// What to do with them
    #[arg(value_enum, default_value_t = WebhooksAction::List, hide_possible_values = true, value_name = "list|replay")]
    pub(crate) action: WebhooksAction,
    /// Replay only these; without any, all that are pending or parked
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// What to do with webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WebhooksAction {
    /// Show them
    List,
    /// Try each once, now, and take parked ones out of parking
    Replay,
}

const SANDBOX_EXAMPLES: &str = "\
Faults: KIND:PATH:P[:TIMES]. PATH is a part of `METHOD /path`, * matches anything; P is the probability, of each request
or, for the last six kinds, of each number.
  429, 429-bare (without Retry-After), 429-date, 500, 502 (HTML), 503, 401 (the token is revoked), 413, close-before,
  close-after (applied, then closed), slow or slow=MS, truncate, refuse, refuse-first, refuse-silent, never-indexed,
  lose-once, keep (told as removed, and stays)
Under --profile admin `items` in PATH stands for `records`, too, and a refused number fails alone, inside an answer 200.

Quirks: any-accept, header-errors, strings, unwrapped, wrapped, no-linger, top-100, top-refused, no-order, busy-sign-in,
  search-lag, duplicate-errors, failures-only, shuffled-results, basic-only, form-only, no-formatted

Examples:
  dncsync sandbox --profile admin --quirk top-100 --quirk strings
  dncsync sandbox --port 8787
  dncsync sandbox --fault 502:items:0.2 --fault close-after:POST*items:0.1:3 --token-ttl 20s";

/// `dncsync sandbox`
#[derive(Clone, Debug, Args)]
#[command(after_help = SANDBOX_EXAMPLES)]
pub(crate) struct Sandbox {
    /// On this port of 127.0.0.1; 0 = any
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// The API that it speaks: v2 or admin
    #[arg(long, value_name = "PROFILE", default_value_t)]
    pub(crate) profile: dncsync_sandbox::Profile,
    /// Requests in any 60 s; 0 = no limit [default: 100; of the Admin API none]
    #[arg(long)]
    pub(crate) rate: Option<u32>,
    /// How long an accepted number stays unseen
    #[arg(long, default_value = "1s", value_parser = humantime::parse_duration)]
    pub(crate) lag: std::time::Duration,
    /// Most items on a page
    #[arg(long, default_value_t = 10_000)]
    pub(crate) page_cap: usize,
    /// How long a token is good
    #[arg(long, default_value = "3600s", value_parser = humantime::parse_duration)]
    pub(crate) token_ttl: std::time::Duration,
    /// Keep the lists in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Go wrong on request
    #[arg(long, value_name = "KIND:PATH:P[:TIMES]")]
    pub(crate) fault: Vec<dncsync_sandbox::Fault>,
    /// Another habit of the Admin API; said again for more
    #[arg(long, value_name = "NAME")]
    pub(crate) quirk: Vec<dncsync_sandbox::Quirk>,
    /// Most active records of the Admin API's groups together
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) capacity: usize,
    /// Pages tell neither total nor pageCount
    #[arg(long)]
    pub(crate) no_totals: bool,
    /// Lists keep no order: new numbers may be read anywhere
    #[arg(long)]
    pub(crate) shuffled: bool,
    /// Only this client is let in; without it any is, but not the secret `wrong`
    #[arg(long, value_name = "ID:SECRET[:SCOPES]")]
    pub(crate) client: Vec<dncsync_sandbox::Client>,
    /// Seed of the faults' dice
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}
