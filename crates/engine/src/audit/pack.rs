//! The evidence pack: the files of docs/audit.md, made from the store as they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Cursor, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_core::items::{self, Secret};
use dncsync_core::merkle::Hash;
use dncsync_core::tiles::{self, Tile};
use dncsync_examiner::Pack;
use dncsync_store::{Evidence, Item, Kept, Logged, Store};
use serde::Deserialize;

use super::tree::Tree;
use crate::trouble::Trouble;

/// What the pack says of itself.
const README: &str = include_str!("pack.md");

/// Lines read from the store at a time.
const SOME: u32 = 1_000;

/// What of the items is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The hashes of their leaves.
    Hashes,
    /// Numbers, with the salts that show that they are those of the log.
    Numbers,
}

/// A pack of the log as it stands under its newest checkpoint.
pub(crate) struct StatePack<'a> {
    store: &'a Store,
    checkpoints: Vec<Kept>,
    tree: Tree,
    roots: BTreeSet<String>,
    of_run: Option<String>,
    shown: Shown,
    keys: Vec<String>,
}

impl<'a> StatePack<'a> {
    /// A pack, of one run's items only where one is named.
    ///
    /// # Errors
    /// The log names no such run.
    pub(crate) fn of(store: &'a Store, of_run: Option<&str>, shown: Shown) -> Result<Self, Trouble> {
        let checkpoints = store.checkpoints()?;
        let size = checkpoints.last().map_or(0, |newest| newest.size);
        let (mut roots, mut known) = (BTreeSet::new(), of_run.is_none());
        let tree = Tree::of(store, size, |line| {
            let Some(named) = Named::of(line) else { return };
            let wanted = of_run.is_none_or(|run| named.run_id == run);
            known |= wanted;
            roots.extend(named.root.filter(|_| wanted).map(str::to_owned));
        })?;
        if !known {
            let message = format!("the log knows no run {}", of_run.unwrap_or_default());
            return Err(Trouble::input("run.unknown", message, "`dncsync audit` names runs"));
        }
        let keys = store.log_keys()?;
        Ok(Self { store, checkpoints, tree, roots, of_run: of_run.map(str::to_owned), shown, keys })
    }

    /// The file where it is made from what is at hand; `None` where it is read from the store piece by piece.
    fn made(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(match name {
            "log.jsonl" => return Ok(None),
            "README.md" => README.into(),
            "key.txt" => lines(&self.keys),
            "run.txt" => lines(self.of_run.as_slice()),
            "checkpoint" => self.checkpoints.last().map(|newest| newest.note.clone().into_bytes()).unwrap_or_default(),
            "checkpoints.txt" => {
                self.checkpoints.iter().map(|kept| format!("{}\n", kept.note)).collect::<String>().into()
            }
            "consistency.jsonl" => self.consistency(),
            _ => match (name.strip_prefix("items/"), self.tiles().find(|tile| tile.name() == name)) {
                (Some(root), _) => self.items(root)?,
                (None, Some(tile)) => self.tile(tile)?,
                (None, None) => return Err(io::ErrorKind::NotFound.into()),
            },
        }))
    }

    fn consistency(&self) -> Vec<u8> {
        let mut text = String::new();
        for (from, to) in self.checkpoints.iter().zip(self.checkpoints.iter().skip(1)) {
            let path = self.tree.consistency(from.size, to.size);
            let path: Vec<String> = path.iter().map(|hash| format!("\"{}\"", STANDARD.encode(hash.0))).collect();
            let _ = writeln!(text, r#"{{"from":{},"to":{},"path":[{}]}}"#, from.size, to.size, path.join(","));
        }
        text.into()
    }

    fn tiles(&self) -> impl Iterator<Item = Tile> + use<> {
        tiles::tiles(self.tree.size())
    }

    fn tile(&self, tile: Tile) -> io::Result<Vec<u8>> {
        let Some(level) = tile.level else {
            let leaves = tile.leaves();
            let most = u32::try_from(tile.width).unwrap_or(u32::MAX);
            let entries = self.store.events_after(leaves.start, most).map_err(io::Error::other)?;
            return Ok(tiles::bundle(entries.iter().map(|logged| logged.line.as_bytes())));
        };
        let row = self.tree.row(8 * usize::from(level), tile.index * tiles::WIDTH, tile.width);
        Ok(tiles::hashes(row.iter().copied()))
    }

    fn items(&self, root: &str) -> io::Result<Vec<u8>> {
        let found = hash(root).map(|root| self.store.evidence(root)).transpose().map_err(io::Error::other)?.flatten();
        let evidence = found.ok_or(io::ErrorKind::NotFound)?;
        let secret = self.store.known_secret(evidence.tenant).map_err(io::Error::other)?;
        text_of(&evidence, secret.as_ref(), self.shown).map(Into::into)
    }

    /// Which of the roots have items in the store.
    fn stored(&self) -> io::Result<BTreeMap<String, ()>> {
        let stored = self.store.roots().map_err(io::Error::other)?;
        Ok(stored
            .iter()
            .map(|(root, _)| (root.to_string(), ()))
            .filter(|(root, ())| self.roots.contains(root))
            .collect())
    }
}

impl Pack for StatePack<'_> {
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> =
            ["README.md", "key.txt", "log.jsonl", "checkpoints.txt", "consistency.jsonl"].map(str::to_owned).into();
        names.extend((!self.checkpoints.is_empty()).then(|| "checkpoint".to_owned()));
        names.extend(self.of_run.as_ref().map(|_| "run.txt".to_owned()));
        names.extend(self.tiles().map(|tile| tile.name()));
        names.extend(self.stored()?.into_keys().map(|root| format!("items/{root}")));
        Ok(names)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.made(name)? {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Ok(Box::new(Lines { store: self.store, seq: 0, last: self.tree.size(), ahead: Cursor::default() })),
        }
    }
}

/// The lines of the log, read from the store some at a time.
struct Lines<'a> {
    store: &'a Store,
    seq: u64,
    last: u64,
    ahead: Cursor<Vec<u8>>,
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ahead.position() == self.ahead.get_ref().len() as u64 && self.seq < self.last {
            let most = u32::try_from(self.last - self.seq).unwrap_or(SOME).min(SOME);
            let some: Vec<Logged> = self.store.events_after(self.seq, most).map_err(io::Error::other)?;
            self.seq += some.len() as u64;
            self.ahead = Cursor::new(some.iter().flat_map(|logged| [logged.line.as_bytes(), b"\n"].concat()).collect());
        }
        self.ahead.read(into)
    }
}

/// What of an event is needed to know whose items it names.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    #[serde(default)]
    run_id: &'a str,
    root: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

/// The items of a root as they stand in a pack.
fn text_of(evidence: &Evidence, secret: Option<&Secret>, shown: Shown) -> io::Result<String> {
    let salts = secret.map(|secret| secret.salts(&evidence.batch.run, evidence.batch.seq, &evidence.digest));
    let missing = || io::Error::other("the secret of the salts is missing");
    let mut text = String::with_capacity(evidence.items.len() * 65);
    for (position, item) in (0u32..).zip(&evidence.items) {
        let _ = match item {
            Item::Leaf(leaf) => writeln!(text, "{leaf}"),
            Item::Whole(entry) => {
                let salt = salts.as_ref().ok_or_else(missing)?.at(position);
                match shown {
                    Shown::Hashes => writeln!(text, "{}", items::leaf(&salt, entry.number, entry.source)),
                    Shown::Numbers => writeln!(text, "{} {} {}", hex(&salt), entry.number.e164(), entry.source),
                }
            }
        };
    }
    Ok(text)
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A hash from 64 hexadecimal digits.
pub(super) fn hash(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Hash(bytes))
}

fn lines(texts: &[String]) -> Vec<u8> {
    texts.iter().map(|text| format!("{text}\n")).collect::<String>().into()
}
