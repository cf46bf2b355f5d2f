//! Proofs and statements about the record that the tests look at.

use crate::naive;
use crate::story::DIGEST;
use crate::writer::{ORIGIN, Writer, base64, hex, json, quoted};

pub(crate) const AT: &str = "2026-11-26T23:59:59.999Z";

/// A proof of an item of a batch, with the lines of its run and batch.
pub(crate) fn proof(writer: &Writer, batch: usize, position: usize) -> String {
    let (of, number) = (&writer.batches[batch], batch.saturating_sub(1));
    let run = format!(r#""runId":"{}""#, of.run);
    let batch = format!(r#""batch":{number},"#);
    let kinds = ["batch.sending", "batch.answered", "batch.settled"].map(|kind| format!(r#""eventType":"{kind}""#));
    let belongs = |line: &str| {
        let is = |kind: &str| line.contains(&format!(r#""eventType":"{kind}""#));
        let of_batch = kinds.iter().any(|kind| line.contains(kind));
        is("key.rotated")
            || (is("feed.changed") && of.run == "r2")
            || (line.contains(&run) && (is("run.loaded") || (of_batch && (line.contains(&batch)))))
    };
    let item = &of.items[position];
    let file = match of.run {
        "r1" => format!(r#"{{"name":"optouts.csv","digest":"{}","line":8}}"#, hex(&DIGEST)),
        _ => "null".to_owned(),
    };
    let (salt, count, root) = (hex(&item.0), of.items.len(), of.root());
    let path = quoted(&naive::path(position, &of.leaves()));
    format!(
        r#"{{"kind":"proof","number":"{}","list":"HOUSE","scope":"GLOBAL","at":"{AT}","item":{{"source":"{}","salt":"{salt}","position":{position},"count":{count},"root":"{root}","path":[{path}]}},"file":{file},"events":[{}],"checkpoint":{}}}
"#,
        item.1,
        item.2,
        writer.shown(belongs),
        json(&writer.checkpoints[writer.checkpoints.len() - 1]),
    )
}

/// A statement of these words.
pub(crate) fn statement(writer: &Writer, words: &str) -> String {
    let (size, root) = (writer.lines.len(), base64(&naive::root(&writer.leaves())));
    let text = writer.note(&format!("dncsync statement, not a proof\n{ORIGIN}\n{size}\n{root}\n{words}\n"));
    let rotations = writer.shown(|line| line.contains("key.rotated"));
    let checkpoint = json(&writer.checkpoints[writer.checkpoints.len() - 1]);
    format!(
        r#"{{"kind":"statement","text":{},"rotations":[{rotations}],"checkpoint":{checkpoint}}}
"#,
        json(&text)
    )
}
