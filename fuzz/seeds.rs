//! The seeds of a fuzz target, and mutations of them, for plain tests.

use std::path::Path;

use proptest::prelude::*;

/// Tests of targets, each asked of its seeds and of mutations of them. The file that says so names `properties` and `MUTATIONS`.
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

/// Longer ones are not mutated: they are there for a limit, and chance would not find another one near it.
const LONGEST_MUTATED: usize = 4096;

/// Pieces that mean something to one reader or another.
const PIECES: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\r",
    b",",
    b"\"",
    b"\"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\u",
    b"\\ud83d",
    b"\\",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"\xe9",
    b"+12025550123",
    b"phone",
    b"99999999999999999999",
    b"1e400",
    b"-",
    b" \t",
];

/// Each seed, by its name.
pub(crate) fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = std::fs::read_dir(&directory).expect("a directory of seeds");
    let mut seeds: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a seed")))
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty());
    seeds
}

/// Asks of each seed what must hold. Its name is printed, so that a failure tells which one it was.
#[allow(clippy::print_stdout, reason = "shown by the test harness where a test fails")]
pub(crate) fn ask_each(target: &str, holds: fn(&[u8])) {
    for (name, bytes) in seeds(target) {
        println!("{name}");
        holds(&bytes);
    }
}

/// Asks the same of mutations of the seeds.
pub(crate) fn ask_mutations(target: &str, cases: u32, holds: fn(&[u8])) {
    let seeds: Vec<Vec<u8>> =
        seeds(target).into_iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() <= LONGEST_MUTATED).collect();
    let strategy =
        (prop::sample::select(seeds.clone()), prop::sample::select(seeds), prop::collection::vec(change(), 1..6));
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let asked = runner.run(&strategy, |(mut bytes, other, changes)| {
        changes.iter().for_each(|change| change.make(&mut bytes, &other));
        holds(&bytes);
        Ok(())
    });
    asked.unwrap_or_else(|failure| panic!("{target}: {failure}"));
}

/// One change at a place of a seed.
#[derive(Clone, Debug)]
enum Change {
    Put(prop::sample::Index, &'static [u8]),
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize, usize),
    Graft(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), prop::sample::select(&PIECES[..])).prop_map(|(at, piece)| Change::Put(at, piece)),
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => at().prop_map(Change::Cut),
        2 => (at(), 1usize..9).prop_map(|(at, count)| Change::Drop(at, count)),
        1 => (at(), 1usize..20, 2usize..30).prop_map(|(at, count, times)| Change::Repeat(at, count, times)),
        1 => (at(), at()).prop_map(|(at, from)| Change::Graft(at, from)),
    ]
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>, other: &[u8]) {
        // A place may be the end as well.
        let place = |at: &prop::sample::Index, bytes: &[u8]| at.index(bytes.len() + 1);
        match self {
            Self::Put(at, piece) => {
                let at = place(at, bytes);
                bytes.splice(at..at, piece.iter().copied());
            }
            Self::Set(at, byte) => {
                let at = place(at, bytes);
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            Self::Cut(at) => bytes.truncate(place(at, bytes)),
            Self::Drop(at, count) => {
                let at = place(at, bytes);
                bytes.drain(at..bytes.len().min(at + count));
            }
            Self::Repeat(at, count, times) => {
                let at = place(at, bytes);
                let piece = bytes[at..bytes.len().min(at + count)].repeat(*times);
                bytes.splice(at..at, piece);
            }
            Self::Graft(at, from) => {
                bytes.truncate(place(at, bytes));
                bytes.extend_from_slice(&other[place(from, other)..]);
            }
        }
    }
}
