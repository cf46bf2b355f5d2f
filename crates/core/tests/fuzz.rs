//! What must hold of the readers of keys, asked of the seeds of the fuzz targets and of mutations of them.

#[path = "../../../fuzz/properties/core.rs"]
mod properties;
#[path = "../../../fuzz/seeds.rs"]
#[macro_use]
mod seeds;

/// Mutations of the seeds in one run.
const MUTATIONS: u32 = 3_000;

holds!(log_key);
