//! The profile `admin`: the DNC groups of CXone's Admin API, and how one signs in to it. Written from the portal's
//! documents; where they disagree, a [`Quirk`] is the other reading.

mod batch;
mod call;
mod claims;
mod discovery;
mod dress;
mod groups;
mod number;
mod order;
mod quirk;
mod reading;
mod records;
mod results;
mod routes;
mod search;
mod show;
mod sign_in;
mod skills;

pub(crate) use claims::TENANT_ID;
pub(crate) use dress::{By, Dress};
pub use quirk::{Quirk, QuirkError};
pub(crate) use routes::router;
