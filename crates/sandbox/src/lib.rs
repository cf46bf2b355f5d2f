//! A CXone tenant for demos and tests: the wire contract of `/api/v2/dnc`, or the DNC groups of the Admin API
//! ([`Profile`]), over real HTTP on a loopback port, with an index that lags, a rate limit over arrivals, tokens that
//! expire, and faults on request.
//!
//! It knows the contract and nothing else: no other crate of the workspace, so that a client that passes against it
//! was not marked by its own author. It plays the outside world and therefore owns a clock, dice and sockets.
//!
//! A call walks through it in this order: `server` accepts the connection, `gate` counts the arrival, asks the
//! `window` and the `strike`s, reads the body; `routes` finds the handler; `lists` decides, journals, then applies.

mod admin;
mod answer;
mod batch;
mod bearer;
mod behind;
mod clock;
mod fault;
mod gate;
mod item;
mod item_calls;
mod journal;
mod list;
mod list_calls;
mod lists;
mod observed;
mod options;
mod page;
mod profile;
mod record;
mod routes;
mod server;
mod snapshot;
mod strike;
mod tenant;
mod token;
mod truncated;
mod window;

pub use admin::{Quirk, QuirkError};
pub use fault::{Fault, FaultError};
pub use observed::{Arrival, Observed, Post, Removal};
pub use options::{Client, ClientError, Options};
pub use profile::{Profile, ProfileError};
pub use server::Sandbox;
pub use snapshot::{ListSnapshot, ListedNumber, Standing};
