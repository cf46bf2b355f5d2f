//! One file per command.

pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod feeds;
pub(crate) mod forget;
pub(crate) mod ingest;
pub(crate) mod load;
pub(crate) mod plan;
pub(crate) mod prove;
pub(crate) mod remove;
pub(crate) mod resume;
pub(crate) mod rollback;
pub(crate) mod sandbox;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod verify;
pub(crate) mod webhooks;
