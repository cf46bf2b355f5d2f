//! What must hold of the readers of records, asked of the seeds of the fuzz targets and of mutations of them.

#[path = "../../../fuzz/properties/examiner.rs"]
mod properties;
#[path = "../../../fuzz/seeds.rs"]
mod seeds;

/// Mutations of the seeds in one run.
const MUTATIONS: u32 = 1_000;

macro_rules! holds {
    ($($target:ident),*) => {$(
        mod $target {
            use super::*;

            #[test]
            fn of_each_seed() {
                seeds::ask_each(stringify!($target), properties::$target);
            }

            #[test]
            fn of_mutations() {
                seeds::ask_mutations(stringify!($target), MUTATIONS, properties::$target);
            }
        }
    )*};
}

holds!(proof, pack);
