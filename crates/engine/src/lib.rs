//! The only hands: reads inputs, sends batches, looks whether they arrived, tells the aggregator, keeps the trail.
//!
//! Knows: the order of things. Owns the clock, the sleeping and the ids ([`World`]).
//! Must never know: the terminal, flags, an HTTP server. What to do is decided in `core`; here it is done and recorded.
//!
//! [`Engine::ingest`] is the table of contents: intake → send and look, round by round → report.

mod again;
mod ahead;
mod answers;
mod audit;
mod awaited;
mod checkup;
mod deliver;
mod desk;
mod differing;
mod dispatch;
mod dry_run;
mod engine;
mod explaining;
mod exporting;
mod feeding;
mod finder;
mod finding;
mod finish;
mod ground;
mod grounds;
mod inputs;
mod intake;
mod lease;
mod leaving;
mod lifting;
mod loading;
mod look;
mod lookups;
mod open_numbers;
mod order;
mod planning;
mod point;
mod presence;
mod previewing;
mod probe;
mod progress;
mod rejects;
mod replay;
mod sender;
mod setback;
mod settle;
mod setup;
mod signature;
mod single;
mod skills;
mod sorting;
mod taking;
mod token_file;
mod trouble;
mod turn;
mod unconfirmed;
mod verify;
mod wanted;
mod world;

pub use audit::{Forgot, Ledger, Proved, Question, RETENTION, Record, Shown, verify_pack};
pub use dncsync_examiner::{Finding as Flaw, Key, Proven, Verified as Examined, check as check_proof};
pub use dncsync_store::{Did, Feed, LastRun, Load, Overview, TargetOverview, Undelivered, Webhook};
pub use engine::{Engine, Outcome};
pub use explaining::{Explanation, FeedsWord, FileOfLoad, InList, InListThen, LoadsDeed, explain};
pub use exporting::ExportFormat;
pub use feeding::{FeedStanding, TargetOrder, TargetSet};
pub use lifting::{Lifted, RolledBack};
pub use order::{LoadOrder, Order, Source};
pub use point::{Finding, Verdict};
pub use previewing::Planned;
pub use progress::{Observer, Progress};
pub use rejects::private_file;
pub use replay::Replayed;
pub use setup::{Aggregator, PlanGuards, Setup};
pub use signature::{SecretError, WebhookSecret};
pub use skills::Scrubbed;
pub use token_file::TokenFile;
pub use trouble::{Kind, Trouble};
pub use verify::Verified;
pub use world::World;
