//! What must hold of the readers of records, asked of the seeds of the fuzz targets and of mutations of them.

#[path = "../../../fuzz/properties/examiner.rs"]
mod properties;
#[path = "../../../fuzz/seeds.rs"]
#[macro_use]
mod seeds;

/// Mutations of the seeds in one run.
const MUTATIONS: u32 = 1_000;

holds!(proof, pack);
