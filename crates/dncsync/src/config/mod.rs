//! What is meant: flags, environment, file and defaults, in this order, made complete and checked in one place.
//!
//! Nothing below this crate reads a flag, a variable or a configuration file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dncsync_core::guard::LoadGuard;
use dncsync_core::profile::Profile;
use dncsync_cxone::{Settings, SettingsError};
use dncsync_engine::{Aggregator, Record, Setup, Trouble, WebhookSecret};
use serde::Deserialize;

use crate::args::{Global, Tenant};
use crate::measures::{self, FeedMeasures, ListMeasures};

mod tenant;

/// The environment, as a function so that tests bring their own.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the process's environment; an empty variable counts as not set.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The name of a configuration file.
const FILE: &str = "dncsync.toml";

/// A configuration file. The keys are those of the flags.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    state: Option<PathBuf>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    region: Option<String>,
    api_url: Option<String>,
    token_url: Option<String>,
    ca_file: Option<PathBuf>,
    rate: Option<u32>,
    confirm_within: Option<String>,
    patience: Option<String>,
    trust: Option<String>,
    trust_budget: Option<u64>,
    webhook: Option<String>,
    webhook_secret: Option<String>,
    webhook_secret_file: Option<PathBuf>,
    pub(crate) source: Option<String>,
    pub(crate) country: Option<String>,
    stale_after: Option<String>,
    profile: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<String>,
    access_key_secret_file: Option<PathBuf>,
    allow_international: Option<bool>,
    capacity: Option<u64>,
    tenant_id: Option<String>,
    discovery_url: Option<String>,
    client_auth: Option<String>,
    api_version: Option<u32>,
    batch_size: Option<usize>,
    order_by: Option<String>,
    in_flight: Option<usize>,
    keep_token: Option<bool>,
    audit_key: Option<PathBuf>,
    witness_file: Option<PathBuf>,
    retention: Option<String>,
    #[serde(default)]
    feed: BTreeMap<String, FeedMeasures>,
    #[serde(default)]
    list: BTreeMap<String, ListMeasures>,
}

impl ConfigFile {
    /// When a load that replaces a feed stops.
    pub(crate) fn load_guard(&self, feed: &str) -> LoadGuard {
        measures::load_guard(self.feed.get(feed))
    }

    /// From which day on each feed is stale.
    pub(crate) fn stale_after(&self) -> Result<impl Fn(&str) -> u64 + use<>, Trouble> {
        measures::stale_after(self.stale_after.as_ref(), &self.feed)
    }
}

/// Where dncsync remembers, and the configuration file that was found.
pub(crate) struct Place {
    /// The state directory.
    pub(crate) state: PathBuf,
    /// The configuration file's content.
    pub(crate) file: ConfigFile,
    /// Where it was found.
    pub(crate) found: Option<PathBuf>,
    /// What the record is kept with.
    pub(crate) record: Record,
}

/// Everything, complete.
pub(crate) struct Config {
    /// How to reach CXone; `None` without credentials.
    pub(crate) settings: Option<Settings>,
    /// How the tenant speaks.
    pub(crate) profile: Profile,
    /// What the engine is told.
    pub(crate) setup: Setup,
    /// Whether the embedded sandbox stands in for CXone.
    pub(crate) sandbox: bool,
    /// Whether a token is kept for the next process; never one of the embedded sandbox, which starts anew each time.
    pub(crate) keep_token: bool,
}

impl Config {
    /// That nobody said who we are at CXone. `beside`: what else is to be said of it.
    pub(crate) fn no_credentials(&self, beside: &str, or: &str) -> Trouble {
        let variables = match self.profile {
            Profile::V2 => "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
            Profile::Admin => "CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET",
        };
        let message = format!("no credentials for CXone{beside}");
        Trouble::input("config.credentials", message, format!("set {variables}, or {or}"))
    }
}

/// Finds the state directory and the configuration file.
pub(crate) fn place(global: &Global, environment: Environment<'_>) -> Result<Place, Trouble> {
    let given = global.state.clone().or_else(|| environment("DNCSYNC_STATE").map(PathBuf::from));
    let state = given.clone().map_or_else(|| default_state(environment), Ok)?;
    let candidates = match &global.config {
        Some(path) => vec![path.clone()],
        None => vec![state.join(FILE), PathBuf::from(FILE)],
    };
    let found = match &global.config {
        Some(path) => Some(path.clone()),
        None => candidates.into_iter().find(|path| path.is_file()),
    };
    let file = found.as_deref().map(read_file).transpose()?.unwrap_or_default();
    let state = given.or_else(|| file.state.clone()).unwrap_or(state);
    let state = std::path::absolute(&state).unwrap_or(state);
    let pick = Pick { environment };
    let record = Record {
        key: pick.path(global.audit_key.clone(), "DNCSYNC_AUDIT_KEY", file.audit_key.clone()),
        witness: pick.path(global.witness_file.clone(), "DNCSYNC_WITNESS_FILE", file.witness_file.clone()),
        accept_rollback: global.accept_rollback.clone(),
        retention: pick.text(&None, "DNCSYNC_RETENTION", &file.retention).map(|text| retention(&text)).transpose()?,
    };
    Ok(Place { state, file, found, record })
}

fn retention(text: &str) -> Result<Duration, Trouble> {
    humantime::parse_duration(text.trim())
        .map_err(|_| wrong("DNCSYNC_RETENTION", text, "a number and a unit, such as 5years or 400days"))
}

fn default_state(environment: Environment<'_>) -> Result<PathBuf, Trouble> {
    let base = environment("XDG_STATE_HOME").map(PathBuf::from);
    let home = || environment("HOME").map(|home| Path::new(&home).join(".local/state"));
    base.or_else(home).map(|base| base.join("dncsync")).ok_or_else(|| {
        Trouble::input("config.state", "neither HOME nor XDG_STATE_HOME is set", "name a state directory: --state DIR")
    })
}

fn read_file(path: &Path) -> Result<ConfigFile, Trouble> {
    let text = read(path, "config.file")?;
    toml::from_str(&text).map_err(|error| {
        // Only an unknown key is repeated: any other message of the parser may hold the value, which may be a secret.
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let what = match error.message() {
            unknown if unknown.starts_with("unknown field") => unknown.to_owned(),
            _ => "not TOML, or a value of the wrong kind (text stands in quotes)".to_owned(),
        };
        let message = format!("{}, line {line}: {what}", path.display());
        Trouble::input("config.file", message, "mend that line; the README lists all keys")
    })
}

fn read(path: &Path, code: &'static str) -> Result<String, Trouble> {
    std::fs::read_to_string(path).map_err(|error| {
        Trouble::input(code, format!("{}: {error}", path.display()), "check the path and its permissions")
    })
}

/// Makes the configuration of a command that talks to CXone.
pub(crate) fn resolve(tenant: &Tenant, place: &Place, environment: Environment<'_>) -> Result<Config, Trouble> {
    let pick = Pick { environment };
    let file = &place.file;
    let ca_path = pick.path(tenant.ca_file.clone(), "CXONE_CA_FILE", file.ca_file.clone());
    let ca_pem = ca_path.map(|path| read(&path, "config.caFile").map(String::into_bytes)).transpose()?;
    let found = pick.tenant(tenant, file, ca_pem.clone())?;
    let setup = Setup {
        tenant: found.key,
        rate: found.rate,
        at_once: found.at_once,
        reach: found.reach,
        capacity: found.capacity,
        confirm_within: pick.duration(
            ("--confirm-within", &tenant.confirm_within),
            "DNCSYNC_CONFIRM_WITHIN",
            &file.confirm_within,
            600,
        )?,
        patience: pick.duration(("--patience", &tenant.patience), "DNCSYNC_PATIENCE", &file.patience, 900)?,
        trust: pick.duration(("--trust", &tenant.trust), "DNCSYNC_TRUST", &file.trust, 24 * 3600)?,
        trust_budget: pick.count(
            ("--trust-budget", &tenant.trust_budget),
            "DNCSYNC_TRUST_BUDGET",
            "a whole number",
            file.trust_budget,
            100,
        )?,
        aggregator: pick.aggregator(tenant, file, ca_pem)?,
        who: who(environment),
        guards: measures::plan_guards(&file.list),
        record: place.record.clone(),
    };
    let keep_token = pick.yes_or_no("CXONE_KEEP_TOKEN", file.keep_token)?.unwrap_or(true) && !tenant.sandbox;
    Ok(Config { settings: found.settings, profile: found.profile, setup, sandbox: tenant.sandbox, keep_token })
}

/// Who runs this process, for the record.
pub(crate) fn who(environment: Environment<'_>) -> String {
    let name = environment("USER").or_else(|| environment("LOGNAME"));
    name.or_else(user_id).unwrap_or_else(|| "unknown".to_owned())
}

/// `uid 1000`: whoever owns this process, or else a file that it makes.
#[cfg(unix)]
fn user_id() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let made = || tempfile::tempfile().and_then(|file| file.metadata());
    let metadata = std::fs::metadata("/proc/self").or_else(|_| made()).ok()?;
    Some(format!("uid {}", metadata.uid()))
}

#[cfg(not(unix))]
fn user_id() -> Option<String> {
    None
}

/// Flag, environment, file: the first that says something.
struct Pick<'a> {
    environment: Environment<'a>,
}

impl Pick<'_> {
    fn text(&self, flag: &Option<String>, variable: &str, file: &Option<String>) -> Option<String> {
        flag.clone().or_else(|| (self.environment)(variable)).or_else(|| file.clone()).filter(|text| !text.is_empty())
    }

    fn path(&self, flag: Option<PathBuf>, variable: &str, file: Option<PathBuf>) -> Option<PathBuf> {
        flag.or_else(|| (self.environment)(variable).map(PathBuf::from)).or(file)
    }

    /// A secret, or a file that holds it. A file beats a value of the same rank: it is the safer of the two.
    fn secret(
        &self,
        flag: &Option<PathBuf>,
        variable: &str,
        file: (&Option<String>, &Option<PathBuf>),
    ) -> Result<Option<String>, Trouble> {
        let from_file = |path: PathBuf| read(&path, "config.secretFile").map(|text| Some(text.trim_end().to_owned()));
        if let Some(path) = flag.clone().or_else(|| (self.environment)(&format!("{variable}_FILE")).map(PathBuf::from))
        {
            return from_file(path);
        }
        if let Some(value) = (self.environment)(variable) {
            return Ok(Some(value));
        }
        match file {
            (_, Some(path)) => from_file(path.clone()),
            (value, None) => Ok(value.clone()),
        }
    }

    fn count<T: std::str::FromStr>(
        &self,
        (name, flag): (&str, &Option<String>),
        variable: &'static str,
        expected: &str,
        file: Option<T>,
        default: T,
    ) -> Result<T, Trouble> {
        match self.text(flag, variable, &None) {
            None => Ok(file.unwrap_or(default)),
            Some(text) => text.trim().parse().map_err(|_| match name == variable {
                true => wrong(variable, &text, expected),
                false => wrong(format!("{name} or {variable}"), &text, expected),
            }),
        }
    }

    /// What is said once for a tenant: a variable, else a key of the file.
    fn yes_or_no(&self, variable: &'static str, file: Option<bool>) -> Result<Option<bool>, Trouble> {
        match (self.environment)(variable).as_deref() {
            None => Ok(file),
            Some("1" | "true" | "yes") => Ok(Some(true)),
            Some("0" | "false" | "no") => Ok(Some(false)),
            Some(other) => Err(wrong(variable, other, "1 or 0")),
        }
    }

    fn duration(
        &self,
        (name, flag): (&str, &Option<String>),
        variable: &'static str,
        file: &Option<String>,
        default_seconds: u64,
    ) -> Result<Duration, Trouble> {
        match self.text(flag, variable, file) {
            None => Ok(Duration::from_secs(default_seconds)),
            Some(text) if text.trim() == "0" => Ok(Duration::ZERO),
            Some(text) => humantime::parse_duration(text.trim()).map_err(|_| {
                wrong(format!("{name} or {variable}"), &text, "a number and a unit, such as 90s, 10m or 2h")
            }),
        }
    }

    fn aggregator(
        &self,
        tenant: &Tenant,
        file: &ConfigFile,
        ca_pem: Option<Vec<u8>>,
    ) -> Result<Option<Aggregator>, Trouble> {
        let Some(url) = self.text(&tenant.webhook, "AGGREGATOR_WEBHOOK", &file.webhook) else {
            return Ok(None);
        };
        dncsync_cxone::check_webhook_address(&url).map_err(|error| wrong_address("AGGREGATOR_WEBHOOK", &error))?;
        let secrets = (&file.webhook_secret, &file.webhook_secret_file);
        let secret = self.secret(&tenant.webhook_secret_file, "AGGREGATOR_WEBHOOK_SECRET", secrets)?;
        let secret = secret.map(|text| WebhookSecret::read(&text)).transpose().map_err(|error| {
            let todo = "give whsec_ and base64, or plain text of 24 bytes or more";
            Trouble::input("config.webhookSecret", error.to_string(), todo)
        })?;
        Ok(Some(Aggregator { url, secret, ca_pem }))
    }
}

fn check_address(name: &'static str, url: &str) -> Result<(), Trouble> {
    dncsync_cxone::check_address(url).map_err(|error| wrong_address(name, &error))
}

fn wrong_address(name: &'static str, error: &SettingsError) -> Trouble {
    let todo = match error {
        SettingsError::LinkLocal => "name another address",
        _ => "write the whole address",
    };
    Trouble::input("config.address", format!("{name} {error}"), todo)
}

fn wrong(name: impl fmt::Display, text: &str, expected: &str) -> Trouble {
    Trouble::input("config.value", format!("{name}: `{text}` is not {expected}"), "mend the value")
}
