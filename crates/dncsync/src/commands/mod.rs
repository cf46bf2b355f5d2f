//! One file per command.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod ingest;
pub(crate) mod resume;
pub(crate) mod sandbox;
pub(crate) mod status;
pub(crate) mod verify;
pub(crate) mod webhooks;
