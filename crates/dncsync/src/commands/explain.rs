//! `dncsync explain`: what is known of one number.

use dncsync_core::check::{self, Country};
use dncsync_core::day::{self, Day};
use dncsync_core::timestamp::Timestamp;
use dncsync_engine::{Did, Explanation, InList, LoadsDeed, Trouble, World, explain};

use crate::args::{Explain, Global};
use crate::commands::ingest::wrong;
use crate::config::{self, environment};
use crate::print;

/// Shows it; the exit status.
pub(crate) fn run(args: &Explain, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let country = args.country.as_ref().or(place.file.country.as_ref());
    let country = country
        .map(|text| Country::read(text).ok_or_else(|| wrong("--country", text, "a country's two letters, such as US")))
        .transpose()?;
    let number = check::read_number(&args.number, country).map_err(|fault| {
        let todo = "write it as +12025551234, or name its country: --country US";
        Trouble::input(fault.code().code(), fault.reason(country.is_some()), todo)
    })?;
    let at = args.at.as_deref().map(moment).transpose()?;
    let explanation = explain(&place.state, number, at, World::real().now())?;
    if global.json {
        print::object(&explanation);
    } else {
        table(&explanation);
    }
    Ok(0)
}

/// A day means its end: what was so at some time of it is told.
fn moment(text: &str) -> Result<Timestamp, Trouble> {
    let unknown = || wrong("--at", text, "a day, such as 2026-05-31, or a time in RFC 3339");
    let moment = day::moment(text).ok_or_else(unknown)?;
    if text.trim().len() > 10 {
        return Ok(moment);
    }
    let day = Day::read(text).map_err(|_| unknown())?;
    Ok(day.next().begins() - std::time::Duration::from_millis(1))
}

fn table(explanation: &Explanation) {
    let claiming: Vec<&str> =
        explanation.feeds.iter().filter(|feed| feed.claims).map(|feed| feed.feed.as_str()).collect();
    let blocked = if explanation.blocked { "blocked" } else { "not blocked" };
    let by = if claiming.is_empty() {
        "claimed by no feed".to_owned()
    } else {
        format!("claimed by {}", claiming.join(", "))
    };
    print::line(&format!("{}: {blocked}, {by}  (as of {})", explanation.number, explanation.at));
    for feed in &explanation.feeds {
        print::line("");
        let since =
            feed.since.map_or_else(|| "claims it no more".to_owned(), |since| format!("claims it since {since}"));
        let ends = feed.ends.as_ref().map(|day| format!(", through {day}")).unwrap_or_default();
        let source = feed.source_type.map(|source| format!(", {source}")).unwrap_or_default();
        print::line(&format!("feed {}: {since}{ends}{source}", feed.feed));
        if let Some(notes) = &feed.notes {
            print::line(&format!("  notes: {notes}"));
        }
        feed.loads.iter().for_each(deed);
    }
    explanation.lists.iter().for_each(in_list);
    if explanation.feeds.is_empty() && explanation.lists.is_empty() {
        print::line("nothing is known of it in this state directory");
    }
}

fn deed(deed: &LoadsDeed) {
    let did = match deed.did {
        Did::Claimed => "claimed",
        Did::Again => "named again",
        Did::Withdrew => "withdrawn",
    };
    let files: Vec<String> = deed
        .files
        .iter()
        .map(|file| {
            let line = file.line.map(|line| format!(", line {line}")).unwrap_or_default();
            format!("{} (sha256 {}…{line})", file.name, &file.digest[..file.digest.len().min(12)])
        })
        .collect();
    let from = if files.is_empty() { String::new() } else { format!(" from {}", files.join(", ")) };
    let account = deed.account.as_ref().map(|account| format!(", account {account}")).unwrap_or_default();
    let note = deed.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    print::line(&format!("  {} {did} by {} {}{from} ({}{account}){note}", deed.at, deed.kind, deed.run_id, deed.who));
}

fn in_list(list: &InList) {
    print::line("");
    let listed = if list.listed { "listed" } else { "not listed" };
    let mut standing = vec![listed];
    standing.push(if list.desired { "should be" } else { "need not be" });
    if list.foreign {
        standing.push("others put it there");
    }
    if list.left_out {
        standing.push("not among the campaign's own numbers");
    }
    print::line(&format!("list {} ({}): {}", list.list, list.scope, standing.join(", ")));
    if let Some(at) = list.confirmed_at {
        print::line(&format!("  confirmed {at}"));
    }
    if let Some(at) = list.read_at {
        print::line(&format!("  the list was last read whole {at}"));
    }
    for then in &list.happened {
        print::line(&format!("  {} {} by run {}, batch {}", then.at, then.what, then.run_id, then.batch));
    }
}
