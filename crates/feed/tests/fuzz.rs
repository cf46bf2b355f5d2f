//! What must hold of the reader of inputs, asked of the seeds of the fuzz targets and of mutations of them.

#[path = "../../../fuzz/properties/feed.rs"]
mod properties;
#[path = "../../../fuzz/seeds.rs"]
#[macro_use]
mod seeds;

/// Mutations of the seeds in one run.
const MUTATIONS: u32 = 3_000;

holds!(csv, jsonl, txt, any_input);
