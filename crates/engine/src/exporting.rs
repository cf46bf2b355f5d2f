//! `export`: what a feed claims, or what is believed to be in a list, as a file that can be fed back in.

use std::io::{self, Write};
use std::path::Path;

use dncsync_core::entry::Entry;
use dncsync_core::feed::FeedName;
use dncsync_core::number::Number;
use dncsync_core::target::Target;
use dncsync_store::{ListKey, Store, StoreError, TargetId};
use serde_json::json;

use crate::engine::Engine;
use crate::trouble::Trouble;

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// With a header.
    Csv,
    /// A number a line.
    Txt,
    /// An object a line.
    Jsonl,
}

/// What stopped an export.
enum Stopped {
    Store(StoreError),
    Write(io::Error),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<Stopped> for Trouble {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Store(error) => error.into(),
            Stopped::Write(error) => Self::passing(
                "export.unusable",
                format!("the export cannot be written: {error}"),
                "see where it goes to, then run the same command again",
            ),
        }
    }
}

impl Engine {
    /// Writes what a feed claims, in order of number; how many numbers.
    ///
    /// # Errors
    /// Where the feed does not exist, or it cannot be written. Of a feed that lost a piece the rest is written first.
    pub fn export_feed(&self, feed: &FeedName, format: ExportFormat, to: &mut dyn Write) -> Result<u64, Trouble> {
        let feed = self.feed_at_hand(feed)?;
        let count = export_feed(&self.store, &feed, format, to).or_else(read_enough)?;
        if feed.damaged {
            let message = format!("a stored piece of feed {} was lost: what was written is not all of it", feed.name);
            return Err(Trouble::lasting("feed.damaged", message, "load it whole, with --mode replace"));
        }
        Ok(count)
    }

    /// Writes what is believed to be in a list, in order of number, each with its standing: `desired`, `withdrawn` where
    /// dncsync put it there and no feed claims it any more, `foreign` where others put it there. How many numbers.
    ///
    /// # Errors
    /// Where the list was never met, or it cannot be written.
    pub fn export_list(&self, target: &Target, format: ExportFormat, to: &mut dyn Write) -> Result<u64, Trouble> {
        let Some((id, list)) = self.list_at_hand(target)? else {
            let message =
                format!("the list {} ({}) was never met from this state directory", target.name(), target.scope());
            return Err(Trouble::input("list.unknown", message, "look at it first: dncsync plan, and the same list"));
        };
        export_list(&self.store, id, list, format, to).or_else(read_enough)
    }

    /// The list of a target that was met: this tenant's, else the only one of this name and scope, of whatever tenant.
    fn list_at_hand(&self, target: &Target) -> Result<Option<(TargetId, ListKey)>, Trouble> {
        if let Some(id) = self.store.known_target(self.tenant, target)?
            && let Some(list) = self.store.list_of(id)?
        {
            return Ok(Some((id, list.key)));
        }
        let mut met = Vec::new();
        for id in self.store.all_targets()? {
            let of = self.store.target_of(id)?;
            if (of.name(), of.scope()) == (target.name(), target.scope()) {
                met.extend(self.store.list_of(id)?.map(|list| (id, list.key)));
            }
        }
        Ok(if met.len() == 1 { met.pop() } else { None })
    }

    /// The directory of the state.
    pub fn directory(&self) -> &Path {
        self.store.directory()
    }
}

/// A reader that went away (a closed pipe) has read enough.
fn read_enough(stopped: Stopped) -> Result<u64, Trouble> {
    match stopped {
        Stopped::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        stopped => Err(stopped.into()),
    }
}

fn export_feed(
    store: &Store,
    feed: &dncsync_store::Feed,
    format: ExportFormat,
    to: &mut dyn Write,
) -> Result<u64, Stopped> {
    let mut count = 0;
    if format == ExportFormat::Csv {
        to.write_all(b"phone_number,source_type,notes\n")?;
    }
    if format == ExportFormat::Txt {
        store.each_claimed::<Stopped>(feed, |number| {
            count += 1;
            Ok(writeln!(to, "{}", number.e164())?)
        })?;
        return Ok(count);
    }
    store.each_entry::<Stopped>(feed, |entries| {
        count += entries.len() as u64;
        match format {
            ExportFormat::Csv => rows(to, entries.iter().map(fields)),
            _ => entries.iter().try_for_each(|entry| {
                let [number, source, notes] = fields(entry);
                let object = json!({"phone_number": number, "source_type": source, "notes": notes});
                Ok(writeln!(to, "{object}")?)
            }),
        }
    })?;
    Ok(count)
}

fn export_list(
    store: &Store,
    target: TargetId,
    list: ListKey,
    format: ExportFormat,
    to: &mut dyn Write,
) -> Result<u64, Stopped> {
    let mut count = 0;
    if format == ExportFormat::Csv {
        to.write_all(b"phone_number,standing\n")?;
    }
    store.each_listed::<Stopped>(list, |piece| {
        count += piece.len() as u64;
        let sorted: Vec<Number> = piece.iter().map(|(number, _)| *number).collect();
        let desired = store.desired_among(target, &sorted)?;
        let standing = |(number, ours): &(Number, bool)| match desired.binary_search(number) {
            Ok(_) => "desired",
            Err(_) if *ours => "withdrawn",
            Err(_) => "foreign",
        };
        piece.iter().try_for_each(|listed| {
            let (number, standing) = (listed.0.e164(), standing(listed));
            match format {
                ExportFormat::Csv => writeln!(to, "{number},{standing}")?,
                ExportFormat::Txt => writeln!(to, "{number}")?,
                ExportFormat::Jsonl => writeln!(to, "{}", json!({"phone_number": number, "standing": standing}))?,
            }
            Ok(())
        })
    })?;
    Ok(count)
}

fn fields(entry: &Entry) -> [String; 3] {
    [entry.number.e164(), entry.source.name().to_owned(), entry.notes.to_string()]
}

fn rows(to: &mut dyn Write, rows: impl Iterator<Item = [String; 3]>) -> Result<(), Stopped> {
    let mut writer = csv::Writer::from_writer(to);
    for row in rows {
        writer.write_record(row).map_err(unwrapped)?;
    }
    writer.flush()?;
    Ok(())
}

/// As the writer below said it: that a reader went away must still be told from it.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
