//! dncsync keeps the Do-Not-Call lists of NICE CXone true.
//!
//! As a library:
//!
//! ```no_run
//! use dncsync::{DncIngester, DncItem, SourceType};
//!
//! # async fn example() -> Result<(), dncsync::Error> {
//! let ingester = DncIngester::from_env()?;
//! let items = vec![DncItem::new("+12025551234", SourceType::Regulatory).with_notes("State DNC registry sync")];
//! let report = ingester.ingest_for_campaign("Q4_OUTBOUND_2024", items).await?;
//! assert_eq!(report.total_items, 1);
//! # Ok(())
//! # }
//! ```
//!
//! [`blocking::DncIngester`] is the same without async. The command `dncsync` is this crate, too.

mod args;
#[doc(hidden)]
pub mod command;
mod commands;
mod config;
mod embedded;
mod exit;
mod ingester;
mod interrupt;
mod measures;
mod print;
mod receiver;
mod screen;
mod wiring;

pub use dncsync_core::report::{Latency, Report, Requests, Webhooks};
pub use dncsync_core::source::SourceType;
pub use dncsync_core::target::{Scope, Target, TargetError};
pub use dncsync_engine::{Kind, Trouble};
pub use ingester::{DncIngester, DncItem, Error, blocking};
