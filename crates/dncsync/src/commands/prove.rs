//! `dncsync prove`: when a number was sent and seen, in a form that others can check.

use dncsync_core::target::Target;
use dncsync_engine::{Question, Trouble, World};

use crate::args::{Global, Prove};
use crate::commands::audit;
use crate::commands::explain::{moment, number};
use crate::config::{self, environment};
use crate::print;

/// Writes the proof, or the statement; the exit status.
pub(crate) fn run(args: &Prove, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let number = number(&args.number, args.country.as_ref().or(place.file.country.as_ref()))?;
    let now = World::real().now();
    let at = args.at.as_deref().map(|text| moment(text, now)).transpose()?.flatten().unwrap_or(now);
    let of_campaign = |id: &String| Target::campaign(id).map(|target| target.name().to_owned());
    let of_campaign = args.campaign.as_ref().map(of_campaign).transpose();
    let of_campaign = of_campaign.map_err(|error| Trouble::input("usage", error.to_string(), "check --campaign"))?;
    let list = args.list.clone().or(of_campaign);
    let proved = audit::ledger(&place)?.prove(&Question { number, list, at, now })?;
    print::line(proved.text.trim_end_matches('\n'));
    proved.notes.iter().for_each(|note| print::note(note));
    if !proved.is_proof {
        print::note("no event shows the number listed at that moment: this is a signed statement, not a proof");
    }
    Ok(0)
}
