//! Somebody who writes a record, from `docs/audit.md` alone, and lies where he is told to.

use std::collections::BTreeMap;
use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_examiner::{Key, Pack};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use crate::naive::{self, Hash};

pub(crate) const ORIGIN: &str = "dncsync-4f7c0a1b2d3e4f50";

/// A pack in memory.
#[derive(Clone, PartialEq)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Pack for Files {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        self.0.get(name).map(|bytes| Box::new(&bytes[..]) as Box<dyn Read>).ok_or(io::ErrorKind::NotFound.into())
    }
}

/// An item of a batch: salt, number, source type.
#[derive(Clone)]
pub(crate) struct Item(pub(crate) [u8; 16], pub(crate) String, pub(crate) &'static str);

impl Item {
    fn leaf(&self) -> Hash {
        naive::leaf(&[&self.0[..], self.1.as_bytes(), self.2.as_bytes()].concat())
    }

    fn shown(&self) -> String {
        format!("{} {} {}", hex(&self.0), self.1, self.2)
    }
}

/// Items of a batch, and whether a pack discloses them.
pub(crate) struct Batch {
    pub(crate) items: Vec<Item>,
    pub(crate) shown: bool,
    pub(crate) run: &'static str,
}

impl Batch {
    pub(crate) fn leaves(&self) -> Vec<Hash> {
        self.items.iter().map(Item::leaf).collect()
    }

    pub(crate) fn root(&self) -> String {
        hex(&naive::root(&self.leaves()))
    }
}

/// A record that grows.
pub(crate) struct Writer {
    pub(crate) lines: Vec<String>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) checkpoints: Vec<String>,
    sizes: Vec<usize>,
    keys: Vec<Ed25519KeyPair>,
    /// The digest of the newest checkpoint, while no event names it.
    unnamed: Option<String>,
    /// What is written in place of what is true, once.
    lie: Option<(String, String)>,
}

impl Writer {
    pub(crate) fn new(lie: Option<(&str, &str)>) -> Self {
        Self {
            lines: Vec::new(),
            batches: Vec::new(),
            checkpoints: Vec::new(),
            sizes: Vec::new(),
            keys: vec![pair(0)],
            unnamed: None,
            lie: lie.map(|(truth, lie)| (truth.to_owned(), lie.to_owned())),
        }
    }

    /// An event. `rest`: its keys but `seq`, `at` and `checkpoint`.
    pub(crate) fn event(&mut self, rest: &str) {
        let seq = self.lines.len() + 1;
        let (minute, second) = (seq / 60, seq % 60);
        let mut line = format!(r#"{{"seq":{seq},"at":"2026-11-26T10:{minute:02}:{second:02}.000Z",{rest}"#);
        if let Some(digest) = self.unnamed.take() {
            line.push_str(&format!(r#","checkpoint":"{digest}""#));
        }
        line.push('}');
        if let Some((truth, lie)) = self.lie.take_if(|(truth, _)| line.contains(&*truth)) {
            line = line.replacen(&truth, &lie, 1);
        }
        self.lines.push(line);
    }

    /// Events of which nothing is checked, up to so many in all.
    pub(crate) fn fill(&mut self, up_to: usize) {
        while self.lines.len() < up_to {
            let listed = self.lines.len();
            self.event(&format!(r#""runId":"r1","eventType":"list.read","listId":"7","listed":{listed}"#));
        }
    }

    pub(crate) fn leaves(&self) -> Vec<Hash> {
        self.lines.iter().map(|line| naive::leaf(line.as_bytes())).collect()
    }

    pub(crate) fn checkpoint(&mut self) {
        let (size, root) = (self.lines.len(), base64(&naive::root(&self.leaves())));
        let note = self.note(&format!("{ORIGIN}\n{size}\n{root}\n"));
        self.unnamed = Some(hex(&Sha256::digest(&note)));
        self.checkpoints.push(note);
        self.sizes.push(size);
    }

    /// A signed note of the key in use.
    pub(crate) fn note(&self, text: &str) -> String {
        let pair = self.keys.last().expect("there is a first");
        let signature = [&key_hash(pair)[..], pair.sign(text.as_bytes()).as_ref()].concat();
        format!("{text}\n\u{2014} {ORIGIN} {}\n", base64(&signature))
    }

    /// Another key takes over.
    pub(crate) fn rotate(&mut self) {
        let (old, new) = (self.keys.last().expect("there is a first"), pair(self.keys.len() as u8));
        let (old_name, new_name) = (vkey(old), vkey(&new));
        let text = format!("dncsync key rotation\n{ORIGIN}\n{old_name}\n{new_name}\n");
        let sign = |pair: &Ed25519KeyPair| base64(pair.sign(text.as_bytes()).as_ref());
        let event = format!(
            r#""eventType":"key.rotated","old":"{old_name}","new":"{new_name}","oldSignature":"{}","newSignature":"{}""#,
            sign(old),
            sign(&new)
        );
        self.event(&event);
        self.keys.push(new);
    }

    /// The key that was in use at first, or after so many changes.
    pub(crate) fn key(&self, number: usize) -> Key {
        Key::read(&vkey(&self.keys[number])).expect("a key")
    }

    /// The pack, of one run where one is named.
    pub(crate) fn export(&self, run: Option<&str>) -> Files {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut add = |name: &str, bytes: Vec<u8>| assert!(files.insert(name.to_owned(), bytes).is_none(), "{name}");
        let ended = |lines: &[String], end: &str| lines.iter().flat_map(|line| [line, end]).collect::<String>().into();
        add("README.md", b"How to check it.\n".into());
        add("key.txt", ended(&self.keys.iter().map(vkey).collect::<Vec<_>>(), "\n"));
        add("log.jsonl", ended(&self.lines, "\n"));
        add("checkpoints.txt", ended(&self.checkpoints, "\n"));
        if let Some(newest) = self.checkpoints.last() {
            add("checkpoint", newest.clone().into());
        }
        add("consistency.jsonl", ended(&self.consistency(), "\n"));
        for (name, bytes) in self.tiles() {
            add(&name, bytes);
        }
        for batch in self.batches.iter().filter(|batch| run.is_none_or(|run| batch.run == run)) {
            let hidden = |item: &Item| hex(&item.leaf());
            let lines: Vec<String> =
                batch.items.iter().map(|item| if batch.shown { item.shown() } else { hidden(item) }).collect();
            add(&format!("items/{}", batch.root()), ended(&lines, "\n"));
        }
        if let Some(run) = run {
            add("run.txt", format!("{run}\n").into());
        }
        Files(files)
    }

    fn consistency(&self) -> Vec<String> {
        let leaves = self.leaves();
        let line = |pair: &[usize]| {
            let path = quoted(&naive::consistency(pair[0], &leaves[..pair[1]], true));
            format!(r#"{{"from":{},"to":{},"path":[{path}]}}"#, pair[0], pair[1])
        };
        self.sizes.windows(2).map(line).collect()
    }

    /// Tiles of a log of fewer than a thousand lines on the lowest level: no name needs more than one group of digits.
    fn tiles(&self) -> Vec<(String, Vec<u8>)> {
        let name = |of: &str, number: usize, length: usize| match length {
            256 => format!("tile/{of}/{number:03}"),
            _ => format!("tile/{of}/{number:03}.p/{length}"),
        };
        let mut tiles = Vec::new();
        for (number, lines) in self.lines.chunks(256).enumerate() {
            let bytes = lines.iter().flat_map(|line| [&(line.len() as u16).to_be_bytes(), line.as_bytes()].concat());
            tiles.push((name("entries", number, lines.len()), bytes.collect()));
        }
        let (mut level, mut hashes) = (0, self.leaves());
        while !hashes.is_empty() {
            for (number, of) in hashes.chunks(256).enumerate() {
                tiles.push((name(&level.to_string(), number, of.len()), of.concat()));
            }
            hashes = hashes.chunks_exact(256).map(naive::root).collect();
            level += 1;
        }
        tiles
    }

    /// Lines that hold such a text, with their paths, as a proof has them.
    pub(crate) fn shown(&self, which: impl Fn(&str) -> bool) -> String {
        let leaves = self.leaves();
        let places = self.lines.iter().enumerate().filter(|(_, line)| which(line));
        let shown = places.map(|(place, line)| {
            let path = quoted(&naive::path(place, &leaves));
            format!(r#"{{"line":{},"path":[{path}]}}"#, json(line))
        });
        shown.collect::<Vec<_>>().join(",")
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed")
}

fn kind_and_key(pair: &Ed25519KeyPair) -> Vec<u8> {
    [&[1], pair.public_key().as_ref()].concat()
}

fn key_hash(pair: &Ed25519KeyPair) -> [u8; 4] {
    let hash = Sha256::digest([ORIGIN.as_bytes(), b"\n", &kind_and_key(pair)].concat());
    [hash[0], hash[1], hash[2], hash[3]]
}

fn vkey(pair: &Ed25519KeyPair) -> String {
    format!("{ORIGIN}+{}+{}", hex(&key_hash(pair)), base64(&kind_and_key(pair)))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

pub(crate) fn quoted(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!("\"{}\"", base64(hash))).collect::<Vec<_>>().join(",")
}
