//! Whatever byte, line or file is changed: it is found. And nothing that a stranger writes makes anything panic.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use dncsync_examiner::{Key, Proven, check, verify};
use proptest::prelude::*;

use crate::papers::{proof, statement};
use crate::story::{short_story, story};
use crate::writer::{Files, hex};

/// Chance from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// How many mutations: more where there is time.
#[expect(clippy::disallowed_methods, reason = "asked for by the environment")]
fn how_many(usually: u64, long: u64) -> u64 {
    if std::env::var_os("DNCSYNC_LONG").is_some() { long } else { usually }
}

/// Goes through seeds on both cores.
fn each_seed(count: u64, judge: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        break;
                    }
                    judge(seed);
                }
            });
        }
    });
}

/// Changes some bytes in one way of many.
fn mutate(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len());
    match chance.below(10) {
        0..4 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
        4 => bytes.truncate(at),
        5 => bytes.insert(at, chance.next() as u8),
        6 if !bytes.is_empty() => drop(bytes.remove(at)),
        _ => mutate_lines(bytes, chance),
    }
}

fn mutate_lines(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return bytes.push(b'\n');
    }
    let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(5) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(one, lines[one].clone()),
        2 => lines.swap(one, other),
        3 => lines.insert(one, lines[other].clone()),
        _ => lines.insert(one, b"\n".to_vec()),
    }
    *bytes = lines.concat();
}

/// Changes a pack in one way of many: mostly what is in a file.
fn mutate_pack(files: &mut BTreeMap<String, Vec<u8>>, chance: &mut Chance) -> String {
    let names: Vec<String> = files.keys().filter(|name| *name != "README.md").cloned().collect();
    let name = names[chance.below(names.len())].clone();
    match chance.below(20) {
        0 => {
            files.remove(&name);
            format!("{name} is left out")
        }
        1 => {
            let bytes = files[&name].clone();
            let new = match chance.below(5) {
                0 => format!("items/{}", hex(&[chance.next() as u8; 32])),
                1 => format!("tile/0/000.p/{}", chance.below(300)),
                2 => format!("{name}/{}", chance.below(10)),
                3 => format!("x/{name}"),
                _ => format!("{name}."),
            };
            files.entry(new.clone()).or_insert(bytes);
            format!("{new} is added")
        }
        _ => {
            if let Some(bytes) = files.get_mut(&name) {
                mutate(bytes, chance);
            }
            format!("{name} is changed")
        }
    }
}

#[test]
fn every_mutation_of_a_pack_is_found() {
    let (short, long) = (short_story(), story());
    let packs = [short.export(None), short.export(Some("r1")), short.export(Some("r2")), long.export(None)];
    let key = short.key(0);
    for pack in &packs {
        assert_eq!(verify(pack, &key).expect("it lies in memory").findings, []);
    }
    each_seed(how_many(2_000, 100_000), |seed| {
        let mut chance = Chance(seed);
        let right = &packs[chance.below(packs.len())];
        let mut wrong = right.clone();
        let what = mutate_pack(&mut wrong.0, &mut chance);
        let found = verify(&wrong, &key).expect("it lies in memory").findings;
        assert!(!found.is_empty() || wrong == *right, "seed {seed}: {what}, and nothing is found");
        assert!(found.len() <= 20);
    });
}

/// What a proof tells but for what it does not prove: the moment that somebody asked about, and the line of the file.
fn proven(told: Proven) -> Proven {
    match told {
        Proven::Proof(mut told) => {
            told.at.clear();
            if let Some(file) = &mut told.file {
                file.line = None;
            }
            Proven::Proof(told)
        }
        told @ Proven::Statement(_) => told,
    }
}

#[test]
fn every_mutation_of_a_proof_or_statement_is_refused() {
    let writer = short_story();
    let key = writer.key(0);
    let papers = [proof(&writer, 0, 3), proof(&writer, 2, 0), statement(&writer, "nothing was found\nin 10 items")];
    let rights = papers.each_ref().map(|paper| proven(check(paper.as_bytes(), &key).expect("it holds")));
    each_seed(how_many(6_000, 200_000), |seed| {
        let mut chance = Chance(seed);
        let which = chance.below(papers.len());
        let mut wrong = papers[which].clone().into_bytes();
        mutate(&mut wrong, &mut chance);
        if wrong == papers[which].as_bytes() {
            return;
        }
        if let Ok(told) = check(&wrong, &key) {
            assert_eq!(proven(told), rights[which], "seed {seed}: {}", String::from_utf8_lossy(&wrong));
        }
    });
}

/// A pack that is right, and its key.
static RIGHT: LazyLock<(Files, Key)> = LazyLock::new(|| (story().export(None), story().key(0)));

proptest! {
    /// Whatever stands in the files of a pack: it is judged.
    #[test]
    fn no_bytes_of_a_pack_panic(
        which in prop::collection::vec(0usize..40, 1..4),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (mut files, key) = RIGHT.clone();
        let names: Vec<String> = files.0.keys().filter(|name| *name != "README.md").cloned().collect();
        for at in which {
            files.0.insert(names[at % names.len()].clone(), bytes.clone());
        }
        prop_assert!(!verify(&files, &key).expect("it lies in memory").findings.is_empty());
    }

    /// Whatever is handed over as a proof: it is refused.
    #[test]
    fn no_bytes_of_a_proof_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "[{}\\[\\]\":,a-z0-9]{0,60}") {
        let key = crate::writer::Writer::new(None).key(0);
        prop_assert!(check(&bytes, &key).is_err());
        prop_assert!(check(text.as_bytes(), &key).is_err());
    }

    /// Events with keys of any value, in a log that is otherwise right.
    #[test]
    fn no_event_panics(
        kind in prop::sample::select(vec!["run.loaded", "run.planned", "batch.sending", "batch.settled", "key.rotated", "DNC_INGESTION"]),
        values in prop::collection::vec(prop::sample::select(vec!["0", "1", "18446744073709551615", "-1", "\"\"", "\"0-4\"", "null", "true", "[]", "{}"]), 12),
    ) {
        let names = ["batch", "items", "count", "successes", "alreadyListed", "refused", "unconfirmed", "totalItems", "rows", "toSend", "seen", "removal"];
        let keys: String = names.iter().zip(&values).map(|(name, value)| format!(r#","{name}":{value}"#)).collect();
        let mut writer = crate::writer::Writer::new(None);
        writer.event(&format!(r#""runId":"r","eventType":"{kind}","root":"{}"{keys}"#, hex(&[1; 32])));
        writer.checkpoint();
        verify(&writer.export(None), &writer.key(0)).expect("it lies in memory");
    }
}

#[test]
fn a_pack_that_is_empty_lacks_everything() {
    let found = verify(&Files(BTreeMap::new()), &story().key(0)).expect("it lies in memory").findings;
    let names: Vec<&str> = found.iter().map(|finding| finding.place.as_str()).collect();
    assert_eq!(names, ["checkpoints.txt", "consistency.jsonl", "key.txt", "log.jsonl"]);
}
