//! Writes the table: its words as bytes, the few structures beside them as Rust.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::compile::Table;
use crate::word::{ACT, FOREIGN, LEAF, NODE, RESTART, SLOW};
use crate::words::{Act, Word, Words};

/// Places of the nodes and acts that are reached, in the order in which they are.
#[derive(Default)]
struct Places {
    nodes: HashMap<usize, u32>,
    acts: HashMap<usize, u32>,
    node_order: Vec<usize>,
    act_order: Vec<usize>,
}

/// Writes it into `directory`.
pub(crate) fn write(table: &Table, directory: &Path) -> std::io::Result<()> {
    let heads = u32::try_from(table.heads.len()).expect("few heads");
    let mut places = Places::default();
    let roots = table.heads.iter().chain(table.countries.iter().map(|(_, word)| word));
    for &word in roots {
        places.reach(&table.words, word, heads);
    }
    let nodes = places.node_order.iter().flat_map(|&node| table.words.nodes[node]);
    let words = table.heads.iter().copied().chain(nodes).map(|word| places.code(word));
    std::fs::write(directory.join("numbering.bin"), words.flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    let mut text = String::from("const ACTS: &[Act] = &[\n");
    for &act in &places.act_order {
        let (Act { put, skip }, next) = table.words.acts[act];
        _ = writeln!(text, "    Act {{ put: {put}, skip: {skip}, next: {} }},", places.code(next));
    }
    text += "];\n\nconst COUNTRIES: &[([u8; 2], u32)] = &[\n";
    for (country, word) in &table.countries {
        _ = writeln!(text, "    (*b\"{country}\", {}),", places.code(*word));
    }
    text += "];\n";
    std::fs::write(directory.join("numbering.rs"), text)
}

impl Places {
    fn reach(&mut self, words: &Words, word: Word, heads: u32) {
        match word {
            Word::Node(node) if !self.nodes.contains_key(&node) => {
                let place = heads + NODE * u32::try_from(self.node_order.len()).expect("few nodes");
                self.nodes.insert(node, place);
                self.node_order.push(node);
                words.nodes[node].iter().for_each(|&word| self.reach(words, word, heads));
            }
            Word::Act(act) if !self.acts.contains_key(&act) => {
                self.acts.insert(act, u32::try_from(self.act_order.len()).expect("few acts"));
                self.act_order.push(act);
                self.reach(words, words.acts[act].1, heads);
            }
            _ => {}
        }
    }

    fn code(&self, word: Word) -> u32 {
        match word {
            Word::Node(node) => self.nodes[&node],
            Word::Leaf(lengths) => LEAF | lengths,
            Word::Act(act) => ACT | self.acts[&act],
            Word::Slow => SLOW,
            Word::Foreign => FOREIGN,
            Word::Restart(digits) => RESTART | u32::try_from(digits).expect("few digits"),
        }
    }
}
