//! The library's face: the tutorial's `DncIngester` and `DncItem`.

use std::path::PathBuf;
use std::time::Duration;

use dncsync_core::check::Rules;
use dncsync_core::feed::Mode;
use dncsync_core::report::Report;
use dncsync_core::source::SourceType;
use dncsync_core::target::Target;
use dncsync_engine::{Order, Outcome, Source, Trouble, World};
use dncsync_feed::Format;
use serde::Serialize;

use crate::args::{Global, Tenant};
use crate::config::{self, environment};
use crate::wiring;

/// One item to be blocked. It is checked by the ingester: a bad one is rejected and counted, the others go on.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DncItem {
    /// The number, best in E.164.
    pub phone_number: String,
    /// Who said no.
    pub source_type: SourceType,
    /// Notes; cut where they are longer than CXone takes.
    pub notes: Option<String>,
}

impl DncItem {
    /// An item without notes.
    pub fn new(phone_number: impl Into<String>, source_type: SourceType) -> Self {
        Self { phone_number: phone_number.into(), source_type, notes: None }
    }

    /// The same with notes.
    #[must_use]
    pub fn with_notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

/// Shows neither the number nor the notes.
impl std::fmt::Debug for DncItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DncItem").field("source_type", &self.source_type).finish_non_exhaustive()
    }
}

/// Why an ingestion did not finish.
#[derive(Debug, thiserror::Error)]
#[error("{trouble}")]
pub struct Error {
    /// What is wrong and what to do.
    pub trouble: Box<Trouble>,
    /// How far the run came, where there is one. Calling again with the same items continues it.
    pub report: Option<Box<Report>>,
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self { trouble: Box::new(trouble), report: None }
    }
}

/// Makes items confirmed suppression. Cheap to make; every call opens the state directory anew.
#[derive(Clone, Debug, Default)]
pub struct DncIngester {
    global: Global,
    tenant: Tenant,
}

impl DncIngester {
    /// Configured as the command is: by the environment, and `dncsync.toml` in the state directory or the current one.
    ///
    /// # Errors
    /// Where the configuration is wrong or names no credentials.
    pub fn from_env() -> Result<Self, Error> {
        let ingester = Self::default();
        let place = config::place(&ingester.global, &environment)?;
        let config = config::resolve(&ingester.tenant, &place, &environment)?;
        if config.settings.is_none() {
            return Err(config.no_credentials("", "use DncIngester::sandbox").into());
        }
        Ok(ingester)
    }

    /// Against an embedded CXone whose data lives in the state directory. No credentials needed.
    pub fn sandbox(state: impl Into<PathBuf>) -> Self {
        let global = Global { state: Some(state.into()), ..Global::default() };
        Self { global, tenant: Tenant { sandbox: true, ..Tenant::default() } }
    }

    /// With this state directory.
    #[must_use]
    pub fn with_state(mut self, state: impl Into<PathBuf>) -> Self {
        self.global.state = Some(state.into());
        self
    }

    /// Telling this aggregator.
    #[must_use]
    pub fn with_webhook(mut self, url: impl Into<String>) -> Self {
        self.tenant.webhook = Some(url.into());
        self
    }

    /// Waiting so long for accepted numbers to be seen.
    #[must_use]
    pub fn with_confirm_within(mut self, time: Duration) -> Self {
        self.tenant.confirm_within = Some(format!("{}ms", time.as_millis()));
        self
    }

    /// Into the list `CAMPAIGN_DNC_<campaign_id>`, as the tutorial has it.
    ///
    /// # Errors
    /// What stopped it; [`Error::report`] tells how far it came.
    pub async fn ingest_for_campaign(&self, campaign_id: &str, items: Vec<DncItem>) -> Result<Report, Error> {
        self.ingest(campaign(campaign_id)?, items).await
    }

    /// Into any list.
    ///
    /// # Errors
    /// What stopped it; [`Error::report`] tells how far it came.
    pub async fn ingest(&self, target: Target, items: Vec<DncItem>) -> Result<Report, Error> {
        let ingester = self.clone();
        let (told, hears) = tokio::sync::oneshot::channel();
        // A thread of its own: the engine talks to SQLite between two awaits and must not hold up anybody's runtime.
        std::thread::spawn(move || {
            // Nobody listens any more where the caller dropped the future; the run itself is durable.
            let _ = told.send(ingester.run(target, &items));
        });
        hears.await.unwrap_or_else(|_| Err(bug()))
    }

    fn run(&self, target: Target, items: &[DncItem]) -> Result<Report, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Trouble::passing("system.runtime", error.to_string(), "see what this machine lacks"))?;
        let outcome = runtime.block_on(self.work(target, items))?;
        match outcome {
            Outcome { report, stopped: None } => Ok(report),
            Outcome { report, stopped: Some(trouble) } => {
                Err(Error { trouble: Box::new(trouble), report: Some(Box::new(report)) })
            }
        }
    }

    async fn work(&self, target: Target, items: &[DncItem]) -> Result<Outcome, Trouble> {
        let place = config::place(&self.global, &environment)?;
        let config = config::resolve(&self.tenant, &place, &environment)?;
        let order = Order {
            target,
            sources: vec![Source::Items(as_jsonl(items))],
            format: Some(Format::Jsonl),
            rules: Rules {
                country: None,
                default_source: SourceType::Manual,
                mode: Mode::Add,
                reach: config.setup.reach,
            },
            rejects: None,
            allow_empty: true,
            wait: true,
        };
        wiring::wire(config, &place.state, World::real())?.engine.ingest(&order, &mut |_| ()).await
    }
}

/// Items go the way of every input: one path, one set of rules.
fn as_jsonl(items: &[DncItem]) -> Vec<u8> {
    let mut lines = Vec::new();
    for item in items {
        serde_json::to_writer(&mut lines, item).expect("an item is JSON");
        lines.push(b'\n');
    }
    lines
}

fn campaign(id: &str) -> Result<Target, Error> {
    Target::campaign(id).map_err(|error| Trouble::input("config.list", error.to_string(), "choose another name").into())
}

fn bug() -> Error {
    let todo = "report it with the command's output; the state is kept, calling again goes on";
    let trouble = Trouble {
        kind: dncsync_engine::Kind::Bug,
        code: "bug",
        message: "the engine ended early".into(),
        todo: todo.into(),
    };
    trouble.into()
}

/// The same without async.
pub mod blocking {
    use super::{DncItem, Error, Report, Target, campaign};

    /// See [`crate::DncIngester`].
    #[derive(Clone, Debug, Default)]
    pub struct DncIngester(crate::DncIngester);

    impl DncIngester {
        /// See [`crate::DncIngester::from_env`].
        ///
        /// # Errors
        /// Where the configuration is wrong or names no credentials.
        pub fn from_env() -> Result<Self, Error> {
            crate::DncIngester::from_env().map(Self)
        }

        /// See [`crate::DncIngester::sandbox`].
        pub fn sandbox(state: impl Into<std::path::PathBuf>) -> Self {
            Self(crate::DncIngester::sandbox(state))
        }

        /// See [`crate::DncIngester::ingest_for_campaign`].
        ///
        /// # Errors
        /// What stopped it; [`Error::report`] tells how far it came.
        pub fn ingest_for_campaign(&self, campaign_id: &str, items: Vec<DncItem>) -> Result<Report, Error> {
            self.ingest(campaign(campaign_id)?, items)
        }

        /// See [`crate::DncIngester::ingest`].
        ///
        /// # Errors
        /// What stopped it; [`Error::report`] tells how far it came.
        pub fn ingest(&self, target: Target, items: Vec<DncItem>) -> Result<Report, Error> {
            // On a thread of its own, so that it may be called from within somebody's runtime, too.
            let ingester = self.0.clone();
            std::thread::spawn(move || ingester.run(target, &items)).join().unwrap_or_else(|_| Err(super::bug()))
        }
    }

    impl From<crate::DncIngester> for DncIngester {
        fn from(ingester: crate::DncIngester) -> Self {
            Self(ingester)
        }
    }
}
