//! The words of the commands about the record.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `dncsync audit`
#[derive(Clone, Debug, Args)]
#[command(after_help = AUDIT_EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Audit {
    /// What to do with it; nothing: show it
    #[command(subcommand)]
    pub(crate) action: Option<AuditAction>,
    /// Only this run
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Only the last so many lines; 0 = all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) last: usize,
}

const AUDIT_EXAMPLES: &str = "\
The log is a Merkle tree (RFC 6962) under signed checkpoints (C2SP tlog-checkpoint). docs/audit.md says what that proves.
verify and check end with exit status 7 where something does not hold, and name it.

Examples:
  dncsync audit --last 20
  dncsync audit key
  dncsync audit verify
  dncsync audit export evidence/
  dncsync audit verify --from evidence/ --key key.txt
  dncsync audit check proof.json --key key.txt";

/// What to do with the record.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AuditAction {
    /// Print the public key that others check the log with
    Key,
    /// Sign with another key from now on; the log tells of it, signed by both
    Rotate(AuditRotate),
    /// Check leaves, tree, signatures, items and sums, by other code than what wrote them
    Verify(AuditVerify),
    /// Check a proof that `dncsync prove` wrote
    Check(AuditCheck),
    /// Make every number sent until now unprovable and unguessable, for good; the log still verifies
    DestroySecret(AuditDestroySecret),
    /// Write the evidence pack: log, checkpoints, tiles, items, and how to check them
    Export(AuditExport),
}

/// `dncsync audit rotate`
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditRotate {
    /// Where the new key is to lie; made there if it is not there [default: the state directory's, in place of the old one]
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

/// `dncsync audit verify`
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditVerify {
    /// An evidence pack, instead of the state directory
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// The public key that you trust, or a file that holds it [default, without --from: the state directory's]
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
}

/// `dncsync audit check`
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditCheck {
    /// The proof
    #[arg(value_name = "FILE")]
    pub(crate) proof: PathBuf,
    /// The public key that you trust, or a file that holds it
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
}

/// `dncsync audit destroy-secret`
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditDestroySecret {
    /// Why, for the log; digits in it are masked
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// `dncsync audit export`
#[derive(Clone, Debug, Args)]
pub(crate) struct AuditExport {
    /// A directory that is not there yet, or empty [default: evidence, or evidence-RUN]
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Only the items of this run
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// The items in clear, with their salts, instead of their hashes
    #[arg(long)]
    pub(crate) with_numbers: bool,
}

const PROVE_EXAMPLES: &str = "\
The proof holds the number, the file it came from, the request and its answer, the reading that saw it, and the log's signed
checkpoint over all of it; `dncsync audit check` checks it anywhere with the public key alone. Where no event shows the
number listed then, a signed statement of what was searched is written instead.

Examples:
  dncsync prove +12025551234 > proof.json
  dncsync prove +12025551234 --list HOUSE --at 2026-05-31 > proof.json";

/// `dncsync prove`
#[derive(Clone, Debug, Args)]
#[command(after_help = PROVE_EXAMPLES)]
pub(crate) struct Prove {
    /// The number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    /// In the list of this name
    #[arg(long, value_name = "NAME", conflicts_with = "campaign")]
    pub(crate) list: Option<String>,
    /// In the list of this campaign
    #[arg(long, value_name = "ID")]
    pub(crate) campaign: Option<String>,
    /// As it stood then: a day, or a time in RFC 3339
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// Read a national format as of this country
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
}

const FORGET_EXAMPLES: &str = "\
Notes, rows in rejects/ and unconfirmed/, and the items of batches go, free pages and the write-ahead log of the database included. The
number itself stays in the sets that keep it from being called. In place of each item the hash of its leaf stays: the log can still be
verified, the item can no longer be proven. Files that were written elsewhere, with --rejects, are named to you.

Examples:
  dncsync forget +12025551234 --reason 'erasure request 2026-118'";

/// `dncsync forget`
#[derive(Clone, Debug, Args)]
#[command(after_help = FORGET_EXAMPLES)]
pub(crate) struct Forget {
    /// The number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    /// Why, for the log; digits in it are masked
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Read a national format as of this country
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
}
