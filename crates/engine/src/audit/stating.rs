//! The words of a statement: what was searched, and that nothing was found.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_core::merkle::Hash;

use super::proof_form::text_of;
use super::proving::{Question, Searched};

/// What was searched, and that nothing was found.
pub(super) fn statement(
    asked: &Question,
    searched: &[Searched],
    notes: &[String],
    (origin, size, root): (&str, u64, Hash),
) -> String {
    let mut text = format!(
        "dncsync statement, not a proof\n{origin}\n{size}\n{}\nnumber: {}\nasked of: {}\nmade at: {}\n",
        STANDARD.encode(root.0),
        asked.number.e164(),
        text_of(asked.at),
        text_of(asked.now)
    );
    for Searched { name, scope, list, happened, .. } in searched {
        let read = list.as_ref().and_then(|list| list.seen_whole_at).filter(|read| *read <= asked.at);
        let read =
            read.map_or("never read whole until then".to_owned(), |read| format!("read whole at {}", text_of(read)));
        let last = happened.last().map_or("no batch held the number".to_owned(), |then| {
            format!("batch {} of run {}: {} at {}", then.batch.seq, then.batch.run, then.fate.name(), text_of(then.at))
        });
        let _ = writeln!(text, "searched: list {name} ({scope}), {read}; {last}");
    }
    notes.iter().for_each(|note| {
        let _ = writeln!(text, "known, not proven: {note}");
    });
    text.push_str("No event of this log that can be shown says that the number was listed at that moment.\n");
    text
}
