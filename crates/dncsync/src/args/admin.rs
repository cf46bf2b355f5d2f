//! Flags about the profile that a tenant speaks, and about the Admin API.

use std::path::PathBuf;

use clap::Args;

/// Which API a tenant speaks, and what is asked only of the Admin API. What is seldom said is shown by `--help` alone.
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
    /// The tenant's id, instead of the one that the token tells [env: CXONE_TENANT_ID]
    #[arg(long, value_name = "UUID", hide_short_help = true)]
    pub(crate) tenant_id: Option<String>,
    /// Where the addresses of a tenant are told [env: CXONE_DISCOVERY_URL] [default: https://cxone.niceincontact.com]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub(crate) discovery_url: Option<String>,
    /// How a registered client shows who it is: basic or form [env: CXONE_CLIENT_AUTH] [default: whichever works]
    #[arg(long, value_name = "WAY", hide_short_help = true)]
    pub(crate) client_auth: Option<String>,
    /// The N of the API's version vN.0 [env: CXONE_API_VERSION] [default: 34]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) api_version: Option<String>,
    /// Most records of a request [env: CXONE_BATCH_SIZE] [default: 4500]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) batch_size: Option<String>,
    /// By which field pages are ordered; nothing = by none [env: CXONE_ORDER_BY] [default: recordId]
    #[arg(long, value_name = "FIELD", hide_short_help = true)]
    pub(crate) order_by: Option<String>,
    /// Most requests at a time, under every profile [env: CXONE_IN_FLIGHT] [default: 4]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) in_flight: Option<String>,
}
