//! Flags about the profile that a tenant speaks, and about the Admin API.

use std::path::PathBuf;

use clap::Args;

/// Which API a tenant speaks, and what is asked only of the Admin API. What is said once for a tenant is a variable or a key
/// of the configuration file (`docs/cxone.md`), and no flag.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "CXone's Admin API (--profile admin)")]
pub(crate) struct Admin {
    /// The API that the tenant speaks: v2 or admin [env: CXONE_PROFILE] [default: v2]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// [env: CXONE_ACCESS_KEY_ID or CXONE_ACCESS_KEY_ID_FILE]
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: Option<String>,
    /// A file with the secret of the access key [env: CXONE_ACCESS_KEY_SECRET or CXONE_ACCESS_KEY_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) access_key_secret_file: Option<PathBuf>,
    /// Send numbers outside calling code 1, too, which no document of CXone mentions [env: CXONE_ALLOW_INTERNATIONAL]
    #[arg(long)]
    pub(crate) allow_international: bool,
    /// The most active records that the tenant holds; 0 = not known [env: CXONE_CAPACITY] [default: 1000000]
    #[arg(long, value_name = "N")]
    pub(crate) capacity: Option<String>,
}
