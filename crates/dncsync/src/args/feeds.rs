//! The arguments of the commands that deal with feeds: what a list takes, what follows from it, and what is known.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{List, Tenant};

const LOAD_EXAMPLES: &str = "\
Modes: add only adds; replace takes the file for the whole truth of the feed and withdraws what it does not hold; changes \
reads A or D in each row (column action, change or op, or a registry's third field). Absence removes nothing in add and \
changes. Nothing is sent: look at `dncsync plan`, then `dncsync apply`.

Examples:
  dncsync load ftc-2026-11.txt --feed ftc --mode replace --source REGULATORY --account 12345-6789
  dncsync load changes.csv --feed ftc --mode changes --source REGULATORY
  dncsync load crm.csv --feed crm-optouts --country US --expires-column expires

A load that replaces stops with exit status 6 where more than 5 % of its rows are rejected, or the feed would shrink by more \
than 10 %; --approve lets it go on.";

/// `dncsync load`
#[derive(Clone, Debug, Args)]
#[command(after_help = LOAD_EXAMPLES)]
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
A list always takes its own feed, list:NAME, which is what `ingest` loads into. A number is to be blocked while any of the \
feeds claims it. --only keeps the list to the numbers of a file: a registry does not fit into CXone, what a campaign calls \
does. Without --only it takes every number that they claim.

Examples:
  dncsync target set --campaign Q4 --feeds ftc,crm-optouts --only leads-q4.csv
  dncsync target adopt --list GLOBAL_DNC --scope GLOBAL --feed agents";

/// `dncsync target`
#[derive(Clone, Debug, Args)]
#[command(after_help = TARGET_EXAMPLES)]
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
    /// Show or set the skills that a DNC group scrubs: for others it keeps nobody from being called
    Skills(TargetSkills),
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

const SKILLS_EXAMPLES: &str = "\
A DNC group of the Admin API blocks calls of its scrubbed skills alone (or of all, where it is the tenant's default group). \
--scrub says which skills those shall be: what is missing is added, what is scrubbed beside them is taken out only with \
--approve, because that lifts protection; without it the exit status is then 6.

Examples:
  dncsync target skills --profile admin --list GLOBAL_DNC
  dncsync target skills --profile admin --list GLOBAL_DNC --scrub 4011,4012";

/// `dncsync target skills`
#[derive(Clone, Debug, Args)]
#[command(after_help = SKILLS_EXAMPLES)]
pub(crate) struct TargetSkills {
    /// Which list
    #[command(flatten)]
    pub(crate) list: List,
    /// The skills that it is to scrub, by id
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    pub(crate) scrub: Vec<String>,
    /// Take out what is scrubbed beside them
    #[arg(long)]
    pub(crate) approve: bool,
    /// How to reach CXone
    #[command(flatten)]
    pub(crate) tenant: Tenant,
}

const PLAN_EXAMPLES: &str = "\
Exit status 0: nothing to do; 10: something to do. Sends no item. The list is looked up, and read whole where it never was, \
or longer ago than --trust. A saved plan holds the numbers, and applies only while the feeds and the list are as they were.

Examples:
  dncsync plan --campaign Q4
  dncsync plan --list GLOBAL_DNC --scope GLOBAL --save plan.json && less plan.json && dncsync apply plan.json";

/// `dncsync plan`
#[derive(Clone, Debug, Args)]
#[command(after_help = PLAN_EXAMPLES)]
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
Additions are sent first. It stops with exit status 6 before its first removal where it would remove more than 1,000 numbers, \
or more than 1 % of the list and more than 50; or where more than 50 % of the list would leave because of --only.

Examples:
  dncsync apply --campaign Q4
  dncsync apply plan.json --approve";

/// `dncsync apply`
#[derive(Clone, Debug, Args)]
#[command(after_help = APPLY_EXAMPLES)]
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
What the run's loads claimed first is withdrawn and what they withdrew is claimed again, as far as no later load claims or \
withdraws the same number. What a person asked for (CUSTOMER_REQUEST) stays. A run that is not finished is finished first. \
Nothing else is sent: `dncsync apply` does that. Exit status 0: nothing to do in any list; 10: something to do.

Examples:
  dncsync rollback 20261122T210708219Z-328e9b05
  dncsync rollback 20261122T210708219Z-328e9b05 --include-customer-requests";

/// `dncsync rollback`
#[derive(Clone, Debug, Args)]
#[command(after_help = ROLLBACK_EXAMPLES)]
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
Only the claim of this feed is lifted; a number stays blocked while any other feed of the list claims it. Nothing is sent: \
look at `dncsync plan`, then `dncsync apply`.

Examples:
  dncsync remove +12025551234 --feed crm-optouts --reason 'opted in again, ticket 4711'
  dncsync remove optins.csv --feed list:CAMPAIGN_DNC_Q4 --reason 'campaign of May'";

/// `dncsync remove`
#[derive(Clone, Debug, Args)]
#[command(after_help = REMOVE_EXAMPLES)]
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
#[command(after_help = EXPLAIN_EXAMPLES)]
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
A list is exported as it is believed to be, each number with its standing: desired, withdrawn (the next apply removes it) or \
foreign (others put it there). Files hold numbers in clear.

Examples:
  dncsync export --feed crm-optouts > crm.csv
  dncsync export --campaign Q4 --format jsonl > q4.jsonl";

/// `dncsync export`
#[derive(Clone, Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
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
