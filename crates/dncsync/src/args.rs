//! The command line as it is written. What is meant by it is [`crate::config`]'s to say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
  0  every number confirmed or listed already; of plan and rollback: nothing to do, 10 something to do

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
    /// Say more on standard error; up to three times
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the numbers of some files confirmed suppression in a list
    #[command(after_help = INGEST_EXAMPLES)]
    Ingest(Box<Ingest>),
    /// Read an input into a feed; sends nothing
    #[command(after_help = LOAD_EXAMPLES)]
    Load(Box<Load>),
    /// Show each feed: numbers claimed, its last load, its age
    Feeds,
    /// Say which feeds a list takes, or claim what others put into it
    #[command(after_help = TARGET_EXAMPLES)]
    Target(Box<TargetCommand>),
    /// Show what would be added to a list and removed from it, by feed and reason
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Box<Plan>),
    /// Add what a list lacks, then remove what no feed claims any more
    #[command(after_help = APPLY_EXAMPLES)]
    Apply(Box<Apply>),
    /// Undo a run in its feeds, and show the plan that follows
    #[command(after_help = ROLLBACK_EXAMPLES)]
    Rollback(Box<Rollback>),
    /// Lift claims of one feed, and say who else still claims the numbers
    #[command(after_help = REMOVE_EXAMPLES)]
    Remove(Box<Remove>),
    /// Say of a number: blocked or not, by which feed since when, in which lists, what happened to it
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Write what a feed claims, or what a list holds, as a file
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Box<Export>),
    /// Finish what is unfinished: after a crash, a stop or a failure that passed
    Resume(Box<Tenant>),
    /// Read a list whole and say what is missing of what was asked for
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Box<Verify>),
    /// Show targets, counts, what is pending, the last run
    Status,
    /// Show the trail: what happened, in order
    Audit(Audit),
    /// List webhooks that nobody took yet, or try them again now
    #[command(after_help = WEBHOOKS_EXAMPLES)]
    Webhooks(Box<Webhooks>),
    /// Check configuration, token, scopes and reachability, and say what to mend
    Doctor(Box<Tenant>),
    /// Run a CXone tenant on this machine, to try things on
    #[command(after_help = SANDBOX_EXAMPLES)]
    Sandbox(Sandbox),
    /// The quick start: a sandbox, sample files, a webhook receiver, a report
    Demo,
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
    /// [env: CXONE_REGION] [default: us-east-1]
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
    /// Most requests in any 60 s, all processes of this state directory together; 0 = no limit [env: CXONE_RATE] [default: 100]
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
}

const LOAD_EXAMPLES: &str = "\
Modes: add only adds; replace takes the file for the whole truth of the feed and withdraws what it does not hold; changes
reads A or D in each row (column action, change or op, or a registry's third field). Absence removes nothing in add and
changes. Nothing is sent: look at `dncsync plan`, then `dncsync apply`.

Examples:
  dncsync load ftc-2026-11.txt --feed ftc --mode replace --source REGULATORY --account 12345-6789
  dncsync load changes.csv --feed ftc --mode changes --source REGULATORY
  dncsync load crm.csv --feed crm-optouts --country US --expires-column expires

A load that replaces stops with exit status 6 where more than 5 % of its rows are rejected, or the feed would shrink by more
than 10 %, any other where all of its rows are rejected; --approve lets it go on.";

/// `dncsync load`
#[derive(Clone, Debug, Args)]
pub(crate) struct Load {
    /// Files; - is standard input. Several files are one load
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The feed, made where there is none; list:NAME is a list's own
    #[arg(long, value_name = "NAME")]
    pub(crate) feed: String,
    /// What the input means for the feed: add, replace or changes
    #[arg(long, value_name = "MODE", default_value = "add")]
    pub(crate) mode: String,
    /// Source type of rows that name none: MANUAL, REGULATORY, CUSTOMER_REQUEST or SYSTEM [default: MANUAL]
    #[arg(long, value_name = "TYPE")]
    pub(crate) source: Option<String>,
    /// auto, csv, jsonl or txt [default: auto, by content]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Read national formats as of this country (two letters); without it only + and the calling code passes
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
    /// The column, or key, that tells the last day of an entry
    #[arg(long, value_name = "COLUMN")]
    pub(crate) expires_column: Option<String>,
    /// Where refused rows go [default: rejects/RUN.csv in the state directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// An input without rows is in order
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Go on where the guard would stop
    #[arg(long)]
    pub(crate) approve: bool,
    /// The registry account that the file was downloaded under, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) account: Option<String>,
    /// A note, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Whose lists are meant, where --feed is a list's own
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const TARGET_EXAMPLES: &str = "\
A list always takes its own feed, list:NAME, which is what `ingest` loads into. A number is to be blocked while any of the
feeds claims it. --only keeps the list to the numbers of a file: a registry does not fit into CXone, what a campaign calls
does. Without --only it is kept to none in particular.

Examples:
  dncsync target set --campaign Q4 --feeds ftc,crm-optouts --only leads-q4.csv
  dncsync target adopt --list GLOBAL_DNC --scope GLOBAL --feed agents";

/// `dncsync target`
#[derive(Clone, Debug, Args)]
pub(crate) struct TargetCommand {
    /// What to do
    #[command(subcommand)]
    pub(crate) action: TargetAction,
}

/// What to do with a target.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum TargetAction {
    /// Say which feeds a list takes, and whether it is kept to a campaign's own numbers
    Set(TargetSet),
    /// Claim numbers that others put into the list into a feed, which the list then takes
    Adopt(TargetAdopt),
}

/// `dncsync target set`
#[derive(Clone, Debug, Args)]
pub(crate) struct TargetSet {
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// The feeds that it takes beside its own
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',', required = true)]
    pub(crate) feeds: Vec<String>,
    /// Keep it to the numbers of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) only: Option<PathBuf>,
    /// Read national formats in that file as of this country
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
    /// Whose list it is
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// `dncsync target adopt`
#[derive(Clone, Debug, Args)]
pub(crate) struct TargetAdopt {
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// The feed, made where there is none
    #[arg(long, value_name = "NAME")]
    pub(crate) feed: String,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const PLAN_EXAMPLES: &str = "\
Exit status 0: nothing to do; 10: something to do. Sends no item. The list is looked up, and read whole where it never was,
or longer ago than --trust. A saved plan holds the numbers, and applies only while the feeds and the list are as they were.

Examples:
  dncsync plan --campaign Q4
  dncsync plan --list GLOBAL_DNC --scope GLOBAL --save plan.json && less plan.json && dncsync apply plan.json";

/// `dncsync plan`
#[derive(Clone, Debug, Args)]
pub(crate) struct Plan {
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// Write the plan, with its numbers, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const APPLY_EXAMPLES: &str = "\
Additions are sent first. It stops with exit status 6 before its first removal where it would remove more than 1,000 numbers,
or more than 1 % of the list and more than 50; or where more than 50 % of the list would leave because of --only.

Examples:
  dncsync apply --campaign Q4
  dncsync apply plan.json --approve";

/// `dncsync apply`
#[derive(Clone, Debug, Args)]
pub(crate) struct Apply {
    /// A saved plan; without one the list is named
    #[arg(value_name = "PLAN", conflicts_with_all = ["campaign", "list", "scope"])]
    pub(crate) plan: Option<PathBuf>,
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// Go on where the guard would stop
    #[arg(long)]
    pub(crate) approve: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const ROLLBACK_EXAMPLES: &str = "\
What the run's loads claimed first is withdrawn and what they withdrew is claimed again, as far as no later load claims or
withdraws the same number. What a person asked for (CUSTOMER_REQUEST) stays. A run that is not finished is finished first.
Nothing else is sent: `dncsync apply` does that. Exit status 0: nothing to do in any list; 10: something to do.

Examples:
  dncsync rollback 20261122T210708219Z-328e9b05
  dncsync rollback 20261122T210708219Z-328e9b05 --include-customer-requests";

/// `dncsync rollback`
#[derive(Clone, Debug, Args)]
pub(crate) struct Rollback {
    /// The run: of an ingest, a load, a remove or an adopt
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Withdraw what a person asked for as well
    #[arg(long)]
    pub(crate) include_customer_requests: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const REMOVE_EXAMPLES: &str = "\
Only the claim of this feed is lifted; a number stays blocked while any other feed of the list claims it. Nothing is sent:
look at `dncsync plan`, then `dncsync apply`.

Examples:
  dncsync remove +12025551234 --feed crm-optouts --reason 'opted in again, ticket 4711'
  dncsync remove optins.csv --feed list:CAMPAIGN_DNC_Q4 --reason 'campaign of May'";

/// `dncsync remove`
#[derive(Clone, Debug, Args)]
pub(crate) struct Remove {
    /// Numbers, or files of them
    #[arg(required = true, value_name = "NUMBER|FILE")]
    pub(crate) what: Vec<String>,
    /// The feed
    #[arg(long, value_name = "NAME")]
    pub(crate) feed: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Read national formats as of this country
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
    /// Whose lists are meant, where --feed is a list's own
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const EXPLAIN_EXAMPLES: &str = "\
Asks nobody: it tells what this state directory remembers. A day means its end, in UTC.

Examples:
  dncsync explain +12025551234
  dncsync explain +12025551234 --at 2026-05-31
  dncsync explain '(202) 555-1234' --country US --json";

/// `dncsync explain`
#[derive(Clone, Debug, Args)]
pub(crate) struct Explain {
    /// The number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    /// As it stood then: a day, or a time in RFC 3339
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// Read a national format as of this country
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
}

const EXPORT_EXAMPLES: &str = "\
A list is exported as it is believed to be, each number with its standing: desired, withdrawn (the next apply removes it) or
foreign (others put it there). Files hold numbers in clear.

Examples:
  dncsync export --feed crm-optouts > crm.csv
  dncsync export --campaign Q4 --format jsonl > q4.jsonl";

/// `dncsync export`
#[derive(Clone, Debug, Args)]
pub(crate) struct Export {
    /// The feed
    #[arg(long, value_name = "NAME", conflicts_with_all = ["campaign", "list", "scope"])]
    pub(crate) feed: Option<String>,
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// csv, txt or jsonl
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub(crate) format: String,
    /// Whose list it is
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

/// `dncsync audit`
#[derive(Clone, Debug, Args)]
pub(crate) struct Audit {
    /// Only this run
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Only the last so many lines; 0 = all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) last: usize,
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

Examples:
  dncsync sandbox --port 8787
  dncsync sandbox --fault 502:items:0.2 --fault close-after:POST*items:0.1:3 --token-ttl 20s";

/// `dncsync sandbox`
#[derive(Clone, Debug, Args)]
pub(crate) struct Sandbox {
    /// On this port of 127.0.0.1; 0 = any
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Requests in any 60 s; 0 = no limit
    #[arg(long, default_value_t = 100)]
    pub(crate) rate: u32,
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
    /// Pages tell neither total nor pageCount
    #[arg(long)]
    pub(crate) no_totals: bool,
    /// Only this client is let in; without it any is, but not the secret `wrong`
    #[arg(long, value_name = "ID:SECRET[:SCOPES]")]
    pub(crate) client: Vec<dncsync_sandbox::Client>,
    /// Seed of the faults' dice
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}
