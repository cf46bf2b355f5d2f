//! `dncsync explain`: what is known of one number.

use dncsync_core::check::{self, Country};
use dncsync_core::day::{self, Day};
use dncsync_core::number::Number;
use dncsync_core::profile::Profile;
use dncsync_core::target::TenantKey;
use dncsync_core::timestamp::Timestamp;
use dncsync_engine::{Did, Explanation, FeedsWord, InList, LoadsDeed, Trouble, World, explain};

use crate::args::{Explain, Global};
use crate::commands::ingest::wrong;
use crate::config::{self, environment};
use crate::print;

/// Shows it; the exit status.
pub(crate) fn run(args: &Explain, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let number = number(&args.number, args.country.as_ref().or(place.file.country.as_ref()))?;
    let now = World::real().now();
    let at = args.at.as_deref().map(|text| moment(text, now)).transpose()?.flatten();
    let explanation = explain(&place.state, number, at, now)?;
    if global.json {
        print::object(&explanation);
    } else {
        table(&explanation, at);
    }
    Ok(0)
}

/// A number as somebody typed it.
pub(crate) fn number(text: &str, country: Option<&String>) -> Result<Number, Trouble> {
    let country = country
        .map(|text| Country::read(text).ok_or_else(|| wrong("--country", text, "a country's two letters, such as US")))
        .transpose()?;
    check::read_number(text, country).map_err(|fault| {
        Trouble::input(fault.code().code(), fault.reason(country.is_some()), "check it; +12025551234 is always read")
    })
}

/// A day means its end: what was so at some time of it is told. `None`: now, which is what today means.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Option<Timestamp>, Trouble> {
    let unknown = || wrong("--at", text, "a day, such as 2026-05-31, or a time in RFC 3339");
    let moment = day::moment(text).ok_or_else(unknown)?;
    let day = Day::read(text).map_err(|_| unknown())?;
    let whole_day = text.trim().len() <= 10;
    match whole_day {
        _ if moment > now => {
            Err(Trouble::input("usage", format!("--at: {} is yet to come", text.trim()), "give a moment that is over"))
        }
        true if day == Day::of(now) => Ok(None),
        true => Ok(Some(day.next().begins() - std::time::Duration::from_millis(1))),
        false => Ok(Some(moment)),
    }
}

fn table(explanation: &Explanation, at: Option<Timestamp>) {
    let (listing, claiming) = (listing(&explanation.lists), claiming(&explanation.feeds));
    print::line(&format!("{}: {listing}; {claiming}  (as of {})", explanation.number, explanation.at));
    explanation.feeds.iter().for_each(feed);
    explanation.lists.iter().for_each(in_list);
    if explanation.feeds.is_empty() && explanation.lists.is_empty() {
        print::line(match at {
            None => "nothing is known of it in this state directory",
            Some(_) => "nothing was known of it then in this state directory",
        });
    }
}

/// A number is blocked in lists, and not as such; what the sandbox blocks, nobody else does.
fn listing(lists: &[InList]) -> String {
    let sandboxes = Profile::ALL.map(TenantKey::embedded_sandbox);
    let of = |list: &InList| {
        if sandboxes.iter().any(|sandbox| list.tenant == sandbox.as_str()) { " of the sandbox" } else { "" }
    };
    let listing: Vec<String> =
        lists.iter().filter(|list| list.listed).map(|list| format!("{}{}", list.list, of(list))).collect();
    if listing.is_empty() { "not blocked".to_owned() } else { format!("blocked in {}", listing.join(", ")) }
}

fn claiming(feeds: &[FeedsWord]) -> String {
    let claiming: Vec<&str> = feeds.iter().filter(|feed| feed.claims).map(|feed| feed.feed.as_str()).collect();
    if claiming.is_empty() { "claimed by no feed".to_owned() } else { format!("claimed by {}", claiming.join(", ")) }
}

fn feed(feed: &FeedsWord) {
    print::line("");
    let source = feed.source_type.map(|source| format!(", {source}")).unwrap_or_default();
    let claims = match (feed.since.filter(|_| feed.claims), &feed.ends) {
        (Some(since), None) => format!("claims it since {since}{source}"),
        (Some(since), Some(day)) => format!("claims it since {since}, through {day}{source}"),
        (None, Some(day)) => format!("claims it no more: its last day was {day}"),
        (None, None) => "claims it no more".to_owned(),
    };
    print::line(&format!("feed {}: {claims}", feed.feed));
    if let Some(notes) = &feed.notes {
        print::line(&format!("  notes: {notes}"));
    }
    feed.loads.iter().for_each(deed);
}

fn deed(deed: &LoadsDeed) {
    let did = match deed.did {
        Did::Claimed => "claimed",
        Did::Again => "named again",
        Did::Withdrew => "withdrawn",
    };
    let by = match deed.kind {
        "input" => "load",
        "expiry" => "its end,",
        other => other,
    };
    let account = deed.account.as_ref().map(|account| format!(", account {account}")).unwrap_or_default();
    let note = deed.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    print::line(&format!("  {} {did} by {by} {} ({}{account}){note}", deed.at, deed.run_id, deed.who));
    for file in &deed.files {
        let line = file.line.map(|line| format!(", line {line}")).unwrap_or_default();
        print::line(&format!("    {}{line} (sha256 {})", file.name, print::digest(&file.digest)));
    }
}

fn in_list(list: &InList) {
    print::line("");
    let stands = match (list.listed, list.desired) {
        (true, true) => "listed, as it should be",
        (true, false) if list.foreign => "listed; others put it there, and dncsync leaves it alone",
        (true, false) if list.left_out => "listed, and not among the campaign's own numbers",
        (true, false) => "listed, and no feed that the list takes claims it",
        (false, _) if list.cannot_hold => {
            "not listed: lists of this tenant cannot hold such a number (profile.country)"
        }
        (false, true) => "not listed, and it should be",
        (false, false) if list.left_out => "not listed: it is not among the campaign's own numbers",
        (false, false) => "not listed, and no feed that the list takes claims it",
    };
    print::line(&format!("list {} ({}): {stands}", list.list, list.scope));
    print::line(&format!("  tenant {}", list.tenant));
    if list.scrubbed_skills == Some(0) {
        print::line(
            "  the list scrubs no skill: it keeps nobody from being called, unless it is the tenant's default group",
        );
    }
    if let Some(at) = list.read_at {
        print::line(&format!("  the list was last read whole {at}"));
    }
    for then in &list.happened {
        print::line(&format!("  {} {} by run {}, batch {}", then.at, then.what, then.run_id, then.batch));
    }
}
