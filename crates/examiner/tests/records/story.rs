//! What happened in the record that the tests look at.

use crate::writer::{Batch, Item, Writer};

/// SHA-256 of the file that the first run read.
pub(crate) const DIGEST: [u8; 32] = [0xAB; 32];

/// A run of rows with something of everything, one of removals, one of nothing new, an old one, and a new key.
pub(crate) fn story() -> Writer {
    told(Writer::new(None), 310)
}

/// The same with few lines between: it takes a tenth of the time to look through.
pub(crate) fn short_story() -> Writer {
    told(Writer::new(None), 0)
}

/// The same with a text in the first event that holds it replaced, before anything is signed.
pub(crate) fn story_with(lie: Option<(&str, &str)>) -> Writer {
    told(Writer::new(lie), 310)
}

fn told(mut writer: Writer, lines: usize) -> Writer {
    before_the_tree(&mut writer);
    writer.checkpoint();
    rows(&mut writer);
    writer.checkpoint();
    writer.fill(lines.min(30));
    writer.fill(13);
    writer.checkpoint();
    writer.rotate();
    writer.checkpoint();
    removals(&mut writer);
    writer.fill(lines.min(256));
    writer.checkpoint();
    nothing_new(&mut writer);
    writer.checkpoint();
    writer.fill(lines.max(30));
    writer.checkpoint();
    writer
}

fn before_the_tree(writer: &mut Writer) {
    writer.event(r#""runId":"r0","eventType":"run.loaded","files":[],"listName":"HOUSE","scope":"GLOBAL","rows":1,"duplicatesInInput":0,"rejected":0"#);
    writer.event(r#""runId":"r0","eventType":"batch.sending","batch":0,"digest":"d","items":1,"attempt":1"#);
    writer.event(r#""runId":"r0","eventType":"batch.settled","batch":0,"digest":"d","items":1,"successes":1,"alreadyListed":0,"refused":0,"unconfirmed":0,"latencyMs":1"#);
}

/// Eight rows: one repeated, one rejected, one listed already; of five items one is refused, and one never seen.
fn rows(writer: &mut Writer) {
    let root = batch(writer, "r1", 5, true);
    let digest = crate::writer::hex(&DIGEST);
    writer.event(&format!(
        r#""runId":"r1","eventType":"run.loaded","files":[{{"name":"optouts.csv","digest":"{digest}","bytes":99}}],"listName":"HOUSE","scope":"GLOBAL","rows":8,"duplicatesInInput":1,"rejected":1"#
    ));
    writer.event(
        r#""runId":"r1","eventType":"run.planned","plan":"p","listId":"7","batches":1,"toSend":5,"alreadyListed":1"#,
    );
    writer.checkpoint();
    writer.event(&format!(
        r#""runId":"r1","eventType":"batch.sending","batch":0,"root":"{root}","count":5,"items":5,"attempt":1"#
    ));
    writer.event(r#""runId":"r1","eventType":"batch.answered","batch":0,"answer":"refused","reason":"no","refused":1"#);
    writer.event(&format!(r#""runId":"r1","eventType":"batch.sending","batch":0,"root":"{root}","count":5,"positions":"0-1,3-4","items":4,"attempt":1"#));
    writer.event(r#""runId":"r1","eventType":"batch.answered","batch":0,"answer":"applied""#);
    writer.event(&format!(r#""runId":"r1","eventType":"batch.settled","batch":0,"root":"{root}","count":5,"items":5,"successes":3,"alreadyListed":0,"refused":1,"unconfirmed":1,"seen":"0-1,3","latencyMs":900"#));
    report(
        writer,
        "r1",
        r#""totalItems":8,"successes":3,"duplicates":2,"duplicatesInInput":1,"alreadyListed":1,"rejected":1,"refused":1,"unconfirmed":1,"pending":0"#,
    );
}

/// Three additions, all seen; of two removals one is gone, and one was claimed again.
fn removals(writer: &mut Writer) {
    let (added, removed) = (batch(writer, "r2", 3, false), batch(writer, "r2", 2, false));
    writer.event(r#""runId":"f1","eventType":"feed.changed","feed":"dnc","kind":"input","mode":"replace","files":[{"name":"dnc.txt","digest":"cd","bytes":9}],"rows":3"#);
    writer.event(r#""runId":"r2","eventType":"run.loaded","files":[],"listName":"HOUSE","scope":"GLOBAL","rows":0,"duplicatesInInput":0,"rejected":0"#);
    writer.event(r#""runId":"r2","eventType":"run.planned","plan":"p","listId":"7","batches":1,"toSend":3,"alreadyListed":0,"toRemove":2"#);
    writer.event(&format!(
        r#""runId":"r2","eventType":"batch.sending","batch":0,"root":"{added}","count":3,"items":3,"attempt":1"#
    ));
    writer.event(r#""runId":"r2","eventType":"batch.answered","batch":0,"answer":"unknown","reason":"timed out""#);
    writer.event(&format!(r#""runId":"r2","eventType":"batch.sending","batch":1,"root":"{removed}","count":2,"items":2,"attempt":1,"removal":true"#));
    writer.event(r#""runId":"r2","eventType":"batch.answered","batch":1,"answer":"applied""#);
    writer.event(&format!(r#""runId":"r2","eventType":"batch.settled","batch":0,"root":"{added}","count":3,"items":3,"successes":2,"alreadyListed":1,"refused":0,"unconfirmed":0,"latencyMs":5"#));
    writer.event(&format!(r#""runId":"r2","eventType":"batch.settled","batch":1,"root":"{removed}","count":2,"items":2,"successes":1,"alreadyListed":1,"refused":0,"unconfirmed":0,"seen":"0","latencyMs":5,"removal":true"#));
    report(
        writer,
        "r2",
        r#""totalItems":3,"successes":2,"duplicates":1,"duplicatesInInput":0,"alreadyListed":1,"rejected":0,"refused":0,"unconfirmed":0,"pending":0,"removals":{"planned":2,"removed":1,"kept":1,"refused":0,"unconfirmed":0,"pending":0,"withheld":0}"#,
    );
}

/// Whatever it holds is in the list: it has no batch.
fn nothing_new(writer: &mut Writer) {
    writer.event(r#""runId":"r3","eventType":"run.loaded","files":[],"listName":"HOUSE","scope":"GLOBAL","rows":2,"duplicatesInInput":0,"rejected":0"#);
    writer.event(
        r#""runId":"r3","eventType":"run.planned","plan":"p","listId":"7","batches":0,"toSend":0,"alreadyListed":2"#,
    );
    report(
        writer,
        "r3",
        r#""totalItems":2,"successes":0,"duplicates":2,"duplicatesInInput":0,"alreadyListed":2,"rejected":0,"refused":0,"unconfirmed":0,"pending":0"#,
    );
}

fn report(writer: &mut Writer, run: &str, figures: &str) {
    writer.event(&format!(r#""eventType":"DNC_INGESTION","runId":"{run}","listName":"HOUSE","scope":"GLOBAL",{figures},"hitRate":0.5,"webhooks":{{"delivered":0,"pending":0}}"#));
}

/// A batch of so many items: its root.
fn batch(writer: &mut Writer, run: &'static str, count: usize, shown: bool) -> String {
    let first = writer.batches.iter().map(|batch| batch.items.len()).sum::<usize>();
    let sources = ["CUSTOMER_REQUEST", "REGULATORY", "SYSTEM", "MANUAL"];
    let item = |at: usize| Item([at as u8; 16], format!("+1202555{:04}", 100 + at), sources[at % 4]);
    writer.batches.push(Batch { items: (first..first + count).map(item).collect(), shown, run });
    writer.batches[writer.batches.len() - 1].root()
}
